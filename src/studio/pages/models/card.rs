//! A model: its name, what it says of itself, what can be done with it, its curves.

use eframe::egui::{Align, Grid, Label, Layout, Margin, RichText, TextEdit, Ui};

use super::ModelsPage;
use crate::{
    engine_client::{ModelCard, networks::NETWORKS},
    library::models::Origin,
    plural::{counted, with_minus},
    studio::{
        actions::{FileAction, GenerateAction, ListenAction, ModelsAction, TrainAction},
        context::Context,
        explanations::{measures_help, of_measure},
        services::{
            files::Purpose,
            models::Model,
            training::{
                data::{BUILTIN, data_title},
                run::{RunInfo, precision, started_from},
            },
        },
        theme::{self, Icon, Theme, space},
        widgets,
        words::list,
    },
};

/// Draws a model, with its place among all.
pub fn card(page: &mut ModelsPage, context: &Context<'_>, ui: &mut Ui, (index, model): (usize, &Model)) {
    let theme = Theme::of(ui);
    let chosen = index == context.services.models.index;
    widgets::card(ui, chosen)
        .fill(if chosen { theme.accent_soft } else { theme.surface })
        .inner_margin(Margin::same(20))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            if page.sought.take_if(|sought| *sought == model.folder.path).is_some() {
                ui.scroll_to_cursor(Some(Align::Min));
            }
            ui.push_id(&model.folder.path, |ui| {
                title_line(page, context, ui, (index, model));
                match &model.card {
                    Ok(card) => details(ui, model, card, context),
                    Err(reason) => drop(ui.label(RichText::new(reason).color(theme.warning))),
                }
                buttons(page, context, ui, model);
                curves(page, ui, model);
            });
        });
}

/// Its name, and whether it is in use.
fn title_line(page: &mut ModelsPage, context: &Context<'_>, ui: &mut Ui, (index, model): (usize, &Model)) {
    let theme = Theme::of(ui);
    let chosen = index == context.services.models.index;
    ui.horizontal(|ui| {
        ui.label(theme::icon_sized(Icon::Brain, 18.0).color(if chosen { theme.accent } else { theme.text_muted }));
        title(page, context, ui, model);
        if chosen {
            let badge = widgets::badge(ui, "In use", theme.accent);
            badge.on_hover_text("Generate composition on the Compose page writes with this model");
        }
        if let Some(run) = under_way(context, model) {
            let words = format!("Learning, {} of {}", run.status.iteration, run.total());
            widgets::badge(ui, &words, theme.success);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let use_it = !chosen && model.card.is_ok();
            if use_it && widgets::text_button(ui, Icon::Check, "Use this model", None).clicked() {
                context.ask(GenerateAction::ChooseModel(index));
            }
        });
    });
}

/// Its training, while it is under way.
fn under_way<'a>(context: &Context<'a>, model: &Model) -> Option<&'a RunInfo> {
    context.services.training.run(&model.folder.path).filter(|run| run.alive)
}

/// Its name, or the field for another one.
fn title(page: &mut ModelsPage, context: &Context<'_>, ui: &mut Ui, model: &Model) {
    let Some((_, text)) = page.renaming.as_mut().filter(|(of, _)| *of == model.folder.path) else {
        ui.label(theme::strong(model.title(), 15.0));
        return;
    };
    let response =
        widgets::text_field(ui, TextEdit::singleline(text).desired_width(260.0)).accessible_name("Name of the model");
    if response.lost_focus() {
        let name = text.trim().to_owned();
        page.renaming = None;
        let is_left = widgets::given_up(ui) || name.is_empty() || name == model.title();
        if !is_left {
            context.ask(ModelsAction::Rename(model.folder.clone(), name));
        }
    } else if !response.has_focus() {
        response.request_focus();
    }
}

fn details(ui: &mut Ui, model: &Model, card: &ModelCard, context: &Context<'_>) {
    let theme = Theme::of(ui);
    let run = under_way(context, model);
    if !card.about.is_empty() {
        ui.label(RichText::new(&card.about).color(theme.text_muted));
    }
    let parts: Vec<&str> = card.parts.iter().map(|part| part.name.as_str()).collect();
    let network = NETWORKS.iter().find(|network| network.name == card.network);
    let facts = [
        ("Style", style(card)),
        ("Writes", list(&parts)),
        ("Trained on", data_title(&card.data)),
        ("Network", network.map_or_else(|| card.network.clone(), |network| network.title.to_owned())),
        (
            "Started from",
            card.training
                .as_ref()
                .map_or_else(String::new, |training| started_from(training, &context.services.models)),
        ),
        ("Trained for", trained_for(card, run)),
        ("Precision", card.training.as_ref().map_or("", precision).to_owned()),
        ("Licence", card.licence.clone()),
        ("Folder", model.folder.path.display().to_string()),
    ];
    Grid::new("facts").num_columns(2).spacing([24.0, 4.0]).min_row_height(18.0).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            ui.label(RichText::new(*name).color(theme.text_faint));
            ui.add(Label::new(RichText::new(value).color(theme.text_muted)).wrap());
            ui.end_row();
        }
    });
    let measures: Vec<(&str, f64)> =
        card.measures.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?))).collect();
    let is_own = model.folder.origin == Origin::User;
    if measures.is_empty() && !is_own && run.is_none() {
        return; // its card in the documents has them
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Measured").color(theme.text_faint));
        measures_help(ui, measures.iter().map(|(name, _)| *name));
        for (name, value) in &measures {
            let value = with_minus(format_args!("{value:.2}"));
            let chip = widgets::badge(ui, &format!("{} {value}", name.replace('_', " ")), theme.text_muted);
            let about = of_measure(name);
            if !about.is_empty() {
                chip.on_hover_text(about);
            }
        }
        if measures.is_empty() {
            let words = if run.is_some() {
                "Not measured yet: it will be when its training is complete"
            } else {
                "Not measured yet: train it further, and it is measured at the end"
            };
            ui.label(RichText::new(words).color(theme.text_muted));
        }
    });
}

