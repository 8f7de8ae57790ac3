//! The studio's sound: a handle to the audio callback, for any thread that is not the callback.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};
use rtrb::{Producer, RingBuffer};

use super::callback::{Callback, Command, Shared};
use super::fluid::FluidSynth;
use super::output::Outputs;
use super::output::system::SystemOutputs;
use super::priority::Priorities;
use super::schedule::Schedule;
use super::supervisor::{self, Buffer, Choice, Ends, Job, Supervisor};
use super::transport::SCALE_ONE;
use super::{LiveInput, Priority, SoundFont, SoundFontError};
use crate::music::{Score, Tick};

/// What a [`Player`] starts with.
#[derive(Clone, Debug)]
pub struct PlayerOptions {
    /// Silent without one until [`Player::set_soundfont`].
    pub soundfont: Option<SoundFont>,
    /// Part of an output's name; the system's default without one.
    pub device: Option<String>,
    /// Frames the device asks for at a time.
    pub buffer: Buffer,
    /// Whether any other output may play where that one does not, until it does again.
    pub falls_back: bool,
    /// Whether the thread that sounds is to go before everything else, where the system allows it.
    pub real_time: bool,
    /// Called, on any thread, when [`Player::output`] or [`Player::events`] have something new.
    pub wake: Option<Wake>,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            soundfont: None,
            device: None,
            buffer: Buffer::Frames(256),
            falls_back: false,
            real_time: true,
            wake: None,
        }
    }
}

/// What is called when something new is to be seen.
#[derive(Clone)]
pub struct Wake(pub Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Wake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Wake")
    }
}

/// Where the sound goes.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputState {
    /// The device is being opened.
    Opening,
    /// It sounds.
    Running {
        /// The device's name.
        device: String,
        /// Its rate.
        sample_rate_hz: u32,
        /// Frames it asks for at a time.
        buffer_frames: u32,
        /// From asking for a buffer to hearing it.
        output_latency_ms: f32,
        /// Whether the backend says so; else it is two buffers.
        output_latency_is_measured: bool,
        /// From a key's stamp to its sound: the live notes' delay and the output's latency.
        latency_ms: f32,
        /// Why this is not the output that was asked for, where it is another.
        instead: Option<String>,
    },
    /// Nothing is heard; musical time still passes while playing.
    NoDevice {
        /// Why, for people.
        reason: String,
    },
}

/// What happened to the output, as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputEvent {
    /// A device that sounded is gone, or its server is.
    Lost {
        /// Its name.
        device: String,
        /// The one that plays instead, if any.
        instead: Option<String>,
    },
    /// Sound is there again, or for the first time after the start.
    Back {
        /// Through what.
        device: String,
    },
    /// A device was tried with silence.
    Measured {
        /// Its name.
        device: String,
        /// The fewest frames at a time that it keeps up with.
        buffer_frames: u32,
    },
}

/// What went wrong since the start, or since it was last forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The device ran dry, as its driver says: a gap was heard.
    pub dropouts: u64,
    /// Buffers that took longer to fill than they last.
    pub late_buffers: u64,
    /// Live messages that came after they should have sounded, and sounded at once.
    pub late_notes: u64,
    /// Live messages that did not fit.
    pub lost_notes: u64,
}

impl Faults {
    /// Times at which sound was missing, or would have been with nothing in reserve.
    pub fn overruns(&self) -> u64 {
        self.dropouts + self.late_buffers
    }
}

/// Where the music is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// In ticks with their fraction. Below where the music starts, even below 0, during a count-in.
    pub tick: f64,
    /// Whether time passes (during a count-in, too).
    pub playing: bool,
    /// Beats of the count-in still to come, this one included; `None` outside a count-in.
    pub count_in_beats_left: Option<u32>,
}

