//! Selecting by a rectangle, free of the grid: Shift adds to what was selected, Alt removes from it.

use std::ops::RangeInclusive;

use eframe::egui::{Pos2, Rect, pos2};

use super::{Base, DRAG_THRESHOLD, Measure, Outcome, Pointer};
use crate::music::{Pitch, edit::Selection};

/// A rectangle being drawn.
#[derive(Clone, Debug)]
pub struct RubberBand {
    base: Base,
    origin: Pos2,
    /// The corner where it began, which stays on its music when the view scrolls.
    origin_tick: f64,
    origin_row: f64,
    corner: Pos2,
    dragged: bool,
}

impl RubberBand {
    /// Begins where the pointer was pressed.
    pub fn begin(base: Base, measure: Measure<'_>, pointer: Pointer) -> Self {
        Self {
            base,
            origin: pointer.pos,
            origin_tick: measure.coordinates.tick_from_x(pointer.pos.x),
            origin_row: measure.coordinates.row_from_y(pointer.pos.y),
            corner: pointer.pos,
            dragged: false,
        }
    }

    /// Follows the pointer. A press without a drag selects nothing, which unselects all unless Shift or Alt is held.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        self.corner = pointer.pos;
        self.dragged |= (pointer.pos - self.origin).length() > DRAG_THRESHOLD;
        let inside = if self.dragged { self.inside(measure) } else { Selection::none() };
        let before = self.base.selection();
        Base::selected(if pointer.modifiers.alt {
            before.without(&inside)
        } else if pointer.modifiers.shift || pointer.modifiers.command {
            before.with(&inside)
        } else {
            inside
        })
    }

    /// The rectangle to paint, in points; `None` while it is only a press.
    pub fn rect(&self, measure: Measure<'_>) -> Option<Rect> {
        let row_top = measure.coordinates.y_from_pitch(Pitch::MAX);
        let origin_y = row_top + self.origin_row as f32 * measure.coordinates.row_height();
        let origin = pos2(measure.coordinates.x_from_tick(self.origin_tick), origin_y);
        self.dragged.then(|| Rect::from_two_pos(origin, self.corner))
    }

    fn inside(&self, measure: Measure<'_>) -> Selection {
        let (Some(rect), Some(part)) = (self.rect(measure), self.base.part()) else {
            return Selection::none();
        };
        let ticks = measure.coordinates.clamped_tick_from_x(rect.left())
            ..measure.coordinates.clamped_tick_from_x(rect.right()) + 1;
        let pitches: RangeInclusive<Pitch> =
            measure.coordinates.pitch_from_y(rect.bottom())..=measure.coordinates.pitch_from_y(rect.top());
        Selection::in_rectangle(part, &ticks, &pitches)
    }
}
