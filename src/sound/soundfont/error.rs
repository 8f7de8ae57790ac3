//! Why a SoundFont is not used.

use std::path::{Path, PathBuf};

/// Why a SoundFont is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SoundFontError {
    /// The file could not be read.
    #[error("the SoundFont cannot be read: {reason}: {}", path.display())]
    Unreadable {
        /// What the system says.
        reason: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The gate refused it.
    #[error("the SoundFont is not usable: {reason}: {}", path.display())]
    Refused {
        /// What is wrong with it.
        reason: Refusal,
        /// The file.
        path: PathBuf,
    },
    /// Its decoded form cannot be written.
    #[error("the SoundFont cannot be decoded: {reason}: {}", path.display())]
    Unwritable {
        /// What the system says.
        reason: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// It was no longer wanted.
    #[error("loading the SoundFont was cancelled")]
    Cancelled,
    /// The synthesiser refused a checked font, or the sample rate.
    #[error("the synthesiser could not start: {0}")]
    Synth(String),
}

/// What the gate found wrong with a SoundFont.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It has another header.
    #[error("it is not a SoundFont")]
    NotASoundFont,
    /// An SF1 or something newer than SF3.
    #[error("version {0} of the format is not read, only versions 2 and 3")]
    Version(u16),
    /// The system failed while reading it.
    #[error("it cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// Compressed samples overlap.
    #[error("its compressed samples overlap")]
    Shared,
    /// Decoding was abandoned after this many minutes.
    #[error("its samples took longer than {0} minutes to decode")]
    TooSlow(u64),
    /// A chunk claims more bytes than there are.
    #[error("it ends in the middle of \"{0}\"")]
    Truncated(String),
    /// A required chunk is missing.
    #[error("\"{0}\" is missing")]
    Missing(&'static str),
    /// A chunk among the tables that does not belong there.
    #[error("\"{0}\" does not belong among its tables")]
    Unknown(String),
    /// A table whose size is no multiple of its records' size.
    #[error("\"{0}\" has an impossible size")]
    Size(&'static str),
    /// An index that is out of range or runs backwards.
    #[error("record {1} of \"{0}\" points outside its table")]
    Order(&'static str, usize),
    /// A sample that cannot be played.
    #[error("sample {index} {what}")]
    Sample {
        /// Which one, from 0.
        index: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// More of something than any real font has.
    #[error("it has {count} {what}, more than {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// The bound.
        most: usize,
    },
    /// Nothing that would sound.
    #[error("it has no instruments")]
    NoPresets,
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error.kind())
    }
}

/// Why a load ended, without the file's name.
#[derive(Debug)]
pub(super) enum LoadFault {
    Unreadable(std::io::Error),
    Refused(Refusal),
    Unwritable(std::io::Error),
    Cancelled,
}

impl LoadFault {
    pub fn at(self, path: &Path) -> SoundFontError {
        let path = path.to_path_buf();
        match self {
            Self::Unreadable(reason) => SoundFontError::Unreadable { reason, path },
            Self::Refused(reason) => SoundFontError::Refused { reason, path },
            Self::Unwritable(reason) => SoundFontError::Unwritable { reason, path },
            Self::Cancelled => SoundFontError::Cancelled,
        }
    }
}

impl From<Refusal> for LoadFault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
