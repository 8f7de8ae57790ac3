//! SoundFonts: those on this computer, the one that is looked at, and one on its way, which can be cancelled.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use crate::{
    library::paths,
    sound::{Loading, Preset, SoundFont, SoundFontError, SoundFontFile, SoundFontLoader, Stage},
};

/// What is known of SoundFonts.
#[derive(Default)]
pub struct SoundFonts {
    /// Those found on this computer and those that were chosen, in the order in which they are tried.
    pub found: Vec<SoundFontFile>,
    /// Why some of them were refused.
    pub refused: BTreeMap<PathBuf, String>,
    /// The one that is looked at.
    pub looked_at: Option<PathBuf>,
    /// The same, once it is read.
    pub font: Option<SoundFont>,
    /// What is being read or taken in.
    pub work: Option<Arc<Work>>,
    /// The preset that was clicked last, and the way to stop its rendering.
    pub heard: Option<(Preset, Arc<AtomicBool>)>,
}

impl SoundFonts {
    /// Lists what was found; those that were chosen from elsewhere stay.
    pub fn take_found(&mut self, mut found: Vec<SoundFontFile>, chosen: Option<&Path>) {
        let mut others = std::mem::take(&mut self.found);
        others.retain(|file| found.iter().all(|known| known.path != file.path));
        found.splice(0..0, others);
        self.found = found;
        if let Some(chosen) = chosen {
            self.list(chosen);
        }
    }

    /// Puts a file among those that are listed, first, where it is not there already.
    pub fn list(&mut self, path: &Path) {
        if !self.found.iter().any(|file| file.path == path) {
            let file = SoundFontFile::read_header(path).unwrap_or_else(|_| SoundFontFile {
                name: name_of(path),
                path: path.to_path_buf(),
                bytes: 0,
                is_sf3: false,
            });
            self.found.insert(0, file);
        }
    }

    /// Looks at another font; whether it is to be read first.
    pub fn look_at(&mut self, path: &Path) -> bool {
        self.list(path);
        if self.looked_at.as_deref() == Some(path) && self.font.is_some() {
            return false;
        }
        self.looked_at = Some(path.to_path_buf());
        self.font = None;
        true
    }

    /// Begins to read a font, to be played with where it `takes`; what was being read is cancelled. With it the font
    /// itself, where it was read already.
    pub fn begin(&mut self, path: PathBuf, takes: bool) -> (Arc<Work>, Option<SoundFont>) {
        let read = self.font.clone().filter(|_| self.looked_at.as_ref() == Some(&path));
        let work = Work { path, takes, progress: CHECKING.into(), cancelled: AtomicBool::new(false) };
        let work = Arc::new(work);
        if let Some(before) = self.work.replace(Arc::clone(&work)) {
            before.cancel();
        }
        (work, read)
    }

    /// A font is no longer on its way; whether it was the one that was asked for last.
    pub fn end(&mut self, work: &Arc<Work>) -> bool {
        self.work.take_if(|latest| Arc::ptr_eq(latest, work)).is_some()
    }
}

/// A font on its way.
#[derive(Debug, Default)]
pub struct Work {
    /// Its file.
    pub path: PathBuf,
    /// Whether it is to be played with, and not only looked at.
    pub takes: bool,
    /// Thousandths of decoding; or one of the numbers below.
    progress: AtomicU32,
    cancelled: AtomicBool,
}

const CHECKING: u32 = 2000;
const BUILDING: u32 = 3000;

impl Work {
    /// What is going on, and how far it is where that is known.
    pub fn stage(&self) -> (&'static str, Option<f32>) {
        match self.progress.load(Ordering::Relaxed) {
            BUILDING => ("Loading into the synth", None),
            CHECKING => ("Reading and checking", None),
            thousandths => ("Decoding samples", Some(thousandths as f32 / 1000.0)),
        }
    }

    /// The font's name.
    pub fn name(&self) -> String {
        name_of(&self.path)
    }

    /// No longer wanted.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Whether it plays, once it was loaded to be played with: what the synth was handed plays, wanted or not.
    pub fn plays(&self) -> bool {
        self.takes && (!self.is_cancelled() || self.progress.load(Ordering::Relaxed) == BUILDING)
    }

    /// Reads the font unless it was `read` already, and hands it to a synth; to be called beside the window. `wake` is
    /// called when there is something new to be seen.
    ///
    /// # Errors
    /// Why it is not usable, or that it was cancelled.
    pub fn run(
        &self,
        read: Option<SoundFont>,
        loader: Option<SoundFontLoader>,
        wake: &dyn Fn(),
    ) -> Result<SoundFont, SoundFontError> {
        let tell = |progress| {
            if self.progress.swap(progress, Ordering::Relaxed) != progress {
                wake();
            }
        };
        let cache = paths::decoded_soundfonts_folder().ok();
        let progress = |stage| {
            tell(match stage {
                Stage::Checking => CHECKING,
                Stage::Decoding(share) => (share * 1000.0) as u32,
            });
        };
        let loading = Loading { cache: cache.as_deref(), progress: &progress, cancelled: Some(&self.cancelled) };
        let font = read.map_or_else(|| SoundFont::load_with(&self.path, &loading), Ok)?;
        if let Some(loader) = loader.filter(|_| self.takes && !self.is_cancelled()) {
            tell(BUILDING);
            loader.load(&font)?;
        }
        Ok(font)
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
