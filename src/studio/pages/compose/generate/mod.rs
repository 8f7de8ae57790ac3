//! The right panel: which model writes, how boldly, the one button, and the takes to choose from.

use eframe::egui::{
    Align, Align2, Frame, Layout, Margin, Panel, ProgressBar, Response, RichText, Role, ScrollArea, Sense, TextEdit,
    Ui, WidgetInfo, pos2, vec2,
};

use crate::music::Part;
use crate::studio::{
    actions::{EngineAction, GenerateAction},
    commands::{
        Command,
        buttons::{command_button, command_icon},
    },
    context::Context,
    page::Page,
    pages::compose::midi_learn_menu::midi_learn_menu,
    services::{engine::EngineState, midi_learn::Turned, models::Model},
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton, small_roll::paint_small_roll},
    words::list,
};

/// How high the panel must be, in points, for what stays in sight at its foot; in a lower one all of it scrolls.
const ROOM_FOR_FEET: f32 = 230.0;

/// How many takes can be asked for.
const TAKES: std::ops::RangeInclusive<u32> = 1..=6;

/// What the panel is set to.
#[derive(Clone, Debug)]
pub struct GenerateSettings {
    /// The same seed gives the same notes.
    pub seed: u64,
    /// Whether each composition draws a new seed.
    pub new_seed: bool,
}

impl Default for GenerateSettings {
    fn default() -> Self {
        Self { seed: 1, new_seed: true }
    }
}

/// Draws the panel.
pub fn ui(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    widgets::section(ui, "Generate", |_| {});
    let has_takes = !context.document.takes.results.is_empty();
    if ui.available_height() < ROOM_FOR_FEET {
        ScrollArea::vertical().id_salt("generate").auto_shrink([false, false]).show(ui, |ui| {
            generate_button(context, ui);
            if has_takes {
                keep_take(context, ui);
            }
            ui.add_space(space::M);
            what_is_generated(settings, context, ui);
        });
        return;
    }
    if has_takes {
        // Below what scrolls: keeping a take is what all of this is for, and must never be out of sight.
        Panel::bottom("keep take")
            .frame(Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO }))
            .resizable(false)
            .show(ui, |ui| keep_take(context, ui));
    }
    // and so with the one button, however many models there are
    Panel::bottom("generate now")
        .frame(Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO }))
        .resizable(false)
        .show(ui, |ui| generate_button(context, ui));
    ScrollArea::vertical()
        .id_salt("generate")
        .auto_shrink([false, false])
        .show(ui, |ui| what_is_generated(settings, context, ui));
}

/// The model, its settings and the takes, in the order of their use.
fn what_is_generated(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    model_choice(context, ui);
    ui.add_space(space::M);
    composition_settings(settings, context, ui);
    if !context.document.takes.results.is_empty() || context.services.engine.running.is_some() {
        ui.add_space(space::L);
        takes(context, ui);
    }
}

fn model_choice(context: &Context<'_>, ui: &mut Ui) {
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
        Some(models) => models.clone(),
    };
    ui.spacing_mut().item_spacing.y = 6.0;
    for (index, model) in models.iter().enumerate() {
        if model_card(ui, model, index == context.services.models.index).clicked() && model.card.is_ok() {
            context.ask(GenerateAction::ChooseModel(index));
        }
    }
}

fn composition_settings(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let mut preferences = context.preferences().clone();
    ui.spacing_mut().item_spacing.y = space::XS;
    let surprise = widgets::labelled_slider(
        ui,
        "Surprise",
        &mut preferences.surprise,
        "likely",
        "bold",
        "How far the model strays from what it finds likeliest",
    );
    midi_learn_menu(context, &surprise, Turned::Surprise);
    ui.add_space(space::XS);
    let density = widgets::labelled_slider(
        ui,
        "Density",
        &mut preferences.density,
        "sparse",
        "busy",
        "How many notes the parts have; the middle is what the model learned",
    );
    midi_learn_menu(context, &density, Turned::Density);
    ui.add_space(space::XS);
    ui.spacing_mut().interact_size.y = space::CONTROL;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Takes").color(theme.text_muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for takes in TAKES.rev() {
                if number_switch(ui, takes, takes == preferences.takes, &format!("{takes} takes")).clicked() {
                    preferences.takes = takes;
                }
            }
        });
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new("Seed").color(theme.text_muted))
            .on_hover_text("The same seed, model and settings give the same notes again");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (icon, hover) = if settings.new_seed {
                (Icon::Dices, "A new seed for each composition; click to keep this one")
            } else {
                (Icon::Lock, "This seed stays; click to draw a new one for each composition")
            };
            if IconButton::new(icon, "New seed each time").on(settings.new_seed).hover(hover).show(ui).clicked() {
                settings.new_seed = !settings.new_seed;
            }
            let mut text = settings.seed.to_string();
            let field = TextEdit::singleline(&mut text).desired_width(150.0).align(Align2::RIGHT_CENTER);
            if ui.add(field).accessible_name("Seed").changed()
                && let Ok(seed) = text.trim().parse()
            {
                settings.seed = seed;
                settings.new_seed = false;
            }
        });
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new("Intro bars").color(theme.text_muted))
            .on_hover_text("How many bars the band plays before the melody begins");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for bars in [4, 2, 0] {
                let name = if bars == 0 { "No intro".to_owned() } else { format!("Intro of {bars} bars") };
                if number_switch(ui, bars, bars == preferences.introduction, &name).clicked() {
                    preferences.introduction = bars;
                }
            }
        });
    });
    ui.checkbox(&mut preferences.on_grid, "On the grid")
        .on_hover_text("Every note exactly in time. Otherwise parts are played a little early or late, as people do");
    if preferences != context.services.preferences {
        context.change_preferences(move |now| {
            (now.surprise, now.density) = (preferences.surprise, preferences.density);
            (now.takes, now.on_grid) = (preferences.takes, preferences.on_grid);
            now.introduction = preferences.introduction;
        });
    }
}

