//! Edits on the controllers and wheels of a part, one kind at a time: what a lane under the roll shows.

use std::ops::{Range, RangeInclusive};

use crate::music::{Control, ControlEvent, Part, Tick};

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

    fn is_of(self, control: Control) -> bool {
        Self::of(control).is_some_and(|(kind, _)| kind == self)
    }
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
