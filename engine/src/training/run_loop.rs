//! The loop: iterations, what they came to, measurements and checkpoints, and doing as watchers say in between.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use cantus::corpus::Dataset;
use cantus::engine_client::curves::{CurvePoint, CurveValues};
use cantus::engine_client::protocol::{Event, TrainChange, TrainControl, TrainRequest, TrainStep};
use cantus::engine_client::run_folder::{Change, RunState, Tuning};
use cantus::measures::discrimination::PassesAsReal;

use super::choose_sampling::{WORTH_CHOOSING, choose_sampling};
use super::controls::{Controls, PAUSE};
use super::describe::describe;
use super::folder::{Checkpoint, RunFolder, is_measured, measurements_left, next_measured};
use super::measure::{Measure, write_original, write_sample};
use super::speed::Speed;
use super::status::StatusWriter;
use super::trainable::TrainableNetwork;
use crate::error::{Error, is_out_of_memory, panic_message};

/// A checkpoint is written at least so often.
const CHECKPOINT_EVERY: Duration = Duration::from_mins(1);
/// What the status says while nothing else is done.
const LEARNING: &str = "Learning";

/// How a training ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All iterations are done.
    Complete,
    /// Somebody said so.
    Stopped,
}

/// A training under way.
pub struct Run<'a> {
    request: &'a TrainRequest,
    dataset: &'a Dataset,
    trainable: &'a mut dyn TrainableNetwork,
    folder: &'a mut RunFolder,
    status: &'a StatusWriter,
    measure: Option<Measure>,
    /// What was measured of it as it is now.
    measured: CurveValues,
    /// What the card says of its music, when it is done.
    judged: Option<PassesAsReal>,
    since: Instant,
    seconds_before: f64,
    /// Passages that went through the network, and how many a pass over the data has.
    passages: u64,
    passages_per_epoch: u64,
    last_checkpoint: Instant,
    speed: Speed,
}

impl<'a> Run<'a> {
    /// Begins now, or goes on after a checkpoint; a pass over the data has so many passages.
    pub fn new(
        request: &'a TrainRequest,
        dataset: &'a Dataset,
        trainable: &'a mut dyn TrainableNetwork,
        folder: &'a mut RunFolder,
        status: &'a StatusWriter,
        measure: Option<Measure>,
        (before, passages_per_epoch): (Checkpoint, u64),
    ) -> Self {
        let now = Instant::now();
        Self {
            request,
            dataset,
            trainable,
            folder,
            status,
            measure,
            measured: CurveValues::default(),
            judged: None,
            since: now,
            seconds_before: before.seconds,
            passages: before.passages_seen(),
            passages_per_epoch,
            last_checkpoint: now,
            speed: Speed::default(),
        }
    }

    /// Trains until the iterations are done or somebody says stop.
    ///
    /// # Errors
    /// What the network, the numbers or the disk say.
    pub fn go(
        &mut self,
        controls: &mut Controls<'_>,
        emit: &mut dyn FnMut(Event),
        iteration: &mut u64,
    ) -> Result<Ended, Error> {
        if !self.folder.original_path().exists() {
            write_original(&self.folder.original_path(), self.dataset, self.trainable.network().parts())?;
        }
        self.status.keep_time(self.seconds(), true);
        if *iteration == 0 {
            self.begin(controls, emit)?;
        }
        self.show(*iteration, RunState::Learning);
        loop {
            let ended = self.iterate(controls, emit, iteration)?;
            if ended == Ended::Complete && self.is_made_longer(controls, *iteration, emit)? {
                continue;
            }
            if ended == Ended::Complete {
                self.finish(controls)?;
            }
            self.checkpoint(*iteration, true, emit)?;
            if ended == Ended::Stopped || !self.is_made_longer(controls, *iteration, emit)? {
                self.status.keep_time(self.seconds(), false);
                return Ok(ended);
            }
            self.judged = None;
            self.status.status().message = LEARNING.into();
        }
    }

