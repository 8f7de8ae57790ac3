//! The chords that some voices spell, beat by beat.

use std::ops::Range;

use super::Chord;

/// Third, fifth and seventh of the qualities that are told apart: major, minor, diminished, dominant, major and minor
/// seventh, half-diminished, fully diminished, augmented.
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
/// How much root, third, fifth and seventh speak for a chord, and any other note.
const TONE_WEIGHTS: [f32; 4] = [1.0, 0.8, 0.9, 0.55];
const OTHER_WEIGHT: f32 = 0.02;
/// What another chord costs, in nats; less on a bar line.
const CHANGE_COST: f32 = 2.2;
const CHANGE_COST_ON_BAR_LINE: f32 = 1.1;
/// What the rarer chords cost a beat: an augmented triad is more often a passing note.
const QUALITY_COST: [f32; 9] = [0.0, 0.0, 0.3, 0.25, 0.5, 0.4, 0.4, 0.5, 0.9];

/// What a beat spells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordLabel {
    /// Pitch class of the root.
    pub root: usize,
    /// Which of [`QUALITIES`].
    pub quality: usize,
}

impl ChordLabel {
    /// It as a chord.
    pub const fn chord(self) -> Chord {
        let (third, fifth, seventh) = QUALITIES[self.quality];
        Chord { root: self.root as u8, third, fifth, seventh }
    }
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

/// The likeliest chord of each of the [`beats`], by dynamic programming (Viterbi) over what sounds: pitches at each
/// step, the lowest counting twice. `None` where a beat is silent.
///
/// The emission of a chord is the log-likelihood of four notes a beat drawn from its tones; any other chord may follow,
/// at a cost.
pub fn label(sounding: &[Vec<u8>], steps_per_bar: usize) -> Vec<Option<ChordLabel>> {
    label_with(sounding, steps_per_bar, |_| 0.0)
}

/// The same where some beats are less likely to bring another chord: what one costs more there, by the beat's number.
pub fn label_with(
    sounding: &[Vec<u8>],
    steps_per_bar: usize,
    more_cost: impl Fn(usize) -> f32,
) -> Vec<Option<ChordLabel>> {
    let beats = beats(sounding.len(), steps_per_bar);
    let candidates = 12 * QUALITIES.len();
    let of = |candidate: usize| ChordLabel { root: candidate / QUALITIES.len(), quality: candidate % QUALITIES.len() };
    let logs: Vec<[f32; 12]> = (0..candidates)
        .map(|candidate| {
            let (root, (third, fifth, seventh)) = (of(candidate).root, QUALITIES[of(candidate).quality]);
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
                chroma[usize::from(pitch % 12)] += 1.0;
            }
        }
        let total: f32 = chroma.iter().sum();
        sounds.push(total > 0.0);
        // as of four notes a beat
        let fit = |candidate: usize| -> f32 {
            let fit: f32 = chroma.iter().zip(&logs[candidate]).map(|(share, log)| share * log).sum();
            4.0 * fit / total.max(1.0) - QUALITY_COST[of(candidate).quality]
        };
        if number == 0 {
            best = (0..candidates).map(fit).collect();
            continue;
        }
        let top = (0..candidates).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or(0);
        let cost = if beat.start % steps_per_bar.max(1) == 0 { CHANGE_COST_ON_BAR_LINE } else { CHANGE_COST };
        let jump = best[top] - cost - more_cost(number);
        came_from
            .push((0..candidates).map(|candidate| if best[candidate] >= jump { candidate } else { top }).collect());
        best = (0..candidates).map(|candidate| best[candidate].max(jump) + fit(candidate)).collect();
    }
    let mut at = (0..best.len()).max_by(|a, b| best[*a].total_cmp(&best[*b])).unwrap_or(0);
    let mut labels = vec![None; beats.len()];
    for number in (0..beats.len()).rev() {
        labels[number] = sounds[number].then(|| of(at));
        if number > 0 {
            at = came_from[number - 1][at];
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cadence_is_labelled() {
        let chords: [&[u8]; 4] = [&[48, 64, 67, 72], &[53, 65, 69, 72], &[55, 65, 71, 74], &[48, 64, 67, 72]];
        let sounding: Vec<Vec<u8>> = chords.iter().flat_map(|chord| vec![chord.to_vec(); 4]).collect();
        let labels: Vec<_> =
            label(&sounding, 16).into_iter().flatten().map(|label| (label.root, label.quality)).collect();
        assert_eq!(labels, [(0, 0), (5, 0), (7, 3), (0, 0)]);
        assert_eq!(label(&vec![Vec::new(); 6], 16), [None, None]);
        assert_eq!(label(&sounding, 16)[2].unwrap().chord(), Chord { seventh: Some(10), ..Chord::major(7) });
    }

    #[test]
    fn beats_begin_with_each_bar() {
        assert_eq!(beats(12, 10), [0..4, 4..8, 8..10, 10..12]);
    }
}
