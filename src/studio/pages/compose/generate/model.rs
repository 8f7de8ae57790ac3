//! Which model writes, and which of its parts.

use eframe::egui::{
    Align, Button, Label, Layout, Popup, Rect, Response, RichText, Role, ScrollArea, Sense, TextWrapMode, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::engine_client::{ModelCard, PartSpec};
use crate::studio::{
    actions::GenerateAction,
    commands::Command,
    context::Context,
    document::{
        asked::{self, is_free},
        with_take::Foreseen,
    },
    page::Page,
    services::models::Model,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, part_title},
    words::{list, list_of_names},
};

/// Draws the model that writes, and its parts.
pub fn ui(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    widgets::caption(ui, "Model");
    let models = match &context.services.models.list {
        None => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(RichText::new("Looking for models").color(theme.text_muted));
            });
            return;
        }
        Some(models) if models.is_empty() => {
            widgets::card(ui, false).show(ui, |ui| {
                widgets::empty_state(
                    ui,
                    Icon::Brain,
                    "No model yet",
                    "A model writes the other parts. Train your own: it takes a folder of MIDI files and some time",
                );
                ui.vertical_centered(|ui| {
                    if widgets::text_button(ui, Icon::ChartSpline, "Train a model", None).clicked() {
                        context.ask(Command::Show(Page::Train));
                    }
                });
            });
            return;
        }
        Some(_) => context.services.models.by_origin(),
    };
    let response = picker(ui, context.services.models.chosen());
    Popup::menu(&response).width(320.0).show(|ui| {
        let height = (ui.ctx().content_rect().height() - 200.0).clamp(120.0, 480.0);
        ui.spacing_mut().scroll.floating = false; // that there are more models is seen at once
        widgets::scroll(ui, ScrollArea::vertical().max_height(height).auto_shrink([false, true]), |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            for (title, of_origin) in &models {
                if models.len() > 1 {
                    widgets::caption(ui, *title);
                }
                for &(index, model) in of_origin {
                    let chosen = index == context.services.models.index;
                    if model_card(ui, model, chosen).clicked() && model.card.is_ok() {
                        context.ask(GenerateAction::ChooseModel(index));
                        ui.close();
                    }
                }
            }
        });
    });
    if let Some(Err(reason)) = context.services.models.chosen().map(|model| &model.card) {
        ui.label(RichText::new(reason).size(size::CAPTION).color(Theme::of(ui).warning));
    }
}

/// The model that writes, as a button that opens the list of them.
fn picker(ui: &mut Ui, model: Option<&Model>) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::click());
    let title = model.map_or("Choose a model", Model::title);
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Model: {title}")));
    let ground = if response.hovered() { theme.raised_hover } else { theme.raised };
    ui.painter().rect_filled(rect, theme::corners(radius::L), ground);
    widgets::focus_ring(ui, &response, rect);
    let icon = |x: f32| Rect::from_center_size(pos2(x, rect.center().y), vec2(16.0, 16.0));
    widgets::paint_icon(ui, icon(rect.left() + 20.0), Icon::Brain, 15.0, theme.accent);
    widgets::paint_icon(ui, icon(rect.right() - 16.0), Icon::ChevronDown, 14.0, theme.text_muted);
    let inside = Rect::from_min_max(rect.min + vec2(36.0, 0.0), rect.max - vec2(32.0, 0.0));
    let mut line = ui.new_child(UiBuilder::new().max_rect(inside).layout(Layout::left_to_right(Align::Center)));
    line.add(Label::new(theme::strong(title, size::BODY)).truncate().selectable(false));
    if let Some(Ok(card)) = model.map(|model| &model.card)
        && !card.style.is_empty()
        && card.style != title
    {
        let style = RichText::new(&card.style).size(size::CAPTION).color(theme.text_faint);
        line.add(Label::new(style).truncate().selectable(false));
    }
    response.on_hover_text("The model that writes the accompaniment")
}

