//! What a part looks like in its lane: which row a pitch has, and where there is something to see.

use std::{ops::Range, sync::Arc};

use super::super::roll::index::NoteIndex;
use crate::music::{MetreMap, Note, Part, Pitch, Tick, edit::HAIR};

/// The fewest rows of a pitched lane: a part of one note is not as thick as its lane.
const FEWEST_ROWS: u8 = 12;
/// The fewest rows of a kit.
const FEWEST_DRUM_ROWS: u8 = 4;

/// A part, looked at for its lane. Kept until the part or the metre changes.
#[derive(Debug)]
pub struct Lane {
    /// The part's notes by time.
    pub notes: NoteIndex,
    /// The bars in which there are notes, joined where they meet, in ticks.
    pub regions: Vec<Range<Tick>>,
    part: Arc<Part>,
    metre: MetreMap,
    /// The row of each pitch, 0 the lowest.
    rows: [u8; 128],
    row_count: u8,
}

impl Lane {
    /// Looks at every note once.
    pub fn new(part: &Arc<Part>, metre: &MetreMap) -> Self {
        let (rows, row_count) = rows(part);
        Self {
            notes: NoteIndex::new(part),
            regions: regions(&part.notes, metre),
            part: Arc::clone(part),
            metre: metre.clone(),
            rows,
            row_count,
        }
    }

    /// Whether it was made for this very part in this metre.
    fn is_of(&self, part: &Arc<Part>, metre: &MetreMap) -> bool {
        Arc::ptr_eq(&self.part, part) && self.metre == *metre
    }

    /// The part it was made for.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// How many rows there are.
    pub const fn row_count(&self) -> u8 {
        self.row_count
    }

    /// The row of a pitch, 0 the lowest.
    pub const fn row(&self, pitch: Pitch) -> u8 {
        self.rows[pitch.get() as usize]
    }
}

/// Pitched parts: a row a semitone from the lowest to the highest. Kits: a row for each instrument that is struck.
fn rows(part: &Part) -> ([u8; 128], u8) {
    let mut used = [false; 128];
    part.notes.iter().for_each(|note| used[usize::from(note.pitch.get())] = true);
    let mut rows = [0; 128];
    if part.is_drum {
        let mut count = 0;
        for (row, _) in rows.iter_mut().zip(used).filter(|(_, used)| *used) {
            *row = count;
            count += 1;
        }
        return (rows, count.max(FEWEST_DRUM_ROWS));
    }
    let low = used.iter().position(|used| *used).unwrap_or(60) as u8;
    let high = used.iter().rposition(|used| *used).unwrap_or(60) as u8;
    let count = (high - low + 1).max(FEWEST_ROWS);
    let below = (count - (high - low + 1)) / 2;
    for (pitch, row) in (0..).zip(&mut rows) {
        *row = (below + u8::saturating_sub(pitch, low)).min(count - 1);
    }
    (rows, count)
}

/// The bars in which notes sound, joined where they meet. Notes are sorted by their starts. What begins a hair before a
/// bar line, or rings a hair over it, belongs to the bar that it is meant for.
fn regions(notes: &[Note], metre: &MetreMap) -> Vec<Range<Tick>> {
    let mut regions: Vec<Range<Tick>> = Vec::new();
    for note in notes {
        let hair = HAIR.min(note.duration / 2);
        let start = note.start + hair;
        let end = (note.end() - hair).max(start + 1);
        match regions.last_mut() {
            Some(last) if end <= last.end => {}
            Some(last) if start < last.end || bar_start(metre, start) == last.end => last.end = bar_end(metre, end),
            _ => regions.push(bar_start(metre, start)..bar_end(metre, end)),
        }
    }
    regions
}

/// The bar line at or before a tick.
fn bar_start(metre: &MetreMap, tick: Tick) -> Tick {
    metre.bar_start(metre.position(tick).bar)
}

/// The first bar line at or behind a tick.
fn bar_end(metre: &MetreMap, tick: Tick) -> Tick {
    metre.bar_start(metre.position(tick.saturating_sub(1)).bar + 1)
}

/// The lanes of a score's parts, renewed where a part changed.
#[derive(Debug, Default)]
pub struct Lanes(Vec<Lane>);

impl Lanes {
    /// Makes them those of these parts.
    pub fn update(&mut self, parts: &[Arc<Part>], metre: &MetreMap) {
        self.0.truncate(parts.len());
        for (index, part) in parts.iter().enumerate() {
            match self.0.get_mut(index) {
                Some(known) if known.is_of(part, metre) => {}
                Some(known) => *known = Lane::new(part, metre),
                None => self.0.push(Lane::new(part, metre)),
            }
        }
    }

    /// How many parts there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// The lane of a part.
    pub fn get(&self, part: usize) -> Option<&Lane> {
        self.0.get(part)
    }

    /// Where the last note ends, in ticks.
    pub fn end(&self) -> Tick {
        self.0.iter().map(|lane| lane.notes.end()).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    fn lane(notes: Vec<Note>, is_drum: bool) -> Lane {
        let part = Part { is_drum, notes, ..Part::default() };
        Lane::new(&Arc::new(part), &MetreMap::default())
    }

    #[test]
    fn pitches_keep_their_distance_and_a_single_one_is_in_the_middle() {
        let wide = lane(vec![note(0, 480, 40), note(0, 480, 41), note(480, 480, 60)], false);
        assert_eq!(wide.row_count(), 21);
        assert_eq!([40, 41, 60].map(|pitch| wide.row(Pitch::clamped(pitch))), [0, 1, 20]);
        let narrow = lane(vec![note(0, 480, 72)], false);
        assert_eq!((narrow.row(Pitch::clamped(72)), narrow.row_count()), (5, 12));
        let kit = lane(vec![note(0, 120, 36), note(0, 120, 42), note(480, 120, 38)], true);
        assert_eq!([36, 38, 42].map(|pitch| kit.row(Pitch::clamped(pitch))), [0, 1, 2]);
    }

    #[test]
    fn regions_are_whole_bars_joined_where_they_meet() {
        let notes = vec![note(100, 480, 60), note(1900, 100, 60), note(7680, 480, 60), note(8000, 1700, 62)];
        assert_eq!(lane(notes, false).regions, [0..3840, 7680..11_520]);
        assert_eq!(lane(vec![note(0, 1920, 60)], false).regions, std::slice::from_ref(&(0..1920)));
        // as people play: a hair early, a hair late
        let played = vec![note(1900, 1960, 60), note(3850, 100, 60), note(9590, 480, 60)];
        assert_eq!(lane(played, false).regions, [1920..5760, 9600..11_520]);
        assert!(lane(Vec::new(), false).regions.is_empty());
    }

    #[test]
    fn only_changed_parts_are_looked_at_again() {
        let metre = MetreMap::default();
        let parts = vec![Arc::new(Part::new("a", 0)), Arc::new(Part::new("b", 0))];
        let mut lanes = Lanes::default();
        lanes.update(&parts, &metre);
        let changed = vec![Arc::clone(&parts[0]), Arc::new(Part::new("c", 0))];
        lanes.update(&changed, &metre);
        assert!(lanes.0.iter().zip(&changed).all(|(lane, part)| lane.is_of(part, &metre)));
        lanes.update(&parts[..1], &metre);
        assert!(lanes.get(0).is_some() && lanes.get(1).is_none());
    }
}
