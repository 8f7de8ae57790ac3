//! What a training's folder holds besides weights, for whoever watches it: how it is, its curves, and a box for
//! controls.
//!
//! The folder is all that a watcher needs, so a run is found again after the window closed, and one on another machine
//! is watched through a shared folder. Must not know tensors or windows.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::protocol::{Loss, TrainControl, TrainRequest};
use crate::whole_file;

/// What was asked for, so that resuming needs no more than the folder.
pub const REQUEST_FILE: &str = "request.json";
/// How the run is, written each second while it lives.
pub const STATUS_FILE: &str = "status.json";
/// The curves, a row an iteration.
pub const METRICS_FILE: &str = "metrics.csv";
/// The musical metrics of each part, a row a measurement.
pub const PARTS_FILE: &str = "parts.csv";
/// The same metrics of the held-out music itself, by column of [`PARTS_FILE`].
pub const REFERENCE_FILE: &str = "reference.json";
/// Settings that were changed on the way, a JSON object a line.
pub const CHANGES_FILE: &str = "changes.jsonl";
/// The same melody accompanied at each measurement, as `0000050.mid`.
pub const SAMPLES_FOLDER: &str = "samples";
/// Among the samples: the piece that the melody is from, as it is.
pub const ORIGINAL_FILE: &str = "original.mid";
/// What the engine wrote to standard error.
pub const LOG_FILE: &str = "engine.log";
/// Where watchers put what the training should do, a file each.
const CONTROL_FOLDER: &str = "control";
/// None of the small files is larger.
const MOST_BYTES: u64 = 1 << 20;
/// A run whose status is older is dead. A step may take longer, but the status is written by a thread of its own.
pub const DEAD_AFTER_SECONDS: f64 = 10.0;

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// The engine loads, the data are read.
    #[default]
    Starting,
    /// It learns.
    Learning,
    /// Held after a step.
    Paused,
    /// All iterations are done.
    Complete,
    /// Ended as asked; it can be resumed.
    Stopped,
    /// It could not go on.
    Failed,
}

impl RunState {
    /// Whether somebody should be writing the status.
    pub const fn is_alive(self) -> bool {
        matches!(self, Self::Starting | Self::Learning | Self::Paused)
    }
}

/// How a run is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunStatus {
    /// What it is doing.
    pub state: RunState,
    /// The same in words.
    pub message: String,
    /// Iterations done.
    pub iteration: u64,
    /// Iterations in all.
    pub total: u64,
    /// Iterations that make a pass over the data with the batch it began or was resumed with; 0 while that is not
    /// known.
    pub iterations_per_epoch: u64,
    /// Passes over the data so far, whatever the batch was on the way; unknown in runs of earlier versions.
    pub epochs: Option<f64>,
    /// Seconds of training, over all resumes.
    pub seconds: f64,
    /// What an iteration took lately.
    pub seconds_per_iteration: f64,
    /// What is left up to where somebody else learns, or to the end, may take so long, going by recent iterations and
    /// measurements; unknown before the first iteration, and in runs of earlier versions.
    pub seconds_left: Option<f64>,
    /// The last checkpoint.
    pub checkpoint: Option<u64>,
    /// The device in words.
    pub device: String,
    /// Memory that the engine's process holds.
    pub memory_bytes: u64,
    /// The computer that it runs on.
    pub host: String,
    /// The engine's process there.
    pub process: u32,
    /// Seconds since 1970, by that computer's clock, when this was written.
    pub written: f64,
    /// The same of when it was first started; 0 in runs of earlier versions.
    pub began: f64,
    /// The settings in force.
    pub tuning: Tuning,
    /// What discriminator and generator minimise.
    pub loss: Loss,
    /// After which iteration it is measured next and writes the next sample; none after the last, and in runs of
    /// earlier versions.
    pub next_sample: Option<u64>,
    /// How many pieces are held out from what it learns; unknown in runs of earlier versions.
    pub held_out: Option<u64>,
}

impl RunStatus {
    /// Whether it says that it lives, and has said so lately.
    pub fn is_alive(&self) -> bool {
        self.state.is_alive() && now() - self.written < DEAD_AFTER_SECONDS
    }
}

/// The settings of a training that can be changed while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tuning {
    /// Step size of both optimisers.
    pub learning_rate: f64,
    /// Discriminator's steps per generator step.
    pub update_ratio: u32,
    /// Passages per step.
    pub batch: u32,
    /// Iterations in all.
    pub iterations: u64,
    /// Milliseconds to wait after each iteration.
    pub wait_ms: u64,
}

/// A setting that was changed after an iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Iterations done by then.
    pub iteration: u64,
    /// What was changed, for people, such as `learning rate 0.002 → 0.001`.
    pub text: String,
}

/// Seconds since 1970.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// This computer's name, where it can be had without asking the system's resolver.
pub fn host() -> String {
    let name =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = name.ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    name.unwrap_or_default().trim().to_owned()
}

