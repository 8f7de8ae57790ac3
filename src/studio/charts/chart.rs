//! One chart: its lines, marks and cross-hair, and what the pointer does to what is in view.

use std::ops::{Range, RangeInclusive};

use eframe::egui::{Align, Layout, PointerButton, Rangef, Rect, Ui, Vec2b, pos2};
use egui_plot::{AxisHints, GridMark, HLine, LineStyle, Plot, PlotUi, VLine};

use super::legend::lines_legend;
use super::lines::{Lines, Look, fitted, lines};
use super::readout::{paint, readout};
use super::scale::{Scale, number};
use super::state::{Charts, Drawn, Picture};
use super::ticks;
use crate::studio::{
    explanations::{self, Topic},
    theme::{self, Icon, Theme, size},
    widgets,
};

/// How high the plot of a chart is.
pub const HEIGHT: f32 = 220.0;
/// Room behind the newest point, as a share of what is in view.
const BEHIND: f64 = 0.015;
/// Space that a number beside the axis has at least, and from where on it is drawn in full.
const NUMBER_SPACE: Rangef = Rangef { min: 15.0, max: 17.0 };
/// The same of a place below the axis.
const WORD_SPACE: Rangef = Rangef { min: 24.0, max: 30.0 };
/// How near to a change of settings the cross-hair tells it, in points.
const NEAR: f64 = 6.0;

/// What stands above a chart.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Its title.
    pub title: &'a str,
    /// What its question mark explains.
    pub topic: Topic,
    /// Whether its curves are laid from their least to their greatest value: sizes tell nothing of each other then.
    pub is_by_range: bool,
}

/// One chart; its axis shows what is in view. `more` draws beside the title.
pub fn chart(
    ui: &mut Ui,
    charts: &mut Charts,
    head: Head<'_>,
    mut drawn: Vec<Drawn>,
    more: impl FnOnce(&mut Ui, &mut Charts),
) {
    let theme = Theme::of(ui);
    let title = head.title;
    let corner = ui.cursor().min;
    let is_wanted = chart_head(ui, charts, head, more);
    drawn.retain(|line| charts.curves.0.get(&line.column).is_some_and(|curve| !curve.is_empty()));
    lines_legend(ui, charts, &drawn);
    drawn.retain(|line| !charts.hidden.contains(&line.column));
    let width = ui.available_width().max(50.0);
    let is_by_range = head.is_by_range;
    let scale = if is_by_range { Scale::Linear } else { scale(charts, &drawn) };
    let look = Look { scale, axis: charts.axis, visible: visible(charts), is_by_range, width: width as usize };
    let Lines { curves, dots, heights } = lines(charts, theme, &drawn, &look);
    let heights = charts.heights.get(title).cloned().unwrap_or_else(|| fitted(&heights));
    let (cursor, scale, axis, visible) = (charts.cursor, look.scale, look.axis, look.visible);
    let plot = Plot::new(("training", title))
        .height(HEIGHT)
        // the wheel scrolls the page; with Ctrl it zooms, the right button draws a box to zoom into
        .allow_scroll(false)
        .allow_drag([true, false])
        .allow_zoom([true, false])
        .allow_double_click_reset(false)
        .auto_bounds(Vec2b::FALSE)
        .x_grid_spacer(move |input| axis.grid(&input))
        .y_grid_spacer(|input| ticks::values(&input))
        .grid_color(theme.grid_bar)
        .grid_fade(0.6)
        .label_formatter(|_| None)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .formatter(move |mark: GridMark, _: &RangeInclusive<f64>| axis.mark(mark.value))
                .label_spacing(WORD_SPACE),
        ])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .formatter(move |mark: GridMark, _: &RangeInclusive<f64>| match mark.value {
                    _ if !is_by_range => number(scale.back(mark.value)),
                    0.0 => "least".into(),
                    1.0 => "most".into(),
                    _ => String::new(),
                })
                .min_thickness(44.0)
                .label_spacing(NUMBER_SPACE),
        ]);
    let response = plot.show(ui, |plot| {
        // another chart, or what came, has moved it; and what the pointer did is seen after
        if !plot.response().dragged() && !plot.response().contains_pointer() || charts.visible.is_none() {
            plot.set_plot_bounds_x(visible.start..=visible.end.max(visible.start + 1.0));
        }
        plot.set_plot_bounds_y(heights.start..=heights.end);
        for line in curves {
            plot.line(line);
        }
        for dots in dots {
            plot.points(dots);
        }
        marks(plot, theme, &drawn, scale, charts);
        if let Some(x) = cursor {
            plot.vline(VLine::new("", x).color(theme.text_faint).width(1.0).allow_hover(false));
        }
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        pointer.map(|point| point.x)
    });
    // a box is seen only now that it was drawn
    let (pointer, bounds, plot) = (response.inner, *response.transform.bounds(), response.response);
    let has_zoomed = plot.hovered() && ui.input(|input| input.zoom_delta() != 1.0);
    if plot.double_clicked() {
        charts.show_all();
    } else if plot.dragged() || plot.drag_stopped() || has_zoomed {
        charts.visible = Some(bounds.min()[0]..bounds.max()[0]);
        charts.follow = false;
        if plot.drag_stopped_by(PointerButton::Secondary) {
            charts.heights.insert(title.to_owned(), bounds.min()[1]..bounds.max()[1]);
        }
    }
    charts.pointed_at = pointer.or(charts.pointed_at);
    if let Some(place) = cursor {
        let reach = (visible.end - visible.start) / f64::from(width) * NEAR;
        let is_near = |iteration: u64| (axis.place(&charts.curves, iteration as f64) - place).abs() < reach;
        let change = charts.changes.iter().find(|change| is_near(change.iteration));
        let text = readout(charts, theme, &drawn, place, change.map(|change| change.text.as_str()));
        paint(ui, *response.transform.frame(), text, place < f64::midpoint(visible.start, visible.end));
    }
    if is_wanted {
        // with its name, its legend and the numbers beside the axes
        let end = pos2(corner.x + width, ui.min_rect().bottom());
        charts.picture = Picture::Wanted(Rect::from_min_max(corner, end));
    }
}

