//! The pointer stays over what it is over on the screen when the interface gets larger or smaller.
//!
//! Places are told in points, and a pointer that does not move is not told anew: after a change of size it would be
//! taken to be elsewhere, and the wrong thing would light up, be explained or be clicked.

use eframe::egui::{Context, Event, Plugin, Pos2, RawInput, Ui};

/// Where the pointer was told to be last, and where that is now.
#[derive(Default)]
pub struct PointerInPlace {
    /// Points of the screen a point, as the last frame had it.
    zoom: Option<f32>,
    /// What the system says until the pointer is moved, and what it means.
    told: Option<[Pos2; 2]>,
    /// Whether the next frame is to be told.
    is_new: bool,
}

impl Plugin for PointerInPlace {
    fn debug_name(&self) -> &'static str {
        "the pointer stays in place"
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        let zoom = ui.ctx().zoom_factor();
        let before = self.zoom.replace(zoom).unwrap_or(zoom);
        let Some(pos) = ui.input(|input| input.pointer.latest_pos()).filter(|_| before != zoom) else { return };
        let meant = (pos.to_vec2() * (before / zoom)).to_pos2();
        self.told = Some([self.told.map_or(pos, |[told, _]| told), meant]);
        self.is_new = true;
        ui.ctx().request_repaint();
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        let is_moved = |event: &Event| matches!(event, Event::PointerMoved(_) | Event::PointerGone);
        if input.events.iter().any(is_moved) {
            self.told = None;
        }
        let is_new = std::mem::take(&mut self.is_new);
        let Some([told, meant]) = self.told else { return };
        for event in &mut input.events {
            if let Event::PointerButton { pos, .. } = event
                && *pos == told
            {
                *pos = meant;
            }
        }
        if is_new {
            input.events.insert(0, Event::PointerMoved(meant));
        }
    }
}