/// Reads a small text of a run's folder; `None` where there is none, or it is none.
pub fn read_small(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    let mut text = String::new();
    file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    file.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

/// How the run of a folder is; `None` where no run of this program is in it.
pub fn read_status(folder: &Path) -> Option<RunStatus> {
    serde_json::from_str(&read_small(&folder.join(STATUS_FILE))?).ok()
}

/// What the run of a folder was asked for; `None` where no run is in it. Paths in it are those of the machine it began
/// on.
pub fn read_request(folder: &Path) -> Option<TrainRequest> {
    serde_json::from_str(&read_small(&folder.join(REQUEST_FILE))?).ok()
}

/// The changes on the way, in order.
pub fn read_changes(folder: &Path) -> Vec<Change> {
    let text = read_small(&folder.join(CHANGES_FILE)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Drops of the curves and of the changes what lies beyond an iteration, and rows that are not whole.
///
/// # Errors
/// What the system says.
pub fn cut_curves(folder: &Path, iteration: u64) -> std::io::Result<()> {
    for file in [METRICS_FILE, PARTS_FILE] {
        let path = folder.join(file);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) if !text.is_empty() => text,
            Ok(_) => continue,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let head = text.lines().next().unwrap_or_default();
        let columns = head.split(',').count();
        let is_kept = |line: &&str| {
            let number = line.split(',').next().and_then(|number| number.parse::<u64>().ok());
            line.split(',').count() == columns && number.is_some_and(|number| number <= iteration)
        };
        let rows = std::iter::once(head).chain(text.lines().skip(1).filter(is_kept));
        whole_file::write(&path, rows.fold(String::new(), |text, row| text + row + "\n").as_bytes())?;
    }
    let mut changes = read_changes(folder);
    let all = changes.len();
    changes.retain(|change| change.iteration <= iteration);
    if changes.len() < all {
        let lines = changes.iter().filter_map(|change| serde_json::to_string(change).ok());
        let text = lines.fold(String::new(), |text, line| text + &line + "\n");
        whole_file::write(&folder.join(CHANGES_FILE), text.as_bytes())?;
    }
    Ok(())
}

/// The samples with their iterations, in order.
pub fn list_samples(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder.join(SAMPLES_FOLDER)).into_iter().flatten().flatten();
    let mut samples: Vec<(u64, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let iteration = path.file_stem()?.to_str()?.parse().ok()?;
            path.extension().is_some_and(|ending| ending == "mid").then_some((iteration, path))
        })
        .collect();
    samples.sort();
    samples
}

/// The piece that the samples' melody is from, where the run has kept it.
pub fn original_sample(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(SAMPLES_FOLDER).join(ORIGINAL_FILE)).filter(|path| path.is_file())
}

/// Tells the run of a folder what to do, wherever it runs.
///
/// # Errors
/// What the system says, such as that the folder cannot be written.
pub fn put_control(folder: &Path, control: TrainControl) -> std::io::Result<()> {
    let controls = folder.join(CONTROL_FOLDER);
    std::fs::create_dir_all(&controls)?;
    let name = format!("{:017.0}-{}.json", now() * 1e6, std::process::id());
    whole_file::replace(&controls.join(name), &serde_json::to_vec(&control)?)
}

/// Takes what watchers have put into the folder, in order.
pub fn take_controls(folder: &Path) -> Vec<TrainControl> {
    let Ok(entries) = std::fs::read_dir(folder.join(CONTROL_FOLDER)) else {
        return Vec::new();
    };
    let is_control = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_control).collect();
    files.sort();
    files
        .iter()
        .filter_map(|file| {
            let control = read_small(file).and_then(|text| serde_json::from_str(&text).ok());
            // one that cannot be removed would be carried out for ever
            std::fs::remove_file(file).ok().and(control)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::protocol::{TrainChange, TrainStep};
    use super::*;

    #[test]
    fn controls_arrive_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(take_controls(folder.path()), []);
        let change = TrainControl::Change(TrainChange { learning_rate: Some(0.5), ..TrainChange::default() });
        let sent = [TrainControl::Pause, TrainControl::Step(TrainStep::Critic), change, TrainControl::Stop];
        for control in sent {
            put_control(folder.path(), control).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        std::fs::write(folder.path().join(CONTROL_FOLDER).join("0.json"), "{\"dance\":true}").unwrap();
        assert_eq!(take_controls(folder.path()), sent);
        assert_eq!(take_controls(folder.path()), []);
    }

    #[test]
    fn a_status_is_read_as_written_and_grows_old() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_status(folder.path()), None);
        let mut status = RunStatus { state: RunState::Learning, iteration: 7, written: now(), ..RunStatus::default() };
        let write = |status: &RunStatus| {
            whole_file::replace(&folder.path().join(STATUS_FILE), &serde_json::to_vec(status).unwrap()).unwrap();
        };
        write(&status);
        let read = read_status(folder.path()).unwrap();
        assert!(read.is_alive() && read.iteration == 7);
        status.written -= 2.0 * DEAD_AFTER_SECONDS;
        write(&status);
        assert!(!read_status(folder.path()).unwrap().is_alive());
        std::fs::write(folder.path().join(STATUS_FILE), "{").unwrap();
        assert_eq!(read_status(folder.path()), None);
    }

    #[test]
    fn samples_come_in_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(SAMPLES_FOLDER)).unwrap();
        for name in ["0000100.mid", "0000050.mid", "notes.txt", "x.mid", ORIGINAL_FILE] {
            std::fs::write(folder.path().join(SAMPLES_FOLDER).join(name), "").unwrap();
        }
        let iterations: Vec<u64> = list_samples(folder.path()).into_iter().map(|(iteration, _)| iteration).collect();
        assert_eq!(iterations, [50, 100]);
        assert_eq!(original_sample(folder.path()), Some(folder.path().join("samples/original.mid")));
    }
}
