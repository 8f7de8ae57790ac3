//! Carrying the roll's commands out, and saying why one cannot be used just now.

use std::sync::Arc;

use eframe::egui::vec2;

use super::{coordinates::ZOOM_STEP, interface::RollInput, journey::By, state::Roll};
use crate::{
    music::{
        Note, Part, Pitch, Score, Tick,
        edit::{self, ChosenNotes, Clipboard, Selection},
    },
    plural::counted,
    studio::{actions::RollAction, commands::RollCommand, widgets::part_title},
};

/// How much harder or softer a key press makes a note.
const VELOCITY_STEP: i32 = 8;

/// Why notes cannot be moved into another part.
pub const NO_PART_BEFORE: &str = "There is no part before this one";
/// The same, downwards.
pub const NO_PART_BEHIND: &str = "There is no part behind this one";
/// Why nothing can be done with the notes of bars.
pub const NO_NOTES_IN_BARS: &str = "There are no notes in the selected bars";

impl Roll {
    /// Why a command cannot be used just now; `None` if it can.
    pub fn disabled_reason(&self, command: RollCommand, input: &RollInput<'_>) -> Option<&'static str> {
        use RollCommand as C;
        let Some(part) = input.score.parts.get(input.part) else {
            return Some("There is no part to edit");
        };
        let no_selection = || match &input.bars {
            None => self.selection.is_empty().then_some("No notes are selected"),
            Some(_) => self.chosen(input).is_empty().then_some(NO_NOTES_IN_BARS),
        };
        let no_lane = "No controller lane is shown: choose one with Shift+V";
        match command {
            C::SelectAll | C::SelectNext | C::SelectPrevious | C::ExtendNext | C::ExtendPrevious => {
                part.notes.is_empty().then_some("The part has no notes")
            }
            C::Paste => self.clipboard.is_empty().then_some("Nothing was copied yet"),
            C::ScaleStepUp | C::ScaleStepDown | C::SnapToScale => {
                let no_key = input.key.is_none().then_some("No key is set, and the notes suggest none");
                no_key.or_else(no_selection)
            }
            C::LaneUp | C::LaneDown => self.shown_control().is_none().then_some(no_lane),
            C::ClearLane => match self.shown_control() {
                None => Some(no_lane),
                Some(kind) => edit::control_points(part, kind).is_empty().then_some("The lane is empty"),
            },
            C::SplitAtPointer if self.pointed.is_none() => Some("The pointer is not over the notes"),
            C::SplitAtPointer => {
                let on_none = self.hovered.is_none() && self.selection.is_empty();
                on_none.then_some("The pointer is on no note, and none is selected")
            }
            C::ToPreviousPart if input.bars.is_none() && input.part == 0 => Some(NO_PART_BEFORE),
            C::ToNextPart if input.bars.is_none() && input.part + 1 == input.score.parts.len() => Some(NO_PART_BEHIND),
            C::Delete
            | C::ToPreviousPart
            | C::ToNextPart
            | C::Cut
            | C::Copy
            | C::Duplicate
            | C::MoveLeft
            | C::MoveRight
            | C::MoveUp
            | C::MoveDown
            | C::OctaveUp
            | C::OctaveDown
            | C::Longer
            | C::Shorter
            | C::StartEarlier
            | C::StartLater
            | C::Louder
            | C::Softer
            | C::Split
            | C::Join
            | C::Legato
            | C::Reverse
            | C::LoopSelection => no_selection(),
            C::SelectSamePitch => self.selection.is_empty().then_some("No notes are selected"),
            C::SelectNone
            | C::AddNote
            | C::ZoomToFit
            | C::FitPart
            | C::FitAll
            | C::ZoomIn
            | C::ZoomOut
            | C::HigherRows
            | C::LowerRows
            | C::ScrollUp
            | C::ScrollDown
            | C::ScrollLeft
            | C::ScrollRight
            | C::ToggleVelocityLane
            | C::NextLane
            | C::PreviousLane => None,
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

    pub(super) fn execute(&mut self, command: RollCommand, input: &RollInput<'_>) {
        use RollCommand as C;
        let Some(part) = input.score.parts.get(input.part) else { return };
        let step = i64::from(input.snap.nudge_ticks());
        match command {
            C::SelectAll => self.select(Selection::all(part)),
            C::SelectNone => self.select(Selection::none()),
            C::SelectSamePitch => {
                let is_alike = |note: &&Note| self.selection.notes().iter().any(|known| known.pitch == note.pitch);
                self.select(part.notes.iter().filter(is_alike).copied().collect());
            }
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
                self.put(input, "Paste", |part| edit::paste(part, &clipboard, at));
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
            C::ToPreviousPart => self.move_to_part(input, input.part.wrapping_sub(1)),
            C::ToNextPart => self.move_to_part(input, input.part + 1),
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
            C::Reverse => {
                let Some(span) = self.chosen(input).span() else { return };
                self.edit(input, "Reverse", |part, selection| Some(edit::reverse(part, selection, &span)));
            }
            C::SnapToScale => {
                let Some(key) = input.key else { return };
                self.edit_pitches(input, "Move into the scale", |part, selection| {
                    Some(edit::snap_to_scale(part, selection, key))
                });
            }
            C::LoopSelection => {
                if let Some(span) = self.selection.span() {
                    self.actions.push(RollAction::SetLoop(span));
                }
            }
            C::ZoomToFit if !self.selection.is_empty() => {
                if let (Some(span), Some(pitches)) = (self.selection.span(), self.selection.pitches()) {
                    self.coordinates.fit(&span, &pitches);
                    self.rows_are_chosen = true;
                }
            }
            C::ZoomToFit | C::FitPart => self.fit(std::iter::once(&**part)),
            C::FitAll => {
                // rows of a kit are no pitches
                let alike = input.score.parts.iter().filter(|other| other.is_drum == part.is_drum);
                self.fit(alike.map(Arc::as_ref));
            }
            C::ZoomIn => self.coordinates.zoom_time(ZOOM_STEP, self.coordinates.area().center().x),
            C::ZoomOut => self.coordinates.zoom_time(1.0 / ZOOM_STEP, self.coordinates.area().center().x),
            C::HigherRows => self.zoom_rows(ZOOM_STEP),
            C::LowerRows => self.zoom_rows(1.0 / ZOOM_STEP),
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

    /// The notes that edits are for: those of the bars that are selected, else those that are selected themselves.
    fn chosen(&self, input: &RollInput<'_>) -> ChosenNotes {
        match &input.bars {
            Some(bars) => ChosenNotes::of_bars(input.score, bars),
            None => ChosenNotes::of_part(input.part, self.selection.clone()),
        }
    }

    /// Commits an edit of the chosen notes as one step; the edit refuses by `None`.
    fn edit(
        &mut self,
        input: &RollInput<'_>,
        verb: &str,
        edit: impl FnMut(&mut Part, &Selection) -> Option<Selection>,
    ) {
        self.edit_chosen(input, verb, &self.chosen(input), edit);
    }

    /// Like [`Self::edit`], for edits that are about pitches.
    fn edit_pitches(
        &mut self,
        input: &RollInput<'_>,
        verb: &str,
        edit: impl FnMut(&mut Part, &Selection) -> Option<Selection>,
    ) {
        self.edit_chosen(input, verb, &self.chosen(input).pitched(input.score), edit);
    }

    fn edit_chosen(
        &mut self,
        input: &RollInput<'_>,
        verb: &str,
        chosen: &ChosenNotes,
        edit: impl FnMut(&mut Part, &Selection) -> Option<Selection>,
    ) {
        let mut score = Score::clone(input.score);
        let Some(edited) = chosen.edit(&mut score, edit) else { return };
        let count = if edited.is_empty() { chosen.len() } else { edited.len() };
        let selection = input.bars.is_none().then(|| edited.in_part(input.part));
        self.commit(input, format!("{verb} {}", counted(count, "note")), score, selection);
    }

    /// Commits notes that come into the edited part, whatever was chosen before.
    fn put(&mut self, input: &RollInput<'_>, verb: &str, put: impl FnOnce(&mut Part) -> Selection) {
        let mut score = Score::clone(input.score);
        let Some(part) = score.part_mut(input.part) else { return };
        let selection = put(part);
        self.commit(input, format!("{verb} {}", counted(selection.len(), "note")), score, Some(selection));
    }

    /// Commits a score whose notes were edited, unless they are as they were, and selects notes of the edited part.
    pub(super) fn commit(&mut self, input: &RollInput<'_>, label: String, score: Score, selection: Option<Selection>) {
        if score.parts == input.score.parts {
            return;
        }
        if let Some(selection) = selection {
            if let [note] = selection.notes() {
                self.coordinates.reveal(note);
            }
            self.select(selection);
        }
        self.actions.push(RollAction::Commit { label, score: score.into() });
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

    /// Moves the selected notes into another part, which is edited from then on.
    fn move_to_part(&mut self, input: &RollInput<'_>, to: usize) {
        let mut score = Score::clone(input.score);
        let Some(title) = score.parts.get(to).map(|part| part_title(part)) else { return };
        let Some(from) = score.part_mut(input.part) else { return };
        edit::delete(from, &self.selection);
        let Some(part) = score.part_mut(to) else { return };
        let moved = edit::add(part, self.selection.notes().iter().copied());
        let stays = |note: &&Note| part.notes.binary_search(note).is_ok();
        let cut = input.score.parts[to].notes.iter().filter(|note| !stays(note)).count();
        let label = format!("Move {} to {title}", counted(moved.len(), "note"));
        self.actions.push(RollAction::Commit { label, score: score.into() });
        if cut > 0 {
            let what = format!("Replaced or cut {} of {title} on the same pitches", counted(cut, "note"));
            self.actions.push(RollAction::Replaced(what));
        }
        self.actions.push(RollAction::EditPart(to));
        self.part = to;
        self.hovered = None;
        self.select(moved);
    }

    fn nudge(&mut self, input: &RollInput<'_>, ticks: i64) {
        self.move_chosen(input, "Move", self.chosen(input), By::TicksAndSemitones(ticks, 0));
    }

    fn transpose(&mut self, input: &RollInput<'_>, semitones: i32) {
        let chosen = self.chosen(input).pitched(input.score);
        self.move_chosen(input, "Transpose", chosen, By::TicksAndSemitones(0, semitones));
    }

    fn transpose_in_scale(&mut self, input: &RollInput<'_>, steps: i32) {
        let chosen = self.chosen(input).pitched(input.score);
        self.move_chosen(input, "Transpose", chosen, By::ScaleSteps(steps));
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
        self.rows_are_chosen |= rows != 0.0;
    }

    fn zoom_rows(&mut self, by: f32) {
        self.coordinates.zoom_pitch(by, self.coordinates.area().center().y);
        self.rows_are_chosen = true;
    }

    fn strike(&mut self, input: &RollInput<'_>, change: i32) {
        self.edit(input, "Set velocity of", |part, selection| Some(edit::add_velocity(part, selection, change)));
    }

    fn split_at_pointer(&mut self, input: &RollInput<'_>) {
        let Some(tick) = self.pointed else { return };
        let at = input.snap.round(&input.score.metre, tick);
        // the note under the pointer alone, unless it is one of those selected
        if let Some(note) = self.hovered.filter(|note| !self.selection.contains(note)) {
            self.select(Selection::from(note));
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
        self.put(input, "Add", |part| edit::add(part, [note]));
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
            self.select(if extend { self.selection.with(&next) } else { next });
        }
    }

    /// Puts all notes of some parts in sight.
    fn fit<'a>(&mut self, parts: impl Iterator<Item = &'a Part>) {
        let (mut start, mut end) = (Tick::MAX, 0);
        let (mut low, mut high) = (Pitch::MAX, Pitch::clamped(0));
        for note in parts.flat_map(|part| &part.notes) {
            (start, end) = (start.min(note.start), end.max(note.end()));
            (low, high) = (low.min(note.pitch), high.max(note.pitch));
        }
        if start < end {
            self.coordinates.fit(&(start..end), &(low..=high));
            self.rows_are_chosen = true;
        }
    }
}
