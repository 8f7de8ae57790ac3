//! The thread behind a player: opens devices, builds synths, notices stalls, and drops what the callback may not.
//!
//! Where there is no device it pulls the callback itself, in real time and unheard, so that musical time passes; and it
//! looks again and again whether one has come, the chosen one above all. Time is told to it, so that tests are exact.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::SoundFont;
use super::callback::{Callback, Command};
use super::fluid::FluidSynth;
use super::mixer::Buses;
use super::output::{
    BUFFER_FRAMES, CallbackSource, Device, OutputError, Outputs, Stream, estimated_latency, live_delay_frames,
};
use super::player::{OutputEvent, OutputState};
use super::synth::{NoSynth, Synth};

mod ends;
mod stage;
#[cfg(test)]
mod tests;
mod trial;

pub(super) use ends::Ends;
use stage::{Sounding, Stage, Unheard, close_beside, is_quiet};
pub use trial::BUFFER_SIZES;
use trial::{Step, Trial};

/// What a player asks of its supervisor.
pub(super) enum Job {
    SoundFont(SoundFont),
    /// One whose synth is there already, and the rate it was built for.
    BuiltSoundFont(SoundFont, Box<dyn Synth>, u32),
    Output(Choice),
    /// Tries again what was measured of the device that sounds.
    Measure,
    End,
}

/// With a device: how often to look at it.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Without one: how often to pull.
const PULL_EVERY: Duration = Duration::from_millis(20);
/// How often to look for a device that is missing.
const SEEK_EVERY: Duration = Duration::from_millis(1500);
/// How long a device that opens and then does not play is left alone.
const DEAD_FOR: Duration = Duration::from_secs(20);
/// Until a device was tried.
const UNTRIED_FRAMES: u32 = 256;
/// So long it must have been quiet before a device is tried: nobody is just about to play.
const QUIET_FOR: Duration = Duration::from_millis(1200);
/// The rate of time where no device has said another.
const UNHEARD_RATE_HZ: u32 = 48_000;

pub(super) struct Supervisor {
    outputs: Box<dyn Outputs>,
    ends: Ends,
    choice: Choice,
    soundfont: Option<SoundFont>,
    /// The rate of the synth that was built last.
    synth_rate_hz: Option<u32>,
    stage: Stage,
    /// Not before this is a missing device looked for again.
    seek_at: Instant,
    /// A device that opened and then asked for nothing, and until when it is left alone.
    dead: Option<(String, Instant)>,
    /// Since when nothing plays.
    quiet_since: Option<Instant>,
}

/// How many frames an output is asked to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buffer {
    /// So many, 64 to 4,096.
    Frames(u32),
    /// The fewest that each device keeps up with. Those that are not known by name are tried when nothing plays: a second
    /// or two of silence, and then an [`OutputEvent::Measured`].
    Measured(BTreeMap<String, u32>),
}

impl Buffer {
    /// For a device by that name; whether it is known for it.
    fn frames(&self, device: &str) -> (u32, bool) {
        let (frames, known) = match self {
            Self::Frames(frames) => (*frames, true),
            Self::Measured(known) => known.get(device).map_or((UNTRIED_FRAMES, false), |frames| (*frames, true)),
        };
        (frames.clamp(*BUFFER_FRAMES.start(), *BUFFER_FRAMES.end()), known)
    }
}

/// Which output is wanted, and how.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    /// Part of its name; the default without.
    pub device: Option<String>,
    pub buffer: Buffer,
    /// Whether another one may play where that one does not.
    pub falls_back: bool,
}

impl Supervisor {
    pub fn new(outputs: Box<dyn Outputs>, ends: Ends, choice: Choice, soundfont: Option<SoundFont>) -> Self {
        Self {
            outputs,
            ends,
            choice,
            soundfont,
            synth_rate_hz: None,
            stage: Stage::Moving,
            seek_at: Instant::now(),
            dead: None,
            quiet_since: None,
        }
    }

