//! What to export, what was written, and why nothing was.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::encoder::EncodeError;
use super::format::Format;
use super::loudness::{Loudness, Normalised};
use crate::music::Tick;
use crate::sound::soundfont::error::SoundFontError;

/// What to export.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOptions {
    /// The kind of file.
    pub format: Format,
    /// Frames per second; the format must support it, see [`Format::takes_rate`].
    pub sample_rate_hz: u32,
    /// A file for each part that is heard and has notes, beside the mix.
    pub stems: bool,
    /// The wanted loudness; without one, it stays as it plays.
    pub loudness: Option<Loudness>,
    /// Only this range of ticks; else all of it.
    pub range: Option<Range<Tick>>,
}

impl ExportOptions {
    /// All of a piece in one file, as loud as it plays.
    pub const fn whole(format: Format, sample_rate_hz: u32) -> Self {
        Self { format, sample_rate_hz, stems: false, loudness: None, range: None }
    }
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
    /// What was measured, if a loudness was wanted.
    pub loudness: Option<Normalised>,
    /// The stems' gain, in dB: the mix's, or less if one would clip otherwise.
    pub stems_gain_db: f64,
}

/// Why nothing was written. No file is left behind, and existing files are unchanged.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It was cancelled.
    #[error("exporting was cancelled; nothing was written")]
    Cancelled,
    /// The disk is full.
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
    /// The encoder refused.
    #[error("the sound cannot be encoded ({reason}): {}", path.display())]
    Encoder {
        /// Why.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// Longer than the format supports.
    #[error("{minutes:.0} minutes are too long for a {format} file; FLAC takes them")]
    TooLong {
        /// How long it is.
        minutes: f64,
        /// The format's name.
        format: &'static str,
    },
    /// A rate that the format does not support.
    #[error("{format} takes no {sample_rate_hz} Hz")]
    Rate {
        /// The wanted rate.
        sample_rate_hz: u32,
        /// The format's name.
        format: &'static str,
    },
    /// The synth refused the font.
    #[error(transparent)]
    SoundFont(#[from] SoundFontError),
}

impl ExportError {
    /// What the system said while a file was written.
    pub(in crate::sound) fn write(source: std::io::Error, path: &Path) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Write { source, path },
        }
    }

    /// What an encoder said.
    pub(super) fn encode(error: EncodeError, path: &Path) -> Self {
        match error {
            EncodeError::Io(error) => Self::write(error, path),
            EncodeError::Refused(reason) => Self::Encoder { reason, path: path.to_owned() },
        }
    }
}