fn generate_button(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    if let Some(running) = &context.services.engine.running {
        let done = context.document.takes.results.len() as f32;
        let within = if running.total > 0 { running.done as f32 / running.total as f32 } else { 0.0 };
        let share = within.max(done / running.wanted.max(1) as f32).clamp(0.02, 1.0);
        let label = format!("{} · take {} of {}", running.label, (done as u32 + 1).min(running.wanted), running.wanted);
        ui.label(RichText::new(label).color(theme.text_muted));
        ui.add(ProgressBar::new(share).desired_height(8.0).corner_radius(theme::corners(4)).fill(theme.accent));
        if widgets::text_button(ui, Icon::X, "Cancel", None).clicked() {
            context.ask(Command::CancelGenerate);
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        return;
    }
    let why_not = context.why_not(Command::Generate);
    let waiting = why_not.clone();
    if widgets::primary_button(ui, Icon::Sparkles, "Generate composition", why_not)
        .on_hover_text("Writes the other parts to your melody (G)")
        .clicked()
    {
        context.ask(Command::Generate);
    }
    match (&context.services.engine.state, waiting) {
        (EngineState::Failed(reason), _) => {
            ui.add_space(space::XS);
            ui.label(RichText::new(reason).size(size::CAPTION).color(theme.warning));
            if widgets::text_button(ui, Icon::RotateCcw, "Start the engine again", None).clicked() {
                context.ask(EngineAction::Start);
            }
        }
        (_, Some(reason)) => {
            widgets::caption(ui, reason);
        }
        (_, None) => {
            if let Some(seconds) = context.services.engine.last_seconds {
                widgets::caption(ui, format!("The last composition took {seconds:.1} s"));
            }
        }
    }
}

fn takes(context: &Context<'_>, ui: &mut Ui) {
    // however many models stand above, the first take of a composition comes into sight
    let has = !context.document.takes.results.is_empty();
    let id = ui.scope_id().with("had takes");
    let had = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default(id), has));
    if has && !had {
        ui.scroll_to_cursor(Some(Align::Min));
    }
    widgets::section(ui, "Takes", |ui| {
        command_icon(context, ui, Command::DropTakes);
        command_button(context, ui, Command::NextTake, IconButton::new(Icon::ChevronDown, "Next take"));
        command_button(context, ui, Command::PreviousTake, IconButton::new(Icon::ChevronUp, "Previous take"));
    });
    ui.spacing_mut().item_spacing.y = 6.0;
    let best = context
        .document
        .takes
        .results
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.rating.total_cmp(&b.1.rating))
        .map(|(index, _)| index);
    let end = context.document.score().end();
    let several = context.document.takes.results.len() > 1;
    let cards: Vec<(Response, bool, u64)> = context
        .document
        .takes
        .results
        .iter()
        .enumerate()
        .map(|(index, take)| {
            let heard = context.document.takes.audition == Some(index);
            let is_best = best == Some(index) && several && take.rating != 0.0;
            (take_card(ui, index, &take.parts, take.seed, end, heard, is_best), heard, take.seed)
        })
        .collect();
    for (index, (response, heard, seed)) in cards.into_iter().enumerate() {
        if response.clicked() {
            context.ask(GenerateAction::Audition(if heard { None } else { Some(index) }));
        }
        response.context_menu(|ui| {
            if ui.button("Use this take's seed").clicked() {
                context.ask(GenerateAction::UseSeed(seed));
                ui.close();
            }
        });
    }
}

fn keep_take(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let heard = context.document.takes.audition;
    ui.horizontal(|ui| {
        let keep = heard.map_or_else(|| "Keep this take".to_owned(), |take| format!("Keep take {}", take + 1));
        if widgets::text_button(ui, Icon::Check, &keep, context.why_not(Command::KeepTake)).clicked() {
            context.ask(Command::KeepTake);
        }
        if heard.is_some()
            && widgets::text_button(ui, Icon::Undo2, "Melody only", None)
                .on_hover_text("Listen to the score as it was")
                .clicked()
        {
            context.ask(GenerateAction::Audition(None));
        }
    });
    let hint = if heard.is_some() { "Click takes while it plays to compare them" } else { "Click a take to hear it" };
    ui.label(RichText::new(hint).size(size::CAPTION).color(theme.text_faint));
}

