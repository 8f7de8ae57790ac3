//! The rows above the notes that say sections, keys where they change, and chords, in roll and arrangement alike. A
//! click in one goes there, a double click types it anew, its beginning can be dragged, and a menu has the rest.

mod editor;
mod field;
mod names;

use std::sync::Arc;

use eframe::egui::{Align2, Color32, Galley, Mesh, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

pub use self::editor::{MarkEditor, span};
use super::{coordinates::Coordinates, paint::Canvas};
use crate::{
    music::{Chord, ChordChange, Key, KeyChange, Score, SectionChange, Tick, edit::MarkKind, key::WrittenKey},
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
/// One narrower than this cannot be pointed at, in points.
const HOVER_FROM: f32 = 4.0;
/// The nearest that the lines of marks may stand, in points.
const LINE_SPACING: f32 = 3.0;

/// Signs of chords that are shorter than what is written.
const SHORT_SIGNS: [(&str, &str); 4] = [("maj", "M"), ("m7♭5", "ø7"), ("dim", "°"), ("aug", "+")];

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
    /// The key by which chords are spelled where none is set.
    pub key: Option<Key>,
    /// Where the playhead is.
    pub playhead: Tick,
    /// Where the music is while it plays: what holds there stands out.
    pub playing_at: Option<Tick>,
}

/// What is marked from a tick on, until the next mark.
trait Mark {
    fn tick(&self) -> Tick;
    /// What is written in a key, and whether it is something: where there is no chord, that is said, too.
    fn text(&self, key: WrittenKey) -> (String, bool);
    /// What is written instead where that has no room, the longest first; `None` where the text itself is cut.
    fn shorter(&self, _key: WrittenKey) -> Option<Vec<String>> {
        None
    }
}

impl Mark for ChordChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn text(&self, key: WrittenKey) -> (String, bool) {
        (self.symbol_in(key), self.chord.is_some())
    }

    /// Short signs, then an ellipsis for the bass, then the triad. A letter alone could be another chord, a
    /// half-diminished one keeps the sign by which it differs from a diminished one, and one with another bass is never
    /// written as if it stood on its root.
    fn shorter(&self, key: WrittenKey) -> Option<Vec<String>> {
        let short = |change: Self| {
            SHORT_SIGNS.iter().fold(change.symbol_in(key), |text, (long, sign)| text.replace(long, sign))
        };
        let on_root = |chord: Chord| short(Self { chord: Some(chord), bass: chord.root, ..*self });
        let triad = |chord: Chord| match on_root(chord) {
            whole if whole.ends_with("ø7") => whole.trim_end_matches('7').to_owned(),
            _ => on_root(Chord { seventh: None, ..chord }),
        };
        let bass = |chord: Chord| if self.bass == chord.root { "" } else { "/…" };
        let cut = |chord: Chord| [on_root(chord), triad(chord)].map(|text| text + bass(chord));
        Some(self.chord.map_or_else(Vec::new, |chord| std::iter::once(short(*self)).chain(cut(chord)).collect()))
    }
}

impl Mark for SectionChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn text(&self, _key: WrittenKey) -> (String, bool) {
        (self.label.clone(), !self.label.is_empty())
    }
}

impl Mark for KeyChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn text(&self, _key: WrittenKey) -> (String, bool) {
        (self.name(), true)
    }
}

