//! Edits on the controllers and wheels of a part, one kind at a time: what a lane under the roll shows.

use std::ops::{Range, RangeInclusive};

use crate::music::{Control, ControlEvent, Part, Tick, parameters::Parameters};
use crate::plural::with_minus;

/// What one lane holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlKind {
    /// The pitch wheel.
    PitchBend,
    /// A controller by its number, 0 to 127.
    Controller(u8),
    /// Pressure on the whole keyboard.
    Pressure,
}

impl ControlKind {
    /// Those that are offered where a part has none yet: wheels, pedals, and what shapes a phrase.
    pub const USUAL: [Self; 8] = [
        Self::PitchBend,
        Self::Controller(1),
        Self::Controller(64),
        Self::Controller(11),
        Self::Controller(7),
        Self::Controller(10),
        Self::Controller(67),
        Self::Pressure,
    ];

    /// The kind and value of a control; `None` for what no lane shows (programs, pressure on single keys).
    pub const fn of(control: Control) -> Option<(Self, i16)> {
        match control {
            Control::Controller { number, value } => Some((Self::Controller(number), value as i16)),
            Control::PitchBend(value) => Some((Self::PitchBend, value)),
            Control::Pressure(value) => Some((Self::Pressure, value as i16)),
            Control::KeyPressure { .. } | Control::Program(_) => None,
        }
    }

    /// A control of this kind; the value is brought into range.
    pub fn control(self, value: i16) -> Control {
        let range = self.range();
        let value = value.clamp(*range.start(), *range.end());
        match self {
            Self::PitchBend => Control::PitchBend(value),
            Self::Controller(number) => Control::Controller { number, value: value as u8 },
            Self::Pressure => Control::Pressure(value as u8),
        }
    }

    /// The values there are.
    pub const fn range(self) -> RangeInclusive<i16> {
        match self {
            Self::PitchBend => -8192..=8191,
            Self::Controller(_) | Self::Pressure => 0..=127,
        }
    }

    /// Whether it is only on or off, as pedals are.
    pub const fn is_switch(self) -> bool {
        matches!(self, Self::Controller(64..=69))
    }

    /// What holds until the first event: the part's own volume, pan, reverb and chorus, else the default.
    pub fn at_start(self, part: &Part) -> i16 {
        match self {
            Self::Controller(7) => i16::from(part.volume),
            Self::Controller(10) => i16::from(part.pan),
            Self::Controller(91) => i16::from(part.reverb),
            Self::Controller(93) => i16::from(part.chorus),
            Self::Controller(11) => 127,
            Self::Controller(8 | 70..=79) => 64,
            Self::PitchBend | Self::Controller(_) | Self::Pressure => 0,
        }
    }

    /// What it is called, such as `Sustain pedal` or `Controller 21`.
    pub fn name(self) -> String {
        let name = match self {
            Self::PitchBend => "Pitch bend",
            Self::Pressure => "Pressure",
            Self::Controller(number) => match number {
                1 => "Modulation",
                2 => "Breath",
                4 => "Foot pedal",
                5 => "Portamento time",
                7 => "Volume",
                8 => "Balance",
                10 => "Pan",
                11 => "Expression",
                64 => "Sustain pedal",
                65 => "Portamento",
                66 => "Sostenuto pedal",
                67 => "Soft pedal",
                71 => "Resonance",
                72 => "Release",
                73 => "Attack",
                74 => "Brightness",
                91 => "Reverb",
                93 => "Chorus",
                _ => return format!("Controller {number}"),
            },
        };
        name.to_owned()
    }

    /// By how much a key raises or lowers it: a sixteenth of its range, all of a switch's.
    pub const fn step(self) -> i16 {
        match self {
            Self::PitchBend => 1024,
            Self::Controller(_) | Self::Pressure => {
                if self.is_switch() {
                    127
                } else {
                    8
                }
            }
        }
    }

    /// A value as people read it; a bend in semitones, where the whole wheel bends by `bend_range`.
    pub fn value_text(self, value: i16, bend_range: f64) -> String {
        match self {
            Self::PitchBend => {
                let semitones = f64::from(value) * bend_range / if value > 0 { 8191.0 } else { 8192.0 };
                let hundredths = (semitones * 100.0).round() / 100.0;
                let number = with_minus(format_args!("{hundredths:+}"));
                let is_one = hundredths.abs() == 1.0;
                match hundredths {
                    0.0 => "0 semitones".to_owned(),
                    _ => format!("{number} {}", if is_one { "semitone" } else { "semitones" }),
                }
            }
            _ if self.is_switch() => if value >= 64 { "on" } else { "off" }.to_owned(),
            Self::Controller(_) | Self::Pressure => value.to_string(),
        }
    }

    fn is_of(self, control: Control) -> bool {
        Self::of(control).is_some_and(|(kind, _)| kind == self)
    }
}

