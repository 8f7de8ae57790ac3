//! The velocity lane: the drag sets the bars that the pointer passes; on a selected bar it moves all those selected;
//! with Shift it draws a straight ramp, over those selected alone where several are.

use eframe::egui::{Pos2, Rect};

use super::{Base, Measure, Outcome, Pointer};
use crate::music::{Note, Tick, Velocity, edit, edit::Selection};

/// How near the pointer must be to a bar to take hold of it, in points.
pub const GRAB: f32 = 6.0;

#[derive(Clone, Debug)]
enum Way {
    /// Each bar passed gets the pointer's height.
    Paint(Vec<(Note, Velocity)>),
    /// All those selected go up and down together.
    Together(Note),
    /// A straight line from the origin to the pointer.
    Ramp,
}

/// Velocities being set.
#[derive(Clone, Debug)]
pub struct Velocities {
    base: Base,
    lane: Rect,
    origin: Pos2,
    last: Pos2,
    way: Way,
}

/// The velocity at a height of the lane.
pub fn velocity_from_y(lane: Rect, y: f32) -> Velocity {
    Velocity::clamped((127.0 * (lane.bottom() - y) / lane.height().max(1.0)).round() as i32)
}

/// The height of a velocity in the lane.
pub fn y_from_velocity(lane: Rect, velocity: Velocity) -> f32 {
    lane.bottom() - lane.height() * f32::from(velocity.get()) / 127.0
}

impl Velocities {
    /// Begins where the pointer was pressed in the lane.
    pub fn begin(base: Base, measure: Measure<'_>, lane: Rect, pointer: Pointer) -> Self {
        let grabbed = nearest(&base, measure, pointer.pos.x);
        let way = match grabbed {
            _ if pointer.modifiers.shift => Way::Ramp,
            Some(note) if base.selection().contains(&note) => Way::Together(note),
            _ => Way::Paint(Vec::new()),
        };
        Self { base, lane, origin: pointer.pos, last: pointer.pos, way }
    }

    /// Follows the pointer.
    pub fn update(&mut self, measure: Measure<'_>, pointer: Pointer) -> Outcome {
        let lane = self.lane;
        let x_of = |note: &Note| measure.coordinates.x_from_tick(f64::from(note.start));
        match &mut self.way {
            Way::Together(note) => {
                let change = i32::from(velocity_from_y(lane, pointer.pos.y).get()) - i32::from(note.velocity.get());
                self.base.edited(|part| edit::add_velocity(part, self.base.selection(), change))
            }
            Way::Paint(painted) => {
                for note in passed(&self.base, measure, self.last.x, pointer.pos.x) {
                    let velocity = velocity_from_y(lane, y_on_line(self.last, pointer.pos, x_of(&note)));
                    painted.retain(|(known, _)| *known != note);
                    painted.push((note, velocity));
                }
                self.last = pointer.pos;
                let painted = painted.clone();
                let chosen: Selection = painted.iter().map(|(note, _)| *note).collect();
                let velocity =
                    |note: &Note| painted.iter().find(|(known, _)| known == note).map_or(note.velocity, |(_, to)| *to);
                self.keep_selection(&chosen, velocity)
            }
            Way::Ramp => {
                let selection = self.base.selection();
                let is_chosen = |note: &Note| selection.len() < 2 || selection.contains(note);
                let chosen = passed(&self.base, measure, self.origin.x, pointer.pos.x).filter(is_chosen).collect();
                let (from, to) = (self.origin, pointer.pos);
                self.keep_selection(&chosen, |note| velocity_from_y(lane, y_on_line(from, to, x_of(note))))
            }
        }
    }

    /// Sets velocities of some notes; those of them that were selected stay so.
    fn keep_selection(&self, chosen: &Selection, velocity: impl Fn(&Note) -> Velocity) -> Outcome {
        let struck = |note: &Note| Note {
            velocity: if chosen.contains(note) { velocity(note) } else { note.velocity },
            ..*note
        };
        let selection = self.base.selection().notes().iter().map(struck).collect();
        let mut outcome = self.base.edited(|part| edit::set_velocities(part, chosen, &velocity));
        outcome.selection = selection;
        outcome
    }

    /// The straight line to paint while a ramp is drawn, in points.
    pub fn ramp(&self, pointer: Pos2) -> Option<[Pos2; 2]> {
        matches!(self.way, Way::Ramp).then_some([self.origin, pointer])
    }
}

/// The height at `x` of the line between two places; that of the second where they lie above each other.
fn y_on_line(from: Pos2, to: Pos2, x: f32) -> f32 {
    let width = to.x - from.x;
    if width.abs() < GRAB {
        return to.y;
    }
    from.y + (to.y - from.y) * ((x - from.x) / width).clamp(0.0, 1.0)
}

/// The notes whose bars the pointer passed.
fn passed<'a>(base: &'a Base, measure: Measure<'_>, from_x: f32, to_x: f32) -> impl Iterator<Item = Note> + use<'a> {
    let from = measure.coordinates.clamped_tick_from_x(from_x.min(to_x) - GRAB);
    let to: Tick = measure.coordinates.clamped_tick_from_x(from_x.max(to_x) + GRAB);
    let notes = base.part().map_or(&[][..], |part| part.notes.as_slice());
    let first = notes.partition_point(|note| note.start < from);
    let last = notes.partition_point(|note| note.start <= to);
    notes[first..last.max(first)].iter().copied()
}

/// The note whose bar is nearest, if one is near enough; a selected one first.
fn nearest(base: &Base, measure: Measure<'_>, x: f32) -> Option<Note> {
    let distance = |note: &Note| (measure.coordinates.x_from_tick(f64::from(note.start)) - x).abs();
    let is_other = |note: &Note| !base.selection().contains(note);
    passed(base, measure, x, x).min_by(|a, b| is_other(a).cmp(&is_other(b)).then(distance(a).total_cmp(&distance(b))))
}
