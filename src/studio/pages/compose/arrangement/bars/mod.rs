//! Bars of one part or more that are selected in the lanes, and what is done with them.

mod commands;
mod gesture;
mod menu;
mod paint;
mod ways;

use crate::{
    music::{
        MetreMap, Score, Tick,
        edit::{Bars, notes_replaced},
    },
    plural::counted,
    studio::{actions::RollAction, widgets::part_title, words::list_of_names},
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

/// Says what bars take the place of where they are put, and where they come from if they move; `None` where there is
/// nothing.
fn tell_replaced(score: &Score, moved: Option<&Bars>, place: &Bars) -> Option<RollAction> {
    let replaced = notes_replaced(score, moved, place);
    let notes: usize = replaced.iter().map(|(_, notes)| notes).sum();
    let names: Vec<String> = replaced.iter().map(|(index, _)| part_title(&score.parts[*index])).collect();
    let (notes, bars) = (counted(notes, "note"), bars_text(place, &score.metre));
    let text = format!("Replaced {notes} of {} in {bars}", list_of_names(&names));
    (!replaced.is_empty()).then_some(RollAction::Replaced(text))
}

/// How many bars they reach into, such as `2 bars`.
fn bars_counted(bars: &Bars, metre: &MetreMap) -> String {
    let bar = |tick: Tick| metre.position(tick).bar;
    counted((bar(bars.ticks.end - 1) - bar(bars.ticks.start) + 1) as usize, "bar")
}
