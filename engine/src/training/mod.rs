//! Training: one loop for all networks. It tells by events and by the files of the run's folder, and knows no window
//! and no terminal.
//!
//! Everything follows from the request's seed and the iteration's number, so a run that was killed and resumed is, on
//! the CPU, the run that was not.

pub(crate) mod adam;
pub(crate) mod cast;
mod choose;
pub(crate) mod folder;
mod heart;
pub(crate) mod losses;
mod measure;
mod obey;
mod records;
mod tensorboard;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tch::{Device, Kind, Tensor};

use self::folder::{Checkpoint, RunFolder, State, is_measured};
use self::heart::Heart;
use self::measure::{Measure, Measured};
use self::obey::Orders;
use cantus::corpus::{self, Dataset, DatasetError, ReadOptions};

use crate::networks::cantus::drafts::Manner;
use crate::networks::cantus::training::CantusTrainee;
use crate::networks::unet::training::UNetTrainee;
use crate::{GanError, Network};
use cantus::engine_client::networks;
use cantus::engine_client::protocol::{Event, TrainControl, TrainRequest, TrainScalars, TrainStep};
use cantus::engine_client::run_folder::{RunState, RunStatus, Tuning};

/// A checkpoint is written at least so often.
const CHECKPOINT_EVERY: Duration = Duration::from_mins(1);
/// How much the speed told forgets with each iteration.
const SPEED_KEPT: f64 = 0.9;

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
pub(crate) trait Trainee {
    /// One iteration of those who are to learn; `iteration` counts from 0.
    fn step(&mut self, iteration: u64, who: TrainStep) -> Result<StepLosses, GanError>;
    /// The settings that may change between two iterations.
    fn tuning(&mut self) -> &mut Tuning;
    /// All tensors that the next iterations depend on; generator and critic as they would be exported.
    fn state(&self) -> State;
    /// The network as it would be exported.
    fn network(&self) -> &dyn Network;
    /// The card's `settings`.
    fn settings(&self) -> serde_json::Map<String, serde_json::Value>;
    /// Cross-entropy on held-out pieces, where that makes sense.
    fn held_out_loss(&self) -> Option<f64>;
    /// How long a window its similarity is measured on, in bars, and how many of them.
    fn measured_windows(&self) -> (usize, usize);
    /// How many iterations lie between two measurements; more in a long training, see [`folder::is_measured`].
    fn measured_every(&self) -> u64;
    /// How many ways it knows to compose with the weights that it has; where there are several, the one that is most
    /// like the data on held-out melodies is kept when the training is over.
    fn ways(&self) -> usize {
        1
    }
    /// Composes in one of its [`Self::ways`] from now on.
    fn take_way(&mut self, _way: usize) {}
    /// Draws its parts in these manners from now on.
    fn mind(&mut self, _manners: &[Manner]) {}
}

/// A few numbers of a device, fetched together.
pub(crate) fn told<const N: usize>(numbers: &Tensor) -> Result<[f64; N], GanError> {
    let all = Vec::<f64>::try_from(numbers.to_device(Device::Cpu).to_kind(Kind::Double))?;
    all.try_into().map_err(|_| GanError::Request("another number of losses was told than there are".into()))
}

/// The settings that a training begins with.
pub(crate) fn tuning(request: &TrainRequest) -> Tuning {
    let plan = networks::of(&request.network);
    Tuning {
        learning_rate: request.learning_rate.unwrap_or(plan.learning_rate),
        update_ratio: request.update_ratio.unwrap_or(plan.update_ratio).clamp(1, 100),
        batch: request.batch.unwrap_or(plan.batch).clamp(1, 4096),
        iterations: request.iterations.max(1),
        wait_ms: 0,
    }
}

/// How a training ended well.
enum Ended {
    Complete,
    Stopped,
}

