//! Trainings: the runs there are, and the engines that were started for them.
//!
//! A training is an engine of its own. The studio starts it and lets go of it: from then on it reads the run's folder
//! (`watcher`) and puts its wishes there, whoever began the run, and wherever.

pub mod asked;
pub mod data;
pub mod estimate;
pub mod export;
pub mod run;
pub mod setup;
mod watcher;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::asked::Asked;
use self::run::{RunInfo, name_of};
use self::watcher::RunWatcher;
pub use self::watcher::Watched;
use super::engine_line::{EngineLine, Starter};
use super::jobs::Poster;
use crate::engine_client::protocol::{Event, Request, TrainControl, TrainRequest};
use crate::engine_client::run_folder::LOG_FILE;
use crate::engine_client::{EngineEvent, EngineOptions};
use crate::library::{paths, runs};

/// An engine that was started here, until it ends or the window closes.
struct StartedEngine {
    folder: PathBuf,
    line: Box<dyn EngineLine>,
}

/// The trainings there are.
#[derive(Default)]
pub struct Training {
    /// All runs, the newest first; `None` until they were looked for.
    runs: Option<Vec<RunInfo>>,
    started: Vec<StartedEngine>,
    /// Runs whose end was told, by their engine or by what it wrote: whichever was heard first.
    told: BTreeSet<PathBuf>,
    /// What runs were asked for and have not confirmed.
    asked: BTreeMap<PathBuf, Asked>,
    watcher: Option<RunWatcher>,
}

impl Training {
    /// All runs, the newest first.
    pub fn runs(&self) -> &[RunInfo] {
        self.runs.as_deref().unwrap_or_default()
    }

    /// Whether the runs have been looked for.
    pub fn has_searched(&self) -> bool {
        self.runs.is_some()
    }

    /// The run in this folder.
    pub fn run(&self, folder: &Path) -> Option<&RunInfo> {
        self.runs().iter().find(|run| run.folder == folder)
    }

    /// How many runs are under way.
    pub fn running(&self) -> usize {
        self.under_way().count()
    }

    /// Whether a run is under way in this folder, as far as that was seen.
    pub fn is_running(&self, folder: &Path) -> bool {
        self.run(folder).is_some_and(|run| run.alive)
    }

    /// The runs under way.
    pub fn under_way(&self) -> impl Iterator<Item = &RunInfo> {
        self.runs().iter().filter(|run| run.alive)
    }

    /// What a run was asked for and has not confirmed.
    pub fn asked(&self, folder: &Path) -> Asked {
        self.asked.get(folder).copied().unwrap_or_default()
    }

    /// A run is asked for something.
    pub fn ask(&mut self, folder: &Path, control: TrainControl) {
        let status = self.run(folder).map(|run| run.status.clone()).unwrap_or_default();
        self.asked.entry(folder.to_owned()).or_default().ask(control, &status);
    }

    /// A run could not be reached: nothing will come of what it was asked for.
    pub fn give_up(&mut self, folder: &Path) {
        self.asked.remove(folder);
    }

    /// Watches all runs of a user's data, and some closely; begins with the first call.
    pub fn watch(&mut self, poster: Poster, watched: Watched) {
        self.watcher.get_or_insert_with(|| RunWatcher::new(poster)).turn_to(watched);
    }

    /// Takes the runs there are now; those of before that have ended, with the iterations that were asked for too late.
    pub fn take_runs(&mut self, runs: Vec<RunInfo>) -> Vec<(RunInfo, Option<u64>)> {
        let mut ended = Vec::new();
        for run in &runs {
            let was_alive = self.is_running(&run.folder);
            if was_alive && !run.alive {
                ended.push((run.clone(), self.asked(&run.folder).change.iterations));
            } else if run.alive && !was_alive {
                self.begins(&run.folder);
            }
        }
        for run in &runs {
            if let Some(asked) = self.asked.get_mut(&run.folder) {
                asked.settle(run);
            }
        }
        self.runs = Some(runs);
        ended
    }

    /// A training begins there, whose end is to be told.
    pub fn begins(&mut self, folder: &Path) {
        self.told.remove(folder);
    }

    /// Whether the end of the run is still to be told, which is then done.
    pub fn tells_end(&mut self, folder: &Path) -> bool {
        self.told.insert(folder.to_owned())
    }

