//! The thread's end of autosave: waits for changes, writes them, and tries again what it could not.

use std::{
    path::PathBuf,
    sync::PoisonError,
    time::{Duration, Instant},
};

use super::{
    notice::{Notice, Restored, Start},
    open_library::{OpenLibrary, restored},
    queue::Queue,
};
use crate::library::store::{Save, Session, Slot, Store, StoreError, Trouble};

/// How long changes are gathered before they are written.
pub(super) const GATHER: Duration = Duration::from_millis(200);
/// How soon what failed is tried again.
const RETRY: Duration = Duration::from_secs(2);

type Tell = Box<dyn Fn(Notice) + Send>;

/// The thread's end of it.
pub(super) struct Writer {
    folder: PathBuf,
    library: Option<OpenLibrary>,
    /// Why it is not open.
    reason: String,
    /// The trouble that was reported last.
    reported: Option<Trouble>,
    tell: Tell,
}

impl Writer {
    /// Opens the library and returns what the window should show; later notices go to `tell`.
    pub(super) fn start(folder: PathBuf, tell: Tell) -> (Self, Start) {
        let mut writer = Self { folder, library: None, reason: String::new(), reported: None, tell };
        let start = writer.open_and_restore();
        (writer, start)
    }

    fn open_and_restore(&mut self) -> Start {
        let mut start = Start::default();
        match self.open(&mut start.notices) {
            Ok(()) => {}
            Err(error) => {
                start.notices.push(self.trouble(&error));
                // it can still be shown
                if error.trouble() == Trouble::ReadOnly
                    && let Ok(store) = Store::open_read_only(&self.folder)
                {
                    start.restored = store.session(1).ok().flatten().and_then(|session| restored(&store, session).ok());
                    self.library = Some(OpenLibrary::new(store, None));
                }
                return start;
            }
        }
        let last = self.last_session(&mut start.notices).or_else(|error| match error.trouble() {
            Trouble::Corrupt => {
                self.recover(&mut |notice| start.notices.push(notice))?;
                self.last_session(&mut start.notices)
            }
            _ => Err(error),
        });
        let slot = self.library.as_ref().and_then(|library| library.slot.as_ref());
        start.is_second = slot.is_some_and(|slot| slot.number > 1);
        match last {
            Ok(restored) => start.restored = restored,
            Err(error) => start.notices.push(Notice::Info(format!("Couldn't restore the last session: {error}"))),
        }
        start
    }

    fn last_session(&mut self, notices: &mut Vec<Notice>) -> Result<Option<Restored>, StoreError> {
        self.library.as_mut().map_or(Ok(None), |library| library.last_session(notices))
    }

    /// Moves the open library aside and goes on with what can be read of it.
    fn recover(&mut self, tell: &mut dyn FnMut(Notice)) -> Result<(), StoreError> {
        if let Some(OpenLibrary { store, slot, copies, .. }) = self.library.take() {
            let opened = store.recover()?;
            opened.messages.into_iter().for_each(|text| tell(Notice::Info(text)));
            self.library = Some(OpenLibrary { copies, ..OpenLibrary::new(opened.store, slot) });
        }
        Ok(())
    }

    fn open(&mut self, notices: &mut Vec<Notice>) -> Result<(), StoreError> {
        let mut opened = Store::open(&self.folder)?;
        // without a slot, as where too many windows are open, nothing but the session is missing
        let slot = Slot::take(&self.folder).ok();
        let killed = slot
            .as_ref()
            .is_some_and(|slot| matches!(opened.store.session(slot.number), Ok(Some(session)) if !session.ended));
        if killed && opened.store.check().is_err() {
            let messages = std::mem::take(&mut opened.messages);
            opened = opened.store.recover()?;
            opened.messages.splice(0..0, messages);
        }
        notices.extend(opened.messages.into_iter().map(Notice::Info));
        self.library = Some(OpenLibrary::new(opened.store, slot));
        Ok(())
    }

