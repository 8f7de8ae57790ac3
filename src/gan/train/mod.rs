//! Training: one loop for all networks. It tells by events and knows no window and no terminal.
//!
//! Everything follows from the request's seed and the iteration's number, so a run that was killed and resumed is, on the
//! CPU, the run that was not.

mod cantus;
mod cast;
mod folder;
mod measure;
mod tensorboard;
mod unet;

use std::time::{Duration, Instant};

use tch::{Device, Tensor};

use self::folder::RunFolder;
use self::measure::Measure;
use super::dataset::{self, Dataset, ReadOptions};
use super::{GanError, Network};
use crate::engine::protocol::{Event, TrainControl, TrainRequest, TrainScalars};

pub use self::folder::{METRICS_FILE, REQUEST_FILE, saved_request};

/// A checkpoint is written at least so often.
const CHECKPOINT_EVERY: Duration = Duration::from_mins(1);
/// How long a paused training sleeps before it looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// What one iteration came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepLosses {
    /// The critic's loss, penalty included.
    pub critic: f64,
    /// The generator's adversarial loss.
    pub generator: f64,
    /// The gradient penalty, weighted as it is in the critic's loss.
    pub penalty: f64,
    /// What the generator is told besides, where it is: cross-entropy in nats per unknown cell.
    pub reconstruction: Option<f64>,
}

/// A network in training, with its optimisers.
trait Trainee {
    /// One iteration; `iteration` counts from 0.
    fn step(&mut self, iteration: u64) -> Result<StepLosses, GanError>;
    /// All tensors that the next iterations depend on, by name.
    fn state(&self) -> Vec<(String, Tensor)>;
    /// The network as it would be exported.
    fn network(&self) -> &dyn Network;
    /// The weights to export: the generator's and the critic's.
    fn exports(&self) -> [Vec<(String, Tensor)>; 2];
    /// The card's `settings`.
    fn settings(&self) -> serde_json::Map<String, serde_json::Value>;
    /// Cross-entropy on held-out pieces, where that makes sense.
    fn held_out_loss(&self) -> Option<f64>;
    /// How long a window its similarity is measured on, in bars, and how many of them.
    fn measured_windows(&self) -> (usize, usize);
    /// How many iterations lie between two measurements.
    fn measured_every(&self) -> u64;
}

/// How a training ended well.
enum Ended {
    Complete,
    Stopped,
}

/// Trains as asked until the iterations are done or `control` says stop; events go to `emit`, the last is [`Event::Trained`].
/// Returns whether all went well.
pub fn run(request: &TrainRequest, device: Device, control: &mut dyn FnMut() -> Option<TrainControl>, emit: &mut dyn FnMut(Event)) -> bool {
    let mut iteration = 0;
    let result = train(request, device, control, emit, &mut iteration);
    let (ok, message) = match result {
        Ok(Ended::Complete) => (true, "Training complete".to_owned()),
        Ok(Ended::Stopped) => (true, "Training stopped; it can be resumed".to_owned()),
        Err(error) => (false, error.to_string()),
    };
    emit(Event::Trained { iteration, message, ok });
    ok
}

fn train(
    request: &TrainRequest,
    device: Device,
    control: &mut dyn FnMut() -> Option<TrainControl>,
    emit: &mut dyn FnMut(Event),
    iteration: &mut u64,
) -> Result<Ended, GanError> {
    let options = ReadOptions {
        seed: request.seed,
        ..ReadOptions::default()
    };
    let dataset =
        dataset::read(&request.data, &options, &mut |_, _| {}, &|| false).map_err(|error| GanError::Request(error.to_string()))?;
    let mut trainee: Box<dyn Trainee> = match request.network.as_str() {
        "unet" => Box::new(unet::UNetTrainee::new(request, &dataset, device)?),
        "cantus" => Box::new(cantus::CantusTrainee::new(request, &dataset, device)?),
        other => {
            return Err(GanError::Request(format!(
                "there is no network “{other}”; there are cantus and unet"
            )));
        }
    };
    let mut folder = RunFolder::open(request)?;
    let mut seconds_before = 0.0;
    if request.resume {
        (*iteration, seconds_before) = folder.resume(&trainee.state())?;
    }
    let measure = Measure::new(&dataset, trainee.as_ref());
    let mut run = Run {
        request,
        dataset: &dataset,
        trainee: trainee.as_mut(),
        folder: &mut folder,
        measure,
        started: Instant::now(),
        seconds_before,
    };
    run.go(control, emit, iteration)
}

