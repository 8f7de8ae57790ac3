//! The window and all behind it: [`Studio`], and how it starts.

use std::{path::PathBuf, sync::Arc};

use eframe::egui;

use super::{
    commands::Command,
    dialogs::Dialogs,
    document::Document,
    menu_bar::TitleField,
    page::Page,
    pages::Pages,
    services::{Services, engine_line, session::Folders},
    theme,
};
use crate::{devices::MidiBackend, music::Score};

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
    /// The composition's name while it is typed.
    pub(super) title: TitleField,
    pub(super) startup: Startup,
}

impl Studio {
    /// A studio whose window has just been made. Devices, engine and files wait for the first frame.
    pub fn new(ctx: egui::Context, options: StudioOptions) -> Self {
        theme::install(&ctx);
        let mut studio = Self {
            document: Document::default(),
            services: Services::new(ctx, Folders::new(options.folder), options.engine, options.sound),
            pages: Pages::default(),
            page: Page::default(),
            dialogs: Dialogs::default(),
            title: TitleField::default(),
            startup: Startup { files: options.files, midi: Some(options.midi), frames: 0 },
        };
        if let Some(melody) = studio.pages.compose.left.first_melody() {
            studio.document.history.reset(studio.services.session.begin(melody));
        }
        studio.services.apply_preferences();
        studio
    }

    /// The score as shown and heard.
    pub fn score(&self) -> &Arc<Score> {
        self.document.score()
    }

    /// Asks for a command, to be carried out after this frame's drawing.
    pub fn push(&mut self, command: Command) {
        self.services.ask(command);
    }
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Studio")
            .field("page", &self.page)
            .field("part", &self.document.part)
            .finish_non_exhaustive()
    }
}
