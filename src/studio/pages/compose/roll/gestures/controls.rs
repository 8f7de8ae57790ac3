//! A controller's lane: a drag draws its course, with Shift a straight ramp; on a point it moves that point; the right
//! button and the eraser take points out.

use std::{collections::BTreeMap, ops::Range};

use eframe::egui::{Pos2, Rect};

use super::{Base, DRAG_THRESHOLD, Measure, Outcome, Pointer};
use crate::music::{
    Part, Tick,
    edit::{self, ControlKind},
};

/// How near the pointer must be to a point to take hold of it, in points of the screen.
pub const GRAB: f32 = 6.0;
/// The nearest that drawn points lie, in ticks: 2 ms at a quick tempo, and a 128th note.
const RESOLUTION: Tick = 15;

/// What a lane shows, and where.
#[derive(Clone, Copy, Debug)]
pub struct LaneScale {
    /// Where values stand.
    pub bars: Rect,
    /// What they are of.
    pub kind: ControlKind,
}

impl LaneScale {
    /// The value at a height; a switch is on in the upper half.
    pub fn value_from_y(&self, y: f32) -> i16 {
        let range = self.kind.range();
        let (low, high) = (f32::from(*range.start()), f32::from(*range.end()));
        let share = ((self.bars.bottom() - y) / self.bars.height().max(1.0)).clamp(0.0, 1.0);
        if self.kind.is_switch() {
            return if share >= 0.5 { 127 } else { 0 };
        }
        (low + (high - low) * share).round() as i16
    }

    /// The height of a value.
    pub fn y_from_value(&self, value: i16) -> f32 {
        let range = self.kind.range();
        let (low, high) = (f32::from(*range.start()), f32::from(*range.end()));
        self.bars.bottom() - self.bars.height() * (f32::from(value) - low) / (high - low)
    }
}

#[derive(Clone, Debug)]
enum Way {
    /// Each tick passed gets the pointer's height.
    Draw(BTreeMap<Tick, i16>),
    /// A straight line from the origin to the pointer.
    Ramp,
    /// A point that was there is somewhere else.
    Move(Tick),
    /// Every point passed goes.
    Erase(Range<Tick>),
}

/// Controls being drawn, moved or erased.
#[derive(Clone, Debug)]
pub struct Controls {
    base: Base,
    scale: LaneScale,
    origin: Pointer,
    last: Pos2,
    way: Way,
}

impl Controls {
    /// Begins where the pointer was pressed in the lane, on a point (its tick) or beside all.
    pub fn begin(base: Base, scale: LaneScale, pointer: Pointer, point: Option<Tick>, erasing: bool) -> Self {
        let way = match point {
            _ if erasing => Way::Erase(Range { start: Tick::MAX, end: 0 }), // nothing yet: it grows at both ends
            _ if pointer.modifiers.shift => Way::Ramp,
            Some(tick) => Way::Move(tick),
            None => Way::Draw(BTreeMap::new()),
        };
        Self { base, scale, origin: pointer, last: pointer.pos, way }
    }

