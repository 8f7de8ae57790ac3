//! How logits become choices: temperatures, and rules for what is too rare to be learned or forbidden altogether.

use serde::{Deserialize, Serialize};

use super::cells::{Action, CHORD, FIRST_VOICE, LOWEST, MELODY, PITCHES};
use super::chords::{CHORDS, QUALITIES, chord_from_value, root_and_quality};
use super::melody::Scale;
use super::sheet::Sheet;

/// What a style's music does, as shares: of steps at which a voice moves, those with parallel fifths or octaves; of
/// notes, those of one step; of steps with voices, those with a semitone between two; of melodic intervals, tritones,
/// sevenths and what is wider than an octave; of steps with voices, those with crossed ones.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Manners {
    /// Of steps at which a voice moves.
    pub parallels: f64,
    /// Of notes.
    pub short: f64,
    /// Of steps with voices.
    pub semitone: f64,
    /// Of melodic intervals.
    pub leaps: f64,
    /// Of steps with voices.
    pub crossing: f64,
    /// Of bars in which a voice strikes, those with the rhythm of two bars ago.
    pub returns: f64,
}

/// What of a figure’s weight its pitches have.
const FIGURE_PITCHES: f32 = 0.6;
/// Where the rhythm of so many bars is that of two bars ago, figures are planned, and so strongly.
const RETURNING: f64 = 0.2;
const STEADY: f32 = 2.5;
/// In styles with many short notes chance adds more of them: how coldly actions are drawn there.
const LIVELY: Policy = Policy { action_temperature: 0.8, short: 0.6, ..Policy::LEARNING };
/// Up to these shares a rule is one that a style keeps.
const RARELY: f64 = 0.03;
const SELDOM: f64 = 0.08;

/// What is never chosen.
pub const NEVER: f32 = -1e9;

/// How choices are made; part of a model's card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Coldest, for a bad draw costs most there.
    pub chord_temperature: f32,
    /// Of holding, resting and striking.
    pub action_temperature: f32,
    /// Of pitches.
    pub pitch_temperature: f32,
    /// Taken from the logits of pitches that make parallel fifths or octaves with a line that has chosen.
    pub parallels: f32,
    /// Of what would end a note after one step.
    pub short: f32,
    /// Of a semitone, over any octaves, against another voice.
    pub semitone: f32,
    /// Of melodic tritones, sevenths, and what is wider than an octave.
    pub leap: f32,
    /// Of pitches above a line that is higher, or below one that is lower.
    pub crossing: f32,
    /// Added to the logits of what a planned figure did, and some of it to its pitches.
    pub steady: f32,
    /// Closes with the tonic triad, and a dominant before it.
    pub ending: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { pitch_temperature: 0.75, parallels: 100.0, short: 1.7, leap: 1.0, ending: true, ..Self::LEARNING }
    }
}

impl Policy {
    /// How drafts are drawn that are learned from: milder, for what is forbidden altogether cannot be learned, and what
    /// happens once in a piece neither.
    pub const LEARNING: Self = Self {
        chord_temperature: 0.7,
        action_temperature: 0.95,
        pitch_temperature: 0.85,
        parallels: 8.0,
        short: 0.5,
        semitone: 1.0,
        leap: 0.7,
        crossing: 0.7,
        steady: 0.0,
        ending: false,
    };

    /// How to compose in a style: of the rules those that its music keeps.
    pub fn for_style(manners: Manners) -> Self {
        let kept = |value: f32, broken: f64, most: f64| if broken <= most { value } else { 0.0 };
        let usual = Self::default();
        Self {
            parallels: kept(usual.parallels, manners.parallels, RARELY),
            short: if manners.short <= SELDOM { usual.short } else { LIVELY.short },
            action_temperature: if manners.short <= SELDOM {
                usual.action_temperature
            } else {
                LIVELY.action_temperature
            },
            steady: if manners.returns >= RETURNING { STEADY } else { 0.0 },
            semitone: kept(usual.semitone, manners.semitone, SELDOM),
            leap: kept(usual.leap, manners.leaps, SELDOM),
            crossing: kept(usual.crossing, manners.crossing, SELDOM),
            ..usual
        }
    }

