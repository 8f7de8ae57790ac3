//! A run's folder: the checkpoint, the curves and the samples.
//!
//! A checkpoint is some files of one iteration and a small one that names them, which is replaced whole: a run killed
//! at any moment has one consistent checkpoint. The model's weights are the checkpoint's under another name, on disk
//! only once.

use std::fmt::Write as _;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use cantus::engine_client::curves::{CURVES, CurvePoint, CurveRow};
use cantus::engine_client::model_card::GENERATOR_FILE;
use cantus::engine_client::protocol::TrainRequest;
use cantus::engine_client::run_folder::{
    self, CHANGES_FILE, Change, METRICS_FILE, ORIGINAL_FILE, PARTS_FILE, REFERENCE_FILE, REQUEST_FILE, SAMPLES_FOLDER,
    Tuning,
};
use cantus::whole_file;
use serde::{Deserialize, Serialize};
use tch::Kind;

use super::measure::PartValue;
use super::records::RecordFile;
use super::tensorboard::EventFile;
use super::trainable::TensorFile;
use crate::error::Error;
use crate::weights;

const CHECKPOINT_FOLDER: &str = "checkpoint";
const CHECKPOINT_FILE: &str = "checkpoint/checkpoint.json";
const LOCK_FILE: &str = "checkpoint/lock";
/// Where there are more samples than this, every other one goes, but for the newest.
const MOST_SAMPLES: usize = 200;
/// So many rows of the curves are kept for each tenfold of iterations beyond; see [`is_recorded`].
const DENSE_ROWS: u64 = 100_000;
/// The same for measurements, which have a row in each table and take long; see [`is_measured`].
const DENSE_MEASUREMENTS: u64 = 1000;
/// Measurements before the first regular one, where they lie at least as far before it as they are from the beginning:
/// never more than these, so that they add little to a training, and none to one that is measured often.
const EARLY: [u64; 4] = [10, 20, 50, 100];

/// What the small file of a checkpoint says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Iterations done; names the files.
    pub iteration: u64,
    /// Seconds of training.
    pub seconds: f64,
    /// The settings in force.
    pub tuning: Tuning,
    /// Passages that went through the network; earlier versions did not count them.
    #[serde(default)]
    pub passages: Option<u64>,
}

impl Checkpoint {
    /// Passages that went through the network; where nobody counted, as if the batch had always been this one.
    pub fn passages_seen(&self) -> u64 {
        self.passages.unwrap_or_else(|| self.iteration.saturating_mul(u64::from(self.tuning.batch)))
    }
}

/// An open run. Nobody else can open it.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    metrics: RecordFile,
    /// The head of the curves' table, which an older version may have written.
    head: String,
    parts: Option<RecordFile>,
    events: EventFile,
    checkpointed: Option<Checkpoint>,
    _lock: File,
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { doing, source, path }
}

/// Writes a small file whole or not at all, and so that it is there after a loss of power.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    whole_file::write(path, bytes).map_err(io("writing", path))
}

/// The first line of the curves' table.
fn head_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().next().map_or_else(CurvePoint::csv_head, str::to_owned)
}

fn appending(path: &Path) -> Result<RecordFile, Error> {
    RecordFile::open(path).map_err(io("opening the curves", path))
}

/// Whether an iteration has a row of its own: all do up to the first hundred thousand, then each tenth up to a million,
/// and so on, so that a training of a week leaves curves of megabytes.
pub fn is_recorded(iteration: u64) -> bool {
    thins_out(iteration, 1, DENSE_ROWS)
}

/// Whether it is measured after an iteration, where measurements lie `every` iterations apart at first: so do the first
/// thousand, then they lie ten times as far up to the ten thousandth, and so on. Before all, and some times before the
/// first of these, it is measured too, so that whoever watches sees something at once, and sees it rise.
pub fn is_measured(iteration: u64, every: u64) -> bool {
    let is_early = EARLY.contains(&iteration) && 2 * iteration <= every;
    is_early || thins_out(iteration, every.max(1), DENSE_MEASUREMENTS)
}

/// After which iteration it is measured next; `total` is the last, after which it is measured in any case.
pub fn next_measured(iteration: u64, every: u64, total: u64) -> Option<u64> {
    (iteration + 1..=total).find(|next| is_measured(*next, every) || *next == total)
}

/// How often it is still to be measured after an iteration, up to another one of `total`.
pub fn measurements_left(iteration: u64, until: u64, every: u64, total: u64) -> u64 {
    let every = every.max(1);
    // how many lie up to there, by stretches of the same distance
    let regular = |up_to: u64| {
        let (mut count, mut from, mut every) = (0, 0, every);
        while from < up_to {
            let end = up_to.min(DENSE_MEASUREMENTS * every);
            count += end / every - from / every;
            (from, every) = (end, every * 10);
        }
        count
    };
    let is_early =
        |at: &&u64| (iteration + 1..=until).contains(*at) && 2 * **at <= every && !(**at).is_multiple_of(every);
    let early = EARLY.iter().filter(is_early).count() as u64;
    let is_last_extra = until == total && iteration < total && !is_measured(total, every);
    regular(until) - regular(iteration.min(until)) + early + u64::from(is_last_extra)
}

