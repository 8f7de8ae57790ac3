//! Watches trainings: which runs there are, how they are, and what is new in the folder of the one that is shown.
//!
//! A thread of its own reads files, so runs begun elsewhere (in a terminal, in a window closed since, on another
//! machine whose folder is shared) are the same to it as those begun here. It posts only what has changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::run::{RunInfo, RunNews};
use crate::engine_client::protocol::TrainRequest;
use crate::engine_client::run_folder::{self, Change, DEAD_AFTER_SECONDS, RunState, RunStatus};
use crate::library::runs;
use crate::studio::actions::TrainAction;
use crate::studio::charts::curves::{CurveFiles, read_reference};
use crate::studio::services::jobs::Poster;

/// How often the shown run is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often all runs are looked for.
const SEARCH: Duration = Duration::from_secs(2);

/// What is to be watched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// The user's data, where models and the list of runs are.
    pub data: Option<PathBuf>,
    /// The run that is shown.
    pub run: Option<PathBuf>,
    /// The runs that it is compared with.
    pub compared: Vec<PathBuf>,
}

/// The window's end of the thread, which ends with this.
#[derive(Debug)]
pub struct RunWatcher {
    wishes: Sender<Watched>,
    last: Watched,
}

impl RunWatcher {
    /// Begins to watch; nothing as yet.
    pub fn new(poster: Poster) -> Self {
        let (wishes, wished) = bounded(16);
        let watching = std::thread::Builder::new()
            .name("trainings".into())
            .spawn(move || watch(&wished, &mut |news| poster.ask(TrainAction::News(Box::new(news)))));
        if let Err(error) = watching {
            log::warn!("trainings are not watched: {error}");
        }
        Self { wishes, last: Watched::default() }
    }

    /// Watches this from now on.
    pub fn turn_to(&mut self, watched: Watched) {
        if self.last != watched && self.wishes.try_send(watched.clone()).is_ok() {
            self.last = watched;
        }
    }
}

fn watch(wished: &Receiver<Watched>, tell: &mut dyn FnMut(RunNews)) {
    let mut watched = Watched::default();
    let mut list = List::default();
    let mut run: Option<WatchedRun> = None;
    let mut compared: Vec<(PathBuf, CurveFiles)> = Vec::new();
    let mut searched: Option<Instant> = None;
    loop {
        match wished.recv_timeout(LOOK) {
            Ok(new) => {
                searched = None;
                watched = new;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if searched.is_none_or(|searched| searched.elapsed() >= SEARCH) {
            searched = Some(Instant::now());
            list.search(&watched);
        }
        let mut news = RunNews { runs: list.look(), ..RunNews::default() };
        if run.as_ref().map(|run| &run.folder) != watched.run.as_ref() {
            run = watched.run.as_deref().map(WatchedRun::new);
        }
        compared.retain(|(folder, _)| watched.compared.contains(folder));
        for folder in &watched.compared {
            if compared.iter().all(|(known, _)| known != folder) {
                compared.push((folder.clone(), CurveFiles::new(folder)));
            }
        }
        for (folder, files) in &mut compared {
            news.compared.extend(files.read().map(|(curves, replaced)| (folder.clone(), curves, replaced)));
        }
        let mut something = news.runs.is_some() || !news.compared.is_empty();
        if let Some(run) = &mut run {
            something |= run.look(&mut news);
        }
        if something {
            tell(news);
        }
    }
}

/// All runs that are known.
#[derive(Default)]
struct List {
    folders: Vec<PathBuf>,
    /// The status seen last, and when it changed.
    seen: BTreeMap<PathBuf, (RunStatus, Option<Instant>)>,
    told: Option<Vec<RunInfo>>,
}

impl List {
    fn search(&mut self, watched: &Watched) {
        let mut folders: Vec<PathBuf> = watched.run.iter().cloned().collect();
        if let Some(data) = &watched.data {
            folders.extend(runs::registered(data));
            let models = std::fs::read_dir(data.join("models")).into_iter().flatten().flatten();
            folders.extend(models.map(|entry| entry.path()));
        }
        folders.retain(|folder| folder.join(run_folder::REQUEST_FILE).is_file());
        folders.sort();
        folders.dedup();
        self.folders = folders;
    }

    /// The list, where it is not as it was told.
    fn look(&mut self) -> Option<Vec<RunInfo>> {
        let mut runs: Vec<RunInfo> = Vec::new();
        for folder in &self.folders {
            let Some(request) = run_folder::read_request(folder) else {
                continue;
            };
            let status = run_folder::read_status(folder).unwrap_or_else(|| RunStatus {
                state: RunState::Stopped,
                total: request.iterations,
                ..RunStatus::default()
            });
            // two computers' clocks may differ: what changes before our eyes lives as well
            let before = self.seen.get(folder);
            let changed = match before {
                Some((seen, _)) if seen.written != status.written => Some(Instant::now()),
                Some((_, changed)) => *changed,
                None => None,
            };
            let beats = changed.is_some_and(|changed| changed.elapsed().as_secs_f64() < DEAD_AFTER_SECONDS);
            let alive = status.state.is_alive() && (beats || status.is_alive());
            self.seen.insert(folder.clone(), (status.clone(), changed));
            runs.push(RunInfo {
                folder: folder.clone(),
                request: TrainRequest {
                    out: folder.clone(), // it may have been begun under another path
                    ..request
                },
                status,
                alive,
            });
        }
        // by when they began, so that none changes its place when it ends or goes on
        let began = |run: &RunInfo| match run.status.began {
            began if began > 0.0 => began,
            _ if run.alive => f64::INFINITY, // its status is written again and again
            _ => run.status.written,
        };
        runs.sort_by(|a, b| began(b).total_cmp(&began(a)).then(a.folder.cmp(&b.folder)));
        if self.told.as_ref() == Some(&runs) {
            return None;
        }
        self.told = Some(runs.clone());
        Some(runs)
    }
}

/// The run that is shown, as far as that was told.
struct WatchedRun {
    folder: PathBuf,
    curves: CurveFiles,
    changes: Vec<Change>,
    samples: Vec<(u64, PathBuf)>,
    original: Option<PathBuf>,
    reference: BTreeMap<String, f64>,
}

impl WatchedRun {
    fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            curves: CurveFiles::new(folder),
            changes: Vec::new(),
            samples: Vec::new(),
            original: None,
            reference: BTreeMap::new(),
        }
    }

    /// Tells what is new; whether anything is.
    fn look(&mut self, news: &mut RunNews) -> bool {
        news.folder = Some(self.folder.clone());
        news.curves = self.curves.read();
        news.changes = told_anew(&mut self.changes, run_folder::read_changes(&self.folder));
        news.samples = told_anew(&mut self.samples, run_folder::list_samples(&self.folder));
        news.original = told_anew(&mut self.original, run_folder::original_sample(&self.folder)).flatten();
        news.reference = told_anew(&mut self.reference, read_reference(&self.folder));
        let files = news.samples.is_some() || news.original.is_some() || news.reference.is_some();
        files || news.curves.is_some() || news.changes.is_some()
    }
}