    /// Changes what was asked for while the last iteration lasted, or what came after it; whether there are more
    /// iterations now.
    fn is_made_longer(
        &mut self,
        controls: &mut Controls<'_>,
        iteration: u64,
        emit: &mut dyn FnMut(Event),
    ) -> Result<bool, Error> {
        while let Some(change) = controls.next_change() {
            self.change(change, iteration, emit)?;
        }
        Ok(iteration < self.trainable.tuning().iterations)
    }

    /// The iterations, until they are done or somebody says stop.
    fn iterate(
        &mut self,
        controls: &mut Controls<'_>,
        emit: &mut dyn FnMut(Event),
        iteration: &mut u64,
    ) -> Result<Ended, Error> {
        while *iteration < self.trainable.tuning().iterations {
            let Some(who) = self.take_controls(controls, *iteration, emit)? else {
                return Ok(Ended::Stopped);
            };
            self.status.keep_time(self.seconds(), true);
            if *iteration >= self.trainable.tuning().iterations {
                break; // it was made shorter
            }
            let began = Instant::now();
            let phase_end = self.phase_end(*iteration);
            let Some(losses) = self.step(iteration, who, emit)? else { continue };
            *iteration += 1;
            self.passages += u64::from(self.trainable.tuning().batch);
            if !losses.are_sane() {
                // the last checkpoint stays as it is: it was still good
                return Err(Error::Diverged { iteration: *iteration });
            }
            self.speed.take_iteration(phase_end, began.elapsed().as_secs_f64());
            let last = *iteration == self.trainable.tuning().iterations;
            let measured = is_measured(*iteration, self.trainable.measured_every()) || last;
            let began = Instant::now();
            self.record(*iteration, losses, measured.then_some(&mut *controls), emit)?;
            if measured || self.last_checkpoint.elapsed() >= CHECKPOINT_EVERY {
                self.checkpoint(*iteration, measured, emit)?;
            }
            if measured {
                self.speed.take_measurement(began.elapsed().as_secs_f64());
            }
            self.show(*iteration, RunState::Learning);
        }
        Ok(Ended::Complete)
    }

    /// What follows on the last iteration: how the model composes best, and how its music compares.
    fn finish(&mut self, controls: &mut Controls<'_>) -> Result<(), Error> {
        let chooses = self.trainable.chooses_sampling() && self.trainable.tuning().iterations >= WORTH_CHOOSING;
        if let (Some(measure), true) = (&self.measure, chooses) {
            let (status, mut stop) = (self.status, || controls.stop_is_wanted());
            let mut progress = |text: String| status.status().message = text;
            choose_sampling(self.trainable, measure, self.dataset, &mut progress, &mut stop)?;
        }
        if let (Some(measure), true) = (&self.measure, self.trainable.tuning().iterations >= WORTH_CHOOSING) {
            self.status.status().message = "Comparing with real music".into();
            let stop = RefCell::new(|| controls.stop_is_wanted());
            self.judged = match measure.passes_as_real(self.trainable.network(), &|| (stop.borrow_mut())()) {
                Err(Error::Cancelled) => None,
                judged => judged?,
            };
        }
        Ok(())
    }

    /// The iteration up to which those learn who learn after this one.
    fn phase_end(&mut self, iteration: u64) -> u64 {
        self.request.phase_end(iteration, self.trainable.tuning().iterations)
    }

    /// Before the first iteration: what the network writes that has learned nothing yet.
    fn begin(&mut self, controls: &mut Controls<'_>, emit: &mut dyn FnMut(Event)) -> Result<(), Error> {
        self.checkpoint(0, false, emit)?; // there is something to resume from at once
        if !self.folder.is_empty()? {
            return Ok(());
        }
        self.status.write_now(|status| status.message = "Writing the first sample".into());
        write_sample(&self.folder.sample_path(0), self.dataset, self.trainable.network())?;
        self.record(0, CurveValues::default(), Some(controls), emit)
    }

