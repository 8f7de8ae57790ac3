//! The view under the pointer: scrolling, zooming, and what lies where the pointer rests.

use std::ops::Range;

use eframe::egui::{CursorIcon, Pos2, Response, Ui, Vec2};

use super::{
    active::Active,
    gestures::{
        Pointer,
        hit::{self, Piece},
        loop_range::{LoopPiece, piece_at},
        velocities,
    },
    index::NoteIndex,
    interface::{RollInput, Tool},
    lane::Lane,
    places::{Places, Responses},
    state::Roll,
};
use crate::music::{Note, Tick};

/// How fast the view goes along when a drag leaves it: points a frame for each point outside.
const EDGE_SCROLL: f32 = 0.12;

impl Roll {
    /// Wheel, pinch and the middle button.
    pub(super) fn scroll_and_zoom(&mut self, ui: &Ui, responses: &Responses, input: &RollInput<'_>) {
        let over = |response: &Response| response.contains_pointer();
        let over_keys = over(&responses.gutter);
        let below = responses.lyrics.iter().chain(&responses.lane);
        let over_time = over(&responses.ruler) || below.into_iter().any(over);
        if !(over_keys || over_time || over(&responses.notes)) {
            return;
        }
        let (scroll, zoom, modifiers, pos, now) = ui.input(|state| {
            (state.smooth_scroll_delta(), state.zoom_delta(), state.modifiers, state.pointer.hover_pos(), state.time)
        });
        let Some(pos) = pos else { return };
        if zoom != 1.0 {
            if over_keys || modifiers.shift || modifiers.alt {
                self.coordinates.zoom_pitch(zoom, pos.y);
                self.rows_are_chosen = true;
            } else {
                self.coordinates.zoom_time(zoom, pos.x);
            }
            self.follow.pause(now);
        } else if scroll != Vec2::ZERO {
            let by = if over_time { Vec2::new(scroll.x + scroll.y, 0.0) } else { scroll };
            self.coordinates.pan(by, self.scroll_end(input));
            self.rows_are_chosen |= by.y != 0.0;
            if by.x != 0.0 {
                self.follow.pause(now);
            }
        }
    }

    /// How far to the right one can scroll: the score's end, its playhead and the loop within reach.
    pub(super) fn scroll_end(&self, input: &RollInput<'_>) -> Tick {
        let parts = self.indices.iter().map(NoteIndex::end).max().unwrap_or(0);
        let marks = input.loop_range.as_ref().map_or(0, |range| range.end).max(input.playhead_tick as Tick);
        parts.max(marks).max(input.score.metre.bar_start(4))
    }

    /// Looks what lies under the resting pointer, and shows by the cursor what a press would do.
    pub(super) fn hover(&mut self, ui: &Ui, responses: &Responses, places: Places, input: &RollInput<'_>) {
        let pos = ui.input(|state| state.pointer.hover_pos());
        // a drum is named beside its notes, too
        let is_named = responses.gutter.contains_pointer() || (input.is_kit() && responses.notes.contains_pointer());
        self.hovered_key = pos.filter(|_| is_named).map(|pos| self.coordinates.pitch_from_y(pos.y));
        self.pointed =
            pos.filter(|_| responses.notes.contains_pointer()).map(|pos| self.coordinates.clamped_tick_from_x(pos.x));
        self.offered = None;
        self.hover_control(responses, places, pos);
        if self.active.is_some() {
            self.hovered = None;
            return;
        }
        let hit = pos.filter(|_| responses.notes.contains_pointer()).and_then(|pos| self.hit(input, pos));
        self.hovered = hit.map(|(note, _)| note);
        if responses.notes.contains_pointer() {
            ui.set_cursor_icon(cursor_of(input.tool, hit.map(|(_, piece)| piece)));
            let free = pos.filter(|_| input.tool == Tool::Pencil && hit.is_none());
            self.offered = free.map(|pos| {
                let pointer = Pointer { pos, modifiers: ui.input(|state| state.modifiers) };
                self.begin_drawing(pointer, input).note()
            });
        }
        if responses.lane.as_ref().is_some_and(Response::contains_pointer) {
            match (self.lane, self.hovered_control) {
                (Lane::Velocity, _) => {
                    self.hovered = pos.and_then(|pos| self.bar_at(input, pos.x));
                    ui.set_cursor_icon(CursorIcon::ResizeVertical);
                }
                (Lane::Control(_), Some(_)) => ui.set_cursor_icon(CursorIcon::Grab),
                (Lane::Control(_), None) => ui.set_cursor_icon(CursorIcon::Crosshair),
            }
        }
        if responses.ruler.contains_pointer()
            && let Some(pos) = pos
            && let Some((piece, _)) = self.loop_piece(places, input, pos)
        {
            ui.set_cursor_icon(if piece == LoopPiece::Body { CursorIcon::Grab } else { CursorIcon::ResizeHorizontal });
        }
    }

    /// The note at a place.
    pub(super) fn hit(&self, input: &RollInput<'_>, pos: Pos2) -> Option<(Note, Piece)> {
        hit::note_at(&self.coordinates, self.indices.get(input.part)?, pos)
    }

    /// The note whose bar in the velocity lane is at an x.
    fn bar_at(&self, input: &RollInput<'_>, x: f32) -> Option<Note> {
        let grab = velocities::GRAB;
        let from = self.coordinates.clamped_tick_from_x(x - grab);
        let to = self.coordinates.clamped_tick_from_x(x + grab);
        let index = self.indices.get(input.part)?;
        let distance = |note: &Note| (self.coordinates.x_from_tick(f64::from(note.start)) - x).abs();
        let near = index.sounding_in(from..to.saturating_add(1)).filter(|note| distance(note) <= grab);
        near.min_by(|a, b| distance(a).total_cmp(&distance(b))).copied()
    }

    /// The piece of the loop at a place of the ruler.
    pub(super) fn loop_piece(
        &self,
        places: Places,
        input: &RollInput<'_>,
        pos: Pos2,
    ) -> Option<(LoopPiece, Range<Tick>)> {
        let range = input.loop_range.clone()?;
        let upper_half = pos.y < places.ruler.center().y;
        let piece = piece_at(self.measure(input), &range, pos.x, upper_half)?;
        Some((piece, range))
    }

    /// A drag that leaves the view takes it along.
    pub(super) fn scroll_at_edges(&mut self, ui: &Ui, pos: Pos2, places: Places, input: &RollInput<'_>) {
        let (sideways, upright) = self.active.as_ref().map_or((false, false), Active::takes_view_along);
        let area = places.notes;
        let outside = |low: f32, high: f32, at: f32| if at < low { at - low } else { (at - high).max(0.0) };
        let by = Vec2::new(
            if sideways { outside(area.left(), area.right(), pos.x) } else { 0.0 },
            if upright { outside(area.top(), area.bottom(), pos.y) } else { 0.0 },
        );
        if by != Vec2::ZERO {
            self.coordinates.pan(-by * EDGE_SCROLL, self.scroll_end(input).saturating_add(7680));
            ui.ctx().request_repaint();
        }
    }
}

/// The cursor over a piece of a note.
const fn cursor_of(tool: Tool, piece: Option<Piece>) -> CursorIcon {
    match (tool, piece) {
        (Tool::Erase, _) => CursorIcon::NotAllowed,
        (_, Some(Piece::Body)) => CursorIcon::Grab,
        (_, Some(_)) => CursorIcon::ResizeHorizontal,
        (Tool::Pencil, None) => CursorIcon::Crosshair,
        (Tool::Select, None) => CursorIcon::Default,
    }
}
