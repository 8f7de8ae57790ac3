//! What is asked for around files.

use std::path::PathBuf;

use crate::{library::store::Composition, studio::services::files::Purpose};

/// What is asked for around files.
pub enum FileAction {
    /// Ask for a path by the system's dialog.
    Ask(Purpose),
    /// The system shows no dialog: let the path be typed.
    AskByField(Purpose),
    /// Do with these what they were asked for.
    Take(Purpose, Vec<PathBuf>),
    /// Write to the first of these, unless something would be lost; `agreed` was agreed to already.
    WriteUnlessThere {
        /// What for.
        purpose: Purpose,
        /// What was chosen.
        paths: Vec<PathBuf>,
        /// The file that somebody agreed to have replaced.
        agreed: Option<PathBuf>,
    },
    /// Ask whether what is there may be replaced.
    AskToReplace {
        /// What for.
        purpose: Purpose,
        /// What was chosen.
        path: PathBuf,
        /// What is there.
        there: Vec<PathBuf>,
    },
    /// Write there, whatever there is.
    Write(Purpose, PathBuf),
    /// Bring these MIDI files in.
    Import(Vec<PathBuf>),
    /// Write this composition into a project file.
    WriteProject(PathBuf, Box<Composition>),
    /// The project was written there.
    ProjectWritten(PathBuf),
    /// The project at that path was read.
    ProjectRead(PathBuf, Box<Composition>),
}
