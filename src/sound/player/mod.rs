//! The studio's sound: a handle to the audio callback, for any thread that is not the callback.

pub(super) mod live_inputs;
pub(super) mod loader;

use std::ops::Range;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};

use self::live_inputs::LiveInputs;
use self::loader::SoundFontLoader;
use super::callback::Callback;
use super::callback::link::{Command, Commands, Link, Shared};
use super::live::LiveInput;
use super::output::Outputs;
use super::output::state::{OutputEvent, OutputState};
use super::output::system::SystemOutputs;
use super::priority::{Priority, PriorityWatcher};
use super::schedule::{Exact, Schedule};
use super::sequencer::Playhead;
use super::soundfont::SoundFont;
use super::supervisor::choice::{Buffer, Choice};
use super::supervisor::player_link::PlayerLink;
use super::supervisor::{self, Job, Supervisor};
use crate::music::{Score, Tick};

/// What a [`Player`] starts with.
#[derive(Clone)]
pub struct PlayerOptions {
    /// Silent without one until [`Player::set_soundfont`].
    pub soundfont: Option<SoundFont>,
    /// Part of an output's name; the system's default without one.
    pub device: Option<String>,
    /// Frames the device requests at a time.
    pub buffer: Buffer,
    /// Whether another output may be used while that one cannot.
    pub falls_back: bool,
    /// Whether the audio thread is to have real-time priority, if the system allows it.
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

/// What is called when there is something new to show.
#[derive(Clone)]
pub struct Wake(pub Arc<dyn Fn() + Send + Sync>);

/// What went wrong since the start or the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Underruns of the device, as its driver reports them: a gap was heard.
    pub dropouts: u64,
    /// Buffers that took longer to render than they last.
    pub late_buffers: u64,
    /// Live messages that came after they should have sounded, and sounded at once.
    pub late_notes: u64,
    /// Live messages that did not fit.
    pub lost_notes: u64,
}

impl Faults {
    /// How often sound was missing, or would have been without a buffer in reserve.
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
    /// The same for each part, after its fader and pan. May exceed 1.
    pub parts: Vec<[f32; 2]>,
    /// The limiter's gain, 0 to 1; 1 (and 0 before any sound) where it does nothing.
    pub limiter_gain: f32,
}

/// The music is not about to pause.
const NOT_PAUSING: Exact = Exact::MIN;
/// Commands that may wait for the next block.
const COMMANDS: usize = 1024;
/// Events that may wait to be read.
const EVENTS: usize = 64;
/// How long closing waits for the device.
const END_WITHIN: Duration = Duration::from_secs(1);

/// Plays scores and live notes. Never fails: no device is a state. Methods only send messages, none waits for sound.
pub struct Player {
    commands: Commands,
    live_inputs: LiveInputs,
    jobs: Sender<Job>,
    shared: Arc<Shared>,
    state: Arc<Mutex<OutputState>>,
    events: Receiver<OutputEvent>,
    /// The faults at the last reset.
    faults_before: Mutex<Faults>,
    falls_back: bool,
    priority: PriorityWatcher,
    /// The tempo and the number of parts of what was sent last.
    schedule: ArcSwap<Schedule>,
    /// Where the music stands still from now on, until the callback has seen to it; else [`NOT_PAUSING`].
    pausing_at: AtomicI64,
    supervisor: Option<JoinHandle<()>>,
}

impl Player {
    /// Starts; the device is opened and the SoundFont taken in beside, see [`Player::output`].
    pub fn start(options: PlayerOptions) -> Self {
        Self::start_on(Box::new(SystemOutputs), options)
    }

