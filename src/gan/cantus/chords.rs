//! Chords, beat by beat: heard in pieces that are there, and planned for a melody before its parts are written.
//!
//! All lines are drawn at once, each from what it may do on average over all that the others may do. A plan takes one of these
//! possibilities beforehand, so that they agree. Knows no network: what the network expects comes in as pitch classes.

use serde::{Deserialize, Serialize};

/// Major triads on C to B, then the minor ones.
pub const CHORDS: usize = 24;
/// Channels by which a network is told its chord: the root, the tones, and whether it is told at all.
pub const PLAN: i64 = 25;
/// Steps in a beat.
const BEAT: usize = 4;

/// A triad: its root's pitch class, 12 more where it is minor.
pub type Chord = u8;
/// How much each pitch class sounds in a beat, in notes.
pub type Chroma = [f32; 12];

/// What a triad's root, third and fifth are thought to have of all notes; each other class has a share of what is left.
const SHARES: [f32; 3] = [0.32, 0.26, 0.27];
const STRANGER: f32 = (1.0 - SHARES[0] - SHARES[1] - SHARES[2]) / 9.0;
/// So many notes of a beat count at most: those struck together are no independent witnesses.
const MOST_NOTES: f32 = 4.0;
/// What a change of chord costs, in nats, on a bar line and elsewhere, where nothing is known of the style.
const CHANGE: [f32; 2] = [1.0, 1.8];
/// Added to all counts, so that what never happened is not impossible.
const UNSEEN: f32 = 0.1;

/// Where in a triad a pitch class lies: 0 to 2, or nowhere.
const fn place_in(chord: usize, class: usize) -> Option<usize> {
    let third = if chord >= 12 { 3 } else { 4 };
    match (class + 12 - chord % 12) % 12 {
        0 => Some(0),
        7 => Some(2),
        above if above == third => Some(1),
        _ => None,
    }
}

/// The triad `semitones` higher.
pub const fn moved(chord: Chord, semitones: i32) -> Chord {
    let minor = chord / 12 * 12;
    (chord as i32 % 12 + semitones).rem_euclid(12) as u8 + minor
}

/// The likelihood of each chord by what sounds, in nats.
fn fit(chroma: &Chroma) -> [f32; CHORDS] {
    let notes: f32 = chroma.iter().sum();
    let scale = if notes > MOST_NOTES { MOST_NOTES / notes } else { 1.0 };
    std::array::from_fn(|chord| {
        let of_class = |(class, weight): (usize, &f32)| weight * place_in(chord, class).map_or(STRANGER, |place| SHARES[place]).ln();
        scale * chroma.iter().enumerate().map(of_class).sum::<f32>()
    })
}

/// Whether a bar begins in a beat.
const fn begins_bar(beat: usize, steps_per_bar: usize) -> bool {
    beat * BEAT % steps_per_bar < BEAT
}

/// The likeliest way through the chords of all beats (Viterbi 1967): `fits` are log-likelihoods, `change` the logarithm of how likely a
/// beat's chord is after the one before it.
fn likeliest(fits: &[[f32; CHORDS]], change: &dyn Fn(usize, usize, usize) -> f32) -> Vec<Chord> {
    let Some(first) = fits.first() else {
        return Vec::new();
    };
    let mut best = *first;
    let mut came_from: Vec<[u8; CHORDS]> = Vec::with_capacity(fits.len());
    for (beat, fit) in fits.iter().enumerate().skip(1) {
        let mut from = [0; CHORDS];
        let mut next = [0.0; CHORDS];
        for to in 0..CHORDS {
            let mut most = (f32::NEG_INFINITY, 0);
            for (before, value) in best.iter().enumerate() {
                let value = value + change(beat, before, to);
                if value > most.0 {
                    most = (value, before as u8);
                }
            }
            next[to] = most.0 + fit[to];
            from[to] = most.1;
        }
        best = next;
        came_from.push(from);
    }
    let last = (0..CHORDS).max_by(|&a, &b| best[a].total_cmp(&best[b])).unwrap_or(0);
    let mut chords = vec![last as u8];
    for from in came_from.iter().rev() {
        let now = chords[chords.len() - 1];
        chords.push(from[usize::from(now)]);
    }
    chords.reverse();
    chords
}

/// The chords that are heard in a piece, one a beat.
pub fn heard(chromas: &[Chroma], steps_per_bar: usize) -> Vec<Chord> {
    let fits: Vec<[f32; CHORDS]> = chromas.iter().map(fit).collect();
    likeliest(&fits, &|beat, from, to| {
        if from == to {
            0.0
        } else {
            -CHANGE[usize::from(!begins_bar(beat, steps_per_bar.max(1)))]
        }
    })
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
}

impl Default for Progressions {
    fn default() -> Self {
        Self {
            on_bar: vec![0; CHORDS * CHORDS],
            within: vec![0; CHORDS * CHORDS],
            first: vec![0; CHORDS],
            last: vec![0; CHORDS],
        }
    }
}

impl Progressions {
    /// Counts a piece in, by its chords in C major or A minor.
    pub fn count(&mut self, chords: &[Chord], steps_per_bar: usize) {
        let (Some(&first), Some(&last)) = (chords.first(), chords.last()) else {
            return;
        };
        self.first[usize::from(first)] += 1;
        self.last[usize::from(last)] += 1;
        for (pair, beat) in chords.windows(2).zip(1..) {
            let table = if begins_bar(beat, steps_per_bar.max(1)) { &mut self.on_bar } else { &mut self.within };
            table[usize::from(pair[0]) * CHORDS + usize::from(pair[1])] += 1;
        }
    }

