//! One chart: its lines, marks and cross-hair, and what the pointer does to what is in view.

use std::fmt::Write as _;
use std::ops::Range;

use eframe::egui::{Align, Layout, Rangef, Rect, Role, Sense, StrokeKind, Ui, Vec2b, WidgetInfo, pos2, vec2};
use egui_plot::{AxisHints, GridMark, HLine, Line, LineStyle, Plot, PlotPoints, PlotUi, Points, VLine};

use super::scale::{Scale, number, scaled};
use super::state::{Charts, Drawn, Overlay, Picture};
use crate::engine_client::{curves::row_of, run_folder::Change};
use crate::studio::{
    charts::curves::{As, Curve},
    theme::{self, Icon, Theme, size, space},
    widgets,
    words::shortened,
};

const HEIGHT: f32 = 240.0;
const LEGEND_HEIGHT: f32 = 20.0;
/// Measurements so few that each is marked; a line alone would hide the first.
const FEW: usize = 40;
/// Room behind the newest point, as a share of what is in view.
const BEHIND: f64 = 0.015;
/// Space that a number beside the axis has at least, and from where on it is drawn in full.
const NUMBER_SPACE: Rangef = Rangef { min: 15.0, max: 17.0 };
/// How near to a change of settings the cross-hair tells it, in points.
const NEAR: f64 = 6.0;

/// What is handed to the plot.
#[derive(Default)]
struct Lines {
    /// From the faintest to what lies above all.
    lines: Vec<Line<'static>>,
    dots: Vec<Points<'static>>,
}

