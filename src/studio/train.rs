//! Training: an engine of its own per run, which goes on when the window closes; what it tells is kept as curves.
//!
//! [`super::train_page`] draws this.

use std::{path::PathBuf, sync::Arc, time::Instant};

use super::{engine_line::EngineLine, state::Studio, toasts::Tone};
use crate::{
    engine::{
        EngineEvent, EngineOptions,
        protocol::{Event, Request, TrainControl, TrainRequest, TrainScalars},
    },
    library::paths,
};

/// Networks that can be trained, with a line on what each is.
pub const NETWORKS: [(&str, &str, &str); 2] = [
    ("cantus", "Cantus", "The studio's own: any parts, drums too, any melody length"),
    ("unet", "U-Net", "As DeepComposer had it: windows of two bars, four tracks"),
];

/// Corpora that come with the program.
pub const BUILTIN: [(&str, &str); 2] = [("builtin:chorale", "Chorales"), ("builtin:pop", "Pop")];

/// How a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunState {
    /// The engine loads, the data are read.
    Starting,
    /// It learns.
    Running,
    /// Held after a step.
    Paused,
    /// Asked to end.
    Stopping,
    /// It ended, in words; whether all went well.
    Ended {
        /// One sentence.
        message: String,
        /// Whether all went well.
        ok: bool,
    },
}

/// A training.
pub struct Run {
    line: Option<Box<dyn EngineLine>>,
    /// What was asked for.
    request: TrainRequest,
    /// Its folder, which becomes a model.
    pub out: PathBuf,
    /// How it is.
    pub state: RunState,
    /// What it told.
    pub scalars: Vec<TrainScalars>,
    /// What it is doing, before it learns.
    pub label: String,
    /// The last checkpoint's iteration.
    pub checkpoint: Option<u64>,
    /// When it was started here.
    pub started: Instant,
}

/// What the page is set to, and the run it shows.
pub struct Train {
    /// A folder of MIDI files, or `builtin:STYLE`.
    pub data: String,
    /// What the model will be called.
    pub name: String,
    /// Which of [`NETWORKS`].
    pub network: usize,
    /// How long.
    pub iterations: u64,
    /// Smoothing of the curves, 0 to 0.999.
    pub smoothing: f64,
    /// The run, if one was started.
    pub run: Option<Run>,
}

impl Default for Train {
    fn default() -> Self {
        Self {
            data: BUILTIN[0].0.into(),
            name: "My model".into(),
            network: 0,
            iterations: 500,
            smoothing: 0.6,
            run: None,
        }
    }
}

impl Train {
    /// Whether a run goes on.
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !matches!(run.state, RunState::Ended { .. }))
    }
}

