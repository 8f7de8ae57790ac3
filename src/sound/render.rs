//! Rendering a score faster than real time, through the same sequencer and synth as live.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::callback::{BLOCK_FRAMES, Callback, Command, Shared};
use super::fluid::FluidSynth;
use super::schedule::{EXACT_PER_SECOND, Schedule};
use super::synth::Synth;
use super::{SoundFont, SoundFontError};
use crate::music::Score;

/// Frames handed to the sink at a time.
const CHUNK_FRAMES: usize = 64 * BLOCK_FRAMES;
/// The tail ends after this much silence, or here at the latest.
const SILENT_SECONDS: f64 = 0.25;
const LONGEST_TAIL_SECONDS: f64 = 12.0;
/// -80 dB: below what 16 bits keep of a tail.
const SILENCE: f32 = 1e-4;

/// Renders a whole score, its tail until silence included.
///
/// `sink` gets interleaved stereo, a few thousand frames at a time, and may stop it by breaking. The same score, font
/// and rate give the same samples, bit for bit; no sample lies outside -1 to 1 (the limiter of the live sound sees to it).
///
/// # Errors
/// Where the synth does not take the font or the rate (22,050 to 96,000 Hz).
pub fn render(
    score: &Score,
    soundfont: &SoundFont,
    sample_rate_hz: u32,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), SoundFontError> {
    let synth = Box::new(FluidSynth::new(soundfont, sample_rate_hz)?);
    render_with(synth, score, sample_rate_hz, sink);
    Ok(())
}

/// Frames of a score at a rate, its tail not counted: for a progress bar.
pub fn frames_of(score: &Score, sample_rate_hz: u32) -> u64 {
    let exact = i128::from(score.tempo.exact_from_tick(score.end()));
    (exact * i128::from(sample_rate_hz) / i128::from(EXACT_PER_SECOND)) as u64
}

/// The same on any synth.
pub(super) fn render_with(synth: Box<dyn Synth>, score: &Score, sample_rate_hz: u32, sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>) {
    let (mut commands, take_commands) = rtrb::RingBuffer::new(8);
    let (throw_away, _trash) = rtrb::RingBuffer::new(8);
    let mut callback = Callback::new(sample_rate_hz, take_commands, throw_away, Arc::new(Shared::new()));
    let schedule = Arc::new(Schedule::compile(score));
    for command in [Command::Synth(synth), Command::Schedule(schedule), Command::Play] {
        drop(commands.push(command)); // the ring is empty and has room
    }
    let music = frames_of(score, sample_rate_hz);
    let rate = f64::from(sample_rate_hz);
    let longest = music + (LONGEST_TAIL_SECONDS * rate) as u64;
    let mut chunk = Vec::with_capacity(CHUNK_FRAMES * 2);
    let mut block = [0.0; BLOCK_FRAMES * 2];
    let (mut rendered, mut silent) = (0_u64, 0_u64);
    while rendered < longest && (rendered < music || (silent as f64) < SILENT_SECONDS * rate) {
        callback.render(&mut block);
        rendered += BLOCK_FRAMES as u64;
        let quiet = block.iter().all(|sample| sample.abs() < SILENCE);
        silent = if quiet { silent + BLOCK_FRAMES as u64 } else { 0 };
        chunk.extend_from_slice(&block);
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

#[cfg(test)]
mod tests;
