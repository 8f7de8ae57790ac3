//! What a score sends to the synth and the mixer, some blocks of it at a time: the sequencer played without a sound.

use std::sync::Arc;

use crate::sound::block::BLOCK_FRAMES;
use crate::sound::metronome::Clicker;
use crate::sound::schedule::Schedule;
use crate::sound::sequencer::Sequencer;
use crate::sound::synth::{Message, Receiver};

/// A message and the frame of its block at which it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sound) struct Sent {
    pub frame: usize,
    pub channel: usize,
    pub message: Message,
}

impl Sent {
    pub const fn is_note(&self) -> bool {
        matches!(self.message, Message::NoteOn(..))
    }
}

/// Successive blocks.
#[derive(Debug, Default)]
pub(in crate::sound) struct Segment {
    sent: Vec<Sent>,
    /// Where the messages of each block end.
    ends: Vec<usize>,
}

impl Segment {
    pub const fn blocks(&self) -> usize {
        self.ends.len()
    }

    /// The messages of a block, in the order in which they are sent.
    pub fn block(&self, block: usize) -> &[Sent] {
        let start = if block == 0 { 0 } else { self.ends[block - 1] };
        &self.sent[start..self.ends[block]]
    }

    /// The notes that begin in a block.
    pub fn notes(&self, block: usize) -> usize {
        self.block(block).iter().filter(|sent| sent.is_note()).count()
    }
}

struct Recorder<'a> {
    sent: &'a mut Vec<Sent>,
    frame: usize,
}

impl Receiver for Recorder<'_> {
    fn send(&mut self, channel: usize, message: Message) {
        self.sent.push(Sent { frame: self.frame, channel, message });
    }
}

/// A score that is played from its beginning.
pub(super) struct Performance {
    sequencer: Sequencer,
    clicker: Clicker,
    /// What is sent before the first block.
    first: Vec<Sent>,
}

impl Performance {
    pub fn new(schedule: Arc<Schedule>, sample_rate_hz: u32) -> Self {
        let mut first = Vec::new();
        let mut sequencer = Sequencer::new(sample_rate_hz);
        let recorder = &mut Recorder { sent: &mut first, frame: 0 };
        sequencer.set_schedule(schedule, recorder);
        sequencer.play(recorder);
        Self { sequencer, clicker: Clicker::new(sample_rate_hz), first }
    }

    /// The next blocks.
    pub fn next(&mut self, blocks: usize) -> Segment {
        let mut segment = Segment { sent: std::mem::take(&mut self.first), ends: Vec::with_capacity(blocks) };
        for _ in 0..blocks {
            let recorder = &mut Recorder { sent: &mut segment.sent, frame: 0 };
            self.sequencer.begin_block(recorder);
            while recorder.frame < BLOCK_FRAMES {
                self.sequencer.dispatch(recorder, &mut self.clicker);
                let frames = self.sequencer.frames_until_next((BLOCK_FRAMES - recorder.frame) as u64);
                self.sequencer.advance(frames);
                recorder.frame += frames as usize;
            }
            segment.ends.push(segment.sent.len());
        }
        segment
    }
}
