//! What the window is about: the score and its history, what plays, what is being recorded, generated, shown.
//!
//! Pages read it and push [`Command`]s; [`crate::studio::commands::execute`] is the one place that carries them out.

use std::{ops::Range, path::PathBuf, sync::Arc, time::Instant};

use eframe::egui::Context;

use super::{
    commands::Command,
    dialogs::Dialog,
    theme,
    toasts::{Toasts, Tone},
};
use crate::studio::{
    document::recording::{Recent, RecordedTakes, Recording},
    services::{engine::Generate, jobs::Jobs, keyboards::KeyboardState, preferences::Preferences, sound::Sound},
};
use crate::{
    devices::MidiBackend,
    music::{Score, Tick, history::History},
};

/// The pages there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// Roll, keyboard, transport, parts, generate.
    #[default]
    Studio,
    /// Train a network and watch it.
    Train,
    /// What models there are.
    Models,
    /// Every composition that was made.
    Library,
    /// Devices, sound, looks.
    Settings,
}

impl Page {
    /// All of them, in the order of the rail.
    pub const ALL: [Self; 5] = [Self::Studio, Self::Train, Self::Models, Self::Library, Self::Settings];

    /// The command that shows it.
    pub const fn command(self) -> Command {
        match self {
            Self::Studio => Command::ShowStudio,
            Self::Train => Command::ShowTrain,
            Self::Models => Command::ShowModels,
            Self::Library => Command::ShowLibrary,
            Self::Settings => Command::ShowSettings,
        }
    }
}

/// How a studio starts; tests put their own parts in.
pub struct StudioOptions {
    /// Files to open at once.
    pub files: Vec<PathBuf>,
    /// Where the session and the settings are kept; `None` is the user's own folders.
    pub folder: Option<PathBuf>,
    /// The system's MIDI.
    pub midi: Box<dyn MidiBackend>,
    /// How an engine is started.
    pub engine: crate::studio::services::engine_line::Starter,
    /// Whether to look for sound at all.
    pub sound: bool,
}

impl StudioOptions {
    /// The real thing.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            folder: None,
            midi: crate::devices::alsa_backend(),
            engine: crate::studio::services::engine_line::real(),
            sound: true,
        }
    }
}

/// What the transport is set to. Where the music is, the player knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// Click while playing.
    pub metronome: bool,
    /// Bars counted before recording, 0 to 2.
    pub count_in_bars: u32,
    /// The range that plays round and round, when `looping`.
    pub loop_range: Option<Range<Tick>>,
    /// Whether the loop is on.
    pub looping: bool,
    /// When the tempo was tapped lately.
    pub taps: Vec<Instant>,
}

impl Default for Transport {
    fn default() -> Self {
        Self { metronome: false, count_in_bars: 1, loop_range: None, looping: false, taps: Vec::new() }
    }
}

/// Everything behind the window.
pub struct Studio {
    /// The score and the way back.
    pub history: History,
    /// The part that is edited and recorded into.
    pub part: usize,
    /// What is shown.
    pub page: Page,
    /// Loop, metronome, count-in.
    pub transport: Transport,
    /// The take being played in, if one is.
    pub recording: Option<Recording>,
    /// The takes that the last recording left to choose from.
    pub takes: RecordedTakes,
    /// The control of a keyboard that is being learned.
    pub learning: Option<crate::studio::services::midi_learn::Learning>,
    /// The knob of a keyboard that is being turned.
    pub(in crate::studio) turning: Option<crate::studio::services::midi_learn::Turning>,
    /// Which knobs have hold of what they turn.
    pub(in crate::studio) grips: crate::studio::services::midi_learn::Grips,
    /// What was played while nothing was recorded.
    pub recent: Recent,
    /// Models, settings, takes.
    pub generate: Generate,
    /// What is heard.
    pub sound: Sound,
    /// The SoundFonts there are.
    pub soundfonts: crate::studio::services::soundfonts::SoundFonts,
    /// What is played on.
    pub keyboards: KeyboardState,
    /// What the user chose once.
    pub preferences: Preferences,
    /// Work beside the window.
    pub jobs: Jobs,
    /// Short messages.
    pub toasts: Toasts,
    /// What lies over the window, if anything does.
    pub dialog: Option<Dialog>,
    /// Files out: what is chosen, what is being written.
    pub exports: crate::studio::services::exports::Exports,
    /// MIDI files being read and asked about, if any are.
    pub import: Option<crate::studio::dialogs::import::Import>,
    /// Autosave.
    pub session: crate::studio::services::session::Session,
    /// Where a second start of the program hands its files to.
    #[cfg(unix)]
    pub(in crate::studio) reception: Option<crate::studio::services::handover::Reception>,
    /// The library, as the page shows it.
    pub library: crate::studio::pages::library::LibraryPage,
    /// What is done with models on their page.
    pub models_page: crate::studio::pages::models::ModelsPage,
    /// Training, as the page shows it.
    pub train: crate::studio::pages::train::Train,
    /// The roll's view, tool and selection.
    pub roll: crate::studio::pages::compose::editor::RollView,
    /// The panel that was opened last: it goes before where there is no room for both.
    pub(in crate::studio) panel_asked_for: crate::studio::pages::compose::side_panels::Side,
    /// The window of a tool for notes, if one is open.
    pub note_tool: Option<crate::studio::dialogs::note_tools::OpenTool>,
    /// Commands given this frame, to be carried out after it.
    pub queue: Vec<Command>,
    /// The window.
    pub ctx: Context,
    /// What the left panel's fields hold.
    pub left: crate::studio::pages::compose::parts::LeftPanel,
    pub(in crate::studio) pending_files: Vec<PathBuf>,
    pub(in crate::studio) midi: Option<Box<dyn MidiBackend>>,
    pub(in crate::studio) frames: u64,
}

