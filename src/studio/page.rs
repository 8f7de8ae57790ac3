//! The pages there are.

use eframe::egui::Key;
use serde::{Deserialize, Serialize};

use super::theme::Icon;

/// A page of the window. Kept by name from one start to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Roll, keyboard, transport, parts, generate.
    #[default]
    Compose,
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
    pub const ALL: [Self; 5] = [Self::Compose, Self::Train, Self::Models, Self::Library, Self::Settings];

    /// What the rail and the table of commands say of it: its name, its icon, and the key that shows it with Ctrl.
    pub const fn row(self) -> (&'static str, Icon, Key) {
        match self {
            Self::Compose => ("Compose", Icon::AudioLines, Key::Num1),
            Self::Train => ("Train", Icon::ChartSpline, Key::Num2),
            Self::Models => ("Models", Icon::Brain, Key::Num3),
            Self::Library => ("Library", Icon::LibraryBig, Key::Num4),
            Self::Settings => ("Settings", Icon::Settings, Key::Comma),
        }
    }
}

/// What the Compose page shows between its panels. Kept by name from one start to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComposeView {
    /// The chosen part, to be edited.
    #[default]
    Roll,
    /// All parts, and the chosen one below, where the window is high enough.
    Both,
    /// All parts.
    Arrangement,
    /// A strip with a fader for each part.
    Mixer,
}

impl ComposeView {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::Roll, Self::Both, Self::Arrangement, Self::Mixer];

    /// What the switch and the table of commands say of it: its name, its icon, and the key that shows it.
    pub const fn row(self) -> (&'static str, Icon, Key) {
        match self {
            Self::Roll => ("Piano roll", Icon::Piano, Key::F7),
            Self::Both => ("Arrangement and piano roll", Icon::Rows2, Key::F6),
            Self::Arrangement => ("Arrangement", Icon::ChartGantt, Key::F5),
            Self::Mixer => ("Mixer", Icon::SlidersVertical, Key::F9),
        }
    }

    /// Its name in a word, beside its icon.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Roll => "Roll",
            Self::Both => "Both",
            Self::Arrangement => "Arrangement",
            Self::Mixer => "Mixer",
        }
    }

    /// Whether notes can be seen, and edited.
    pub const fn shows_notes(self) -> bool {
        !matches!(self, Self::Mixer)
    }

    /// Whether the arrangement can be seen.
    pub const fn shows_arrangement(self) -> bool {
        matches!(self, Self::Arrangement | Self::Both)
    }

    /// Whether the piano roll can be seen.
    pub const fn shows_roll(self) -> bool {
        matches!(self, Self::Roll | Self::Both)
    }
}