struct Run<'a> {
    request: &'a TrainRequest,
    dataset: &'a Dataset,
    trainee: &'a mut dyn Trainee,
    folder: &'a mut RunFolder,
    measure: Option<Measure>,
    started: Instant,
    seconds_before: f64,
}

impl Run<'_> {
    fn go(
        &mut self,
        control: &mut dyn FnMut() -> Option<TrainControl>,
        emit: &mut dyn FnMut(Event),
        iteration: &mut u64,
    ) -> Result<Ended, GanError> {
        let mut last_checkpoint = Instant::now();
        if *iteration == 0 {
            self.checkpoint(0, false, emit)?; // there is something to resume from at once
        }
        while *iteration < self.request.iterations {
            if self.asked_to_stop(control) {
                self.checkpoint(*iteration, true, emit)?;
                return Ok(Ended::Stopped);
            }
            let losses = self.trainee.step(*iteration)?;
            *iteration += 1;
            let numbers = [
                Some(losses.critic),
                Some(losses.generator),
                Some(losses.penalty),
                losses.reconstruction,
            ];
            if !numbers.iter().flatten().all(|number| number.is_finite()) {
                // the last checkpoint stays as it is: it was still good
                return Err(GanError::NotFinite { iteration: *iteration });
            }
            let measured = iteration.is_multiple_of(self.trainee.measured_every()) || *iteration == self.request.iterations;
            let (scalars, held_out) = self.scalars(*iteration, losses, measured)?;
            self.folder.append(&scalars, losses.reconstruction, held_out)?;
            emit(Event::Scalars(scalars));
            if measured || last_checkpoint.elapsed() >= CHECKPOINT_EVERY {
                self.checkpoint(*iteration, measured, emit)?;
                last_checkpoint = Instant::now();
            }
        }
        self.checkpoint(*iteration, true, emit)?;
        Ok(Ended::Complete)
    }

    /// Takes what control has to say, sleeping while paused.
    fn asked_to_stop(&mut self, control: &mut dyn FnMut() -> Option<TrainControl>) -> bool {
        let mut paused_at: Option<Instant> = None;
        let stop = loop {
            match control() {
                Some(TrainControl::Stop) => break true,
                Some(TrainControl::Pause) => paused_at = paused_at.or_else(|| Some(Instant::now())),
                Some(TrainControl::Resume) => break false,
                None if paused_at.is_none() => break false,
                None => std::thread::sleep(PAUSE),
            }
        };
        if let Some(since) = paused_at {
            self.seconds_before -= since.elapsed().as_secs_f64();
        }
        stop
    }

    fn seconds(&self) -> f64 {
        (self.seconds_before + self.started.elapsed().as_secs_f64()).max(0.0)
    }

    fn scalars(&mut self, iteration: u64, losses: StepLosses, measured: bool) -> Result<(TrainScalars, Option<f64>), GanError> {
        let mut scalars = TrainScalars {
            iteration,
            total: self.request.iterations,
            seconds: self.seconds(),
            critic_loss: losses.critic,
            generator_loss: losses.generator,
            gradient_penalty: Some(losses.penalty),
            ..TrainScalars::default()
        };
        if !measured {
            return Ok((scalars, None));
        }
        if let Some(measure) = &self.measure {
            measure.fill(self.dataset, self.trainee.network(), &mut scalars)?;
        }
        Ok((scalars, self.trainee.held_out_loss()))
    }

    fn checkpoint(&mut self, iteration: u64, with_sample: bool, emit: &mut dyn FnMut(Event)) -> Result<(), GanError> {
        let state = self.trainee.state();
        let is_finite = |(_, tensor): &(String, Tensor)| !tensor.is_floating_point() || tensor.isfinite().all().int64_value(&[]) == 1;
        if !state.iter().all(is_finite) {
            return Err(GanError::NotFinite { iteration });
        }
        self.folder.checkpoint(iteration, self.seconds(), &state)?;
        let [generator, critic] = self.trainee.exports();
        self.folder.export(&generator, &critic)?;
        let (parts, settings) = (self.trainee.network().parts(), self.trainee.settings());
        self.folder
            .describe(self.request, iteration, self.seconds(), parts, settings, self.dataset)?;
        if with_sample {
            measure::write_sample(&self.folder.sample_path(iteration), self.dataset, self.trainee.network())?;
        }
        emit(Event::Checkpoint { iteration });
        Ok(())
    }
}

#[cfg(test)]
pub mod tests;
