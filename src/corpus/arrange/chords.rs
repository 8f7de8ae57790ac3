//! Which chord sounds when, from the notes of a chordal part.

use crate::music::{Chord, ChordFinder, Grid};

/// A chord and where it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordSpan {
    /// First step.
    pub start: usize,
    /// The step after its last.
    pub end: usize,
    /// What sounds.
    pub chord: Chord,
}

/// The chord at a step.
pub fn at(chords: &[ChordSpan], step: usize) -> Option<ChordSpan> {
    chords.iter().find(|span| (span.start..span.end).contains(&step)).copied()
}

/// Steps in which one chord is looked for: half a bar where it has an even number of quarters, else all of it.
pub const fn half_bar(steps_per_bar: usize) -> usize {
    if steps_per_bar.is_multiple_of(8) && steps_per_bar > 8 { steps_per_bar / 2 } else { steps_per_bar }
}

/// The chords of a part, one for each `span` of steps and joined where the same goes on; silence goes on with what was
/// before.
pub fn chords(part: &Grid, span: usize) -> Vec<ChordSpan> {
    let mut found: Vec<ChordSpan> = Vec::new();
    for start in (0..part.steps()).step_by(span.max(1)) {
        let end = (start + span).min(part.steps());
        let (mut chroma, mut lowest) = ([0.0; 12], [0.0; 12]);
        for step in start..end {
            part.sounding(step).for_each(|pitch| chroma[pitch % 12] += 1.0);
            part.sounding(step).take(1).for_each(|pitch| lowest[pitch % 12] += 1.0);
        }
        let chord = ChordFinder::LEAD_SHEET.find(&chroma, &lowest).or_else(|| found.last().map(|last| last.chord));
        let Some(chord) = chord else { continue };
        match found.last_mut() {
            Some(last) if last.chord == chord && last.end == start => last.end = end,
            _ => found.push(ChordSpan { start, end, chord }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Cell;

    #[test]
    fn block_chords_are_read() {
        let mut part = Grid::silent(48);
        for (start, pitches) in [(0, vec![48, 52, 55]), (16, vec![50, 53, 57, 60]), (32, vec![55, 59, 62, 65])] {
            for step in start..start + 16 {
                for &pitch in &pitches {
                    part.set(step, pitch, if step == start { Cell::Onset } else { Cell::Held });
                }
            }
        }
        let found: Vec<_> = chords(&part, 8).iter().map(|span| (span.start, span.end, span.chord)).collect();
        let seventh = |chord| Chord { seventh: Some(10), ..chord };
        let expected =
            [(0, 16, Chord::major(0)), (16, 32, seventh(Chord::minor(2))), (32, 48, seventh(Chord::major(7)))];
        assert_eq!(found, expected);
    }

    #[test]
    fn silence_goes_on_with_what_was_before() {
        let mut part = Grid::silent(32);
        for pitch in [45, 48, 52] {
            part.set(8, pitch, Cell::Onset);
        }
        assert_eq!(chords(&part, 8), [ChordSpan { start: 8, end: 32, chord: Chord::minor(9) }]);
        assert!(chords(&Grid::silent(16), 8).is_empty());
    }
}
