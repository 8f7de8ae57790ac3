//! What the cross-hair reads off a chart: what was known of each line by then.

use eframe::egui::{
    Color32, FontId, LayerId, Order, Rect, Role, Sense, StrokeKind, TextFormat, Ui, Vec2, WidgetInfo, pos2,
    text::LayoutJob, vec2,
};

use super::axis::Axis;
use super::curves::Curves;
use super::marks;
use super::state::{Charts, Drawn};
use crate::plural::with_minus;
use crate::studio::{
    theme::{self, Theme, size, space},
    words::{duration, shortened},
};

/// A space at which no line is broken.
const NO_BREAK: &str = "\u{a0}";
/// What the box is larger than its text.
const MARGIN: Vec2 = vec2(12.0, 8.0);

/// Text in several colours.
struct Readout {
    job: LayoutJob,
    font: FontId,
}

impl Readout {
    fn add(&mut self, text: &str, color: Color32) {
        self.job.append(text, 0.0, TextFormat::simple(self.font.clone(), color));
    }
}

/// The values of all lines at a place on the axis, a line each; `note` stands behind the place.
pub fn readout(charts: &Charts, theme: &Theme, drawn: &[Drawn], place: f64, note: Option<&str>) -> LayoutJob {
    let value = if charts.is_comparing() { drawn_value } else { value };
    written(charts, theme, drawn, (place, note), value)
}

/// The same with what `value` says of each curve at an iteration.
fn written(
    charts: &Charts,
    theme: &Theme,
    drawn: &[Drawn],
    (place, note): (f64, Option<&str>),
    value: impl Fn(&Curves, &Drawn, f64) -> String,
) -> LayoutJob {
    let mut text = Readout { job: LayoutJob::default(), font: theme::regular(size::CAPTION) };
    let iteration = charts.choices.axis.iteration(&charts.curves, place).round().max(0.0);
    let at = match charts.choices.axis {
        Axis::Iterations => format!("Iteration {iteration:.0}"),
        Axis::Time => format!("{} (iteration {iteration:.0})", duration(place)),
    };
    text.add(&at, theme.text);
    let is_comparing = charts.is_comparing();
    if is_comparing && charts.choices.smoothing > 0.0 {
        text.add(", smoothed", theme.text_muted);
    }
    if let Some(note) = note {
        text.add(&format!(", {note}"), theme.warning);
    }
    for line in drawn {
        // runs stand beside each other in their colours
        if is_comparing {
            text.add(&format!("\n{}", line.name), theme.text_muted);
        }
        if !(is_comparing && charts.hides_own) {
            let sign = if is_comparing { sign_of(charts.color) } else { "\n● ".into() };
            let color = if is_comparing { line.color_of(charts.color, theme) } else { line.color };
            text.add(&sign, color);
            let own = value(&charts.curves, line, iteration);
            text.add(&if is_comparing { own } else { format!("{} {own}", line.name) }, theme.text);
            if let Some(data) = line.data {
                text.add(&format!(" (data{NO_BREAK}{})", number(data)), theme.text_muted);
            }
        }
        for run in charts.compared.iter().filter(|run| !run.is_hidden) {
            let iteration = charts.choices.axis.iteration(&run.curves, place).round();
            text.add(&sign_of(run.color), line.color_of(run.color, theme));
            text.add(&value(&run.curves, line, iteration), theme.text);
        }
    }
    text.job
}

/// What stands before a value of a run that is compared.
fn sign_of(run: u8) -> String {
    format!("  {}{NO_BREAK}", marks::letter(run))
}

fn number(value: f64) -> String {
    with_minus(format_args!("{value:.4}"))
}

