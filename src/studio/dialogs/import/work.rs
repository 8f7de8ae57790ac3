//! Reading, asking, listening and taking: what the window's buttons do.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::studio::dialogs::import::{
    Import, ImportFile, Listening, UNSEEN,
    look::{name_of, read_file},
};
use crate::{
    library::{project, store::new_id},
    music::{Part, Score},
    studio::{
        commands::{Command, RollCommand},
        state::Studio,
    },
};

/// Files remembered for the menu.
const RECENT: usize = 10;

impl Studio {
    /// Reads MIDI files beside the window and asks what to do with them.
    pub(in crate::studio) fn import(&mut self, paths: Vec<PathBuf>) {
        self.import_asking(paths, false);
    }

    /// The same into the present composition, and asking in any case.
    pub(in crate::studio) fn import_into_present(&mut self, paths: Vec<PathBuf>) {
        self.import_asking(paths, true);
    }

    fn import_asking(&mut self, paths: Vec<PathBuf>, into_present: bool) {
        let (projects, paths): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.into_iter().partition(|path| project::is_project(path));
        if let Some(project) = projects.into_iter().next() {
            self.read_project(project);
        }
        if paths.is_empty() {
            return;
        }
        let import = self.dialogs.import.get_or_insert_with(|| Import::new(into_present));
        import.to_come += paths.len();
        self.services.jobs.spawn("importing", move |poster| {
            for path in paths {
                let file = std::panic::catch_unwind(|| read_file(path.clone())).unwrap_or_else(|_| ImportFile {
                    name: name_of(&path),
                    path,
                    content: Err("something went wrong in reading it".into()),
                });
                poster.post(move |studio| studio.take_read_file(file));
            }
        });
        self.services.ctx.request_repaint_after(UNSEEN + Duration::from_millis(20));
    }

    fn take_read_file(&mut self, file: ImportFile) {
        let Some(import) = &mut self.dialogs.import else { return }; // given up meanwhile
        import.files.push(file);
        import.to_come = import.to_come.saturating_sub(1);
        if import.to_come > 0 {
            return;
        }
        import.propose();
        if import.readable().next().is_none() {
            let told: Vec<String> = import
                .files
                .iter()
                .filter_map(|file| {
                    Some(format!(
                        "{} could not be imported, the score is as it was: {}",
                        file.name,
                        file.content.as_ref().err()?
                    ))
                })
                .collect();
            self.dialogs.import = None;
            self.fail(told.join("\n"));
        } else if import.goes_without_saying() {
            self.finish_import();
        }
    }

    /// Takes what was chosen into the score, as one undo step.
    pub(in crate::studio) fn finish_import(&mut self) {
        let Some(import) = self.dialogs.import.take() else { return };
        if self.document.recording.is_some() {
            self.stop_recording();
        }
        self.drop_audition();
        self.document.takes.results.clear();
        self.services.sound.with_player(crate::sound::Player::stop);
        self.services.sound.seek(0);
        let before = self.document.history.committed().parts.len();
        let mut score = import.result(self.document.history.committed());
        if !import.into_present {
            score.id = new_id(); // a composition of its own
        }
        let what = match import.readable().map(|(_, file, _)| &file.name).collect::<Vec<_>>().as_slice() {
            [one] => (*one).clone(),
            several => format!("{} files", several.len()),
        };
        self.document.part = if import.into_present { before } else { score.melody.unwrap_or(0) };
        self.document.history.commit(format!("Import {what}"), score);
        self.document.part = self.document.part.min(self.score().parts.len().saturating_sub(1));
        if !import.into_present {
            self.document.transport.loop_range = None;
            self.document.transport.looping = false;
            self.pages.compose.editor.show_all = true;
        }
        self.page = crate::studio::page::Page::Compose;
        for (_, file, _) in import.readable().collect::<Vec<_>>().into_iter().rev() {
            self.remember_file(file.path.clone());
        }
        let (tone, text) = import.summary();
        self.services.toasts.add(tone, text);
    }

    /// Lets the open window of files meet a command first; says whether that was all.
    pub(in crate::studio) fn file_window_meets(&mut self, command: Command) -> bool {
        match command {
            Command::Record | Command::PlayPause if self.is_listening() => {
                self.stop_part();
                command == Command::PlayPause
            }
            Command::Roll(RollCommand::SelectNone) if self.services.midi_learn.learning.is_some() => {
                self.services.midi_learn.learning = None;
                true
            }
            Command::Roll(RollCommand::SelectNone) if self.dialogs.import.is_some() => {
                self.cancel_import();
                true
            }
            // what is being written goes on, and the line at the bottom shows it
            Command::Roll(RollCommand::SelectNone) if self.services.exports.open.is_some() => {
                self.services.exports.open = None;
                true
            }
            _ => false,
        }
    }

    /// Leaves everything as it was.
    pub(in crate::studio) fn cancel_import(&mut self) {
        self.stop_part();
        self.dialogs.import = None;
    }

    /// Plays one part of a file alone, or stops where it plays.
    pub(in crate::studio) fn listen_to_part(&mut self, place: (usize, usize)) {
        let was = self.dialogs.import.as_ref().and_then(|import| Some(import.listening.as_ref()?.place));
        self.stop_part();
        self.stop_listening(); // the Train page's sample, if one plays
        let Some(import) = self.dialogs.import.as_mut().filter(|_| was != Some(place)) else {
            return;
        };
        let Some(Ok(content)) = import.files.get(place.0).map(|file| &file.content) else {
            return;
        };
        let Some(part) = content.score.parts.get(place.1) else { return };
        let mut alone = Part::clone(part);
        (alone.muted, alone.soloed) = (false, false);
        let first = alone.notes.first().map_or(0, |note| note.start);
        let score = Arc::new(Score {
            tempo: content.score.tempo.clone(),
            metre: content.score.metre.clone(),
            parts: vec![Arc::new(alone)],
            ..Score::default()
        });
        import.listening = Some(Listening { place, score: Arc::clone(&score), has_begun: false });
        self.services.sound.with_player(crate::sound::Player::stop);
        self.services.sound.set_loop(None);
        self.services.sound.keep_up(&score);
        self.services.sound.seek(first);
        self.services.sound.with_player(|player| {
            player.set_stop_at_end(true);
            player.play();
        });
    }

    /// Stops what is listened to; the composition is what plays next, from its start.
    pub(in crate::studio) fn stop_part(&mut self) {
        if let Some(import) = &mut self.dialogs.import
            && import.listening.take().is_some()
        {
            self.services.sound.with_player(crate::sound::Player::stop);
            self.services.sound.seek(0);
        }
    }

    /// Whether a part of a file is heard instead of the composition.
    pub(in crate::studio) fn is_listening(&self) -> bool {
        self.dialogs.import.as_ref().is_some_and(|import| import.listening.is_some())
    }

    /// What is heard instead of the composition, if anything is.
    pub(in crate::studio) fn heard_instead(&mut self) -> Option<Arc<Score>> {
        let playing = self.is_playing();
        let listening = self.dialogs.import.as_mut()?.listening.as_mut()?;
        if listening.has_begun && !playing {
            self.stop_part();
            return None;
        }
        listening.has_begun |= playing;
        Some(Arc::clone(&listening.score))
    }

    /// Puts a file first among those in the menu.
    pub(in crate::studio) fn remember_file(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.change_preferences(|preferences| {
            preferences.recent_files.retain(|known| *known != path);
            preferences.recent_files.insert(0, path);
            preferences.recent_files.truncate(RECENT);
        });
    }
}
