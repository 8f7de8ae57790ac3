//! From the pointer's events to gestures: which one a press begins, and what its end does.

use std::{ops::Range, sync::Arc};

use eframe::egui::{CursorIcon, PointerButton, Pos2, Rect, Response, Ui};

use super::{
    Places, Responses, Roll, RollAction, RollInput, Tool, counted, escape_pressed,
    gestures::{
        Base, Measure, Outcome, Pointer,
        controls::Controls,
        draw::Draw,
        erase::Erase,
        hit::Piece,
        loop_range::{RulerDrag, RulerOutcome},
        move_notes::MoveNotes,
        resize::Resize,
        rubber_band::RubberBand,
        trim::Trim,
        velocities::Velocities,
    },
    snap::Snap,
};
use crate::music::{Note, Score, Tick, Velocity, edit::Selection};

/// How soon a second press makes a double click, in seconds.
const DOUBLE_CLICK_SECONDS: f64 = 0.35;
/// How near to the first, in points.
const DOUBLE_CLICK_POINTS: f32 = 6.0;
/// What a gesture does.
#[derive(Debug)]
pub(super) enum Gesture {
    Draw(Draw),
    Move(MoveNotes),
    Resize(Resize),
    RubberBand(RubberBand),
    Erase(Erase),
    Velocities(Velocities),
    Controls(Controls),
    Ruler(RulerDrag),
    Trim(Trim),
    Keys,
    Pan,
}

/// A gesture under way.
#[derive(Debug)]
pub(super) struct Active {
    gesture: Gesture,
    button: PointerButton,
    /// The score and the selection when it began.
    before: Arc<Score>,
    selection_before: Selection,
    /// What it shows instead of the score.
    preview: Option<Arc<Score>>,
    loop_range: Option<Range<Tick>>,
    trim: Option<Range<Tick>>,
    /// Where the pointer was last.
    last: Option<Pointer>,
}

impl Active {
    /// Whether a drag beyond the edges scrolls: sideways, and up and down.
    pub(super) const fn takes_view_along(&self) -> (bool, bool) {
        match &self.gesture {
            Gesture::Draw(_) | Gesture::Move(_) | Gesture::RubberBand(_) | Gesture::Erase(_) => (true, true),
            Gesture::Resize(_) | Gesture::Ruler(_) | Gesture::Trim(_) => (true, false),
            Gesture::Velocities(_) | Gesture::Controls(_) | Gesture::Keys | Gesture::Pan => (false, false),
        }
    }
}

impl Roll {
    /// The score to paint: the gesture's, else what the studio shows.
    pub(super) fn shown_score(&self, input: &RollInput<'_>) -> Arc<Score> {
        let preview = self.active.as_ref().and_then(|active| active.preview.as_ref());
        Arc::clone(preview.unwrap_or(input.score))
    }

    /// The loop to paint: the one being set, else the studio's.
    pub(super) fn shown_loop(&self, input: &RollInput<'_>) -> Option<Range<Tick>> {
        let setting = self.active.as_ref().and_then(|active| active.loop_range.clone());
        setting.or_else(|| input.loop_range.clone())
    }

    /// The take's handles to paint: those being dragged, else the studio's.
    pub(super) fn shown_trim(&self, input: &RollInput<'_>) -> Option<Range<Tick>> {
        let dragged = self.active.as_ref().and_then(|active| active.trim.clone());
        dragged.or_else(|| input.trim.clone())
    }

    /// Whether the loop is being set.
    pub(super) fn is_setting_loop(&self) -> bool {
        self.active.as_ref().is_some_and(|active| active.loop_range.is_some())
    }

    /// The rectangle of a selection being drawn.
    pub(super) fn band(&self, input: &RollInput<'_>) -> Option<Rect> {
        match &self.active.as_ref()?.gesture {
            Gesture::RubberBand(band) => band.rect(self.measure(input)),
            _ => None,
        }
    }

