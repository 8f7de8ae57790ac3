//! What lies under the pointer.

use eframe::egui::Pos2;

use super::super::{coordinates::Coordinates, index::NoteIndex};
use crate::music::Note;

/// How far inside a note its edge can be grabbed, in points.
const EDGE: f32 = 6.0;
/// The narrowest a note is drawn, in points.
pub const MIN_NOTE_WIDTH: f32 = 3.0;

/// Which piece of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Its left edge.
    Start,
    /// Between the edges.
    Body,
    /// Its right edge.
    End,
}

/// The note at a place and the piece of it; the one drawn last where several lie there.
pub fn note_at(coordinates: &Coordinates, index: &NoteIndex, pos: Pos2) -> Option<(Note, Piece)> {
    if !coordinates.area().contains(pos) {
        return None;
    }
    let pitch = coordinates.pitch_from_y(pos.y);
    // a short note is drawn wider than it is: look a little to the left, too
    let from = coordinates.clamped_tick_from_x(pos.x - MIN_NOTE_WIDTH);
    let to = coordinates.clamped_tick_from_x(pos.x).saturating_add(1);
    let here = |note: &&Note| {
        let rect = coordinates.note_rect(note);
        note.pitch == pitch && rect.left() <= pos.x && pos.x < rect.right().max(rect.left() + MIN_NOTE_WIDTH)
    };
    let note = index.sounding_in(from..to).rev().find(here)?;
    let rect = coordinates.note_rect(note);
    let edge = EDGE.min(rect.width() / 4.0);
    let piece = if rect.right() - pos.x <= edge && rect.width() >= 6.0 {
        Piece::End
    } else if pos.x - rect.left() <= edge && rect.width() >= 12.0 {
        Piece::Start
    } else {
        Piece::Body
    };
    Some((*note, piece))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eframe::egui::{Rect, pos2, vec2};

    use super::*;
    use crate::music::Part;
    use crate::music::testing::note;

    #[test]
    fn edges_body_and_nothing() {
        let mut coordinates = Coordinates::default();
        coordinates.set_area(Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 400.0)));
        let note = note(480, 480, 72);
        let part = Part { notes: vec![note], ..Part::default() };
        let index = NoteIndex::new(&Arc::new(part));
        let rect = coordinates.note_rect(&note);
        let at = |x: f32| note_at(&coordinates, &index, pos2(x, rect.center().y)).map(|(_, piece)| piece);
        assert_eq!(at(rect.left() + 2.0), Some(Piece::Start));
        assert_eq!(at(rect.center().x), Some(Piece::Body));
        assert_eq!(at(rect.right() - 2.0), Some(Piece::End));
        assert_eq!(at(rect.right() + 1.0), None);
        assert_eq!(note_at(&coordinates, &index, pos2(rect.center().x, rect.bottom() + 1.0)), None);
    }
}