/// How loud it is, for meters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peaks {
    /// Highest sample of the last moments, left and right, 0 to 1, falling slowly.
    pub master: [f32; 2],
    /// The same for each part, behind its fader and pan. May exceed 1.
    pub parts: Vec<[f32; 2]>,
    /// What the limiter turns the whole down to, 0 to 1; 1 (and 0 before any sound) where it does nothing.
    pub limiter_gain: f32,
}

/// Commands that may wait for the next block.
const COMMANDS: usize = 1024;
const TRASH: usize = 256;
/// Events that may wait for somebody to read them.
const EVENTS: usize = 64;
/// How long a SoundFont that is built waits for the supervisor, which may be opening a device.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);
/// How long closing waits for the device.
const END_WITHIN: Duration = Duration::from_secs(1);

/// Plays scores and live notes. Never fails: no device is a state. Methods only send messages, none waits for sound.
pub struct Player {
    commands: Arc<Mutex<Producer<Command>>>,
    jobs: Sender<Job>,
    shared: Arc<Shared>,
    state: Arc<Mutex<OutputState>>,
    events: Receiver<OutputEvent>,
    forgotten: Mutex<Faults>,
    falls_back: bool,
    priorities: Priorities,
    /// The tempo and the number of parts of what was sent last.
    schedule: ArcSwap<Schedule>,
    supervisor: Option<JoinHandle<()>>,
}

impl Player {
    /// Starts; the device is opened and the SoundFont taken in beside, see [`Player::output`].
    pub fn start(options: PlayerOptions) -> Self {
        Self::start_on(Box::new(SystemOutputs), options)
    }

    fn start_on(outputs: Box<dyn Outputs>, options: PlayerOptions) -> Self {
        let (commands, take_commands) = RingBuffer::new(COMMANDS);
        let (throw_away, trash) = RingBuffer::new(TRASH);
        let shared = Arc::new(Shared::new());
        let callback = Box::new(Callback::new(48_000, take_commands, throw_away, Arc::clone(&shared)));
        let commands = Arc::new(Mutex::new(commands));
        let state = Arc::new(Mutex::new(OutputState::Opening));
        let (jobs, take_jobs) = supervisor::jobs();
        let (tell, events) = bounded(EVENTS);
        let ends = Ends {
            commands: Arc::clone(&commands),
            trash,
            shared: Arc::clone(&shared),
            state: Arc::clone(&state),
            events: tell,
            wake: options.wake.map(|wake| wake.0),
        };
        let choice = Choice { device: options.device, buffer: options.buffer, falls_back: options.falls_back };
        let supervisor = Supervisor::new(outputs, ends, choice, options.soundfont);
        let supervisor = supervisor::spawn(supervisor, callback, take_jobs)
            .inspect_err(|error| {
                *state.lock().unwrap_or_else(PoisonError::into_inner) =
                    OutputState::NoDevice { reason: format!("the sound could not start: {error}") };
            })
            .ok();
        Self {
            commands,
            jobs,
            shared,
            state,
            events,
            forgotten: Mutex::default(),
            falls_back: options.falls_back,
            priorities: Priorities::start(options.real_time),
            schedule: ArcSwap::default(),
            supervisor,
        }
    }

    /// Where the sound goes at the moment.
    pub fn output(&self) -> OutputState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the system treats the thread that sounds. It takes a second or two to be known.
    pub fn priority(&self) -> Priority {
        self.priorities.state()
    }

    /// What happened to the output since this was last read; the oldest stay where too many wait.
    pub fn events(&self) -> impl Iterator<Item = OutputEvent> {
        self.events.try_iter()
    }

    /// Swaps the score at the next block, the place in ticks kept; notes that sound in both go on.
    /// Volume, pan, mute and solo are taken from its parts. Of more than 127 parts, the first 127 sound.
    pub fn set_score(&self, score: &Score) {
        let schedule = Arc::new(Schedule::compile(score));
        self.schedule.store(Arc::clone(&schedule));
        self.send(Command::Schedule(schedule));
    }

    /// Plays from where it is.
    pub fn play(&self) {
        self.send(Command::Play);
    }

