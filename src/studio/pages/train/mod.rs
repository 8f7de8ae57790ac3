//! Training: what it is set to, the runs there are, and what is shown of one.
//!
//! A training is an engine of its own. The studio starts it and lets go of it: from then on it reads the run's folder
//! ([`watch`]) and puts its wishes there, whoever began the run, and wherever.

pub mod charts;
pub mod curves;
mod data;
pub mod export;
mod page;
mod run_page;
mod samples;
mod scale;
mod setup;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::charts::Charts;
use self::data::Data;
use self::samples::Samples;
pub use self::setup::Length;
use self::setup::Setup;
use self::watch::{Eye, Gaze, News, RunInfo};
use crate::engine_client::protocol::{Event, Request, TrainControl, TrainRequest};
use crate::engine_client::run_folder::{self, Change, LOG_FILE, RunState};
use crate::engine_client::{EngineEvent, EngineOptions};
use crate::library::{paths, runs};
use crate::studio::{services::engine_line::EngineLine, state::Studio};

/// An engine that was started here, until it ends or the window closes.
struct Started {
    folder: PathBuf,
    line: Box<dyn EngineLine>,
}

/// What is shown of a run besides its status.
#[derive(Default)]
pub(in crate::studio) struct Shown {
    folder: PathBuf,
    charts: Charts,
    changes: Vec<Change>,
    reference: BTreeMap<String, f64>,
    samples: Samples,
}

/// Everything about training that the window knows.
#[derive(Default)]
pub struct Train {
    /// What the next training is set to.
    pub setup: Setup,
    /// What it learns from, as far as that has been looked through.
    data: Data,
    /// All runs, those under way first.
    runs: Vec<RunInfo>,
    /// Whether the runs have been looked for.
    searched: bool,
    /// The run that is shown; none while a new one is set up.
    selected: Option<PathBuf>,
    shown: Option<Shown>,
    started: Vec<Started>,
    /// Runs whose end was told, by their engine or by what it wrote: whichever was heard first.
    told: BTreeSet<PathBuf>,
    eye: Option<Eye>,
    listening: Option<samples::Listening>,
    /// A chart as PNG, until it is known where to keep it.
    picture: Option<Vec<u8>>,
}

impl Train {
    /// The run that is shown.
    fn run(&self) -> Option<&RunInfo> {
        let selected = self.selected.as_ref()?;
        self.runs.iter().find(|run| run.folder == *selected)
    }

    /// How many runs are under way.
    pub fn running(&self) -> usize {
        self.runs.iter().filter(|run| run.alive).count()
    }
}

impl Studio {
    /// Whether a run is under way in this folder, as far as that was seen.
    pub(in crate::studio) fn is_trained_now(&self, folder: &Path) -> bool {
        self.pages.train.runs.iter().any(|run| run.alive && run.folder == folder)
    }

    /// Where a run of that name goes.
    fn run_folder(&self) -> Option<PathBuf> {
        let allowed = |letter: char| {
            if letter.is_alphanumeric() || " -_.".contains(letter) { letter } else { '_' }
        };
        let name: String = self.pages.train.setup.name.trim().chars().map(allowed).collect();
        let name = name.trim_matches(['.', ' ']).to_owned();
        (!name.is_empty()).then_some(self.models_folder()?.join(name))
    }

    /// Why no training can be started now.
    fn why_not_train(&self) -> Option<String> {
        if self.pages.train.setup.data.trim().is_empty() {
            return Some("Choose what to learn from first".into());
        }
        if self.run_folder().is_none() {
            return Some("Give the model a name first".into());
        }
        self.pages.train.data.why_not()
    }

    /// Trains a new model. A name that is taken gets a number.
    fn start_training(&mut self) {
        let name = self.pages.train.setup.name.trim().to_owned();
        let mut number = 2;
        while self.run_folder().is_some_and(|folder| folder.exists()) {
            self.pages.train.setup.name = format!("{name} {number}");
            number += 1;
        }
        let Some(out) = self.run_folder() else { return };
        let per_epoch = self.pages.train.data.iterations_per_epoch(&self.pages.train.setup);
        self.train_with(self.pages.train.setup.request(out, per_epoch));
    }

