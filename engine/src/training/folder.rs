//! A run's folder: the checkpoint, the curves, samples, and the model that it is at every moment.
//!
//! A checkpoint is some files of one iteration and a small one that names them, which is replaced whole: a run killed
//! at any moment has one consistent checkpoint. The model's weights are the checkpoint's under another name, on disk
//! only once.

use std::fmt::Write as _;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tch::nn::VarStore;
use tch::{Kind, Tensor};

use super::measure::Measured;
use super::records::RecordFile;
use super::tensorboard::EventFile;
use crate::{GanError, weights};
use cantus::corpus::{Dataset, Split};
use cantus::engine_client::model_card::{CRITIC_FILE, FORMAT, GENERATOR_FILE};
use cantus::engine_client::protocol::{TrainRequest, TrainScalars};
use cantus::engine_client::run_folder::{
    self, CHANGES_FILE, COLUMNS, Change, METRICS_FILE, PARTS_FILE, REFERENCE_FILE, REQUEST_FILE, SAMPLES_FOLDER, Tuning,
};
use cantus::engine_client::{ModelCard, PartSpec};
use cantus::whole_file;

const CHECKPOINT_FOLDER: &str = "checkpoint";
const CHECKPOINT_FILE: &str = "checkpoint/checkpoint.json";
const LOCK_FILE: &str = "checkpoint/lock";
const CARD_TEXT_FILE: &str = "card.md";
/// What a checkpoint consists of.
const PIECES: [&str; 3] = ["generator", "critic", "training"];
/// Where there are more samples than this, every other one goes, but for the newest.
const MOST_SAMPLES: usize = 200;
/// So many rows of the curves are kept for each tenfold of iterations beyond; see [`is_recorded`].
const DENSE_ROWS: u64 = 100_000;
/// The same for measurements, which have a row in each table and take long; see [`is_measured`].
const DENSE_MEASUREMENTS: u64 = 1000;

/// The tensors of a checkpoint, by file.
#[derive(Debug)]
pub struct State {
    /// What composes.
    pub generator: Vec<(String, Tensor)>,
    /// What judges.
    pub critic: Vec<(String, Tensor)>,
    /// All else that the next iterations depend on.
    pub training: Vec<(String, Tensor)>,
}

impl State {
    fn pieces(&self) -> [&[(String, Tensor)]; 3] {
        [&self.generator, &self.critic, &self.training]
    }

    /// Whether all numbers are numbers.
    pub fn is_finite(&self) -> bool {
        let is_finite = |tensor: &Tensor| !tensor.is_floating_point() || tensor.isfinite().all().int64_value(&[]) == 1;
        self.pieces().into_iter().flatten().all(|(_, tensor)| is_finite(tensor))
    }
}

/// What the small file of a checkpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Iterations done; names the files.
    pub iteration: u64,
    /// Seconds of training.
    pub seconds: f64,
    /// The settings in force.
    pub tuning: Tuning,
}

/// An open run. Nobody else can open it.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    metrics: RecordFile,
    parts: Option<RecordFile>,
    events: EventFile,
    checkpointed: Option<Checkpoint>,
    _lock: File,
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> GanError {
    let path = path.to_owned();
    move |source| GanError::Io { doing, source, path }
}

/// Writes a small file whole or not at all, and so that it is there after a loss of power.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), GanError> {
    whole_file::write(path, bytes).map_err(io("writing", path))
}

fn appending(path: &Path) -> Result<RecordFile, GanError> {
    RecordFile::open(path).map_err(io("opening the curves", path))
}

/// Drops the rows of a table beyond an iteration, and those that are not whole; the first line is its head.
fn cut_rows(path: &Path, iteration: u64) -> Result<(), GanError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io("reading the curves", path)(error)),
    };
    let mut kept = String::with_capacity(text.len());
    let columns = text.lines().next().unwrap_or_default().split(',').count();
    for (index, line) in text.lines().enumerate() {
        let number = line.split(',').next().and_then(|number| number.parse::<u64>().ok());
        let is_whole = line.split(',').count() == columns;
        if index == 0 || is_whole && number.is_some_and(|number| number <= iteration) {
            let _ = writeln!(kept, "{line}");
        }
    }
    write_whole(path, kept.as_bytes())
}

/// Whether an iteration has a row of its own: all do up to the first hundred thousand, then each tenth up to a million,
/// and so on, so that a training of a week leaves curves of megabytes.
pub fn is_recorded(iteration: u64) -> bool {
    thins_out(iteration, 1, DENSE_ROWS)
}

/// Whether it is measured after an iteration, where measurements lie `every` iterations apart at first: so do the first
/// thousand, then they lie ten times as far up to the ten thousandth, and so on.
pub fn is_measured(iteration: u64, every: u64) -> bool {
    thins_out(iteration, every.max(1), DENSE_MEASUREMENTS)
}

fn thins_out(iteration: u64, mut every: u64, dense: u64) -> bool {
    while iteration > dense * every {
        every *= 10;
    }
    iteration.is_multiple_of(every)
}

