//! A run as its folder tells it, and what is new of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::engine_client::protocol::TrainRequest;
use crate::engine_client::run_folder::{Change, RunState, RunStatus};
use crate::studio::charts::curves::Curves;

/// A run as the list has it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInfo {
    /// Its folder.
    pub folder: PathBuf,
    /// What was asked for.
    pub request: TrainRequest,
    /// How it is, as far as anybody knows.
    pub status: RunStatus,
    /// Whether its status is written again and again.
    pub alive: bool,
}

impl RunInfo {
    /// The folder's name.
    pub fn name(&self) -> String {
        name_of(&self.folder)
    }

    /// Whether it can be resumed.
    pub fn can_resume(&self) -> bool {
        !self.alive && (self.status.iteration < self.status.total || self.status.state == RunState::Failed)
    }
}

/// What a run is called: its folder's name.
pub fn name_of(folder: &Path) -> String {
    let name = folder.file_name();
    name.map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What is said where no model is trained further.
pub const FROM_SCRATCH: &str = "From scratch";

/// What a training went on from, in words.
pub fn started_from(request: &TrainRequest) -> String {
    request.from.as_ref().map_or_else(|| FROM_SCRATCH.to_owned(), |from| format!("The model {}", name_of(from)))
}

/// How exactly a training computes, in a word.
pub const fn precision(request: &TrainRequest) -> &'static str {
    if request.mixed { "Mixed" } else { "Full" }
}

/// What is new.
#[derive(Debug, Default)]
pub struct RunNews {
    /// All runs, those under way first, then the newest, if anything changed.
    pub runs: Option<Vec<RunInfo>>,
    /// The run that the rest is of.
    pub folder: Option<PathBuf>,
    /// Points of its curves, and whether they replace what was there.
    pub curves: Option<(Curves, bool)>,
    /// What was changed on the way.
    pub changes: Option<Vec<Change>>,
    /// What the held-out music itself measures.
    pub reference: Option<BTreeMap<String, f64>>,
    /// Its samples: after how many iterations, and where.
    pub samples: Option<Vec<(u64, PathBuf)>>,
    /// Where the piece is that their melody is from.
    pub original: Option<PathBuf>,
}