impl Studio {
    /// Where a run of that name goes.
    pub(super) fn run_folder(&self) -> Option<PathBuf> {
        let name: String = self
            .train
            .name
            .trim()
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() || " -_.".contains(letter) {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        let name = name.trim_matches(['.', ' ']).to_owned();
        let folder = match &self.session.folders().data {
            Some(data) => data.join("models"),
            None => paths::models_folder().ok()?,
        };
        (!name.is_empty()).then(|| folder.join(name))
    }

    /// Why no training can be started now.
    pub(super) fn why_not_train(&self) -> Option<String> {
        if self.train.is_running() {
            return Some("A training is under way".into());
        }
        if self.train.data.trim().is_empty() {
            return Some("Choose what to learn from first".into());
        }
        if self.run_folder().is_none() {
            return Some("Give the model a name first".into());
        }
        None
    }

    /// Trains a new model. A name that is taken gets a number.
    pub(super) fn start_training(&mut self) {
        let name = self.train.name.trim().to_owned();
        let mut number = 2;
        while self.run_folder().is_some_and(|folder| folder.exists()) {
            self.train.name = format!("{name} {number}");
            number += 1;
        }
        let Some(out) = self.run_folder() else { return };
        self.train_with(TrainRequest {
            data: self.train.data.trim().to_owned(),
            out,
            network: NETWORKS[self.train.network].0.to_owned(),
            iterations: self.train.iterations,
            ..TrainRequest::default()
        });
    }

    /// Goes on with the run that is shown, from its last checkpoint.
    pub(super) fn resume_training(&mut self) {
        let Some(mut request) = self.train.run.as_ref().map(|run| run.request.clone()) else {
            return;
        };
        request.resume = true;
        self.train_with(request);
    }

    /// Starts an engine for a training and hands it the request.
    fn train_with(&mut self, request: TrainRequest) {
        let out = request.out.clone();
        let known = self.train.run.take().filter(|run| run.out == out);
        self.train.run = Some(Run {
            line: None,
            request: request.clone(),
            out: out.clone(),
            state: RunState::Starting,
            scalars: known.map(|run| run.scalars).unwrap_or_default(),
            label: "Starting the engine".into(),
            checkpoint: None,
            started: Instant::now(),
        });
        let starter = self.generate.starter();
        let wake = self.jobs.poster();
        self.jobs.spawn("starting a training", move |poster| {
            let started = std::fs::create_dir_all(&out).map_err(|error| error.to_string()).and_then(|()| {
                let options = EngineOptions {
                    detached: true,
                    log: Some(out.join("engine.log")),
                    wake: Some(Arc::new(move || wake.ctx().request_repaint())),
                    ..EngineOptions::default()
                };
                let line = starter(options).map_err(|error| error.to_string())?;
                line.send(&Request::Train(Box::new(request))).map_err(|error| error.to_string())?;
                Ok(line)
            });
            poster.post(move |studio| {
                let Some(run) = &mut studio.train.run else { return };
                match started {
                    Ok(line) => run.line = Some(line),
                    Err(reason) => {
                        run.state = RunState::Ended {
                            message: reason.clone(),
                            ok: false,
                        };
                        studio.fail(format!("The training could not be started: {reason}"));
                    }
                }
            });
        });
    }

    /// Pauses, resumes or ends the run.
    pub(super) fn control_training(&mut self, control: TrainControl) {
        let Some(run) = &mut self.train.run else { return };
        let sent = run.line.as_ref().map(|line| line.send(&Request::Control(control)));
        match sent {
            Some(Ok(())) => {
                run.state = match control {
                    TrainControl::Pause => RunState::Paused,
                    TrainControl::Resume => RunState::Running,
                    TrainControl::Stop => RunState::Stopping,
                };
            }
            Some(Err(error)) => self.fail(format!("The training does not hear: {error}")),
            None => {}
        }
    }

    /// Takes what the training tells.
    pub(super) fn poll_training(&mut self) {
        let events: Vec<EngineEvent> = match self.train.run.as_ref().and_then(|run| run.line.as_ref()) {
            Some(line) => line.events().try_iter().collect(),
            None => return,
        };
        for event in events {
            match event {
                EngineEvent::Event(event) => self.on_training(event),
                EngineEvent::Died { reason } => self.training_ended(&reason, false),
                EngineEvent::Ended => self.training_ended("The engine ended", true),
                EngineEvent::Hung { seconds } => {
                    self.toasts
                        .add(Tone::Warning, format!("The training has been silent for {seconds} s"));
                }
            }
        }
    }

    fn on_training(&mut self, event: Event) {
        let Some(run) = &mut self.train.run else { return };
        match event {
            Event::Progress { label, done, total, .. } => {
                run.label = if total > 0 { format!("{label} ({done} of {total})") } else { label };
            }
            Event::Scalars(scalars) => {
                if run.state == RunState::Starting {
                    run.state = RunState::Running;
                }
                // a resumed run may tell again what came after its checkpoint
                run.scalars.retain(|known| known.iteration < scalars.iteration);
                run.scalars.push(scalars);
            }
            Event::Checkpoint { iteration } => run.checkpoint = Some(iteration),
            Event::Trained { message, ok, .. } => self.training_ended(&message, ok),
            Event::Failed { message, .. } => self.training_ended(&message, false),
            _ => {}
        }
    }

    fn training_ended(&mut self, message: &str, ok: bool) {
        let Some(run) = &mut self.train.run else { return };
        if matches!(run.state, RunState::Ended { .. }) {
            return; // the process ends after it has said so itself
        }
        run.state = RunState::Ended {
            message: message.to_owned(),
            ok,
        };
        if ok {
            self.tell(format!("The training is over: {message}"));
        } else {
            self.fail(format!("The training failed; what was checkpointed is kept: {message}"));
        }
        self.find_models();
    }
}

/// A curve, smoothed by a de-biased exponential mean (weight 0 is as it is).
pub fn smoothed(points: &[[f64; 2]], weight: f64) -> Vec<[f64; 2]> {
    let (mut mean, mut bias) = (0.0, 1.0);
    points
        .iter()
        .map(|&[x, y]| {
            mean = mean * weight + (1.0 - weight) * y;
            bias *= weight;
            [x, mean / (1.0 - bias)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::smoothed;

    #[test]
    fn smoothing_is_unbiased_from_the_first_point() {
        let points = [[0.0, 4.0], [1.0, 4.0], [2.0, 4.0]];
        assert!(smoothed(&points, 0.9).iter().all(|point| (point[1] - 4.0).abs() < 1e-9));
        let points = [[0.0, 0.0], [1.0, 10.0]];
        assert_eq!(smoothed(&points, 0.0), points);
        let last = smoothed(&points, 0.5)[1][1];
        assert!((last - 20.0 / 3.0).abs() < 1e-9, "{last}");
    }
}
