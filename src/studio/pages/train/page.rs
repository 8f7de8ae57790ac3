//! The Train page: the runs at the left; at the right a new training's settings, or the run that is shown.

use eframe::egui::{Align, CentralPanel, Frame, Label, Layout, Panel, RichText, ScrollArea, Sense, Ui, vec2};

use crate::engine_client::run_folder::RunState;
use crate::studio::pages::train::watch::RunInfo;
use crate::studio::{
    services::files::Purpose,
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

const LIST_WIDTH: f32 = 256.0;

impl Studio {
    /// The page.
    pub(in crate::studio) fn train_page(&mut self, ui: &mut Ui) {
        self.watch_trainings();
        let theme = Theme::of(ui);
        Panel::left("trainings")
            .frame(Frame::new().fill(theme.surface).inner_margin(12.0))
            .exact_size(LIST_WIDTH)
            .resizable(false)
            .show(ui, |ui| self.run_list(ui));
        let frame = Frame::new().fill(theme.background);
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().id_salt("training").auto_shrink(false).show(ui, |ui| {
                Frame::new().inner_margin(24.0).show(ui, |ui| {
                    ui.set_max_width(ui.available_width().min(1280.0));
                    if self.pages.train.selected.is_some() {
                        self.run_page(ui);
                    } else {
                        self.new_training(ui);
                    }
                });
            });
        });
    }

    fn run_list(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.label(theme::strong("Train", size::DISPLAY));
        ui.add_space(space::S);
        let is_new = self.pages.train.selected.is_none();
        if list_row(ui, is_new, "New training", "Choose data and settings", theme.accent, Icon::Plus) {
            self.select_run(None);
        }
        ui.add_space(space::S);
        widgets::section(ui, "Trainings", |ui| {
            let open = widgets::IconButton::new(Icon::FolderOpen, "Open a training…");
            if open.hover("Open the folder of a training that was begun elsewhere…").show(ui).clicked() {
                self.ask(Purpose::Run);
            }
        });
        let runs = self.pages.train.runs.clone();
        ScrollArea::vertical().id_salt("runs").auto_shrink([false, false]).show(ui, |ui| {
            for run in &runs {
                let chosen = self.pages.train.selected.as_ref() == Some(&run.folder);
                let (words, color, icon) = state_of(run, theme);
                if list_row(ui, chosen, &run.name(), &words, color, icon) {
                    self.select_run(Some(run.folder.clone()));
                }
            }
            if runs.is_empty() {
                let words = if self.pages.train.searched {
                    "None yet; those begun by “cantus train” appear here too"
                } else {
                    "Looking…"
                };
                ui.label(RichText::new(words).size(size::CAPTION).color(theme.text_faint));
            }
        });
    }

    fn new_training(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.label(theme::strong("New training", size::TITLE));
        ui.label(
            RichText::new(
                "A generator learns to write parts, a critic learns to tell them from real ones. It goes on when the window closes",
            )
            .color(theme.text_muted),
        );
        ui.add_space(space::L);
        self.training_data(ui);
        self.training_settings(ui);
    }
}

/// A run's state in a few words, its colour and its sign.
pub(in crate::studio) fn state_of(run: &RunInfo, theme: &Theme) -> (String, eframe::egui::Color32, Icon) {
    let status = &run.status;
    let share = format!("{} of {}", status.iteration, status.total);
    match status.state {
        RunState::Starting if run.alive => ("starting".into(), theme.text_muted, Icon::LoaderCircle),
        RunState::Learning if run.alive => (format!("learning, {share}"), theme.success, Icon::Activity),
        RunState::Paused if run.alive => (format!("paused, {share}"), theme.warning, Icon::Pause),
        RunState::Complete => (format!("complete, {}", status.iteration), theme.text_muted, Icon::Check),
        RunState::Stopped => (format!("stopped, {share}"), theme.text_muted, Icon::Square),
        RunState::Failed => (format!("failed, {share}"), theme.error, Icon::TriangleAlert),
        _ => (format!("broken off, {share}"), theme.warning, Icon::TriangleAlert),
    }
}

fn list_row(ui: &mut Ui, chosen: bool, name: &str, words: &str, color: eframe::egui::Color32, icon: Icon) -> bool {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    response.widget_info(|| {
        eframe::egui::WidgetInfo::selected(eframe::egui::Role::Button, true, chosen, format!("{name}, {words}"))
    });
    if chosen || response.hovered() {
        let fill = if chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(6), fill);
    }
    widgets::focus_ring(ui, &response, rect);
    let sign = eframe::egui::Rect::from_min_size(rect.min + vec2(8.0, 0.0), vec2(20.0, rect.height()));
    widgets::paint_icon(ui, sign, icon, 16.0, color);
    let inner = eframe::egui::Rect::from_min_max(rect.min + vec2(36.0, 4.0), rect.max - vec2(8.0, 4.0));
    let mut inside = ui.new_child(eframe::egui::UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    inside.spacing_mut().item_spacing.y = 0.0;
    inside.add(Label::new(RichText::new(name).color(theme.text)).truncate().selectable(false));
    inside.add(Label::new(RichText::new(words).size(size::CAPTION).color(color)).truncate().selectable(false));
    response.clicked()
}