    /// Plays after a count-in of some bars (8 at most), clicked, in the tempo and metre of where it is.
    pub fn play_with_count_in(&self, bars: u32) {
        self.send(Command::PlayWithCountIn(bars));
    }

    /// Stops where it is.
    pub fn pause(&self) {
        self.send(Command::Pause);
    }

    /// Stops and goes back to the start (of the loop, if there is one).
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// Goes there, playing or not; instruments, controllers and held notes are brought to what they should be there.
    pub fn seek(&self, tick: Tick) {
        self.send(Command::Seek(tick));
    }

    /// Plays this range round and round, or no more. A range below 10 ms is none, and one that lies behind is not
    /// gone back to.
    pub fn set_loop(&self, range: Option<Range<Tick>>) {
        self.send(Command::Loop(range));
    }

    /// Whether playing stops where the score ends (unless it loops), and starts over from there. Off at first: a
    /// recording goes on past the end.
    pub fn set_stop_at_end(&self, on: bool) {
        self.send(Command::StopAtEnd(on));
    }

    /// Plays at a multiple of the score's tempo, 0.1 to 4, in thousandths.
    pub fn set_tempo_scale(&self, scale: f64) {
        let scale = if scale.is_finite() { scale.clamp(0.1, 4.0) } else { 1.0 };
        self.send(Command::ScaleMilli((scale * f64::from(SCALE_ONE)).round() as u32));
    }

    /// Clicks on every beat while playing, at that volume (0 to 1). The count-in clicks at 0.7 where it is off.
    pub fn set_metronome(&self, on: bool, volume: f32) {
        self.send(Command::Metronome(on.then_some(volume.clamp(0.0, 1.0))));
    }

    /// Silences everything at once and brings all controllers back to where they should be.
    pub fn panic(&self) {
        self.send(Command::Panic);
    }

    /// Another SoundFont, once the synth has taken it in (beside; half a second for the largest).
    pub fn set_soundfont(&self, soundfont: SoundFont) {
        self.ask(Job::SoundFont(soundfont));
    }

    /// A way to take SoundFonts in on another thread than this one.
    pub fn soundfont_loader(&self) -> SoundFontLoader {
        SoundFontLoader { jobs: self.jobs.clone(), state: Arc::clone(&self.state) }
    }

    /// Plays a phrase beside the music (interleaved stereo at the output's rate), or ends the one that plays.
    pub fn preview(&self, phrase: Option<Arc<[f32]>>) {
        self.send(Command::Preview(phrase));
    }

    /// Another output (part of its name; the default with `None`) and buffer size. Also tries again where there was none.
    pub fn set_output(&self, device: Option<String>, buffer: Buffer) {
        self.ask(Job::Output(Choice { device, buffer, falls_back: self.falls_back }));
    }

    /// Finds out again how small a buffer the device that sounds keeps up with: a second or two of silence, then an
    /// [`OutputEvent::Measured`]. Only where the buffer is a measured one.
    pub fn measure_output(&self) {
        self.ask(Job::Measure);
    }

    /// The instrument of the live notes: a General MIDI program, or the kit.
    pub fn set_live_instrument(&self, program: u8, is_drum: bool) {
        let program = program.min(127);
        self.send(Command::LiveInstrument { program, is_drum });
    }

    /// A way in for live notes, for one thread.
    pub fn live_input(&self) -> LiveInput {
        let (input, consumer) = LiveInput::new(Arc::clone(&self.shared.clock), Arc::clone(&self.shared.lost));
        self.send(Command::LiveInput(consumer));
        input
    }

    /// Where the music that is heard now is.
    pub fn position(&self) -> Position {
        self.position_at(Instant::now())
    }

    /// Where the music was that was heard at that instant, within the last second or so: what a recorder asks about a
    /// note's arrival. Takes no lock.
    pub fn position_at(&self, instant: Instant) -> Position {
        let place = self.shared.clock.place_at(instant);
        Position {
            tick: self.schedule.load().time.tick_from_exact(place.at),
            playing: place.playing,
            count_in_beats_left: place.count_in_beats_left,
        }
    }

