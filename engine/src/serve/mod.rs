//! The engine's inside: reads requests, answers with events, and keeps every tensor on the thread that called it.
//!
//! Must not know pipes or processes: a reader, a writer, and what does the work.

use std::collections::HashMap;
use std::io::{BufRead, Read as _, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::composing::finishing::Finishing;
use crate::composing::{self, ComposeOptions, Composition, seed_of_take};
use crate::error::{Error, panic_message};
use crate::network::Network;
use cantus::engine_client::model_card::CARD_FILE;
use cantus::engine_client::protocol::{ComposeRequest, Event, Request, RequestId, TrainControl, TrainRequest};

/// Requests that may wait for the one under way.
const QUEUE: usize = 64;
/// More takes than this at a time are a mistake.
const MAX_TAKES: u32 = 64;
/// The longest request: an hour of dense music is a tenth of it.
const MAX_LINE_BYTES: u64 = 64 << 20;
/// Models kept loaded.
const MODELS: usize = 2;
/// How often the engine says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// What the engine can do, apart from talking.
pub trait Work {
    /// Loads the model of a folder.
    ///
    /// # Errors
    /// Why it cannot be loaded.
    fn load(&mut self, folder: &Path) -> Result<Box<dyn Network>, Error>;

    /// What happens to compositions after the network.
    fn finishing(&self) -> Finishing {
        Finishing::USUAL
    }

    /// Makes ready for composing with a network that was loaded.
    fn prepare(&self, _network: &dyn Network) {}

    /// Where models are loaded, in words; what `auto` took is known once one is.
    fn place(&self) -> &str;

    /// Trains until the end or until `control` says stop. Emits everything, [`Event::Trained`] last.
    ///
    /// # Errors
    /// Why the training cannot begin; nothing was emitted then.
    fn train(
        &mut self,
        request: &TrainRequest,
        control: &mut dyn FnMut() -> Option<TrainControl>,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), Error>;
}

/// Answers requests until they end, and returns when nothing is under way any more.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
    ready: &Event,
    work: &mut dyn Work,
) {
    let writer = EventWriter(Arc::new(Mutex::new(Box::new(output))));
    writer.write(ready);
    let pending = Pending::default();
    let (jobs_in, jobs) = bounded(QUEUE);
    let (controls_in, controls) = bounded(QUEUE);
    let (alive, ended) = bounded::<()>(0);
    let reader = Reader { writer: writer.clone(), pending: pending.clone(), jobs: jobs_in, controls: controls_in };
    let heartbeat = writer.clone();
    let threads = [
        std::thread::Builder::new().name("requests".into()).spawn(move || reader.run(input)),
        std::thread::Builder::new().name("heartbeat".into()).spawn(move || {
            while ended.recv_timeout(HEARTBEAT) == Err(crossbeam_channel::RecvTimeoutError::Timeout) {
                heartbeat.write(&Event::Heartbeat);
            }
        }),
    ];
    if let Some(error) = threads.into_iter().find_map(Result::err) {
        writer.fail(0, &format!("the engine cannot start its threads: {error}"));
        return;
    }
    let mut worker = Worker { work, writer, pending, controls, models: Vec::new() };
    for job in jobs {
        worker.carry_out(job);
    }
    drop(alive);
}

/// Writes events, each on a line of its own whichever thread it comes from.
#[derive(Clone)]
struct EventWriter(Arc<Mutex<Box<dyn Write + Send>>>);

impl EventWriter {
    fn write(&self, event: &Event) {
        let mut line = serde_json::to_vec(event).expect("events hold nothing that JSON cannot");
        line.push(b'\n');
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // a training may outlive whoever started it; what matters is in its files
        if let Err(error) = output.write_all(&line).and_then(|()| output.flush()) {
            log::debug!("nobody reads events: {error}");
        }
    }

    fn fail(&self, id: RequestId, message: &str) {
        self.write(&Event::Failed { id, message: message.into() });
    }
}

/// Which requests wait or are under way, and whether they were cancelled.
#[derive(Clone, Default)]
struct Pending(Arc<Mutex<HashMap<RequestId, bool>>>);

