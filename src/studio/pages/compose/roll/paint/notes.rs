//! Notes: rounded where there is room, plain rectangles in one mesh where thousands are seen.

use std::ops::Range;

use eframe::egui::{Align2, Color32, Mesh, Painter, Rect, Stroke, StrokeKind, pos2};

use super::{
    super::{coordinates::Coordinates, gestures::hit::MIN_NOTE_WIDTH, index::NoteIndex},
    Canvas,
};
use crate::{
    music::{Key, Note, Pitch, Tick, Velocity, edit::Selection},
    studio::theme::{self, Theme, size},
};

/// More than this many notes are painted as plain rectangles.
const MANY: usize = 1500;
/// How much of its colour another part's note has: enough to read the harmony from.
const GHOST: f32 = 0.42;

/// How notes of one part look.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The part's colour.
    pub color: Color32,
    /// Which are selected.
    pub selection: &'a Selection,
    /// Which one is under the pointer.
    pub hovered: Option<Note>,
    /// The key that names are spelled in.
    pub key: Option<Key>,
}

/// A part's colour, fuller the harder the note is struck.
pub fn fill(theme: &Theme, color: Color32, velocity: Velocity) -> Color32 {
    let strength = 0.38 + 0.62 * f32::from(velocity.get()) / 127.0;
    Theme::mix(theme.roll_white, color, strength)
}

/// The ticks whose notes are seen.
pub fn ticks_in_sight(canvas: &Canvas<'_>) -> Range<Tick> {
    // a note too short to be seen is drawn wider than it is
    let margin = (f64::from(MIN_NOTE_WIDTH) / canvas.coordinates.points_per_tick()) as Tick;
    let ticks = canvas.coordinates.visible_ticks();
    ticks.start.saturating_sub(margin)..ticks.end
}

/// The notes that are seen of a part.
fn seen<'a>(canvas: &Canvas<'_>, index: &'a NoteIndex) -> impl Iterator<Item = &'a Note> {
    let pitches = canvas.coordinates.visible_pitches();
    index.sounding_in(ticks_in_sight(canvas)).filter(move |note| pitches.contains(&note.pitch))
}

/// Where a note is drawn: a hair shorter than it is, so that repeated notes stay apart.
fn drawn_rect(canvas: &Canvas<'_>, note: &Note) -> Rect {
    let rect = canvas.crisp_rect(canvas.coordinates.note_rect(note));
    let line = canvas.hairline();
    let right = (rect.right() - line).max(rect.left() + MIN_NOTE_WIDTH);
    let inset = if rect.height() > 5.0 { line } else { 0.0 };
    Rect::from_min_max(pos2(rect.left(), rect.top() + inset), pos2(right, rect.bottom() - line))
}

/// From ticks to the screen's pixels, quickly: a hundred thousand notes are asked for theirs in every frame.
pub struct Pixels<'a> {
    coordinates: &'a Coordinates,
    scale: f32,
}

impl<'a> Pixels<'a> {
    /// Those of a canvas.
    pub fn of(canvas: &Canvas<'a>) -> Self {
        Self { coordinates: canvas.coordinates, scale: canvas.painter.pixels_per_point() }
    }

    /// The edge of a pixel that is nearest to a tick, counted from the window's left edge.
    pub fn at(&self, tick: Tick) -> i32 {
        (self.coordinates.x_from_tick(f64::from(tick)) * self.scale + 0.5) as i32
    }

    /// From where to where a note is drawn, at least so many points wide.
    pub fn of_note(&self, note: &Note, least: f32) -> (i32, i32) {
        let (left, line) = (self.at(note.start), self.scale.round().max(1.0) as i32);
        (left, (self.at(note.end()) - line).max(left + (least * self.scale) as i32))
    }

    /// Points of an edge.
    pub fn points(&self, pixel: i32) -> f32 {
        pixel as f32 / self.scale
    }

    /// Where notes are painted that lie upon each other, given the upper and lower edge of each pitch's row.
    pub fn place(&self, run: Run, rows: &[(f32, f32); 128]) -> Rect {
        let (top, bottom) = rows[usize::from(run.pitch.get())];
        Rect::from_x_y_ranges(self.points(run.left)..=self.points(run.right), top..=bottom)
    }
}

