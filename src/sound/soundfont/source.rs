//! Where a SoundFont's bytes are: in the program, in memory, or in a file that is read piece by piece.
//!
//! Sample data is most of a font, and only the synth needs it: it goes straight from the file into the synth's memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Bytes that can be read from any place, by any thread.
#[derive(Debug)]
pub(super) enum Source {
    /// Part of the program.
    Static(&'static [u8]),
    Memory(Vec<u8>),
    /// An open file and its size when it was opened. It stays readable if it is renamed or deleted meanwhile; if it is
    /// truncated, reading fails.
    File(Mutex<File>, u64),
}

impl Source {
    /// Opens a file. What is no plain file (a folder, a pipe that never ends) is refused.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        // checked before opening, since opening a pipe waits for its other end
        if !std::fs::metadata(path)?.is_file() {
            return Err(std::io::Error::other("it is no file"));
        }
        Self::from_file(File::open(path)?)
    }

    pub fn from_file(file: File) -> std::io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self::File(Mutex::new(file), size))
    }

    pub fn len(&self) -> u64 {
        match self {
            Self::Static(bytes) => bytes.len() as u64,
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, size) => *size,
        }
    }

    /// Fills `into` from that place on, or fails where there are not as many bytes.
    pub fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<()> {
        let bytes = match self {
            Self::Static(bytes) => bytes,
            Self::Memory(bytes) => bytes.as_slice(),
            Self::File(file, _) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(at))?;
                return file.read_exact(into);
            }
        };
        let found = usize::try_from(at)
            .ok()
            .and_then(|at| bytes.get(at..at.checked_add(into.len())?))
            .ok_or(std::io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(found);
        Ok(())
    }

    /// The bytes of a range; the caller has bounded it.
    pub fn read(&self, range: Range<u64>) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; range.end.saturating_sub(range.start) as usize];
        self.read_at(range.start, &mut bytes)?;
        Ok(bytes)
    }
}
