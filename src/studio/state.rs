//! The window and all behind it: [`Studio`], and how it starts. `app` draws it, `commands::execute` changes it.

use std::path::PathBuf;

use super::{
    dialogs::Dialogs,
    document::Document,
    menu_bar::TopLine,
    page::Page,
    pages::Pages,
    services::{Services, engine_line},
};
use crate::devices::MidiBackend;

/// How a studio starts; tests put their own parts in.
pub struct StudioOptions {
    /// Files to open at once.
    pub files: Vec<PathBuf>,
    /// Where the session and the settings are kept; `None` is the user's own folders.
    pub folder: Option<PathBuf>,
    /// The system's MIDI.
    pub midi: Box<dyn MidiBackend>,
    /// How an engine is started.
    pub engine: engine_line::Starter,
    /// Whether to look for sound at all.
    pub sound: bool,
}

impl StudioOptions {
    /// The real thing.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self { files, folder: None, midi: crate::devices::alsa_backend(), engine: engine_line::real(), sound: true }
    }
}

/// What waits for the window to be there.
pub(super) struct Startup {
    pub(super) files: Vec<PathBuf>,
    pub(super) midi: Option<Box<dyn MidiBackend>>,
    pub(super) frames: u64,
}

/// The window and all behind it; the only owner of everything.
pub struct Studio {
    /// What is worked on.
    pub document: Document,
    /// What runs beside the window.
    pub services: Services,
    /// What pages keep from frame to frame.
    pub pages: Pages,
    /// The page that is shown.
    pub page: Page,
    /// What lies over the window.
    pub dialogs: Dialogs,
    /// The line with the menus.
    pub(super) top_line: TopLine,
    pub(super) startup: Startup,
}
