//! Which triads a passage suggests, from the pitch classes that sound in it.
//!
//! A rough ear for post-processing; the chord plan of a network is its own affair.

use std::ops::Range;

use super::postprocess::Strike;
use cantus::engine_client::PartSpec;
use cantus::music::{Grid, Role};

/// A major or minor triad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    /// Pitch class of the root, 0 to 11.
    pub root: u8,
    /// Minor rather than major.
    pub minor: bool,
}

impl Chord {
    /// Whether a pitch belongs to the triad, in any octave.
    pub const fn contains(self, pitch: u8) -> bool {
        let third = if self.minor { 3 } else { 4 };
        let above = (pitch + 12 - self.root) % 12;
        above == 0 || above == third || above == 7
    }
}

/// How long each pitch class sounds.
type Chroma = [f32; 12];

/// The triad that explains most of a chroma; `None` in silence. Roots weigh a little more than thirds and fifths.
fn best(chroma: &Chroma) -> Option<Chord> {
    if chroma.iter().all(|weight| *weight == 0.0) {
        return None;
    }
    let mut best: Option<(f32, Chord)> = None;
    for minor in [false, true] {
        for root in 0..12_u8 {
            let chord = Chord { root, minor };
            let inside: f32 =
                (0..12_u8).filter(|class| chord.contains(*class)).map(|class| chroma[usize::from(class)]).sum();
            let score = inside + 0.3 * chroma[usize::from(root)];
            if best.is_none_or(|(highest, _)| score > highest) {
                best = Some((score, chord));
            }
        }
    }
    best.map(|(_, chord)| chord)
}

/// The triad of each beat (four steps), from the melody and all pitched parts; `None` where nothing sounds.
pub fn chords(melody: &Grid, specs: &[PartSpec], parts: &[Vec<Strike>]) -> Vec<Option<Chord>> {
    let mut chromas: Vec<Chroma> = vec![[0.0; 12]; melody.steps().div_ceil(4)];
    for step in 0..melody.steps() {
        for pitch in melody.sounding(step) {
            chromas[step / 4][pitch % 12] += 1.0;
        }
    }
    for (spec, part) in specs.iter().zip(parts).filter(|(spec, _)| !spec.is_drum) {
        let weight = if spec.role == Role::Bass { 2.0 } else { 1.0 };
        for note in part {
            for step in note.start..note.end.min(melody.steps()) {
                chromas[step / 4][usize::from(note.pitch % 12)] += weight;
            }
        }
    }
    chromas.iter().map(best).collect()
}

/// The triad that fits the melody in some steps; C major where it is silent.
pub fn chord_of_melody(melody: &Grid, steps: Range<usize>) -> Chord {
    let mut chroma = [0.0; 12];
    for step in steps.start..steps.end.min(melody.steps()) {
        for pitch in melody.sounding(step) {
            chroma[pitch % 12] += 1.0;
        }
    }
    best(&chroma).unwrap_or(Chord { root: 0, minor: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::music::Cell;

    #[test]
    fn triads_are_heard() {
        let chroma = |classes: &[usize]| {
            let mut chroma = [0.0; 12];
            for class in classes {
                chroma[*class] += 1.0;
            }
            chroma
        };
        assert_eq!(best(&chroma(&[7, 11, 2])), Some(Chord { root: 7, minor: false }));
        assert_eq!(best(&chroma(&[9, 0, 4, 9])), Some(Chord { root: 9, minor: true }));
        assert_eq!(best(&[0.0; 12]), None);
    }

    #[test]
    fn a_lone_note_is_the_root_of_its_chord() {
        let mut melody = Grid::silent(4);
        melody.set(1, 65, Cell::Onset);
        assert_eq!(chord_of_melody(&melody, 0..4), Chord { root: 5, minor: false });
        assert_eq!(chord_of_melody(&melody, 8..12).root, 0);
        assert_eq!(chords(&melody, &[], &[]), [Some(Chord { root: 5, minor: false })]);
    }
}
