//! Paths: asked for by the system's dialog or typed, dropped on the window, and handed to those who read and write them.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};

use crate::studio::{dialogs::Dialog, state::Studio};
use crate::{library::project::EXTENSION, whole_file::name_from_title};

/// What a path is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// MIDI files to open.
    Import,
    /// MIDI files whose parts come to the present composition.
    ImportIntoPresent,
    /// A project to open.
    OpenProject,
    /// Where the project goes.
    SaveProject,
    /// Where the MIDI file goes.
    ExportMidi,
    /// Where the MIDI file of some parts or bars goes.
    ExportSomeMidi,
    /// Where the audio goes.
    ExportAudio,
    /// A SoundFont to play with.
    SoundFont,
    /// A folder of MIDI files to train on.
    TrainingData,
    /// The folder of a training that was begun elsewhere.
    Run,
    /// Where the curves of all trainings go.
    Curves,
    /// Where the picture of a chart goes.
    Picture,
    /// The folder of a model to be taken among one's own.
    ImportModel,
    /// The folder that a model is copied into.
    ExportModel,
}

impl Purpose {
    /// The dialog's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Import | Self::ImportIntoPresent => "Import MIDI files",
            Self::OpenProject => "Open a project",
            Self::SaveProject => "Save the project as",
            Self::ExportMidi | Self::ExportSomeMidi => "Export as MIDI",
            Self::ExportAudio => "Export as audio",
            Self::SoundFont => "Choose a SoundFont",
            Self::TrainingData => "Choose a folder of MIDI files",
            Self::Run => "Choose the folder of a training",
            Self::Curves => "Write the curves of all trainings",
            Self::Picture => "Save the chart as a picture",
            Self::ImportModel => "Choose the folder of a model",
            Self::ExportModel => "Export the model as a folder",
        }
    }

    /// What its button does.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Import | Self::ImportIntoPresent | Self::ImportModel => "Import",
            Self::OpenProject => "Open",
            Self::SaveProject => "Save",
            Self::ExportMidi | Self::ExportSomeMidi | Self::ExportAudio | Self::ExportModel => "Export",
            Self::Curves | Self::Picture => "Write",
            Self::SoundFont | Self::TrainingData | Self::Run => "Choose",
        }
    }

    /// Whether something is written there.
    const fn writes(self) -> bool {
        match self {
            Self::SaveProject
            | Self::ExportMidi
            | Self::ExportSomeMidi
            | Self::ExportAudio
            | Self::Curves
            | Self::Picture => true,
            // a model goes into a new folder; one that is there is never replaced
            Self::ExportModel
            | Self::Import
            | Self::ImportIntoPresent
            | Self::OpenProject
            | Self::SoundFont
            | Self::TrainingData
            | Self::Run
            | Self::ImportModel => false,
        }
    }

    /// The ending of what is written, where it has but one.
    const fn ending(self) -> Option<&'static str> {
        match self {
            Self::SaveProject => Some(EXTENSION),
            Self::ExportMidi | Self::ExportSomeMidi => Some("mid"),
            Self::Curves => Some("csv"),
            Self::Picture => Some("png"),
            _ => None,
        }
    }

    /// What a path looks like.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Import | Self::ImportIntoPresent => "~/Music/melody.mid",
            Self::OpenProject | Self::SaveProject => "~/Music/composition.cantus",
            Self::ExportMidi | Self::ExportSomeMidi => "~/Music/composition.mid",
            Self::ExportAudio => "~/Music/composition.wav",
            Self::SoundFont => "~/Music/piano.sf2",
            Self::TrainingData => "~/Music/midi",
            Self::Curves => "~/curves.csv",
            Self::Picture => "~/chart.png",
            Self::Run | Self::ImportModel | Self::ExportModel => "~/models/my-model",
        }
    }
}

/// Sooner than this nobody has closed a dialog: there was none.
const NO_DIALOG: Duration = Duration::from_millis(400);

impl Studio {
    /// Asks for a path by the system's dialog, and where none answers, by a field.
    pub(in crate::studio) fn ask(&mut self, purpose: Purpose) {
        let title = self.score().title.clone();
        let name = match name_from_title(&title) {
            name if name.is_empty() => "composition".to_owned(),
            name => name,
        };
        let format = self.services.exports.audio.format;
        let model = self.pages.models.exported_name();
        self.services.jobs.spawn("asking for a file", move |poster| {
            let dialog = rfd::FileDialog::new().set_title(purpose.title());
            let midi = ["mid", "midi"];
            let asked = Instant::now();
            let one = |path: Option<PathBuf>| path.map(|path| vec![path]);
            let paths = match purpose {
                Purpose::Import | Purpose::ImportIntoPresent => dialog.add_filter("MIDI files", &midi).pick_files(),
                Purpose::OpenProject => one(dialog.add_filter("Cantus projects", &[EXTENSION]).pick_file()),
                Purpose::SaveProject => one(dialog
                    .add_filter("Cantus projects", &[EXTENSION])
                    .set_file_name(format!("{name}.{EXTENSION}"))
                    .save_file()),
                Purpose::ExportMidi | Purpose::ExportSomeMidi => {
                    one(dialog.add_filter("MIDI files", &midi).set_file_name(format!("{name}.mid")).save_file())
                }
                Purpose::ExportAudio => one(dialog
                    .add_filter(format.name(), &[format.ending()])
                    .set_file_name(format!("{name}.{}", format.ending()))
                    .save_file()),
                Purpose::SoundFont => one(dialog.add_filter("SoundFonts", &["sf2", "sf3"]).pick_file()),
                Purpose::TrainingData | Purpose::Run | Purpose::ImportModel => one(dialog.pick_folder()),
                Purpose::ExportModel => one(dialog.set_file_name(model).save_file()),
                Purpose::Curves => one(dialog.add_filter("Tables", &["csv"]).set_file_name("curves.csv").save_file()),
                Purpose::Picture => one(dialog.add_filter("Pictures", &["png"]).set_file_name("chart.png").save_file()),
            };
            let at_once = asked.elapsed() < NO_DIALOG;
            poster.post(move |studio| match paths {
                // The system's dialog has asked about the very file, but knows nothing of endings and stems.
                Some(paths) if purpose.writes() => {
                    let asked = paths.first().cloned();
                    studio.write_unless_there(purpose, paths, asked);
                }
                Some(paths) => studio.take_paths(purpose, paths),
                None if at_once => {
                    studio.dialogs.open = Some(Dialog::Path { purpose, text: String::new() });
                }
                None => {}
            });
        });
    }

