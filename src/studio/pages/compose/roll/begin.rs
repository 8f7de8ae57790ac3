//! What a press begins: which gesture, by where it is, with which button, tool and keys.

use std::sync::Arc;

use eframe::egui::{PointerButton, Popup, Response, Ui};

use super::{
    active::{Active, Gesture},
    gestures::{
        Base, Pointer, draw::Draw, erase::Erase, hit::Piece, loop_range::RulerDrag, move_notes::MoveNotes,
        resize::Resize, rubber_band::RubberBand, trim::Trim,
    },
    interface::{RollInput, Tool},
    places::{Places, Responses},
    state::Roll,
};
use crate::{
    music::{Note, edit::Selection},
    studio::widgets,
};

/// How soon a second press makes a double click, in seconds.
const DOUBLE_CLICK_SECONDS: f64 = 0.35;
/// How near to the first, in points.
const DOUBLE_CLICK_POINTS: f32 = 6.0;

impl Roll {
    pub(super) fn begin(
        &mut self,
        ui: &Ui,
        button: PointerButton,
        pointer: Pointer,
        responses: &Responses,
        places: Places,
        input: &RollInput<'_>,
    ) {
        let regions = [&responses.ruler, &responses.gutter, &responses.notes];
        let mut regions = regions.into_iter().chain(&responses.lane);
        if !regions.any(Response::contains_pointer) {
            return;
        }
        // a click beside an open menu closes that, and draws, moves and erases nothing
        if button == PointerButton::Primary && Popup::is_any_open(ui.ctx()) {
            return;
        }
        widgets::take_keys_from_controls(ui);
        let selection_before = self.selection.clone();
        let gesture = if button == PointerButton::Middle {
            Some(Gesture::Pan)
        } else if responses.notes.contains_pointer() {
            self.begin_on_notes(ui, button, pointer, input)
        } else if responses.ruler.contains_pointer() {
            self.begin_on_ruler(button, pointer, places, input)
        } else if responses.gutter.contains_pointer() {
            (button == PointerButton::Primary).then_some(Gesture::Keys)
        } else if let (Some(response), Some(lane)) = (&responses.lane, places.lane) {
            let erasing = button == PointerButton::Secondary || input.tool == Tool::Erase;
            if response.contains_pointer() { self.begin_in_lane(lane, pointer, erasing, input) } else { None }
        } else {
            None
        };
        self.active = gesture.map(|gesture| Active::new(gesture, button, Arc::clone(input.score), selection_before));
    }

    fn begin_on_ruler(
        &mut self,
        button: PointerButton,
        pointer: Pointer,
        places: Places,
        input: &RollInput<'_>,
    ) -> Option<Gesture> {
        let grabbed = self.loop_piece(places, input, pointer.pos);
        if button == PointerButton::Secondary {
            return None; // its menu
        }
        let measure = self.measure_for(pointer, input);
        let trim = input.trim.as_ref().filter(|_| pointer.pos.y >= places.ruler.center().y);
        if let Some(trim) = trim.and_then(|span| Trim::begin(measure, span, pointer.pos.x)) {
            return Some(Gesture::Trim(trim));
        }
        Some(Gesture::Ruler(RulerDrag::begin(measure, pointer, grabbed)))
    }

    fn begin_on_notes(
        &mut self,
        ui: &Ui,
        button: PointerButton,
        pointer: Pointer,
        input: &RollInput<'_>,
    ) -> Option<Gesture> {
        input.score.parts.get(input.part)?;
        let now = ui.input(|state| state.time);
        let is_double = self.last_press.take().is_some_and(|(at, pos)| {
            now - at < DOUBLE_CLICK_SECONDS && pos.distance(pointer.pos) < DOUBLE_CLICK_POINTS
        });
        let base = |roll: &Self| Base::new(input.score, input.part, &roll.selection);
        if button == PointerButton::Secondary {
            if let Some((note, _)) = self.hit(input, pointer.pos).filter(|(note, _)| !self.selection.contains(note)) {
                self.select(Selection::from(note)); // what its menu is for
            }
            return Some(Gesture::Erase(Erase::begin_with_drag(base(self), pointer)));
        }
        if input.tool == Tool::Erase {
            return Some(Gesture::Erase(Erase::begin(base(self), pointer)));
        }
        match self.hit(input, pointer.pos) {
            Some((note, piece)) => {
                self.select_on_press(note, pointer);
                self.last_drawn.velocity = note.velocity;
                let measure = self.measure_for(pointer, input);
                Some(match piece {
                    _ if pointer.modifiers.command => {
                        Gesture::Move(MoveNotes::begin(base(self), measure, pointer, note))
                    }
                    Piece::Body => Gesture::Move(MoveNotes::begin(base(self), measure, pointer, note)),
                    edge => Gesture::Resize(Resize::begin(base(self), measure, pointer, note, edge)),
                })
            }
            None if input.tool == Tool::Pencil || is_double => Some(Gesture::Draw(self.begin_drawing(pointer, input))),
            None => {
                self.last_press = Some((now, pointer.pos));
                Some(Gesture::RubberBand(RubberBand::begin(base(self), self.measure_for(pointer, input), pointer)))
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
        let selection = if pointer.modifiers.shift { self.selection.with(&one) } else { one };
        self.select(selection);
    }
}
