//! What holds for all charts at once: smoothing, the axes, what is in view, and which runs are laid beside.

use std::path::{Path, PathBuf};

use eframe::egui::{
    Button, PopupCloseBehavior, RichText, ScrollArea, Slider, Ui,
    containers::menu::{MenuButton, MenuConfig},
    vec2,
};

use super::axis::Axis;
use super::legend::{changes_legend, runs_legend};
use super::state::{Charts, ChartsAction};
use crate::studio::{
    chart_choices::MOST_SMOOTHING,
    explanations::{Topic, help},
    theme::{self, Icon, Theme, space},
    widgets,
};

/// The controls; `others` are the runs that can be laid beside, by folder and name.
pub fn controls(ui: &mut Ui, charts: &mut Charts, others: &[(PathBuf, String)]) -> Option<ChartsAction> {
    let theme = Theme::of(ui);
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
        ui.label(RichText::new("Smoothing").color(theme.text_muted));
        // most of the way is spent near 1, where it matters
        let mut way = 1.0 - (1.0 - charts.choices.smoothing).powf(1.0 / 3.0);
        let longest = 1.0 - (1.0 - MOST_SMOOTHING).powf(1.0 / 3.0);
        let slider = Slider::new(&mut way, 0.0..=longest).show_value(false);
        if widgets::slider(ui, slider, 110.0).accessible_name("Smoothing").changed() {
            charts.choices.smoothing = (1.0 - (1.0 - way).powi(3)).clamp(0.0, MOST_SMOOTHING);
        }
        ui.label(RichText::new(format!("{:.3}", charts.choices.smoothing)).color(theme.text_muted));
        help(ui, Topic::Smoothing);
        let axis = charts.choices.axis;
        for (axis, title) in Axis::ALL {
            widgets::choice(ui, &mut charts.choices.axis, axis, title, None);
        }
        if charts.choices.axis != axis {
            charts.show_all();
        }
        help(ui, Topic::Axis);
        if widgets::tick(ui, &mut charts.choices.logarithmic, "Logarithmic").changed() {
            charts.heights.clear();
        }
        help(ui, Topic::Logarithmic);
        widgets::tick(ui, &mut charts.follow, "Follow");
        help(ui, Topic::Follow);
        let is_all = charts.visible.is_none() && charts.heights.is_empty();
        let all = is_all.then(|| "Everything is shown; draw a box with the right button to zoom in".to_owned());
        if widgets::text_button(ui, Icon::Maximize2, "Show all", all).clicked() {
            charts.show_all();
        }
        compare(ui, charts, others, &mut action);
        help(ui, Topic::Compare);
        if widgets::text_button(ui, Icon::Table, "All runs as CSV…", None).clicked() {
            action = Some(ChartsAction::ExportAll);
        }
        ui.add_space(space::S);
        runs_legend(ui, charts);
        changes_legend(ui, charts);
    });
    action
}

/// Which other runs are laid beside: as many as one likes.
fn compare(ui: &mut Ui, charts: &mut Charts, others: &[(PathBuf, String)], action: &mut Option<ChartsAction>) {
    let button = Button::new((theme::icon_sized(Icon::Layers, 14.0), "Compare with…"));
    if others.is_empty() {
        ui.add_enabled(false, button).on_disabled_hover_text("There is no other training yet");
        return;
    }
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
        widgets::outline_ticks(ui);
        widgets::scroll(ui, ScrollArea::vertical().max_height(320.0), |ui| {
            for (folder, name) in others {
                let is_in = |charts: &Charts, folder: &Path| charts.compared.iter().any(|run| run.folder == *folder);
                let mut wanted = is_in(charts, folder);
                let tick = ui.checkbox(&mut wanted, name);
                if tick.accessible_name(format!("Compare with {name}")).changed() {
                    if wanted {
                        *action = Some(ChartsAction::Compare(folder.clone()));
                    } else {
                        charts.compared.retain(|run| run.folder != *folder);
                        charts.hides_own &= charts.is_comparing();
                    }
                }
            }
        });
    });
    response.accessible_name("Compare with…");
}
