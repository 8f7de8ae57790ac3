//! The kinds of sound files there are.

/// The rates that are offered, in frames per second.
pub const RATES_HZ: [u32; 3] = [44_100, 48_000, 96_000];

/// What a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// 16 bits, dithered.
    Bits16,
    /// 24 bits.
    Bits24,
    /// 32 bits of floating point, as the synth gives them.
    Float32,
}

impl Depth {
    /// How many bits.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Bits16 => 16,
            Self::Bits24 => 24,
            Self::Float32 => 32,
        }
    }
}

/// A kind of sound file, with its quality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    /// RIFF WAVE, uncompressed.
    Wav(Depth),
    /// Compressed without loss; 24 bits at most.
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

    /// The format that a file's ending (without its dot, in any case) means, at its usual quality.
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

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wav(_) => "WAV",
            Self::Flac(_) => "FLAC",
            Self::Ogg { .. } => "Ogg Vorbis",
            Self::Mp3 { .. } => "MP3",
        }
    }

    /// Whether it has this rate. MP3 ends at 48 kHz.
    pub const fn takes_rate(self, sample_rate_hz: u32) -> bool {
        match self {
            Self::Mp3 { .. } => matches!(sample_rate_hz, 32_000 | 44_100 | 48_000),
            _ => 22_050 <= sample_rate_hz && sample_rate_hz <= 96_000,
        }
    }

    /// Whether samples beyond full scale can be kept.
    pub const fn goes_beyond_full_scale(self) -> bool {
        matches!(self, Self::Wav(Depth::Float32))
    }

    /// About how large a file of some seconds is, in bytes. Of what is compressed, a guess.
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
}
