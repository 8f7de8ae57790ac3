//! The on-screen piano: a strip of keys to play with the mouse, lit by whatever sounds, with the letters of the
//! computer keyboard on those that they play.
//!
//! It answers with [`PianoEvent`]s; who sounds and records them is the studio's affair.

mod computer_keys;
mod event;
mod keyboard_layout;
mod keys;
mod paint;

use eframe::egui::{PointerButton, Response, Role, Sense, Ui, Vec2, WidgetInfo, accesskit::Action};

pub use self::{computer_keys::ComputerKeys, event::PianoEvent, keys::KeyRange, paint::PianoInput};
use crate::music::{Pitch, Velocity};

/// How long a key that is struck by its name is held, in seconds.
const STRIKE_SECONDS: f64 = 0.3;

/// The strip's state: which keys are seen, and the one under the mouse.
#[derive(Debug, Default)]
pub struct Piano {
    range: KeyRange,
    pressed: Option<(Pitch, Velocity)>,
    /// The key struck by its name, and when it is let go, in seconds of the window's clock.
    struck: Option<(Pitch, f64)>,
}

impl Piano {
    /// Shows the keys on all the room there is. The lower a key is struck, the louder; a drag glides over the keys;
    /// the wheel moves the range, with Ctrl it changes how many octaves are seen.
    pub fn show(&mut self, ui: &mut Ui, input: &PianoInput<'_>) -> Vec<PianoEvent> {
        let size = ui.available_size().max(Vec2::new(120.0, 40.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let range = self.range.fitting(rect.width());
        let label = format!("Piano keys, {} to {}", range.lowest().name(), range.highest().name());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), &label));
        self.move_range(ui, &response);

