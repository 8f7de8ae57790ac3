//! What outlives a crash: the score as it was a second ago, and the settings. Written beside the window, whole or not at all.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::{jobs::Jobs, preferences::Preferences, state::Studio};
use crate::{library::paths, music::Score};

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

/// What is saved of a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    version: u32,
    part: usize,
    score: Arc<Score>,
}

/// The layout of the session's file.
const VERSION: u32 = 1;
/// How long after an edit it is saved.
const QUIET: Duration = Duration::from_secs(1);
/// Larger sessions are not ours.
const MAX_BYTES: u64 = 256 << 20;

/// Autosave.
#[derive(Debug)]
pub struct Session {
    folders: Folders,
    /// The revision that is on disk, or on its way there.
    saved: u64,
    changed: Option<(u64, Instant)>,
    writing: bool,
    /// Whether the last attempt failed, so that it is told once.
    failed: bool,
    /// Nothing is written before the last session was looked at.
    looked: bool,
}

impl Session {
    /// Kept there.
    pub fn new(folders: Folders) -> Self {
        Self {
            folders,
            saved: 0,
            changed: None,
            writing: false,
            failed: false,
            looked: false,
        }
    }

    /// Where things are kept.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    fn file(&self) -> Option<PathBuf> {
        self.folders.data.as_ref().map(|folder| folder.join("session.json"))
    }

    /// Writes the settings beside the window.
    pub fn keep_preferences(&self, jobs: &Jobs, preferences: &Preferences) {
        let Some(path) = self.folders.settings.clone() else { return };
        let text = preferences.to_text();
        jobs.spawn("saving the settings", move |poster| {
            if let Err(error) = write_whole(&path, text.as_bytes()) {
                let told = format!("The settings could not be saved ({error}): {}", path.display());
                poster.post(move |studio| studio.fail(told));
            }
        });
    }
}

/// Writes a file so that it is there whole or as it was, never half.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

impl Studio {
    /// Reads settings and the last session beside the window.
    pub(super) fn restore(&mut self) {
        let settings = self.session.folders.settings.clone();
        let file = self.session.file();
        let wanted = self.pending_files.is_empty();
        let saved_revision = self.history.revision();
        self.session.saved = saved_revision;
        self.jobs.spawn("reading the last session", move |poster| {
            let preferences = settings.map(|path| Preferences::load(&path));
            let saved = file.filter(|_| wanted).and_then(|path| read(&path));
            poster.post(move |studio| {
                match preferences {
                    Some(Ok(preferences)) => studio.preferences = preferences,
                    Some(Err(told)) => studio.fail(told),
                    None => {}
                }
                studio.apply_preferences();
                match saved {
                    Some(Ok(saved)) if !saved.score.parts.is_empty() && studio.history.revision() == saved_revision => {
                        studio.history.reset(saved.score);
                        studio.part = saved.part.min(studio.score().parts.len().saturating_sub(1));
                        studio.session.saved = studio.history.revision();
                        studio.roll.show_all = true;
                        studio.tell("Your last session is back");
                    }
                    Some(Err(told)) => studio.fail(told),
                    _ => {}
                }
                studio.session.looked = true;
                studio.after_settings();
            });
        });
    }

    /// Saves a second after the last edit.
    pub(super) fn autosave(&mut self) {
        let revision = self.history.revision();
        let session = &mut self.session;
        if revision == session.saved || !session.looked {
            session.changed = None;
            return;
        }
        let since = match session.changed {
            Some((changed, since)) if changed == revision => since,
            _ => {
                session.changed = Some((revision, Instant::now()));
                self.ctx.request_repaint_after(QUIET + Duration::from_millis(20));
                return;
            }
        };
        let waited = since.elapsed();
        if waited < QUIET {
            self.ctx
                .request_repaint_after(QUIET.saturating_sub(waited) + Duration::from_millis(20));
        } else if !session.writing {
            self.save_now();
        }
    }

    fn save_now(&mut self) {
        let Some(path) = self.session.file() else { return };
        let saved = self.to_save();
        self.session.writing = true;
        self.session.saved = self.history.revision();
        self.jobs.spawn("saving the session", move |poster| {
            let written = write(&path, &saved);
            poster.post(move |studio| {
                studio.session.writing = false;
                match written {
                    Ok(()) => studio.session.failed = false,
                    Err(error) if !studio.session.failed => {
                        studio.session.failed = true;
                        studio.fail(format!("The session could not be saved ({error}): {}", path.display()));
                    }
                    Err(_) => {}
                }
            });
        });
    }

    fn to_save(&self) -> Saved {
        Saved {
            version: VERSION,
            part: self.part,
            score: Arc::clone(self.history.committed()),
        }
    }

    /// Saves before the window closes, on the spot.
    pub(super) fn save_at_exit(&mut self) {
        if self.history.revision() != self.session.saved
            && self.session.looked
            && let Some(path) = self.session.file()
            && let Err(error) = write(&path, &self.to_save())
        {
            log::error!("the session could not be saved at the end: {error}");
        }
    }
}

fn write(path: &Path, saved: &Saved) -> std::io::Result<()> {
    write_whole(path, &serde_json::to_vec(saved)?)
}

fn read(path: &Path) -> Option<Result<Saved, String>> {
    let told = |reason: String| format!("The last session could not be read ({reason}); it is kept: {}", path.display());
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Some(Err(told("it is too large".into())));
    }
    let read = std::fs::read(path)
        .map_err(|error| told(error.to_string()))
        .and_then(|bytes| serde_json::from_slice::<Saved>(&bytes).map_err(|error| told(error.to_string())));
    if read.is_err() {
        // the next autosave must not overwrite what could not be read
        let _ = std::fs::rename(path, path.with_extension("unreadable.json"));
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Part;

    #[test]
    fn a_session_comes_back_and_damage_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper").join("session.json");
        assert!(read(&path).is_none());
        let score = Score {
            title: "Mine".into(),
            parts: vec![Arc::new(Part::new("Lead", 4))],
            melody: Some(0),
            ..Score::default()
        };
        let saved = Saved {
            version: VERSION,
            part: 0,
            score: Arc::new(score),
        };
        write(&path, &saved).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().score, saved.score);
        std::fs::write(&path, b"{\"version\":1").unwrap();
        assert!(read(&path).unwrap().unwrap_err().contains("last session"));
        assert!(path.with_extension("unreadable.json").is_file() && !path.exists());
    }
}
