//! What the user chose once and expects to find again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::studio::{
    document::snap::Snap,
    services::{exports::AudioChoice, midi_learn::Assignments},
};
use crate::{
    library::settings,
    music::{
        Score,
        quantise::{GridStep, Humanise, Quantise},
    },
    sound::Buffer,
    soundcloud::SoundCloudSettings,
};

/// MIDI files remembered for the menu.
const RECENT_FILES: usize = 10;

/// Names of parts remembered as not to be written.
const MOST_LEFT_OUT: usize = 64;

/// Dark, light, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// Dark.
    #[default]
    Dark,
    /// Light.
    Light,
    /// As the system has it.
    System,
}

impl ThemeChoice {
    /// All, with their titles.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Dark, "Dark"), (Self::Light, "Light"), (Self::System, "System")];

    /// In egui's words.
    pub fn to_egui(self) -> eframe::egui::ThemePreference {
        match self {
            Self::Dark => eframe::egui::ThemePreference::Dark,
            Self::Light => eframe::egui::ThemePreference::Light,
            Self::System => eframe::egui::ThemePreference::System,
        }
    }
}

/// Where the window stood, in points of an unscaled window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// From the left of the screen; the system chooses without one.
    pub x: Option<f32>,
    /// From the top of the screen.
    pub y: Option<f32>,
    /// Without its frame.
    pub width: f32,
    /// Without its frame.
    pub height: f32,
    /// Whether it filled the screen.
    pub maximised: bool,
}

impl WindowPlace {
    /// What a window can be: no larger than any screen, and on one.
    fn in_range(self) -> Option<Self> {
        let on_screen = |at: Option<f32>| at.filter(|at| (0.0..8000.0).contains(at));
        let sound = (400.0..=16_000.0).contains(&self.width) && (300.0..=16_000.0).contains(&self.height);
        sound.then_some(Self { x: on_screen(self.x), y: on_screen(self.y), ..self })
    }
}

/// How the roll is looked at, and what its gestures keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RollChoices {
    /// The grid.
    pub grid: GridStep,
    /// Whether gestures keep to it.
    pub snaps: bool,
    /// Whether other parts are seen behind.
    pub ghosts: bool,
    /// Whether lyrics are seen below the notes of the part that sings them.
    pub lyrics: bool,
    /// Whether the rows of the key's scale stand out.
    pub scale_rows: bool,
    /// Whether notes are drawn and dragged within the key's scale.
    pub scale_snap: bool,
    /// Whether the view goes with the playhead.
    pub follow: bool,
    /// Whether the tempo track is shown; by itself where there is more than one tempo.
    pub tempo_track: Option<bool>,
}

impl Default for RollChoices {
    fn default() -> Self {
        Self {
            grid: GridStep::Sixteenth,
            snaps: true,
            ghosts: true,
            lyrics: true,
            scale_rows: true,
            scale_snap: false,
            follow: true,
            tempo_track: None,
        }
    }
}

impl RollChoices {
    /// What gestures snap to.
    pub const fn snap(&self) -> Snap {
        if self.snaps { Snap::To(self.grid) } else { Snap::Off }
    }

    /// Whether the tempo track of a score is shown.
    pub fn shows_tempo(&self, score: &Score) -> bool {
        self.tempo_track.unwrap_or_else(|| has_tempi(score))
    }

    /// Shows the tempo track, or hides it.
    pub fn toggle_tempo(&mut self, score: &Score) {
        let wanted = !self.shows_tempo(score);
        self.tempo_track = Some(wanted).filter(|wanted| *wanted != has_tempi(score));
    }

    /// Takes a choice of the menu; the grid is remembered while it is off.
    pub const fn set_snap(&mut self, snap: Snap) {
        match snap {
            Snap::To(grid) => (self.grid, self.snaps) = (grid, true),
            Snap::Off => self.snaps = false,
        }
    }

    /// The grid in triplets, or straight again.
    pub fn toggle_triplets(&mut self) {
        self.grid =
            if self.grid.is_triplet() { self.grid.straight() } else { self.grid.triplet().unwrap_or(self.grid) };
        self.snaps = true;
    }

