//! Keyboards as the window sees them: which there are, what comes from them, what is said of them.
//!
//! Notes sound straight from the driver's thread; the window only lights keys and records what a tap hands it.

use std::sync::Arc;

use crate::studio::{
    commands::Command,
    services::midi_learn::{Assignments, TakenControllers},
    state::Studio,
    toasts::Tone,
};
use crate::{
    devices::{Inputs, KeyboardEvent, Keyboards, KeyboardsOptions, Status, Tap, TransportButton, tap},
    music::Stamped,
};

/// The studio's end of the keyboards.
#[derive(Debug, Default)]
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

impl Studio {
    /// Begins to watch keyboards; called once, when the player is there to take their notes.
    pub(in crate::studio) fn start_keyboards(&mut self) {
        let Some(backend) = self.startup.midi.take() else { return };
        let Some(player) = self.services.sound.player() else { return };
        let (feeder, tap) = tap();
        // one live input per keyboard must be made on the watching thread, where the player is not: make a few ahead
        let mut ready: Vec<_> = (0..8).map(|_| player.live_input()).collect();
        let wake = self.services.jobs.poster();
        let wake_messages = wake.clone();
        self.services.keyboards.taken.set(&self.services.preferences.assignments);
        let taken_by_knobs = self.services.keyboards.taken.clone();
        let sinks = Box::new(move |_name: &str| {
            let mut live = ready.pop();
            let mut recorded = feeder.sink();
            let wake = wake_messages.clone();
            let taken = taken_by_knobs.clone();
            Box::new(move |stamped: Stamped| {
                if taken.has(stamped.message) {
                    return; // its event has come another way
                }
                if let Some(live) = &mut live {
                    live.send(stamped.stamp_micros, stamped.message);
                }
                recorded(stamped);
                wake.ctx().request_repaint();
            }) as crate::devices::Sink
        });
        let mut options = KeyboardsOptions::new(sinks);
        options.inputs = inputs(self.services.preferences.midi_input.as_deref());
        options.buttons = self.services.preferences.assignments.buttons;
        options.wake = Some(Arc::new(move || wake.ctx().request_repaint()));
        self.services.keyboards.keyboards = Some(Keyboards::start(backend, options));
        self.services.keyboards.tap = Some(tap);
    }

    /// Takes what keyboards sent and what happened to them.
    pub(in crate::studio) fn poll_keyboards(&mut self) {
        let mut messages = Vec::new();
        if let Some(tap) = &mut self.services.keyboards.tap {
            tap.drain(|stamped| messages.push(stamped));
        }
        for stamped in messages {
            self.services.keyboards.note(stamped.message);
            self.record(stamped);
        }
        let events: Vec<KeyboardEvent> = self
            .services
            .keyboards
            .keyboards
            .as_ref()
            .map(|keyboards| keyboards.events().try_iter().collect())
            .unwrap_or_default();
        for event in events {
            self.on_keyboard(event);
        }
    }

    fn on_keyboard(&mut self, event: KeyboardEvent) {
        if self.learn(&event) {
            return;
        }
        match event {
            KeyboardEvent::Connected { name, .. } => {
                self.services.toasts.add(Tone::Good, format!("{name} is connected"))
            }
            KeyboardEvent::Lost { name } => {
                self.services.keyboards.held = 0;
                self.release_recorded();
                self.services.toasts.add(
                    Tone::Warning,
                    format!(
                        "{name} was unplugged; held notes were released, and it connects by itself when it is back"
                    ),
                );
            }
            KeyboardEvent::Failed { name, reason } => {
                self.services.toasts.add(Tone::Warning, format!("{name} does not open: {reason}"));
            }
            KeyboardEvent::Button { button, .. } => self.push(match button {
                TransportButton::Play => Command::PlayPause,
                TransportButton::Stop => Command::Stop,
                TransportButton::Record => Command::Record,
            }),
            // no MIDI at all is a state, shown where keyboards are shown
            KeyboardEvent::Unavailable { .. } | KeyboardEvent::Knob { .. } | KeyboardEvent::Controller { .. } => {}
        }
    }
}
