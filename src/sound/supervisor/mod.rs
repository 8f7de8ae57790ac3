//! The thread behind a player: opens devices, builds synths, notices stalls, and drops what the callback must not drop.
//!
//! While there is no device it drives the callback itself, in real time and without sound, so that musical time passes,
//! and keeps looking for one, the chosen one above all. The time is passed in, so that tests are exact.

pub(super) mod choice;
mod driver;
mod open;
pub(super) mod player_link;
pub(super) mod probe;

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use self::choice::{Buffer, Choice};
use self::driver::{Driver, DummyDriver, OpenDevice, is_quiet};
use self::player_link::PlayerLink;
use self::probe::{BufferProbe, Step};
use super::callback::Callback;
use super::callback::link::Command;
use super::fluid::FluidSynth;
use super::mixer::buses::Buses;
use super::output::state::{OutputEvent, OutputState};
use super::output::{Outputs, close_in_background, live_delay_frames};
use super::soundfont::SoundFont;
use super::synth::{NoSynth, Synth};

/// What a player asks its supervisor to do.
pub(super) enum Job {
    SoundFont(SoundFont),
    /// One whose synth is built already, and the rate it was built for.
    BuiltSoundFont(SoundFont, Box<dyn Synth>, u32),
    Output(Choice),
    /// Measures the buffer size of the open device again.
    Measure,
    End,
}

/// With a device: how often to check it.
const CHECK_EVERY: Duration = Duration::from_millis(50);
/// Without one: how often to run the callback.
const RUN_EVERY: Duration = Duration::from_millis(20);
/// How often to look for a device that is missing.
const SEEK_EVERY: Duration = Duration::from_millis(1500);
/// How long a device that opens and then does not play is left alone.
const DEAD_FOR: Duration = Duration::from_secs(20);
/// How long it must have been quiet before a device is measured: nobody is just about to play.
const QUIET_FOR: Duration = Duration::from_millis(1200);
/// The sample rate before any device was open.
const DEFAULT_RATE_HZ: u32 = 48_000;

pub(super) struct Supervisor {
    outputs: Box<dyn Outputs>,
    link: PlayerLink,
    choice: Choice,
    soundfont: Option<SoundFont>,
    /// The rate of the synth that was built last.
    synth_rate_hz: Option<u32>,
    driver: Driver,
    /// When a missing device is looked for again.
    seek_at: Instant,
    /// A device that opened and then requested nothing, and until when it is left alone.
    dead: Option<(String, Instant)>,
    /// Since when nothing plays.
    quiet_since: Option<Instant>,
}

impl Supervisor {
    pub fn new(outputs: Box<dyn Outputs>, link: PlayerLink, choice: Choice, soundfont: Option<SoundFont>) -> Self {
        Self {
            outputs,
            link,
            choice,
            soundfont,
            synth_rate_hz: None,
            driver: Driver::Changing,
            seek_at: Instant::now(),
            dead: None,
            quiet_since: None,
        }
    }