impl Pending {
    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancelled(&self, id: RequestId) -> bool {
        self.lock().get(&id).copied().unwrap_or(false)
    }
}

/// What the thread that owns tensors is given to do.
enum Job {
    Warm { id: RequestId, model: PathBuf },
    Compose(Box<ComposeRequest>),
    Train(Box<TrainRequest>),
}

/// The thread that reads requests, so that cancelling and controls reach what is under way.
struct Reader {
    writer: EventWriter,
    pending: Pending,
    jobs: Sender<Job>,
    controls: Sender<TrainControl>,
}

impl Reader {
    fn run(self, mut input: impl BufRead) {
        let mut line = Vec::new();
        let mut detached = false;
        loop {
            line.clear();
            match (&mut input).take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(1..) => {}
                _ => break, // whoever asked is gone
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(Request::Shutdown) => {
                    detached = false;
                    break;
                }
                Ok(request) => {
                    detached |= matches!(&request, Request::Train(train) if train.detach);
                    self.take(request);
                }
                Err(error) => self.writer.fail(0, &format!("the engine does not understand a request: {error}")),
            }
        }
        if !detached {
            self.pending.lock().values_mut().for_each(|cancelled| *cancelled = true);
            self.control(TrainControl::Stop);
        }
    }

    fn take(&self, request: Request) {
        let (id, job) = match request {
            Request::Cancel { id } => {
                if let Some(cancelled) = self.pending.lock().get_mut(&id) {
                    *cancelled = true;
                }
                return;
            }
            Request::Control(control) => return self.control(control),
            Request::Shutdown => return, // the caller's
            Request::Warm { id, model } => (Some(id), Job::Warm { id, model }),
            Request::Compose(compose) => (Some(compose.id), Job::Compose(compose)),
            Request::Train(train) => (None, Job::Train(train)),
        };
        if let Some(id) = id
            && self.pending.lock().insert(id, false).is_some()
        {
            return self.writer.fail(id, "a request of this number is still under way");
        }
        if self.jobs.try_send(job).is_err() {
            let id = id.unwrap_or(0);
            self.pending.lock().remove(&id);
            self.writer.fail(id, "the engine has too much waiting; let it finish or stop it");
        }
    }

    fn control(&self, control: TrainControl) {
        if self.controls.try_send(control).is_err() {
            log::warn!("{control:?} was dropped: {QUEUE} others wait");
        }
    }
}

/// A loaded model, and by what it is known to be still the same.
struct Loaded {
    folder: PathBuf,
    stamp: Vec<(PathBuf, u64, Option<SystemTime>)>,
    network: Box<dyn Network>,
}

/// The thread that owns every tensor.
struct Worker<'a> {
    work: &'a mut dyn Work,
    writer: EventWriter,
    pending: Pending,
    controls: Receiver<TrainControl>,
    models: Vec<Loaded>,
}

