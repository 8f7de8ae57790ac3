//! The audio callback: takes commands, places live notes, runs the sequencer and mixes, 64 frames at a time.
//!
//! Nothing in here locks, allocates, frees, writes or waits; what it no longer needs goes to a trash ring, for another
//! thread to drop. A test runs it for minutes under an allocation guard.

pub(super) mod link;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fundsp::denormal::prevent_denormals;
use rtrb::{Consumer, Producer, RingBuffer};

use self::link::{Command, Commands, Link, Shared, Trash};
use super::block::{BLOCK_FRAMES, LIVE_CHANNEL, interleave};
use super::clock::FrameClock;
use super::limiter::Limiter;
use super::live::LiveMessage;
use super::metronome::Clicker;
use super::mixed_synth::MixedSynth;
use super::mixer::Mixer;
use super::mixer::buses::{Buses, add_scaled};
use super::preview::Preview;
use super::schedule::EXACT_PER_SECOND;
use super::sequencer::Sequencer;
use super::synth::{Message, NoSynth, Receiver as _, Synth};

/// Live inputs in use at once; further ones stay silent.
pub(super) const MAX_LIVE_INPUTS: usize = 64;
/// A live note that would sound later than this has a wrong stamp, and sounds at once.
const LATEST_LIVE_SECONDS: f64 = 0.25;
/// How long a replaced synth takes to fade out: 11 ms at 48 kHz.
const FADE_OUT_BLOCKS: u32 = 8;

/// See the module.
pub(super) struct Callback {
    sample_rate_hz: u32,
    commands: Consumer<Command>,
    trash: Producer<Trash>,
    shared: Arc<Shared>,
    synth: Box<dyn Synth>,
    /// The synth before, while it fades out, and the blocks left of that.
    fading_out: Option<(Box<dyn Synth>, u32)>,
    sequencer: Sequencer,
    mixer: Mixer,
    clicker: Clicker,
    /// The metronome's sound, which bypasses the mixer: it has a volume of its own and no effects.
    click: [[f32; BLOCK_FRAMES]; 2],
    preview: Preview,
    limiter: Limiter,
    clock: FrameClock,
    live: Vec<Consumer<LiveMessage>>,
    live_instrument: (u8, bool),
    left: [f32; BLOCK_FRAMES],
    right: [f32; BLOCK_FRAMES],
    peaks: [f32; 2],
}

impl Callback {
    /// A callback and its link, with room for so many commands at a time.
    pub fn new(sample_rate_hz: u32, capacity: usize) -> (Box<Self>, Link) {
        let (command_sender, commands) = RingBuffer::new(capacity);
        let (trash, discarded) = RingBuffer::new(capacity);
        let shared = Arc::new(Shared::new());
        let link = Link { commands: Commands::new(command_sender), trash: discarded, shared: Arc::clone(&shared) };
        let callback = Self {
            sample_rate_hz,
            commands,
            trash,
            shared,
            synth: Box::new(NoSynth(Buses::new())),
            fading_out: None,
            sequencer: Sequencer::new(sample_rate_hz),
            mixer: Mixer::new(sample_rate_hz),
            clicker: Clicker::new(sample_rate_hz),
            click: [[0.0; BLOCK_FRAMES]; 2],
            preview: Preview::default(),
            limiter: Limiter::new(sample_rate_hz, BLOCK_FRAMES),
            clock: FrameClock::new(sample_rate_hz, Duration::ZERO),
            live: Vec::with_capacity(MAX_LIVE_INPUTS),
            live_instrument: (0, false),
            left: [0.0; BLOCK_FRAMES],
            right: [0.0; BLOCK_FRAMES],
            peaks: [0.0; 2],
        };
        (Box::new(callback), link)
    }

