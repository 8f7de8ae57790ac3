//! The bars that are selected, moved and extended by arrows.

use super::BarSelection;
use crate::{
    music::{Score, Tick},
    studio::{
        actions::RollAction,
        commands::Way,
        pages::compose::{
            arrangement::{Arrangement, ArrangementInput},
            roll::{NO_PART_BEFORE, NO_PART_BEHIND, gestures::bar_grid::BarGrid},
        },
    },
};

/// A corner of what is selected: a tick and a part.
type Corner = (Tick, usize);

impl Arrangement {
    /// Why as many bars that way cannot be selected; `None` where they can, or where the part there can be chosen.
    pub(super) fn why_not_select(&self, way: Way, score: &Score) -> Option<&'static str> {
        let Some(bars) = self.selected_bars() else {
            return match way {
                Way::Up | Way::Down => (score.parts.len() < 2).then_some("There is no other part"),
                Way::Earlier | Way::Later => Some(super::commands::NONE_SELECTED),
            };
        };
        match way {
            Way::Earlier => (bars.ticks.start == 0).then_some("The bars are at the start already"),
            Way::Later => None,
            Way::Up => (bars.parts.start == 0).then_some(NO_PART_BEFORE),
            Way::Down => (bars.parts.end >= score.parts.len()).then_some(NO_PART_BEHIND),
        }
    }

    /// Selects as many bars that way and chooses their part; where none are selected, the part there.
    pub(super) fn select_that_way(&mut self, way: Way, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let Some(selected) = self.selected else {
            let (_, part) = beside((0, input.part), way, input);
            return self.choose(part, input);
        };
        let [anchor, head] = [selected.anchor(), selected.head()].map(|corner| beside(corner, way, input));
        self.selected = BarSelection::between(anchor, head).or(self.selected);
        match way {
            Way::Earlier | Way::Later => {
                self.reveal_head(way, input);
                Vec::new()
            }
            Way::Up | Way::Down => self.choose(head.1, input),
        }
    }

    /// Extends the selection that way, or makes it smaller; it begins with the bar at the playhead.
    pub(super) fn extend_that_way(&mut self, way: Way, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        let start = input.score.metre.bar_floor(input.playhead.tick.max(0.0) as Tick);
        let (first, end) = ((start, input.part), (input.score.metre.bar_after(start), input.part));
        self.selected = match self.selected {
            None if way == Way::Earlier => BarSelection::between(first, beside(first, way, input)),
            None if way == Way::Later => None,
            None => BarSelection::between(first, beside(end, way, input)),
            Some(selected) => {
                let (anchor, before) = (selected.anchor(), selected.head());
                let head = beside(before, way, input);
                // the bar in which it began stays: past that, it grows to its other side
                BarSelection::between(anchor, head)
                    .or_else(|| BarSelection::between((before.0, anchor.1), beside(head, way, input)))
            }
        }
        .or(self.selected)
        .or_else(|| BarSelection::between(first, end));
        self.reveal_head(way, input);
        vec![RollAction::BarsSelected]
    }

    fn choose(&mut self, part: usize, input: &ArrangementInput<'_>) -> Vec<RollAction> {
        self.reveal_part(part, input.score.parts.len());
        vec![RollAction::EditPart(part)]
    }

    /// Brings the end of the selection that went somewhere into sight.
    fn reveal_head(&mut self, way: Way, input: &ArrangementInput<'_>) {
        let Some((tick, part)) = self.selected.map(|selected| selected.head()) else { return };
        self.reveal_part(part, input.score.parts.len());
        if matches!(way, Way::Earlier | Way::Later) && !self.coordinates.visible_ticks().contains(&tick) {
            self.is_moved = true;
            self.reveal_tick(tick, way == Way::Later);
        }
    }
}

/// A bar or a part beside a corner.
fn beside((tick, part): Corner, way: Way, input: &ArrangementInput<'_>) -> Corner {
    let grid = BarGrid { metre: &input.score.metre, beats: false };
    let last = input.score.parts.len().saturating_sub(1);
    match way {
        Way::Earlier => (grid.floor(tick.saturating_sub(1)), part),
        Way::Later => (grid.after(tick), part),
        Way::Up => (tick, part.saturating_sub(1).min(last)),
        Way::Down => (tick, (part + 1).min(last)),
    }
}
