//! What a command means while a window above the page is open.

use super::{imports, listening};
use crate::studio::{
    actions::ListenAction,
    commands::{Command, RollCommand},
    dialogs::Dialogs,
    document::Document,
    page::Page,
    services::Services,
};

/// Before a command is carried out: stops a part of a file that is heard, and Esc closes what is open. Tells whether
/// that was all that was meant.
pub fn meets(
    command: Command,
    document: &Document,
    services: &mut Services,
    dialogs: &mut Dialogs,
    page: Page,
) -> bool {
    let is_heard = dialogs.import.as_ref().is_some_and(|import| import.heard(&services.listening).is_some());
    if is_heard && matches!(command, Command::Record | Command::PlayPause) {
        listening::execute(ListenAction::Stop, document, services, page);
        return command == Command::PlayPause;
    }
    if command != Command::Roll(RollCommand::SelectNone) {
        return false;
    }
    if services.midi_learn.learning.take().is_some() {
        return true;
    }
    if dialogs.import.is_some() {
        imports::cancel(dialogs, services);
        return true;
    }
    // what is being written or published goes on, and the status bar or the window opened again shows it
    std::mem::take(&mut dialogs.publish.open) || dialogs.export.open.take().is_some()
}
