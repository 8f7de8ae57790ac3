//! What is added to the logits of actions, pitches and chords.

use super::closing::Close;
use super::{NEVER, Policy};
use crate::networks::autoregressive::cells::{Action, CHORD, FIRST_VOICE, LOWEST, MELODY, NARROW, PITCHES};
use crate::networks::autoregressive::chords::{BEAT, CHORDS, chord_from_value, root_and_quality};
use crate::networks::autoregressive::gestures::{Degree, Gesture, from_c};
use crate::networks::autoregressive::sheet::{FIGURE_BARS, Sheet};

/// What of a figure’s weight its pitches have.
const FIGURE_PITCHES: f32 = 0.6;
/// What of a pattern's weight its pitches have.
const PATTERN_PITCHES: f32 = 0.8;
/// What of a pattern's weight is taken from striking a key that a voice of the part has just struck.
const SAME_KEY: f32 = 0.8;
/// By how much the logit of resting falls with each beat for which a part that is called for has rested.
const PATIENCE: f32 = 0.5;
/// For how many steps all rest on the last note of a phrase; then some may go on to the next one.
const BREATH: u8 = 6;

impl Policy {
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
            let short = self.short * (1.0 + self.crowded * sheet.short_before(step) as f32);
            bias[1] -= short;
            bias[2] -= short;
        }
        if own > 0 && self.held > 0.0 {
            bias[0] -= self.held * clash(sheet, step, line, own, |other| sheet.cells.onset(step, other));
        }
        if let Some((then, weight)) = self.figure(sheet, step, line) {
            let action = sheet.cells.action(then, line);
            // rests that are copied again and again would spread
            if action != Action::Rest || !Self::goes_on(sheet, step, then) {
                bias[action as usize] += weight;
            }
        }
        if let Some(beats) = sheet.missing(step, line).filter(|_| self.presence > 0.0) {
            bias[1] -= self.presence + PATIENCE * beats as f32;
        }
        if let Some(wish) = sheet.wish(step, line) {
            let action = match wish {
                Gesture::Hold if own > 0 => Action::Hold,
                Gesture::Hold | Gesture::Rest => Action::Rest,
                Gesture::Strike(..) => Action::Strike,
            };
            bias[action as usize] += self.pattern;
        }
        // where a kit is heard, with its kick rather than beside it
        if line == FIRST_VOICE && sheet.hears_kit(step) {
            bias[2] += if sheet.has_kick(step) { self.kick } else { -self.kick };
        }
        if (2..=BREATH).contains(&sheet.breath[step]) {
            bias[2] -= self.breath;
        }
        if self.has_ended(sheet, step) {
            let rings = own > 0 && sheet.hears_kit(step);
            bias = if rings { [0.0, NEVER, NEVER] } else { [NEVER, 0.0, NEVER] };
        } else if let Some(close) = self.close(sheet, step) {
            let fits = own > 0 && close.allows(sheet, step, line, own);
            bias[0] = if fits { 0.0 } else { NEVER };
            bias[1] = NEVER;
            if !self.suspends {
                bias = self.closing_together(sheet, step, line, bias);
            } else if fits {
                bias[2] = NEVER;
            }
        } else if let Some(root) = self.dominant_root(sheet, step, line) {
            bias[0] = if own > 0 && Sheet::class(own) == root { 0.0 } else { NEVER };
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
        let dominant = self.dominant_root(sheet, step, line);
        let is_one = line == FIRST_VOICE && step.is_multiple_of(sheet.steps_per_bar.max(1));
        let root = sheet.chord_root(step).filter(|_| is_one && self.root > 0.0).map(usize::from);
        let crossed = self.crossed_third(sheet, step);
        let wished = wished_pitch(sheet, step, line).map(|pitch| pitch - LOWEST + 1);
        let just_struck = just_struck(sheet, step, line);
        let cells = &sheet.cells;
        let before = step.checked_sub(1);
        let was = |line: usize| before.map_or(0, |before| cells.value(before, line));
        let own = was(line);
        let last = before.map_or(0, |before| cells.last(before, line));
        let moved = before.map_or(0, |before| i32::from(cells.moved(before, line)));
        let by = moved - (NARROW + 1); // `moved` 0: not yet
        let (is_stepwise, rises) = (moved > 0 && matches!(by.abs(), 1 | 2), by > 0);
        for (index, bias) in (1..=PITCHES as u8).zip(&mut bias) {
            if index < low
                || index > high
                || close.as_ref().is_some_and(|close| !close.allows(sheet, step, line, index))
                || dominant.is_some_and(|root| root != Sheet::class(index))
            {
                *bias = NEVER;
                continue;
            }
            if line == MELODY {
                continue;
            }
            if root == Some(Sheet::class(index)) {
                *bias += self.root;
            }
            let leap = index.abs_diff(last);
            if last > 0 && (matches!(leap, 6 | 10 | 11) || leap > 12) {
                *bias -= self.leap;
            }
            if last > 0 && matches!(leap, 1 | 2) {
                *bias += self.step;
            }
            if line == FIRST_VOICE && is_stepwise && i32::from(index) == i32::from(last) - by {
                *bias -= self.rocking;
            }
            if crossed == Some(Sheet::class(index)) {
                *bias -= self.thirds;
            }
            if is_stepwise && (index > last) != rises && index != last {
                *bias -= self.turn;
            }
            if let Some(wished) = wished {
                *bias += self.pattern * closeness(i32::from(index) - wished);
            }
            if wished != Some(i32::from(index)) && just_struck.contains(&index) {
                *bias -= self.pattern * SAME_KEY;
            }
            let (mut parallel, mut crosses, mut is_narrow) = (false, false, false);
            for other in (0..line).filter(|other| *other != CHORD) {
                let now = cells.value(step, other);
                if now == 0 {
                    continue;
                }
                parallel |= is_parallel(own, was(other), index, now);
                is_narrow |= other > FIRST_VOICE && index.abs_diff(now) == 1;
                crosses |= if other == MELODY { index > now } else { index < now };
            }
            if parallel {
                *bias -= self.parallels;
            }
            *bias -= self.semitone * clash(sheet, step, line, index, |_| true);
            if crosses {
                *bias -= self.crossing;
            }
            if is_narrow {
                *bias -= self.narrow;
            }
        }
        if let Some((then, weight)) = self.figure(sheet, step, line) {
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
                *bias += weight * FIGURE_PITCHES;
            }
        }
        bias
    }

    /// The pitch class of the third of a chord, minor or major, of which the melody has the other one in this bar.
    fn crossed_third(&self, sheet: &Sheet, step: usize) -> Option<usize> {
        let root = sheet.chord_root(step).filter(|_| self.thirds > 0.0).map(usize::from)?;
        let bar = step / sheet.steps_per_bar * sheet.steps_per_bar;
        let sung = bar..(bar + sheet.steps_per_bar).min(sheet.steps());
        let [minor, major] = [3, 4].map(|above| (root + above) % 12);
        let has = |class: usize| sung.clone().any(|step| sheet.sounds_class(step, MELODY, class));
        match (has(minor), has(major)) {
            (true, false) => Some(major),
            (false, true) => Some(minor),
            _ => None,
        }
    }

    /// The step whose figure a line takes up, and how much that weighs.
    fn figure(&self, sheet: &Sheet, step: usize, line: usize) -> Option<(usize, f32)> {
        let then = sheet.figure(step).filter(|_| line >= FIRST_VOICE)?;
        let weight = if Self::goes_on(sheet, step, then) { self.steady } else { self.returning };
        (weight > 0.0).then_some((then, weight))
    }

    /// Whether a figure that was there before goes on, rather than comes back.
    const fn goes_on(sheet: &Sheet, step: usize, then: usize) -> bool {
        step - then <= FIGURE_BARS * sheet.steps_per_bar
    }

    /// Whether figures are planned.
    pub fn keeps_figures(&self) -> bool {
        self.steady > 0.0 || self.returning > 0.0
    }

    /// Whether there is something to add to the logits of chords.
    pub fn plans_chords(&self) -> bool {
        self.ending || self.lingering > 0.0 || self.reprise > 0.0
    }

    /// A root that has stood longer than two bars, and what is to be taken from its logits.
    fn stays_too_long(&self, sheet: &Sheet, step: usize) -> Option<(usize, f32)> {
        let root_at = |step: usize| root_and_quality(sheet.cells.value(step, CHORD)).map(|(root, _)| root);
        let root = root_at(step.checked_sub(1).filter(|_| self.lingering > 0.0)?)?;
        let stood = (0..step).rev().take_while(|step| root_at(*step) == Some(root)).count();
        let beats = stood.saturating_sub(2 * sheet.steps_per_bar) / BEAT;
        Some((root, self.lingering * (beats + 1) as f32)).filter(|_| stood >= 2 * sheet.steps_per_bar)
    }

    /// Added to the logits of chords.
    pub fn chord_bias(&self, sheet: &Sheet, step: usize) -> [f32; CHORDS] {
        let mut bias = [0.0; CHORDS];
        if let Some((root, by)) = self.stays_too_long(sheet, step) {
            for (value, bias) in (0..).zip(&mut bias) {
                if root_and_quality(value).is_some_and(|(of, _)| of == root) {
                    *bias -= by;
                }
            }
        }
        let returns = |then: &usize| !Self::goes_on(sheet, step, *then) && !sheet.is_near_end(step);
        if let Some(then) = sheet.figure(step).filter(returns)
            && let Some(bias) = bias.get_mut(usize::from(sheet.cells.value(then, CHORD)))
        {
            *bias += self.reprise;
        }
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
}

