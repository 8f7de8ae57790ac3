//! Bass lines by rule, from chords.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::chords::Chord;
use crate::gan::dataset::Piece;
use crate::gan::theory::{chance, write};
use crate::music::Grid;

/// The lowest and the highest note of a four-string bass that lines stay within.
const RANGE: (i32, i32) = (28, 52);
/// Where lines like to be.
const HOME: i32 = 38;

/// Figures of a bar: step, whether the fifth, and how long at most.
const POP: [&[(usize, bool, usize)]; 6] = [
    &[(0, false, 8), (8, false, 8)],
    &[(0, false, 4), (6, false, 2), (8, false, 6), (14, false, 2)],
    &[(0, false, 6), (6, false, 2), (8, true, 4), (12, false, 4)],
    &[
        (0, false, 2),
        (2, false, 2),
        (4, false, 2),
        (6, false, 2),
        (8, false, 2),
        (10, false, 2),
        (12, false, 2),
        (14, false, 2),
    ],
    &[(0, false, 14), (14, true, 2)],
    &[
        (0, false, 3),
        (3, false, 3),
        (6, false, 2),
        (8, false, 3),
        (11, false, 3),
        (14, true, 2),
    ],
];

/// The pitch of a class within range, nearest to another.
fn near(class: u8, to: i32) -> i32 {
    (RANGE.0..=RANGE.1)
        .filter(|pitch| pitch.rem_euclid(12) == i32::from(class))
        .min_by_key(|pitch| ((pitch - to).abs(), (pitch - HOME).abs()))
        .unwrap_or(to)
}

/// The chord at a step.
fn at(chords: &[Chord], step: usize) -> Option<Chord> {
    chords.iter().find(|chord| (chord.start..chord.end).contains(&step)).copied()
}

/// One figure for four bars at a time, on roots and fifths; another half through, more often than not the same.
pub fn pop(chords: &[Chord], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let [first, second] = [0, 1].map(|_| POP[random.random_range(0..POP.len())]);
    for bar in 0..piece.bars() {
        let figure = if (bar / 8).is_multiple_of(2) { first } else { second };
        for &(step, fifth, length) in figure.iter().filter(|(step, ..)| *step < piece.steps_per_bar) {
            let start = bar * piece.steps_per_bar + step;
            let Some(chord) = at(chords, start) else { continue };
            let root = near(chord.root, HOME);
            let pitch = if fifth { near(chord.fifth(), root) } else { root };
            write(&mut grid, start, length.min(chord.end - start), pitch);
        }
    }
    grid
}

/// Root on one, fifth on three, and a step towards the next root now and then.
pub fn root_fifth(chords: &[Chord], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let half = if piece.steps_per_bar.is_multiple_of(8) {
        piece.steps_per_bar / 2
    } else {
        piece.steps_per_bar
    };
    let lively = chance(random, 0.5);
    let mut fifth = false;
    for start in (0..piece.steps()).step_by(half.max(1)) {
        let Some(chord) = at(chords, start) else { continue };
        fifth = if start == chord.start || start.is_multiple_of(piece.steps_per_bar) {
            false
        } else {
            !fifth
        };
        let root = near(chord.root, HOME);
        let pitch = if fifth { near(chord.fifth(), root) } else { root };
        let next = at(chords, start + half).map(|next| near(next.root, HOME));
        let leads = lively && half >= 8 && next.is_some_and(|next| next != root && (next - pitch).abs() > 2) && chance(random, 0.4);
        if let (true, Some(next)) = (leads, next) {
            write(&mut grid, start, half - 2, pitch);
            write(&mut grid, start + half - 2, 2, next + if next > pitch { -2 } else { 2 });
        } else {
            write(&mut grid, start, half, pitch);
        }
    }
    grid
}

/// A walking bass: a quarter on each beat, roots where chords begin, chord tones between, a semitone or a step before the next root.
pub fn walking(chords: &[Chord], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let mut last = HOME;
    let mut rising = true;
    for (index, chord) in chords.iter().enumerate() {
        let next = chords.get(index + 1).map(|next| near(next.root, last));
        for start in (chord.start..chord.end).step_by(4) {
            let length = (chord.end - start).min(4);
            let pitch = if start == chord.start {
                near(chord.root, last)
            } else if let Some(next) = next.filter(|_| start + 4 >= chord.end) {
                let below = chance(random, 0.5);
                let by = if chance(random, 0.7) { 1 } else { 2 };
                if below { next - by } else { next + by }
            } else {
                if last > 46 {
                    rising = false;
                } else if last < 33 || chance(random, 0.2) {
                    rising = true;
                }
                let step = |by: i32| if rising { last + by } else { last - by };
                (2..=7).map(step).find(|pitch| chord.contains(*pitch)).unwrap_or(last)
            };
            let pitch = pitch.clamp(RANGE.0, RANGE.1);
            write(&mut grid, start, length, pitch);
            last = pitch;
        }
    }
    grid
}