    /// The ramp being drawn in the lane.
    pub(super) fn ramp(&self, ui: &Ui) -> Option<[Pos2; 2]> {
        match &self.active.as_ref()?.gesture {
            Gesture::Velocities(velocities) => velocities.ramp(ui.input(|state| state.pointer.interact_pos())?),
            Gesture::Controls(controls) => controls.ramp(ui.input(|state| state.pointer.interact_pos())?),
            _ => None,
        }
    }

    /// Gives the gesture under way up; all is as before it.
    pub(super) fn give_up(&mut self) {
        if let Some(active) = self.active.take() {
            self.set_selection(active.selection_before);
            if active.preview.is_some() {
                self.actions.push(RollAction::CancelGesture);
            }
        }
        self.sound(None);
    }

    /// Begins, leads and ends gestures.
    pub(super) fn point(&mut self, ui: &Ui, responses: &Responses, places: Places, input: &RollInput<'_>) {
        let (modifiers, here, origin) = ui.input(|state| {
            let pointer = &state.pointer;
            (state.modifiers, pointer.interact_pos(), pointer.press_origin())
        });
        if self.active.is_some() && escape_pressed(ui) {
            self.give_up();
            ui.ctx().request_repaint();
        }
        self.hover(ui, responses, places, input);
        if self.active.is_none() {
            for button in [PointerButton::Primary, PointerButton::Secondary, PointerButton::Middle] {
                if let Some(pos) = origin.or(here)
                    && ui.input(|state| state.pointer.button_pressed(button))
                {
                    let pointer = Pointer { pos, modifiers };
                    self.begin(ui, button, pointer, responses, places, input);
                    break;
                }
            }
        }
        let Some(button) = self.active.as_ref().map(|active| active.button) else {
            return;
        };
        if let Some(pos) = here {
            self.scroll_at_edges(ui, pos, places, input);
            self.lead(Pointer { pos, modifiers }, input, ui);
        }
        let (released, down) = ui.input(|state| (state.pointer.button_released(button), state.pointer.button_down(button)));
        if released || !down {
            self.finish(input);
        }
    }

