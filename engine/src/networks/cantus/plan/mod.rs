//! Chords, beat by beat: found in pieces that are there, and planned for a melody before its parts are written.
//!
//! All lines are drawn at once, each from what it may do on average over all that the others may do. A plan takes one
//! of these possibilities beforehand, so that they agree. Knows no network: what the network expects comes in as pitch
//! classes.

use cantus::music::{Chord, Chroma};
use serde::{Deserialize, Serialize};

/// Major triads on C to B, then the minor ones.
pub const CHORDS: usize = 24;
/// Channels by which a network is given its chord: the root, the tones, and whether there is one.
pub const PLAN: i64 = 25;
/// Steps in a beat.
const BEAT: usize = 4;

/// What a triad's root, third and fifth are thought to have of all notes; each other class has a share of what is left.
const SHARES: [f32; 3] = [0.32, 0.26, 0.27];
const OTHER: f32 = (1.0 - SHARES[0] - SHARES[1] - SHARES[2]) / 9.0;
/// So many notes of a beat count at most: those struck together are no independent witnesses.
const MOST_NOTES: f32 = 4.0;
/// What a change of chord costs, in nats, on a bar line and elsewhere, where nothing is known of the style.
const CHANGE: [f32; 2] = [1.0, 1.8];
/// Added to all counts, so that what never happened is not impossible.
const UNSEEN: f32 = 0.1;

/// The triad of an index: majors on C to B, then minors.
const fn chord_at(index: usize) -> Chord {
    let root = (index % 12) as u8;
    if index < 12 { Chord::major(root) } else { Chord::minor(root) }
}

/// The index of a triad, the other way round.
fn index_of(chord: Chord) -> usize {
    usize::from(chord.root) + if chord.third == 3 { 12 } else { 0 }
}

/// The likelihood of each chord by what sounds, in nats.
fn fit(chroma: &Chroma) -> [f32; CHORDS] {
    let notes: f32 = chroma.iter().sum();
    let scale = if notes > MOST_NOTES { MOST_NOTES / notes } else { 1.0 };
    std::array::from_fn(|chord| {
        let of_class = |(class, weight): (usize, &f32)| {
            let place = chord_at(chord).triad().iter().position(|of_chord| usize::from(*of_chord) == class);
            weight * place.map_or(OTHER, |place| SHARES[place]).ln()
        };
        scale * chroma.iter().enumerate().map(of_class).sum::<f32>()
    })
}

/// Whether a bar begins in a beat.
const fn begins_bar(beat: usize, steps_per_bar: usize) -> bool {
    beat * BEAT % steps_per_bar < BEAT
}

/// A way through the chords of all beats, drawn as likely as it is: `fits` are log-likelihoods, `change` the logarithm
/// of how likely a beat's chord is after the one before it. What all beats before say is summed up going forward, and
/// chords are drawn going back (Frühwirth-Schnatter 1994); `noise` (of a beat and a chord) is Gumbel-distributed for
/// that, and 0 takes the likeliest at each beat.
fn drawn(
    fits: &[[f32; CHORDS]],
    change: &dyn Fn(usize, usize, usize) -> f32,
    noise: &dyn Fn(usize, usize) -> f32,
) -> Vec<Chord> {
    let mut forward: Vec<[f32; CHORDS]> = Vec::with_capacity(fits.len());
    for (beat, fit) in fits.iter().enumerate() {
        let all_before = |to: usize| {
            forward.last().map_or(0.0, |before: &[f32; CHORDS]| {
                let ways: [f32; CHORDS] = std::array::from_fn(|from| before[from] + change(beat, from, to));
                let most = ways.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                most + ways.iter().map(|way| (way - most).exp()).sum::<f32>().ln()
            })
        };
        let now = std::array::from_fn(|to| fit[to] + all_before(to));
        forward.push(now);
    }
    let mut chords: Vec<usize> = Vec::with_capacity(fits.len());
    for (beat, forward) in forward.iter().enumerate().rev() {
        let value = |chord: usize| {
            let next = chords.last().map_or(0.0, |&next| change(beat + 1, chord, next));
            forward[chord] + next + noise(beat, chord)
        };
        let best = (0..CHORDS).max_by(|&a, &b| value(a).total_cmp(&value(b)));
        chords.push(best.unwrap_or(0));
    }
    chords.into_iter().rev().map(chord_at).collect()
}

/// The chords of a piece, one a beat.
pub fn chords_of(chromas: &[Chroma], steps_per_bar: usize) -> Vec<Chord> {
    let fits: Vec<[f32; CHORDS]> = chromas.iter().map(fit).collect();
    let change = |beat: usize, from: usize, to: usize| {
        if from == to { 0.0 } else { -CHANGE[usize::from(!begins_bar(beat, steps_per_bar.max(1)))] }
    };
    drawn(&fits, &change, &|_, _| 0.0)
}

/// How a style's chords follow each other, counted in pieces in C major or A minor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progressions {
    /// Which follows which on the first beat of a bar: [`CHORDS`] rows, the chord before, of as many columns.
    on_bar: Vec<u32>,
    /// The same on other beats.
    within: Vec<u32>,
    /// Which begin pieces.
    first: Vec<u32>,
    /// Which end them.
    last: Vec<u32>,
    /// For how many steps each pitch class sounds in the melody under each chord: [`CHORDS`] rows of 12.
    melody: Vec<u32>,
}

