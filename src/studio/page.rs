//! The pages there are.

use serde::{Deserialize, Serialize};

use super::commands::Command;

/// A page of the window. Kept by name from one start to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

    /// The command that shows it.
    pub const fn command(self) -> Command {
        match self {
            Self::Compose => Command::ShowCompose,
            Self::Train => Command::ShowTrain,
            Self::Models => Command::ShowModels,
            Self::Library => Command::ShowLibrary,
            Self::Settings => Command::ShowSettings,
        }
    }
}