    /// Writes what comes until the window closes.
    pub(super) fn run(mut self, queue: &Queue) {
        let mut retry: Option<Instant> = None;
        let disk = start_flushing();
        loop {
            let (saves, session, jobs, closing) = {
                let mut pending = queue.lock();
                loop {
                    let now = Instant::now();
                    let due = pending.since.map(|since| (since + GATHER).max(retry.unwrap_or(since)));
                    if pending.closing || !pending.jobs.is_empty() || due.is_some_and(|due| due <= now) {
                        break;
                    }
                    pending = match due {
                        Some(due) => {
                            queue.wake.wait_timeout(pending, due - now).unwrap_or_else(PoisonError::into_inner).0
                        }
                        None => queue.wake.wait(pending).unwrap_or_else(PoisonError::into_inner),
                    };
                }
                pending.since = None;
                (
                    std::mem::take(&mut pending.saves),
                    pending.session.take(),
                    std::mem::take(&mut pending.jobs),
                    pending.closing,
                )
            };
            let left = self.write(saves, session);
            if let (Some(library), Some(disk)) = (&self.library, &disk) {
                let _ = disk.try_send(library.store.log_file()); // it is busy: the next time will do
            }
            retry = None;
            if let Some((saves, session)) = left {
                retry = Some(Instant::now() + RETRY);
                let mut pending = queue.lock();
                for save in saves {
                    match pending.saves.iter_mut().find(|newer| newer.score.id == save.score.id) {
                        Some(newer) => newer.absorb(save),
                        None => pending.saves.push(save),
                    }
                }
                pending.session = pending.session.take().or(session);
                pending.since.get_or_insert_with(Instant::now);
            }
            for job in jobs {
                // whatever goes wrong in one job, the saving goes on
                let library = self.library.as_mut().ok_or(self.reason.as_str());
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(library))).is_err() {
                    (self.tell)(Notice::Info("Something went wrong in the library. Your work is kept".into()));
                }
            }
            if closing {
                self.close();
                return;
            }
        }
    }

    /// Writes, and returns what could not be written.
    fn write(&mut self, mut saves: Vec<Save>, session: Option<Session>) -> Option<(Vec<Save>, Option<Session>)> {
        if saves.is_empty() && session.is_none() {
            return None;
        }
        let written = self.write_all(&mut saves, session.as_ref());
        match written {
            Ok(()) => {
                if self.reported.take().is_some() {
                    (self.tell)(Notice::SavedAgain);
                }
                None
            }
            Err(error) => {
                if self.reported != Some(error.trouble()) {
                    let notice = self.trouble(&error);
                    (self.tell)(notice);
                }
                // may wait for other readers, so only after it was reported
                if let (Trouble::Full, Some(library)) = (error.trouble(), &self.library) {
                    library.store.shrink_log();
                }
                Some((saves, session))
            }
        }
    }

    fn write_all(&mut self, saves: &mut Vec<Save>, session: Option<&Session>) -> Result<(), StoreError> {
        self.ensure_open(saves)?;
        match self.try_write(saves, session) {
            Err(error) if error.trouble() == Trouble::Corrupt => {
                let mut notices = Vec::new();
                self.recover(&mut |notice| notices.push(notice))?;
                notices.into_iter().for_each(&self.tell);
                self.adopt(saves);
                self.try_write(saves, session)
            }
            other => other,
        }
    }

    /// Opens the library where it is not open, or its file was replaced.
    fn ensure_open(&mut self, saves: &[Save]) -> Result<(), StoreError> {
        match &self.library {
            Some(library) if !library.store.is_read_only() && library.store.is_in_place() => return Ok(()),
            _ => {}
        }
        let Some(OpenLibrary { copies, slot, .. }) = self.library.take() else {
            let mut notices = Vec::new();
            self.open(&mut notices)?;
            notices.into_iter().for_each(&self.tell);
            return Ok(());
        };
        let opened = Store::open(&self.folder)?;
        opened.messages.into_iter().for_each(|text| (self.tell)(Notice::Info(text)));
        let slot = slot.or_else(|| Slot::take(&self.folder).ok());
        self.library = Some(OpenLibrary { copies, ..OpenLibrary::new(opened.store, slot) });
        self.adopt(saves);
        Ok(())
    }

    /// After another file took the place of the library: its states of our compositions are those we build on.
    fn adopt(&mut self, saves: &[Save]) {
        if let Some(library) = &mut self.library {
            for save in saves {
                if let Ok(composition) = library.store.load(save.score.id) {
                    library.known.insert(save.score.id, composition.saved);
                }
            }
        }
    }

    fn try_write(&mut self, saves: &mut Vec<Save>, session: Option<&Session>) -> Result<(), StoreError> {
        let Some(library) = &mut self.library else { return Ok(()) };
        while let Some(save) = saves.first_mut() {
            if let Some(notice) = library.save(save)? {
                (self.tell)(notice);
            }
            saves.remove(0);
        }
        if let (Some(session), Some(slot)) = (session, &library.slot) {
            let composition = library.copies.get(&session.composition).copied().unwrap_or(session.composition);
            let session = Session { composition, ..session.clone() };
            library.store.note_session(slot.number, &session)?;
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(OpenLibrary { store, slot: Some(slot), .. }) = &mut self.library
            && let Err(error) = store.end_session(slot.number)
        {
            log::warn!("couldn't record the end of the session: {error}");
        }
    }

    fn trouble(&mut self, error: &StoreError) -> Notice {
        self.reported = Some(error.trouble());
        let folder = self.folder.display();
        let what = match error.trouble() {
            Trouble::Full => "Couldn't save: the disk is full".to_owned(),
            Trouble::ReadOnly => format!("Couldn't save: the library is read-only ({folder})"),
            Trouble::Locked => "Couldn't save: another program is using the library".into(),
            Trouble::Corrupt | Trouble::Newer | Trouble::Other => format!("Couldn't save: {error} ({folder})"),
        };
        self.reason.clone_from(&what);
        Notice::Trouble(format!(
            "{what}. Your work is kept in memory and will be saved as soon as possible. To save it elsewhere now, use \
             File > Save project as…"
        ))
    }
}

/// A thread that flushes files to the disk beside the saving, which a busy disk would hold up for seconds.
fn start_flushing() -> Option<crossbeam_channel::Sender<PathBuf>> {
    let (send, receive) = crossbeam_channel::bounded::<PathBuf>(1);
    let work = move || {
        for path in receive {
            if let Err(error) = std::fs::File::open(&path).and_then(|file| file.sync_data()) {
                log::debug!("{} is not on the disk yet: {error}", path.display());
            }
        }
    };
    let started = std::thread::Builder::new().name("autosave to disk".into()).spawn(work);
    started.is_ok().then_some(send)
}
