//! Where controllers part ways: volume, pan and sends to the mixer, the rest to the synth.

use super::super::synth::Synth;
use super::{Buses, CHORUS, Mixer, PAN, REVERB, VOLUME};

/// How a channel stands where nobody says.
const START: [(u8, u8); 4] = [(VOLUME, 100), (PAN, 64), (REVERB, 40), (CHORUS, 0)];

/// A synth and the mixer behind it, as one for those who play.
pub struct Desk<'a> {
    pub synth: &'a mut dyn Synth,
    pub mixer: &'a mut Mixer,
}

impl Synth for Desk<'_> {
    fn note_on(&mut self, channel: usize, pitch: u8, velocity: u8) {
        self.synth.note_on(channel, pitch, velocity);
    }
    fn note_off(&mut self, channel: usize, pitch: u8) {
        self.synth.note_off(channel, pitch);
    }
    fn control(&mut self, channel: usize, number: u8, value: u8) {
        match number {
            VOLUME | PAN | REVERB | CHORUS => self.mixer.control(channel, number, value),
            _ => self.synth.control(channel, number, value),
        }
    }
    fn pitch_bend(&mut self, channel: usize, bend: i16) {
        self.synth.pitch_bend(channel, bend);
    }
    fn pressure(&mut self, channel: usize, value: u8) {
        self.synth.pressure(channel, value);
    }
    fn key_pressure(&mut self, channel: usize, pitch: u8, value: u8) {
        self.synth.key_pressure(channel, pitch, value);
    }
    fn instrument(&mut self, channel: usize, program: u8, is_drum: bool) {
        self.synth.instrument(channel, program, is_drum);
    }
    fn release_all(&mut self, channel: usize) {
        self.synth.release_all(channel);
    }
    fn silence(&mut self, channel: usize) {
        self.synth.silence(channel);
    }
    fn reset_controls(&mut self, channel: usize) {
        self.synth.reset_controls(channel);
        for (number, value) in START {
            self.mixer.control(channel, number, value);
        }
    }
    fn advance(&mut self, frames: usize) {
        self.synth.advance(frames);
    }
    fn finish_block(&mut self) -> &mut Buses {
        self.synth.finish_block()
    }
}
