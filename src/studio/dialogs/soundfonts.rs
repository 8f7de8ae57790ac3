//! The dialog of SoundFonts: those on this computer at the left, what the chosen one has at the right, each to be heard.

use eframe::egui::{Align, Label, Layout, ProgressBar, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::sound::{OutputState, Preset, SoundFontFile};
use crate::studio::{
    dialogs::Stay,
    services::files::Purpose,
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

/// How wide the dialog is.
pub const WIDTH: f32 = 860.0;
const LIST_HEIGHT: f32 = 400.0;
const LIST_WIDTH: f32 = 410.0;

impl Studio {
    pub(in crate::studio) fn soundfonts_dialog(&mut self, ui: &mut Ui) -> Stay {
        let theme = Theme::of(ui);
        ui.label(theme::strong("SoundFonts", size::TITLE));
        ui.label(
            RichText::new(
                "The instruments that are heard. Choose a font, click a preset to hear it; the music goes on as it is",
            )
            .color(theme.text_muted),
        );
        ui.add_space(space::S);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(LIST_WIDTH);
                self.font_list(ui);
            });
            ui.add_space(space::M);
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                self.preset_list(ui);
            });
        });
        ui.add_space(space::M);
        self.font_buttons(ui)
    }

    fn font_list(&mut self, ui: &mut Ui) {
        widgets::caption(ui, "On this computer");
        let playing = self.services.sound.font.as_ref().map(|font| font.name().to_owned());
        let mut clicked = None;
        let files = std::mem::take(&mut self.services.soundfonts.found);
        ScrollArea::vertical()
            .id_salt("fonts")
            .max_height(LIST_HEIGHT)
            .min_scrolled_height(LIST_HEIGHT)
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                for file in &files {
                    let is_playing = Some(&file.name) == playing.as_ref();
                    if self.font_card(ui, file, is_playing) {
                        clicked = Some(file.path.clone());
                    }
                }
                if files.is_empty() {
                    widgets::empty_state(
                        ui,
                        Icon::Music,
                        "No SoundFont was found",
                        "Open a file, or drop one on the window",
                    );
                }
            });
        self.services.soundfonts.found = files;
        if let Some(path) = clicked {
            self.look_at_soundfont(path);
        }
    }

    /// One font; whether it was clicked.
    fn font_card(&self, ui: &mut Ui, file: &SoundFontFile, is_playing: bool) -> bool {
        let theme = Theme::of(ui);
        let chosen = self.services.soundfonts.looked_at.as_ref() == Some(&file.path);
        let refused = self.services.soundfonts.refused.get(&file.path);
        let shown = widgets::card(ui, chosen).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.horizontal(|ui| {
                ui.add(Label::new(theme::strong(&file.name, size::BODY)).truncate().selectable(false));
                if is_playing {
                    widgets::badge(ui, "Playing", theme.success);
                }
            });
            let kind = if file.is_sf3 { "SF3" } else { "SF2" };
            let folder = file.path.parent().unwrap_or(&file.path).display();
            let about = RichText::new(format!("{kind} · {} · {folder}", megabytes(file.bytes)));
            ui.add(Label::new(about.size(size::CAPTION).color(theme.text_muted)).truncate().selectable(false));
            if let Some(reason) = refused {
                ui.add(Label::new(RichText::new(reason).size(size::CAPTION).color(theme.warning)).wrap());
            }
        });
        let response = ui.interact(shown.response.rect, ui.scope_id().with(&file.path), Sense::click());
        response.widget_info(|| {
            WidgetInfo::selected(eframe::egui::Role::RadioButton, true, chosen, format!("SoundFont {}", file.name))
        });
        widgets::focus_ring(ui, &response, shown.response.rect);
        response.on_hover_text(file.path.display().to_string()).clicked()
    }

    fn preset_list(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let Some(font) = self.services.soundfonts.font.clone() else {
            widgets::caption(ui, "Presets");
            let looked_at = self.services.soundfonts.looked_at.clone();
            let refused = looked_at.and_then(|path| self.services.soundfonts.refused.get(&path));
            match (&self.services.soundfonts.work, refused) {
                (Some(_), _) => {
                    widgets::empty_state(ui, Icon::Hourglass, "It is being read", "Its presets are shown here")
                }
                (None, Some(reason)) => {
                    widgets::empty_state(ui, Icon::TriangleAlert, "This font cannot be used", reason)
                }
                (None, None) => {
                    widgets::empty_state(ui, Icon::Music, "No font is chosen", "Its presets are shown here")
                }
            }
            return;
        };
        widgets::caption(ui, format!("{} presets of {}", font.preset_list().len(), font.name()));
        ui.add(
            TextEdit::singleline(&mut self.services.soundfonts.search)
                .hint_text("Search presets")
                .desired_width(f32::INFINITY),
        )
        .accessible_name("Search presets");
        ui.add_space(space::XS);
        let silent = !matches!(self.services.sound.output(), OutputState::Running { .. });
        let wanted = self.services.soundfonts.search.to_lowercase();
        let rows: Vec<(&Preset, String)> = font
            .preset_list()
            .iter()
            .map(|preset| (preset, title(preset)))
            .filter(|(_, title)| wanted.is_empty() || title.to_lowercase().contains(&wanted))
            .collect();
        let mut clicked = None;
        let row_height = ui.spacing().interact_size.y;
        ScrollArea::vertical()
            .id_salt("presets")
            .max_height(LIST_HEIGHT - 40.0)
            .min_scrolled_height(LIST_HEIGHT - 40.0)
            .auto_shrink(false)
            .show_rows(ui, row_height, rows.len(), |ui, range| {
                for (preset, title) in &rows[range] {
                    let heard = self.services.soundfonts.heard.as_ref().is_some_and(|(heard, _)| heard == *preset);
                    let row = ui.selectable_label(heard, RichText::new(title));
                    let row = row.on_hover_text(if silent {
                        "There is no sound output to hear it on"
                    } else {
                        "Click to hear it"
                    });
                    if row.clicked() {
                        clicked = Some((*preset).clone());
                    }
                }
            });
        if rows.is_empty() {
            ui.label(RichText::new("No preset has that in its name").color(theme.text_muted));
        }
        if let Some(preset) = clicked {
            self.hear_preset(&preset);
        }
    }

    fn font_buttons(&mut self, ui: &mut Ui) -> Stay {
        let theme = Theme::of(ui);
        let mut stay = Stay::Open;
        ui.horizontal(|ui| {
            if widgets::text_button(ui, Icon::FolderOpen, "Open a file…", None).clicked() {
                self.ask(Purpose::SoundFont);
            }
            if let Some(work) = self.services.soundfonts.work.clone() {
                let (doing, share) = work.stage();
                let text = format!("{doing}: {}", work.name());
                match share {
                    Some(share) => drop(ui.add(ProgressBar::new(share).desired_width(160.0).show_percentage())),
                    None => drop(ui.spinner()),
                }
                ui.add(Label::new(
                    RichText::new(crate::studio::status_bar::shortened(&text, 36)).color(theme.text_muted),
                ));
                if ui.button("Cancel").on_hover_text("The font that plays stays").clicked() {
                    work.cancel();
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Close").clicked() {
                    self.stop_preview();
                    stay = Stay::Closed;
                }
                let why_not = self.why_not_take();
                if widgets::text_button(ui, Icon::Check, "Play with this one", why_not).clicked()
                    && let Some(path) = self.services.soundfonts.looked_at.clone()
                {
                    self.take_soundfont(path);
                }
                let why_not = self.services.soundfonts.font.is_none().then(|| "Choose a font first".to_owned());
                if widgets::text_button(ui, Icon::Play, "Hear it", why_not).clicked()
                    && let Some(preset) =
                        self.services.soundfonts.font.as_ref().and_then(|font| font.preset_list().first().cloned())
                {
                    self.hear_preset(&preset);
                }
            });
        });
        ui.allocate_space(vec2(0.0, 0.0));
        stay
    }

    fn why_not_take(&self) -> Option<String> {
        let Some(path) = &self.services.soundfonts.looked_at else {
            return Some("Choose a font first".into());
        };
        if self.services.soundfonts.work.is_some() {
            return Some("A font is being read".into());
        }
        if let Some(reason) = self.services.soundfonts.refused.get(path) {
            return Some(reason.clone());
        }
        (self.services.preferences.soundfont.as_ref() == Some(path)).then(|| "It is the one that plays".into())
    }
}

/// Bank, program and name, as lists of presets have them.
fn title(preset: &Preset) -> String {
    let name = if preset.name.is_empty() { "Unnamed" } else { &preset.name };
    format!("{:03}:{:03}   {name}", preset.bank, preset.program)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
