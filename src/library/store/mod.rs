//! The library: one `SQLite` file with everything the user made.
//!
//! A [`Store`] is one connection, for one thread. Several studios may have the file open at once: the log is written
//! ahead, every change is one transaction, and a composition that another studio has changed meanwhile is never
//! overwritten. Knows scores; neither window nor engine.

mod composition;
mod compositions;
mod list;
mod records;
mod rescue;
mod schema;
mod sessions;
#[cfg(test)]
mod tests;

use std::{
    fmt::Write as _,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use composition::{Composition, Making, Recipe, Save, SaveOutcome, Saved, Take, Takes};
pub use list::{Filter, Order, Summary};
pub use sessions::{OtherWindow, Session, Slot};

/// The file's name within the folder of the user's data.
pub const FILE: &str = "library.db";
/// How long another studio may hold the file before this one gives up for now.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long what was deleted can be had back.
const BIN: Duration = Duration::from_hours(720);

/// What can go wrong with the library.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system or `SQLite` refuses.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// What is written there is not what we wrote.
    #[error("the library holds something unreadable: {0}")]
    Content(#[from] serde_json::Error),
    /// The file or its folder.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Written by a later version.
    #[error("the library was written by a newer Cantus (layout {found}, this one knows {})", schema::STEPS.len())]
    Newer {
        /// Its layout.
        found: i64,
    },
    /// It was deleted for good.
    #[error("this composition is not in the library any more")]
    Gone,
}

/// What a failure means for who has work to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No room on the disk.
    Full,
    /// The folder or the file cannot be written.
    ReadOnly,
    /// Another program holds it.
    Locked,
    /// It is damaged.
    Corrupt,
    /// A newer program's.
    Newer,
    /// Something else.
    Other,
}

impl StoreError {
    /// What it means.
    pub fn trouble(&self) -> Trouble {
        match self {
            // no room to grow the log's index, which SQLite does not call a full disk
            Self::Sql(rusqlite::Error::SqliteFailure(error, _))
                if error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE =>
            {
                Trouble::Full
            }
            Self::Sql(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => Trouble::Full,
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Trouble::ReadOnly,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Locked,
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::Corrupt,
                _ => Trouble::Other,
            },
            Self::Io(error) => match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Trouble::Full,
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Trouble::ReadOnly,
                _ => Trouble::Other,
            },
            Self::Content(_) | Self::Gone => Trouble::Other,
            Self::Newer { .. } => Trouble::Newer,
        }
    }
}

/// The library, opened.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    folder: PathBuf,
    read_only: bool,
    /// Which file on the disk it is.
    identity: Option<(u64, u64)>,
}

/// What opening brought with it.
#[derive(Debug)]
pub struct Opened {
    /// The library.
    pub store: Store,
    /// What the user should know: what was rescued, what was brought along.
    pub told: Vec<String>,
}

