//! What scrolls: a control in it that gets the focus comes into sight.

use std::ops::Range;

use eframe::egui::{Memory, Rect, ScrollArea, Ui, UiBuilder, scroll_area::ScrollAreaOutput};

use crate::studio::theme::space;

/// Shows what scrolls, in which a control that gets the focus by keys comes into sight.
pub fn scroll<R>(ui: &mut Ui, area: ScrollArea, add: impl FnOnce(&mut Ui) -> R) -> ScrollAreaOutput<R> {
    area.show(ui, |ui| {
        let shown = add(ui);
        keep_focus_in_sight(ui);
        shown
    })
}

/// The same of so many rows of a height. Only those are drawn that are in sight, and one above and below, to which the
/// focus can go on.
pub fn scroll_rows(ui: &mut Ui, area: ScrollArea, height: f32, count: usize, add: impl FnOnce(&mut Ui, Range<usize>)) {
    let gap = ui.spacing().item_spacing.y;
    let step = height + gap;
    area.show_viewport(ui, |ui, view| {
        ui.set_height((step * count as f32 - gap).max(0.0));
        let end = ((view.max.y / step).ceil() as usize + 1).min(count);
        let first = ((view.min.y / step).floor() as usize).saturating_sub(1).min(end);
        let top = |row: usize| ui.max_rect().top() + row as f32 * step;
        let rows = Rect::from_x_y_ranges(ui.max_rect().x_range(), top(first)..=top(end));
        ui.scope_builder(UiBuilder::new().max_rect(rows), |ui| {
            ui.skip_ahead_auto_ids(first);
            add(ui, first..end);
            keep_focus_in_sight(ui);
        });
    });
}

fn keep_focus_in_sight(ui: &Ui) {
    // what a click gives the focus to is in sight; asked for in that frame, it would lose the focus again
    if ui.input(|input| input.pointer.any_pressed() || input.pointer.any_released()) {
        return;
    }
    let focused = ui.memory(Memory::focused).and_then(|id| ui.ctx().read_response(id));
    let Some(control) = focused.filter(|control| control.gained_focus() && control.layer_id == ui.layer_id()) else {
        return;
    };
    // what the pointer is on is in sight, and must stay under it
    let is_here = ui.min_rect().contains(control.rect.center()) && !control.contains_pointer();
    let place = control.rect.expand(space::S);
    if is_here && !ui.clip_rect().contains_rect(place) {
        ui.scroll_to_rect(place, None);
    }
}