impl Default for Progressions {
    fn default() -> Self {
        Self {
            on_bar: vec![0; CHORDS * CHORDS],
            within: vec![0; CHORDS * CHORDS],
            first: vec![0; CHORDS],
            last: vec![0; CHORDS],
            melody: vec![0; CHORDS * 12],
        }
    }
}

/// What a plan is made from, beat by beat.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The melody, in quarters.
    pub melody: Vec<Chroma>,
    /// Notes of parts that stay as they are.
    pub kept: Vec<Chroma>,
    /// Notes that the network expects in the others.
    pub expected: Vec<Chroma>,
}

impl Progressions {
    /// Counts a piece in, by its chords and its melody (in quarters), both one a beat and in C major or A minor.
    pub fn count(&mut self, chords: &[Chord], melody: &[Chroma], steps_per_bar: usize) {
        let (Some(&first), Some(&last)) = (chords.first(), chords.last()) else {
            return;
        };
        self.first[index_of(first)] += 1;
        self.last[index_of(last)] += 1;
        for (pair, beat) in chords.windows(2).zip(1..) {
            let table = if begins_bar(beat, steps_per_bar.max(1)) { &mut self.on_bar } else { &mut self.within };
            table[index_of(pair[0]) * CHORDS + index_of(pair[1])] += 1;
        }
        for (&chord, melody) in chords.iter().zip(melody) {
            for (class, quarters) in melody.iter().enumerate() {
                self.melody[index_of(chord) * 12 + class] += (quarters * BEAT as f32).round() as u32;
            }
        }
    }

    /// Whether a model may come with it.
    pub fn is_sane(&self) -> bool {
        self.on_bar.len() == CHORDS * CHORDS
            && self.within.len() == CHORDS * CHORDS
            && self.first.len() == CHORDS
            && self.last.len() == CHORDS
            && self.melody.len() == CHORDS * 12
    }

    /// Chords for a melody, one a beat, drawn by what the style's melodies do over which chords, how these follow each
    /// other, and what the network expects, as far as that is to be trusted (0 to 1): it means many harmonies at once,
    /// the commonest most. `noise` (of a beat and a chord) is Gumbel-distributed, more boldly drawn where it is scaled
    /// up, the likeliest chords where it is 0; equal noise for equal bars gives them equal chords where their
    /// neighbours allow it.
    pub fn plan(
        &self,
        evidence: &Evidence,
        trust: f32,
        steps_per_bar: usize,
        noise: &dyn Fn(usize, usize) -> f32,
    ) -> Vec<Chord> {
        let of_melody: Vec<f32> = self.melody.chunks(12).flat_map(logs).collect();
        let beats = evidence.melody.iter().zip(&evidence.kept).zip(&evidence.expected);
        let mut fits: Vec<[f32; CHORDS]> = beats
            .map(|((melody, kept), expected)| {
                let (kept, expected) = (fit(kept), fit(expected));
                std::array::from_fn(|chord| {
                    let sung = melody.iter().zip(&of_melody[chord * 12..]);
                    kept[chord] + trust * expected[chord] + sung.map(|(quarters, log)| quarters * log).sum::<f32>()
                })
            })
            .collect();
        let edge = |counts: &[u32], fit: Option<&mut [f32; CHORDS]>| {
            if let Some(fit) = fit {
                fit.iter_mut().zip(logs(counts)).for_each(|(value, log)| *value += log);
            }
        };
        edge(&self.first, fits.first_mut());
        edge(&self.last, fits.last_mut());
        let [on_bar, within] =
            [&self.on_bar, &self.within].map(|table| table.chunks(CHORDS).flat_map(logs).collect::<Vec<f32>>());
        let change = |beat: usize, from: usize, to: usize| {
            let table = if begins_bar(beat, steps_per_bar.max(1)) { &on_bar } else { &within };
            table[from * CHORDS + to]
        };
        drawn(&fits, &change, noise)
    }
}

/// The logarithms of the shares that counts are of their sum.
fn logs(counts: &[u32]) -> Vec<f32> {
    let all: f32 = counts.iter().map(|&count| count as f32 + UNSEEN).sum();
    counts.iter().map(|&count| ((count as f32 + UNSEEN) / all).ln()).collect()
}

/// What a network is given: [`PLAN`] channels x `length` steps, channel by channel, from the chords of the steps;
/// nothing where there is none.
pub fn channels(chord_of: &dyn Fn(usize) -> Option<Chord>, length: usize) -> Vec<f32> {
    let mut channels = vec![0.0; PLAN as usize * length];
    for step in 0..length {
        let Some(chord) = chord_of(step) else { continue };
        channels[usize::from(chord.root) * length + step] = 1.0;
        for class in chord.classes() {
            channels[(12 + usize::from(class)) * length + step] = 1.0;
        }
        channels[24 * length + step] = 1.0;
    }
    channels
}

#[cfg(test)]
mod tests;
