//! What lies over the window: palette, keyboard shortcuts, SoundFonts and questions, which must be answered first; the
//! windows of exports and imports, during which the music plays on; and the note tools, beside which the work goes on.

mod about;
pub mod export;
pub mod import;
mod key_sheet;
mod matching;
mod modal;
pub mod note_tools;
mod palette;
pub mod publish;
mod questions;
mod soundfonts;
mod state;

use eframe::egui;

pub use self::state::{Dialog, Dialogs};
use super::{context::Context, theme::space};

/// Draws all that is open.
pub fn show(dialogs: &mut Dialogs, context: &Context<'_>, ctx: &egui::Context) {
    note_tools::show(&mut dialogs.note_tool, context, ctx);
    export::show(&mut dialogs.export, context, ctx);
    publish::show(&mut dialogs.publish, context, ctx);
    import::show(&mut dialogs.import, context, ctx);
    if let Some(dialog) = &mut dialogs.open
        && show_dialog(dialog, context, ctx) == modal::Stay::Closed
    {
        dialogs.open = None;
    }
}

fn show_dialog(dialog: &mut Dialog, context: &Context<'_>, ctx: &egui::Context) -> modal::Stay {
    let (width, margin) = match dialog {
        Dialog::Palette { .. } => (520.0, space::M),
        Dialog::KeySheet { .. } => (760.0, space::XL),
        Dialog::About(_) => (560.0, space::XL),
        Dialog::SoundFonts { .. } => (soundfonts::WIDTH, space::XL),
        Dialog::Path { .. } | Dialog::Replace { .. } | Dialog::EmptyBin { .. } | Dialog::Closing => (520.0, space::XL),
    };
    modal::show(ctx, width, margin, |ui| match dialog {
        Dialog::Palette { search, chosen } => palette::ui(search, chosen, context, ui),
        Dialog::KeySheet { search } => key_sheet::ui(search, ui),
        Dialog::About(report) => about::ui(report, ui),
        Dialog::SoundFonts { search } => soundfonts::ui(search, context, ui),
        Dialog::EmptyBin { compositions, models } => questions::empty_bin(*compositions, *models, context, ui),
        Dialog::Closing => questions::closing(context, ui),
        Dialog::Path { purpose, text } => questions::path(*purpose, text, context, ui),
        Dialog::Replace { purpose, path, there } => questions::replace(*purpose, path, there, context, ui),
    })
}
