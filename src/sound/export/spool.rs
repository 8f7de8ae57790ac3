//! The mix on disk while its loudness is measured: a file without a name, deleted when it is dropped.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Samples read at a time.
const CHUNK_SAMPLES: usize = 8192;

/// Interleaved stereo, as 32-bit floating point.
#[derive(Debug)]
pub(super) struct Spool {
    file: BufWriter<File>,
    samples: u64,
}

impl Spool {
    /// In a folder: that of the file to come, where this much space is needed anyway.
    pub fn create_in(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile_in(folder)?), samples: 0 })
    }

    pub fn frames(&self) -> u64 {
        self.samples / 2
    }

    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        for sample in samples {
            self.file.write_all(&sample.to_le_bytes())?;
        }
        self.samples += samples.len() as u64;
        Ok(())
    }

    /// Passes all of it on again, from the start; the receiver may change it.
    pub fn read<E: From<io::Error>>(&mut self, mut take: impl FnMut(&mut [f32]) -> Result<(), E>) -> Result<(), E> {
        self.file.flush()?;
        let mut file = self.file.get_ref();
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(file);
        let mut bytes = vec![0; CHUNK_SAMPLES * 4];
        let mut samples = Vec::with_capacity(CHUNK_SAMPLES);
        let mut left = self.samples as usize;
        while left > 0 {
            let count = left.min(CHUNK_SAMPLES);
            reader.read_exact(&mut bytes[..count * 4])?;
            samples.clear();
            samples.extend(bytes[..count * 4].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            take(&mut samples)?;
            left -= count;
        }
        Ok(())
    }
}
