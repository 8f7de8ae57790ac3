//! Carrying the roll's commands out, and saying why one cannot be used just now.

use eframe::egui::vec2;

use crate::music::{
    Note, Part, Score, Tick,
    edit::{self, Clipboard, Selection},
};
use crate::studio::pages::compose::roll::{Roll, RollAction, RollCommand, RollInput, counted};

/// How much harder or softer a key press makes a note.
const VELOCITY_STEP: i32 = 8;
/// How much a key press zooms.
const ZOOM_STEP: f32 = 1.25;

impl Roll {
    /// Why a command cannot be used just now; `None` if it can.
    pub fn disabled_reason(&self, command: RollCommand, input: &RollInput<'_>) -> Option<&'static str> {
        let Some(part) = input.score.parts.get(input.part) else {
            return Some("There is no part to edit");
        };
        match command {
            RollCommand::SelectAll
            | RollCommand::SelectNext
            | RollCommand::SelectPrevious
            | RollCommand::ExtendNext
            | RollCommand::ExtendPrevious
                if part.notes.is_empty() =>
            {
                Some("The part has no notes")
            }
            RollCommand::Paste if self.clipboard.is_empty() => Some("Nothing was copied yet"),
            RollCommand::ScaleStepUp | RollCommand::ScaleStepDown | RollCommand::SnapToScale if input.key.is_none() => {
                Some("No key is set, and the notes suggest none")
            }
            RollCommand::LaneUp | RollCommand::LaneDown | RollCommand::ClearLane if self.shown_control().is_none() => {
                Some("No controller's lane is shown: choose one with Shift+V")
            }
            RollCommand::ClearLane
                if self.shown_control().is_some_and(|kind| edit::control_points(part, kind).is_empty()) =>
            {
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
            C::SelectNext => self.select_neighbour(part, true, false),
            C::SelectPrevious => self.select_neighbour(part, false, false),
            C::ExtendNext => self.select_neighbour(part, true, true),
            C::ExtendPrevious => self.select_neighbour(part, false, true),
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
            C::StartEarlier => self.resize_start(input, -step),
            C::StartLater => self.resize_start(input, step),
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
            C::ZoomIn => self.coordinates.zoom_time(ZOOM_STEP, self.coordinates.area().center().x),
            C::ZoomOut => self.coordinates.zoom_time(1.0 / ZOOM_STEP, self.coordinates.area().center().x),
            C::HigherRows => self.coordinates.zoom_pitch(ZOOM_STEP, self.coordinates.area().center().y),
            C::LowerRows => self.coordinates.zoom_pitch(1.0 / ZOOM_STEP, self.coordinates.area().center().y),
            C::ScrollUp => self.scroll(input, 0.0, 12.0),
            C::ScrollDown => self.scroll(input, 0.0, -12.0),
            C::ScrollLeft => self.scroll(input, 0.5, 0.0),
            C::ScrollRight => self.scroll(input, -0.5, 0.0),
            C::ToggleVelocityLane => self.toggle_velocity_lane(),
            C::NextLane => self.step_lane(part, true),
            C::PreviousLane => self.step_lane(part, false),
            C::LaneUp => self.nudge_lane(input, true),
            C::LaneDown => self.nudge_lane(input, false),
            C::ClearLane => self.clear_lane(input),
        }
    }

    /// Commits an edit of the selection as one step; the edit refuses by `None`.
    pub fn edit(
        &mut self,
        input: &RollInput<'_>,
        verb: &str,
        edit: impl FnOnce(&mut Part, &Selection) -> Option<Selection>,
    ) {
        let mut score = Score::clone(input.score);
        let Some(part) = score.part_mut(input.part) else { return };
        let Some(selection) = edit(part, &self.selection) else { return };
        let count = if selection.is_empty() { self.selection.len() } else { selection.len() };
        if score.parts.get(input.part) == input.score.parts.get(input.part) {
            return;
        }
        if let [note] = selection.notes() {
            self.coordinates.reveal(note);
        }
        self.set_selection(selection);
        self.actions
            .push(RollAction::Commit { label: format!("{verb} {}", counted(count, "note")), score: score.into() });
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
        self.edit(input, "Transpose", |part, selection| edit::transpose_in_scale(part, selection, key, steps));
    }

    fn resize(&mut self, input: &RollInput<'_>, ticks: i64) {
        let shortest = input.snap.nudge_ticks();
        self.edit(input, "Resize", |part, selection| Some(edit::resize_end(part, selection, ticks, shortest)));
    }

    fn resize_start(&mut self, input: &RollInput<'_>, ticks: i64) {
        let shortest = input.snap.nudge_ticks();
        self.edit(input, "Resize", |part, selection| Some(edit::resize_start(part, selection, ticks, shortest)));
    }

    /// Scrolls by so many widths and rows, as a hand would push: positive is towards the start and upwards.
    fn scroll(&mut self, input: &RollInput<'_>, widths: f32, rows: f32) {
        let by = vec2(widths * self.coordinates.area().width(), rows * self.coordinates.row_height());
        self.coordinates.pan(by, self.scroll_end(input));
    }

    fn strike(&mut self, input: &RollInput<'_>, change: i32) {
        self.edit(input, "Set velocity of", |part, selection| Some(edit::add_velocity(part, selection, change)));
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
        let note = Note {
            start: input.snap.floor(&input.score.metre, input.playhead_tick.max(0.0) as Tick),
            pitch: self.selection.notes().last().map_or(middle, |note| note.pitch),
            duration: self.last_drawn.duration,
            velocity: self.last_drawn.velocity,
        }
        .in_range();
        self.edit(input, "Add", |part, _| Some(edit::add(part, [note])));
    }

    fn select_neighbour(&mut self, part: &Part, forward: bool, extend: bool) {
        let known = if forward { self.selection.notes().last() } else { self.selection.notes().first() };
        let next = match (known, forward) {
            (Some(note), true) => part.notes.partition_point(|other| other <= note),
            (Some(note), false) => part.notes.partition_point(|other| other < note).wrapping_sub(1),
            (None, true) => part.notes.partition_point(|note| note.start < self.coordinates.visible_ticks().start),
            (None, false) => part.notes.len().wrapping_sub(1),
        };
        if let Some(note) = part.notes.get(next) {
            self.coordinates.reveal(note);
            let next = Selection::from(*note);
            self.set_selection(if extend { self.selection.with(&next) } else { next });
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
