//! Looking for SoundFonts, looking at one, and the way from a choice to its sound.
//!
//! Everything that takes time is done beside the window; the old font sounds on until a new one is ready.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    library::paths,
    sound::{Player, Preset, SoundFont, SoundFontError, find_soundfonts, preview_phrase},
    studio::{
        actions::{Action, SoundFontAction},
        dialogs::{Dialog, Dialogs},
        services::{Services, soundfonts::Work},
        toasts::Tone,
        words::sentence,
    },
};

/// Carries out what is asked for around SoundFonts.
pub fn execute(action: SoundFontAction, services: &mut Services, dialogs: &mut Dialogs) {
    match action {
        SoundFontAction::Choose => {
            show(services, dialogs);
            if services.soundfonts.looked_at.is_none()
                && let Some(path) = playing(services)
            {
                look_at(services, path);
            }
        }
        SoundFontAction::Offer(path) => {
            show(services, dialogs);
            look_at(services, path);
        }
        SoundFontAction::Found(found) => {
            services.soundfonts.take_found(found, services.preferences.soundfont.as_deref());
        }
        SoundFontAction::LookAt(path) => look_at(services, path),
        SoundFontAction::Take(path) => {
            services.soundfonts.list(&path);
            load(services, path, true);
        }
        SoundFontAction::CancelLoading => {
            if let Some(work) = &services.soundfonts.work {
                work.cancel();
            }
        }
        SoundFontAction::Loaded(work, loaded) => take_loaded(services, &work, loaded),
        SoundFontAction::Hear(preset) => hear(services, preset),
        SoundFontAction::Rendered(phrase, stop) => {
            if !stop.load(Ordering::Relaxed) {
                services.sound.with_player(|player| player.preview(Some(phrase)));
            }
        }
        SoundFontAction::StopPreview => stop_preview(services),
    }
}

/// Shows the dialog, and looks for fonts beside the window.
fn show(services: &Services, dialogs: &mut Dialogs) {
    services.jobs.spawn("looking for SoundFonts", |poster| {
        poster.ask(SoundFontAction::Found(find_soundfonts(paths::soundfonts_folder().ok().as_deref())));
    });
    dialogs.open = Some(Dialog::SoundFonts { search: String::new() });
}

/// The font that plays, where its file is known.
fn playing(services: &Services) -> Option<PathBuf> {
    let listed = || {
        let name = services.sound.font.as_ref()?.name();
        services.soundfonts.found.iter().find(|file| file.name == name).map(|file| file.path.clone())
    };
    services.preferences.soundfont.clone().or_else(listed)
}

fn look_at(services: &mut Services, path: PathBuf) {
    if services.soundfonts.look_at(&path) {
        load(services, path, false);
    } else {
        stop_preview(services);
    }
}

fn load(services: &mut Services, path: PathBuf, takes: bool) {
    stop_preview(services);
    let (work, read) = services.soundfonts.begin(path, takes);
    let loader = services.sound.player().map(Player::soundfont_loader);
    services.jobs.spawn("loading a SoundFont", move |poster| {
        let loaded = work.run(read, loader, &|| poster.ctx().request_repaint());
        poster.ask(SoundFontAction::Loaded(work, loaded));
    });
}

fn take_loaded(services: &mut Services, work: &Arc<Work>, loaded: Result<SoundFont, SoundFontError>) {
    let fonts = &mut services.soundfonts;
    let is_latest = fonts.end(work);
    match loaded {
        Ok(font) => {
            fonts.refused.remove(&work.path);
            if fonts.looked_at.as_ref() == Some(&work.path) {
                fonts.font = Some(font.clone());
            }
            if work.plays() {
                services.tell(format!("Now using {}", font.name()));
                services.sound.note_font(font);
                services.change_preferences(|preferences| preferences.soundfont = Some(work.path.clone()));
            }
        }
        Err(SoundFontError::Cancelled) => {
            if is_latest && !work.takes {
                fonts.looked_at = None;
            }
            if work.takes {
                services.say(Tone::Plain, "Loading the SoundFont was cancelled; the current one stays");
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
            fonts.refused.insert(work.path.clone(), sentence(&reason));
            if work.takes {
                services.fail(format!("This SoundFont can't be used, the current one stays: {error}"));
            }
        }
    }
}

fn hear(services: &mut Services, preset: Preset) {
    stop_preview(services);
    let (Some(font), Some(player)) = (services.soundfonts.font.clone(), services.sound.player()) else {
        return;
    };
    let rate_hz = player.soundfont_loader().rate_hz();
    let stop = Arc::new(AtomicBool::new(false));
    services.soundfonts.heard = Some((preset.clone(), Arc::clone(&stop)));
    services.jobs.spawn("previewing a SoundFont", move |poster| {
        poster.ask(match preview_phrase(&font, &preset, rate_hz, &stop) {
            Ok(phrase) => SoundFontAction::Rendered(phrase, stop).into(),
            Err(error) => Action::Say(Tone::Error, error.to_string()),
        });
    });
}

fn stop_preview(services: &mut Services) {
    if let Some((_, stop)) = services.soundfonts.heard.take() {
        stop.store(true, Ordering::Relaxed);
        services.sound.with_player(|player| player.preview(None));
    }
}
