//! SoundFonts: where they are, and loading them through the gate.
//!
//! A file is read strictly into tables (`gate`); compressed samples are decoded (`ogg`, `vorbis`, `sf3`) into a plain
//! SF2 file of ours (`cache`), which passes the gate in turn; and the synth gets an image that is written from the
//! tables (`image`), with the sample data straight from the file (`source`).

mod cache;
pub(super) mod error;
#[cfg(test)]
mod fuzz;
mod gate;
pub(super) mod image;
pub(super) mod loading;
mod ogg;
mod riff;
pub(super) mod search;
mod sf3;
mod source;
mod tables;
#[cfg(test)]
pub(super) mod testing;
mod vorbis;

use std::path::Path;
use std::sync::Arc;

use self::error::{LoadFault, Refusal, SoundFontError};
use self::image::Image;
use self::loading::{Loading, Stage};
use self::search::find_soundfonts;
use self::source::Source;
use self::tables::Font;

/// Files above this are not read; the largest fonts in use are about half of it.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// Cantus's own font, inside the program: there is always something to sound with.
const BUNDLED: &[u8] = include_bytes!("../../../soundfonts/cantus-gm.sf2");

/// An instrument or drum kit of a SoundFont.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// 0 to 127, or 128 for kits.
    pub bank: u16,
    /// 0 to 127.
    pub program: u8,
    /// As the file says; may be empty.
    pub name: String,
}

/// A SoundFont that passed the gate. Cheap to clone.
///
/// Only its tables are in memory: the synth reads the samples from the file, which stays open.
#[derive(Clone)]
pub struct SoundFont {
    name: Arc<str>,
    /// What the synth loads; written by us.
    image: Image,
    /// Sorted by bank and program, none twice.
    presets: Arc<[Preset]>,
    is_compressed: bool,
}

impl SoundFont {
    /// Reads and checks a file, SF2 or SF3, without a cache: see [`Self::load_with`].
    ///
    /// # Errors
    /// The file cannot be read or is refused.
    pub fn load(path: &Path) -> Result<Self, SoundFontError> {
        Self::load_with(path, &Loading::cached(None))
    }

    /// Reads and checks a file, SF2 or SF3 (by its content, whatever its name). An SF2 takes milliseconds, as only its
    /// tables are read; an SF3 takes seconds if it has to be decoded. Not to be called on the window's thread.
    ///
    /// # Errors
    /// The file cannot be read or is refused, its decoded form cannot be written, or it was cancelled.
    pub fn load_with(path: &Path, loading: &Loading<'_>) -> Result<Self, SoundFontError> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let load = || {
            (loading.progress)(Stage::Checking);
            let source = Source::open(path).map_err(LoadFault::Unreadable)?;
            if source.len() > MAX_FILE_BYTES {
                return Err(LoadFault::Unreadable(std::io::ErrorKind::FileTooLarge.into()));
            }
            Self::of(&name, source, loading)
        };
        load().map_err(|fault| fault.at(path))
    }

    /// Checks a font that is in memory already.
    ///
    /// # Errors
    /// It is refused, or compressed and its decoded form cannot be written.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, SoundFontError> {
        let loaded = Self::of(name, Source::Memory(bytes), &Loading::cached(None));
        loaded.map_err(|fault| fault.at(Path::new(name)))
    }

    /// The small General MIDI font that comes with Cantus.
    ///
    /// # Errors
    /// None: a test makes sure that it passes the gate.
    pub fn bundled() -> Result<Self, Refusal> {
        let source = Source::Static(BUNDLED);
        Ok(Self::new("Cantus GM", &gate::check(&source)?, source, false))
    }

    /// The best there is: the chosen file if it is accepted, else the first accepted one of [`find_soundfonts`] with
    /// the user's own folder, else the bundled one.
    pub fn best(chosen: Option<&Path>, own: Option<&Path>, loading: &Loading<'_>) -> Option<Self> {
        let found = find_soundfonts(own).into_iter().map(|file| file.path);
        let loaded = chosen
            .map(Path::to_path_buf)
            .into_iter()
            .chain(found)
            .find_map(|path| Self::load_with(&path, loading).inspect_err(|error| log::warn!("{error}")).ok());
        loaded.or_else(|| Self::bundled().ok())
    }

    fn of(name: &str, source: Source, loading: &Loading<'_>) -> Result<Self, LoadFault> {
        let font = gate::check(&source)?;
        if !font.is_compressed() {
            return Ok(Self::new(name, &font, source, false));
        }
        let entry = loading.cache.map(|folder| cache::Entry::of(&source, folder));
        let entry = entry.transpose().map_err(LoadFault::Unreadable)?;
        if let Some(kept) = entry.as_ref().and_then(cache::Entry::open)
            && let Ok(font) = gate::check(&kept)
        {
            return Ok(Self::new(name, &font, kept, true));
        }
        let (font, decoded) = decode(&font, &source, entry.as_ref(), loading)?;
        Ok(Self::new(name, &font, decoded, true))
    }

    fn new(name: &str, font: &Font, source: Source, is_compressed: bool) -> Self {
        let preset = |preset: &tables::Preset| Preset {
            bank: preset.bank,
            program: preset.program as u8, // the gate took none above 127
            name: preset.name.clone(),
        };
        let mut presets: Vec<Preset> = font.presets.iter().map(preset).collect();
        presets.sort_by_key(|preset| (preset.bank, preset.program));
        presets.dedup_by_key(|preset| (preset.bank, preset.program));
        Self { name: name.into(), image: Image::new(font, Arc::new(source)), presets: presets.into(), is_compressed }
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its presets by bank and program, kits last.
    pub fn preset_list(&self) -> &[Preset] {
        &self.presets
    }

    /// Whether its samples are Vorbis streams (SF3).
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }

    pub(super) fn image(&self) -> Image {
        self.image.clone()
    }

    pub(super) fn presets(&self) -> Arc<[Preset]> {
        Arc::clone(&self.presets)
    }
}

