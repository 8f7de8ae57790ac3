//! A run's folder: the checkpoint, the curves, samples, and the model that it is at every moment.
//!
//! All that resuming needs is one file, replaced whole, so a run killed at any moment has one consistent checkpoint.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tch::nn::VarStore;
use tch::{Kind, Tensor};

use super::tensorboard::EventFile;
use crate::engine::model_card::{CRITIC_FILE, FORMAT, GENERATOR_FILE};
use crate::engine::protocol::{TrainRequest, TrainScalars};
use crate::engine::{ModelCard, PartSpec};
use crate::gan::dataset::{Dataset, Split};
use crate::gan::{GanError, weights};

/// The curves, a row an iteration.
pub const METRICS_FILE: &str = "metrics.csv";
/// What was asked for, so that resuming needs no more than the folder.
pub const REQUEST_FILE: &str = "request.json";
const STATE_FILE: &str = "checkpoint/state.safetensors";
const CARD_TEXT_FILE: &str = "card.md";
const COLUMNS: &str = "iteration,seconds,critic_loss,generator_loss,gradient_penalty,reconstruction,held_out_reconstruction,\
                       similarity,style,fit,copying,variety";

/// An open run.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    metrics: std::fs::File,
    events: EventFile,
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> GanError {
    let path = path.to_owned();
    move |source| GanError::Io { doing, source, path }
}

/// Writes a small file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), GanError> {
    let partial = path.with_extension("partial");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&partial, path)
    };
    write().map_err(io("writing", path))
}

