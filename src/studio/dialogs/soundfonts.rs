//! The dialog of SoundFonts: those on this computer at the left, the presets of the chosen one at the right.

use eframe::egui::{
    Align, Label, Layout, ProgressBar, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2,
};

use super::modal::Stay;
use crate::{
    sound::{OutputState, Preset, SoundFont, SoundFontFile},
    studio::{
        actions::{FileAction, SoundFontAction},
        context::Context,
        services::files::Purpose,
        theme::{self, Icon, Theme, size, space},
        widgets,
        words::shortened,
    },
};

/// How wide the dialog is.
pub const WIDTH: f32 = 860.0;
const LIST_HEIGHT: f32 = 400.0;
const LIST_WIDTH: f32 = 410.0;

/// Draws the dialog; `search` is what is searched among the presets.
pub fn ui(search: &mut String, context: &Context<'_>, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    ui.label(theme::strong("SoundFonts", size::TITLE));
    ui.label(
        RichText::new(
            "The instruments you hear. Choose a SoundFont and click a preset to hear it; your music stays as it is",
        )
        .color(theme.text_muted),
    );
    ui.add_space(space::S);
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(LIST_WIDTH);
            font_list(search, context, ui);
        });
        ui.add_space(space::M);
        ui.vertical(|ui| {
            ui.set_width(ui.available_width());
            preset_list(search, context, ui);
        });
    });
    ui.add_space(space::M);
    buttons(context, ui)
}

fn font_list(search: &mut String, context: &Context<'_>, ui: &mut Ui) {
    widgets::caption(ui, "On this computer");
    let fonts = &context.services.soundfonts;
    let playing = context.services.sound.font.as_ref().map(SoundFont::name);
    widgets::scroll(ui, list_area("fonts", LIST_HEIGHT), |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        for file in &fonts.found {
            if font_card(context, ui, file, playing == Some(&*file.name)) {
                if fonts.looked_at.as_ref() != Some(&file.path) {
                    search.clear();
                }
                context.ask(SoundFontAction::LookAt(file.path.clone()));
            }
        }
        if fonts.found.is_empty() {
            let text = "Open a file, or drop one on the window";
            widgets::empty_state(ui, Icon::Music, "No SoundFont was found", text);
        }
    });
}

fn list_area(name: &str, height: f32) -> ScrollArea {
    ScrollArea::vertical().id_salt(name).max_height(height).min_scrolled_height(height).auto_shrink(false)
}

/// One font; whether it was clicked.
fn font_card(context: &Context<'_>, ui: &mut Ui, file: &SoundFontFile, is_playing: bool) -> bool {
    let theme = Theme::of(ui);
    let fonts = &context.services.soundfonts;
    let chosen = fonts.looked_at.as_ref() == Some(&file.path);
    let shown = widgets::card(ui, chosen).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.add(Label::new(theme::strong(&file.name, size::BODY)).truncate().selectable(false));
            if is_playing {
                widgets::badge(ui, "In use", theme.success);
            }
        });
        let kind = if file.is_sf3 { "SF3" } else { "SF2" };
        let folder = file.path.parent().unwrap_or(&file.path).display();
        let about = RichText::new(format!("{kind} · {:.1} MB · {folder}", file.bytes as f64 / 1e6));
        ui.add(Label::new(about.size(size::CAPTION).color(theme.text_muted)).truncate().selectable(false));
        if let Some(reason) = fonts.refused.get(&file.path) {
            ui.add(Label::new(RichText::new(reason).size(size::CAPTION).color(theme.warning)).wrap());
        }
    });
    let response = ui.interact(shown.response.rect, ui.scope_id().with(&file.path), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, format!("SoundFont {}", file.name)));
    widgets::focus_ring(ui, &response, shown.response.rect);
    response.on_hover_text(file.path.display().to_string()).clicked()
}

