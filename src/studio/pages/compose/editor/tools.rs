//! The bar above the roll: tools, grid, what is done to notes, what is seen.

use eframe::egui::{Align, ComboBox, Layout, RichText, Ui};

use crate::studio::document::snap::Snap;
use crate::studio::{
    commands::Command,
    pages::compose::roll::{RollCommand, Tool},
    state::Studio,
    theme::{Icon, Theme, size, space},
    widgets::IconButton,
};

impl Studio {
    pub(in crate::studio) fn roll_tools(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (tool, command, icon) in [
                (Tool::Select, Command::ToolSelect, Icon::MousePointer2),
                (Tool::Pencil, Command::ToolDraw, Icon::Pencil),
                (Tool::Erase, Command::ToolErase, Icon::Eraser),
            ] {
                let on = self.pages.compose.editor.tool == tool;
                self.command_with(ui, command, IconButton::new(icon, command.entry().title).on(on));
            }
            ui.add_space(space::S);
            ui.label(RichText::new("Grid").size(size::CAPTION).color(theme.text_faint));
            ui.spacing_mut().interact_size.y = 24.0;
            let mut snap = self.services.preferences.roll.snap();
            let shown = snap;
            ComboBox::from_id_salt("grid")
                .width(86.0)
                .selected_text(snap.name())
                .show_ui(ui, |ui| {
                    for other in Snap::all() {
                        ui.selectable_value(&mut snap, other, other.name());
                    }
                })
                .response
                .accessible_name("Grid")
                .on_hover_text("What notes snap to; hold Alt to place them freely. Ctrl+[ and Ctrl+] change it, J switches it off and on");
            if snap != shown {
                self.change_roll(|roll| roll.set_snap(snap));
            }
            ui.add_space(space::S);
            for command in [Command::QuantiseWith, Command::Humanise, Command::Transpose] {
                self.tool_if_it_fits(ui, command, IconButton::new(command.entry().icon, command.entry().title));
            }
            ui.add_space(space::S);
            let (rows, snap) = (self.services.preferences.roll.scale_rows, self.services.preferences.roll.scale_snap);
            self.tool_if_it_fits(
                ui,
                Command::ToggleScaleRows,
                IconButton::new(Icon::Rows3, "Rows of the scale").on(rows),
            );
            self.tool_if_it_fits(
                ui,
                Command::ToggleScaleSnap,
                IconButton::new(Icon::ListMusic, "Draw and drag within the scale").on(snap),
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let lane = self.pages.compose.editor.roll.shows_velocity_lane();
                self.tool_if_it_fits(
                    ui,
                    Command::Roll(RollCommand::ToggleVelocityLane),
                    IconButton::new(Icon::ChartColumn, "Velocity lane").on(lane),
                );
                let follow = self.services.preferences.roll.follow;
                self.tool_if_it_fits(
                    ui,
                    Command::Follow,
                    IconButton::new(Icon::ScanLine, "Follow the playhead").on(follow),
                );
                let ghosts = self.services.preferences.roll.ghosts;
                self.tool_if_it_fits(
                    ui,
                    Command::ToggleGhosts,
                    IconButton::new(Icon::Layers, "Other parts behind the notes").on(ghosts),
                );
                for command in [RollCommand::ZoomToFit, RollCommand::ZoomOut, RollCommand::ZoomIn] {
                    let command = Command::Roll(command);
                    self.tool_if_it_fits(ui, command, IconButton::new(command.entry().icon, command.entry().title));
                }
            });
        });
    }

    /// A button where there is room for one: the menus have them all.
    fn tool_if_it_fits(&mut self, ui: &mut Ui, command: Command, button: IconButton<'_>) {
        if ui.available_width() >= space::CONTROL {
            self.command_with(ui, command, button);
        }
    }
}
