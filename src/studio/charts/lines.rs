//! The lines of a chart: of the run itself and of those laid beside it, thinned to the pixels there are.

use std::ops::Range;

use eframe::egui::Color32;
use egui_plot::{Line, LineStyle, MarkerShape, PlotPoints, Points};

use super::axis::Axis;
use super::curves::{As, Curves};
use super::marks;
use super::scale::Scale;
use super::state::{Charts, Drawn};
use crate::studio::theme::Theme;

/// Measurements so few that each is marked; a line alone would hide the first.
const FEW: usize = 24;
/// Room above and below what is drawn, as a share of it.
const ROOM: f64 = 0.06;
/// Where the smallest value lies below this share of the largest, zero is in view, too.
const NEAR_ZERO: f64 = 0.4;

/// How a chart looks at its curves.
#[derive(Debug)]
pub struct Look {
    /// How values are laid on the axis.
    pub scale: Scale,
    /// What the curves run over.
    pub axis: Axis,
    /// The stretch of it in view.
    pub visible: Range<f64>,
    /// Whether curves are laid from 0, their least value, to 1, their greatest.
    pub by_range: Option<ByRange>,
    /// Pixels from one side to the other.
    pub width: usize,
}

/// Whose least and greatest values are meant where those of others tell nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByRange {
    /// Those of each curve.
    Curve,
    /// Those of all that is drawn of a run.
    Run,
}

/// What is handed to the plot.
pub struct Lines {
    /// Curves, from the faintest to what lies above all.
    pub curves: Vec<Line<'static>>,
    /// Marks of single measurements.
    pub dots: Vec<Points<'static>>,
    /// The values in view, as they lie on the axis.
    pub heights: Range<f64>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { curves: Vec::new(), dots: Vec::new(), heights: f64::INFINITY..f64::NEG_INFINITY }
    }
}

/// How a line of that place in its chart is dashed, where colours tell runs.
pub fn style_of(place: usize) -> LineStyle {
    match place % 5 {
        0 => LineStyle::Solid,
        1 => LineStyle::dashed_dense(),
        2 => LineStyle::dotted_dense(),
        3 => LineStyle::dashed_loose(),
        _ => LineStyle::dotted_loose(),
    }
}

/// How a line and the marks on it are drawn.
struct Pen {
    color: Color32,
    style: LineStyle,
    shape: MarkerShape,
    is_filled: bool,
    width: f32,
}

impl Pen {
    /// Of runs that are compared: colour and shape tell the run, dashes and filling the curve, or its colour does.
    fn of_run(theme: &Theme, run: u8, line: &Drawn, width: f32) -> Self {
        let place = if line.keeps_color { 0 } else { line.place };
        Self {
            color: line.color_of(run, theme),
            style: style_of(place),
            shape: marks::shape(run),
            is_filled: marks::is_filled(place),
            width,
        }
    }
}

/// All lines of a chart.
pub fn lines(charts: &Charts, theme: &Theme, drawn: &[Drawn], look: &Look) -> Lines {
    let is_comparing = charts.is_comparing();
    let columns: Vec<&str> = drawn.iter().map(|line| line.column.as_str()).collect();
    let mut all = Lines::default();
    let is_own_shown = !(is_comparing && charts.hides_own);
    let own: Vec<(&Drawn, Vec<Vec<[f64; 2]>>)> = if is_own_shown {
        drawn.iter().map(|line| (line, points_of(&charts.curves, (&line.column, &columns), look, As::Raw))).collect()
    } else {
        Vec::new()
    };
    for (line, measured) in &own {
        let color = if is_comparing { line.color_of(charts.color, theme) } else { line.color };
        if charts.choices.smoothing > 0.0
            && charts.curves.0.get(&line.column).is_some_and(|of| !of.is_measured_seldom())
        {
            for points in measured {
                all.include(points, look); // its spikes are in sight, too
                let faint = Line::new("", PlotPoints::from(points.clone())).color(color.gamma_multiply(0.25));
                all.curves.push(faint.allow_hover(false));
            }
        }
    }
    for run in charts.compared.iter().filter(|run| !run.is_hidden) {
        for line in drawn {
            let measured = points_of(&run.curves, (&line.column, &columns), look, As::Raw);
            let mut pen = Pen::of_run(theme, run.color, line, 1.5);
            if line.keeps_color {
                pen.color = pen.color.gamma_multiply(0.6); // the run that is looked at stands out
            }
            all.draw(&run.curves, &columns, (line, measured), look, &pen);
        }
    }
    for (line, measured) in own {
        let own =
            Pen { color: line.color, style: LineStyle::Solid, shape: marks::shape(0), is_filled: true, width: 2.0 };
        let own = if is_comparing { Pen::of_run(theme, charts.color, line, 2.0) } else { own };
        all.draw(&charts.curves, &columns, (line, measured), look, &own);
    }
    for data in drawn.iter().filter_map(|line| line.data) {
        all.make_room(look.scale.of(data));
    }
    all
}