/// By how many semitones the wheel bends a part up or down at a tick: what it has set by then, else two.
pub fn bend_range(part: &Part, tick: Tick) -> f64 {
    let mut parameters = Parameters::START;
    let mut range = 2.0;
    for event in part.controls.iter().take_while(|event| event.tick <= tick) {
        if let Control::Controller { number, value } = event.control
            && Parameters::are_meant(number)
            && let Some((Parameters::BEND_RANGE, [semitones, cents])) = parameters.apply(number, value)
        {
            range = f64::from(semitones) + f64::from(cents) / 100.0;
        }
    }
    range
}

/// The kinds that a part has, each once, in their order.
pub fn kinds_present(part: &Part) -> Vec<ControlKind> {
    let mut kinds: Vec<ControlKind> = Vec::new();
    for (kind, _) in part.controls.iter().filter_map(|event| ControlKind::of(event.control)) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.sort_unstable();
    kinds
}

/// Where a kind changes and to what, in order; of several at one tick all are there.
pub fn control_points(part: &Part, kind: ControlKind) -> Vec<(Tick, i16)> {
    let point = |event: &ControlEvent| {
        let (of, value) = ControlKind::of(event.control)?;
        (of == kind).then_some((event.tick, value))
    };
    part.controls.iter().filter_map(point).collect()
}

/// Replaces all of the kind within a span by these points.
pub fn draw_controls(part: &mut Part, kind: ControlKind, over: &Range<Tick>, points: &[(Tick, i16)]) {
    clear_controls(part, kind, over);
    let drawn = points.iter().map(|&(tick, value)| ControlEvent { tick, control: kind.control(value) });
    part.controls.extend(drawn);
    part.normalise_controls();
}

/// Removes all of the kind within a span; returns how many.
pub fn clear_controls(part: &mut Part, kind: ControlKind, over: &Range<Tick>) -> usize {
    let before = part.controls.len();
    part.controls.retain(|event| !(over.contains(&event.tick) && kind.is_of(event.control)));
    before - part.controls.len()
}

/// Moves the kind's points at a tick to another tick and value; one that was there is replaced.
pub fn move_control(part: &mut Part, kind: ControlKind, from: Tick, to: (Tick, i16)) {
    clear_controls(part, kind, &(from..from.saturating_add(1)));
    draw_controls(part, kind, &(to.0..to.0.saturating_add(1)), &[to]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEEL: ControlKind = ControlKind::PitchBend;
    const PEDAL: ControlKind = ControlKind::Controller(64);

    #[test]
    fn drawing_replaces_only_its_kind_and_span() {
        let mut part = Part::default();
        draw_controls(&mut part, PEDAL, &(0..1000), &[(100, 127), (500, 0)]);
        draw_controls(&mut part, WHEEL, &(0..1000), &[(0, -9000), (200, 100), (600, 9000)]);
        assert_eq!(control_points(&part, WHEEL), [(0, -8192), (200, 100), (600, 8191)]);
        draw_controls(&mut part, WHEEL, &(150..601), &[(300, 7)]);
        assert_eq!(control_points(&part, WHEEL), [(0, -8192), (300, 7)]);
        assert_eq!(control_points(&part, PEDAL), [(100, 127), (500, 0)]);
        assert!(part.controls.is_sorted_by_key(|event| event.tick));
        assert_eq!(clear_controls(&mut part, PEDAL, &(0..500)), 1);
        move_control(&mut part, PEDAL, 500, (90, 64));
        assert_eq!(control_points(&part, PEDAL), [(90, 64)]);
        assert_eq!(kinds_present(&part), [WHEEL, PEDAL]);
    }

    #[test]
    fn bends_are_read_in_semitones_of_the_parts_own_range() {
        let mut part = Part::default();
        let text = |part: &Part, value| WHEEL.value_text(value, bend_range(part, 960));
        assert_eq!(
            [0, 8191, -8192, 4096].map(|value| text(&part, value)),
            ["0 semitones", "+2 semitones", "−2 semitones", "+1 semitone"]
        );
        let set = |number, value| ControlEvent { tick: 480, control: Control::Controller { number, value } };
        part.controls = [(101, 0), (100, 0), (6, 12)].map(|(number, value)| set(number, value)).to_vec();
        assert_eq!((text(&part, 4096), bend_range(&part, 0)), ("+6 semitones".to_owned(), 2.0));
        assert_eq!([PEDAL.value_text(127, 2.0), PEDAL.value_text(0, 2.0)], ["on", "off"]);
    }

    #[test]
    fn volume_at_the_start_is_the_parts_own() {
        let mut part = Part::default();
        let volume = ControlKind::Controller(7);
        draw_controls(&mut part, volume, &(0..10), &[(0, 33), (5, 44)]);
        assert_eq!((part.volume, volume.at_start(&part)), (33, 33));
        assert_eq!(control_points(&part, volume), [(5, 44)]);
    }

    #[test]
    fn every_kind_makes_what_it_is_of() {
        for kind in ControlKind::USUAL {
            assert_eq!(ControlKind::of(kind.control(99)), Some((kind, 99)));
            assert!(kind.range().contains(&kind.at_start(&Part::default())));
            assert!(!kind.name().is_empty());
        }
    }
}
