//! Commands for the bars that are selected: the roll's own, as far as they are for bars, too, and those for time.

use super::{BarSelection, bars_counted, tell_replaced};
use crate::{
    music::{
        MAX_TICK, Score, Tick,
        edit::{self, Bars, CopiedBars, TimeChange},
    },
    studio::{
        actions::RollAction,
        commands::{BarsCommand, RollCommand},
        pages::compose::{
            arrangement::{Arrangement, ArrangementInput},
            roll::{NO_PART_BEFORE, NO_PART_BEHIND, gestures::bar_grid::BarGrid},
        },
    },
};

/// What the roll's commands are for bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ForBars {
    Cut,
    Copy,
    Paste,
    Duplicate,
    Delete,
    Loop,
    Deselect,
    Earlier,
    Later,
    ToPreviousPart,
    ToNextPart,
}

/// What a command of the roll is for bars; `None` where it is for notes or the view alone.
const fn for_bars(command: RollCommand) -> Option<ForBars> {
    #[allow(clippy::enum_glob_use, reason = "every command is named here")]
    use RollCommand::*;

    Some(match command {
        Cut => ForBars::Cut,
        Copy => ForBars::Copy,
        Paste => ForBars::Paste,
        Duplicate => ForBars::Duplicate,
        Delete => ForBars::Delete,
        LoopSelection => ForBars::Loop,
        SelectNone => ForBars::Deselect,
        MoveLeft => ForBars::Earlier,
        MoveRight => ForBars::Later,
        ToPreviousPart => ForBars::ToPreviousPart,
        ToNextPart => ForBars::ToNextPart,
        SelectAll | SelectSamePitch | SelectNext | SelectPrevious | ExtendNext | ExtendPrevious | MoveUp | MoveDown
        | OctaveUp | OctaveDown | ScaleStepUp | ScaleStepDown | Longer | Shorter | StartEarlier | StartLater
        | Louder | Softer | AddNote | Split | SplitAtPointer | Join | Legato | Reverse | SnapToScale | ZoomToFit
        | FitPart | FitAll | ZoomIn | ZoomOut | HigherRows | LowerRows | ScrollUp | ScrollDown | ScrollLeft
        | ScrollRight | ToggleVelocityLane | NextLane | PreviousLane | LaneUp | LaneDown | ClearLane => return None,
    })
}

impl Arrangement {
    /// The bars that are selected.
    pub fn selected_bars(&self) -> Option<Bars> {
        self.selected.map(|selected| selected.bars())
    }

    /// Selects no bars any more.
    pub const fn deselect(&mut self) {
        self.selected = None;
        self.selected_before = None;
    }

    /// After an undo: the bars are selected that were before the change, or none, for they may be elsewhere now.
    pub const fn undone(&mut self) {
        self.selected = self.selected_before.take();
    }

    /// Once a change of the notes in them is undone, the same bars are selected again.
    pub const fn notes_edited(&mut self) {
        self.selected_before = self.selected;
    }

    /// Remembers what was selected, if these change the score.
    fn remember(&mut self, selected: Option<BarSelection>, asked: &[RollAction]) {
        if asked.iter().any(|action| matches!(action, RollAction::Commit { .. } | RollAction::ChangeTime { .. })) {
            self.selected_before = selected;
        }
    }

    /// Takes over bars that were copied here or in another window; `None` where something else was.
    pub fn set_clipboard(&mut self, copied: Option<CopiedBars>) {
        self.clipboard = copied;
    }

    /// Whether bars were copied last.
    pub const fn has_clipboard(&self) -> bool {
        self.clipboard.is_some()
    }

    /// Whether a command of the roll is for bars now.
    pub const fn hears(&self, command: RollCommand) -> bool {
        match for_bars(command) {
            None => false,
            Some(ForBars::Paste) => self.clipboard.is_some(),
            Some(_) => self.selected.is_some(),
        }
    }

