//! What tests share: small networks without weights, tunes, and data sets of them.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::error::Error;
use crate::network::{GenerateContext, Network, PartSpec, Written};
use cantus::corpus::{Dataset, Piece, Split};
use cantus::music::swing::Swing;
use cantus::music::{Cell, Chord, Grid, Role};

/// What a [`Toy`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Nothing at all.
    Silent,
    /// A note here and there, anywhere on the keyboard.
    Sparse,
    /// Nearly every cell.
    Dense,
    /// It panics.
    Panicking,
    /// It never comes to an end, unless cancelled.
    Endless,
}

/// A network that follows its habit and its seed.
#[derive(Debug)]
pub struct Toy {
    habit: Habit,
    specs: Vec<PartSpec>,
    /// How it swings.
    pub swing: f32,
    /// The root of the major chord that it writes on every step, if it has chords.
    pub chord: Option<u8>,
}

impl Toy {
    /// Bass, chords and drums.
    pub fn new(habit: Habit) -> Self {
        let spec = |role, name: &str, program, low, high| PartSpec {
            role,
            name: name.into(),
            program,
            is_drum: role == Role::Drums,
            low,
            high,
        };
        Self {
            habit,
            swing: 0.5,
            chord: None,
            specs: vec![
                spec(Role::Bass, "Bass", 32, 28, 55),
                spec(Role::Chords, "Piano", 0, 48, 84),
                spec(Role::Drums, "Drums", 0, 35, 81),
            ],
        }
    }
}

impl Network for Toy {
    fn parts(&self) -> &[PartSpec] {
        &self.specs
    }

    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Written, Error> {
        let share = match self.habit {
            Habit::Silent => 0.0,
            Habit::Sparse => 0.003,
            Habit::Dense => 0.9,
            Habit::Panicking => panic!("the toy is broken"),
            Habit::Endless => loop {
                if (context.cancel)() {
                    return Err(Error::Cancelled);
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            },
        };
        let mut chance = ChaCha8Rng::seed_from_u64(context.seed);
        let mut grids = Vec::new();
        for part in 0..self.specs.len() {
            let mut grid = Grid::silent(melody.steps());
            for step in 0..melody.steps() {
                for pitch in 0..128 {
                    if chance.random_bool(share) {
                        grid.set(step, pitch, if chance.random_bool(0.5) { Cell::Onset } else { Cell::Held });
                    }
                }
            }
            grids.push(grid);
            (context.progress)(part as u64 + 1, self.specs.len() as u64);
            if (context.cancel)() {
                return Err(Error::Cancelled);
            }
        }
        let chord = self.chord.map(|root| (Chord::major(root), root));
        let chords = chord.map_or_else(Vec::new, |chord| vec![Some(chord); melody.steps()]);
        Ok(Written { parts: grids, chords, ..Written::default() })
    }

    fn swing(&self) -> f32 {
        self.swing
    }

    fn rate(&self, _melody: &Grid, parts: &[Grid]) -> Result<f32, Error> {
        Ok(parts
            .iter()
            .map(|grid| (0..grid.steps()).map(|step| grid.onsets(step).count()).sum::<usize>())
            .sum::<usize>() as f32)
    }
}

/// A part of a role within a range.
pub fn part(role: Role, low: u8, high: u8) -> PartSpec {
    PartSpec { role, name: format!("{role:?}"), program: 52, is_drum: false, low, high }
}

/// A scale up and down in quarters, from middle C.
pub fn tune(steps: usize) -> Grid {
    let mut grid = Grid::silent(steps);
    for step in 0..steps {
        let pitch = 60 + [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2][step / 4 % 14];
        grid.set(step, pitch, if step % 4 == 0 { Cell::Onset } else { Cell::Held });
    }
    grid
}

/// A melody with a third and an octave below.
pub fn chorale(number: usize) -> [(Role, Grid); 3] {
    let melody = tune(64 + number).window(number % 7 * 4, 64);
    let below = |down: usize| {
        let mut grid = Grid::silent(64);
        for step in 0..64 {
            for pitch in melody.sounding(step) {
                grid.set(step, pitch - down, melody.get(step, pitch));
            }
        }
        grid
    };
    let (alto, bass) = (below(4), below(24));
    [(Role::Melody, melody), (Role::Alto, alto), (Role::Bass, bass)]
}

/// A data set of such pieces, the last of them held out.
pub fn chorales(count: usize) -> Dataset {
    let piece = |number: usize| {
        let [(_, melody), alto, bass] = chorale(number);
        Piece {
            name: format!("piece {number}"),
            split: if number + 1 == count { Split::Valid } else { Split::Train },
            steps_per_bar: 16,
            melody,
            parts: vec![bass, alto],
            played: Vec::new(),
            swing: Swing::STRAIGHT,
            roles: Vec::new(),
        }
    };
    Dataset { pieces: (0..count).map(piece).collect(), ..Dataset::default() }
}
