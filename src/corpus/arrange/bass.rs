//! Bass lines by rule, from chords.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::chords::{ChordSpan, at};
use crate::corpus::dataset::Piece;
use crate::corpus::drumming::SOFTEST;
use crate::corpus::theory::{chance, write};
use crate::music::kit::{Limb, Stroke};
use crate::music::{Cell, Grid};

/// The lowest and the highest note of a four-string bass that lines stay within.
const RANGE: (i32, i32) = (28, 52);
/// Where lines like to be.
const HOME: i32 = 38;

/// The pitch of a class within range, nearest to another.
fn near(class: u8, to: i32) -> i32 {
    (RANGE.0..=RANGE.1)
        .filter(|pitch| pitch.rem_euclid(12) == i32::from(class))
        .min_by_key(|pitch| ((pitch - to).abs(), (pitch - HOME).abs()))
        .unwrap_or(to)
}

/// Plays with the kick: roots where chords come and where the foot is on an eighth, the fifth late in a bar now and
/// then, or running eighths through a song; a step leads into the next chord where there is room.
pub fn pop(chords: &[ChordSpan], piece: &Piece, drums: &[Stroke], random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let bar_steps = piece.steps_per_bar;
    let (runs, fifths) = (chance(random, 0.2), chance(random, 0.4));
    let mut kicks = vec![false; piece.steps()];
    for stroke in drums.iter().filter(|stroke| stroke.sound.limb == Limb::Kick && stroke.velocity >= SOFTEST) {
        if let Some(kick) = kicks.get_mut(stroke.step as usize) {
            *kick = true;
        }
    }
    let comes = |step: usize| chords.iter().any(|span| span.start == step);
    let strikes: Vec<usize> = (0..piece.steps())
        .filter(|step| {
            let in_bar = step % bar_steps;
            let eighth = in_bar.is_multiple_of(2);
            comes(*step) || in_bar == 0 || eighth && (kicks[*step] || runs)
        })
        .collect();
    let mut last = HOME;
    for (index, &start) in strikes.iter().enumerate() {
        let Some(span) = at(chords, start) else { continue };
        let end = strikes.get(index + 1).copied().unwrap_or(piece.steps()).min(span.end);
        let root = near(span.chord.root, last);
        let late = start % bar_steps * 2 >= bar_steps && start != span.start;
        let pitch = if fifths && late && !runs { near(span.chord.triad()[2], root) } else { root };
        last = root;
        write(&mut grid, start, end - start, pitch);
        // a step into the next chord, on the eighth before it
        let next = at(chords, end).filter(|next| next.start == end).map(|next| near(next.chord.root, pitch));
        if let Some(next) = next.filter(|next| (next - pitch).abs() > 2 && end - start >= 6 && chance(random, 0.35)) {
            write(&mut grid, end - 2, 2, if next > pitch { next - 2 } else { next + 2 });
        }
    }
    close(&mut grid, chords, piece);
    grid
}

/// The end: from where the melody strikes its last note, the root is held.
fn close(grid: &mut Grid, chords: &[ChordSpan], piece: &Piece) {
    let Some(last) = (0..piece.steps()).rev().find(|step| piece.melody.onsets(*step).next().is_some()) else { return };
    let Some(span) = at(chords, last).or(chords.last().copied()) else { return };
    // an end in the middle of a beat is heard with the beat
    let start = last / 4 * 4;
    for step in start..piece.steps() {
        for pitch in grid.sounding(step).collect::<Vec<_>>() {
            grid.set(step, pitch, Cell::Silent);
        }
    }
    let before = (0..start).rev().find_map(|step| grid.sounding(step).next()).map_or(HOME, |pitch| pitch as i32);
    write(grid, start, piece.steps() - start, near(span.chord.root, before));
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
    close(&mut grid, chords, piece);
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
    close(&mut grid, chords, piece);
    grid
}
