//! How a piece ends: a dominant, the tonic triad under the melody's last note, and nothing after it.

use super::{NEVER, Policy};
use crate::networks::autoregressive::cells::{CHORD, FIRST_VOICE, MELODY};
use crate::networks::autoregressive::chords::{BEAT, QUALITIES, chord_from_value, chord_value, root_and_quality};
use crate::networks::autoregressive::melody::Scale;
use crate::networks::autoregressive::sheet::Sheet;

/// Steps that a close lasts at least, however short the melody's last note is.
const SHORTEST_CLOSE: usize = 8;

/// What a melody may sing over a dominant seventh chord, in semitones above its root: chord notes, ninth, thirteenth.
const OVER_DOMINANT: [u8; 6] = [0, 2, 4, 7, 9, 10];
const OVER_DOMINANT_IN_MINOR: [u8; 6] = [0, 1, 4, 7, 8, 10];

impl Policy {
    /// In a close to which all come together: who plays strikes where it begins, and holds; who has long rested rests.
    pub(super) fn closing_together(&self, sheet: &Sheet, step: usize, line: usize, bias: [f32; 3]) -> [f32; 3] {
        let Some(start) = self.close_start(sheet) else { return bias };
        let before = start.saturating_sub(2 * sheet.steps_per_bar)..start;
        if line > FIRST_VOICE && before.into_iter().all(|step| sheet.cells.value(step, line) == 0) {
            return [NEVER, 0.0, NEVER];
        }
        match bias {
            [_, _, strike] if step == start => [NEVER, NEVER, strike],
            [hold, _, _] if hold > NEVER => [hold, NEVER, NEVER],
            unfit => unfit,
        }
    }

    /// Whether the melody is over: voices end with it, and those of a band ring on.
    pub(super) fn has_ended(&self, sheet: &Sheet, step: usize) -> bool {
        let ends = |last: usize| step >= last + SHORTEST_CLOSE && sheet.cells.value(step, MELODY) == 0;
        self.ending && sheet.last_onset.is_some_and(ends)
    }

    /// Where the close begins.
    fn close_start(&self, sheet: &Sheet) -> Option<usize> {
        let last = sheet.last_onset?;
        let is_long = sheet.steps() - last >= SHORTEST_CLOSE;
        Some(last + if is_long && self.suspends { BEAT } else { 0 })
    }

    /// What may sound in the close, where a step is in it: under the melody's last note, where that is long after its
    /// first quarter, so that there is time for a suspension, if the style has some. `None` where the melody ends on no
    /// note of a tonic triad.
    pub(super) fn close(&self, sheet: &Sheet, step: usize) -> Option<Close> {
        let start = self.close_start(sheet).filter(|_| self.ending)?;
        (step >= start).then(|| Close::new(sheet))?
    }

    /// The pitch class that the lowest voice has where the dominant before the close begins: its root.
    pub(super) fn dominant_root(&self, sheet: &Sheet, step: usize, line: usize) -> Option<usize> {
        let is_there = line == FIRST_VOICE && self.ending && sheet.is_beat(step) && sheet.last_onset? > step;
        let dominants = if is_there { self.dominants(sheet, step)? } else { return None };
        let value = sheet.cells.value(step, CHORD);
        let (root, quality) = root_and_quality(value).filter(|_| dominants.contains(&value))?;
        // a diminished chord on the leading note stands on any of its notes
        matches!(quality, 0 | 3).then(|| (root + usize::from(sheet.home.tonic)) % 12)
    }

    /// The dominants that fit the melody on the beats before its last note: those on the fifth, if there are some.
    pub(super) fn dominants(&self, sheet: &Sheet, step: usize) -> Option<Vec<u8>> {
        let start = sheet.last_onset.filter(|_| self.ending)?;
        if step >= start || step + 2 * BEAT < start || Close::new(sheet).is_none() {
            return None;
        }
        let sung = |first: usize| -> Vec<u8> {
            let values = (first..start).map(|step| sheet.cells.value(step, MELODY));
            let mut classes: Vec<u8> =
                values.filter(|value| *value > 0).map(|value| Sheet::class(value) as u8).collect();
            classes.dedup();
            classes
        };
        let root = (sheet.home.root() + 12 - sheet.home.tonic) % 12; // above the home tonic
        let of = |above: u8, quality: usize| chord_value(usize::from((root + above) % 12), quality);
        let (of_fifth, of_leading_note) = ([of(7, 0), of(7, 3)], [of(11, 2), of(11, 6), of(11, 7)]);
        // a band has ninths and thirteenths over it
        let over = if sheet.home.minor { OVER_DOMINANT_IN_MINOR } else { OVER_DOMINANT };
        let is_over = |class: u8| !self.suspends && over.contains(&((class + 24 - sheet.home.root() - 7) % 12));
        let holds = |value: &&u8, class: &u8| {
            let chord = chord_from_value(**value, sheet.home.tonic);
            chord.is_some_and(|chord| chord.contains(i32::from(*class)))
                || (of_fifth.contains(*value) && is_over(*class))
        };
        let fitting = |some: &[u8]| -> Vec<u8> {
            let of = |dominants: &[u8]| -> Vec<u8> {
                dominants.iter().filter(|value| some.iter().all(|class| holds(value, class))).copied().collect()
            };
            let best = of(&of_fifth);
            if best.is_empty() { of(&of_leading_note) } else { best }
        };
        // two beats of it where they fit the melody and nothing is suspended, else one
        let longer = start.checked_sub(2 * BEAT).filter(|_| !self.suspends).map(|first| fitting(&sung(first)));
        if let Some(longer) = longer.filter(|found| !found.is_empty()) {
            return Some(longer);
        }
        let first = start.checked_sub(BEAT).filter(|first| step >= *first)?;
        let classes = sung(first);
        let strict = fitting(&classes);
        let found = if strict.is_empty() { fitting(classes.last().map_or(&[], std::slice::from_ref)) } else { strict };
        (!found.is_empty()).then_some(found)
    }
}

/// The closing chords.
pub(super) struct Close {
    pub(super) chords: Vec<u8>,
}

impl Close {
    /// The tonic triads that hold the melody's last note: in minor with either third.
    pub(super) fn new(sheet: &Sheet) -> Option<Self> {
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
    pub(super) fn allows(&self, sheet: &Sheet, step: usize, line: usize, index: u8) -> bool {
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
