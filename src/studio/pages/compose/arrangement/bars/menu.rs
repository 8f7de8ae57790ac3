//! The menu of the right button on the lanes: what is done with the bars that are selected.

use eframe::egui::{Response, Ui};

use crate::{
    music::Score,
    studio::{
        actions::Action,
        commands::{BarsCommand as Bars, Command, RollCommand as Roll, buttons::menu_item},
        pages::compose::arrangement::Arrangement,
    },
};

/// An item.
#[derive(Clone, Copy)]
enum Item {
    Bars(Roll),
    Time(Bars),
}

/// What it offers, a line between its groups.
const OFFERED: [&[Item]; 4] = [
    &[
        Item::Bars(Roll::Cut),
        Item::Bars(Roll::Copy),
        Item::Bars(Roll::Paste),
        Item::Bars(Roll::Duplicate),
        Item::Bars(Roll::Delete),
    ],
    &[Item::Bars(Roll::ToPreviousPart), Item::Bars(Roll::ToNextPart)],
    &[Item::Bars(Roll::LoopSelection), Item::Time(Bars::AllParts)],
    &[Item::Time(Bars::InsertTime), Item::Time(Bars::DuplicateTime), Item::Time(Bars::DeleteTime)],
];

impl Arrangement {
    /// Draws the menu of a lane, if it is open; what is chosen in it.
    pub(in crate::studio::pages::compose::arrangement) fn bars_menu(
        &self,
        lane: &Response,
        score: &Score,
    ) -> Option<Action> {
        let mut chosen = None;
        lane.context_menu(|ui| chosen = self.items(ui, score));
        chosen.map(Action::from)
    }

    fn items(&self, ui: &mut Ui, score: &Score) -> Option<Command> {
        ui.set_min_width(240.0);
        let mut chosen = None;
        for (group, items) in OFFERED.into_iter().enumerate() {
            if group > 0 {
                ui.separator();
            }
            for &item in items {
                let (command, why_not) = match item {
                    Item::Bars(command) => (Command::Roll(command), self.why_not_to_bars(command, score)),
                    Item::Time(command) => (Command::Bars(command), self.why_not_to_time(command, score)),
                };
                let entry = command.entry();
                let title = if command == Roll::Delete.into() { "Delete" } else { entry.title };
                if menu_item(entry, title, false, why_not.map(str::to_owned), ui) {
                    chosen = Some(command);
                }
            }
        }
        chosen
    }
}
