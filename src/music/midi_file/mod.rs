//! Standard MIDI files: a [`Score`](super::Score) from bytes and back.
//!
//! Knows bytes only; opening, naming and saving files is others' work.
//!
//! What [`write()`] writes, [`read()`] gives back equal for every score in canonical form:
//! - notes and controls are sorted, and notes of one pitch end in the order in which they began (a file pairs each
//!   note-off with the oldest open note of its key);
//! - nothing lies beyond [`MAX_TICK`](super::MAX_TICK), keys have one change a tick, `melody` names a part that exists;
//! - names have no control characters, no blanks around them, and at most [`MAX_NAME_CHARS`] characters;
//! - controllers, bends and pressures are within MIDI's ranges; banks stand first at the very start, and no program or
//!   bank is set that is set already;
//! - no note sounds on where its part says "all notes off" or "all sound off";
//! - sections have labels like names, of at most [`MAX_LABEL`](super::outline::MAX_LABEL) characters;
//! - chords are of the kinds that have a symbol ([`ChordChange::symbol`](super::ChordChange::symbol));
//! - times are some that a file of its resolution can tell.
//!
//! Sections and chords are written as markers, which more programs show than cue points. What other programs mark is
//! read as sections, but for markers that are all chords.
//!
//! Our own files carry what MIDI has no event for (role, colour, mute, which part is the melody) in a
//! sequencer-specific event of each track, which other programs skip.

mod assemble;
mod chunks;
mod devices;
mod drum_channels;
mod error;
mod events;
mod foreign;
mod limits;
mod mpe;
mod notice;
mod parts;
mod places;
mod read;
mod remarks;
mod resets;
mod sequencer_specific;
mod silences;
mod text;
mod time;
mod track;
mod tuning;
mod write;

pub use error::ReadError;
pub use limits::{MAX_EVENTS, MAX_FILE_BYTES, MAX_NAME_CHARS};
pub use notice::Notice;
pub use read::{MidiFile, read, read_file, read_songs};
pub use write::{write, write_in};

#[cfg(test)]
mod tests;
