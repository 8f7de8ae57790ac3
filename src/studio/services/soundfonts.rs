//! SoundFonts: those on this computer, the one that is looked at, and the way from a choice to its sound.
//!
//! Everything that takes time is done beside the window, and can be cancelled; the old font sounds on until a new one is
//! ready. The dialog that shows all this is in `soundfonts_dialog`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use crate::studio::{
    dialogs::Dialog,
    services::{jobs::Poster, sound::FontState},
    state::Studio,
    toasts::Tone,
};
use crate::{
    library::paths,
    sound::{Loading, Preset, SoundFont, SoundFontError, SoundFontFile, Stage, find_soundfonts, preview_phrase},
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
    /// What is searched among its presets.
    pub search: String,
    /// What is being read or taken in.
    pub work: Option<Arc<Work>>,
    /// The preset that was clicked last, and the way to stop its rendering.
    pub heard: Option<(Preset, Arc<AtomicBool>)>,
}

/// A font on its way.
#[derive(Debug, Default)]
pub struct Work {
    path: PathBuf,
    /// Whether it is to be played with, and not only looked at.
    takes: bool,
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
            BUILDING => ("Taking it in", None),
            CHECKING => ("Reading and checking", None),
            thousandths => ("Decoding its samples", Some(thousandths as f32 / 1000.0)),
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

    /// Reads the font, telling how far it is.
    fn load(&self, poster: &Poster) -> Result<SoundFont, SoundFontError> {
        let cache = paths::decoded_soundfonts_folder().ok();
        let progress = |stage| {
            let told = match stage {
                Stage::Checking => CHECKING,
                Stage::Decoding(share) => (share * 1000.0) as u32,
            };
            if self.progress.swap(told, Ordering::Relaxed) != told {
                poster.ctx().request_repaint();
            }
        };
        let loading = Loading { cache: cache.as_deref(), progress: &progress, cancelled: Some(&self.cancelled) };
        SoundFont::load_with(&self.path, &loading)
    }
}

impl Studio {
    /// Looks for fonts beside the window.
    pub(in crate::studio) fn find_soundfonts(&mut self) {
        self.services.jobs.spawn("looking for SoundFonts", |poster| {
            let found = find_soundfonts(paths::soundfonts_folder().ok().as_deref());
            poster.post(move |studio| studio.soundfonts_found(found));
        });
    }

    pub(in crate::studio) fn soundfonts_found(&mut self, mut found: Vec<SoundFontFile>) {
        // those that were chosen from elsewhere stay
        let known = |path: &Path, found: &[SoundFontFile]| found.iter().any(|file| file.path == path);
        let others = std::mem::take(&mut self.services.soundfonts.found);
        let others: Vec<_> = others.into_iter().filter(|file| !known(&file.path, &found)).collect();
        found.splice(0..0, others);
        self.services.soundfonts.found = found;
        if let Some(chosen) = self.services.preferences.soundfont.clone() {
            self.list_soundfont(&chosen);
        }
    }

    /// Puts a file among those that are listed, first, where it is not there already.
    fn list_soundfont(&mut self, path: &Path) {
        if !self.services.soundfonts.found.iter().any(|file| file.path == path) {
            let file = SoundFontFile::read_header(path).unwrap_or_else(|_| SoundFontFile {
                name: name_of(path),
                path: path.to_path_buf(),
                bytes: 0,
                is_sf3: false,
            });
            self.services.soundfonts.found.insert(0, file);
        }
    }

    /// Shows the dialog, with the font that plays.
    pub(in crate::studio) fn choose_soundfont(&mut self) {
        self.find_soundfonts();
        self.dialogs.open = Some(Dialog::SoundFonts);
        if self.services.soundfonts.looked_at.is_none() {
            let playing = self.services.preferences.soundfont.clone();
            let name = self.services.sound.font.as_ref().map(|font| font.name().to_owned());
            let listed = self.services.soundfonts.found.iter().find(|file| Some(&file.name) == name.as_ref());
            if let Some(path) = playing.or_else(|| listed.map(|file| file.path.clone())) {
                self.look_at_soundfont(path);
            }
        }
    }

    /// Shows the dialog with that file, to be heard and taken.
    pub(in crate::studio) fn offer_soundfont(&mut self, path: PathBuf) {
        self.find_soundfonts();
        self.dialogs.open = Some(Dialog::SoundFonts);
        self.look_at_soundfont(path);
    }

    /// Reads a font to look at its presets.
    pub(in crate::studio) fn look_at_soundfont(&mut self, path: PathBuf) {
        self.list_soundfont(&path);
        self.stop_preview();
        if self.services.soundfonts.looked_at.as_ref() == Some(&path) && self.services.soundfonts.font.is_some() {
            return;
        }
        self.services.soundfonts.looked_at = Some(path.clone());
        self.services.soundfonts.font = None;
        self.services.soundfonts.search.clear();
        self.start_work(path, false);
    }