    /// An engine that was started for the training there.
    pub fn connect(&mut self, folder: PathBuf, line: Box<dyn EngineLine>) {
        self.started.push(StartedEngine { folder, line });
    }

    /// What the engines started here say that is in no file, and was not told: why a training could not begin, or died.
    pub fn failures(&mut self) -> Vec<String> {
        let mut failures = Vec::new();
        for started in std::mem::take(&mut self.started) {
            match self.end_of(&started) {
                None => self.started.push(started),
                Some(reason) => {
                    // an engine goes on until nobody listens; it has nothing more to do
                    let _ = started.line.send(&Request::Shutdown);
                    failures.extend(reason.filter(|_| self.tells_end(&started.folder)));
                }
            }
        }
        failures
    }

    /// Whether the engine is done, and if so, why it failed, if it did.
    #[expect(clippy::option_option, reason = "not done, done, or failed")]
    fn end_of(&self, started: &StartedEngine) -> Option<Option<String>> {
        started.line.events().try_iter().find_map(|event| match event {
            // where the disk is full this may be the only word of it
            EngineEvent::Event(Event::Trained { message, ok, iteration }) => Some((!ok).then(|| match iteration {
                0 => could_not_begin(&message),
                _ => format!("{} failed; what was checkpointed is kept: {message}", name_of(&started.folder)),
            })),
            EngineEvent::Event(Event::Failed { message, .. }) => Some(Some(could_not_begin(&message))),
            // one that is on the list is seen to be written no more
            EngineEvent::Died { reason } => Some(self.run(&started.folder).is_none().then(|| could_not_begin(&reason))),
            EngineEvent::Ended => Some(None),
            EngineEvent::Event(_) | EngineEvent::Hung { .. } => None,
        })
    }
}

fn could_not_begin(reason: &str) -> String {
    format!("The training could not begin: {reason}")
}

/// Starts an engine and hands it the request; to be called beside the window. `data` has the list of runs.
///
/// # Errors
/// Why it could not be started.
pub fn start(
    starter: &Starter,
    request: TrainRequest,
    data: Option<&Path>,
    wake: impl Fn() + Send + Sync + 'static,
) -> Result<Box<dyn EngineLine>, String> {
    let out = request.out.clone();
    let started = std::fs::create_dir_all(&out).map_err(|error| error.to_string()).and_then(|()| {
        let line = starter(EngineOptions {
            detached: true,
            device: request.device.clone(),
            log: Some(out.join(LOG_FILE)),
            wake: Some(Arc::new(wake)),
            ..EngineOptions::default()
        });
        let line = line.map_err(|error| error.to_string())?;
        let request = TrainRequest { detach: true, cache: paths::cache_folder().ok(), ..request };
        line.send(&Request::Train(Box::new(request))).map_err(|error| error.to_string())?;
        Ok(line)
    });
    match &started {
        Ok(_) => register(data, &out),
        Err(_) => drop(std::fs::remove_dir(&out)), // only where nothing is in it
    }
    started
}

/// Puts a run on the list of a user's data.
pub fn register(data: Option<&Path>, run: &Path) {
    if let Some(data) = data
        && let Err(error) = runs::register(data, run)
    {
        log::warn!("the run is not on the list: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::EngineError;
    use crossbeam_channel::{Receiver, unbounded};

    struct Line(Receiver<EngineEvent>);

    impl EngineLine for Line {
        fn send(&self, _: &Request) -> Result<(), EngineError> {
            Ok(())
        }
        fn events(&self) -> &Receiver<EngineEvent> {
            &self.0
        }
    }

    #[test]
    fn why_a_training_could_not_begin_is_told_once() {
        let (say, said) = unbounded();
        let mut training = Training::default();
        training.connect("runs/waltz".into(), Box::new(Line(said)));
        assert!(training.failures().is_empty());
        say.send(EngineEvent::Event(Event::Failed { id: 0, message: "no such data".into() })).unwrap();
        say.send(EngineEvent::Ended).unwrap();
        assert_eq!(training.failures(), ["The training could not begin: no such data"]);
        assert!(training.failures().is_empty() && !training.tells_end(Path::new("runs/waltz")));
    }
}
