//! An acoustic guitar by rule, from chords: strummed, picked or both, as people who sing to it play.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::chords::{ChordSpan, at};
use super::comping::close;
use crate::corpus::dataset::Piece;
use crate::corpus::theory::{chance, write};
use crate::music::{Cell, Chord, Grid};

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

/// A bar, sixteenth by sixteenth: `F`ull and `u`pper strokes, `R`oot and `5`th, upper strings `0` to `2`, and `P` for
/// the root pinched with string 2.
type Figure = &'static str;

/// Ways to play a bar; each song keeps to one of these sets, with another for its choruses.
const HANDS: [&[Figure]; 6] = [
    // strumming in quarters and eighths
    &["F...F.u...u.F.u.", "F...F.u.u...F.u.", "F...F...F...F.u.", "F.....u...u.F..."],
    // driving eighths
    &["F.u.F.u.F.u.F.u.", "F.u.u.u.F.u.u.F.", "F...F.F.F...F.F."],
    // bass and chord in turns
    &["R...u...5...u...", "R...u.u.5...u.u.", "R...u...R.u.u..."],
    // picked, with a bass in quarters
    &["R.1.5.2.R.1.5.2.", "R.2.5.1.R.0.5.1.", "P...5.1.R.2.5.1."],
    // chords taken apart
    &["R.0.1.2.1.0.1.0.", "R.0.1.2.5.1.2.1.", "R...0.1.2...1..."],
    // slow
    &["F...............", "F.......u.......", "R...u.......u...", "F...........u.u."],
];

/// The strokes of a bar with their steps.
fn strokes(figure: Figure) -> Vec<(usize, Stroke)> {
    let at = |(step, code): (usize, char)| {
        let strokes: &[Stroke] = match code {
            'F' => &[Stroke::Full],
            'u' => &[Stroke::Upper],
            'R' => &[Stroke::Root],
            '5' => &[Stroke::Fifth],
            '0' => &[Stroke::String(0)],
            '1' => &[Stroke::String(1)],
            '2' => &[Stroke::String(2)],
            'P' => &[Stroke::Root, Stroke::String(2)],
            _ => &[],
        };
        strokes.iter().map(move |stroke| (step, *stroke))
    };
    figure.chars().enumerate().flat_map(at).collect()
}

/// The lowest string and the highest fret that these hands use.
const LOWEST: i32 = 40;
const HIGHEST: i32 = 74;

/// The guitar of a song: one way of playing, in its choruses often another; figures change among those of the way, and
/// a stroke is left out now and then.
pub fn guitar(chords: &[ChordSpan], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let mut hand = || HANDS[random.random_range(0..HANDS.len())];
    let (verse, other) = (hand(), hand());
    let chorus = if chance(random, 0.6) { other } else { verse };
    let position = random.random_range(54..=62);
    let habit = random.random_range(0..8);
    for bar in 0..piece.bars() {
        let figures = if (bar / 8).is_multiple_of(2) { verse } else { chorus };
        let nth = if chance(random, 0.6) { habit % figures.len() } else { random.random_range(0..figures.len()) };
        let figure = strokes(figures[nth]);
        let first = bar * piece.steps_per_bar;
        for (index, &(step, stroke)) in figure.iter().enumerate().filter(|(_, (step, _))| *step < piece.steps_per_bar) {
            if step > 0 && chance(random, 0.06) {
                continue;
            }
            // a stroke just before the bar line belongs to the chord that comes, as hands have it that strum on
            let ahead = step + 2 >= piece.steps_per_bar && stroke == Stroke::Full && chance(random, 0.5);
            let heard = first + step + if ahead { 2 } else { 0 };
            let Some(span) = at(chords, heard) else { continue };
            let next = figure[index + 1..].iter().map(|(step, _)| *step).find(|next| *next > step);
            let rings = match stroke {
                // what is picked rings on under the next
                Stroke::Root | Stroke::Fifth | Stroke::String(_) => 6,
                Stroke::Full | Stroke::Upper => next.unwrap_or(piece.steps_per_bar).saturating_sub(step),
            };
            let start = first + step;
            let length = rings.clamp(1, 16).min(span.end.max(start + 1) - start);
            for pitch in pitches(span.chord, stroke, position) {
                damp(&mut grid, start, pitch);
                write(&mut grid, start, length, pitch);
            }
        }
    }
    grid
}

/// Ends what still rings of a pitch's string where it is struck anew: a pitch has one string here.
fn damp(grid: &mut Grid, start: usize, pitch: i32) {
    let pitch = pitch.clamp(0, 127) as usize;
    let held = (start..grid.steps()).take_while(|&step| grid.get(step, pitch) == Cell::Held).count();
    (start..start + held).for_each(|step| grid.set(step, pitch, Cell::Silent));
}

/// What a stroke sounds: the root below, three more from the chord around the hand's position.
fn pitches(chord: Chord, stroke: Stroke, position: i32) -> Vec<i32> {
    let low = |class: u8| LOWEST + (i32::from(class) - LOWEST).rem_euclid(12);
    let root = low(chord.root);
    let mut upper = close(chord.classes(), position);
    upper.retain(|pitch| *pitch > root + 2 && *pitch <= HIGHEST);
    if upper.len() > 3 {
        // the seventh tells more than the fifth
        upper.retain(|pitch| pitch.rem_euclid(12) != i32::from(chord.triad()[2]));
        upper.truncate(3);
    }
    match stroke {
        Stroke::Full => std::iter::once(root).chain(upper).collect(),
        Stroke::Upper => upper,
        Stroke::Root => vec![root],
        Stroke::Fifth => {
            let fifth = low(chord.triad()[2]);
            vec![if fifth == root { root + 12 } else { fifth }]
        }
        Stroke::String(number) => upper.get(number % upper.len().max(1)).copied().into_iter().collect(),
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
                    let near = |span: &&ChordSpan| (span.start..span.end + 2).contains(&(step + 2));
                    assert!(chords.iter().filter(near).any(|span| span.chord.contains(pitch as i32)));
                }
            }
            struck_per_bar.insert(struck / piece.bars());
        }
        assert!(struck_per_bar.len() >= 4, "{struck_per_bar:?}");
    }
}