impl Lines {
    /// Draws a line whose measured points are at hand, one of these columns.
    fn draw(
        &mut self,
        curves: &Curves,
        columns: &[&str],
        (line, measured): (&Drawn, Vec<Vec<[f64; 2]>>),
        look: &Look,
        pen: &Pen,
    ) {
        let is_few = measured.iter().map(Vec::len).sum::<usize>() <= FEW;
        // a dot says that this was measured there, so none lies on a mean
        let marked: Vec<[f64; 2]> =
            measured.into_iter().filter(|points| is_few || points.len() == 1).flatten().collect();
        self.include(&marked, look);
        for points in points_of(curves, (&line.column, columns), look, As::Smoothed) {
            self.include(&points, look);
            let line = Line::new(line.name.clone(), PlotPoints::from(points)).color(pen.color);
            self.curves.push(line.width(pen.width).style(pen.style).allow_hover(false));
        }
        if !marked.is_empty() {
            let dots = Points::new(line.name.clone(), PlotPoints::from(marked));
            let dots = dots.color(pen.color).shape(pen.shape).filled(pen.is_filled);
            // corners take from a shape what a circle has
            let radius = if pen.shape == MarkerShape::Circle { 1.0 } else { 2.0 } + pen.width;
            self.dots.push(dots.radius(radius).allow_hover(false));
        }
    }

    fn include(&mut self, points: &[[f64; 2]], look: &Look) {
        points.iter().filter(|[x, _]| look.visible.contains(x)).for_each(|[_, y]| self.make_room(*y));
    }

    fn make_room(&mut self, value: f64) {
        self.heights = self.heights.start.min(value)..self.heights.end.max(value);
    }
}

/// The points of a curve that are to be drawn beside others of its run, as they lie in the chart, apart where nothing
/// was measured.
fn points_of(curves: &Curves, (column, beside): (&str, &[&str]), look: &Look, drawn: As) -> Vec<Vec<[f64; 2]>> {
    let Some(curve) = curves.0.get(column) else { return Vec::new() };
    let [first, last] = [look.visible.start, look.visible.end].map(|place| look.axis.iteration(curves, place));
    let pixels = match drawn {
        As::Raw => look.width,
        As::Smoothed => look.width * 7 / 10, // it has no spikes
    };
    let mut stretches = curve.stretches(first..last, pixels, drawn);
    let of_run = || {
        let ranges = beside.iter().filter_map(|column| curves.0.get(*column)?.range());
        ranges.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
    };
    let range = look.by_range.and_then(|by| if by == ByRange::Run { of_run() } else { curve.range() });
    let height = |y: f64| match &range {
        Some(range) => (y - range.start) / (range.end - range.start).max(f64::MIN_POSITIVE),
        None => look.scale.of(y),
    };
    for point in stretches.iter_mut().flatten() {
        *point = [look.axis.place(curves, point[0]), height(point[1])];
    }
    stretches
}

