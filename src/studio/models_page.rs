//! The models on this computer, with what each says of itself.

use eframe::egui::{Align, Layout, RichText, Ui};

use super::{
    generate::Model,
    generate_panel::list,
    state::{Page, Studio},
    theme::{self, Icon, Theme, size, space},
    widgets,
};
use crate::library::models::Origin;

impl Studio {
    pub(super) fn models_page(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            ui.label(theme::strong("Models", size::DISPLAY));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::text_button(ui, Icon::ChartSpline, "Train a new one", None).clicked() {
                    self.page = Page::Train;
                }
                if widgets::text_button(ui, Icon::RotateCcw, "Look again", None).clicked() {
                    self.find_models();
                }
            });
        });
        ui.label(RichText::new("Each writes the other parts to a melody, in the style of what it was trained on").color(theme.text_muted));
        ui.add_space(space::L);
        let models = match &self.generate.models {
            None => {
                ui.spinner();
                return;
            }
            Some(models) => models.clone(),
        };
        if models.is_empty() {
            widgets::empty_state(
                ui,
                Icon::Brain,
                "No model was found on this computer",
                "Train one from a folder of MIDI files; it appears here by itself",
            );
        }
        for (index, model) in models.iter().enumerate() {
            let chosen = index == self.generate.model;
            widgets::card(ui, chosen)
                .fill(if chosen { theme.accent_soft } else { theme.surface })
                .inner_margin(eframe::egui::Margin::same(20))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    self.model_details(ui, index, model, chosen);
                });
            ui.add_space(space::S);
        }
    }

    fn model_details(&mut self, ui: &mut Ui, index: usize, model: &Model, chosen: bool) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            ui.label(theme::icon_sized(Icon::Brain, 18.0).color(if chosen { theme.accent } else { theme.text_muted }));
            ui.label(theme::strong(model.title(), 15.0));
            let origin = match model.folder.origin {
                Origin::Shipped => "came with Cantus",
                Origin::Environment => "from CANTUS_MODELS",
                Origin::User => "your own",
            };
            widgets::badge(ui, origin, theme.text_muted);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if chosen {
                    widgets::badge(ui, "writes now", theme.accent);
                } else if model.card.is_ok() && widgets::text_button(ui, Icon::Check, "Use this model", None).clicked() {
                    self.choose_model(index);
                }
            });
        });
        let card = match &model.card {
            Ok(card) => card,
            Err(reason) => {
                ui.label(RichText::new(reason).color(theme.warning));
                return;
            }
        };
        if !card.about.is_empty() {
            ui.label(RichText::new(&card.about).color(theme.text_muted));
        }
        let parts: Vec<&str> = card.parts.iter().map(|part| part.name.as_str()).collect();
        let facts = [
            ("Style", card.style.clone()),
            ("Writes", list(&parts)),
            ("Learned from", card.data.clone()),
            ("Network", card.network.clone()),
            ("Trained for", format!("{} iterations", card.iterations)),
            ("Licence", card.licence.clone()),
            ("Folder", model.folder.path.display().to_string()),
        ];
        eframe::egui::Grid::new(("model", index))
            .num_columns(2)
            .spacing([24.0, 4.0])
            .min_row_height(18.0)
            .show(ui, |ui| {
                ui.spacing_mut().interact_size.y = 18.0;
                for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
                    ui.label(RichText::new(*name).color(theme.text_faint));
                    ui.label(RichText::new(value).color(theme.text_muted));
                    ui.end_row();
                }
            });
        let measures: Vec<(&String, f64)> = card
            .measures
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_f64()?)))
            .collect();
        if !measures.is_empty() {
            ui.add_space(space::XS);
            ui.horizontal_wrapped(|ui| {
                for (name, value) in measures {
                    widgets::badge(ui, &format!("{} {value:.2}", name.replace('_', " ")), theme.text_muted);
                }
            });
        }
    }
}
