//! A synth and the mixer after it as one: volume, pan and effect sends go to the mixer, the rest to the synth.

use super::mixer::Mixer;
use super::synth::{Message, Receiver, Synth};

/// See the module.
pub(super) struct MixedSynth<'a> {
    pub synth: &'a mut dyn Synth,
    pub mixer: &'a mut Mixer,
}

impl Receiver for MixedSynth<'_> {
    fn send(&mut self, channel: usize, message: Message) {
        self.mixer.send(channel, message);
        if !Mixer::is_fader(message) {
            self.synth.send(channel, message);
        }
    }
}