impl Store {
    /// Opens the library of a folder, making both where they are not there. A damaged one is moved aside and what can
    /// be read of it is brought along; the session of the first version is brought along, too.
    ///
    /// # Errors
    /// What the system says, or that a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Opened, StoreError> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let mut told = Vec::new();
        let opened = Self::connect(&path).and_then(|mut connection| {
            schema::migrate(&mut connection)?;
            Self::on(connection, folder.into(), false).begin(&mut told)
        });
        let store = match opened {
            Ok(store) => store,
            // whatever page it is that cannot be read
            Err(error) if error.trouble() == Trouble::Corrupt => {
                let (connection, text) = rescue::rescue(&path)?;
                told.push(text);
                Self::on(connection, folder.into(), false).begin(&mut told)?
            }
            Err(error) => return Err(error),
        };
        Ok(Opened { store, told })
    }

    /// What is done each time it was opened.
    fn begin(mut self, told: &mut Vec<String>) -> Result<Self, StoreError> {
        told.extend(self.take_first_session()?);
        self.empty_bin()?;
        Ok(self)
    }

    /// Opens a library nobody can write to, to read what is there.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn open_read_only(folder: &Path) -> Result<Self, StoreError> {
        let path = std::path::absolute(folder.join(FILE))?;
        let mut uri = String::from("file:");
        for byte in path.as_os_str().as_encoded_bytes() {
            match byte {
                b'/' | b'.' | b'-' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(char::from(*byte)),
                other => drop(write!(uri, "%{other:02X}")), // a String takes it
            }
        }
        // without a log beside it there is nothing to look after; with one, SQLite wants to write
        uri.push_str("?immutable=1");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri, flags)?;
        let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found != schema::STEPS.len() as i64 {
            return Err(StoreError::Newer { found });
        }
        Ok(Self::on(connection, folder.into(), true))
    }

    fn connect(path: &Path) -> Result<Connection, StoreError> {
        refuse_what_is_no_library(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        // a file from outside runs no code and reaches no other file
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))?;
        // a killed process loses nothing by this; what a power cut could take the keeper sends to the disk beside the saving
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
        Ok(connection)
    }

    fn on(connection: Connection, folder: PathBuf, read_only: bool) -> Self {
        Self { identity: identity(&folder.join(FILE)), connection, folder, read_only }
    }

    /// Whether the file that is open is the one that lies there: it may have been deleted, or moved aside for damage.
    pub fn is_in_place(&self) -> bool {
        self.identity == identity(&self.folder.join(FILE))
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The log that is written ahead: what is new is in it first.
    pub fn log_file(&self) -> PathBuf {
        self.folder.join(format!("{FILE}-wal"))
    }

    /// Gives the log's room back to the disk, as far as what is in it fits into the file.
    pub fn shrink_log(&self) {
        let shrunk = self.connection.query_row("PRAGMA wal_checkpoint (TRUNCATE)", [], |row| row.get::<_, i64>(0));
        if let Err(error) = shrunk {
            log::debug!("the log stays as long as it is: {error}");
        }
    }

    /// Whether nothing can be written.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Lets the file grow no further than so many pages, as if the disk were full.
    #[cfg(test)]
    pub(super) fn limit_pages(&self, pages: i64) {
        let sql = format!("PRAGMA max_page_count = {pages}");
        self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    }

    /// Looks at every page, and says what is wrong with the first that is.
    ///
    /// # Errors
    /// The damage.
    pub fn check(&self) -> Result<(), StoreError> {
        let said: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" {
            return Ok(());
        }
        let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        Err(StoreError::Sql(rusqlite::Error::SqliteFailure(corrupt, Some(said))))
    }

    /// Closes it, moves the damaged file aside and brings along what can be read.
    ///
    /// # Errors
    /// What the system says.
    pub fn rescue(self) -> Result<Opened, StoreError> {
        let Self { connection, folder, .. } = self;
        drop(connection);
        let (connection, text) = rescue::rescue(&folder.join(FILE))?;
        Ok(Opened { store: Self::on(connection, folder, false), told: vec![text] })
    }

    /// Forgets for good what was deleted long ago, and melodies nobody touched.
    fn empty_bin(&mut self) -> Result<(), StoreError> {
        let before = now_ms() - BIN.as_millis() as i64;
        let untouched = "touched = 0 AND id NOT IN (SELECT composition FROM sessions)";
        self.connection.execute(
            &format!("DELETE FROM search WHERE rowid IN (SELECT row FROM compositions WHERE deleted_ms < ?1 OR ({untouched}))"),
            [before],
        )?;
        let sql = format!("DELETE FROM compositions WHERE deleted_ms < ?1 OR ({untouched})");
        self.connection.execute(&sql, [before])?;
        Ok(())
    }
}

/// Device and number of a file.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}

/// A folder, a pipe or a text file under our name is not to be touched by `SQLite`, which would write into an empty one.
fn refuse_what_is_no_library(path: &Path) -> Result<(), StoreError> {
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    if !metadata.is_file() {
        return Err(StoreError::Io(std::io::Error::other("something that is no file has its name")));
    }
    // SQLite itself refuses what is longer; and a library's own file must not be opened beside SQLite, whose locks end
    // with the first handle that is closed
    let mut start = Vec::new();
    if metadata.len() < 512 {
        std::fs::File::open(path)?.take(512).read_to_end(&mut start)?;
    }
    if !start.is_empty() && !start.starts_with(b"SQLite format 3\0") {
        let not = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOTADB);
        return Err(StoreError::Sql(rusqlite::Error::SqliteFailure(not, None)));
    }
    Ok(())
}

/// A name for a new composition, the same on every computer it comes to; never 0.
pub fn new_id() -> u64 {
    fastrand::u64(1..=i64::MAX as u64)
}

/// Milliseconds since 1970, UTC.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
