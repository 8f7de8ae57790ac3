//! The gesture under way.

use std::{ops::Range, sync::Arc};

use eframe::egui::PointerButton;

use super::gestures::{
    Pointer, controls::Controls, draw::Draw, erase::Erase, loop_range::RulerDrag, move_notes::MoveNotes,
    resize::Resize, rubber_band::RubberBand, trim::Trim, velocities::Velocities,
};
use crate::music::{Score, Tick, edit::Selection};

/// What a gesture does.
#[derive(Debug)]
pub enum Gesture {
    Draw(Draw),
    Move(MoveNotes),
    Resize(Resize),
    RubberBand(RubberBand),
    Erase(Erase),
    Velocities(Velocities),
    Controls(Controls),
    Ruler(RulerDrag),
    Trim(Trim),
    Keys,
    Pan,
}

/// A gesture under way.
#[derive(Debug)]
pub struct Active {
    pub(super) gesture: Gesture,
    pub(super) button: PointerButton,
    /// The score and the selection when it began.
    pub(super) before: Arc<Score>,
    pub(super) selection_before: Selection,
    /// What it shows instead of the score.
    pub(super) preview: Option<Arc<Score>>,
    pub(super) loop_range: Option<Range<Tick>>,
    pub(super) trim: Option<Range<Tick>>,
    /// Where the pointer was last.
    pub(super) last: Option<Pointer>,
}

impl Active {
    /// A gesture that begins on a score and a selection.
    pub const fn new(gesture: Gesture, button: PointerButton, before: Arc<Score>, selection_before: Selection) -> Self {
        Self { gesture, button, before, selection_before, preview: None, loop_range: None, trim: None, last: None }
    }

    /// Whether a drag beyond the edges scrolls: sideways, and up and down.
    pub const fn takes_view_along(&self) -> (bool, bool) {
        match &self.gesture {
            Gesture::Draw(_) | Gesture::Move(_) | Gesture::RubberBand(_) | Gesture::Erase(_) => (true, true),
            Gesture::Resize(_) | Gesture::Ruler(_) | Gesture::Trim(_) => (true, false),
            Gesture::Velocities(_) | Gesture::Controls(_) | Gesture::Keys | Gesture::Pan => (false, false),
        }
    }
}