/// Loads the weights of another model to start from; its critic may be missing.
///
/// # Errors
/// The model is not one of the same network and parts.
pub fn start_from(folder: &Path, generator: &VarStore, critic: Option<&VarStore>) -> Result<(), GanError> {
    weights::load(&folder.join(GENERATOR_FILE), &weights::sorted(generator))?;
    let file = folder.join(CRITIC_FILE);
    match critic {
        Some(store) if file.exists() => weights::load(&file, &weights::sorted(store)),
        _ => Ok(()),
    }
}

impl RunFolder {
    /// Makes the folder, or opens the one to be resumed.
    ///
    /// # Errors
    /// The folder holds another run, one that still runs, or cannot be written.
    pub fn open(request: &TrainRequest) -> Result<Self, GanError> {
        let path = request.out.clone();
        let refuse = |reason: &str| GanError::File { reason: reason.into(), path: path.clone() };
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
            write_whole(&file, format!("{}\n", COLUMNS.join(",")).as_bytes())?;
        }
        let json = serde_json::to_vec_pretty(&TrainRequest { resume: false, cache: None, ..request.clone() });
        write_whole(&path.join(REQUEST_FILE), &json.unwrap_or_default())?;
        run_folder::take_controls(&path); // meant for a run that is no more
        Ok(Self {
            metrics: appending(&file)?,
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
    pub fn resume(&mut self, state: &State) -> Result<Checkpoint, GanError> {
        let checkpoint = self.read_checkpoint()?;
        for (name, tensors) in PIECES.into_iter().zip(state.pieces()) {
            weights::load(&self.piece(checkpoint.iteration, name), tensors)?;
        }
        for file in [METRICS_FILE, PARTS_FILE] {
            cut_rows(&self.path.join(file), checkpoint.iteration)?;
        }
        self.metrics = appending(&self.path.join(METRICS_FILE))?;
        self.parts = None;
        let mut changes = run_folder::read_changes(&self.path);
        changes.retain(|change| change.iteration <= checkpoint.iteration);
        let lines = changes.iter().filter_map(|change| serde_json::to_string(change).ok());
        let text = lines.fold(String::new(), |text, line| text + &line + "\n");
        write_whole(&self.path.join(CHANGES_FILE), text.as_bytes())?;
        self.checkpointed = Some(checkpoint);
        Ok(checkpoint)
    }

    /// Of which iteration there is a checkpoint.
    pub fn kept_iteration(&self) -> Option<u64> {
        self.read_checkpoint().ok().map(|checkpoint| checkpoint.iteration)
    }

    fn read_checkpoint(&self) -> Result<Checkpoint, GanError> {
        let file = self.path.join(CHECKPOINT_FILE);
        let text = std::fs::read_to_string(&file).map_err(io("reading the checkpoint", &file))?;
        serde_json::from_str(&text)
            .map_err(|error| GanError::File { reason: format!("the checkpoint cannot be read ({error})"), path: file })
    }

    fn piece(&self, iteration: u64, name: &str) -> PathBuf {
        self.path.join(format!("{CHECKPOINT_FOLDER}/{iteration:07}.{name}.safetensors"))
    }

    /// Replaces the checkpoint, and the weights that composing loads.
    ///
    /// # Errors
    /// What the system says; the checkpoint before is there then, and takes no more room than it did.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint, state: &State) -> Result<(), GanError> {
        let before = self.checkpointed;
        if before == Some(checkpoint) {
            return Ok(());
        }
        let iteration = checkpoint.iteration;
        let is_new = before.is_none_or(|before| before.iteration != iteration);
        if let Err(error) = self.write_checkpoint(checkpoint, is_new.then_some(state)) {
            if is_new {
                self.drop_pieces(|is_current| is_current, iteration);
            }
            return Err(error);
        }
        for (name, file) in [(PIECES[0], GENERATOR_FILE), (PIECES[1], CRITIC_FILE)] {
            let file = self.path.join(file);
            share(&self.piece(iteration, name), &file).map_err(io("writing the model's weights", &file))?;
        }
        self.checkpointed = Some(checkpoint);
        self.drop_pieces(|is_current| !is_current, iteration);
        Ok(())
    }

    /// The tensors, where they are new, and what names them.
    fn write_checkpoint(&self, checkpoint: Checkpoint, state: Option<&State>) -> Result<(), GanError> {
        if let Some(state) = state {
            for (name, tensors) in PIECES.into_iter().zip(state.pieces()) {
                weights::save(&self.piece(checkpoint.iteration, name), tensors, Kind::Float)?;
            }
        }
        let json = serde_json::to_vec_pretty(&checkpoint).unwrap_or_default();
        write_whole(&self.path.join(CHECKPOINT_FILE), &json)
    }

    /// Drops the tensors of other iterations than this one, or of this one. A file that stays costs room only.
    fn drop_pieces(&self, drops: impl Fn(bool) -> bool, iteration: u64) {
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
    pub fn append(
        &mut self,
        scalars: &TrainScalars,
        reconstruction: Option<f64>,
        held_out: Option<f64>,
        measured: Option<&Measured>,
    ) -> Result<(), GanError> {
        if measured.is_none() && !is_recorded(scalars.iteration) {
            return Ok(());
        }
        let optional = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.6}"));
        let row = format!(
            "{},{:.1},{:.6},{:.6},{},{},{},{},{},{},{},{}\n",
            scalars.iteration,
            scalars.seconds,
            scalars.critic_loss,
            scalars.generator_loss,
            optional(scalars.gradient_penalty),
            optional(reconstruction),
            optional(held_out),
            optional(scalars.similarity),
            optional(scalars.style),
            optional(scalars.fit),
            optional(scalars.copying),
            optional(scalars.variety),
        );
        let mut points = vec![
            ("loss/critic".to_owned(), Some(scalars.critic_loss)),
            ("loss/generator".into(), Some(scalars.generator_loss)),
            ("loss/gradient_penalty".into(), scalars.gradient_penalty),
            ("loss/reconstruction".into(), reconstruction),
            ("loss/held_out_reconstruction".into(), held_out),
            ("similarity/S".into(), scalars.similarity),
            ("similarity/style".into(), scalars.style),
            ("similarity/fit".into(), scalars.fit),
            ("similarity/copying".into(), scalars.copying),
            ("similarity/variety".into(), scalars.variety),
        ];
        if let Some(measured) = measured {
            self.append_parts(scalars.iteration, measured)?;
            points.extend(measured.parts.iter().map(|(name, value)| (format!("metrics/{name}"), *value)));
        }
        let written = self.events.append(scalars.iteration, &points);
        written.map_err(io("writing TensorBoard's file", &self.path))?;
        let path = self.path.join(METRICS_FILE);
        self.metrics.add(row.as_bytes()).map_err(io("writing the curves", &path))
    }

    fn append_parts(&mut self, iteration: u64, measured: &Measured) -> Result<(), GanError> {
        let path = self.path.join(PARTS_FILE);
        let file = if let Some(file) = &mut self.parts {
            file
        } else {
            if !path.exists() {
                let names: Vec<&str> = measured.parts.iter().map(|(name, _)| name.as_str()).collect();
                write_whole(&path, format!("iteration,{}\n", names.join(",")).as_bytes())?;
            }
            self.parts.insert(appending(&path)?)
        };
        let mut row = iteration.to_string();
        for (_, value) in &measured.parts {
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
    pub fn write_reference(&self, reference: &[(String, Option<f64>)]) -> Result<(), GanError> {
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
    pub fn note_change(&self, change: &Change) -> Result<(), GanError> {
        let path = self.path.join(CHANGES_FILE);
        let line = serde_json::to_string(change).unwrap_or_default() + "\n";
        let written = appending(&path)?.add(line.as_bytes());
        written.map_err(io("noting a change", &path))
    }

    /// Where the sample of an iteration goes.
    pub fn sample_path(&self, iteration: u64) -> PathBuf {
        self.path.join(format!("{SAMPLES_FOLDER}/{iteration:07}.mid"))
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

    /// Writes `model.json` and `card.md`.
    ///
    /// # Errors
    /// What the system says.
    pub fn describe(
        &self,
        request: &TrainRequest,
        checkpoint: &Checkpoint,
        parts: &[PartSpec],
        settings: serde_json::Map<String, serde_json::Value>,
        dataset: &Dataset,
    ) -> Result<(), GanError> {
        let name = self.path.file_name().map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned());
        let data = request.data.strip_prefix("builtin:").map_or_else(
            || {
                Path::new(&request.data)
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
            },
            |style| format!("builtin:{style}"),
        );
        let (train, valid) = (dataset.split(Split::Train).count(), dataset.split(Split::Valid).count());
        let card = ModelCard {
            format: FORMAT,
            network: request.network.clone(),
            name: name.clone(),
            style: data.clone(),
            about: format!("Trained here on {train} pieces"),
            data: data.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            iterations: checkpoint.iteration,
            seed: request.seed,
            parts: parts.to_vec(),
            settings,
            ..ModelCard::default()
        };
        card.write(&self.path).map_err(|error| GanError::Request(error.to_string()))?;
        let mut text = format!("# {name}\n\n");
        let voices: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
        let _ = writeln!(
            text,
            "Network `{}`, {} of {} iterations, {:.0} minutes of training, seed {}, version {}.\n",
            request.network,
            checkpoint.iteration,
            checkpoint.tuning.iterations,
            checkpoint.seconds / 60.0,
            request.seed,
            env!("CARGO_PKG_VERSION")
        );
        let _ = writeln!(text, "Writes: {}.\n", voices.join(", "));
        let _ = writeln!(text, "Data: {data}, {train} pieces to learn from, {valid} held out.\n");
        let _ = writeln!(
            text,
            "The curves are in `{METRICS_FILE}` and `{PARTS_FILE}`, samples of a held-out melody in `{SAMPLES_FOLDER}/`."
        );
        write_whole(&self.path.join(CARD_TEXT_FILE), text.as_bytes())
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
