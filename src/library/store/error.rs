//! What can go wrong with the library, and what it means for the user's work.

use rusqlite::ErrorCode;

/// What can go wrong with the library.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system or `SQLite` refuses.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// What is written there is not what we wrote.
    #[error("the library has unreadable content: {0}")]
    Content(#[from] serde_json::Error),
    /// The file or its folder.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Written by a later version.
    #[error("the library was saved by a newer version of Cantus (layout {found}; this version reads up to {known})")]
    Newer {
        /// Its layout.
        found: i64,
        /// The latest that this program reads.
        known: usize,
    },
    /// It was deleted for good.
    #[error("this composition is no longer in the library")]
    Gone,
}

/// What a failure means for the user's work.
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
