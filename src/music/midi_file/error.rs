//! Why a file was refused.

use super::limits::MAX_FILE_BYTES;
use crate::music::{MAX_TICK, Score, TICKS_PER_QUARTER};

/// Why bytes were not taken for a score, and where in them. Tracks are counted from 1, bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It does not begin as MIDI files do.
    #[error("not a MIDI file")]
    NotMidi,
    /// Too much to hold in memory.
    #[error("the file is too large: {bytes} bytes, and at most {MAX_FILE_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The header ends before it says all it must.
    #[error("the file is cut off inside its header (byte {byte})")]
    HeaderCutOff {
        /// Where it ends.
        byte: usize,
    },
    /// A header chunk that declares less than its six bytes.
    #[error("the file's header is damaged: it declares {declared} bytes instead of 6 (byte 4)")]
    HeaderTooShort {
        /// What it declares.
        declared: u32,
    },
    /// Several songs in one file.
    #[error("MIDI files of type 2 (several independent songs in one) are not supported, only types 0 and 1 (byte 8)")]
    TypeTwo,
    /// A type that does not exist.
    #[error("there is no MIDI file type {number} (byte 8)")]
    UnknownType {
        /// What the file says.
        number: u16,
    },
    /// Time in film frames.
    #[error("the file counts time in SMPTE frames instead of beats, so it has no bars (byte 12)")]
    Smpte,
    /// A beat of zero ticks.
    #[error("the file says that a beat has 0 ticks (byte 12)")]
    ZeroTicksPerBeat,
    /// A track that is longer than the rest of the file.
    #[error("track {track} is cut off: it declares {declared} bytes, but only {left} are left (byte {byte})")]
    TrackCutOff {
        /// Which track.
        track: usize,
        /// Where the track's events begin.
        byte: usize,
        /// Bytes it should have.
        declared: u32,
        /// Bytes there are.
        left: usize,
    },
    /// The file ends before all its tracks came.
    #[error("the file declares {declared} tracks but holds {found}; it ends at byte {byte}")]
    TracksMissing {
        /// What the header says.
        declared: u16,
        /// Tracks found.
        found: usize,
        /// Where the search ended.
        byte: usize,
    },
    /// Something in a track is not a MIDI event.
    #[error("track {track} is damaged at byte {byte}: {problem}")]
    BadEvent {
        /// Which track.
        track: usize,
        /// Where the event begins.
        byte: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Later than [`MAX_TICK`].
    #[error("track {track} is longer than {} beats (byte {byte})", MAX_TICK / TICKS_PER_QUARTER)]
    TooLong {
        /// Which track.
        track: usize,
        /// Where the event begins.
        byte: usize,
    },
    /// More than [`Score::MAX_PARTS`].
    #[error("the file has more than {} parts; the next one begins in track {track} (byte {byte})", Score::MAX_PARTS)]
    TooManyParts {
        /// Which track.
        track: usize,
        /// Where the event begins.
        byte: usize,
    },
}
