//! Chords as values of a line, and which chords some voices spell.

use cantus::music::Chord;
pub use cantus::music::chord::labels::QUALITIES;
use cantus::music::chord::labels::{self, ChordLabel};

use super::cells::{CHORD, Cells, FIRST_VOICE, MELODY, pitch_from_index};
use crate::networks::lines::LineStep;

/// What a cell of the chords' line may be: nothing, or a root above the home tonic in a quality.
pub const CHORDS: usize = 1 + 12 * QUALITIES.len();

/// The value of a chord `root` semitones above the home tonic.
pub const fn chord_value(root: usize, quality: usize) -> u8 {
    (1 + root * QUALITIES.len() + quality) as u8
}

/// The root above the home tonic and the quality; `None` where there is no chord.
pub const fn root_and_quality(value: u8) -> Option<(usize, usize)> {
    if value == 0 {
        None
    } else {
        Some(((value as usize - 1) / QUALITIES.len(), (value as usize - 1) % QUALITIES.len()))
    }
}

/// The chord that a value stands for where the home tonic is `tonic`.
pub fn chord_from_value(value: u8, tonic: u8) -> Option<Chord> {
    let (root, quality) = root_and_quality(value)?;
    Some(ChordLabel { root, quality }.chord().transposed(tonic.into()))
}

/// The value of a chord, where it has a quality of ours.
pub fn value_from_chord(chord: Chord, tonic: u8) -> Option<u8> {
    let shape = (chord.third, chord.fifth, chord.seventh);
    let quality = QUALITIES.iter().position(|other| *other == shape)?;
    Some(chord_value(usize::from((chord.root + 12 - tonic % 12) % 12), quality))
}

/// Steps of a quarter.
pub const BEAT: usize = 4;
/// What another chord costs more, in nats, on a beat to which all voices but the lowest are held or struck again, or on
/// which they rest within a bar: what a bass does alone is passing.
const UNDER_THE_SAME: f32 = 3.0;

/// The likeliest chord of each step of a piece, from its melody and voices, the lowest first. Chords change on beats
/// only; see [`labels::label`].
pub fn label_lines(melody: &[LineStep], voices: &[Vec<LineStep>], tonic: u8, steps_per_bar: usize) -> Vec<u8> {
    let above_tonic = |pitch: u8| pitch + 12 - tonic % 12;
    let at = |step: usize| -> Vec<u8> {
        let sung = std::iter::once(melody).chain(voices.iter().map(Vec::as_slice));
        sung.filter_map(|line| line.get(step)?.pitch).map(above_tonic).collect()
    };
    let sounding: Vec<Vec<u8>> = (0..melody.len()).map(at).collect();
    let beats = labels::beats(sounding.len(), steps_per_bar);
    let upper = |beat: usize| -> Vec<Option<u8>> {
        let last = beats[beat].end - 1;
        voices.iter().skip(1).map(|line| line.get(last).and_then(|cell| cell.pitch)).collect()
    };
    let more_cost = |beat: usize| {
        let (before, now) = (upper(beat - 1), upper(beat));
        let is_silent = now.iter().all(Option::is_none);
        let goes_on = if is_silent { !beats[beat].start.is_multiple_of(steps_per_bar.max(1)) } else { before == now };
        if goes_on { UNDER_THE_SAME } else { 0.0 }
    };
    let mut values = vec![0; sounding.len()];
    for (beat, chord) in beats.iter().zip(labels::label_with(&sounding, steps_per_bar, more_cost)) {
        values[beat.clone()].fill(chord.map_or(0, |chord| chord_value(chord.root, chord.quality)));
    }
    values
}