    /// How loud it is.
    pub fn peaks(&self) -> Peaks {
        let load = |level: &AtomicU32| f32::from_bits(level.load(Ordering::Relaxed));
        let parts = self.schedule.load().parts.len();
        Peaks {
            master: [load(&self.shared.peaks[0]), load(&self.shared.peaks[1])],
            parts: self.shared.part_peaks[..parts].iter().map(|peaks| peaks.each_ref().map(load)).collect(),
            limiter_gain: load(&self.shared.limiter_gain),
        }
    }

    /// What went wrong since the start, or since [`Self::forget_faults`].
    pub fn faults(&self) -> Faults {
        let (all, known) = (self.all_faults(), *self.forgotten.lock().unwrap_or_else(PoisonError::into_inner));
        Faults {
            dropouts: all.dropouts - known.dropouts,
            late_buffers: all.late_buffers - known.late_buffers,
            late_notes: all.late_notes - known.late_notes,
            lost_notes: all.lost_notes - known.lost_notes,
        }
    }

    /// Counts from nothing again.
    pub fn forget_faults(&self) {
        *self.forgotten.lock().unwrap_or_else(PoisonError::into_inner) = self.all_faults();
    }

    fn all_faults(&self) -> Faults {
        Faults {
            dropouts: self.shared.stream.dropouts(),
            late_buffers: self.shared.stream.late_buffers(),
            late_notes: self.shared.late.load(Ordering::Relaxed),
            lost_notes: self.shared.lost.load(Ordering::Relaxed),
        }
    }

    /// Blocks of 64 frames that the output has asked for since the start.
    pub fn pulled_blocks(&self) -> u64 {
        self.shared.blocks.load(Ordering::Relaxed)
    }

    fn send(&self, command: Command) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if commands.push(command).is_err() {
            log::warn!("the sound output takes no commands");
        }
    }

    fn ask(&self, job: Job) {
        if self.jobs.try_send(job).is_err() {
            log::warn!("the sound output is busy");
        }
    }
}

/// Takes SoundFonts in for a player.
pub struct SoundFontLoader {
    jobs: Sender<Job>,
    state: Arc<Mutex<OutputState>>,
}

impl SoundFontLoader {
    /// Builds the synth here (half a second for the largest fonts) and then hands it over: what sounded so far sounds on
    /// until then, and on where this fails. Not for the window's thread.
    ///
    /// # Errors
    /// Where the synth does not take the font.
    pub fn take_in(&self, soundfont: &SoundFont) -> Result<(), SoundFontError> {
        let rate_hz = self.rate_hz();
        let synth = FluidSynth::new(soundfont, rate_hz)?;
        let job = Job::BuiltSoundFont(soundfont.clone(), Box::new(synth), rate_hz);
        let sent = self.jobs.send_timeout(job, TAKEN_WITHIN);
        sent.map_err(|_| SoundFontError::Synth("the sound output is busy".into()))
    }

    /// The rate of the output; where it is not open, what it will probably be.
    pub fn rate_hz(&self) -> u32 {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            OutputState::Running { sample_rate_hz, .. } => *sample_rate_hz,
            _ => 48_000,
        }
    }
}

impl std::fmt::Debug for SoundFontLoader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SoundFontLoader").finish_non_exhaustive()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        drop(self.jobs.send_timeout(Job::End, END_WITHIN));
        if let Some(supervisor) = self.supervisor.take() {
            let until = Instant::now() + END_WITHIN;
            while !supervisor.is_finished() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(5));
            }
            if supervisor.is_finished() {
                drop(supervisor.join());
            }
        }
    }
}

impl std::fmt::Debug for Player {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Player({:?})", self.output())
    }
}

#[cfg(test)]
mod tests;
