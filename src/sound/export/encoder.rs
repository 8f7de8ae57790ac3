//! What the encoders have in common: samples in, bytes out, the header put right at the end.

use std::io::{self, Seek, Write};

use super::format::Format;
use super::{flac, mp3, ogg, wav};

/// Takes sound and writes a file of it.
pub(super) trait Encoder {
    /// Some frames of interleaved stereo, full scale being -1 to 1; what lies beyond is cut where the format ends there.
    fn write(&mut self, samples: &[f32]) -> Result<(), EncodeError>;
    /// Writes what is left, and what the header can only know now.
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
    /// The encoder's own words. What it does not want is no fault of the disk.
    pub fn refused(reason: impl std::fmt::Display) -> Self {
        Self::Refused(reason.to_string())
    }
}

/// A place to write to; an encoder goes back to put its header right.
pub(super) trait Output: Write + Seek {}
impl<T: Write + Seek> Output for T {}

/// Begins a file. `title` goes into its tags where it is not empty.
pub(super) fn encoder<'a>(
    format: Format,
    sample_rate_hz: u32,
    title: &str,
    out: Box<dyn Output + 'a>,
) -> Result<Box<dyn Encoder + 'a>, EncodeError> {
    let title: String = title.chars().filter(|letter| !letter.is_control()).take(200).collect();
    Ok(match format {
        Format::Wav(depth) => Box::new(wav::Wav::new(out, sample_rate_hz, depth, title)?),
        Format::Flac(depth) => Box::new(flac::Flac::new(out, sample_rate_hz, depth, &title)?),
        Format::Ogg { quality } => Box::new(ogg::Ogg::new(out, sample_rate_hz, quality, &title)?),
        Format::Mp3 { kbps } => Box::new(mp3::Mp3::new(out, sample_rate_hz, kbps, &title)?),
    })
}