/// What there is now, where it is not what was told.
fn told_anew<T: Clone + PartialEq>(told: &mut T, now: T) -> Option<T> {
    (*told != now).then(|| {
        told.clone_from(&now);
        now
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::run_folder::{REQUEST_FILE, STATUS_FILE};

    #[test]
    fn runs_are_found_where_models_are_and_where_they_were_begun() {
        let data = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let put = |folder: &Path, state, written| {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(REQUEST_FILE), "{\"iterations\":9}").unwrap();
            let status = RunStatus { state, written, ..RunStatus::default() };
            std::fs::write(folder.join(STATUS_FILE), serde_json::to_vec(&status).unwrap()).unwrap();
        };
        put(&data.path().join("models/done"), RunState::Complete, 5.0);
        put(&data.path().join("models/killed"), RunState::Learning, 7.0);
        put(&elsewhere.path().join("far"), RunState::Learning, 3.0);
        runs::register(data.path(), &elsewhere.path().join("far")).unwrap();
        let watched = Watched { data: Some(data.path().into()), ..Watched::default() };
        let mut list = List::default();
        list.search(&watched);
        let told = |runs: Vec<RunInfo>| runs.iter().map(|run| (run.name(), run.alive)).collect::<Vec<_>>();
        let quiet = [("killed".into(), false), ("done".into(), false), ("far".into(), false)];
        assert_eq!(told(list.look().unwrap()), quiet);
        assert_eq!(list.look(), None);
        // its clock is years behind ours, but it beats
        put(&elsewhere.path().join("far"), RunState::Learning, 4.0);
        let runs = list.look().unwrap();
        assert_eq!(told(runs.clone())[0], ("far".into(), true));
        assert_eq!(runs[0].request.out, elsewhere.path().join("far"));
    }

    #[test]
    fn runs_stand_by_when_they_began_whatever_they_do() {
        let data = tempfile::tempdir().unwrap();
        let put = |name: &str, began, state, written| {
            let folder = data.path().join("models").join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(REQUEST_FILE), "{\"iterations\":9}").unwrap();
            let status = RunStatus { state, written, began, ..RunStatus::default() };
            std::fs::write(folder.join(STATUS_FILE), serde_json::to_vec(&status).unwrap()).unwrap();
        };
        put("first", 10.0, RunState::Complete, 20.0);
        put("second", 30.0, RunState::Complete, 40.0);
        put("of an earlier version", 0.0, RunState::Complete, 25.0);
        let mut list = List::default();
        list.search(&Watched { data: Some(data.path().into()), ..Watched::default() });
        let names = |list: &mut List| list.look().unwrap().iter().map(RunInfo::name).collect::<Vec<_>>();
        let expected = ["second", "of an earlier version", "first"];
        assert_eq!(names(&mut list), expected);
        put("first", 10.0, RunState::Learning, run_folder::now());
        assert_eq!(names(&mut list), expected, "it is trained longer");
    }
}
