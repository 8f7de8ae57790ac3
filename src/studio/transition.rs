//! TRANSITION, to be deleted: the old ways of the god object, for what is not converted yet.
#![allow(missing_docs)]
use std::path::PathBuf;

use super::{
    actions::ListenAction, commands::CommandStates, context::Context, services::preferences::Preferences, state::Studio,
};
use crate::music::Tick;

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
    pub fn take_models(&mut self, found: Vec<super::services::models::Model>, wanted: Option<&str>) {
        self.services.preferences.model = wanted.map(str::to_owned);
        self.execute(super::actions::EngineAction::ModelsFound(found).into());
    }
    pub(super) fn stop_listening(&mut self) {
        self.execute(ListenAction::Stop.into());
    }
    pub(super) fn stop_recording(&mut self) {
        super::commands::execute::recording::stop(&mut self.document, &mut self.services);
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

    /// What is drawn from.
    pub(super) fn context<'a>(&'a self, commands: &'a CommandStates) -> Context<'a> {
        Context { document: &self.document, services: &self.services, commands, page: self.page }
    }
}