/// The chord of each step with the pitch class of its lowest note, from cells: what is told to people. A chord that
/// only the lowest voice plays, under others that rest or hold on, is passing, and what was there before goes on.
pub fn sounding_chords(cells: &Cells, tonic: u8) -> Vec<Option<(Chord, u8)>> {
    let upper = FIRST_VOICE + 1..cells.lines();
    let mut told: Vec<Option<(Chord, u8)>> = Vec::with_capacity(cells.steps());
    let mut passing = false;
    for step in 0..cells.steps() {
        let value = cells.value(step, CHORD);
        let before = step.checked_sub(1);
        if before.is_none_or(|before| cells.value(before, CHORD) != value) {
            let until =
                (step..cells.steps()).find(|later| cells.value(*later, CHORD) != value).unwrap_or(cells.steps());
            passing = !upper.is_empty()
                && until - step <= BEAT
                && (step..until).all(|step| upper.clone().all(|line| !cells.onset(step, line)));
        }
        let goes_on = before.and_then(|before| told[before]).filter(|_| passing);
        told.push(goes_on.or_else(|| {
            let chord = chord_from_value(value, tonic)?;
            let lowest = (MELODY..cells.lines())
                .filter(|line| *line == MELODY || *line >= FIRST_VOICE)
                .filter_map(|line| Some(cells.value(step, line)).filter(|value| *value > 0))
                .min();
            let bass = lowest.map_or(chord.root, |index| pitch_from_index(index).rem_euclid(12) as u8);
            Some((chord, bass))
        }));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::super::cells::index_from_pitch;
    use super::*;

    #[test]
    fn values_are_chords_and_back() {
        for value in 1..CHORDS as u8 {
            for tonic in [0, 7, 11] {
                let chord = chord_from_value(value, tonic).unwrap();
                assert_eq!(value_from_chord(chord, tonic), Some(value));
            }
        }
        assert_eq!(chord_from_value(0, 3), None);
        assert_eq!(chord_from_value(chord_value(7, 3), 2).unwrap().root, 9);
    }

    #[test]
    fn a_cadence_is_labelled() {
        let chords = [[48, 64, 67, 72], [53, 65, 69, 72], [55, 65, 71, 74], [48, 64, 67, 72]];
        let line = |voice: usize| -> Vec<LineStep> {
            let cell = |step: usize| LineStep { pitch: Some(chords[step / 4][voice]), struck: step.is_multiple_of(4) };
            (0..16).map(cell).collect()
        };
        let labels = label_lines(&line(3), &[line(0), line(1), line(2)], 0, 16);
        let at = |beat: usize| root_and_quality(labels[beat * 4]).unwrap();
        assert_eq!([at(0), at(1), at(2), at(3)], [(0, 0), (5, 0), (7, 3), (0, 0)]);
        let silent = vec![LineStep::default(); 6];
        assert_eq!(label_lines(&silent, std::slice::from_ref(&silent), 0, 16), [0; 6]);
    }

    #[test]
    fn a_bass_that_walks_under_a_chord_passes() {
        let line = |pitches: [u8; 8]| -> Vec<LineStep> {
            let cell = |step: usize| LineStep { pitch: Some(pitches[step / 4]), struck: step.is_multiple_of(4) };
            (0..32).map(cell).collect()
        };
        // C7, with a chromatic approach to the F7 that comes
        let bass = line([48, 52, 55, 54, 53, 57, 60, 52]);
        let [third, seventh] = [line([64, 64, 64, 64, 63, 63, 63, 63]), line([70, 70, 70, 70, 69, 69, 69, 69])];
        let labels = label_lines(&line([79, 79, 79, 79, 81, 81, 81, 81]), &[bass, third, seventh], 0, 16);
        let found: Vec<_> = labels.iter().step_by(4).map(|value| root_and_quality(*value).unwrap()).collect();
        assert_eq!(found, [[(0, 3); 4], [(5, 3); 4]].concat());
    }

    #[test]
    fn chords_that_only_a_bass_passes_through_are_not_told() {
        let mut cells = Cells::new(FIRST_VOICE + 2, 16);
        let chord_of = |step: usize| if step < 12 { chord_value(0, 3) } else { chord_value(1, 4) };
        for step in 0..16 {
            cells.write(step, CHORD, chord_of(step), step.is_multiple_of(4));
            let bass = index_from_pitch([48, 52, 55, 49][step / 4]);
            cells.write(step, FIRST_VOICE, bass, step.is_multiple_of(4));
            cells.write(step, FIRST_VOICE + 1, index_from_pitch(64), step == 0);
        }
        let c7 = chord_from_value(chord_value(0, 3), 0).unwrap();
        assert!(sounding_chords(&cells, 0).iter().all(|told| told.unwrap().0 == c7));
        // a voice that strikes makes it a chord
        cells.write(12, FIRST_VOICE + 1, index_from_pitch(65), true);
        assert_ne!(sounding_chords(&cells, 0)[12].unwrap().0, c7);
    }
}
