//! MIDI files in: read beside the window, asked about, taken into the score.

use std::{path::PathBuf, time::Duration};

use super::{listening, transport};
use crate::{
    library::{project, store::new_id},
    plural::counted,
    studio::{
        actions::{FileAction, ImportAction, ListenAction},
        dialogs::{
            Dialogs,
            import::{
                file::ImportFile,
                state::{Import, UNSEEN},
            },
        },
        page::Page,
        services::{Services, files::Purpose},
        state::Studio,
    },
};

/// How many refused files are each told.
const MOST_TOLD: usize = 3;

/// Carries out what is asked for around imports.
pub fn execute(action: ImportAction, studio: &mut Studio) {
    match action {
        ImportAction::FileRead(file) => take_file(file, studio),
        ImportAction::Finish => finish(studio),
        ImportAction::Cancel => cancel(&mut studio.dialogs, &studio.services),
    }
}

/// Reads MIDI files beside the window and asks what to do with them; projects among them are opened.
pub fn begin(paths: Vec<PathBuf>, into_present: bool, dialogs: &mut Dialogs, services: &Services) {
    let (projects, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| project::is_project(path));
    if !projects.is_empty() {
        services.ask(FileAction::Take(Purpose::OpenProject, projects));
    }
    if paths.is_empty() {
        return;
    }
    dialogs.import.get_or_insert_with(|| Import::new(into_present)).to_come += paths.len();
    services.jobs.spawn("importing", move |poster| {
        for path in paths {
            poster.ask(ImportAction::FileRead(ImportFile::read(path)));
        }
    });
    services.ctx.request_repaint_after(UNSEEN + Duration::from_millis(20));
}

fn take_file(file: ImportFile, studio: &mut Studio) {
    let Some(import) = &mut studio.dialogs.import else { return }; // given up meanwhile
    if !import.take_file(file) {
        return;
    }
    if import.readable().next().is_none() {
        let refusals: Vec<String> = import.files.iter().filter_map(ImportFile::refusal).collect();
        studio.dialogs.import = None;
        let (told, more) = refusals.split_at(refusals.len().min(MOST_TOLD));
        for refusal in told {
            studio.services.fail(format!("{refusal}. Nothing was changed."));
        }
        if !more.is_empty() {
            studio.services.fail(format!("Couldn't import {} either", counted(more.len(), "other file")));
        }
    } else if import.goes_without_saying() {
        finish(studio);
    }
}

/// Takes what was chosen into the score, as one undo step.
fn finish(studio: &mut Studio) {
    let Studio { document, services, pages, page, dialogs, .. } = studio;
    let Some(import) = dialogs.import.take() else { return };
    listening::execute(ListenAction::Stop, document, services, *page);
    let before = document.history.committed().parts.len();
    let mut score = import.result(document.history.committed());
    if import.into_present {
        transport::end_work(document, services);
        document.takes.discard();
    } else {
        transport::leave_composition(document, services, &mut pages.compose);
        score.id = new_id(); // a composition of its own
    }
    document.part = if import.into_present { before } else { score.melody.unwrap_or(0) };
    document.history.commit(format!("Import {}", import.name()), score);
    document.clamp_part();
    *page = Page::Compose;
    let paths: Vec<PathBuf> = import.readable().map(|(_, file, _)| file.path.clone()).collect();
    services.change_preferences(|preferences| {
        paths.into_iter().rev().for_each(|path| preferences.remember_file(path));
    });
    let (tone, text) = import.summary();
    services.say(tone, text);
}

/// Leaves everything as it was.
pub fn cancel(dialogs: &mut Dialogs, services: &Services) {
    if dialogs.import.take().is_some_and(|import| import.heard(&services.listening).is_some()) {
        services.ask(ListenAction::Stop);
    }
}
