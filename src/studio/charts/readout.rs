//! What the cross-hair reads off a chart: what was known of each line by then.

use eframe::egui::{
    Color32, FontId, LayerId, Order, Rect, StrokeKind, TextFormat, Ui, Vec2, pos2, text::LayoutJob, vec2,
};

use super::axis::Axis;
use super::curves::Curves;
use super::marks;
use super::state::{Charts, Drawn};
use crate::studio::{
    theme::{self, Theme, size, space},
    words::duration,
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

/// The values of all lines at a place on the axis, a line each; `note` stands below.
pub fn readout(charts: &Charts, theme: &Theme, drawn: &[Drawn], place: f64, note: Option<&str>) -> LayoutJob {
    let mut text = Readout { job: LayoutJob::default(), font: theme::regular(size::CAPTION) };
    let iteration = charts.choices.axis.iteration(&charts.curves, place).round().max(0.0);
    let at = match charts.choices.axis {
        Axis::Iterations => format!("Iteration {iteration:.0}"),
        Axis::Time => format!("{} (iteration {iteration:.0})", duration(place)),
    };
    text.add(&at, theme.text);
    if let Some(note) = note {
        text.add(&format!(", {note}"), theme.warning);
    }
    let is_comparing = charts.is_comparing();
    for line in drawn {
        // runs stand beside each other in their colours, so that the box is low enough to lie between two plots
        if is_comparing {
            text.add(&format!("\n{}", line.name), theme.text_muted);
        }
        if !(is_comparing && charts.hides_own) {
            let sign = if is_comparing { sign_of(charts.color) } else { "\n● ".into() };
            let color = if is_comparing { line.color_of(charts.color, theme) } else { line.color };
            text.add(&sign, color);
            let own = value(&charts.curves, line, iteration);
            text.add(&if is_comparing { unbroken(&own) } else { format!("{} {own}", line.name) }, theme.text);
            if let Some(data) = line.data {
                text.add(&format!(" (data {data:.4})"), theme.text_muted);
            }
        }
        for run in charts.compared.iter().filter(|run| !run.is_hidden) {
            let iteration = charts.choices.axis.iteration(&run.curves, place).round();
            text.add(&sign_of(run.color), line.color_of(run.color, theme));
            text.add(&unbroken(&value(&run.curves, line, iteration)), theme.text);
        }
    }
    text.job
}

/// What stands before a value of a run that is compared.
fn sign_of(run: u8) -> String {
    format!("  {}{NO_BREAK}", marks::letter(run))
}

/// In one line, so that lines are broken between runs.
fn unbroken(value: &str) -> String {
    value.replace(' ', NO_BREAK)
}

/// What was known of a line by an iteration, as it was measured; beside it, the mean that is drawn. A value that was
/// measured earlier says when, and one that is yet to come is not guessed.
fn value(curves: &Curves, line: &Drawn, iteration: f64) -> String {
    let Some(curve) = curves.0.get(&line.column) else { return "–".into() };
    let Some([at, measured, smoothed]) = curve.known_at(iteration) else {
        let first = curve.first().map_or(0.0, |[first, _]| first);
        return format!("– (first measured at {first:.0})");
    };
    let [measured, smoothed] = [measured, smoothed].map(|value| format!("{value:.4}").replace('-', "−"));
    let notes = [
        (smoothed != measured).then(|| format!("smoothed {smoothed}")),
        (at != iteration).then(|| format!("measured at {at:.0}")),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    if notes.is_empty() { measured } else { format!("{measured} ({})", notes.join(", ")) }
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
        let drawn = [line("similarity", "Similarity")];
        let text = readout(&charts, Theme::get(true), &drawn, 1.0, Some("batch 8 → 4")).text;
        assert_eq!(text, "Iteration 1, batch 8 → 4\nSimilarity  ●\u{a0}0.2500  ■\u{a0}0.5000");
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
        let at = |place: f64| readout(&charts, Theme::get(true), &drawn, place, None).text;
        assert_eq!(at(3.2), "Iteration 3\n● Similarity – (first measured at 10)\n● Generator 1.0000");
        assert_eq!(at(12.0), "Iteration 12\n● Similarity 0.2500 (measured at 10)\n● Generator 1.0000");
        assert_eq!(at(20.0), "Iteration 20\n● Similarity 0.5000\n● Generator 1.0000");
        // the mean that is drawn is named as such
        charts.curves.get("generator_loss").push(23.0, 3.0);
        charts.choices.smoothing = 0.5;
        charts.smooth(&eframe::egui::Context::default());
        let text = readout(&charts, Theme::get(true), &drawn, 24.0, None).text;
        assert!(text.ends_with("● Generator 3.0000 (smoothed 2.0000, measured at 23)"), "{text}");
    }
}