    /// Moves to another stream. Allocates: only while no stream runs. The synth is to be replaced by one of this rate.
    /// `latency` is an estimate that holds until the stream reports its own.
    pub fn set_stream(&mut self, sample_rate_hz: u32, latency: Duration) {
        self.clock.restart(sample_rate_hz, latency);
        if self.sample_rate_hz != sample_rate_hz {
            self.sample_rate_hz = sample_rate_hz;
            self.sequencer.set_sample_rate(sample_rate_hz);
            self.mixer.set_sample_rate(sample_rate_hz);
            self.clicker = Clicker::new(sample_rate_hz);
            self.limiter = Limiter::new(sample_rate_hz, BLOCK_FRAMES);
        }
    }

    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Renders the next block as interleaved stereo. The stream's monitor knows when it was requested.
    pub fn render(&mut self, out: &mut [f32; BLOCK_FRAMES * 2]) {
        prevent_denormals(); // which take a processor many times as long as other numbers
        self.clock.begin_block(&self.shared.stream);
        while let Ok(command) = self.commands.pop() {
            self.execute(command);
        }
        let playhead = self.sequencer.playhead();
        self.fill_block();
        let jumps = self.sequencer.jumps();
        self.clock.end_block(BLOCK_FRAMES as u64, playhead, EXACT_PER_SECOND, jumps, &self.shared.clock);
        if let Some(phrase) = self.preview.mix(&mut self.left, &mut self.right) {
            self.discard(Trash::Phrase(phrase));
        }
        self.limiter.process(&mut self.left, &mut self.right);
        interleave(&self.left, &self.right, out);
        self.publish_levels();
        self.shared.blocks.fetch_add(1, Ordering::Relaxed);
    }

    fn fill_block(&mut self) {
        self.click = [[0.0; BLOCK_FRAMES]; 2];
        let synth = &mut MixedSynth { synth: &mut *self.synth, mixer: &mut self.mixer };
        self.sequencer.begin_block(synth);
        let mut done = 0;
        while done < BLOCK_FRAMES {
            let synth = &mut MixedSynth { synth: &mut *self.synth, mixer: &mut self.mixer };
            self.sequencer.dispatch(synth, &mut self.clicker);
            let next_live = self.play_live(done);
            let most = (BLOCK_FRAMES - done).min(next_live) as u64;
            let frames = self.sequencer.frames_until_next(most) as usize;
            let range = done..done + frames;
            let [left, right] = &mut self.click;
            self.clicker.mix(&mut left[range.clone()], &mut right[range]);
            self.synth.advance(frames);
            self.sequencer.advance(frames as u64);
            done += frames;
        }
        let buses = self.synth.finish_block();
        if let Some((synth, blocks)) = &mut self.fading_out {
            *blocks -= 1;
            synth.advance(BLOCK_FRAMES);
            let (from, to) = ((*blocks + 1) as f32, *blocks as f32);
            for (channel, bus) in synth.finish_block().used() {
                buses.open(channel).add_fading(bus, from / FADE_OUT_BLOCKS as f32, to / FADE_OUT_BLOCKS as f32);
            }
        }
        self.mixer.mix(buses, &mut self.left, &mut self.right);
        add_scaled(&mut self.left, &self.click[0], 1.0);
        add_scaled(&mut self.right, &self.click[1], 1.0);
        if let Some((synth, _)) = self.fading_out.take_if(|(_, blocks)| *blocks == 0) {
            self.discard(Trash::Synth(synth));
        }
    }

    fn publish_levels(&mut self) {
        let peak = |side: &[f32]| side.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let now = [peak(&self.left), peak(&self.right)];
        // Falls by half in some 100 ms at 48 kHz.
        for ((held, now), public) in self.peaks.iter_mut().zip(now).zip(&self.shared.peaks) {
            *held = now.max(*held * 0.991);
            public.store(held.to_bits(), Ordering::Relaxed);
        }
        for (part, public) in self.shared.part_peaks[..self.sequencer.part_count()].iter().enumerate() {
            for (peak, public) in self.mixer.peaks(part).iter().zip(public) {
                public.store(peak.to_bits(), Ordering::Relaxed);
            }
        }
        self.shared.limiter_gain.store(self.limiter.gain().to_bits(), Ordering::Relaxed);
    }

