//! Keys and clicks in the order in which they came, however slow a frame is.
//!
//! A widget sees a frame's events all at once: where a title is typed and a button clicked within one slow frame, the
//! click takes the focus away before the last letters arrive, and so does Tab. So a frame takes what was typed, or Tab,
//! or what was clicked, and the next one goes on from there. What a click opens has a frame to take the keys in.

use eframe::egui::{Context, Event, Key, Plugin, RawInput};

/// What waits for the next frame.
#[derive(Default)]
pub struct InTurn {
    waiting: Vec<Event>,
    /// Whether the last frame had clicks.
    has_clicked: bool,
}

/// What a person did it with.
#[derive(Clone, Copy, PartialEq)]
enum Hand {
    Keys,
    Tab,
    Mouse,
}

/// `None` where it goes with either.
const fn hand(event: &Event) -> Option<Hand> {
    match event {
        Event::Key { key: Key::Tab, .. } => Some(Hand::Tab),
        Event::Key { .. } | Event::Text(_) | Event::Ime(_) | Event::Copy | Event::Cut | Event::Paste(_) => {
            Some(Hand::Keys)
        }
        Event::PointerButton { .. } | Event::Touch { .. } | Event::MiddleClickPaste { .. } => Some(Hand::Mouse),
        _ => None,
    }
}

impl Plugin for InTurn {
    fn debug_name(&self) -> &'static str {
        "keys and clicks in turn"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let mut events = std::mem::take(&mut self.waiting);
        events.append(&mut input.events);
        let first = events.iter().find_map(hand);
        let is_held = std::mem::replace(&mut self.has_clicked, first == Some(Hand::Mouse))
            && matches!(first, Some(Hand::Keys | Hand::Tab));
        let other = events.iter().position(|event| hand(event).is_some_and(|hand| is_held || Some(hand) != first));
        if let Some(other) = other {
            self.waiting = events.split_off(other);
            ctx.request_repaint();
        }
        input.events = events;
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Key, Modifiers, PointerButton, pos2};

    use super::*;
    use crate::studio::widgets;

    fn key(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
    }

    fn click(pressed: bool) -> Event {
        let (pos, button) = (pos2(1.0, 1.0), PointerButton::Primary);
        Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }
    }

    #[test]
    fn a_frame_has_keys_or_clicks_and_nothing_is_lost() {
        let (ctx, mut in_turn) = (Context::default(), InTurn::default());
        let mut frame = |events: &[Event]| {
            let mut input = RawInput { events: events.to_vec(), ..RawInput::default() };
            in_turn.input_hook(&ctx, &mut input);
            input.events
        };
        let moved = Event::PointerMoved(pos2(2.0, 2.0));
        let typed = [key(Key::A), Event::Text("a".to_owned()), moved.clone()];
        let clicked = [click(true), moved.clone(), click(false)];
        assert_eq!(frame(&[&typed[..], &clicked, &[key(Key::B)]].concat()), typed);
        assert_eq!(frame(&[key(Key::C)]), clicked);
        assert_eq!(frame(&[]), [], "what was clicked may take the keys first");
        assert_eq!(frame(std::slice::from_ref(&moved)), [key(Key::B), key(Key::C), moved.clone()]);
        assert_eq!(frame(std::slice::from_ref(&moved)), [moved]);
    }

    #[test]
    fn a_number_is_kept_that_is_typed_with_a_tab_in_one_slow_frame() {
        let ctx = Context::default();
        ctx.add_plugin(InTurn::default());
        let (mut number, mut wants_keys) = (40, true);
        let mut frame = |events: &[Event]| {
            let input = RawInput { events: events.to_vec(), ..RawInput::default() };
            ctx.run_ui(input, |ui| {
                widgets::first_number(ui, widgets::number_field(&mut number), &mut wants_keys);
                let _ = ui.button("Continue training");
            })
            .textures_delta
            .clear();
        };
        frame(&[]);
        frame(&[]);
        frame(&[Event::Text("2".to_owned()), key(Key::Tab)]);
        frame(&[]);
        frame(&[]);
        assert_eq!(number, 2);
    }
}