    /// Another SoundFont to play with; the old one sounds until then, and on where the new one is refused.
    pub(in crate::studio) fn take_soundfont(&mut self, path: PathBuf) {
        self.list_soundfont(&path);
        self.stop_preview();
        self.start_work(path, true);
    }

    fn start_work(&mut self, path: PathBuf, takes: bool) {
        if let Some(before) = self.services.soundfonts.work.take() {
            before.cancel();
        }
        let work = Arc::new(Work { path, takes, progress: CHECKING.into(), cancelled: AtomicBool::new(false) });
        self.services.soundfonts.work = Some(Arc::clone(&work));
        let loader = self.services.sound.player().filter(|_| takes).map(crate::sound::Player::soundfont_loader);
        // read already, where it was looked at
        let read = self
            .services
            .soundfonts
            .font
            .clone()
            .filter(|_| self.services.soundfonts.looked_at.as_ref() == Some(&work.path));
        self.services.jobs.spawn("loading a SoundFont", move |poster| {
            let loaded = read.map_or_else(|| work.load(poster), Ok).and_then(|font| {
                if let Some(loader) = loader.filter(|_| !work.is_cancelled()) {
                    work.progress.store(BUILDING, Ordering::Relaxed);
                    poster.ctx().request_repaint();
                    loader.load(&font)?;
                }
                Ok(font)
            });
            poster.post(move |studio| studio.soundfont_loaded(&work, loaded));
        });
    }

    fn soundfont_loaded(&mut self, work: &Arc<Work>, loaded: Result<SoundFont, SoundFontError>) {
        let is_latest = self.services.soundfonts.work.as_ref().is_some_and(|latest| Arc::ptr_eq(latest, work));
        if is_latest {
            self.services.soundfonts.work = None;
        }
        match loaded {
            Ok(font) => {
                self.services.soundfonts.refused.remove(&work.path);
                if self.services.soundfonts.looked_at.as_ref() == Some(&work.path) {
                    self.services.soundfonts.font = Some(font.clone());
                }
                // once its synth is handed over it plays, wanted or not
                if work.takes && (!work.is_cancelled() || work.progress.load(Ordering::Relaxed) == BUILDING) {
                    self.tell(format!("Now playing with {}", font.name()));
                    self.services.sound.font_state = FontState::Loaded(font.name().to_owned());
                    self.services.sound.font = Some(font);
                    let path = work.path.clone();
                    self.change_preferences(|preferences| preferences.soundfont = Some(path));
                }
            }
            Err(SoundFontError::Cancelled) => {
                if work.takes {
                    self.services.toasts.add(Tone::Plain, "Loading the SoundFont was cancelled; the old one stays");
                }
                if is_latest && !work.takes {
                    self.services.soundfonts.looked_at = None;
                }
            }
            Err(error) => {
                // the list says of which file
                let reason = match &error {
                    SoundFontError::Refused { reason, .. } => reason.to_string(),
                    SoundFontError::Unreadable { reason, .. } | SoundFontError::Unwritable { reason, .. } => {
                        reason.to_string()
                    }
                    other => other.to_string(),
                };
                let reason = crate::studio::status_bar::sentence(&reason);
                self.services.soundfonts.refused.insert(work.path.clone(), reason);
                if work.takes {
                    self.fail(format!("This SoundFont was refused, the old one stays: {error}"));
                }
            }
        }
    }

    /// Plays a phrase on a preset of the font that is looked at, beside the music.
    pub(in crate::studio) fn hear_preset(&mut self, preset: &Preset) {
        self.stop_preview();
        let (Some(font), Some(player)) = (self.services.soundfonts.font.clone(), self.services.sound.player()) else {
            return;
        };
        let rate_hz = player.soundfont_loader().rate_hz();
        let stop = Arc::new(AtomicBool::new(false));
        self.services.soundfonts.heard = Some((preset.clone(), Arc::clone(&stop)));
        let preset = preset.clone();
        self.services.jobs.spawn("previewing a SoundFont", move |poster| {
            let phrase = preview_phrase(&font, &preset, rate_hz, &stop);
            poster.post(move |studio| match phrase {
                Ok(phrase) if !stop.load(Ordering::Relaxed) => {
                    studio.services.sound.with_player(|player| player.preview(Some(phrase)))
                }
                Ok(_) => {}
                Err(error) => studio.fail(error.to_string()),
            });
        });
    }

    /// Ends the phrase that plays or is being rendered.
    pub(in crate::studio) fn stop_preview(&mut self) {
        if let Some((_, stop)) = self.services.soundfonts.heard.take() {
            stop.store(true, Ordering::Relaxed);
            self.services.sound.with_player(|player| player.preview(None));
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
