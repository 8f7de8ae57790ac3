//! Learning a keyboard's buttons and knobs.

use crate::studio::{
    actions::MidiLearnAction,
    services::{Services, midi_learn::Learning},
    toasts::Tone,
};

/// Carries out what is asked for around a keyboard's buttons and knobs.
pub fn execute(action: MidiLearnAction, services: &mut Services) {
    match action {
        MidiLearnAction::Learn(learning) => {
            services.midi_learn.learning = Some(learning);
            if let Learning::Knob(turned) = learning {
                let name = turned.title().to_lowercase();
                services.say(Tone::Plain, format!("Turn the knob that is to turn the {name}; Esc leaves it"));
            }
        }
        MidiLearnAction::Cancel => services.midi_learn.learning = None,
        MidiLearnAction::Forget(turned) => {
            services.change_preferences(|preferences| {
                preferences.assignments.knobs.retain(|(_, other)| *other != turned);
            });
        }
    }
}
