//! What a training is told while it runs, by its pipe or by its folder.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cantus::engine_client::protocol::TrainControl;
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
