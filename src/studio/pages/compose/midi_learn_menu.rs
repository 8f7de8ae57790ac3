//! The context menu of a control that a knob of a keyboard can turn.

use eframe::egui::{Button, Response};

use crate::studio::{
    actions::MidiLearnAction,
    context::Context,
    services::midi_learn::{Learning, Turned},
    toasts::Tone,
};

/// Offers to learn a knob for a control, or to forget the one it has.
pub fn midi_learn_menu(context: &Context<'_>, response: &Response, turned: Turned) {
    response.context_menu(|ui| {
        let name = turned.title().to_lowercase();
        if ui.button(format!("Assign a knob to the {name}")).clicked() {
            context.ask(MidiLearnAction::Learn(Learning::Knob(turned)));
            context.say(Tone::Plain, format!("Turn a knob to assign it to the {name}; Esc cancels"));
            ui.close();
        }
        let known = context.preferences().assignments.knob(turned);
        let forget = match known {
            Some(number) => format!("Unassign controller {number}"),
            None => "Unassign knob".to_owned(),
        };
        let forget = ui.add_enabled(known.is_some(), Button::new(forget));
        if forget.on_disabled_hover_text("No knob is assigned").clicked() {
            context.ask(MidiLearnAction::Forget(turned));
            ui.close();
        }
    });
}
