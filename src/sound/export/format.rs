//! The kinds of sound files there are, each with its encoder.

use super::encoder::{EncodeError, Encoder, Output};
use super::flac::Flac;
use super::mp3::Mp3;
use super::ogg::Ogg;
use super::quantise::Depth;
use super::wav::Wav;

/// The rates that are offered, in frames per second.
pub const RATES_HZ: [u32; 3] = [44_100, 48_000, 96_000];

/// A kind of sound file, with its quality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    /// RIFF WAVE, uncompressed.
    Wav(Depth),
    /// Losslessly compressed; 24 bits at most.
    Flac(Depth),
    /// Ogg Vorbis, quality 0 (about 64 kbit/s) to 10 (about 500).
    Ogg {
        /// 0 to 10.
        quality: f32,
    },
    /// MP3 at a constant bit rate.
    Mp3 {
        /// One of [`Format::MP3_KBPS`].
        kbps: u16,
    },
}

impl Format {
    /// The bit rates of MP3 files that are offered, in kbit/s.
    pub const MP3_KBPS: [u16; 4] = [128, 192, 256, 320];

    /// The format for a file's ending (without its dot, in upper or lower case), at its usual quality.
    pub fn from_ending(ending: &str) -> Option<Self> {
        match ending.to_lowercase().as_str() {
            "wav" | "wave" => Some(Self::Wav(Depth::Bits16)),
            "flac" => Some(Self::Flac(Depth::Bits16)),
            "ogg" | "oga" => Some(Self::Ogg { quality: 6.0 }),
            "mp3" => Some(Self::Mp3 { kbps: 256 }),
            _ => None,
        }
    }

    /// The ending of its files, without the dot.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Wav(_) => "wav",
            Self::Flac(_) => "flac",
            Self::Ogg { .. } => "ogg",
            Self::Mp3 { .. } => "mp3",
        }
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wav(_) => "WAV",
            Self::Flac(_) => "FLAC",
            Self::Ogg { .. } => "Ogg Vorbis",
            Self::Mp3 { .. } => "MP3",
        }
    }

    /// Whether it supports this rate. MP3 ends at 48 kHz.
    pub const fn takes_rate(self, sample_rate_hz: u32) -> bool {
        match self {
            Self::Mp3 { .. } => matches!(sample_rate_hz, 32_000 | 44_100 | 48_000),
            _ => 22_050 <= sample_rate_hz && sample_rate_hz <= 96_000,
        }
    }

    /// Whether it holds samples beyond full scale.
    pub const fn goes_beyond_full_scale(self) -> bool {
        matches!(self, Self::Wav(Depth::Float32))
    }

    /// About how large a file of some seconds is, in bytes; a guess if it is compressed.
    pub fn estimated_bytes(self, seconds: f64, sample_rate_hz: u32) -> u64 {
        let uncompressed = |depth: Depth| seconds * f64::from(sample_rate_hz) * 2.0 * f64::from(depth.bits()) / 8.0;
        let bytes = match self {
            Self::Wav(depth) => uncompressed(depth),
            Self::Flac(depth) => uncompressed(depth) * 0.5,
            Self::Ogg { quality } => seconds * (8_000.0 + f64::from(quality) * 3_000.0),
            Self::Mp3 { kbps } => seconds * f64::from(kbps) * 125.0,
        };
        bytes as u64
    }

    /// Begins a file. `title` goes into its tags unless it is empty.
    pub(super) fn encoder<'a>(
        self,
        sample_rate_hz: u32,
        title: &str,
        out: Box<dyn Output + 'a>,
    ) -> Result<Box<dyn Encoder + 'a>, EncodeError> {
        let title: String = title.chars().filter(|letter| !letter.is_control()).take(200).collect();
        Ok(match self {
            Self::Wav(depth) => Box::new(Wav::new(out, sample_rate_hz, depth, title)?),
            Self::Flac(depth) => Box::new(Flac::new(out, sample_rate_hz, depth, &title)?),
            Self::Ogg { quality } => Box::new(Ogg::new(out, sample_rate_hz, quality, &title)?),
            Self::Mp3 { kbps } => Box::new(Mp3::new(out, sample_rate_hz, kbps, &title)?),
        })
    }
}
