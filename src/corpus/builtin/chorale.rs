//! `builtin:chorale`: four voices in the manner of a hymn, a chord to the beat, by the rules of the textbook.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::corpus::dataset::{Piece, Split};
use crate::music::swing::Swing;
use crate::music::{Chord, Grid, Key, Mode, Role};

use crate::corpus::theory::{chance, draw, scale_neighbour, write};

const STEPS_PER_BAR: usize = 16;
const STEPS_PER_BEAT: usize = 4;
/// Two bars a line, the last chord held for two beats.
const CHORDS_PER_LINE: usize = 7;

/// Soprano, alto, tenor, bass: lowest and highest pitch.
const RANGES: [(i32, i32); 4] = [(60, 79), (55, 72), (48, 67), (40, 60)];

/// From which degree to which, as hymns go (rows and columns: I ii iii IV V vi vii).
const MOVES: [[f64; 7]; 7] = [
    [1.0, 2.0, 0.7, 4.0, 4.0, 2.5, 0.8],
    [0.5, 0.5, 0.2, 0.3, 5.0, 0.5, 1.5],
    [0.2, 0.5, 0.1, 3.0, 0.5, 4.0, 0.1],
    [3.0, 2.0, 0.2, 0.8, 4.0, 0.5, 0.8],
    [6.0, 0.2, 0.3, 0.8, 1.0, 2.5, 0.3],
    [0.5, 3.0, 0.8, 3.0, 2.0, 0.5, 0.3],
    [6.0, 0.1, 0.8, 0.1, 0.3, 0.5, 0.1],
];

/// Four pitches, soprano first.
type Voicing = [i32; 4];

struct Beat {
    chord: Chord,
    voices: Voicing,
    /// In steps.
    length: usize,
}

/// One chorale.
pub fn piece(name: String, random: &mut ChaCha8Rng) -> Piece {
    let key =
        Key { tonic: random.random_range(0..12), mode: if chance(random, 0.6) { Mode::Major } else { Mode::Minor } };
    let beats = lines(key, random);
    let steps = beats.iter().map(|beat| beat.length).sum();
    let mut voices: Vec<Grid> = vec![Grid::silent(steps); 4];
    let embellished = 0.25 + 0.5 * random.random::<f64>();
    for (voice, grid) in voices.iter_mut().enumerate() {
        write_voice(grid, voice, &beats, key, embellished, random);
    }
    let mut voices = voices.into_iter();
    let melody = voices.next().unwrap_or_else(|| Grid::silent(steps));
    let [alto, tenor, bass] = std::array::from_fn(|_| voices.next().unwrap_or_else(|| Grid::silent(steps)));
    Piece {
        name,
        split: Split::Train,
        steps_per_bar: STEPS_PER_BAR,
        melody,
        parts: vec![(Role::Bass, bass), (Role::Alto, alto), (Role::Tenor, tenor)],
        played: Vec::new(),
        swing: Swing::STRAIGHT,
        roles: Vec::new(),
    }
}

/// A bar form: the first line comes back, the others are new, the last one ends on the tonic.
fn lines(key: Key, random: &mut ChaCha8Rng) -> Vec<Beat> {
    let first = degrees(None, chance(random, 0.5), random);
    let middle = degrees(first.last().copied(), false, random);
    let third = degrees(middle.last().copied(), true, random);
    let last = degrees(third.last().copied(), true, random);
    let mut form = vec![first.clone(), middle.clone()];
    if chance(random, 0.5) {
        form.extend([first, middle]);
    }
    form.extend([third, last]);
    let mut beats: Vec<Beat> = Vec::new();
    for line in form {
        for (index, &degree) in line.iter().enumerate() {
            let chord = Chord::on_degree(key, degree);
            let previous = beats.last().map(|beat| (beat.chord, beat.voices));
            let is_end = index + 1 == line.len();
            beats.push(Beat {
                chord,
                voices: voicing(key, chord, previous, is_end, random),
                length: if is_end { 2 * STEPS_PER_BEAT } else { STEPS_PER_BEAT },
            });
        }
    }
    beats
}

/// A line's degrees, ending V-I (full) or on V (half).
fn degrees(previous: Option<usize>, full: bool, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut degrees = vec![previous.map_or(0, |from| draw(random, &MOVES[from]))];
    while degrees.len() < CHORDS_PER_LINE - 2 {
        let from = degrees[degrees.len() - 1];
        degrees.push(draw(random, &MOVES[from]));
    }
    if full {
        degrees.extend([4, 0]);
    } else {
        let before = [0, 1, 3, 5][draw(random, &[3.0, 2.0, 3.0, 1.0])];
        degrees.extend([before, 4]);
    }
    degrees
}

