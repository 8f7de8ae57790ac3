//! MIDI learn on the settings page: which controls of a keyboard do what.

use eframe::egui::{RichText, Ui};

use crate::{
    devices::{ButtonMap, ButtonMode, TransportButton},
    studio::{
        actions::MidiLearnAction,
        context::Context,
        services::midi_learn::{Assignments, BUTTONS, Learning, Takeover, Turned},
        theme::{Icon, Theme},
        widgets::{self, form::row},
    },
};

/// The rows of the settings page.
pub fn rows(context: &Context<'_>, ui: &mut Ui, assignments: &mut Assignments) {
    row(ui, "Transport buttons", "Known keyboards are set up already; assign others here", |ui| {
        let map = assignments.buttons.unwrap_or_default();
        for (button, title) in BUTTONS {
            let number = match button {
                TransportButton::Play => map.play,
                TransportButton::Stop => map.stop,
                TransportButton::Record => map.record,
            };
            learn_button(context, ui, Learning::Button(button), title, number);
        }
        if assignments.buttons.is_some()
            && ui.button("Reset").on_hover_text("Back to the keyboard's own buttons").clicked()
        {
            assignments.buttons = None;
        }
    });
    row(ui, "Buttons send", "Some keyboards send on press and release, others toggle with each press", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let shown = assignments.buttons.unwrap_or_default().mode;
        let mut mode = shown;
        widgets::choice(ui, &mut mode, ButtonMode::Momentary, "Press and release", None);
        widgets::choice(ui, &mut mode, ButtonMode::Toggle, "Toggle", None);
        if mode != shown {
            // the numbers of the keyboard's own buttons, in the other mode
            let status = context.services.keyboards.status();
            let known = status.inputs.iter().find_map(|input| input.profile).map(|profile| profile.buttons);
            let map = assignments.buttons.or(known).unwrap_or_default();
            assignments.buttons = Some(ButtonMap { mode, ..map });
        }
    });
    row(ui, "Knobs", "What each knob controls; you can also right-click a control to assign one", |ui| {
        ui.horizontal_wrapped(|ui| {
            for turned in Turned::ALL {
                learn_button(context, ui, Learning::Knob(turned), turned.title(), assignments.knob(turned));
            }
            if !assignments.knobs.is_empty() && ui.button("Unassign all").on_hover_text("Unassign all knobs").clicked()
            {
                assignments.knobs.clear();
            }
        });
    });
    row(ui, "Knob takeover", "Pickup avoids jumps: a knob takes effect once it reaches the current value", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        widgets::choice(ui, &mut assignments.takeover, Takeover::PickUp, "Pickup", None);
        widgets::choice(ui, &mut assignments.takeover, Takeover::Jump, "Jump", None);
    });
    row(ui, "Endless knobs", "Knobs that send steps instead of a position", |ui| {
        endless_knobs(ui, assignments);
    });
}

fn learn_button(context: &Context<'_>, ui: &mut Ui, learning: Learning, title: &str, number: Option<u8>) {
    if context.services.midi_learn.learning == Some(learning) {
        if ui
            .button(RichText::new(format!("{title}: move it…")).color(Theme::of(ui).accent))
            .on_hover_text("Press the button or turn the knob on your keyboard; click again to cancel")
            .clicked()
        {
            context.ask(MidiLearnAction::Cancel);
        }
        return;
    }
    let shown = number.map_or_else(|| title.to_owned(), |number| format!("{title}: {number}"));
    if widgets::text_button(ui, Icon::Radio, &shown, None)
        .on_hover_text("Click, then move the control on your keyboard")
        .clicked()
    {
        context.ask(MidiLearnAction::Learn(learning));
    }
}

/// Which of the learned knobs have no ends.
fn endless_knobs(ui: &mut Ui, assignments: &mut Assignments) {
    if assignments.knobs.is_empty() {
        ui.label(RichText::new("No knob is assigned yet").color(Theme::of(ui).text_faint));
    }
    let mut numbers: Vec<u8> = assignments.knobs.iter().map(|(number, _)| *number).collect();
    numbers.sort_unstable();
    for number in numbers {
        let is_endless = assignments.steps.contains(&number);
        if ui.selectable_label(is_endless, format!("Controller {number}")).clicked() {
            assignments.steps.retain(|other| *other != number);
            if !is_endless {
                assignments.steps.push(number);
            }
        }
    }
}
