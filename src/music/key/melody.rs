//! The key of a melody that nothing accompanies.
//!
//! How long each degree of a scale sounds leaves many tunes between a key and its relative. So what they rest and end
//! on speaks, too: a logistic regression over all keys, fitted to songs, lieder, lead sheets and chorales, whose
//! accompaniments say in which key they are (`models/EXPERIMENTS.md` has how often it finds that).

use super::{Key, Mode};
use crate::music::{Note, TICKS_PER_QUARTER, Tick};

/// What speaks for a key, by degree in semitones above its tonic: of major, of minor.
type Weights = [[f64; 12]; 2];
/// The share of the time that a degree sounds.
const SOUNDS: Weights = [
    [8.67, -4.64, 2.18, -8.82, 8.70, 0.97, -7.71, 9.34, -2.61, 1.97, -7.43, 0.23],
    [6.31, -5.08, -0.13, 9.22, -8.31, 0.58, -2.92, 9.52, 0.14, -8.56, -0.37, -1.25],
];
/// The last note.
const ENDS: Weights = [
    [2.10, 1.17, -0.62, -0.67, 0.75, 0.08, -0.30, 0.14, -0.46, -0.40, -1.39, -0.23],
    [2.07, 0.54, -0.12, -0.46, 0.65, -0.27, -0.69, 0.21, -0.60, -0.37, -1.36, 0.23],
];
/// The share of the notes on which the melody rests.
const RESTS: Weights = [
    [1.48, -2.24, 1.35, -0.73, 0.27, -0.02, -1.46, 1.31, 0.00, -0.01, -0.60, 0.81],
    [2.61, -3.50, 1.50, -0.51, -0.36, 1.17, -2.12, 1.67, 0.20, 0.23, 0.24, -1.29],
];
const MINOR: f64 = -0.17;
/// What a key that is said weighs: another one must be so much likelier, as a logarithm. Files say C major where nobody
/// thought of a key.
const SAID: f64 = 3.0;
/// A melody rests on notes after which the next one comes so many times later than usual, and so many quarters.
const LONGER: f64 = 2.5;
const LONG_QUARTERS: f64 = 1.5;
/// Fewer notes and pitch classes say too little.
const FEWEST_NOTES: usize = 8;
const FEWEST_CLASSES: usize = 3;

/// A note of a melody, in quarters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MelodyNote {
    /// Where it begins.
    pub start: f64,
    /// How long it sounds.
    pub duration: f64,
    /// Its pitch class, 0 (C) to 11 (B).
    pub class: u8,
}

/// Notes that begin within a thirty-second are one chord.
const TOGETHER: Tick = TICKS_PER_QUARTER / 8;

impl MelodyNote {
    /// A melody's notes in order, the highest of those that begin together.
    pub fn line<'a>(notes: impl Iterator<Item = &'a Note>) -> Vec<Self> {
        let mut notes: Vec<&Note> = notes.collect();
        notes.sort_by_key(|note| note.start);
        let mut line: Vec<&Note> = Vec::new();
        for note in notes {
            match line.last_mut() {
                Some(last) if note.start < last.start.saturating_add(TOGETHER) => {
                    if note.pitch > last.pitch {
                        *last = note;
                    }
                }
                _ => line.push(note),
            }
        }
        let quarters = |ticks: Tick| f64::from(ticks) / f64::from(TICKS_PER_QUARTER);
        let of = |note: &&Note| Self {
            start: quarters(note.start),
            duration: quarters(note.duration),
            class: note.pitch.class(),
        };
        line.iter().map(of).collect()
    }
}

/// The most likely key of a melody of one note at a time, in order, or `None` where there is too little of it. `said`
/// is the key that the music says of itself.
pub fn detect_melody(melody: &[MelodyNote], said: Option<Key>) -> Option<Key> {
    let keys = [Mode::Major, Mode::Minor].into_iter().flat_map(|mode| (0..12).map(move |tonic| Key { tonic, mode }));
    let keys = keys.filter(|key| Some(*key) == said || !is_contradicted(melody, *key));
    let likelihood = likelihood(melody)?;
    let likely = |key: &Key| likelihood(*key) + if Some(*key) == said { SAID } else { 0.0 };
    keys.max_by(|a, b| likely(a).total_cmp(&likely(b)))
}

/// Whether a melody sings all notes of a major scale, and no other, of which a key's tonic would be the third, fourth
/// or seventh: what it ends on is no tonic then, as a scale of the white keys that ends on E is not in E minor.
fn is_contradicted(melody: &[MelodyNote], key: Key) -> bool {
    const MAJOR: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
    let degree = match key.mode {
        Mode::Major => [5].as_slice(),
        Mode::Minor => &[4, 11],
    };
    degree.iter().any(|degree| {
        let tonic = key.tonic + 12 - degree;
        let mut scale = MAJOR.map(|above| (tonic + above) % 12);
        let mut sung: Vec<u8> = melody.iter().map(|note| note.class % 12).collect();
        scale.sort_unstable();
        sung.sort_unstable();
        sung.dedup();
        sung == scale
    })
}

