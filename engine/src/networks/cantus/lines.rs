//! The lines that this network writes.

use serde::{Deserialize, Serialize};

/// Lines a network may have at most: so many voices in all its parts.
pub const MAX_LINES: usize = 16;

/// One line: a voice of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSpec {
    /// Which of the parts it belongs to.
    pub part: usize,
    /// The lowest pitch it strikes, in C major or A minor.
    pub low: u8,
    /// The highest.
    pub high: u8,
}
