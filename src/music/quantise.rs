//! Moving notes in time and pitch: quantise, swing, humanise, transpose. Pure functions on notes.
//!
//! They change any slice of notes, keep their number and order of the slice, and know nothing of selections or undo:
//! sort the part afterwards.

use serde::{Deserialize, Serialize};

use super::{Key, MetreMap, Note, Pitch, TICKS_PER_QUARTER, Tick, Velocity};

/// The lines that notes are drawn to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridStep {
    /// Whole notes.
    Whole,
    /// Half notes.
    Half,
    /// Three in a whole note.
    HalfTriplet,
    /// Quarter notes.
    Quarter,
    /// Three in a half note.
    QuarterTriplet,
    /// Eighths.
    Eighth,
    /// Three in a quarter.
    EighthTriplet,
    /// Sixteenths.
    Sixteenth,
    /// Three in an eighth.
    SixteenthTriplet,
    /// Thirty-seconds.
    ThirtySecond,
    /// Three in a sixteenth.
    ThirtySecondTriplet,
}

impl GridStep {
    /// From coarse to fine.
    pub const ALL: [Self; 11] = [
        Self::Whole,
        Self::Half,
        Self::HalfTriplet,
        Self::Quarter,
        Self::QuarterTriplet,
        Self::Eighth,
        Self::EighthTriplet,
        Self::Sixteenth,
        Self::SixteenthTriplet,
        Self::ThirtySecond,
        Self::ThirtySecondTriplet,
    ];

    /// Ticks from line to line.
    pub const fn ticks(self) -> Tick {
        match self {
            Self::Whole => TICKS_PER_QUARTER * 4,
            Self::Half => TICKS_PER_QUARTER * 2,
            Self::HalfTriplet => TICKS_PER_QUARTER * 4 / 3,
            Self::Quarter => TICKS_PER_QUARTER,
            Self::QuarterTriplet => TICKS_PER_QUARTER * 2 / 3,
            Self::Eighth => TICKS_PER_QUARTER / 2,
            Self::EighthTriplet => TICKS_PER_QUARTER / 3,
            Self::Sixteenth => TICKS_PER_QUARTER / 4,
            Self::SixteenthTriplet => TICKS_PER_QUARTER / 6,
            Self::ThirtySecond => TICKS_PER_QUARTER / 8,
            Self::ThirtySecondTriplet => TICKS_PER_QUARTER / 12,
        }
    }

    /// What it is called, such as `1/8 triplet`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "1/1",
            Self::Half => "1/2",
            Self::HalfTriplet => "1/2 triplet",
            Self::Quarter => "1/4",
            Self::QuarterTriplet => "1/4 triplet",
            Self::Eighth => "1/8",
            Self::EighthTriplet => "1/8 triplet",
            Self::Sixteenth => "1/16",
            Self::SixteenthTriplet => "1/16 triplet",
            Self::ThirtySecond => "1/32",
            Self::ThirtySecondTriplet => "1/32 triplet",
        }
    }
}

/// How to quantise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quantise {
    /// The lines.
    pub step: GridStep,
    /// How far a note goes towards its line: 0 (not at all) to 1 (onto it).
    pub strength: f32,
    /// How late every second line is: 0 (even) to 1 (at two thirds of the pair: a triplet's feel, and beyond it nothing).
    pub swing: f32,
    /// Whether notes begin on lines.
    pub starts: bool,
    /// Whether notes end on lines; a note keeps at least one step.
    pub lengths: bool,
}

impl Default for Quantise {
    fn default() -> Self {
        Self { step: GridStep::Sixteenth, strength: 1.0, swing: 0.0, starts: true, lengths: false }
    }
}