    /// Goes on with a run from its last checkpoint, for so many iterations in all.
    fn resume_training(&mut self, run: &RunInfo, iterations: u64) {
        self.train_with(TrainRequest { resume: true, iterations, ..run.request.clone() });
    }

    /// Starts an engine for a training and hands it the request.
    fn train_with(&mut self, request: TrainRequest) {
        let request = TrainRequest { detach: true, cache: paths::cache_folder().ok(), ..request };
        let out = request.out.clone();
        self.pages.train.told.remove(&out);
        self.select_run(Some(out.clone()));
        let starter = self.services.engine.starter();
        let wake = self.services.jobs.poster();
        let data = self.training_data_folder();
        self.services.jobs.spawn("starting a training", move |poster| {
            let started = std::fs::create_dir_all(&out).map_err(|error| error.to_string()).and_then(|()| {
                let options = EngineOptions {
                    detached: true,
                    device: request.device.clone(),
                    log: Some(out.join(LOG_FILE)),
                    wake: Some(Arc::new(move || wake.ctx().request_repaint())),
                    ..EngineOptions::default()
                };
                let line = starter(options).map_err(|error| error.to_string())?;
                line.send(&Request::Train(Box::new(request))).map_err(|error| error.to_string())?;
                if let Some(data) = data
                    && let Err(error) = runs::register(&data, &out)
                {
                    log::warn!("the run is not on the list: {error}");
                }
                Ok(line)
            });
            poster.post(move |studio| match started {
                Ok(line) => studio.pages.train.started.push(Started { folder: out, line }),
                Err(reason) => {
                    let _ = std::fs::remove_dir(&out); // only where nothing is in it
                    studio.fail(format!("The training could not be started: {reason}"));
                }
            });
        });
    }

    /// Tells the run that is shown what to do, wherever it runs.
    fn control_training(&mut self, control: TrainControl) {
        let Some(folder) = self.pages.train.selected.clone() else { return };
        self.services.jobs.spawn("telling a training", move |poster| {
            if let Err(error) = run_folder::put_control(&folder, control) {
                poster.post(move |studio| {
                    studio.fail(format!("The training does not hear ({error}): {}", folder.display()))
                });
            }
        });
    }

    /// Shows a run, or the settings of a new one.
    pub(in crate::studio) fn select_run(&mut self, folder: Option<PathBuf>) {
        if self.pages.train.shown.is_some() && self.pages.train.selected == folder {
            return; // the eye, which tells what is new, would not tell again what is known
        }
        self.stop_listening();
        self.pages.train.shown = folder.as_ref().map(|folder| Shown { folder: folder.clone(), ..Shown::default() });
        self.pages.train.selected = folder;
    }

    /// Goes on showing a run whose folder has another name now, or shows none where it is gone.
    pub(in crate::studio) fn run_has_moved(&mut self, from: &Path, to: Option<PathBuf>) {
        if self.pages.train.selected.as_deref() == Some(from) {
            self.select_run(to);
        }
    }

    /// Sets up a training on a folder of MIDI files.
    pub(in crate::studio) fn learn_from(&mut self, folder: &Path) {
        self.pages.train.setup.data = folder.display().to_string();
        self.select_run(None);
    }

    /// Opens the folder of a run that was begun elsewhere.
    pub(in crate::studio) fn open_run(&mut self, folder: PathBuf) {
        if run_folder::read_request(&folder).is_none() {
            self.fail(format!("There is no training in this folder: {}", folder.display()));
            return;
        }
        if let Some(data) = self.training_data_folder()
            && let Err(error) = runs::register(&data, &folder)
        {
            log::warn!("the run is not on the list: {error}");
        }
        self.page = crate::studio::page::Page::Train;
        self.select_run(Some(folder));
    }

