//! What is asked for around SoundFonts, and what came of it.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use crate::{
    sound::{Preset, SoundFont, SoundFontError, SoundFontFile},
    studio::services::soundfonts::Work,
};

/// What is asked for around SoundFonts, and what came of it.
pub enum SoundFontAction {
    /// Show the dialog, with the font that plays.
    Choose,
    /// Show the dialog with this file, to be heard and taken.
    Offer(PathBuf),
    /// The fonts on this computer.
    Found(Vec<SoundFontFile>),
    /// Read this one to look at its presets.
    LookAt(PathBuf),
    /// Play with this one; the old one sounds until then, and on where the new one is refused.
    Take(PathBuf),
    /// Drop the font that is being read.
    CancelLoading,
    /// What reading a font came to.
    Loaded(Arc<Work>, Result<SoundFont, SoundFontError>),
    /// Play a phrase on a preset of the font that is looked at, beside the music.
    Hear(Preset),
    /// That phrase, unless it is to be stopped by now.
    Rendered(Arc<[f32]>, Arc<AtomicBool>),
    /// End the phrase that plays or is being rendered.
    StopPreview,
}
