//! Bass lines by rule, from chords.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::chords::{ChordSpan, at};
use crate::corpus::dataset::Piece;
use crate::corpus::theory::{chance, write};
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
    &[(0, false, 3), (3, false, 3), (6, false, 2), (8, false, 3), (11, false, 3), (14, true, 2)],
];

/// The pitch of a class within range, nearest to another.
fn near(class: u8, to: i32) -> i32 {
    (RANGE.0..=RANGE.1)
        .filter(|pitch| pitch.rem_euclid(12) == i32::from(class))
        .min_by_key(|pitch| ((pitch - to).abs(), (pitch - HOME).abs()))
        .unwrap_or(to)
}

/// One figure for four bars at a time, on roots and fifths; another half through, more often than not the same.
pub fn pop(chords: &[ChordSpan], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let [first, second] = [0, 1].map(|_| POP[random.random_range(0..POP.len())]);
    for bar in 0..piece.bars() {
        let figure = if (bar / 8).is_multiple_of(2) { first } else { second };
        for &(step, fifth, length) in figure.iter().filter(|(step, ..)| *step < piece.steps_per_bar) {
            let start = bar * piece.steps_per_bar + step;
            let Some(span) = at(chords, start) else { continue };
            let root = near(span.chord.root, HOME);
            let pitch = if fifth { near(span.chord.triad()[2], root) } else { root };
            write(&mut grid, start, length.min(span.end - start), pitch);
        }
    }
    grid
}

/// Figures of a bar of a song that somebody sings to a guitar.
const FOLK: [&[(usize, bool, usize)]; 6] = [
    &[(0, false, 8), (8, true, 8)],
    &[(0, false, 16)],
    &[(0, false, 6), (6, false, 2), (8, true, 8)],
    &[(0, false, 8), (8, true, 4), (12, false, 4)],
    &[(0, false, 4), (4, false, 4), (8, true, 4), (12, true, 4)],
    &[(0, false, 12), (12, true, 4)],
];

/// Roots and fifths, mostly in one figure for eight bars, with steps towards the next root now and then.
pub fn folk(chords: &[ChordSpan], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let habits = [0, 1].map(|_| FOLK[random.random_range(0..FOLK.len())]);
    let lively = chance(random, 0.5);
    for bar in 0..piece.bars() {
        let figure = if chance(random, 0.7) { habits[bar / 8 % 2] } else { FOLK[random.random_range(0..FOLK.len())] };
        let next_bar = (bar + 1) * piece.steps_per_bar;
        let next_root = at(chords, next_bar).map(|next| near(next.chord.root, HOME));
        for &(step, fifth, length) in figure.iter().filter(|(step, ..)| *step < piece.steps_per_bar) {
            let start = bar * piece.steps_per_bar + step;
            let Some(span) = at(chords, start) else { continue };
            let root = near(span.chord.root, HOME);
            // a chord that has just come begins on its root
            let fifth = fifth && start != span.start;
            let below = chance(random, 0.6);
            let pitch = if fifth { near(span.chord.triad()[2], if below { root - 5 } else { root + 5 }) } else { root };
            let end = (start + length).min(span.end).min(next_bar);
            let leads = lively && end == next_bar && end - start >= 4 && chance(random, 0.4);
            match next_root.filter(|next| leads && *next != root && (next - pitch).abs() > 2) {
                Some(next) => {
                    write(&mut grid, start, end - start - 2, pitch);
                    write(&mut grid, end - 2, 2, next + if next > pitch { -2 } else { 2 });
                }
                None => write(&mut grid, start, end - start, pitch),
            }
        }
        // a chord that comes within a bar where the figure strikes nothing
        for span in chords.iter().filter(|span| (bar * piece.steps_per_bar + 1..next_bar).contains(&span.start)) {
            if grid.onsets(span.start).next().is_none() {
                write(&mut grid, span.start, span.end.min(next_bar) - span.start, near(span.chord.root, HOME));
            }
        }
    }
    grid
}

/// A walking bass: a quarter on each beat, roots where chords begin, chord tones between, a semitone or a step before
/// the next root.
pub fn walking(chords: &[ChordSpan], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let mut last = HOME;
    let mut rising = true;
    for (index, span) in chords.iter().enumerate() {
        let next = chords.get(index + 1).map(|next| near(next.chord.root, last));
        for start in (span.start..span.end).step_by(4) {
            let length = (span.end - start).min(4);
            let pitch = if start == span.start {
                near(span.chord.root, last)
            } else if let Some(next) = next.filter(|_| start + 4 >= span.end) {
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
                (2..=7).map(step).find(|pitch| span.chord.contains(*pitch)).unwrap_or(last)
            };
            let pitch = pitch.clamp(RANGE.0, RANGE.1);
            write(&mut grid, start, length, pitch);
            last = pitch;
        }
    }
    grid
}
