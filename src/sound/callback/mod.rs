//! The audio callback: takes commands, places live notes, runs the sequencer and mixes, 64 frames at a time.
//!
//! Nothing in here locks, allocates, frees, writes or waits; what it no longer needs goes to a trash ring, for another
//! thread to drop. A test runs it for minutes under an allocation guard.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use rtrb::{Consumer, Producer};

use super::clock::{FrameClock, PublicClock};
use super::limiter::Limiter;
use super::live::LiveMessage;
use super::metronome::Clicker;
use super::mixer::{Buses, Desk, Mixer, add_scaled};
use super::preview::{Phrase, Preview};
use super::schedule::Schedule;
use super::sequencer::Sequencer;
use super::stream::StreamWatch;
use super::synth::{LIVE_CHANNEL, MAX_PARTS, NoSynth, Synth};
use crate::music::Tick;

/// Frames rendered at a time; the synth's own block.
pub(super) const BLOCK_FRAMES: usize = 64;

/// Live inputs at once; further ones stay unheard.
const MAX_LIVE_INPUTS: usize = 16;
/// A live note that would sound later than this has a wrong stamp, and sounds at once.
const LATEST_LIVE_SECONDS: f64 = 0.25;
/// How long a synth that is replaced goes on sounding, ever more quietly: 11 ms at 48 kHz.
const LEAVING_BLOCKS: u32 = 8;

/// What other threads ask of the callback.
pub(super) enum Command {
    Schedule(Arc<Schedule>),
    Play,
    PlayWithCountIn(u32),
    Pause,
    Stop,
    Seek(Tick),
    Loop(Option<Range<Tick>>),
    StopAtEnd(bool),
    ScaleMilli(u32),
    Metronome(Option<f32>),
    Panic,
    Synth(Box<dyn Synth>),
    LiveInput(Consumer<LiveMessage>),
    LiveInstrument { program: u8, is_drum: bool },
    Preview(Option<Phrase>),
}

/// What the callback has no more use for and may not drop itself. Only ever dropped.
#[expect(dead_code, reason = "held to be dropped elsewhere")]
pub(super) enum Trash {
    Schedule(Arc<Schedule>),
    Synth(Box<dyn Synth>),
    LiveInput(Consumer<LiveMessage>),
    Phrase(Phrase),
}

/// What the callback tells everybody.
#[derive(Debug)]
pub(super) struct Shared {
    pub clock: Arc<PublicClock>,
    /// Bits of an f32 each.
    pub peaks: [AtomicU32; 2],
    /// The same for each part, behind its fader.
    pub part_peaks: Box<[[AtomicU32; 2]]>,
    /// What the limiter turns the sound down to.
    pub limiter_gain: AtomicU32,
    /// Blocks rendered.
    pub blocks: AtomicU64,
    /// What the stream says that pulls the callback.
    pub stream: Arc<StreamWatch>,
    /// Live messages that did not fit.
    pub lost: Arc<AtomicU64>,
    /// Live messages that came after they should have sounded.
    pub late: AtomicU64,
}

impl Shared {
    pub fn new() -> Self {
        Self {
            clock: Arc::new(PublicClock::new()),
            peaks: Default::default(),
            part_peaks: (0..MAX_PARTS).map(|_| Default::default()).collect(),
            limiter_gain: AtomicU32::new(1.0_f32.to_bits()),
            blocks: AtomicU64::default(),
            stream: Arc::default(),
            lost: Arc::default(),
            late: AtomicU64::default(),
        }
    }
}

/// See the module.
pub(super) struct Callback {
    sample_rate_hz: u32,
    commands: Consumer<Command>,
    trash: Producer<Trash>,
    shared: Arc<Shared>,
    synth: Box<dyn Synth>,
    /// The synth before, while it fades, and the blocks it still has.
    leaving: Option<(Box<dyn Synth>, u32)>,
    sequencer: Sequencer,
    mixer: Mixer,
    clicker: Clicker,
    /// The metronome, past the mixer: it has a volume of its own, and no effect touches it.
    click: [[f32; BLOCK_FRAMES]; 2],
    preview: Preview,
    limiter: Limiter,
    /// Off where the sound is wanted as it goes into the limiter.
    master: bool,
    clock: FrameClock,
    live: Vec<Consumer<LiveMessage>>,
    live_instrument: (u8, bool),
    left: [f32; BLOCK_FRAMES],
    right: [f32; BLOCK_FRAMES],
    peaks: [f32; 2],
}