    /// One iteration. Where memory does not suffice, the batch is halved and the training goes back to the last
    /// checkpoint, for nobody knows what the step left half done; `None` then.
    fn step(
        &mut self,
        iteration: &mut u64,
        who: TrainStep,
        emit: &mut dyn FnMut(Event),
    ) -> Result<Option<CurveValues>, Error> {
        let trainable = &mut *self.trainable;
        let message = match catch_unwind(AssertUnwindSafe(|| trainable.step(*iteration, who))) {
            Ok(Ok(losses)) => return Ok(Some(losses)),
            Ok(Err(error)) if is_out_of_memory(&error.to_string()) => error.to_string(),
            Ok(Err(error)) => return Err(error),
            Err(panic) => match panic_message(panic.as_ref()).filter(|message| is_out_of_memory(message)) {
                Some(message) => message,
                None => std::panic::resume_unwind(panic),
            },
        };
        log::warn!("{message}");
        let batch = self.trainable.tuning().batch;
        if batch == 1 {
            return Err(Error::Request("the memory does not even suffice for a batch of one passage".into()));
        }
        let checkpoint = self.folder.resume(&self.trainable.tensors())?;
        self.trainable.tuning().batch = batch / 2;
        (*iteration, self.passages) = (checkpoint.iteration, checkpoint.passages_seen());
        let text = format!("batch {batch} → {}, for the memory did not suffice", batch / 2);
        self.note(*iteration, text, emit)?;
        Ok(None)
    }

    /// Does as told before the next iteration, sleeping while paused: who is to learn in it, or `None` to stop.
    fn take_controls(
        &mut self,
        controls: &mut Controls<'_>,
        iteration: u64,
        emit: &mut dyn FnMut(Event),
    ) -> Result<Option<TrainStep>, Error> {
        let began = Instant::now();
        let wait = Duration::from_millis(self.trainable.tuning().wait_ms);
        loop {
            let turn = Instant::now();
            match controls.next() {
                Some(TrainControl::Stop) => return Ok(None),
                Some(TrainControl::Pause) => controls.paused = true,
                Some(TrainControl::Resume) => {
                    controls.paused = false;
                    self.show(iteration, RunState::Learning); // the next iteration may take minutes
                }
                Some(TrainControl::Step(who)) => {
                    controls.paused = true;
                    return Ok(Some(who));
                }
                Some(TrainControl::Change(change)) => self.change(change, iteration, emit)?,
                None if controls.paused => {
                    self.show(iteration, RunState::Paused);
                    self.nap(turn, PAUSE);
                }
                None if began.elapsed() < wait => {
                    self.nap(turn, PAUSE.min(wait.saturating_sub(began.elapsed())));
                }
                None => return Ok(Some(TrainStep::Both)),
            }
        }
    }

    /// Sleeps; that and what came before it since `turn` is no training, and does not count as such even while it
    /// lasts.
    fn nap(&mut self, turn: Instant, duration: Duration) {
        self.status.keep_time((self.seconds() - turn.elapsed().as_secs_f64()).max(0.0), false);
        std::thread::sleep(duration);
        self.seconds_before -= turn.elapsed().as_secs_f64();
    }

    /// Changes settings; what makes no sense is brought into range.
    fn change(&mut self, change: TrainChange, iteration: u64, emit: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let old = *self.trainable.tuning();
        let rate = change.learning_rate.filter(|rate| rate.is_finite() && *rate > 0.0);
        let new = Tuning {
            learning_rate: rate.map_or(old.learning_rate, |rate| rate.min(1.0)),
            update_ratio: change.update_ratio.map_or(old.update_ratio, |ratio| ratio.clamp(1, 100)),
            batch: change.batch.map_or(old.batch, |batch| batch.clamp(1, 4096)),
            iterations: change.iterations.map_or(old.iterations, |total| total.max(iteration).max(1)),
            wait_ms: change.wait_ms.map_or(old.wait_ms, |wait| wait.min(60_000)),
        };
        *self.trainable.tuning() = new;
        self.status.status().tuning = new;
        let named = |tuning: Tuning| {
            [
                ("learning rate", tuning.learning_rate.to_string()),
                ("update ratio", tuning.update_ratio.to_string()),
                ("batch", tuning.batch.to_string()),
                ("iterations", tuning.iterations.to_string()),
            ]
        };
        for ((name, old), (_, new)) in named(old).into_iter().zip(named(new)).filter(|(old, new)| old != new) {
            self.note(iteration, format!("{name} {old} → {new}"), emit)?;
        }
        Ok(())
    }

