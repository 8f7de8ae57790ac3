//! What is asked for around exports.

use std::path::PathBuf;

use crate::sound::export::Exported;

/// What is asked for around exports.
#[derive(Debug)]
pub enum ExportAction {
    /// Write no audio after all.
    Cancel,
    /// Audio was written.
    AudioWritten(Exported),
    /// Audio was given up, as was asked for.
    AudioCancelled,
    /// Audio could not be written, and why.
    AudioFailed(String),
    /// A MIDI file was written there.
    MidiWritten(PathBuf),
    /// Show the folder that this file is in, by the desktop's own program.
    ShowFolder(PathBuf),
}