/// What was known of a line by an iteration, as it was measured; beside it, the mean that is drawn. A value that was
/// measured earlier says when, and one that is yet to come is not guessed. No line is broken before a number.
fn value(curves: &Curves, line: &Drawn, iteration: f64) -> String {
    let Some(curve) = curves.0.get(&line.column) else { return "–".into() };
    let Some([at, measured, smoothed]) = curve.known_at(iteration) else {
        let first = curve.first().map_or(0.0, |[first, _]| first);
        return format!("– (first measured at{NO_BREAK}{first:.0})");
    };
    let [measured, smoothed] = [measured, smoothed].map(number);
    let notes = [
        (smoothed != measured).then(|| format!("smoothed{NO_BREAK}{smoothed}")),
        (at != iteration).then(|| format!("measured at{NO_BREAK}{at:.0}")),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    if notes.is_empty() { measured } else { format!("{measured} ({})", notes.join(", ")) }
}

/// Only the value that is drawn, and where it was measured if that was earlier: in one piece, so that lines are broken
/// between runs.
fn drawn_value(curves: &Curves, line: &Drawn, iteration: f64) -> String {
    let known = curves.0.get(&line.column).and_then(|curve| curve.known_at(iteration));
    match known {
        None => "–".into(),
        Some([at, _, drawn]) if at == iteration => number(drawn),
        Some([at, _, drawn]) => format!("{}{NO_BREAK}(at{NO_BREAK}{at:.0})", number(drawn)),
    }
}

/// Above a chart, the values of runs that are compared, at a place on the axis. They have this room to themselves,
/// whatever they are, so that they hide no curve and move nothing.
pub fn rows(ui: &mut Ui, charts: &Charts, drawn: &[Drawn], place: f64, note: &str) {
    let theme = Theme::of(ui);
    let width = ui.available_width();
    let layout = |mut job: LayoutJob| {
        job.wrap.max_width = width;
        ui.painter().layout_job(job)
    };
    let widest = |_: &Curves, _: &Drawn, _: f64| unbroken("−0.0000 (at 00000)");
    let height = layout(written(charts, theme, drawn, (0.0, None), widest)).size().y;
    let note = Some(shortened(note, 40)).filter(|note| !note.is_empty());
    let galley = layout(readout(charts, theme, drawn, place, note.as_deref()));
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, galley.text().replace(NO_BREAK, " ")));
    ui.painter().galley(rect.min, galley, theme.text);
}

/// In one line.
fn unbroken(value: &str) -> String {
    value.replace(' ', NO_BREAK)
}

/// Where a chart is: the box stays in it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Where its head begins, and where its title ends.
    pub top: f32,
    pub title_end: f32,
    pub plot: Rect,
    /// The cross-hair.
    pub cursor: f32,
}

/// Writes it above the plot, whose curves it leaves in sight, behind the end of the title. Where there is no room, or
/// that is out of sight, it lies in the plot, beside the cross-hair. `is_pointed` where the pointer or the keys are in
/// it.
pub fn paint(ui: &Ui, chart: Place, mut text: LayoutJob, is_pointed: bool) {
    let theme = Theme::of(ui);
    let plot = chart.plot;
    let mut layout = |width: f32| {
        text.wrap.max_width = width - MARGIN.x;
        let galley = ui.painter().layout_job(text.clone());
        let size = galley.size() + MARGIN;
        (galley, size)
    };
    let (mut galley, mut size) = layout(plot.right() - chart.title_end - space::S);
    let place = match above(size, chart) {
        Some(place) if place.top() >= ui.clip_rect().top() => place,
        Some(_) if !is_pointed => return,
        _ => {
            (galley, size) = layout(plot.width() / 2.0);
            beside(size, chart)
        }
    };
    // above what is drawn later
    let order = if is_pointed { Order::Tooltip } else { Order::Foreground };
    let layer = LayerId::new(order, ui.scope_id().with("readout"));
    let chart = Rect::from_min_max(pos2(plot.left(), chart.top), plot.max);
    let painter = ui.ctx().layer_painter(layer).with_clip_rect(ui.clip_rect().intersect(chart));
    painter.rect_filled(place, theme::corners(6), theme.overlay);
    painter.rect_stroke(place, theme::corners(6), (1.0, theme.border), StrokeKind::Inside);
    painter.galley(place.min + MARGIN / 2.0, galley, theme.text);
}

/// Above the plot, at its right, as titles are at the left; `None` where it would lie on the title or another chart.
fn above(size: Vec2, chart: Place) -> Option<Rect> {
    let place = Rect::from_min_size(chart.plot.right_top() - vec2(size.x, size.y + space::XS), size);
    (place.top() >= chart.top && place.left() >= chart.title_end).then_some(place)
}

