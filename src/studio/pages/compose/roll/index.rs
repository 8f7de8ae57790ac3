//! Finding the notes of a span of ticks among a hundred thousand, whatever their lengths.

use std::{
    ops::{Range, RangeInclusive},
    sync::Arc,
};

use crate::music::{
    Note, Part, Pitch, Tick,
    edit::{self, ControlKind},
};

/// Notes in a block; blocks that end before the span are skipped whole.
const BLOCK: usize = 64;

/// A part's notes with the latest end of each block of them. Kept until the part changes.
#[derive(Clone, Debug)]
pub struct NoteIndex {
    part: Arc<Part>,
    latest_ends: Vec<Tick>,
    pitches: Option<RangeInclusive<Pitch>>,
}

impl NoteIndex {
    /// Looks at every note once.
    pub fn new(part: &Arc<Part>) -> Self {
        let latest = |block: &[Note]| block.iter().map(Note::end).max().unwrap_or(0);
        let mut pitches = None;
        for note in &part.notes {
            let known = pitches.get_or_insert(note.pitch..=note.pitch);
            *known = (*known.start()).min(note.pitch)..=(*known.end()).max(note.pitch);
        }
        Self { latest_ends: part.notes.chunks(BLOCK).map(latest).collect(), pitches, part: Arc::clone(part) }
    }

    /// Whether it was made for this very part.
    pub fn is_of(&self, part: &Arc<Part>) -> bool {
        Arc::ptr_eq(&self.part, part)
    }

    /// The part it was made for.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// From the lowest to the highest pitch; `None` without notes.
    pub const fn pitches(&self) -> Option<&RangeInclusive<Pitch>> {
        self.pitches.as_ref()
    }

    /// The end of the last note, in ticks.
    pub fn end(&self) -> Tick {
        self.latest_ends.iter().copied().max().unwrap_or(0)
    }

    /// The notes that sound somewhere in a span, in order of their starts.
    pub fn sounding_in(&self, ticks: Range<Tick>) -> impl DoubleEndedIterator<Item = &Note> {
        let until = self.part.notes.partition_point(|note| note.start < ticks.end);
        self.part.notes[..until]
            .chunks(BLOCK)
            .zip(&self.latest_ends)
            .filter(move |(_, latest)| **latest > ticks.start)
            .flat_map(|(block, _)| block)
            .filter(move |note| note.end() > ticks.start)
    }
}

/// The indices of a score's parts, renewed where a part changed.
#[derive(Debug, Default)]
pub struct Indices {
    parts: Vec<NoteIndex>,
}

impl Indices {
    /// Makes them those of these parts.
    pub fn update(&mut self, parts: &[Arc<Part>]) {
        self.parts.truncate(parts.len());
        for (index, part) in parts.iter().enumerate() {
            match self.parts.get_mut(index) {
                Some(known) if known.is_of(part) => {}
                Some(known) => *known = NoteIndex::new(part),
                None => self.parts.push(NoteIndex::new(part)),
            }
        }
    }

    /// The index of a part.
    pub fn get(&self, part: usize) -> Option<&NoteIndex> {
        self.parts.get(part)
    }

    /// All of them, in the order of the parts.
    pub fn iter(&self) -> impl Iterator<Item = &NoteIndex> {
        self.parts.iter()
    }
}

/// Where one kind of control of a part changes. Kept until the part or the kind changes.
#[derive(Clone, Debug)]
pub struct ControlIndex {
    part: Arc<Part>,
    kind: ControlKind,
    at_start: i16,
    points: Vec<(Tick, i16)>,
}

impl ControlIndex {
    /// Looks at every control once.
    pub fn new(part: &Arc<Part>, kind: ControlKind) -> Self {
        Self { at_start: kind.at_start(part), points: edit::control_points(part, kind), part: Arc::clone(part), kind }
    }

    /// Whether it was made for this kind of this very part.
    pub fn is_of(&self, part: &Arc<Part>, kind: ControlKind) -> bool {
        self.kind == kind && Arc::ptr_eq(&self.part, part)
    }

    /// The part it was made for.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// The value that holds where a span begins, and the changes within it.
    pub fn seen(&self, ticks: Range<Tick>) -> (i16, &[(Tick, i16)]) {
        let from = self.points.partition_point(|(tick, _)| *tick < ticks.start);
        let to = self.points.partition_point(|(tick, _)| *tick < ticks.end).max(from);
        let before = from.checked_sub(1).map_or(self.at_start, |index| self.points[index].1);
        (before, &self.points[from..to])
    }

    /// The value that holds at a tick.
    pub fn value_at(&self, tick: Tick) -> i16 {
        self.seen(tick.saturating_add(1)..tick.saturating_add(1)).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    #[test]
    fn finds_what_a_plain_search_finds() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut part = Part::default();
        for _ in 0..3000 {
            part.notes.push(note(
                random.u32(0..100_000),
                if random.u32(0..500) == 0 { 50_000 } else { random.u32(1..900) },
                random.i32(0..128),
            ));
        }
        part.sort();
        let part = Arc::new(part);
        let index = NoteIndex::new(&part);
        for _ in 0..200 {
            let start = random.u32(0..110_000);
            let span = start..start + random.u32(0..5000);
            let plain: Vec<&Note> =
                part.notes.iter().filter(|note| note.start < span.end && note.end() > span.start).collect();
            assert_eq!(index.sounding_in(span).collect::<Vec<_>>(), plain);
        }
        assert_eq!(index.end(), part.end());
    }

    #[test]
    fn controls_hold_until_the_next() {
        let mut part = Part::default();
        edit::draw_controls(&mut part, ControlKind::PitchBend, &(0..1000), &[(100, 5), (200, -5)]);
        let index = ControlIndex::new(&Arc::new(part), ControlKind::PitchBend);
        assert_eq!([99, 100, 199, 200, 9999].map(|tick| index.value_at(tick)), [0, 5, 5, -5, -5]);
        assert_eq!(index.seen(150..300), (5, &[(200, -5)][..]));
        assert_eq!(index.seen(0..100), (0, &[][..]));
    }

    #[test]
    fn only_changed_parts_are_looked_at_again() {
        let parts = vec![Arc::new(Part::new("a", 0)), Arc::new(Part::new("b", 0))];
        let mut indices = Indices::default();
        indices.update(&parts);
        let changed = vec![Arc::clone(&parts[0]), Arc::new(Part::new("c", 0)), Arc::clone(&parts[1])];
        indices.update(&changed);
        assert!(indices.iter().zip(&changed).all(|(index, part)| index.is_of(part)));
        indices.update(&parts[..1]);
        assert_eq!(indices.iter().count(), 1);
    }
}