    /// Runs until [`Job::End`].
    fn run(mut self, callback: Box<Callback>, jobs: &Receiver<Job>) {
        self.begin(callback, Instant::now());
        loop {
            let wait = match self.driver {
                Driver::Dummy(_) | Driver::Probing(..) => RUN_EVERY,
                Driver::Device(_) | Driver::Stuck(..) | Driver::Changing => CHECK_EVERY,
            };
            match jobs.recv_timeout(wait) {
                Ok(Job::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Job::SoundFont(soundfont)) => self.change_soundfont(soundfont),
                Ok(Job::BuiltSoundFont(soundfont, synth, rate_hz)) => self.use_synth(soundfont, synth, rate_hz),
                Ok(Job::Output(choice)) => self.choose(choice, Instant::now()),
                Ok(Job::Measure) => self.measure(Instant::now()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.check(Instant::now());
        }
    }

    fn begin(&mut self, callback: Box<Callback>, now: Instant) {
        self.drive(callback, now);
        self.open(now);
        // without a device, levels are shown all the same
        if self.synth_rate_hz.is_none() {
            self.build_synth(DEFAULT_RATE_HZ);
        }
    }

    fn change_soundfont(&mut self, soundfont: SoundFont) {
        self.soundfont = Some(soundfont);
        self.build_synth(self.rate_hz());
    }

    /// A font whose synth was built elsewhere; it is built again if the rate has changed meanwhile.
    fn use_synth(&mut self, soundfont: SoundFont, synth: Box<dyn Synth>, rate_hz: u32) {
        if rate_hz != self.rate_hz() {
            return self.change_soundfont(soundfont);
        }
        self.soundfont = Some(soundfont);
        self.synth_rate_hz = Some(rate_hz);
        self.link.commands.send(Command::Synth(synth));
    }

    fn rate_hz(&self) -> u32 {
        match &self.driver {
            Driver::Device(device) => device.sample_rate_hz,
            Driver::Dummy(dummy) | Driver::Probing(dummy, _) => dummy.callback.sample_rate_hz(),
            Driver::Stuck(..) | Driver::Changing => self.synth_rate_hz.unwrap_or(DEFAULT_RATE_HZ),
        }
    }

    fn choose(&mut self, choice: Choice, now: Instant) {
        self.choice = choice;
        self.dead = None;
        self.close(now);
        self.open(now);
    }

    /// Once in a while: drops trash, runs the callback, checks the device and looks for missing ones.
    fn check(&mut self, now: Instant) {
        while self.link.trash.pop().is_ok() {}
        match &mut self.driver {
            Driver::Dummy(dummy) => {
                dummy.run(&self.link.shared, now);
                if now >= self.seek_at {
                    self.open(now);
                    self.announce_return();
                }
            }
            Driver::Device(device) => {
                if device.has_died(&self.link.shared, now) {
                    self.on_loss(now);
                } else if device.instead.is_some() && now >= self.seek_at {
                    self.return_to_wanted(now);
                } else if device.has_other_latency(&self.link.shared) {
                    self.show_running();
                } else {
                    self.measure_when_quiet(now);
                }
            }
            Driver::Probing(..) => self.continue_probe(now),
            Driver::Stuck(returned, since) => {
                if let Ok(callback) = returned.try_recv() {
                    let since = *since;
                    self.take_back(callback, since, now);
                    self.open(now);
                    self.announce_return();
                }
            }
            Driver::Changing => {}
        }
    }

    fn on_loss(&mut self, now: Instant) {
        let Driver::Device(device) = &self.driver else { return };
        let (lost, was_wanted) = (device.name.clone(), device.instead.is_none());
        log::info!("the sound output “{lost}” is gone or has stalled");
        if device.buffers == 0 {
            self.dead = Some((lost.clone(), now + DEAD_FOR));
        }
        self.close(now);
        self.open(now);
        let instead = match &self.driver {
            // only a stall: it goes on where it was
            Driver::Device(device) if device.name == lost && device.instead.is_none() == was_wanted => return,
            Driver::Device(device) => Some(device.name.clone()),
            _ => None,
        };
        self.link.send_event(OutputEvent::Lost { device: lost, instead });
    }

    /// From a substitute to the wanted device, if that is there again.
    fn return_to_wanted(&mut self, now: Instant) {
        self.seek_at = now + SEEK_EVERY;
        let wanted = self.choice.device.as_deref();
        if self.outputs.find(wanted).is_ok_and(|device| !self.is_dead(device.name(), now)) {
            self.close(now);
            self.open(now);
            if matches!(&self.driver, Driver::Device(device) if device.instead.is_some()) {
                // it is there and does not open: each attempt is audible, so they become rare
                self.seek_at = now + DEAD_FOR;
            } else {
                self.announce_return();
            }
        }
    }

    /// Measures an unknown device once nothing has played for a while.
    fn measure_when_quiet(&mut self, now: Instant) {
        let Driver::Device(device) = &self.driver else { return };
        if self.choice.buffer.frames(&device.name).1 || !is_quiet(&self.link.shared, now) {
            self.quiet_since = None;
        } else if now.saturating_duration_since(*self.quiet_since.get_or_insert(now)) >= QUIET_FOR {
            self.measure(now);
        }
    }

    /// Closes the open device and starts a probe of it.
    fn measure(&mut self, now: Instant) {
        self.quiet_since = None;
        let Driver::Device(device) = &self.driver else { return };
        let found_by = device.found_by.clone();
        let Ok(device) = self.outputs.find(found_by.as_deref()) else {
            return;
        };
        let probe = BufferProbe::new(&*device, found_by);
        self.close(now);
        self.driver = match std::mem::replace(&mut self.driver, Driver::Changing) {
            Driver::Dummy(dummy) => {
                self.link.set_state(OutputState::Opening);
                Driver::Probing(dummy, probe)
            }
            other => other,
        };
    }

    fn continue_probe(&mut self, now: Instant) {
        let Driver::Probing(dummy, probe) = &mut self.driver else { return };
        dummy.run(&self.link.shared, now);
        let shared = &self.link.shared;
        // music plays: it goes first, and the probe is put off
        let step = if is_quiet(shared, now) { probe.step(&mut *self.outputs, &shared.clock, now) } else { Step::Gone };
        if step == Step::Continues {
            return;
        }
        if let (Step::Found(buffer_frames), Buffer::Measured(known)) = (step, &mut self.choice.buffer) {
            known.insert(probe.device.clone(), buffer_frames);
            let device = probe.device.clone();
            self.link.send_event(OutputEvent::Measured { device, buffer_frames });
        }
        self.close(now);
        self.open(now);
    }

    /// Closes the device, if one is open, and catches up on the time for which the callback did not run.
    fn close(&mut self, now: Instant) {
        match std::mem::replace(&mut self.driver, Driver::Changing) {
            Driver::Device(OpenDevice { stream, returned, active, .. }) => {
                // the same device can only be opened again once it is closed altogether
                close_in_background(stream);
                if let Ok(callback) = returned.try_recv() {
                    self.take_back(callback, active, now);
                } else {
                    self.show_no_device("the sound output does not close");
                    self.driver = Driver::Stuck(returned, active);
                }
            }
            Driver::Probing(dummy, probe) => {
                probe.end();
                self.driver = Driver::Dummy(dummy);
            }
            other => self.driver = other,
        }
    }

    /// Drives a callback that a device has returned; it has not run since that time.
    fn take_back(&mut self, callback: Box<Callback>, since: Instant, now: Instant) {
        self.drive(callback, since);
        if let Driver::Dummy(dummy) = &mut self.driver {
            dummy.run(&self.link.shared, now);
        }
    }

    /// Drives the callback without a device from that time on.
    fn drive(&mut self, mut callback: Box<Callback>, run_until: Instant) {
        let rate_hz = callback.sample_rate_hz();
        self.link.shared.stream.begin_stream(live_delay_frames(0));
        callback.set_stream(rate_hz, Duration::ZERO);
        self.driver = Driver::Dummy(DummyDriver { callback, run_until });
    }

    fn is_dead(&self, name: &str, now: Instant) -> bool {
        self.dead.as_ref().is_some_and(|(dead, until)| dead == name && now < *until)
    }

    fn build_synth(&mut self, sample_rate_hz: u32) {
        let Some(soundfont) = &self.soundfont else { return };
        self.synth_rate_hz = Some(sample_rate_hz);
        let synth: Box<dyn Synth> = match FluidSynth::new(soundfont, sample_rate_hz) {
            Ok(synth) => Box::new(synth),
            Err(error) => {
                log::error!("{error}");
                Box::new(NoSynth(Buses::new()))
            }
        };
        self.link.commands.send(Command::Synth(synth));
    }

    /// If a device plays now, reports that sound is back.
    fn announce_return(&self) {
        if let Driver::Device(device) = &self.driver {
            self.link.send_event(OutputEvent::Back { device: device.name.clone() });
        }
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

/// The jobs' channel: few wait at a time, as each is a user's choice.
pub(super) fn jobs() -> (Sender<Job>, Receiver<Job>) {
    bounded(16)
}

#[cfg(test)]
mod tests;
