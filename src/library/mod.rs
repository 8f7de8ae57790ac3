//! Where things are kept: the library of compositions, folders, settings, and the models found on this computer.
//!
//! Must not know networks, sound or the window.

pub mod half_weights;
pub mod hostile;
pub mod keeper;
pub mod models;
pub mod paths;
pub mod picture;
pub mod project;
pub mod runs;
pub mod settings;
pub mod store;

use std::path::PathBuf;

/// What can go wrong with what is kept.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The system names no home folder.
    #[error("this system names no folder for a user's data; set HOME")]
    NoHome,
    /// A name that no folder of ours may have.
    #[error("“{0}” cannot be a model's name: use letters, digits, spaces, dots, dashes and underscores")]
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
    #[error("there is already something of that name: {}", .0.display())]
    AlreadyThere(PathBuf),
    /// A model that came with the program stays as it is.
    #[error("this model came with the program and cannot be changed: {}", .0.display())]
    Shipped(PathBuf),
    /// A folder that is not what a model consists of.
    #[error("this is not a model: {reason}: {}", path.display())]
    NotAModel {
        /// What is wrong with it.
        reason: String,
        /// Which folder.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("{doing} failed: {source}: {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// Which file or folder.
        path: PathBuf,
    },
}
