//! Hearing something else than the score, and going back to it.

use crate::studio::{actions::ListenAction, document::Document, page::Page, services::Services};

/// Plays something else, or goes back to the score.
pub fn execute(action: ListenAction, document: &Document, services: &mut Services, page: Page) {
    let Services { listening, sound, .. } = services;
    match action {
        ListenAction::To(score) => listening.listen(score, page, sound, document.score()),
        ListenAction::Stop => listening.stop(sound, document.score()),
    }
}

/// Goes back to the score at the end of what is heard, or where somebody turns to something else.
pub fn poll(document: &Document, services: &mut Services, page: Page) {
    if services.listening.is_over(page, services.playhead()) {
        execute(ListenAction::Stop, document, services, page);
    }
}
