//! What the window hands to the thread of autosave.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::open_library::OpenLibrary;
use crate::library::store::{Save, Session};

/// Work on the library, or on the reason why it is not open.
pub(super) type Job = Box<dyn FnOnce(Result<&mut OpenLibrary, &str>) + Send>;

/// What waits for the thread.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) saves: Vec<Save>,
    pub(super) session: Option<Session>,
    /// Since when saves or a session wait.
    pub(super) since: Option<Instant>,
    pub(super) jobs: VecDeque<Job>,
    pub(super) closing: bool,
}

/// The queue itself, and how the thread is woken.
#[derive(Default)]
pub(super) struct Queue {
    pending: Mutex<Pending>,
    pub(super) wake: Condvar,
}

impl Queue {
    pub(super) fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
