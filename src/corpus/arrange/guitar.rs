//! An acoustic guitar by rule, from chords: strummed, picked or both, as people who sing to it play.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::chords::Chord;
use super::comping::close;
use crate::corpus::Piece;
use crate::corpus::theory::{chance, write};
use crate::music::Grid;

/// Which strings a stroke takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stroke {
    /// All of them.
    Full,
    /// All but the lowest.
    Upper,
    /// The root on the lowest.
    Root,
    /// The fifth on a low string.
    Fifth,
    /// One of the upper strings, from the lowest of them.
    String(usize),
}

use Stroke::{Fifth, Full, Root, String, Upper};

/// A bar: where which strings are struck.
type Figure = &'static [(usize, Stroke)];

/// Ways to play a bar; each song keeps to one of these sets, with another for its choruses.
const HANDS: [&[Figure]; 6] = [
    // strumming in quarters and eighths
    &[
        &[(0, Full), (4, Full), (6, Upper), (10, Upper), (12, Full), (14, Upper)],
        &[(0, Full), (4, Full), (6, Upper), (8, Upper), (12, Full), (14, Upper)],
        &[(0, Full), (4, Full), (8, Full), (12, Full), (14, Upper)],
        &[(0, Full), (6, Upper), (10, Upper), (12, Full)],
    ],
    // driving eighths
    &[
        &[(0, Full), (2, Upper), (4, Full), (6, Upper), (8, Full), (10, Upper), (12, Full), (14, Upper)],
        &[(0, Full), (2, Upper), (4, Upper), (6, Upper), (8, Full), (10, Upper), (12, Upper), (14, Full)],
        &[(0, Full), (4, Full), (6, Full), (8, Full), (12, Full), (14, Full)],
    ],
    // bass and chord in turns
    &[
        &[(0, Root), (4, Upper), (8, Fifth), (12, Upper)],
        &[(0, Root), (4, Upper), (6, Upper), (8, Fifth), (12, Upper), (14, Upper)],
        &[(0, Root), (4, Upper), (8, Root), (10, Upper), (12, Upper)],
    ],
    // picked, with a bass in quarters
    &[
        &[
            (0, Root),
            (2, String(1)),
            (4, Fifth),
            (6, String(2)),
            (8, Root),
            (10, String(1)),
            (12, Fifth),
            (14, String(2)),
        ],
        &[
            (0, Root),
            (2, String(2)),
            (4, Fifth),
            (6, String(1)),
            (8, Root),
            (10, String(0)),
            (12, Fifth),
            (14, String(1)),
        ],
        &[
            (0, Root),
            (0, String(2)),
            (4, Fifth),
            (6, String(1)),
            (8, Root),
            (10, String(2)),
            (12, Fifth),
            (14, String(1)),
        ],
    ],
    // chords taken apart
    &[
        &[
            (0, Root),
            (2, String(0)),
            (4, String(1)),
            (6, String(2)),
            (8, String(1)),
            (10, String(0)),
            (12, String(1)),
            (14, String(0)),
        ],
        &[
            (0, Root),
            (2, String(0)),
            (4, String(1)),
            (6, String(2)),
            (8, Fifth),
            (10, String(1)),
            (12, String(2)),
            (14, String(1)),
        ],
        &[(0, Root), (4, String(0)), (6, String(1)), (8, String(2)), (12, String(1))],
    ],
    // slow
    &[
        &[(0, Full)],
        &[(0, Full), (8, Upper)],
        &[(0, Root), (4, Upper), (12, Upper)],
        &[(0, Full), (12, Upper), (14, Upper)],
    ],
];

/// The lowest string and the highest fret that these hands use.
const LOWEST: i32 = 40;
const HIGHEST: i32 = 74;

