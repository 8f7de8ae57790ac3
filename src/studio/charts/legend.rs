//! The names of lines, and of runs that are compared; a click hides one, or shows it again.

use eframe::egui::{Color32, Rect, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};
use egui_plot::LineStyle;

use super::lines::style_of;
use super::marks;
use super::state::{Charts, Drawn};
use crate::engine_client::curves::row_of;
use crate::studio::{
    explanations::of_curve,
    theme::{self, Icon, Theme, size, space},
    widgets,
    words::shortened,
};

const HEIGHT: f32 = 20.0;
/// How wide the sample of a line is.
const SAMPLE: f32 = 22.0;

/// What stands before a name.
enum Sign {
    Dot(Color32),
    /// Of a run with this colour's number.
    Run(u8),
    /// Of a curve with this place in its chart.
    Line(usize),
}

/// The lines of a chart: in their colours, or as they are dashed where colours tell runs.
pub fn lines_legend(ui: &mut Ui, charts: &mut Charts, drawn: &[Drawn]) {
    let is_comparing = charts.is_comparing();
    ui.spacing_mut().interact_size.y = HEIGHT; // as high without a line as with some
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(HEIGHT);
        ui.spacing_mut().item_spacing = vec2(space::M, 0.0);
        for line in drawn {
            let is_hidden = charts.choices.hidden.contains(&line.column);
            let tells_runs = is_comparing && !line.keeps_color;
            let sign = if tells_runs { Sign::Line(line.place) } else { Sign::Dot(line.color) };
            let name = format!("Line of {}", line.name);
            let about = row_of(&line.column).map_or("", |row| of_curve(row.curve));
            if entry(ui, (&line.name, about), &name, &sign, is_hidden) && !charts.choices.hidden.remove(&line.column) {
                charts.choices.hidden.insert(line.column.clone());
            }
        }
    });
}

/// What the dashed line across a chart is.
pub fn changes_legend(ui: &mut Ui, charts: &Charts) {
    if charts.changes.is_empty() {
        return;
    }
    let theme = Theme::of(ui);
    let words = "Setting changed";
    let galley = ui.painter().layout_no_wrap(words.into(), theme::regular(size::CAPTION), theme.text_muted);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 14.0, HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    let x = rect.left() + 5.0;
    let ends = [pos2(x, rect.top() + 2.0), pos2(x, rect.bottom() - 2.0)];
    ui.painter().extend(sample(ends, LineStyle::dashed_dense(), Stroke::new(1.0, theme.warning)));
    let place = rect.left_center() + vec2(14.0, -galley.size().y / 2.0);
    ui.painter().galley(place, galley, theme.text_muted);
    response.on_hover_text("Point at the dashed line in a chart to see which setting");
}

/// The runs that are shown together, each with its colour.
pub fn runs_legend(ui: &mut Ui, charts: &mut Charts) {
    if !charts.is_comparing() {
        return;
    }
    let mut removed = None;
    let name = shortened(&charts.name, 28);
    let shown = (name.as_str(), "");
    if entry(ui, shown, &format!("Run {}", charts.name), &Sign::Run(charts.color), charts.hides_own) {
        charts.hides_own = !charts.hides_own;
    }
    for (index, run) in charts.compared.iter_mut().enumerate() {
        let sign = Sign::Run(run.color);
        let shown = shortened(&run.name, 28);
        if entry(ui, (&shown, ""), &format!("Run {}", run.name), &sign, run.is_hidden) {
            run.is_hidden = !run.is_hidden;
        }
        if charts.in_picture {
            continue;
        }
        let remove = format!("Remove {} from the charts", run.name);
        if widgets::IconButton::new(Icon::X, &remove).sized(18.0, 11.0).show(ui).clicked() {
            removed = Some(index);
        }
    }
    if let Some(index) = removed {
        charts.compared.remove(index);
        charts.hides_own &= charts.is_comparing();
    }
}

/// A name with its sign, and what it means, where that is known; whether it was clicked.
fn entry(ui: &mut Ui, (text, about): (&str, &str), name: &str, sign: &Sign, is_hidden: bool) -> bool {
    let theme = Theme::of(ui);
    let color = if is_hidden { theme.text_faint } else { theme.text_muted };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::regular(size::CAPTION), color);
    let before = if matches!(sign, Sign::Line(_)) { SAMPLE + 6.0 } else { 14.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + before + 2.0, HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, !is_hidden, name));
    match sign {
        Sign::Dot(own) if is_hidden => drop(ui.painter().circle_stroke(dot(rect), 4.0, (1.0, *own))),
        Sign::Dot(own) => drop(ui.painter().circle_filled(dot(rect), 4.5, *own)),
        Sign::Run(run) => {
            ui.painter().add(marks::painted(*run, dot(rect), 5.0, marks::color(*run, theme), !is_hidden));
        }
        Sign::Line(place) => {
            let ends = [rect.left_center(), pos2(rect.left() + SAMPLE, rect.center().y)];
            ui.painter().extend(sample(ends, style_of(*place), Stroke::new(1.5, color)));
            let middle = ends[0].lerp(ends[1], 0.5);
            ui.painter().circle_filled(middle, 3.5, theme.surface);
            ui.painter().add(marks::painted(0, middle, 3.0, color, marks::is_filled(*place)));
        }
    }
    let place = rect.left_center() + vec2(before, -galley.size().y / 2.0);
    ui.painter().galley(place, galley, color);
    widgets::focus_ring(ui, &response, rect);
    let does = if is_hidden { "Click to show it again" } else { "Click to hide it" };
    response.on_hover_text(format!("{about}\n{does}").trim()).clicked()
}

fn dot(rect: Rect) -> eframe::egui::Pos2 {
    rect.left_center() + Vec2::new(5.0, 0.0)
}

fn sample(ends: [eframe::egui::Pos2; 2], style: LineStyle, stroke: Stroke) -> Vec<Shape> {
    match style {
        LineStyle::Solid => vec![Shape::line_segment(ends, stroke)],
        LineStyle::Dashed { length } => Shape::dashed_line(&ends, stroke, length, length * 0.6),
        LineStyle::Dotted { spacing } => Shape::dotted_line(&ends, stroke.color, spacing, 1.2),
    }
}
