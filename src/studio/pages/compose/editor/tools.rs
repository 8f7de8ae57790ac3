//! The bar above the roll: tools, grid, what is done to notes, what is seen.

use eframe::egui::{Align, ComboBox, Layout, Popup, Ui};

use crate::studio::{
    commands::{
        Command, RollCommand,
        buttons::{command_button, menu_item},
    },
    context::Context,
    document::snap::Snap,
    page::ComposeView,
    theme::{Icon, space},
    widgets::{self, IconButton},
};

/// How wide the bar must be for the views' names beside their icons, in points.
const WORDS_FROM: f32 = 960.0;

/// What stands behind the grid where there is room; the first belongs to it.
const LEFT: [Command; 6] = [
    Command::ToggleTriplets,
    Command::QuantiseWith,
    Command::Humanise,
    Command::Transpose,
    Command::ToggleScaleRows,
    Command::ToggleScaleSnap,
];
/// What stands at the right end, from right to left.
const RIGHT: [Command; 6] = [
    Command::Roll(RollCommand::ToggleVelocityLane),
    Command::ToggleGhosts,
    Command::Follow,
    Command::Roll(RollCommand::FitAll),
    Command::Roll(RollCommand::ZoomOut),
    Command::Roll(RollCommand::ZoomIn),
];
/// What is seen of the time: all that the arrangement alone has of it.
const OF_TIME: std::ops::Range<usize> = 2..6;
/// Between two buttons, in points.
const GAP: f32 = 2.0;

/// Draws the bar.
pub fn ui(view: ComposeView, context: &Context<'_>, ui: &mut Ui) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        views(context, ui);
        ui.add_space(space::S);
        let (left, right) = match (view.shows_roll(), view.shows_notes()) {
            (true, _) => (&LEFT[..], &RIGHT[..]),
            (false, true) => (&[][..], &RIGHT[OF_TIME]),
            (false, false) => return,
        };
        if view.shows_roll() {
            for command in [Command::ToolSelect, Command::ToolDraw, Command::ToolErase] {
                command_button(context, ui, command, button(command).on(context.is_on(command)));
            }
            ui.add_space(space::S);
            grid(context, ui);
        }
        // where there is no room for all, zooming goes last, and a menu has what is left
        let fit = ((ui.available_width() - 2.0 * space::S) / (space::CONTROL + GAP)).max(0.0) as usize;
        let all = right.iter().rev().chain(left);
        let shown = if fit >= right.len() + left.len() { fit } else { fit.saturating_sub(1) };
        let left_out: Vec<Command> = all.skip(shown).copied().collect();
        let show = |command: &Command, ui: &mut Ui| {
            if !left_out.contains(command) {
                command_button(context, ui, *command, button(*command).on(context.is_on(*command)));
            }
        };
        for command in left {
            show(command, ui);
            if *command == LEFT[0] {
                ui.add_space(space::S);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            if !left_out.is_empty() && fit > 0 {
                more(&left_out, context, ui);
            }
            for command in right {
                show(command, ui);
            }
        });
    });
}

/// The menu with what has no room.
fn more(left_out: &[Command], context: &Context<'_>, ui: &mut Ui) {
    let response = IconButton::new(Icon::Ellipsis, "More tools").show(ui);
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(220.0);
        for command in left_out {
            let (entry, title) = (command.entry(), context.commands.title(*command));
            if menu_item(entry, &title, context.is_on(*command), context.why_not(*command), ui) {
                context.ask(*command);
            }
        }
    });
}

/// Which view is shown.
fn views(context: &Context<'_>, ui: &mut Ui) {
    let with_words = ui.available_width() >= WORDS_FROM;
    for view in ComposeView::ALL {
        let command = Command::View(view);
        let mut shown = button(command).on(context.is_on(command));
        if with_words {
            shown = shown.with_word(view.word());
        }
        command_button(context, ui, command, shown);
    }
}

/// The magnet that switches snapping, and the note value that notes snap to.
fn grid(context: &Context<'_>, ui: &mut Ui) {
    command_button(
        context,
        ui,
        Command::ToggleSnap,
        button(Command::ToggleSnap).on(context.is_on(Command::ToggleSnap)),
    );
    ui.spacing_mut().interact_size.y = 24.0;
    let shown = context.preferences().roll.snap();
    let mut snap = shown;
    let response = ComboBox::from_id_salt("grid").width(86.0).selected_text(snap.name()).show_ui(ui, |ui| {
        for other in Snap::all() {
            widgets::list_value(ui, &mut snap, other, other.name());
        }
    });
    response.response.accessible_name("Grid").on_hover_text(
        "What notes snap to; hold Alt to place them freely. Ctrl+[ and Ctrl+] change it, J switches it off and on",
    );
    if snap != shown {
        context.change_preferences(move |preferences| preferences.roll.set_snap(snap));
    }
}

fn button(command: Command) -> IconButton<'static> {
    IconButton::new(command.entry().icon, command.entry().title)
}
