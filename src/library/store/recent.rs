//! Files opened lately.

use std::path::{Path, PathBuf};

use rusqlite::params;

use super::{
    connection::{Store, now_ms},
    error::StoreError,
};

/// So many files are remembered.
const RECENT: i64 = 30;

impl Store {
    /// Remembers that a file was opened.
    pub fn note_recent(&mut self, path: &Path) -> Result<(), StoreError> {
        // names that are no text cannot be shown, and so not chosen
        let Some(path) = path.to_str() else { return Ok(()) };
        self.connection.execute(
            "INSERT INTO recent_files (path, opened_ms) VALUES (?1, ?2)
             ON CONFLICT (path) DO UPDATE SET opened_ms = ?2",
            params![path, now_ms()],
        )?;
        self.connection.execute(
            "DELETE FROM recent_files WHERE path NOT IN
             (SELECT path FROM recent_files ORDER BY opened_ms DESC, rowid DESC LIMIT ?1)",
            [RECENT],
        )?;
        Ok(())
    }

    /// The files opened lately, the last one first.
    pub fn recent(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT path FROM recent_files ORDER BY opened_ms DESC, rowid DESC")?;
        let paths =
            statement.query_map([], |row| Ok(PathBuf::from(row.get::<_, String>(0)?)))?.collect::<Result<_, _>>()?;
        Ok(paths)
    }
}
