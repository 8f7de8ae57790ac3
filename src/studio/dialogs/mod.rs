//! What lies over the window: paths to type where the system has no dialog, tracks to pick, the palette, the sheet of keys.

pub mod export;
pub mod import;
mod import_window;
pub mod note_tools;
mod soundfonts;

use std::path::{Path, PathBuf};

use eframe::egui::{Align, Context, Id, Key, Layout, Modal, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::{
    commands::{Menu, table},
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};
use crate::studio::{commands::palette, services::files::Purpose};

/// Files listed by name before they are only counted.
const SHOWN_FILES: usize = 6;

/// What lies over the window.
#[derive(Debug)]
pub enum Dialog {
    /// All commands, to search.
    Palette {
        /// What is searched.
        search: String,
        /// Which of the hits Enter takes.
        chosen: usize,
    },
    /// All keys.
    KeySheet,
    /// SoundFonts and their presets.
    SoundFonts {
        /// What is searched among the presets.
        search: String,
    },
    /// A path to type, where no dialog of the system answers.
    Path {
        /// What for.
        purpose: Purpose,
        /// What is typed.
        text: String,
    },
    /// Files that are there already, and would be lost.
    Replace {
        /// What for.
        purpose: Purpose,
        /// What was chosen.
        path: PathBuf,
        /// What is there.
        there: Vec<PathBuf>,
    },
}

/// All that lies over the window or floats above it.
#[derive(Debug, Default)]
pub struct Dialogs {
    /// What lies over the window, if anything does.
    pub open: Option<Dialog>,
    /// MIDI files being read and asked about, if any are.
    pub import: Option<import::Import>,
    /// The window of a tool for notes, if one is open.
    pub note_tool: Option<note_tools::OpenTool>,
}

impl Dialog {
    /// The palette, nothing searched yet.
    pub fn palette() -> Self {
        Self::Palette { search: String::new(), chosen: 0 }
    }
}

impl Studio {
    pub(in crate::studio) fn show_dialog(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.dialogs.open.take() else { return };
        let width = match &dialog {
            Dialog::KeySheet => 760.0,
            Dialog::SoundFonts { .. } => soundfonts::WIDTH,
            _ => 520.0,
        };
        let margin = if matches!(dialog, Dialog::Palette { .. }) { space::M } else { space::XL };
        let width = f32::min(width, ctx.content_rect().width() - 2.0 * margin - space::L);
        let style = ctx.global_style();
        let frame = eframe::egui::Frame::popup(&style).inner_margin(margin);
        let response = Modal::new(Id::unique("dialog")).frame(frame).show(ctx, |ui| {
            ui.set_width(width);
            match &mut dialog {
                Dialog::Palette { search, chosen } => palette::show(self, ui, search, chosen),
                Dialog::KeySheet => key_sheet(ui),
                Dialog::SoundFonts { search } => {
                    let states = self.command_states();
                    soundfonts::ui(search, &self.context(&states), ui)
                }
                Dialog::Path { purpose, text } => self.path_dialog(ui, *purpose, text),
                Dialog::Replace { purpose, path, there } => self.replace_dialog(ui, *purpose, path, there),
            }
        });
        let outside = response.should_close();
        if response.inner == Stay::Open && !outside {
            // what was opened meanwhile goes before
            self.dialogs.open.get_or_insert(dialog);
        }
    }

    fn path_dialog(&mut self, ui: &mut Ui, purpose: Purpose, text: &mut String) -> Stay {
        let theme = Theme::of(ui);
        ui.label(theme::strong(purpose.title(), size::TITLE));
        ui.label(
            RichText::new(
                "This system shows no file dialog, so the path is typed here; files can be dropped on the window, too",
            )
            .color(theme.text_muted),
        );
        ui.add_space(space::S);
        let field = ui
            .add(
                TextEdit::singleline(text)
                    .hint_text(purpose.example())
                    .desired_width(f32::INFINITY)
                    .margin(vec2(10.0, 8.0)),
            )
            .accessible_name("Path");
        if !field.has_focus() && !field.lost_focus() {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_space(space::S);
        let mut stay = Stay::Open;
        buttons(ui, |ui| {
            let empty = text.trim().is_empty().then(|| "Type a path first".to_owned());
            let can = empty.is_none();
            if widgets::text_button(ui, Icon::Check, purpose.verb(), empty).clicked() || (entered && can) {
                self.take_path(purpose, expand_home(text.trim()));
                stay = Stay::Closed;
            }
            if ui.button("Cancel").clicked() {
                stay = Stay::Closed;
            }
        });
        stay
    }
}

impl Studio {
    fn replace_dialog(&mut self, ui: &mut Ui, purpose: Purpose, path: &Path, there: &[PathBuf]) -> Stay {
        let theme = Theme::of(ui);
        let title = match there.len() {
            1 => "Replace this file?".to_owned(),
            files => format!("Replace these {files} files?"),
        };
        ui.label(theme::strong(title, size::TITLE));
        let folder = crate::whole_file::folder_of(path);
        let of_them = if there.len() == 1 { "it" } else { "them" };
        ui.label(
            RichText::new(format!("What is in {of_them} now would be lost. In {}:", folder.display()))
                .color(theme.text_muted),
        );
        ui.add_space(space::S);
        for file in there.iter().take(SHOWN_FILES) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            ui.label(crate::studio::status_bar::shortened(&name, 64)).on_hover_text(file.display().to_string());
        }
        if there.len() > SHOWN_FILES {
            ui.label(RichText::new(format!("and {} more", there.len() - SHOWN_FILES)).color(theme.text_muted));
        }
        ui.add_space(space::S);
        let mut stay = Stay::Open;
        buttons(ui, |ui| {
            if widgets::text_button(ui, Icon::Check, "Replace", None).clicked() {
                self.write_to(purpose, path.to_owned());
                stay = Stay::Closed;
            }
            if ui.button("Cancel").clicked() {
                stay = Stay::Closed;
            }
        });
        stay
    }
}

/// Whether a dialog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It does.
    Open,
    /// It is done.
    Closed,
}

