//! What holds for all charts at once: smoothing, the axis, what is in view, and what is laid under.

use std::path::PathBuf;

use eframe::egui::{Align, ComboBox, Layout, RichText, Slider, Ui};

use super::state::{Charts, ChartsAction};
use crate::studio::{
    theme::{Icon, Theme, space},
    widgets,
    words::shortened,
};

/// The row of controls; `others` are the runs that can be laid under, by folder and name.
pub fn controls(ui: &mut Ui, charts: &mut Charts, others: &[(PathBuf, String)]) -> Option<ChartsAction> {
    let theme = Theme::of(ui);
    let mut action = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.label(RichText::new("Smoothing").color(theme.text_muted));
        // most of the way is spent near 1, where it matters
        let mut way = 1.0 - (1.0 - charts.smoothing).powf(1.0 / 3.0);
        let longest = 1.0 - 0.001_f64.powf(1.0 / 3.0);
        let slider = Slider::new(&mut way, 0.0..=longest).show_value(false);
        if widgets::slider(ui, slider, 130.0).accessible_name("Smoothing").changed() {
            charts.smoothing = (1.0 - (1.0 - way).powi(3)).clamp(0.0, 0.999);
        }
        ui.label(RichText::new(format!("{:.3}", charts.smoothing)).color(theme.text_muted));
        ui.checkbox(&mut charts.logarithmic, "Logarithmic");
        ui.checkbox(&mut charts.follow, "Follow")
            .on_hover_text("Keeps the newest points in view, as many as are shown now");
        let all = charts
            .visible
            .is_none()
            .then(|| "All of it is shown; draw a box with the right button to zoom in".to_owned());
        if widgets::text_button(ui, Icon::Maximize2, "Show all", all).clicked() {
            charts.visible = None;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::text_button(ui, Icon::Table, "All runs as CSV…", None).clicked() {
                action = Some(ChartsAction::ExportAll);
            }
            let now = charts.overlay.as_ref().map_or("Nothing", |overlay| overlay.name.as_str());
            ComboBox::from_id_salt("overlay")
                .width(130.0)
                .selected_text(shortened(now, 18))
                .show_ui(ui, |ui| {
                    if ui.selectable_label(charts.overlay.is_none(), "Nothing").clicked() {
                        charts.overlay = None;
                    }
                    for (folder, name) in others {
                        let chosen = charts.overlay.as_ref().is_some_and(|overlay| overlay.folder == *folder);
                        if ui.selectable_label(chosen, name).clicked() {
                            action = Some(ChartsAction::Compare(folder.clone(), name.clone()));
                        }
                    }
                })
                .response
                .accessible_name("Compare with");
            ui.label(RichText::new("Compare with").color(theme.text_muted));
        });
    });
    action
}