    /// Notes a change for the curves.
    fn note(&mut self, iteration: u64, text: String, emit: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let total = self.trainable.tuning().iterations;
        emit(Event::Progress { id: 0, done: iteration, total, label: text.clone() });
        self.folder.note_change(&Change { iteration, text })
    }

    /// Brings the status up to date; a change of state is written at once.
    fn show(&mut self, iteration: u64, state: RunState) {
        let tuning = *self.trainable.tuning();
        let (every, phase_end) = (self.trainable.measured_every(), self.phase_end(iteration));
        let next_sample = next_measured(iteration, every, tuning.iterations);
        let measurements = measurements_left(iteration, phase_end, every, tuning.iterations);
        let wait = tuning.wait_ms as f64 / 1000.0;
        let seconds_left = self.speed.of(phase_end.saturating_sub(iteration), measurements, wait);
        self.status.keep_time(self.seconds(), state == RunState::Learning);
        let epochs = self.passages as f64 / self.passages_per_epoch.max(1) as f64;
        let mut status = self.status.status();
        status.epochs = Some(epochs);
        let changed = status.state != state;
        (status.state, status.iteration, status.total) = (state, iteration, tuning.iterations);
        (status.tuning, status.next_sample) = (tuning, next_sample);
        (status.seconds_per_iteration, status.seconds_left) = (self.speed.per_iteration().unwrap_or(0.0), seconds_left);
        status.message = if state == RunState::Paused { "Paused" } else { LEARNING }.into();
        if changed {
            drop(status);
            self.status.write_now(|_| ());
        }
    }

    fn seconds(&self) -> f64 {
        (self.seconds_before + self.since.elapsed().as_secs_f64()).max(0.0)
    }

    /// Tells what an iteration came to, by event and in the curves; measured where there are `controls`, which may have
    /// the measuring broken off.
    fn record(
        &mut self,
        iteration: u64,
        losses: CurveValues,
        controls: Option<&mut Controls<'_>>,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), Error> {
        let total = self.trainable.tuning().iterations;
        let mut point = CurvePoint { iteration, total, seconds: self.seconds(), values: losses };
        let mut of_parts = None;
        self.measured = CurveValues::default();
        if let Some(controls) = controls {
            self.status.status().iteration = iteration;
            let mut progress = |written: usize, total: usize| {
                self.status.status().message = format!("Measuring (piece {} of {total})", written + 1);
            };
            let stop = RefCell::new(|| controls.stop_is_wanted());
            let cancel = || (stop.borrow_mut())();
            let network = self.trainable.network();
            let measured = self.measure.as_ref().map(|of| of.of_network(network, &cancel, &mut progress));
            match measured {
                Some(Ok((values, parts))) => {
                    point.values.update(&values);
                    (self.measured, of_parts) = (values, Some(parts));
                }
                Some(Err(Error::Cancelled)) | None => {}
                Some(Err(error)) => return Err(error),
            }
            if !cancel() {
                point.values.update(&self.trainable.held_out());
            }
        }
        self.folder.append(&point, of_parts.as_deref())?;
        emit(Event::Scalars(point));
        Ok(())
    }

    fn checkpoint(&mut self, iteration: u64, with_sample: bool, emit: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let files = self.trainable.tensors();
        let (seconds, tuning) = (self.seconds(), *self.trainable.tuning());
        let checkpoint = Checkpoint { iteration, seconds, tuning, passages: Some(self.passages) };
        self.folder.checkpoint(checkpoint, &files)?;
        let network = self.trainable.network();
        describe(
            self.folder.path(),
            self.request,
            &checkpoint,
            network.parts(),
            self.trainable.settings(),
            self.dataset,
            (&self.measured, self.judged.as_ref()),
        )?;
        if with_sample {
            self.status.status().message = "Writing a sample".into();
            write_sample(&self.folder.sample_path(iteration), self.dataset, network)?;
            self.folder.thin_samples();
        }
        self.last_checkpoint = Instant::now();
        self.status.status().checkpoint = Some(iteration);
        emit(Event::Checkpoint { iteration });
        Ok(())
    }
}
