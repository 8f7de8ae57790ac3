//! The second click of a double click goes where the first one went, or nowhere.
//!
//! Where a click brings another page, what lies under the pointer by the second click was never meant.

use std::time::{Duration, Instant};

use eframe::egui::{Context, Event, Plugin, Pos2, RawInput};

/// The longest between the clicks of a double click, and how far the pointer may move, in points.
const LONGEST: Duration = Duration::from_millis(500);
const FARTHEST: f32 = 8.0;

/// What was clicked last, and whether something else came in its place.
#[derive(Default)]
pub struct SecondClick {
    pressed: Option<(Instant, Pos2)>,
    page_changed: bool,
    is_dropping: bool,
}

impl SecondClick {
    /// Tells that another page is shown from the next frame on.
    pub fn change_page(ctx: &Context) {
        ctx.with_plugin(|second_click: &mut Self| second_click.page_changed = true);
    }

    fn is_meant(&mut self, event: &Event) -> bool {
        if matches!(event, Event::Key { pressed: true, .. }) {
            self.pressed = None; // what is clicked after a key is a click of its own
        }
        let Event::PointerButton { pos, pressed, .. } = *event else { return true };
        if !pressed {
            return !std::mem::take(&mut self.is_dropping);
        }
        let is_near = |(time, place): (Instant, Pos2)| time.elapsed() < LONGEST && place.distance(pos) < FARTHEST;
        self.is_dropping = std::mem::take(&mut self.page_changed) && self.pressed.take().is_some_and(is_near);
        self.pressed = Some((Instant::now(), pos));
        !self.is_dropping
    }
}

impl Plugin for SecondClick {
    fn debug_name(&self) -> &'static str {
        "no click on what came in place of what was clicked"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        input.events.retain(|event| self.is_meant(event));
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Key, Modifiers, PointerButton, pos2};

    use super::*;

    #[test]
    fn a_second_click_is_dropped_where_the_page_has_changed() {
        let ctx = Context::default();
        ctx.add_plugin(SecondClick::default());
        let left = |events: &[Event]| {
            let mut input = RawInput { events: events.to_vec(), ..RawInput::default() };
            ctx.with_plugin(|plugin: &mut SecondClick| plugin.input_hook(&Context::default(), &mut input));
            input.events.len()
        };
        let modifiers = Modifiers::NONE;
        let clicks = |x: f32| {
            let (pos, button) = (pos2(x, 1.0), PointerButton::Primary);
            left(&[true, false].map(|pressed| Event::PointerButton { pos, button, pressed, modifiers }))
        };
        assert_eq!([clicks(1.0), clicks(1.0)], [2, 2]);
        SecondClick::change_page(&ctx);
        assert_eq!([clicks(1.0), clicks(1.0)], [0, 2]);
        SecondClick::change_page(&ctx);
        assert_eq!(clicks(30.0), 2, "another place was meant");
        SecondClick::change_page(&ctx);
        let key = Event::Key { key: Key::Num1, physical_key: None, pressed: true, repeat: false, modifiers };
        assert_eq!([left(&[key]), clicks(30.0)], [1, 2], "the page was changed by a key");
    }
}
