//! A picture of the game between generator and discriminator: where the discriminator's scores put real and generated
//! music, and who pulls which way.

use eframe::egui::{Align2, Color32, Pos2, Rect, RichText, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::chart::{BELOW, HEIGHT, Head, chart_head};
use super::curves::Curve;
use super::lines::fitted;
use super::scale::number;
use super::state::Charts;
use crate::engine_client::curves::Curve as Column;
use crate::studio::{
    explanations::Topic,
    theme::{self, Theme, size, space},
    words::shortened,
};

/// What stands above it.
pub const TITLE: &str = "The game between the two";
/// How many earlier places are shown faintly.
const TRAIL: usize = 24;

/// What both got at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scores {
    iteration: f64,
    real: f64,
    generated: f64,
    is_smoothed: bool,
}

/// Draws it as it was at the cross-hair, else as it is now.
pub fn game(ui: &mut Ui, charts: &mut Charts) {
    let theme = Theme::of(ui);
    let whose = if charts.is_comparing() { shortened(&charts.name, 28) } else { String::new() };
    let head = Head { title: TITLE, choice: &whose, topic: Topic::Game, by_range: None };
    chart_head(ui, charts, head, |ui, _| {
        ui.label(RichText::new(&whose).size(size::CAPTION).color(theme.text_muted));
    });
    key(ui, charts);
    let at = charts.cursor.map_or(f64::INFINITY, |place| charts.choices.axis.iteration(&charts.curves, place));
    let scores = scores(charts, at);
    let words = words(charts, scores.as_ref());
    let height = if charts.in_picture { (ui.available_height() - BELOW).max(HEIGHT) } else { HEIGHT };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    ui.painter().rect_filled(rect, theme::corners(6), theme.sunken);
    if let Some(now) = scores {
        board(ui, charts, rect, now);
    }
    let place = pos2(rect.center().x, rect.bottom() - space::S);
    let galley =
        ui.painter().layout(words, theme::regular(size::CAPTION), theme.text_muted, rect.width() - 2.0 * space::M);
    ui.painter().galley(place - vec2(galley.size().x / 2.0, galley.size().y), galley, theme.text_muted);
}

/// The two marks: a ring for what is generated, as the real is what it is to become. Where colours tell runs, they have
/// none.
fn colors(charts: &Charts, theme: &Theme) -> [Color32; 2] {
    if charts.is_comparing() { [theme.text; 2] } else { [theme.part(1), theme.part(0)] }
}

/// What the marks are.
fn key(ui: &mut Ui, charts: &Charts) {
    let theme = Theme::of(ui);
    let [real, generated] = colors(charts, theme);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        for (name, color, is_ring, size) in [
            ("Real music", real, false, 4.5),
            ("Generated music", generated, true, 4.5),
            ("Pale: earlier scores", theme.text_faint, false, 3.0),
        ] {
            let galley = ui.painter().layout_no_wrap(name.into(), theme::regular(size::CAPTION), theme.text_muted);
            let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 16.0, 20.0), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Mark of {name}")));
            mark(ui, rect.left_center() + vec2(5.0, 0.0), size, color, is_ring);
            ui.painter().galley(rect.left_center() + vec2(14.0, -galley.size().y / 2.0), galley, theme.text_muted);
        }
    });
}

fn mark(ui: &Ui, at: Pos2, radius: f32, color: Color32, is_ring: bool) {
    if is_ring {
        ui.painter().circle(at, radius - 1.0, Theme::of(ui).sunken, Stroke::new(2.0, color));
    } else {
        ui.painter().circle_filled(at, radius, color);
    }
}

/// The axis, both marks, and where they were before.
fn board(ui: &Ui, charts: &Charts, rect: Rect, now: Scores) {
    let theme = Theme::of(ui);
    let axis = Axis::of(charts, rect, ui);
    axis.paint(ui, theme);
    let [of_real, of_generated] = colors(charts, theme);
    for back in (1..=TRAIL).rev() {
        let share = 1.0 - back as f32 / (TRAIL + 1) as f32;
        let step = (now.iteration / 60.0).max(1.0);
        let Some(before) = self::scores(charts, now.iteration - back as f64 * step) else { continue };
        for (score, color, is_ring) in [(before.real, of_real, false), (before.generated, of_generated, true)] {
            mark(ui, axis.at(score), 3.0, color.gamma_multiply(0.35 * share), is_ring);
        }
    }
    let [real, generated] = [axis.at(now.real), axis.at(now.generated)];
    gap(ui, theme, real, generated, now);
    player(ui, theme, generated, "generated", "the generator pulls", of_generated, real.x - generated.x, -1.0);
    player(ui, theme, real, "real", "the discriminator pushes", of_real, real.x - generated.x, 1.0);
}

