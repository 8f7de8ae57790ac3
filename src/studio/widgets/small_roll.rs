//! A picture of notes, too small to edit.

use std::borrow::Borrow;

use eframe::egui::{Rect, Ui, pos2};

use crate::{
    music::{Note, Part, Tick},
    studio::theme::{self, Theme},
};

/// Draws all notes up to `end`, each part in its colour, the first one in that of the number.
pub fn paint_small_roll(ui: &Ui, rect: Rect, parts: &[impl Borrow<Part>], end: Tick, first_color: u8) {
    let theme = Theme::of(ui);
    let parts = || parts.iter().map(Borrow::<Part>::borrow);
    let pitched = || parts().filter(|part| !part.is_drum).flat_map(|part| &part.notes);
    let low = pitched().map(|note| note.pitch.get()).min().unwrap_or(48).saturating_sub(1);
    let high = (pitched().map(|note| note.pitch.get()).max().unwrap_or(72) + 1).max(low + 13);
    let end = parts().flat_map(|part| &part.notes).map(Note::end).fold(end.max(1), Tick::max) as f32;
    // a kit's keys are no pitches: its hits stand below
    let lane = if parts().any(|part| part.is_drum && !part.notes.is_empty()) { rect.height() * 0.12 } else { 0.0 };
    let row = (rect.height() - lane) / f32::from(high - low);
    let x = |tick: Tick| rect.left() + rect.width() * tick as f32 / end;
    for (part, color) in parts().zip(first_color..) {
        for note in &part.notes {
            let (top, height) = if part.is_drum {
                (lane * f32::from(note.pitch.get() % 12 + 1) / 12.0, (lane / 12.0).max(1.0))
            } else {
                (lane + row * (f32::from(note.pitch.get().saturating_sub(low)) + 1.0), row.max(1.5))
            };
            let right = (x(note.end()) - 0.5).max(x(note.start) + 1.0);
            let place =
                Rect::from_min_max(pos2(x(note.start), rect.bottom() - top), pos2(right, rect.bottom() - top + height));
            ui.painter().rect_filled(place, theme::corners(1), theme.part(color));
        }
    }
}
