//! The ruler: a click seeks, a drag sets the loop, its handles move its ends, the bar between them moves all of it.

use std::ops::Range;

use eframe::egui::Pos2;

use super::{DRAG_THRESHOLD, Measure, Pointer};
use crate::music::{MetreMap, Tick};

/// How near the pointer must be to a handle to take hold of it, in points.
pub const HANDLE: f32 = 5.0;

/// What of the loop is under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopPiece {
    /// Its left handle.
    Start,
    /// Its right handle.
    End,
    /// The bar between them.
    Body,
}

/// What the ruler's gesture came to so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulerOutcome {
    /// The playhead goes there.
    Seek(Tick),
    /// The loop is here.
    Loop(Range<Tick>),
}

/// A press in the ruler.
#[derive(Clone, Debug)]
pub struct RulerDrag {
    origin: Pos2,
    origin_tick: f64,
    grabbed: Option<(LoopPiece, Range<Tick>)>,
    dragged: bool,
}

/// What of the loop is at an x; only the upper half of the ruler holds its bar.
pub fn piece_at(measure: Measure<'_>, loop_range: &Range<Tick>, x: f32, upper_half: bool) -> Option<LoopPiece> {
    let start = measure.coordinates.x_from_tick(f64::from(loop_range.start));
    let end = measure.coordinates.x_from_tick(f64::from(loop_range.end));
    if (x - end).abs() <= HANDLE {
        Some(LoopPiece::End)
    } else if (x - start).abs() <= HANDLE {
        Some(LoopPiece::Start)
    } else if upper_half && (start..end).contains(&x) {
        Some(LoopPiece::Body)
    } else {
        None
    }
}

impl RulerDrag {
    /// Begins where the pointer was pressed, on a piece of the loop or beside it.
    pub fn begin(measure: Measure<'_>, pointer: Pointer, grabbed: Option<(LoopPiece, Range<Tick>)>) -> Self {
        Self {
            origin: pointer.pos,
            origin_tick: measure.coordinates.tick_from_x(pointer.pos.x),
            grabbed,
            dragged: false,
        }
    }

    /// Follows the pointer.
    pub fn update(&mut self, measure: Measure<'_>, metre: &MetreMap, pointer: Pointer) -> RulerOutcome {
        self.dragged |= (pointer.pos.x - self.origin.x).abs() > DRAG_THRESHOLD;
        let here = measure.snap.round(metre, measure.coordinates.clamped_tick_from_x(pointer.pos.x));
        if !self.dragged {
            return RulerOutcome::Seek(here);
        }
        RulerOutcome::Loop(match &self.grabbed {
            Some((LoopPiece::Start, range)) => between(here, range.end, measure, metre),
            Some((LoopPiece::End, range)) => between(range.start, here, measure, metre),
            Some((LoopPiece::Body, range)) => {
                let by = measure.snap.round_distance(measure.coordinates.tick_from_x(pointer.pos.x) - self.origin_tick);
                let start = (i64::from(range.start) + by).max(0) as Tick;
                start..start + (range.end - range.start)
            }
            None => {
                let origin = measure.snap.round(metre, self.origin_tick.max(0.0) as Tick);
                between(origin, here, measure, metre)
            }
        })
    }

    /// Whether it went far enough to be a drag; else it is a click, which seeks.
    pub const fn is_drag(&self) -> bool {
        self.dragged
    }
}

/// The span between two ticks in any order, a grid step long at least.
fn between(one: Tick, other: Tick, measure: Measure<'_>, metre: &MetreMap) -> Range<Tick> {
    let (start, end) = (one.min(other), one.max(other));
    start..end.max(measure.snap.after(metre, start))
}