    /// The same as drafts are drawn that are learned from.
    #[must_use]
    pub fn learning(self) -> Self {
        let milder = |own: f32, learning: f32| own.min(learning);
        Self {
            parallels: milder(self.parallels, Self::LEARNING.parallels),
            short: milder(self.short, Self::LEARNING.short),
            semitone: milder(self.semitone, Self::LEARNING.semitone),
            leap: milder(self.leap, Self::LEARNING.leap),
            crossing: milder(self.crossing, Self::LEARNING.crossing),
            ..Self::LEARNING
        }
    }

    /// What the network itself says.
    pub const PLAIN: Self = Self {
        chord_temperature: 1.0,
        action_temperature: 1.0,
        pitch_temperature: 1.0,
        parallels: 0.0,
        short: 0.0,
        semitone: 0.0,
        leap: 0.0,
        crossing: 0.0,
        steady: 0.0,
        ending: false,
    };

    /// Whether a model may ask for it.
    pub fn is_sane(&self) -> bool {
        let temperatures = [self.chord_temperature, self.action_temperature, self.pitch_temperature];
        let penalties = [self.parallels, self.short, self.semitone, self.leap, self.crossing, self.steady];
        temperatures.iter().all(|temperature| (0.05..=4.0).contains(temperature))
            && penalties.iter().all(|penalty| (0.0..=1000.0).contains(penalty))
    }

    /// Bolder or tamer: 0.5 is as it is.
    #[must_use]
    pub fn with_surprise(mut self, surprise: f32) -> Self {
        let by = 1.0 + 0.6 * (surprise.clamp(0.0, 1.0) - 0.5);
        self.chord_temperature *= by;
        self.action_temperature *= by;
        self.pitch_temperature *= by;
        self
    }

    /// Added to the logits of hold, rest and strike.
    pub fn action_bias(&self, sheet: &Sheet, step: usize, line: usize) -> [f32; 3] {
        let mut bias = [0.0; 3];
        let before = step.checked_sub(1);
        let own = before.map_or(0, |before| sheet.cells.value(before, line));
        if own == 0 {
            bias[0] = NEVER;
        }
        if line == MELODY {
            return bias;
        }
        if own > 0 && before.is_some_and(|before| sheet.cells.length(before, line) == 0) {
            bias[1] -= self.short;
            bias[2] -= self.short;
        }
        if let Some(then) = self.figure(sheet, step, line) {
            let action = sheet.cells.action(then, line);
            // rests that are copied would spread
            if action != Action::Rest {
                bias[action as usize] += self.steady;
            }
        }
        if let Some(close) = self.close(sheet, step) {
            let fits = own > 0 && close.allows(sheet, step, line, own);
            bias[0] = if fits { 0.0 } else { NEVER };
            bias[1] = NEVER;
        }
        bias
    }

