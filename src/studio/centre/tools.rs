//! The bar above the roll: tools, grid, what is done to notes, what is seen.

use eframe::egui::{Align, ComboBox, Layout, RichText, Ui};

use crate::studio::{
    commands::Command,
    roll::{RollCommand, Snap, Tool},
    state::Studio,
    theme::{Icon, Theme, size, space},
    widgets::IconButton,
};

impl Studio {
    pub(super) fn roll_tools(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (tool, command, icon) in [
                (Tool::Select, Command::ToolSelect, Icon::MousePointer2),
                (Tool::Pencil, Command::ToolDraw, Icon::Pencil),
                (Tool::Erase, Command::ToolErase, Icon::Eraser),
            ] {
                let on = self.roll.tool == tool;
                self.command_with(ui, command, IconButton::new(icon, command.entry().title).on(on));
            }
            ui.add_space(space::S);
            ui.label(RichText::new("Grid").size(size::CAPTION).color(theme.text_faint));
            ui.spacing_mut().interact_size.y = 24.0;
            let mut snap = self.preferences.roll.snap();
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
            self.command_icon(ui, Command::QuantiseWith);
            self.command_icon(ui, Command::Humanise);
            self.command_icon(ui, Command::Transpose);
            ui.add_space(space::S);
            let (rows, snap) = (self.preferences.roll.scale_rows, self.preferences.roll.scale_snap);
            self.command_with(
                ui,
                Command::ToggleScaleRows,
                IconButton::new(Icon::Rows3, "Rows of the scale").on(rows),
            );
            self.command_with(
                ui,
                Command::ToggleScaleSnap,
                IconButton::new(Icon::ListMusic, "Draw and drag within the scale").on(snap),
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let lane = self.roll.roll.shows_velocity_lane();
                self.command_with(
                    ui,
                    Command::Roll(RollCommand::ToggleVelocityLane),
                    IconButton::new(Icon::ChartColumn, "Velocity lane").on(lane),
                );
                let follow = self.preferences.roll.follow;
                self.command_with(
                    ui,
                    Command::Follow,
                    IconButton::new(Icon::ScanLine, "Follow the playhead").on(follow),
                );
                let ghosts = self.preferences.roll.ghosts;
                self.command_with(
                    ui,
                    Command::ToggleGhosts,
                    IconButton::new(Icon::Layers, "Other parts behind the notes").on(ghosts),
                );
                self.command_icon(ui, Command::Roll(RollCommand::ZoomToFit));
                self.command_icon(ui, Command::Roll(RollCommand::ZoomOut));
                self.command_icon(ui, Command::Roll(RollCommand::ZoomIn));
            });
        });
    }
}
