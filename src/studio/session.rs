//! What outlives a crash: the score as it was a second ago, and the settings. Written beside the window, whole or not at all.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::{jobs::Jobs, preferences::Preferences, state::Studio, toasts::Tone};
use crate::{
    library::{paths, settings},
    music::{Score, edit},
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
    settings: Writing,
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
            settings: Writing::default(),
        }
    }

    /// Where things are kept.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    fn file(&self) -> Option<PathBuf> {
        self.folders.data.as_ref().map(|folder| folder.join("session.json"))
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

/// Writes a file so that it is there whole or as it was, never half.
///
/// # Errors
/// What the system says.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = new_file_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A file that is gone unless it is kept, readable for whom the user's other new files are.
///
/// # Errors
/// What the system says.
pub fn new_file_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask
    builder.tempfile_in(folder)
}

impl Studio {
    /// Reads settings and the last session beside the window.
    pub(super) fn restore(&mut self) {
        let file_of_settings = self.session.folders.settings.clone();
        let file = self.session.file();
        let wanted = self.pending_files.is_empty();
        let saved_revision = self.history.revision();
        self.session.saved = saved_revision;
        self.jobs.spawn("reading the last session", move |poster| {
            let preferences = file_of_settings.map(|path| Preferences::load(&path));
            let saved = file.filter(|_| wanted).and_then(|path| read(&path));
            poster.post(move |studio| {
                if let Some((preferences, told)) = preferences {
                    studio.preferences = preferences;
                    for text in told {
                        studio.toasts.add(Tone::Warning, super::status::sentence(&text));
                    }
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
    let read = read.map(|saved| Saved {
        score: Arc::new(in_order(Score::clone(&saved.score))),
        ..saved
    });
    if read.is_err() {
        // the next autosave must not overwrite what could not be read
        let _ = std::fs::rename(path, path.with_extension("unreadable.json"));
    }
    Some(read)
}

/// A score from outside as every other part of the program expects it: sorted, numbers in range, the melody there.
fn in_order(mut score: Score) -> Score {
    for index in 0..score.parts.len() {
        if let Some(part) = score.part_mut(index) {
            part.program = part.program.min(127);
            part.volume = part.volume.min(127);
            part.pan = part.pan.min(127);
            part.notes.iter_mut().for_each(|note| *note = edit::in_range(*note));
            part.sort();
        }
    }
    score.melody = score.melody.filter(|&melody| melody < score.parts.len());
    score
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
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::write(folder.path().join("plain"), b"").unwrap();
            write_whole(&folder.path().join("ours"), b"").unwrap();
            let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode("ours"), mode("plain"));
        }
    }
}
