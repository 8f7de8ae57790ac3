//! Autosave: a thread that owns the library and writes what the window hands it.
//!
//! The window hands over snapshots whenever something changed and never waits. What cannot be written stays in memory
//! and is tried again until it can; each kind of trouble is told once. Knows scores and the library; no window.

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::store::{Composition, Save, SaveOutcome, Saved, Session, Slot, Store, StoreError, Trouble, new_id};
use crate::music::Score;

/// How long changes are gathered before they are written.
const GATHER: Duration = Duration::from_millis(200);
/// How soon what failed is tried again.
const RETRY: Duration = Duration::from_secs(2);

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

/// The library as the thread has it.
#[derive(Debug)]
pub struct Desk {
    /// The library.
    pub store: Store,
    /// What the library had of each composition of this window last.
    known: HashMap<u64, Saved>,
    /// Compositions that another window took further meanwhile, and the copy that is this window's.
    copies: HashMap<u64, u64>,
    slot: Option<Slot>,
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
            let mut writer = Writer {
                folder,
                desk: None,
                reason: String::new(),
                told: None,
                tell: Box::new(|_| ()),
            };
            let start = writer.start();
            writer.tell = Box::new(tell);
            let _ = send.send(start);
            writer.run(&theirs);
        })?;
        let start = receive.recv().unwrap_or_default();
        Ok((
            Self {
                shared,
                thread: Some(thread),
            },
            start,
        ))
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
        pending.session = Some(Session {
            composition,
            state,
            ended: false,
        });
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

/// The thread's end of it.
struct Writer {
    folder: PathBuf,
    desk: Option<Desk>,
    /// Why there is no desk.
    reason: String,
    /// The trouble that was told last.
    told: Option<Trouble>,
    tell: Tell,
}