/// What the discriminator gave by an iteration.
fn scores(charts: &Charts, iteration: f64) -> Option<Scores> {
    let curve = |column: Column| charts.curves.0.get(column.row().key);
    let [at, measured, real] = curve(Column::RealScore)?.known_at(iteration)?;
    let [_, _, generated] = curve(Column::GeneratedScore)?.known_at(iteration)?;
    Some(Scores { iteration: at, real, generated, is_smoothed: number(real) != number(measured) })
}

/// How it stands, in words.
fn words(charts: &Charts, scores: Option<&Scores>) -> String {
    let Some(now) = scores else { return "The discriminator has given no scores yet".into() };
    let gap = now.real - now.generated;
    let stands = if gap > 0.0 {
        format!("it gives real music {} more than generated music", number(gap))
    } else {
        "it takes generated music for real at least as often as real music".to_owned()
    };
    let auc =
        charts.curves.0.get(Column::DiscriminatorAuc.row().key).and_then(|auc: &Curve| auc.known_at(now.iteration));
    let tells = auc.map_or_else(String::new, |[at, auc, _]| {
        let when = if at == now.iteration { String::new() } else { format!(" (measured at {at:.0})") };
        format!(", and tells held-out music from generated in {:.0} of 100 cases{when}", auc * 100.0)
    });
    let smoothed = if now.is_smoothed { ", smoothed" } else { "" };
    format!("After iteration {:.0}{smoothed}: {stands}{tells}", now.iteration)
}

/// The line that scores lie on.
struct Axis {
    left: Pos2,
    right: Pos2,
    low: f64,
    high: f64,
}

impl Axis {
    /// One on which all scores of the run have room.
    fn of(charts: &Charts, rect: Rect, ui: &Ui) -> Self {
        let width = ui.available_width().max(50.0) as usize;
        let columns = [Column::RealScore, Column::GeneratedScore].map(|column| column.row().key);
        let points = columns
            .into_iter()
            .filter_map(|column| charts.curves.0.get(column))
            .flat_map(|curve| curve.points(0.0..f64::INFINITY, width, super::curves::As::Smoothed));
        let range = points.fold(f64::INFINITY..f64::NEG_INFINITY, |range, [_, y]| range.start.min(y)..range.end.max(y));
        let range = fitted(&range);
        let y = rect.top() + rect.height() * 0.46;
        let (left, right) = (pos2(rect.left() + 28.0, y), pos2(rect.right() - 28.0, y));
        Self { left, right, low: range.start, high: range.end }
    }

    fn at(&self, score: f64) -> Pos2 {
        let share = ((score - self.low) / (self.high - self.low)).clamp(0.0, 1.0) as f32;
        self.left.lerp(self.right, share)
    }

    fn paint(&self, ui: &Ui, theme: &Theme) {
        ui.painter().line_segment([self.left, self.right], Stroke::new(1.0, theme.border_strong));
        let caption = theme::regular(size::CAPTION);
        for (end, align, words) in
            [(self.left, Align2::LEFT_TOP, "lower score"), (self.right, Align2::RIGHT_TOP, "higher score")]
        {
            ui.painter().vline(end.x, (end.y - 4.0)..=(end.y + 4.0), Stroke::new(1.0, theme.border_strong));
            ui.painter().text(pos2(end.x, end.y + 44.0), align, words, caption.clone(), theme.text_faint);
        }
    }
}

