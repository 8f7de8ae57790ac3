//! The page on which music is made: roll, arrangement, mixer, piano, transport, parts, generate.

pub mod arrangement;
pub mod bench;
pub mod editor;
pub mod generate;
mod master;
pub mod midi_learn_menu;
mod mixer;
pub mod parts;
pub mod piano;
pub mod recorded_takes;
pub mod roll;
mod state;
mod transport;
pub mod welcome;

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui};

pub use self::state::{ComposePage, Side};
use crate::studio::{
    context::Context,
    regions::{self, Region},
    theme::Theme,
};

/// Draws the page.
pub fn ui(page: &mut ComposePage, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let surface = |margin: Margin| Frame::new().fill(theme.surface).inner_margin(margin);
    let width = ui.ctx().content_rect().width();
    let bar = Panel::top("transport")
        .frame(surface(Margin::symmetric(12, 8)))
        .exact_size(transport::height(width))
        .show(ui, |ui| transport::ui(context, ui));
    regions::mark(ui, Region::Transport, bar.response.rect);
    welcome::ui(&mut page.welcome, &page.editor, context, ui);
    if page.shows_panel(Side::Left, context.preferences(), width) {
        let panel = Panel::left("left")
            .frame(surface(Margin::same(12)))
            .default_size(284.0)
            .size_range(232.0..=360.0)
            .show(ui, |ui| parts::ui(&mut page.left, context, ui));
        regions::mark(ui, Region::Parts, panel.response.rect);
    }
    if page.shows_panel(Side::Right, context.preferences(), width) {
        let panel = Panel::right("right")
            .frame(surface(Margin::same(12)))
            .default_size(288.0)
            .size_range(256.0..=380.0)
            .show(ui, |ui| generate::ui(&mut page.generate, context, ui));
        regions::mark(ui, Region::Generate, panel.response.rect);
    }
    CentralPanel::default()
        .frame(Frame::new().fill(theme.background))
        .show(ui, |ui| editor::ui(&mut page.editor, context, ui));
    recorded_takes::show(context, ui.ctx(), page.editor.notes_area());
}
