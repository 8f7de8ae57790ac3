//! The charts of a run: losses, similarity, copying and variety, and the metrics of each part against the data's own.
//!
//! All share the iterations they show and the cross-hair. What is drawn is thinned to the pixels there are; see [`super::curves`].

pub mod bench;
mod chart;
mod controls;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use eframe::egui::{ComboBox, Context, Rect, Ui};

use self::chart::{Drawn, chart};
use self::controls::{Asked, controls};
use super::super::{
    settings_page::group,
    state::Studio,
    theme::{Icon, Theme, space},
    widgets,
};
use super::Shown;
use super::curves::{Curve, Curves, Smoother};
use super::watch::{RunInfo, read_curves, read_reference};
use crate::engine_client::curves::{Chart, CurveRow};
use crate::engine_client::run_folder;
use crate::measures::metrics::METRICS;

/// How far the picture of a chart is. The buttons go first, so that it shows the chart alone.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Picture {
    /// These charts give none.
    Never,
    /// Nobody has asked for one.
    Possible,
    /// Of what is there; the frame that is drawn has its buttons yet.
    Wanted(Rect),
    /// So many frames have been drawn without buttons.
    Coming(Rect, u8),
}

/// Frames without buttons before a picture is taken, and when it is taken for certain.
const PICTURE_FRAMES: (u8, u8) = (1, 3);

/// How the curves are shown, and the curves.
pub(super) struct Charts {
    curves: Curves,
    smoothing: f64,
    logarithmic: bool,
    follow: bool,
    /// The iterations shown, where that is not all of them.
    visible: Option<Range<f64>>,
    /// The iteration under the pointer.
    cursor: Option<f64>,
    /// The same in this frame, as far as its charts are drawn.
    pointed_at: Option<f64>,
    metric: String,
    /// Columns whose lines are not drawn.
    hidden: BTreeSet<String>,
    /// Another run, laid under this one.
    overlay: Option<(PathBuf, String, Curves)>,
    picture: Picture,
    /// Smooths curves that are too long for a frame; there from the first of them on.
    smoother: Option<Smoother>,
}

impl Default for Charts {
    fn default() -> Self {
        Self {
            curves: Curves::default(),
            smoothing: 0.6,
            logarithmic: false,
            follow: true,
            visible: None,
            cursor: None,
            pointed_at: None,
            metric: "scale_consistency".into(),
            hidden: BTreeSet::new(),
            overlay: None,
            picture: Picture::Possible,
            smoother: None,
        }
    }
}

impl Charts {
    /// Takes new points in; in place of the old ones, where these were cut.
    pub fn take(&mut self, curves: Curves, reset: bool) {
        if reset {
            self.curves = curves;
        } else {
            self.curves.extend(curves);
        }
    }

    /// Has the lines of a chart smoothed as the slider says. What takes longer than a frame comes with a later one; until then
    /// the line stays as it was.
    fn smooth(&mut self, ctx: &Context, drawn: &[Drawn]) {
        let overlay = self.overlay.as_mut().map(|(_, _, curves)| curves);
        for curves in [&mut self.curves].into_iter().chain(overlay) {
            for line in drawn {
                let curve = curves.get(&line.column);
                if curve.is_long() && self.smoother.is_none() {
                    let ctx = ctx.clone();
                    self.smoother = Some(Smoother::new(move || ctx.request_repaint()));
                }
                curve.smooth(self.smoothing, self.smoother.as_ref());
            }
        }
    }

    /// Whether a chart has the button for its picture.
    fn gives_pictures(&self) -> bool {
        matches!(self.picture, Picture::Possible | Picture::Wanted(_))
    }

