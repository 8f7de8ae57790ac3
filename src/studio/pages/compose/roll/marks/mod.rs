//! The rows above the notes that say sections, keys where they change, and chords, in roll and arrangement alike. A
//! click in one goes there, a double click types it anew, its beginning can be dragged, and a menu has the rest.

mod editor;
mod field;

use std::{ops::Range, sync::Arc};

use eframe::egui::{Align2, Mesh, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

pub use self::editor::{MarkEditor, span};
use super::{coordinates::Coordinates, paint::Canvas};
use crate::{
    music::{Chord, ChordChange, KeyChange, Score, SectionChange, Tick, edit::MarkKind},
    studio::{
        actions::RollAction,
        theme::{self, Theme, radius, size, space},
        widgets,
    },
};

/// The height of a row, in points.
const ROW_HEIGHT: f32 = 20.0;
/// The height of a field in the ruler, in points.
pub const FIELD_HEIGHT: f32 = 20.0;
/// A mark narrower than this has no text, in points.
const TEXT_FROM: f32 = 10.0;
/// The nearest that the lines of marks may stand, in points.
const LINE_SPACING: f32 = 3.0;

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarksShown {
    /// Sections, keys and chords.
    #[default]
    All,
    /// Sections and keys: the chords stand elsewhere.
    Sections,
    /// Chords alone.
    Chords,
}

/// Where the rows lie: none where there is nothing to mark.
#[derive(Clone, Copy, Debug)]
pub struct MarkRows {
    sections: Option<Rect>,
    keys: Option<Rect>,
    chords: Option<Rect>,
}

/// What the rows are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct MarksInput<'a> {
    /// The score whose marks they are.
    pub score: &'a Arc<Score>,
    /// Where the last mark ends, in ticks.
    pub end: Tick,
    /// Where the playhead is.
    pub playhead: Tick,
    /// Where the music is while it plays: what holds there stands out.
    pub playing_at: Option<Tick>,
}

/// What is marked from a tick on, until the next mark.
trait Mark {
    fn tick(&self) -> Tick;
    /// What is written, and whether it is something: where there is no chord, that is said, too.
    fn text(&self) -> (String, bool);
    /// What is written instead where that has no room, the longest first; `None` where the text itself is cut.
    fn shorter(&self) -> Option<Vec<String>> {
        None
    }
}

impl Mark for ChordChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn text(&self) -> (String, bool) {
        (theme::written(&self.symbol()), self.chord.is_some())
    }

    /// Short signs, then without the bass, then the triad alone. A letter alone could be another chord.
    fn shorter(&self) -> Option<Vec<String>> {
        let short = |change: Self| {
            let symbol = change.symbol().replace("maj", "M").replace("dim", "°").replace("aug", "+");
            theme::written(&symbol)
        };
        let on_root = |chord: Chord| short(Self { chord: Some(chord), bass: chord.root, ..*self });
        let triad = |chord: Chord| on_root(Chord { seventh: None, ..chord });
        Some(self.chord.map_or_else(Vec::new, |chord| vec![short(*self), on_root(chord), triad(chord)]))
    }
}

impl Mark for SectionChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn text(&self) -> (String, bool) {
        (self.label.clone(), !self.label.is_empty())
    }
}

impl Mark for KeyChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn text(&self) -> (String, bool) {
        (theme::written(&self.name()), true)
    }
}

impl MarkRows {
    /// Below a ruler: sections, keys where there are several, and chords below them. One that is empty is shown while
    /// something is typed in it.
    pub fn below(ruler: Rect, score: &Score, shown: MarksShown, editor: &MarkEditor) -> Self {
        let mut top = ruler.bottom();
        let mut row = |is_shown: bool| {
            let row = Rect::from_min_size(pos2(ruler.left(), top), vec2(ruler.width(), ROW_HEIGHT));
            top += if is_shown { ROW_HEIGHT } else { 0.0 };
            is_shown.then_some(row)
        };
        let has_sections = !score.sections.is_empty() && shown != MarksShown::Chords;
        let has_chords = !score.chords.is_empty() && shown != MarksShown::Sections;
        Self {
            sections: row(has_sections || editor.types(MarkKind::Section)),
            keys: row((score.keys.len() > 1 && shown != MarksShown::Chords) || editor.types(MarkKind::Key)),
            chords: row(has_chords || editor.types(MarkKind::Chord)),
        }
    }

    /// Where they end, below that ruler.
    pub fn bottom(self, ruler: Rect) -> f32 {
        self.chords.or(self.keys).or(self.sections).unwrap_or(ruler).bottom()
    }

    /// Draws them, their names from `left` on, and answers with what was done in them.
    pub fn show(
        self,
        ui: &mut Ui,
        coordinates: &Coordinates,
        left: f32,
        input: MarksInput<'_>,
        editor: &mut MarkEditor,
    ) -> Vec<RollAction> {
        let mut asked = Vec::new();
        let painter = ui.painter().clone();
        let canvas = Canvas { painter: &painter, theme: Theme::of(ui), coordinates };
        let drawn = &*ui;
        let row = |place, name, title| Row { ui: drawn, canvas: &canvas, left, place, name, title, input };
        let sections = self.sections.map(|at| (at, row(at, "Section", "Sections").show(&input.score.sections)));
        let keys = self.keys.map(|at| (at, row(at, "Key", "Keys").show(&input.score.keys)));
        let chords = self.chords.map(|at| (at, row(at, "Chord", "Chords").show(&input.score.chords)));
        for (shown, kind, title) in [
            (sections, MarkKind::Section, "Sections"),
            (keys, MarkKind::Key, "Keys"),
            (chords, MarkKind::Chord, "Chords"),
        ] {
            let Some((place, response)) = shown else { continue };
            let holds = kind.text_at(input.score, input.playhead);
            response.widget_info(|| {
                let what = if holds.is_empty() { "none at the playhead" } else { &holds };
                WidgetInfo::labeled(Role::Button, true, format!("{title}: {what}"))
            });
            widgets::focus_ring(ui, &response, place);
            asked.extend(editor.point(ui, &response, kind, coordinates, input));
            asked.extend(editor.show_field(ui, place, kind, coordinates, input.score));
        }
        asked
    }
}

