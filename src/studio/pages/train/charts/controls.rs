//! What holds for all charts at once: smoothing, the axis, what is in view, and what is laid under.

use std::path::PathBuf;

use eframe::egui::{Align, ComboBox, Layout, RichText, Slider, Ui};

use crate::studio::pages::train::charts::Charts;
use crate::studio::{
    status_bar,
    theme::{Icon, Theme, space},
    widgets,
};

/// What was asked for beside the charts.
#[derive(Default)]
#[expect(clippy::option_option, reason = "nothing chosen, nothing to lay under, or a run")]
pub(in crate::studio) struct Asked {
    /// What to lay under.
    pub wanted: Option<Option<(PathBuf, String)>>,
    /// Whether a table of all runs was asked for.
    pub csv: bool,
}

/// The row of controls; `others` are the runs that can be laid under.
pub(in crate::studio) fn controls(ui: &mut Ui, charts: &mut Charts, others: &[(PathBuf, String)]) -> Asked {
    let theme = Theme::of(ui);
    let mut asked = Asked::default();
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
            asked.csv = widgets::text_button(ui, Icon::Table, "All runs as CSV…", None).clicked();
            let now = charts.overlay.as_ref().map_or("Nothing", |(_, name, _)| name.as_str());
            ComboBox::from_id_salt("overlay")
                .width(130.0)
                .selected_text(status_bar::shortened(now, 18))
                .show_ui(ui, |ui| {
                    if ui.selectable_label(charts.overlay.is_none(), "Nothing").clicked() {
                        asked.wanted = Some(None);
                    }
                    for other in others {
                        let chosen = charts.overlay.as_ref().is_some_and(|(folder, _, _)| *folder == other.0);
                        if ui.selectable_label(chosen, &other.1).clicked() {
                            asked.wanted = Some(Some(other.clone()));
                        }
                    }
                })
                .response
                .accessible_name("Compare with");
            ui.label(RichText::new("Compare with").color(theme.text_muted));
        });
    });
    asked
}
