//! MIDI learn: which of a keyboard's buttons drive the transport, which of its knobs turn what.
//!
//! The next control that is moved is the one that was meant. What a knob turns is no music any more: it is neither
//! heard nor recorded.

mod knobs;
mod pickup;

use serde::{Deserialize, Serialize};

pub use self::{
    knobs::{TakenControllers, Turned, Turning, position_of},
    pickup::{Move, Pickup, Takeover},
};
use crate::devices::{ButtonMap, KeyboardEvent, Profile, TransportButton};

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

/// The buttons of the transport, with their titles.
pub const BUTTONS: [(TransportButton, &str); 3] =
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

impl MidiLearn {
    /// What there is to say of the knob that is turned, if it has not picked up its value.
    pub fn hint(&self) -> Option<String> {
        self.pickup.said().map(|(text, _)| text.to_owned())
    }
}

/// The controller number and value behind an event.
pub fn controller_of(event: &KeyboardEvent, own: Option<ButtonMap>) -> Option<(u8, u8)> {
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
