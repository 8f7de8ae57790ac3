//! Standard MIDI files: a [`Score`](super::Score) from bytes and back.
//!
//! Knows bytes only; opening, naming and saving files is others' work.
//!
//! What [`write()`] writes, [`read()`] gives back equal for every score in canonical form:
//! - notes and controls are sorted, and notes of one pitch end in the order in which they began (a file pairs each
//!   note-off with the oldest open note of its key);
//! - nothing lies beyond [`MAX_TICK`], keys have one change a tick, `melody` names a part that exists;
//! - names have no control characters, no blanks around them, and at most [`MAX_NAME_CHARS`] characters;
//! - controllers, bends and pressures are within MIDI's ranges.
//!
//! A file of ours says what MIDI has no word for (role, colour, mute, which part is the melody) in a
//! sequencer-specific event of each track, which other programs skip.

mod assemble;
mod mark;
mod read;
mod write;

pub use read::{MidiFile, read, read_file};
pub use write::write;

use super::Tick;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 16 << 20;
/// Where a score ends at the latest, read or written: 39 hours at 120 quarters a minute.
pub const MAX_TICK: Tick = 1 << 27;
/// The most parts a file may hold.
pub const MAX_PARTS: usize = 1024;
/// Longer names are cut.
pub const MAX_NAME_CHARS: usize = 200;

/// The index of the channel that General MIDI keeps for drums ("channel 10").
const DRUM_CHANNEL: u8 = 9;

/// Why bytes were not taken for a score, and where in them. Tracks are counted from 1, bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It does not begin as MIDI files do.
    #[error("this is not a MIDI file: it does not begin with MThd")]
    NotMidi,
    /// Too much to hold in memory.
    #[error("the file is too large: {bytes} bytes, at most {MAX_FILE_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The header ends before it says all it must.
    #[error("the file ends inside its header, at byte {byte}")]
    HeaderCutOff {
        /// Where it ends.
        byte: usize,
    },
    /// A header chunk that declares less than its six bytes.
    #[error("the header declares {declared} bytes instead of 6, at byte 4")]
    HeaderTooShort {
        /// What it declares.
        declared: u32,
    },
    /// Several songs in one file.
    #[error("this is a type 2 file (several independent songs in one), only types 0 and 1 are read; at byte 8")]
    TypeTwo,
    /// A type that does not exist.
    #[error("there is no MIDI file of type {number}, at byte 8")]
    UnknownType {
        /// What the file says.
        number: u16,
    },
    /// Time in film frames.
    #[error("the file counts time in SMPTE frames instead of beats, which has no bars to show; at byte 12")]
    Smpte,
    /// A beat of zero ticks.
    #[error("the file says that a beat has 0 ticks, at byte 12")]
    ZeroTicksPerBeat,
    /// A track that is longer than the rest of the file.
    #[error("track {track} is cut off: it declares {declared} bytes, {left} are left; at byte {byte}")]
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
    #[error("track {track} goes on for more than {} beats, at byte {byte}", MAX_TICK / super::TICKS_PER_QUARTER)]
    TooLong {
        /// Which track.
        track: usize,
        /// Where the event begins.
        byte: usize,
    },
    /// More than [`MAX_PARTS`].
    #[error("the file has more than {MAX_PARTS} parts; the next one begins in track {track} at byte {byte}")]
    TooManyParts {
        /// Which track.
        track: usize,
        /// Where the event begins.
        byte: usize,
    },
}

#[cfg(test)]
mod tests;
