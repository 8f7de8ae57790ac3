//! SoundFonts: where they are, and loading them through the gate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

mod gate;
mod image;
mod riff;
mod search;
mod tables;
#[cfg(test)]
pub(super) mod testing;

pub use search::{SoundFontFile, find_soundfonts};

/// Files above this are not read; the largest fonts in use are about half of it.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// Cantus's own font, inside the program: there is always something to sound with.
const BUNDLED: &[u8] = include_bytes!("../../../soundfonts/cantus-gm.sf2");

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
    /// The gate did not let it through.
    #[error("the SoundFont is not usable: {reason}: {}", path.display())]
    Refused {
        /// What is wrong with it.
        reason: Refusal,
        /// The file.
        path: PathBuf,
    },
    /// The synthesiser did not take a checked font, or not that sample rate.
    #[error("the synthesiser could not start: {0}")]
    Synth(String),
}

/// What the gate found wrong with a SoundFont.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The header is another one.
    #[error("it is not a SoundFont")]
    NotASoundFont,
    /// An SF3, whose samples are Vorbis streams.
    #[error("compressed SoundFonts (SF3) are not read yet")]
    Compressed,
    /// An SF1 or something newer than SF2.
    #[error("version {0} of the format is not read, only version 2")]
    Version(u16),
    /// A chunk claims more bytes than there are.
    #[error("it ends in the middle of \"{0}\"")]
    Truncated(String),
    /// A chunk that must be there is not.
    #[error("\"{0}\" is missing")]
    Missing(&'static str),
    /// A chunk among the tables that does not belong there.
    #[error("\"{0}\" does not belong among its tables")]
    Unknown(String),
    /// A table whose size is no multiple of its records' size.
    #[error("\"{0}\" has an impossible size")]
    Size(&'static str),
    /// An index that is out of range or runs backwards.
    #[error("record {1} of \"{0}\" points outside its table")]
    Order(&'static str, usize),
    /// A sample that cannot be played.
    #[error("sample {index} {what}")]
    Sample {
        /// Which one, from 0.
        index: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// More of something than any real font has.
    #[error("it has {count} {what}, more than {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// The bound.
        most: usize,
    },
    /// Nothing that would sound.
    #[error("it has no instruments")]
    NoPresets,
}

/// A preset's place: the bank (128 for kits) and the program.
pub(super) type PresetPlace = (u16, u16);

/// A SoundFont in memory, found sound by the gate. Cheap to clone.
#[derive(Clone)]
pub struct SoundFont {
    name: Arc<str>,
    /// What the synth loads; written by us, see `image`.
    image: Arc<Vec<u8>>,
    /// Sorted.
    presets: Arc<[PresetPlace]>,
}

impl SoundFont {
    /// Reads and checks an SF2 file. Takes about 20 ms for 6 MB; not for the window's thread.
    ///
    /// # Errors
    /// Where the file cannot be read or is not a sound SF2; compressed SoundFonts (SF3) are not read yet.
    pub fn load(path: &Path) -> Result<Self, SoundFontError> {
        let unreadable = |reason| SoundFontError::Unreadable {
            reason,
            path: path.to_path_buf(),
        };
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAX_FILE_BYTES {
            return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::from_bytes(&name, &bytes).map_err(|reason| SoundFontError::Refused {
            reason,
            path: path.to_path_buf(),
        })
    }

    /// Checks an SF2 that is in memory already.
    ///
    /// # Errors
    /// Where it is not a sound SF2.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        let font = gate::check(bytes)?;
        let mut presets: Vec<PresetPlace> = font.presets.iter().map(|preset| (preset.bank, preset.program)).collect();
        presets.sort_unstable();
        presets.dedup();
        Ok(Self {
            name: name.into(),
            image: Arc::new(image::write(&font)),
            presets: presets.into(),
        })
    }

    /// The small General MIDI font that Cantus brings along.
    ///
    /// # Errors
    /// None, as a test sees to it that it passes the gate; the type leaves that to the gate.
    pub fn bundled() -> Result<Self, Refusal> {
        Self::from_bytes("Cantus GM", BUNDLED)
    }

    /// The best there is: the chosen file if it is sound, else the first sound one of [`find_soundfonts`], else the
    /// bundled one.
    pub fn best(chosen: Option<&Path>) -> Option<Self> {
        let found = find_soundfonts().into_iter().map(|file| file.path);
        let loaded = chosen
            .map(Path::to_path_buf)
            .into_iter()
            .chain(found)
            .find_map(|path| Self::load(&path).inspect_err(|error| log::warn!("{error}")).ok());
        loaded.or_else(|| Self::bundled().ok())
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many presets it has.
    pub fn preset_count(&self) -> usize {
        self.presets.len()
    }

    pub(super) fn image(&self) -> Arc<Vec<u8>> {
        Arc::clone(&self.image)
    }

    pub(super) fn presets(&self) -> Arc<[PresetPlace]> {
        Arc::clone(&self.presets)
    }
}

impl std::fmt::Debug for SoundFont {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SoundFont({}, {} presets)", self.name, self.presets.len())
    }
}
