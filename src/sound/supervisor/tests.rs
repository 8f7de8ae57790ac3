//! On a fake computer and with a clock of the test's own: nothing here waits for time to pass.

use std::sync::{Arc, Mutex};

use super::*;
use crate::sound::callback::link::Link;
use crate::sound::output::fake::FakeOutputs;
use crate::sound::player::live_inputs::LiveInputs;
use crate::sound::schedule::{EXACT_PER_SECOND, Schedule};
use crate::sound::soundfont::testing::font;
use crate::sound::testing::{note, score};

const STEP: Duration = Duration::from_millis(20);

struct Rig {
    supervisor: Supervisor,
    outputs: FakeOutputs,
    events: Receiver<OutputEvent>,
    now: Instant,
    began: Instant,
    /// What a device has not requested yet.
    due_seconds: f64,
    /// How loud each step was.
    loudness: Vec<f32>,
}

impl Rig {
    fn new(wanted: Option<&str>, plug: impl FnOnce(&FakeOutputs)) -> Self {
        let outputs = FakeOutputs::default();
        plug(&outputs);
        let (callback, Link { commands, trash, shared }) = Callback::new(48_000, 64);
        let (event_sender, events) = bounded(64);
        let state = Arc::new(Mutex::new(OutputState::Opening));
        let link = PlayerLink { commands, trash, shared, state, events: event_sender, wake: None };
        let choice = Choice { device: wanted.map(str::to_owned), buffer: Buffer::Frames(240), falls_back: true };
        let began = Instant::now();
        let mut rig = Self {
            supervisor: Supervisor::new(Box::new(outputs.clone()), link, choice, Some(font())),
            outputs,
            events,
            now: began,
            began,
            due_seconds: 0.0,
            loudness: Vec::new(),
        };
        rig.supervisor.begin(callback, began);
        rig
    }

    fn send(&self, command: Command) {
        assert!(self.supervisor.link.commands.send(command));
    }

    /// Plays one long note, from the start.
    fn play(&self) {
        let score = score(vec![vec![note(0, 60, 960_000)]]);
        self.send(Command::Schedule(Arc::new(Schedule::compile(&score))));
        self.send(Command::Play);
    }

    /// Lets time pass: an open device requests what it needs, the supervisor checks.
    fn pass(&mut self, seconds: f64) {
        let until = self.now + Duration::from_secs_f64(seconds);
        while self.now < until {
            let before = self.now;
            self.now += STEP;
            let mut peak = 0.0_f32;
            self.due_seconds += STEP.as_secs_f64();
            while let Some((_, frames)) = self.outputs.open_one()
                && self.due_seconds > 0.0
                // a device requests a buffer when it is due, however rarely the test checks
                && let Some(samples) =
                    self.outputs.request(before + Duration::from_secs_f64(STEP.as_secs_f64() - self.due_seconds))
            {
                self.due_seconds -= f64::from(frames) / f64::from(self.rate_hz());
                peak = samples.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
            }
            // what no device requested, none will request
            self.due_seconds = self.due_seconds.min(0.0);
            self.loudness.push(peak);
            self.supervisor.check(self.now);
        }
    }

    /// Until everything has died away and a device is probed.
    fn pass_until_probed(&mut self) {
        for _ in 0..200 {
            self.pass(0.1);
            if matches!(self.supervisor.driver, Driver::Probing(..)) {
                return;
            }
        }
        panic!("nothing was probed");
    }

    fn rate_hz(&self) -> u32 {
        match &self.supervisor.driver {
            Driver::Device(device) => device.sample_rate_hz,
            _ => DEFAULT_RATE_HZ,
        }
    }

    fn state(&self) -> OutputState {
        self.supervisor.link.state.lock().unwrap().clone()
    }

    fn device(&self) -> Option<String> {
        match self.state() {
            OutputState::Running { device, .. } => Some(device),
            _ => None,
        }
    }

    fn events(&self) -> Vec<OutputEvent> {
        self.events.try_iter().collect()
    }

    /// Seconds that the music is ahead of the time that has passed.
    fn ahead(&self) -> f64 {
        let playhead = self.supervisor.link.shared.clock.playhead_at(self.now);
        let music = playhead.at as f64 / EXACT_PER_SECOND as f64;
        music - (self.now - self.began).as_secs_f64()
    }

    fn is_heard(&mut self) -> bool {
        self.loudness.clear();
        self.pass(0.2);
        self.loudness.iter().any(|peak| *peak > 0.01)
    }
}

fn lost(device: &str, instead: Option<&str>) -> OutputEvent {
    OutputEvent::Lost { device: device.into(), instead: instead.map(str::to_owned) }
}

fn back(device: &str) -> OutputEvent {
    OutputEvent::Back { device: device.into() }
}

