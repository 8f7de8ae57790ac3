//! What trainings learn from: the built-in corpora by their names, and looking a corpus or a folder through.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::corpus::{self, Corrections, DatasetError, ReadOptions, Survey};
use crate::music::Role;

/// What names a built-in corpus begins with this.
const BUILTIN_PREFIX: &str = "builtin:";

/// The corpora that are built in: how a training names each, and what people call it.
pub const BUILTIN: [(&str, &str); 6] = [
    ("builtin:chorale", "Chorales"),
    ("builtin:pop", "Pop"),
    ("builtin:rock", "Rock"),
    ("builtin:jazz", "Jazz"),
    ("builtin:folk-rock", "Folk rock"),
    ("builtin:symphony", "Symphony"),
];

/// Whether a training on this reads a folder.
pub fn is_folder(data: &str) -> bool {
    !data.starts_with(BUILTIN_PREFIX)
}

/// What people call the data of a training: a folder by its path, a built-in corpus by its title.
pub fn data_title(data: &str) -> String {
    let builtin = BUILTIN.iter().find(|(name, _)| *name == data);
    builtin.map_or_else(|| data.to_owned(), |(_, title)| format!("{title} (built-in)"))
}

/// What people say a track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidRole {
    /// It has this role.
    Is(Role),
    /// It is no part of the piece.
    LeaveOut,
    /// It is what it was taken for by itself.
    AsFound,
}

/// What people say the tracks of a name in a data set are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The data set.
    pub folder: PathBuf,
    /// The file; [`corpus::ALL_FILES`] for all of them.
    pub file: String,
    /// The track's name.
    pub track: String,
    /// What it is.
    pub role: SaidRole,
}

impl Correction {
    /// Keeps it in the folder.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub fn keep(&self) -> Result<(), String> {
        let mut corrections = Corrections::read(&self.folder)?;
        let role = match self.role {
            SaidRole::Is(role) => Some(Some(role)),
            SaidRole::LeaveOut => Some(None),
            SaidRole::AsFound => {
                corrections.set(corpus::ALL_FILES, &self.track, None);
                None
            }
        };
        corrections.set(&self.file, &self.track, role);
        corrections.write(&self.folder).map_err(|error| error.to_string())
    }
}

/// A look through the data of a training, which the window watches while it goes on.
#[derive(Debug, Default)]
pub struct Scan {
    /// A folder of MIDI files, or `builtin:STYLE`.
    pub data: String,
    /// What the split into pieces to learn from and pieces held out follows from.
    pub seed: u64,
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

impl Scan {
    /// Of this data, not begun.
    pub fn new(data: &str, seed: u64) -> Self {
        Self { data: data.to_owned(), seed, ..Self::default() }
    }

    /// Pieces looked at, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Has it end soon.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Looks the data through, and calls `wake` now and then.
    ///
    /// # Errors
    /// Why the data cannot be trained on, or that this was cancelled.
    pub fn run(&self, wake: &dyn Fn()) -> Result<Survey, String> {
        let cache = crate::library::paths::cache_folder().ok();
        let options = ReadOptions { seed: self.seed, cache, ..ReadOptions::default() };
        let mut progress = |done: usize, total: usize| {
            self.total.store(total, Ordering::Relaxed);
            self.done.store(done, Ordering::Relaxed);
            if done.is_multiple_of(16) {
                wake();
            }
        };
        let read = corpus::read(&self.data, &options, &mut progress, &|| self.cancelled.load(Ordering::Relaxed));
        read.map(|dataset| Survey::of(&dataset)).map_err(|error| match error {
            DatasetError::Cancelled => "Scanning the data was cancelled".into(),
            error => error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;

    #[test]
    fn every_built_in_corpus_has_a_title() {
        let names = Style::ALL.map(|style| format!("{BUILTIN_PREFIX}{}", style.name()));
        assert_eq!(names.each_ref().map(String::as_str), BUILTIN.map(|(name, _)| name));
        assert_eq!(data_title("builtin:folk-rock"), "Folk rock (built-in)");
        assert_eq!((data_title("/music/bach").as_str(), is_folder("/music/bach")), ("/music/bach", true));
    }
}