/// The stretch of an axis that shows values of this range: all of them and a little room, with zero where that is near.
pub fn fitted(values: &Range<f64>) -> Range<f64> {
    let (low, high) = (values.start, values.end);
    let largest = low.abs().max(high.abs());
    if !(low <= high && largest > 0.0) {
        return 0.0..1.0;
    }
    let low = if low > 0.0 && low < NEAR_ZERO * high { 0.0 } else { low };
    let high = if high < 0.0 && high > NEAR_ZERO * low { 0.0 } else { high };
    let room = ((high - low) * ROOM).max(0.02 * largest);
    low - room..high + room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_lie_where_it_was_measured_and_gaps_are_left() {
        use egui_plot::PlotItem as _;
        let mut charts = Charts::default();
        charts.choices.smoothing = 0.9;
        for (iteration, variety) in [(0.0, 0.86), (10.0, 0.5), (40.0, 0.08)] {
            charts.curves.get("variety").push(iteration, variety);
        }
        for iteration in (0..420).chain(465..700) {
            charts.curves.get("reconstruction").push(f64::from(iteration), f64::from(iteration % 2));
        }
        charts.smooth(&eframe::egui::Context::default());
        let line = |column: &str| Drawn {
            column: column.into(),
            name: column.into(),
            color: Color32::WHITE,
            data: None,
            place: 0,
            keeps_color: false,
        };
        let look = |is_by_range: bool, visible: Range<f64>| Look {
            scale: Scale::Linear,
            axis: Axis::Iterations,
            visible,
            by_range: is_by_range.then_some(ByRange::Curve),
            width: 445,
        };
        let points = |item: &Points<'_>| match item.geometry() {
            egui_plot::PlotGeometry::Points(points) => points.iter().map(|point| point.y).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let seldom = lines(&charts, Theme::get(true), &[line("variety")], &look(false, 0.0..700.0));
        assert_eq!(points(&seldom.dots[0]), [0.86, 0.5, 0.08]);
        assert_eq!(seldom.curves.len(), 1, "there is no fainter line of what it was");
        let often = lines(&charts, Theme::get(true), &[line("reconstruction")], &look(false, 0.0..700.0));
        assert_eq!((often.curves.len(), often.dots.len()), (4, 0), "two stretches, raw and smoothed");
        let ends: Vec<_> = often.curves.iter().map(|line| (line.bounds().min()[0], line.bounds().max()[0])).collect();
        assert_eq!(ends[2..], [(0.0, 419.0), (465.0, 699.0)]);
        // by its own range, even a curve of very small values fills the chart
        let by_range = lines(&charts, Theme::get(true), &[line("variety")], &look(true, 0.0..700.0));
        assert_eq!((by_range.heights.start, by_range.heights.end), (0.0, 1.0));
        // by that of its run, it stays below the others of that
        let of_run = Look { by_range: Some(ByRange::Run), ..look(true, 0.0..700.0) };
        let by_run = lines(&charts, Theme::get(true), &[line("variety"), line("reconstruction")], &of_run);
        assert_eq!(points(&by_run.dots[0]), [0.86, 0.5, 0.08], "from 0 to 1 already");
        // what is drawn faintly is not cut at the edge
        let raw = lines(&charts, Theme::get(true), &[line("reconstruction")], &look(false, 0.0..700.0));
        assert_eq!((raw.heights.start, raw.heights.end), (0.0, 1.0));
        // near enough for dots, a smoothed curve has them where it was measured
        let near = lines(&charts, Theme::get(true), &[line("reconstruction")], &look(false, 5.0..9.0));
        assert!(points(&near.dots[0]).iter().all(|y| *y == 0.0 || *y == 1.0));
    }

    #[test]
    fn axes_are_as_high_as_what_they_show() {
        let near = |range: Range<f64>, low: f64, high: f64| {
            assert!((range.start - low).abs() < 1e-9 && (range.end - high).abs() < 1e-9, "{range:?}");
        };
        near(fitted(&(0.1..1.0)), -0.06, 1.06); // zero is near
        near(fitted(&(0.8..0.9)), 0.782, 0.918);
        near(fitted(&(-500.0..-5.0)), -530.0, 30.0);
        near(fitted(&(0.5..0.5)), 0.49, 0.51);
        near(fitted(&(0.0..0.0)), 0.0, 1.0);
        near(fitted(&Lines::default().heights), 0.0, 1.0);
    }
}
