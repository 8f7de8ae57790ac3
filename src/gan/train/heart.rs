//! The beating of a run: its status, written each second by a thread of its own, so that a long step does not look like death.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::engine::run_folder::{self, RunStatus, STATUS_FILE};

const BEAT: Duration = Duration::from_secs(1);

/// A run's status, which is written while this lives, and once more at its end.
#[derive(Debug)]
pub struct Heart {
    status: Arc<Mutex<RunStatus>>,
    path: PathBuf,
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Heart {
    /// Begins to beat in the run's folder.
    pub fn new(folder: &Path, mut status: RunStatus) -> Self {
        status.host = host();
        status.process = std::process::id();
        let status = Arc::new(Mutex::new(status));
        let path = folder.join(STATUS_FILE);
        let (stop, stopped) = bounded::<()>(0);
        let (beating, to) = (Arc::clone(&status), path.clone());
        let thread = std::thread::Builder::new().name("heart".into()).spawn(move || {
            loop {
                write(&beating, &to);
                if stopped.recv_timeout(BEAT) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        if let Err(error) = &thread {
            log::warn!("the run will look dead to others: {error}");
        }
        Self {
            status,
            path,
            stop: Some(stop),
            thread: thread.ok(),
        }
    }

    /// The status, to be changed.
    pub fn status(&self) -> MutexGuard<'_, RunStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the status and has that written at once.
    pub fn tell(&self, change: impl FnOnce(&mut RunStatus)) {
        change(&mut self.status());
        write(&self.status, &self.path);
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
        write(&self.status, &self.path);
    }
}

fn write(status: &Mutex<RunStatus>, path: &Path) {
    let mut status = status.lock().unwrap_or_else(PoisonError::into_inner).clone();
    status.written = run_folder::now();
    status.memory_bytes = crate::resident::bytes();
    let json = serde_json::to_vec_pretty(&status).unwrap_or_default();
    if let Err(error) = run_folder::replace(path, &json) {
        log::warn!("the run's status could not be written: {error}");
    }
}

/// The computer's name, where it can be had without asking the system's resolver.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = name.ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    name.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run_folder::{RunState, read_status};

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