/// The guitar of a song: one way of playing, in its choruses often another; figures change among those of the way, and a stroke is left
/// out now and then.
pub fn guitar(chords: &[Chord], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let mut hand = || HANDS[random.random_range(0..HANDS.len())];
    let (verse, other) = (hand(), hand());
    let chorus = if chance(random, 0.6) { other } else { verse };
    let position = random.random_range(54..=62);
    let habit = random.random_range(0..8);
    for bar in 0..piece.bars() {
        let figures = if (bar / 8).is_multiple_of(2) { verse } else { chorus };
        let figure = if chance(random, 0.6) {
            figures[habit % figures.len()]
        } else {
            figures[random.random_range(0..figures.len())]
        };
        let first = bar * piece.steps_per_bar;
        for (index, &(step, stroke)) in figure.iter().enumerate().filter(|(_, (step, _))| *step < piece.steps_per_bar) {
            if step > 0 && chance(random, 0.06) {
                continue;
            }
            // a stroke just before the bar line belongs to the chord that comes, as hands have it that strum on
            let ahead = step + 2 >= piece.steps_per_bar && matches!(stroke, Full) && chance(random, 0.5);
            let heard = first + step + if ahead { 2 } else { 0 };
            let Some(chord) = chords.iter().find(|chord| (chord.start..chord.end).contains(&heard)) else {
                continue;
            };
            let next = figure[index + 1..].iter().map(|(step, _)| *step).find(|next| *next > step);
            let rings = match stroke {
                // what is picked rings on under the next
                Root | Fifth | String(_) => 6,
                Full | Upper => next.unwrap_or(piece.steps_per_bar).saturating_sub(step),
            };
            let start = first + step;
            let length = rings.clamp(1, 16).min(chord.end.max(start + 1) - start);
            for pitch in pitches(*chord, stroke, position) {
                damp(&mut grid, start, pitch);
                write(&mut grid, start, length, pitch);
            }
        }
    }
    grid
}

/// Ends what still rings of a pitch's string where it is struck anew: a pitch has one string here.
fn damp(grid: &mut Grid, start: usize, pitch: i32) {
    let mut step = start;
    while step < grid.steps() && grid.get(step, pitch.clamp(0, 127) as usize) == crate::music::Cell::Held {
        grid.set(step, pitch.clamp(0, 127) as usize, crate::music::Cell::Silent);
        step += 1;
    }
}

/// What a stroke sounds: the root below, three more from the chord around the hand's position.
fn pitches(chord: Chord, stroke: Stroke, position: i32) -> Vec<i32> {
    let low = |class: u8| LOWEST + (i32::from(class) - LOWEST).rem_euclid(12);
    let root = low(chord.root);
    let mut upper = close(chord.classes(), position);
    upper.retain(|pitch| *pitch > root + 2 && *pitch <= HIGHEST);
    if upper.len() > 3 {
        // the seventh tells more than the fifth
        upper.retain(|pitch| pitch.rem_euclid(12) != i32::from(chord.fifth()));
        upper.truncate(3);
    }
    match stroke {
        Full => std::iter::once(root).chain(upper).collect(),
        Upper => upper,
        Root => vec![root],
        Fifth => {
            let fifth = low(chord.fifth());
            vec![if fifth == root { root + 12 } else { fifth }]
        }
        String(number) => upper.get(number % upper.len().max(1)).copied().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;
    use crate::corpus::arrange::chords::{chords, half_bar};
    use crate::corpus::builtin::Style;
    use crate::music::Role;

    #[test]
    fn hands_play_the_chords_and_not_always_the_same() {
        let mut struck_per_bar = std::collections::BTreeSet::new();
        for number in 0..12 {
            let piece = Style::Pop.piece(4, number);
            let chords = chords(piece.part(Role::Chords).unwrap(), half_bar(piece.steps_per_bar));
            let grid = guitar(&chords, &piece, &mut ChaCha8Rng::seed_from_u64(number));
            let mut struck = 0;
            for step in 0..grid.steps() {
                assert!(grid.sounding(step).count() <= 8, "more than hands can hold");
                for pitch in grid.onsets(step) {
                    struck += 1;
                    assert!((LOWEST..=HIGHEST).contains(&(pitch as i32)), "{pitch}");
                    let near = |chord: &&Chord| (chord.start..chord.end + 2).contains(&(step + 2));
                    assert!(chords.iter().filter(near).any(|chord| chord.contains(pitch as i32)));
                }
            }
            struck_per_bar.insert(struck / piece.bars());
        }
        assert!(struck_per_bar.len() >= 4, "{struck_per_bar:?}");
    }
}
