//! Several synths that have the channels among them and render them at the same time: bit for bit what one would.
//!
//! The channels know nothing of each other but that they share one polyphony. So each synth renders its own for as many
//! blocks as all the notes that begin in them could not make voices run short; where they could, the synths go through
//! the block together, message by message, and the voices that have to go are chosen among all.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::raw::VOICES_PER_NOTE;
use super::{FluidSynth, UNDISTURBED_VOICES, make_room};
use crate::sound::block::{BLOCK_FRAMES, CHANNELS};
use crate::sound::mixer::Mixer;
use crate::sound::mixer::buses::{Bus, Buses};
use crate::sound::render::segment::{Segment, Sent};
use crate::sound::soundfont::SoundFont;
use crate::sound::soundfont::error::SoundFontError;
use crate::sound::synth::{Message, Receiver as _, Synth as _};

/// Blocks of voices below which starting threads takes longer than it saves.
const WORTH_THREADS: usize = 500;

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

/// See the module.
pub(in crate::sound) struct Ensemble {
    synths: Vec<FluidSynth>,
    threads: usize,
    /// Notes that have begun.
    notes: u64,
}

impl Ensemble {
    /// So many synths as there are groups, each with a copy of the font and the channels of its group, for so many
    /// threads.
    ///
    /// # Errors
    /// The synth refuses the font or the sample rate.
    pub fn new(
        font: &SoundFont,
        sample_rate_hz: u32,
        groups: &[Vec<usize>],
        threads: usize,
    ) -> Result<Self, SoundFontError> {
        let mut synths = Vec::new();
        for index in 0..groups.len() {
            let mut synth = FluidSynth::new(font, sample_rate_hz)?;
            let mut is_own = [index == 0; CHANNELS]; // what is in no group goes to the first
            for (other, group) in groups.iter().enumerate() {
                for channel in group {
                    is_own[*channel] = other == index;
                }
            }
            synth.is_own = is_own;
            synths.push(synth);
        }
        Ok(Self { synths, threads, notes: 0 })
    }

    /// Renders blocks of a segment, one after the other and as many at a time as can be: from the given one up to the
    /// one that is returned.
    pub fn render(&mut self, segment: &Segment, from: usize) -> (usize, Vec<Sound>) {
        let sounding: usize = self.synths.iter().map(FluidSynth::sounding).sum();
        let mut free = UNDISTURBED_VOICES.saturating_sub(sounding);
        let mut to = from;
        while to < segment.blocks()
            && let Some(rest) = free.checked_sub(segment.notes(to) * VOICES_PER_NOTE)
        {
            (free, to) = (rest, to + 1);
        }
        if to > from {
            let notes: usize = (from..to).map(|block| segment.notes(block)).sum();
            let threads = if (to - from) * (sounding + notes) < WORTH_THREADS { 1 } else { self.threads };
            let sound = self.render_apart(segment, from..to, threads);
            self.notes += notes as u64;
            (to, sound)
        } else {
            (from + 1, self.render_together(segment.block(from)))
        }
    }

    fn render_apart(&mut self, segment: &Segment, blocks: Range<usize>, threads: usize) -> Vec<Sound> {
        let notes = self.notes;
        let mut waiting: Vec<&mut FluidSynth> = self.synths.iter_mut().collect();
        waiting.sort_by_key(|synth| synth.sounding()); // the longest first: they are taken from the end
        let waiting = Mutex::new(waiting);
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let work = || {
            let mut sounds = Vec::new();
            while let Some(synth) = next() {
                sounds.push(synth.render_alone(segment, blocks.clone(), notes));
            }
            sounds
        };
        thread::scope(|scope| {
            let start = |_| thread::Builder::new().name("cantus-render".into()).spawn_scoped(scope, work);
            // a thread that cannot be had is not missed: the others take its synths
            let others: Vec<_> = (1..threads).flat_map(start).collect();
            let mut sounds = work();
            for other in others {
                sounds.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            sounds
        })
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
                make_room(&mut self.synths.iter_mut().collect::<Vec<_>>());
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