impl Callback {
    pub fn new(sample_rate_hz: u32, commands: Consumer<Command>, trash: Producer<Trash>, shared: Arc<Shared>) -> Self {
        Self {
            sample_rate_hz,
            commands,
            trash,
            shared,
            synth: Box::new(NoSynth(Buses::new())),
            leaving: None,
            sequencer: Sequencer::new(sample_rate_hz),
            mixer: Mixer::new(sample_rate_hz),
            clicker: Clicker::new(sample_rate_hz),
            click: [[0.0; BLOCK_FRAMES]; 2],
            preview: Preview::default(),
            limiter: Limiter::new(sample_rate_hz, BLOCK_FRAMES),
            master: true,
            clock: FrameClock::new(sample_rate_hz, Duration::ZERO),
            live: Vec::with_capacity(MAX_LIVE_INPUTS),
            live_instrument: (0, false),
            left: [0.0; BLOCK_FRAMES],
            right: [0.0; BLOCK_FRAMES],
            peaks: [0.0; 2],
        }
    }

    /// Moves to another stream. Allocates: only while no stream pulls. The synth is to be replaced by one of this rate.
    /// `latency` is an estimate, for as long as the stream does not say.
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

    /// Whether the master's limiter is in the way of the sound.
    pub fn set_master(&mut self, on: bool) {
        self.master = on;
    }

    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Renders the next block, as interleaved stereo. When it was asked for, the stream's watch knows.
    pub fn render(&mut self, out: &mut [f32; BLOCK_FRAMES * 2]) {
        self.clock.begin_block(&self.shared.stream);
        self.take_commands();
        let (place, speed) = (self.sequencer.place(), self.sequencer.speed());
        self.fill_block();
        self.clock.end_block(BLOCK_FRAMES as u64, place, speed, self.sequencer.jumps(), &self.shared.clock);
        if let Some(phrase) = self.preview.mix(&mut self.left, &mut self.right) {
            self.throw_away(Trash::Phrase(phrase));
        }
        if self.master {
            self.limiter.process(&mut self.left, &mut self.right);
        }
        for (frame, (left, right)) in out.as_chunks_mut::<2>().0.iter_mut().zip(self.left.iter().zip(&self.right)) {
            *frame = [*left, *right];
        }
        self.publish_levels();
        self.shared.blocks.fetch_add(1, Ordering::Relaxed);
    }

