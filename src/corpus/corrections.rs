//! Roles that people set right: a small file in the folder of MIDI files, so that it goes where the files go.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::engine_client::run_folder;
use crate::music::Role;
use crate::whole_file;

/// The file, in the folder that it is about.
pub const CORRECTIONS_FILE: &str = "cantus-roles.json";
/// In place of a file's name: all files.
pub const ALL_FILES: &str = "*";

/// What tracks are, by file (without `.mid`, or [`ALL_FILES`]) and track (its name, or its number where it has none).
/// `None` leaves the track out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Corrections(pub BTreeMap<String, BTreeMap<String, Option<Role>>>);

impl Corrections {
    /// Those of a folder; none, where the file is missing.
    ///
    /// # Errors
    /// It is there, but cannot be read.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(CORRECTIONS_FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = run_folder::read_small(&path).ok_or_else(|| format!("{CORRECTIONS_FILE} cannot be read"))?;
        serde_json::from_str(&text).map_err(|error| format!("{CORRECTIONS_FILE} cannot be read ({error})"))
    }

    /// Keeps them in a folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let path = folder.join(CORRECTIONS_FILE);
        if self.0.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        whole_file::replace(&path, &serde_json::to_vec_pretty(self)?)
    }

    /// What a track of a file is said to be, if anything is.
    pub fn of(&self, file: &str, track: &str) -> Option<Option<Role>> {
        let in_entry = |entry: &str| self.0.get(entry)?.get(track).copied();
        in_entry(file).or_else(|| in_entry(ALL_FILES))
    }

    /// All that is said of a file, or of all files.
    pub fn about(&self, file: &str) -> [Option<&BTreeMap<String, Option<Role>>>; 2] {
        [self.0.get(file), self.0.get(ALL_FILES)]
    }

    /// Says what a track is; nothing any more, where `role` is `None`.
    pub fn set(&mut self, file: &str, track: &str, role: Option<Option<Role>>) {
        if let Some(role) = role {
            self.0.entry(file.to_owned()).or_default().insert(track.to_owned(), role);
        } else {
            if let Some(tracks) = self.0.get_mut(file) {
                tracks.remove(track);
            }
            self.0.retain(|_, tracks| !tracks.is_empty());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_its_own_goes_before_all_files() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Corrections::read(folder.path()), Ok(Corrections::default()));
        let mut corrections = Corrections::default();
        corrections.set(ALL_FILES, "Flute", Some(Some(Role::Melody)));
        corrections.set("a", "Flute", Some(None));
        corrections.write(folder.path()).unwrap();
        let read = Corrections::read(folder.path()).unwrap();
        assert_eq!(read, corrections);
        assert_eq!(read.of("a", "Flute"), Some(None));
        assert_eq!((read.of("b", "Flute"), read.of("b", "Oboe")), (Some(Some(Role::Melody)), None));
        corrections.set("a", "Flute", None);
        corrections.set(ALL_FILES, "Flute", None);
        corrections.write(folder.path()).unwrap();
        assert!(!folder.path().join(CORRECTIONS_FILE).exists());
        std::fs::write(folder.path().join(CORRECTIONS_FILE), "{\"a\": {\"b\": \"kazoo\"}}").unwrap();
        assert!(Corrections::read(folder.path()).unwrap_err().contains("kazoo"));
    }
}
