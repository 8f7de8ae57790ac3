//! What the sequencer plays on: a small trait, so that tests can put a clicking stub in the synth's place.

use super::mixer::Buses;

/// Channels of a synth: one for each part, the last for live notes.
pub(super) const CHANNELS: usize = 128;
/// The channel of notes played by hand.
pub(super) const LIVE_CHANNEL: usize = CHANNELS - 1;
/// How many parts can sound; further ones are silent.
pub(super) const MAX_PARTS: usize = CHANNELS - 1;

/// A synthesiser. Called in the audio callback: nothing here may lock, wait, allocate or free.
///
/// It works block by block: calls act at the present frame of the block, [`Synth::advance`] moves that on, and
/// [`Synth::finish_block`] gives the whole block's sound. `channel` is below [`CHANNELS`], `pitch`, `number`, `value`
/// and `program` at most 127.
pub(super) trait Synth: Send {
    fn note_on(&mut self, channel: usize, pitch: u8, velocity: u8);
    fn note_off(&mut self, channel: usize, pitch: u8);
    fn control(&mut self, channel: usize, number: u8, value: u8);
    /// -8192 to 8191; 0 is the middle.
    fn pitch_bend(&mut self, channel: usize, bend: i16);
    fn pressure(&mut self, channel: usize, value: u8);
    fn key_pressure(&mut self, channel: usize, pitch: u8, value: u8);
    /// Chooses an instrument of the bank that controller 0 last said, or a kit.
    fn instrument(&mut self, channel: usize, program: u8, is_drum: bool);
    /// Releases what is held, pedal included.
    fn release_all(&mut self, channel: usize);
    /// Ends every sound of the channel, within a block.
    fn silence(&mut self, channel: usize);
    /// Controllers, wheel and pressure back to their defaults; the instrument stays.
    fn reset_controls(&mut self, channel: usize);
    /// Moves the present frame on. The frames of a block add up to its length.
    fn advance(&mut self, frames: usize);
    /// The sound of the block that has passed, each channel on its own bus; the next block begins.
    fn finish_block(&mut self) -> &mut Buses;
}

/// No SoundFont: silence.
#[derive(Debug)]
pub(super) struct NoSynth(pub Buses);

impl Synth for NoSynth {
    fn note_on(&mut self, _: usize, _: u8, _: u8) {}
    fn note_off(&mut self, _: usize, _: u8) {}
    fn control(&mut self, _: usize, _: u8, _: u8) {}
    fn pitch_bend(&mut self, _: usize, _: i16) {}
    fn pressure(&mut self, _: usize, _: u8) {}
    fn key_pressure(&mut self, _: usize, _: u8, _: u8) {}
    fn instrument(&mut self, _: usize, _: u8, _: bool) {}
    fn release_all(&mut self, _: usize) {}
    fn silence(&mut self, _: usize) {}
    fn reset_controls(&mut self, _: usize) {}
    fn advance(&mut self, _: usize) {}
    fn finish_block(&mut self) -> &mut Buses {
        &mut self.0
    }
}
