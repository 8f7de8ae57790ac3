//! What the pointer and the keys do: seek, set the loop, choose a part or a note, open the part.

use std::ops::Range;

use eframe::egui::{CursorIcon, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use super::{
    super::roll::gestures::{
        Measure, Pointer,
        loop_range::{LoopPiece, RulerDrag, RulerOutcome, piece_at},
    },
    paint::note_rect,
    state::{Arrangement, ArrangementInput, Drag},
};
use crate::{
    music::{Note, Tick, quantise::GridStep},
    studio::{
        actions::{Action, ComposeAction, RollAction},
        commands::Command,
        document::snap::Snap,
        widgets,
    },
};

/// How near to a note the pointer must be, in points.
const REACH: f32 = 4.0;
/// Where a bar is at least so wide, clicks and drags go by the chosen grid; else by bars. In points.
const FINE_FROM: f32 = 160.0;

impl Arrangement {
    /// The loop to paint: the one being set, else the studio's.
    pub(super) fn shown_loop(&self, input: &ArrangementInput<'_>) -> Option<Range<Tick>> {
        self.drag.as_ref().and_then(|drag| drag.loop_range.clone()).or_else(|| input.loop_range.clone())
    }

    fn measure(&self, input: &ArrangementInput<'_>, modifiers: Modifiers) -> Measure<'_> {
        let bar = input.score.metre.metre_at(self.coordinates.visible_ticks().start).bar_ticks();
        let bar_width = f64::from(bar) * self.coordinates.points_per_tick();
        let snap = match () {
            () if modifiers.alt => Snap::Off,
            () if bar_width >= f64::from(FINE_FROM) => input.snap,
            () => Snap::To(GridStep::Whole), // no metre's bar is cut by it but where it is longer
        };
        Measure { coordinates: &self.coordinates, snap, scale: None }
    }

    /// The ruler: a click seeks, a drag sets the loop, its handles and its bar move it.
    pub(super) fn point_at_ruler(&mut self, ui: &Ui, ruler: &Response, input: &ArrangementInput<'_>) -> Vec<Action> {
        let mut asked = Vec::new();
        let modifiers = ui.input(|state| state.modifiers);
        if let Some(pos) = ruler.hover_pos()
            && let Some((piece, _)) = self.loop_piece(ruler.rect, input, pos)
        {
            ui.set_cursor_icon(if piece == LoopPiece::Body { CursorIcon::Grab } else { CursorIcon::ResizeHorizontal });
        }
        if ruler.clicked_by(PointerButton::Secondary) && input.loop_range.is_some() {
            asked.push(RollAction::ToggleLoop.into());
        }
        if let Some(pos) = pressed_at(ui, ruler) {
            let grabbed = self.loop_piece(ruler.rect, input, pos);
            let gesture = RulerDrag::begin(self.measure(input, modifiers), Pointer { pos, modifiers }, grabbed);
            self.drag = Some(Drag { gesture, loop_range: None });
        }
        let click = self.lead(ui, ruler, input, &mut asked);
        asked.extend(click.map(|tick| RollAction::Seek(tick).into()));
        asked
    }

    /// The piece of the loop at a place of the ruler.
    fn loop_piece(&self, ruler: Rect, input: &ArrangementInput<'_>, pos: Pos2) -> Option<(LoopPiece, Range<Tick>)> {
        let range = input.loop_range.clone()?;
        let upper_half = pos.y < ruler.center().y;
        Some((piece_at(self.measure(input, Modifiers::NONE), &range, pos.x, upper_half)?, range))
    }

    /// The lanes: a click chooses a part and, where the roll shows it, the note that is there, a double click opens the
    /// part, a drag over bars sets the loop, and the middle button pans.
    pub(super) fn point_at_lanes(
        &mut self,
        ui: &Ui,
        lanes: &[(usize, Response)],
        input: &ArrangementInput<'_>,
    ) -> Vec<Action> {
        let mut asked = Vec::new();
        for (part, lane) in lanes {
            if lane.dragged_by(PointerButton::Middle) {
                ui.set_cursor_icon(CursorIcon::Grabbing);
                self.pan(lane.drag_delta(), input);
                self.follow.pause(ui.input(|state| state.time));
            }
            if let Some(pos) = pressed_at(ui, lane) {
                widgets::take_keys_from_controls(ui);
                lane.request_focus();
                let modifiers = ui.input(|state| state.modifiers);
                let gesture = RulerDrag::begin(self.measure(input, modifiers), Pointer { pos, modifiers }, None);
                self.drag = Some(Drag { gesture, loop_range: None });
                // where it is pressed, as everything that chooses does; a drag may follow
                asked.push(match self.note_at(*part, pos) {
                    Some(note) => ComposeAction::SelectNote { part: *part, note }.into(),
                    None => ComposeAction::ChoosePart(*part).into(),
                });
            }
            self.lead(ui, lane, input, &mut asked);
            if lane.double_clicked() {
                asked.push(ComposeAction::OpenPart(*part).into());
            } else if lane.clicked() && lane.interact_pointer_pos().is_none() {
                asked.push(ComposeAction::ChoosePart(*part).into()); // by a screen reader
            }
            self.take_keys(ui, *part, lane, input, &mut asked);
        }
        asked
    }

    /// Follows a press that began on a region; where it is over and was a click, the tick of it comes back.
    fn lead(
        &mut self,
        ui: &Ui,
        region: &Response,
        input: &ArrangementInput<'_>,
        asked: &mut Vec<Action>,
    ) -> Option<Tick> {
        if !region.is_pointer_button_down_on() && !ui.input(|state| state.pointer.primary_released()) {
            return None;
        }
        let pos = region.interact_pointer_pos()?;
        let mut drag = self.drag.take()?;
        let modifiers = ui.input(|state| state.modifiers);
        let measure = self.measure(input, modifiers);
        let outcome = drag.gesture.update(measure, &input.score.metre, Pointer { pos, modifiers });
        if ui.input(|state| state.pointer.primary_down()) {
            drag.loop_range = match outcome {
                RulerOutcome::Loop(range) => Some(range),
                RulerOutcome::Seek(_) => None,
            };
            self.drag = Some(drag);
            self.scroll_at_edges(ui, pos, input);
            return None;
        }
        match outcome {
            RulerOutcome::Loop(range) => {
                asked.push(RollAction::SetLoop(range).into());
                None
            }
            RulerOutcome::Seek(tick) => Some(tick),
        }
    }

    /// A drag that leaves the view takes it along.
    fn scroll_at_edges(&mut self, ui: &Ui, pos: Pos2, input: &ArrangementInput<'_>) {
        let area = self.area();
        let outside = (pos.x - pos.x.clamp(area.left(), area.right())) * 0.12;
        if outside != 0.0 && self.drag.as_ref().is_some_and(|drag| drag.gesture.is_drag()) {
            self.pan(Vec2::new(-outside, 0.0), input);
            ui.ctx().request_repaint();
        }
    }

    /// The note of a part at a place of its lane.
    fn note_at(&self, part: usize, pos: Pos2) -> Option<Note> {
        let lane = self.lanes.get(part)?;
        let rect = self.lane_rect(part, self.lanes.len());
        let (from, to) = (pos.x - REACH, pos.x + REACH);
        let [from, to] = [from, to].map(|x| self.coordinates.clamped_tick_from_x(x));
        let distance = |note: &Note| note_rect(&self.coordinates, lane, rect, note).distance_to_pos(pos);
        let near = lane.notes.sounding_in(from..to.saturating_add(1)).filter(|note| distance(note) <= REACH);
        near.min_by(|a, b| distance(a).total_cmp(&distance(b))).copied()
    }

    /// The keys of a lane that has the focus: the part before and behind, the bar before and behind, open.
    fn take_keys(
        &mut self,
        ui: &Ui,
        part: usize,
        lane: &Response,
        input: &ArrangementInput<'_>,
        asked: &mut Vec<Action>,
    ) {
        if self.focus == Some(part) {
            lane.request_focus();
            self.focus = None;
        }
        if !lane.has_focus() {
            return;
        }
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(lane.id, arrows));
        let pressed = |key| ui.input_mut(|state| state.consume_key(Modifiers::NONE, key));
        let next = match (pressed(Key::ArrowUp), pressed(Key::ArrowDown)) {
            (true, false) => part.checked_sub(1),
            (false, true) => Some(part + 1).filter(|next| *next < input.score.parts.len()),
            _ => None,
        };
        if let Some(next) = next {
            self.focus = Some(next);
            self.reveal_part(next, input.score.parts.len());
            asked.push(ComposeAction::ChoosePart(next).into());
            ui.ctx().request_repaint();
        }
        for (key, command) in [(Key::ArrowLeft, Command::BarBack), (Key::ArrowRight, Command::BarForward)] {
            if pressed(key) {
                asked.push(command.into());
            }
        }
        if pressed(Key::Enter) {
            asked.push(ComposeAction::OpenPart(part).into());
        }
    }
}

/// Where a region was pressed with the first button in this frame.
fn pressed_at(ui: &Ui, region: &Response) -> Option<Pos2> {
    let pointer = Pointer::at_event(ui, PointerButton::Primary, true)?;
    (region.contains_pointer() && region.rect.contains(pointer.pos)).then_some(pointer.pos)
}
