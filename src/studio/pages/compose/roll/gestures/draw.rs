//! Drawing a note: the press puts it on the grid, the same drag sets its length (sideways) or its pitch (up and down).

use eframe::egui::Pos2;

use crate::music::{Note, Pitch, Tick, Velocity, edit};
use crate::studio::pages::compose::roll::gestures::{Base, DRAG_THRESHOLD, Measure, Outcome, Pointer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Length,
    Pitch,
}

/// A note being drawn.
#[derive(Clone, Debug)]
pub struct Draw {
    base: Base,
    origin: Pos2,
    note: Note,
    axis: Option<Axis>,
}

impl Draw {
    /// Begins where the pointer was pressed, with the length and velocity that were used last.
    pub fn begin(base: Base, measure: Measure<'_>, pointer: Pointer, duration: Tick, velocity: Velocity) -> Self {
        let tick = measure.coordinates.clamped_tick_from_x(pointer.pos.x);
        let note = Note {
            start: measure.snap.floor(&base.score().metre, tick),
            pitch: measure.pitch_from_y(pointer.pos.y),
            duration: duration.max(1),
            velocity,
        };
        Self { base, origin: pointer.pos, note: note.in_range(), axis: None }
    }

    /// Follows the pointer.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        let by = pointer.pos - self.origin;
        if self.axis.is_none() && by.length() > DRAG_THRESHOLD {
            self.axis = Some(if by.x.abs() >= by.y.abs() { Axis::Length } else { Axis::Pitch });
        }
        match self.axis {
            Some(Axis::Length) => {
                let metre = &self.base.score().metre;
                let end = measure.snap.round(metre, measure.coordinates.clamped_tick_from_x(pointer.pos.x));
                let least = measure.snap.after(metre, self.note.start);
                self.note.duration = end.max(least).saturating_sub(self.note.start).max(1);
            }
            Some(Axis::Pitch) => self.note.pitch = measure.pitch_from_y(pointer.pos.y),
            None => {}
        }
        let note = self.note;
        self.base.edited(|part| edit::add(part, [note])).heard(note.pitch, note.velocity)
    }

    /// What it drew: the next note gets its length.
    pub const fn note(&self) -> Note {
        self.note
    }

    /// Where it is drawn.
    pub const fn pitch(&self) -> Pitch {
        self.note.pitch
    }
}