/// Which of the model's parts are written, a switch each.
pub fn parts_to_write(context: &Context<'_>, ui: &mut Ui) {
    let Some(Ok(card)) = context.services.models.chosen().map(|model| &model.card) else { return };
    if card.parts.is_empty() {
        return;
    }
    widgets::caption(ui, "Parts to generate");
    let replaced = foreseen(context).own;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        for part in &card.parts {
            let own: Vec<usize> = replaced
                .iter()
                .copied()
                .filter(|index| context.document.history.committed().parts[*index].role == part.role)
                .collect();
            let why_not = (!is_free(part, &card.parts, context.document.score()))
                .then(|| format!("{} is locked: unlock it in the list of parts to write it again", part.name));
            let wanted = why_not.is_none() && !context.preferences().left_out.contains(&part.name);
            let icon = if wanted { Icon::Check } else { Icon::Minus };
            let button = Button::selectable(wanted, (theme::icon_sized(icon, 12.0), part.name.as_str()))
                .wrap_mode(TextWrapMode::Extend);
            let response = ui.add_enabled(why_not.is_none(), button);
            let name = format!("Write {}", part.name);
            response.widget_info(|| WidgetInfo::selected(Role::CheckBox, why_not.is_none(), wanted, &name));
            if response.clicked() {
                context.ask(GenerateAction::WritePart(part.name.clone(), !wanted));
            }
            match why_not {
                Some(reason) => response.on_disabled_hover_text(reason),
                None if wanted && !own.is_empty() => response.on_hover_text(format!(
                    "Generate writes this part in place of the {}; click to keep that",
                    names_of(&own, context)
                )),
                None if wanted => response.on_hover_text("Generate writes this part; click to leave it unchanged"),
                None => response.on_hover_text("Generate leaves this part unchanged; click to include it"),
            };
        }
    });
}

/// The parts that are written as things are set now, as a list.
pub fn parts_written(context: &Context<'_>) -> Option<String> {
    let card = context.services.models.chosen()?.card.as_ref().ok()?;
    let is_written = |part: &&PartSpec| {
        is_free(part, &card.parts, context.document.score()) && !context.preferences().left_out.contains(&part.name)
    };
    let names: Vec<&str> = card.parts.iter().filter(is_written).map(|part| part.name.as_str()).collect();
    (!card.parts.is_empty()).then(|| if names.is_empty() { "No parts".to_owned() } else { names.join(", ") })
}

/// What takes would leave of the composition as things are set now.
pub fn foreseen(context: &Context<'_>) -> Foreseen {
    let Some(Ok(card)) = context.services.models.chosen().map(|model| &model.card) else { return Foreseen::default() };
    let (document, preferences) = (context.document, context.preferences());
    let score = document.history.committed();
    asked::foreseen(score, &document.takes, &card.parts, &preferences.left_out, preferences.introduction)
}

/// What parts of the score are called, as in a sentence.
pub fn names_of(parts: &[usize], context: &Context<'_>) -> String {
    let score = context.document.history.committed();
    let names: Vec<String> = parts.iter().map(|index| part_title(&score.parts[*index])).collect();
    list_of_names(&names)
}

fn part_names(card: &ModelCard) -> Vec<&str> {
    card.parts.iter().map(|part| part.name.as_str()).collect()
}

fn model_card(ui: &mut Ui, model: &Model, chosen: bool) -> Response {
    let frame = widgets::card(ui, chosen);
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        // a menu would stretch the lines
        ui.with_layout(Layout::top_down(Align::Min), |ui| card_text(model, chosen, ui));
    });
    let response = ui.interact(shown.response.rect, ui.scope_id().with(("model", &model.folder.path)), Sense::click());
    let title = model.title().to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, format!("Model {title}")));
    if chosen {
        widgets::begin_at(&response);
    }
    widgets::focus_ring(ui, &response, shown.response.rect);
    response
}

/// What a card of the list says of its model.
fn card_text(model: &Model, chosen: bool, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal(|ui| {
        ui.label(theme::icon(Icon::Brain).color(if chosen { theme.accent } else { theme.text_muted }));
        ui.add(Label::new(theme::strong(model.title(), size::BODY)).truncate());
    });
    match &model.card {
        // this is enough for those that do not write
        Ok(card) if !chosen => {
            let parts = part_names(card);
            let line = if parts.is_empty() { card.style.clone() } else { list(&parts) };
            if !line.is_empty() {
                ui.label(RichText::new(line).size(size::CAPTION).color(theme.text_faint));
            }
        }
        Ok(card) => {
            if !card.style.is_empty() && card.style != model.title() {
                ui.label(RichText::new(&card.style).size(12.0).color(theme.text_muted));
            }
            let parts = part_names(card);
            if !parts.is_empty() {
                ui.label(RichText::new(format!("Writes {}", list(&parts))).size(12.0).color(theme.text_muted));
            }
            if !card.data.is_empty() && card.data != card.style {
                ui.label(
                    RichText::new(format!("Trained on {}", card.data)).size(size::CAPTION).color(theme.text_faint),
                );
            }
        }
        Err(reason) => {
            ui.label(RichText::new(reason).size(size::CAPTION).color(theme.warning));
        }
    }
}
