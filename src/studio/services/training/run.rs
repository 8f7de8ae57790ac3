//! A run as its folder tells it, and what is new of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::engine_client::model_card::Training;
use crate::engine_client::networks;
use crate::engine_client::protocol::TrainRequest;
use crate::engine_client::run_folder::{Change, RunState, RunStatus, Tuning};
use crate::studio::charts::curves::Curves;
use crate::studio::services::models::{Model, Models};

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

    /// How many iterations it is to have.
    pub fn total(&self) -> u64 {
        if self.status.total > 0 { self.status.total } else { self.request.iterations }
    }

    /// The settings in force; before it says them, those that were asked for.
    pub fn tuning(&self) -> Tuning {
        if self.status.tuning.batch > 0 {
            return self.status.tuning;
        }
        let (request, plan) = (&self.request, networks::of(&self.request.network));
        Tuning {
            learning_rate: request.learning_rate.unwrap_or(plan.learning_rate),
            update_ratio: request.update_ratio.unwrap_or(plan.update_ratio),
            batch: request.batch.unwrap_or(plan.batch),
            iterations: request.iterations,
            wait_ms: 0,
        }
    }

    /// What it is doing beside learning, such as reading the data or measuring, in its own words.
    pub fn doing(&self) -> Option<&str> {
        let status = &self.status;
        let is_busy = match status.state {
            RunState::Starting => !status.message.is_empty(),
            RunState::Learning => status.message != "Learning",
            RunState::Paused | RunState::Complete | RunState::Stopped | RunState::Failed => false,
        };
        (self.alive && is_busy).then_some(&status.message)
    }

    /// Who learns in its next iteration.
    pub fn phase(&self) -> Phase {
        self.phase_in(self.total())
    }

    /// The same, were it a training of this many iterations.
    pub fn phase_in(&self, total: u64) -> Phase {
        let joins = self.request.joins_at(total);
        match (self.status.iteration, joins) {
            (done, Some((critic, _))) if done < critic => Phase::GeneratorAlone(Some(critic)),
            (done, Some((_, generator))) if done < generator => Phase::DiscriminatorAlone(generator),
            (done, Some(_)) if self.request.chooses_at(total).is_some_and(|last| done >= last) => {
                Phase::DiscriminatorChooses
            }
            (_, None) if networks::of(&self.request.network).joins.is_some() => Phase::GeneratorAlone(None),
            _ => Phase::Both,
        }
    }

    /// Whether it can be resumed.
    pub fn can_resume(&self) -> bool {
        !self.alive && (self.status.iteration < self.status.total || self.status.state == RunState::Failed)
    }
}

/// Who learns in an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The generator, from the music alone: up to this iteration, or to the end where there is no discriminator.
    GeneratorAlone(Option<u64>),
    /// The discriminator, up to this iteration.
    DiscriminatorAlone(u64),
    /// Both, from each other.
    Both,
    /// The discriminator, from what it chose among drafts: up to the end.
    DiscriminatorChooses,
}

/// What a run is called: its folder's name.
pub fn name_of(folder: &Path) -> String {
    let name = folder.file_name();
    name.map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What is said where no model is trained further.
pub const FROM_SCRATCH: &str = "From scratch";

/// What a training went on from, as the models call it.
pub fn started_from(training: &Training, models: &Models) -> String {
    let Some(from) = &training.from else { return FROM_SCRATCH.to_owned() };
    let model = models.list.iter().flatten().find(|model| model.folder.name == *from);
    model.map_or(from.as_str(), Model::title).to_owned()
}

/// How exactly a training computes, in a word.
pub const fn precision(training: &Training) -> &'static str {
    if training.mixed { "Mixed" } else { "Full" }
}

/// What is new.
#[derive(Debug, Default)]
pub struct RunNews {
    /// All runs, the newest first, if anything changed.
    pub runs: Option<Vec<RunInfo>>,
    /// The run that the rest is of.
    pub folder: Option<PathBuf>,
    /// Points of its curves, and whether they replace what was there.
    pub curves: Option<(Curves, bool)>,
    /// The same of the runs that it is compared with.
    pub compared: Vec<(PathBuf, Curves, bool)>,
    /// What was changed on the way.
    pub changes: Option<Vec<Change>>,
    /// What the held-out music itself measures.
    pub reference: Option<BTreeMap<String, f64>>,
    /// Its samples: after how many iterations, and where.
    pub samples: Option<Vec<(u64, PathBuf)>>,
    /// Where the piece is that their melody is from.
    pub original: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_learns_follows_from_the_length_that_holds_now() {
        let phase = |network: &str, adversarial, iteration, total| {
            RunInfo {
                folder: PathBuf::new(),
                request: TrainRequest {
                    network: network.into(),
                    adversarial,
                    iterations: 500,
                    ..TrainRequest::default()
                },
                status: RunStatus { iteration, total, ..RunStatus::default() },
                alive: true,
            }
            .phase()
        };
        let of = |iteration| phase("autoregressive", None, iteration, 40);
        assert_eq!((of(23), of(24)), (Phase::GeneratorAlone(Some(24)), Phase::DiscriminatorAlone(26)));
        assert_eq!((of(26), of(35)), (Phase::Both, Phase::Both));
        assert_eq!(of(36), Phase::DiscriminatorChooses);
        assert_eq!(phase("autoregressive", None, 46, 106), Phase::GeneratorAlone(Some(63)), "trained longer");
        assert_eq!(phase("autoregressive", None, 0, 0), Phase::GeneratorAlone(Some(300)), "not begun");
        assert_eq!(phase("autoregressive", Some(0.0), 39, 40), Phase::GeneratorAlone(None));
        assert_eq!(phase("unet", None, 0, 40), Phase::Both);
    }
}
