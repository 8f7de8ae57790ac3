//! The thread behind a player: opens devices, builds synths, notices stalls, and drops what the callback may not.
//!
//! Where there is no device it pulls the callback itself, in real time and unheard, so that musical time passes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rtrb::{Consumer, Producer};

use super::SoundFont;
use super::callback::{BLOCK_FRAMES, Callback, Command, Shared, Trash};
use super::fluid::FluidSynth;
use super::output::{FoundDevice, Output, latency, live_delay_frames};
use super::player::OutputState;
use super::synth::{NoSynth, Synth};

/// What a player asks of its supervisor.
pub(super) enum Job {
    SoundFont(SoundFont),
    Output { device: Option<String>, buffer_frames: u32 },
    End,
}

/// With a device: how often to look at it. Stalls are noticed within twenty of these.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Without one: how often to pull.
const PULL_EVERY: Duration = Duration::from_millis(20);
/// A stream that asks for nothing this long has died; drivers do not say so.
const STALLED_AFTER: Duration = Duration::from_secs(2);
/// The rate of time without a device.
const UNHEARD_RATE_HZ: u32 = 48_000;

pub(super) struct Supervisor {
    pub jobs: Receiver<Job>,
    pub commands: Arc<Mutex<Producer<Command>>>,
    pub trash: Consumer<Trash>,
    pub shared: Arc<Shared>,
    pub state: Arc<Mutex<OutputState>>,
    pub soundfont: Option<SoundFont>,
    pub device: Option<String>,
    pub buffer_frames: u32,
}

/// Where the callback is.
enum Stage {
    Sounding { output: Output, home: Receiver<Box<Callback>> },
    Unheard { callback: Box<Callback>, pulled: Instant },
}

impl Supervisor {
    /// Runs until told to end.
    pub fn run(mut self, callback: Box<Callback>) {
        let mut stage = self.open(callback);
        let mut watch = Watch::new();
        loop {
            let wait = if matches!(stage, Stage::Sounding { .. }) {
                LOOK_EVERY
            } else {
                PULL_EVERY
            };
            match self.jobs.recv_timeout(wait) {
                Ok(Job::SoundFont(soundfont)) => {
                    self.soundfont = Some(soundfont);
                    self.send_synth(stage.sample_rate_hz());
                }
                Ok(Job::Output { device, buffer_frames }) => {
                    (self.device, self.buffer_frames) = (device, buffer_frames);
                    let Some(callback) = stage.bring_home() else { return };
                    stage = self.open(callback);
                    watch = Watch::new();
                }
                Ok(Job::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            while self.trash.pop().is_ok() {}
            if let Stage::Unheard { callback, pulled } = &mut stage {
                pull(callback, pulled);
            } else if watch.has_died(&self.shared) {
                log::warn!("the sound output stalled; it is opened again");
                let Some(callback) = stage.bring_home() else { return };
                stage = self.open(callback);
                watch = Watch::new();
            }
        }
    }

    /// Opens the device, or stays unheard and says why.
    fn open(&mut self, callback: Box<Callback>) -> Stage {
        self.shared.failed.store(false, Ordering::Relaxed);
        let (home, came_home) = bounded(1);
        let opened = match FoundDevice::find(self.device.as_deref(), self.buffer_frames) {
            Ok(found) => {
                let callback = self.prepare(callback, found.sample_rate_hz, found.buffer_frames);
                found.open(callback, home, &self.shared)
            }
            Err(error) => {
                drop(home.try_send(callback));
                Err(error)
            }
        };
        match opened {
            Ok(output) => {
                let latency_frames = f64::from(output.buffer_frames * 2 + live_delay_frames(output.buffer_frames));
                self.tell(OutputState::Running {
                    device: output.device.clone(),
                    sample_rate_hz: output.sample_rate_hz,
                    buffer_frames: output.buffer_frames,
                    latency_ms: (latency_frames * 1000.0 / f64::from(output.sample_rate_hz)) as f32,
                });
                Stage::Sounding { output, home: came_home }
            }
            Err(error) => {
                self.tell(OutputState::NoDevice { reason: error.to_string() });
                let callback = came_home
                    .try_recv()
                    .expect("a device that did not open has given the callback back");
                Stage::Unheard {
                    callback: self.prepare(callback, UNHEARD_RATE_HZ, 0),
                    pulled: Instant::now(),
                }
            }
        }
    }

    /// Sets the callback up for a stream, with a synth of its rate.
    fn prepare(&mut self, mut callback: Box<Callback>, sample_rate_hz: u32, buffer_frames: u32) -> Box<Callback> {
        callback.set_stream(
            sample_rate_hz,
            latency(buffer_frames, sample_rate_hz),
            live_delay_frames(buffer_frames),
        );
        self.send_synth(sample_rate_hz);
        callback
    }

    fn send_synth(&self, sample_rate_hz: u32) {
        let Some(soundfont) = &self.soundfont else { return };
        let synth: Box<dyn Synth> = match FluidSynth::new(soundfont, sample_rate_hz) {
            Ok(synth) => Box::new(synth),
            Err(error) => {
                log::error!("{error}");
                Box::new(NoSynth)
            }
        };
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if commands.push(Command::Synth(synth)).is_err() {
            log::warn!("the sound output takes no commands");
        }
    }

    fn tell(&self, state: OutputState) {
        if let OutputState::NoDevice { reason } = &state {
            log::warn!("{reason}");
        }
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Stage {
    fn sample_rate_hz(&self) -> u32 {
        match self {
            Self::Sounding { output, .. } => output.sample_rate_hz,
            Self::Unheard { callback, .. } => callback.sample_rate_hz(),
        }
    }

    /// Closes the device. `None` where its thread does not end: then there is nothing left to play with.
    fn bring_home(self) -> Option<Box<Callback>> {
        match self {
            Self::Sounding { output, home } => {
                drop(output);
                home.recv_timeout(STALLED_AFTER)
                    .inspect_err(|_| log::error!("the sound output does not let go"))
                    .ok()
            }
            Self::Unheard { callback, .. } => Some(callback),
        }
    }
}

/// Pulls as many blocks as time has passed; after a long wait (a suspended computer) time begins anew.
fn pull(callback: &mut Callback, pulled: &mut Instant) {
    let block = Duration::from_secs_f64(BLOCK_FRAMES as f64 / f64::from(callback.sample_rate_hz()));
    if pulled.elapsed() > STALLED_AFTER {
        *pulled = Instant::now();
    }
    let mut unheard = [0.0; BLOCK_FRAMES * 2];
    while pulled.elapsed() >= block {
        callback.render(&mut unheard);
        *pulled += block;
    }
}

/// Sees whether a stream still pulls.
struct Watch {
    blocks: u64,
    moved: Instant,
}

impl Watch {
    fn new() -> Self {
        Self {
            blocks: 0,
            moved: Instant::now(),
        }
    }

    fn has_died(&mut self, shared: &Shared) -> bool {
        let blocks = shared.blocks.load(Ordering::Relaxed);
        if blocks != self.blocks {
            *self = Self {
                blocks,
                moved: Instant::now(),
            };
        }
        self.moved.elapsed() > STALLED_AFTER || shared.failed.load(Ordering::Relaxed)
    }
}

/// Starts the thread.
pub(super) fn spawn(supervisor: Supervisor, callback: Box<Callback>) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name("cantus-sound".into())
        .spawn(move || supervisor.run(callback))
}

/// The jobs' channel: a handful wait at most, as each is a choice somebody made.
pub(super) fn jobs() -> (Sender<Job>, Receiver<Job>) {
    bounded(16)
}
