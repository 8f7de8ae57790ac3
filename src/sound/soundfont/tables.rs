//! A SoundFont's tables after the gate: every index in range, every position inside the sample data.

use std::ops::Range;

/// Generator numbers (SoundFont 2.04, 8.1.2) and what may stand where.
pub(super) mod generator {
    pub const INSTRUMENT: u16 = 41;
    pub const KEY_RANGE: u16 = 43;
    pub const VELOCITY_RANGE: u16 = 44;
    pub const SAMPLE_ID: u16 = 53;

    /// Whether a generator with that amount may be passed on. Keys and velocities index tables of 128 in the synth.
    pub fn is_usable(id: u16, amount: u16, in_instrument: bool) -> bool {
        match id {
            KEY_RANGE | VELOCITY_RANGE => amount.to_le_bytes().iter().all(|&bound| bound <= 127),
            // key, velocity and root key put in place of the note's own; -1 means none
            46 | 47 | 58 => in_instrument && (amount <= 127 || amount == u16::MAX),
            // sample offsets, loop mode, exclusive class: only where there is a sample
            0..=4 | 12 | 45 | 50 | 54 | 57 => in_instrument,
            5..=11 | 13 | 15..=17 | 21..=40 | 48 | 51 | 52 | 56 => true,
            _ => false,
        }
    }

    /// Whether a modulator may move it: what shapes sound, not what chooses it.
    pub fn can_be_modulated(id: u16) -> bool {
        matches!(id, 5..=11 | 13 | 15..=17 | 21..=40 | 48 | 51 | 52)
    }
}

/// A modulator (8.2): a controller moves a generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Modulator {
    pub source: u16,
    pub destination: u16,
    pub amount: u16,
    pub amount_source: u16,
}

impl Modulator {
    /// Whether sources and destination are known; the synth indexes by them without looking.
    pub fn is_usable(self) -> bool {
        let source_is_known = |source: u16| {
            let (index, is_controller, curve) = (source & 0x7F, source & 0x80 != 0, source >> 10);
            curve <= 3 && (is_controller || matches!(index, 0 | 2 | 3 | 10 | 13 | 14 | 16))
        };
        source_is_known(self.source)
            && source_is_known(self.amount_source)
            && generator::can_be_modulated(self.destination)
    }
}

/// Generators and modulators for a range of keys and velocities, and what they apply to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Zone {
    /// Number and amount, each number once.
    pub generators: Vec<(u16, u16)>,
    pub modulators: Vec<Modulator>,
    /// The instrument (of a preset's zone) or sample (of an instrument's); `None` in a global zone.
    pub target: Option<u16>,
}

impl Zone {
    /// Sets a generator; the last of several wins (8.1.2).
    pub fn set(&mut self, id: u16, amount: u16) {
        match self.generators.iter_mut().find(|(known, _)| *known == id) {
            Some((_, value)) => *value = amount,
            None => self.generators.push((id, amount)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.generators.is_empty() && self.modulators.is_empty()
    }
}

/// What a program number chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Preset {
    /// 0 to 127.
    pub program: u16,
    /// 0 to 127, or 128 for kits.
    pub bank: u16,
    /// As the file says, fit to be shown.
    pub name: String,
    pub zones: Vec<Zone>,
}

/// Zones over samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instrument {
    pub zones: Vec<Zone>,
}

/// How a sample is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// 16-bit frames.
    Plain,
    /// A Vorbis stream (SF3). Until it is decoded, `start` and `end` are bytes of the sample data and the loop, which
    /// counts from the sample's first frame, is unchecked.
    Vorbis,
}

/// Where a sample is; positions in frames of the sample data, `end` and `loop_end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub encoding: Encoding,
    pub start: u32,
    pub end: u32,
    pub loop_start: u32,
    pub loop_end: u32,
    pub rate_hz: u32,
    pub root_key: u8,
    pub correction_cents: i8,
}

impl Sample {
    /// The same with another loop, or the whole sample where that one is nonsense: one-shot samples often carry none.
    pub fn with_loop(self, loop_start: u32, loop_end: u32) -> Self {
        let sound = self.start <= loop_start && loop_start < loop_end && loop_end <= self.end;
        let (loop_start, loop_end) = if sound { (loop_start, loop_end) } else { (self.start, self.end) };
        Self { loop_start, loop_end, ..self }
    }
}

/// A whole font.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Font {
    pub presets: Vec<Preset>,
    pub instruments: Vec<Instrument>,
    /// By number; `None` for samples in ROM, which no zone names any more.
    pub samples: Vec<Option<Sample>>,
    /// Where in its source the sample data is: 16-bit little-endian frames, and Vorbis streams.
    pub data: Range<u64>,
}

impl Font {
    pub fn data_bytes(&self) -> u64 {
        self.data.end - self.data.start
    }

    /// Whether there is anything to decode before the synth can play it.
    pub fn is_compressed(&self) -> bool {
        self.samples.iter().flatten().any(|sample| sample.encoding == Encoding::Vorbis)
    }
}
