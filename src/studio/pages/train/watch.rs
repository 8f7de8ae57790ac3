//! The eye on trainings: which runs there are, how they are, and what the folder of the one that is shown has new.
//!
//! A thread of its own reads files, so runs begun elsewhere (in a terminal, in a window closed since, on another machine whose
//! folder is shared) are the same to it as those begun here. It posts only what has changed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::engine_client::protocol::TrainRequest;
use crate::engine_client::run_folder::{
    self, Change, DEAD_AFTER_SECONDS, METRICS_FILE, PARTS_FILE, REFERENCE_FILE, RunState, RunStatus,
};
use crate::library::runs;
use crate::studio::pages::train::curves::Curves;
use crate::studio::services::jobs::Poster;

/// How often the shown run is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often all runs are looked for.
const SEARCH: Duration = Duration::from_secs(2);

/// A run as the list has it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunInfo {
    /// Its folder.
    pub folder: PathBuf,
    /// What was asked for.
    pub request: TrainRequest,
    /// How it is, as far as anybody knows.
    pub status: RunStatus,
    /// Whether it beats.
    pub alive: bool,
}

impl RunInfo {
    /// The folder's name.
    pub fn name(&self) -> String {
        name_of(&self.folder)
    }

    /// Whether it can be gone on with.
    pub fn can_resume(&self) -> bool {
        !self.alive && (self.status.iteration < self.status.total || self.status.state == RunState::Failed)
    }
}

/// What a run is called: its folder's name.
pub fn name_of(folder: &Path) -> String {
    let name = folder.file_name();
    name.map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What is new.
#[derive(Debug, Default)]
pub struct News {
    /// All runs, the newest first, if anything changed.
    pub runs: Option<Vec<RunInfo>>,
    /// The run that this is of.
    pub folder: Option<PathBuf>,
    /// Points of its curves.
    pub curves: Option<Curves>,
    /// Whether they replace what was there.
    pub reset: bool,
    /// What was changed on the way.
    pub changes: Option<Vec<Change>>,
    /// What the held-out music itself measures.
    pub reference: Option<BTreeMap<String, f64>>,
    /// Its samples.
    pub samples: Option<Vec<(u64, PathBuf)>>,
}

/// What the eye is to look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gaze {
    /// The user's data, where models and the list of runs are.
    pub data: Option<PathBuf>,
    /// The run that is shown.
    pub run: Option<PathBuf>,
}

/// The window's end of the eye; it closes with this.
#[derive(Debug)]
pub struct Eye {
    gazes: Sender<Gaze>,
    last: Gaze,
}

impl Eye {
    /// Opens it.
    pub fn new(poster: Poster) -> Self {
        let (gazes, asked) = bounded(16);
        let looking = std::thread::Builder::new().name("trainings".into()).spawn(move || {
            look(&asked, &mut |news| {
                poster.post(move |studio| studio.take_training_news(news));
            });
        });
        if let Err(error) = looking {
            log::warn!("trainings are not watched: {error}");
        }
        Self { gazes, last: Gaze::default() }
    }

    /// Looks there from now on.
    pub fn turn(&mut self, gaze: Gaze) {
        if self.last != gaze && self.gazes.try_send(gaze.clone()).is_ok() {
            self.last = gaze;
        }
    }
}