    /// Points the eye at what is shown; opens it where the page is seen first.
    fn watch_trainings(&mut self) {
        let gaze = Gaze { data: self.training_data_folder(), run: self.pages.train.selected.clone() };
        let poster = self.services.jobs.poster();
        self.pages.train.eye.get_or_insert_with(|| Eye::new(poster)).turn(gaze);
    }

    /// Takes what the eye has seen.
    pub(in crate::studio) fn take_training_news(&mut self, news: News) {
        if let Some(runs) = news.runs {
            for run in &runs {
                let before = self.pages.train.runs.iter().find(|known| known.folder == run.folder);
                let lived = before.is_some_and(|before| before.alive);
                if lived && !run.alive {
                    self.training_ended(run);
                } else if run.alive && !lived {
                    self.pages.train.told.remove(&run.folder);
                }
            }
            // what was under way when the window opened is shown at once
            if !self.pages.train.searched
                && self.pages.train.selected.is_none()
                && let Some(run) = runs.first().filter(|run| run.alive)
            {
                self.select_run(Some(run.folder.clone()));
            }
            self.pages.train.searched = true;
            self.pages.train.runs = runs;
        }
        let Some(shown) = &mut self.pages.train.shown else { return };
        if news.folder.as_ref() != Some(&shown.folder) {
            return;
        }
        if let Some(curves) = news.curves {
            shown.charts.take(curves, news.reset);
        }
        if let Some(changes) = news.changes {
            shown.changes = changes;
        }
        if let Some(reference) = news.reference {
            shown.reference = reference;
        }
        if let Some(samples) = news.samples {
            shown.samples.take(samples);
        }
    }

    fn training_ended(&mut self, run: &RunInfo) {
        self.find_models();
        if !self.pages.train.told.insert(run.folder.clone()) {
            return;
        }
        let name = run.name();
        match run.status.state {
            RunState::Complete | RunState::Stopped => self.tell(format!("{name}: {}", lower(&run.status.message))),
            RunState::Failed => {
                self.fail(format!("{name} failed; what was checkpointed is kept: {}", run.status.message))
            }
            _ => self.fail(format!("{name} ended unexpectedly; it can be resumed from its last checkpoint")),
        }
    }

    /// Takes what the engines started here say that is in no file: why one could not begin, or died.
    pub(in crate::studio) fn poll_training(&mut self) {
        let mut over = Vec::new();
        for (index, started) in self.pages.train.started.iter().enumerate() {
            for event in started.line.events().try_iter() {
                match event {
                    EngineEvent::Event(Event::Trained { message, ok, iteration }) => {
                        // where the disk is full this may be the only word of it
                        let failed = |message| match iteration {
                            0 => could_not_begin(message),
                            _ => format!(
                                "{} failed; what was checkpointed is kept: {message}",
                                watch::name_of(&started.folder)
                            ),
                        };
                        over.push((index, (!ok).then_some(message).map(failed)));
                    }
                    EngineEvent::Event(Event::Failed { message, .. }) => {
                        over.push((index, Some(could_not_begin(message))))
                    }
                    // one that is on the list is seen to beat no more
                    EngineEvent::Died { reason } => {
                        let is_listed = self.pages.train.runs.iter().any(|run| run.folder == started.folder);
                        over.push((index, (!is_listed).then(|| could_not_begin(reason))));
                    }
                    EngineEvent::Ended => over.push((index, None)),
                    EngineEvent::Event(_) | EngineEvent::Hung { .. } => {}
                }
            }
        }
        over.reverse();
        over.dedup_by_key(|(index, _)| *index);
        for (index, reason) in over {
            let started = self.pages.train.started.remove(index);
            // an engine goes on until nobody listens; it has nothing more to do
            let _ = started.line.send(&Request::Shutdown);
            if let Some(reason) = reason
                && self.pages.train.told.insert(started.folder)
            {
                self.fail(reason);
            }
        }
        self.poll_listening();
    }
}

fn could_not_begin(reason: impl std::fmt::Display) -> String {
    format!("The training could not begin: {reason}")
}

/// A sentence's beginning within another.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