/// The title and what stands beside it; whether a picture is wanted.
fn chart_head(ui: &mut Ui, charts: &mut Charts, head: Head<'_>, more: impl FnOnce(&mut Ui, &mut Charts)) -> bool {
    ui.horizontal(|ui| {
        ui.label(theme::strong(head.title, size::BODY));
        // a picture is one of the chart alone
        let has_buttons = !matches!(charts.picture, Picture::Coming(..));
        if has_buttons {
            explanations::help(ui, head.topic);
        }
        more(ui, charts);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Save “{}” as a picture…", head.title);
            let button = widgets::IconButton::new(Icon::ImageDown, &name).sized(22.0, 14.0);
            has_buttons && charts.picture != Picture::Never && button.show(ui).clicked()
        })
        .inner
    })
    .inner
}

fn scale(charts: &Charts, drawn: &[Drawn]) -> Scale {
    let is_positive = |line: &Drawn| charts.curves.0.get(&line.column).is_none_or(super::Curve::is_positive);
    if !charts.logarithmic {
        Scale::Linear
    } else if drawn.iter().all(is_positive) {
        Scale::Logarithmic
    } else {
        Scale::Symmetric
    }
}

/// The stretch of the axis in view: the same in all charts. Behind the newest there is a little room, so that its mark
/// is whole.
fn visible(charts: &Charts) -> Range<f64> {
    let newest = charts.newest();
    match (&charts.visible, charts.follow) {
        (Some(range), true) => {
            let shown = range.end - range.start;
            let end = newest + shown * BEHIND;
            end - shown..end
        }
        (Some(range), false) => range.clone(),
        (None, _) => -newest * BEHIND..newest * (1.0 + BEHIND),
    }
}

/// The data's own means, and where a setting was changed.
fn marks(plot: &mut PlotUi<'_>, theme: &Theme, drawn: &[Drawn], scale: Scale, charts: &Charts) {
    for line in drawn {
        if let Some(data) = line.data {
            let color = if charts.is_comparing() { theme.text_muted } else { line.color };
            let mark = HLine::new("", scale.of(data)).color(color).style(LineStyle::dashed_loose());
            plot.hline(mark.allow_hover(false));
        }
    }
    for change in &charts.changes {
        let place = charts.axis.place(&charts.curves, change.iteration as f64);
        let mark = VLine::new("", place).color(theme.warning).width(1.0).style(LineStyle::dashed_dense());
        plot.vline(mark.allow_hover(false));
    }
}
