//! Groups of settings, a row each.

use eframe::egui::{Align, Grid, Layout, RichText, Ui};

use crate::studio::{
    theme::{self, Icon, Theme, size, space},
    widgets,
};

/// Where there is less room, a setting's control stands below its name.
const NARROW: f32 = 480.0;

/// A card with a head.
pub fn group(ui: &mut Ui, icon: Icon, title: &str, add: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    widgets::card(ui, false)
        .fill(theme.surface)
        .stroke(theme.hairline())
        .inner_margin(eframe::egui::Margin::same(20))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(icon, 18.0).color(theme.text_muted));
                ui.label(theme::strong(title, 15.0));
            });
            ui.add_space(space::S);
            add(ui);
        });
    ui.add_space(space::M);
}

/// A setting: its name, what it does, its control.
pub fn row(ui: &mut Ui, name: &str, help: &str, add: impl FnOnce(&mut Ui)) {
    row_with(ui, name, help, |_| (), add);
}

/// The same with something beside the name, such as a question mark.
pub fn row_with(ui: &mut Ui, name: &str, help: &str, beside: impl FnOnce(&mut Ui), add: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    let about = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(name);
            beside(ui);
        });
        if !help.is_empty() {
            ui.label(RichText::new(help).size(size::CAPTION).color(theme.text_faint));
        }
    };
    if ui.available_width() < NARROW {
        ui.vertical(about);
        ui.horizontal_wrapped(add);
        ui.add_space(space::S);
        return;
    }
    Grid::new(name)
        .num_columns(2)
        .min_col_width(200.0)
        .max_col_width((ui.available_width() - 210.0).clamp(160.0, 620.0))
        .show(ui, |ui| {
            ui.vertical(|ui| {
                ui.set_width(190.0);
                about(ui);
            });
            ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), add);
            ui.end_row();
        });
    ui.add_space(space::XS);
}

/// A line under a setting: how it stands.
pub fn note(ui: &mut Ui, color: eframe::egui::Color32, text: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.add_space(208.0); // under the controls
        ui.label(theme::icon_sized(Icon::CircleDot, 11.0).color(color));
        ui.add(eframe::egui::Label::new(RichText::new(text).size(12.0).color(Theme::of(ui).text_muted)).wrap());
    });
}
