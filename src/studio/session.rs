//! What outlives a crash: the settings, and everything the library keeps. Written beside the window, whole or not at all.

mod autosave;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{generate::TakeResult, jobs::Jobs, preferences::Preferences};
use crate::{
    library::{
        keeper::{Desk, Keeper},
        paths, settings,
        store::{Making, Recipe, new_id, now_ms},
    },
    music::Score,
    whole_file,
};

/// Where things are kept.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    /// The session; `None` where the system names no folder.
    pub data: Option<PathBuf>,
    /// The settings' file.
    pub settings: Option<PathBuf>,
}

impl Folders {
    /// The user's own, or all in one folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        match folder {
            Some(folder) => Self {
                settings: Some(folder.join("settings.toml")),
                data: Some(folder),
            },
            None => Self {
                data: paths::data_folder().ok(),
                settings: paths::settings_file().ok(),
            },
        }
    }
}

/// Autosave.
#[derive(Debug)]
pub struct Session {
    folders: Folders,
    /// The thread that writes; `None` until the library is open, and where there is no folder for it.
    keeper: Option<Keeper>,
    /// What it was handed last.
    handed: autosave::Handed,
    /// A prepared melody or an empty score, as it was taken: not the user's work until it is changed.
    pristine: Option<Arc<Score>>,
    /// How takes were made that were kept since.
    makings: Vec<Making>,
    /// Why the last attempt to save failed, if it did.
    pub trouble: Option<String>,
    /// Nothing is written before the last session was looked at.
    looked: bool,
    settings: Writing,
}

impl Session {
    /// Kept there.
    pub fn new(folders: Folders) -> Self {
        Self {
            folders,
            keeper: None,
            handed: autosave::Handed::default(),
            pristine: None,
            makings: Vec::new(),
            trouble: None,
            looked: false,
            settings: Writing::default(),
        }
    }

    /// Where things are kept.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Has something done with the library beside the window; where it is not open, `work` is told why.
    pub fn ask(&self, work: impl FnOnce(Result<&mut Desk, &str>) + Send + 'static) {
        match &self.keeper {
            Some(keeper) => keeper.ask(work),
            None => work(Err("The library is not open yet")),
        }
    }

    /// Keeps how a take was made that is kept, so that it can be made again.
    pub fn note_making(&mut self, recipe: &Recipe, take: &TakeResult) {
        self.makings.push(Making {
            recipe: Recipe {
                seed: take.seed,
                ..recipe.clone()
            },
            parts: take.parts.clone(),
            made_ms: now_ms(),
        });
    }

    /// A score that begins a composition of its own and is not yet the user's work: a prepared melody, or an empty one.
    pub fn begin(&mut self, score: Score) -> Arc<Score> {
        let score = Arc::new(Score { id: new_id(), ..score });
        self.pristine = Some(Arc::clone(&score));
        score
    }

    /// Writes the settings beside the window; of several changes at once the last is what stays.
    pub fn keep_preferences(&self, jobs: &Jobs, preferences: &Preferences) {
        let Some(path) = self.folders.settings.clone() else { return };
        let latest = Arc::clone(&self.settings.latest);
        *latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(preferences.clone());
        let disk = Arc::clone(&self.settings.disk);
        jobs.spawn("saving the settings", move |poster| {
            let _writing = disk.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(preferences) = latest.lock().unwrap_or_else(PoisonError::into_inner).take() else {
                return;
            };
            if let Err(error) = settings::save(&path, &preferences) {
                poster.post(move |studio| studio.fail(error.to_string()));
            }
        });
    }
}

/// Settings on their way to the disk: the newest, and the turn to write.
#[derive(Debug, Default)]
struct Writing {
    latest: Arc<Mutex<Option<Preferences>>>,
    disk: Arc<Mutex<()>>,
}

/// Writes a file so that it is there whole or as it was, never half; its folder is made where it is missing.
///
/// # Errors
/// What the system says.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(whole_file::folder_of(path))?;
    whole_file::write(path, bytes)
}