/// Trains as asked until the iterations are done or `control` (or a watcher, by the run's folder) says stop; events go
/// to `emit`, the last is [`Event::Trained`]. `place` is the device in words. Returns whether all went well.
pub fn run(
    request: &TrainRequest,
    device: Device,
    place: &str,
    control: &mut dyn FnMut() -> Option<TrainControl>,
    emit: &mut dyn FnMut(Event),
) -> bool {
    let mut iteration = 0;
    let result = RunFolder::open(request).and_then(|folder| {
        let status = RunStatus {
            message: "Reading the data".into(),
            total: request.iterations,
            device: place.to_owned(),
            loss: request.loss,
            // known from the first beat on, so that what is killed again at once can be resumed again
            checkpoint: folder.kept_iteration(),
            iteration: folder.kept_iteration().unwrap_or(0),
            ..RunStatus::default()
        };
        let heart = Heart::new(folder.path(), status);
        let result = train(request, device, folder, &heart, control, emit, &mut iteration);
        let (state, message) = match &result {
            Ok(Ended::Complete) => (RunState::Complete, "Training complete".into()),
            Ok(Ended::Stopped) => (RunState::Stopped, "Stopped; it can be resumed".into()),
            Err(error) => (RunState::Failed, error.to_string()),
        };
        heart.tell(|status| {
            status.state = state;
            status.message = message;
        });
        result
    });
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
    mut folder: RunFolder,
    heart: &Heart,
    control: &mut dyn FnMut() -> Option<TrainControl>,
    emit: &mut dyn FnMut(Event),
    iteration: &mut u64,
) -> Result<Ended, GanError> {
    let mut orders = Orders::new(control, folder.path());
    let Some(dataset) = read_data(request, heart, &mut orders)? else {
        return Ok(Ended::Stopped);
    };
    let mut trainee: Box<dyn Trainee> = match request.network.as_str() {
        "unet" => Box::new(UNetTrainee::new(request, &dataset, device)?),
        "cantus" => Box::new(CantusTrainee::new(request, &dataset, device)?),
        other => {
            return Err(GanError::Request(format!("there is no network “{other}”; there are cantus and unet")));
        }
    };
    let mut seconds_before = 0.0;
    if request.resume {
        let checkpoint = folder.resume(&trainee.state())?;
        (*iteration, seconds_before) = (checkpoint.iteration, checkpoint.seconds);
        *trainee.tuning() = Tuning { iterations: request.iterations.max(1), wait_ms: 0, ..checkpoint.tuning };
    }
    let measure = Measure::new(&dataset, trainee.as_ref());
    if let Some(measure) = &measure {
        folder.write_reference(&measure.of_data(&dataset).parts)?;
    }
    heart.tell(|status| {
        status.iterations_per_epoch =
            corpus::iterations_per_epoch(&dataset, &request.network, Some(trainee.tuning().batch));
    });
    let mut run = Run {
        request,
        dataset: &dataset,
        trainee: trainee.as_mut(),
        folder: &mut folder,
        heart,
        measure,
        since: Instant::now(),
        seconds_before,
        last_checkpoint: Instant::now(),
    };
    run.go(&mut orders, emit, iteration)
}

/// Reads the training data; `None` where the training was stopped meanwhile.
fn read_data(request: &TrainRequest, heart: &Heart, orders: &mut Orders<'_>) -> Result<Option<Dataset>, GanError> {
    let options = ReadOptions { seed: request.seed, cache: request.cache.clone(), ..ReadOptions::default() };
    let stopped = AtomicBool::new(false);
    let mut progress = |done: usize, total: usize| {
        heart.status().message = format!("Reading the data ({done} of {total})");
        if orders.stop_is_wanted() {
            stopped.store(true, Ordering::Relaxed);
        }
    };
    match corpus::read(&request.data, &options, &mut progress, &|| stopped.load(Ordering::Relaxed)) {
        Ok(dataset) => Ok(Some(dataset)),
        Err(DatasetError::Cancelled) => Ok(None),
        Err(error) => Err(GanError::Request(error.to_string())),
    }
}

struct Run<'a> {
    request: &'a TrainRequest,
    dataset: &'a Dataset,
    trainee: &'a mut dyn Trainee,
    folder: &'a mut RunFolder,
    heart: &'a Heart,
    measure: Option<Measure>,
    since: Instant,
    seconds_before: f64,
    last_checkpoint: Instant,
}