    /// Follows the pointer.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        let scale = self.scale;
        let from = std::mem::replace(&mut self.last, pointer.pos);
        match &mut self.way {
            Way::Draw(drawn) => {
                for (tick, value) in line(&self.base, measure, scale, from, pointer.pos) {
                    drawn.insert(tick, value);
                }
                let drawn = drawn.clone();
                self.edited(|part| put(part, scale.kind, &drawn))
            }
            Way::Ramp => {
                let ramp = line(&self.base, measure, scale, self.origin.pos, pointer.pos).into_iter().collect();
                self.edited(|part| put(part, scale.kind, &ramp))
            }
            Way::Move(tick) => {
                let from = *tick;
                let pointed = measure.coordinates.clamped_tick_from_x(pointer.pos.x);
                let still = (pointer.pos.x - self.origin.pos.x).abs() < DRAG_THRESHOLD;
                let to = if still { from } else { measure.snap.round(&self.base.score().metre, pointed) };
                let value = scale.value_from_y(pointer.pos.y);
                self.edited(|part| edit::move_control(part, scale.kind, from, (to, value)))
            }
            Way::Erase(span) => {
                let reach = |x: f32| measure.coordinates.clamped_tick_from_x(x);
                let (left, right) = (from.x.min(pointer.pos.x) - GRAB, from.x.max(pointer.pos.x) + GRAB);
                *span = span.start.min(reach(left))..span.end.max(reach(right).saturating_add(1));
                let span = span.clone();
                self.edited(|part| {
                    edit::clear_controls(part, scale.kind, &span);
                })
            }
        }
    }

    /// What undo will say.
    pub fn label(&self) -> String {
        let verb = match self.way {
            Way::Draw(_) => "Draw",
            Way::Ramp => "Draw a ramp of",
            Way::Move(_) => "Move",
            Way::Erase(_) => "Erase",
        };
        format!("{verb} {}", self.scale.kind.name().to_lowercase())
    }

    /// The straight line to paint while a ramp is drawn, in points of the screen.
    pub fn ramp(&self, pointer: Pos2) -> Option<[Pos2; 2]> {
        matches!(self.way, Way::Ramp).then_some([self.origin.pos, pointer])
    }

    /// The part with its controls changed; what is selected stays so.
    fn edited(&self, change: impl FnOnce(&mut Part)) -> Outcome {
        self.base.edited(|part| {
            change(part);
            self.base.selection().clone()
        })
    }
}

/// Puts a course in place of what was in its span; values that say nothing new are left out.
fn put(part: &mut Part, kind: ControlKind, drawn: &BTreeMap<Tick, i16>) {
    let (Some((&first, _)), Some((&last, _))) = (drawn.first_key_value(), drawn.last_key_value()) else {
        return;
    };
    let mut points: Vec<(Tick, i16)> = Vec::with_capacity(drawn.len());
    for (&tick, &value) in drawn {
        if points.last().is_none_or(|(_, before)| *before != value) {
            points.push((tick, value));
        }
    }
    edit::draw_controls(part, kind, &(first..last.saturating_add(1)), &points);
}

/// The course of a straight line on the screen. Switches keep to the grid, the rest to the resolution.
fn line(base: &Base, measure: Measure<'_>, scale: LaneScale, from: Pos2, to: Pos2) -> Vec<(Tick, i16)> {
    let (left, right) = if from.x <= to.x { (from, to) } else { (to, from) };
    let metre = &base.score().metre;
    let tick_at = |x: f32| {
        let tick = measure.coordinates.clamped_tick_from_x(x);
        if scale.kind.is_switch() { measure.snap.floor(metre, tick) } else { tick / RESOLUTION * RESOLUTION }
    };
    let step = if scale.kind.is_switch() { measure.snap.ticks() } else { RESOLUTION };
    // no more than one point for each half point of the screen
    let step = step.max((0.5 / measure.coordinates.points_per_tick()) as Tick / RESOLUTION * RESOLUTION);
    let width = (right.x - left.x).max(f32::MIN_POSITIVE);
    let value_at = |x: f32| {
        let share = ((x - left.x) / width).clamp(0.0, 1.0);
        scale.value_from_y(left.y + (right.y - left.y) * share)
    };
    let (first, last) = (tick_at(left.x), tick_at(right.x));
    let mut course: Vec<(Tick, i16)> = (first..last)
        .step_by(step.max(1) as usize)
        .map(|tick| (tick, value_at(measure.coordinates.x_from_tick(f64::from(tick)))))
        .collect();
    let end_value = scale.value_from_y(if last == first { to.y } else { right.y });
    course.push((last, end_value));
    course
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::*;

    #[test]
    fn heights_and_values() {
        let bars = Rect::from_min_max(pos2(0.0, 100.0), pos2(10.0, 200.0));
        for kind in ControlKind::USUAL {
            let scale = LaneScale { bars, kind };
            let range = kind.range();
            assert_eq!(scale.value_from_y(200.0), *range.start());
            assert_eq!(scale.value_from_y(-5.0), *range.end());
            for value in [*range.start(), *range.end()] {
                assert_eq!(scale.value_from_y(scale.y_from_value(value)), value, "{kind:?}");
            }
        }
        let pedal = LaneScale { bars, kind: ControlKind::Controller(64) };
        assert_eq!([pedal.value_from_y(140.0), pedal.value_from_y(160.0)], [127, 0]);
    }
}
