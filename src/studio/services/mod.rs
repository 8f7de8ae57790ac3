//! What runs beside the window: the engine, the sound, keyboards, the library's thread, jobs; and what the user chose.

pub mod engine;
pub mod engine_line;
pub mod exports;
pub mod files;
#[cfg(unix)]
pub mod handover;
pub mod jobs;
pub mod keyboards;
pub mod letters;
pub mod listening;
pub mod midi_learn;
pub mod models;
pub mod preferences;
pub mod publishing;
pub mod session;
pub mod sound;
pub mod soundfonts;
pub mod training;

use eframe::egui;

use self::{
    engine::EngineService,
    engine_line::Starter,
    exports::Exports,
    jobs::Jobs,
    keyboards::KeyboardState,
    listening::Listening,
    midi_learn::MidiLearn,
    models::{Model, Models},
    preferences::Preferences,
    publishing::Publishing,
    session::Session,
    sound::Sound,
    soundfonts::SoundFonts,
    training::Training,
};
use super::{
    actions::{Action, Actions, EngineAction},
    toasts::{Toasts, Tone},
};
use crate::{library::models::Origin, music::Tick};

/// What runs beside the window.
pub struct Services {
    /// The window.
    pub ctx: egui::Context,
    /// What was asked for and is not done yet.
    pub actions: Actions,
    /// Work beside the window.
    pub jobs: Jobs,
    /// Short messages.
    pub toasts: Toasts,
    /// Fonts for letters that ours do not have.
    pub letters: letters::Letters,
    /// What the user chose once.
    pub preferences: Preferences,
    /// The library's thread and the settings' file.
    pub session: Session,
    /// What composes.
    pub engine: EngineService,
    /// The models there are.
    pub models: Models,
    /// What is heard.
    pub sound: Sound,
    /// What is heard instead of the score.
    pub listening: Listening,
    /// The SoundFonts there are.
    pub soundfonts: SoundFonts,
    /// What is played on.
    pub keyboards: KeyboardState,
    /// What keyboards' buttons and knobs are learned for.
    pub midi_learn: MidiLearn,
    /// The trainings there are.
    pub training: Training,
    /// Audio being written.
    pub exports: Exports,
    /// What goes to SoundCloud.
    pub publishing: Publishing,
    /// Where a second start of the program hands its files to.
    #[cfg(unix)]
    pub handover: Option<handover::HandoverServer>,
}

impl Services {
    /// Why this model cannot get another name or be deleted.
    pub fn why_not_change(&self, model: &Model) -> Option<String> {
        match model.folder.origin {
            Origin::Shipped => Some("Built-in models can't be changed; duplicate one to make it your own".into()),
            Origin::Environment => {
                Some("Models from CANTUS_MODELS can't be changed; duplicate one to have one of your own".into())
            }
            Origin::User if self.training.is_running(&model.folder.path) => {
                Some("It is being trained; stop the training first".into())
            }
            Origin::User => None,
        }
    }

    /// What would be lost if the window closed now, or goes on without it: a sentence each.
    pub fn ends_by_closing(&self) -> Vec<String> {
        let unsaved = self.session.trouble.as_ref().map(|reason| {
            format!(
                "Your work is not saved and would be lost ({reason}). “Save project as…” (Ctrl+S) saves it elsewhere"
            )
        });
        let exported = self.exports.running.as_ref().map(|export| {
            let done = export.share() * 100.0;
            format!("Audio is being exported ({done:.0}% done). Closing cancels it, and no file would be left")
        });
        let sent = self.publishing.running.as_ref().map(|_| {
            "A track is being sent to SoundCloud. Closing breaks it off, and the track would not be published"
                .to_owned()
        });
        let trained = self.training.under_way().map(|run| {
            let (name, done, total) = (run.name(), run.status.iteration, run.total());
            format!(
                "{name} is being trained ({done} of {total}). Nothing of it is lost: it goes on without the window, \
                 and is on the Train page when you come back"
            )
        });
        unsaved.into_iter().chain(exported).chain(sent).chain(trained).collect()
    }

    /// All at rest; what takes time is started later.
    pub fn new(ctx: egui::Context, folders: session::Folders, starter: Starter, sound: bool) -> Self {
        Self {
            actions: Actions::default(),
            jobs: Jobs::new(ctx.clone()),
            toasts: Toasts::default(),
            letters: letters::Letters::default(),
            preferences: Preferences::default(),
            session: Session::new(folders),
            engine: EngineService::new(starter),
            models: Models::default(),
            sound: Sound::new(sound),
            listening: Listening::default(),
            soundfonts: SoundFonts::default(),
            keyboards: KeyboardState::default(),
            midi_learn: MidiLearn::default(),
            training: Training::default(),
            exports: Exports::default(),
            publishing: Publishing::default(),
            #[cfg(unix)]
            handover: None,
            ctx,
        }
    }

    /// Asks for something, to be done after what is being done.
    pub fn ask(&self, action: impl Into<Action>) {
        self.actions.ask(action);
    }

    /// Says something in passing.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.toasts.add(tone, text);
    }

    /// Shows a failure; what was being worked on is kept by whoever calls.
    pub fn fail(&mut self, text: impl Into<String>) {
        self.say(Tone::Error, text);
    }

    /// The engine is gone, or does not hear.
    pub fn engine_stopped(&mut self, reason: &str) {
        if self.engine.fail(super::words::sentence(reason)) {
            self.fail(format!("The engine stopped: {reason}. Your composition is unchanged"));
        }
    }

    /// Shows that something went well.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.say(Tone::Good, text);
    }

    /// Shows that something went well with the composition that is open.
    pub fn tell_of_composition(&mut self, text: impl Into<String>) {
        self.toasts.add_of_composition(Tone::Good, text);
    }

    /// Says what the last step of undo took the place of, and lets it be taken back.
    pub fn tell_undoable(&mut self, text: impl Into<String>, step: Option<u64>) {
        if let Some(step) = step {
            self.toasts.add_undoable(text, step);
        }
    }

    /// Whether time passes.
    pub fn is_playing(&self) -> bool {
        self.sound.position().playing
    }

    /// Where the playhead is, in whole ticks from the start.
    pub fn playhead(&self) -> Tick {
        self.sound.position().tick.max(0.0).round() as Tick
    }

    /// Makes the preferences felt in the window and the sound.
    pub fn apply_preferences(&mut self) {
        let preferences = &self.preferences;
        self.ctx.set_theme(preferences.theme.to_egui());
        if (self.ctx.zoom_factor() - preferences.scale).abs() > 0.001 {
            self.ctx.set_zoom_factor(preferences.scale);
        }
        self.sound.set_metronome(preferences.metronome, preferences.metronome_volume);
    }

    /// Changes the preferences, makes the change felt and keeps it.
    pub fn change_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        let before = self.preferences.clone();
        change(&mut self.preferences);
        if before != self.preferences {
            let now = &self.preferences;
            if before.threads != now.threads {
                self.ask(EngineAction::Restart);
            }
            if before.assignments != now.assignments {
                self.keyboards.set_assignments(&now.assignments);
            }
            if before.midi_input != now.midi_input {
                self.keyboards.choose(now.midi_input.as_deref());
            }
            if (&before.output_device, before.buffer_frames) != (&now.output_device, now.buffer_frames) {
                self.sound.set_output(now.output_device.clone(), now.buffer());
            }
            self.apply_preferences();
            self.session.keep_preferences(&self.jobs, &self.preferences);
        }
    }
}
