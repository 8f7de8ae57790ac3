//! Sound files from a score: the mix, stems of its parts, as loud as asked for.
//!
//! | file | does |
//! |---|---|
//! | `format.rs` | which formats there are, what each can hold |
//! | `encoder.rs` | the trait behind which the encoders stand, one file each: `wav`, `flac`, `ogg`, `mp3` |
//! | `loudness.rs` | measures (EBU R 128) and brings to a loudness below a true peak |
//! | `spool.rs` | the mix on disk while it is measured |
//! | `write.rs` | renders, encodes, puts the files in their places all together or not at all |
//!
//! Streams throughout: what is held in memory does not grow with the piece, but for the loudness's envelope (4 bytes for
//! every 32 frames).

mod encoder;
mod flac;
mod format;
mod loudness;
mod mp3;
mod ogg;
mod quantise;
mod spool;
mod wav;
mod write;

use std::ops::Range;
use std::path::PathBuf;

pub use format::{Depth, Format, RATES_HZ};
pub use loudness::{Loudness, Normalised};
pub use write::{export, stem_paths};

use super::SoundFontError;
use crate::music::Tick;

/// What to make of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOptions {
    /// What kind of file.
    pub format: Format,
    /// Frames per second: one of those that [`Format::takes_rate`].
    pub sample_rate_hz: u32,
    /// A file for each part that is heard and has notes, beside the mix.
    pub stems: bool,
    /// As loud as this; as it plays without.
    pub loudness: Option<Loudness>,
    /// Only this stretch, in ticks; else all of it.
    pub range: Option<Range<Tick>>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// The mix, then the stems.
    pub files: Vec<PathBuf>,
    /// The length of each.
    pub frames: u64,
    /// The loudest sample of the mix, 1 being full scale.
    pub peak: f32,
    /// What was measured, where a loudness was asked for.
    pub loudness: Option<Normalised>,
    /// What the stems were turned by, in dB: with the mix, and below that where one would not fit its file.
    pub stems_gain_db: f64,
}

/// Why nothing was written. No file is left behind, and what stood in its place stands there still.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Somebody did not want it any more.
    #[error("exporting was cancelled; nothing was written")]
    Cancelled,
    /// There is no more room.
    #[error("the disk is full; nothing was written: {}", path.display())]
    DiskFull {
        /// The file that did not fit.
        path: PathBuf,
    },
    /// Anything else the system says.
    #[error("the sound file cannot be written ({source}): {}", path.display())]
    Write {
        /// What it says.
        source: std::io::Error,
        /// Of which file.
        path: PathBuf,
    },
    /// An encoder refuses.
    #[error("the sound cannot be encoded ({reason}): {}", path.display())]
    Encoder {
        /// Why.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// Longer than the format can say.
    #[error("{minutes:.0} minutes are too long for a {format} file; FLAC takes them")]
    TooLong {
        /// How long it is.
        minutes: f64,
        /// The format's name.
        format: &'static str,
    },
    /// A rate that the format does not have.
    #[error("{format} takes no {sample_rate_hz} Hz")]
    Rate {
        /// What was asked for.
        sample_rate_hz: u32,
        /// The format's name.
        format: &'static str,
    },
    /// The synth refuses the font.
    #[error(transparent)]
    SoundFont(#[from] SoundFontError),
}

#[cfg(test)]
mod tests;