fn thins_out(iteration: u64, mut every: u64, dense: u64) -> bool {
    while iteration > dense * every {
        every *= 10;
    }
    iteration.is_multiple_of(every)
}

impl RunFolder {
    /// Makes the folder, or opens the one to be resumed.
    ///
    /// # Errors
    /// The folder holds another run, one that still runs, or cannot be written.
    pub fn open(request: &TrainRequest) -> Result<Self, Error> {
        let path = request.out.clone();
        let refuse = |reason: &str| Error::File { reason: reason.into(), path: path.clone() };
        let has_run = path.join(CHECKPOINT_FILE).exists();
        if request.resume && !has_run {
            return Err(refuse("there is no training to resume in this folder"));
        }
        if !request.resume && (has_run || path.join(GENERATOR_FILE).exists()) {
            return Err(refuse("this folder already holds a model; resume it or choose another"));
        }
        for folder in [path.join(CHECKPOINT_FOLDER), path.join(SAMPLES_FOLDER)] {
            std::fs::create_dir_all(&folder).map_err(io("making the run's folder", &folder))?;
        }
        let lock = path.join(LOCK_FILE);
        let lock = File::create(&lock).map_err(io("locking the run", &lock))?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(refuse("this training is still running; stop it first"));
        }
        for folder in [&path, &path.join(CHECKPOINT_FOLDER), &path.join(SAMPLES_FOLDER)] {
            whole_file::sweep(folder); // what an engine left that was killed
        }
        let file = path.join(METRICS_FILE);
        if !request.resume {
            write_whole(&file, (CurvePoint::csv_head() + "\n").as_bytes())?;
        }
        let json = serde_json::to_vec_pretty(&TrainRequest { resume: false, cache: None, ..request.clone() });
        write_whole(&path.join(REQUEST_FILE), &json.unwrap_or_default())?;
        run_folder::take_controls(&path); // meant for a run that is no more
        Ok(Self {
            metrics: appending(&file)?,
            head: head_of(&file),
            parts: None,
            events: EventFile::create(&path).map_err(io("opening TensorBoard's file", &path))?,
            checkpointed: None,
            path,
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings back the tensors of the last checkpoint and drops the curves beyond it.
    ///
    /// # Errors
    /// The checkpoint cannot be read or is not for this network.
    pub fn resume(&mut self, files: &[TensorFile]) -> Result<Checkpoint, Error> {
        let checkpoint = self.read_checkpoint()?;
        for file in files {
            weights::load(&self.tensor_path(checkpoint.iteration, file.name), &file.tensors)?;
        }
        run_folder::cut_curves(&self.path, checkpoint.iteration).map_err(io("cutting the curves", &self.path))?;
        self.metrics = appending(&self.path.join(METRICS_FILE))?;
        self.parts = None;
        self.checkpointed = Some(checkpoint);
        Ok(checkpoint)
    }

    /// Of which iteration there is a checkpoint.
    pub fn kept_iteration(&self) -> Option<u64> {
        self.read_checkpoint().ok().map(|checkpoint| checkpoint.iteration)
    }

    fn read_checkpoint(&self) -> Result<Checkpoint, Error> {
        let file = self.path.join(CHECKPOINT_FILE);
        let text = std::fs::read_to_string(&file).map_err(io("reading the checkpoint", &file))?;
        serde_json::from_str(&text)
            .map_err(|error| Error::File { reason: format!("the checkpoint cannot be read ({error})"), path: file })
    }

    fn tensor_path(&self, iteration: u64, name: &str) -> PathBuf {
        self.path.join(format!("{CHECKPOINT_FOLDER}/{iteration:07}.{name}.safetensors"))
    }

    /// Replaces the checkpoint, and the weights that composing loads.
    ///
    /// # Errors
    /// What the system says; the checkpoint before is there then, and takes no more room than it did.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint, files: &[TensorFile]) -> Result<(), Error> {
        let before = self.checkpointed;
        if before == Some(checkpoint) {
            return Ok(());
        }
        let iteration = checkpoint.iteration;
        if !files.iter().all(TensorFile::is_finite) {
            return Err(Error::Diverged { iteration });
        }
        let is_new = before.is_none_or(|before| before.iteration != iteration);
        if let Err(error) = self.write_checkpoint(checkpoint, is_new.then_some(files)) {
            if is_new {
                self.drop_tensors(|is_current| is_current, iteration);
            }
            return Err(error);
        }
        for file in files.iter().filter(|file| file.is_of_model) {
            let path = self.path.join(format!("{}.safetensors", file.name));
            share(&self.tensor_path(iteration, file.name), &path).map_err(io("writing the model's weights", &path))?;
        }
        self.checkpointed = Some(checkpoint);
        self.drop_tensors(|is_current| !is_current, iteration);
        Ok(())
    }

    /// The tensors, where they are new, and what names them.
    fn write_checkpoint(&self, checkpoint: Checkpoint, files: Option<&[TensorFile]>) -> Result<(), Error> {
        for file in files.into_iter().flatten() {
            weights::save(&self.tensor_path(checkpoint.iteration, file.name), &file.tensors, Kind::Float)?;
        }
        let json = serde_json::to_vec_pretty(&checkpoint).unwrap_or_default();
        write_whole(&self.path.join(CHECKPOINT_FILE), &json)
    }

    /// Drops the tensors of other iterations than this one, or of this one. A file that stays costs room only.
    fn drop_tensors(&self, drops: impl Fn(bool) -> bool, iteration: u64) {
        let current = format!("{iteration:07}.");
        let entries = std::fs::read_dir(self.path.join(CHECKPOINT_FOLDER)).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".safetensors") && drops(name.starts_with(&current)) {
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// Adds a row to the curves, where the iteration is to have one, and the metrics of the parts where they were
    /// measured.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&mut self, point: &CurvePoint, measured: Option<&[PartValue]>) -> Result<(), Error> {
        if measured.is_none() && !is_recorded(point.iteration) {
            return Ok(());
        }
        let values = |row: &CurveRow| (row.tag.to_owned(), point.values.get(row.curve));
        let mut points: Vec<(String, Option<f64>)> = CURVES.iter().map(values).collect();
        if let Some(measured) = measured {
            self.append_parts(point.iteration, measured)?;
            points.extend(measured.iter().map(|(name, value)| (format!("metrics/{name}"), *value)));
        }
        let written = self.events.append(point.iteration, &points);
        written.map_err(io("writing TensorBoard's file", &self.path))?;
        let path = self.path.join(METRICS_FILE);
        self.metrics.add((point.csv_row(&self.head) + "\n").as_bytes()).map_err(io("writing the curves", &path))
    }

    /// Whether no iteration is in the tables, not even the one before the first. Of a killed engine's half of that,
    /// nothing stays.
    ///
    /// # Errors
    /// What the system says.
    pub fn is_empty(&mut self) -> Result<bool, Error> {
        let path = self.path.join(METRICS_FILE);
        let length = std::fs::metadata(&path).map_err(io("reading the curves", &path))?.len();
        if length > self.head.len() as u64 + 1 {
            return Ok(false);
        }
        let path = self.path.join(PARTS_FILE);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io("clearing the curves", &path)(error)),
            _ => Ok(true),
        }
    }

    fn append_parts(&mut self, iteration: u64, measured: &[PartValue]) -> Result<(), Error> {
        let path = self.path.join(PARTS_FILE);
        let file = if let Some(file) = &mut self.parts {
            file
        } else {
            if !path.exists() {
                let names: Vec<&str> = measured.iter().map(|(name, _)| name.as_str()).collect();
                write_whole(&path, format!("iteration,{}\n", names.join(",")).as_bytes())?;
            }
            self.parts.insert(appending(&path)?)
        };
        let mut row = iteration.to_string();
        for (_, value) in measured {
            row.push(',');
            if let Some(value) = value {
                let _ = write!(row, "{value:.5}");
            }
        }
        row.push('\n');
        file.add(row.as_bytes()).map_err(io("writing the curves", &path))
    }

    /// Keeps what the held-out music itself measures.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_reference(&self, reference: &[PartValue]) -> Result<(), Error> {
        let values: serde_json::Map<String, serde_json::Value> = reference
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), serde_json::Number::from_f64((*value)?)?.into())))
            .collect();
        let json = serde_json::to_vec_pretty(&values).unwrap_or_default();
        write_whole(&self.path.join(REFERENCE_FILE), &json)
    }

    /// Notes that a setting was changed.
    ///
    /// # Errors
    /// What the system says.
    pub fn note_change(&self, change: &Change) -> Result<(), Error> {
        let path = self.path.join(CHANGES_FILE);
        let line = serde_json::to_string(change).unwrap_or_default() + "\n";
        let written = appending(&path)?.add(line.as_bytes());
        written.map_err(io("noting a change", &path))
    }

    /// Where the sample of an iteration goes.
    pub fn sample_path(&self, iteration: u64) -> PathBuf {
        self.path.join(format!("{SAMPLES_FOLDER}/{iteration:07}.mid"))
    }

    /// Where the piece goes that the samples' melody is from.
    pub fn original_path(&self) -> PathBuf {
        self.path.join(SAMPLES_FOLDER).join(ORIGINAL_FILE)
    }

    /// Drops every other sample where there are too many, the first and the newest excepted.
    pub fn thin_samples(&self) {
        let samples = run_folder::list_samples(&self.path);
        if samples.len() > MOST_SAMPLES {
            let last = samples.len() - 1;
            for (_, path) in samples.iter().take(last).skip(1).step_by(2) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// Gives a file a second name, replacing what had it; a copy, where the file system knows no second names.
fn share(file: &Path, as_well: &Path) -> std::io::Result<()> {
    let partial = as_well.with_extension("partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if std::fs::hard_link(file, &partial).is_err() {
        std::fs::copy(file, &partial)?;
    }
    std::fs::rename(&partial, as_well)?;
    // two names of one file are left alone by a rename
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
