//! Rendering a score faster than real time, through the same sequencer and synth as live.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::block::BLOCK_FRAMES;
use super::callback::Callback;
use super::callback::link::Command;
use super::fluid::FluidSynth;
use super::schedule::{EXACT_PER_SECOND, Schedule};
use super::soundfont::SoundFont;
use super::soundfont::error::SoundFontError;
use super::synth::Synth;
use crate::music::Score;

/// Frames passed to the sink at a time.
const CHUNK_FRAMES: usize = 64 * BLOCK_FRAMES;
/// The tail ends after this much silence, or here at the latest.
const SILENT_SECONDS: f64 = 0.25;
pub(super) const LONGEST_TAIL_SECONDS: f64 = 12.0;
/// -80 dB: below what 16 bits hold of a tail.
const SILENCE: f32 = 1e-4;

/// Renders a whole score, including its tail until silence.
///
/// `sink` gets interleaved stereo, a few thousand frames at a time, and may stop it by breaking. The same score, font
/// and rate give the same samples, bit for bit; the live sound's limiter keeps all samples within -1 to 1.
///
/// # Errors
/// The synth refuses the font or the sample rate (22,050 to 96,000 Hz).
pub fn render(
    score: &Score,
    soundfont: &SoundFont,
    sample_rate_hz: u32,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), SoundFontError> {
    let synth = Box::new(FluidSynth::new(soundfont, sample_rate_hz)?);
    render_with(synth, score, sample_rate_hz, Extent::Mix, sink);
    Ok(())
}

/// Renders one part alone, so many frames, without the limiter: the parts add up to the limiter's input.
///
/// # Errors
/// As [`render`].
pub(super) fn render_stem(
    score: &Score,
    soundfont: &SoundFont,
    sample_rate_hz: u32,
    part: usize,
    frames: u64,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), SoundFontError> {
    let mut alone = score.clone();
    for index in 0..alone.parts.len() {
        if let Some(other) = alone.part_mut(index) {
            (other.muted, other.soloed) = (index != part, false);
        }
    }
    let synth = Box::new(FluidSynth::new(soundfont, sample_rate_hz)?);
    render_with(synth, &alone, sample_rate_hz, Extent::Stem { frames }, sink);
    Ok(())
}

/// What is rendered of a score.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    /// What is heard, until the music is over and its tail has died away.
    Mix,
    /// So many frames of the master limiter's input.
    Stem { frames: u64 },
}

/// Frames of a score at a rate, without its tail: for a progress bar.
pub(super) fn frames_of(score: &Score, sample_rate_hz: u32) -> u64 {
    let exact = i128::from(score.tempo.exact_from_tick(score.end()));
    (exact * i128::from(sample_rate_hz) / i128::from(EXACT_PER_SECOND)) as u64
}

/// The same on any synth.
pub(super) fn render_with(
    synth: Box<dyn Synth>,
    score: &Score,
    sample_rate_hz: u32,
    extent: Extent,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) {
    let (mut callback, link) = Callback::new(sample_rate_hz, 8);
    if let Extent::Stem { .. } = extent {
        callback.bypass_limiter();
    }
    let schedule = Arc::new(Schedule::compile(score));
    for command in [Command::Synth(synth), Command::Schedule(schedule), Command::Play] {
        link.commands.send(command);
    }
    let mut end = End::new(extent, score, sample_rate_hz);
    let mut chunk = Vec::with_capacity(CHUNK_FRAMES * 2);
    let mut block = [0.0; BLOCK_FRAMES * 2];
    while !end.is_reached() {
        callback.render(&mut block);
        let frames = end.count(&block);
        chunk.extend_from_slice(&block[..frames * 2]);
        if chunk.len() == CHUNK_FRAMES * 2 {
            if sink(&chunk).is_break() {
                return;
            }
            chunk.clear();
        }
    }
    if !chunk.is_empty() {
        let _ = sink(&chunk);
    }
}

/// Finds the end of a render.
struct End {
    extent: Extent,
    music: u64,
    longest: u64,
    silence_frames: u64,
    rendered: u64,
    silent: u64,
}

impl End {
    fn new(extent: Extent, score: &Score, sample_rate_hz: u32) -> Self {
        let music = frames_of(score, sample_rate_hz);
        let rate = f64::from(sample_rate_hz);
        Self {
            extent,
            music,
            longest: music + (LONGEST_TAIL_SECONDS * rate) as u64,
            silence_frames: (SILENT_SECONDS * rate).ceil() as u64,
            rendered: 0,
            silent: 0,
        }
    }

    fn is_reached(&self) -> bool {
        match self.extent {
            Extent::Stem { frames } => self.rendered >= frames,
            Extent::Mix => {
                self.rendered >= self.longest || (self.rendered >= self.music && self.silent >= self.silence_frames)
            }
        }
    }

    /// Counts a block; returns how many frames of it are wanted.
    fn count(&mut self, block: &[f32; BLOCK_FRAMES * 2]) -> usize {
        let frames = match self.extent {
            Extent::Stem { frames } => (frames - self.rendered).min(BLOCK_FRAMES as u64),
            Extent::Mix => BLOCK_FRAMES as u64,
        };
        self.rendered += frames;
        let is_quiet = block.iter().all(|sample| sample.abs() < SILENCE);
        self.silent = if is_quiet { self.silent + frames } else { 0 };
        frames as usize
    }
}

#[cfg(test)]
mod tests;