/// A row while it is drawn.
struct Row<'a> {
    ui: &'a Ui,
    canvas: &'a Canvas<'a>,
    /// Where its title begins.
    left: f32,
    place: Rect,
    /// What one of its marks is called.
    name: &'static str,
    title: &'static str,
    input: MarksInput<'a>,
}

impl Row<'_> {
    /// Draws the row.
    fn show(&self, marks: &[impl Mark]) -> Response {
        let seen = self.canvas.coordinates.visible_ticks();
        let first = marks.partition_point(|mark| mark.tick() <= seen.start).saturating_sub(1);
        let last = marks.partition_point(|mark| mark.tick() < seen.end);
        let ticks = |index: usize| {
            let start = marks[index].tick();
            start..marks.get(index + 1).map_or(self.input.end.max(start + 1), Mark::tick)
        };
        self.ground();
        let mut line_from = f32::NEG_INFINITY;
        for (index, mark) in marks.iter().enumerate().take(last).skip(first) {
            self.mark(mark, ticks(index), &mut line_from);
        }
        self.ui.interact(self.place, self.ui.scope_id().with((self.name, "row")), Sense::click_and_drag())
    }

    /// Its ground, and its title at the left.
    fn ground(&self) {
        let (painter, theme) = (self.ui.painter(), self.canvas.theme);
        let whole = self.place.with_min_x(self.left);
        painter.rect_filled(whole, 0.0, theme.surface);
        painter.hline(whole.x_range(), whole.bottom() - 0.5, theme.hairline());
        let at = pos2(self.left + space::S, whole.center().y);
        painter.text(at, Align2::LEFT_CENTER, self.title, theme::regular(size::CAPTION), theme.text_faint);
    }

    fn mark(&self, mark: &impl Mark, ticks: Range<Tick>, line_from: &mut f32) {
        let (canvas, theme) = (self.canvas, self.canvas.theme);
        let painter = self.ui.painter_at(self.place);
        let x = |tick: Tick| canvas.crisp(canvas.coordinates.x_from_tick(f64::from(tick)));
        let [start, end] = [ticks.start, ticks.end].map(x);
        let cell =
            Rect::from_x_y_ranges(start.max(self.place.left())..=end.min(self.place.right()), self.place.y_range());
        if start >= *line_from && start > self.place.left() {
            let mut line = Mesh::default();
            canvas.vertical(&mut line, start, self.place.top() + 3.0, self.place.bottom() - 4.0, theme.border_strong);
            painter.add(line);
            *line_from = start + LINE_SPACING;
        }
        let is_now = self.input.playing_at.is_some_and(|tick| ticks.contains(&tick));
        if cell.width() < TEXT_FROM && !is_now {
            return;
        }
        let (text, is_some) = mark.text();
        let is_present = is_now && is_some;
        if is_present {
            let face = cell.shrink2(vec2(1.0, 2.0));
            painter.rect_filled(face, theme::corners(radius::S), theme.accent_soft);
        }
        let color = match (is_present, is_some) {
            (true, _) => theme.text,
            (false, true) => theme.text_muted,
            (false, false) => theme.text_faint,
        };
        let font = if is_present { theme::bold(size::CAPTION) } else { theme::regular(size::CAPTION) };
        let room = cell.width() - 4.0;
        let whole = |text: String| painter.layout_no_wrap(text, font.clone(), color);
        let galley = match mark.shorter() {
            Some(shorter) => {
                let mut spellings = std::iter::once(text.clone()).chain(shorter).map(whole);
                spellings.find(|galley| galley.size().x <= room)
            }
            None => Some(widgets::cut(&painter, &text, font.clone(), color, room)),
        };
        // an ellipsis alone says nothing
        if let Some(galley) = galley.filter(|galley| !galley.elided || galley.size().x > 15.0) {
            let at = pos2(cell.left() + 3.0, cell.center().y - galley.size().y / 2.0);
            painter.with_clip_rect(cell.intersect(painter.clip_rect())).galley(at, galley, color);
        }
        let bar = self.input.score.metre.position(ticks.start).bar + 1;
        let response = self.ui.interact(cell, self.ui.scope_id().with((self.name, ticks.start)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{} {text}, bar {bar}", self.name)));
        response.on_hover_text(format!(
            "{} {text}, bar {bar}\nDouble-click to change it, drag its beginning to move it. Right-click for more",
            self.name
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_without_room_has_shorter_spellings_but_no_letter_that_is_another_chord() {
        let shorter = |symbol: &str| ChordChange::from_symbol(symbol, 0).unwrap().shorter().unwrap();
        assert_eq!(shorter("Dm7/A"), ["Dm7/A", "Dm7", "Dm"]);
        assert_eq!(shorter("Cmaj7/E"), ["CM7/E", "CM7", "C"]);
        assert_eq!(shorter("Bdim"), ["B°", "B°", "B°"]);
        assert_eq!(shorter("N.C."), [""; 0]);
    }
}
