//! What a training is told while it runs, by its pipe or by its folder.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cantus::engine_client::protocol::{TrainChange, TrainControl};
use cantus::engine_client::run_folder;

/// How long a paused training sleeps before it looks again.
pub const PAUSE: Duration = Duration::from_millis(50);
/// How often the folder is looked into while learning.
const LOOK: Duration = Duration::from_millis(200);

/// What was said and not yet done.
pub struct Controls<'a> {
    pipe: &'a mut dyn FnMut() -> Option<TrainControl>,
    folder: PathBuf,
    waiting: VecDeque<TrainControl>,
    looked: Option<Instant>,
    /// Whether it is held after each step.
    pub paused: bool,
}

impl<'a> Controls<'a> {
    /// Those that come by a pipe, and into a run's folder.
    pub fn new(pipe: &'a mut dyn FnMut() -> Option<TrainControl>, folder: &Path) -> Self {
        Self { pipe, folder: folder.to_owned(), waiting: VecDeque::new(), looked: None, paused: false }
    }

    /// The next in order, if any.
    pub fn next(&mut self) -> Option<TrainControl> {
        self.listen();
        self.waiting.pop_front()
    }

    /// The next change of settings, ahead of all else: those are not lost that came while the last iteration lasted.
    pub fn next_change(&mut self) -> Option<TrainChange> {
        self.looked = None;
        self.listen();
        let of = |control: &TrainControl| if let TrainControl::Change(change) = control { Some(*change) } else { None };
        let at = self.waiting.iter().position(|control| of(control).is_some())?;
        self.waiting.remove(at).as_ref().and_then(of)
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
