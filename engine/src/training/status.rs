//! The beating of a run: its status, written each second by a thread of its own, so that a long step does not look like
//! death.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use cantus::engine_client::run_folder::{self, RunStatus, STATUS_FILE};
use cantus::whole_file;

const PERIOD: Duration = Duration::from_secs(1);

/// Writes a run's status while it lives, and once more at its end.
#[derive(Debug)]
pub struct StatusWriter {
    shared: Arc<Shared>,
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    status: Mutex<RunStatus>,
    /// Since when time counts as training that the status does not have yet.
    since: Mutex<Option<Instant>>,
    path: PathBuf,
    /// Whether the last writing failed: that is told once, not each second.
    failed: AtomicBool,
}

impl StatusWriter {
    /// Begins to write in the run's folder.
    pub fn new(folder: &Path, mut status: RunStatus) -> Self {
        status.host = run_folder::host();
        status.process = std::process::id();
        let shared = Arc::new(Shared {
            status: Mutex::new(status),
            since: Mutex::new(None),
            path: folder.join(STATUS_FILE),
            failed: AtomicBool::new(false),
        });
        let (stop, stopped) = bounded::<()>(0);
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("status".into()).spawn(move || {
            loop {
                theirs.write();
                if stopped.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        if let Err(error) = &thread {
            log::warn!("the run will look dead to others: {error}");
        }
        Self { shared, stop: Some(stop), thread: thread.ok() }
    }

    /// The status, to be changed.
    pub fn status(&self) -> MutexGuard<'_, RunStatus> {
        self.shared.status()
    }

    /// It has trained for so many seconds, and goes on or not: what is written while an iteration lasts counts that,
    /// too.
    pub fn keep_time(&self, seconds: f64, goes_on: bool) {
        let mut status = self.shared.status();
        status.seconds = seconds;
        *self.shared.since.lock().unwrap_or_else(PoisonError::into_inner) = goes_on.then(Instant::now);
    }

    /// Changes the status and has that written at once.
    pub fn write_now(&self, change: impl FnOnce(&mut RunStatus)) {
        change(&mut self.status());
        self.shared.write();
    }
}

impl Drop for StatusWriter {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::warn!("the thread that writes the run's status broke");
        }
        self.shared.write();
    }
}

impl Shared {
    fn status(&self) -> MutexGuard<'_, RunStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The status, with the time of what is under way in it.
    fn with_time(&self) -> RunStatus {
        let kept = self.status();
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let mut status = kept.clone();
        if let Some(since) = since {
            let passed = since.elapsed().as_secs_f64();
            status.seconds += passed;
            status.seconds_left = status.seconds_left.map(|left| (left - passed).max(0.0));
        }
        status
    }

    fn write(&self) {
        let mut status = self.with_time();
        status.written = run_folder::now();
        status.memory_bytes = cantus::resident::bytes();
        let json = serde_json::to_vec_pretty(&status).unwrap_or_default();
        let written = whole_file::replace(&self.path, &json).or_else(|error| match error.kind() {
            // the room that it has is enough to say why the run ends
            ErrorKind::StorageFull => overwrite(&self.path, &json),
            _ => Err(error),
        });
        if let (Err(error), false) = (&written, self.failed.swap(written.is_err(), Ordering::Relaxed)) {
            log::warn!("the run's status cannot be written: {error}");
        }
    }
}

/// Writes over a small file that is there, at once.
fn overwrite(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::engine_client::run_folder::{RunState, read_status};

    #[test]
    fn time_goes_on_while_an_iteration_lasts_and_stands_while_it_is_paused() {
        let folder = tempfile::tempdir().unwrap();
        let writer = StatusWriter::new(folder.path(), RunStatus::default());
        writer.status().seconds_left = Some(60.0);
        let times = || {
            writer.write_now(|_| ());
            let status = read_status(folder.path()).unwrap();
            (status.seconds, status.seconds_left.unwrap())
        };
        writer.keep_time(100.0, true);
        std::thread::sleep(Duration::from_millis(20));
        let (seconds, left) = times();
        assert!(seconds >= 100.02 && left <= 59.98, "{seconds} {left}");
        writer.keep_time(110.0, false);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(times(), (110.0, 60.0));
    }

    #[test]
    fn what_is_told_is_in_the_folder_and_the_end_stays() {
        let folder = tempfile::tempdir().unwrap();
        let writer = StatusWriter::new(folder.path(), RunStatus::default());
        writer.write_now(|status| status.state = RunState::Learning);
        let status = read_status(folder.path()).unwrap();
        assert!(status.is_alive() && status.state == RunState::Learning);
        assert_eq!(status.seconds, 0.0);
        assert_eq!(status.process, std::process::id());
        writer.status().state = RunState::Complete;
        drop(writer);
        assert_eq!(read_status(folder.path()).unwrap().state, RunState::Complete);
    }
}