    /// Added to the logits of the pitches with the indices from 1, within a range of MIDI pitches.
    pub fn pitch_bias(&self, sheet: &Sheet, step: usize, line: usize, range: (u8, u8)) -> [f32; PITCHES] {
        let mut bias = [0.0; PITCHES];
        let index = |pitch: u8| (i32::from(pitch) - LOWEST + 1).clamp(1, PITCHES as i32) as u8;
        let (low, high) = (index(range.0), index(range.1));
        let close = self.close(sheet, step).filter(|_| line != MELODY);
        let close = close.filter(|close| (low..=high).any(|index| close.allows(sheet, step, line, index)));
        let cells = &sheet.cells;
        let before = step.checked_sub(1);
        let was = |line: usize| before.map_or(0, |before| cells.value(before, line));
        let own = was(line);
        let last = before.map_or(0, |before| cells.last(before, line));
        for (index, bias) in (1..=PITCHES as u8).zip(&mut bias) {
            if index < low
                || index > high
                || close.as_ref().is_some_and(|close| !close.allows(sheet, step, line, index))
            {
                *bias = NEVER;
                continue;
            }
            if line == MELODY {
                continue;
            }
            let leap = index.abs_diff(last);
            if last > 0 && (matches!(leap, 6 | 10 | 11) || leap > 12) {
                *bias -= self.leap;
            }
            let (mut parallel, mut semitone, mut crosses) = (false, 0.0_f32, false);
            for other in (0..line).filter(|other| *other != CHORD) {
                let now = cells.value(step, other);
                if now == 0 {
                    continue;
                }
                parallel |= is_parallel(own, was(other), index, now);
                if matches!(index.abs_diff(now) % 12, 1 | 11) {
                    semitone = semitone.max(if other == MELODY { 0.5 } else { 1.0 });
                }
                crosses |= if other == MELODY { index > now } else { index < now };
            }
            if parallel {
                *bias -= self.parallels;
            }
            *bias -= self.semitone * semitone;
            if crosses {
                *bias -= self.crossing;
            }
        }
        if let Some(then) = self.figure(sheet, step, line) {
            // the same note of the chord, where that has moved
            let roots = (sheet.chord_root(then), sheet.chord_root(step));
            let by = match roots {
                (Some(was), Some(is)) => (i32::from(is) - i32::from(was) + 18).rem_euclid(12) - 6,
                _ => 0,
            };
            let pitch = i32::from(cells.value(then, line)) - 1 + by;
            if cells.value(then, line) > 0
                && let Some(bias) = usize::try_from(pitch).ok().and_then(|pitch| bias.get_mut(pitch))
            {
                *bias += self.steady * FIGURE_PITCHES;
            }
        }
        bias
    }

    /// The step whose figure a line takes up.
    fn figure(&self, sheet: &Sheet, step: usize, line: usize) -> Option<usize> {
        if self.steady > 0.0 && line >= FIRST_VOICE { sheet.figure(step) } else { None }
    }

    /// Added to the logits of chords.
    pub fn chord_bias(&self, sheet: &Sheet, step: usize) -> [f32; CHORDS] {
        let mut bias = [0.0; CHORDS];
        // its chord begins with the melody's last note, whatever is still suspended over it
        let close = sheet.last_onset.filter(|last| self.ending && step >= *last).and_then(|_| Close::new(sheet));
        if let Some(close) = close {
            for (value, bias) in bias.iter_mut().enumerate() {
                if !close.chords.contains(&(value as u8)) {
                    *bias = NEVER;
                }
            }
        } else if let Some(dominants) = self.dominants(sheet, step) {
            for (value, bias) in bias.iter_mut().enumerate() {
                if !dominants.contains(&(value as u8)) {
                    *bias = NEVER;
                }
            }
        }
        bias
    }

    /// What may sound in the close, where a step is in it: under the melody's last note, where that is long after its
    /// first quarter, so that there is time for a suspension. `None` where the melody ends on no note of a tonic triad.
    fn close(&self, sheet: &Sheet, step: usize) -> Option<Close> {
        let start = close_start(sheet).filter(|_| self.ending)?;
        (step >= start).then(|| Close::new(sheet))?
    }

