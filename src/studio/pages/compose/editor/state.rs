//! What the editor keeps from one frame to the next: the roll, its tool, the piano.

use eframe::egui::{Rect, Ui};

use crate::{
    clock,
    music::{
        Pitch, Score, Stamped, Tick,
        edit::{Bars, MarkKind},
    },
    studio::{
        actions::{Actions, ComposeAction},
        commands::{BarsCommand, Command, MarkCommand, RollCommand, Way},
        page::ComposeView,
        pages::compose::{
            arrangement::Arrangement,
            piano::{ComputerKeys, Piano, PianoEvent},
            roll::{PitchSet, Roll, RollInput, Tool, marks::MarkEditor},
        },
    },
};

/// The roll's view, tool and selection, and the piano's.
#[derive(Debug, Default)]
pub struct Editor {
    /// What of the composition is shown.
    pub view: ComposeView,
    /// What was shown before that was opened: its key goes back to it.
    pub view_before: ComposeView,
    /// One part, to be edited.
    pub roll: Roll,
    /// All parts.
    pub arrangement: Arrangement,
    /// What the pointer does.
    pub tool: Tool,
    /// Put the view on the score's beginning at the next frame.
    pub show_all: bool,
    /// The strip of keys below.
    pub piano: Piano,
    /// The computer keyboard as a piano.
    pub computer_keys: ComputerKeys,
    /// Keys held by mouse or computer keyboard.
    pub(super) held: PitchSet,
    /// The note of the roll that is heard while a gesture is on it.
    pub auditioned: Option<Pitch>,
    /// How high the arrangement above the roll is, in points.
    pub(super) arrangement_height: f32,
    /// Counts the commands that made it another height.
    pub(super) arrangement_resized: u32,
    /// Whether the window is too low for arrangement and roll, one above the other.
    pub too_low_for_both: bool,
    /// Where the roll was drawn last.
    pub(super) roll_place: Option<Rect>,
}

impl Editor {
    /// Lets the computer keyboard play the piano. Before anything else reads the keys.
    pub fn take_computer_keys(&mut self, ui: &Ui, actions: &Actions) {
        let events = self.computer_keys.update(ui);
        self.play(events, actions);
    }

    /// Lets go of every key of the on-screen piano and the computer keyboard.
    pub fn release_keys(&mut self, actions: &Actions) {
        let mut events = self.computer_keys.release_all();
        events.extend(self.piano.release());
        self.play(events, actions);
    }

    /// Makes the arrangement above the roll some steps higher, as far as there is room.
    pub fn resize_arrangement(&mut self, steps: f32) {
        self.arrangement_height = (self.arrangement_height + 40.0 * steps).max(0.0);
        self.arrangement_resized += 1;
    }

    /// Asks for what keys play.
    pub(super) fn play(&mut self, events: impl IntoIterator<Item = PianoEvent>, actions: &Actions) {
        for PianoEvent { pitch, velocity, on } in events {
            let message = if on {
                self.held.insert(pitch);
                [0x90, pitch.get(), velocity.get()]
            } else {
                self.held.remove(pitch);
                [0x80, pitch.get(), 64]
            };
            actions.ask(ComposeAction::PlayKey(Stamped { stamp_micros: clock::now_micros(), message }));
        }
    }

    /// Whether a key of the on-screen piano or the computer keyboard is held.
    pub const fn holds_keys(&self) -> bool {
        self.held.0 != 0
    }

    /// Whether a gesture is under way, which Esc gives up.
    pub const fn is_busy(&self) -> bool {
        self.roll.is_busy()
            || self.arrangement.is_busy()
            || self.roll.marks.is_busy()
            || self.arrangement.marks.is_busy()
    }

    /// Whether commands that scroll and zoom are for the arrangement.
    pub fn arrangement_has_view(&self) -> bool {
        match self.view {
            ComposeView::Arrangement => true,
            ComposeView::Both => self.arrangement.is_pointed,
            ComposeView::Roll | ComposeView::Mixer => false,
        }
    }

    /// Whether the arrangement is in sight.
    const fn shows_arrangement(&self) -> bool {
        self.view.shows_arrangement() && !self.shows_roll_alone()
    }

    /// The bars that are selected in the arrangement, while that is in sight.
    pub fn selected_bars(&self) -> Option<Bars> {
        if self.shows_arrangement() { self.arrangement.selected_bars() } else { None }
    }

    /// The bars that are selected, else those of the notes that are selected in the roll, which shows this part.
    pub fn bars_of_selection(&self, score: &Score, part: usize) -> Option<Bars> {
        let of_notes = || {
            let span = self.roll.selection().span().filter(|_| self.view.shows_roll())?;
            let bar = |tick| score.metre.position(tick).bar;
            let end = score.metre.bar_start(bar(span.end - 1) + 1);
            Some(Bars { ticks: score.metre.bar_start(bar(span.start))..end, parts: part..part + 1 })
        };
        self.selected_bars().or_else(of_notes)
    }

    /// Whether a command of the roll is for the bars that are selected in the arrangement, or were copied there.
    pub fn bars_hear(&self, command: RollCommand) -> bool {
        self.shows_arrangement() && self.arrangement.hears(command)
    }