fn look(asked: &Receiver<Gaze>, tell: &mut dyn FnMut(News)) {
    let mut gaze = Gaze::default();
    let mut list = List::default();
    let mut shown: Option<Shown> = None;
    let mut searched: Option<Instant> = None;
    loop {
        match asked.recv_timeout(LOOK) {
            Ok(new) => {
                searched = None;
                gaze = new;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if searched.is_none_or(|searched| searched.elapsed() >= SEARCH) {
            searched = Some(Instant::now());
            list.search(&gaze);
        }
        let mut news = News { runs: list.look(), ..News::default() };
        if shown.as_ref().map(|shown| &shown.folder) != gaze.run.as_ref() {
            shown = gaze.run.as_deref().map(Shown::new);
        }
        let mut something = news.runs.is_some();
        if let Some(shown) = &mut shown {
            something |= shown.look(&mut news);
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
    fn search(&mut self, gaze: &Gaze) {
        let mut folders: Vec<PathBuf> = gaze.run.iter().cloned().collect();
        if let Some(data) = &gaze.data {
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
        runs.sort_by(|a, b| b.status.written.total_cmp(&a.status.written).then(a.folder.cmp(&b.folder)));
        runs.sort_by_key(|run| !run.alive);
        if self.told.as_ref() == Some(&runs) {
            return None;
        }
        self.told = Some(runs.clone());
        Some(runs)
    }
}

/// The run whose curves are shown.
struct Shown {
    folder: PathBuf,
    tails: [Tail; 2],
    changes: Vec<Change>,
    samples: Vec<(u64, PathBuf)>,
    reference: BTreeMap<String, f64>,
}

impl Shown {
    fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            tails: [METRICS_FILE, PARTS_FILE].map(|file| Tail::new(folder.join(file))),
            changes: Vec::new(),
            samples: Vec::new(),
            reference: BTreeMap::new(),
        }
    }

    fn look(&mut self, news: &mut News) -> bool {
        news.folder = Some(self.folder.clone());
        if self.tails.iter().any(Tail::was_replaced) {
            news.reset = true;
            self.tails.iter_mut().for_each(Tail::rewind);
        }
        let mut curves = Curves::default();
        let mut any = news.reset;
        for tail in &mut self.tails {
            any |= tail.read(&mut curves);
        }
        news.curves = any.then_some(curves);
        let changes = run_folder::read_changes(&self.folder);
        if changes != self.changes {
            news.changes = Some(changes.clone());
            self.changes = changes;
        }
        let samples = run_folder::list_samples(&self.folder);
        if samples != self.samples {
            news.samples = Some(samples.clone());
            self.samples = samples;
        }
        let reference = read_reference(&self.folder);
        if reference != self.reference {
            news.reference = Some(reference.clone());
            self.reference = reference;
        }
        any || news.changes.is_some() || news.samples.is_some() || news.reference.is_some()
    }
}

/// A growing table, read on where it was left.
#[derive(Debug)]
struct Tail {
    path: PathBuf,
    columns: Vec<String>,
    offset: u64,
    identity: Option<u64>,
}

impl Tail {
    const fn new(path: PathBuf) -> Self {
        Self { path, columns: Vec::new(), offset: 0, identity: None }
    }

    /// Whether another file has its name now, or it has become shorter: a resumed run drops what came after its checkpoint.
    fn was_replaced(&self) -> bool {
        match std::fs::metadata(&self.path) {
            Ok(now) => now.len() < self.offset || (self.offset > 0 && identity(&now) != self.identity),
            Err(_) => self.offset > 0,
        }
    }

    fn rewind(&mut self) {
        (self.offset, self.columns) = (0, Vec::new());
    }

    /// Reads the whole lines that are new.
    fn read(&mut self, curves: &mut Curves) -> bool {
        let Ok(mut file) = std::fs::File::open(&self.path) else {
            return false;
        };
        self.identity = file.metadata().ok().as_ref().and_then(identity);
        if file.seek(SeekFrom::Start(self.offset)).is_err() {
            return false;
        }
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = String::new();
        let mut any = false;
        loop {
            line.clear();
            match reader.read_line(&mut line) {
                Ok(1..) if line.ends_with('\n') => {}
                _ => return any, // the end, or a line that is being written
            }
            self.offset += line.len() as u64;
            let row = line.trim_end();
            if self.columns.is_empty() {
                self.columns = row.split(',').map(str::to_owned).collect();
            } else {
                curves.push_row(&self.columns, row);
                any = true;
            }
        }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn identity(metadata: &std::fs::Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(metadata))
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> Option<u64> {
    None
}

/// What the held-out music of a run itself measures.
pub fn read_reference(folder: &Path) -> BTreeMap<String, f64> {
    let text = run_folder::read_small(&folder.join(REFERENCE_FILE));
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// All curves of a run that is only laid under another's.
pub fn read_curves(folder: &Path) -> Curves {
    let mut curves = Curves::default();
    for file in [METRICS_FILE, PARTS_FILE] {
        Tail::new(folder.join(file)).read(&mut curves);
    }
    curves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_client::run_folder::{REQUEST_FILE, STATUS_FILE};
    use crate::whole_file;

    #[test]
    fn a_table_is_read_on_and_begun_again_when_it_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(METRICS_FILE);
        std::fs::write(&path, "iteration,loss\n1,0.5\n2,0.").unwrap();
        let mut tail = Tail::new(path.clone());
        let mut curves = Curves::default();
        assert!(tail.read(&mut curves));
        assert_eq!(curves.get("loss").last(), Some([1.0, 0.5]));
        std::fs::write(&path, "iteration,loss\n1,0.5\n2,0.25\n").unwrap();
        assert!(tail.read(&mut curves) && !tail.read(&mut curves));
        assert_eq!(curves.get("loss").last(), Some([2.0, 0.25]));
        whole_file::replace(&path, b"iteration,loss\n1,0.5\n").unwrap();
        assert!(tail.was_replaced());
    }

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
        let gaze = Gaze { data: Some(data.path().into()), run: None };
        let mut list = List::default();
        list.search(&gaze);
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
}
