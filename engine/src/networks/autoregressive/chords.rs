//! Chords as values of a line, and which chords some voices spell.

use std::ops::Range;

use cantus::music::Chord;

use super::cells::{CHORD, Cells, FIRST_VOICE, MELODY, pitch_from_index};
use crate::networks::cantus::tokens::LineStep;

/// Third, fifth and seventh of the qualities: major, minor, diminished, dominant, major and minor seventh,
/// half-diminished, fully diminished, augmented.
pub const QUALITIES: [(u8, u8, Option<u8>); 9] = [
    (4, 7, None),
    (3, 7, None),
    (3, 6, None),
    (4, 7, Some(10)),
    (4, 7, Some(11)),
    (3, 7, Some(10)),
    (3, 6, Some(10)),
    (3, 6, Some(9)),
    (4, 8, None),
];
/// What a cell of the chords' line may be: nothing, or a root above the home tonic in a quality.
pub const CHORDS: usize = 1 + 12 * QUALITIES.len();
/// How much root, third, fifth and seventh speak for a chord, and any other note.
const TONE_WEIGHTS: [f32; 4] = [1.0, 0.8, 0.9, 0.55];
const OTHER_WEIGHT: f32 = 0.02;
/// What another chord costs, in nats; less on a bar line.
const CHANGE_COST: f32 = 2.2;
const CHANGE_COST_ON_BAR_LINE: f32 = 1.1;
/// What the rarer chords cost a beat: an augmented triad is more often a passing note.
const QUALITY_COST: [f32; 9] = [0.0, 0.0, 0.3, 0.25, 0.5, 0.4, 0.4, 0.5, 0.9];

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
    let (third, fifth, seventh) = QUALITIES[quality];
    Some(Chord { root: ((root as u8) + tonic) % 12, third, fifth, seventh })
}

/// The value of a chord, where it has a quality of ours.
pub fn value_from_chord(chord: Chord, tonic: u8) -> Option<u8> {
    let shape = (chord.third, chord.fifth, chord.seventh);
    let quality = QUALITIES.iter().position(|other| *other == shape)?;
    Some(chord_value(usize::from((chord.root + 12 - tonic % 12) % 12), quality))
}

/// The beats of some bars: quarters from each bar line, the last of a bar shorter where the bar ends in one.
pub fn beats(steps: usize, steps_per_bar: usize) -> Vec<Range<usize>> {
    let bar = steps_per_bar.max(1);
    let mut beats = Vec::new();
    for start in (0..steps).step_by(bar) {
        let end = (start + bar).min(steps);
        beats.extend((start..end).step_by(4).map(|beat| beat..(beat + 4).min(end)));
    }
    beats
}

