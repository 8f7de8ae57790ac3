//! Small networks without weights, for tests of what surrounds a network.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::{GanError, GenerateContext, Network, PartSpec};
use cantus::music::{Cell, Grid, Role};

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

    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Vec<Grid>, GanError> {
        let share = match self.habit {
            Habit::Silent => 0.0,
            Habit::Sparse => 0.003,
            Habit::Dense => 0.9,
            Habit::Panicking => panic!("the toy is broken"),
            Habit::Endless => loop {
                if (context.cancel)() {
                    return Err(GanError::Cancelled);
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
                return Err(GanError::Cancelled);
            }
        }
        Ok(grids)
    }

    fn swing(&self) -> f32 {
        self.swing
    }

    fn rate(&self, _melody: &Grid, parts: &[Grid]) -> Result<f32, GanError> {
        Ok(parts
            .iter()
            .map(|grid| (0..grid.steps()).map(|step| grid.onsets(step).count()).sum::<usize>())
            .sum::<usize>() as f32)
    }
}
