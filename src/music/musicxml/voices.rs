//! Voices of a staff: notes that begin and end together are chords, chords that overlap stand in voices of their own.

use super::grid::Placed;
use crate::music::{Pitch, Tick};

/// Voices that one staff has at most; more cannot be read.
const MOST_VOICES: usize = 4;
/// Notes of a chord whose ends are no further apart end together.
const TOGETHER_TICKS: Tick = 120;

/// Notes that begin and end together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chord {
    /// Where they begin, in ticks from the start of the score.
    pub start: Tick,
    /// Where they end.
    pub end: Tick,
    /// From low to high, none twice.
    pub pitches: Vec<Pitch>,
}

/// Distributes notes (sorted) to voices, the highest first. In each, every chord ends before the next one begins: where
/// a staff has too many voices, some notes are written shorter than they sound.
pub(super) fn voices(notes: &[Placed]) -> Vec<Vec<Chord>> {
    let mut voices: Vec<Vec<Chord>> = Vec::new();
    for together in notes.chunk_by(|a, b| a.start == b.start) {
        for chord in chords(together) {
            let is_free = |voice: &Vec<Chord>| voice.last().is_none_or(|last| last.end <= chord.start);
            if let Some(voice) = voices.iter_mut().find(|voice| is_free(voice)) {
                voice.push(chord);
            } else if voices.len() < MOST_VOICES {
                voices.push(vec![chord]);
            } else {
                squeeze_in(chord, &mut voices);
            }
        }
    }
    if voices.is_empty() { vec![Vec::new()] } else { voices }
}

/// Where all voices sound: the one that ends first makes room, or takes the notes into its chord.
fn squeeze_in(chord: Chord, voices: &mut [Vec<Chord>]) {
    let end = |voice: &[Chord]| voice.last().map_or(0, |last| last.end);
    let Some(voice) = voices.iter_mut().min_by_key(|voice| end(voice)) else { return };
    let Some(last) = voice.last_mut() else { return };
    if last.start < chord.start {
        last.end = chord.start;
        voice.push(chord);
    } else {
        last.pitches.extend(chord.pitches);
        last.pitches.sort_unstable();
        last.pitches.dedup();
    }
}

/// The chords of notes that begin together, the highest first.
fn chords(together: &[Placed]) -> Vec<Chord> {
    let mut by_end: Vec<&Placed> = together.iter().collect();
    by_end.sort_unstable_by_key(|note| note.end);
    let mut chords: Vec<Chord> = by_end
        .chunk_by(|a, b| b.end - a.end <= TOGETHER_TICKS)
        .map(|notes| {
            let mut pitches: Vec<Pitch> = notes.iter().map(|note| note.pitch).collect();
            pitches.sort_unstable();
            // most notes' end, the earlier one of two
            let end = notes[(notes.len() - 1) / 2].end;
            Chord { start: notes[0].start, end, pitches }
        })
        .collect();
    chords.sort_unstable_by(|a, b| b.pitches.last().cmp(&a.pitches.last()));
    chords
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(start: Tick, end: Tick, pitch: i32) -> Placed {
        Placed { start, end, pitch: Pitch::clamped(pitch) }
    }

    fn spans(voices: &[Vec<Chord>]) -> Vec<Vec<(Tick, Tick, usize)>> {
        let span = |chord: &Chord| (chord.start, chord.end, chord.pitches.len());
        voices.iter().map(|voice| voice.iter().map(span).collect()).collect()
    }

    #[test]
    fn a_held_note_under_a_tune_is_a_voice_of_its_own() {
        let notes = [placed(0, 960, 48), placed(0, 480, 72), placed(480, 960, 74), placed(960, 1200, 76)];
        assert_eq!(spans(&voices(&notes)), [vec![(0, 480, 1), (480, 960, 1), (960, 1200, 1)], vec![(0, 960, 1)]]);
        let chord = [placed(0, 480, 60), placed(0, 360, 64), placed(0, 480, 67)];
        assert_eq!(spans(&voices(&chord)), [vec![(0, 480, 3)]], "nearly together is together");
    }

    #[test]
    fn no_note_is_lost_where_there_are_too_many_voices() {
        let notes: Vec<Placed> = (0..9).map(|index| placed(index * 240, 4800, 40 + index as i32)).collect();
        let all = voices(&notes);
        assert_eq!(all.len(), MOST_VOICES);
        assert_eq!(all.iter().flatten().map(|chord| chord.pitches.len()).sum::<usize>(), 9);
        assert!(all.iter().all(|voice| voice.windows(2).all(|pair| pair[0].end <= pair[1].start)));
        let at_once: Vec<Placed> = (0..9).map(|index| placed(0, 240 * (index + 1) * 2, 40 + index as i32)).collect();
        assert_eq!(voices(&at_once).iter().flatten().map(|chord| chord.pitches.len()).sum::<usize>(), 9);
    }
}
