//! What is asked for around training.

use std::{path::PathBuf, sync::Arc};

use eframe::egui::Rect;

use crate::{
    corpus::Survey,
    engine_client::protocol::TrainControl,
    music::Score,
    studio::services::{
        engine_line::EngineLine,
        models::Model,
        training::{
            data::{Correction, Scan},
            run::RunNews,
        },
    },
};

/// What is asked for around training, and what came of it.
pub enum TrainAction {
    /// Show a run, or the settings of a new one.
    Select(Option<PathBuf>),
    /// Set up a training on a folder of MIDI files.
    LearnFrom(PathBuf),
    /// Set up a training that begins where this model is.
    StartFrom(Box<Model>),
    /// Show the folder of a run that was begun elsewhere.
    OpenRun(PathBuf),
    /// The first folder was that of a run; now it is the second, or gone.
    RunMoved(PathBuf, Option<PathBuf>),

    /// Train a new model as it is set up.
    Start,
    /// Train on from the last checkpoint of a run, for so many iterations in all.
    Resume(PathBuf, u64),
    /// The engine of a run was started, or could not be.
    Started(PathBuf, Result<Box<dyn EngineLine>, String>),
    /// Tell a run what to do, wherever it runs.
    Control(PathBuf, TrainControl),
    /// It could not be told, for this reason.
    NotReached(PathBuf, String),
    /// What is new of the runs there are.
    News(Box<RunNews>),

    /// Look through the data of a training.
    Scan(Arc<Scan>),
    /// What was found in them.
    Scanned(Arc<Scan>, Box<Result<Survey, String>>),
    /// Keep what a track of a data set is said to be.
    Correct(Correction),
    /// The folder of a data set is not what it was: look it through again.
    DataChanged,

    /// Read a sample of the run that is shown.
    ReadSample(u64),
    /// The sample that a run wrote after so many iterations, where it could be read.
    SampleRead(PathBuf, u64, Option<Arc<Score>>),
    /// Read the piece that the samples' melody is from, of the run that is shown.
    ReadOriginal,
    /// That piece of a run, where it could be read.
    OriginalRead(PathBuf, Option<Arc<Score>>),

    /// Lay the curves of another run into the charts of the one that is shown.
    Compare(PathBuf),
    /// Write the curves of all runs as one table.
    ExportCurves(PathBuf),
    /// Keep what is shown at a place of the window as a picture, which is called so.
    TakePicture(Rect, String),
    /// What it is called, and the picture as PNG.
    PictureTaken(String, Vec<u8>),
    /// Write the picture that was taken.
    ExportPicture(PathBuf),
}
