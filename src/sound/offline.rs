//! A player without a device, for measuring: whoever has it says when a driver asks, and gets what would be heard.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};

use super::callback::{BLOCK_FRAMES, Callback, Command, Shared, Trash};
use super::fluid::FluidSynth;
use super::output::live_delay_frames;
use super::{LiveInput, SoundFont, SoundFontError};
use crate::clock;

/// See the module.
pub struct Rehearsal {
    callback: Box<Callback>,
    shared: Arc<Shared>,
    commands: Producer<Command>,
    trash: Consumer<Trash>,
    began: Instant,
    sample_rate_hz: u32,
    out: Vec<f32>,
}

impl Rehearsal {
    /// The live path as it is with a device that asks for buffers of this size, a whole number of 64 frames.
    ///
    /// # Errors
    /// The SoundFont does not sound at that rate.
    pub fn new(soundfont: &SoundFont, sample_rate_hz: u32, buffer_frames: u32) -> Result<Self, SoundFontError> {
        let synth = Box::new(FluidSynth::new(soundfont, sample_rate_hz)?);
        let (mut commands, take_commands) = RingBuffer::new(16);
        let (throw_away, trash) = RingBuffer::new(16);
        let shared = Arc::new(Shared::new());
        let began = Instant::now();
        let mut callback = Box::new(Callback::new(sample_rate_hz, take_commands, throw_away, Arc::clone(&shared)));
        callback.set_stream(sample_rate_hz, Duration::ZERO);
        shared.stream.begin_stream(live_delay_frames(buffer_frames));
        drop(commands.push(Command::Synth(synth))); // the ring is empty and has room
        Ok(Self { callback, shared, commands, trash, began, sample_rate_hz, out: Vec::new() })
    }

    /// A way in for live notes.
    pub fn live_input(&mut self) -> LiveInput {
        let (input, consumer) = LiveInput::new(Arc::clone(&self.shared.clock), Arc::clone(&self.shared.lost));
        drop(self.commands.push(Command::LiveInput(consumer))); // room for sixteen
        input
    }

    /// The instrument of the live notes.
    pub fn set_live_instrument(&mut self, program: u8, is_drum: bool) {
        drop(self.commands.push(Command::LiveInstrument { program, is_drum }));
    }

    /// The stamp, of [`crate::clock`], of a time since the beginning.
    pub fn stamp_micros(&self, since: Duration) -> u64 {
        clock::micros_from(self.began + since)
    }

    /// What a driver gets that asks for so many frames (whole blocks of 64) at that time: interleaved stereo.
    pub fn ask(&mut self, since: Duration, frames: u32) -> &[f32] {
        let stream = &self.shared.stream;
        let now = self.shared.clock.nanos(self.began + since);
        stream.begin_buffer(now, frames, self.sample_rate_hz, None);
        self.out.resize(frames as usize * 2, 0.0);
        for block in self.out.as_chunks_mut::<{ BLOCK_FRAMES * 2 }>().0 {
            self.callback.render(block);
        }
        while self.trash.pop().is_ok() {}
        &self.out
    }

    /// Messages that came after they should have sounded.
    pub fn late_notes(&self) -> u64 {
        self.shared.late.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Rehearsal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Rehearsal").finish_non_exhaustive()
    }
}
