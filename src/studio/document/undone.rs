//! What undo or redo did last, which is said for a moment.

use std::time::{Duration, Instant};

/// For how long it is said.
const SAID: Duration = Duration::from_secs(5);

/// What was taken back or made again.
#[derive(Clone, Debug)]
pub struct Undone {
    text: String,
    at: Instant,
    /// The revision of the score that came of it.
    revision: u64,
}

impl Undone {
    /// Something that was done just now.
    pub fn new(text: String, revision: u64) -> Self {
        Self { text, at: Instant::now(), revision }
    }

    /// What is said, and for how long still: until something else is done.
    pub fn said(&self, revision: u64) -> Option<(&str, Duration)> {
        let left = SAID.checked_sub(self.at.elapsed())?;
        (revision == self.revision).then_some((&self.text, left))
    }
}