/// Where several notes of a pitch share pixels: one of the places that they are painted on, no wider than this, in
/// pixels, so that loud and soft stretches stay apart.
const WIDEST_RUN: i32 = 12;

/// Notes of one pitch that lie upon each other on the screen, from pixel to pixel, and the hardest struck of them.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Their pitch.
    pub pitch: Pitch,
    /// Where they begin.
    pub left: i32,
    /// Where they end.
    pub right: i32,
    /// How hard the hardest of them is struck.
    pub velocity: Velocity,
}

/// What notes come to on the screen: each place of a pitch once. Far out, a hundred notes share a few pixels.
pub fn runs<'n>(pixels: &Pixels<'_>, least: f32, notes: impl Iterator<Item = &'n Note>, mut each: impl FnMut(Run)) {
    let mut begun: [Option<Run>; 128] = [None; 128];
    for note in notes {
        let (mut left, right) = pixels.of_note(note, least);
        let run = &mut begun[usize::from(note.pitch.get())];
        if let Some(before) = run {
            if right <= before.right {
                continue; // behind one that was painted
            }
            if left < before.right && right - before.left <= WIDEST_RUN {
                before.right = right;
                before.velocity = before.velocity.max(note.velocity);
                continue;
            }
            left = left.max(before.right);
            each(*before);
        }
        *run = Some(Run { pitch: note.pitch, left, right, velocity: note.velocity });
    }
    begun.into_iter().flatten().for_each(each);
}

/// Where the rows of all pitches lie that notes are drawn in, by number of the pitch.
fn rows(canvas: &Canvas<'_>) -> [(f32, f32); 128] {
    let line = canvas.hairline();
    let inset = if canvas.coordinates.row_height() > 5.0 { line } else { 0.0 };
    std::array::from_fn(|number| {
        let top = canvas.coordinates.y_from_pitch(Pitch::clamped(number as i32));
        (canvas.crisp(top) + inset, canvas.crisp(top + canvas.coordinates.row_height()) - line)
    })
}

/// Paints another part's notes, fainter, below everything. Where many share a pixel, it is painted once: faint stays
/// faint.
pub fn paint_ghosts(canvas: &Canvas<'_>, index: &NoteIndex) {
    let color = canvas.theme.part(index.part().color).gamma_multiply(GHOST);
    let mut mesh = Mesh::default();
    let (pixels, rows) = (Pixels::of(canvas), rows(canvas));
    runs(&pixels, MIN_NOTE_WIDTH, seen(canvas, index), |run| mesh.add_colored_rect(pixels.place(run, &rows), color));
    canvas.painter.add(mesh);
}

/// Paints a part's notes.
pub fn paint(canvas: &Canvas<'_>, index: &NoteIndex, look: Look<'_>) {
    let seen: Vec<&Note> = seen(canvas, index).take(MANY + 1).collect();
    if seen.len() > MANY || canvas.coordinates.row_height() < 6.0 {
        paint_many(canvas, index, look);
        return;
    }
    // selected notes above the others
    let (selected, others): (Vec<&Note>, Vec<&Note>) = seen.into_iter().partition(|note| look.selection.contains(note));
    for note in others {
        paint_note(canvas, note, look, false);
    }
    for note in selected {
        paint_note(canvas, note, look, true);
    }
}

/// Paints notes as one mesh, the selected ones above the others.
fn paint_many(canvas: &Canvas<'_>, index: &NoteIndex, look: Look<'_>) {
    let mut mesh = Mesh::default();
    let (pixels, rows) = (Pixels::of(canvas), rows(canvas));
    let some_selected = !look.selection.is_empty();
    for selected in [false, true].into_iter().filter(|selected| some_selected || !selected) {
        let color = |velocity: usize| plain_color(canvas, Velocity::clamped(velocity as i32), look, selected);
        let colors: [Color32; 128] = std::array::from_fn(color);
        let notes = seen(canvas, index);
        let notes = notes.filter(|note| (some_selected && look.selection.contains(note)) == selected);
        runs(&pixels, MIN_NOTE_WIDTH, notes, |run| {
            mesh.add_colored_rect(pixels.place(run, &rows), colors[usize::from(run.velocity.get())]);
        });
    }
    canvas.painter.add(mesh);
}

fn plain_color(canvas: &Canvas<'_>, velocity: Velocity, look: Look<'_>, selected: bool) -> Color32 {
    let theme = canvas.theme;
    let fill = fill(theme, look.color, velocity);
    if selected { Theme::mix(fill, theme.playhead, if theme.dark { 0.5 } else { 0.12 }) } else { fill }
}