#[test]
fn a_device_that_goes_and_comes_is_heard_again_and_the_music_went_on() {
    let mut rig = Rig::new(None, |outputs| outputs.plug("Speaker", 48_000));
    rig.play();
    rig.pass(2.0);
    assert!(rig.is_heard());
    let before = rig.ahead();
    rig.outputs.unplug("Speaker");
    rig.pass(1.0);
    assert_eq!(rig.events(), [lost("Speaker", None)]);
    assert!(matches!(rig.state(), OutputState::NoDevice { .. }));
    rig.pass(3.0);
    assert!((rig.ahead() - before).abs() < 0.03, "{} instead of {before}", rig.ahead());
    rig.outputs.plug("Speaker", 48_000);
    rig.pass(2.0);
    assert_eq!(rig.events(), [back("Speaker")]);
    assert!(rig.is_heard());
    assert!((rig.ahead() - before).abs() < 0.03, "{} instead of {before}", rig.ahead());
}

#[test]
fn another_device_plays_until_the_chosen_one_is_back() {
    let mut rig = Rig::new(Some("USB"), |outputs| {
        outputs.plug("Speaker", 44_100);
        outputs.plug("USB Audio", 48_000);
    });
    rig.play();
    rig.pass(1.0);
    assert_eq!(rig.device().as_deref(), Some("USB Audio"));
    let before = rig.ahead();
    rig.outputs.unplug("USB Audio");
    rig.pass(1.0);
    assert_eq!(rig.events(), [lost("USB Audio", Some("Speaker"))]);
    let OutputState::Running { instead, device, .. } = rig.state() else { panic!("{:?}", rig.state()) };
    assert_eq!((device.as_str(), instead.as_deref()), ("Speaker", Some("no sound output is called \"USB\"")));
    assert!(rig.is_heard(), "at the other rate, too");
    rig.outputs.plug("USB Audio", 48_000);
    rig.pass(2.0);
    assert_eq!(rig.events(), [back("USB Audio")]);
    assert_eq!(rig.device().as_deref(), Some("USB Audio"));
    assert!(rig.is_heard());
    assert!((rig.ahead() - before).abs() < 0.03, "{} instead of {before}", rig.ahead());
    assert_eq!(rig.outputs.opened().len(), 3);
}

#[test]
fn a_device_that_reports_its_loss_is_opened_again_at_once_without_an_event() {
    let mut rig = Rig::new(None, |outputs| outputs.plug("Speaker", 48_000));
    rig.pass(1.0);
    rig.outputs.fail();
    rig.pass(0.1);
    assert_eq!(rig.outputs.opened().len(), 2);
    assert_eq!(rig.events(), []);
    assert_eq!(rig.device().as_deref(), Some("Speaker"));
}

#[test]
fn a_device_that_refuses_is_tried_again_now_and_then() {
    let mut rig = Rig::new(None, |outputs| {
        outputs.plug("Speaker", 48_000);
        outputs.change("Speaker", |device| device.refuses = true);
    });
    let OutputState::NoDevice { reason } = rig.state() else { panic!("{:?}", rig.state()) };
    assert!(reason.contains("could not be opened: it is busy"), "{reason}");
    rig.pass(4.0);
    assert_eq!(rig.events(), []);
    rig.outputs.change("Speaker", |device| device.refuses = false);
    rig.pass(1.6);
    assert_eq!(rig.events(), [back("Speaker")]);
}

#[test]
fn a_rate_that_changed_is_followed() {
    let mut rig = Rig::new(None, |outputs| outputs.plug("Speaker", 48_000));
    rig.play();
    rig.pass(1.0);
    let before = rig.ahead();
    rig.outputs.change("Speaker", |device| device.rate_hz = 96_000);
    rig.outputs.fail();
    rig.pass(1.0);
    assert!(matches!(rig.state(), OutputState::Running { sample_rate_hz: 96_000, .. }));
    assert!(rig.is_heard());
    assert!((rig.ahead() - before).abs() < 0.03, "{} instead of {before}", rig.ahead());
}

/// Such a device keeps the callback, and with it everything that can sound, until it closes.
#[test]
fn a_device_that_does_not_close_is_waited_for() {
    let mut rig = Rig::new(None, |outputs| {
        outputs.plug("Speaker", 48_000);
        outputs.change("Speaker", |device| device.does_not_close = true);
    });
    rig.play();
    rig.pass(1.0);
    let before = rig.ahead();
    rig.outputs.unplug("Speaker");
    rig.pass(2.0);
    assert_eq!(rig.events(), [lost("Speaker", None)]);
    rig.outputs.plug("Speaker", 48_000);
    rig.outputs.release();
    rig.pass(0.2);
    assert_eq!(rig.events(), [back("Speaker")]);
    assert!(rig.is_heard());
    assert!((rig.ahead() - before).abs() < 0.03, "{} instead of {before}", rig.ahead());
}

