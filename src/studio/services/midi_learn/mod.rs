//! MIDI learn: which of a keyboard's buttons drive the transport, which of its knobs turn what.
//!
//! The next control that is moved is the one that was meant. What a knob turns is no music any more: it is neither heard
//! nor recorded.

mod knobs;
mod pickup;

use serde::{Deserialize, Serialize};

pub use self::{
    knobs::{TakenControllers, Turned, Turning},
    pickup::{Pickup, Takeover},
};
use crate::devices::{ButtonMap, KeyboardEvent, Profile, TransportButton};
use crate::studio::{state::Studio, toasts::Tone};

/// The user's own assignments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assignments {
    /// The transport's buttons; those of the keyboard's profile without.
    pub buttons: Option<ButtonMap>,
    /// Controller numbers of knobs, and what they turn.
    pub knobs: Vec<(u8, Turned)>,
    /// Controller numbers of knobs without ends, which send steps and not where they stand.
    pub steps: Vec<u8>,
    /// When a knob takes over.
    pub takeover: Takeover,
}

/// What is being learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learning {
    /// A button of the transport.
    Button(TransportButton),
    /// A knob.
    Knob(Turned),
}

impl Assignments {
    /// The controller that turns something, if one does.
    pub fn knob(&self, of: Turned) -> Option<u8> {
        let knob = self.knobs.iter().find(|(_, turned)| *turned == of);
        knob.map(|(number, _)| *number)
    }
}

pub(in crate::studio) const BUTTONS: [(TransportButton, &str); 3] =
    [(TransportButton::Play, "Play"), (TransportButton::Stop, "Stop"), (TransportButton::Record, "Record")];

/// What keyboards' buttons and knobs are learned for, and what a knob is turning.
#[derive(Debug, Default)]
pub struct MidiLearn {
    /// The control that is being learned.
    pub learning: Option<Learning>,
    /// The knob that is being turned.
    pub turning: Option<Turning>,
    /// Which knobs have picked up what they turn.
    pub pickup: Pickup,
}

impl Studio {
    /// Takes a control that was moved, if one is being learned or turned; tells whether it was meant for here.
    pub(in crate::studio) fn learn(&mut self, event: &KeyboardEvent) -> bool {
        let Some((number, value)) = controller_of(event, self.services.preferences.assignments.buttons) else {
            return false;
        };
        match self.services.midi_learn.learning {
            // the release of the key that opened the page is no answer
            Some(_) if value == 0 => true,
            Some(learning) => {
                self.assign(learning, number);
                self.services.midi_learn.pickup.stands(number, value);
                true
            }
            None => {
                let turned = self.services.preferences.assignments.knobs.iter().find(|(of, _)| *of == number);
                if let Some((_, turned)) = turned.copied() {
                    self.turn(number, turned, value);
                }
                false
            }
        }
    }

    fn assign(&mut self, learning: Learning, number: u8) {
        self.services.midi_learn.learning = None;
        let what = match learning {
            Learning::Button(button) => {
                let mut map = self.services.preferences.assignments.buttons.unwrap_or_default();
                for place in [&mut map.play, &mut map.stop, &mut map.record] {
                    *place = place.filter(|other| *other != number); // a button does one thing
                }
                *match button {
                    TransportButton::Play => &mut map.play,
                    TransportButton::Stop => &mut map.stop,
                    TransportButton::Record => &mut map.record,
                } = Some(number);
                self.change_preferences(|preferences| preferences.assignments.buttons = Some(map));
                BUTTONS.iter().find(|(of, _)| *of == button).map_or("", |(_, title)| title)
            }
            Learning::Knob(turned) => {
                self.change_preferences(|preferences| {
                    let knobs = &mut preferences.assignments.knobs;
                    knobs.retain(|(of, other)| *of != number && *other != turned);
                    knobs.push((number, turned));
                });
                turned.title()
            }
        };
        self.services.keyboards.set_assignments(&self.services.preferences.assignments);
        self.services.toasts.add(Tone::Good, format!("Controller {number} is {what} now"));
    }
}

/// The controller number and value behind an event.
fn controller_of(event: &KeyboardEvent, own: Option<ButtonMap>) -> Option<(u8, u8)> {
    match event {
        KeyboardEvent::Controller { number, value, .. } | KeyboardEvent::Knob { number, value, .. } => {
            Some((*number, *value))
        }
        KeyboardEvent::Button { name, button, .. } => {
            let known = Profile::find(name).map(|profile| profile.buttons);
            let number = |map: ButtonMap| match button {
                TransportButton::Play => map.play,
                TransportButton::Stop => map.stop,
                TransportButton::Record => map.record,
            };
            let number = own.and_then(number).or_else(|| known.and_then(number))?;
            Some((number, 127))
        }
        _ => None,
    }
}