/// The likeliest chord of each step, which changes on beats only, by dynamic programming over what sounds: pitches at
/// each step, the lowest counting twice.
pub fn label(sounding: &[Vec<u8>], tonic: u8, steps_per_bar: usize) -> Vec<u8> {
    let steps = sounding.len();
    let beats = beats(steps, steps_per_bar);
    let candidates = 12 * QUALITIES.len();
    let logs: Vec<[f32; 12]> = (0..candidates)
        .map(|candidate| {
            let (root, (third, fifth, seventh)) = (candidate / QUALITIES.len(), QUALITIES[candidate % QUALITIES.len()]);
            let mut weights = [OTHER_WEIGHT; 12];
            for (above, weight) in [Some(0), Some(third), Some(fifth), seventh].iter().zip(TONE_WEIGHTS) {
                if let Some(above) = above {
                    weights[(root + usize::from(*above)) % 12] = weight;
                }
            }
            let sum: f32 = weights.iter().sum();
            weights.map(|weight| (weight / sum).ln())
        })
        .collect();
    let mut best: Vec<f32> = Vec::new();
    let mut came_from: Vec<Vec<usize>> = Vec::new();
    let mut sounds = Vec::with_capacity(beats.len());
    for (number, beat) in beats.iter().enumerate() {
        let mut chroma = [0.0_f32; 12];
        for step in beat.clone() {
            let pitches = &sounding[step];
            for &pitch in pitches.iter().min().into_iter().chain(pitches) {
                chroma[usize::from((pitch + 12 - tonic % 12) % 12)] += 1.0;
            }
        }
        let total: f32 = chroma.iter().sum();
        sounds.push(total > 0.0);
        // as of four notes a beat
        let fit = |candidate: usize| -> f32 {
            let fit: f32 = chroma.iter().zip(&logs[candidate]).map(|(share, log)| share * log).sum();
            4.0 * fit / total.max(1.0) - QUALITY_COST[candidate % QUALITIES.len()]
        };
        if number == 0 {
            best = (0..candidates).map(fit).collect();
            continue;
        }
        let top = (0..candidates).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or(0);
        let cost = if beat.start % steps_per_bar.max(1) == 0 { CHANGE_COST_ON_BAR_LINE } else { CHANGE_COST };
        let jump = best[top] - cost;
        came_from
            .push((0..candidates).map(|candidate| if best[candidate] >= jump { candidate } else { top }).collect());
        best = (0..candidates).map(|candidate| best[candidate].max(jump) + fit(candidate)).collect();
    }
    let mut at = (0..best.len()).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or(0);
    let mut labels = vec![0; steps];
    for (number, beat) in beats.iter().enumerate().rev() {
        if sounds[number] {
            labels[beat.clone()].fill(chord_value(at / QUALITIES.len(), at % QUALITIES.len()));
        }
        if number > 0 {
            at = came_from[number - 1][at];
        }
    }
    labels
}

/// The labels of a piece's lines: [`label`] of its melody and voices.
pub fn label_lines(melody: &[LineStep], voices: &[Vec<LineStep>], tonic: u8, steps_per_bar: usize) -> Vec<u8> {
    let at = |step: usize| {
        let sung = std::iter::once(melody).chain(voices.iter().map(Vec::as_slice));
        sung.filter_map(|line| line.get(step)?.pitch).collect()
    };
    let sounding: Vec<Vec<u8>> = (0..melody.len()).map(at).collect();
    label(&sounding, tonic, steps_per_bar)
}

/// The chord of each step with the pitch class of its lowest note, from cells: what is told to people.
pub fn sounding_chords(cells: &Cells, tonic: u8) -> Vec<Option<(Chord, u8)>> {
    (0..cells.steps())
        .map(|step| {
            let chord = chord_from_value(cells.value(step, CHORD), tonic)?;
            let lowest = (MELODY..cells.lines())
                .filter(|line| *line == MELODY || *line >= FIRST_VOICE)
                .filter_map(|line| Some(cells.value(step, line)).filter(|value| *value > 0))
                .min();
            let bass = lowest.map_or(chord.root, |index| pitch_from_index(index).rem_euclid(12) as u8);
            Some((chord, bass))
        })
        .collect()
}

#[cfg(test)]
mod tests {
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
        let chords: [&[u8]; 4] = [&[48, 64, 67, 72], &[53, 65, 69, 72], &[55, 65, 71, 74], &[48, 64, 67, 72]];
        let sounding: Vec<Vec<u8>> = chords.iter().flat_map(|chord| vec![chord.to_vec(); 4]).collect();
        let labels = label(&sounding, 0, 16);
        let at = |beat: usize| root_and_quality(labels[beat * 4]).unwrap();
        assert_eq!([at(0), at(1), at(2), at(3)], [(0, 0), (5, 0), (7, 3), (0, 0)]);
        assert_eq!(label(&vec![Vec::new(); 6], 0, 16), [0; 6]);
    }

    #[test]
    fn beats_begin_with_each_bar() {
        assert_eq!(beats(12, 10), [0..4, 4..8, 8..10, 10..12]);
    }
}
