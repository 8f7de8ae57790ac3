//! What a training is told while it runs, by its pipe or by its folder, and what it tells of itself.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Run, SPEED_KEPT};
use crate::GanError;
use cantus::engine_client::protocol::{Event, TrainChange, TrainControl, TrainStep};
use cantus::engine_client::run_folder::{self, Change, RunState, Tuning};

/// How long a paused training sleeps before it looks again.
const PAUSE: Duration = Duration::from_millis(50);
/// How often the folder is looked into while learning.
const LOOK: Duration = Duration::from_millis(200);

/// What was said and not yet done.
pub struct Orders<'a> {
    pipe: &'a mut dyn FnMut() -> Option<TrainControl>,
    folder: PathBuf,
    waiting: std::collections::VecDeque<TrainControl>,
    looked: Option<Instant>,
    paused: bool,
}

impl<'a> Orders<'a> {
    pub fn new(pipe: &'a mut dyn FnMut() -> Option<TrainControl>, folder: &Path) -> Self {
        Self {
            pipe,
            folder: folder.to_owned(),
            waiting: std::collections::VecDeque::new(),
            looked: None,
            paused: false,
        }
    }

    fn next(&mut self) -> Option<TrainControl> {
        self.listen();
        self.waiting.pop_front()
    }

    fn listen(&mut self) {
        while let Some(control) = (self.pipe)() {
            self.waiting.push_back(control);
            if control == TrainControl::Stop {
                break; // nothing counts after it
            }
        }
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.waiting.extend(run_folder::take_controls(&self.folder));
            self.looked = Some(Instant::now());
        }
    }

    /// Whether it was told to stop before it began; all else waits.
    pub fn stop_is_wanted(&mut self) -> bool {
        self.listen();
        self.waiting.contains(&TrainControl::Stop)
    }
}

impl Run<'_> {
    /// Does as told before the next iteration, sleeping while paused: who is to learn in it, or `None` to stop.
    pub fn obey(
        &mut self,
        orders: &mut Orders<'_>,
        iteration: u64,
        emit: &mut dyn FnMut(Event),
    ) -> Result<Option<TrainStep>, GanError> {
        let began = Instant::now();
        let wait = Duration::from_millis(self.trainee.tuning().wait_ms);
        let mut slept = Duration::ZERO;
        let next = loop {
            match orders.next() {
                Some(TrainControl::Stop) => break None,
                Some(TrainControl::Pause) => orders.paused = true,
                Some(TrainControl::Resume) => orders.paused = false,
                Some(TrainControl::Step(who)) => {
                    orders.paused = true;
                    break Some(who);
                }
                Some(TrainControl::Change(change)) => self.change(change, iteration, emit)?,
                None if orders.paused => {
                    self.show(iteration, RunState::Paused);
                    std::thread::sleep(PAUSE);
                    slept += PAUSE;
                }
                None if began.elapsed() < wait => {
                    let nap = PAUSE.min(wait.saturating_sub(began.elapsed()));
                    std::thread::sleep(nap);
                    slept += nap;
                }
                None => break Some(TrainStep::Both),
            }
        };
        if slept > Duration::ZERO {
            self.seconds_before -= began.elapsed().as_secs_f64(); // that was no training
        }
        Ok(next)
    }

    /// Changes settings; what makes no sense is brought into range.
    fn change(&mut self, change: TrainChange, iteration: u64, emit: &mut dyn FnMut(Event)) -> Result<(), GanError> {
        let old = *self.trainee.tuning();
        let rate = change.learning_rate.filter(|rate| rate.is_finite() && *rate > 0.0);
        let new = Tuning {
            learning_rate: rate.map_or(old.learning_rate, |rate| rate.min(1.0)),
            update_ratio: change.update_ratio.map_or(old.update_ratio, |ratio| ratio.clamp(1, 100)),
            batch: change.batch.map_or(old.batch, |batch| batch.clamp(1, 4096)),
            iterations: change.iterations.map_or(old.iterations, |total| total.max(iteration).max(1)),
            wait_ms: change.wait_ms.map_or(old.wait_ms, |wait| wait.min(60_000)),
        };
        *self.trainee.tuning() = new;
        self.heart.status().tuning = new;
        let told = [
            ("learning rate", old.learning_rate.to_string(), new.learning_rate.to_string()),
            ("update ratio", old.update_ratio.to_string(), new.update_ratio.to_string()),
            ("batch", old.batch.to_string(), new.batch.to_string()),
            ("iterations", old.iterations.to_string(), new.iterations.to_string()),
        ];
        for (name, old, new) in told.into_iter().filter(|(_, old, new)| old != new) {
            self.note(iteration, format!("{name} {old} → {new}"), emit)?;
        }
        Ok(())
    }

    /// Notes a change for the curves.
    pub fn note(&mut self, iteration: u64, text: String, emit: &mut dyn FnMut(Event)) -> Result<(), GanError> {
        emit(Event::Progress { id: 0, done: iteration, total: self.trainee.tuning().iterations, label: text.clone() });
        self.folder.note_change(&Change { iteration, text })
    }

    /// Brings the status up to date; a change of state is written at once.
    pub fn show(&mut self, iteration: u64, state: RunState) {
        let (tuning, seconds) = (*self.trainee.tuning(), self.seconds());
        let changed = {
            let mut status = self.heart.status();
            let changed = status.state != state;
            (status.state, status.iteration, status.total) = (state, iteration, tuning.iterations);
            (status.tuning, status.seconds) = (tuning, seconds);
            if changed {
                status.message = if state == RunState::Paused { "Paused" } else { "Learning" }.into();
            }
            changed
        };
        if changed {
            self.heart.tell(|_| ());
        }
    }

    /// Takes the time of an iteration into the speed that is told.
    pub fn show_speed(&self, seconds: f64) {
        let mut status = self.heart.status();
        let known = status.seconds_per_iteration;
        status.seconds_per_iteration =
            if known > 0.0 { known * SPEED_KEPT + seconds * (1.0 - SPEED_KEPT) } else { seconds };
    }
}

/// Whether libtorch means that memory did not suffice, on whatever device.
pub fn is_out_of_memory(message: &str) -> bool {
    let message = message.to_lowercase();
    ["out of memory", "can't allocate memory", "not enough memory"].iter().any(|words| message.contains(words))
}

/// What a panic said.
pub fn words_of(panic: &(dyn std::any::Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
}