    /// What gestures measure with.
    pub(super) fn measure(&self, input: &RollInput<'_>) -> Measure<'_> {
        let is_drum = input.score.parts.get(input.part).is_some_and(|part| part.is_drum);
        Measure {
            coordinates: &self.coordinates,
            snap: input.snap,
            scale: input.key.filter(|_| input.scale_snap && !is_drum),
        }
    }

    /// The same for a pointer: while Alt is held, nothing snaps.
    pub(super) fn measure_for(&self, pointer: Pointer, input: &RollInput<'_>) -> Measure<'_> {
        let measure = self.measure(input);
        if pointer.modifiers.alt {
            Measure {
                snap: Snap::Off,
                scale: None,
                ..measure
            }
        } else {
            measure
        }
    }

    fn begin(&mut self, ui: &Ui, button: PointerButton, pointer: Pointer, responses: &Responses, places: Places, input: &RollInput<'_>) {
        let selection_before = self.selection.clone();
        let gesture = if button == PointerButton::Middle {
            let over = [&responses.ruler, &responses.gutter, &responses.notes]
                .into_iter()
                .chain(&responses.lane);
            over.into_iter().any(Response::contains_pointer).then_some(Gesture::Pan)
        } else if responses.notes.contains_pointer() {
            responses.notes.request_focus();
            self.begin_on_notes(ui, button, pointer, input)
        } else if responses.ruler.contains_pointer() {
            self.begin_on_ruler(button, pointer, places, input)
        } else if responses.gutter.contains_pointer() {
            (button == PointerButton::Primary).then_some(Gesture::Keys)
        } else if let (Some(response), Some(lane)) = (&responses.lane, places.lane) {
            let erasing = button == PointerButton::Secondary || input.tool == Tool::Erase;
            if response.contains_pointer() {
                self.begin_in_lane(lane, pointer, erasing, input)
            } else {
                None
            }
        } else {
            None
        };
        self.active = gesture.map(|gesture| Active {
            gesture,
            button,
            before: Arc::clone(input.score),
            selection_before,
            preview: None,
            loop_range: None,
            trim: None,
            last: None,
        });
    }

    fn begin_on_ruler(&mut self, button: PointerButton, pointer: Pointer, places: Places, input: &RollInput<'_>) -> Option<Gesture> {
        let grabbed = self.loop_piece(places, input, pointer.pos);
        if button == PointerButton::Secondary {
            if input.loop_range.is_some() {
                self.actions.push(RollAction::ToggleLoop);
            }
            return None;
        }
        let measure = self.measure_for(pointer, input);
        let trim = input.trim.as_ref().filter(|_| pointer.pos.y >= places.ruler.center().y);
        if let Some(trim) = trim.and_then(|span| Trim::begin(measure, span, pointer.pos.x)) {
            return Some(Gesture::Trim(trim));
        }
        Some(Gesture::Ruler(RulerDrag::begin(measure, pointer, grabbed)))
    }

    fn begin_on_notes(&mut self, ui: &Ui, button: PointerButton, pointer: Pointer, input: &RollInput<'_>) -> Option<Gesture> {
        input.score.parts.get(input.part)?;
        let now = ui.input(|state| state.time);
        let is_double = self
            .last_press
            .take()
            .is_some_and(|(at, pos)| now - at < DOUBLE_CLICK_SECONDS && pos.distance(pointer.pos) < DOUBLE_CLICK_POINTS);
        let base = |roll: &Self| Base::new(input.score, input.part, &roll.selection);
        if button == PointerButton::Secondary || input.tool == Tool::Erase {
            return Some(Gesture::Erase(Erase::begin(base(self), pointer)));
        }
        match self.hit(input, pointer.pos) {
            Some((note, piece)) => {
                self.select_on_press(note, pointer);
                self.last_drawn.velocity = note.velocity;
                let measure = self.measure_for(pointer, input);
                Some(match piece {
                    _ if pointer.modifiers.command => Gesture::Move(MoveNotes::begin(base(self), measure, pointer, note)),
                    Piece::Body => Gesture::Move(MoveNotes::begin(base(self), measure, pointer, note)),
                    edge => Gesture::Resize(Resize::begin(base(self), measure, pointer, note, edge)),
                })
            }
            None if input.tool == Tool::Pencil || is_double => Some(Gesture::Draw(self.begin_drawing(pointer, input))),
            None => {
                self.last_press = Some((now, pointer.pos));
                Some(Gesture::RubberBand(RubberBand::begin(
                    base(self),
                    self.measure_for(pointer, input),
                    pointer,
                )))
            }
        }
    }

    /// The note that a press of the pencil draws.
    pub(super) fn begin_drawing(&self, pointer: Pointer, input: &RollInput<'_>) -> Draw {
        let base = Base::new(input.score, input.part, &self.selection);
        let measure = self.measure_for(pointer, input);
        Draw::begin(base, measure, pointer, self.last_drawn.duration, self.last_drawn.velocity)
    }

    /// A press on a note selects it, unless it belongs to the selection already.
    fn select_on_press(&mut self, note: Note, pointer: Pointer) {
        let one = Selection::from(note);
        if self.selection.contains(&note) {
            return;
        }
        let adding = pointer.modifiers.shift || pointer.modifiers.command;
        let selection = if adding { self.selection.with(&one) } else { one };
        self.set_selection(selection);
    }

    fn lead(&mut self, pointer: Pointer, input: &RollInput<'_>, ui: &Ui) {
        let Some(mut active) = self.active.take() else { return };
        let measure = self.measure_for(pointer, input);
        let outcome = match &mut active.gesture {
            Gesture::Draw(draw) => Some(draw.update(measure, pointer)),
            Gesture::Move(moving) => Some(moving.update(measure, pointer)),
            Gesture::Resize(resize) => Some(resize.update(measure, pointer)),
            Gesture::RubberBand(band) => Some(band.update(measure, pointer)),
            Gesture::Erase(erase) => Some(erase.update(measure, pointer)),
            Gesture::Velocities(velocities) => Some(velocities.update(measure, pointer)),
            Gesture::Controls(controls) => Some(controls.update(measure, pointer)),
            Gesture::Ruler(ruler) => {
                match ruler.update(measure, &input.score.metre, pointer) {
                    RulerOutcome::Loop(range) => active.loop_range = Some(range),
                    RulerOutcome::Seek(_) => {}
                }
                None
            }
            Gesture::Trim(trim) => {
                active.trim = Some(trim.update(measure, &input.score.metre, pointer));
                ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
                None
            }
            Gesture::Keys => {
                let pitch = self.coordinates.pitch_from_y(pointer.pos.y);
                self.sound(Some((pitch, Velocity::DEFAULT)));
                None
            }
            Gesture::Pan => {
                if let Some(last) = active.last {
                    self.coordinates.pan(pointer.pos - last.pos, self.scroll_end(input));
                    self.follow.pause(ui.input(|state| state.time));
                }
                ui.set_cursor_icon(CursorIcon::Grabbing);
                None
            }
        };
        active.last = Some(pointer);
        if let Some(outcome) = outcome {
            self.take_outcome(&mut active, outcome);
        }
        self.active = Some(active);
    }

    fn take_outcome(&mut self, active: &mut Active, outcome: Outcome) {
        let Outcome { score, selection, sound } = outcome;
        self.set_selection(selection);
        self.sound(sound);
        if let Some(score) = score
            && active.preview.as_ref() != Some(&score)
        {
            self.actions.push(RollAction::Preview(Arc::clone(&score)));
            active.preview = Some(score);
        }
    }

    fn finish(&mut self, input: &RollInput<'_>) {
        self.sound(None);
        let Some(active) = self.active.take() else { return };
        let count = self.selection.len();
        let label = match &active.gesture {
            Gesture::Draw(draw) => {
                self.last_drawn.duration = draw.note().duration;
                format!("Draw {}", draw.pitch().name())
            }
            Gesture::Move(moving) => {
                if !moving.is_drag() {
                    self.click(&active, moving.grabbed());
                }
                format!("{} {}", moving.verb(), counted(count, "note"))
            }
            Gesture::Resize(resize) => {
                self.last_drawn.duration = resize.duration();
                format!("Resize {}", counted(count, "note"))
            }
            Gesture::Erase(erase) => format!("Erase {}", counted(erase.count(), "note")),
            Gesture::Velocities(_) => "Set velocities".to_owned(),
            Gesture::Controls(controls) => controls.label(),
            Gesture::Ruler(ruler) => {
                self.finish_ruler(ruler, &active, input);
                return;
            }
            Gesture::Trim(_) => {
                let moved = active.trim.filter(|span| input.trim.as_ref() != Some(span));
                self.actions.extend(moved.map(RollAction::TrimTake));
                return;
            }
            Gesture::RubberBand(_) | Gesture::Keys | Gesture::Pan => return,
        };
        let Some(score) = active.preview else { return };
        // the studio may or may not show our own preview by now: compare with what it showed before
        let unchanged = score.parts.get(input.part) == active.before.parts.get(input.part);
        self.actions.push(if unchanged {
            RollAction::CancelGesture
        } else {
            RollAction::Commit { label, score }
        });
    }

    /// A click on a note without a drag selects it alone; with Shift or Alt it leaves the selection if it was in it.
    fn click(&mut self, active: &Active, note: Note) {
        let shift_or_alt = active.last.is_some_and(|pointer| pointer.modifiers.shift || pointer.modifiers.alt);
        let was_selected = active.selection_before.contains(&note);
        if shift_or_alt && was_selected {
            self.set_selection(self.selection.without(&Selection::from(note)));
        } else if !shift_or_alt {
            self.set_selection(Selection::from(note));
        }
    }

    fn finish_ruler(&mut self, ruler: &RulerDrag, active: &Active, input: &RollInput<'_>) {
        match (&active.loop_range, active.last) {
            (Some(range), _) => self.actions.push(RollAction::SetLoop(range.clone())),
            (None, Some(pointer)) if !ruler.is_drag() => {
                let tick = self.coordinates.clamped_tick_from_x(pointer.pos.x);
                let snap = self.measure_for(pointer, input).snap;
                self.actions.push(RollAction::Seek(snap.round(&input.score.metre, tick)));
            }
            _ => {}
        }
    }
}
