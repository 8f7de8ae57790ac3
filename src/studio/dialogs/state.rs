//! What lies over the window, and what it keeps from one frame to the next.

use std::path::PathBuf;

use super::{
    export::state::ExportWindow, import::state::Import, note_tools::state::OpenTool, publish::state::PublishWindow,
};
use crate::studio::services::files::Purpose;

/// What must be answered before anything else.
#[derive(Debug)]
pub enum Dialog {
    /// All commands, to search.
    Palette {
        /// What is searched.
        search: String,
        /// Which of the hits Enter takes.
        chosen: usize,
    },
    /// All keyboard shortcuts.
    KeySheet {
        /// What is searched.
        search: String,
    },
    /// What this program is, and the report for problems.
    About(String),
    /// SoundFonts and their presets.
    SoundFonts {
        /// What is searched among the presets.
        search: String,
    },
    /// A path to type, where no dialog of the system answers.
    Path {
        /// What for.
        purpose: Purpose,
        /// What is typed.
        text: String,
    },
    /// Whether what is in the bin is to be deleted for good, and how many of each.
    EmptyBin {
        /// Compositions.
        compositions: usize,
        /// Models.
        models: usize,
    },
    /// Whether the window is to close, though something ends or goes on.
    Closing,
    /// Files that are there already, and would be lost.
    Replace {
        /// What for.
        purpose: Purpose,
        /// What was chosen.
        path: PathBuf,
        /// What is there.
        there: Vec<PathBuf>,
    },
}

impl Dialog {
    /// The palette, nothing searched yet.
    pub fn palette() -> Self {
        Self::Palette { search: String::new(), chosen: 0 }
    }
}

/// All that lies over the window or floats above it.
#[derive(Debug, Default)]
pub struct Dialogs {
    /// What must be answered first, if anything must.
    pub open: Option<Dialog>,
    /// How files are exported.
    pub export: ExportWindow,
    /// How a composition is published.
    pub publish: PublishWindow,
    /// MIDI files being read and asked about, if any are.
    pub import: Option<Import>,
    /// The window of a tool for notes, if one is open.
    pub note_tool: Option<OpenTool>,
}

impl Dialogs {
    /// Whether a window above the page asks something, so that Enter says yes to it.
    pub fn window_asks(&self) -> bool {
        let import = self.import.as_ref().is_some_and(Import::is_shown);
        self.note_tool.is_some() || import || self.export.open.is_some() || self.publish.open
    }
}
