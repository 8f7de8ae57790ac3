//! The live path without a device, for benchmarks: the caller is the driver, and gets what would be heard.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::block::BLOCK_FRAMES;
use super::callback::Callback;
use super::callback::link::{Command, Link};
use super::fluid::FluidSynth;
use super::output::live_delay_frames;
use super::player::live_inputs::LiveInputs;
use super::soundfont::SoundFont;
use super::soundfont::error::SoundFontError;
use crate::clock;

/// See the module.
pub struct OfflinePlayer {
    callback: Box<Callback>,
    link: Link,
    live_inputs: LiveInputs,
    began: Instant,
    sample_rate_hz: u32,
    out: Vec<f32>,
}

impl OfflinePlayer {
    /// The live path as it is with a device that requests buffers of this size, a whole number of 64 frames.
    ///
    /// # Errors
    /// The synth refuses the font or the sample rate.
    pub fn new(soundfont: &SoundFont, sample_rate_hz: u32, buffer_frames: u32) -> Result<Self, SoundFontError> {
        let synth = Box::new(FluidSynth::new(soundfont, sample_rate_hz)?);
        let began = Instant::now();
        let (mut callback, link) = Callback::new(sample_rate_hz, 16);
        callback.set_stream(sample_rate_hz, Duration::ZERO);
        link.shared.stream.begin_stream(live_delay_frames(buffer_frames));
        link.commands.send(Command::Synth(synth));
        let live_inputs = LiveInputs::new(link.commands.clone(), link.shared.clone());
        Ok(Self { callback, link, live_inputs, began, sample_rate_hz, out: Vec::new() })
    }

    /// Its live inputs.
    pub fn live_inputs(&self) -> LiveInputs {
        self.live_inputs.clone()
    }

    /// The instrument of the live notes.
    pub fn set_live_instrument(&self, program: u8, is_drum: bool) {
        self.link.commands.send(Command::LiveInstrument { program, is_drum });
    }

    /// The stamp, of [`crate::clock`], of a time since the beginning.
    pub fn stamp_micros(&self, since: Duration) -> u64 {
        clock::micros_from(self.began + since)
    }

    /// The sound for a driver that requests so many frames (whole blocks of 64) at that time: interleaved stereo.
    pub fn render(&mut self, since: Duration, frames: u32) -> &[f32] {
        let now = self.link.shared.clock.nanos(self.began + since);
        self.link.shared.stream.begin_buffer(now, frames, self.sample_rate_hz, None);
        self.out.resize(frames as usize * 2, 0.0);
        for block in self.out.as_chunks_mut::<{ BLOCK_FRAMES * 2 }>().0 {
            self.callback.render(block);
        }
        while self.link.trash.pop().is_ok() {}
        &self.out
    }

    /// Live messages that came after they should have sounded.
    pub fn late_notes(&self) -> u64 {
        self.link.shared.late.load(Ordering::Relaxed)
    }
}
