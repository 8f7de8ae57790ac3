//! The bar above the roll: tools, grid, what is done to notes, what is seen.

use eframe::egui::{Align, ComboBox, Layout, Ui};

use crate::studio::{
    commands::{Command, RollCommand, buttons::command_button},
    context::Context,
    document::snap::Snap,
    page::ComposeView,
    theme::space,
    widgets::IconButton,
};

/// How wide the bar must be for the views' names beside their icons, in points.
const WORDS_FROM: f32 = 960.0;

/// Draws the bar.
pub fn ui(view: ComposeView, context: &Context<'_>, ui: &mut Ui) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        views(context, ui);
        ui.add_space(space::S);
        if !view.shows_roll() {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                if view.shows_notes() {
                    follow_and_zoom(context, ui);
                }
            });
            return;
        }
        for command in [Command::ToolSelect, Command::ToolDraw, Command::ToolErase] {
            command_button(context, ui, command, button(command).on(context.is_on(command)));
        }
        ui.add_space(space::S);
        grid(context, ui);
        ui.add_space(space::S);
        for command in [Command::QuantiseWith, Command::Humanise, Command::Transpose] {
            if_it_fits(context, ui, command, button(command));
        }
        ui.add_space(space::S);
        for command in [Command::ToggleScaleRows, Command::ToggleScaleSnap] {
            if_it_fits(context, ui, command, button(command).on(context.is_on(command)));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let lane = Command::Roll(RollCommand::ToggleVelocityLane);
            for command in [lane, Command::ToggleGhosts] {
                if_it_fits(context, ui, command, button(command).on(context.is_on(command)));
            }
            follow_and_zoom(context, ui);
        });
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

/// What is seen of the time, from right to left.
fn follow_and_zoom(context: &Context<'_>, ui: &mut Ui) {
    if_it_fits(context, ui, Command::Follow, button(Command::Follow).on(context.is_on(Command::Follow)));
    for command in [RollCommand::FitAll, RollCommand::ZoomOut, RollCommand::ZoomIn] {
        if_it_fits(context, ui, command.into(), button(command.into()));
    }
}

/// The magnet that switches snapping, the note value that notes snap to, and triplets of it.
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
            ui.selectable_value(&mut snap, other, other.name());
        }
    });
    response.response.accessible_name("Grid").on_hover_text(
        "What notes snap to; hold Alt to place them freely. Ctrl+[ and Ctrl+] change it, J switches it off and on",
    );
    if snap != shown {
        context.change_preferences(move |preferences| preferences.roll.set_snap(snap));
    }
    let triplets = button(Command::ToggleTriplets).on(context.is_on(Command::ToggleTriplets));
    command_button(context, ui, Command::ToggleTriplets, triplets);
}

fn button(command: Command) -> IconButton<'static> {
    IconButton::new(command.entry().icon, command.entry().title)
}

/// A button where there is room for one: the menus have them all.
fn if_it_fits(context: &Context<'_>, ui: &mut Ui, command: Command, button: IconButton<'_>) {
    if ui.available_width() >= space::CONTROL {
        command_button(context, ui, command, button);
    }
}
