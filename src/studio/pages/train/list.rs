//! The runs at the left of the page.

use eframe::egui::{
    Align, Button, Color32, Label, Layout, Rect, Response, RichText, Role, ScrollArea, Sense, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use crate::engine_client::run_folder::RunState;
use crate::studio::services::training::asked::Asked;
use crate::studio::{
    actions::{FileAction, ModelsAction, TrainAction},
    context::Context,
    services::{files::Purpose, training::run::RunInfo},
    theme::{self, Icon, Theme, size, space},
    widgets,
    words::lower_first,
};

/// A new training, and all runs; the one in the folder `selected` is shown.
pub fn run_list(selected: Option<&std::path::Path>, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.label(theme::strong("Train", size::DISPLAY));
    ui.add_space(space::S);
    if list_row(ui, selected.is_none(), "New training", "Choose data and settings", theme.accent, Icon::Plus).clicked()
    {
        context.ask(TrainAction::Select(None));
    }
    ui.add_space(space::S);
    widgets::section(ui, "Trainings", |ui| {
        let open = widgets::IconButton::new(Icon::FolderOpen, "Open a training…");
        if open.hover("Open the folder of a training that was started elsewhere…").show(ui).clicked() {
            context.ask(FileAction::Ask(Purpose::Run));
        }
    });
    let training = &context.services.training;
    widgets::scroll(ui, ScrollArea::vertical().id_salt("runs").auto_shrink(false), |ui| {
        for run in training.runs() {
            let (words, color, icon) = state_of(run, training.asked(&run.folder), theme);
            let row = list_row(ui, selected == Some(&run.folder), &run.name(), &words, color, icon);
            if row.clicked() {
                context.ask(TrainAction::Select(Some(run.folder.clone())));
            }
            row.context_menu(|ui| run_menu(run, context, ui));
        }
        if training.runs().is_empty() {
            let words = if training.has_searched() {
                "None yet; those started with “cantus train” appear here, too"
            } else {
                "Looking…"
            };
            ui.label(RichText::new(words).size(size::CAPTION).color(theme.text_faint));
        }
    });
}

/// What can be done with the model that a run has made.
fn run_menu(run: &RunInfo, context: &Context<'_>, ui: &mut Ui) {
    let models = context.services.models.list.as_deref().unwrap_or_default();
    let model = models.iter().find(|model| model.folder.path == run.folder);
    let unknown = || "It is not among your models".to_owned();
    let why_not_show = model.is_none().then(unknown);
    let why_not_change = model.map_or_else(|| Some(unknown()), |model| context.services.why_not_change(model));
    let item = |ui: &mut Ui, words: &str, why_not: &Option<String>| {
        widgets::menu_item(ui, Button::new(words), words, why_not.clone())
    };
    let folder = || run.folder.clone();
    if item(ui, "Show in Models", &why_not_show) {
        context.ask(ModelsAction::Show(folder(), None));
    }
    if item(ui, "Rename…", &why_not_change) {
        context.ask(ModelsAction::Show(folder(), model.map(|model| model.title().to_owned())));
    }
    if item(ui, "Delete", &why_not_change)
        && let Some(model) = model
    {
        context.ask(ModelsAction::Delete(Box::new(model.clone())));
    }
}

/// A run's state in a few words, its colour and its sign; what it was asked for stands before what it is at.
pub fn state_of(run: &RunInfo, asked: Asked, theme: &Theme) -> (String, Color32, Icon) {
    let status = &run.status;
    if let Some(words) = asked.state(run).filter(|_| run.alive) {
        return (words, theme.warning, Icon::Hourglass);
    }
    let share = format!("{} of {}", status.iteration, status.total);
    if let Some(doing) = run.doing() {
        return (lower_first(doing), theme.text_muted, Icon::LoaderCircle);
    }
    match status.state {
        RunState::Starting if run.alive => ("starting".into(), theme.text_muted, Icon::LoaderCircle),
        RunState::Learning if run.alive => (format!("learning, {share}"), theme.success, Icon::Activity),
        RunState::Paused if run.alive => (format!("paused, {share}"), theme.warning, Icon::Pause),
        RunState::Complete => (format!("complete, {}", status.iteration), theme.text_muted, Icon::Check),
        RunState::Stopped => (format!("stopped, {share}"), theme.text_muted, Icon::Square),
        RunState::Failed => (format!("failed, {share}"), theme.error, Icon::TriangleAlert),
        _ => (format!("interrupted, {share}"), theme.warning, Icon::TriangleAlert),
    }
}

fn list_row(ui: &mut Ui, chosen: bool, name: &str, words: &str, color: Color32, icon: Icon) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("{name}, {words}")));
    if chosen || response.hovered() {
        let fill = if chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(6), fill);
    }
    widgets::focus_ring(ui, &response, rect);
    let sign = Rect::from_min_size(rect.min + vec2(8.0, 0.0), vec2(20.0, rect.height()));
    widgets::paint_icon(ui, sign, icon, 16.0, color);
    let inner = Rect::from_min_max(rect.min + vec2(36.0, 4.0), rect.max - vec2(8.0, 4.0));
    let mut inside = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    inside.spacing_mut().item_spacing.y = 0.0;
    inside.add(Label::new(RichText::new(name).color(theme.text)).truncate().selectable(false));
    inside.add(Label::new(RichText::new(words).size(size::CAPTION).color(color)).truncate().selectable(false));
    response
}
