//! Opening the library, whatever state it is in.

use std::{path::Path, time::Duration};

use super::{
    connection::{FILE, Store, now_ms},
    error::{StoreError, Trouble},
    recovery, schema,
};

/// How long deleted compositions stay in the bin.
const BIN: Duration = Duration::from_hours(720);

/// What opening brought with it.
#[derive(Debug)]
pub struct Opened {
    /// The library.
    pub store: Store,
    /// What the user should know, such as what was recovered.
    pub messages: Vec<String>,
}

impl Store {
    /// Opens the library of a folder, making both where they are not there. A damaged one is moved aside and what can
    /// be read of it is recovered; the session file of the first version is imported.
    ///
    /// # Errors
    /// What the system says, or that a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Opened, StoreError> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let mut messages = Vec::new();
        let opened = Self::connect(&path).and_then(|mut connection| {
            schema::migrate(&mut connection)?;
            Self::on(connection, folder.into(), false).begin(&mut messages)
        });
        let store = match opened {
            Ok(store) => store,
            // whatever page it is that cannot be read
            Err(error) if error.trouble() == Trouble::Corrupt => {
                let (connection, text) = recovery::recover(&path)?;
                messages.push(text);
                Self::on(connection, folder.into(), false).begin(&mut messages)?
            }
            Err(error) => return Err(error),
        };
        Ok(Opened { store, messages })
    }

    /// What is done each time it was opened.
    fn begin(mut self, messages: &mut Vec<String>) -> Result<Self, StoreError> {
        messages.extend(self.take_first_session()?);
        self.tidy_up()?;
        Ok(self)
    }

    /// Closes it, moves the damaged file aside and recovers what can be read.
    ///
    /// # Errors
    /// What the system says.
    pub fn recover(self) -> Result<Opened, StoreError> {
        let Self { connection, folder, .. } = self;
        drop(connection);
        let (connection, text) = recovery::recover(&folder.join(FILE))?;
        Ok(Opened { store: Self::on(connection, folder, false), messages: vec![text] })
    }

    /// Deletes for good what is in the bin.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn empty_bin(&mut self) -> Result<(), StoreError> {
        self.delete_for_good("deleted_ms IS NOT NULL")
    }

    /// Deletes for good what has been in the bin for long, and prepared melodies that were never changed.
    fn tidy_up(&mut self) -> Result<(), StoreError> {
        let before = now_ms() - BIN.as_millis() as i64;
        let untouched = "touched = 0 AND id NOT IN (SELECT composition FROM sessions)";
        self.delete_for_good(&format!("deleted_ms < {before} OR ({untouched})"))
    }

    fn delete_for_good(&mut self, which: &str) -> Result<(), StoreError> {
        // at once: one that begins by reading is turned away, not made to wait, where another window writes
        let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let gone = format!("compositions WHERE {which}");
        transaction.execute(&format!("DELETE FROM search WHERE rowid IN (SELECT row FROM {gone})"), [])?;
        transaction.execute(&format!("DELETE FROM {gone}"), [])?;
        transaction.commit()?;
        Ok(())
    }
}