/// The request that a run's folder was started with.
///
/// # Errors
/// The folder is no run's, or its request cannot be read.
pub fn saved_request(folder: &Path) -> Result<TrainRequest, GanError> {
    let path = folder.join(REQUEST_FILE);
    let text = std::fs::read_to_string(&path).map_err(|_| GanError::File {
        reason: "there is no training to resume here".into(),
        path: path.clone(),
    })?;
    serde_json::from_str(&text).map_err(|error| GanError::File {
        reason: format!("the run's request cannot be read ({error})"),
        path,
    })
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
    /// The folder holds another run, or cannot be written.
    pub fn open(request: &TrainRequest) -> Result<Self, GanError> {
        let path = request.out.clone();
        let refuse = |reason: &str| GanError::File {
            reason: reason.into(),
            path: path.clone(),
        };
        let has_run = path.join(STATE_FILE).exists();
        if request.resume && !has_run {
            return Err(refuse("there is no training to resume in this folder"));
        }
        if !request.resume && (has_run || path.join(GENERATOR_FILE).exists()) {
            return Err(refuse("this folder already holds a model; resume it or choose another"));
        }
        for folder in [path.join("checkpoint"), path.join("samples")] {
            std::fs::create_dir_all(&folder).map_err(io("making the run's folder", &folder))?;
        }
        let file = path.join(METRICS_FILE);
        if !request.resume {
            write_whole(&file, format!("{COLUMNS}\n").as_bytes())?;
        }
        let json = serde_json::to_vec_pretty(&TrainRequest {
            resume: false,
            ..request.clone()
        });
        write_whole(&path.join(REQUEST_FILE), &json.unwrap_or_default())?;
        let metrics = std::fs::OpenOptions::new().append(true).open(&file);
        Ok(Self {
            metrics: metrics.map_err(io("opening the curves", &file))?,
            events: EventFile::create(&path).map_err(io("opening TensorBoard's file", &path))?,
            path,
        })
    }

    /// Brings back the state of the last checkpoint and drops the curves beyond it: iterations done, and seconds.
    ///
    /// # Errors
    /// The checkpoint cannot be read or is not for this network.
    pub fn resume(&mut self, state: &[(String, Tensor)]) -> Result<(u64, f64), GanError> {
        let progress = Tensor::from_slice(&[0_i64, 0]);
        let mut all = vec![("progress".to_owned(), progress.shallow_clone())];
        all.extend(state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())));
        weights::load(&self.path.join(STATE_FILE), &all)?;
        let iteration = progress.int64_value(&[0]).max(0) as u64;
        let file = self.path.join(METRICS_FILE);
        let text = std::fs::read_to_string(&file).map_err(io("reading the curves", &file))?;
        let mut kept = String::with_capacity(text.len());
        for line in text.lines().filter(|line| {
            let number = line.split(',').next().and_then(|number| number.parse::<u64>().ok());
            *line == COLUMNS || number.is_some_and(|number| number <= iteration)
        }) {
            let _ = writeln!(kept, "{line}");
        }
        write_whole(&file, kept.as_bytes())?;
        let metrics = std::fs::OpenOptions::new().append(true).open(&file);
        self.metrics = metrics.map_err(io("opening the curves", &file))?;
        Ok((iteration, progress.int64_value(&[1]) as f64 / 1000.0))
    }

    /// Replaces the checkpoint.
    ///
    /// # Errors
    /// What the system says.
    pub fn checkpoint(&mut self, iteration: u64, seconds: f64, state: &[(String, Tensor)]) -> Result<(), GanError> {
        let mut all = vec![(
            "progress".to_owned(),
            Tensor::from_slice(&[iteration as i64, (seconds * 1000.0) as i64]),
        )];
        all.extend(state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())));
        weights::save(&self.path.join(STATE_FILE), &all, Kind::Float)
    }

    /// Replaces the weights that composing loads.
    ///
    /// # Errors
    /// What the system says.
    pub fn export(&self, generator: &[(String, Tensor)], critic: &[(String, Tensor)]) -> Result<(), GanError> {
        weights::save(&self.path.join(GENERATOR_FILE), generator, Kind::Float)?;
        weights::save(&self.path.join(CRITIC_FILE), critic, Kind::Float)
    }

    /// Adds a row to the curves.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&mut self, scalars: &TrainScalars, reconstruction: Option<f64>, held_out: Option<f64>) -> Result<(), GanError> {
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
        let points = [
            ("loss/critic", Some(scalars.critic_loss)),
            ("loss/generator", Some(scalars.generator_loss)),
            ("loss/gradient_penalty", scalars.gradient_penalty),
            ("loss/reconstruction", reconstruction),
            ("loss/held_out_reconstruction", held_out),
            ("similarity/S", scalars.similarity),
            ("similarity/style", scalars.style),
            ("similarity/fit", scalars.fit),
            ("similarity/copying", scalars.copying),
            ("similarity/variety", scalars.variety),
        ];
        let written = self.events.append(scalars.iteration, &points);
        written.map_err(io("writing TensorBoard's file", &self.path))?;
        let path = self.path.join(METRICS_FILE);
        self.metrics.write_all(row.as_bytes()).map_err(io("writing the curves", &path))
    }

    /// Where the sample of an iteration goes.
    pub fn sample_path(&self, iteration: u64) -> PathBuf {
        self.path.join(format!("samples/{iteration:07}.mid"))
    }

    /// Writes `model.json` and `card.md`.
    ///
    /// # Errors
    /// What the system says.
    pub fn describe(
        &self,
        request: &TrainRequest,
        iteration: u64,
        seconds: f64,
        parts: &[PartSpec],
        settings: serde_json::Map<String, serde_json::Value>,
        dataset: &Dataset,
    ) -> Result<(), GanError> {
        let name = self
            .path
            .file_name()
            .map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned());
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
            iterations: iteration,
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
            "Network `{}`, {iteration} of {} iterations, {:.0} minutes of training, seed {}, version {}.\n",
            request.network,
            request.iterations,
            seconds / 60.0,
            request.seed,
            env!("CARGO_PKG_VERSION")
        );
        let _ = writeln!(text, "Writes: {}.\n", voices.join(", "));
        let _ = writeln!(text, "Data: {data}, {train} pieces to learn from, {valid} held out.\n");
        let _ = writeln!(
            text,
            "The curves are in `{METRICS_FILE}`, samples of a held-out melody in `samples/`."
        );
        write_whole(&self.path.join(CARD_TEXT_FILE), text.as_bytes())
    }
}
