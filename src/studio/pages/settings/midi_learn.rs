//! MIDI learn in the window: the rows of the settings page, and the menu that a control itself has.

use eframe::egui::{Response, RichText, Ui};

use crate::studio::services::midi_learn::{Assignments, BUTTONS, Learning, Takeover, Turned};
use crate::{
    devices::{ButtonMap, ButtonMode, TransportButton},
    studio::{
        pages::settings::row,
        services::preferences::Preferences,
        state::Studio,
        theme::{Icon, Theme},
        toasts::Tone,
        widgets,
    },
};

impl Studio {
    /// The rows of the settings page.
    pub(in crate::studio) fn learn_settings(&mut self, ui: &mut Ui, preferences: &mut Preferences) {
        let before = preferences.assignments.clone();
        row(ui, "Transport buttons", "Known keyboards bring their own; others are learned", |ui| {
            for (button, title) in BUTTONS {
                let map = preferences.assignments.buttons.unwrap_or_default();
                let number = match button {
                    TransportButton::Play => map.play,
                    TransportButton::Stop => map.stop,
                    TransportButton::Record => map.record,
                };
                self.learn_button(ui, Learning::Button(button), title, number);
            }
            if preferences.assignments.buttons.is_some()
                && ui.button("Forget").on_hover_text("Back to the keyboard's own").clicked()
            {
                preferences.assignments.buttons = None;
            }
        });
        row(ui, "Buttons send", "Some keyboards send on press and release, others turn over at each press", |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let mut mode = preferences.assignments.buttons.unwrap_or_default().mode;
            let shown = mode;
            ui.selectable_value(&mut mode, ButtonMode::Momentary, "Press and release");
            ui.selectable_value(&mut mode, ButtonMode::Toggle, "On and off in turn");
            if mode != shown {
                // the numbers of the keyboard's own buttons, in the other mode
                let known = self
                    .services
                    .keyboards
                    .status()
                    .inputs
                    .iter()
                    .find_map(|input| input.profile)
                    .map(|profile| profile.buttons);
                let map = preferences.assignments.buttons.or(known).unwrap_or_default();
                preferences.assignments.buttons = Some(ButtonMap { mode, ..map });
            }
        });
        row(ui, "Knobs", "What a knob of the keyboard turns; a right click on a control learns one, too", |ui| {
            ui.horizontal_wrapped(|ui| {
                for turned in Turned::ALL {
                    self.learn_button(ui, Learning::Knob(turned), turned.title(), preferences.assignments.knob(turned));
                }
                if !preferences.assignments.knobs.is_empty()
                    && ui.button("Forget").on_hover_text("No knob turns anything").clicked()
                {
                    preferences.assignments.knobs.clear();
                }
            });
        });
        row(ui, "Knobs take over", "Nothing jumps where a knob waits until it meets the value", |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let takeover = &mut preferences.assignments.takeover;
            ui.selectable_value(takeover, Takeover::PickUp, "At the value");
            ui.selectable_value(takeover, Takeover::Jump, "At once");
        });
        row(ui, "Endless knobs", "Learned knobs that send steps and not where they stand", |ui| {
            endless_knobs(ui, &mut preferences.assignments)
        });
        if before != preferences.assignments {
            self.services.keyboards.set_assignments(&preferences.assignments);
        }
    }

    fn learn_button(&mut self, ui: &mut Ui, learning: Learning, title: &str, number: Option<u8>) {
        let theme = Theme::of(ui);
        if self.services.midi_learn.learning == Some(learning) {
            if ui
                .button(RichText::new(format!("{title}: move it…")).color(theme.accent))
                .on_hover_text("Press the button or turn the knob on the keyboard; click again to leave it")
                .clicked()
            {
                self.services.midi_learn.learning = None;
            }
            return;
        }
        let shown = number.map_or_else(|| title.to_owned(), |number| format!("{title}: {number}"));
        if widgets::text_button(ui, Icon::Radio, &shown, None)
            .on_hover_text("Learn it: click, then move the control on the keyboard")
            .clicked()
        {
            self.services.midi_learn.learning = Some(learning);
        }
    }
}

/// Which of the learned knobs have no ends.
fn endless_knobs(ui: &mut Ui, assignments: &mut Assignments) {
    if assignments.knobs.is_empty() {
        ui.label(RichText::new("No knob is learned yet").color(Theme::of(ui).text_faint));
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