/// The pitch that a pattern has a line strike in the chord at a step; a bass goes where the chords lead it.
fn wished_pitch(sheet: &Sheet, step: usize, line: usize) -> Option<i32> {
    let Some(Gesture::Strike(degree, octave)) = sheet.wish(step, line).filter(|_| line > FIRST_VOICE) else {
        return None;
    };
    let chord = chord_from_value(sheet.cells.value(step, CHORD), sheet.home.tonic)?;
    let root = sheet.chord_root(step)?;
    let is_there = |above: &usize| {
        degree != Degree::Passing
            && Degree::of(*above) == degree
            && chord.contains((usize::from(root) + above) as i32 % 12)
    };
    let above = (0..12).find(is_there)?;
    Some(12 * i32::from(octave) + above as i32 + from_c(usize::from(root)))
}

/// What the voices that keep a pattern up with a line have struck at this step, or where they struck last.
fn just_struck(sheet: &Sheet, step: usize, line: usize) -> Vec<u8> {
    let keeps_up = |other: &usize| sheet.wish(step, *other).is_some();
    if !keeps_up(&line) {
        return Vec::new();
    }
    let cells = &sheet.cells;
    let struck = |at: usize, until: usize| -> Vec<u8> {
        let voices = (FIRST_VOICE..until).filter(keeps_up).filter(|other| cells.onset(at, *other));
        voices.map(|other| cells.value(at, other)).collect()
    };
    let mut all = struck(step, line);
    let earlier = (step.saturating_sub(sheet.steps_per_bar)..step).rev().map(|at| struck(at, sheet.lines()));
    all.extend(earlier.into_iter().find(|keys| !keys.is_empty()).unwrap_or_default());
    all
}

/// What of a pattern's weight a pitch has that is so far from its own: the same elsewhere has half.
const fn closeness(distance: i32) -> f32 {
    match distance {
        0 => PATTERN_PITCHES,
        -12 | 12 => PATTERN_PITCHES / 2.0,
        _ => 0.0,
    }
}

/// How much a pitch rubs a semitone, over any octaves, against those of the lines before that count: half against the
/// melody, which is farther away.
fn clash(sheet: &Sheet, step: usize, line: usize, index: u8, counts: impl Fn(usize) -> bool) -> f32 {
    let others = (0..line).filter(|other| *other != CHORD && counts(*other));
    let against = others.map(|other| match sheet.cells.value(step, other) {
        now if now == 0 || !matches!(index.abs_diff(now) % 12, 1 | 11) => 0.0,
        _ if other == MELODY => 0.5,
        _ => 1.0,
    });
    against.fold(0.0, f32::max)
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
