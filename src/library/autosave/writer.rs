//! The thread's end of autosave: waits for changes, writes them, and tries again what it could not.

use std::{
    path::PathBuf,
    sync::PoisonError,
    time::{Duration, Instant},
};

use super::{
    Notice, Restored, Shared, Start, Tell,
    desk::{Desk, restored},
};
use crate::library::store::{Save, Session, Slot, Store, StoreError, Trouble};

/// How long changes are gathered before they are written.
pub(super) const GATHER: Duration = Duration::from_millis(200);
/// How soon what failed is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// The thread's end of it.
pub(super) struct Writer {
    folder: PathBuf,
    desk: Option<Desk>,
    /// Why there is no desk.
    reason: String,
    /// The trouble that was told last.
    told: Option<Trouble>,
    tell: Tell,
}

impl Writer {
    /// Opens the library, and says what is there; what there is to say later goes to `tell`.
    pub(super) fn start(folder: PathBuf, tell: Tell) -> (Self, Start) {
        let mut writer = Self { folder, desk: None, reason: String::new(), told: None, tell };
        let start = writer.look();
        (writer, start)
    }

    fn look(&mut self) -> Start {
        let mut start = Start::default();
        match self.open(&mut start.notices) {
            Ok(()) => {}
            Err(error) => {
                start.notices.push(self.trouble(&error));
                // what is there can be shown even so
                if error.trouble() == Trouble::ReadOnly
                    && let Ok(store) = Store::open_read_only(&self.folder)
                {
                    start.restored = store.session(1).ok().flatten().and_then(|session| restored(&store, session).ok());
                    self.desk = Some(Desk::new(store, None));
                }
                return start;
            }
        }
        let last = self.last_session(&mut start.notices).or_else(|error| match error.trouble() {
            Trouble::Corrupt => {
                self.rescue(&mut |notice| start.notices.push(notice))?;
                self.last_session(&mut start.notices)
            }
            _ => Err(error),
        });
        match last {
            Ok(restored) => start.restored = restored,
            Err(error) => start.notices.push(Notice::Told(format!("The last session could not be read: {error}"))),
        }
        start
    }

    fn last_session(&mut self, notices: &mut Vec<Notice>) -> Result<Option<Restored>, StoreError> {
        self.desk.as_mut().map_or(Ok(None), |desk| desk.last_session(notices))
    }

    /// Moves the open library aside and goes on with what can be read of it.
    fn rescue(&mut self, tell: &mut dyn FnMut(Notice)) -> Result<(), StoreError> {
        if let Some(Desk { store, slot, copies, .. }) = self.desk.take() {
            let opened = store.rescue()?;
            opened.told.into_iter().for_each(|text| tell(Notice::Told(text)));
            self.desk = Some(Desk { copies, ..Desk::new(opened.store, slot) });
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
            let told = std::mem::take(&mut opened.told);
            opened = opened.store.rescue()?;
            opened.told.splice(0..0, told);
        }
        notices.extend(opened.told.into_iter().map(Notice::Told));
        self.desk = Some(Desk::new(opened.store, slot));
        Ok(())
    }

