//! How long a training may take, where that can be said honestly: from the last one of its kind on this computer.

use std::sync::LazyLock;

use super::run::RunInfo;
use crate::engine_client::{
    networks,
    protocol::TrainRequest,
    run_folder::{RunState, host},
};

/// What this computer is called in the runs that were trained on it.
static HERE: LazyLock<String> = LazyLock::new(host);

/// Seconds that an iteration takes, with its share of what is measured on the way, as the last training of the same
/// network, batch, ratio, precision and device did that was completed on this computer. `None` where there is none:
/// the parts of a training differ in speed, so that one that was stopped says little of a whole one.
pub fn seconds_per_iteration(runs: &[RunInfo], asked: &TrainRequest) -> Option<f64> {
    of_host(runs, asked, &HERE)
}

fn of_host(runs: &[RunInfo], asked: &TrainRequest, here: &str) -> Option<f64> {
    let plan = networks::of(&asked.network);
    let is_alike = |run: &&RunInfo| {
        let (status, request) = (&run.status, &run.request);
        status.state == RunState::Complete
            && status.host == here
            && status.iteration > 0
            && request.network == asked.network
            && request.device == asked.device
            && request.mixed == asked.mixed
            && status.tuning.batch == asked.batch.unwrap_or(plan.batch)
            && status.tuning.update_ratio == asked.update_ratio.unwrap_or(plan.update_ratio)
    };
    let last = runs.iter().filter(is_alike).max_by(|a, b| a.status.written.total_cmp(&b.status.written))?;
    Some(last.status.seconds / last.status.iteration as f64).filter(|seconds| *seconds > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::run_folder::{RunStatus, Tuning};

    #[test]
    fn only_a_completed_training_of_the_same_kind_on_this_computer_tells() {
        let run = |state, host: &str, batch, seconds, written| RunInfo {
            folder: "a".into(),
            request: TrainRequest { network: "unet".into(), ..TrainRequest::default() },
            status: RunStatus {
                state,
                host: host.into(),
                iteration: 10,
                seconds,
                written,
                tuning: Tuning { batch, update_ratio: 5, ..Tuning::default() },
                ..RunStatus::default()
            },
            alive: false,
        };
        let runs = [
            run(RunState::Complete, "here", 64, 20.0, 1.0),
            run(RunState::Complete, "here", 64, 30.0, 2.0),
            run(RunState::Stopped, "here", 64, 40.0, 3.0),
            run(RunState::Complete, "there", 64, 50.0, 4.0),
            run(RunState::Complete, "here", 8, 60.0, 5.0),
        ];
        let asked = TrainRequest { network: "unet".into(), ..TrainRequest::default() };
        assert_eq!(of_host(&runs, &asked, "here"), Some(3.0));
        assert_eq!(of_host(&runs, &TrainRequest { batch: Some(8), ..asked.clone() }, "here"), Some(6.0));
        assert_eq!(of_host(&runs, &TrainRequest { network: "cantus".into(), ..asked }, "here"), None);
    }
}