fn paint_note(canvas: &Canvas<'_>, note: &Note, look: Look<'_>, selected: bool) {
    let theme = canvas.theme;
    let rect = drawn_rect(canvas, note);
    let mut fill = plain_color(canvas, note.velocity, look, selected);
    if look.hovered == Some(*note) {
        fill = Theme::mix(fill, theme.playhead, 0.14);
    }
    let radius = theme::corners(((rect.height().min(rect.width()) / 3.0) as u8).min(theme::radius::S));
    let outline = if selected {
        Stroke::new(1.5, theme.playhead)
    } else {
        Stroke::new(canvas.hairline(), Theme::mix(look.color, theme.background, 0.35))
    };
    canvas.painter.rect(rect, radius, fill, outline, StrokeKind::Inside);
    paint_name(canvas, note, rect, (fill, look.key));
}

/// The note's name on it, where it fits.
fn paint_name(canvas: &Canvas<'_>, note: &Note, rect: Rect, (fill, key): (Color32, Option<Key>)) {
    let points = size::CAPTION.min(rect.height() - 2.0);
    if points < 9.0 || rect.width() < 30.0 {
        return;
    }
    // the name stays in sight while the note's start is not
    let left = rect.left().max(canvas.coordinates.area().left()) + 5.0;
    if rect.right() - left > 24.0 {
        let at = pos2(left, rect.center().y);
        let color = canvas.theme.on(fill).gamma_multiply(0.85);
        let name = note.pitch.name_in(key);
        canvas.painter.text(at, Align2::LEFT_CENTER, name, theme::regular(points), color);
    }
}

/// Paints the outline of the note that a press would draw.
pub fn paint_offered(canvas: &Canvas<'_>, note: &Note, color: Color32) {
    let outline = Stroke::new(canvas.hairline(), color.gamma_multiply(0.8));
    let corners = theme::corners(theme::radius::S);
    let fill = color.gamma_multiply(0.16);
    canvas.painter.rect(drawn_rect(canvas, note), corners, fill, outline, StrokeKind::Inside);
}

/// Paints the notes of a recording under way.
pub fn paint_recording(canvas: &Canvas<'_>, notes: &[Note]) {
    let theme = canvas.theme;
    for note in notes {
        let rect = drawn_rect(canvas, note);
        if rect.intersects(canvas.coordinates.area()) {
            let strength = 0.45 + 0.55 * f32::from(note.velocity.get()) / 127.0;
            let fill = Theme::mix(theme.roll_white, theme.record, strength);
            canvas.painter.rect_filled(rect, theme::corners(theme::radius::S), fill);
        }
    }
}

/// Paints the rectangle of a selection being drawn.
pub fn paint_band(painter: &Painter, theme: &Theme, rect: Rect) {
    let fill = theme.accent.gamma_multiply(0.14);
    painter.rect(rect, theme::corners(2), fill, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;

    #[test]
    fn runs_cover_the_pixels_that_the_notes_cover_and_each_but_once() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut coordinates = Coordinates::default();
        for zoom in [0.02, 0.3, 4.0] {
            coordinates.zoom_time(zoom, 0.0);
            let pixels = Pixels { coordinates: &coordinates, scale: 1.5 };
            let mut many: Vec<Note> =
                (0..2000).map(|_| note(random.u32(0..90_000), random.u32(1..4000), random.i32(59..62))).collect();
            many.sort_unstable();
            let mut covered = vec![[false; 3]; 60_000];
            let mut runs_seen = 0;
            runs(&pixels, MIN_NOTE_WIDTH, many.iter(), |run| {
                runs_seen += 1;
                for column in run.left..run.right {
                    let cell = &mut covered[column as usize][usize::from(run.pitch.get()) - 59];
                    assert!(!*cell, "painted twice: {run:?}");
                    *cell = true;
                }
            });
            for note in &many {
                let (left, right) = pixels.of_note(note, MIN_NOTE_WIDTH);
                let row = usize::from(note.pitch.get()) - 59;
                assert!((left..right).all(|column| covered[column as usize][row]), "{note:?}");
            }
            assert!(runs_seen < many.len(), "{runs_seen}");
        }
    }
}
