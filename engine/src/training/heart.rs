//! The beating of a run: its status, written each second by a thread of its own, so that a long step does not look like
//! death.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use cantus::engine_client::run_folder::{self, RunStatus, STATUS_FILE};
use cantus::whole_file;

const BEAT: Duration = Duration::from_secs(1);

/// A run's status, which is written while this lives, and once more at its end.
#[derive(Debug)]
pub struct Heart {
    beating: Arc<Beating>,
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Beating {
    status: Mutex<RunStatus>,
    path: PathBuf,
    /// Whether the last writing failed: that is told once, not each second.
    failed: AtomicBool,
}

impl Heart {
    /// Begins to beat in the run's folder.
    pub fn new(folder: &Path, mut status: RunStatus) -> Self {
        status.host = host();
        status.process = std::process::id();
        let beating = Arc::new(Beating {
            status: Mutex::new(status),
            path: folder.join(STATUS_FILE),
            failed: AtomicBool::new(false),
        });
        let (stop, stopped) = bounded::<()>(0);
        let theirs = Arc::clone(&beating);
        let thread = std::thread::Builder::new().name("heart".into()).spawn(move || {
            loop {
                theirs.write();
                if stopped.recv_timeout(BEAT) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        if let Err(error) = &thread {
            log::warn!("the run will look dead to others: {error}");
        }
        Self { beating, stop: Some(stop), thread: thread.ok() }
    }

    /// The status, to be changed.
    pub fn status(&self) -> MutexGuard<'_, RunStatus> {
        self.beating.status()
    }

    /// Changes the status and has that written at once.
    pub fn tell(&self, change: impl FnOnce(&mut RunStatus)) {
        change(&mut self.status());
        self.beating.write();
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::warn!("the run's heart broke");
        }
        self.beating.write();
    }
}

impl Beating {
    fn status(&self) -> MutexGuard<'_, RunStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) {
        let mut status = self.status().clone();
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

/// The computer's name, where it can be had without asking the system's resolver.
fn host() -> String {
    let name =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = name.ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    name.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantus::engine_client::run_folder::{RunState, read_status};

    #[test]
    fn what_is_told_is_in_the_folder_and_the_end_stays() {
        let folder = tempfile::tempdir().unwrap();
        let heart = Heart::new(folder.path(), RunStatus::default());
        heart.tell(|status| status.state = RunState::Learning);
        let status = read_status(folder.path()).unwrap();
        assert!(status.is_alive() && status.state == RunState::Learning);
        assert_eq!(status.process, std::process::id());
        heart.status().state = RunState::Complete;
        drop(heart);
        assert_eq!(read_status(folder.path()).unwrap().state, RunState::Complete);
    }
}
