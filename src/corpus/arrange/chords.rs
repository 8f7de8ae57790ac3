//! Which chord sounds when, from the notes of a chordal part.

use crate::music::Grid;

/// A chord and where it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// First step.
    pub start: usize,
    /// The step after its last.
    pub end: usize,
    /// Pitch class of the root.
    pub root: u8,
    /// Semitones from the root to the other notes: third, fifth and, where there is one, sixth or seventh.
    pub above: [Option<u8>; 3],
}

impl Chord {
    /// The pitch classes, root first.
    pub fn classes(self) -> impl Iterator<Item = u8> {
        std::iter::once(self.root).chain(self.above.into_iter().flatten().map(move |above| (self.root + above) % 12))
    }

    /// Whether the pitch belongs to it.
    pub fn contains(self, pitch: i32) -> bool {
        self.classes().any(|class| i32::from(class) == pitch.rem_euclid(12))
    }

    /// The fifth, whatever its quality.
    pub fn fifth(self) -> u8 {
        (self.root + self.above[1].unwrap_or(7)) % 12
    }
}

/// Shapes: major, minor, dominant, major and minor seventh, diminished, half-diminished, augmented, suspended, sixth.
const SHAPES: [[Option<u8>; 3]; 11] = [
    [Some(4), Some(7), None],
    [Some(3), Some(7), None],
    [Some(4), Some(7), Some(10)],
    [Some(4), Some(7), Some(11)],
    [Some(3), Some(7), Some(10)],
    [Some(3), Some(6), None],
    [Some(3), Some(6), Some(10)],
    [Some(3), Some(6), Some(9)],
    [Some(4), Some(8), None],
    [Some(5), Some(7), None],
    [Some(4), Some(7), Some(9)],
];

/// Steps in which one chord is looked for: half a bar where it has an even number of quarters, else all of it.
pub const fn half_bar(steps_per_bar: usize) -> usize {
    if steps_per_bar.is_multiple_of(8) && steps_per_bar > 8 { steps_per_bar / 2 } else { steps_per_bar }
}

/// The chords of a part, one for each `span` of steps and joined where the same goes on; silence goes on with what was before.
pub fn chords(part: &Grid, span: usize) -> Vec<Chord> {
    let mut found: Vec<Chord> = Vec::new();
    for start in (0..part.steps()).step_by(span.max(1)) {
        let end = (start + span).min(part.steps());
        let shape = best(part, start, end).or_else(|| found.last().map(|last| (last.root, last.above)));
        let Some((root, above)) = shape else { continue };
        match found.last_mut() {
            Some(last) if (last.root, last.above) == (root, above) && last.end == start => last.end = end,
            _ => found.push(Chord { start, end, root, above }),
        }
    }
    found
}

type Shape = (u8, [Option<u8>; 3]);

fn best(part: &Grid, start: usize, end: usize) -> Option<Shape> {
    let mut chroma = [0.0_f32; 12];
    let mut lowest = [0.0_f32; 12];
    for step in start..end {
        for (rank, pitch) in part.sounding(step).enumerate() {
            chroma[pitch % 12] += 1.0;
            if rank == 0 {
                lowest[pitch % 12] += 1.0;
            }
        }
    }
    let total: f32 = chroma.iter().sum();
    if total == 0.0 {
        return None;
    }
    let fit = |root: u8, above: [Option<u8>; 3]| {
        let chord = Chord { start, end, root, above };
        let inside: f32 = chord.classes().map(|class| chroma[usize::from(class)]).sum();
        let missing = chord.classes().filter(|class| chroma[usize::from(*class)] < 0.05 * total).count() as f32;
        inside / total - 0.08 * missing + 0.25 * lowest[usize::from(root)] / lowest.iter().sum::<f32>()
    };
    let mut chosen: Option<(f32, Shape)> = None;
    for above in SHAPES {
        for root in 0..12 {
            let fit = fit(root, above);
            if chosen.is_none_or(|(best, _)| fit > best + 1e-4) {
                chosen = Some((fit, (root, above)));
            }
        }
    }
    chosen.map(|(_, shape)| shape)
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
        let found: Vec<_> =
            chords(&part, 8).iter().map(|chord| (chord.start, chord.end, chord.root, chord.above)).collect();
        assert_eq!(
            found,
            [
                (0, 16, 0, [Some(4), Some(7), None]),
                (16, 32, 2, [Some(3), Some(7), Some(10)]),
                (32, 48, 7, [Some(4), Some(7), Some(10)]),
            ]
        );
    }

    #[test]
    fn silence_goes_on_with_what_was_before() {
        let mut part = Grid::silent(32);
        for pitch in [45, 48, 52] {
            part.set(8, pitch, Cell::Onset);
        }
        let found = chords(&part, 8);
        assert_eq!((found.len(), found[0].start, found[0].end, found[0].root), (1, 8, 32, 9));
        assert!(chords(&Grid::silent(16), 8).is_empty());
    }
}
