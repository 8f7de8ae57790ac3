//! A part as two bit planes, one 128-bit word a step: what counting and comparing run on, because it happens while
//! training.

use crate::music::grid::PITCHES;
use crate::music::{Cell, Grid};

/// Which pitches are struck and which sound, step by step; bit `p` is pitch number `p`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planes {
    /// Struck here.
    pub onset: Vec<u128>,
    /// Sounding here, whether struck or held.
    pub sound: Vec<u128>,
}

impl From<&Grid> for Planes {
    fn from(grid: &Grid) -> Self {
        let mut planes = Self { onset: vec![0; grid.steps()], sound: vec![0; grid.steps()] };
        for step in 0..grid.steps() {
            for pitch in grid.sounding(step) {
                planes.sound[step] |= 1 << pitch;
                if grid.get(step, pitch) == Cell::Onset {
                    planes.onset[step] |= 1 << pitch;
                }
            }
        }
        planes
    }
}

impl From<&Planes> for Grid {
    fn from(planes: &Planes) -> Self {
        let mut grid = Self::silent(planes.steps());
        for (step, (sound, onset)) in planes.sound.iter().zip(&planes.onset).enumerate() {
            for pitch in bits(*sound) {
                grid.set(step, pitch, if onset >> pitch & 1 == 1 { Cell::Onset } else { Cell::Held });
            }
        }
        grid
    }
}

/// A note as the planes hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridNote {
    /// First step.
    pub step: usize,
    /// Pitch number.
    pub pitch: usize,
    /// Length in steps, at least 1.
    pub length: usize,
}

impl Planes {
    /// Length in steps.
    pub fn steps(&self) -> usize {
        self.sound.len()
    }

    /// The notes, step by step from low to high; what is held from before the first step is none.
    pub fn notes(&self) -> impl Iterator<Item = GridNote> + '_ {
        (0..self.steps()).flat_map(move |step| {
            bits(self.onset[step]).map(move |pitch| {
                let goes_on = |at: &usize| self.sound[*at] >> pitch & 1 == 1 && self.onset[*at] >> pitch & 1 == 0;
                let length = 1 + (step + 1..self.steps()).take_while(goes_on).count();
                GridNote { step, pitch, length }
            })
        })
    }

    /// The bars, each as its range of steps; the last may be short.
    pub fn bars(&self, steps_per_bar: usize) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let (steps, length) = (self.steps(), steps_per_bar.max(1));
        (0..steps).step_by(length).map(move |first| first..(first + length).min(steps))
    }

    /// The same some semitones higher; what would leave the keyboard is lost.
    #[must_use]
    pub fn transposed(&self, semitones: i32) -> Self {
        let moved = |word: &u128| match semitones {
            0.. => word.checked_shl(semitones.unsigned_abs()).unwrap_or(0),
            _ => word.checked_shr(semitones.unsigned_abs()).unwrap_or(0),
        };
        let all = |words: &[u128]| words.iter().map(moved).collect();
        Self { onset: all(&self.onset), sound: all(&self.sound) }
    }

    /// How like what is struck in some steps from `a` on is to that from `b` on: cells struck in both / cells struck in
    /// either (Jaccard); `None` where nothing is.
    pub fn likeness(&self, a: usize, b: usize, steps: usize) -> Option<f64> {
        let pairs = self.onset[a..].iter().zip(&self.onset[b..]).take(steps);
        let (both, either) =
            pairs.fold((0, 0), |(both, either), (a, b)| (both + (a & b).count_ones(), either + (a | b).count_ones()));
        (either > 0).then(|| f64::from(both) / f64::from(either))
    }

    /// How many cells sound.
    pub fn cells(&self) -> u64 {
        self.sound.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// The numbers of the bits set, from low to high.
pub fn bits(mut word: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros() as usize;
            word &= word - 1;
            bit
        })
    })
}

/// How many bits of each pitch class are set.
pub fn classes(word: u128) -> [u32; 12] {
    std::array::from_fn(|class| (word & (CLASS << class)).count_ones())
}

/// Every twelfth bit: all pitches of class C (numbers up to 120; the shift moves the others in).
const CLASS: u128 = {
    let mut word = 0;
    let mut pitch = 0;
    while pitch < PITCHES {
        word |= 1 << pitch;
        pitch += 12;
    }
    word
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    #[test]
    fn notes_come_back() {
        let note = |start, duration, pitch| note(start, duration, pitch);
        let grid = Grid::from_notes(&[note(0, 480, 60), note(480, 240, 60), note(480, 120, 127)], 0, 9);
        let planes = Planes::from(&grid);
        let notes: Vec<_> = planes.notes().map(|note| (note.step, note.pitch, note.length)).collect();
        assert_eq!(notes, [(0, 60, 4), (4, 60, 2), (4, 127, 1)]);
        assert_eq!(planes.cells(), 7);
        assert_eq!(Grid::from(&planes), grid);
        let likeness = [(0, 0), (0, 4), (1, 5)].map(|(a, b)| planes.likeness(a, b, 2));
        assert_eq!(likeness, [Some(1.0), Some(0.5), None]);
        let notes: Vec<_> = planes.transposed(1).notes().map(|note| (note.step, note.pitch)).collect();
        assert_eq!(notes, [(0, 61), (4, 61)]);
        assert_eq!(planes.transposed(-60).onset[0], 1);
        assert_eq!(planes.bars(4).collect::<Vec<_>>(), [0..4, 4..8, 8..9]);
    }

    #[test]
    fn classes_are_pitches_modulo_twelve() {
        let word = 1 << 60 | 1 << 72 | 1 << 127 | 1 << 11;
        let mut expected = [0; 12];
        (expected[0], expected[7], expected[11]) = (2, 1, 1);
        assert_eq!(classes(word), expected);
        assert_eq!(bits(word).collect::<Vec<_>>(), [11, 60, 72, 127]);
    }
}
