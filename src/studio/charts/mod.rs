//! The charts of a run: losses, similarity, copying and variety, and the metrics of each part against the data's own.
//!
//! All share the iterations they show and the cross-hair. What is drawn is thinned to the pixels there are; see
//! [`curves`].

mod chart;
mod controls;
pub mod curves;
mod scale;
mod state;

use std::path::{Path, PathBuf};

use eframe::egui::{ComboBox, Ui};

use self::chart::chart;
use self::controls::controls;
use self::curves::{read_curves, read_reference};
pub use self::state::{Charts, ChartsAction, Overlay};
use self::state::{Drawn, Picture};
use crate::engine_client::{
    curves::{Chart, CurveRow},
    run_folder,
};
use crate::measures::metrics::METRICS;
use crate::studio::{
    theme::{Theme, space},
    widgets,
};

impl Charts {
    /// Of the curves in a model's folder; pictures and tables are had on the Train page.
    pub fn read(folder: &Path) -> Self {
        Self {
            curves: read_curves(folder),
            changes: run_folder::read_changes(folder),
            reference: read_reference(folder),
            picture: Picture::Never,
            ..Self::default()
        }
    }

    /// Draws them alone, or says that there is nothing to be drawn.
    pub fn show(&mut self, ui: &mut Ui, nothing: &str) {
        if self.curves.is_empty() {
            widgets::caption(ui, nothing);
        } else {
            plots(ui, self);
        }
    }

    /// Draws them under their controls; `others` are the runs that can be laid under, by folder and name.
    pub fn show_with_controls(&mut self, ui: &mut Ui, others: &[(PathBuf, String)]) -> Option<ChartsAction> {
        let mut action = None;
        if !self.curves.is_empty() {
            action = controls(ui, self, others);
            ui.add_space(space::S);
        }
        self.show(ui, "The first points come after the first iteration");
        action.or_else(|| self.picture_to_take(ui.ctx()).map(ChartsAction::TakePicture))
    }
}

/// The charts that have something to show.
fn plots(ui: &mut Ui, charts: &mut Charts) {
    let mut has_points = |row: &CurveRow| !charts.curves.get(row.key).is_empty();
    let shown: Vec<Chart> = Chart::ALL.into_iter().filter(|chart| chart.curves().any(&mut has_points)).collect();
    for pair in shown.chunks(2) {
        ui.columns(2, |columns| {
            for (ui, of) in columns.iter_mut().zip(pair) {
                let theme = Theme::of(ui);
                let drawn = of.curves().zip([1, 0, 2]).map(|(row, number)| Drawn {
                    column: row.key.into(),
                    name: row.title.into(),
                    color: theme.part(number),
                    data: None,
                });
                let drawn = drawn.collect();
                chart(ui, charts, of.title(), of.top(), drawn, |_, _| ());
            }
        });
        ui.add_space(space::M);
    }
    parts_chart(ui, charts);
    let pointed_at = charts.pointed_at.take();
    if charts.cursor != pointed_at {
        charts.cursor = pointed_at;
        ui.ctx().request_repaint(); // the charts have what it was before
    }
}

/// The chart of one metric, a line a part, with the data's own means.
fn parts_chart(ui: &mut Ui, charts: &mut Charts) {
    let metrics = charts.metrics();
    if metrics.is_empty() {
        return;
    }
    if !metrics.contains(&charts.metric) {
        charts.metric.clone_from(&metrics[0]);
    }
    let theme = Theme::of(ui);
    let metric = charts.metric.clone();
    let parts = charts.curves.0.keys().filter_map(|column| {
        let (part, name) = column.split_once('/')?;
        (name == metric).then_some((column, part))
    });
    let drawn = parts.zip(1..).map(|((column, part), number)| Drawn {
        column: column.clone(),
        name: part.to_owned(),
        color: theme.part(number),
        data: charts.reference.get(column).copied(),
    });
    let drawn = drawn.collect();
    chart(ui, charts, "Music, part by part", 0.0, drawn, |ui, charts| {
        ComboBox::from_id_salt("metric")
            .width(190.0)
            .selected_text(title_of(&charts.metric))
            .show_ui(ui, |ui| {
                for metric in &metrics {
                    ui.selectable_value(&mut charts.metric, metric.clone(), title_of(metric));
                }
            })
            .response
            .accessible_name("Metric");
        widgets::caption(ui, "dashed: the data's own mean");
    });
}

/// What people call a metric; the key itself, where a newer program has measured it.
fn title_of(metric: &str) -> &str {
    METRICS.iter().find(|row| row.key == metric).map_or(metric, |row| row.title)
}
