//! Files that are written whole or not at all; and names for them that every system accepts.
//!
//! Knows bytes and folders, nothing of music.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How the names of unfinished files begin.
const UNFINISHED: &str = ".cantus-";

/// An unfinished file next to its final place, deleted unless it is kept.
#[derive(Debug)]
pub struct WholeFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl WholeFile {
    /// Begins a file that will be at `path`, with the permissions of the user's other new files.
    ///
    /// # Errors
    /// What the system says: no such folder, no permission to write there.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the user's mask
        Ok(Self { file: builder.prefix(UNFINISHED).tempfile_in(folder_of(path))?, path: path.to_owned() })
    }

    /// The file to write into.
    ///
    /// # Errors
    /// The system has no more handles.
    pub fn handle(&self) -> io::Result<File> {
        self.file.as_file().try_clone()
    }

    /// Where it is until it is kept, for writers that need a path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Puts it in its place, safely on the disk; a file that was there is replaced.
    ///
    /// # Errors
    /// What the system says; a file that was there is unchanged.
    pub fn keep(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.put()
    }

    fn put(self) -> io::Result<()> {
        self.file.persist(self.path)?;
        Ok(())
    }
}

/// Writes a whole file.
///
/// # Errors
/// What the system says; no unfinished file is left.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = WholeFile::create(path)?;
    file.handle()?.write_all(bytes)?;
    file.keep()
}

/// Writes a whole file that need not survive a loss of power, such as one that is written each second.
///
/// # Errors
/// What the system says; no unfinished file is left.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = WholeFile::create(path)?;
    file.handle()?.write_all(bytes)?;
    file.put()
}

/// Deletes the unfinished files that a killed program left in a folder. Only for folders to which nothing else is
/// writing.
pub fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            log::warn!("an unfinished file was not deleted ({error}): {}", entry.path().display());
        }
    }
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A title as a file's name, without an ending; empty if nothing of it is left.
pub fn name_from_title(title: &str) -> String {
    let kept: String = title
        .chars()
        .map(|letter| if letter.is_alphanumeric() || " -_.,'()".contains(letter) { letter } else { '_' })
        .take(80)
        .collect();
    let kept = kept.trim_matches(['.', ' ']);
    // names of devices on some systems, whatever comes after a dot
    let stem = kept.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered = |name: &str| stem.strip_prefix(name).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    if ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT") {
        return format!("_{kept}");
    }
    kept.to_owned()
}

#[cfg(test)]
mod tests;
