//! Autosave: a thread that owns the library and writes what the window hands it.
//!
//! The window hands over snapshots whenever something changed and never waits. What cannot be written stays in memory
//! and is tried again until it can; each kind of trouble is told once. Knows scores and the library; no window.
//!
//! Here is the window's end of it; [`writer`] is the thread's, [`desk`] what it does with the library.

mod desk;
mod writer;

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::store::{Composition, Save, Session};
pub use desk::Desk;
use writer::Writer;

/// What the window should show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Saving fails; the work is kept in memory and tried again. Told once for each kind of trouble.
    Trouble(String),
    /// What could not be saved is saved now.
    Recovered,
    /// Something to know, such as what was rescued.
    Told(String),
    /// Another window took a composition further; this window's work on it is a composition of its own from now on.
    Copied {
        /// What it was.
        id: u64,
        /// What it is.
        copy: u64,
        /// What it is called.
        title: String,
    },
}

/// What a window finds when it opens.
#[derive(Debug, Default)]
pub struct Start {
    /// What it was at, if it was at anything.
    pub restored: Option<Restored>,
    /// What should be shown.
    pub notices: Vec<Notice>,
}

/// What a window was at.
#[derive(Debug)]
pub struct Restored {
    /// The composition.
    pub composition: Composition,
    /// Playhead, loop and such, in the window's own words.
    pub state: String,
    /// Whether the window was closed; else it was killed.
    pub ended: bool,
}

type Ask = Box<dyn FnOnce(Result<&mut Desk, &str>) + Send>;
type Tell = Box<dyn Fn(Notice) + Send>;

#[derive(Default)]
struct Pending {
    saves: Vec<Save>,
    session: Option<Session>,
    since: Option<Instant>,
    asks: VecDeque<Ask>,
    closing: bool,
}

#[derive(Default)]
struct Shared {
    pending: Mutex<Pending>,
    wake: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The window's end of it.
pub struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Keeper").finish_non_exhaustive()
    }
}

impl Keeper {
    /// Opens the library of a folder, and keeps what it is handed from now on; waits until it is open. What it has to
    /// say later comes by `tell`, on its own thread.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(folder: PathBuf, tell: impl Fn(Notice) + Send + 'static) -> std::io::Result<(Self, Start)> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let (send, receive) = crossbeam_channel::bounded(1);
        let thread = std::thread::Builder::new().name("autosave".into()).spawn(move || {
            let (writer, start) = Writer::start(folder, Box::new(tell));
            let _ = send.send(start);
            writer.run(&theirs);
        })?;
        let start = receive.recv().unwrap_or_default();
        Ok((Self { shared, thread: Some(thread) }, start))
    }

    /// Has a composition saved. Of several states of one composition that wait the last is written.
    pub fn save(&self, mut save: Save) {
        let mut pending = self.shared.lock();
        pending.since.get_or_insert_with(Instant::now);
        if let Some(index) = pending.saves.iter().position(|other| other.score.id == save.score.id) {
            save.takes_over(pending.saves.remove(index));
        }
        pending.saves.push(save);
        self.shared.wake.notify_one();
    }

    /// Has written down what the window is at.
    pub fn note_session(&self, composition: u64, state: String) {
        let mut pending = self.shared.lock();
        pending.since.get_or_insert_with(Instant::now);
        pending.session = Some(Session { composition, state, ended: false });
        self.shared.wake.notify_one();
    }

    /// Has something done with the library, after what waits has been written. Where it is not open, the work is told why.
    pub fn ask(&self, work: impl FnOnce(Result<&mut Desk, &str>) + Send + 'static) {
        self.shared.lock().asks.push_back(Box::new(work));
        self.shared.wake.notify_one();
    }

    /// Writes what waits and ends, within this time; tells whether all is on the disk.
    pub fn finish(&mut self, within: Duration) -> bool {
        self.shared.lock().closing = true;
        self.shared.wake.notify_one();
        let Some(thread) = self.thread.take() else { return true };
        let end = Instant::now() + within;
        while !thread.is_finished() {
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.shared.lock().saves.is_empty()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.finish(Duration::from_secs(3));
    }
}

impl Save {
    /// Stands for an earlier state of the same composition, too, that was not written.
    fn takes_over(&mut self, earlier: Self) {
        self.touched |= earlier.touched;
        self.makings.splice(0..0, earlier.makings);
    }
}

#[cfg(test)]
mod tests;
