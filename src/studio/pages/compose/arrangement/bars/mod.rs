//! Bars of one part or more that are selected in the lanes, and what is done with them.

mod commands;
mod gesture;
mod menu;
mod paint;

use crate::{
    music::{MetreMap, Tick, edit::Bars},
    plural::counted,
};

pub use self::gesture::{MoveBars, SelectBars};
pub(super) use self::paint::{paint, paint_in_ruler};

/// Bars that are selected: from where they were selected, and to where. Each is a tick and a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarSelection {
    anchor: (Tick, usize),
    head: (Tick, usize),
}

impl BarSelection {
    /// From one place to another; `None` where that is no time.
    pub const fn between(anchor: (Tick, usize), head: (Tick, usize)) -> Option<Self> {
        if anchor.0 == head.0 { None } else { Some(Self { anchor, head }) }
    }

    /// These bars; they grow from their start on.
    pub const fn of(bars: &Bars) -> Option<Self> {
        Self::between((bars.ticks.start, bars.parts.start), (bars.ticks.end, bars.parts.end.saturating_sub(1)))
    }

    /// The bars.
    pub fn bars(&self) -> Bars {
        let ((from, top), (to, bottom)) = (self.anchor, self.head);
        Bars { ticks: from.min(to)..from.max(to), parts: top.min(bottom)..top.max(bottom) + 1 }
    }

    /// Where they began to be selected.
    pub const fn anchor(&self) -> (Tick, usize) {
        self.anchor
    }

    /// Where the last step of selecting them went.
    pub const fn head(&self) -> (Tick, usize) {
        self.head
    }

    /// The same in the parts that there are; `None` where it is in none of them.
    pub fn within(self, part_count: usize) -> Option<Self> {
        let last = part_count.checked_sub(1)?;
        let kept = |(tick, part): (Tick, usize)| (tick, part.min(last));
        Self::between(kept(self.anchor), kept(self.head))
    }
}

/// The bars as people count them, such as `bar 3` or `bars 3–4`.
pub fn bars_text(bars: &Bars, metre: &MetreMap) -> String {
    let bar = |tick: Tick| metre.position(tick).bar + 1;
    let (first, last) = (bar(bars.ticks.start), bar(bars.ticks.end - 1));
    if first == last { format!("bar {first}") } else { format!("bars {first}–{last}") }
}

/// How many bars they reach into, such as `2 bars`.
fn bars_counted(bars: &Bars, metre: &MetreMap) -> String {
    let bar = |tick: Tick| metre.position(tick).bar;
    counted((bar(bars.ticks.end - 1) - bar(bars.ticks.start) + 1) as usize, "bar")
}
