//! Painting of the lanes: their grounds, the bars, regions and notes, in as few shapes as possible.

use eframe::egui::{Color32, Mesh, Rect, Stroke, StrokeKind, pos2};

use super::{
    super::roll::{
        coordinates::Coordinates,
        gestures::hit::MIN_NOTE_WIDTH,
        paint::{
            Canvas, fade, grid,
            notes::{self, Pixels},
        },
    },
    lane::Lane,
    state::ArrangementInput,
};
use crate::{
    music::{MetreMap, Note, Pitch, Tick},
    studio::{
        document::snap::Snap,
        theme::{self, Theme},
    },
};

/// Room above and below a lane's notes, in points.
const MARGIN: f32 = 5.0;
/// The thickest that a note is drawn, in points.
const THICKEST: f32 = 8.0;
/// The narrowest that a note is drawn, in points.
const LEAST_WIDTH: f32 = 2.0;

/// How a lane looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether its part is the chosen one.
    pub is_chosen: bool,
    /// Whether its part is heard.
    pub is_audible: bool,
}

/// Where a note lies in its lane.
pub fn note_rect(coordinates: &Coordinates, lane: &Lane, rect: Rect, note: &Note) -> Rect {
    let left = coordinates.x_from_tick(f64::from(note.start));
    let right = coordinates.x_from_tick(f64::from(note.end()));
    let (top, height) = row_place(lane, rect, note.pitch);
    Rect::from_min_max(pos2(left, top), pos2(right.max(left + MIN_NOTE_WIDTH), top + height))
}

/// The upper edge of a pitch's row in a lane, and how thick a note is there.
fn row_place(lane: &Lane, rect: Rect, pitch: Pitch) -> (f32, f32) {
    let row_height = (rect.height() - 2.0 * MARGIN) / f32::from(lane.row_count());
    let thickness = row_height.clamp(1.5, THICKEST);
    let middle = rect.bottom() - MARGIN - row_height * (f32::from(lane.row(pitch)) + 0.5);
    (middle - thickness / 2.0, thickness)
}

/// Paints a lane's ground.
pub fn paint_ground(canvas: &Canvas<'_>, lane: &Lane, rect: Rect, look: Look) {
    let theme = canvas.theme;
    let color = theme.part(lane.part().color);
    let ground = if look.is_chosen { Theme::mix(theme.roll_white, color, 0.07) } else { theme.roll_white };
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect, ground);
    canvas.horizontal(&mut mesh, rect.bottom() - canvas.hairline(), rect.left(), rect.right(), theme.grid_bar);
    canvas.painter.add(mesh);
}

/// Paints the lines of bars, and of beats where there is room for them.
pub fn paint_bars(canvas: &Canvas<'_>, metre: &MetreMap, bottom: f32) {
    let (theme, coordinates) = (canvas.theme, canvas.coordinates);
    let area = coordinates.area();
    let width = |ticks: Tick| (f64::from(ticks) * coordinates.points_per_tick()) as f32;
    let beats = theme.grid_beat.gamma_multiply(fade(width(metre.metre_at(0).beat_ticks()), 8.0, 24.0));
    let mut mesh = Mesh::default();
    grid::lines(canvas, metre, Snap::Off, |tick, line| {
        let color = match line {
            grid::Line::Bar(_) => theme.grid_beat,
            grid::Line::Beat(..) | grid::Line::Step => beats,
        };
        let x = coordinates.x_from_tick(f64::from(tick));
        if x >= area.left() - 1.0 && x <= area.right() {
            canvas.vertical(&mut mesh, x, area.top(), bottom, color);
        }
    });
    canvas.painter.add(mesh);
}

/// Paints what a part plays: its regions, and its notes in them.
pub fn paint_part(canvas: &Canvas<'_>, lane: &Lane, rect: Rect, look: Look, input: &ArrangementInput<'_>) {
    let theme = canvas.theme;
    let color = color_of(theme, lane, look);
    let seen = canvas.coordinates.visible_ticks();
    let first = lane.regions.partition_point(|region| region.end <= seen.start);
    let tint = color.gamma_multiply(if look.is_chosen { 0.18 } else { 0.13 });
    let outline = Stroke::new(canvas.hairline(), color.gamma_multiply(0.5));
    for region in lane.regions[first..].iter().take_while(|region| region.start < seen.end) {
        let [left, right] = [region.start, region.end].map(|tick| canvas.coordinates.x_from_tick(f64::from(tick)));
        // ends out of sight need no corners
        let (left, right) = (left.max(rect.left() - 8.0), right.min(rect.right() + 8.0));
        let face = Rect::from_min_max(pos2(left, rect.top() + 2.0), pos2(right - 1.0, rect.bottom() - 2.5));
        let face = canvas.crisp_rect(face);
        canvas.painter.rect(face, theme::corners(theme::radius::S), tint, outline, StrokeKind::Inside);
    }
    paint_notes(canvas, lane, rect, color, look, input);
}

/// The part's colour; that of a part that is not heard is grey.
fn color_of(theme: &Theme, lane: &Lane, look: Look) -> Color32 {
    if look.is_audible { theme.part(lane.part().color) } else { Theme::mix(theme.border_strong, theme.text_faint, 0.5) }
}

/// Paints the notes as one mesh, the selected ones above the others.
fn paint_notes(canvas: &Canvas<'_>, lane: &Lane, rect: Rect, color: Color32, look: Look, input: &ArrangementInput<'_>) {
    let theme = canvas.theme;
    let mut mesh = Mesh::default();
    let pixels = Pixels::of(canvas);
    let rows: [(f32, f32); 128] = std::array::from_fn(|number| {
        let (top, height) = row_place(lane, rect, Pitch::clamped(number as i32));
        let top = canvas.crisp(top);
        (top, canvas.crisp(top + height).max(top + 1.0))
    });
    let fills: [Color32; 128] = std::array::from_fn(|velocity| {
        Theme::mix(theme.roll_white, color, 0.62 + 0.38 * velocity as f32 / 127.0) // soft notes are seen, too
    });
    let some_selected = look.is_chosen && !input.selection.is_empty();
    for selected in [false, true].into_iter().filter(|selected| some_selected || !selected) {
        let seen = lane.notes.sounding_in(notes::ticks_in_sight(canvas));
        let seen = seen.filter(|note| (some_selected && input.selection.contains(note)) == selected);
        notes::runs(&pixels, LEAST_WIDTH, seen, |run| {
            let fill = if selected { theme.playhead } else { fills[usize::from(run.velocity.get())] };
            mesh.add_colored_rect(pixels.place(run, &rows), fill);
        });
    }
    canvas.painter.add(mesh);
}

/// Paints the notes of a recording under way.
pub fn paint_recording(canvas: &Canvas<'_>, lane: &Lane, rect: Rect, recorded: &[Note]) {
    let mut mesh = Mesh::default();
    for note in recorded {
        let place = note_rect(canvas.coordinates, lane, rect, note);
        mesh.add_colored_rect(place.intersect(rect), canvas.theme.record);
    }
    canvas.painter.add(mesh);
}