    fn start_on(outputs: Box<dyn Outputs>, options: PlayerOptions) -> Self {
        let (callback, link) = Callback::new(48_000, COMMANDS);
        let Link { commands, trash, shared } = link;
        let state = Arc::new(Mutex::new(OutputState::Opening));
        let (jobs, job_receiver) = supervisor::jobs();
        let (event_sender, events) = bounded(EVENTS);
        let player_link = PlayerLink {
            commands: commands.clone(),
            trash,
            shared: Arc::clone(&shared),
            state: Arc::clone(&state),
            events: event_sender,
            wake: options.wake.map(|wake| wake.0),
        };
        let choice = Choice { device: options.device, buffer: options.buffer, falls_back: options.falls_back };
        let supervisor = Supervisor::new(outputs, player_link, choice, options.soundfont);
        let supervisor = supervisor::spawn(supervisor, callback, job_receiver)
            .inspect_err(|error| {
                *state.lock().unwrap_or_else(PoisonError::into_inner) =
                    OutputState::NoDevice { reason: format!("the sound could not start: {error}") };
            })
            .ok();
        Self {
            live_inputs: LiveInputs::new(commands.clone(), Arc::clone(&shared)),
            commands,
            jobs,
            shared,
            state,
            events,
            faults_before: Mutex::default(),
            falls_back: options.falls_back,
            priority: PriorityWatcher::start(options.real_time),
            schedule: ArcSwap::default(),
            pausing_at: AtomicI64::new(NOT_PAUSING),
            supervisor,
        }
    }

    /// Where the sound goes at the moment.
    pub fn output(&self) -> OutputState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the system schedules the audio thread. Known after a second or two.
    pub fn priority(&self) -> Priority {
        self.priority.state()
    }

    /// What happened to the output since this was last read; the newest are dropped if there are too many.
    pub fn events(&self) -> impl Iterator<Item = OutputEvent> {
        self.events.try_iter()
    }

    /// Swaps the score at the next block; the position in ticks stays, and notes that sound in both go on. Volume, pan,
    /// mute and solo are those of its parts. Of more than 127 parts, the first 127 sound.
    pub fn set_score(&self, score: &Score) {
        let schedule = Arc::new(Schedule::compile(score));
        self.schedule.store(Arc::clone(&schedule));
        self.send(Command::Schedule(schedule));
    }

    /// Plays from where it is.
    pub fn play(&self) {
        self.pausing_at.store(NOT_PAUSING, Ordering::Relaxed);
        self.send(Command::Play);
    }

    /// Plays after a count-in of some bars (8 at most), clicked, in the tempo and metre of where it is.
    pub fn play_with_count_in(&self, bars: u32) {
        self.pausing_at.store(NOT_PAUSING, Ordering::Relaxed);
        self.send(Command::PlayWithCountIn(bars));
    }

    /// Stops where it is: not before the place that [`Self::position`] has shown.
    pub fn pause(&self) {
        let shown = self.shared.clock.shown_ahead(Instant::now());
        self.pausing_at.store(shown.unwrap_or(NOT_PAUSING), Ordering::Relaxed);
        self.send(Command::Pause(shown));
    }

    /// Stops and goes back to the start (of the loop, if there is one).
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// Goes there, playing or not; instruments, controllers and held notes are set to what they should be there.
    pub fn seek(&self, tick: Tick) {
        self.send(Command::Seek(tick));
    }

    /// Loops this range, or no longer. A range below 10 ms is ignored, and so is one that has been passed.
    pub fn set_loop(&self, range: Option<Range<Tick>>) {
        self.send(Command::Loop(range));
    }

    /// Whether playing stops at the end of the score (unless it loops), and starts over from there. Off at first, since
    /// a recording goes on past the end.
    pub fn set_stop_at_end(&self, on: bool) {
        self.send(Command::StopAtEnd(on));
    }

    /// Clicks on every beat while playing, at that volume (0 to 1). While off, a count-in clicks at 0.7.
    pub fn set_metronome(&self, on: bool, volume: f32) {
        self.send(Command::Metronome(on.then_some(volume)));
    }

    /// Silences everything at once and sets all controllers to what they should be.
    pub fn panic(&self) {
        self.send(Command::Panic);
    }

