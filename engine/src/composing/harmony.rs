//! Which triads a passage suggests, roughly, for postprocessing; networks plan their chords themselves.

use std::ops::Range;

use super::strike::Strike;
use cantus::engine_client::PartSpec;
use cantus::music::{Chord, ChordFinder, Chroma, Grid, Role};

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
    chromas.iter().map(triad).collect()
}

/// The triad that fits the melody in some steps; C major where it is silent.
pub fn chord_of_melody(melody: &Grid, steps: Range<usize>) -> Chord {
    let mut chroma = [0.0; 12];
    for step in steps.start..steps.end.min(melody.steps()) {
        for pitch in melody.sounding(step) {
            chroma[pitch % 12] += 1.0;
        }
    }
    triad(&chroma).unwrap_or(Chord::major(0))
}

fn triad(chroma: &Chroma) -> Option<Chord> {
    ChordFinder::TRIADS.find(chroma, &[0.0; 12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::music::Cell;

    #[test]
    fn a_lone_note_is_the_root_of_its_chord() {
        let mut melody = Grid::silent(4);
        melody.set(1, 65, Cell::Onset);
        assert_eq!(chord_of_melody(&melody, 0..4), Chord::major(5));
        assert_eq!(chord_of_melody(&melody, 8..12).root, 0);
        assert_eq!(chords(&melody, &[], &[]), [Some(Chord::major(5))]);
    }
}