    /// Metrics that were measured of some part.
    fn metrics(&self) -> Vec<String> {
        let names = self.curves.0.keys().filter_map(|column| Some(column.split_once('/')?.1.to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Studio {
    /// All charts of the run that is shown.
    pub(super) fn run_charts(&mut self, ui: &mut Ui, run: &RunInfo) {
        let others: Vec<(PathBuf, String)> = self
            .train
            .runs
            .iter()
            .filter(|other| other.folder != run.folder)
            .map(|other| (other.folder.clone(), other.name()))
            .collect();
        let mut asked = Asked::default();
        group(ui, Icon::ChartSpline, "Curves", |ui| {
            if let Some(shown) = &mut self.train.shown {
                asked = all_charts(ui, shown, &others);
            }
        });
        let Asked { wanted, csv } = asked;
        if let Some(wanted) = wanted {
            self.lay_under(wanted);
        }
        if csv {
            self.ask(super::super::files::Purpose::Curves);
        }
        self.take_picture();
    }

    /// Lays the curves of another run under these, or none.
    fn lay_under(&mut self, run: Option<(PathBuf, String)>) {
        let Some((folder, name)) = run else {
            if let Some(shown) = &mut self.train.shown {
                shown.charts.overlay = None;
            }
            return;
        };
        self.jobs.spawn("reading curves", move |poster| {
            let curves = read_curves(&folder);
            poster.post(move |studio| {
                if let Some(shown) = &mut studio.train.shown {
                    shown.charts.overlay = Some((folder, name, curves));
                }
            });
        });
    }

    /// The curves of all runs, to be written as a table.
    pub(super) fn all_curves(&self) -> Vec<(String, PathBuf)> {
        self.train.runs.iter().map(|run| (run.name(), run.folder.clone())).collect()
    }

    /// Takes the picture that was asked for, over some frames.
    fn take_picture(&mut self) {
        let Some(charts) = self.train.shown.as_mut().map(|shown| &mut shown.charts) else {
            return;
        };
        let (rect, frames) = match charts.picture {
            Picture::Never | Picture::Possible => return,
            Picture::Wanted(rect) => (rect, 0),
            Picture::Coming(rect, frames) => (rect, frames + 1),
        };
        charts.picture = if frames < PICTURE_FRAMES.1 { Picture::Coming(rect, frames) } else { Picture::Possible };
        self.ctx.request_repaint();
        if frames == PICTURE_FRAMES.0 {
            self.take_picture_of(rect);
        }
    }
}

fn all_charts(ui: &mut Ui, shown: &mut Shown, others: &[(PathBuf, String)]) -> Asked {
    if shown.charts.curves.0.values().all(Curve::is_empty) {
        widgets::caption(ui, "The first points come after the first iteration");
        return Asked::default();
    }
    let asked = controls(ui, &mut shown.charts, others);
    ui.add_space(space::S);
    plots(ui, shown);
    asked
}

/// The charts that have something to show.
fn plots(ui: &mut Ui, shown: &mut Shown) {
    let mut has_points = |row: &CurveRow| !shown.charts.curves.get(row.key).is_empty();
    let shown_charts: Vec<Chart> = Chart::ALL.into_iter().filter(|chart| chart.curves().any(&mut has_points)).collect();
    for pair in shown_charts.chunks(2) {
        ui.columns(2, |columns| {
            for (ui, of) in columns.iter_mut().zip(pair) {
                let theme = Theme::of(ui);
                let drawn = of.curves().zip(0_u8..).map(|(row, number)| Drawn {
                    column: row.key.into(),
                    name: row.title.into(),
                    color: theme.part([1, 0, 2][usize::from(number)]),
                    data: None,
                });
                let drawn = drawn.collect();
                chart(ui, shown, of.title(), of.top(), drawn, |_, _| ());
            }
        });
        ui.add_space(space::M);
    }
    parts_chart(ui, shown);
    let pointed_at = shown.charts.pointed_at.take();
    if shown.charts.cursor != pointed_at {
        shown.charts.cursor = pointed_at;
        ui.ctx().request_repaint(); // the charts have what it was before
    }
}

/// The curves of a model, to be shown where it is.
pub(in super::super) struct ModelCurves(Shown);

impl ModelCurves {
    /// Reads those in a model's folder.
    pub fn read(folder: &Path) -> Self {
        let charts = Charts { curves: read_curves(folder), picture: Picture::Never, ..Charts::default() };
        Self(Shown {
            charts,
            changes: run_folder::read_changes(folder),
            reference: read_reference(folder),
            ..Shown::default()
        })
    }

    /// Draws them; pictures and tables are had on the Train page.
    pub fn show(&mut self, ui: &mut Ui) {
        if self.0.charts.curves.0.values().all(Curve::is_empty) {
            widgets::caption(ui, "No curves came with this model");
            return;
        }
        plots(ui, &mut self.0);
    }
}

/// The chart of one metric, a line a part, with the data's own means.
fn parts_chart(ui: &mut Ui, shown: &mut Shown) {
    let metrics = shown.charts.metrics();
    if metrics.is_empty() {
        return;
    }
    if !metrics.contains(&shown.charts.metric) {
        shown.charts.metric.clone_from(&metrics[0]);
    }
    let theme = Theme::of(ui);
    let metric = shown.charts.metric.clone();
    let of_metric = |column: &&String| column.split_once('/').is_some_and(|(_, name)| name == metric);
    let columns: Vec<String> = shown.charts.curves.0.keys().filter(of_metric).cloned().collect();
    let drawn = columns.iter().zip(1_u8..).map(|(column, number)| Drawn {
        column: column.clone(),
        name: column.split_once('/').map_or(column.as_str(), |(part, _)| part).to_owned(),
        color: theme.part(number),
        data: shown.reference.get(column).copied(),
    });
    let drawn = drawn.collect();
    chart(ui, shown, "Music, part by part", 0.0, drawn, |ui, charts| {
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
