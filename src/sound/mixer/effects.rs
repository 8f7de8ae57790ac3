//! Reverb and chorus. Each is switched off once nothing is sent to it and its tail is over.

use fundsp::prelude32::{AudioUnit, BufferVec, chorus};

use super::buses::{Bus, add_scaled};
use super::reverb::Reverb;
use crate::sound::block::BLOCK_FRAMES;

const _: () = assert!(BLOCK_FRAMES == fundsp::MAX_BUFFER_SIZE, "an effect takes a block at a time");

/// A room of some 15 metres, bright enough for a piano.
const ROOM_METRES: f32 = 15.0;
/// To -60 dB it takes twice that: fundsp's loops are twice as long as its formula has them.
const REVERB_SECONDS: f32 = 0.85;
const DAMPING: f32 = 0.4;
/// Return level of a full send.
const REVERB_GAIN: f32 = 1.0;
const CHORUS_GAIN: f32 = 2.0;
/// The dry share of fundsp's chorus, which a send effect must not return.
const CHORUS_DRY: f32 = 0.2;
/// A tail is over when it has been below -80 dB for so long: longer than the longest delay within.
const SILENCE: f32 = 1e-4;
const OFF_AFTER_SECONDS: f32 = 0.25;

/// What makes the sound of an effect.
enum Unit {
    Reverb(Box<Reverb>),
    /// One of fundsp's, with its input and output.
    Fundsp(Box<dyn AudioUnit>, [BufferVec; 2]),
}

impl Unit {
    /// The wet sound of a block, in place of the one before.
    fn process(&mut self, sent: &Bus, wet: &mut Bus) {
        match self {
            Self::Reverb(reverb) => reverb.process(sent, wet),
            Self::Fundsp(unit, [input, output]) => {
                input.channel_f32_mut(0).copy_from_slice(&sent.left);
                input.channel_f32_mut(1).copy_from_slice(&sent.right);
                unit.process(BLOCK_FRAMES, &input.buffer_ref(), &mut output.buffer_mut());
                wet.left.copy_from_slice(output.channel_f32(0));
                wet.right.copy_from_slice(output.channel_f32(1));
            }
        }
    }

    fn reset(&mut self) {
        match self {
            Self::Reverb(reverb) => reverb.reset(),
            Self::Fundsp(unit, _) => unit.reset(),
        }
    }
}

/// An effect that several channels send to.
pub struct Effect {
    unit: Unit,
    gain: f32,
    /// The dry share to take off its output.
    dry: f32,
    sent: Bus,
    wet: Bus,
    is_sent_to: bool,
    silent_blocks: u32,
    off_after_blocks: u32,
}

impl Effect {
    pub fn reverb(sample_rate_hz: u32) -> Self {
        let unit = Reverb::new(ROOM_METRES, REVERB_SECONDS, DAMPING, sample_rate_hz);
        Self::new(Unit::Reverb(Box::new(unit)), REVERB_GAIN, 0.0, sample_rate_hz)
    }

    pub fn chorus(sample_rate_hz: u32) -> Self {
        let mut unit = chorus(0, 0.012, 0.004, 0.3) | chorus(1, 0.013, 0.004, 0.3);
        unit.set_sample_rate(f64::from(sample_rate_hz));
        unit.allocate();
        let unit = Unit::Fundsp(Box::new(unit), [BufferVec::new(2), BufferVec::new(2)]);
        Self::new(unit, CHORUS_GAIN, CHORUS_DRY, sample_rate_hz)
    }

    fn new(unit: Unit, gain: f32, dry: f32, sample_rate_hz: u32) -> Self {
        let off_after_blocks = (OFF_AFTER_SECONDS * sample_rate_hz as f32) as u32 / BLOCK_FRAMES as u32;
        Self {
            unit,
            gain,
            dry,
            sent: Bus::SILENT,
            wet: Bus::SILENT,
            is_sent_to: false,
            silent_blocks: off_after_blocks,
            off_after_blocks,
        }
    }

    /// Sends a bus to it, at a gain that goes from one to another.
    pub fn send(&mut self, bus: &Bus, [from, to]: [f32; 2]) {
        if from > 0.0 || to > 0.0 {
            self.is_sent_to = true;
            self.sent.add_fading(bus, from, to);
        }
    }

    /// Whether it has any output.
    pub const fn is_sounding(&self) -> bool {
        self.is_sent_to || self.silent_blocks < self.off_after_blocks
    }

    /// Processes what was sent to it in this block and adds the result.
    pub fn process(&mut self, to: &mut Bus) {
        if !self.is_sounding() {
            return;
        }
        self.unit.process(&self.sent, &mut self.wet);
        let mut peak = 0.0_f32;
        for (to, sent, wet) in
            [(&mut to.left, &self.sent.left, &self.wet.left), (&mut to.right, &self.sent.right, &self.wet.right)]
        {
            peak = wet.iter().chain(sent).fold(peak, |peak, sample| peak.max(sample.abs()));
            add_scaled(to, wet, self.gain);
            add_scaled(to, sent, -self.dry * self.gain);
        }
        self.silent_blocks = if peak < SILENCE { self.silent_blocks + 1 } else { 0 };
        if self.silent_blocks == self.off_after_blocks {
            self.unit.reset();
        }
        if std::mem::take(&mut self.is_sent_to) {
            self.sent = Bus::SILENT;
        }
    }
}