/// One chart; its axis reaches from 0 to `top` at least.
pub fn chart(
    ui: &mut Ui,
    charts: &mut Charts,
    title: &str,
    top: f64,
    mut drawn: Vec<Drawn>,
    head: impl FnOnce(&mut Ui, &mut Charts),
) {
    let theme = Theme::of(ui);
    let mut picture = false;
    let corner = ui.cursor().min;
    ui.horizontal(|ui| {
        ui.label(theme::strong(title, size::BODY));
        head(ui, charts);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Save “{title}” as a picture…");
            let button = widgets::IconButton::new(Icon::ImageDown, &name).sized(22.0, 14.0);
            // a picture is one of the chart alone
            let has_button = matches!(charts.picture, Picture::Possible | Picture::Wanted(_));
            picture = has_button && button.show(ui).clicked();
        });
    });
    drawn.retain(|line| !charts.curves.get(&line.column).is_empty());
    legend(ui, charts, &drawn);
    drawn.retain(|line| !charts.hidden.contains(&line.column));
    charts.smooth(ui.ctx(), &drawn);
    let scale = scale(charts, &drawn);
    let visible = visible(charts);
    let width = ui.available_width().max(50.0) as usize;
    let Lines { lines, dots } = lines(charts, &drawn, scale, &visible, width);
    let cursor = charts.cursor;
    let values = cursor.map(|x| values(charts, &drawn, x));
    let plot = Plot::new(("training", title))
        .height(HEIGHT)
        // the wheel scrolls the page; with Ctrl it zooms, the right button draws a box to zoom into
        .allow_scroll(false)
        .auto_bounds(Vec2b::new(false, true))
        .include_y(scale.of(0.0).max(-6.0))
        .grid_color(theme.grid_bar)
        .grid_fade(0.6)
        .label_formatter(|_| None)
        .custom_y_axes(vec![
            AxisHints::new_y()
                .formatter(move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| number(scale.back(mark.value)))
                .min_thickness(44.0)
                .label_spacing(NUMBER_SPACE),
        ]);
    let plot = if top > 0.0 { plot.include_y(scale.of(top)) } else { plot };
    let changes = &charts.changes;
    let response = plot.show(ui, |plot| {
        // another chart, or what came, has moved it; and what the pointer did is seen after
        if !plot.response().dragged() && !plot.response().contains_pointer() || charts.visible.is_none() {
            plot.set_plot_bounds_x(visible.start..=visible.end.max(visible.start + 1.0));
        }
        // a box also chose heights
        if charts.visible.is_none() {
            plot.set_auto_bounds(Vec2b::new(false, true));
        }
        for line in lines {
            plot.line(line);
        }
        for dots in dots {
            plot.points(dots);
        }
        marks(plot, theme, &drawn, scale, changes);
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
    charts.pointed_at = pointer.or(charts.pointed_at);
    if let Some(mut text) = values {
        let reach = (visible.end - visible.start) / width as f64 * NEAR;
        let near = cursor.and_then(|x| changes.iter().find(|change| (change.iteration as f64 - x).abs() < reach));
        if let Some(change) = near {
            let _ = write!(text, "\n{}", change.text); // a String takes it
        }
        let is_left = cursor.is_some_and(|x| x < f64::midpoint(visible.start, visible.end));
        tell(ui, theme, *response.transform.frame(), text, is_left);
    }
    if picture {
        // with its name, its legend and the numbers beside the axes
        let end = pos2(corner.x + width as f32, ui.min_rect().bottom());
        charts.picture = Picture::Wanted(Rect::from_min_max(corner, end));
    }
}

fn scale(charts: &mut Charts, drawn: &[Drawn]) -> Scale {
    if !charts.logarithmic {
        Scale::Linear
    } else if drawn.iter().all(|line| charts.curves.get(&line.column).is_positive()) {
        Scale::Logarithmic
    } else {
        Scale::Symmetric
    }
}

/// The iterations in view: the same in all charts. Behind the newest there is a little room, so that its mark is whole.
fn visible(charts: &Charts) -> Range<f64> {
    let newest = charts.curves.0.values().filter_map(Curve::last).map(|point| point[0]);
    let newest = newest.fold(1.0, f64::max);
    match (&charts.visible, charts.follow) {
        (Some(range), true) => {
            let shown = range.end - range.start;
            let end = newest + shown * BEHIND;
            end - shown..end
        }
        (Some(range), false) => range.clone(),
        (None, _) => 0.0..newest * (1.0 + BEHIND),
    }
}

fn lines(charts: &mut Charts, drawn: &[Drawn], scale: Scale, visible: &Range<f64>, width: usize) -> Lines {
    let mut below = Vec::new();
    let mut drawing = Lines::default();
    for line in drawn {
        if let Some(Overlay { name, curves, .. }) = &mut charts.overlay {
            let points = scaled(curves.get(&line.column).points(visible.clone(), width, As::Smoothed), scale);
            let color = line.color.gamma_multiply(0.7);
            let line = Line::new(format!("{} of {name}", line.name), PlotPoints::from(points));
            below.push(line.color(color).width(1.2).style(LineStyle::dotted_dense()));
        }
    }
    for line in drawn {
        let curve = charts.curves.get(&line.column);
        if charts.smoothing > 0.0 {
            let points = scaled(curve.points(visible.clone(), width, As::Raw), scale);
            drawing.lines.push(
                Line::new("", PlotPoints::from(points)).color(line.color.gamma_multiply(0.25)).allow_hover(false),
            );
        }
        let points = scaled(curve.points(visible.clone(), width, As::Smoothed), scale);
        if points.len() <= FEW {
            let points = Points::new(line.name.clone(), PlotPoints::from(points.clone()));
            drawing.dots.push(points.color(line.color).radius(3.0).allow_hover(false));
        }
        below.push(Line::new(line.name.clone(), PlotPoints::from(points)).color(line.color).width(2.0));
    }
    drawing.lines.append(&mut below);
    drawing
}

/// The data's own means, and where a setting was changed.
fn marks(plot: &mut PlotUi<'_>, theme: &Theme, drawn: &[Drawn], scale: Scale, changes: &[Change]) {
    for line in drawn {
        if let Some(data) = line.data {
            plot.hline(
                HLine::new("", scale.of(data)).color(line.color).style(LineStyle::dashed_loose()).allow_hover(false),
            );
        }
    }
    for change in changes {
        let mark =
            VLine::new("", change.iteration as f64).color(theme.warning).width(1.0).style(LineStyle::dashed_dense());
        plot.vline(mark.allow_hover(false));
    }
}

/// The values of all lines at an iteration, a line each.
fn values(charts: &mut Charts, drawn: &[Drawn], x: f64) -> String {
    let mut text = format!("Iteration {x:.0}");
    for line in drawn {
        if let Some([_, y]) = charts.curves.get(&line.column).at(x) {
            let unit = row_of(&line.column).map_or("", |row| row.unit);
            let _ = write!(text, "\n{} {y:.4} {unit}", line.name); // a String takes it
            text.truncate(text.trim_end().len());
        }
        if let Some(data) = line.data {
            let _ = write!(text, " (data {data:.4})");
        }
        if let Some(Overlay { name, curves, .. }) = &mut charts.overlay
            && let Some([_, y]) = curves.get(&line.column).at(x)
        {
            let _ = write!(text, " ({name} {y:.4})");
        }
    }
    text
}

/// The names of the lines in their colours; a click hides one, or shows it again.
fn legend(ui: &mut Ui, charts: &mut Charts, drawn: &[Drawn]) {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        ui.set_height(LEGEND_HEIGHT);
        ui.spacing_mut().item_spacing.x = space::M;
        for line in drawn {
            let is_hidden = charts.hidden.contains(&line.column);
            let color = if is_hidden { theme.text_faint } else { theme.text_muted };
            let galley = ui.painter().layout_no_wrap(line.name.clone(), theme::regular(size::CAPTION), color);
            let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 16.0, LEGEND_HEIGHT), Sense::click());
            response.widget_info(|| {
                WidgetInfo::selected(Role::CheckBox, true, !is_hidden, format!("Line of {}", line.name))
            });
            let dot = rect.left_center() + vec2(5.0, 0.0);
            if is_hidden {
                ui.painter().circle_stroke(dot, 4.0, (1.0, line.color));
            } else {
                ui.painter().circle_filled(dot, 4.5, line.color);
            }
            let place = rect.left_center() + vec2(14.0, -galley.size().y / 2.0);
            ui.painter().galley(place, galley, color);
            widgets::focus_ring(ui, &response, rect);
            if response.on_hover_text(if is_hidden { "Show this line" } else { "Hide this line" }).clicked()
                && !charts.hidden.remove(&line.column)
            {
                charts.hidden.insert(line.column.clone());
            }
        }
        if let Some(Overlay { name, .. }) = &charts.overlay {
            widgets::caption(ui, format!("dotted: {}", shortened(name, 18)));
        }
    });
}

/// Writes the values on the side where the pointer is not.
fn tell(ui: &Ui, theme: &Theme, inner: Rect, text: String, is_left: bool) {
    let galley = ui.painter().layout_no_wrap(text, theme::regular(size::CAPTION), theme.text);
    let box_size = galley.size() + vec2(12.0, 8.0);
    let corner = if is_left {
        inner.right_top() + vec2(-space::S - box_size.x, space::S)
    } else {
        inner.left_top() + vec2(space::S, space::S)
    };
    let place = Rect::from_min_size(corner, box_size);
    ui.painter().rect_filled(place, theme::corners(6), theme.overlay.gamma_multiply(0.9));
    ui.painter().rect_stroke(place, theme::corners(6), (1.0, theme.border), StrokeKind::Inside);
    ui.painter().galley(place.min + vec2(6.0, 4.0), galley, theme.text);
}
