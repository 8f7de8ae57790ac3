//! How a font is loaded: where decoded ones are kept, who is told how far it is, and whether it is still wanted.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What loading is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// The file is opened and its tables are checked.
    Checking,
    /// Compressed samples are decoded; the share that is done, 0 to 1.
    Decoding(f32),
}

/// The circumstances of a load.
#[derive(Clone, Copy)]
pub struct Loading<'a> {
    /// A folder for the decoded samples of compressed fonts, so that they need no decoding the next time. It is made
    /// where it is missing, and holds 2 GiB at most.
    pub cache: Option<&'a Path>,
    /// Told where it is; called often, from the thread that loads.
    pub progress: &'a dyn Fn(Stage),
    /// Set by whoever no longer wants the font.
    pub cancelled: Option<&'a AtomicBool>,
}

impl<'a> Loading<'a> {
    /// With a cache, and otherwise as it comes.
    pub fn cached(cache: Option<&'a Path>) -> Self {
        Self { cache, progress: &|_| {}, cancelled: None }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.is_some_and(|cancelled| cancelled.load(Ordering::Relaxed))
    }
}

impl std::fmt::Debug for Loading<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Loading").field("cache", &self.cache).finish_non_exhaustive()
    }
}
