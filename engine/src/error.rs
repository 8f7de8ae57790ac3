//! What can go wrong with networks, their files and their training.

use std::path::PathBuf;

/// What can go wrong with networks, their files and their training.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody asked for it.
    #[error("cancelled")]
    Cancelled,
    /// More music than a network takes at once.
    #[error("the melody has {steps} sixteenths, more than the {most} a network takes")]
    TooLong {
        /// Its length in steps.
        steps: usize,
        /// The longest that is taken.
        most: usize,
    },
    /// libtorch refused.
    #[error("the network's arithmetic failed: {0}")]
    Torch(#[from] tch::TchError),
    /// Losses or weights have grown without bound, or are no numbers any more.
    #[error(
        "the training diverged at iteration {iteration}: its losses grew without bound; try a smaller learning rate"
    )]
    Diverged {
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

/// Whether libtorch means that memory did not suffice, on whatever device.
pub fn is_out_of_memory(message: &str) -> bool {
    let message = message.to_lowercase();
    ["out of memory", "can't allocate memory", "not enough memory"].iter().any(|words| message.contains(words))
}

/// What a panic said.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
}