    /// Why such a command cannot be given now; `None` where it can.
    pub fn why_not_to_bars(&self, command: RollCommand, score: &Score) -> Option<&'static str> {
        let command = for_bars(command)?;
        if command == ForBars::Paste {
            return self.clipboard.is_none().then_some("No bars were copied yet");
        }
        let Some(bars) = self.selected_bars() else { return Some(NONE_SELECTED) };
        match command {
            ForBars::Duplicate => (MAX_TICK - bars.ticks.end < bars.len()).then_some(NO_ROOM),
            ForBars::Earlier => (bars.ticks.start == 0).then_some("The bars are at the start already"),
            ForBars::ToPreviousPart if bars.parts.start == 0 => Some(NO_PART_BEFORE),
            ForBars::ToNextPart if bars.parts.end >= score.parts.len() => Some(NO_PART_BEHIND),
            ForBars::Cut | ForBars::Delete | ForBars::ToPreviousPart | ForBars::ToNextPart => {
                (!bars.have_content(score)).then_some("Nothing is played in the selected bars")
            }
            ForBars::Copy | ForBars::Paste | ForBars::Loop | ForBars::Deselect | ForBars::Later => None,
        }
    }

    /// Carries out such a command.
    pub fn apply_to_bars(&mut self, command: RollCommand, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let selected = self.selected;
        let asked = self.done_to_bars(command, input);
        self.remember(selected, &asked);
        asked
    }

    fn done_to_bars(&mut self, command: RollCommand, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let score = input.score;
        if self.why_not_to_bars(command, score).is_some() {
            return Vec::new();
        }
        let Some(command) = for_bars(command) else { return Vec::new() };
        if command == ForBars::Paste {
            return self.paste(input);
        }
        let Some(bars) = self.selected_bars() else { return Vec::new() };
        let beats = bars.len() < score.metre.metre_at(bars.ticks.start).bar_ticks();
        let (grid, start) = (BarGrid { metre: &score.metre, beats }, bars.ticks.start);
        let commit = |verb: &str, change: &dyn Fn(&mut Score)| {
            let mut changed = Score::clone(score);
            change(&mut changed);
            let label = format!("{verb} {}", bars_counted(&bars, &score.metre));
            RollAction::Commit { label, score: changed.into() }
        };
        let cleared = |verb| commit(verb, &|score| edit::clear_bars(score, &bars));
        let moved = |verb, to: &Bars, copies: bool| {
            let commit = commit(verb, &|score| {
                edit::move_bars(score, &bars, to, copies);
            });
            [commit].into_iter().chain(tell_replaced(score, (!copies).then_some(&bars), to)).collect()
        };
        match command {
            ForBars::Copy => vec![self.copy(score, &bars)],
            ForBars::Cut => vec![self.copy(score, &bars), cleared("Cut")],
            ForBars::Delete => vec![cleared("Delete")],
            ForBars::Duplicate => {
                let behind = bars.moved_to(bars.ticks.end);
                self.select_bars(&behind);
                moved("Duplicate", &behind, true)
            }
            ForBars::Earlier | ForBars::Later => {
                let later = command == ForBars::Later;
                let to = if later { grid.after(start) } else { grid.floor(start.saturating_sub(1)) };
                let place = bars.placed(to, 0, score.parts.len());
                self.select_bars(&place);
                moved("Move", &place, false)
            }
            ForBars::ToPreviousPart | ForBars::ToNextPart => {
                let lower = if command == ForBars::ToPreviousPart { -1 } else { 1 };
                let place = bars.placed(start, lower, score.parts.len());
                self.select_bars(&place);
                moved("Move to another part:", &place, false)
            }
            ForBars::Loop => vec![RollAction::SetLoop(bars.ticks)],
            ForBars::Deselect => {
                self.deselect();
                Vec::new()
            }
            ForBars::Paste => self.paste(input),
        }
    }

    /// Why a command for time cannot be given now; `None` where it can.
    pub fn why_not_to_time(&self, command: BarsCommand, score: &Score) -> Option<&'static str> {
        let selected = self.selected_bars();
        match (command, selected) {
            (BarsCommand::SelectBar | BarsCommand::Extend(_), _) => {
                score.parts.is_empty().then_some("There is no part to select in")
            }
            (BarsCommand::Select(way), _) => self.why_not_select(way, score),
            (_, None) => Some(NONE_SELECTED),
            (BarsCommand::AllParts, Some(bars)) => {
                (bars.parts == (0..score.parts.len())).then_some("They are selected in all parts already")
            }
            (BarsCommand::InsertTime | BarsCommand::DuplicateTime, Some(bars)) => {
                (!edit::has_room_for(score, bars.len())).then_some(NO_ROOM)
            }
            (BarsCommand::DeleteTime, Some(bars)) => {
                (bars.ticks.start >= score.end()).then_some("The composition ends before the selected bars")
            }
        }
    }

    /// Carries out a command for time.
    pub fn apply_to_time(&mut self, command: BarsCommand, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let selected = self.selected;
        let asked = self.done_to_time(command, input);
        self.remember(selected, &asked);
        asked
    }

    fn done_to_time(&mut self, command: BarsCommand, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let score = input.score;
        if self.why_not_to_time(command, score).is_some() {
            return Vec::new();
        }
        let change_time = |verb: &str, bars: &Bars, change: TimeChange| RollAction::ChangeTime {
            label: format!("{verb} {}", bars_counted(bars, &score.metre)),
            change,
        };
        let selected = self.selected_bars();
        match (command, selected) {
            (BarsCommand::SelectBar, _) => {
                let start = score.metre.bar_floor(input.playhead.tick.max(0.0) as Tick);
                let bar = Bars { ticks: start..score.metre.bar_after(start), parts: input.part..input.part + 1 };
                self.select_bars(&bar);
                self.reveal_part(input.part, score.parts.len());
                vec![RollAction::BarsSelected]
            }
            (BarsCommand::Select(way), _) => self.select_that_way(way, input),
            (BarsCommand::Extend(way), _) => self.extend_that_way(way, input),
            (_, None) => Vec::new(),
            (BarsCommand::AllParts, Some(bars)) => {
                self.select_bars(&Bars { parts: 0..score.parts.len(), ..bars });
                Vec::new()
            }
            (BarsCommand::InsertTime, Some(bars)) => {
                vec![change_time("Insert", &bars, TimeChange::Insert(bars.ticks.clone()))]
            }
            (BarsCommand::DeleteTime, Some(bars)) => {
                self.deselect();
                vec![change_time("Delete time of", &bars, TimeChange::Delete(bars.ticks.clone()))]
            }
            (BarsCommand::DuplicateTime, Some(bars)) => {
                self.select_bars(&bars.moved_to(bars.ticks.end));
                vec![change_time("Duplicate time of", &bars, TimeChange::Duplicate(bars.ticks.clone()))]
            }
        }
    }

    pub(in crate::studio::pages::compose::arrangement) fn select_bars(&mut self, bars: &Bars) {
        self.selected = BarSelection::of(bars);
    }

    fn copy(&mut self, score: &Score, bars: &Bars) -> RollAction {
        let copied = edit::copy_bars(score, bars);
        self.clipboard = Some(copied.clone());
        RollAction::CopiedBars(copied)
    }

    fn paste(&mut self, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let Some(copied) = &self.clipboard else { return Vec::new() };
        let at = input.snap.floor(&input.score.metre, input.playhead.tick.max(0.0) as Tick);
        let place = copied.place(at, input.part);
        let mut score = Score::clone(input.score);
        if !edit::paste_bars(&mut score, copied, &place) {
            return Vec::new();
        }
        let label = format!("Paste {}", bars_counted(&place, &score.metre));
        let replaced = tell_replaced(input.score, None, &place);
        let parts = place.parts.start..place.parts.end.min(score.parts.len());
        self.select_bars(&Bars { parts, ..place });
        let commit = RollAction::Commit { label, score: score.into() };
        [RollAction::BarsSelected, commit].into_iter().chain(replaced).collect()
    }
}

pub(super) const NONE_SELECTED: &str = "No bars are selected: drag over the lanes of the arrangement";
const NO_ROOM: &str = "The composition would become too long";
