//! What paths are asked for.

use std::path::PathBuf;

use crate::library::project::EXTENSION;

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
    pub const fn writes(self) -> bool {
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
    pub const fn ending(self) -> Option<&'static str> {
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