/// The best voicing of a chord after the one before, with a little chance so that pieces differ.
fn voicing(
    key: Key,
    chord: Chord,
    previous: Option<(Chord, Voicing)>,
    is_end: bool,
    random: &mut ChaCha8Rng,
) -> Voicing {
    let mut best = ([72, 64, 55, 48], f64::INFINITY);
    let of_chord = |(low, high): (i32, i32)| (low..=high).filter(|pitch| chord.contains(*pitch));
    let root = i32::from(chord.root);
    let wander = random.random_range(-3.0..3.0);
    for bass in of_chord(RANGES[3]) {
        for tenor in of_chord(RANGES[2]).filter(|&tenor| tenor >= bass) {
            for alto in of_chord(RANGES[1]).filter(|&alto| alto >= tenor && alto - tenor <= 12) {
                for soprano in of_chord(RANGES[0]).filter(|&soprano| soprano >= alto && soprano - alto <= 12) {
                    let voices = [soprano, alto, tenor, bass];
                    let mut cost = completeness(key, chord, voices) + random.random::<f64>() * 1.5;
                    cost += match (bass - root).rem_euclid(12) {
                        0 => 0.0,
                        7 => 6.0,
                        _ if is_end => 6.0,
                        _ => 1.5,
                    };
                    cost += match previous {
                        Some((before, from)) => motion(before == chord, from, voices, wander),
                        None => f64::from((soprano - 70).abs() + (alto - 63).abs() + (tenor - 56).abs()) * 0.2,
                    };
                    if cost < best.1 {
                        best = (voices, cost);
                    }
                }
            }
        }
    }
    best.0
}

/// All three notes wanted; the leading note and, less so, the third not doubled.
fn completeness(key: Key, chord: Chord, voices: Voicing) -> f64 {
    let count = |class: u8| voices.iter().filter(|pitch| pitch.rem_euclid(12) as u8 == class).count();
    let [root, third, fifth] = chord.triad().map(count);
    let leading = count((key.tonic + 11) % 12);
    let mut cost = 0.0;
    cost += if root == 0 { 20.0 } else { 0.0 };
    cost += if third == 0 { 12.0 } else { 0.0 };
    cost += if fifth == 0 { 3.0 } else { 0.0 };
    cost += if third > 1 { 2.0 } else { 0.0 };
    cost + if leading > 1 { 8.0 } else { 0.0 }
}

/// Small steps, no parallel fifths and octaves, a soprano that goes somewhere.
fn motion(same_chord: bool, from: Voicing, to: Voicing, wander: f64) -> f64 {
    let mut cost = 0.0;
    for voice in 0..4 {
        let step = (to[voice] - from[voice]).abs();
        let easy = [2, 2, 2, 7][voice];
        cost += f64::from(step) * [0.35, 0.4, 0.4, 0.12][voice];
        cost += f64::from((step - easy).max(0)) * 0.8;
        cost += if step == 6 { 2.0 } else { 0.0 };
    }
    let soprano = to[0] - from[0];
    cost += if soprano == 0 { 2.0 } else { 0.0 };
    cost += (f64::from(soprano) - wander).abs() * 0.25;
    for upper in 0..4 {
        for lower in upper + 1..4 {
            let moved = to[upper] != from[upper] && to[lower] != from[lower];
            let (was, is) = ((from[upper] - from[lower]) % 12, (to[upper] - to[lower]) % 12);
            if !same_chord && moved && was == is && matches!(is, 0 | 7) {
                cost += 15.0;
            }
        }
    }
    cost
}

/// A voice through all beats, with passing notes, neighbours and suspensions.
fn write_voice(grid: &mut Grid, voice: usize, beats: &[Beat], key: Key, embellished: f64, random: &mut ChaCha8Rng) {
    let mut step = 0;
    let mut index = 0;
    while index < beats.len() {
        let beat = &beats[index];
        let pitch = beat.voices[voice];
        let next = beats.get(index + 1);
        let is_end = beat.length > STEPS_PER_BEAT;
        let leap = next.map_or(0, |next| next.voices[voice] - pitch);
        if !is_end
            && leap == 0
            && voice > 0
            && next.is_some_and(|next| next.length == STEPS_PER_BEAT)
            && chance(random, 0.4)
        {
            write(grid, step, 2 * STEPS_PER_BEAT, pitch); // tied over
            step += 2 * STEPS_PER_BEAT;
            index += 2;
            continue;
        }
        let passing = matches!(leap.abs(), 3 | 4) && chance(random, embellished);
        let neighbour = leap == 0 && voice != 3 && chance(random, embellished * 0.25);
        if !is_end && (passing || neighbour) {
            let between = scale_neighbour(key, beat.chord, pitch, if passing { leap > 0 } else { voice == 1 });
            write(grid, step, 2, pitch);
            write(grid, step + 2, 2, between);
        } else if !is_end && matches!(leap, -2 | -1) && voice != 3 && chance(random, embellished * 0.2) {
            // the note stays while the chord changes, and steps down late
            write(grid, step, STEPS_PER_BEAT + 2, pitch);
            if let Some(next) = next {
                write(grid, step + STEPS_PER_BEAT + 2, next.length - 2, next.voices[voice]);
                step += STEPS_PER_BEAT + next.length;
                index += 2;
                continue;
            }
        } else {
            write(grid, step, beat.length, pitch);
        }
        step += beat.length;
        index += 1;
    }
}
