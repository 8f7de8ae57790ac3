//! What the encoders have in common: samples in, bytes out, the header corrected at the end.

use std::io::{self, Seek, Write};

/// Takes sound and writes a file of it.
pub(super) trait Encoder {
    /// Some frames of interleaved stereo. Full scale is -1 to 1; samples beyond it are clipped unless the format holds
    /// them.
    fn write(&mut self, samples: &[f32]) -> Result<(), EncodeError>;
    /// Writes what is left, and the header's final values.
    fn finish(self: Box<Self>) -> Result<(), EncodeError>;
}

/// Why an encoder stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum EncodeError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{0}")]
    Refused(String),
}

impl EncodeError {
    /// For an encoder's own errors, as opposed to the disk's.
    pub fn refused(reason: impl std::fmt::Display) -> Self {
        Self::Refused(reason.to_string())
    }
}

/// A file to write to; an encoder seeks back to correct its header.
pub(super) trait Output: Write + Seek {}
impl<T: Write + Seek> Output for T {}