    /// The next finer grid, or the next coarser one. Dotted ones are chosen from the list.
    pub fn step_grid(&mut self, finer: bool) {
        let (now, mut plain) = (self.grid.ticks(), GridStep::ALL.into_iter().filter(|step| !step.is_dotted()));
        let next = if finer { plain.find(|step| step.ticks() < now) } else { plain.rfind(|step| step.ticks() > now) };
        self.grid = next.unwrap_or(self.grid);
        self.snaps = true;
    }
}

/// Whether a score has more than one tempo.
fn has_tempi(score: &Score) -> bool {
    score.tempo.changes().len() > 1
}

/// One TOML file. What it does not say has its default; what is out of range is brought into it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Looks.
    pub theme: ThemeChoice,
    /// Size of everything, 1 to 2.
    pub scale: f32,
    /// The SoundFont; the best that is found without one.
    pub soundfont: Option<PathBuf>,
    /// The sound output; the system's default without one.
    pub output_device: Option<String>,
    /// Frames the output asks for at a time, 64 to 1024; the fewest that it keeps up with without.
    pub buffer_frames: Option<u32>,
    /// That, for each output that was tried.
    pub measured_buffers: BTreeMap<String, u32>,
    /// The MIDI input; all of them without one.
    pub midi_input: Option<String>,
    /// Taken off every recorded note, in milliseconds; the output's latency is known without.
    pub recording_offset_ms: f64,
    /// Whether a recording takes the place of what the part has there; else it joins it.
    pub record_replaces: bool,
    /// Whether a recording waits for the first key.
    pub record_waits: bool,
    /// Click while playing.
    pub metronome: bool,
    /// 0 to 1.
    pub metronome_volume: f32,
    /// Bars counted before recording, 0 to 2.
    pub count_in_bars: u32,
    /// The model's folder name.
    pub model: Option<String>,
    /// How many takes a composition gives, 1 to 8.
    pub takes: u32,
    /// 0 (the likeliest) to 1 (the boldest).
    pub surprise: f32,
    /// 0 (sparse) to 1 (busy).
    pub density: f32,
    /// Compositions are exactly on the grid, not as early or late as people play.
    pub on_grid: bool,
    /// How many bars introduce a song: 0, 2 or 4.
    pub introduction: u32,
    /// The names of parts that models are not to write.
    pub left_out: BTreeSet<String>,
    /// Plays the first take as soon as it is ready.
    pub play_when_ready: bool,
    /// Buttons and knobs of keyboards, as the user assigned them.
    pub assignments: Assignments,
    /// How notes were last quantised.
    pub quantise: Quantise,
    /// How notes were last humanised.
    pub humanise: Humanise,
    /// How the roll is looked at.
    pub roll: RollChoices,
    /// Whether the panel of melodies and parts is wanted.
    pub left_panel: bool,
    /// Whether the panel of generating is wanted.
    pub right_panel: bool,
    /// How audio was last exported.
    pub export_audio: AudioChoice,
    /// The user's app at SoundCloud.
    pub soundcloud: SoundCloudSettings,
    /// MIDI files opened and written lately, the last one first.
    pub recent_files: Vec<PathBuf>,
    /// Threads that composing and training may take; as many as are worth it, where none is said.
    pub threads: Option<u16>,
    /// Where the window stood.
    pub window: Option<WindowPlace>,
    /// Whether the first steps are still to be shown. Settings that do not say are those of somebody who knows Cantus.
    #[serde(default)]
    pub welcome: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Dark,
            scale: 1.0,
            soundfont: None,
            output_device: None,
            buffer_frames: None,
            measured_buffers: BTreeMap::new(),
            midi_input: None,
            recording_offset_ms: 0.0,
            record_replaces: false,
            record_waits: false,
            metronome: false,
            metronome_volume: 0.6,
            count_in_bars: 1,
            model: None,
            takes: 3,
            surprise: 0.5,
            density: 0.5,
            on_grid: false,
            introduction: 0,
            left_out: BTreeSet::new(),
            play_when_ready: false,
            assignments: Assignments::default(),
            quantise: Quantise::default(),
            humanise: Humanise::default(),
            roll: RollChoices::default(),
            left_panel: true,
            right_panel: true,
            export_audio: AudioChoice::default(),
            soundcloud: SoundCloudSettings::default(),
            recent_files: Vec::new(),
            threads: None,
            window: None,
            welcome: true,
        }
    }
}

