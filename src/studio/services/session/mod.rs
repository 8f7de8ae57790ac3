//! What outlives a crash: the settings, and everything the library keeps. Written beside the window, whole or not at
//! all.

mod autosave;
pub mod state;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::studio::services::{
    jobs::Jobs,
    preferences::{Preferences, WindowPlace},
};
use crate::studio::{actions::Action, toasts::Tone};
use crate::{
    library::{
        autosave::{Autosave, OpenLibrary},
        paths, settings,
        store::new_id,
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
    /// Where windows that share the data hand each other files; nobody else's folder.
    pub handover: Option<PathBuf>,
}

impl Folders {
    /// The user's own, or all in one folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        match folder {
            Some(folder) => Self {
                settings: Some(folder.join("settings.toml")),
                handover: Some(folder.join("window")),
                data: Some(folder),
            },
            None => Self {
                data: paths::data_folder().ok(),
                settings: paths::settings_file().ok(),
                handover: paths::handover_folder().ok(),
            },
        }
    }
}

/// Autosave.
pub struct Session {
    folders: Folders,
    /// The thread that writes; `None` until the library is open, and where there is no folder for it.
    autosave: Option<Autosave>,
    /// What it was handed last.
    handed: autosave::Handed,
    /// A prepared melody or an empty score, as it was taken: not the user's work until it is changed.
    pristine: Option<Arc<Score>>,
    /// Compositions that another window took further, and the copies that are this window's.
    copies: HashMap<u64, u64>,
    /// Why the last attempt to save failed, if it did.
    pub trouble: Option<String>,
    /// Whether the window is to close, whatever ends with it.
    pub closes: bool,
    /// Nothing is written before the last session was looked at.
    looked: bool,
    settings: Writing,
    /// Where the window stood in the last frame.
    place: Option<WindowPlace>,
}

impl Session {
    /// Kept there.
    pub fn new(folders: Folders) -> Self {
        Self {
            folders,
            autosave: None,
            handed: autosave::Handed::default(),
            pristine: None,
            copies: HashMap::new(),
            trouble: None,
            closes: false,
            looked: false,
            settings: Writing::default(),
            place: None,
        }
    }

    /// The user's data.
    pub fn data_folder(&self) -> Option<PathBuf> {
        self.folders.data.clone().or_else(|| paths::data_folder().ok())
    }

    /// Where the user's own models are.
    pub fn models_folder(&self) -> Option<PathBuf> {
        Some(self.data_folder()?.join("models"))
    }

    /// Where things are kept.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Has something done with the library beside the window; where it is not open, `work` is told why.
    pub fn ask(&self, work: impl FnOnce(Result<&mut OpenLibrary, &str>) + Send + 'static) {
        match &self.autosave {
            Some(autosave) => autosave.run(work),
            None => work(Err("The library is not open yet")),
        }
    }

    /// The id under which the library has this window's work on a composition.
    pub fn id_of(&self, id: u64) -> u64 {
        self.copies.get(&id).copied().unwrap_or(id)
    }

    /// A score that begins a composition of its own and is not yet the user's work: a prepared melody, or an empty one.
    pub fn begin(&mut self, score: Score) -> Arc<Score> {
        let score = Arc::new(Score { id: new_id(), ..score });
        self.pristine = Some(Arc::clone(&score));
        score
    }

    /// Whether the last session was looked at, so that things are written from now on.
    pub fn has_looked(&self) -> bool {
        self.looked
    }

    /// The last session was looked at; the library's thread, where there is one.
    pub fn begin_keeping(&mut self, autosave: Option<Autosave>) {
        self.autosave = autosave;
        self.looked = true;
    }

    /// A composition was opened that the library has: everything of it is on the disk.
    pub fn note_opened(&mut self, id: u64) {
        self.pristine = None;
        self.handed = autosave::Handed::default();
        self.copies.remove(&id);
    }

    /// Another window took a composition further; this one goes on with a copy.
    pub fn note_copy(&mut self, id: u64, copy: u64) {
        self.copies.insert(id, copy);
    }

    /// Waits until all is on the disk, and ends the library's thread; whether that went well.
    pub fn finish(&mut self, patience: Duration) -> bool {
        self.autosave.take().is_none_or(|mut autosave| autosave.finish(patience))
    }

    /// Notes where the window stands; tells whether it has stood there since the last call.
    pub fn has_settled(&mut self, place: WindowPlace) -> bool {
        self.place.replace(place) == Some(place)
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
                poster.ask(Action::Say(Tone::Error, error.to_string()));
            }
        });
    }
}

/// Where the window stands, if that is known.
pub fn place_of(ctx: &eframe::egui::Context) -> Option<WindowPlace> {
    let zoom = ctx.zoom_factor();
    ctx.input(|input| {
        let viewport = input.viewport();
        let (inner, maximised) = (viewport.inner_rect?, viewport.maximized.unwrap_or(false));
        let corner = viewport.outer_rect.map(|outer| outer.min);
        let points = |points: f32| (points * zoom).round();
        Some(WindowPlace {
            x: corner.map(|corner| points(corner.x)),
            y: corner.map(|corner| points(corner.y)),
            width: points(inner.width()),
            height: points(inner.height()),
            maximised,
        })
    })
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