fn preset_list(search: &mut String, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let fonts = &context.services.soundfonts;
    let Some(font) = &fonts.font else {
        widgets::caption(ui, "Presets");
        let refused = fonts.looked_at.as_ref().and_then(|path| fonts.refused.get(path));
        let (icon, title, text) = match (&fonts.work, refused) {
            (Some(_), _) => (Icon::Hourglass, "Reading the SoundFont", "Its presets will appear here"),
            (None, Some(reason)) => (Icon::TriangleAlert, "This SoundFont can't be used", reason.as_str()),
            (None, None) => (Icon::Music, "No SoundFont is chosen", "Its presets will appear here"),
        };
        widgets::empty_state(ui, icon, title, text);
        return;
    };
    widgets::caption(ui, format!("{} presets of {}", font.preset_list().len(), font.name()));
    let edit = TextEdit::singleline(search).hint_text("Search presets").desired_width(f32::INFINITY);
    widgets::text_field(ui, edit).accessible_name("Search presets");
    ui.add_space(space::XS);
    let silent = !matches!(context.services.sound.output(), OutputState::Running { .. });
    let hover = if silent { "There is no sound output to hear it on" } else { "Click to hear it" };
    let wanted = search.to_lowercase();
    let rows: Vec<(&Preset, String)> = font
        .preset_list()
        .iter()
        .map(|preset| (preset, title(preset)))
        .filter(|(_, title)| wanted.is_empty() || title.to_lowercase().contains(&wanted))
        .collect();
    let row_height = ui.spacing().interact_size.y;
    let area = list_area("presets", LIST_HEIGHT - 40.0);
    widgets::scroll_rows(ui, area, row_height, rows.len(), |ui, range| {
        for (preset, title) in &rows[range] {
            let heard = fonts.heard.as_ref().is_some_and(|(heard, _)| heard == *preset);
            if ui.selectable_label(heard, title).on_hover_text(hover).clicked() {
                context.ask(SoundFontAction::Hear((*preset).clone()));
            }
        }
    });
    if rows.is_empty() {
        ui.label(RichText::new("No matching preset").color(theme.text_muted));
    }
}

fn buttons(context: &Context<'_>, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    let fonts = &context.services.soundfonts;
    let mut stay = Stay::Open;
    ui.horizontal(|ui| {
        if widgets::text_button(ui, Icon::FolderOpen, "Open a file…", None).clicked() {
            context.ask(FileAction::Ask(Purpose::SoundFont));
        }
        if let Some(work) = &fonts.work {
            let (doing, share) = work.stage();
            match share {
                Some(share) => drop(ui.add(ProgressBar::new(share).desired_width(160.0).show_percentage())),
                None => drop(ui.spinner()),
            }
            let text = shortened(&format!("{doing}: {}", work.name()), 36);
            ui.add(Label::new(RichText::new(text).color(theme.text_muted)));
            if ui.button("Cancel").on_hover_text("The current SoundFont stays").clicked() {
                context.ask(SoundFontAction::CancelLoading);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Close").clicked() {
                context.ask(SoundFontAction::StopPreview);
                stay = Stay::Closed;
            }
            if widgets::text_button(ui, Icon::Check, "Use this SoundFont", why_not_take(context)).clicked()
                && let Some(path) = &fonts.looked_at
            {
                context.ask(SoundFontAction::Take(path.clone()));
            }
            let first = fonts.font.as_ref().map(|font| font.preset_list().first());
            let why_not = first.is_none().then(|| "Choose a SoundFont first".to_owned());
            if widgets::text_button(ui, Icon::Play, "Listen", why_not).clicked()
                && let Some(Some(preset)) = first
            {
                context.ask(SoundFontAction::Hear(preset.clone()));
            }
        });
    });
    ui.allocate_space(vec2(0.0, 0.0));
    stay
}

fn why_not_take(context: &Context<'_>) -> Option<String> {
    let fonts = &context.services.soundfonts;
    let Some(path) = &fonts.looked_at else {
        return Some("Choose a SoundFont first".into());
    };
    if fonts.work.is_some() {
        return Some("A SoundFont is being read".into());
    }
    if let Some(reason) = fonts.refused.get(path) {
        return Some(reason.clone());
    }
    (context.preferences().soundfont.as_ref() == Some(path)).then(|| "Already in use".into())
}

/// Bank, program and name, as lists of presets have them.
fn title(preset: &Preset) -> String {
    let name = if preset.name.is_empty() { "Unnamed" } else { &preset.name };
    format!("{:03}:{:03}   {name}", preset.bank, preset.program)
}