#[test]
fn without_fallback_no_other_device_plays() {
    let mut rig = Rig::new(Some("USB"), |outputs| outputs.plug("Speaker", 48_000));
    assert_eq!(rig.device().as_deref(), Some("Speaker"));
    let choice = Choice { device: Some("USB".into()), buffer: Buffer::Frames(64), falls_back: false };
    rig.supervisor.choose(choice, rig.now);
    assert_eq!(rig.state(), OutputState::NoDevice { reason: "no sound output is called \"USB\"".into() });
    rig.outputs.plug("USB Audio", 48_000);
    rig.pass(2.0);
    assert_eq!(rig.outputs.open_one(), Some(("USB Audio", 64)));
}

/// Keys that were held when the device went, and released while it was gone, do not sound when it is back.
#[test]
fn nothing_hangs_over_a_loss() {
    let mut rig = Rig::new(None, |outputs| outputs.plug("Speaker", 48_000));
    let link = &rig.supervisor.link;
    let mut live = LiveInputs::new(link.commands.clone(), Arc::clone(&link.shared)).take();
    live.send(0, [0x90, 60, 120]);
    assert!(rig.is_heard());
    rig.outputs.unplug("Speaker");
    rig.pass(1.0);
    live.send(0, [0x80, 60, 0]);
    rig.pass(1.0);
    rig.outputs.plug("Speaker", 48_000);
    rig.pass(4.0);
    assert_eq!(rig.device().as_deref(), Some("Speaker"));
    assert!(!rig.is_heard());
}

fn measured(rig: &mut Rig, known: &[(&str, u32)]) {
    let known = known.iter().map(|(name, frames)| ((*name).to_owned(), *frames)).collect();
    let choice = Choice { device: None, buffer: Buffer::Measured(known), falls_back: true };
    rig.supervisor.choose(choice, rig.now);
}

/// From the smallest size up, with silence, and the first that runs without dropouts is used; a known device is not
/// measured.
#[test]
fn the_smallest_buffer_that_runs_clean_is_found() {
    let mut rig = Rig::new(None, |outputs| {
        outputs.plug("Speaker", 48_000);
        outputs.change("Speaker", |device| (device.clean_from, device.is_nameless) = (200, true));
    });
    measured(&mut rig, &[]);
    assert_eq!(rig.outputs.open_one(), Some(("Speaker", 256)), "until it is known");
    rig.pass(4.0);
    let tried: Vec<u32> = rig.outputs.opened().iter().map(|(_, frames)| *frames).collect();
    assert_eq!(tried, [240, 256, 64, 128, 256, 256]);
    let found = OutputEvent::Measured { device: "Speaker".into(), buffer_frames: 256 };
    assert_eq!(rig.events(), [found]);
    assert_eq!(rig.device().as_deref(), Some("Speaker"));
    rig.pass(4.0);
    assert_eq!(rig.outputs.opened().len(), tried.len(), "once is enough");
    measured(&mut rig, &[("Speaker", 128)]);
    rig.pass(4.0);
    assert_eq!(rig.outputs.open_one(), Some(("Speaker", 128)));
    assert_eq!(rig.outputs.opened().len(), tried.len() + 1);
}

#[test]
fn nothing_is_measured_while_music_plays_and_a_probe_gives_way_to_it() {
    let mut rig = Rig::new(None, |outputs| outputs.plug("Speaker", 48_000));
    rig.play();
    rig.pass(0.2);
    measured(&mut rig, &[]);
    rig.pass(4.0);
    assert_eq!(rig.outputs.opened(), [("Speaker", 240), ("Speaker", 256)]);
    rig.send(Command::Stop);
    rig.send(Command::Panic);
    rig.pass_until_probed();
    let before = rig.ahead();
    rig.send(Command::Play);
    rig.pass(0.1);
    assert_eq!(rig.outputs.open_one(), Some(("Speaker", 256)));
    assert!(rig.is_heard());
    assert!(rig.ahead() <= before + 0.4);
    assert_eq!(rig.events(), []);
}

#[test]
fn a_device_that_is_never_clean_gets_the_largest_buffer_and_one_that_goes_gets_none() {
    let mut rig = Rig::new(None, |outputs| {
        outputs.plug("Speaker", 48_000);
        outputs.change("Speaker", |device| device.clean_from = 9999);
    });
    measured(&mut rig, &[]);
    rig.pass(4.5);
    assert_eq!(rig.outputs.open_one(), Some(("Speaker", 1024)));
    measured(&mut rig, &[]);
    rig.pass_until_probed();
    rig.outputs.unplug("Speaker");
    rig.pass(3.0);
    assert!(matches!(rig.state(), OutputState::NoDevice { .. }));
    rig.outputs.plug("Speaker", 48_000);
    rig.pass(6.0);
    assert_eq!(rig.outputs.open_one(), Some(("Speaker", 64)), "another of that name may be better");
}
