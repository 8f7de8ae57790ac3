//! From the pointer's events to gestures: leading them, giving them up, and what their end does.

use std::{ops::Range, sync::Arc};

use eframe::egui::{CursorIcon, PointerButton, Pos2, Rect, Ui};

use super::{
    active::{Active, Gesture},
    gestures::{
        Measure, Outcome, Pointer,
        loop_range::{RulerDrag, RulerOutcome},
    },
    interface::RollInput,
    places::{Places, Responses},
    state::Roll,
};
use crate::{
    music::{Note, Score, Tick, Velocity, edit::Selection},
    plural::counted,
    studio::{actions::RollAction, document::snap::Snap, widgets},
};

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
            self.select(active.selection_before);
            if active.preview.is_some() {
                self.actions.push(RollAction::CancelGesture);
            }
        }
        self.sound(None);
    }

    /// Begins, leads and ends gestures.
    pub(super) fn point(&mut self, ui: &Ui, responses: &Responses, places: Places, input: &RollInput<'_>) {
        let (modifiers, here) = ui.input(|state| (state.modifiers, state.pointer.interact_pos()));
        if self.active.is_some() && widgets::escape_pressed(ui) {
            self.give_up();
            ui.ctx().request_repaint();
        }
        self.hover(ui, responses, places, input);
        if self.active.is_none() {
            for button in [PointerButton::Primary, PointerButton::Secondary, PointerButton::Middle] {
                let pointer = Pointer::at_event(ui, button, true);
                let is_on_sign = |pointer: &Pointer| self.signs.iter().any(|sign| sign.contains(pointer.pos));
                if let Some(pointer) = pointer.filter(|pointer| !is_on_sign(pointer)) {
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
            let pointer = Pointer::at_event(ui, button, false).unwrap_or(Pointer { pos, modifiers });
            self.lead(pointer, input, ui);
        }
        let (released, down) =
            ui.input(|state| (state.pointer.button_released(button), state.pointer.button_down(button)));
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
        if pointer.modifiers.alt { Measure { snap: Snap::Off, scale: None, ..measure } } else { measure }
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
                    self.rows_are_chosen = true;
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
        self.select(selection);
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
                format!("Draw {}", draw.pitch().name_in(input.key))
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
        self.actions.push(if unchanged { RollAction::CancelGesture } else { RollAction::Commit { label, score } });
    }

    /// A click on a note without a drag selects it alone; with Shift or Alt it leaves the selection if it was in it.
    fn click(&mut self, active: &Active, note: Note) {
        let shift_or_alt = active.last.is_some_and(|pointer| pointer.modifiers.shift || pointer.modifiers.alt);
        let was_selected = active.selection_before.contains(&note);
        if shift_or_alt && was_selected {
            self.select(self.selection.without(&Selection::from(note)));
        } else if !shift_or_alt {
            self.select(Selection::from(note));
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