impl Quantise {
    /// Draws notes to the lines, which are counted from each bar's start; so are the pairs that swing.
    ///
    /// A note whose start moves keeps its length, unless `lengths` is on too; then its end goes to a line as well.
    pub fn apply(&self, notes: &mut [Note], metre: &MetreMap) {
        let strength = if self.strength.is_finite() { self.strength.clamp(0.0, 1.0) } else { 0.0 };
        for note in notes {
            let end = note.end();
            if self.starts {
                note.start = towards(note.start, self.nearest_line(note.start, metre), strength);
            }
            if self.lengths {
                let own_line = self.nearest_line(note.start, metre);
                let end_line = self.nearest_line(end, metre);
                let target = if end_line > own_line { end_line } else { self.line_after(own_line, metre) };
                note.duration = towards(end, target, strength).saturating_sub(note.start).max(1);
            }
        }
    }

    /// The line nearest to a tick, the earlier one in the middle of two.
    fn nearest_line(&self, tick: Tick, metre: &MetreMap) -> Tick {
        let (before, after) = self.lines_around(tick, metre);
        if tick - before <= after.saturating_sub(tick) { before } else { after }
    }

    fn line_after(&self, line: Tick, metre: &MetreMap) -> Tick {
        self.lines_around(line, metre).1
    }

    /// The line at or before a tick, and the next one. Every bar begins on a line.
    fn lines_around(&self, tick: Tick, metre: &MetreMap) -> (Tick, Tick) {
        let bar = metre.position(tick).bar;
        let (start, next_bar) = (metre.bar_start(bar), metre.bar_start(bar + 1));
        let pair = self.step.ticks() * 2;
        let first = start + (tick - start) / pair * pair;
        let second = first.saturating_add(self.second_of_pair());
        let (before, after) = if tick < second { (first, second) } else { (second, first.saturating_add(pair)) };
        (before, after.min(next_bar))
    }

    /// Where the second line of a pair is, in ticks from the first: swing moves it from a half to two thirds.
    fn second_of_pair(&self) -> Tick {
        let swing = if self.swing.is_finite() { self.swing.clamp(0.0, 1.0) } else { 0.0 };
        (f64::from(self.step.ticks()) * (1.0 + f64::from(swing) / 3.0)).round() as Tick
    }
}

fn to_tick(tick: i64) -> Tick {
    tick.clamp(0, i64::from(Tick::MAX)) as Tick
}

fn towards(from: Tick, to: Tick, strength: f32) -> Tick {
    let step = (f64::from(to) - f64::from(from)) * f64::from(strength);
    to_tick(i64::from(from) + step.round() as i64)
}

/// How far notes may stray when humanised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Humanise {
    /// Starts move by at most so many ticks, either way.
    pub timing_ticks: Tick,
    /// Velocities change by at most so much, either way.
    pub velocity: u8,
    /// The same seed gives the same result.
    pub seed: u64,
}

impl Default for Humanise {
    fn default() -> Self {
        Self { timing_ticks: 12, velocity: 8, seed: 1 }
    }
}

impl Humanise {
    /// Moves starts and velocities a little; small changes are likelier than large ones. Lengths stay, nothing goes
    /// below tick 0. Notes that begin together with a pitch of their own stray on their own.
    pub fn apply(&self, notes: &mut [Note]) {
        let mut random = fastrand::Rng::with_seed(self.seed);
        for note in notes {
            // the mean of two even draws: a triangle over -1 to 1
            let mut stray = |range: f64| ((random.f64() + random.f64() - 1.0) * range).round();
            let shift = stray(f64::from(self.timing_ticks)) as i64;
            let change = stray(f64::from(self.velocity)) as i32;
            note.start = to_tick(i64::from(note.start) + shift);
            note.velocity = Velocity::clamped(i32::from(note.velocity.get()) + change);
        }
    }
}

/// Moves notes by semitones. False, and nothing moved, if one would leave the range: a group stays together.
pub fn transpose(notes: &mut [Note], semitones: i32) -> bool {
    let semitones = semitones.clamp(-128, 128); // further is out of range all the same, and adds up without overflow
    move_all(notes, |pitch| pitch.transposed(semitones))
}

