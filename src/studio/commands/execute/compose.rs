//! What the compose page asks for: melodies, parts, the piano, the panels beside the roll.

use super::{note_tools, recording, roll, transport};
use crate::{
    music::{Score, edit::Selection, melodies},
    studio::{
        actions::ComposeAction,
        commands::RollCommand,
        document::Document,
        page::ComposeView,
        pages::compose::{ComposePage, Side, editor::Editor, parts::Renaming},
        services::Services,
        state::Studio,
    },
};

/// Carries out what the page asks for.
pub fn execute(action: ComposeAction, studio: &mut Studio) {
    let Studio { document, services, pages, dialogs, .. } = studio;
    match action {
        ComposeAction::OpenMelody(index) => open_melody(index, document, services, &mut pages.compose),
        ComposeAction::ChoosePart(index) => {
            note_tools::cancel(document, &mut dialogs.note_tool, &mut pages.compose.editor);
            choose_part(index, document, &mut pages.compose.editor);
        }
        ComposeAction::SelectNote { part, note } => {
            note_tools::cancel(document, &mut dialogs.note_tool, &mut pages.compose.editor);
            choose_part(part, document, &mut pages.compose.editor);
            if pages.compose.editor.view.shows_roll() {
                pages.compose.editor.roll.choose(part, note);
            }
        }
        ComposeAction::OpenPart(index) => {
            document.part = index;
            show_view(ComposeView::Roll, document, services, &mut pages.compose.editor);
        }
        ComposeAction::PlayKey(stamped) => {
            services.sound.live(stamped.message);
            recording::record(document, services, stamped);
        }
        ComposeAction::PressRoll => {
            pages.compose.editor.arrangement.deselect(); // the keys are for notes now
            note_tools::cancel(document, &mut dialogs.note_tool, &mut pages.compose.editor);
        }
    }
}

/// Begins with a prepared melody, as one undo step.
pub fn open_melody(index: usize, document: &mut Document, services: &mut Services, page: &mut ComposePage) {
    let Some(melody) = melodies::all().get(index) else { return };
    begin_with(melody.score(), melody.name, document, services, page);
    page.left.melody = Some(index);
}

/// Begins with a prepared composition, as one undo step.
pub fn begin_with(score: Score, name: &str, document: &mut Document, services: &mut Services, page: &mut ComposePage) {
    transport::leave_composition(document, services, page);
    document.history.commit(format!("Open {name}"), services.session.begin(score));
    document.part = document.score().melody.unwrap_or(0);
}

/// Edits this part from now on. Where no roll shows which notes are selected, none are.
fn choose_part(part: usize, document: &mut Document, editor: &mut Editor) {
    document.part = part;
    if !editor.view.shows_roll() {
        editor.roll.select(Selection::none());
    }
}

/// Shows the composition another way; a gesture on what goes out of sight is given up.
pub fn show_view(view: ComposeView, document: &mut Document, services: &mut Services, editor: &mut Editor) {
    if editor.roll.is_busy() {
        roll::give(RollCommand::SelectNone, document, services, editor);
    }
    if view == ComposeView::Arrangement {
        editor.roll.select(Selection::none()); // its lanes are too small to tell a selected note from others
    }
    if view != editor.view {
        let left = std::mem::replace(&mut editor.view, view);
        // who went back has nothing open
        editor.view_before = if view == editor.view_before { ComposeView::default() } else { left };
    }
}

/// Lets the name of the chosen part be typed, in its lane or, where none is in sight, on its card.
pub fn rename_part(document: &Document, services: &mut Services, page: &mut ComposePage) {
    let Some(part) = document.chosen_part() else { return };
    let renaming = Some(Renaming::of(document.part, part));
    if page.editor.view.shows_arrangement() {
        page.editor.arrangement.rename(document.part, renaming);
    } else {
        open_panel(Side::Left, services, page);
        page.left.renaming = renaming;
    }
}

/// Opens a panel; in a narrow window the other one makes room.
pub fn open_panel(side: Side, services: &mut Services, page: &mut ComposePage) {
    page.panel_asked_for = side;
    want_panel(side, true, services);
}

/// Opens a panel, or closes it.
pub fn toggle_panel(side: Side, services: &mut Services, page: &mut ComposePage) {
    if page.shows_panel(side, &services.preferences, services.ctx.content_rect().width()) {
        want_panel(side, false, services);
    } else {
        open_panel(side, services, page);
    }
}

fn want_panel(side: Side, wanted: bool, services: &mut Services) {
    services.change_preferences(|preferences| match side {
        Side::Left => preferences.left_panel = wanted,
        Side::Right => preferences.right_panel = wanted,
    });
}