    fn fill_block(&mut self) {
        self.click = [[0.0; BLOCK_FRAMES]; 2];
        let desk = &mut Desk { synth: &mut *self.synth, mixer: &mut self.mixer };
        self.sequencer.begin_block(desk);
        let mut done = 0;
        while done < BLOCK_FRAMES {
            let desk = &mut Desk { synth: &mut *self.synth, mixer: &mut self.mixer };
            self.sequencer.dispatch(desk, &mut self.clicker);
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
        if let Some((synth, blocks)) = &mut self.leaving {
            *blocks -= 1;
            synth.advance(BLOCK_FRAMES);
            let (from, to) = ((*blocks + 1) as f32, *blocks as f32);
            for (channel, bus) in synth.finish_block().used() {
                buses.open(channel).add_fading(bus, from / LEAVING_BLOCKS as f32, to / LEAVING_BLOCKS as f32);
            }
        }
        self.mixer.mix(buses, &mut self.left, &mut self.right);
        add_scaled(&mut self.left, &self.click[0], 1.0);
        add_scaled(&mut self.right, &self.click[1], 1.0);
        self.let_go();
    }

    /// Throws the leaving synth away once it has faded.
    fn let_go(&mut self) {
        if let Some((synth, _)) = self.leaving.take_if(|(_, blocks)| *blocks == 0) {
            self.throw_away(Trash::Synth(synth));
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
        for (part, public) in self.shared.part_peaks[..self.sequencer.parts()].iter().enumerate() {
            for (peak, public) in self.mixer.peaks(part).iter().zip(public) {
                public.store(peak.to_bits(), Ordering::Relaxed);
            }
        }
        self.shared.limiter_gain.store(self.limiter.gain().to_bits(), Ordering::Relaxed);
    }

    fn take_commands(&mut self) {
        while let Ok(command) = self.commands.pop() {
            self.obey(command);
        }
    }

    fn obey(&mut self, command: Command) {
        let sequencer = &mut self.sequencer;
        let synth = &mut Desk { synth: &mut *self.synth, mixer: &mut self.mixer };
        match command {
            Command::Schedule(schedule) => {
                let volume = schedule.volume;
                let old = sequencer.set_schedule(schedule, synth);
                self.mixer.set_master(volume);
                self.throw_away(Trash::Schedule(old));
            }
            Command::Play => sequencer.play(synth),
            Command::PlayWithCountIn(bars) => sequencer.play_with_count_in(bars, synth),
            Command::Pause => sequencer.pause(synth),
            Command::Stop => sequencer.stop(synth),
            Command::Seek(tick) => sequencer.seek(tick, synth),
            Command::Loop(range) => sequencer.set_loop(range),
            Command::StopAtEnd(on) => sequencer.set_stop_at_end(on),
            Command::ScaleMilli(scale_milli) => sequencer.set_scale(scale_milli),
            Command::Metronome(volume) => sequencer.set_metronome(volume),
            Command::Panic => {
                sequencer.panic(synth);
                synth.silence(LIVE_CHANNEL);
                synth.reset_controls(LIVE_CHANNEL);
            }
            Command::Synth(mut synth) => {
                let desk = &mut Desk { synth: &mut *synth, mixer: &mut self.mixer };
                sequencer.set_up(desk);
                desk.reset_controls(LIVE_CHANNEL);
                synth.instrument(LIVE_CHANNEL, self.live_instrument.0, self.live_instrument.1);
                let old = std::mem::replace(&mut self.synth, synth);
                if let Some((earlier, _)) = self.leaving.replace((old, LEAVING_BLOCKS)) {
                    self.throw_away(Trash::Synth(earlier));
                }
            }
            Command::LiveInput(input) => {
                self.drop_abandoned_inputs();
                if self.live.len() < MAX_LIVE_INPUTS {
                    self.live.push(input);
                } else {
                    self.throw_away(Trash::LiveInput(input));
                }
            }
            Command::Preview(phrase) => {
                if let Some(phrase) = self.preview.start(phrase) {
                    self.throw_away(Trash::Phrase(phrase));
                }
            }
            Command::LiveInstrument { program, is_drum } => {
                synth.release_all(LIVE_CHANNEL);
                self.live_instrument = (program, is_drum);
                synth.instrument(LIVE_CHANNEL, program, is_drum);
            }
        }
    }

    fn drop_abandoned_inputs(&mut self) {
        let mut index = 0;
        while index < self.live.len() {
            if self.live[index].is_abandoned() && self.live[index].is_empty() {
                let input = self.live.swap_remove(index);
                self.throw_away(Trash::LiveInput(input));
            } else {
                index += 1;
            }
        }
    }

    /// Where the ring is full, memory is lost rather than freed here.
    fn throw_away(&mut self, trash: Trash) {
        if let Err(rtrb::PushError::Full(trash)) = self.trash.push(trash) {
            std::mem::forget(trash);
        }
    }

    /// Plays live messages that are due at a frame of the block; says in how many frames the next is due.
    fn play_live(&mut self, frame: usize) -> usize {
        let mut next = BLOCK_FRAMES;
        let delay_frames = self.shared.stream.live_delay_frames() as f64;
        for index in 0..self.live.len() {
            while let Ok(message) = self.live[index].peek() {
                let due = self.clock.frames_until(message.at) + delay_frames - frame as f64;
                let sane = due < LATEST_LIVE_SECONDS * f64::from(self.sample_rate_hz);
                if due >= 1.0 && sane {
                    next = next.min(due as usize);
                    break;
                }
                if due <= -1.0 || !sane {
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
        let synth = &mut Desk { synth: &mut *self.synth, mixer: &mut self.mixer };
        match status & 0xF0 {
            0x90 if second > 0 => synth.note_on(LIVE_CHANNEL, first, second),
            0x80 | 0x90 => synth.note_off(LIVE_CHANNEL, first),
            0xA0 => synth.key_pressure(LIVE_CHANNEL, first, second),
            0xB0 => match first {
                120 => synth.silence(LIVE_CHANNEL),
                121 => synth.reset_controls(LIVE_CHANNEL),
                123..=127 => synth.release_all(LIVE_CHANNEL),
                _ => synth.control(LIVE_CHANNEL, first, second),
            },
            0xC0 => synth.instrument(LIVE_CHANNEL, first, self.live_instrument.1),
            0xD0 => synth.pressure(LIVE_CHANNEL, first),
            0xE0 => synth.pitch_bend(LIVE_CHANNEL, (i16::from(second) << 7 | i16::from(first)) - 8192),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
