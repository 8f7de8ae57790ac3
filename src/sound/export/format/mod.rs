//! The kinds of sound files there are, each with its encoder.

mod flac;
mod mp3;
mod ogg;
mod wav;

use serde::{Deserialize, Serialize};

use self::{flac::Flac, mp3::Mp3, ogg::Ogg, wav::Wav};
use super::encoder::{EncodeError, Encoder, Output};
use super::quantise::Depth;
use crate::one_line::one_line;

/// The rates that are offered, in frames per second.
pub const RATES_HZ: [u32; 3] = [44_100, 48_000, 96_000];

/// A kind of sound file, with its quality.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        /// 128, 192, 256 or 320.
        kbps: u16,
    },
}

/// What can be chosen about the quality of a format.
#[derive(Debug)]
pub enum Quality<'a> {
    /// The format of a sample, one of these.
    Depth(&'a mut Depth, &'static [Depth]),
    /// A level from 0 to 10.
    Level(&'a mut f32),
    /// A bit rate in kbit/s, one of these.
    BitRate(&'a mut u16, &'static [u16]),
}

impl Format {
    /// All of them, each at its usual quality.
    pub const ALL: [Self; 4] =
        [Self::Wav(Depth::Bits16), Self::Flac(Depth::Bits16), Self::Ogg { quality: 6.0 }, Self::Mp3 { kbps: 256 }];

    /// The format for a file's ending (without its dot, in upper or lower case), at its usual quality.
    pub fn from_ending(ending: &str) -> Option<Self> {
        let ending = ending.to_lowercase();
        Self::ALL.into_iter().find(|format| format.endings().contains(&ending.as_str()))
    }

    /// The ending of its files, without the dot.
    pub const fn ending(self) -> &'static str {
        self.endings()[0]
    }

    /// The endings that such files may have, the usual one first.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Wav(_) => &["wav", "wave"],
            Self::Flac(_) => &["flac"],
            Self::Ogg { .. } => &["ogg", "oga"],
            Self::Mp3 { .. } => &["mp3"],
        }
    }

    /// Its quality, to be changed.
    pub const fn quality(&mut self) -> Quality<'_> {
        match self {
            Self::Wav(depth) => Quality::Depth(depth, &[Depth::Bits16, Depth::Bits24, Depth::Float32]),
            Self::Flac(depth) => Quality::Depth(depth, &[Depth::Bits16, Depth::Bits24]),
            Self::Ogg { quality } => Quality::Level(quality),
            Self::Mp3 { kbps } => Quality::BitRate(kbps, &[128, 192, 256, 320]),
        }
    }

    /// The same with a quality that it has; the usual one in place of others.
    #[must_use]
    pub fn in_range(mut self) -> Self {
        let is_offered = match self.quality() {
            Quality::Depth(depth, offered) => offered.contains(depth),
            Quality::Level(level) => (0.0..=10.0).contains(level),
            Quality::BitRate(kbps, offered) => offered.contains(kbps),
        };
        if is_offered { self } else { Self::from_ending(self.ending()).unwrap_or(Self::ALL[0]) }
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
        let title = one_line(title, 200);
        Ok(match self {
            Self::Wav(depth) => Box::new(Wav::new(out, sample_rate_hz, depth, title)?),
            Self::Flac(depth) => Box::new(Flac::new(out, sample_rate_hz, depth, &title)?),
            Self::Ogg { quality } => Box::new(Ogg::new(out, sample_rate_hz, quality, &title)?),
            Self::Mp3 { kbps } => Box::new(Mp3::new(out, sample_rate_hz, kbps, &title)?),
        })
    }
}