impl MarkRows {
    /// Below a ruler: sections, keys where they change, and chords below them. One that is empty is shown while
    /// something is typed in it.
    pub fn below(ruler: Rect, score: &Score, shown: MarksShown, editor: &MarkEditor) -> Self {
        let mut top = ruler.bottom();
        let mut row = |is_shown: bool| {
            let row = Rect::from_min_size(pos2(ruler.left(), top), vec2(ruler.width(), ROW_HEIGHT));
            top += if is_shown { ROW_HEIGHT } else { 0.0 };
            is_shown.then_some(row)
        };
        let has_sections = !score.sections.is_empty() && shown != MarksShown::Chords;
        let change_keys = score.keys.len() > 1 || score.keys.first().is_some_and(|first| first.tick > 0);
        let has_chords = !score.chords.is_empty() && shown != MarksShown::Sections;
        Self {
            sections: row(has_sections || editor.types(MarkKind::Section)),
            keys: row((change_keys && shown != MarksShown::Chords) || editor.types(MarkKind::Key)),
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
        editor.key = input.key;
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
            let holds = kind.text_at(input.score, input.playhead, input.key);
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
    fn show<M: Mark>(&self, marks: &[M]) -> Response {
        let seen = self.canvas.coordinates.visible_ticks();
        let first = marks.partition_point(|mark| mark.tick() <= seen.start).saturating_sub(1);
        let last = marks.partition_point(|mark| mark.tick() < seen.end);
        self.ground();
        let names = self.names(marks, first..last);
        let (mut lines_to, mut named_to) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
        for (index, name) in (first..last).zip(names) {
            let start = self.x(marks[index].tick());
            if start >= lines_to && start > self.place.left() {
                // below a name that runs over it there is room for the foot of a line alone
                self.line(start, start < named_to);
                lines_to = start + LINE_SPACING;
            }
            if let Some(galley) = name {
                named_to = self.paint_name(self.cell(marks, index), galley);
            }
            self.explain(marks, index);
        }
        if let Some(tick) = self.input.playing_at {
            // over its neighbours, where there is no room beside them
            let now = marks.partition_point(|mark| mark.tick() <= tick).checked_sub(1);
            now.filter(|now| (first..last).contains(now)).into_iter().for_each(|now| self.present(marks, now));
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

    /// From where to where a mark holds, and its cell within the row.
    fn cell(&self, marks: &[impl Mark], index: usize) -> Rect {
        let [left, right] = [marks[index].tick(), self.end(marks, index)].map(|tick| self.x(tick));
        Rect::from_x_y_ranges(left.max(self.place.left())..=right.min(self.place.right()), self.place.y_range())
    }

    fn end(&self, marks: &[impl Mark], index: usize) -> Tick {
        marks.get(index + 1).map_or(self.input.end.max(marks[index].tick() + 1), Mark::tick)
    }

    fn x(&self, tick: Tick) -> f32 {
        self.canvas.crisp(self.canvas.coordinates.x_from_tick(f64::from(tick)))
    }

    fn key_of(&self, mark: &impl Mark) -> WrittenKey {
        self.input.score.written_key_at(mark.tick(), self.input.key)
    }

    fn galley(&self, text: String, color: Color32) -> Arc<Galley> {
        self.ui.painter().layout_no_wrap(text, theme::regular(size::CAPTION), color)
    }

    fn color(&self, mark: &impl Mark) -> Color32 {
        let (_, is_some) = mark.text(self.key_of(mark));
        if is_some { self.canvas.theme.text_muted } else { self.canvas.theme.text_faint }
    }

    /// The line at the beginning of a mark.
    fn line(&self, x: f32, is_covered: bool) {
        let mut line = Mesh::default();
        let top = if is_covered { self.place.bottom() - 6.0 } else { self.place.top() + 3.0 };
        self.canvas.vertical(&mut line, x, top, self.place.bottom() - 4.0, self.canvas.theme.border_strong);
        self.ui.painter_at(self.place).add(line);
    }

    /// Paints a name from the beginning of a cell on; where it ends.
    fn paint_name(&self, cell: Rect, galley: Arc<Galley>) -> f32 {
        let at = pos2(cell.left() + 3.0, cell.center().y - galley.size().y / 2.0);
        let end = at.x + galley.size().x;
        self.ui.painter_at(self.place).galley(at, galley, self.canvas.theme.text_muted);
        end
    }

    /// Says of the cell of a mark what it is.
    fn explain(&self, marks: &[impl Mark], index: usize) {
        let cell = self.cell(marks, index);
        if cell.width() < HOVER_FROM {
            return;
        }
        let (text, _) = marks[index].text(self.key_of(&marks[index]));
        let bar = self.input.score.metre.position(marks[index].tick()).bar + 1;
        let id = self.ui.scope_id().with((self.name, marks[index].tick()));
        let response = self.ui.interact(cell, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{} {text}, bar {bar}", self.name)));
        response.on_hover_text(format!(
            "{} {text}, bar {bar}\nDouble-click to change it, drag its beginning to move it. Right-click for more",
            self.name
        ));
    }

    /// What holds while the music is there: whole, on a ground of its own.
    fn present(&self, marks: &[impl Mark], index: usize) {
        let (text, is_some) = marks[index].text(self.key_of(&marks[index]));
        if !is_some {
            return;
        }
        let (theme, painter, cell) = (self.canvas.theme, self.ui.painter_at(self.place), self.cell(marks, index));
        let galley = painter.layout_no_wrap(text, theme::bold(size::CAPTION), theme.text);
        let left = (cell.left() + 3.0).min(self.place.right() - galley.size().x - 3.0).max(self.place.left() + 3.0);
        let at = pos2(left, cell.center().y - galley.size().y / 2.0);
        let face = cell.union(cell.with_min_x(at.x - 3.0).with_max_x(at.x + galley.size().x + 3.0));
        for ground in [theme.surface, theme.accent_soft] {
            painter.rect_filled(face.shrink2(vec2(1.0, 2.0)), theme::corners(radius::S), ground);
        }
        painter.galley(at, galley, theme.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_without_room_has_shorter_spellings_but_no_letter_that_is_another_chord() {
        let key = Key::C_MAJOR.into();
        let shorter = |symbol: &str| ChordChange::from_symbol(symbol, 0).unwrap().shorter(key).unwrap();
        assert_eq!(shorter("Dm7/A"), ["Dm7/A", "Dm7/…", "Dm/…"]);
        assert_eq!(shorter("Cmaj7/E"), ["CM7/E", "CM7/…", "C/…"]);
        assert_eq!(shorter("Am7"), ["Am7", "Am7", "Am"]);
        assert_eq!(shorter("Bdim"), ["B°", "B°", "B°"]);
        assert_eq!(shorter("Bm7b5/A"), ["Bø7/A", "Bø7/…", "Bø/…"]);
        assert_eq!(shorter("N.C."), [""; 0]);
    }

    /// The names that are painted in the row of chords at a zoom, and where.
    fn painted(score: &Arc<Score>, zoom: f32, key: Option<Key>) -> Vec<(String, Rect)> {
        use eframe::egui::{Context, RawInput, Shape};
        let ctx = Context::default();
        theme::install(&ctx);
        let mut coordinates = Coordinates::default();
        coordinates.set_area(Rect::from_min_max(pos2(72.0, 50.0), pos2(800.0, 400.0)));
        coordinates.zoom_time(zoom, 72.0);
        let mut output = ctx.run_ui(RawInput::default(), |ui| {
            let ruler = Rect::from_min_max(pos2(72.0, 0.0), pos2(800.0, 30.0));
            let mut editor = MarkEditor::default();
            let rows = MarkRows::below(ruler, score, MarksShown::Chords, &editor);
            let input = MarksInput { score, end: score.chords.len() as u32 * 960, key, playhead: 0, playing_at: None };
            rows.show(ui, &coordinates, 0.0, input, &mut editor);
        });
        output.textures_delta.clear();
        let text = |shape| match shape {
            Shape::Text(text) => Some((text.galley.text().to_owned(), text.galley.rect.translate(text.pos.to_vec2()))),
            _ => None,
        };
        output
            .shapes
            .into_iter()
            .filter_map(|clipped| text(clipped.shape))
            .filter(|(text, _)| text != "Chords")
            .collect()
    }

    fn two_chords_a_bar(symbols: &[&str]) -> Arc<Score> {
        let chord = |(index, symbol): (u32, &&str)| ChordChange::from_symbol(symbol, index * 960).unwrap();
        Arc::new(Score { chords: (0..).zip(symbols).map(chord).collect(), ..Score::default() })
    }

    #[test]
    fn where_no_name_has_room_some_run_over_the_others_whole() {
        let score = two_chords_a_bar(&["Dm7", "G7", "Cmaj7", "Am7"].repeat(30));
        let texts = painted(&score, 0.15, None);
        assert!((20..60).contains(&texts.len()), "of 45 or so: {texts:?}");
        assert!(texts.iter().all(|(text, _)| ["Dm", "G", "C", "Am"].contains(&text.as_str())), "{texts:?}");
        assert!(texts.windows(2).all(|pair| pair[0].1.right() <= pair[1].1.left()), "{texts:?}");
        let wide = painted(&score, 1.0, None);
        assert_eq!(wide[..3].iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["Dm7", "G7", "Cmaj7"]);
        // a name does not run over one that has room
        let mut mixed = Score::clone(&two_chords_a_bar(&["Bbm7", "C", "F"]));
        mixed.chords[1].tick = 60;
        mixed.chords[2].tick = 4800;
        let texts: Vec<String> = painted(&Arc::new(mixed), 0.5, None).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts[0], "C");
    }

    #[test]
    fn where_no_name_has_room_the_chord_that_lasts_longest_has_it() {
        let mut score = Score::clone(&two_chords_a_bar(&["A", "G", "E", "F", "G"]));
        for (chord, tick) in score.chords.iter_mut().zip([0, 240, 720, 960, 9600]) {
            chord.tick = tick;
        }
        let texts = painted(&Arc::new(score), 0.2, None);
        let names: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(names[..2], ["G", "F"], "{texts:?}");
    }

    #[test]
    fn chords_are_spelled_by_the_key_where_they_stand() {
        let names = |score: Score, found: Option<Key>| -> Vec<String> {
            painted(&Arc::new(score), 1.0, found).into_iter().map(|(text, _)| text).collect()
        };
        let score = || Score::clone(&two_chords_a_bar(&["C#", "G#m", "C#"]));
        assert_eq!(names(score(), None), ["C♯", "A♭m", "C♯"]);
        assert_eq!(names(score(), Some(Key { tonic: 1, ..Key::C_MAJOR })), ["D♭", "A♭m", "D♭"]);
        let key = |tick, name| KeyChange::from_name(name, tick).unwrap();
        let keys = vec![key(0, "Db"), key(1920, "E")];
        assert_eq!(names(Score { keys, ..score() }, Some(Key::C_MAJOR)), ["D♭", "A♭m", "C♯"]);
    }
}
