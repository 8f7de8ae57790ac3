//! What the library's thread and other windows tell.

use std::path::PathBuf;

use crate::{
    library::autosave::{Autosave, Notice, Start},
    studio::services::preferences::Preferences,
};

/// What the start found: the settings, and the library.
pub struct Opened {
    /// The settings and what was not understood of them; `None` where there is no place for them.
    pub preferences: Option<(Preferences, Vec<String>)>,
    /// The library's thread and what was there last, or why there is none; `None` where there is no place for it.
    pub library: Option<Result<(Autosave, Start), String>>,
    /// The score's revision when this was asked for.
    pub revision: u64,
}

/// What the library's thread and other windows tell.
pub enum SessionAction {
    /// Settings and library were opened.
    Opened(Box<Opened>),
    /// Something happened to what is kept.
    Notice(Notice),
    /// The window closes, whatever ends with it.
    Close,
    /// A later start of the program was given these files.
    HandedFiles(Vec<PathBuf>),
    /// Later starts can hand their files over from now on.
    #[cfg(unix)]
    HandoverReady(crate::studio::services::handover::HandoverServer),
}