    fn execute(&mut self, command: Command) {
        let sequencer = &mut self.sequencer;
        let synth = &mut MixedSynth { synth: &mut *self.synth, mixer: &mut self.mixer };
        match command {
            Command::Schedule(schedule) => {
                let volume = schedule.volume;
                let old = sequencer.set_schedule(schedule, synth);
                self.mixer.set_master(volume);
                self.discard(Trash::Schedule(old));
            }
            Command::Play => sequencer.play(synth),
            Command::PlayWithCountIn(bars) => sequencer.play_with_count_in(bars, synth),
            Command::Pause(shown) => sequencer.pause_from(shown, synth),
            Command::Stop => sequencer.stop(synth),
            Command::Seek(tick) => sequencer.seek(tick, synth),
            Command::Loop(range) => sequencer.set_loop(range),
            Command::StopAtEnd(on) => sequencer.set_stop_at_end(on),
            Command::Metronome(volume) => sequencer.set_metronome(volume),
            Command::Panic => {
                sequencer.panic(synth);
                synth.send(LIVE_CHANNEL, Message::Silence);
                synth.send(LIVE_CHANNEL, Message::ResetControllers);
            }
            Command::Synth(mut new) => {
                let synth = &mut MixedSynth { synth: &mut *new, mixer: &mut self.mixer };
                sequencer.set_up(synth);
                synth.send(LIVE_CHANNEL, Message::ResetControllers);
                let (program, is_drum) = self.live_instrument;
                synth.send(LIVE_CHANNEL, Message::Instrument { program, is_drum });
                let old = std::mem::replace(&mut self.synth, new);
                if let Some((earlier, _)) = self.fading_out.replace((old, FADE_OUT_BLOCKS)) {
                    self.discard(Trash::Synth(earlier));
                }
            }
            Command::LiveInput(input) if self.live.len() < MAX_LIVE_INPUTS => self.live.push(input),
            Command::LiveInput(input) => self.discard(Trash::LiveInput(input)),
            Command::Preview(phrase) => {
                if let Some(phrase) = self.preview.start(phrase) {
                    self.discard(Trash::Phrase(phrase));
                }
            }
            Command::LiveInstrument { program, is_drum } => {
                synth.send(LIVE_CHANNEL, Message::ReleaseAll);
                self.live_instrument = (program, is_drum);
                synth.send(LIVE_CHANNEL, Message::Instrument { program, is_drum });
            }
        }
    }

    /// Where the ring is full, memory is leaked rather than freed here.
    fn discard(&mut self, trash: Trash) {
        if let Err(rtrb::PushError::Full(trash)) = self.trash.push(trash) {
            std::mem::forget(trash);
        }
    }

    /// Plays live messages that are due at a frame of the block; returns in how many frames the next is due.
    fn play_live(&mut self, frame: usize) -> usize {
        let mut next = BLOCK_FRAMES;
        let delay_frames = self.shared.stream.live_delay_frames() as f64;
        for index in 0..self.live.len() {
            while let Ok(message) = self.live[index].peek() {
                let due = self.clock.frames_until(message.at) + delay_frames - frame as f64;
                let is_plausible = due < LATEST_LIVE_SECONDS * f64::from(self.sample_rate_hz);
                if due >= 1.0 && is_plausible {
                    next = next.min(due as usize);
                    break;
                }
                if due <= -1.0 || !is_plausible {
                    self.shared.late.fetch_add(1, Ordering::Relaxed);
                }
                let bytes = message.bytes;
                let _ = self.live[index].pop(); // the one just looked at
                self.play_message(bytes);
            }
        }
        next.max(1)
    }

    fn play_message(&mut self, [status, first, second]: [u8; 3]) {
        let (first, second) = (first & 0x7F, second & 0x7F);
        let message = match (status & 0xF0, first) {
            (0x90, _) if second > 0 => Message::NoteOn(first, second),
            (0x80 | 0x90, _) => Message::NoteOff(first),
            (0xA0, _) => Message::KeyPressure(first, second),
            (0xB0, 120) => Message::Silence,
            (0xB0, 121) => Message::ResetControllers,
            (0xB0, 123..=127) => Message::ReleaseAll,
            (0xB0, _) => Message::Controller(first, second),
            (0xC0, _) => Message::Instrument { program: first, is_drum: self.live_instrument.1 },
            (0xD0, _) => Message::Pressure(first),
            (0xE0, _) => Message::PitchBend((i16::from(second) << 7 | i16::from(first)) - 8192),
            _ => return,
        };
        MixedSynth { synth: &mut *self.synth, mixer: &mut self.mixer }.send(LIVE_CHANNEL, message);
    }
}

#[cfg(test)]
mod tests;
