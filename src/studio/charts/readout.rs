//! What the cross-hair reads off a chart: what was known of each line by then.

use eframe::egui::{Color32, FontId, Rect, StrokeKind, TextFormat, Ui, text::LayoutJob, vec2};

use super::axis::Axis;
use super::curves::Curves;
use super::state::{Charts, Drawn};
use crate::engine_client::curves::row_of;
use crate::studio::{
    theme::{self, Theme, size, space},
    words::{duration, shortened},
};

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
    let iteration = charts.axis.iteration(&charts.curves, place).round();
    let at = match charts.axis {
        Axis::Iterations => format!("Iteration {iteration:.0}"),
        Axis::Time => format!("{} (iteration {iteration:.0})", duration(place)),
    };
    text.add(&at, theme.text);
    let is_comparing = charts.is_comparing();
    for line in drawn {
        if !(is_comparing && charts.hides_own) {
            let color = if is_comparing { theme.part(0) } else { line.color };
            text.add("\n● ", color);
            text.add(&format!("{} {}", line.name, value(&charts.curves, line, iteration)), theme.text);
            if let Some(data) = line.data {
                text.add(&format!(" (data {data:.4})"), theme.text_muted);
            }
        }
        for run in charts.compared.iter().filter(|run| !run.is_hidden) {
            let iteration = charts.axis.iteration(&run.curves, place).round();
            text.add("\n● ", theme.part(run.color));
            let value = value(&run.curves, line, iteration);
            text.add(&format!("{} {value}, {}", line.name, shortened(&run.name, 18)), theme.text_muted);
        }
    }
    if let Some(note) = note {
        text.add(&format!("\n{note}"), theme.warning);
    }
    text.job
}

/// What was known of a line by an iteration. A value that was measured earlier says when, and one that is yet to come
/// is not guessed.
fn value(curves: &Curves, line: &Drawn, iteration: f64) -> String {
    let Some(curve) = curves.0.get(&line.column) else { return "–".into() };
    let unit = row_of(&line.column).map_or("", |row| row.unit);
    let Some([at, y]) = curve.known_at(iteration) else {
        let first = curve.first().map_or(0.0, |[first, _]| first);
        return format!("– (first measured at {first:.0})");
    };
    let value = format!("{y:.4} {unit}").trim_end().to_owned();
    if at == iteration { value } else { format!("{value} (measured at {at:.0})") }
}

/// Writes it on the side where the pointer is not.
pub fn paint(ui: &Ui, inner: Rect, text: LayoutJob, is_left: bool) {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_job(text);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::theme::Theme;

    #[test]
    fn a_value_that_was_not_measured_there_says_when_it_was() {
        let mut charts = Charts::default();
        for (iteration, similarity) in [(10.0, 0.25), (20.0, 0.5)] {
            charts.curves.get("similarity").push(iteration, similarity);
        }
        for iteration in 1..=22 {
            charts.curves.get("generator_loss").push(f64::from(iteration), 1.0);
        }
        let line = |column: &str, name: &str| Drawn {
            column: column.into(),
            name: name.into(),
            color: Color32::WHITE,
            data: None,
            place: 0,
        };
        let drawn = [line("similarity", "Similarity"), line("generator_loss", "Generator")];
        let at = |place: f64| readout(&charts, Theme::get(true), &drawn, place, None).text;
        assert_eq!(at(3.2), "Iteration 3\n● Similarity – (first measured at 10)\n● Generator 1.0000");
        assert_eq!(at(12.0), "Iteration 12\n● Similarity 0.2500 (measured at 10)\n● Generator 1.0000");
        assert_eq!(at(20.0), "Iteration 20\n● Similarity 0.5000\n● Generator 1.0000");
    }
}
