//! One chart: its lines, marks and cross-hair, and what the pointer does to what is in view.

use std::ops::{Range, RangeInclusive};

use eframe::egui::{Align, EventFilter, Key, Layout, PointerButton, Rangef, Response, Role, Ui, Vec2b, WidgetInfo};
use egui_plot::{AxisHints, GridMark, HLine, LineStyle, Plot, PlotUi, VLine};

use super::legend::{changes_legend, lines_legend, runs_legend};
use super::lines::{ByRange, Lines, Look, fitted, lines};
use super::readout::{Place, paint, readout, rows};
use super::scale::{Scale, number, number_at};
use super::state::{Charts, Drawn, Picture};
use super::ticks;
use crate::studio::{
    explanations::{self, Topic},
    theme::{self, Icon, Theme, size},
    widgets,
};

/// How high the plot of a chart is.
pub const HEIGHT: f32 = 220.0;
/// Room below the plot in a picture: numbers, the name of the axis, a caption.
pub const BELOW: f32 = 52.0;
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
    /// What stands beside it in a picture, where a choice stands on the page.
    pub choice: &'a str,
    /// What its question mark explains.
    pub topic: Topic,
    /// Whether its curves are laid from their least to their greatest value: sizes tell nothing of each other then.
    pub by_range: Option<ByRange>,
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
    let top = ui.cursor().top();
    let title_end = chart_head(ui, charts, head, more);
    let awaited = drawn.iter().find_map(|line| {
        let words = charts.awaited.iter().find(|(curve, _)| curve.row().key == line.column);
        words.map(|(_, words)| words.clone())
    });
    drawn.retain(|line| charts.has_points(&line.column));
    ui.scope(|ui| lines_legend(ui, charts, &drawn));
    drawn.retain(|line| !charts.choices.hidden.contains(&line.column));
    let width = ui.available_width().max(50.0);
    let is_by_range = head.by_range.is_some();
    let scale = if is_by_range { Scale::Linear } else { scale(charts, &drawn) };
    let (axis, visible) = (charts.choices.axis, visible(charts));
    let look = Look { scale, axis, visible, by_range: head.by_range, width: width as usize };
    let Lines { curves, dots, heights } = lines(charts, theme, &drawn, &look);
    let heights = charts.heights.get(title).cloned().unwrap_or_else(|| fitted(&heights));
    let in_picture = charts.in_picture;
    let cursor = charts.cursor.filter(|_| !in_picture && !drawn.is_empty());
    let (scale, axis, visible) = (look.scale, look.axis, look.visible);
    let reach = (visible.end - visible.start) / f64::from(width) * NEAR;
    let is_comparing = charts.is_comparing();
    if is_comparing && !in_picture && !drawn.is_empty() {
        let place = cursor.unwrap_or_else(|| charts.newest());
        rows(ui, charts, &drawn, place, &changes_near(charts, place, reach));
    }
    let plot = Plot::new(("training", title))
        .height(if in_picture { (ui.available_height() - BELOW).max(HEIGHT) } else { HEIGHT })
        // the wheel scrolls the page; with Ctrl it zooms, the right button draws a box to zoom into
        .allow_scroll(false)
        .allow_drag([true, false])
        .allow_zoom([true, false])
        .allow_double_click_reset(false)
        .show_crosshair(!in_picture)
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
                    _ if !is_by_range && scale == Scale::Linear => number_at(mark.value, mark.step_size),
                    _ if !is_by_range => number(scale.back(mark.value)),
                    0.0 => "lowest".into(),
                    1.0 => "highest".into(),
                    _ => String::new(),
                })
                .min_thickness(44.0)
                .label_spacing(NUMBER_SPACE),
        ]);
    let response = plot.show(ui, |plot| {
        // another chart, or what came, has moved it; and what the pointer did is seen after
        let is_used = plot.response().dragged() || plot.response().contains_pointer();
        if !is_used || charts.visible.is_none() || in_picture {
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
    if let Some(words) = awaited.filter(|_| drawn.is_empty()) {
        let frame = *response.transform.frame();
        let galley = ui.painter().layout(words, theme::regular(size::CAPTION), theme.text_muted, frame.width() - 32.0);
        ui.painter().galley(frame.center() - galley.size() / 2.0, galley, theme.text_muted);
    }
    ui.vertical_centered(|ui| widgets::caption(ui, axis.name()));
    if in_picture {
        return;
    }
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
    plot.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Chart “{title}”")));
    widgets::focus_ring(ui, &plot, *response.transform.frame());
    let pointer = pointer.or_else(|| cursor_by_keys(ui, charts, &plot));
    charts.pointed_at = pointer.or(charts.pointed_at);
    if let Some(place) = cursor.filter(|_| !is_comparing) {
        let changes = changes_near(charts, place, reach);
        let text = readout(charts, theme, &drawn, place, Some(&*changes).filter(|changes| !changes.is_empty()));
        let frame = *response.transform.frame();
        let cursor = response.transform.position_from_point_x(place);
        paint(ui, Place { top, title_end, plot: frame, cursor }, text, pointer.is_some());
    }
}

/// The changes of settings at a place on the axis.
fn changes_near(charts: &Charts, place: f64, reach: f64) -> String {
    let place_of = |iteration: u64| charts.choices.axis.place(&charts.curves, iteration as f64);
    let near = charts.changes.iter().filter(|change| (place_of(change.iteration) - place).abs() < reach);
    near.map(|change| change.text.as_str()).collect::<Vec<_>>().join(", ")
}

/// The cross-hair of a chart that has the keys: the arrows move it by an iteration, with Shift by ten.
fn cursor_by_keys(ui: &Ui, charts: &Charts, plot: &Response) -> Option<f64> {
    if !plot.has_focus() {
        return None;
    }
    let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(plot.id, arrows));
    let steps = ui.input(|input| {
        let count = |key| input.num_presses(key) as f64;
        let size = if input.modifiers.shift { 10.0 } else { 1.0 };
        size * (count(Key::ArrowRight) - count(Key::ArrowLeft))
    });
    let newest = charts.newest();
    let from = charts.choices.axis.iteration(&charts.curves, charts.cursor.unwrap_or(newest)).round();
    Some(charts.choices.axis.place(&charts.curves, (from + steps).max(0.0)).min(newest))
}

/// The title and what stands beside it; in a picture, the runs that it is of. Returns where the title ends.
pub fn chart_head(ui: &mut Ui, charts: &mut Charts, head: Head<'_>, more: impl FnOnce(&mut Ui, &mut Charts)) -> f32 {
    if charts.in_picture {
        let title = if head.choice.is_empty() { head.title.into() } else { format!("{}: {}", head.title, head.choice) };
        ui.label(theme::strong(title, size::TITLE));
        ui.horizontal_wrapped(|ui| {
            if charts.is_comparing() {
                runs_legend(ui, charts);
            } else {
                ui.label(&charts.name);
            }
            changes_legend(ui, charts);
        });
        return 0.0;
    }
    let title = ui.horizontal(|ui| {
        ui.label(theme::strong(head.title, size::BODY));
        let end = explanations::help(ui, head.topic).rect.right();
        more(ui, charts);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Save “{}” as a picture…", head.title);
            let button = widgets::IconButton::new(Icon::ImageDown, &name).sized(22.0, 14.0);
            if charts.picture != Picture::Never && button.show(ui).clicked() {
                charts.picture = Picture::Coming(head.title.to_owned(), 0);
            }
        });
        end
    });
    title.inner
}

fn scale(charts: &Charts, drawn: &[Drawn]) -> Scale {
    let is_positive = |line: &Drawn| charts.curves.0.get(&line.column).is_none_or(super::Curve::is_positive);
    if !charts.choices.logarithmic {
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
            let mark = HLine::new("", scale.of(data)).color(line.color).style(LineStyle::dashed_loose());
            plot.hline(mark.allow_hover(false));
        }
    }
    for change in &charts.changes {
        let place = charts.choices.axis.place(&charts.curves, change.iteration as f64);
        let mark = VLine::new("", place).color(theme.warning).width(1.0).style(LineStyle::dashed_dense());
        plot.vline(mark.allow_hover(false));
    }
}