/// In the plot, on the side of the cross-hair that has more room.
fn beside(size: Vec2, chart: Place) -> Rect {
    let plot = chart.plot.shrink(space::XS);
    let left = if chart.cursor < plot.center().x { plot.right() - size.x } else { plot.left() };
    Rect::from_min_size(pos2(left, plot.top()), size)
}

#[cfg(test)]
mod tests {
    use super::super::state::ComparedRun;
    use super::*;

    #[test]
    fn the_box_stays_in_its_chart_and_off_the_title() {
        let plot = Rect::from_min_size(pos2(50.0, 60.0), vec2(400.0, 220.0));
        let chart = |cursor| Place { top: 10.0, title_end: 180.0, plot, cursor };
        let low = above(vec2(250.0, 40.0), chart(100.0)).unwrap();
        assert!(!low.intersects(plot) && low.top() >= 10.0 && low.left() >= 180.0, "{low:?}");
        // many lines would lie on the chart above, long ones on the title
        assert_eq!([vec2(250.0, 68.0), vec2(300.0, 40.0)].map(|size| above(size, chart(100.0))), [None; 2]);
        for cursor in [100.0, 400.0] {
            let place = beside(vec2(200.0, 120.0), chart(cursor));
            assert!(plot.contains_rect(place) && !place.x_range().contains(cursor), "{cursor}: {place:?}");
        }
    }

    #[test]
    fn runs_that_are_compared_share_a_line() {
        let mut charts = Charts::default();
        charts.curves.get("similarity").push(1.0, 0.25);
        let mut other = ComparedRun::new("b".into(), "b".into(), None);
        other.curves.get("similarity").push(1.0, 0.5);
        charts.compare(other);
        charts.choices.smoothing = 0.0;
        let drawn = [line("similarity", "Similarity")];
        let text = readout(&charts, Theme::get(true), &drawn, 1.0, Some("batch 8 → 4")).text;
        assert_eq!(text, "Iteration 1, batch 8 → 4\nSimilarity  ●\u{a0}0.2500  ■\u{a0}0.5000");
        // what is drawn, and since when that is known
        charts.curves.get("similarity").push(2.0, 0.75);
        charts.choices.smoothing = 0.5;
        charts.smooth(&eframe::egui::Context::default());
        let text = readout(&charts, Theme::get(true), &drawn, 2.0, None).text.replace(NO_BREAK, " ");
        assert!(
            text.starts_with("Iteration 2, smoothed\nSimilarity  ● 0.") && text.ends_with("  ■ 0.5000 (at 1)"),
            "{text}"
        );
    }

    fn line(column: &str, name: &str) -> Drawn {
        let (column, name) = (column.into(), name.into());
        Drawn { column, name, color: Color32::WHITE, data: None, place: 0, keeps_color: false }
    }

    #[test]
    fn a_value_that_was_not_measured_there_says_when_it_was() {
        let mut charts = Charts::default();
        for (iteration, similarity) in [(10.0, 0.25), (20.0, 0.5)] {
            charts.curves.get("similarity").push(iteration, similarity);
        }
        for iteration in 1..=22 {
            charts.curves.get("generator_loss").push(f64::from(iteration), 1.0);
        }
        let drawn = [line("similarity", "Similarity"), line("generator_loss", "Generator")];
        let at = |place: f64| readout(&charts, Theme::get(true), &drawn, place, None).text.replace(NO_BREAK, " ");
        assert_eq!(at(3.2), "Iteration 3\n● Similarity – (first measured at 10)\n● Generator 1.0000");
        assert_eq!(at(12.0), "Iteration 12\n● Similarity 0.2500 (measured at 10)\n● Generator 1.0000");
        assert_eq!(at(20.0), "Iteration 20\n● Similarity 0.5000\n● Generator 1.0000");
        // the mean that is drawn is named as such
        charts.curves.get("generator_loss").push(23.0, 3.0);
        charts.choices.smoothing = 0.5;
        charts.smooth(&eframe::egui::Context::default());
        let text = readout(&charts, Theme::get(true), &drawn, 24.0, None).text.replace(NO_BREAK, " ");
        assert!(text.ends_with("● Generator 3.0000 (smoothed 2.0000, measured at 23)"), "{text}");
    }
}