/// For how long it has learned; nothing where that is not at all. The card of one that learns is of its last
/// checkpoint.
fn trained_for(card: &ModelCard, run: Option<&RunInfo>) -> String {
    let iterations = run.map_or(0, |run| run.status.iteration).max(card.iterations);
    match (iterations, run) {
        (0, _) if card.training.is_some() => "0 iterations so far".to_owned(),
        (0, _) => String::new(),
        (_, Some(_)) => format!("{} so far", counted(iterations as usize, "iteration")),
        (_, None) => counted(iterations as usize, "iteration"),
    }
}

/// What it writes, as people say it: a training on a built-in corpus names its style by the corpus.
fn style(card: &ModelCard) -> String {
    let builtin = BUILTIN.iter().find(|(name, _)| *name == card.style);
    builtin.map_or_else(|| card.style.clone(), |(_, title)| (*title).to_owned())
}

fn buttons(page: &mut ModelsPage, context: &Context<'_>, ui: &mut Ui, model: &Model) {
    let folder = &model.folder.path;
    let unread = model.card.as_ref().err();
    let own = context.services.why_not_change(model);
    let button = |ui: &mut Ui, icon, words: &str, hover: &str, why_not: Option<&String>| {
        let response = widgets::text_button(ui, icon, words, why_not.cloned())
            .accessible_name(format!("{words} {}", model.title()));
        let response = if hover.is_empty() { response } else { response.on_hover_text(hover) };
        response.clicked()
    };
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        let heard = page.heard.as_ref().filter(|(of, _)| of == folder);
        let is_heard = heard.is_some_and(|(_, score)| context.services.listening.is_heard(score));
        let hover = "Writes to the melody on the Compose page; nothing is kept";
        if is_heard {
            if button(ui, Icon::Square, "Stop", hover, None) {
                context.ask(ListenAction::Stop);
            }
        } else {
            let why_not = unread.cloned().or_else(|| why_not_hear(page, context));
            if button(ui, Icon::Play, "Listen", hover, why_not.as_ref()) {
                context.ask(ModelsAction::Listen(folder.clone()));
            }
        }
        if button(ui, Icon::ChartSpline, "Curves", "", unread)
            && page.curves.take().is_none_or(|(shown, _)| shown != *folder)
        {
            page.curves = Some((folder.clone(), None));
            context.ask(ModelsAction::ReadCurves(folder.clone()));
        }
        let hover = "A new model that starts from this one, with training data of your choice";
        if button(ui, Icon::Plus, "Train further", hover, unread) {
            context.ask(TrainAction::StartFrom(Box::new(model.clone())));
        }
        if button(ui, Icon::Copy, "Duplicate", "", unread) {
            context.ask(ModelsAction::Duplicate(model.folder.clone()));
        }
        if button(ui, Icon::FileOutput, "Export…", "", unread) {
            page.exported = Some(folder.clone());
            context.ask(FileAction::Ask(Purpose::ExportModel));
        }
        if button(ui, Icon::Pencil, "Rename", "", own.as_ref()) {
            page.renaming = Some((folder.clone(), model.title().to_owned()));
        }
        if button(ui, Icon::Trash2, "Delete", "", own.as_ref()) {
            context.ask(ModelsAction::Delete(Box::new(model.clone())));
        }
        if under_way(context, model).is_some() {
            widgets::caption(ui, "Rename and Delete wait until its training has ended");
        }
    });
}

/// Why no model can be heard now.
fn why_not_hear(page: &ModelsPage, context: &Context<'_>) -> Option<String> {
    let has_melody = context.document.score().melody_part().is_some_and(|part| !part.notes.is_empty());
    context
        .services
        .engine
        .why_not()
        .or_else(|| page.is_waiting().then(|| "A model is writing already".into()))
        .or_else(|| (!has_melody).then(|| "There is no melody to write to: choose one on the Compose page".into()))
}

fn curves(page: &mut ModelsPage, ui: &mut Ui, model: &Model) {
    let curves = page.curves.as_mut().filter(|(of, _)| *of == model.folder.path);
    let Some((_, curves)) = curves else { return };
    ui.add_space(space::M);
    match curves {
        Some(curves) => curves.show(ui, "This model has no curves"),
        None => drop(ui.spinner()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::{protocol::TrainRequest, run_folder::RunStatus};

    #[test]
    fn a_model_that_learns_tells_how_far_it_is() {
        let run = |iteration| RunInfo {
            folder: "waltz".into(),
            request: TrainRequest::default(),
            status: RunStatus { iteration, ..RunStatus::default() },
            alive: true,
        };
        let words = |iterations, run: Option<RunInfo>| {
            trained_for(&ModelCard { iterations, ..ModelCard::default() }, run.as_ref())
        };
        assert_eq!(words(0, Some(run(12))), "12 iterations so far");
        assert_eq!(words(10, Some(run(12))), "12 iterations so far");
        assert_eq!((words(0, Some(run(0))), words(0, None)), (String::new(), String::new()));
        assert_eq!(words(40, None), "40 iterations");
    }
}
