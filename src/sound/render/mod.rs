//! Rendering a score faster than real time, through the same sequencer, synth and mixer as live.

pub(super) mod segment;

use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::thread;

use self::segment::{Performance, Segment};
use super::block::{BLOCK_FRAMES, MAX_PARTS, interleave};
use super::fluid::ensemble::{Ensemble, Sound};
use super::limiter::Limiter;
use super::mixer::Mixer;
use super::mixer::buses::Buses;
use super::schedule::{EXACT_PER_SECOND, Schedule};
use super::soundfont::SoundFont;
use super::soundfont::error::SoundFontError;
use super::synth::Receiver as _;
use crate::music::Score;

/// Frames passed to the sink at a time.
const CHUNK_FRAMES: usize = 64 * BLOCK_FRAMES;
/// Blocks that are rendered at a time: a quarter of a second, so that threads seldom wait for each other.
const SEGMENT_BLOCKS: usize = 192;
/// The tail ends after this much silence, or here at the latest.
const SILENT_SECONDS: f64 = 0.25;
pub(super) const LONGEST_TAIL_SECONDS: f64 = 12.0;
/// Some parts have more voices than others: with several synths each, threads end at much the same time.
const SYNTHS_PER_THREAD: usize = 2;
/// -80 dB: below what 16 bits hold of a tail.
const SILENCE: f32 = 1e-4;
/// A further synth has to load the font again, which takes as long as rendering some music does: it is worth it where
/// there is a second of music for so many bytes.
const FONT_BYTES_PER_SECOND: u64 = 4 << 20;
/// Copies of a font take at most so many bytes.
const MAX_COPIES_BYTES: u64 = 512 << 20;

/// Renders a whole score, including its tail until silence, on as many cores as are of use.
///
/// `sink` gets interleaved stereo, a few thousand frames at a time, and may stop it by breaking. The same score, font
/// and rate give the same samples, bit for bit, on however many cores; the live sound's limiter keeps all samples
/// within -1 to 1.
///
/// # Errors
/// The synth refuses the font or the sample rate (22,050 to 96,000 Hz).
pub fn render(
    score: &Score,
    soundfont: &SoundFont,
    sample_rate_hz: u32,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), SoundFontError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    render_on(cores, score, soundfont, sample_rate_hz, Extent::Mix, sink)
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
    // one renders while the other mixes and writes
    render_on(2, &alone, soundfont, sample_rate_hz, Extent::Stem { frames }, sink)
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

/// The same on so many threads, of which the caller's mixes, too.
pub(super) fn render_on(
    threads: usize,
    score: &Score,
    soundfont: &SoundFont,
    sample_rate_hz: u32,
    extent: Extent,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), SoundFontError> {
    let schedule = Arc::new(Schedule::compile(score));
    let synths = if threads == 1 { 1 } else { (threads * SYNTHS_PER_THREAD).min(useful_synths(score, soundfont)) };
    let mut ensemble = Ensemble::new(soundfont, sample_rate_hz, &groups(score, synths), threads)?;
    let mut mix = MixDown::new(&schedule, extent, score, sample_rate_hz);
    let mut performance = Performance::new(schedule, sample_rate_hz);
    // what was rendered and is mixed while the next is rendered
    let mut rendered: Option<(Arc<Segment>, Range<usize>, Vec<Sound>)> = None;
    loop {
        let segment = Arc::new(performance.next(SEGMENT_BLOCKS));
        let mut from = 0;
        while from < segment.blocks() {
            let mut mixed = ControlFlow::Continue(());
            let (to, sounds) = ensemble.render(&segment, from, || {
                if let Some((segment, blocks, sounds)) = &rendered {
                    mixed = blocks.clone().enumerate().try_for_each(|(index, block)| {
                        mix.add(segment, block, sounds.iter().map(|sound| (sound, index)), sink)
                    });
                }
            });
            if mixed.is_break() {
                return Ok(()); // the end is reached
            }
            if let Some((_, _, sounds)) = rendered.replace((Arc::clone(&segment), from..to, sounds)) {
                ensemble.take_back(sounds);
            }
            from = to;
        }
    }
}