/// The stretch between the two, and how wide it is.
fn gap(ui: &Ui, theme: &Theme, real: Pos2, generated: Pos2, now: Scores) {
    let lift = vec2(0.0, 20.0);
    let stroke = Stroke::new(1.0, theme.text_faint);
    ui.painter().line_segment([real + lift, generated + lift], stroke);
    for end in [real, generated] {
        ui.painter().line_segment([end + lift - vec2(0.0, 4.0), end + lift + vec2(0.0, 4.0)], stroke);
    }
    let text = format!("gap {}", number(now.real - now.generated));
    let middle = real.lerp(generated, 0.5) + lift + vec2(0.0, 2.0);
    ui.painter().text(middle, Align2::CENTER_TOP, text, theme::regular(size::CAPTION), theme.text_muted);
}

/// A mark with its name and its arrow; `way` is 1 to go on to the right, where it pushes, and -1 to stand to the left.
#[expect(clippy::too_many_arguments, reason = "one drawing, twice")]
fn player(ui: &Ui, theme: &Theme, at: Pos2, name: &str, does: &str, color: Color32, ahead: f32, way: f32) {
    ui.painter().circle_filled(at, 8.5, theme.sunken);
    mark(ui, at, 7.0, color, way < 0.0);
    // two marks on one place have their names one above the other
    let is_close = ahead.abs() < 170.0;
    let up = if way < 0.0 && is_close { 62.0 } else { 26.0 };
    let area = ui.min_rect();
    let galley = |text: &str, font, color| ui.painter().layout_no_wrap(text.to_owned(), font, color);
    let title = galley(name, theme::bold(size::CAPTION), color);
    let line = galley(does, theme::regular(size::CAPTION), theme.text_muted);
    let widest = title.size().x.max(line.size().x + 26.0);
    let left = (at.x - widest / 2.0).clamp(area.left() + 6.0, (area.right() - widest - 6.0).max(area.left() + 6.0));
    let top = at.y - up - 16.0;
    let ground = Rect::from_min_size(pos2(left, top), vec2(widest, 28.0));
    ui.painter().rect_filled(ground.expand2(vec2(3.0, 0.0)), 0.0, theme.sunken);
    ui.painter().galley(pos2(left, top), title, color);
    let below = pos2(left, top + 15.0);
    let height = line.size().y;
    ui.painter().galley(below, line.clone(), theme.text_muted);
    // both arrows lead to the right: it is where real music is
    let from = below + vec2(line.size().x + 5.0, height / 2.0);
    let tip = from + vec2(18.0, 0.0);
    ui.painter().line_segment([from, tip], Stroke::new(1.5, color));
    let head = vec![tip + vec2(4.0, 0.0), tip + vec2(-2.0, -3.5), tip + vec2(-2.0, 3.5)];
    ui.painter().add(Shape::convex_polygon(head, color, Stroke::NONE));
    ui.painter().line_segment([pos2(at.x, at.y - 8.0), pos2(at.x, at.y - up + 14.0)], Stroke::new(1.0, color));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_colours_are_not_those_of_runs_that_are_compared() {
        let theme = Theme::get(true);
        let mut charts = Charts::default();
        assert_eq!(colors(&charts, theme), [theme.part(1), theme.part(0)]);
        charts.compare(super::super::state::ComparedRun::new("b".into(), "b".into(), None));
        let runs = [charts.color, charts.compared[0].color].map(|run| super::super::marks::color(run, theme));
        assert!(colors(&charts, theme).iter().all(|color| !runs.contains(color)));
    }

    #[test]
    fn the_game_is_told_as_it_was_by_then() {
        let mut charts = Charts::default();
        assert!(scores(&charts, 9.0).is_none());
        for (iteration, real, generated) in [(4.0, 1.0, -1.5), (8.0, 0.5, 0.75)] {
            charts.curves.get("real_score").push(iteration, real);
            charts.curves.get("generated_score").push(iteration, generated);
        }
        charts.curves.get("discriminator_auc").push(5.0, 0.87);
        let at = |iteration: f64| words(&charts, scores(&charts, iteration).as_ref());
        assert_eq!(at(3.0), "The discriminator has given no scores yet");
        assert_eq!(at(7.0), "After iteration 4: it gives real music 2.50 more than generated music");
        assert!(
            at(f64::INFINITY).ends_with("tells held-out music from generated in 87 of 100 cases (measured at 5)"),
            "{}",
            at(99.0)
        );
        assert!(at(f64::INFINITY).contains("takes generated music for real"));
    }
}
