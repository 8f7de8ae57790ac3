//! The frame of a page that is one long column.

use eframe::egui::{CentralPanel, Frame, Id, Margin, ScrollArea, Ui};

use crate::studio::{
    theme::{Theme, space},
    widgets,
};

/// A page that fills the window and scrolls as a whole. Where another one was shown before, it opens at its top.
pub fn scrolling_page(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    let mut area = ScrollArea::vertical().id_salt(name).auto_shrink(false);
    let pass = ui.ctx().cumulative_pass_nr();
    let id = Id::unique(("page", name));
    let before = ui.data_mut(|data| data.get_temp_mut_or_default::<Option<u64>>(id).replace(pass));
    if before.is_none_or(|before| before + 1 < pass) {
        area = area.vertical_scroll_offset(0.0);
    }
    CentralPanel::default().frame(Frame::new().fill(theme.background)).show(ui, |ui| {
        widgets::scroll(ui, area, |ui| {
            Frame::new().inner_margin(Margin::same(space::XXL as i8)).show(ui, |ui| {
                ui.set_max_width(ui.available_width().min(1080.0));
                add(ui);
            });
        });
    });
}
