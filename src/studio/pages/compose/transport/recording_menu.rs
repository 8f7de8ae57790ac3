//! How to record: the small menu beside the record button.

use eframe::egui::{Button, Ui, containers::menu::MenuButton};

use crate::studio::{
    commands::Command,
    context::Context,
    theme::{self, Icon, size},
    widgets,
};

/// Draws the menu's button.
pub fn ui(context: &Context<'_>, ui: &mut Ui) {
    let button = Button::new(theme::icon_sized(Icon::ChevronDown, size::BODY)).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(260.0);
        widgets::outline_ticks(ui);
        let replaces = context.preferences().record_replaces;
        for (title, on) in [("Overdub: add to existing notes", false), ("Replace existing notes", true)] {
            if ui.radio(replaces == on, title).clicked() {
                context.change_preferences(move |preferences| preferences.record_replaces = on);
            }
        }
        ui.separator();
        let mut waits = context.preferences().record_waits;
        if ui
            .checkbox(&mut waits, "Start on first note")
            .on_hover_text("Recording starts with your first note, without a count-in")
            .changed()
        {
            context.change_preferences(move |preferences| preferences.record_waits = waits);
        }
        for (bars, title) in [(0, "No count-in"), (1, "1 bar count-in"), (2, "2 bars count-in")] {
            if ui.radio(context.preferences().count_in_bars == bars, title).clicked() {
                context.change_preferences(move |preferences| preferences.count_in_bars = bars);
            }
        }
        ui.separator();
        let entry = Command::KeepRecent.entry();
        let why_not = context.why_not(Command::KeepRecent);
        let keys = entry.key_text();
        let capture = widgets::with_keys(Button::new((theme::icon_sized(entry.icon, 14.0), entry.title)), &keys);
        let response = ui.add_enabled(why_not.is_none(), capture).accessible_name(entry.title);
        if response.clicked() {
            context.ask(Command::KeepRecent);
            ui.close();
        }
        if let Some(reason) = why_not {
            response.on_disabled_hover_text(reason);
        }
        widgets::caption(ui, "Loop recording: each pass is a take");
    });
    response.accessible_name("Recording options").on_hover_text("Recording options");
}
