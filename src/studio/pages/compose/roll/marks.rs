//! The row above the notes that says the chords, in roll and arrangement alike: it is read, and a click in it seeks.

use std::ops::Range;

use eframe::egui::{Align2, Color32, Mesh, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::paint::Canvas;
use crate::{
    music::{MetreMap, Score, Tick},
    studio::{
        actions::RollAction,
        theme::{self, radius, size, space},
        widgets,
    },
};

/// The height of a row, in points.
const ROW_HEIGHT: f32 = 20.0;
/// A mark narrower than this has no text, in points.
const TEXT_FROM: f32 = 14.0;
/// The nearest that marks' lines may stand, in points.
const LINE_SPACING: f32 = 3.0;

/// What is marked from one tick to another.
struct Mark<'a> {
    ticks: Range<Tick>,
    text: &'a dyn Fn() -> String,
    /// Whether there is something: no chord is marked, too.
    is_some: bool,
}

/// Where the rows lie: none where there is nothing to mark.
#[derive(Clone, Copy, Debug)]
pub struct MarkRows {
    chords: Option<Rect>,
}

/// What the rows are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct MarksInput<'a> {
    /// The score whose marks they are.
    pub score: &'a Score,
    /// Where the last mark ends, in ticks.
    pub end: Tick,
    /// Where the music is while it plays: what holds there stands out.
    pub playing_at: Option<Tick>,
}

impl MarkRows {
    /// How high they are together, in points.
    pub fn height(score: &Score) -> f32 {
        if score.chords.is_empty() { 0.0 } else { ROW_HEIGHT }
    }

    /// Below a ruler.
    pub fn below(ruler: Rect, score: &Score) -> Self {
        let row = Rect::from_min_size(ruler.left_bottom(), vec2(ruler.width(), ROW_HEIGHT));
        Self { chords: (!score.chords.is_empty()).then_some(row) }
    }

    /// Draws them, their names from `left` on, and answers with what a click asked for.
    pub fn show(self, ui: &Ui, canvas: &Canvas<'_>, left: f32, input: MarksInput<'_>) -> Option<RollAction> {
        self.show_chords(ui, canvas, left, input)
    }

    fn show_chords(self, ui: &Ui, canvas: &Canvas<'_>, left: f32, input: MarksInput<'_>) -> Option<RollAction> {
        let row = self.chords?;
        let chords = &input.score.chords;
        let seen = canvas.coordinates.visible_ticks();
        let first = chords.partition_point(|change| change.tick <= seen.start).saturating_sub(1);
        let last = chords.partition_point(|change| change.tick < seen.end);
        let end = |index: usize| chords.get(index + 1).map_or(input.end.max(seen.end), |next| next.tick);
        let row = Row { ui, canvas, row, name: "Chord", metre: &input.score.metre, playing_at: input.playing_at };
        row.begin(left, "Chords");
        let mut line_from = f32::NEG_INFINITY;
        for (index, change) in chords.iter().enumerate().take(last).skip(first) {
            let text = || theme::written(&change.symbol());
            let mark = Mark { ticks: change.tick..end(index), text: &text, is_some: change.chord.is_some() };
            row.mark(&mark, &mut line_from);
        }
        let clicked = row.clicked()?;
        let at = chords.partition_point(|change| change.tick <= clicked).checked_sub(1)?;
        Some(RollAction::Seek(chords[at].tick))
    }
}

/// A row while it is drawn.
struct Row<'a> {
    ui: &'a Ui,
    canvas: &'a Canvas<'a>,
    row: Rect,
    name: &'static str,
    metre: &'a MetreMap,
    playing_at: Option<Tick>,
}

impl Row<'_> {
    /// Its ground, and its name at the left.
    fn begin(&self, left: f32, title: &str) {
        let (painter, theme) = (self.ui.painter(), self.canvas.theme);
        let whole = self.row.with_min_x(left);
        painter.rect_filled(whole, 0.0, theme.surface);
        painter.hline(whole.x_range(), whole.bottom() - 0.5, theme.hairline());
        let at = pos2(left + space::S, whole.center().y);
        painter.text(at, Align2::LEFT_CENTER, title, theme::regular(size::CAPTION), theme.text_faint);
    }

    fn mark(&self, mark: &Mark<'_>, line_from: &mut f32) {
        let (canvas, theme) = (self.canvas, self.canvas.theme);
        let painter = self.ui.painter_at(self.row);
        let x = |tick: Tick| canvas.crisp(canvas.coordinates.x_from_tick(f64::from(tick)));
        let [start, end] = [mark.ticks.start, mark.ticks.end].map(x);
        let cell = Rect::from_x_y_ranges(start.max(self.row.left())..=end.min(self.row.right()), self.row.y_range());
        let is_present = mark.is_some && self.playing_at.is_some_and(|tick| mark.ticks.contains(&tick));
        if is_present && cell.width() >= 1.0 {
            let face = cell.shrink2(vec2(1.0, 2.0));
            painter.rect_filled(face, theme::corners(radius::S), theme.accent_soft);
        }
        if start >= *line_from && start > self.row.left() {
            let mut line = Mesh::default();
            canvas.vertical(&mut line, start, self.row.top() + 3.0, self.row.bottom() - 4.0, theme.border_strong);
            painter.add(line);
            *line_from = start + LINE_SPACING;
        }
        if cell.width() < TEXT_FROM {
            return;
        }
        let color = match (is_present, mark.is_some) {
            (true, _) => theme.text,
            (false, true) => theme.text_muted,
            (false, false) => theme.text_faint,
        };
        let text = (mark.text)();
        self.write(cell, &text, color, is_present);
        let bar = self.metre.position(mark.ticks.start).bar + 1;
        let id = self.ui.scope_id().with((self.name, mark.ticks.start));
        let response = self.ui.interact(cell, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{} {text}, bar {bar}", self.name)));
        response.on_hover_text(format!("{text}, bar {bar}"));
    }

    /// Writes into a cell, cut with an ellipsis where it is too narrow.
    fn write(&self, cell: Rect, text: &str, color: Color32, is_present: bool) {
        let painter = self.ui.painter_at(cell);
        let font = if is_present { theme::bold(size::CAPTION) } else { theme::regular(size::CAPTION) };
        let galley = widgets::cut(&painter, text, font, color, cell.width() - 5.0);
        let at = pos2(cell.left() + 4.0, cell.center().y - galley.size().y / 2.0);
        painter.galley(at, galley, color);
    }

    /// The tick of a click in it.
    fn clicked(&self) -> Option<Tick> {
        let id = self.ui.scope_id().with((self.name, "row"));
        let response = self.ui.interact(self.row, id, Sense::CLICK);
        let pos = response.interact_pointer_pos().filter(|_| response.clicked())?;
        Some(self.canvas.coordinates.clamped_tick_from_x(pos.x))
    }
}
