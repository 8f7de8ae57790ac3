//! Sets of notes: what is selected, and what was copied.

use std::ops::{Range, RangeInclusive};

use super::{MAX_TICK, Note, Part, Pitch, Tick};

/// A set of notes of one part, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    notes: Vec<Note>,
}

impl FromIterator<Note> for Selection {
    fn from_iter<I: IntoIterator<Item = Note>>(notes: I) -> Self {
        let mut notes: Vec<Note> = notes.into_iter().collect();
        notes.sort_unstable();
        notes.dedup();
        Self { notes }
    }
}

impl From<Note> for Selection {
    fn from(note: Note) -> Self {
        Self { notes: vec![note] }
    }
}

impl Selection {
    /// Nothing selected.
    pub const fn none() -> Self {
        Self { notes: Vec::new() }
    }

    /// Every note of a part.
    pub fn all(part: &Part) -> Self {
        part.notes.iter().copied().collect()
    }

    /// The notes of a part that sound somewhere in a span of ticks, within a range of pitches.
    pub fn in_rectangle(part: &Part, ticks: &Range<Tick>, pitches: &RangeInclusive<Pitch>) -> Self {
        let until = part.notes.partition_point(|note| note.start < ticks.end);
        let touched = |note: &&Note| note.end() > ticks.start && pitches.contains(&note.pitch);
        part.notes[..until].iter().filter(touched).copied().collect()
    }

    /// The notes, sorted.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Whether a note is among them.
    pub fn contains(&self, note: &Note) -> bool {
        self.notes.binary_search(note).is_ok()
    }

    /// These and those.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        self.notes.iter().chain(&others.notes).copied().collect()
    }

    /// These without those.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        self.notes.iter().filter(|note| !others.contains(note)).copied().collect()
    }

    /// Those that a part (still) has.
    #[must_use]
    pub fn within(&self, part: &Part) -> Self {
        let has = |note: &&Note| part.notes.binary_search(note).is_ok();
        self.notes.iter().filter(has).copied().collect()
    }

    /// From the first start to the last end, in ticks; `None` if nothing is selected.
    pub fn span(&self) -> Option<Range<Tick>> {
        let start = self.notes.first()?.start;
        Some(start..self.notes.iter().map(Note::end).max()?)
    }

    /// The lowest and the highest pitch; `None` if nothing is selected.
    pub fn pitches(&self) -> Option<RangeInclusive<Pitch>> {
        let low = self.notes.iter().map(|note| note.pitch).min()?;
        Some(low..=self.notes.iter().map(|note| note.pitch).max()?)
    }

    /// How far the whole group can go towards a move, in ticks and semitones: it stays whole and never wraps.
    pub fn clamped_move(&self, ticks: i64, semitones: i32) -> (i64, i32) {
        let (Some(span), Some(pitches)) = (self.span(), self.pitches()) else {
            return (0, 0);
        };
        let room_right = i64::from(MAX_TICK.saturating_sub(span.end));
        let room_up = i32::from(Pitch::MAX.get() - pitches.end().get());
        (ticks.clamp(-i64::from(span.start), room_right), semitones.clamp(-i32::from(pitches.start().get()), room_up))
    }

    pub(super) fn map(&self, change: impl FnMut(Note) -> Note) -> Vec<Note> {
        self.notes.iter().copied().map(change).collect()
    }
}

/// Notes that were copied or cut, on ticks counted from the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clipboard {
    notes: Vec<Note>,
}

impl Clipboard {
    /// What a selection holds.
    pub fn copy(selection: &Selection) -> Self {
        let first = selection.span().map_or(0, |span| span.start);
        let shift = |note: Note| Note { start: note.start - first, ..note };
        Self { notes: selection.map(shift) }
    }

    /// Whether nothing was copied yet.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// How many notes it holds.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    /// What it holds.
    pub(super) fn notes(&self) -> &[Note] {
        &self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    #[test]
    fn selections_add_and_remove() {
        let line = Part { notes: vec![note(0, 480, 60), note(480, 480, 62), note(960, 480, 64)], ..Part::default() };
        let low = Selection::in_rectangle(&line, &(100..500), &(Pitch::clamped(0)..=Pitch::clamped(62)));
        assert_eq!(low.notes(), &line.notes[..2]);
        let first = Selection::from(line.notes[0]);
        assert_eq!(low.without(&first).notes(), &line.notes[1..2]);
        assert_eq!(Selection::all(&line).without(&low).notes(), &line.notes[2..]);
        assert_eq!(first.with(&low), low);
        assert!(Selection::from(note(1, 1, 1)).within(&line).is_empty());
    }
}
