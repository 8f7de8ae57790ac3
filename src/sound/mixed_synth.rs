//! A synth and the mixer after it as one synth: volume, pan and effect sends go to the mixer, the rest to the synth.

use super::mixer::buses::Buses;
use super::mixer::{CHORUS, Mixer, PAN, REVERB, VOLUME};
use super::synth::{Message, Synth};

/// See the module.
pub(super) struct MixedSynth<'a> {
    pub synth: &'a mut dyn Synth,
    pub mixer: &'a mut Mixer,
}

impl Synth for MixedSynth<'_> {
    fn send(&mut self, channel: usize, message: Message) {
        match message {
            Message::Controller(number @ (VOLUME | PAN | REVERB | CHORUS), value) => {
                self.mixer.control(channel, number, value);
            }
            Message::ResetControllers => {
                self.synth.send(channel, message);
                self.mixer.reset(channel);
            }
            _ => self.synth.send(channel, message),
        }
    }

    fn advance(&mut self, frames: usize) {
        self.synth.advance(frames);
    }

    fn finish_block(&mut self) -> &mut Buses {
        self.synth.finish_block()
    }
}
