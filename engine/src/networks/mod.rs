//! What every network can do: write parts to a melody of any length, and give its opinion of them.
//!
//! Must not know files, processes or MIDI: grids in, grids out.

pub mod cantus;
pub mod model_folder;
pub mod unet;

use std::ops::Range;
use std::path::PathBuf;

use ::cantus::music::Grid;

use crate::composing::postprocess::Switches;

pub use ::cantus::engine_client::PartSpec;

/// The longest melody a network takes, in steps: ten minutes at 200 quarters a minute, and some.
pub const MAX_STEPS: usize = 16_384;

/// A part of which some stays as it is.
#[derive(Clone, Debug)]
pub struct KeptPart {
    /// Its cells, as long as the melody.
    pub grid: Grid,
    /// The steps that are to be written anew; what lies outside stays. Empty where all of it stays.
    pub written: Range<usize>,
}

/// How a melody is to be accompanied.
pub struct GenerateContext<'a> {
    /// Steps in a bar of the melody, which begins on a bar line; 16 in common time.
    pub steps_per_bar: usize,
    /// The same seed gives the same notes on the CPU.
    pub seed: u64,
    /// 0 (the likeliest) to 1 (the boldest).
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy); 0.5 is what the network learned.
    pub density: f32,
    /// For each of the network's parts what of it stays, to be written around; empty where all is written. Networks
    /// that cannot listen to it write as they would without; the caller puts back what stays.
    pub kept: &'a [Option<KeptPart>],
    /// Asked between steps of work; `true` ends with [`GanError::Cancelled`].
    pub cancel: &'a dyn Fn() -> bool,
    /// Told how much of how much is done.
    pub progress: &'a dyn Fn(u64, u64),
}

impl GenerateContext<'_> {
    /// Common time, as learned, nobody watching.
    pub fn new(seed: u64) -> Self {
        Self {
            steps_per_bar: 16,
            seed,
            surprise: 0.5,
            density: 0.5,
            kept: &[],
            cancel: &|| false,
            progress: &|_, _| {},
        }
    }
}

impl std::fmt::Debug for GenerateContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GenerateContext")
            .field("steps_per_bar", &self.steps_per_bar)
            .field("seed", &self.seed)
            .field("surprise", &self.surprise)
            .field("density", &self.density)
            .finish_non_exhaustive()
    }
}

/// A network that is loaded and ready. It lives on one thread at a time.
pub trait Network: Send {
    /// The parts it writes, in the order in which it writes them.
    fn parts(&self) -> &[PartSpec];

    /// Writes one grid per part, each as long as the melody, whatever its length, key and range.
    ///
    /// # Errors
    /// [`GanError::Cancelled`] when asked to, [`GanError::TooLong`] beyond [`MAX_STEPS`], or what libtorch says.
    fn generate(&self, melody: &Grid, context: &GenerateContext<'_>) -> Result<Vec<Grid>, GanError>;

    /// How far into its quarter an off-beat eighth of its parts is played: 0.5 is straight, 2/3 a triplet's feel.
    fn swing(&self) -> f32 {
        0.5
    }

    /// Of the finishing touches that are wished for those that its style bears: what is a slip in a chorale may be
    /// jazz.
    fn bears(&self, wished: Switches) -> Switches {
        wished
    }

    /// Whether its operations are so small that threads would wait for each other longer than they compute.
    fn is_small(&self) -> bool {
        false
    }

    /// Which of its parts never play a note as short as a step; none where there are fewer than parts.
    fn sustained(&self) -> &[bool] {
        &[]
    }

    /// The critic's opinion; higher is better, comparable between takes of one melody only. 0 where no critic was kept.
    ///
    /// # Errors
    /// What libtorch says.
    fn rate(&self, melody: &Grid, parts: &[Grid]) -> Result<f32, GanError>;
}

/// What can go wrong with networks, their files and their training.
#[derive(Debug, thiserror::Error)]
pub enum GanError {
    /// Somebody asked for it.
    #[error("cancelled")]
    Cancelled,
    /// More music than a network takes at once.
    #[error("the melody has {steps} sixteenths, more than the {MAX_STEPS} a network takes")]
    TooLong {
        /// Its length in steps.
        steps: usize,
    },
    /// libtorch refused.
    #[error("the network's arithmetic failed: {0}")]
    Torch(#[from] tch::TchError),
    /// A loss or weight is no number any more.
    #[error("the training left the numbers at iteration {iteration}; a smaller learning rate may help")]
    NotFinite {
        /// Where it happened.
        iteration: u64,
    },
    /// What was asked for makes no sense.
    #[error("{0}")]
    Request(String),
    /// A file of a model or a run is not what it should be.
    #[error("{reason}: {}", path.display())]
    File {
        /// What is wrong with it.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("{doing} failed: {source}: {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// Which file.
        path: PathBuf,
    },
}

#[cfg(test)]
pub mod tests {
    //! What tests of networks share.

    use super::*;
    use ::cantus::music::Role;
    use ::cantus::music::grid::Cell;

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
}
