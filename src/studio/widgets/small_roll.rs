//! A picture of notes, too small to edit.

use std::borrow::Borrow;

use eframe::egui::{Rect, Ui, pos2};

use crate::{
    music::{Note, Part, Tick},
    studio::theme::{self, Theme},
};

/// What the axes of a picture show; pictures that stand beside each other share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The lowest and the highest pitch, where there is one.
    pitches: Option<(u8, u8)>,
    /// Where time ends, at least 1.
    end: Tick,
    /// Whether a kit plays.
    has_kit: bool,
}

impl Extent {
    /// All notes of these parts, and the time up to `end`.
    pub fn of(parts: &[impl Borrow<Part>], end: Tick) -> Self {
        let parts = || parts.iter().map(Borrow::<Part>::borrow);
        let pitches = || parts().filter(|part| !part.is_drum).flat_map(|part| &part.notes).map(|note| note.pitch.get());
        Self {
            pitches: pitches().min().zip(pitches().max()),
            end: parts().flat_map(|part| &part.notes).map(Note::end).fold(end.max(1), Tick::max),
            has_kit: parts().any(|part| part.is_drum && !part.notes.is_empty()),
        }
    }

    /// What shows both.
    pub fn with(self, other: Self) -> Self {
        let pitches = match (self.pitches, other.pitches) {
            (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
            (one, two) => one.or(two),
        };
        Self { pitches, end: self.end.max(other.end), has_kit: self.has_kit || other.has_kit }
    }

    /// Where time ends, in ticks; at least 1.
    pub const fn end(self) -> Tick {
        self.end
    }
}

/// Draws all notes, each part in its colour, the first one in that of the number.
pub fn paint_small_roll(ui: &Ui, rect: Rect, parts: &[impl Borrow<Part>], extent: Extent, first_color: u8) {
    let theme = Theme::of(ui);
    let parts = || parts.iter().map(Borrow::<Part>::borrow);
    let (low, high) = extent.pitches.unwrap_or((48, 72));
    let low = low.saturating_sub(1);
    let high = (high + 1).max(low + 13);
    let end = extent.end as f32;
    // a kit's keys are no pitches: its hits stand below
    let lane = if extent.has_kit { rect.height() * 0.12 } else { 0.0 };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Pitch, Velocity};

    #[test]
    fn pictures_beside_each_other_share_their_axes() {
        let part = |pitch: u8, start: Tick, is_drum: bool| {
            let notes = vec![Note {
                start,
                duration: 480,
                pitch: Pitch::clamped(i32::from(pitch)),
                velocity: Velocity::DEFAULT,
            }];
            Part { is_drum, notes, ..Part::new("Part", 0) }
        };
        let generated = Extent::of(&[part(60, 0, false)], 960);
        let real = Extent::of(&[part(36, 1920, false), part(84, 0, false), part(20, 0, true)], 0);
        let both = Extent { pitches: Some((36, 84)), end: 2400, has_kit: true };
        assert_eq!((generated.with(real), real.with(generated)), (both, both));
        // what wrote nothing widens nothing
        assert_eq!(generated.with(Extent::of(&[Part::new("Silent", 0)], 0)), generated);
    }
}
