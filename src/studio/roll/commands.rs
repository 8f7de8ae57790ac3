//! What the roll does on a key or a menu entry: each command with its title, its key and when it can be used.

use eframe::egui::{Key as KeyboardKey, KeyboardShortcut, Modifiers};

use super::{Roll, RollAction, RollInput, counted};
use crate::music::{
    Note, Part, Score, Tick,
    edit::{self, Clipboard, Selection},
};

/// A command of the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RollCommand {
    /// Selects every note of the part.
    SelectAll,
    /// Selects nothing; gives a gesture up first.
    SelectNone,
    /// Selects the next note alone.
    SelectNext,
    /// Selects the note before alone.
    SelectPrevious,
    /// Deletes what is selected.
    Delete,
    /// Copies what is selected and deletes it.
    Cut,
    /// Copies what is selected.
    Copy,
    /// Puts what was copied at the playhead.
    Paste,
    /// Copies what is selected to right behind itself.
    Duplicate,
    /// Moves what is selected a grid step to the left.
    MoveLeft,
    /// Moves what is selected a grid step to the right.
    MoveRight,
    /// Moves what is selected up a semitone.
    MoveUp,
    /// Moves what is selected down a semitone.
    MoveDown,
    /// Moves what is selected up an octave.
    OctaveUp,
    /// Moves what is selected down an octave.
    OctaveDown,
    /// Moves what is selected up a step of the key's scale.
    ScaleStepUp,
    /// Moves what is selected down a step of the key's scale.
    ScaleStepDown,
    /// Makes what is selected a grid step longer.
    Longer,
    /// Makes what is selected a grid step shorter.
    Shorter,
    /// Strikes what is selected harder.
    Louder,
    /// Strikes what is selected softer.
    Softer,
    /// Adds a note at the playhead, of the pitch selected or in the middle of the view.
    AddNote,
    /// Cuts what is selected in two at the playhead.
    Split,
    /// Cuts the note under the pointer, or what is selected, in two at the pointer.
    SplitAtPointer,
    /// Makes one note of all those selected of a pitch.
    Join,
    /// Holds each selected note until the next begins.
    Legato,
    /// Plays what is selected backwards.
    Reverse,
    /// Moves what is selected into the key's scale.
    SnapToScale,
    /// Sets the loop around what is selected.
    LoopSelection,
    /// Shows all of what is selected, or of the part.
    ZoomToFit,
    /// Zooms in on time.
    ZoomIn,
    /// Zooms out of time.
    ZoomOut,
    /// Shows or hides the velocity lane.
    ToggleVelocityLane,
    /// Shows the next lane: velocities, wheels, pedals.
    NextLane,
    /// Shows the lane before.
    PreviousLane,
    /// Raises the shown controller at the playhead.
    LaneUp,
    /// Lowers the shown controller at the playhead.
    LaneDown,
    /// Takes the shown controller out, within the selection or everywhere.
    ClearLane,
}

/// How much harder or softer a key press makes a note.
const VELOCITY_STEP: i32 = 8;

impl RollCommand {
    /// All commands, in the order of menus.
    pub const ALL: [Self; 38] = [
        Self::Cut,
        Self::Copy,
        Self::Paste,
        Self::Duplicate,
        Self::Delete,
        Self::SelectAll,
        Self::SelectNone,
        Self::SelectNext,
        Self::SelectPrevious,
        Self::AddNote,
        Self::MoveLeft,
        Self::MoveRight,
        Self::MoveUp,
        Self::MoveDown,
        Self::OctaveUp,
        Self::OctaveDown,
        Self::ScaleStepUp,
        Self::ScaleStepDown,
        Self::Longer,
        Self::Shorter,
        Self::Louder,
        Self::Softer,
        Self::Split,
        Self::SplitAtPointer,
        Self::Join,
        Self::Legato,
        Self::Reverse,
        Self::SnapToScale,
        Self::LoopSelection,
        Self::ZoomToFit,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ToggleVelocityLane,
        Self::NextLane,
        Self::PreviousLane,
        Self::LaneUp,
        Self::LaneDown,
        Self::ClearLane,
    ];