fn model_card(ui: &mut Ui, model: &Model, chosen: bool) -> Response {
    let theme = Theme::of(ui);
    let frame = widgets::card(ui, chosen);
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.label(theme::icon(Icon::Brain).color(if chosen { theme.accent } else { theme.text_muted }));
            ui.add(eframe::egui::Label::new(theme::strong(model.title(), size::BODY)).truncate());
            // one line is enough for those that do not write
            if let (Ok(card), false) = (&model.card, chosen) {
                let parts: Vec<&str> = card.parts.iter().map(|part| part.name.as_str()).collect();
                let line = if parts.is_empty() { card.style.clone() } else { list(&parts) };
                let label = eframe::egui::Label::new(RichText::new(line).size(size::CAPTION).color(theme.text_faint));
                ui.add(label.truncate());
            }
        });
        match &model.card {
            Ok(_) if !chosen => {}
            Ok(card) => {
                if !card.style.is_empty() && card.style != model.title() {
                    ui.label(RichText::new(&card.style).size(12.0).color(theme.text_muted));
                }
                let parts: Vec<&str> = card.parts.iter().map(|part| part.name.as_str()).collect();
                if !parts.is_empty() {
                    ui.label(RichText::new(format!("Writes {}", list(&parts))).size(12.0).color(theme.text_muted));
                }
                if !card.data.is_empty() && card.data != card.style {
                    ui.label(
                        RichText::new(format!("Learned from {}", card.data))
                            .size(size::CAPTION)
                            .color(theme.text_faint),
                    );
                }
            }
            Err(reason) => {
                ui.label(RichText::new(reason).size(size::CAPTION).color(theme.warning));
            }
        }
    });
    let response = ui.interact(shown.response.rect, ui.scope_id().with(("model", &model.folder.path)), Sense::click());
    let title = model.title().to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, format!("Model {title}")));
    widgets::focus_ring(ui, &response, shown.response.rect);
    response
}

fn number_switch(ui: &mut Ui, number: u32, chosen: bool, name: &str) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    let ground = if chosen {
        theme.accent_soft
    } else if response.hovered() {
        theme.raised_hover
    } else {
        theme.raised
    };
    ui.painter().rect_filled(rect, theme::corners(radius::M), ground);
    widgets::focus_ring(ui, &response, rect);
    let color = if chosen { theme.accent } else { theme.text_muted };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, number, theme::bold(size::CAPTION), color);
    response
}

/// A take as a small picture of its notes.
fn take_card(ui: &mut Ui, index: usize, parts: &[Part], seed: u64, end: u32, heard: bool, best: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 64.0), Sense::click());
    let name = format!("Take {}", index + 1);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, heard, name.clone()));
    let ground = if heard {
        theme.accent_soft
    } else if response.hovered() {
        theme.raised_hover
    } else {
        theme.raised
    };
    ui.painter().rect_filled(rect, theme::corners(radius::L), ground);
    if heard {
        ui.painter().rect_stroke(
            rect,
            theme::corners(radius::L),
            eframe::egui::Stroke::new(1.0, theme.accent),
            eframe::egui::StrokeKind::Inside,
        );
    }
    widgets::focus_ring(ui, &response, rect);
    let icon = if heard { Icon::AudioLines } else { Icon::Play };
    let icon_rect = eframe::egui::Rect::from_center_size(pos2(rect.left() + 20.0, rect.top() + 18.0), vec2(14.0, 14.0));
    widgets::paint_icon(ui, icon_rect, icon, 14.0, if heard { theme.accent } else { theme.text_muted });
    let painter = ui.painter_at(rect);
    painter.text(
        pos2(rect.left() + 34.0, rect.top() + 18.0),
        Align2::LEFT_CENTER,
        &name,
        theme::bold(size::BODY),
        theme.text,
    );
    let notes: usize = parts.iter().map(|part| part.notes.len()).sum();
    let facts = format!("{notes} notes");
    painter.text(
        pos2(rect.right() - 12.0, rect.top() + 18.0),
        Align2::RIGHT_CENTER,
        facts,
        theme::regular(size::CAPTION),
        theme.text_faint,
    );
    let roll = eframe::egui::Rect::from_min_max(
        pos2(rect.left() + 12.0, rect.top() + 32.0),
        pos2(rect.right() - 12.0, rect.bottom() - 8.0),
    );
    painter.rect_filled(roll, theme::corners(radius::S), theme.sunken);
    paint_small_roll(ui, roll, parts, end, 1);
    let opinion = if best { "Discriminator's pick. " } else { "" };
    response.on_hover_text(format!("{opinion}Seed {seed}; right click to use it again"))
}
