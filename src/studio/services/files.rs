//! What paths are asked for.

use std::path::PathBuf;

use crate::{library::project::EXTENSION, music::musicxml};

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
    /// Where the sheet music goes.
    ExportSheet,
    /// Where the web page goes.
    ExportPage,
    /// Where the audio goes that is uploaded by hand.
    SaveForUpload,
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

/// What is said where a path is asked for, and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// The dialog's title.
    pub title: &'static str,
    /// What its button does.
    pub verb: &'static str,
    /// Whether a file is written there; one that was there would be replaced.
    pub writes: bool,
    /// The ending of what is written, where it has but one.
    pub ending: Option<&'static str>,
    /// What a path looks like.
    pub example: &'static str,
}

impl Purpose {
    /// How it is asked for.
    pub const fn asking(self) -> Asking {
        const fn read(title: &'static str, verb: &'static str, example: &'static str) -> Asking {
            Asking { title, verb, writes: false, ending: None, example }
        }
        const fn write(
            title: &'static str,
            verb: &'static str,
            ending: Option<&'static str>,
            example: &'static str,
        ) -> Asking {
            Asking { title, verb, writes: true, ending, example }
        }
        match self {
            Self::Import | Self::ImportIntoPresent => read("Import MIDI files", "Import", "~/Music/melody.mid"),
            Self::OpenProject => read("Open a project", "Open", "~/Music/composition.cantus"),
            Self::SaveProject => write("Save the project as", "Save", Some(EXTENSION), "~/Music/composition.cantus"),
            Self::ExportMidi | Self::ExportSomeMidi => {
                write("Export as MIDI", "Export", Some("mid"), "~/Music/composition.mid")
            }
            Self::ExportSheet => {
                write("Export as sheet music", "Export", Some(musicxml::EXTENSION), "~/Music/composition.musicxml")
            }
            Self::ExportPage => write("Export as web page", "Export", Some("html"), "~/Music/composition.html"),
            Self::SaveForUpload => write("Save for SoundCloud", "Save", Some("flac"), "~/Music/composition.flac"),
            Self::ExportAudio => write("Export as audio", "Export", None, "~/Music/composition.wav"),
            Self::SoundFont => read("Choose a SoundFont", "Choose", "~/Music/piano.sf2"),
            Self::TrainingData => read("Choose a folder of MIDI files", "Choose", "~/Music/midi"),
            Self::Run => read("Choose the folder of a training", "Choose", "~/models/my-model"),
            Self::Curves => write("Save the curves of all trainings", "Write", Some("csv"), "~/curves.csv"),
            Self::Picture => write("Save the chart as a picture", "Write", Some("png"), "~/chart.png"),
            Self::ImportModel => read("Choose the folder of a model", "Import", "~/models/my-model"),
            // goes into a new folder; one that is there is never replaced
            Self::ExportModel => read("Export model as a folder", "Export", "~/models/my-model"),
        }
    }
}

impl Purpose {
    /// Where a file of that name goes, as it is typed: the folder of the example where that is there, else the home.
    pub fn suggested_path(self, name: &str) -> String {
        let folder = self.asking().example.rsplit_once('/').map_or("~", |(folder, _)| folder);
        let folder = if expand_home(folder).is_dir() { folder } else { "~" };
        format!("{folder}/{name}")
    }
}

/// The path that is meant by what is typed, in which `~` is the user's home.
pub fn expand_home(text: &str) -> PathBuf {
    match (text.strip_prefix('~'), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            PathBuf::from(home).join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(text),
    }
}

/// A path with this ending, where it has none.
pub fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
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
