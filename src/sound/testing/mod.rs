//! For tests: a synth that clicks on the very frame of each note and logs what it is sent, and small scores.

pub mod c_memory;

use std::sync::{Arc, Mutex};

use super::block::BLOCK_FRAMES;
use super::mixer::buses::{Buses, add_scaled};
use super::synth::{Message, Receiver, Synth};
use crate::music::{Note, Part, Pitch, Score, Tick, Velocity};

/// Frame, channel, message.
pub type Log = Arc<Mutex<Vec<(u64, usize, Message)>>>;

/// Puts a single full sample where each note begins.
#[derive(Debug)]
pub struct ClickSynth {
    /// The first of the block.
    block: u64,
    /// The present one, from there.
    now: usize,
    buses: Buses,
    finished: Buses,
    log: Log,
}

impl ClickSynth {
    pub fn new() -> (Box<Self>, Log) {
        // room for all of a test: the callback must not allocate, and tests check that
        let log: Log = Arc::new(Mutex::new(Vec::with_capacity(100_000)));
        let synth = Self { block: 0, now: 0, buses: Buses::new(), finished: Buses::new(), log: Arc::clone(&log) };
        (Box::new(synth), log)
    }
}

impl Receiver for ClickSynth {
    fn send(&mut self, channel: usize, message: Message) {
        if let Message::NoteOn(..) = message {
            let bus = self.buses.open(channel);
            (bus.left[self.now], bus.right[self.now]) = (0.8, 0.8);
        }
        self.log.lock().unwrap().push((self.block + self.now as u64, channel, message));
    }
}

impl Synth for ClickSynth {
    fn advance(&mut self, frames: usize) {
        self.now += frames;
    }
    fn finish_block(&mut self) -> &mut Buses {
        self.block += std::mem::take(&mut self.now) as u64;
        std::mem::swap(&mut self.buses, &mut self.finished);
        self.buses.clear();
        &mut self.finished
    }
}

/// The next blocks of all channels together, left and right.
pub fn sound(synth: &mut dyn Synth, blocks: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut left, mut right) = (vec![0.0; blocks * BLOCK_FRAMES], vec![0.0; blocks * BLOCK_FRAMES]);
    for (left, right) in left.chunks_mut(BLOCK_FRAMES).zip(right.chunks_mut(BLOCK_FRAMES)) {
        synth.advance(BLOCK_FRAMES);
        for (_, bus) in synth.finish_block().used() {
            add_scaled(left, &bus.left, 1.0);
            add_scaled(right, &bus.right, 1.0);
        }
    }
    (left, right)
}

/// The loudest sample of the next blocks.
pub fn loudest(synth: &mut dyn Synth, blocks: usize) -> f32 {
    let (left, right) = sound(synth, blocks);
    left.iter().chain(&right).fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// A note of velocity 100.
pub fn note(start: Tick, pitch: i32, duration: Tick) -> Note {
    Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(100) }
}

/// A score of parts with these notes, dry.
pub fn score(parts: Vec<Vec<Note>>) -> Score {
    let part = |notes| Arc::new(Part { notes, reverb: 0, ..Part::default() });
    Score { parts: parts.into_iter().map(part).collect(), ..Score::default() }
}

/// Keys of a channel that a log leaves held, pedals aside.
pub fn held(log: &Log, channel: usize) -> Vec<u8> {
    let mut held = Vec::new();
    for &(_, _, message) in log.lock().unwrap().iter().filter(|(_, of, _)| *of == channel) {
        match message {
            Message::NoteOn(pitch, _) => held.push(pitch),
            Message::NoteOff(pitch) => held.retain(|known| *known != pitch),
            Message::ReleaseAll | Message::Silence => held.clear(),
            _ => {}
        }
    }
    held
}

/// A score rendered with the test font: interleaved stereo.
pub fn rendered(score: &Score, rate_hz: u32) -> Vec<f32> {
    let mut samples = Vec::new();
    super::render::render(score, &super::soundfont::testing::font(), rate_hz, &mut |chunk| {
        samples.extend_from_slice(chunk);
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    samples
}