    /// Runs until told to end.
    fn run(mut self, callback: Box<Callback>, jobs: &Receiver<Job>) {
        self.begin(callback, Instant::now());
        loop {
            let wait = match self.stage {
                Stage::Unheard(_) | Stage::Trying(..) => PULL_EVERY,
                _ => LOOK_EVERY,
            };
            match jobs.recv_timeout(wait) {
                Ok(Job::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Job::SoundFont(soundfont)) => self.change_soundfont(soundfont),
                Ok(Job::BuiltSoundFont(soundfont, synth, rate_hz)) => self.take_built(soundfont, synth, rate_hz),
                Ok(Job::Output(choice)) => self.choose(choice, Instant::now()),
                Ok(Job::Measure) => self.measure(Instant::now()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.look(Instant::now());
        }
    }

    fn begin(&mut self, callback: Box<Callback>, now: Instant) {
        let mut unheard = Unheard { callback, pulled: now };
        self.set_up_unheard(&mut unheard);
        self.stage = Stage::Unheard(unheard);
        self.open(now);
        // unheard, there are levels to see all the same
        if self.synth_rate_hz.is_none() {
            self.send_synth(UNHEARD_RATE_HZ);
        }
    }

    fn change_soundfont(&mut self, soundfont: SoundFont) {
        self.soundfont = Some(soundfont);
        self.send_synth(self.rate_hz());
    }

    /// Takes a font whose synth was built elsewhere, unless the rate has changed meanwhile.
    fn take_built(&mut self, soundfont: SoundFont, synth: Box<dyn Synth>, rate_hz: u32) {
        if rate_hz != self.rate_hz() {
            return self.change_soundfont(soundfont);
        }
        self.soundfont = Some(soundfont);
        self.synth_rate_hz = Some(rate_hz);
        self.push_synth(synth);
    }

    fn rate_hz(&self) -> u32 {
        match &self.stage {
            Stage::Sounding(sounding) => sounding.sample_rate_hz,
            Stage::Unheard(unheard) | Stage::Trying(unheard, _) => unheard.callback.sample_rate_hz(),
            Stage::Held(..) | Stage::Moving => self.synth_rate_hz.unwrap_or(UNHEARD_RATE_HZ),
        }
    }

    fn choose(&mut self, choice: Choice, now: Instant) {
        self.choice = choice;
        self.dead = None;
        self.close(now);
        self.open(now);
    }

    /// Once in a while: drops trash, pulls, sees what has become of the device and looks for missing ones.
    fn look(&mut self, now: Instant) {
        while self.ends.trash.pop().is_ok() {}
        match &mut self.stage {
            Stage::Unheard(unheard) => {
                unheard.pull(&self.ends.shared, now);
                if now >= self.seek_at {
                    self.open(now);
                    self.tell_back();
                }
            }
            Stage::Sounding(sounding) => {
                if sounding.has_died(&self.ends.shared, now) {
                    self.on_loss(now);
                } else if sounding.instead.is_some() && now >= self.seek_at {
                    self.return_to_wanted(now);
                } else if sounding.has_other_latency(&self.ends.shared) {
                    self.tell_running();
                } else {
                    self.measure_when_quiet(now);
                }
            }
            Stage::Trying(..) => self.go_on_trying(now),
            Stage::Held(home, since) => {
                if let Ok(callback) = home.try_recv() {
                    let pulled = *since;
                    self.come_home(callback, pulled, now);
                    self.open(now);
                    self.tell_back();
                }
            }
            Stage::Moving => {}
        }
    }

    fn on_loss(&mut self, now: Instant) {
        let Stage::Sounding(sounding) = &self.stage else { return };
        let (lost, was_wanted) = (sounding.device.clone(), sounding.instead.is_none());
        log::info!("the sound output “{lost}” is gone or stands still");
        if sounding.buffers == 0 {
            self.dead = Some((lost.clone(), now + DEAD_FOR));
        }
        self.close(now);
        self.open(now);
        let instead = match &self.stage {
            // only a stall: it goes on where it was
            Stage::Sounding(sounding) if sounding.device == lost && sounding.instead.is_none() == was_wanted => return,
            Stage::Sounding(sounding) => Some(sounding.device.clone()),
            _ => None,
        };
        self.ends.tell(OutputEvent::Lost { device: lost, instead });
    }

    /// From a device that stands in to the wanted one, where that is there again.
    fn return_to_wanted(&mut self, now: Instant) {
        self.seek_at = now + SEEK_EVERY;
        let wanted = self.choice.device.as_deref();
        if self.outputs.find(wanted).is_ok_and(|device| !self.is_dead(device.name(), now)) {
            self.close(now);
            self.open(now);
            if matches!(&self.stage, Stage::Sounding(sounding) if sounding.instead.is_some()) {
                // it is there and does not open: each try is heard, so they become rare
                self.seek_at = now + DEAD_FOR;
            } else {
                self.tell_back();
            }
        }
    }

    /// Tries a device that is not known yet once nothing has played for a while.
    fn measure_when_quiet(&mut self, now: Instant) {
        let Stage::Sounding(sounding) = &self.stage else { return };
        if self.choice.buffer.frames(&sounding.device).1 || !is_quiet(&self.ends.shared, now) {
            self.quiet_since = None;
        } else if now.saturating_duration_since(*self.quiet_since.get_or_insert(now)) >= QUIET_FOR {
            self.measure(now);
        }
    }

    /// Takes the device that sounds for a trial.
    fn measure(&mut self, now: Instant) {
        self.quiet_since = None;
        let Stage::Sounding(sounding) = &self.stage else { return };
        let found_by = sounding.found_by.clone();
        let Ok(device) = self.outputs.find(found_by.as_deref()) else {
            return;
        };
        let trial = Trial::new(&*device, found_by);
        self.close(now);
        match std::mem::replace(&mut self.stage, Stage::Moving) {
            Stage::Unheard(unheard) => {
                self.ends.set_state(OutputState::Opening);
                self.stage = Stage::Trying(unheard, trial);
            }
            other => self.stage = other,
        }
    }

    fn go_on_trying(&mut self, now: Instant) {
        let Stage::Trying(unheard, trial) = &mut self.stage else { return };
        unheard.pull(&self.ends.shared, now);
        let shared = &self.ends.shared;
        // somebody plays: sound first, and the trial another time
        let step = if is_quiet(shared, now) { trial.step(&mut *self.outputs, &shared.clock, now) } else { Step::Gone };
        if step == Step::GoesOn {
            return;
        }
        if let (Step::Found(buffer_frames), Buffer::Measured(known)) = (step, &mut self.choice.buffer) {
            known.insert(trial.device.clone(), buffer_frames);
            let device = trial.device.clone();
            self.ends.tell(OutputEvent::Measured { device, buffer_frames });
        }
        self.close(now);
        self.open(now);
    }

    /// Takes the callback out of its device, if it is in one, and catches up on the time it stood still.
    fn close(&mut self, now: Instant) {
        let sounding = match std::mem::replace(&mut self.stage, Stage::Moving) {
            Stage::Sounding(sounding) => sounding,
            Stage::Trying(unheard, trial) => {
                trial.end();
                self.stage = Stage::Unheard(unheard);
                return;
            }
            other => {
                self.stage = other;
                return;
            }
        };
        let Sounding { stream, home, moved, .. } = sounding;
        // the same device can only be opened again once it is closed altogether
        close_beside(stream);
        if let Ok(callback) = home.try_recv() {
            self.come_home(callback, moved, now);
        } else {
            self.tell_unheard("the sound output does not let go");
            self.stage = Stage::Held(home, moved);
        }
    }

    fn come_home(&mut self, callback: Box<Callback>, pulled: Instant, now: Instant) {
        let mut unheard = Unheard { callback, pulled };
        self.set_up_unheard(&mut unheard);
        unheard.pull(&self.ends.shared, now);
        self.stage = Stage::Unheard(unheard);
    }

    fn set_up_unheard(&self, unheard: &mut Unheard) {
        let rate_hz = unheard.callback.sample_rate_hz();
        self.ends.shared.stream.begin_stream(live_delay_frames(0));
        unheard.callback.set_stream(rate_hz, Duration::ZERO);
    }

    /// Opens the wanted device, else one that stands in, else stays unheard and says why.
    fn open(&mut self, now: Instant) {
        self.seek_at = now + SEEK_EVERY;
        let mut tried = Vec::new();
        let wanted = self.choice.device.clone();
        let Err(why) = self.try_device(wanted.as_deref(), None, &mut tried, now) else {
            return;
        };
        if self.choice.falls_back {
            let default = wanted.is_some().then_some(None);
            let named = self.outputs.names().into_iter().map(Some);
            for other in default.into_iter().chain(named) {
                if self.try_device(other.as_deref(), Some(&why), &mut tried, now).is_ok() {
                    return;
                }
            }
        }
        self.tell_unheard(&why.to_string());
    }

    /// Opens one device, once: those in `tried` are not tried again. On failure it is unheard as before.
    fn try_device(
        &mut self,
        wanted: Option<&str>,
        instead: Option<&OutputError>,
        tried: &mut Vec<String>,
        now: Instant,
    ) -> Result<(), OutputError> {
        let device = self.outputs.find(wanted)?;
        let refused = |reason: &str| OutputError::Refused { name: device.name().to_owned(), reason: reason.to_owned() };
        if tried.iter().any(|name| name == device.name()) {
            return Err(refused("it did not open before"));
        }
        tried.push(device.name().to_owned());
        if self.is_dead(device.name(), now) {
            return Err(refused("it takes no sound"));
        }
        let Unheard { callback, pulled } = match std::mem::replace(&mut self.stage, Stage::Moving) {
            Stage::Unheard(unheard) => unheard,
            other => {
                self.stage = other;
                return Err(refused("another one does not let go"));
            }
        };
        let (home, came_home) = bounded(1);
        match self.open_device(&*device, callback, home) {
            Ok(stream) => {
                self.stage = Stage::Sounding(Sounding {
                    stream,
                    home: came_home,
                    device: device.name().to_owned(),
                    found_by: wanted.map(str::to_owned),
                    sample_rate_hz: device.sample_rate_hz(),
                    instead: instead.cloned(),
                    buffers: 0,
                    moved: now,
                    told_latency_ms: None,
                });
                self.tell_running();
                Ok(())
            }
            Err(error) => {
                let callback = came_home
                    .try_recv()
                    .expect("a device that did not open has dropped the samples, and they send the callback home");
                let mut unheard = Unheard { callback, pulled };
                self.set_up_unheard(&mut unheard);
                self.stage = Stage::Unheard(unheard);
                Err(error)
            }
        }
    }

    fn open_device(
        &mut self,
        device: &dyn Device,
        mut callback: Box<Callback>,
        home: Sender<Box<Callback>>,
    ) -> Result<Box<dyn Stream>, OutputError> {
        let rate_hz = device.sample_rate_hz();
        let buffer_frames = device.buffer_frames(self.choice.buffer.frames(device.name()).0);
        let shared = &self.ends.shared;
        shared.stream.begin_stream(live_delay_frames(buffer_frames));
        callback.set_stream(rate_hz, estimated_latency(buffer_frames, rate_hz));
        if self.synth_rate_hz != Some(rate_hz) {
            self.send_synth(rate_hz);
        }
        let samples = Box::new(CallbackSource::new(callback, home));
        let shared = &self.ends.shared;
        let stream = device.open(buffer_frames, samples, &shared.stream, &shared.clock)?;
        shared.stream.set_live_delay_frames(live_delay_frames(stream.buffer_frames()));
        Ok(stream)
    }

    fn is_dead(&self, name: &str, now: Instant) -> bool {
        self.dead.as_ref().is_some_and(|(dead, until)| dead == name && now < *until)
    }

    fn send_synth(&mut self, sample_rate_hz: u32) {
        let Some(soundfont) = &self.soundfont else { return };
        self.synth_rate_hz = Some(sample_rate_hz);
        let synth: Box<dyn Synth> = match FluidSynth::new(soundfont, sample_rate_hz) {
            Ok(synth) => Box::new(synth),
            Err(error) => {
                log::error!("{error}");
                Box::new(NoSynth(Buses::new()))
            }
        };
        self.push_synth(synth);
    }

    fn push_synth(&self, synth: Box<dyn Synth>) {
        let mut commands = self.ends.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if commands.push(Command::Synth(synth)).is_err() {
            log::warn!("the sound output takes no commands");
        }
    }

    /// A device sounds that did not: says so.
    fn tell_back(&self) {
        if let Stage::Sounding(sounding) = &self.stage {
            self.ends.tell(OutputEvent::Back { device: sounding.device.clone() });
        }
    }

    fn tell_running(&self) {
        let Stage::Sounding(sounding) = &self.stage else { return };
        let buffer_frames = sounding.stream.buffer_frames();
        let rate_hz = f64::from(sounding.sample_rate_hz);
        let estimated = estimated_latency(buffer_frames, sounding.sample_rate_hz).as_secs_f64() * 1000.0;
        let output_latency_ms = sounding.told_latency_ms.unwrap_or(estimated as f32);
        let live_delay_ms = f64::from(live_delay_frames(buffer_frames)) * 1000.0 / rate_hz;
        self.ends.set_state(OutputState::Running {
            device: sounding.device.clone(),
            sample_rate_hz: sounding.sample_rate_hz,
            buffer_frames,
            output_latency_ms,
            output_latency_is_measured: sounding.told_latency_ms.is_some(),
            latency_ms: output_latency_ms + live_delay_ms as f32,
            instead: sounding.instead.as_ref().map(ToString::to_string),
        });
    }

    fn tell_unheard(&self, reason: &str) {
        let reason = reason.to_owned();
        self.ends.set_state(OutputState::NoDevice { reason });
    }
}

/// Starts the thread.
pub(super) fn spawn(
    supervisor: Supervisor,
    callback: Box<Callback>,
    jobs: Receiver<Job>,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("cantus-sound".into()).spawn(move || supervisor.run(callback, &jobs))
}

/// The jobs' channel: a handful wait at most, as each is a choice somebody made.
pub(super) fn jobs() -> (Sender<Job>, Receiver<Job>) {
    bounded(16)
}
