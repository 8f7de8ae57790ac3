//! The handles of the take just recorded, in the ruler's lower half: what lies outside them goes.

use std::ops::Range;

use super::{Measure, Pointer, loop_range::HANDLE};
use crate::music::{MetreMap, Tick};

/// How near the pointer must be to a handle to take hold of it, in points.
pub const REACH: f32 = HANDLE + 1.0;

/// One handle being dragged.
#[derive(Clone, Debug)]
pub struct Trim {
    span: Range<Tick>,
    is_start: bool,
}

impl Trim {
    /// Begins on a handle, if one is at an x.
    pub fn begin(measure: Measure<'_>, span: &Range<Tick>, x: f32) -> Option<Self> {
        let distance = |tick: Tick| (measure.coordinates.x_from_tick(f64::from(tick)) - x).abs();
        let (start, end) = (distance(span.start), distance(span.end));
        (start.min(end) <= REACH).then(|| Self { span: span.clone(), is_start: start < end })
    }

    /// Follows the pointer: the span that is kept. It never ends before it begins.
    pub fn update(&self, measure: Measure<'_>, metre: &MetreMap, pointer: Pointer) -> Range<Tick> {
        let at = measure.snap.round(metre, measure.coordinates.clamped_tick_from_x(pointer.pos.x));
        if self.is_start {
            at.min(self.span.end - 1)..self.span.end
        } else {
            self.span.start..at.max(self.span.start + 1)
        }
    }
}