impl Writer {
    fn start(&mut self) -> Start {
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
        if let Some(desk) = &mut self.desk {
            match desk.last_session(&mut start.notices) {
                Ok(restored) => start.restored = restored,
                Err(error) => start
                    .notices
                    .push(Notice::Told(format!("The last session could not be read: {error}"))),
            }
        }
        start
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

    fn run(&mut self, shared: &Shared) {
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
                            shared
                                .wake
                                .wait_timeout(pending, due - now)
                                .unwrap_or_else(PoisonError::into_inner)
                                .0
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
                if let Some(desk) = self.desk.take() {
                    let Desk { store, slot, copies, .. } = desk;
                    let opened = store.rescue()?;
                    opened.told.into_iter().for_each(|text| (self.tell)(Notice::Told(text)));
                    self.desk = Some(Desk {
                        copies,
                        ..Desk::new(opened.store, slot)
                    });
                    self.know_again(saves);
                }
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
        self.desk = Some(Desk {
            copies,
            ..Desk::new(opened.store, slot)
        });
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
            let session = Session {
                composition,
                ..session.clone()
            };
            desk.store.note_session(slot.number, &session)?;
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(Desk {
            store, slot: Some(slot), ..
        }) = &mut self.desk
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

impl Save {
    /// Stands for an earlier state of the same composition, too, that was not written.
    fn takes_over(&mut self, earlier: Self) {
        self.touched |= earlier.touched;
        self.makings.splice(0..0, earlier.makings);
    }
}

impl Desk {
    fn new(store: Store, slot: Option<Slot>) -> Self {
        Self {
            store,
            known: HashMap::new(),
            copies: HashMap::new(),
            slot,
        }
    }

    /// Loads a composition to work on it.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn open(&mut self, id: u64) -> Result<Composition, StoreError> {
        let composition = self.store.load(id)?;
        self.copies.remove(&id);
        self.known.insert(id, composition.saved.clone());
        Ok(composition)
    }

    /// Whether another window that is open works on a composition.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn is_open_elsewhere(&self, id: u64) -> Result<bool, StoreError> {
        let Some(slot) = &self.slot else { return Ok(false) };
        let others = self.store.other_windows(slot.number)?;
        Ok(others.iter().any(|other| other.lives && other.composition == id))
    }

    /// The id under which this window's work on a composition is kept.
    fn id_of(&self, id: u64) -> u64 {
        self.copies.get(&id).copied().unwrap_or(id)
    }

    /// Saves, under another id if another window has changed the composition meanwhile; then there is something to tell.
    fn save(&mut self, save: &mut Save) -> Result<Option<Notice>, StoreError> {
        for recipe in save.makings.iter_mut().map(|making| &mut making.recipe) {
            if recipe.model_hash.is_empty() {
                recipe.model_hash = model_hash(&recipe.model_folder);
            }
        }
        let id = self.id_of(save.score.id);
        if let SaveOutcome::Kept(saved) = self.store.save(&with_id(save, id), self.known.get(&id))? {
            self.known.insert(id, saved);
            return Ok(None);
        }
        let copy = new_id();
        if let SaveOutcome::Kept(saved) = self.store.save(&with_id(save, copy), None)? {
            self.known.insert(copy, saved);
        }
        self.copies.insert(save.score.id, copy);
        Ok(Some(Notice::Copied {
            id: save.score.id,
            copy,
            title: save.score.title.clone(),
        }))
    }

    fn last_session(&mut self, notices: &mut Vec<Notice>) -> Result<Option<Restored>, StoreError> {
        let Some(slot) = &self.slot else { return Ok(None) };
        let number = slot.number;
        let others = self.store.other_windows(number)?;
        for killed in others.iter().filter(|other| !other.lives) {
            notices.push(Notice::Told(format!(
                "Another window was ended suddenly; what it worked on is in the Library: {}",
                killed.title
            )));
            self.store.end_session(killed.slot)?;
        }
        let Some(session) = self.store.session(number)? else {
            return Ok(None);
        };
        let elsewhere = others.iter().any(|other| other.lives && other.composition == session.composition);
        if elsewhere || (number > 1 && session.ended) {
            return Ok(None);
        }
        match restored(&self.store, session) {
            Ok(restored) => {
                self.known.insert(restored.composition.score.id, restored.composition.saved.clone());
                Ok(Some(restored))
            }
            Err(StoreError::Gone) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn restored(store: &Store, session: Session) -> Result<Restored, StoreError> {
    Ok(Restored {
        composition: store.load(session.composition)?,
        state: session.state,
        ended: session.ended,
    })
}

fn with_id(save: &Save, id: u64) -> Save {
    if save.score.id == id {
        return save.clone();
    }
    Save {
        score: Arc::new(Score {
            id,
            ..Score::clone(&save.score)
        }),
        ..save.clone()
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

/// SHA-256 of what a model is: its card and its weights, in hexadecimal; empty where it cannot be read.
pub fn model_hash(folder: &Path) -> String {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for name in ["model.json", "generator.safetensors"] {
        let Ok(mut file) = std::fs::File::open(folder.join(name)) else {
            return String::new();
        };
        if std::io::copy(&mut file, &mut hash).is_err() {
            return String::new();
        }
    }
    format!("{:x}", hash.finalize())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::{library::store::Filter, music::melodies};

    fn melody(id: u64, title: &str) -> Save {
        Save {
            score: Arc::new(Score {
                id,
                title: title.into(),
                ..melodies::all()[0].score()
            }),
            touched: true,
            ..Save::default()
        }
    }

    fn start(folder: &Path) -> (Keeper, Start, mpsc::Receiver<Notice>) {
        let (send, receive) = mpsc::channel();
        let (keeper, start) = Keeper::start(folder.into(), move |notice| drop(send.send(notice))).unwrap();
        (keeper, start, receive)
    }

    fn titles(folder: &Path) -> Vec<String> {
        let list = Store::open(folder).unwrap().store.list(&Filter::default()).unwrap();
        list.into_iter().map(|summary| summary.title).collect()
    }

    #[test]
    fn a_window_finds_again_what_it_was_at() {
        let folder = tempfile::tempdir().unwrap();
        let (mut keeper, first, _) = start(folder.path());
        assert!(first.restored.is_none() && first.notices.is_empty());
        keeper.save(melody(5, "a"));
        keeper.save(melody(5, "b"));
        keeper.save(melody(6, "c"));
        keeper.note_session(5, "here".into());
        // a second window beside it begins anew
        let (second, its, _) = start(folder.path());
        assert!(its.restored.is_none());
        drop(second);
        assert!(keeper.finish(Duration::from_secs(20)));
        let (_keeper, again, _) = start(folder.path());
        let restored = again.restored.unwrap();
        assert_eq!((restored.composition.score.title.as_str(), restored.state.as_str()), ("b", "here"));
        assert!(restored.ended);
        assert_eq!(titles(folder.path()), ["c", "b"]);
    }

    #[test]
    fn what_cannot_be_written_is_kept_told_once_and_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::write(&data, "in the way").unwrap();
        let (mut keeper, first, notices) = start(&data);
        assert!(
            matches!(first.notices.as_slice(), [Notice::Trouble(text)] if text.contains("kept in memory")),
            "{first:?}"
        );
        keeper.save(melody(5, "a"));
        let (send, receive) = mpsc::channel();
        keeper.ask(move |desk| send.send(desk.is_err()).unwrap());
        assert!(receive.recv().unwrap());
        assert!(notices.try_recv().is_err(), "told once");
        std::fs::remove_file(&data).unwrap();
        keeper.save(melody(5, "b"));
        assert_eq!(notices.recv_timeout(Duration::from_secs(20)), Ok(Notice::Recovered));
        assert!(keeper.finish(Duration::from_secs(20)));
        assert_eq!(titles(&data), ["b"]);
    }

    #[test]
    fn a_full_disk_is_told_once_and_what_waits_is_written_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let (mut keeper, _, notices) = start(folder.path());
        keeper.save(melody(5, "a"));
        let (send, receive) = mpsc::channel();
        keeper.ask(move |desk| {
            desk.unwrap().store.limit_pages(1); // no more than it has
            send.send(()).unwrap();
        });
        receive.recv().unwrap(); // else what follows could be written before
        let mut long = melody(6, "long");
        let score = Arc::make_mut(&mut long.score);
        score.parts = std::iter::repeat_n(Arc::clone(&score.parts[0]), 200).collect();
        for _ in 0..3 {
            keeper.save(long.clone());
            std::thread::sleep(GATHER);
        }
        let told = notices.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(matches!(&told, Notice::Trouble(text) if text.contains("disk is full")), "{told:?}");
        keeper.ask(|desk| desk.unwrap().store.limit_pages(1_000_000));
        assert_eq!(notices.recv_timeout(Duration::from_secs(20)), Ok(Notice::Recovered), "told once");
        assert!(keeper.finish(Duration::from_secs(20)));
        assert_eq!(titles(folder.path()), ["long", "a"]);
        Store::open(folder.path()).unwrap().store.check().unwrap();
    }

    #[test]
    fn two_windows_on_one_composition_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, _, _) = start(folder.path());
        let (mut other, _, told) = start(folder.path());
        let (send, receive) = mpsc::channel();
        one.save(melody(5, "ours"));
        one.ask(|_| ());
        one.ask(move |_| send.send(()).unwrap());
        receive.recv().unwrap();
        let (send, receive) = mpsc::channel();
        other.ask(move |desk| {
            desk.unwrap().open(5).unwrap();
            send.send(()).unwrap();
        });
        receive.recv().unwrap();
        one.save(melody(5, "one's"));
        assert!(one.finish(Duration::from_secs(20)));
        other.save(melody(5, "the other's"));
        other.note_session(5, String::new());
        assert!(matches!(
            told.recv_timeout(Duration::from_secs(20)),
            Ok(Notice::Copied { id: 5, .. })
        ));
        other.save(melody(5, "the other's again"));
        assert!(other.finish(Duration::from_secs(20)));
        let mut found = titles(folder.path());
        found.sort();
        assert_eq!(found, ["one's", "the other's again"]);
    }

    #[test]
    fn damage_while_working_costs_nothing_that_is_at_work() {
        let folder = tempfile::tempdir().unwrap();
        let (mut keeper, _, notices) = start(folder.path());
        keeper.save(melody(5, "a"));
        let (send, receive) = mpsc::channel();
        keeper.ask(move |_| send.send(()).unwrap());
        receive.recv().unwrap();
        // somebody takes the file away
        std::fs::remove_file(folder.path().join(super::super::store::FILE)).unwrap();
        keeper.save(melody(5, "b"));
        assert!(keeper.finish(Duration::from_secs(20)));
        assert_eq!(titles(folder.path()), ["b"]);
        assert!(notices.try_iter().all(|notice| !matches!(notice, Notice::Trouble(_))));
    }
}
