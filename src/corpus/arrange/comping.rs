//! Chords as hands play them, by rule.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::chords::{ChordSpan, at};
use crate::corpus::dataset::Piece;
use crate::corpus::theory::{chance, write};
use crate::music::{Chord, Grid};

/// Figures of a bar for a comping hand: step and length. Off-beats are where swing puts them when played.
const COMPS: [&[(usize, usize)]; 8] = [
    &[(0, 6), (6, 4)],
    &[(0, 3), (6, 8)],
    &[(6, 6)],
    &[(2, 2), (8, 4)],
    &[(0, 8), (14, 2)],
    &[(4, 2), (12, 2)],
    &[(6, 2), (14, 2)],
    &[(0, 12)],
];

/// The pitches of some classes, each nearest to a middle, from low to high.
pub fn close(classes: impl Iterator<Item = u8>, middle: i32) -> Vec<i32> {
    let mut pitches: Vec<i32> =
        classes.map(|class| middle - 6 + (i32::from(class) - (middle - 6)).rem_euclid(12)).collect();
    pitches.sort_unstable();
    pitches.dedup();
    pitches
}

/// Strikes a chord at each step of a figure, no longer than the chord lasts; what was struck before ends there.
fn play(
    grid: &mut Grid,
    chords: &[ChordSpan],
    bar: usize,
    piece: &Piece,
    figure: &[(usize, usize)],
    voicing: &dyn Fn(Chord) -> Vec<i32>,
) {
    for &(step, length) in figure.iter().filter(|(step, _)| *step < piece.steps_per_bar) {
        let start = bar * piece.steps_per_bar + step;
        // a stroke just before the bar line belongs to the chord that comes
        let heard = if step + 2 >= piece.steps_per_bar { start + 2 } else { start };
        let Some(span) = at(chords, heard) else { continue };
        let end = (start + length).min(span.end);
        for pitch in voicing(span.chord) {
            write(grid, start, end - start, pitch);
        }
    }
}

/// Thirds and sevenths (or what the chord has), with the root or the fifth above now and then; figures change from bar
/// to bar.
pub fn shells(chords: &[ChordSpan], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let full = chance(random, 0.5);
    let voicing = |chord: Chord| {
        let upper = chord.seventh.unwrap_or(0); // the root, where the sheet names no seventh
        let fifth = full.then_some(chord.fifth);
        close([chord.third, upper].into_iter().chain(fifth).map(|above| (chord.root + above) % 12), 58)
    };
    let favourites: [usize; 3] = std::array::from_fn(|_| random.random_range(0..COMPS.len()));
    for bar in 0..piece.bars() {
        let figure = COMPS[favourites[random.random_range(0..3)]];
        play(&mut grid, chords, bar, piece, figure, &voicing);
    }
    grid
}
