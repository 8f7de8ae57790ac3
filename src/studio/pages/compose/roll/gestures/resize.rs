//! Resizing what is selected by the edge of one note: that edge snaps, the others follow by the same distance.

use eframe::egui::Pos2;

use super::{Base, DRAG_THRESHOLD, Measure, Outcome, Pointer, hit::Piece};
use crate::music::{Note, Tick, edit};

/// Notes being made longer or shorter.
#[derive(Clone, Debug)]
pub struct Resize {
    base: Base,
    grabbed: Note,
    edge: Piece,
    origin: Pos2,
    /// How far beside the edge the pointer took hold, in ticks.
    offset: f64,
    moving: bool,
    /// How long the grabbed note is by now.
    duration: Tick,
}

impl Resize {
    /// Begins at an edge of a note of the selection.
    pub fn begin(base: Base, measure: Measure<'_>, pointer: Pointer, grabbed: Note, edge: Piece) -> Self {
        let at = if edge == Piece::Start { grabbed.start } else { grabbed.end() };
        Self {
            base,
            grabbed,
            edge,
            origin: pointer.pos,
            offset: measure.coordinates.tick_from_x(pointer.pos.x) - f64::from(at),
            moving: false,
            duration: grabbed.duration,
        }
    }

    /// Follows the pointer.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        self.moving |= (pointer.pos.x - self.origin.x).abs() > DRAG_THRESHOLD;
        let selection = self.base.selection();
        if !self.moving {
            return Base::selected(selection.clone());
        }
        let metre = &self.base.score().metre;
        let tick = (measure.coordinates.tick_from_x(pointer.pos.x) - self.offset).max(0.0) as Tick;
        let snapped = measure.snap.round(metre, tick);
        if self.edge == Piece::Start {
            let start =
                if snapped >= self.grabbed.end() { measure.snap.floor(metre, self.grabbed.end() - 1) } else { snapped };
            let by = i64::from(start) - i64::from(self.grabbed.start);
            self.duration = self.grabbed.end().saturating_sub(start).max(1);
            self.base.edited(|part| edit::resize_start(part, selection, by, 1))
        } else {
            let end = snapped.max(measure.snap.after(metre, self.grabbed.start));
            let by = i64::from(end) - i64::from(self.grabbed.end());
            self.duration = end.saturating_sub(self.grabbed.start).max(1);
            self.base.edited(|part| edit::resize_end(part, selection, by, 1))
        }
    }

    /// How long the grabbed note became: the next one drawn gets its length.
    pub const fn duration(&self) -> Tick {
        self.duration
    }
}
