//! What outlives a crash: the settings, and everything the library keeps. Written beside the window, whole or not at all.

mod autosave;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    generate::TakeResult,
    jobs::Jobs,
    preferences::{Preferences, WindowPlace},
};
use crate::{
    library::{
        autosave::{Autosave, OpenLibrary},
        paths, settings,
        store::{GenerationSettings, KeptTake, new_id, now_ms},
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
#[derive(Debug)]
pub struct Session {
    folders: Folders,
    /// The thread that writes; `None` until the library is open, and where there is no folder for it.
    autosave: Option<Autosave>,
    /// What it was handed last.
    handed: autosave::Handed,
    /// A prepared melody or an empty score, as it was taken: not the user's work until it is changed.
    pristine: Option<Arc<Score>>,
    /// How takes were made that were kept since.
    kept_takes: Vec<KeptTake>,
    /// Compositions that another window took further, and the copies that are this window's.
    copies: HashMap<u64, u64>,
    /// Why the last attempt to save failed, if it did.
    pub trouble: Option<String>,
    /// Whether closing the window was answered with a warning.
    warned: bool,
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
            kept_takes: Vec::new(),
            copies: HashMap::new(),
            trouble: None,
            warned: false,
            looked: false,
            settings: Writing::default(),
            place: None,
        }
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

    /// Keeps how a take was made that is kept, so that it can be made again.
    pub fn note_kept_take(&mut self, settings: &GenerationSettings, take: &TakeResult) {
        self.kept_takes.push(KeptTake {
            settings: GenerationSettings { seed: take.seed, ..settings.clone() },
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

impl super::state::Studio {
    /// Remembers where the window stands, once it has stood there for a moment.
    pub(super) fn remember_window(&mut self, ctx: &eframe::egui::Context) {
        let zoom = ctx.zoom_factor();
        let place = ctx.input(|input| {
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
        });
        let Some(mut place) = place.filter(|_| self.session.looked) else {
            return;
        };
        if let (true, Some(before)) = (place.maximised, self.preferences.window) {
            // the size to go back to
            place = WindowPlace { maximised: true, ..before };
        }
        if self.preferences.window == Some(place) {
            return;
        }
        if self.session.place.replace(place) == Some(place) {
            self.preferences.window = Some(place);
            self.session.keep_preferences(&self.jobs, &self.preferences);
        } else {
            ctx.request_repaint_after(std::time::Duration::from_millis(300));
        }
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
