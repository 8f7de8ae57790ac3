//! Erasing: every note that the pointer passes over, all in one step.

use eframe::egui::Pos2;

use super::{super::index::NoteIndex, Base, Measure, Outcome, Pointer, hit};
use crate::music::edit::{self, Selection};

/// Notes being erased.
#[derive(Clone, Debug)]
pub struct Erase {
    base: Base,
    index: Option<NoteIndex>,
    last: Pos2,
    erased: Selection,
    /// Whether it waits for a drag: a click of the right button opens a menu.
    waits: bool,
}

/// How far the pointer goes, in points, before a press of the right button is no click any more: as egui has it.
const CLICK_POINTS: f32 = 6.0;

impl Erase {
    /// Begins where the pointer was pressed.
    pub fn begin(base: Base, pointer: Pointer) -> Self {
        let index = base.score.parts.get(base.part).map(NoteIndex::new);
        Self { base, index, last: pointer.pos, erased: Selection::none(), waits: false }
    }

    /// The same, but nothing is erased until the pointer is dragged.
    pub fn begin_with_drag(base: Base, pointer: Pointer) -> Self {
        Self { waits: true, ..Self::begin(base, pointer) }
    }

    /// Follows the pointer, missing nothing on the way from where it last was.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        let way = pointer.pos - self.last;
        if self.waits && way.length() <= CLICK_POINTS {
            return Base::selected(self.base.selection().clone());
        }
        self.waits = false;
        let steps = (way.length() / 2.0).ceil().clamp(1.0, 2000.0) as usize;
        if let Some(index) = &self.index {
            let on_the_way = (0..=steps).map(|step| self.last + way * (step as f32 / steps as f32));
            let hit = on_the_way.filter_map(|pos| hit::note_at(measure.coordinates, index, pos));
            self.erased = self.erased.with(&hit.map(|(note, _)| note).collect());
        }
        self.last = pointer.pos;
        let kept = self.base.selection().without(&self.erased);
        if self.erased.is_empty() {
            return Base::selected(kept);
        }
        self.base.edited(|part| {
            edit::delete(part, &self.erased);
            kept
        })
    }

    /// How many notes it took.
    pub fn count(&self) -> usize {
        self.erased.len()
    }
}
