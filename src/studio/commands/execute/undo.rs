//! Taking steps back and making them again, and what goes with that beside the score.

use super::step_entry;
use crate::studio::{document::Document, services::Services};

/// Takes the last step back.
pub fn undo(document: &mut Document, services: &mut Services) {
    let step = document.history.undo_step();
    document.undo();
    step_entry::follow(step, false, document, services);
}

/// Makes the step again that was last taken back.
pub fn redo(document: &mut Document, services: &mut Services) {
    let step = document.history.redo_step();
    document.redo();
    step_entry::follow(step, true, document, services);
}
