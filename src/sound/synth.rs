//! What the sequencer plays on: two small traits, so that tests can put a clicking stub in the synth's place.

use super::mixer::buses::Buses;

/// What a channel of a synth can be sent. Data bytes are at most 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Pitch and velocity, which is at least 1.
    NoteOn(u8, u8),
    NoteOff(u8),
    /// Number and value.
    Controller(u8, u8),
    /// -8192 to 8191; 0 is the middle.
    PitchBend(i16),
    Pressure(u8),
    /// Pitch and value.
    KeyPressure(u8, u8),
    /// An instrument of the bank that controller 0 selected, or a drum kit.
    Instrument {
        program: u8,
        is_drum: bool,
    },
    /// Releases all keys and pedals.
    ReleaseAll,
    /// Ends every sound of the channel within a block.
    Silence,
    /// Controllers, pitch wheel and pressure to their defaults; the instrument stays.
    ResetControllers,
}

/// What messages can be sent to.
pub(super) trait Receiver {
    /// `channel` is below [`CHANNELS`](super::block::CHANNELS).
    fn send(&mut self, channel: usize, message: Message);
}

/// A synthesiser. Called in the audio callback: nothing here may lock, wait, allocate or free.
///
/// It works block by block: messages take effect at the present frame of the block, [`Synth::advance`] moves that on,
/// and [`Synth::finish_block`] gives the whole block's sound.
pub(super) trait Synth: Receiver + Send {
    /// Moves the present frame on. The frames of a block add up to its length.
    fn advance(&mut self, frames: usize);
    /// The sound of the block that has passed, each channel on its own bus; the next block begins.
    fn finish_block(&mut self) -> &mut Buses;
}

/// No SoundFont: silence.
#[derive(Debug)]
pub(super) struct NoSynth(pub Buses);

impl Receiver for NoSynth {
    fn send(&mut self, _: usize, _: Message) {}
}

impl Synth for NoSynth {
    fn advance(&mut self, _: usize) {}
    fn finish_block(&mut self) -> &mut Buses {
        &mut self.0
    }
}
