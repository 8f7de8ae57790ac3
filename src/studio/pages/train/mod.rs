//! The Train page: the runs at the left; at the right a new training's settings, or the run that is shown.

mod data;
mod list;
mod run;
mod run_head;
mod run_settings;
mod samples;
mod setup_form;
mod state;
mod survey;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, RichText, ScrollArea, Ui};

pub use self::state::TrainPage;
use crate::studio::{
    context::Context,
    regions::{self, Region},
    theme::{self, Theme, size, space},
    widgets,
};

/// How wide the list is at most and at least, and the share that it has in between.
const LIST_WIDTH: (f32, f32, f32) = (256.0, 176.0, 0.25);

/// Draws the page.
pub fn ui(page: &mut TrainPage, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let (widest, narrowest, share) = LIST_WIDTH;
    let list = Panel::left("trainings")
        .frame(Frame::new().fill(theme.surface).inner_margin(12.0))
        .exact_size((ui.available_width() * share).clamp(narrowest, widest))
        .resizable(false)
        .show(ui, |ui| list::run_list(page.selected(), context, ui));
    regions::mark(ui, Region::List, list.response.rect);
    if page.shown.is_none() {
        let frame = Frame::new().fill(theme.surface).stroke(theme.hairline()).inner_margin(Margin::symmetric(24, 10));
        let start = Panel::bottom("start training")
            .frame(frame)
            .resizable(false)
            .show(ui, |ui| setup_form::start_bar(page, context, ui));
        regions::mark(ui, Region::Start, start.response.rect);
    }
    regions::mark(ui, Region::Page, ui.available_rect_before_wrap());
    let frame = Frame::new().fill(theme.background);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        // each run is scrolled by itself
        let salt = ("training", page.selected().map(std::path::Path::to_owned));
        let mut area = ScrollArea::vertical().id_salt(salt).auto_shrink(false);
        if page.shown.is_none() && !page.form_is_begun {
            area = area.vertical_scroll_offset(0.0);
            page.begin_form(context.services.session.models_folder().as_deref());
        }
        widgets::scroll(ui, area, |ui| {
            Frame::new().inner_margin(24.0).show(ui, |ui| {
                ui.set_max_width(ui.available_width().min(1280.0));
                match &mut page.shown {
                    Some(shown) => run::run_page(shown, context, ui),
                    None => new_training(page, context, ui),
                }
            });
        });
    });
}

fn new_training(page: &mut TrainPage, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.label(theme::strong("New training", size::TITLE));
    ui.label(
        RichText::new(
            "A generator learns to write parts, a discriminator learns to tell them from real ones. \
             Training continues when the window is closed",
        )
        .color(theme.text_muted),
    );
    ui.add_space(space::L);
    data::training_data(page, context, ui);
    setup_form::training_settings(page, context, ui);
}
