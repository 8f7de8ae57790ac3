//! The grid that each beat of a part is read on: sixteenths, or triplets where the notes are nearer to those.

use super::bars::Bar;
use crate::music::{Note, Pitch, Tick};

/// Notes that end so much before or after the next one begins are written up to it.
const LEGATO_TICKS: Tick = 100;
/// What another grid than sixteenths must win, in ticks a note: played notes are never exact.
const TRIPLET_COST: f64 = 10.0;
const LONELY_TRIPLET_COST: f64 = 25.0;
const FINE_COST: f64 = 35.0;
const FINE_TRIPLET_COST: f64 = 38.0;

/// A beat, and the grid it is read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    /// Where it begins, in ticks from the start of the score.
    pub start: Tick,
    /// Where it ends.
    pub end: Tick,
    /// Ticks between grid lines.
    pub step: Tick,
}

impl Beat {
    /// Whether it is divided by three.
    pub const fn is_triplet(&self) -> bool {
        matches!(self.step, 80 | 160)
    }

    /// The line nearest to a tick within the beat; its end counts as one.
    fn nearest(&self, tick: Tick) -> Tick {
        let into = tick.saturating_sub(self.start);
        (self.start + (into + self.step / 2) / self.step * self.step).min(self.end)
    }
}

/// All beats of a part.
#[derive(Debug)]
pub(super) struct Beats(Vec<Beat>);

/// A note as it is written: on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placed {
    /// Where it begins, in ticks from the start of the score.
    pub start: Tick,
    /// Where it ends.
    pub end: Tick,
    /// Its key.
    pub pitch: Pitch,
}

impl Beats {
    /// The beats of some bars, each with the grid that its notes are nearest to.
    pub fn new(bars: &[Bar], notes: &[Note]) -> Self {
        let mut rest = notes;
        let beats = bars.iter().flat_map(|bar| bar.beats().map(move |span| (bar, span)));
        Self(
            beats
                .map(|(bar, (start, end))| {
                    let within = rest.partition_point(|note| note.start < end);
                    let (here, later) = rest.split_at(within);
                    rest = later;
                    let divides = end - start == 480 && bar.beat() == 480;
                    Beat { start, end, step: step(here, start, end, divides) }
                })
                .collect(),
        )
    }

    /// The beat that a tick is in; the last one after the end.
    pub fn at(&self, tick: Tick) -> Beat {
        let after = self.0.partition_point(|beat| beat.start <= tick);
        self.0[after.saturating_sub(1)]
    }

    /// The notes on their grid, sorted. They must be sorted by start; none is lost, but for a key that begins twice on
    /// one line.
    pub fn place(&self, notes: &[Note]) -> Vec<Placed> {
        let starts: Vec<Tick> = notes.iter().map(|note| self.at(note.start).nearest(note.start)).collect();
        let last = self.0.last().map_or(0, |beat| beat.end);
        let mut placed: Vec<Placed> = notes
            .iter()
            .zip(&starts)
            .map(|(note, &start)| {
                let start = if start < last { start } else { last.saturating_sub(self.at(last).step) };
                let next = notes.partition_point(|other| other.start <= note.start);
                let next = (next..notes.len()).find(|&index| starts[index] > start);
                let end = match next {
                    Some(next) if notes[next].start.abs_diff(note.end()) <= LEGATO_TICKS => starts[next],
                    _ => self.at(note.end()).nearest(note.end()),
                };
                let shortest = start + self.at(start).step;
                Placed { start, end: end.max(shortest).min(last), pitch: note.pitch }
            })
            .collect();
        placed.sort_unstable();
        // of two that begin together the longer one is written
        placed.dedup_by(|later, earlier| {
            let same = (later.start, later.pitch) == (earlier.start, earlier.pitch);
            if same {
                earlier.end = earlier.end.max(later.end);
            }
            same
        });
        placed
    }
}

/// The step of the grid that these notes of a beat are nearest to.
fn step(notes: &[Note], start: Tick, end: Tick, divides: bool) -> Tick {
    let triplet = if notes.len() > 1 { TRIPLET_COST } else { LONELY_TRIPLET_COST };
    let candidates = [(120, 0.0), (160, triplet), (60, FINE_COST), (80, FINE_TRIPLET_COST)];
    let cost = |step: Tick, own: f64| {
        let beat = Beat { start, end, step };
        let off: f64 = notes.iter().map(|note| f64::from(beat.nearest(note.start).abs_diff(note.start))).sum();
        let lines = |note: &Note| (note.pitch, beat.nearest(note.start));
        let mut taken: Vec<_> = notes.iter().map(lines).collect();
        taken.sort_unstable();
        taken.dedup();
        let lost = (notes.len() - taken.len()) as f64 * 1000.0;
        (off + lost) / notes.len().max(1) as f64 + own
    };
    let usable = candidates.into_iter().filter(|(step, _)| divides || !matches!(step, 80 | 160));
    usable.min_by(|a, b| cost(a.0, a.1).total_cmp(&cost(b.0, b.1))).map_or(120, |(step, _)| step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::musicxml::bars::bars_until;
    use crate::music::{MetreMap, testing::note};

    fn placed(notes: &[Note]) -> Vec<(Tick, Tick)> {
        let bars = bars_until(&MetreMap::default(), 1920, 9).unwrap();
        let places = Beats::new(&bars, notes).place(notes);
        places.iter().map(|placed| (placed.start, placed.end)).collect()
    }

    #[test]
    fn played_notes_come_onto_the_grid_and_up_to_the_next_one() {
        let notes = [note(7, 200, 60), note(251, 250, 62), note(466, 100, 64), note(1900, 15, 65)];
        assert_eq!(placed(&notes), [(0, 240), (240, 480), (480, 600), (1800, 1920)]);
    }

    #[test]
    fn triplets_and_rolls_are_told_from_sixteenths() {
        let triplet = [note(0, 150, 60), note(165, 150, 62), note(318, 150, 64)];
        assert_eq!(placed(&triplet), [(0, 160), (160, 320), (320, 480)]);
        let roll: Vec<Note> = (0..8).map(|index| note(index * 60, 50, 38)).collect();
        assert_eq!(placed(&roll).len(), 8, "no stroke is lost");
        assert_eq!(placed(&[note(150, 300, 60)]), [(120, 480)], "one late note is no triplet");
    }
}
