//! TRANSITION, to be deleted: the old ways of the god object, for what is not converted yet.
#![allow(missing_docs)]
use std::path::PathBuf;

use super::{commands::Command, services::preferences::Preferences, state::Studio, widgets::IconButton};
use crate::music::{Part, Tick};
use eframe::egui::{Response, Ui};

impl Studio {
    pub fn fail(&mut self, text: impl Into<String>) {
        self.services.fail(text);
    }
    pub fn tell(&mut self, text: impl Into<String>) {
        self.services.tell(text);
    }
    pub fn is_playing(&self) -> bool {
        self.services.is_playing()
    }
    pub fn playhead(&self) -> Tick {
        self.services.playhead()
    }
    pub fn change_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        self.services.change_preferences(change);
    }
    pub fn keep_audition(&mut self) {
        self.document.keep_audition();
    }
    pub fn drop_audition(&mut self) {
        self.document.drop_audition();
    }
    pub(super) fn change_part(&mut self, index: usize, label: &str, change: impl FnOnce(&mut Part)) {
        self.document.edit_part(index, label, change);
    }
    pub(super) fn command_icon(&mut self, ui: &mut Ui, command: Command) -> Response {
        let states = self.command_states();
        super::commands::buttons::command_icon(&self.context(&states), ui, command)
    }
    pub(super) fn command_with(&mut self, ui: &mut Ui, command: Command, button: IconButton<'_>) -> Response {
        let states = self.command_states();
        super::commands::buttons::command_button(&self.context(&states), ui, command, button)
    }
    pub(super) fn learn_menu(&mut self, response: &Response, turned: super::services::midi_learn::Turned) {
        let states = self.command_states();
        super::pages::compose::learn_menu::learn_menu(&self.context(&states), response, turned);
    }
    pub(super) fn find_models(&mut self) {
        super::commands::execute::models::find(&self.services);
    }
    pub fn take_models(&mut self, found: Vec<super::services::models::Model>, wanted: Option<&str>) {
        self.services.preferences.model = wanted.map(str::to_owned);
        self.execute(super::actions::EngineAction::ModelsFound(found).into());
    }
    pub(super) fn set_tempo(&mut self, qpm: f64) {
        self.document.set_tempo(self.services.playhead(), qpm);
    }
    pub(super) fn preview_tempo(&mut self, qpm: f64) {
        self.document.preview_tempo(self.services.playhead(), qpm);
    }
    pub(super) fn remove_part(&mut self, index: usize) {
        self.document.remove_part(index);
    }
    pub(super) fn models_folder(&self) -> Option<PathBuf> {
        self.services.session.models_folder()
    }
    pub(super) fn training_data_folder(&self) -> Option<PathBuf> {
        self.services.session.data_folder()
    }
    pub(super) fn stop_recording(&mut self) {
        super::commands::execute::recording::stop(&mut self.document, &mut self.services);
    }
    pub(super) fn record(&mut self, stamped: crate::music::Stamped) {
        super::commands::execute::recording::record(&mut self.document, &self.services, stamped);
    }
    pub(super) fn trim_take(&mut self, span: std::ops::Range<Tick>) {
        self.services.ask(super::actions::RecordingAction::Trim(span));
    }
    pub fn ask(&mut self, purpose: super::services::files::Purpose) {
        self.services.ask(super::actions::FileAction::Ask(purpose));
    }
    pub fn take_path(&mut self, purpose: super::services::files::Purpose, path: PathBuf) {
        self.services.ask(super::actions::FileAction::Take(purpose, vec![path]));
    }
    pub fn take_paths(&mut self, purpose: super::services::files::Purpose, paths: Vec<PathBuf>) {
        self.services.ask(super::actions::FileAction::Take(purpose, paths));
    }
    pub(super) fn write_to(&mut self, purpose: super::services::files::Purpose, path: PathBuf) {
        self.services.ask(super::actions::FileAction::Write(purpose, path));
    }
    pub(super) fn take_dropped_files(&mut self, ctx: &eframe::egui::Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        super::commands::execute::files::take_any(self, dropped);
    }
    pub(super) fn read_project(&mut self, path: PathBuf) {
        self.take_path(super::services::files::Purpose::OpenProject, path);
    }
    pub(super) fn trained_now(&self) -> std::collections::BTreeSet<PathBuf> {
        let folders = self.services.models.list.iter().flatten().map(|model| &model.folder.path);
        folders.filter(|folder| self.is_trained_now(folder)).cloned().collect()
    }
}
