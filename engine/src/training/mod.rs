//! Training: one loop for all networks. It tells by events and by the files of the run's folder, and knows no network,
//! no window and no terminal.
//!
//! Everything follows from the request's seed and the iteration's number, so a run that was killed and resumed is, on
//! the CPU, the run that was not.

pub mod adam;
pub mod choose_parts;
mod choose_sampling;
mod controls;
mod describe;
mod folder;
pub mod losses;
mod measure;
mod records;
mod run_loop;
mod speed;
mod status;
mod tensorboard;
pub mod trainable;

use std::sync::atomic::{AtomicBool, Ordering};

use cantus::corpus::{self, Dataset, DatasetError, ReadOptions, Split};
use cantus::engine_client::protocol::{Event, TrainControl, TrainRequest};
use cantus::engine_client::run_folder::{self, RunState, RunStatus, Tuning};
use tch::Device;

use self::controls::Controls;
use self::folder::{Checkpoint, RunFolder};
use self::measure::Measure;
use self::run_loop::{Ended, Run};
use self::status::StatusWriter;
use self::trainable::Trainable;
use crate::error::Error;

/// Makes the network that a request names ready to learn from a data set.
pub type MakeTrainable = dyn Fn(&TrainRequest, &Dataset, Device) -> Trainable;

/// Trains as asked until the iterations are done or `control` (or a watcher, by the run's folder) says stop; events go
/// to `emit`, the last is [`Event::Trained`]. `place` is the device in words. Returns whether all went well.
pub fn run(
    request: &TrainRequest,
    make: &MakeTrainable,
    device: Device,
    place: &str,
    control: &mut dyn FnMut() -> Option<TrainControl>,
    emit: &mut dyn FnMut(Event),
) -> bool {
    let mut iteration = 0;
    let result = RunFolder::open(request).and_then(|folder| {
        let earlier = run_folder::read_status(folder.path()).filter(|_| request.resume);
        let status = RunStatus {
            message: "Reading the data".into(),
            // where nobody has noted it, it has its place among others by when it was last seen
            began: earlier.map_or_else(run_folder::now, |of| if of.began > 0.0 { of.began } else { of.written }),
            total: request.iterations,
            device: place.to_owned(),
            loss: request.loss,
            // known from the first status on, so that what is killed again at once can be resumed again
            checkpoint: folder.kept_iteration(),
            iteration: folder.kept_iteration().unwrap_or(0),
            ..RunStatus::default()
        };
        let status = StatusWriter::new(folder.path(), status);
        let make = |dataset: &Dataset| make(request, dataset, device);
        let result = train(request, &make, folder, &status, control, emit, &mut iteration);
        let (state, message) = match &result {
            Ok(Ended::Complete) => (RunState::Complete, "Training complete".into()),
            Ok(Ended::Stopped) => (RunState::Stopped, "Stopped; it can be resumed".into()),
            Err(error) => (RunState::Failed, error.to_string()),
        };
        status.write_now(|status| {
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
    make: &dyn Fn(&Dataset) -> Trainable,
    mut folder: RunFolder,
    status: &StatusWriter,
    control: &mut dyn FnMut() -> Option<TrainControl>,
    emit: &mut dyn FnMut(Event),
    iteration: &mut u64,
) -> Result<Ended, Error> {
    let mut controls = Controls::new(control, folder.path());
    let Some(dataset) = read_data(request, status, &mut controls)? else {
        return Ok(Ended::Stopped);
    };
    let mut trainable = make(&dataset)?;
    let mut before = Checkpoint::default();
    if request.resume {
        let checkpoint = folder.resume(&trainable.tensors())?;
        (*iteration, before) = (checkpoint.iteration, checkpoint);
        *trainable.tuning() = Tuning { iterations: request.iterations.max(1), wait_ms: 0, ..checkpoint.tuning };
    }
    let measure = Measure::new(&dataset, trainable.as_ref());
    if let Some(measure) = &measure {
        folder.write_reference(&measure.of_data())?;
    }
    let per_epoch = corpus::iterations_per_epoch(&dataset, &request.network, Some(trainable.tuning().batch));
    let passages = corpus::iterations_per_epoch(&dataset, &request.network, Some(1));
    status.write_now(|status| {
        status.iterations_per_epoch = per_epoch;
        status.held_out = Some(dataset.split(Split::Valid).count() as u64);
    });
    let mut run = Run::new(request, &dataset, trainable.as_mut(), &mut folder, status, measure, (before, passages));
    run.go(&mut controls, emit, iteration)
}

/// Reads the training data; `None` where the training was stopped meanwhile.
fn read_data(
    request: &TrainRequest,
    status: &StatusWriter,
    controls: &mut Controls<'_>,
) -> Result<Option<Dataset>, Error> {
    let options = ReadOptions { seed: request.seed, cache: request.cache.clone(), ..ReadOptions::default() };
    let stopped = AtomicBool::new(false);
    let mut progress = |done: usize, total: usize| {
        status.status().message = format!("Reading the data ({done} of {total})");
        if controls.stop_is_wanted() {
            stopped.store(true, Ordering::Relaxed);
        }
    };
    match corpus::read(&request.data, &options, &mut progress, &|| stopped.load(Ordering::Relaxed)) {
        Ok(dataset) => Ok(Some(dataset)),
        Err(DatasetError::Cancelled) => Ok(None),
        Err(error) => Err(Error::Request(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
