//! TRANSITION, to be deleted: the old ways of the god object, for what is not converted yet.
#![allow(missing_docs)]
use std::{path::PathBuf, sync::Arc};

use super::{
    actions::{ListenAction, TrainAction},
    commands::Command,
    services::preferences::Preferences,
    state::Studio,
    widgets::IconButton,
};
use crate::music::{Part, Score, Tick};
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
    pub(super) fn start_engine(&mut self) {
        super::commands::execute::engine::start(&mut self.services);
    }
    pub(super) fn find_models(&mut self) {
        super::commands::execute::models::find(&self.services);
    }
    pub fn take_models(&mut self, found: Vec<super::services::models::Model>, wanted: Option<&str>) {
        self.services.preferences.model = wanted.map(str::to_owned);
        self.execute(super::actions::EngineAction::ModelsFound(found).into());
    }
    pub(super) fn choose_model(&mut self, index: usize) {
        super::commands::execute::models::choose(&mut self.services, index);
    }
    pub(super) fn compose(&mut self, settings: crate::library::store::GenerationSettings, takes: u32) {
        super::commands::execute::generate::compose(&mut self.document, &mut self.services, settings, takes);
    }
    pub(super) fn why_not_engine(&self) -> Option<String> {
        super::commands::execute::generate::why_not_engine(&self.services)
    }
    pub(super) fn compose_to_hear(&mut self, model: PathBuf) -> Option<u64> {
        let settings = crate::library::store::GenerationSettings {
            model_folder: model,
            seed: 1,
            surprise: self.services.preferences.surprise,
            density: self.services.preferences.density,
            score: Arc::clone(self.document.history.committed()),
            ..Default::default()
        };
        match self.services.engine.compose_to_hear(&settings) {
            Ok(id) => Some(id),
            Err(reason) => {
                super::commands::execute::engine::failed(&mut self.services, reason);
                None
            }
        }
    }
    pub(super) fn models_folder(&self) -> Option<PathBuf> {
        self.services.session.models_folder()
    }
    pub(super) fn run_has_moved(&mut self, from: &std::path::Path, to: Option<PathBuf>) {
        self.services.ask(TrainAction::RunMoved(from.to_owned(), to));
    }
    pub(super) fn is_trained_now(&self, folder: &std::path::Path) -> bool {
        self.services.training.is_running(folder)
    }
    pub(super) fn listen(&mut self, score: Arc<Score>) {
        self.execute(ListenAction::To(score).into());
    }
    pub(super) fn stop_listening(&mut self) {
        self.execute(ListenAction::Stop.into());
    }
    pub(super) fn is_heard(&self, score: &Arc<Score>) -> bool {
        self.services.listening.is_heard(score)
    }

    pub(super) fn stop_recording(&mut self) {
        super::commands::execute::recording::stop(&mut self.document, &mut self.services);
    }
    pub(super) fn autosave(&mut self) {
        super::commands::execute::session::save(self);
    }
    pub(super) fn take_composition(&mut self, composition: crate::library::store::Composition) {
        super::commands::execute::session::open(self, composition);
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

    pub(super) fn end_work(&mut self) {
        super::commands::execute::library::end_work(&mut self.document, &mut self.services);
    }
}
