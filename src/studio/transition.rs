//! TRANSITION, to be deleted: what tests call.
#![allow(missing_docs)]
use std::path::PathBuf;

use super::{
    actions::{EngineAction, FileAction},
    commands::execute::files,
    services::{files::Purpose, models::Model, preferences::Preferences},
    state::Studio,
};
use crate::music::Tick;

impl Studio {
    pub fn is_playing(&self) -> bool {
        self.services.is_playing()
    }
    pub fn playhead(&self) -> Tick {
        self.services.playhead()
    }
    pub fn change_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        self.services.change_preferences(change);
    }
    pub fn take_models(&mut self, found: Vec<Model>, wanted: Option<&str>) {
        self.services.preferences.model = wanted.map(str::to_owned);
        self.execute(EngineAction::ModelsFound(found).into());
    }
    pub fn take_path(&mut self, purpose: Purpose, path: PathBuf) {
        self.take_paths(purpose, vec![path]);
    }
    pub fn take_paths(&mut self, purpose: Purpose, paths: Vec<PathBuf>) {
        self.services.ask(FileAction::Take(purpose, paths));
    }
    pub(super) fn take_dropped_files(&mut self, ctx: &eframe::egui::Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        files::take_any(self, dropped);
    }
}
