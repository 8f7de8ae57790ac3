//! Files that grow by records, such as a table by its rows: what cannot be written whole is taken away again, so that a
//! full disk leaves no half record. Knows bytes only.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// A file that only grows, for one writer.
#[derive(Debug)]
pub struct RecordFile {
    file: File,
    /// Up to here it is whole.
    length: u64,
}

impl RecordFile {
    /// Opens a file to go on where it ends, or begins it.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// What the system says; the file is as it was then.
    pub fn add(&mut self, record: &[u8]) -> io::Result<()> {
        match self.file.write_all(record) {
            Ok(()) => {
                self.length += record.len() as u64;
                Ok(())
            }
            Err(error) => {
                if let Err(worse) = self.file.set_len(self.length) {
                    log::warn!("half a record stays: {worse}");
                }
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_follow_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        RecordFile::open(&path).unwrap().add(b"one\n").unwrap();
        RecordFile::open(&path).unwrap().add(b"two\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\n");
    }
}