/// Decodes a compressed font into the cache; without one, into a file without a name.
fn decode(
    font: &Font,
    source: &Source,
    entry: Option<&cache::Entry>,
    loading: &Loading<'_>,
) -> Result<(Font, Source), LoadFault> {
    (loading.progress)(Stage::Decoding(0.0));
    let begun = entry.and_then(|entry| {
        let begun = entry.begin();
        begun.inspect_err(|error| log::warn!("decoded SoundFonts cannot be kept: {error}")).ok()
    });
    let unwritable = LoadFault::Unwritable;
    let decoded = if let (Some(entry), Some(mut file)) = (entry, begun) {
        sf3::unpack(font, source, file.as_file_mut(), loading)?;
        let decoded = Source::from_file(file.reopen().map_err(unwritable)?).map_err(unwritable)?;
        if let Err(error) = entry.keep(file) {
            log::warn!("a decoded SoundFont cannot be kept: {error}");
        }
        decoded
    } else {
        let mut file = tempfile::tempfile().map_err(unwritable)?;
        sf3::unpack(font, source, &mut file, loading)?;
        Source::from_file(file).map_err(unwritable)?
    };
    Ok((gate::check(&decoded)?, decoded))
}

impl std::fmt::Debug for SoundFont {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SoundFont({}, {} presets)", self.name, self.presets.len())
    }
}

/// The index of the nearest preset in a sorted list: of the bank, else General MIDI's, else of any bank, else one of
/// the same family, else any.
pub(super) fn nearest_preset(presets: &[Preset], bank: u8, program: u8, is_drum: bool) -> Option<usize> {
    let has = |bank: u16, program: u8| {
        presets.binary_search_by_key(&(bank, program), |preset| (preset.bank, preset.program)).ok()
    };
    let first_of = |is_meant: &dyn Fn(&Preset) -> bool| presets.iter().position(is_meant);
    if is_drum {
        return has(128, program).or_else(|| first_of(&|preset| preset.bank == 128));
    }
    has(u16::from(bank), program)
        .or_else(|| has(0, program))
        .or_else(|| first_of(&|preset| preset.bank < 128 && preset.program == program))
        .or_else(|| first_of(&|preset| preset.bank == 0 && preset.program / 8 == program / 8))
        .or_else(|| first_of(&|preset| preset.bank < 128 && preset.program / 8 == program / 8))
        .or_else(|| first_of(&|preset| preset.bank < 128))
}

#[cfg(test)]
mod tests;
