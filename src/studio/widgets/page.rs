//! The frame of a page that is one long column.

use eframe::egui::{CentralPanel, Frame, Margin, ScrollArea, Ui};

use crate::studio::{
    theme::{Theme, space},
    widgets,
};

/// A page that fills the window and scrolls as a whole.
pub fn scrolling_page(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    CentralPanel::default().frame(Frame::new().fill(theme.background)).show(ui, |ui| {
        widgets::scroll(ui, ScrollArea::vertical().auto_shrink(false), |ui| {
            Frame::new().inner_margin(Margin::same(space::XXL as i8)).show(ui, |ui| {
                ui.set_max_width(ui.available_width().min(1080.0));
                add(ui);
            });
        });
    });
}
