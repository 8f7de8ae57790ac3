//! What a press on the lanes comes to: bars are selected, or those that are selected are moved or copied.

use std::sync::Arc;

use eframe::egui::Pos2;

use super::{BarSelection, bars_counted, tell_replaced};
use crate::{
    music::{
        Score, Tick,
        edit::{Bars, move_bars},
    },
    studio::{
        actions::RollAction,
        pages::compose::roll::gestures::{DRAG_THRESHOLD, bar_grid::BarGrid},
    },
};

/// A press that selects bars once it is dragged.
#[derive(Debug)]
pub struct SelectBars {
    origin: Pos2,
    /// From where they are selected, and whether that is where others began: then no drag is needed.
    from: (Tick, usize),
    extends: bool,
    dragged: bool,
}

impl SelectBars {
    /// Begins at a place of a lane.
    pub const fn begin(origin: Pos2, from: (Tick, usize)) -> Self {
        Self { origin, from, extends: false, dragged: false }
    }

    /// Begins where others that are selected began.
    pub const fn extend(origin: Pos2, anchor: (Tick, usize)) -> Self {
        Self { origin, from: anchor, extends: true, dragged: true }
    }

    /// Follows the pointer; `None` while it is a click.
    pub fn update(&mut self, pos: Pos2, here: (Tick, usize), grid: BarGrid<'_>) -> Option<BarSelection> {
        self.dragged |= (pos - self.origin).length() > DRAG_THRESHOLD;
        if !self.dragged {
            return None;
        }
        let (from, to) = if self.extends {
            // what was selected keeps its edge
            let to = grid.round(here.0);
            (self.from.0, if to == self.from.0 { grid.after(to) } else { to })
        } else {
            grid.span(self.from.0, here.0)
        };
        BarSelection::between((from, self.from.1), (to, here.1))
    }

    /// Whether it went far enough to be a drag; else it is a click.
    pub const fn is_drag(&self) -> bool {
        self.dragged
    }
}

/// A press on bars that are selected, which moves them once it is dragged.
#[derive(Debug)]
pub struct MoveBars {
    /// The score as it was.
    base: Arc<Score>,
    bars: Bars,
    origin: Pos2,
    origin_tick: f64,
    dragged: bool,
    /// Where they are now, whether a copy is, and what came of it.
    now: Option<(Bars, bool, Arc<Score>)>,
}

impl MoveBars {
    /// Begins at a place of the selected bars.
    pub const fn begin(base: Arc<Score>, bars: Bars, origin: Pos2, origin_tick: f64) -> Self {
        Self { base, bars, origin, origin_tick, dragged: false, now: None }
    }

    /// Follows the pointer, which is so many lanes lower than it was; the score to show, if it is another one than
    /// before.
    pub fn update(&mut self, pos: Pos2, tick: f64, lanes: isize, copies: bool, beats: bool) -> Option<Arc<Score>> {
        self.dragged |= (pos.x - self.origin.x).abs() > DRAG_THRESHOLD || lanes != 0;
        if !self.dragged {
            return None;
        }
        let grid = BarGrid { metre: &self.base.metre, beats };
        let start = self.bars.ticks.start;
        let wanted = (f64::from(start) + tick - self.origin_tick).max(0.0) as Tick;
        // what begins off a line keeps its distance from it
        let to = grid.round(wanted) + (start - grid.floor(start));
        let place = self.bars.placed(to, lanes, self.base.parts.len());
        if self.now.as_ref().is_some_and(|(at, copied, _)| (at, *copied) == (&place, copies)) {
            return None;
        }
        let mut score = Score::clone(&self.base);
        move_bars(&mut score, &self.bars, &place, copies);
        let score = Arc::new(score);
        self.now = Some((place, copies, Arc::clone(&score)));
        Some(score)
    }

    /// The bars as they were.
    pub const fn bars(&self) -> &Bars {
        &self.bars
    }

    /// Where the bars are shown.
    pub fn shown(&self) -> Bars {
        self.now.as_ref().map_or_else(|| self.bars.clone(), |(place, ..)| place.clone())
    }

    /// Whether it went far enough to be a drag; else it is a click.
    pub const fn is_drag(&self) -> bool {
        self.dragged
    }

    /// What is asked for once it is over.
    pub fn outcome(self) -> Vec<RollAction> {
        match self.now {
            Some((place, copies, score)) if score != self.base => {
                let what = bars_counted(&self.bars, &self.base.metre);
                let label = format!("{} {what}", if copies { "Copy" } else { "Move" });
                let replaced = tell_replaced(&self.base, (!copies).then_some(&self.bars), &place);
                [RollAction::Commit { label, score }].into_iter().chain(replaced).collect()
            }
            _ => vec![RollAction::CancelGesture],
        }
    }
}
