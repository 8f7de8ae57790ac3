//! Moving notes in time and pitch: quantise, swing, humanise, transpose. Pure functions on notes.
//!
//! They change any slice of notes, keep its length and order, and know nothing of selections or undo: sort the part
//! afterwards.

use serde::{Deserialize, Serialize};

use super::{Key, MetreMap, Note, Pitch, TICKS_PER_QUARTER, Tick, Velocity};

/// The grid that notes are quantised to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridStep {
    /// Whole notes.
    Whole,
    /// Half notes.
    Half,
    /// A quarter and an eighth.
    DottedQuarter,
    /// Three in a whole note.
    HalfTriplet,
    /// Quarter notes.
    Quarter,
    /// An eighth and a sixteenth.
    DottedEighth,
    /// Three in a half note.
    QuarterTriplet,
    /// Eighths.
    Eighth,
    /// A sixteenth and a thirty-second.
    DottedSixteenth,
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
    pub const ALL: [Self; 14] = [
        Self::Whole,
        Self::Half,
        Self::DottedQuarter,
        Self::HalfTriplet,
        Self::Quarter,
        Self::DottedEighth,
        Self::QuarterTriplet,
        Self::Eighth,
        Self::DottedSixteenth,
        Self::EighthTriplet,
        Self::Sixteenth,
        Self::SixteenthTriplet,
        Self::ThirtySecond,
        Self::ThirtySecondTriplet,
    ];

    /// Ticks between grid lines.
    pub const fn ticks(self) -> Tick {
        match self {
            Self::Whole => TICKS_PER_QUARTER * 4,
            Self::Half => TICKS_PER_QUARTER * 2,
            Self::DottedQuarter => TICKS_PER_QUARTER * 3 / 2,
            Self::HalfTriplet => TICKS_PER_QUARTER * 4 / 3,
            Self::Quarter => TICKS_PER_QUARTER,
            Self::DottedEighth => TICKS_PER_QUARTER * 3 / 4,
            Self::QuarterTriplet => TICKS_PER_QUARTER * 2 / 3,
            Self::Eighth => TICKS_PER_QUARTER / 2,
            Self::DottedSixteenth => TICKS_PER_QUARTER * 3 / 8,
            Self::EighthTriplet => TICKS_PER_QUARTER / 3,
            Self::Sixteenth => TICKS_PER_QUARTER / 4,
            Self::SixteenthTriplet => TICKS_PER_QUARTER / 6,
            Self::ThirtySecond => TICKS_PER_QUARTER / 8,
            Self::ThirtySecondTriplet => TICKS_PER_QUARTER / 12,
        }
    }

    /// Whether it is one of triplets.
    pub const fn is_triplet(self) -> bool {
        matches!(
            self,
            Self::HalfTriplet
                | Self::QuarterTriplet
                | Self::EighthTriplet
                | Self::SixteenthTriplet
                | Self::ThirtySecondTriplet
        )
    }

    /// Whether it is half as long again as a plain note value.
    pub const fn is_dotted(self) -> bool {
        matches!(self, Self::DottedQuarter | Self::DottedEighth | Self::DottedSixteenth)
    }

    /// The same note value, three in the time of two; `None` where there is none so long.
    pub fn triplet(self) -> Option<Self> {
        let plain = self.straight().ticks();
        Self::ALL.into_iter().find(|other| other.is_triplet() && other.ticks() * 3 == plain * 2)
    }

    /// The same note value, neither in triplets nor dotted.
    #[must_use]
    pub fn straight(self) -> Self {
        let ticks = match () {
            () if self.is_triplet() => self.ticks() * 3 / 2,
            () if self.is_dotted() => self.ticks() * 2 / 3,
            () => self.ticks(),
        };
        Self::ALL.into_iter().find(|other| other.ticks() == ticks).unwrap_or(self)
    }

    /// What it is called, such as `1/8 triplet`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "1/1",
            Self::Half => "1/2",
            Self::DottedQuarter => "1/4 dotted",
            Self::HalfTriplet => "1/2 triplet",
            Self::Quarter => "1/4",
            Self::DottedEighth => "1/8 dotted",
            Self::QuarterTriplet => "1/4 triplet",
            Self::Eighth => "1/8",
            Self::DottedSixteenth => "1/16 dotted",
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
    /// The grid.
    pub step: GridStep,
    /// How far a note goes towards its line: 0 (not at all) to 1 (onto it).
    pub strength: f32,
    /// How late every second grid line is: 0 (straight) to 1 (triplet feel).
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
    /// Quantises notes to grid lines, which are counted from each bar's start; so are the pairs that swing.
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

/// How far notes may deviate when humanised.
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
    /// below tick 0. Notes that begin together deviate independently.
    pub fn apply(&self, notes: &mut [Note]) {
        let mut random = fastrand::Rng::with_seed(self.seed);
        for note in notes {
            // the mean of two even draws: a triangle over -1 to 1
            let mut deviation = |range: f64| ((random.f64() + random.f64() - 1.0) * range).round();
            let shift = deviation(f64::from(self.timing_ticks)) as i64;
            let change = deviation(f64::from(self.velocity)) as i32;
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
mod tests;
