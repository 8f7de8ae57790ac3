//! Options for loading a font: a cache, a progress callback, a way to cancel.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What loading is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// The file is opened and its tables are checked.
    Checking,
    /// Compressed samples are decoded; the share that is done, 0 to 1.
    Decoding(f32),
}

/// Options for loading.
#[derive(Clone, Copy)]
pub struct Loading<'a> {
    /// A folder for the decoded form of compressed fonts, so that they need no decoding the next time. It is created
    /// when needed, and holds 2 GiB at most.
    pub cache: Option<&'a Path>,
    /// Called often, on the thread that loads.
    pub progress: &'a dyn Fn(Stage),
    /// Set to cancel.
    pub cancelled: Option<&'a AtomicBool>,
}

impl<'a> Loading<'a> {
    /// With a cache and no other options.
    pub fn cached(cache: Option<&'a Path>) -> Self {
        Self { cache, progress: &|_| {}, cancelled: None }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.is_some_and(|cancelled| cancelled.load(Ordering::Relaxed))
    }
}
