//! The mix on disk while its loudness is measured: a file without a name, deleted when it is dropped.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::loudness::Gain;
use super::options::ExportError;
use crate::whole_file::folder_of;

/// Samples read at a time.
const CHUNK_SAMPLES: usize = 8192;

/// Interleaved stereo, as 32-bit floating point.
#[derive(Debug)]
pub(super) struct Spool<'a> {
    file: BufWriter<File>,
    /// The exported file, which is next to it.
    beside: &'a Path,
    samples: u64,
}

impl<'a> Spool<'a> {
    /// In the folder of the exported file, where this much space is needed anyway.
    pub fn create(beside: &'a Path) -> Result<Self, ExportError> {
        let file = tempfile::tempfile_in(folder_of(beside)).map_err(|error| ExportError::write(error, beside))?;
        Ok(Self { file: BufWriter::new(file), beside, samples: 0 })
    }

    pub fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        self.samples += samples.len() as u64;
        let mut bytes = samples.iter().map(|sample| sample.to_le_bytes());
        let written = bytes.try_for_each(|bytes| self.file.write_all(&bytes));
        written.map_err(|error| ExportError::write(error, self.beside))
    }

    /// Passes all of it on again, from the start, with a gain, and with the number of frames so far.
    pub fn read(
        &mut self,
        gain: &Gain,
        mut take: impl FnMut(&[f32], u64) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let failed = |error: io::Error| ExportError::write(error, self.beside);
        self.file.flush().map_err(failed)?;
        let mut file = self.file.get_ref();
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut reader = BufReader::new(file);
        let mut bytes = vec![0; CHUNK_SAMPLES * 4];
        let mut samples = Vec::with_capacity(CHUNK_SAMPLES);
        let mut read = 0;
        while read < self.samples {
            let count = (self.samples - read).min(CHUNK_SAMPLES as u64) as usize;
            reader.read_exact(&mut bytes[..count * 4]).map_err(failed)?;
            samples.clear();
            samples.extend(bytes[..count * 4].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            gain.apply(read / 2, &mut samples);
            read += count as u64;
            take(&samples, read / 2)?;
        }
        Ok(())
    }
}
