//! What the pointer and the keys do: seek, set the loop, choose a part or a note, select bars, open the part.

use std::{ops::Range, sync::Arc};

use eframe::egui::{CursorIcon, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use super::{
    super::roll::gestures::{
        Measure, Pointer,
        bar_grid::BarGrid,
        loop_range::{LoopPiece, RulerDrag, RulerOutcome, piece_at},
    },
    bars::{BarSelection, MoveBars, SelectBars},
    paint::note_rect,
    state::{Arrangement, ArrangementInput, Drag},
};
use crate::{
    music::{
        Note, Tick,
        edit::{Bars, MarkKind},
        quantise::GridStep,
    },
    studio::{
        actions::{Action, ComposeAction, RollAction},
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
        let set = match &self.drag {
            Some(Drag::Ruler { loop_range, .. }) => loop_range.clone(),
            _ => None,
        };
        set.or_else(|| input.loop_range.clone())
    }

    /// Whether a bar is so wide that one means beats.
    fn shows_beats(&self, input: &ArrangementInput<'_>) -> bool {
        let bar = input.score.metre.metre_at(self.coordinates.visible_ticks().start).bar_ticks();
        f64::from(bar) * self.coordinates.points_per_tick() >= f64::from(FINE_FROM)
    }

    fn measure(&self, input: &ArrangementInput<'_>, modifiers: Modifiers) -> Measure<'_> {
        let snap = match () {
            () if modifiers.alt => Snap::Off,
            () if self.shows_beats(input) => input.snap,
            () => Snap::To(GridStep::Whole), // no metre's bar is cut by it but where it is longer
        };
        Measure { coordinates: &self.coordinates, snap, scale: None }
    }

    /// Gives the gesture under way up; all is as before it.
    pub(super) fn give_up(&mut self) -> Option<Action> {
        let Some(Drag::Move(gesture, _)) = self.drag.take() else { return None };
        self.select_bars(gesture.bars());
        gesture.is_drag().then(|| RollAction::CancelGesture.into())
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
        let has_loop = input.loop_range.is_some();
        let chosen = self.marks.point_at_ruler(ruler, &MarkKind::ALL, &self.coordinates, input.score, has_loop);
        asked.extend(chosen.map(Action::from));
        if let Some(pointer) = pressed_at(ui, ruler, PointerButton::Primary) {
            let grabbed = self.loop_piece(ruler.rect, input, pointer.pos);
            let gesture = RulerDrag::begin(self.measure(input, pointer.modifiers), pointer, grabbed);
            self.drag = Some(Drag::Ruler { gesture, loop_range: None });
        }
        let Some(pos) = ui.input(|state| state.pointer.interact_pos()) else { return asked };
        let Some(Drag::Ruler { mut gesture, .. }) = self.drag.take_if(|drag| matches!(drag, Drag::Ruler { .. })) else {
            return asked;
        };
        let outcome = gesture.update(self.measure(input, modifiers), &input.score.metre, Pointer { pos, modifiers });
        if ui.input(|state| state.pointer.primary_down()) {
            let loop_range = match outcome {
                RulerOutcome::Loop(range) => Some(range),
                RulerOutcome::Seek(_) => None,
            };
            self.drag = Some(Drag::Ruler { gesture, loop_range });
            self.scroll_at_edges(ui, pos, input);
        } else {
            asked.push(match outcome {
                RulerOutcome::Loop(range) => RollAction::SetLoop(range).into(),
                RulerOutcome::Seek(tick) => RollAction::Seek(tick).into(),
            });
        }
        asked
    }

    /// The piece of the loop at a place of the ruler.
    fn loop_piece(&self, ruler: Rect, input: &ArrangementInput<'_>, pos: Pos2) -> Option<(LoopPiece, Range<Tick>)> {
        let range = input.loop_range.clone()?;
        let upper_half = pos.y < ruler.center().y;
        Some((piece_at(self.measure(input, Modifiers::NONE), &range, pos.x, upper_half)?, range))
    }

    /// The lanes: a click chooses a part and, where the roll shows it, the note that is there, a double click opens the
    /// part, a drag selects bars or moves those that are selected, and the middle button pans.
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
            if let Some(pointer) = pressed_at(ui, lane, PointerButton::Primary) {
                widgets::take_keys_from_controls(ui);
                lane.request_focus();
                self.press_lane(*part, pointer, input, &mut asked);
            }
            if let Some(pointer) = pressed_at(ui, lane, PointerButton::Secondary) {
                lane.request_focus();
                self.select_for_menu(*part, pointer.pos, input, &mut asked);
            }
            asked.extend(self.bars_menu(ui, lane, input.score));
            if lane.double_clicked() {
                asked.push(ComposeAction::OpenPart(*part).into());
            } else if lane.clicked() && lane.interact_pointer_pos().is_none() {
                asked.push(ComposeAction::ChoosePart(*part).into()); // by a screen reader
            }
            self.take_keys(ui, *part, lane, &mut asked);
        }
        self.has_focus = lanes.iter().any(|(_, lane)| lane.has_focus());
        self.focus_chosen(ui, lanes, input, &mut asked);
        if let Some(pos) = ui.input(|state| state.pointer.interact_pos()) {
            self.lead_on_lanes(ui, pos, input, &mut asked);
        }
        asked
    }

    /// The lane with the keyboard's focus and the chosen part go together: one that the focus comes to is chosen, and
    /// the focus goes to the one that is chosen elsewhere.
    fn focus_chosen(
        &mut self,
        ui: &Ui,
        lanes: &[(usize, Response)],
        input: &ArrangementInput<'_>,
        asked: &mut Vec<Action>,
    ) {
        let Some((part, lane)) = lanes.iter().find(|(_, lane)| lane.has_focus()) else { return };
        let is_choosing = asked.iter().any(|action| matches!(action, Action::Compose(_))) || self.focus.is_some();
        if *part == input.part || self.drag.is_some() || is_choosing {
            return;
        }
        if lane.gained_focus() {
            asked.push(ComposeAction::ChoosePart(*part).into());
        } else {
            self.focus = Some(input.part);
            self.reveal_part(input.part, input.score.parts.len());
            ui.ctx().request_repaint();
        }
    }

    fn press_lane(&mut self, part: usize, pointer: Pointer, input: &ArrangementInput<'_>, asked: &mut Vec<Action>) {
        let Pointer { pos, modifiers } = pointer;
        let tick = self.coordinates.clamped_tick_from_x(pos.x);
        if modifiers.shift {
            let playhead = (input.playhead.tick.max(0.0) as Tick, input.part);
            let anchor = self.selected.map_or(playhead, |selected| selected.anchor());
            self.drag = Some(Drag::Select(SelectBars::extend(pos, anchor)));
            return;
        }
        if let Some(bars) = self.selected_bars().filter(|bars| is_in(bars, tick, part)) {
            let origin_tick = self.coordinates.tick_from_x(pos.x);
            self.drag = Some(Drag::Move(MoveBars::begin(Arc::clone(input.score), bars, pos, origin_tick), part));
            return;
        }
        self.deselect();
        self.drag = Some(Drag::Select(SelectBars::begin(pos, (tick, part))));
        // where it is pressed, as everything that chooses does; a drag may follow
        asked.push(self.choice_at(part, pos));
    }

    /// Chooses the note at a place of a lane, or its part.
    fn choice_at(&self, part: usize, pos: Pos2) -> Action {
        match self.note_at(part, pos) {
            Some(note) => ComposeAction::SelectNote { part, note }.into(),
            None => ComposeAction::ChoosePart(part).into(),
        }
    }

    /// The bars that the menu is for: those that are selected, else the one under the pointer.
    fn select_for_menu(&mut self, part: usize, pos: Pos2, input: &ArrangementInput<'_>, asked: &mut Vec<Action>) {
        let tick = self.coordinates.clamped_tick_from_x(pos.x);
        if self.selected_bars().is_some_and(|bars| is_in(&bars, tick, part)) {
            return;
        }
        let start = input.score.metre.bar_floor(tick);
        self.select_bars(&Bars { ticks: start..input.score.metre.bar_after(start), parts: part..part + 1 });
        asked.extend([ComposeAction::ChoosePart(part).into(), RollAction::BarsSelected.into()]);
    }

    /// Follows a press on the lanes, and does what it came to.
    fn lead_on_lanes(&mut self, ui: &Ui, pos: Pos2, input: &ArrangementInput<'_>, asked: &mut Vec<Action>) {
        let (modifiers, is_down) = ui.input(|state| (state.modifiers, state.pointer.primary_down()));
        let tick = self.coordinates.tick_from_x(pos.x);
        let here = (self.coordinates.clamped_tick_from_x(pos.x), self.part_at(pos.y, input.score.parts.len()));
        let beats = modifiers.alt || self.shows_beats(input);
        match self.drag.take() {
            Some(Drag::Select(mut gesture)) => {
                let grid = BarGrid { metre: &input.score.metre, beats };
                if let Some(selected) = gesture.update(pos, here, grid) {
                    self.selected = Some(selected);
                    asked.push(RollAction::BarsSelected.into());
                }
                if is_down {
                    self.drag = Some(Drag::Select(gesture));
                }
            }
            Some(Drag::Move(mut gesture, part)) => {
                // a key may be let go a moment before the button
                if is_down {
                    let lanes = here.1 as isize - part as isize;
                    let shown = gesture.update(pos, tick, lanes, modifiers.command, beats);
                    asked.extend(shown.map(|score| RollAction::Preview(score).into()));
                }
                if gesture.is_drag() {
                    self.select_bars(&gesture.shown());
                    ui.set_cursor_icon(if modifiers.command { CursorIcon::Copy } else { CursorIcon::Grabbing });
                }
                if is_down {
                    self.drag = Some(Drag::Move(gesture, part));
                } else if !gesture.is_drag() {
                    self.deselect();
                    asked.push(self.choice_at(part, pos));
                } else {
                    self.selected_before = BarSelection::of(gesture.bars());
                    asked.extend(gesture.outcome().into_iter().map(Action::from));
                }
            }
            other => self.drag = other,
        }
        if is_down && matches!(self.drag, Some(Drag::Select(_) | Drag::Move(..))) {
            self.scroll_at_edges(ui, pos, input);
        }
    }

    /// The part whose lane is nearest to a height.
    fn part_at(&self, y: f32, part_count: usize) -> usize {
        let lane = (y - self.area().top() + self.scrolled) / self.lane_height(part_count);
        (lane.max(0.0) as usize).min(part_count.saturating_sub(1))
    }

    /// A drag that leaves the view takes it along.
    fn scroll_at_edges(&mut self, ui: &Ui, pos: Pos2, input: &ArrangementInput<'_>) {
        let area = self.area();
        let outside = pos - area.clamp(pos);
        let is_on_lanes = !matches!(self.drag, Some(Drag::Ruler { .. }));
        let by = Vec2::new(-outside.x, if is_on_lanes { -outside.y } else { 0.0 }) * 0.12;
        if by != Vec2::ZERO && self.drag.as_ref().is_some_and(Drag::is_drag) {
            self.pan(by, input);
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

    /// A lane that has the focus leaves the arrows to the commands for bars, and is opened by Enter.
    fn take_keys(&mut self, ui: &Ui, part: usize, lane: &Response, asked: &mut Vec<Action>) {
        if self.focus == Some(part) {
            lane.request_focus();
            self.focus = None;
        }
        if !lane.has_focus() {
            return;
        }
        // Esc lets go of the bars, not of the lane
        let arrows =
            EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(lane.id, arrows));
        if ui.input_mut(|state| state.consume_key(Modifiers::NONE, Key::Enter)) {
            asked.push(ComposeAction::OpenPart(part).into());
        }
    }
}

/// Whether a place of a lane is within bars.
fn is_in(bars: &Bars, tick: Tick, part: usize) -> bool {
    bars.ticks.contains(&tick) && bars.parts.contains(&part)
}

/// Where a region was pressed with a button in this frame.
fn pressed_at(ui: &Ui, region: &Response, button: PointerButton) -> Option<Pointer> {
    let pointer = Pointer::at_event(ui, button, true)?;
    (region.contains_pointer() && region.rect.contains(pointer.pos)).then_some(pointer)
}
