//! Which window works on what: so that a window that ended, or was killed, opens where it was.
//!
//! Each open window has a slot, and holds a lock on the slot's file for as long as its process lives; the system
//! releases the lock however the process ends. The first window has slot 1, a second one beside it slot 2.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use rusqlite::{OptionalExtension as _, params};

use super::{
    composition::Composition,
    connection::{Store, new_id},
    error::StoreError,
};
use crate::music::Score;

/// Further windows have no session of their own.
const SLOTS: u32 = 16;
/// Larger files are refused.
const MAX_BYTES: u64 = 256 << 20;

/// A window's place among those that are open.
#[derive(Debug)]
pub struct Slot {
    /// 1 for the first window.
    pub number: u32,
    _lock: File,
}

/// A window beside this one that was not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherWindow {
    /// Its slot.
    pub slot: u32,
    /// The composition it works or worked on.
    pub composition: u64,
    /// What that is called.
    pub title: String,
    /// Whether it is open now; else it was killed.
    pub is_open: bool,
}

fn lock_file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("window-{number}.lock"))
}

impl Slot {
    /// Whether the window of a slot is open.
    pub fn is_open(folder: &Path, number: u32) -> bool {
        File::open(lock_file(folder, number)).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// The first free slot of a folder.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn take(folder: &Path) -> std::io::Result<Self> {
        for number in 1..=SLOTS {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(lock_file(folder, number))?;
            match file.try_lock() {
                Ok(()) => return Ok(Self { number, _lock: file }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(std::io::Error::other("too many windows are open"))
    }
}

/// What a window was at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The composition it worked on.
    pub composition: u64,
    /// Playhead, loop and such, in the window's own words.
    pub state: String,
    /// Whether it was closed; else it was killed.
    pub ended: bool,
}

impl Store {
    /// Writes down what the window of a slot is at.
    pub fn note_session(&mut self, slot: u32, session: &Session) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO sessions (slot, composition, state, ended) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![slot, session.composition as i64, session.state, session.ended])?;
        Ok(())
    }

    /// What the window of a slot was at last.
    pub fn session(&self, slot: u32) -> Result<Option<Session>, StoreError> {
        let session = self
            .connection
            .query_row("SELECT composition, state, ended FROM sessions WHERE slot = ?1", [slot], |row| {
                Ok(Session { composition: row.get::<_, i64>(0)? as u64, state: row.get(1)?, ended: row.get(2)? })
            })
            .optional()?;
        Ok(session)
    }

    /// The other windows that were not closed: their slots, what they were at, and whether they are open or were
    /// killed.
    pub fn other_windows(&self, slot: u32) -> Result<Vec<OtherWindow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT slot, composition, coalesce(title, '') FROM sessions LEFT JOIN compositions ON id = composition
             WHERE slot != ?1 AND ended = 0",
        )?;
        let found: Vec<(u32, i64, String)> = statement
            .query_map([slot], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let window = |(slot, composition, title)| OtherWindow {
            slot,
            composition: composition as u64,
            title,
            is_open: Slot::is_open(&self.folder, slot),
        };
        Ok(found.into_iter().map(window).collect())
    }

    /// Remembers that a window is no more.
    pub fn end_session(&mut self, slot: u32) -> Result<(), StoreError> {
        self.connection.execute("UPDATE sessions SET ended = 1 WHERE slot = ?1", [slot])?;
        Ok(())
    }

    /// Imports the session that the first version kept as `session.json`; the file is renamed, never deleted.
    pub(super) fn take_first_session(&mut self) -> Result<Option<String>, StoreError> {
        #[derive(serde::Deserialize)]
        struct First {
            part: usize,
            score: Score,
        }
        let path = self.folder.join("session.json");
        let Ok(metadata) = std::fs::metadata(&path) else { return Ok(None) };
        let unreadable = |reason: &str| {
            // kept, but not read again
            let aside = path.with_extension("unreadable.json");
            let _ = std::fs::rename(&path, &aside);
            Ok(Some(format!(
                "Couldn't read the session of an earlier version ({reason}). The file was kept: {}",
                aside.display()
            )))
        };
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return unreadable("the file is too large");
        }
        let first: First = match serde_json::from_slice(&std::fs::read(&path)?) {
            Ok(first) => first,
            Err(error) => return unreadable(&error.to_string()),
        };
        let mut composition = Composition::new(Score { id: new_id(), ..first.score });
        composition.part = first.part.min(composition.score.parts.len().saturating_sub(1));
        let id = self.insert(&composition)?;
        if self.session(1)?.is_none() {
            self.note_session(1, &Session { composition: id, state: "{}".into(), ended: true })?;
        }
        std::fs::rename(&path, path.with_extension("imported.json"))?;
        Ok(None)
    }
}