    /// Whether a lane of the arrangement has the keyboard's focus.
    pub const fn lane_has_focus(&self) -> bool {
        self.shows_arrangement() && self.arrangement.has_focus
    }

    /// Whether the arrows are for bars, and change no notes: those are seen too small for that in the arrangement.
    pub fn arrows_are_for_bars(&self) -> bool {
        let is_at_lanes = || self.lane_has_focus() && self.roll.selection().is_empty();
        self.view == ComposeView::Arrangement || self.selected_bars().is_some() || is_at_lanes()
    }

    /// What the key of a command means: by Alt the arrows move bars that are selected, and where none are, those to the
    /// sides move the playhead. The key of a view that is shown goes back to the one before; the piano roll stays.
    pub fn meant_by_key(&self, command: Command) -> Command {
        match (command, self.selected_bars()) {
            (Command::View(view), _) if view == self.view && view != ComposeView::Roll => {
                Command::View(self.view_before)
            }
            (Command::Bars(BarsCommand::Select(Way::Earlier)), None) => Command::BarBack,
            (Command::Bars(BarsCommand::Select(Way::Later)), None) => Command::BarForward,
            (Command::StepBack, Some(_)) => RollCommand::MoveLeft.into(),
            (Command::StepForward, Some(_)) => RollCommand::MoveRight.into(),
            _ => command,
        }
    }

    /// Why a command for bars cannot be given now; `None` where it can.
    pub fn why_not_bars(&self, command: BarsCommand, score: &Score) -> Option<&'static str> {
        if self.shows_arrangement() {
            self.arrangement.why_not_to_time(command, score)
        } else {
            Some("Bars are selected in the arrangement: F5 shows it")
        }
    }

    /// Where marks of a kind are edited, if that is in sight.
    pub fn marks(&mut self, kind: MarkKind) -> Option<&mut MarkEditor> {
        let below = self.view == ComposeView::Both && kind == MarkKind::Chord;
        match self.view {
            ComposeView::Arrangement | ComposeView::Both if !below && !self.shows_roll_alone() => {
                Some(&mut self.arrangement.marks)
            }
            ComposeView::Roll | ComposeView::Both if kind != MarkKind::Tempo => Some(&mut self.roll.marks),
            _ => None,
        }
    }

    /// Whether the roll is shown without the arrangement, for want of room.
    const fn shows_roll_alone(&self) -> bool {
        matches!(self.view, ComposeView::Both) && self.too_low_for_both
    }

    /// Why such a command cannot be given now; `None` where it can.
    pub fn why_not_mark(&self, command: MarkCommand, kind: MarkKind, playhead: Tick, score: &Score) -> Option<String> {
        if !self.view.shows_notes() {
            Some("The mixer shows no bars: F5 shows the arrangement".into())
        } else if kind == MarkKind::Tempo && (self.view == ComposeView::Roll || self.shows_roll_alone()) {
            Some("The tempo track is above the arrangement: F5 shows it".into())
        } else {
            MarkEditor::why_not(command, kind, playhead, score)
        }
    }

    /// Where notes are seen.
    pub const fn notes_area(&self) -> Rect {
        if self.view.shows_roll() { self.roll.coordinates().area() } else { self.arrangement.area() }
    }

    /// Puts the playhead in sight, near the right edge or near the left one.
    pub fn reveal_tick(&mut self, tick: Tick, from_right: bool) {
        self.roll.reveal_tick(tick, from_right);
        self.arrangement.reveal_tick(tick, from_right);
    }

    /// Why a command of the roll cannot be given now; `None` where it can.
    pub fn why_not(&self, command: RollCommand, input: &RollInput<'_>) -> Option<&'static str> {
        use RollCommand as C;
        let of_lanes = matches!(
            command,
            C::ToggleVelocityLane | C::NextLane | C::PreviousLane | C::LaneUp | C::LaneDown | C::ClearLane
        );
        let of_one = matches!(
            command,
            C::SelectSamePitch
                | C::SelectNext
                | C::SelectPrevious
                | C::ExtendNext
                | C::ExtendPrevious
                | C::AddNote
                | C::SplitAtPointer
        );
        if self.bars_hear(command) {
            self.arrangement.why_not_to_bars(command, input.score)
        } else if command == C::Paste && self.arrangement.has_clipboard() {
            Some("Bars were copied: F5 shows the arrangement, where they are pasted")
        } else if !self.view.shows_notes() {
            Some("The mixer shows no notes: F7 shows the piano roll")
        } else if of_one && !self.view.shows_roll() {
            Some("The arrangement shows no single notes: F7 shows the piano roll")
        } else if of_lanes && !self.view.shows_roll() {
            Some("The arrangement has no lanes for controllers: F7 shows the piano roll")
        } else {
            self.roll.disabled_reason(command, input)
        }
    }

    /// Whether the pointer was pressed over the roll, in the layer of `ui`. Asked before the roll is drawn.
    pub fn is_roll_pressed(&self, ui: &Ui) -> bool {
        let is_over = |place| ui.rect_contains_pointer(place);
        ui.input(|input| input.pointer.any_pressed()) && self.roll_place.is_some_and(is_over)
    }
}