    /// Whether a model may come with it.
    pub fn is_sane(&self) -> bool {
        self.on_bar.len() == CHORDS * CHORDS
            && self.within.len() == CHORDS * CHORDS
            && self.first.len() == CHORDS
            && self.last.len() == CHORDS
    }

    /// Chords for a melody, one a beat: the likeliest by what is expected to sound and by how the style's chords follow each other, `luck`
    /// (of a beat and a chord, in nats) added; equal luck for equal bars gives them equal chords where their neighbours allow it.
    pub fn plan(&self, expected: &[Chroma], steps_per_bar: usize, luck: &dyn Fn(usize, usize) -> f32) -> Vec<Chord> {
        let mut fits: Vec<[f32; CHORDS]> = expected.iter().map(fit).collect();
        for (beat, fit) in fits.iter_mut().enumerate() {
            for (chord, value) in fit.iter_mut().enumerate() {
                *value += luck(beat, chord);
            }
        }
        let edge = |counts: &[u32], fit: Option<&mut [f32; CHORDS]>| {
            if let Some(fit) = fit {
                fit.iter_mut().zip(logs(counts)).for_each(|(value, log)| *value += log);
            }
        };
        edge(&self.first, fits.first_mut());
        edge(&self.last, fits.last_mut());
        let [on_bar, within] = [&self.on_bar, &self.within].map(|table| table.chunks(CHORDS).flat_map(logs).collect::<Vec<f32>>());
        likeliest(&fits, &|beat, from, to| {
            let table = if begins_bar(beat, steps_per_bar.max(1)) { &on_bar } else { &within };
            table[from * CHORDS + to]
        })
    }
}

/// The logarithms of the shares that counts are of their sum.
fn logs(counts: &[u32]) -> Vec<f32> {
    let all: f32 = counts.iter().map(|&count| count as f32 + UNSEEN).sum();
    counts.iter().map(|&count| ((count as f32 + UNSEEN) / all).ln()).collect()
}

/// What a network is told: [`PLAN`] channels x `length` steps, channel by channel, from the chords of the steps; nothing where there is
/// none.
pub fn channels(chord_of: &dyn Fn(usize) -> Option<Chord>, length: usize) -> Vec<f32> {
    let mut channels = vec![0.0; PLAN as usize * length];
    for step in 0..length {
        let Some(chord) = chord_of(step).map(usize::from) else { continue };
        channels[chord % 12 * length + step] = 1.0;
        for class in (0..12).filter(|&class| place_in(chord, class).is_some()) {
            channels[(12 + class) * length + step] = 1.0;
        }
        channels[24 * length + step] = 1.0;
    }
    channels
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: Chord = 0;
    const F: Chord = 5;
    const G: Chord = 7;
    const A_MINOR: Chord = 12 + 9;

    fn chroma(classes: &[usize]) -> Chroma {
        let mut chroma = [0.0; 12];
        for class in classes {
            chroma[*class] += 1.0;
        }
        chroma
    }

    #[test]
    fn chords_are_heard_and_passing_notes_are_not() {
        let (c, a) = (chroma(&[0, 4, 7]), chroma(&[9, 0, 4]));
        let passing = chroma(&[0, 2, 5]); // over a bass that stays
        assert_eq!(heard(&[c, c, passing, c, a, a, a, a], 16), [C, C, C, C, A_MINOR, A_MINOR, A_MINOR, A_MINOR]);
        assert_eq!(heard(&[c, [0.0; 12], c], 16), [C; 3]);
        assert_eq!(heard(&[], 16), [0; 0]);
        assert_eq!(moved(A_MINOR, 5), 12 + 2);
        assert_eq!(moved(C, -1), 11);
    }

    fn cadences() -> Progressions {
        let mut progressions = Progressions::default();
        for _ in 0..20 {
            progressions.count(&[C, C, C, C, F, F, G, G, C, C, C, C], 16);
        }
        progressions
    }

    #[test]
    fn a_plan_follows_the_melody_and_the_style_and_ends_as_the_style_does() {
        let progressions = cadences();
        assert!(progressions.is_sane());
        let melody = |class: usize| chroma(&[class]);
        // C E G E, F A B D, and at the end an E that C or A minor could bear
        let classes = [0, 4, 7, 4, 5, 9, 11, 2, 4, 4, 4, 4];
        let expected: Vec<Chroma> = classes.map(melody).to_vec();
        let plan = progressions.plan(&expected, 16, &|_, _| 0.0);
        assert_eq!(plan, [C, C, C, C, F, F, G, G, C, C, C, C]);
        // luck decides where it is strong enough
        let lucky = progressions.plan(&expected, 16, &|beat, chord| if beat >= 8 && chord == usize::from(A_MINOR) { 9.0 } else { 0.0 });
        assert_eq!(lucky[8..], [A_MINOR; 4]);
    }

    #[test]
    fn a_network_is_told_root_and_tones() {
        let told = channels(&|step| (step > 0).then_some(A_MINOR), 2);
        assert_eq!(told.len(), 50);
        let at = |step: usize| (0..25).filter(|channel| told[channel * 2 + step] == 1.0).collect::<Vec<_>>();
        assert_eq!(at(0), [0; 0]);
        assert_eq!(at(1), [9, 12, 16, 21, 24]);
    }

    #[test]
    fn tables_of_another_size_are_refused() {
        let mut progressions = cadences();
        progressions.within.pop();
        assert!(!progressions.is_sane());
    }
}