impl Worker<'_> {
    /// Does a job; a panic in it costs the job only.
    fn carry_out(&mut self, job: Job) {
        match job {
            Job::Warm { id, model } => self.answer(id, |worker| worker.model(&model).map(|_| ())),
            Job::Compose(request) => self.answer(request.id, |worker| worker.compose(&request)),
            Job::Train(request) => self.train(&request),
        }
    }

    fn answer(&mut self, id: RequestId, work: impl FnOnce(&mut Self) -> Result<(), Error>) {
        let result = if self.pending.cancelled(id) {
            Err(Error::Cancelled)
        } else {
            catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|panic| {
                self.models.clear(); // whatever it left half done
                Err(Error::Request(fault(panic.as_ref())))
            })
        };
        self.pending.lock().remove(&id);
        match result {
            Ok(()) => self.writer.write(&Event::Done { id }),
            Err(Error::Cancelled) => self.writer.write(&Event::Cancelled { id }),
            Err(error) => self.writer.fail(id, &error.to_string()),
        }
    }

    /// The model of a folder, loaded again where its files have changed.
    fn model(&mut self, folder: &Path) -> Result<&dyn Network, Error> {
        let stamp = stamp(folder);
        let known = self.models.iter().position(|model| model.folder == folder && model.stamp == stamp);
        let loaded = if let Some(index) = known {
            self.models.remove(index)
        } else {
            self.models.retain(|model| model.folder != folder);
            self.models.truncate(MODELS - 1);
            Loaded { folder: folder.into(), stamp, network: self.work.load(folder)? }
        };
        self.models.insert(0, loaded); // the latest first
        Ok(self.models[0].network.as_ref())
    }

    fn compose(&mut self, request: &ComposeRequest) -> Result<(), Error> {
        let id = request.id;
        if !(1..=MAX_TAKES).contains(&request.takes) {
            return Err(Error::Request(format!(
                "{} takes were asked for; 1 to {MAX_TAKES} are possible",
                request.takes
            )));
        }
        if !request.surprise.is_finite() || !request.density.is_finite() {
            return Err(Error::Request("surprise and density must be numbers from 0 to 1".into()));
        }
        let (writer, pending) = (self.writer.clone(), self.pending.clone());
        let mut finishing = self.work.finishing();
        finishing.timing &= !request.on_grid;
        self.model(&request.model)?;
        let place = match self.work.place() {
            "" => String::new(),
            words => format!(" on {words}"),
        };
        let network = self.models[0].network.as_ref();
        self.work.prepare(network);
        for index in 0..request.takes {
            let seed = seed_of_take(request.seed, index);
            let options = ComposeOptions {
                seed,
                surprise: request.surprise.clamp(0.0, 1.0),
                density: request.density.clamp(0.0, 1.0),
                bars: request.bars,
                introduction: request.introduction,
                finishing,
            };
            let progress = |done, total| {
                writer.write(&Event::Progress {
                    id,
                    done: u64::from(index) * total + done,
                    total: u64::from(request.takes) * total,
                    label: format!("Writing take {} of {}{place}", index + 1, request.takes),
                });
            };
            progress(0, 1000); // the take before is there, this one begins
            let composition =
                composing::compose(network, &request.score, options, &|| pending.cancelled(id), &progress)?;
            if pending.cancelled(id) {
                return Err(Error::Cancelled);
            }
            let Composition { parts, outline, rating } = composition;
            writer.write(&Event::Take { id, index, parts, outline, rating, seed });
        }
        Ok(())
    }

    fn train(&mut self, request: &TrainRequest) {
        self.models.clear(); // their memory is the training's now
        let (writer, controls) = (self.writer.clone(), self.controls.clone());
        let mut latest = 0;
        let mut emit = |event: Event| {
            if let Event::Scalars(scalars) = &event {
                latest = scalars.iteration;
            }
            writer.write(&event);
        };
        let mut control = || controls.try_recv().ok();
        let work = AssertUnwindSafe(|| self.work.train(request, &mut control, &mut emit));
        let message = match catch_unwind(work) {
            Ok(Ok(())) => return, // it has told its own end
            Ok(Err(error)) => error.to_string(),
            Err(panic) => fault(panic.as_ref()),
        };
        let (iteration, ok) = (latest, false);
        self.writer.write(&Event::Trained { iteration, message, ok });
    }
}

/// What tells one state of a model's files from another: their names, sizes and times.
fn stamp(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_of_model =
        |path: &PathBuf| path.ends_with(CARD_FILE) || path.extension().is_some_and(|ending| ending == "safetensors");
    let files = entries.filter(|entry| is_of_model(&entry.path()));
    let mut stamps: Vec<_> = files
        .filter_map(|entry| {
            let metadata = std::fs::metadata(entry.path()).ok()?;
            Some((entry.path(), metadata.len(), metadata.modified().ok()))
        })
        .collect();
    stamps.sort();
    stamps
}

/// A panic as a sentence for people.
fn fault(panic: &(dyn std::any::Any + Send)) -> String {
    let message = panic_message(panic).unwrap_or_default();
    let first = message.lines().next().unwrap_or_default();
    format!("the engine met a fault of its own and dropped this request ({first})")
}

#[cfg(test)]
mod tests;
