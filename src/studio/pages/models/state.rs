//! What the Models page keeps from one frame to the next.

use std::{path::PathBuf, sync::Arc};

use crate::{engine_client::protocol::RequestId, music::Score, studio::charts::Charts};

/// What the page shows, and the model that writes something to be heard.
#[derive(Default)]
pub struct ModelsPage {
    /// The model that gets another name, and what is typed.
    pub renaming: Option<(PathBuf, String)>,
    /// What was deleted last: its name, and where it waits.
    pub deleted: Option<(String, PathBuf)>,
    /// Since when that is said.
    pub deleted_since: Option<f64>,
    /// The model whose curves are shown, and they, once they were read.
    pub curves: Option<(PathBuf, Option<Charts>)>,
    /// The model that was heard last, and what it wrote.
    pub heard: Option<(PathBuf, Arc<Score>)>,
    /// The model that is exported where the next path says.
    pub exported: Option<PathBuf>,
    /// The model that is to come into sight.
    pub sought: Option<PathBuf>,
    /// The request of a model that writes something to be heard, and its folder.
    waiting: Option<(RequestId, PathBuf)>,
}

impl ModelsPage {
    /// A model writes something to be heard.
    pub fn wait_for(&mut self, id: RequestId, folder: PathBuf) {
        self.waiting = Some((id, folder));
    }

    /// Whether a model writes something to be heard.
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether this is what a model writes only to be heard.
    pub fn awaits(&self, id: RequestId) -> bool {
        self.waiting.as_ref().is_some_and(|(waiting, _)| *waiting == id)
    }

    /// Nothing comes any more; which model wrote, if one did.
    pub fn stop_waiting(&mut self) -> Option<PathBuf> {
        self.waiting.take().map(|(_, folder)| folder)
    }

    /// What the folder of the model is called that is to be exported.
    pub fn exported_name(&self) -> String {
        let name = self.exported.as_ref().and_then(|folder| folder.file_name());
        name.map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned())
    }
}
