//! A small data set for the tests of the corpus.

use super::dataset::{Dataset, Piece, Split};
use crate::music::swing::Swing;
use crate::music::{Cell, Grid, Role};

/// Scales in quarters over four bars with a third and an octave below, the last piece held out.
pub fn chorales(count: usize) -> Dataset {
    let line = |number: usize, down: usize| {
        let mut grid = Grid::silent(64);
        for step in 0..64 {
            let pitch = 60 + [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2][(number % 7 + step / 4) % 14] - down;
            grid.set(step, pitch, if step % 4 == 0 { Cell::Onset } else { Cell::Held });
        }
        grid
    };
    let piece = |number: usize| Piece {
        name: format!("piece {number}"),
        split: if number + 1 == count { Split::Valid } else { Split::Train },
        steps_per_bar: 16,
        melody: line(number, 0),
        parts: vec![(Role::Bass, line(number, 24)), (Role::Alto, line(number, 4))],
        played: Vec::new(),
        swing: Swing::STRAIGHT,
        roles: Vec::new(),
    };
    Dataset { pieces: (0..count).map(piece).collect(), ..Dataset::default() }
}
