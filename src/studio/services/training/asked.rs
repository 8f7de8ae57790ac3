//! What a training was asked for and has not confirmed: it hears nothing while an iteration lasts, which may be half a
//! minute.

use super::run::RunInfo;
use crate::engine_client::protocol::{TrainChange, TrainControl};
use crate::engine_client::run_folder::{RunState, RunStatus, Tuning};
use crate::plural::counted;
use crate::studio::words::lower_first;

/// What is still to come of what was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// To pause, to go on or to stop.
    pub wish: Option<TrainControl>,
    /// Other settings.
    pub change: TrainChange,
    /// How many iterations were done when they were asked for.
    after: u64,
}

impl Asked {
    /// Something more is asked for.
    pub fn ask(&mut self, control: TrainControl, status: &RunStatus) {
        match control {
            TrainControl::Change(new) => {
                let old = self.change;
                self.after = status.iteration;
                self.change = TrainChange {
                    learning_rate: new.learning_rate.or(old.learning_rate),
                    update_ratio: new.update_ratio.or(old.update_ratio),
                    batch: new.batch.or(old.batch),
                    iterations: new.iterations.or(old.iterations),
                    wait_ms: new.wait_ms.or(old.wait_ms),
                };
            }
            TrainControl::Pause | TrainControl::Resume | TrainControl::Stop => self.wish = Some(control),
            TrainControl::Step(_) => self.wish = None,
        }
    }

    /// Drops what the training has done by now.
    pub fn settle(&mut self, run: &RunInfo) {
        let status = &run.status;
        let is_paused = status.state == RunState::Paused;
        match self.wish {
            _ if !run.alive => *self = Self::default(),
            Some(TrainControl::Pause) if is_paused => self.wish = None,
            Some(TrainControl::Resume) if !is_paused => self.wish = None,
            _ => {}
        }
        // it may have brought into range what was asked for
        if self.applied_to(status.tuning) == status.tuning || status.iteration > self.after + 1 {
            self.change = TrainChange::default();
        }
    }

    /// The settings as they are to become.
    pub fn applied_to(&self, now: Tuning) -> Tuning {
        let asked = self.change;
        Tuning {
            learning_rate: asked.learning_rate.unwrap_or(now.learning_rate),
            update_ratio: asked.update_ratio.unwrap_or(now.update_ratio),
            batch: asked.batch.unwrap_or(now.batch),
            iterations: asked.iterations.unwrap_or(now.iterations),
            wait_ms: asked.wait_ms.unwrap_or(now.wait_ms),
        }
    }

    /// The state that was asked for, in words, with what the run is doing beside learning.
    pub fn state(&self, run: &RunInfo) -> Option<String> {
        let (wish, is_learning) = (self.wish?, run.status.state == RunState::Learning);
        let words = match wish {
            TrainControl::Pause => "pausing",
            TrainControl::Stop => "stopping",
            TrainControl::Resume => return Some("resuming…".into()),
            TrainControl::Step(_) | TrainControl::Change(_) => return None,
        };
        Some(match run.doing() {
            Some(doing) => format!("{words}, {}…", lower_first(doing)),
            None if is_learning => format!("{words} after this iteration…"),
            None => format!("{words}…"),
        })
    }

    /// The settings that were asked for, in words.
    pub fn settings(&self) -> Option<String> {
        let asked = self.change;
        let named = [
            asked.learning_rate.map(|rate| format!("learning rate {rate}")),
            asked.update_ratio.map(|ratio| format!("update ratio {ratio}")),
            asked.batch.map(|batch| format!("batch {batch}")),
            asked.iterations.map(|iterations| format!("{} in all", counted(iterations as usize, "iteration"))),
            asked.wait_ms.map(|wait| format!("slow motion {}", slow_motion(wait))),
        ];
        let named: Vec<String> = named.into_iter().flatten().collect();
        (!named.is_empty()).then(|| format!("After this iteration: {}", named.join(", ")))
    }
}

/// `off`, `0.5 s`.
fn slow_motion(wait_ms: u64) -> String {
    if wait_ms == 0 { "off".into() } else { format!("{:.1} s", wait_ms as f64 / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_stands_until_the_training_has_done_it() {
        let mut run = RunInfo {
            folder: "waltz".into(),
            request: crate::engine_client::protocol::TrainRequest::default(),
            status: RunStatus {
                state: RunState::Learning,
                message: "Learning".into(),
                iteration: 40,
                tuning: Tuning { iterations: 60, batch: 8, ..Tuning::default() },
                ..RunStatus::default()
            },
            alive: true,
        };
        let mut asked = Asked::default();
        let shorter = TrainChange { iterations: Some(46), ..TrainChange::default() };
        asked.ask(TrainControl::Change(shorter), &run.status);
        asked.ask(TrainControl::Pause, &run.status);
        asked.settle(&run);
        assert_eq!(asked.settings().unwrap(), "After this iteration: 46 iterations in all");
        assert_eq!(asked.applied_to(run.status.tuning), Tuning { iterations: 46, batch: 8, ..Tuning::default() });
        assert_eq!(asked.state(&run).as_deref(), Some("pausing after this iteration…"));
        // it is done, one after the other
        (run.status.iteration, run.status.tuning.iterations) = (41, 46);
        asked.settle(&run);
        assert_eq!((asked.settings(), asked.wish), (None, Some(TrainControl::Pause)));
        run.status.state = RunState::Paused;
        asked.settle(&run);
        assert_eq!(asked.wish, None);
        asked.ask(TrainControl::Resume, &run.status);
        assert_eq!(asked.state(&run).as_deref(), Some("resuming…"));
        run.status.state = RunState::Learning;
        asked.settle(&run);
        assert_eq!(asked.wish, None);
        // what it could not do as asked is not waited for
        let less = TrainChange { iterations: Some(3), ..TrainChange::default() };
        asked.ask(TrainControl::Change(less), &run.status);
        run.status.iteration += 2;
        asked.settle(&run);
        assert_eq!(asked.settings(), None);
        // the end answers everything
        asked.ask(TrainControl::Stop, &run.status);
        asked.settle(&run);
        assert_eq!(asked.state(&run).as_deref(), Some("stopping after this iteration…"));
        run.status.message = "Measuring (piece 3 of 16)".into();
        assert_eq!(asked.state(&run).as_deref(), Some("stopping, measuring (piece 3 of 16)…"));
        run.alive = false;
        asked.settle(&run);
        assert_eq!(asked.wish, None);
    }
}