/// How many synths are of use: none without a part of its own to play, and none whose copy of the font would take
/// longer to load than it saves, or too much room.
fn useful_synths(score: &Score, soundfont: &SoundFont) -> usize {
    let bytes = soundfont.image().len().max(1);
    let seconds = score.tempo.exact_from_tick(score.end()) / EXACT_PER_SECOND.unsigned_abs();
    let copies = (seconds * FONT_BYTES_PER_SECOND / bytes).min(MAX_COPIES_BYTES / bytes);
    1 + usize::try_from(copies).unwrap_or(usize::MAX - 1)
}

/// The parts in at most so many groups of some equal amount of sound, none of them empty unless all are.
fn groups(score: &Score, at_most: usize) -> Vec<Vec<usize>> {
    let length = |part: usize| -> u64 { score.parts[part].notes.iter().map(|note| u64::from(note.duration)).sum() };
    let mut parts: Vec<(u64, usize)> = (0..score.parts.len().min(MAX_PARTS))
        .filter(|part| score.is_audible(*part))
        .map(|part| (length(part), part))
        .filter(|(length, _)| *length > 0)
        .collect();
    parts.sort_by_key(|(length, part)| (std::cmp::Reverse(*length), *part));
    let mut groups = vec![(0, Vec::new()); at_most.min(parts.len()).max(1)];
    for (length, part) in parts {
        if let Some((sum, group)) = groups.iter_mut().min_by_key(|(sum, _)| *sum) {
            *sum += length;
            group.push(part);
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What comes after the synths: mixer, limiter, and the end.
struct MixDown {
    mixer: Mixer,
    /// Where there is one.
    limiter: Option<Limiter>,
    buses: Buses,
    end: End,
    chunk: Vec<f32>,
}

impl MixDown {
    fn new(schedule: &Schedule, extent: Extent, score: &Score, sample_rate_hz: u32) -> Self {
        let mut mixer = Mixer::new(sample_rate_hz);
        mixer.set_master(schedule.volume);
        Self {
            mixer,
            limiter: matches!(extent, Extent::Mix).then(|| Limiter::new(sample_rate_hz, BLOCK_FRAMES)),
            buses: Buses::new(),
            end: End::new(extent, score, sample_rate_hz),
            chunk: Vec::with_capacity(CHUNK_FRAMES * 2),
        }
    }

    /// Mixes a block of a segment of what the synths gave for it and passes on whole chunks. Breaks at the end.
    fn add<'a>(
        &mut self,
        segment: &Segment,
        block: usize,
        sounds: impl Iterator<Item = (&'a Sound, usize)>,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.end.is_reached() {
            if !self.chunk.is_empty() {
                let _ = sink(&self.chunk);
            }
            return ControlFlow::Break(());
        }
        for sent in segment.block(block) {
            self.mixer.send(sent.channel, sent.message);
        }
        self.buses.clear();
        sounds.for_each(|(sound, index)| sound.put(index, &mut self.buses));
        let (mut left, mut right) = ([0.0; BLOCK_FRAMES], [0.0; BLOCK_FRAMES]);
        self.mixer.mix(&mut self.buses, &mut left, &mut right);
        if let Some(limiter) = &mut self.limiter {
            limiter.process(&mut left, &mut right);
        }
        let mut both = [0.0; BLOCK_FRAMES * 2];
        interleave(&left, &right, &mut both);
        let frames = self.end.count(&both);
        self.chunk.extend_from_slice(&both[..frames * 2]);
        if self.chunk.len() == CHUNK_FRAMES * 2 {
            sink(&self.chunk)?;
            self.chunk.clear();
        }
        ControlFlow::Continue(())
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