impl Studio {
    /// A studio whose window has just been made. Devices, engine and files wait for the first frame.
    pub fn new(ctx: Context, options: StudioOptions) -> Self {
        theme::install(&ctx);
        let folders = crate::studio::services::session::Folders::new(options.folder);
        let preferences = Preferences::default();
        let jobs = Jobs::new(ctx.clone());
        let sound = Sound::new(options.sound);
        let mut studio = Self {
            history: History::default(),
            part: 0,
            page: Page::Studio,
            transport: Transport::default(),
            recording: None,
            takes: RecordedTakes::default(),
            learning: None,
            turning: None,
            grips: crate::studio::services::midi_learn::Grips::default(),
            recent: Recent::default(),
            generate: Generate::new(options.engine),
            sound,
            soundfonts: crate::studio::services::soundfonts::SoundFonts::default(),
            keyboards: KeyboardState::default(),
            preferences,
            jobs,
            toasts: Toasts::default(),
            dialog: None,
            exports: crate::studio::services::exports::Exports::default(),
            import: None,
            session: crate::studio::services::session::Session::new(folders),
            #[cfg(unix)]
            reception: None,
            library: crate::studio::pages::library::LibraryPage::default(),
            models_page: crate::studio::pages::models::ModelsPage::default(),
            train: crate::studio::pages::train::Train::default(),
            roll: crate::studio::pages::compose::editor::RollView::default(),
            panel_asked_for: crate::studio::pages::compose::side_panels::Side::default(),
            note_tool: None,
            queue: Vec::new(),
            ctx,
            left: crate::studio::pages::compose::parts::LeftPanel::default(),
            pending_files: options.files,
            midi: Some(options.midi),
            frames: 0,
        };
        studio.load_first_melody();
        studio.apply_preferences();
        studio
    }

    /// The score as shown and heard.
    pub fn score(&self) -> &Arc<Score> {
        self.history.score()
    }

    /// Shows a failure; what was being worked on is kept by whoever calls.
    pub fn fail(&mut self, text: impl Into<String>) {
        self.toasts.add(Tone::Error, text);
    }

    /// Shows that something went well.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.toasts.add(Tone::Good, text);
    }

    /// Asks for a command, to be carried out after this frame's drawing.
    pub fn push(&mut self, command: Command) {
        self.queue.push(command);
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
        self.transport.metronome = preferences.metronome;
        self.transport.count_in_bars = preferences.count_in_bars;
        self.sound.set_metronome(preferences.metronome, preferences.metronome_volume);
    }

    /// Changes the preferences, makes the change felt and keeps it.
    pub fn change_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        let before = self.preferences.clone();
        change(&mut self.preferences);
        if before != self.preferences {
            self.apply_preferences();
            self.session.keep_preferences(&self.jobs, &self.preferences);
        }
    }
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Studio").field("page", &self.page).field("part", &self.part).finish_non_exhaustive()
    }
}
