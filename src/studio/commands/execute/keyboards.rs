//! What keyboards play, and what happens to them.

use super::{midi_learn, recording};
use crate::{
    devices::{KeyboardEvent, TransportButton},
    studio::{commands::Command, document::Document, services::Services, toasts::Tone},
};

/// Takes what keyboards sent and what happened to them. `is_busy` says whether a gesture or a tool has the score.
pub fn poll(document: &mut Document, services: &mut Services, is_busy: bool) {
    for stamped in services.keyboards.take_messages() {
        recording::record(document, services, stamped);
    }
    for event in services.keyboards.take_events() {
        if !midi_learn::take(document, services, &event, is_busy) {
            take(document, services, event);
        }
    }
}

fn take(document: &mut Document, services: &mut Services, event: KeyboardEvent) {
    match event {
        KeyboardEvent::Connected { name, .. } => services.say(Tone::Good, format!("{name} is connected")),
        KeyboardEvent::Lost { name } => {
            services.keyboards.release();
            recording::release(document, services);
            services.say(
                Tone::Warning,
                format!("{name} was unplugged; held notes were released, and it reconnects automatically"),
            );
        }
        KeyboardEvent::Failed { name, reason } => {
            services.say(Tone::Warning, format!("Couldn't open {name}: {reason}"));
        }
        KeyboardEvent::Button { button, .. } => services.ask(match button {
            TransportButton::Play => Command::PlayPause,
            TransportButton::Stop => Command::Stop,
            TransportButton::Record => Command::Record,
        }),
        // no MIDI at all is a state, shown where keyboards are shown
        KeyboardEvent::Unavailable { .. } | KeyboardEvent::Knob { .. } | KeyboardEvent::Controller { .. } => {}
    }
}