/// Moves notes by degrees of a scale (7 are an octave). A note outside the scale keeps its distance to the scale's
/// note below it. False, and nothing moved, if one would leave the range.
pub fn transpose_in_scale(notes: &mut [Note], degrees: i32, key: Key) -> bool {
    move_all(notes, |pitch| {
        let (degree, outside) = degree_of(pitch, key);
        let target = i64::from(degree) + i64::from(degrees);
        let step = i64::from(key.steps()[target.rem_euclid(7) as usize]);
        let number = target.div_euclid(7) * 12 + step + i64::from(outside) + i64::from(key.tonic);
        u8::try_from(number).ok().and_then(Pitch::new)
    })
}

/// The degree of a pitch in a scale, counted through all octaves (7 each), and the semitones by which the pitch lies
/// above it: 0 in the scale.
pub fn degree_of(pitch: Pitch, key: Key) -> (i32, i32) {
    let above_tonic = i32::from(pitch.get()) - i32::from(key.tonic);
    let (octave, within) = (above_tonic.div_euclid(12), above_tonic.rem_euclid(12));
    let steps = key.steps().map(i32::from);
    let degree = steps.iter().rposition(|step| *step <= within).unwrap_or(0);
    (octave * 7 + degree as i32, within - steps[degree])
}

fn move_all(notes: &mut [Note], target: impl Fn(Pitch) -> Option<Pitch>) -> bool {
    let Some(pitches) = notes.iter().map(|note| target(note.pitch)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    for (note, pitch) in notes.iter_mut().zip(pitches) {
        note.pitch = pitch;
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::music::{Metre, Mode};

    fn note(start: Tick, duration: Tick, pitch: i32) -> Note {
        Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(80) }
    }

    fn starts(quantise: Quantise, starts: &[Tick]) -> Vec<Tick> {
        let mut notes: Vec<Note> = starts.iter().map(|start| note(*start, 100, 60)).collect();
        quantise.apply(&mut notes, &MetreMap::default());
        assert!(notes.iter().all(|note| note.duration == 100));
        notes.iter().map(|note| note.start).collect()
    }

    #[test]
    fn starts_go_to_the_nearest_line() {
        assert_eq!(starts(Quantise::default(), &[0, 59, 61, 119, 130, 470]), [0, 0, 120, 120, 120, 480]);
        let triplets = Quantise { step: GridStep::EighthTriplet, ..Quantise::default() };
        assert_eq!(starts(triplets, &[10, 150, 330, 470]), [0, 160, 320, 480]);
    }

    #[test]
    fn strength_goes_part_of_the_way() {
        let half = Quantise { strength: 0.5, ..Quantise::default() };
        assert_eq!(starts(half, &[100, 140]), [110, 130]);
        let none = Quantise { strength: 0.0, ..Quantise::default() };
        assert_eq!(starts(none, &[7, 100]), [7, 100]);
    }

    #[test]
    fn swing_makes_every_second_line_late() {
        let swung = Quantise { step: GridStep::Eighth, swing: 1.0, ..Quantise::default() };
        assert_eq!(starts(swung, &[0, 240, 480, 720]), [0, 320, 480, 800]);
        let slight = Quantise { swing: 0.3, ..swung };
        assert_eq!(starts(slight, &[250]), [264]);
    }

    #[test]
    fn lengths_end_on_lines_and_keep_a_step() {
        let mut notes = [note(10, 230, 60), note(125, 20, 62)];
        let both = Quantise { lengths: true, ..Quantise::default() };
        both.apply(&mut notes, &MetreMap::default());
        assert_eq!(notes, [note(0, 240, 60), note(120, 120, 62)]);
        let mut notes = [note(10, 230, 60)];
        let only_lengths = Quantise { starts: false, ..both };
        only_lengths.apply(&mut notes, &MetreMap::default());
        assert_eq!(notes, [note(10, 230, 60)], "it ends on a line already");
    }

    #[test]
    fn lines_are_counted_from_each_bar() {
        let five_eight = MetreMap::constant(Metre::new(5, 8).unwrap()); // bars of 1200 ticks
        let mut notes = [note(1150, 50, 60), note(1210, 50, 60), note(1600, 50, 60)];
        let quarters = Quantise { step: GridStep::Quarter, ..Quantise::default() };
        quarters.apply(&mut notes, &five_eight);
        assert_eq!(notes.map(|note| note.start), [1200, 1200, 1680]);
    }

    #[test]
    fn the_same_seed_strays_the_same() {
        let original: Vec<Note> = (0..200).map(|index| note(index * 120, 100, 60)).collect();
        let humanise = |seed| {
            let mut notes = original.clone();
            let strays = Humanise { timing_ticks: 20, velocity: 10, seed };
            strays.apply(&mut notes);
            notes
        };
        assert_eq!(humanise(1), humanise(1));
        assert_ne!(humanise(1), humanise(2));
        for (note, original) in humanise(1).iter().zip(&original) {
            assert!(note.start.abs_diff(original.start) <= 20);
            assert!(note.velocity.get().abs_diff(80) <= 10);
        }
    }

    #[test]
    fn a_group_that_does_not_fit_stays() {
        let mut notes = [note(0, 1, 60), note(0, 1, 120)];
        assert!(!transpose(&mut notes, 8));
        assert_eq!(notes[0].pitch.get(), 60);
        assert!(transpose(&mut notes, 7));
        assert_eq!(notes.map(|note| note.pitch.get()), [67, 127]);
    }

    #[test]
    fn degrees_of_a_scale() {
        let pitches = |degrees, key, pitches: [i32; 3]| {
            let mut notes = pitches.map(|pitch| note(0, 1, pitch));
            assert!(transpose_in_scale(&mut notes, degrees, key));
            notes.map(|note| note.pitch.get())
        };
        assert_eq!(pitches(2, Key::C_MAJOR, [60, 62, 71]), [64, 65, 74]);
        assert_eq!(pitches(-1, Key::C_MAJOR, [60, 64, 65]), [59, 62, 64]);
        assert_eq!(pitches(1, Key::C_MAJOR, [61, 66, 70]), [63, 68, 72]);
        let a_minor = Key { tonic: 9, mode: Mode::Minor };
        assert_eq!(pitches(7, a_minor, [57, 60, 64]), [69, 72, 76]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn quantising_twice_is_quantising_once(start in 0..20_000_u32, duration in 1..5000_u32, step in 0..9_usize, swing in 0.0..=1.0_f32, beats in 1..13_u8) {
            let quantise = Quantise { step: GridStep::ALL[step], swing, lengths: true, ..Quantise::default() };
            let mut once = [note(start, duration, 60)];
            let metre = MetreMap::constant(Metre::new(beats, 8).unwrap());
            quantise.apply(&mut once, &metre);
            let mut twice = once;
            quantise.apply(&mut twice, &metre);
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn nothing_panics_at_the_ends_of_time(start: u32, duration: u32, strength: f32, swing: f32, shift: u32, degrees: i32) {
            let mut notes = [note(start, duration, 60)];
            Quantise { strength, swing, lengths: true, ..Quantise::default() }.apply(&mut notes, &MetreMap::default());
            Humanise { timing_ticks: shift, velocity: 255, seed: 0 }.apply(&mut notes);
            transpose(&mut notes, degrees);
            transpose_in_scale(&mut notes, degrees, Key::C_MAJOR);
        }

        #[test]
        fn there_and_back_again(pitch in 30..100_i32, degrees in -14..=14_i32, tonic in 0..12_u8) {
            let key = Key { tonic, mode: Mode::Major };
            if key.contains(pitch.rem_euclid(12) as u8) {
                let mut notes = [note(0, 1, pitch)];
                prop_assert!(transpose_in_scale(&mut notes, degrees, key));
                prop_assert!(key.contains(notes[0].pitch.class()));
                prop_assert!(transpose_in_scale(&mut notes, -degrees, key));
                prop_assert_eq!(i32::from(notes[0].pitch.get()), pitch);
            }
        }
    }
}
