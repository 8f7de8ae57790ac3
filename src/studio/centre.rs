//! The middle of the studio page: tools, roll, on-screen piano.

use eframe::egui::{Align, ComboBox, Frame, Layout, Margin, RichText, Ui};

use super::{
    commands::Command,
    piano::{ComputerKeys, Piano, PianoEvent, PianoInput},
    roll::{Keys, Roll, RollAction, RollCommand, RollInput, Snap, Tool},
    state::Studio,
    theme::{Icon, Theme, size, space},
    widgets::IconButton,
};
use crate::{
    clock,
    music::{Key, Note, Pitch, Score, Stamped, Velocity, quantise},
};

/// The roll's view, tool and selection, and the piano's.
#[derive(Debug)]
pub struct RollView {
    /// The widget.
    pub roll: Roll,
    /// What the pointer does.
    pub tool: Tool,
    /// The grid.
    pub snap: Snap,
    /// Whether other parts are seen behind.
    pub ghosts: bool,
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
            snap: Snap::SIXTEENTH,
            ghosts: true,
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

    /// Shows the beginning.
    pub fn reveal_start(&mut self) {}
}

/// What the roll goes by in a frame, with what it borrows.
struct Shown {
    score: std::sync::Arc<Score>,
    recording: Vec<Note>,
    playhead_tick: f64,
    playing: bool,
    key: Option<Key>,
    lit: Keys,
}

impl Studio {
    pub(super) fn centre(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        eframe::egui::Panel::top("roll tools")
            .frame(Frame::new().fill(theme.surface).inner_margin(Margin::symmetric(8, 4)))
            .exact_size(38.0)
            .show(ui, |ui| self.roll_tools(ui));
        eframe::egui::Panel::bottom("piano")
            .frame(Frame::new().fill(theme.surface).inner_margin(Margin::ZERO))
            .exact_size(124.0)
            .show(ui, |ui| self.piano(ui));
        eframe::egui::CentralPanel::default()
            .frame(Frame::new().fill(theme.roll_white))
            .show(ui, |ui| self.roll(ui));
    }

