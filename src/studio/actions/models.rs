//! What is asked for around the models on their page, and what came of it.

use std::path::PathBuf;

use crate::{
    library::models::ModelFolder,
    music::Part,
    studio::{
        charts::Charts,
        services::models::{BinnedModel, Model},
    },
};

/// What is asked for around the models on their page, and what came of it. Models are named by their folders.
pub enum ModelsAction {
    /// Show it on the Models page; with a name, ready to be given another.
    Show(PathBuf, Option<String>),
    /// Have it write something, only to be heard.
    Listen(PathBuf),
    /// What it wrote.
    Written(PathBuf, Vec<Part>),
    /// Read its curves.
    ReadCurves(PathBuf),
    /// Its curves.
    CurvesRead(PathBuf, Box<Charts>),
    /// Copy it among the user's own.
    Duplicate(ModelFolder),
    /// Give it another name.
    Rename(ModelFolder, String),
    /// Put it into the bin.
    Delete(Box<Model>),
    /// The model of that name was put there.
    Deleted(String, PathBuf),
    /// What is in the bin.
    BinRead(Vec<BinnedModel>),
    /// Take it out of the bin.
    Restore(PathBuf),
    /// Copy a folder among the user's own models.
    Import(PathBuf),
    /// Copy the model that was chosen for it into a new folder.
    ExportTo(PathBuf),
}
