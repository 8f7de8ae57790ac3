//! Keyboards as the window sees them: which there are, what comes from them, what is said of them.
//!
//! Notes sound straight from the driver's thread; the window only lights keys and records what a tap hands it.

use std::sync::Arc;

use eframe::egui::Context;

use super::{
    midi_learn::{Assignments, TakenControllers},
    preferences::Preferences,
};
use crate::{
    devices::{
        Inputs, KeyboardEvent, Keyboards, KeyboardsOptions, MidiBackend, SinkFactory, Status, Tap, TapFeeder, tap,
    },
    music::Stamped,
    sound::{LiveInputs, Player},
};

/// The studio's end of the keyboards.
#[derive(Default)]
pub struct KeyboardState {
    keyboards: Option<Keyboards>,
    tap: Option<Tap>,
    /// A bit per pitch that is held on any keyboard.
    held: u128,
    /// The controllers that turn something here, and are no music.
    taken: TakenControllers,
}

impl KeyboardState {
    /// The inputs as of the last look.
    pub fn status(&self) -> Arc<Status> {
        self.keyboards.as_ref().map(Keyboards::status).unwrap_or_default()
    }

    /// Connects only inputs with these words in their name, or all.
    pub fn choose(&self, name: Option<&str>) {
        if let Some(keyboards) = &self.keyboards {
            keyboards.choose(inputs(name));
        }
    }

    /// The user's own transport buttons from now on, before those of the profile, and the user's own knobs.
    pub fn set_assignments(&self, assignments: &Assignments) {
        self.taken.set(assignments);
        if let Some(keyboards) = &self.keyboards {
            keyboards.set_buttons(assignments.buttons);
        }
    }

    /// Whether that key is held on a keyboard.
    pub fn is_held(&self, pitch: u8) -> bool {
        self.held >> (pitch & 127) & 1 == 1
    }

    /// The keys held on keyboards, a bit each.
    pub fn held(&self) -> u128 {
        self.held
    }

    /// Takes what keyboards sent since this was last asked; which keys are held follows.
    pub fn take_messages(&mut self) -> Vec<Stamped> {
        let mut messages = Vec::new();
        if let Some(tap) = &mut self.tap {
            tap.drain(|stamped| messages.push(stamped));
        }
        for stamped in &messages {
            self.note(stamped.message);
        }
        messages
    }

    /// What happened to keyboards since this was last asked.
    pub fn take_events(&self) -> Vec<KeyboardEvent> {
        self.keyboards.as_ref().map(|keyboards| keyboards.events().try_iter().collect()).unwrap_or_default()
    }

    /// Lets go of every key, as when a keyboard is pulled.
    pub fn release(&mut self) {
        self.held = 0;
    }

    fn note(&mut self, message: [u8; 3]) {
        let bit = 1_u128 << (message[1] & 127);
        match (message[0] & 0xF0, message[2]) {
            (0x90, 1..) => self.held |= bit,
            (0x80 | 0x90, _) => self.held &= !bit,
            _ => {}
        }
    }
}

fn inputs(name: Option<&str>) -> Inputs {
    name.map_or(Inputs::All, |name| Inputs::Matching(name.to_owned()))
}

/// For each connection, a way into the sound and one into the recorder; both are used again when it ends.
fn sinks(live_inputs: LiveInputs, recorder: TapFeeder, taken: TakenControllers) -> SinkFactory {
    Box::new(move |_name| {
        let mut live = live_inputs.take();
        let mut recorded = recorder.sink();
        let taken = taken.clone();
        Box::new(move |stamped| {
            if taken.has(stamped.message) {
                return; // its event has come another way
            }
            live.send(stamped.stamp_micros, stamped.message);
            recorded(stamped);
        })
    })
}

impl KeyboardState {
    /// Begins to watch keyboards; called once, when the player is there to take their notes.
    pub fn start(&mut self, backend: Box<dyn MidiBackend>, player: &Player, ctx: &Context, preferences: &Preferences) {
        let (feeder, tap) = tap();
        let wake = ctx.clone();
        self.taken.set(&preferences.assignments);
        let mut options = KeyboardsOptions::new(sinks(player.live_inputs(), feeder, self.taken.clone()));
        options.inputs = inputs(preferences.midi_input.as_deref());
        options.buttons = preferences.assignments.buttons;
        options.wake = Some(Arc::new(move || wake.request_repaint()));
        self.keyboards = Some(Keyboards::start(backend, options));
        self.tap = Some(tap);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::{
        devices::fake::FakeBackend,
        sound::{OfflinePlayer, SoundFont},
    };

    const KEYBOARD: &str = "Keystation 49";

    fn wait_until(what: &str, is_so: impl Fn() -> bool) {
        let until = Instant::now() + Duration::from_secs(20);
        while !is_so() {
            assert!(Instant::now() < until, "never: {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// A keyboard that refuses twenty times before it connects, and is then plugged in again thirty times.
    #[test]
    fn a_keyboard_is_heard_however_often_it_connects() {
        let mut player = OfflinePlayer::new(&SoundFont::bundled().unwrap(), 48_000, 480).unwrap();
        let (feeder, mut tap) = tap();
        let mut make_sink = sinks(player.live_inputs(), feeder, TakenControllers::default());
        let (attempt, attempts) = crossbeam_channel::unbounded();
        let counting: SinkFactory = Box::new(move |name| {
            attempt.send(()).unwrap();
            make_sink(name)
        });
        let backend = FakeBackend::new();
        backend.plug(KEYBOARD);
        backend.refuse(KEYBOARD, Some("busy"));
        let options = KeyboardsOptions { poll_interval: Duration::from_millis(2), ..KeyboardsOptions::new(counting) };
        let keyboards = Keyboards::start(Box::new(backend.clone()), options);
        for _ in 0..20 {
            attempts.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        backend.refuse(KEYBOARD, None);
        let mut frames = 0;
        let mut peak_of = |seconds: u64| {
            let mut peak = 0.0_f32;
            for _ in 0..seconds * 100 {
                let block = player.render(Duration::from_secs(frames) / 48_000, 480);
                peak = block.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
                frames += 480;
            }
            peak
        };
        for connection in 0..=30 {
            wait_until("it connects", || backend.send(KEYBOARD, 0, &[0xB0, 91, 0])); // without reverb
            assert!(peak_of(1) < 1e-3, "silence before connection {connection}");
            backend.send(KEYBOARD, 0, &[0x90, 60, 110]);
            assert!(peak_of(1) > 0.01, "connection {connection} is not heard");
            let mut recorded = 0;
            tap.drain(|_| recorded += 1);
            assert!(recorded >= 2, "connection {connection} is not recorded");
            backend.unplug(KEYBOARD);
            wait_until("it is gone", || keyboards.status().inputs.is_empty());
            peak_of(2);
            backend.plug(KEYBOARD);
        }
    }
}
