//! Questions around files: where they are, and whether those that are there may be replaced.

use std::path::{Path, PathBuf};

use eframe::egui::{Key, RichText, TextEdit, Ui, vec2};

use super::modal::{Stay, buttons};
use crate::plural::counted;
use crate::studio::{
    actions::{FileAction, LibraryAction, SessionAction},
    context::Context,
    services::files::{Purpose, expand_home},
    theme::{self, Icon, Theme, size, space},
    widgets,
    words::{list_of_names, shortened},
};

/// Files listed by name before they are only counted.
const SHOWN_FILES: usize = 6;

/// Lets a path be typed.
pub fn path(purpose: Purpose, text: &mut String, context: &Context<'_>, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    ui.label(theme::strong(purpose.asking().title, size::TITLE));
    let help = if purpose.asking().writes || purpose == Purpose::ExportModel {
        "This system has no file dialog: here you can change the name, and the folder that it goes into"
    } else {
        "This system has no file dialog: type the path here, or drop files on the window"
    };
    ui.label(RichText::new(help).color(theme.text_muted));
    ui.add_space(space::S);
    let edit = TextEdit::singleline(text)
        .hint_text(purpose.asking().example)
        .desired_width(f32::INFINITY)
        .margin(vec2(10.0, 8.0));
    let field = widgets::text_field(ui, edit).accessible_name("Path");
    if !field.has_focus() && !field.lost_focus() {
        field.request_focus();
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(space::S);
    let why_not = text.trim().is_empty().then(|| "Type a path first".to_owned());
    let entered = entered && why_not.is_none();
    answer(ui, purpose.asking().verb, why_not, entered, || {
        context.ask(FileAction::Take(purpose, vec![expand_home(text.trim())]));
    })
}

/// Asks whether files that are there may be replaced.
pub fn replace(purpose: Purpose, path: &Path, there: &[PathBuf], context: &Context<'_>, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    let (title, contents) = match there.len() {
        1 => ("Replace this file?".to_owned(), "Its contents"),
        files => (format!("Replace these {files} files?"), "Their contents"),
    };
    ui.label(theme::strong(title, size::TITLE));
    let folder = crate::whole_file::folder_of(path);
    ui.label(RichText::new(format!("{contents} would be lost. In {}:", folder.display())).color(theme.text_muted));
    ui.add_space(space::S);
    for file in there.iter().take(SHOWN_FILES) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        ui.label(shortened(&name, 64)).on_hover_text(file.display().to_string());
    }
    if there.len() > SHOWN_FILES {
        ui.label(RichText::new(format!("and {} more", there.len() - SHOWN_FILES)).color(theme.text_muted));
    }
    ui.add_space(space::S);
    answer(ui, "Replace", None, false, || context.ask(FileAction::Write(purpose, path.to_owned())))
}

/// Asks whether what is in the bin may be deleted for good.
pub fn empty_bin(compositions: usize, models: usize, context: &Context<'_>, ui: &mut Ui) -> Stay {
    ui.label(theme::strong("Empty the bin?", size::TITLE));
    let what = [(compositions, "composition"), (models, "model")];
    let what: Vec<String> = what.into_iter().filter(|(count, _)| *count > 0).map(|(n, of)| counted(n, of)).collect();
    let words = format!("{} will be deleted for good. This cannot be undone.", list_of_names(&what));
    ui.label(RichText::new(words).color(Theme::of(ui).text_muted));
    ui.add_space(space::S);
    answer(ui, "Delete for good", None, false, || context.ask(LibraryAction::EmptyBin))
}

/// Asks whether the window is to close, and says what that would mean. It is answered once nothing would be lost.
pub fn closing(context: &Context<'_>, ui: &mut Ui) -> Stay {
    let ends = context.services.ends_by_closing();
    if ends.is_empty() {
        return Stay::Closed;
    }
    ui.label(theme::strong("Close Cantus?", size::TITLE));
    for text in ends {
        ui.label(text);
        ui.add_space(space::XS);
    }
    ui.add_space(space::S);
    let mut stay = Stay::Open;
    buttons(ui, |ui| {
        let keep = widgets::text_button(ui, Icon::Undo2, "Keep open", None);
        // Enter takes it
        if ui.memory(|memory| memory.focused().is_none()) {
            keep.request_focus();
        }
        if keep.clicked() {
            stay = Stay::Closed;
        }
        if ui.button("Close anyway").clicked() {
            context.ask(SessionAction::Close);
            stay = Stay::Closed;
        }
    });
    stay
}

/// A button that says yes, and one that closes the dialog.
fn answer(ui: &mut Ui, yes: &str, why_not: Option<String>, entered: bool, act: impl FnOnce()) -> Stay {
    let mut stay = Stay::Open;
    buttons(ui, |ui| {
        if widgets::text_button(ui, Icon::Check, yes, why_not).clicked() || entered {
            act();
            stay = Stay::Closed;
        }
        if ui.button("Cancel").clicked() {
            stay = Stay::Closed;
        }
    });
    stay
}
