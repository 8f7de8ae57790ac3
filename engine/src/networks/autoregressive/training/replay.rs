//! Drafts of earlier rounds, which the discriminator goes on hearing: without them it forgets old faults, and they
//! return. Kept in tensors, so that a training that is resumed has them.

use tch::{Kind, Tensor};

use super::set::{PASSAGE, TrainingSet};
use crate::networks::autoregressive::cells::CHORD;
use crate::networks::autoregressive::sheet::{Hidden, Sheet};
use crate::random::Source;

/// Drafts that are kept for good: the first ones.
const FIRST: i64 = 48;
/// Later ones that are kept.
const LATER: i64 = 96;

/// Where a draft's melody comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The piece's number.
    pub piece: usize,
    /// The first step.
    pub start: usize,
    /// How many steps.
    pub steps: usize,
    /// How many semitones it is moved.
    pub shift: i32,
}

impl Place {
    /// The music itself.
    pub fn sheet(self, set: &TrainingSet) -> Sheet {
        let piece = &set.pieces[self.piece];
        Sheet::new(piece, self.start..self.start + self.steps, self.shift, &Hidden::default())
    }
}

/// A draft and the music that was written to the same melody.
#[derive(Debug)]
pub struct Pair {
    /// What a person wrote.
    pub real: Sheet,
    /// The draft.
    pub draft: Sheet,
}

/// The drafts.
#[derive(Debug)]
pub struct Replay {
    /// \[drafts, PASSAGE, lines, value and onset\].
    cells: Tensor,
    /// \[drafts, piece, start, steps, shift\].
    places: Tensor,
    /// How many were ever taken in.
    taken: Tensor,
    lines: i64,
}

impl Replay {
    /// With room for drafts of so many lines.
    pub fn new(lines: usize) -> Self {
        let whole = |shape: &[i64]| Tensor::zeros(shape, (Kind::Int64, tch::Device::Cpu));
        Self {
            cells: whole(&[FIRST + LATER, PASSAGE as i64, lines as i64, 2]),
            places: whole(&[FIRST + LATER, 4]),
            taken: whole(&[1]),
            lines: lines as i64,
        }
    }

    fn taken(&self) -> i64 {
        self.taken.int64_value(&[0])
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.taken() == 0
    }

    /// Takes a draft in, in place of the oldest later one where there is no room.
    pub fn take_in(&mut self, place: Place, draft: &Sheet) {
        let taken = self.taken();
        let slot = if taken < FIRST { taken } else { FIRST + (taken - FIRST) % LATER };
        let mut cells = Vec::with_capacity(PASSAGE * self.lines as usize * 2);
        for step in 0..draft.steps().min(PASSAGE) {
            for line in 0..draft.lines() {
                cells.extend([i64::from(draft.cells.value(step, line)), i64::from(draft.cells.onset(step, line))]);
            }
        }
        cells.resize(PASSAGE * self.lines as usize * 2, 0);
        let cells = Tensor::from_slice(&cells).view([PASSAGE as i64, self.lines, 2]);
        self.cells.select(0, slot).copy_(&cells);
        let numbers = [place.piece as i64, place.start as i64, place.steps as i64, i64::from(place.shift)];
        self.places.select(0, slot).copy_(&Tensor::from_slice(&numbers));
        let _ = self.taken.f_add_scalar_(1);
    }

    /// One of those that are kept, by chance: a quarter of the first ones, half of the latest `newest`, else any.
    pub fn draw(&self, newest: usize, set: &TrainingSet, source: &mut Source) -> Pair {
        let taken = self.taken();
        let kept = taken.min(FIRST + LATER);
        let dice = source.uniform();
        let slot = if dice < 0.25 || taken <= FIRST {
            source.below(kept.min(FIRST) as usize) as i64
        } else {
            let reach = if dice < 0.7 { newest as i64 } else { LATER };
            let later = taken - FIRST;
            let back = source.below(reach.min(later).min(LATER) as usize) as i64;
            FIRST + (later - 1 - back) % LATER
        };
        let numbers: [i64; 4] = std::array::from_fn(|column| self.places.int64_value(&[slot, column as i64]));
        let place = Place {
            piece: (numbers[0] as usize).min(set.pieces.len() - 1),
            start: numbers[1] as usize,
            steps: numbers[2] as usize,
            shift: numbers[3] as i32,
        };
        let real = place.sheet(set);
        let mut draft = real.clone();
        let cells = Vec::<i64>::try_from(self.cells.select(0, slot).contiguous().view(-1)).unwrap_or_default();
        for step in 0..draft.steps() {
            for line in CHORD..draft.lines() {
                let at = (step * self.lines as usize + line) * 2;
                if let [value, onset] = cells[at..at + 2] {
                    draft.cells.write(step, line, value as u8, onset > 0);
                }
            }
        }
        Pair { real, draft }
    }

    /// What a checkpoint keeps.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let named = [("cells", &self.cells), ("places", &self.places), ("taken", &self.taken)];
        named.map(|(name, tensor)| (format!("replay.{name}"), tensor.shallow_clone())).into()
    }
}
