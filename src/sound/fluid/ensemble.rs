//! Several synths that have the channels among them and render them at the same time: bit for bit what one would.
//!
//! The channels know nothing of each other but that they share one polyphony. So each synth renders its own on a thread
//! of its own for as many blocks as all the notes that begin in them could not make voices run short; where they could,
//! the synths go through the block together, message by message, and the voices that have to go are chosen among all.

use std::ops::Range;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver as Incoming, Sender, unbounded};

use super::raw::VOICES_PER_NOTE;
use super::{FluidSynth, UNDISTURBED_VOICES, make_room};
use crate::sound::block::{BLOCK_FRAMES, CHANNELS};
use crate::sound::mixer::Mixer;
use crate::sound::mixer::buses::{Bus, Buses};
use crate::sound::render::segment::{Segment, Sent};
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::error::SoundFontError;
use crate::sound::synth::{Message, Receiver as _, Synth as _};

/// The channels of some blocks that had sound.
#[derive(Debug, Default)]
pub(in crate::sound) struct Sound {
    buses: Vec<(usize, Bus)>,
    /// Where those of each block end.
    ends: Vec<usize>,
}

impl Sound {
    fn push(&mut self, buses: &mut Buses) {
        self.buses.extend(buses.used().map(|(channel, bus)| (channel, bus.clone())));
        self.ends.push(self.buses.len());
    }

    /// Puts a block's channels on the buses.
    pub fn put(&self, block: usize, buses: &mut Buses) {
        let start = if block == 0 { 0 } else { self.ends[block - 1] };
        for (channel, bus) in &self.buses[start..self.ends[block]] {
            buses.open(*channel).clone_from(bus);
        }
    }
}

/// Blocks that a synth is to render alone.
struct Job {
    synth: Box<FluidSynth>,
    segment: Arc<Segment>,
    blocks: Range<usize>,
    /// Notes that have begun before, of all synths.
    notes: u64,
}

/// A thread that renders a synth's channels.
struct Worker {
    jobs: Sender<Job>,
    done: Incoming<(Box<FluidSynth>, Sound)>,
}

/// See the module.
pub(in crate::sound) struct Ensemble {
    /// The first one's blocks are rendered here, the others' by a worker each.
    synths: Vec<Box<FluidSynth>>,
    workers: Vec<Worker>,
    /// Notes that have begun.
    notes: u64,
}

impl Ensemble {
    /// So many synths as there are groups, each with a copy of the font and the channels of its group.
    ///
    /// # Errors
    /// The synth refuses the font or the sample rate, or there is no thread to be had.
    pub fn new(font: &SoundFont, sample_rate_hz: u32, groups: &[Vec<usize>]) -> Result<Self, SoundFontError> {
        let mut synths = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let mut synth = Box::new(FluidSynth::new(font, sample_rate_hz)?);
            let mut is_own = [index == 0; CHANNELS]; // what is in no group goes to the first
            groups.iter().flatten().for_each(|channel| is_own[*channel] = false);
            group.iter().for_each(|channel| is_own[*channel] = true);
            synth.is_own = is_own;
            synths.push(synth);
        }
        let workers = (1..groups.len()).map(|_| Worker::start()).collect::<Result<_, _>>()?;
        Ok(Self { synths, workers, notes: 0 })
    }

    /// Renders blocks of a segment, one after the other and as many at a time as can be: from the given one up to the
    /// one that is returned.
    pub fn render(&mut self, segment: &Arc<Segment>, from: usize) -> (usize, Vec<Sound>) {
        let mut free = UNDISTURBED_VOICES.saturating_sub(self.synths.iter().map(|synth| synth.sounding()).sum());
        let mut to = from;
        while to < segment.blocks()
            && let Some(rest) = free.checked_sub(segment.notes(to) * VOICES_PER_NOTE)
        {
            (free, to) = (rest, to + 1);
        }
        if to > from {
            let sound = self.render_apart(segment, from..to);
            self.notes += (from..to).map(|block| segment.notes(block) as u64).sum::<u64>();
            (to, sound)
        } else {
            (from + 1, self.render_together(segment.block(from)))
        }
    }

    fn render_apart(&mut self, segment: &Arc<Segment>, blocks: Range<usize>) -> Vec<Sound> {
        let others = self.synths.split_off(1);
        for (synth, worker) in others.into_iter().zip(&self.workers) {
            let job = Job { synth, segment: Arc::clone(segment), blocks: blocks.clone(), notes: self.notes };
            worker.jobs.send(job).expect("it lives as long as this");
        }
        let mut sounds = vec![self.synths[0].render_alone(segment, blocks, self.notes)];
        for worker in &self.workers {
            let (synth, sound) = worker.done.recv().expect("it lives as long as this");
            self.synths.push(synth);
            sounds.push(sound);
        }
        sounds
    }

    fn render_together(&mut self, block: &[Sent]) -> Vec<Sound> {
        let mut at = 0;
        for sent in block {
            self.synths.iter_mut().for_each(|synth| synth.advance(sent.frame - at));
            at = sent.frame;
            let Some(synth) = self.synths.iter_mut().find(|synth| synth.is_own[sent.channel]) else { continue };
            synth.take(sent, self.notes);
            if sent.is_note() {
                self.notes += 1;
                make_room(&mut self.synths.iter_mut().map(|synth| &mut **synth).collect::<Vec<_>>());
            }
        }
        let mut sounds = Vec::new();
        for synth in &mut self.synths {
            synth.advance(BLOCK_FRAMES - at);
            let mut sound = Sound::default();
            sound.push(synth.finish_block());
            sounds.push(sound);
        }
        sounds
    }
}

impl Worker {
    fn start() -> Result<Self, SoundFontError> {
        let (jobs, to_do) = unbounded::<Job>();
        let (finished, done) = unbounded();
        let work = move || {
            for Job { mut synth, segment, blocks, notes } in to_do {
                let sound = synth.render_alone(&segment, blocks, notes);
                if finished.send((synth, sound)).is_err() {
                    return;
                }
            }
        };
        let started = thread::Builder::new().name("cantus-render".into()).spawn(work);
        started.map_err(|error| SoundFontError::Synth(error.to_string()))?;
        Ok(Self { jobs, done })
    }
}

impl FluidSynth {
    /// Takes what is sent to one of its channels and is not the mixer's; a note is the given one of all.
    fn take(&mut self, sent: &Sent, note: u64) {
        match sent.message {
            Message::NoteOn(pitch, velocity) => self.begin_note(sent.channel, pitch, velocity, note),
            message if !Mixer::is_fader(message) => self.send(sent.channel, message),
            _ => {}
        }
    }

    /// Its own channels of some blocks, in which voices cannot run short.
    fn render_alone(&mut self, segment: &Segment, blocks: Range<usize>, mut notes: u64) -> Sound {
        let mut sound = Sound::default();
        for block in blocks {
            let mut at = 0;
            for sent in segment.block(block) {
                if self.is_own[sent.channel] {
                    self.advance(sent.frame - at);
                    at = sent.frame;
                    self.take(sent, notes);
                }
                notes += u64::from(sent.is_note());
            }
            self.advance(BLOCK_FRAMES - at);
            sound.push(self.finish_block());
        }
        sound
    }
}