    /// Does with a path what it was asked for. Files that are there are replaced only once that was agreed to.
    pub fn take_path(&mut self, purpose: Purpose, path: PathBuf) {
        self.take_paths(purpose, vec![path]);
    }

    /// The same with several, where several can be asked for; else the first counts.
    pub fn take_paths(&mut self, purpose: Purpose, paths: Vec<PathBuf>) {
        match purpose {
            Purpose::Import => return self.import(paths),
            Purpose::ImportIntoPresent => return self.import_into_present(paths),
            _ if purpose.writes() => return self.write_unless_there(purpose, paths, None),
            _ => {}
        }
        let Some(path) = paths.into_iter().next() else { return };
        match purpose {
            Purpose::OpenProject => self.read_project(path),
            Purpose::SoundFont => self.offer_soundfont(path),
            Purpose::TrainingData => self.learn_from(&path),
            Purpose::Run => self.open_run(path),
            Purpose::ImportModel => self.import_model(path),
            Purpose::ExportModel => self.export_model(path),
            _ => {}
        }
    }

    /// Writes there where nothing lies that would be lost; else asks. About `asked` somebody asked already.
    fn write_unless_there(&mut self, purpose: Purpose, paths: Vec<PathBuf>, asked: Option<PathBuf>) {
        let Some(path) = paths.into_iter().next() else { return };
        let path = match purpose.ending() {
            Some(ending) => with_extension(path, ending),
            None => path,
        };
        let places = match purpose {
            Purpose::ExportAudio => self.audio_places(&path),
            _ => vec![path.clone()],
        };
        // Beside the window: disks may sleep, and networks hang.
        self.services.jobs.spawn("looking for files that are there", move |poster| {
            let is_in_the_way = |place: &PathBuf| Some(place) != asked.as_ref() && place.exists();
            let there: Vec<PathBuf> = places.into_iter().filter(is_in_the_way).collect();
            poster.post(move |studio| {
                if there.is_empty() {
                    studio.write_to(purpose, path);
                } else {
                    studio.dialogs.open = Some(Dialog::Replace { purpose, path, there });
                }
            });
        });
    }

    /// Writes there, whatever there is.
    pub(in crate::studio) fn write_to(&mut self, purpose: Purpose, path: PathBuf) {
        match purpose {
            Purpose::SaveProject => self.save_project(path),
            Purpose::ExportMidi => self.export_midi(path),
            Purpose::ExportSomeMidi => self.export_some_midi(path),
            Purpose::ExportAudio => self.export_audio(&path),
            Purpose::Curves => self.export_curves(path),
            Purpose::Picture => self.export_picture(path),
            _ => {}
        }
    }

    pub(in crate::studio) fn take_dropped_files(&mut self, ctx: &Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        self.take_files(dropped);
    }

    /// Takes files that a second start of the program was given, and comes to the front where the system lets it.
    pub(in crate::studio) fn take_handed_files(&mut self, files: Vec<PathBuf>) {
        for command in [
            ViewportCommand::Minimized(false),
            ViewportCommand::Focus,
            ViewportCommand::RequestUserAttention(UserAttentionType::Informational),
        ] {
            self.services.ctx.send_viewport_cmd(command);
        }
        self.take_files(files);
    }

    /// Does with files of any kind what is meant by bringing them.
    pub(in crate::studio) fn take_files(&mut self, files: Vec<PathBuf>) {
        let mut music = Vec::new();
        for path in files {
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            match extension.as_deref() {
                Some("sf2" | "sf3") => self.take_path(Purpose::SoundFont, path),
                _ if path.is_dir() => {
                    self.take_path(Purpose::TrainingData, path);
                    self.page = crate::studio::page::Page::Train;
                }
                _ => music.push(path),
            }
        }
        self.import(music);
    }
}

fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(extension) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_an_ending_gets_one() {
        assert_eq!(with_extension("a/b".into(), "mid"), PathBuf::from("a/b.mid"));
        assert_eq!(with_extension("a/b.midi".into(), "mid"), PathBuf::from("a/b.midi"));
    }
}
