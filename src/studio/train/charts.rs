//! The charts of a run: losses, similarity, copying and variety, and the metrics of each part against the data's own.
//!
//! All share the iterations they show and the cross-hair. What is drawn is thinned to the pixels there are; see [`super::curves`].

pub mod bench;

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use eframe::egui::{Align, Color32, ComboBox, Layout, Rect, RichText, Slider, Ui, Vec2b, vec2};
use egui_plot::{Corner, GridMark, HLine, Legend, Line, LineStyle, Plot, PlotPoints, Points, VLine};

use super::super::{
    settings_page::group,
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};
use super::Shown;
use super::curves::Curves;
use super::scale::{Scale, number, scaled};
use super::watch::{RunInfo, read_curves};

const HEIGHT: f32 = 240.0;
/// Measurements so few that each is marked; a line alone would hide the first.
const FEW: usize = 40;
/// The charts but the last: what each shows, by column and name, and how high its axis reaches at least.
type Chart = (&'static str, f64, &'static [(&'static str, &'static str)]);
const CHARTS: [Chart; 4] = [
    (
        "Losses",
        0.0,
        &[
            ("critic_loss", "Critic"),
            ("generator_loss", "Generator"),
            ("gradient_penalty", "Gradient penalty"),
        ],
    ),
    (
        "Similarity to the data",
        1.0,
        &[("similarity", "Similarity S"), ("style", "Style A"), ("fit", "Fit to the melody H")],
    ),
    (
        "Reconstruction",
        0.0,
        &[
            ("reconstruction", "Training pieces"),
            ("held_out_reconstruction", "Held-out pieces"),
        ],
    ),
    ("Copying and variety", 1.0, &[("copying", "Copying"), ("variety", "Variety")]),
];

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
    metric: String,
    /// Another run, laid under this one.
    overlay: Option<(PathBuf, String, Curves)>,
    /// Where the chart is that is to be saved as a picture.
    picture: Option<Rect>,
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
            metric: "scale_consistency".into(),
            overlay: None,
            picture: None,
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

    /// Metrics that were measured of some part.
    fn metrics(&self) -> Vec<String> {
        let names = self.curves.0.keys().filter_map(|column| Some(column.split_once('/')?.1.to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.dedup();
        names
    }
}

/// A line to be drawn.
struct Drawn {
    column: String,
    name: String,
    color: Color32,
    /// What the data have, dashed.
    data: Option<f64>,
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

    fn take_picture(&mut self) {
        let picture = self.train.shown.as_mut().and_then(|shown| shown.charts.picture.take());
        if let Some(rect) = picture {
            self.take_picture_of(rect);
        }
    }
}

/// What was asked for beside the charts.
#[derive(Default)]
#[expect(clippy::option_option, reason = "nothing chosen, nothing to lay under, or a run")]
struct Asked {
    wanted: Option<Option<(PathBuf, String)>>,
    csv: bool,
}

fn all_charts(ui: &mut Ui, shown: &mut Shown, others: &[(PathBuf, String)]) -> Asked {
    if shown.charts.curves.0.values().all(super::curves::Curve::is_empty) {
        widgets::caption(ui, "The first points come after the first iteration");
        return Asked::default();
    }
    let (wanted, csv) = controls(ui, &mut shown.charts, others);
    ui.add_space(space::S);
    let shown_charts: Vec<_> = CHARTS
        .iter()
        .filter(|(_, _, lines)| lines.iter().any(|(column, _)| !shown.charts.curves.get(column).is_empty()))
        .collect();
    for pair in shown_charts.chunks(2) {
        ui.columns(2, |columns| {
            for (ui, (title, top, lines)) in columns.iter_mut().zip(pair) {
                let theme = Theme::of(ui);
                let drawn = lines.iter().zip(0_u8..).map(|((column, name), number)| Drawn {
                    column: (*column).into(),
                    name: (*name).into(),
                    color: theme.part([1, 0, 2][usize::from(number)]),
                    data: None,
                });
                let drawn = drawn.collect();
                chart(ui, shown, title, *top, drawn, |_, _| ());
            }
        });
        ui.add_space(space::M);
    }
    parts_chart(ui, shown);
    shown.charts.cursor = shown.charts.cursor.filter(|_| ui.ctx().pointer_hover_pos().is_some());
    Asked { wanted, csv }
}

#[expect(clippy::option_option, reason = "nothing chosen, nothing to lay under, or a run")]
/// What holds for all charts: what to lay under, if that was chosen, and whether a table was asked for.
fn controls(ui: &mut Ui, charts: &mut Charts, others: &[(PathBuf, String)]) -> (Option<Option<(PathBuf, String)>>, bool) {
    let theme = Theme::of(ui);
    let (mut wanted, mut csv) = (None, false);
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
        if ui
            .checkbox(&mut charts.follow, "Follow")
            .on_hover_text("Keeps the newest points in view")
            .changed()
            && charts.follow
        {
            charts.visible = None;
        }
        let all = charts
            .visible
            .is_none()
            .then(|| "All of it is shown; draw a box with the right button to zoom in".to_owned());
        if widgets::text_button(ui, Icon::Maximize2, "Show all", all).clicked() {
            charts.visible = None;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            csv = widgets::text_button(ui, Icon::Table, "All runs as CSV…", None).clicked();
            let now = charts.overlay.as_ref().map_or("Nothing", |(_, name, _)| name.as_str());
            ComboBox::from_id_salt("overlay")
                .width(130.0)
                .selected_text(super::super::status::shortened(now, 18))
                .show_ui(ui, |ui| {
                    if ui.selectable_label(charts.overlay.is_none(), "Nothing").clicked() {
                        wanted = Some(None);
                    }
                    for other in others {
                        let chosen = charts.overlay.as_ref().is_some_and(|(folder, _, _)| *folder == other.0);
                        if ui.selectable_label(chosen, &other.1).clicked() {
                            wanted = Some(Some(other.clone()));
                        }
                    }
                })
                .response
                .accessible_name("Compare with");
            ui.label(RichText::new("Compare with").color(theme.text_muted));
        });
    });
    (wanted, csv)
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
            .selected_text(words(&charts.metric))
            .show_ui(ui, |ui| {
                for metric in &metrics {
                    ui.selectable_value(&mut charts.metric, metric.clone(), words(metric));
                }
            })
            .response
            .accessible_name("Metric");
        widgets::caption(ui, "dashed: the data's own mean");
    });
}

