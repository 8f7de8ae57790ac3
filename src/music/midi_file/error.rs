//! Why a file was refused.

use super::limits::MAX_FILE_BYTES;
use crate::plural::counted;

/// Why bytes were not taken for a score. Everything short of this is read, with [`Notice`](super::Notice)s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no header as MIDI files have one.
    #[error("not a MIDI file")]
    NotMidi,
    /// The same, where what it is can be told: `a WAV file`.
    #[error("not a MIDI file: this is {0}")]
    Foreign(&'static str),
    /// There is nothing at all.
    #[error("the file is empty")]
    Empty,
    /// Too much to hold in memory.
    #[error("the file is larger than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// The header ends before it says all it must.
    #[error("the file is cut off inside its header (byte {byte})")]
    HeaderCutOff {
        /// Where it ends.
        byte: usize,
    },
    /// A header and nothing behind it.
    #[error("the file declares {} but holds none (byte {byte})", counted(usize::from(*declared), "track"))]
    NoTracks {
        /// What the header says.
        declared: u16,
        /// Where the search began.
        byte: usize,
    },
}
