//! One connection to the library's file.

use std::{
    fmt::Write as _,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rusqlite::{Connection, OpenFlags};

use super::{error::StoreError, schema};

/// The file's name within the folder of the user's data.
pub const FILE: &str = "library.db";
/// How long another window may hold the file before this one gives up for now.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The library, opened.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) folder: PathBuf,
    read_only: bool,
    /// Which file on the disk it is.
    identity: Option<(u64, u64)>,
}

impl Store {
    /// Opens a library that cannot be written to, for reading.
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
            return Err(StoreError::Newer { found, known: schema::STEPS.len() });
        }
        Ok(Self::on(connection, folder.into(), true))
    }

    pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
        refuse_other_files(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        // a file from outside runs no code and reaches no other file
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))?;
        // a killed process loses nothing by this; what a power cut could take, autosave flushes beside the saving
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
        Ok(connection)
    }

    pub(super) fn on(connection: Connection, folder: PathBuf, read_only: bool) -> Self {
        Self { identity: identity(&folder.join(FILE)), connection, folder, read_only }
    }

    /// Whether the open file is still the one at its path: it may have been deleted, or moved aside because of damage.
    pub fn is_in_place(&self) -> bool {
        self.identity == identity(&self.folder.join(FILE))
    }

    /// The write-ahead log: changes are in it first.
    pub fn log_file(&self) -> PathBuf {
        self.folder.join(format!("{FILE}-wal"))
    }

    /// Shrinks the write-ahead log, as far as its content fits into the file.
    pub fn shrink_log(&self) {
        let shrunk = self.connection.query_row("PRAGMA wal_checkpoint (TRUNCATE)", [], |row| row.get::<_, i64>(0));
        if let Err(error) = shrunk {
            log::debug!("couldn't shrink the write-ahead log: {error}");
        }
    }

    /// Whether nothing can be written.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Lets the file grow no further than so many pages, as if the disk were full.
    #[cfg(test)]
    pub(in crate::library) fn limit_pages(&self, pages: i64) {
        let sql = format!("PRAGMA max_page_count = {pages}");
        self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    }

    /// Checks every page.
    ///
    /// # Errors
    /// What is wrong with the first damaged one.
    pub fn check(&self) -> Result<(), StoreError> {
        let result: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if result == "ok" {
            return Ok(());
        }
        let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        Err(StoreError::Sql(rusqlite::Error::SqliteFailure(corrupt, Some(result))))
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

/// A folder, a pipe or a text file under our name is not to be touched by `SQLite`, which would write into an empty
/// one.
fn refuse_other_files(path: &Path) -> Result<(), StoreError> {
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    if !metadata.is_file() {
        return Err(StoreError::Io(std::io::Error::other("its name is taken by something that is not a file")));
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