impl Run<'_> {
    fn go(
        &mut self,
        orders: &mut Orders<'_>,
        emit: &mut dyn FnMut(Event),
        iteration: &mut u64,
    ) -> Result<Ended, GanError> {
        if *iteration == 0 {
            self.checkpoint(0, false, emit)?; // there is something to resume from at once
        }
        self.show(*iteration, RunState::Learning);
        while *iteration < self.trainee.tuning().iterations {
            let Some(who) = self.obey(orders, *iteration, emit)? else {
                self.checkpoint(*iteration, true, emit)?;
                return Ok(Ended::Stopped);
            };
            if *iteration >= self.trainee.tuning().iterations {
                break; // it was made shorter
            }
            let began = Instant::now();
            let Some(losses) = self.step(iteration, who, emit)? else { continue };
            *iteration += 1;
            let numbers = [Some(losses.critic), Some(losses.generator), Some(losses.penalty), losses.reconstruction];
            if !numbers.iter().flatten().all(|number| number.is_finite()) {
                // the last checkpoint stays as it is: it was still good
                return Err(GanError::NotFinite { iteration: *iteration });
            }
            self.show_speed(began.elapsed().as_secs_f64());
            let last = *iteration == self.trainee.tuning().iterations;
            let measured = is_measured(*iteration, self.trainee.measured_every()) || last;
            self.tell(*iteration, losses, measured, emit)?;
            if measured || self.last_checkpoint.elapsed() >= CHECKPOINT_EVERY {
                self.checkpoint(*iteration, measured, emit)?;
            }
            self.show(*iteration, RunState::Learning);
        }
        self.choose_way(orders)?;
        self.checkpoint(*iteration, true, emit)?;
        Ok(Ended::Complete)
    }

    /// One iteration. Where memory does not suffice, the batch is halved and the training goes back to the last
    /// checkpoint, for nobody knows what the step left half done; `None` then.
    fn step(
        &mut self,
        iteration: &mut u64,
        who: TrainStep,
        emit: &mut dyn FnMut(Event),
    ) -> Result<Option<StepLosses>, GanError> {
        let trainee = &mut *self.trainee;
        let stepped = catch_unwind(AssertUnwindSafe(|| trainee.step(*iteration, who)));
        let message = match stepped {
            Ok(Ok(losses)) => return Ok(Some(losses)),
            Ok(Err(error)) if obey::is_out_of_memory(&error.to_string()) => error.to_string(),
            Ok(Err(error)) => return Err(error),
            Err(panic) => match obey::words_of(panic.as_ref()).filter(|words| obey::is_out_of_memory(words)) {
                Some(words) => words,
                None => std::panic::resume_unwind(panic),
            },
        };
        log::warn!("{message}");
        let batch = self.trainee.tuning().batch;
        if batch == 1 {
            return Err(GanError::Request("the memory does not even suffice for a batch of one window".into()));
        }
        let checkpoint = self.folder.resume(&self.trainee.state())?;
        *self.trainee.tuning() = Tuning { batch: batch / 2, ..*self.trainee.tuning() };
        *iteration = checkpoint.iteration;
        let text = format!("batch {batch} → {}, for the memory did not suffice", batch / 2);
        self.note(*iteration, text, emit)?;
        Ok(None)
    }

    fn seconds(&self) -> f64 {
        (self.seconds_before + self.since.elapsed().as_secs_f64()).max(0.0)
    }

    /// Tells what an iteration came to, by event and in the curves.
    fn tell(
        &mut self,
        iteration: u64,
        losses: StepLosses,
        measured: bool,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), GanError> {
        let mut scalars = TrainScalars {
            iteration,
            total: self.trainee.tuning().iterations,
            seconds: self.seconds(),
            critic_loss: losses.critic,
            generator_loss: losses.generator,
            gradient_penalty: Some(losses.penalty),
            ..TrainScalars::default()
        };
        let mut of_parts: Option<Measured> = None;
        let mut held_out = None;
        if measured {
            if let Some(measure) = &self.measure {
                of_parts = Some(measure.fill(self.dataset, self.trainee.network(), &mut scalars)?);
            }
            held_out = self.trainee.held_out_loss();
        }
        self.folder.append(&scalars, losses.reconstruction, held_out, of_parts.as_ref())?;
        emit(Event::Scalars(scalars));
        Ok(())
    }

    fn checkpoint(&mut self, iteration: u64, with_sample: bool, emit: &mut dyn FnMut(Event)) -> Result<(), GanError> {
        let state = self.trainee.state();
        if !state.is_finite() {
            return Err(GanError::NotFinite { iteration });
        }
        let checkpoint = Checkpoint { iteration, seconds: self.seconds(), tuning: *self.trainee.tuning() };
        self.folder.checkpoint(checkpoint, &state)?;
        let (parts, settings) = (self.trainee.network().parts(), self.trainee.settings());
        self.folder.describe(self.request, &checkpoint, parts, settings, self.dataset)?;
        if with_sample {
            measure::write_sample(&self.folder.sample_path(iteration), self.dataset, self.trainee.network())?;
            self.folder.thin_samples();
        }
        self.last_checkpoint = Instant::now();
        self.heart.status().checkpoint = Some(iteration);
        emit(Event::Checkpoint { iteration });
        Ok(())
    }
}

#[cfg(test)]
mod loop_tests;
#[cfg(test)]
pub mod tests;