    /// Writes what comes until the window closes.
    pub(super) fn run(mut self, shared: &Shared) {
        let mut retry: Option<Instant> = None;
        let disk = to_the_disk();
        loop {
            let (saves, session, asks, closing) = {
                let mut pending = shared.lock();
                loop {
                    let now = Instant::now();
                    let due = pending.since.map(|since| (since + GATHER).max(retry.unwrap_or(since)));
                    if pending.closing || !pending.asks.is_empty() || due.is_some_and(|due| due <= now) {
                        break;
                    }
                    pending = match due {
                        Some(due) => {
                            shared.wake.wait_timeout(pending, due - now).unwrap_or_else(PoisonError::into_inner).0
                        }
                        None => shared.wake.wait(pending).unwrap_or_else(PoisonError::into_inner),
                    };
                }
                pending.since = None;
                (
                    std::mem::take(&mut pending.saves),
                    pending.session.take(),
                    std::mem::take(&mut pending.asks),
                    pending.closing,
                )
            };
            let left = self.write(saves, session);
            if let (Some(desk), Some(disk)) = (&self.desk, &disk) {
                let _ = disk.try_send(desk.store.log_file()); // it is at it already: the next time will do
            }
            retry = None;
            if let Some((saves, session)) = left {
                retry = Some(Instant::now() + RETRY);
                let mut pending = shared.lock();
                for save in saves {
                    match pending.saves.iter_mut().find(|newer| newer.score.id == save.score.id) {
                        Some(newer) => newer.takes_over(save),
                        None => pending.saves.push(save),
                    }
                }
                pending.session = pending.session.take().or(session);
                pending.since.get_or_insert_with(Instant::now);
            }
            for ask in asks {
                // whatever goes wrong in one question, the saving goes on
                let desk = self.desk.as_mut().ok_or(self.reason.as_str());
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(desk))).is_err() {
                    (self.tell)(Notice::Told("Something went wrong in the library; your work is kept".into()));
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
                if self.told.take().is_some() {
                    (self.tell)(Notice::Recovered);
                }
                None
            }
            Err(error) => {
                if self.told != Some(error.trouble()) {
                    let notice = self.trouble(&error);
                    (self.tell)(notice);
                }
                // may wait for other readers, so only after it was told
                if let (Trouble::Full, Some(desk)) = (error.trouble(), &self.desk) {
                    desk.store.shrink_log();
                }
                Some((saves, session))
            }
        }
    }

    fn write_all(&mut self, saves: &mut Vec<Save>, session: Option<&Session>) -> Result<(), StoreError> {
        self.be_open(saves)?;
        match self.try_write(saves, session) {
            Err(error) if error.trouble() == Trouble::Corrupt => {
                let mut notices = Vec::new();
                self.rescue(&mut |notice| notices.push(notice))?;
                notices.into_iter().for_each(&self.tell);
                self.know_again(saves);
                self.try_write(saves, session)
            }
            other => other,
        }
    }

    /// Opens the library where it is not open, or is not the one that lies there any more.
    fn be_open(&mut self, saves: &[Save]) -> Result<(), StoreError> {
        match &self.desk {
            Some(desk) if !desk.store.is_read_only() && desk.store.is_in_place() => return Ok(()),
            _ => {}
        }
        let Some(Desk { copies, slot, .. }) = self.desk.take() else {
            let mut notices = Vec::new();
            self.open(&mut notices)?;
            notices.into_iter().for_each(&self.tell);
            return Ok(());
        };
        let opened = Store::open(&self.folder)?;
        opened.told.into_iter().for_each(|text| (self.tell)(Notice::Told(text)));
        let slot = slot.or_else(|| Slot::take(&self.folder).ok());
        self.desk = Some(Desk { copies, ..Desk::new(opened.store, slot) });
        self.know_again(saves);
        Ok(())
    }

    /// After another file took the place of the library: what is in it of ours is ours.
    fn know_again(&mut self, saves: &[Save]) {
        if let Some(desk) = &mut self.desk {
            for save in saves {
                if let Ok(composition) = desk.store.load(save.score.id) {
                    desk.known.insert(save.score.id, composition.saved);
                }
            }
        }
    }

    fn try_write(&mut self, saves: &mut Vec<Save>, session: Option<&Session>) -> Result<(), StoreError> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        while let Some(save) = saves.first_mut() {
            if let Some(notice) = desk.save(save)? {
                (self.tell)(notice);
            }
            saves.remove(0);
        }
        if let (Some(session), Some(slot)) = (session, &desk.slot) {
            let composition = desk.copies.get(&session.composition).copied().unwrap_or(session.composition);
            let session = Session { composition, ..session.clone() };
            desk.store.note_session(slot.number, &session)?;
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(Desk { store, slot: Some(slot), .. }) = &mut self.desk
            && let Err(error) = store.end_session(slot.number)
        {
            log::warn!("the end of the session could not be written down: {error}");
        }
    }

    fn trouble(&mut self, error: &StoreError) -> Notice {
        self.told = Some(error.trouble());
        let folder = self.folder.display();
        let what = match error.trouble() {
            Trouble::Full => "The disk is full, so nothing can be saved".to_owned(),
            Trouble::ReadOnly => format!("The library cannot be written to: {folder}"),
            Trouble::Locked => "Another program holds the library, so nothing can be saved".into(),
            Trouble::Corrupt | Trouble::Other => format!("The library does not work ({error}): {folder}"),
            Trouble::Newer => format!("{error}, so nothing can be saved: {folder}"),
        };
        self.reason.clone_from(&what);
        Notice::Trouble(format!(
            "{what}. Your work is kept in memory and saved as soon as it can be; File, Save project as… puts it elsewhere"
        ))
    }
}

/// Has files sent to the disk itself beside the saving, which a busy disk would hold up for seconds.
fn to_the_disk() -> Option<crossbeam_channel::Sender<PathBuf>> {
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
