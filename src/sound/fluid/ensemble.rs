//! Several synths that have the channels among them and render them at the same time: bit for bit what one would.
//!
//! The channels know nothing of each other but that they share one polyphony. So each synth renders its own for as many
//! blocks as all the notes that begin in them could not make voices run short; where they could, the synths go through
//! the block together, message by message, and the voices that have to go are chosen among all.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use fundsp::denormal::prevent_denormals;

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
/// Blocks that a thread renders of a synth before it looks which one is next.
const TURN_BLOCKS: usize = 8;

/// The channels of some blocks that had sound.
#[derive(Debug, Default)]
pub(in crate::sound) struct Sound {
    buses: Vec<(usize, Bus)>,
    /// Where those of each block end.
    ends: Vec<usize>,
}

impl Sound {
    fn clear(&mut self) {
        self.buses.clear();
        self.ends.clear();
    }

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

/// What a synth has done of a stretch of blocks.
struct Turn<'a> {
    synth: &'a mut FluidSynth,
    /// The block that comes next.
    at: usize,
    /// Notes that have begun before it, of all synths.
    notes: u64,
    /// The thread that takes it unless another has nothing else to do.
    home: usize,
    sound: Sound,
}

/// See the module.
pub(in crate::sound) struct Ensemble {
    synths: Vec<FluidSynth>,
    threads: usize,
    /// Notes that have begun.
    notes: u64,
    /// Room for the sound to come: to give so much memory back, and to take it again, is slow.
    spare: Vec<Sound>,
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
        Ok(Self { synths, threads, notes: 0, spare: Vec::new() })
    }

    /// Renders blocks of a segment, one after the other and as many at a time as can be: from the given one up to the
    /// one that is returned. The caller does what it has to do `beside` it first, and then renders, too.
    pub fn render(&mut self, segment: &Segment, from: usize, beside: impl FnOnce()) -> (usize, Vec<Sound>) {
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
            let sound = self.render_apart(segment, from..to, threads, beside);
            self.notes += notes as u64;
            (to, sound)
        } else {
            beside();
            (from + 1, self.render_together(segment.block(from)))
        }
    }

    /// Every thread takes that of its synths that has most before it, renders a part of that, and puts it back; one
    /// whose synths are done takes those of others. So all end at much the same time, and a synth seldom moves from
    /// one processor's cache to another's.
    fn render_apart(
        &mut self,
        segment: &Segment,
        blocks: Range<usize>,
        threads: usize,
        beside: impl FnOnce(),
    ) -> Vec<Sound> {
        let (start, end, notes) = (blocks.start, blocks.end, self.notes);
        let silent = self.silent();
        let turns = self.synths.iter_mut().zip(silent).enumerate().map(|(index, (synth, sound))| Turn {
            synth,
            at: start,
            notes,
            home: index % threads,
            sound,
        });
        let (turns, ended) = (Mutex::new(turns.collect::<Vec<_>>()), Mutex::new(Vec::new()));
        let next = |thread: usize| {
            let mut turns = lock(&turns);
            let length = |turn: &Turn<'_>| (end - turn.at) * (1 + turn.synth.sounding());
            let longest = (0..turns.len()).max_by_key(|index| {
                let turn = &turns[*index];
                (turn.home == thread, length(turn))
            })?;
            Some(turns.swap_remove(longest))
        };
        let work = |thread: usize| {
            prevent_denormals(); // as in the audio callback
            while let Some(mut turn) = next(thread) {
                let until = (turn.at + TURN_BLOCKS).min(end);
                turn.render(segment, until);
                if until < end {
                    lock(&turns).push(turn);
                } else {
                    lock(&ended).push(turn.sound);
                }
            }
        };
        thread::scope(|scope| {
            let work = &work;
            for thread in 1..threads {
                // one that cannot be had is not missed: the others take its turns
                let _ = thread::Builder::new().name("cantus-render".into()).spawn_scoped(scope, move || work(thread));
            }
            beside();
            work(0);
        });
        ended.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes sound back that was mixed.
    pub fn take_back(&mut self, sounds: Vec<Sound>) {
        self.spare = sounds;
    }

    /// Room for the sound of each synth.
    fn silent(&mut self) -> Vec<Sound> {
        let mut sounds = std::mem::take(&mut self.spare);
        sounds.resize_with(self.synths.len(), Sound::default);
        sounds.iter_mut().for_each(Sound::clear);
        sounds
    }

    fn render_together(&mut self, block: &[Sent]) -> Vec<Sound> {
        prevent_denormals();
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
        let mut sounds = self.silent();
        for (synth, sound) in self.synths.iter_mut().zip(&mut sounds) {
            synth.advance(BLOCK_FRAMES - at);
            sound.push(synth.finish_block());
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
}

impl Turn<'_> {
    /// Renders its channels up to a block; voices must not run short.
    fn render(&mut self, segment: &Segment, until: usize) {
        for block in self.at..until {
            let mut at = 0;
            for sent in segment.block(block) {
                if self.synth.is_own[sent.channel] {
                    self.synth.advance(sent.frame - at);
                    at = sent.frame;
                    self.synth.take(sent, self.notes);
                }
                self.notes += u64::from(sent.is_note());
            }
            self.synth.advance(BLOCK_FRAMES - at);
            self.sound.push(self.synth.finish_block());
        }
        self.at = until;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