    fn roll_tools(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (tool, command, icon) in [
                (Tool::Select, Command::ToolSelect, Icon::MousePointer2),
                (Tool::Pencil, Command::ToolDraw, Icon::Pencil),
                (Tool::Erase, Command::ToolErase, Icon::Eraser),
            ] {
                let on = self.roll.tool == tool;
                self.command_with(ui, command, IconButton::new(icon, command.entry().title).on(on));
            }
            ui.add_space(space::S);
            ui.label(RichText::new("Grid").size(size::CAPTION).color(theme.text_faint));
            ui.spacing_mut().interact_size.y = 24.0;
            let snap = self.roll.snap;
            ComboBox::from_id_salt("grid")
                .width(86.0)
                .selected_text(snap.name())
                .show_ui(ui, |ui| {
                    for other in Snap::all() {
                        ui.selectable_value(&mut self.roll.snap, other, other.name());
                    }
                })
                .response
                .accessible_name("Grid")
                .on_hover_text("What notes snap to; hold Alt to place them freely");
            ui.add_space(space::S);
            self.command_icon(ui, Command::Quantise);
            self.command_icon(ui, Command::Humanise);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let lane = self.roll.roll.shows_velocity_lane();
                self.command_with(
                    ui,
                    Command::Roll(RollCommand::ToggleVelocityLane),
                    IconButton::new(Icon::ChartColumn, "Velocity lane").on(lane),
                );
                let follow = self.transport.follow;
                self.command_with(
                    ui,
                    Command::Follow,
                    IconButton::new(Icon::ScanLine, "Follow the playhead").on(follow),
                );
                if IconButton::new(Icon::Layers, "Show other parts")
                    .on(self.roll.ghosts)
                    .hover("Other parts behind the notes")
                    .show(ui)
                    .clicked()
                {
                    self.roll.ghosts = !self.roll.ghosts;
                }
                self.command_icon(ui, Command::Roll(RollCommand::ZoomToFit));
                self.command_icon(ui, Command::Roll(RollCommand::ZoomOut));
                self.command_icon(ui, Command::Roll(RollCommand::ZoomIn));
            });
        });
    }

    fn piano(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        eframe::egui::Panel::top("piano tools")
            .frame(Frame::new().inner_margin(Margin::symmetric(8, 0)))
            .exact_size(32.0)
            .show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    let on = self.roll.keys.enabled;
                    self.command_with(ui, Command::ComputerKeys, IconButton::new(Icon::Keyboard, "Computer keys").on(on));
                    if on {
                        self.command_icon(ui, Command::KeysOctaveDown);
                        ui.label(
                            RichText::new(format!("octave {}", self.roll.keys.octave()))
                                .size(size::CAPTION)
                                .color(theme.text_muted),
                        );
                        self.command_icon(ui, Command::KeysOctaveUp);
                        let text = "The letters play; shortcuts of one letter rest";
                        ui.label(RichText::new(text).size(size::CAPTION).color(theme.accent));
                    } else {
                        let text = "Click the keys, plug in a keyboard, or play with the computer's keys";
                        ui.label(RichText::new(text).size(size::CAPTION).color(theme.text_faint));
                    }
                });
            });
        let color = self
            .score()
            .parts
            .get(self.part)
            .map_or(theme.accent, |part| theme.part(part.color));
        let lit = self.shown().lit;
        let keys = self.roll.keys.clone();
        let input = PianoInput {
            lit,
            color,
            computer_keys: keys.enabled.then_some(&keys),
        };
        let events = self.roll.piano.show(ui, &input);
        self.take_piano(events);
    }

    fn take_piano(&mut self, events: Vec<PianoEvent>) {
        for PianoEvent { pitch, velocity, on } in events {
            if on {
                self.roll.played.insert(pitch);
                self.play_key([0x90, pitch.get(), velocity.get()]);
            } else {
                self.roll.played.remove(pitch);
                self.play_key([0x80, pitch.get(), 64]);
            }
        }
    }

    /// Lets the computer's keys play. Before anything else reads the keys.
    pub(super) fn take_computer_keys(&mut self, ctx: &eframe::egui::Context) {
        if self.dialog.is_some() {
            self.release_keys();
            return;
        }
        let events = self.roll.keys.update(ctx);
        self.take_piano(events);
    }

    /// Lets go of every key of the on-screen piano and the computer's.
    pub(super) fn release_keys(&mut self) {
        let mut events = self.roll.keys.release_all();
        events.extend(self.roll.piano.release());
        self.take_piano(events);
    }

    fn roll(&mut self, ui: &mut Ui) {
        if std::mem::take(&mut self.roll.show_all) {
            self.roll.roll.show_from_start();
        }
        // a click into the roll while a take is heard means that take
        let pressed = ui.input(|input| input.pointer.any_pressed()) && ui.ui_contains_pointer();
        if pressed && self.roll.tool != Tool::Select && self.generate.audition.is_some() {
            self.keep_audition();
        }
        let actions = self.with_roll(|roll, input| roll.show(ui, input));
        self.take_roll_actions(actions);
    }

    /// Lends the roll and what it goes by.
    fn with_roll<R>(&mut self, act: impl FnOnce(&mut Roll, &RollInput<'_>) -> R) -> R {
        let shown = self.shown();
        let mut roll = std::mem::take(&mut self.roll.roll);
        let result = act(&mut roll, &self.roll_input(&shown));
        self.roll.roll = roll;
        result
    }

    fn shown(&mut self) -> Shown {
        let key = self.found_key();
        let position = self.sound.position();
        let score = std::sync::Arc::clone(self.history.score());
        let mut lit: Keys = (0..128_u8)
            .filter(|&pitch| self.keyboards.is_held(pitch))
            .filter_map(Pitch::new)
            .collect();
        lit = lit.with(self.roll.played);
        if position.playing
            && let Some(part) = score.parts.get(self.part)
        {
            let tick = position.tick.max(0.0) as u32;
            let first = part.notes.partition_point(|note| note.start + 480 * 16 < tick);
            part.notes[first..]
                .iter()
                .take_while(|note| note.start <= tick)
                .filter(|note| note.end() > tick)
                .for_each(|note| lit.insert(note.pitch));
        }
        Shown {
            score,
            recording: Vec::new(),
            playhead_tick: position.tick,
            playing: position.playing,
            key,
            lit,
        }
    }

    fn roll_input<'a>(&self, shown: &'a Shown) -> RollInput<'a> {
        RollInput {
            revision: self.history.revision(),
            playhead_tick: shown.playhead_tick,
            playing: shown.playing,
            follow: self.transport.follow,
            loop_range: self.transport.loop_range.clone(),
            loop_on: self.transport.looping,
            snap: self.roll.snap,
            tool: self.roll.tool,
            key: shown.key,
            lit_keys: shown.lit,
            recording: &shown.recording,
            ghosts: self.roll.ghosts,
            ..RollInput::new(&shown.score, self.part)
        }
    }

    fn take_roll_actions(&mut self, actions: Vec<RollAction>) {
        for action in actions {
            match action {
                RollAction::Preview(score) => {
                    self.generate.audition = None;
                    self.history.preview(score);
                }
                RollAction::Commit { label, score } => {
                    self.generate.audition = None;
                    self.history.commit(label, score);
                }
                RollAction::CancelGesture => {
                    self.history.cancel();
                }
                RollAction::Seek(tick) => self.sound.seek(tick),
                RollAction::SetLoop(range) => {
                    self.transport.looping = !range.is_empty();
                    self.transport.loop_range = Some(range).filter(|range| !range.is_empty());
                }
                RollAction::ToggleLoop => self.transport.looping = !self.transport.looping && self.transport.loop_range.is_some(),
                RollAction::Audition { pitch, velocity, on } => self.audition_note(pitch, velocity, on),
                RollAction::SelectionChanged => {}
            }
        }
    }

    /// Lets a note of the edited part be heard, without recording it.
    fn audition_note(&mut self, pitch: Pitch, velocity: Velocity, on: bool) {
        if let Some(sounding) = self.roll.sounding.take() {
            self.sound.live([0x80, sounding.get(), 64]);
        }
        if on {
            self.sound.live([0x90, pitch.get(), velocity.get()]);
            self.roll.sounding = Some(pitch);
        }
    }

    /// A note of the on-screen piano or the computer's keys: heard, and recorded.
    pub(super) fn play_key(&mut self, message: [u8; 3]) {
        self.sound.live(message);
        self.record(Stamped {
            stamp_micros: clock::now_micros(),
            message,
        });
    }

    /// Why an editing command cannot be given now.
    pub(super) fn why_not_edit(&self, command: Command) -> Option<String> {
        match command {
            Command::Roll(command) => {
                let score = std::sync::Arc::clone(self.history.score());
                let mut input = RollInput::new(&score, self.part);
                input.key = self.roll.found_key.1;
                self.roll.roll.disabled_reason(command, &input).map(str::to_owned)
            }
            Command::Quantise | Command::Humanise => {
                let empty = self.score().parts.get(self.part).is_none_or(|part| part.notes.is_empty());
                empty.then(|| "The part has no notes".to_owned())
            }
            _ => None,
        }
    }

    pub(super) fn edit_command(&mut self, command: Command) {
        match command {
            Command::Roll(command) => {
                let edits = !matches!(
                    command,
                    RollCommand::SelectAll
                        | RollCommand::SelectNone
                        | RollCommand::SelectNext
                        | RollCommand::SelectPrevious
                        | RollCommand::Copy
                        | RollCommand::LoopSelection
                        | RollCommand::ZoomToFit
                        | RollCommand::ZoomIn
                        | RollCommand::ZoomOut
                        | RollCommand::ToggleVelocityLane
                );
                if edits {
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
            Command::Quantise => self.quantise(),
            Command::Humanise => self.humanise(),
            _ => {}
        }
    }

    /// Moves what is selected, or all of the part, to the grid.
    fn quantise(&mut self) {
        let step = self.roll.snap.step();
        let quantise = quantise::Quantise {
            step,
            ..quantise::Quantise::default()
        };
        self.change_notes(&format!("Quantise to {}", step.name()), |notes| quantise.apply(notes, 0));
    }

    fn humanise(&mut self) {
        let humanise = quantise::Humanise {
            timing_ticks: 12,
            velocity: 8,
            seed: self.history.revision(),
        };
        self.change_notes("Humanise", |notes| humanise.apply(notes));
    }

    /// Changes the selected notes of the part, or all where none is selected, as one undo step.
    fn change_notes(&mut self, label: &str, change: impl FnOnce(&mut [Note])) {
        self.keep_audition();
        let index = self.part;
        let selection = self.roll.roll.selection().clone();
        let mut selected = Vec::new();
        self.history.edit(label, |score| {
            let Some(part) = score.part_mut(index) else { return };
            let all = selection.is_empty();
            let (mut chosen, rest): (Vec<Note>, Vec<Note>) = part.notes.iter().partition(|note| all || selection.contains(note));
            change(&mut chosen);
            selected.clone_from(&chosen);
            part.notes = rest.into_iter().chain(chosen).collect();
            part.sort();
        });
    }
}