        let layout = keys::Layout::new(rect, self.range.fitting(rect.width()));
        let mut events = self.play(ui, &response, &layout);
        events.extend(self.name_keys(ui, &response, &layout));
        let mut lit = input.lit;
        if let Some((pitch, _)) = self.pressed {
            lit.insert(pitch);
        }
        let hovered = response.hover_pos().and_then(|pos| layout.key_at(pos));
        paint::paint(ui, &layout, &PianoInput { lit, ..*input }, hovered);
        events
    }

    /// Lets go of the key under the mouse, as when the strip is hidden while it is held.
    pub fn release(&mut self) -> Option<PianoEvent> {
        let (pitch, velocity) = self.pressed.take()?;
        Some(PianoEvent { pitch, velocity, on: false })
    }

    /// Gives every key a name for screen readers, by which it can be struck.
    fn name_keys(&mut self, ui: &Ui, strip: &Response, layout: &keys::Layout) -> Vec<PianoEvent> {
        let now = ui.input(|state| state.time);
        let mut events = Vec::new();
        if let Some((pitch, until)) = self.struck.filter(|(_, until)| now >= *until) {
            let velocity = Velocity::DEFAULT;
            events.push(PianoEvent { pitch, velocity, on: false });
            self.struck = self.struck.filter(|struck| *struck != (pitch, until));
        }
        for key in layout.whites.iter().chain(&layout.blacks) {
            let id = strip.id.with(key.pitch);
            let node = ui.interact(key.rect, id, Sense::hover());
            node.widget_info(|| {
                WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("Key {}", key.pitch.name()))
            });
            ui.ctx().accesskit_node_builder(id, |node| node.add_action(Action::Click));
            if ui.input(|state| state.has_accesskit_action_request(id, Action::Click)) {
                events.extend(self.strike_briefly(key.pitch, Velocity::DEFAULT, now));
            }
        }
        if self.struck.is_some() {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(50));
        }
        events
    }

    /// Strikes a key that is let go by itself a moment later.
    fn strike_briefly(&mut self, pitch: Pitch, velocity: Velocity, now_seconds: f64) -> Vec<PianoEvent> {
        let before = self.struck.replace((pitch, now_seconds + STRIKE_SECONDS));
        let ended = before.map(|(pitch, _)| PianoEvent { pitch, velocity, on: false });
        ended.into_iter().chain([PianoEvent { pitch, velocity, on: true }]).collect()
    }

    fn move_range(&mut self, ui: &Ui, response: &Response) {
        if !response.contains_pointer() {
            return;
        }
        let (scroll, zoom) = ui.input(|state| (state.smooth_scroll_delta(), state.zoom_delta()));
        if zoom != 1.0 {
            self.range.zoom(zoom);
        } else if scroll != Vec2::ZERO {
            self.range.scroll((scroll.y + scroll.x) / 40.0);
        }
    }

    fn play(&mut self, ui: &Ui, response: &Response, layout: &keys::Layout) -> Vec<PianoEvent> {
        let (down, began, pos, focused) = ui.input(|state| {
            let pointer = &state.pointer;
            (
                pointer.button_down(PointerButton::Primary),
                pointer.button_pressed(PointerButton::Primary),
                pointer.interact_pos(),
                state.focused,
            )
        });
        if began && !down && response.contains_pointer() {
            // the whole click came within one slow frame
            let now = ui.input(|state| state.time);
            let struck = pos.and_then(|pos| layout.strike_at(pos));
            return struck.map_or_else(Vec::new, |(pitch, velocity)| self.strike_briefly(pitch, velocity, now));
        }
        let held =
            focused && down && (self.pressed.is_some() || (began && response.contains_pointer()) || response.dragged());
        let struck = pos.filter(|_| held).and_then(|pos| layout.strike_at(pos));
        if struck.map(|(pitch, _)| pitch) == self.pressed.map(|(pitch, _)| pitch) {
            return Vec::new();
        }
        let mut events: Vec<PianoEvent> = self.release().into_iter().collect();
        if let Some((pitch, velocity)) = struck {
            events.push(PianoEvent { pitch, velocity, on: true });
        }
        self.pressed = struck;
        events
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use eframe::egui::{self, Event, Modifiers, MouseWheelUnit, TouchPhase, pos2, vec2};
    use egui_kittest::{Harness, kittest::Queryable};

    use super::*;
    use crate::studio::pages::compose::roll::PitchSet;

    type Log = Rc<RefCell<Vec<PianoEvent>>>;

    fn harness() -> (Harness<'static>, Log) {
        let log = Log::default();
        let events = Rc::clone(&log);
        let mut piano = Piano::default();
        let harness = Harness::builder().with_size(vec2(720.0, 100.0)).build_ui(move |ui| {
            crate::studio::theme::install(ui.ctx());
            let input =
                PianoInput { lit: PitchSet::default(), color: ui.visuals().selection.bg_fill, computer_keys: None };
            egui::CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
                events.borrow_mut().extend(piano.show(ui, &input));
            });
        });
        (harness, log)
    }

    #[test]
    fn a_drag_glides_and_the_lower_end_is_louder() {
        let (mut harness, log) = harness();
        let rect = harness.get_by_label("Piano keys, C2 to C7").rect();
        let white = rect.width() / 36.0;
        let at =
            |index: f32, height: f32| pos2(rect.left() + white * (index + 0.5), rect.top() + rect.height() * height);
        harness.hover_at(at(14.0, 0.75));
        harness.drag_at(at(14.0, 0.75));
        harness.hover_at(at(15.0, 0.98));
        harness.drop_at(at(15.0, 0.98));
        harness.run();
        let log = log.borrow();
        let said: Vec<(String, bool)> = log.iter().map(|event| (event.pitch.name(), event.on)).collect();
        let expected = [("C4", true), ("C4", false), ("D4", true), ("D4", false)];
        assert_eq!(said, expected.map(|(name, on)| (name.to_owned(), on)));
        assert!(log[2].velocity > log[0].velocity);
        assert_eq!(log[2].velocity, log[3].velocity);
    }

    #[test]
    fn a_click_within_one_frame_is_heard() {
        let (mut harness, log) = harness();
        let rect = harness.get_by_label("Piano keys, C2 to C7").rect();
        let at = pos2(rect.left() + rect.width() / 36.0 * 14.5, rect.bottom() - 2.0);
        harness.hover_at(at);
        harness.step();
        for pressed in [true, false] {
            harness.event(Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        for _ in 0..40 {
            harness.step();
        }
        let said: Vec<(String, bool)> = log.borrow().iter().map(|event| (event.pitch.name(), event.on)).collect();
        assert_eq!(said, [("C4".to_owned(), true), ("C4".to_owned(), false)]);
        assert!(log.borrow()[0].velocity > Velocity::DEFAULT, "struck where it is loud");
    }

    #[test]
    fn keys_are_struck_by_their_names() {
        let (mut harness, log) = harness();
        harness.get_by_label("Key F♯4").click_accesskit();
        for _ in 0..40 {
            harness.step();
        }
        let said: Vec<(String, bool)> = log.borrow().iter().map(|event| (event.pitch.name(), event.on)).collect();
        assert_eq!(said, [("F♯4".to_owned(), true), ("F♯4".to_owned(), false)]);
    }

    #[test]
    fn the_wheel_moves_the_range() {
        let (mut harness, _) = harness();
        let middle = harness.get_by_label("Piano keys, C2 to C7").rect().center();
        harness.hover_at(middle);
        for _ in 0..40 {
            harness.event(Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, -200.0),
                phase: TouchPhase::Move,
                modifiers: Modifiers::NONE,
                source: egui::MouseWheelSource::Wheel,
            });
        }
        harness.run();
        harness.get_by_label("Piano keys, G4 to G9");
    }
}
