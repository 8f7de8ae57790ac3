//! Moving what is selected, or a copy of it: the distance snaps, so that notes off the grid keep their offset.

use eframe::egui::Pos2;

use super::{Base, DRAG_THRESHOLD, Measure, Outcome, Pointer};
use crate::music::{Note, Pitch, edit, quantise::degree_of};

/// Notes being moved.
#[derive(Clone, Debug)]
pub struct MoveNotes {
    base: Base,
    grabbed: Note,
    origin: Pos2,
    origin_tick: f64,
    moving: bool,
    copying: bool,
}

impl MoveNotes {
    /// Begins on a note of the selection.
    pub fn begin(base: Base, measure: Measure<'_>, pointer: Pointer, grabbed: Note) -> Self {
        Self {
            base,
            grabbed,
            origin: pointer.pos,
            origin_tick: measure.coordinates.tick_from_x(pointer.pos.x),
            moving: false,
            copying: false,
        }
    }

    /// Follows the pointer. Shift keeps to one direction, Ctrl leaves the originals where they are.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        let by = pointer.pos - self.origin;
        self.moving |= by.length() > DRAG_THRESHOLD;
        let heard = |pitch: Pitch| (pitch, self.grabbed.velocity);
        if !self.moving {
            let (pitch, velocity) = heard(self.grabbed.pitch);
            return Base::selected(self.base.selection().clone()).heard(pitch, velocity);
        }
        self.copying = pointer.modifiers.command;
        let distance = measure.coordinates.tick_from_x(pointer.pos.x) - self.origin_tick;
        let pitch = measure.pitch_from_y(pointer.pos.y);
        let mut ticks = measure.snap.round_distance(distance);
        let mut semitones = i32::from(pitch.get()) - i32::from(self.grabbed.pitch.get());
        if pointer.modifiers.shift {
            if by.x.abs() >= by.y.abs() { semitones = 0 } else { ticks = 0 }
        }
        let selection = self.base.selection();
        let (ticks, semitones) = selection.clamped_move(ticks, semitones);
        let (pitch, velocity) = heard(Pitch::clamped(i32::from(self.grabbed.pitch.get()) + semitones));
        let outcome = match (measure.scale, self.copying) {
            (Some(key), copying) => {
                let steps = degree_of(pitch, key).0 - degree_of(self.grabbed.pitch, key).0;
                let edit = if copying { edit::copy_in_scale } else { edit::move_in_scale };
                self.base.edited(|part| edit(part, selection, ticks, steps, key))
            }
            (None, true) => self.base.edited(|part| edit::copy_by(part, selection, ticks, semitones)),
            (None, false) => self.base.edited(|part| edit::move_by(part, selection, ticks, semitones)),
        };
        outcome.heard(pitch, velocity)
    }

    /// Whether it went far enough to be a drag; else it was a click on a note.
    pub const fn is_drag(&self) -> bool {
        self.moving
    }

    /// The note that was grabbed.
    pub const fn grabbed(&self) -> Note {
        self.grabbed
    }

    /// What undo will say.
    pub const fn verb(&self) -> &'static str {
        if self.copying { "Copy" } else { "Move" }
    }
}
