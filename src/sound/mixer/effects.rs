//! Reverb and chorus, by fundsp. Each is switched off once nothing is sent to it and its tail is over.

use fundsp::prelude32::{AudioUnit, BufferVec, chorus, reverb_stereo};

use super::buses::{Bus, add_scaled};
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

/// An effect that several channels send to.
pub struct Effect {
    unit: Box<dyn AudioUnit>,
    gain: f32,
    /// The dry share to take off its output.
    dry: f32,
    input: BufferVec,
    output: BufferVec,
    sent: Bus,
    is_sent_to: bool,
    silent_blocks: u32,
    off_after_blocks: u32,
}

impl Effect {
    pub fn reverb(sample_rate_hz: u32) -> Self {
        let unit = reverb_stereo(ROOM_METRES, REVERB_SECONDS, DAMPING);
        Self::new(Box::new(unit), REVERB_GAIN, 0.0, sample_rate_hz)
    }

    pub fn chorus(sample_rate_hz: u32) -> Self {
        let unit = chorus(0, 0.012, 0.004, 0.3) | chorus(1, 0.013, 0.004, 0.3);
        Self::new(Box::new(unit), CHORUS_GAIN, CHORUS_DRY, sample_rate_hz)
    }

    fn new(mut unit: Box<dyn AudioUnit>, gain: f32, dry: f32, sample_rate_hz: u32) -> Self {
        unit.set_sample_rate(f64::from(sample_rate_hz));
        unit.allocate();
        let off_after_blocks = (OFF_AFTER_SECONDS * sample_rate_hz as f32) as u32 / BLOCK_FRAMES as u32;
        Self {
            unit,
            gain,
            dry,
            input: BufferVec::new(2),
            output: BufferVec::new(2),
            sent: Bus::SILENT,
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
        self.input.channel_f32_mut(0).copy_from_slice(&self.sent.left);
        self.input.channel_f32_mut(1).copy_from_slice(&self.sent.right);
        self.unit.process(BLOCK_FRAMES, &self.input.buffer_ref(), &mut self.output.buffer_mut());
        let mut peak = 0.0_f32;
        for (side, (to, sent)) in
            [(&mut to.left, &self.sent.left), (&mut to.right, &self.sent.right)].into_iter().enumerate()
        {
            let wet = self.output.channel_f32(side);
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
