//! Autosave: a thread that owns the library and writes what the window hands it.
//!
//! The window hands over snapshots whenever something changed and never waits. What cannot be written stays in memory
//! and is tried again until it can; each kind of trouble is reported once. Knows scores and the library; no window.
//!
//! Here is the window's end of it; `writer` is the thread's, `open_library` what it does with the library.

mod notice;
mod open_library;
mod queue;
mod writer;

use std::{
    path::PathBuf,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::store::{Save, Session};
pub use notice::{Notice, Restored, Start};
pub use open_library::OpenLibrary;
use queue::Queue;
use writer::Writer;

/// The window's end of autosave.
pub struct Autosave {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Autosave {
    /// Opens the library of a folder and waits until it is open; from then on it saves what it is handed. Later notices
    /// go to `tell`, on its own thread.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(folder: PathBuf, tell: impl Fn(Notice) + Send + 'static) -> std::io::Result<(Self, Start)> {
        let queue = Arc::new(Queue::default());
        let theirs = Arc::clone(&queue);
        let (send, receive) = crossbeam_channel::bounded(1);
        let thread = std::thread::Builder::new().name("autosave".into()).spawn(move || {
            let (writer, start) = Writer::start(folder, Box::new(tell));
            let _ = send.send(start);
            writer.run(&theirs);
        })?;
        let start = receive.recv().unwrap_or_default();
        Ok((Self { queue, thread: Some(thread) }, start))
    }

    /// Saves a composition soon. Where several states of it wait, the last one is written.
    pub fn save(&self, mut save: Save) {
        let mut pending = self.queue.lock();
        pending.since.get_or_insert_with(Instant::now);
        if let Some(index) = pending.saves.iter().position(|other| other.score.id == save.score.id) {
            save.absorb(pending.saves.remove(index));
        }
        pending.saves.push(save);
        self.queue.wake.notify_one();
    }

    /// Saves soon what the window is working on.
    pub fn note_session(&self, composition: u64, state: String) {
        let mut pending = self.queue.lock();
        pending.since.get_or_insert_with(Instant::now);
        pending.session = Some(Session { composition, state, ended: false });
        self.queue.wake.notify_one();
    }

    /// Runs a job on the library, after what waits has been written; where it is not open, the job gets the reason.
    pub fn run(&self, job: impl FnOnce(Result<&mut OpenLibrary, &str>) + Send + 'static) {
        self.queue.lock().jobs.push_back(Box::new(job));
        self.queue.wake.notify_one();
    }

    /// Writes what waits and ends, within this time; returns whether everything is saved.
    pub fn finish(&mut self, within: Duration) -> bool {
        self.queue.lock().closing = true;
        self.queue.wake.notify_one();
        let Some(thread) = self.thread.take() else { return true };
        let end = Instant::now() + within;
        while !thread.is_finished() {
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.queue.lock().saves.is_empty()
    }
}

impl Drop for Autosave {
    fn drop(&mut self) {
        self.finish(Duration::from_secs(3));
    }
}

#[cfg(test)]
mod tests;
