//! What is asked for around files.

use std::path::PathBuf;

use crate::studio::services::files::Purpose;

/// What is asked for around files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAction {
    /// Ask for a path by the system's dialog.
    Ask(Purpose),
    /// Do with these what they were asked for.
    Take(Purpose, Vec<PathBuf>),
    /// Bring these MIDI files in.
    Import(Vec<PathBuf>),
}