    /// Another SoundFont, as soon as its synth is built (on another thread; half a second for the largest).
    pub fn set_soundfont(&self, soundfont: SoundFont) {
        self.send_job(Job::SoundFont(soundfont));
    }

    /// Loads SoundFonts on another thread than this one.
    pub fn soundfont_loader(&self) -> SoundFontLoader {
        SoundFontLoader { jobs: self.jobs.clone(), state: Arc::clone(&self.state) }
    }

    /// Plays a phrase over the music (interleaved stereo at the output's rate), or ends the one that plays.
    pub fn preview(&self, phrase: Option<Arc<[f32]>>) {
        self.send(Command::Preview(phrase));
    }

    /// Another output (part of its name; the default with `None`) and buffer size. Tries again if there was none.
    pub fn set_output(&self, device: Option<String>, buffer: Buffer) {
        self.send_job(Job::Output(Choice { device, buffer, falls_back: self.falls_back }));
    }

    /// Measures again how small a buffer the present device keeps up with: a second or two of silence, then an
    /// [`OutputEvent::Measured`]. Only with [`Buffer::Measured`].
    pub fn measure_output(&self) {
        self.send_job(Job::Measure);
    }

    /// The instrument of the live notes: a General MIDI program, or the kit.
    pub fn set_live_instrument(&self, program: u8, is_drum: bool) {
        let program = program.min(127);
        self.send(Command::LiveInstrument { program, is_drum });
    }

    /// A live input, for one thread.
    pub fn live_input(&self) -> LiveInput {
        self.live_inputs.take()
    }

    /// Live inputs for threads where the player is not.
    pub fn live_inputs(&self) -> LiveInputs {
        self.live_inputs.clone()
    }

    /// Where the music that is heard now is.
    pub fn position(&self) -> Position {
        let mut playhead = self.shared.clock.playhead_at(Instant::now());
        let pausing_at = self.pausing_at.load(Ordering::Relaxed);
        if playhead.playing && pausing_at != NOT_PAUSING {
            playhead.at = pausing_at; // it has been asked to stand still there
        }
        self.position_of(playhead)
    }

    /// Where the music was that was heard at that instant, within the last second or so: what a recorder needs for a
    /// note's arrival. Takes no lock.
    pub fn position_at(&self, instant: Instant) -> Position {
        self.position_of(self.shared.clock.playhead_at(instant))
    }

    fn position_of(&self, playhead: Playhead) -> Position {
        Position {
            tick: self.schedule.load().time.tick_from_exact(playhead.at),
            playing: playhead.playing,
            count_in_beats_left: playhead.count_in_beats_left,
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

    /// What went wrong since the start, or since [`Self::reset_faults`].
    pub fn faults(&self) -> Faults {
        let (all, known) = (self.all_faults(), *self.faults_before.lock().unwrap_or_else(PoisonError::into_inner));
        Faults {
            dropouts: all.dropouts - known.dropouts,
            late_buffers: all.late_buffers - known.late_buffers,
            late_notes: all.late_notes - known.late_notes,
            lost_notes: all.lost_notes - known.lost_notes,
        }
    }

    /// Starts counting faults afresh.
    pub fn reset_faults(&self) {
        *self.faults_before.lock().unwrap_or_else(PoisonError::into_inner) = self.all_faults();
    }

    fn all_faults(&self) -> Faults {
        Faults {
            dropouts: self.shared.stream.dropouts(),
            late_buffers: self.shared.stream.late_buffers(),
            late_notes: self.shared.late.load(Ordering::Relaxed),
            lost_notes: self.shared.lost.load(Ordering::Relaxed),
        }
    }

    fn send(&self, command: Command) {
        self.commands.send(command);
    }

    fn send_job(&self, job: Job) {
        if self.jobs.try_send(job).is_err() {
            log::warn!("the sound output is busy");
        }
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

#[cfg(test)]
mod tests;