/// `scale_consistency` as `Scale consistency`.
fn words(metric: &str) -> String {
    let words = metric.replace('_', " ").replace("c major", "C major");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// One chart; its axis reaches from 0 to `top` at least.
fn chart(ui: &mut Ui, shown: &mut Shown, title: &str, top: f64, mut drawn: Vec<Drawn>, head: impl FnOnce(&mut Ui, &mut Charts)) {
    let theme = Theme::of(ui);
    let charts = &mut shown.charts;
    let mut picture = false;
    ui.horizontal(|ui| {
        ui.label(theme::strong(title, size::BODY));
        head(ui, charts);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Save “{title}” as a picture…");
            picture = widgets::IconButton::new(Icon::ImageDown, &name)
                .sized(22.0, 14.0)
                .show(ui)
                .clicked();
        });
    });
    drawn.retain(|line| !charts.curves.get(&line.column).is_empty());
    let positive = drawn.iter().all(|line| charts.curves.get(&line.column).is_positive());
    let scale = match (charts.logarithmic, positive) {
        (false, _) => Scale::Linear,
        (true, true) => Scale::Logarithmic,
        (true, false) => Scale::Symmetric,
    };
    let last = drawn
        .iter()
        .filter_map(|line| charts.curves.get(&line.column).last())
        .map(|point| point[0])
        .fold(1.0, f64::max);
    let width = ui.available_width().max(50.0) as usize;
    let all = 0.0..last;
    let visible = match (&charts.visible, charts.follow) {
        (Some(range), true) => last - (range.end - range.start)..last,
        (Some(range), false) => range.clone(),
        (None, _) => all.clone(),
    };
    let mut lines = Vec::new();
    if let Some((_, name, overlay)) = &mut charts.overlay {
        for line in &drawn {
            let points = scaled(overlay.get(&line.column).points(visible.clone(), width, charts.smoothing), scale);
            let color = line.color.gamma_multiply(0.7);
            let line = Line::new(format!("{} of {name}", line.name), PlotPoints::from(points));
            lines.push(line.color(color).width(1.2).style(LineStyle::dotted_dense()));
        }
    }
    let (mut raw, mut dots) = (Vec::new(), Vec::new());
    for line in &drawn {
        let curve = charts.curves.get(&line.column);
        if charts.smoothing > 0.0 {
            let points = scaled(curve.points(visible.clone(), width, 0.0), scale);
            raw.push(
                Line::new("", PlotPoints::from(points))
                    .color(line.color.gamma_multiply(0.25))
                    .allow_hover(false),
            );
        }
        let points = scaled(curve.points(visible.clone(), width, charts.smoothing), scale);
        if points.len() <= FEW {
            let points = Points::new(line.name.clone(), PlotPoints::from(points.clone()));
            dots.push(points.color(line.color).radius(3.0).allow_hover(false));
        }
        lines.push(Line::new(line.name.clone(), PlotPoints::from(points)).color(line.color).width(2.0));
    }
    let cursor = charts.cursor;
    let values = cursor.map(|x| {
        let mut text = format!("Iteration {x:.0}");
        for line in &drawn {
            if let Some([_, y]) = charts.curves.get(&line.column).at(x, charts.smoothing) {
                let _ = write!(text, "\n{} {y:.4}", line.name); // a String takes it
            }
            if let Some(data) = line.data {
                let _ = write!(text, " (data {data:.4})");
            }
        }
        text
    });
    let plot = Plot::new(("training", title))
        .height(HEIGHT)
        .legend(Legend::default().position(Corner::RightTop).background_alpha(0.7))
        // the wheel scrolls the page; with Ctrl it zooms, the right button draws a box to zoom into
        .allow_scroll(false)
        .auto_bounds(Vec2b::new(false, true))
        .include_y(scale.of(0.0).max(-6.0))
        .grid_color(theme.grid_bar)
        .grid_fade(0.6)
        .label_formatter(|_| None)
        .y_axis_formatter(move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| number(scale.back(mark.value)))
        .y_axis_min_width(44.0);
    let plot = if top > 0.0 { plot.include_y(scale.of(top)) } else { plot };
    let changes = &shown.changes;
    let response = plot.show(ui, |plot| {
        // another chart, or what came, has moved it; and what the pointer did is seen after
        if !plot.response().dragged() && !plot.response().contains_pointer() || charts.visible.is_none() {
            plot.set_plot_bounds_x(visible.start..=visible.end.max(visible.start + 1.0));
        }
        // a box also chose heights
        if charts.visible.is_none() {
            plot.set_auto_bounds(Vec2b::new(false, true));
        }
        for line in raw.into_iter().chain(lines) {
            plot.line(line);
        }
        for dots in dots {
            plot.points(dots);
        }
        for line in &drawn {
            if let Some(data) = line.data {
                plot.hline(
                    HLine::new("", scale.of(data))
                        .color(line.color)
                        .style(LineStyle::dashed_loose())
                        .allow_hover(false),
                );
            }
        }
        for change in changes {
            let mark = VLine::new("", change.iteration as f64)
                .color(theme.warning)
                .width(1.0)
                .style(LineStyle::dashed_dense());
            plot.vline(mark.allow_hover(false));
        }
        if let Some(x) = cursor {
            plot.vline(VLine::new("", x).color(theme.text_faint).width(1.0).allow_hover(false));
        }
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        pointer.map(|point| point.x)
    });
    // a box is seen only now that it was drawn
    let (pointer, bounds) = (response.inner, *response.transform.bounds());
    let moved = response.response.dragged()
        || response.response.drag_stopped()
        || (response.response.hovered() && ui.input(|input| input.zoom_delta() != 1.0));
    if response.response.double_clicked() {
        charts.visible = None;
    } else if moved {
        charts.visible = Some(bounds.min()[0]..bounds.max()[0]);
        charts.follow = false;
    }
    if pointer.is_some() {
        charts.cursor = pointer;
    }
    if let Some(mut text) = values {
        let reach = (visible.end - visible.start) / width as f64 * 6.0;
        let near = cursor.and_then(|x| changes.iter().find(|change| (change.iteration as f64 - x).abs() < reach));
        if let Some(change) = near {
            text = format!("{text}\n{}", change.text);
        }
        let inner = response.transform.frame();
        let galley = ui.painter().layout_no_wrap(text, theme::regular(size::CAPTION), theme.text);
        // where the legend is not
        let place = Rect::from_min_size(inner.left_top() + vec2(space::S, space::S), galley.size() + vec2(12.0, 8.0));
        ui.painter()
            .rect_filled(place, theme::corners(6), theme.overlay.gamma_multiply(0.9));
        ui.painter().galley(place.min + vec2(6.0, 4.0), galley, theme.text);
    }
    if picture {
        let head = vec2(0.0, 28.0);
        charts.picture = Some(Rect::from_min_max(response.response.rect.min - head, response.response.rect.max));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_named_in_words() {
        assert_eq!(words("in_scale_c_major"), "In scale C major");
    }
}