fn buttons(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), add);
}

fn key_sheet(ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    ui.label(theme::strong("Keys", size::TITLE));
    ui.add_space(space::S);
    ScrollArea::vertical().max_height(scroll_height(ui, 520.0)).show(ui, |ui| {
        ui.columns(2, |columns| {
            for menu in Menu::ALL {
                let ui = &mut columns[usize::from(matches!(
                    menu,
                    Menu::Part | Menu::Transport | Menu::Generate | Menu::View | Menu::Help
                ))];
                ui.label(theme::strong(menu.title(), size::SECTION).color(theme.accent));
                for entry in table().iter().filter(|entry| entry.menu == menu && !entry.keys.is_empty()) {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.spacing_mut().interact_size.y = 20.0;
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(entry.title).color(theme.text_muted));
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.add_space(space::L);
                            let keys: Vec<String> = entry.keys.iter().map(super::commands::key_text).collect();
                            ui.label(theme::strong(keys.join("  "), size::CAPTION));
                        });
                    });
                }
                ui.add_space(space::M);
            }
        });
    });
    ui.label(
        RichText::new("With the computer's keys as a piano (Ctrl+K), single letters play notes instead")
            .color(theme.text_faint),
    );
    let mut stay = Stay::Open;
    buttons(ui, |ui| {
        if ui.button("Close").clicked() {
            stay = Stay::Closed;
        }
    });
    stay
}

/// How high a list in a dialog may be: so high, and no higher than the window has room for.
pub(in crate::studio) fn scroll_height(ui: &Ui, wanted: f32) -> f32 {
    let around = 190.0; // head, foot and margins
    wanted.min((ui.ctx().content_rect().height() - around).max(80.0))
}

fn expand_home(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(text),
    }
}
