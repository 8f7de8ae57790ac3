//! Where things are kept: the library of compositions, folders, settings, and the models found on this computer.
//!
//! Must not know networks, sound or the window.

pub mod autosave;
pub mod half_precision;
pub mod models;
pub mod paths;
pub mod project;
pub mod runs;
pub mod settings;
pub mod store;
pub mod thumbnail;

use std::path::PathBuf;

/// What can go wrong with what is kept.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The system names no home folder.
    #[error("there is no folder for user data on this system: set HOME")]
    NoHome,
    /// A name that no folder of ours may have.
    #[error("“{0}” can't be a model's name: use letters, digits, spaces, dots, hyphens, underscores and parentheses")]
    BadName(String),
    /// Nothing of that name.
    #[error("there is no model “{name}”; {hint}")]
    NoSuchModel {
        /// What was asked for.
        name: String,
        /// What there is.
        hint: String,
    },
    /// Something of that name is there already.
    #[error("that name is already taken: {}", .0.display())]
    AlreadyThere(PathBuf),
    /// A model that came with the program can't be changed.
    #[error("built-in models can't be changed: {}", .0.display())]
    Shipped(PathBuf),
    /// A folder that is not what a model consists of.
    #[error("not a model: {reason}: {}", path.display())]
    NotAModel {
        /// What is wrong with it.
        reason: String,
        /// Which folder.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("couldn't {doing}: {source}: {}", path.display())]
    Io {
        /// What was being done, as a verb: “copy the model”.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// Which file or folder.
        path: PathBuf,
    },
}
