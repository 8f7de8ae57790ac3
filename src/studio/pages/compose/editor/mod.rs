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

    /// Why an editing command cannot be given now.
    pub(in crate::studio) fn why_not_edit(&self, command: Command) -> Option<String> {
        match command {
            Command::Roll(command) => {
                let score = std::sync::Arc::clone(self.history.score());
                let mut input = RollInput::new(&score, self.part);
                input.key = self.roll.found_key.1;
                self.roll.roll.disabled_reason(command, &input).map(str::to_owned)
            }
            Command::Quantise | Command::QuantiseWith | Command::Humanise | Command::Transpose | Command::Stretch => {
                self.why_not_note_tools()
            }
            Command::ToggleScaleSnap if self.roll.found_key.1.is_none() => {
                Some("No key is set, and the notes suggest none".into())
            }
            _ => None,
        }
    }

    pub(in crate::studio) fn edit_command(&mut self, command: Command) {
        match command {
            Command::Roll(command) => {
                if command.edits() {
                    self.keep_audition();
                }
                let actions = self.with_roll(|roll, input| roll.apply(command, input));
                self.take_roll_actions(actions);
            }
            Command::ToolSelect => self.roll.tool = Tool::Select,
            Command::ToolDraw => self.roll.tool = Tool::Pencil,
            Command::ToolErase => self.roll.tool = Tool::Erase,
            Command::ComputerKeys => {
                self.roll.keys.enabled = !self.roll.keys.enabled;
                if !self.roll.keys.enabled {
                    self.release_keys();
                }
            }
            Command::KeysOctaveDown => self.roll.keys.shift_octave(-1),
            Command::KeysOctaveUp => self.roll.keys.shift_octave(1),
            Command::Quantise => self.quantise_as_last(),
            Command::QuantiseWith => self.open_note_tool(NoteTool::quantise(&self.preferences)),
            Command::Humanise => self.open_note_tool(NoteTool::humanise(&self.preferences)),
            Command::Transpose => self.open_note_tool(NoteTool::transpose()),
            Command::Stretch => self.open_stretch(),
            Command::GridFiner => self.change_roll(|roll| roll.step_grid(true)),
            Command::GridCoarser => self.change_roll(|roll| roll.step_grid(false)),
            Command::ToggleSnap => self.change_roll(|roll| roll.snaps = !roll.snaps),
            Command::Follow => self.change_roll(|roll| roll.follow = !roll.follow),
            Command::ToggleGhosts => self.change_roll(|roll| roll.ghosts = !roll.ghosts),
            Command::ToggleScaleRows => self.change_roll(|roll| roll.scale_rows = !roll.scale_rows),
            Command::ToggleScaleSnap => self.change_roll(|roll| roll.scale_snap = !roll.scale_snap),
            _ => {}
        }
    }

    /// Changes how the roll is looked at, and keeps it.
    fn change_roll(&mut self, change: impl FnOnce(&mut RollChoices)) {
        self.change_preferences(|preferences| change(&mut preferences.roll));
    }
}