impl Preferences {
    /// Reads them; a missing file is the defaults. What was not understood is told, each as one sentence.
    pub fn load(path: &Path) -> (Self, Vec<String>) {
        if !path.exists() {
            return (Self::default(), Vec::new());
        }
        match settings::load::<Self>(path) {
            Ok((preferences, told)) => (preferences.in_range(), told),
            Err(error) => (Self { welcome: false, ..Self::default() }, vec![error.to_string()]),
        }
    }

    /// How many frames the output is asked to ask for.
    pub fn buffer(&self) -> Buffer {
        match self.buffer_frames {
            Some(frames) => Buffer::Frames(frames),
            None => Buffer::Measured(self.measured_buffers.clone()),
        }
    }

    fn in_range(mut self) -> Self {
        let unit = |value: f32, default: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { default };
        self.scale = if self.scale.is_finite() { self.scale.clamp(0.75, 2.0) } else { 1.0 };
        self.buffer_frames = self.buffer_frames.map(|frames| frames.clamp(64, 4096));
        self.measured_buffers.values_mut().for_each(|frames| *frames = (*frames).clamp(64, 4096));
        self.recording_offset_ms =
            if self.recording_offset_ms.is_finite() { self.recording_offset_ms.clamp(-500.0, 500.0) } else { 0.0 };
        self.metronome_volume = unit(self.metronome_volume, 0.6);
        self.count_in_bars = self.count_in_bars.min(2);
        self.takes = self.takes.clamp(1, 8);
        self.surprise = unit(self.surprise, 0.5);
        self.introduction = self.introduction.min(4);
        self.density = unit(self.density, 0.5);
        self.threads = self.threads.map(|threads| threads.clamp(1, 1024));
        self.window = self.window.and_then(WindowPlace::in_range);
        self.assignments.knobs.truncate(16);
        self.assignments.steps.truncate(16);
        self.quantise.strength = unit(self.quantise.strength, 1.0);
        self.quantise.swing = unit(self.quantise.swing, 0.0);
        self.humanise.timing_ticks = self.humanise.timing_ticks.min(120);
        self.humanise.velocity = self.humanise.velocity.min(60);
        self.humanise.seed = self.humanise.seed.min(9999);
        self.recent_files.truncate(RECENT_FILES);
        self.left_out = std::mem::take(&mut self.left_out).into_iter().take(MOST_LEFT_OUT).collect();
        self.export_audio = self.export_audio.in_range();
        self
    }

    /// Puts a file first among those of the menu.
    pub fn remember_file(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.recent_files.retain(|known| *known != path);
        self.recent_files.insert(0, path);
        self.recent_files.truncate(RECENT_FILES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nonsense_is_brought_into_range() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        assert_eq!(Preferences::load(&path), (Preferences::default(), Vec::new()));
        let chosen = Preferences {
            theme: ThemeChoice::Light,
            scale: 1.5,
            soundfont: Some("/fonts/piano.sf2".into()),
            takes: 5,
            roll: RollChoices {
                grid: GridStep::EighthTriplet,
                scale_snap: true,
                follow: false,
                ..RollChoices::default()
            },
            window: Some(WindowPlace { x: Some(3.0), y: None, width: 900.0, height: 700.0, maximised: true }),
            ..Preferences::default()
        };
        settings::save(&path, &chosen).unwrap();
        assert_eq!(Preferences::load(&path), (chosen, Vec::new()));
        std::fs::write(
            &path,
            "scale = nan\ntakes = 900\nbuffer_frames = 1\ntheme = \"pink\"\n\
             [window]\nwidth = 1e9\nheight = 3\nmaximised = false",
        )
        .unwrap();
        let (read, told) = Preferences::load(&path);
        assert!(!read.welcome, "who has settings knows Cantus");
        assert_eq!((read.scale, read.takes, read.buffer_frames), (1.0, 8, Some(64)));
        assert!(told.len() == 1 && told[0].contains("theme"), "{told:?}");
        std::fs::write(&path, "scale = [").unwrap();
        assert_eq!(Preferences::load(&path).1.len(), 1);
    }
}