    /// The dominants that fit the melody on the beat before its last note.
    fn dominants(&self, sheet: &Sheet, step: usize) -> Option<Vec<u8>> {
        let start = sheet.last_onset.filter(|_| self.ending)?;
        let first = start.checked_sub(4)?;
        if step < first || Close::new(sheet).is_none() {
            return None;
        }
        let mut classes: Vec<u8> = (first..start)
            .map(|step| sheet.cells.value(step, MELODY))
            .filter(|value| *value > 0)
            .map(|value| Sheet::class(value) as u8)
            .collect();
        classes.dedup();
        let root = (sheet.home.root() + 12 - sheet.home.tonic) % 12; // above the home tonic
        let of = |above: u8, quality: usize| super::chords::chord_value(usize::from((root + above) % 12), quality);
        // V, V7, and the diminished ones on the leading note
        let all = [of(7, 0), of(7, 3), of(11, 2), of(11, 6), of(11, 7)];
        let holds = |value: &&u8, class: &u8| {
            chord_from_value(**value, sheet.home.tonic).is_some_and(|chord| chord.contains(i32::from(*class)))
        };
        let fitting = |some: &[u8]| -> Vec<u8> {
            all.iter().filter(|value| some.iter().all(|class| holds(value, class))).copied().collect()
        };
        let strict = fitting(&classes);
        let found = if strict.is_empty() { fitting(classes.last().map_or(&[], std::slice::from_ref)) } else { strict };
        (!found.is_empty()).then_some(found)
    }
}

/// Where the close begins.
fn close_start(sheet: &Sheet) -> Option<usize> {
    let last = sheet.last_onset?;
    let long = sheet.steps() - last >= 8;
    Some(last + if long { 4 } else { 0 })
}

/// The closing chords.
struct Close {
    chords: Vec<u8>,
}

impl Close {
    /// The tonic triads that hold the melody's last note: in minor with either third.
    fn new(sheet: &Sheet) -> Option<Self> {
        let last = sheet.cells.value(sheet.last_onset?, MELODY);
        if last == 0 {
            return None;
        }
        let of = |scale: Scale| -> Vec<u8> {
            let root = usize::from((scale.root() + 12 - sheet.home.tonic) % 12);
            let qualities: &[usize] = if scale.minor { &[1, 0] } else { &[0] };
            let chords = qualities.iter().map(|quality| root * QUALITIES.len() + quality + 1);
            let holds = |value: &usize| {
                chord_from_value(*value as u8, sheet.home.tonic)
                    .is_some_and(|chord| chord.contains(Sheet::class(last) as i32))
            };
            chords.filter(holds).map(|value| value as u8).collect()
        };
        let chords = of(sheet.home);
        (!chords.is_empty()).then_some(Self { chords })
    }

    /// Whether a line may sound a pitch there: the root for the bass, any note of the chord for the others.
    fn allows(&self, sheet: &Sheet, step: usize, line: usize, index: u8) -> bool {
        let value = sheet.cells.value(step, CHORD);
        let value = if self.chords.contains(&value) { value } else { self.chords[0] };
        let Some((root, _)) = root_and_quality(value) else { return true };
        let class = Sheet::class(index);
        if line == FIRST_VOICE {
            return class == (root + usize::from(sheet.home.tonic)) % 12;
        }
        chord_from_value(value, sheet.home.tonic).is_some_and(|chord| chord.contains(class as i32))
    }
}

/// Whether two lines move in the same direction from a fifth to a fifth, or from an octave (unison) to an octave; all
/// are indices of pitches, 0 for a rest.
pub const fn is_parallel(own: u8, other: u8, own_now: u8, other_now: u8) -> bool {
    if own == 0 || other == 0 || own_now == 0 || other_now == 0 {
        return false;
    }
    let (size, size_now) = (own.abs_diff(other) % 12, own_now.abs_diff(other_now) % 12);
    let same_direction = (own_now > own && other_now > other) || (own_now < own && other_now < other);
    same_direction && size == size_now && (size == 0 || size == 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallels_are_told() {
        assert!(is_parallel(10, 17, 12, 19)); // fifths up
        assert!(is_parallel(10, 34, 8, 20)); // octaves down, from two to one
        assert!(!is_parallel(10, 17, 10, 17)); // nothing moves
        assert!(!is_parallel(10, 15, 12, 17)); // fourths
        assert!(!is_parallel(10, 17, 12, 7)); // contrary
        assert!(!is_parallel(0, 17, 12, 19));
    }
}