/// How likely each key is, as a logarithm; only differences mean anything.
fn likelihood(melody: &[MelodyNote]) -> Option<impl Fn(Key) -> f64> {
    let last = melody.last().filter(|_| melody.len() >= FEWEST_NOTES)?;
    let sounds = shares(melody.iter().map(|note| (note.class, note.duration)));
    if sounds.iter().filter(|share| **share > 0.0).count() < FEWEST_CLASSES {
        return None;
    }
    let gaps = || melody.windows(2).map(|pair| pair[1].start - pair[0].start);
    let mut ordered: Vec<f64> = gaps().collect();
    ordered.sort_by(f64::total_cmp);
    let middle = f64::midpoint(ordered[(ordered.len() - 1) / 2], ordered[ordered.len() / 2]);
    let long = (LONGER * middle).max(LONG_QUARTERS);
    let resting = melody.iter().zip(gaps()).filter(|(_, gap)| *gap >= long).map(|(note, _)| note);
    let rests = shares(resting.chain([last]).map(|note| (note.class, 1.0)));
    let ends = shares([(last.class, 1.0)].into_iter());
    Some(move |key: Key| {
        let (mode, tonic) = (usize::from(key.mode == Mode::Minor), usize::from(key.tonic));
        let of = |weights: &Weights, shares: &[f64; 12]| -> f64 {
            weights[mode].iter().enumerate().map(|(degree, weight)| weight * shares[(tonic + degree) % 12]).sum()
        };
        of(&SOUNDS, &sounds) + of(&ENDS, &ends) + of(&RESTS, &rests) + MINOR * mode as f64
    })
}

/// The share of each pitch class in a sum.
fn shares(of: impl Iterator<Item = (u8, f64)>) -> [f64; 12] {
    let mut shares = [0.0; 12];
    for (class, value) in of {
        shares[usize::from(class % 12)] += value.max(0.0);
    }
    let sum: f64 = shares.iter().sum();
    shares.map(|share| share / sum.max(f64::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tune(notes: &[(u8, f64)]) -> Vec<MelodyNote> {
        let mut start = 0.0;
        let note = |&(class, duration): &(u8, f64)| {
            let note = MelodyNote { start, duration, class };
            start += duration;
            note
        };
        notes.iter().map(note).collect()
    }

    /// The last phrases of "Alabama Jubilee" look like A minor, but rest on C.
    #[test]
    fn what_a_tune_rests_and_ends_on_tells_a_key_from_its_relative() {
        let notes = |rest: u8, end: u8| {
            let phrase = [(4, 1.0), (9, 1.0), (0, 1.0), (7, 1.0), (2, 1.0), (11, 1.0), (4, 1.0)];
            tune(&[&phrase[..], &[(rest, 3.0)], &phrase, &[(end, 3.0)]].concat())
        };
        let name = |rest, end| detect_melody(&notes(rest, end), None).unwrap().name();
        assert_eq!([name(0, 0), name(9, 9)], ["C major", "A minor"]);
    }

    #[test]
    fn white_keys_that_end_on_e_are_in_c() {
        let notes = [0, 2, 4, 5, 7, 9, 11, 0, 7].map(|class| (class, 0.4));
        let ending = tune(&[&notes[..], &[(4, 2.0)]].concat());
        assert_eq!(detect_melody(&ending, None), Some(Key::C_MAJOR));
        let sharp = tune(&[&notes[..3], &[(6, 0.4)], &notes[4..], &[(4, 2.0)]].concat());
        assert_eq!(detect_melody(&sharp, None).unwrap().name(), "E minor");
    }

    #[test]
    fn a_key_that_is_said_decides_between_likely_ones_and_no_more() {
        let notes = tune(&[0, 2, 4, 5, 7, 4, 2, 4, 0].map(|class| (class, 1.0)));
        let said = |tonic, mode| detect_melody(&notes, Some(Key { tonic, mode })).unwrap();
        assert_eq!(said(6, Mode::Major), Key::C_MAJOR);
        assert_eq!(said(0, Mode::Major), Key::C_MAJOR);
        let open = tune(&[4, 7, 4, 9, 4, 7, 4, 11, 4].map(|class| (class, 1.0)));
        let relative = Key { tonic: 4, mode: Mode::Minor };
        let other = Key { tonic: 9, mode: Mode::Minor };
        assert_eq!(detect_melody(&open, Some(relative)), Some(relative));
        assert_ne!(detect_melody(&open, None), Some(other));
    }

    #[test]
    fn transposing_moves_the_tonic_and_too_little_has_no_key() {
        let notes = tune(&[7, 9, 11, 0, 2, 6, 7, 7].map(|class| (class, 1.0)));
        let key = detect_melody(&notes, None).unwrap();
        let moved: Vec<MelodyNote> = notes.iter().map(|note| MelodyNote { class: note.class + 5, ..*note }).collect();
        assert_eq!(detect_melody(&moved, None), Some(Key { tonic: (key.tonic + 5) % 12, mode: key.mode }));
        assert_eq!(detect_melody(&notes[..7], None), None);
        assert_eq!(detect_melody(&[], None), None);
        assert_eq!(detect_melody(&tune(&[(0, f64::NAN); 9]), None), None);
        assert_eq!(detect_melody(&tune(&[(0, 0.0); 9]), None), None);
    }
}
