//! The models on this computer, with what each says of itself, and what can be done with it.

mod actions;

use eframe::egui::{Align, Key, Layout, RichText, TextEdit, Ui};

use self::actions::ModelButton as Action;
pub use self::actions::ModelsPage;

use crate::library::models::Origin;
use crate::studio::{
    page::Page,
    pages::compose::generate::list,
    services::{files::Purpose, models::Model},
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

impl Studio {
    pub(in crate::studio) fn models_page(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            ui.label(theme::strong("Models", size::DISPLAY));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::text_button(ui, Icon::ChartSpline, "Train a new one", None).clicked() {
                    self.page = Page::Train;
                }
                if widgets::text_button(ui, Icon::FolderOpen, "Import…", None)
                    .on_hover_text("Takes the folder of a model among your own")
                    .clicked()
                {
                    self.ask(Purpose::ImportModel);
                }
                if widgets::text_button(ui, Icon::RotateCcw, "Look again", None).clicked() {
                    self.find_models();
                }
            });
        });
        ui.label(
            RichText::new("Each writes the other parts to a melody, in the style of what it was trained on")
                .color(theme.text_muted),
        );
        self.model_undo(ui);
        ui.add_space(space::L);
        let models = match &self.services.models.list {
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
            let chosen = index == self.services.models.index;
            widgets::card(ui, chosen)
                .fill(if chosen { theme.accent_soft } else { theme.surface })
                .inner_margin(eframe::egui::Margin::same(20))
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.push_id(&model.folder.path, |ui| {
                        self.model_details(ui, index, model, chosen);
                        self.model_buttons(ui, model);
                        self.model_curves(ui, model);
                    });
                });
            ui.add_space(space::S);
        }
    }

    fn model_details(&mut self, ui: &mut Ui, index: usize, model: &Model, chosen: bool) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            ui.label(theme::icon_sized(Icon::Brain, 18.0).color(if chosen { theme.accent } else { theme.text_muted }));
            self.model_title(ui, model);
            let origin = match model.folder.origin {
                Origin::Shipped => "came with Cantus",
                Origin::Environment => "from CANTUS_MODELS",
                Origin::User => "your own",
            };
            widgets::badge(ui, origin, theme.text_muted);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if chosen {
                    widgets::badge(ui, "writes now", theme.accent);
                } else if model.card.is_ok() && widgets::text_button(ui, Icon::Check, "Use this model", None).clicked()
                {
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
        eframe::egui::Grid::new(("model", index)).num_columns(2).spacing([24.0, 4.0]).min_row_height(18.0).show(
            ui,
            |ui| {
                ui.spacing_mut().interact_size.y = 18.0;
                for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
                    ui.label(RichText::new(*name).color(theme.text_faint));
                    ui.label(RichText::new(value).color(theme.text_muted));
                    ui.end_row();
                }
            },
        );
        let measures: Vec<(&String, f64)> =
            card.measures.iter().filter_map(|(name, value)| Some((name, value.as_f64()?))).collect();
        if !measures.is_empty() {
            ui.add_space(space::XS);
            ui.horizontal_wrapped(|ui| {
                for (name, value) in measures {
                    widgets::badge(ui, &format!("{} {value:.2}", name.replace('_', " ")), theme.text_muted);
                }
            });
        }
    }

    /// What was deleted last, and the way back.
    fn model_undo(&mut self, ui: &mut Ui) {
        let Some((title, aside)) = self.pages.models.deleted.clone() else {
            return;
        };
        let theme = Theme::of(ui);
        ui.add_space(space::S);
        let shown = widgets::card(ui, false).fill(theme.overlay).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(Icon::Trash2, 15.0).color(theme.text_muted));
                ui.label(format!("“{title}” was deleted"));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if widgets::IconButton::new(Icon::X, "Close").sized(24.0, 14.0).show(ui).clicked() {
                        self.pages.models.deleted = None;
                    }
                    if widgets::text_button(ui, Icon::Undo2, "Bring it back", None).clicked() {
                        self.bring_model_back(aside);
                    }
                });
            });
        });
        // what was deleted may have been far below
        if std::mem::take(&mut self.pages.models.has_just_deleted) {
            shown.response.scroll_to_me(None);
        }
    }

    /// Its name, or the field for another one.
    fn model_title(&mut self, ui: &mut Ui, model: &Model) {
        let Some((_, text)) = self.pages.models.renaming.as_mut().filter(|(of, _)| *of == model.folder.path) else {
            ui.label(theme::strong(model.title(), 15.0));
            return;
        };
        let field = TextEdit::singleline(text).desired_width(260.0);
        let response = ui.add(field).accessible_name("Name of the model");
        if response.lost_focus() {
            let text = text.clone();
            self.pages.models.renaming = None;
            if !ui.input(|input| input.key_pressed(Key::Escape)) {
                self.rename_model(model, &text);
            }
        } else if !response.has_focus() {
            response.request_focus();
        }
    }

    fn model_buttons(&mut self, ui: &mut Ui, model: &Model) {
        let title = model.title();
        let unread = model.card.as_ref().err().cloned();
        let listen = if self.hears_model(&model.folder.path) {
            (Action::Listen, Icon::Square, "Stop", None)
        } else {
            let why_not = unread.clone().or_else(|| self.why_not_hear());
            (Action::Listen, Icon::Play, "Listen", why_not)
        };
        let own = self.why_not_change(&model.folder);
        let buttons = [
            listen,
            (Action::Curves, Icon::ChartSpline, "Curves", unread.clone()),
            (Action::TrainFurther, Icon::Plus, "Train further", unread.clone()),
            (Action::Duplicate, Icon::Copy, "Duplicate", unread.clone()),
            (Action::Export, Icon::FileOutput, "Export…", unread),
            (Action::Rename, Icon::Pencil, "Rename", own.clone()),
            (Action::Delete, Icon::Trash2, "Delete", own),
        ];
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            for (action, icon, words, why_not) in buttons {
                let is_on = why_not.is_none();
                let response =
                    widgets::text_button(ui, icon, words, why_not).accessible_name(format!("{words} {title}"));
                let response = match (action, is_on) {
                    (Action::Listen, true) => {
                        response.on_hover_text("It writes to the melody in the studio; nothing of it is kept")
                    }
                    (Action::TrainFurther, true) => {
                        response.on_hover_text("A new model that begins where this one is, with data of your choice")
                    }
                    _ => response,
                };
                if response.clicked() {
                    self.act_on_model(model, action);
                }
            }
        });
    }

    fn model_curves(&mut self, ui: &mut Ui, model: &Model) {
        let curves = self.pages.models.curves.as_mut();
        let Some((_, curves)) = curves.filter(|(of, _)| *of == model.folder.path) else {
            return;
        };
        ui.add_space(space::M);
        match curves {
            Some(charts) => charts.show(ui, "No curves came with this model"),
            None => drop(ui.spinner()),
        }
    }
}
