//! The middle of the studio page: tools, roll, on-screen piano.

mod piano_strip;
mod roll_area;
mod tools;

use eframe::egui::{Frame, Margin, Ui};

use crate::music::{Key, Pitch};
use crate::studio::{
    commands::Command,
    dialogs::note_tools::NoteTool,
    pages::compose::{
        piano::{ComputerKeys, Piano},
        roll::{Keys, Roll, RollInput, Tool},
    },
    services::preferences::RollChoices,
    state::Studio,
    theme::Theme,
};

/// The roll's view, tool and selection, and the piano's.
#[derive(Debug)]
pub struct RollView {
    /// The widget.
    pub roll: Roll,
    /// What the pointer does.
    pub tool: Tool,
    /// Put the view on the score's beginning at the next frame.
    pub show_all: bool,
    /// The key found for a revision of the score.
    pub found_key: (Option<u64>, Option<Key>),
    /// The strip of keys below.
    pub piano: Piano,
    /// The computer's keys as a piano.
    pub keys: ComputerKeys,
    /// Keys held by mouse or computer keys.
    played: Keys,
    sounding: Option<Pitch>,
}

impl Default for RollView {
    fn default() -> Self {
        Self {
            roll: Roll::new(),
            tool: Tool::Select,
            show_all: false,
            found_key: (None, None),
            piano: Piano::new(),
            keys: ComputerKeys::default(),
            played: Keys::default(),
            sounding: None,
        }
    }
}

impl RollView {
    /// Whether the computer's keys play.
    pub fn computer_keys(&self) -> bool {
        self.keys.enabled
    }
}

/// How high the piano and its line of controls are, in points: the roll has most of what there is.
fn piano_height(available: f32) -> f32 {
    match available {
        400.0.. => 124.0,
        240.0.. => 84.0,
        _ => piano_strip::TOOLS_HEIGHT,
    }
}

impl Studio {
    pub(in crate::studio) fn centre(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        eframe::egui::Panel::top("roll tools")
            .frame(Frame::new().fill(theme.surface).inner_margin(Margin::symmetric(8, 4)))
            .exact_size(38.0)
            .show(ui, |ui| self.roll_tools(ui));
        eframe::egui::Panel::bottom("piano")
            .frame(Frame::new().fill(theme.surface).inner_margin(Margin::ZERO))
            .exact_size(piano_height(ui.available_height()))
            .show(ui, |ui| self.piano(ui));
        eframe::egui::CentralPanel::default().frame(Frame::new().fill(theme.roll_white)).show(ui, |ui| self.roll(ui));
    }
}
