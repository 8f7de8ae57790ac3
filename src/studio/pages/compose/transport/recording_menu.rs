//! How to record: the small menu beside the record button, and which switches are on.

use eframe::egui::{Button, Ui, containers::menu::MenuButton};

use crate::studio::{
    commands::Command,
    pages::compose::{roll::Tool, side_panels::Side},
    state::Studio,
    theme::{self, Icon, size},
    widgets,
};

impl Studio {
    /// What can be chosen about recording, beside its button.
    pub(in crate::studio) fn recording_menu(&mut self, ui: &mut Ui) {
        let button = Button::new(theme::icon_sized(Icon::ChevronDown, size::BODY)).frame_when_inactive(false);
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.set_min_width(260.0);
            widgets::outline_ticks(ui);
            let replaces = self.services.preferences.record_replaces;
            for (title, on) in [("Join what is there (overdub)", false), ("Replace what is there", true)] {
                if ui.radio(replaces == on, title).clicked() {
                    self.change_preferences(|preferences| preferences.record_replaces = on);
                }
            }
            ui.separator();
            let mut waits = self.services.preferences.record_waits;
            if ui
                .checkbox(&mut waits, "Wait for the first key")
                .on_hover_text("Time begins with the first note; there is no count-in then")
                .changed()
            {
                self.change_preferences(|preferences| preferences.record_waits = waits);
            }
            for (bars, title) in [(0, "No count-in"), (1, "1 bar count-in"), (2, "2 bars count-in")] {
                if ui.radio(self.services.preferences.count_in_bars == bars, title).clicked() {
                    self.change_preferences(|preferences| preferences.count_in_bars = bars);
                }
            }
            ui.separator();
            let why_not = self.why_not(Command::KeepRecent);
            let keep = Button::new((theme::icon_sized(Icon::History, 14.0), "Keep what was just played"))
                .shortcut_text("Shift+R");
            let response = ui.add_enabled(why_not.is_none(), keep).accessible_name("Keep what was just played");
            if response.clicked() {
                self.push(Command::KeepRecent);
                ui.close();
            }
            if let Some(reason) = why_not {
                response.on_disabled_hover_text(reason);
            }
            widgets::caption(ui, "With the loop on, every time round is a take");
        });
        response.accessible_name("Recording options").on_hover_text("Recording options");
    }
}