    /// Its title in menus and in the palette.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SelectAll => "Select all notes",
            Self::SelectNone => "Select nothing",
            Self::SelectNext => "Select next note",
            Self::SelectPrevious => "Select previous note",
            Self::Delete => "Delete notes",
            Self::Cut => "Cut",
            Self::Copy => "Copy",
            Self::Paste => "Paste at playhead",
            Self::Duplicate => "Duplicate",
            Self::MoveLeft => "Move left",
            Self::MoveRight => "Move right",
            Self::MoveUp => "Move up a semitone",
            Self::MoveDown => "Move down a semitone",
            Self::OctaveUp => "Move up an octave",
            Self::OctaveDown => "Move down an octave",
            Self::ScaleStepUp => "Move up in scale",
            Self::ScaleStepDown => "Move down in scale",
            Self::Longer => "Make longer",
            Self::Shorter => "Make shorter",
            Self::Louder => "Louder",
            Self::Softer => "Softer",
            Self::AddNote => "Add note at playhead",
            Self::Split => "Split at playhead",
            Self::SplitAtPointer => "Split at pointer",
            Self::Join => "Join notes",
            Self::Legato => "Legato",
            Self::Reverse => "Reverse",
            Self::SnapToScale => "Move into the scale",
            Self::LoopSelection => "Loop selection",
            Self::ZoomToFit => "Zoom to selection",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ToggleVelocityLane => "Velocity lane",
            Self::NextLane => "Next lane",
            Self::PreviousLane => "Previous lane",
            Self::LaneUp => "Raise the lane at playhead",
            Self::LaneDown => "Lower the lane at playhead",
            Self::ClearLane => "Clear the lane",
        }
    }

    /// Its key. `SelectNext` and `SelectPrevious` take the arrows with Ctrl, so that Tab still leaves the roll.
    pub const fn shortcut(self) -> Option<KeyboardShortcut> {
        use KeyboardKey as K;
        const PLAIN: Modifiers = Modifiers::NONE;
        const SHIFT: Modifiers = Modifiers::SHIFT;
        const CTRL: Modifiers = Modifiers::COMMAND;
        const ALT: Modifiers = Modifiers::ALT;
        let (modifiers, key) = match self {
            Self::SelectAll => (CTRL, K::A),
            Self::SelectNone => (PLAIN, K::Escape),
            Self::SelectNext => (CTRL, K::ArrowRight),
            Self::SelectPrevious => (CTRL, K::ArrowLeft),
            Self::Delete => (PLAIN, K::Delete),
            Self::Cut => (CTRL, K::X),
            Self::Copy => (CTRL, K::C),
            Self::Paste => (CTRL, K::V),
            Self::Duplicate => (CTRL, K::D),
            Self::MoveLeft => (PLAIN, K::ArrowLeft),
            Self::MoveRight => (PLAIN, K::ArrowRight),
            Self::MoveUp => (PLAIN, K::ArrowUp),
            Self::MoveDown => (PLAIN, K::ArrowDown),
            Self::OctaveUp => (SHIFT, K::ArrowUp),
            Self::OctaveDown => (SHIFT, K::ArrowDown),
            Self::ScaleStepUp => (ALT, K::ArrowUp),
            Self::ScaleStepDown => (ALT, K::ArrowDown),
            Self::Longer => (SHIFT, K::ArrowRight),
            Self::Shorter => (SHIFT, K::ArrowLeft),
            Self::Louder => (CTRL, K::ArrowUp),
            Self::Softer => (CTRL, K::ArrowDown),
            Self::AddNote => (PLAIN, K::Insert),
            Self::Join => (CTRL, K::J),
            Self::LoopSelection => (PLAIN, K::L),
            Self::ZoomToFit => (PLAIN, K::Z),
            Self::ZoomIn => (PLAIN, K::Plus),
            Self::ZoomOut => (PLAIN, K::Minus),
            Self::ToggleVelocityLane => (PLAIN, K::V),
            Self::NextLane => (SHIFT, K::V),
            Self::PreviousLane => (CTRL.plus(SHIFT), K::V),
            Self::LaneUp => (CTRL.plus(SHIFT), K::ArrowUp),
            Self::LaneDown => (CTRL.plus(SHIFT), K::ArrowDown),
            Self::ClearLane => (SHIFT, K::Delete),
            Self::Split => (CTRL, K::T),
            Self::SplitAtPointer => (CTRL.plus(SHIFT), K::T),
            Self::Legato => (SHIFT, K::L),
            Self::Reverse | Self::SnapToScale => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// A second key, where there is one by habit.
    pub const fn other_shortcut(self) -> Option<KeyboardShortcut> {
        match self {
            Self::Delete => Some(KeyboardShortcut::new(Modifiers::NONE, KeyboardKey::Backspace)),
            Self::ZoomIn => Some(KeyboardShortcut::new(Modifiers::NONE, KeyboardKey::Equals)),
            _ => None,
        }
    }

    const fn needs_selection(self) -> bool {
        !matches!(
            self,
            Self::SelectAll
                | Self::SelectNone
                | Self::SelectNext
                | Self::SelectPrevious
                | Self::Paste
                | Self::AddNote
                | Self::SplitAtPointer
                | Self::ZoomToFit
                | Self::ZoomIn
                | Self::ZoomOut
                | Self::ToggleVelocityLane
                | Self::NextLane
                | Self::PreviousLane
                | Self::LaneUp
                | Self::LaneDown
                | Self::ClearLane
        )
    }
}

impl Roll {
    /// Why a command cannot be used just now; `None` if it can.
    pub fn disabled_reason(&self, command: RollCommand, input: &RollInput<'_>) -> Option<&'static str> {
        let Some(part) = input.score.parts.get(input.part) else {
            return Some("There is no part to edit");
        };
        match command {
            RollCommand::SelectAll | RollCommand::SelectNext | RollCommand::SelectPrevious if part.notes.is_empty() => {
                Some("The part has no notes")
            }
            RollCommand::Paste if self.clipboard.is_empty() => Some("Nothing was copied yet"),
            RollCommand::ScaleStepUp | RollCommand::ScaleStepDown | RollCommand::SnapToScale if input.key.is_none() => {
                Some("No key is set, and the notes suggest none")
            }
            RollCommand::LaneUp | RollCommand::LaneDown | RollCommand::ClearLane if self.shown_control().is_none() => {
                Some("No controller's lane is shown: choose one with Shift+V")
            }
            RollCommand::ClearLane if self.shown_control().is_some_and(|kind| edit::control_points(part, kind).is_empty()) => {
                Some("The lane is empty")
            }
            RollCommand::SplitAtPointer if self.pointed.is_none() => Some("The pointer is not over the notes"),
            RollCommand::SplitAtPointer if self.hovered.is_none() && self.selection.is_empty() => {
                Some("The pointer is on no note, and none is selected")
            }
            _ if command.needs_selection() && self.selection.is_empty() => Some("No notes are selected"),
            _ => None,
        }
    }

    /// Executes a command. What cannot be used does nothing.
    pub fn apply(&mut self, command: RollCommand, input: &RollInput<'_>) -> Vec<RollAction> {
        self.take_input(input); // several commands may come between two frames
        if self.disabled_reason(command, input).is_some() {
            return std::mem::take(&mut self.actions);
        }
        if self.is_busy() {
            self.give_up();
            if command == RollCommand::SelectNone {
                return std::mem::take(&mut self.actions);
            }
        }
        self.execute(command, input);
        std::mem::take(&mut self.actions)
    }

    fn execute(&mut self, command: RollCommand, input: &RollInput<'_>) {
        use RollCommand as C;
        let Some(part) = input.score.parts.get(input.part) else { return };
        let step = i64::from(input.snap.nudge_ticks());
        match command {
            C::SelectAll => self.set_selection(Selection::all(part)),
            C::SelectNone => self.set_selection(Selection::none()),
            C::SelectNext => self.select_neighbour(part, true),
            C::SelectPrevious => self.select_neighbour(part, false),
            C::Copy => self.copy(),
            C::Cut => {
                self.copy();
                self.delete(input, "Cut");
            }
            C::Delete => self.delete(input, "Delete"),
            C::Paste => {
                let clipboard = self.clipboard.clone();
                let at = input.snap.floor(&input.score.metre, input.playhead_tick.max(0.0) as Tick);
                self.edit(input, "Paste", |part, _| Some(edit::paste(part, &clipboard, at)));
            }
            C::Duplicate => {
                let grid = input.snap.ticks();
                self.edit(input, "Duplicate", |part, selection| Some(edit::duplicate(part, selection, grid)));
            }
            C::MoveLeft => self.nudge(input, -step),
            C::MoveRight => self.nudge(input, step),
            C::MoveUp => self.transpose(input, 1),
            C::MoveDown => self.transpose(input, -1),
            C::OctaveUp => self.transpose(input, 12),
            C::OctaveDown => self.transpose(input, -12),
            C::ScaleStepUp => self.transpose_in_scale(input, 1),
            C::ScaleStepDown => self.transpose_in_scale(input, -1),
            C::Longer => self.resize(input, step),
            C::Shorter => self.resize(input, -step),
            C::Louder => self.strike(input, VELOCITY_STEP),
            C::Softer => self.strike(input, -VELOCITY_STEP),
            C::AddNote => self.add_note(input),
            C::Split => {
                let at = input.playhead_tick.max(0.0) as Tick;
                self.edit(input, "Split", |part, selection| Some(edit::split(part, selection, at)));
            }
            C::SplitAtPointer => self.split_at_pointer(input),
            C::Join => self.edit(input, "Join", |part, selection| Some(edit::join(part, selection))),
            C::Legato => self.edit(input, "Legato", |part, selection| Some(edit::legato(part, selection))),
            C::Reverse => self.edit(input, "Reverse", |part, selection| Some(edit::reverse(part, selection))),
            C::SnapToScale => {
                let Some(key) = input.key else { return };
                self.edit(input, "Move into the scale", |part, selection| {
                    Some(edit::snap_to_scale(part, selection, key))
                });
            }
            C::LoopSelection => {
                if let Some(span) = self.selection.span() {
                    self.actions.push(RollAction::SetLoop(span));
                }
            }
            C::ZoomToFit => self.zoom_to_fit(part),
            C::ZoomIn => self.coordinates.zoom_time(1.25, self.coordinates.area().center().x),
            C::ZoomOut => self.coordinates.zoom_time(0.8, self.coordinates.area().center().x),
            C::ToggleVelocityLane => self.toggle_velocity_lane(),
            C::NextLane => self.step_lane(part, true),
            C::PreviousLane => self.step_lane(part, false),
            C::LaneUp => self.nudge_lane(input, true),
            C::LaneDown => self.nudge_lane(input, false),
            C::ClearLane => self.clear_lane(input),
        }
    }

    /// Commits an edit of the selection as one step; the edit refuses by `None`.
    pub fn edit(&mut self, input: &RollInput<'_>, verb: &str, edit: impl FnOnce(&mut Part, &Selection) -> Option<Selection>) {
        let mut score = Score::clone(input.score);
        let Some(part) = score.part_mut(input.part) else { return };
        let Some(selection) = edit(part, &self.selection) else { return };
        let count = if selection.is_empty() {
            self.selection.len()
        } else {
            selection.len()
        };
        if score.parts.get(input.part) == input.score.parts.get(input.part) {
            return;
        }
        if let [note] = selection.notes() {
            self.coordinates.reveal(note);
        }
        self.set_selection(selection);
        self.actions.push(RollAction::Commit {
            label: format!("{verb} {}", counted(count, "note")),
            score: score.into(),
        });
    }

    /// Takes over what another window, or this one, put on the system's clipboard.
    pub fn set_clipboard(&mut self, clipboard: Clipboard) {
        self.clipboard = clipboard;
    }

    fn copy(&mut self) {
        self.clipboard = Clipboard::copy(&self.selection);
        self.actions.push(RollAction::Copied(self.clipboard.clone()));
    }

    fn delete(&mut self, input: &RollInput<'_>, verb: &str) {
        self.edit(input, verb, |part, selection| {
            edit::delete(part, selection);
            Some(Selection::none())
        });
    }

    fn nudge(&mut self, input: &RollInput<'_>, ticks: i64) {
        self.edit(input, "Move", |part, selection| Some(edit::move_by(part, selection, ticks, 0)));
    }

    fn transpose(&mut self, input: &RollInput<'_>, semitones: i32) {
        self.edit(input, "Transpose", |part, selection| edit::transpose(part, selection, semitones));
    }

    fn transpose_in_scale(&mut self, input: &RollInput<'_>, steps: i32) {
        let Some(key) = input.key else { return };
        self.edit(input, "Transpose", |part, selection| {
            edit::transpose_in_scale(part, selection, key, steps)
        });
    }

    fn resize(&mut self, input: &RollInput<'_>, ticks: i64) {
        let shortest = input.snap.nudge_ticks();
        self.edit(input, "Resize", |part, selection| {
            Some(edit::resize_end(part, selection, ticks, shortest))
        });
    }

    fn strike(&mut self, input: &RollInput<'_>, change: i32) {
        self.edit(input, "Set velocity of", |part, selection| {
            Some(edit::add_velocity(part, selection, change))
        });
    }

    fn split_at_pointer(&mut self, input: &RollInput<'_>) {
        let Some(tick) = self.pointed else { return };
        let at = input.snap.round(&input.score.metre, tick);
        // the note under the pointer alone, unless it is one of those selected
        if let Some(note) = self.hovered.filter(|note| !self.selection.contains(note)) {
            self.set_selection(Selection::from(note));
        }
        self.edit(input, "Split", |part, selection| Some(edit::split(part, selection, at)));
    }

    fn add_note(&mut self, input: &RollInput<'_>) {
        let coordinates = &self.coordinates;
        let middle = coordinates.pitch_from_y(coordinates.area().center().y);
        let note = edit::in_range(Note {
            start: input.snap.floor(&input.score.metre, input.playhead_tick.max(0.0) as Tick),
            pitch: self.selection.notes().last().map_or(middle, |note| note.pitch),
            duration: self.last_drawn.duration,
            velocity: self.last_drawn.velocity,
        });
        self.edit(input, "Add", |part, _| Some(edit::add(part, [note])));
    }

    fn select_neighbour(&mut self, part: &Part, forward: bool) {
        let known = if forward {
            self.selection.notes().last()
        } else {
            self.selection.notes().first()
        };
        let next = match (known, forward) {
            (Some(note), true) => part.notes.partition_point(|other| other <= note),
            (Some(note), false) => part.notes.partition_point(|other| other < note).wrapping_sub(1),
            (None, true) => part
                .notes
                .partition_point(|note| note.start < self.coordinates.visible_ticks().start),
            (None, false) => part.notes.len().wrapping_sub(1),
        };
        if let Some(note) = part.notes.get(next) {
            self.coordinates.reveal(note);
            self.set_selection(Selection::from(*note));
        }
    }

    fn zoom_to_fit(&mut self, part: &Part) {
        let all = Selection::all(part);
        let shown = if self.selection.is_empty() { &all } else { &self.selection };
        if let (Some(span), Some(pitches)) = (shown.span(), shown.pitches()) {
            self.coordinates.fit(&span, &pitches);
        }
    }
}
