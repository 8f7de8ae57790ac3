//! The menu of the right button on the lanes: what is done with the bars that are selected.

use eframe::egui::{Id, Key, Modifiers, Popup, Response, SetOpenCommand, Ui, pos2};

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
    /// Draws the menu of a lane, if it is open; what is chosen in it. The keys for menus open it for the bars that are
    /// selected.
    pub(in crate::studio::pages::compose::arrangement) fn bars_menu(
        &mut self,
        ui: &Ui,
        lane: &Response,
        score: &Score,
    ) -> Option<Action> {
        let mut menu = Popup::context_menu(lane);
        if lane.secondary_clicked() {
            self.menu_by_key = None;
        } else if let Some(bars) = self.selected_bars().filter(|_| lane.has_focus() && menu_key_pressed(ui)) {
            let x = self.coordinates.x_from_tick(f64::from(bars.ticks.start));
            self.menu_by_key = Some((lane.id, self.area().clamp(pos2(x, lane.rect.center().y))));
            menu = menu.open_memory(SetOpenCommand::Bool(true));
        }
        let by_key = self.menu_by_key.filter(|(id, _)| *id == lane.id);
        if let Some((_, at)) = by_key {
            menu = menu.at_position(at);
        }
        let mut chosen = None;
        let shown = menu.show(|ui| chosen = self.items(ui, score, by_key.map(|(id, _)| id)));
        if by_key.is_some() && (shown.is_none() || chosen.is_some()) {
            self.menu_by_key = None;
            lane.request_focus();
        }
        chosen.map(Action::from)
    }

    /// The items; opened by a key in the lane `from`, the first one that can be chosen has the focus.
    fn items(&self, ui: &mut Ui, score: &Score, from: Option<Id>) -> Option<Command> {
        ui.set_min_width(240.0);
        let focused = ui.memory(eframe::egui::Memory::focused);
        let mut wants_focus = from.is_some() && (focused.is_none() || focused == from);
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
                if wants_focus && why_not.is_none() {
                    wants_focus = false;
                    let item = ui.next_auto_id();
                    ui.memory_mut(|memory| memory.request_focus(item));
                }
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

/// Whether the key for menus was pressed, or Shift+F10, which stands for it.
fn menu_key_pressed(ui: &Ui) -> bool {
    ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Menu) || input.consume_key(Modifiers::SHIFT, Key::F10))
}
