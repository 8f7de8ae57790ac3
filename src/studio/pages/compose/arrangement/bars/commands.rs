//! Commands for the bars that are selected: the roll's own, as far as they are for bars, too, and those for time.

use super::{BarSelection, bars_counted};
use crate::{
    music::{
        MAX_TICK, Score, Tick,
        edit::{self, Bars, CopiedBars},
    },
    studio::{
        actions::RollAction,
        commands::{BarsCommand, RollCommand},
        pages::compose::{
            arrangement::{Arrangement, ArrangementInput},
            roll::gestures::bar_grid::BarGrid,
        },
    },
};

impl Arrangement {
    /// The bars that are selected.
    pub fn selected_bars(&self) -> Option<Bars> {
        self.selected.map(|selected| selected.bars())
    }

    /// Selects no bars any more.
    pub const fn deselect(&mut self) {
        self.selected = None;
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
        use RollCommand as C;
        match command {
            C::Paste => self.clipboard.is_some(),
            C::Cut
            | C::Copy
            | C::Duplicate
            | C::Delete
            | C::LoopSelection
            | C::SelectNone
            | C::MoveLeft
            | C::MoveRight => self.selected.is_some(),
            _ => false,
        }
    }

    /// Why such a command cannot be given now; `None` where it can.
    pub fn why_not_to_bars(&self, command: RollCommand, score: &Score) -> Option<&'static str> {
        if command == RollCommand::Paste {
            return self.clipboard.is_none().then_some("No bars were copied yet");
        }
        let Some(bars) = self.selected_bars() else { return Some(NONE_SELECTED) };
        match command {
            RollCommand::Duplicate if MAX_TICK - bars.ticks.end < bars.len() => Some(NO_ROOM),
            RollCommand::MoveLeft if bars.ticks.start == 0 => Some("The bars are at the start already"),
            RollCommand::Cut | RollCommand::Delete if !bars.have_content(score) => {
                Some("Nothing is played in the selected bars")
            }
            _ => None,
        }
    }

    /// Carries out such a command.
    pub fn apply_to_bars(&mut self, command: RollCommand, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        use RollCommand as C;
        let score = input.score;
        if self.why_not_to_bars(command, score).is_some() {
            return Vec::new();
        }
        if command == C::Paste {
            return self.paste(input);
        }
        let Some(bars) = self.selected_bars() else { return Vec::new() };
        let grid =
            BarGrid { metre: &score.metre, beats: bars.len() < score.metre.metre_at(bars.ticks.start).bar_ticks() };
        let commit = |verb: &str, change: &mut dyn FnMut(&mut Score)| {
            let mut changed = Score::clone(score);
            change(&mut changed);
            RollAction::Commit { label: format!("{verb} {}", bars_counted(&bars, &score.metre)), score: changed.into() }
        };
        match command {
            C::Copy => vec![self.copy(score, &bars)],
            C::Cut => {
                let copied = self.copy(score, &bars);
                vec![copied, commit("Cut", &mut |score| edit::clear_bars(score, &bars))]
            }
            C::Delete => vec![commit("Delete", &mut |score| edit::clear_bars(score, &bars))],
            C::Duplicate => {
                let action = commit("Duplicate", &mut |score| {
                    edit::move_bars(score, &bars, bars.ticks.end, true);
                });
                self.select_bars(&bars.moved_to(bars.ticks.end));
                vec![action]
            }
            C::MoveLeft | C::MoveRight => {
                let start = bars.ticks.start;
                let to = if command == C::MoveRight { grid.after(start) } else { grid.floor(start.saturating_sub(1)) };
                let action = commit("Move", &mut |score| {
                    edit::move_bars(score, &bars, to, false);
                });
                self.select_bars(&bars.moved_to(to.min(MAX_TICK - bars.len())));
                vec![action]
            }
            C::LoopSelection => vec![RollAction::SetLoop(bars.ticks)],
            C::SelectNone => {
                self.deselect();
                Vec::new()
            }
            _ => Vec::new(), // not heard
        }
    }

    /// Why a command for time cannot be given now; `None` where it can.
    pub fn why_not_to_time(&self, command: BarsCommand, score: &Score) -> Option<&'static str> {
        let selected = self.selected_bars();
        match (command, selected) {
            (BarsCommand::SelectBar, _) => score.parts.is_empty().then_some("There is no part to select in"),
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
        let score = input.score;
        if self.why_not_to_time(command, score).is_some() {
            return Vec::new();
        }
        let commit = |verb: &str, bars: &Bars, changed: Score| RollAction::Commit {
            label: format!("{verb} {}", bars_counted(bars, &score.metre)),
            score: changed.into(),
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
            (_, None) => Vec::new(),
            (BarsCommand::AllParts, Some(bars)) => {
                self.select_bars(&Bars { parts: 0..score.parts.len(), ..bars });
                Vec::new()
            }
            (BarsCommand::InsertTime, Some(bars)) => {
                vec![commit("Insert", &bars, edit::insert_time(score, &bars.ticks))]
            }
            (BarsCommand::DeleteTime, Some(bars)) => {
                self.deselect();
                vec![commit("Delete time of", &bars, edit::delete_time(score, &bars.ticks))]
            }
            (BarsCommand::DuplicateTime, Some(bars)) => {
                self.select_bars(&bars.moved_to(bars.ticks.end));
                vec![commit("Duplicate time of", &bars, edit::duplicate_time(score, &bars.ticks))]
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
        let parts = place.parts.start..place.parts.end.min(score.parts.len());
        self.select_bars(&Bars { parts, ..place });
        vec![RollAction::BarsSelected, RollAction::Commit { label, score: score.into() }]
    }
}

const NONE_SELECTED: &str = "No bars are selected: drag over the lanes of the arrangement";
const NO_ROOM: &str = "The composition would become too long";
