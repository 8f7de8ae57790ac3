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
    devices::{Inputs, KeyboardEvent, Keyboards, KeyboardsOptions, MidiBackend, Status, Tap, tap},
    music::Stamped,
    sound::Player,
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

    /// Takes what keyboards sent since this was last asked; which keys are held follows.
    pub fn take_messages(&mut self) -> Vec<Stamped> {
        let mut messages = Vec::new();
        if let Some(tap) = &mut self.tap {
            tap.drain(|stamped| messages.push(stamped));
        }
        messages.iter().for_each(|stamped| self.note(stamped.message));
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

impl KeyboardState {
    /// Begins to watch keyboards; called once, when the player is there to take their notes.
    pub fn start(&mut self, backend: Box<dyn MidiBackend>, player: &Player, ctx: &Context, preferences: &Preferences) {
        let (feeder, tap) = tap();
        // one live input per keyboard must be made on the watching thread, where the player is not: make a few ahead
        let mut ready: Vec<_> = (0..8).map(|_| player.live_input()).collect();
        let wake = ctx.clone();
        let wake_messages = wake.clone();
        self.taken.set(&preferences.assignments);
        let taken_by_knobs = self.taken.clone();
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
                wake.request_repaint();
            }) as crate::devices::Sink
        });
        let mut options = KeyboardsOptions::new(sinks);
        options.inputs = inputs(preferences.midi_input.as_deref());
        options.buttons = preferences.assignments.buttons;
        options.wake = Some(Arc::new(move || wake.request_repaint()));
        self.keyboards = Some(Keyboards::start(backend, options));
        self.tap = Some(tap);
    }
}
