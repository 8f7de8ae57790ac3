//! The menu of the right button on the notes: what is most often done with those that are selected.

use eframe::egui::{Response, Ui};

use super::{interface::RollInput, state::Roll};
use crate::studio::commands::{Command, RollCommand, buttons::menu_item};

/// What it offers, a line between its groups.
const OFFERED: [&[RollCommand]; 4] = [
    &[RollCommand::Cut, RollCommand::Copy, RollCommand::Paste, RollCommand::Duplicate, RollCommand::Delete],
    &[RollCommand::SelectSamePitch, RollCommand::SelectAll, RollCommand::LoopSelection],
    &[RollCommand::ToPreviousPart, RollCommand::ToNextPart],
    &[RollCommand::Louder, RollCommand::Softer, RollCommand::Split, RollCommand::Join],
];

impl Roll {
    /// Draws the menu, if it is open, and does what is chosen in it.
    pub(super) fn note_menu(&mut self, notes: &Response, input: &RollInput<'_>) {
        let mut chosen = None;
        notes.context_menu(|ui| chosen = self.items(ui, input));
        if let Some(command) = chosen {
            self.execute(command, input);
        }
    }

    fn items(&self, ui: &mut Ui, input: &RollInput<'_>) -> Option<RollCommand> {
        ui.set_min_width(220.0);
        let mut chosen = None;
        for (group, commands) in OFFERED.into_iter().enumerate() {
            if group > 0 {
                ui.separator();
            }
            for &command in commands {
                let entry = Command::Roll(command).entry();
                let why_not = self.disabled_reason(command, input);
                if menu_item(entry, entry.title, false, why_not.map(str::to_owned), ui) {
                    chosen = Some(command);
                }
            }
        }
        chosen
    }
}
