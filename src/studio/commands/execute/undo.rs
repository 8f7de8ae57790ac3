//! Taking steps back and making them again, and what goes with that beside the score.

use super::step_entry;
use crate::{
    library::store::shown_title,
    studio::{
        document::{Document, Undone},
        services::Services,
    },
};

/// Takes the last step back; where another composition comes back with it, that is told.
pub fn undo(document: &mut Document, services: &mut Services) {
    let (step, before) = (document.history.undo_step(), document.score().id);
    let label = document.history.undo_label().map(str::to_owned);
    document.undo();
    say("Undid", label, document);
    step_entry::follow(step, false, document, services);
    tell_of_another(before, "Back to", document, services);
}

/// Makes the step again that was last taken back.
pub fn redo(document: &mut Document, services: &mut Services) {
    let (step, before) = (document.history.redo_step(), document.score().id);
    let label = document.history.redo_label().map(str::to_owned);
    document.redo();
    say("Redid", label, document);
    step_entry::follow(step, true, document, services);
    tell_of_another(before, "Forward to", document, services);
}

fn say(what: &str, label: Option<String>, document: &mut Document) {
    let revision = document.history.revision();
    document.undone = label.map(|label| Undone::new(format!("{what}: {label}"), revision));
}

fn tell_of_another(before: u64, way: &str, document: &Document, services: &mut Services) {
    let score = document.history.committed();
    if score.id != before {
        services.toasts.withdraw_of_composition();
        services.tell_of_composition(format!("{way} “{}”", shown_title(&score.title)));
    }
}
