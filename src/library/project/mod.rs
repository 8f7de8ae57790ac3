//! One composition as one file, `.cantus`: to keep elsewhere, to send, to open on another computer.
//!
//! A zip, so that any computer can look inside: `project.json` is everything (the score, tags, takes, and how the kept
//! takes were generated), `composition.mid` the music as any other program reads it. Only `project.json` is read back.
//! Its `format` counts the layouts; a file of a later one is refused.
//!
//! ```text
//! { "format": 1, "program": "cantus 0.1.0",
//! "score": { "title": …, "tempo": …, "metre": …, "keys": …, "melody": 0, "parts": [ { "name": …, "notes": [ … ] } ] },
//!   "part": 0, "left": { … }, "tags": [ … ], "takes": { … } or null, "makings": [ … ] }
//! ```

use std::{
    io::{Cursor, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::FileOptions};

use super::store::{AsLeft, Composition, KeptTake, Takes};
use crate::music::{Score, midi_file};

/// The end of a project's name.
pub const EXTENSION: &str = "cantus";
/// The layout this program writes; it reads all up to it.
pub const FORMAT: u32 = 1;
const CONTENT: &str = "project.json";
const MIDI: &str = "composition.mid";
/// Larger files are refused.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// More than this is not unpacked, however small the file is.
const MAX_CONTENT_BYTES: u64 = 256 << 20;
/// More entries than this are not looked for.
const MAX_ENTRIES: usize = 64;

/// Why a project cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The system refuses.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is not a project, or a damaged one.
    #[error("not a Cantus project, or a damaged one: {0}")]
    Damaged(String),
    /// Too much of it.
    #[error("too large to be a Cantus project")]
    TooLarge,
    /// Of a later version.
    #[error(
        "it was saved by a newer version of Cantus (format {found}; this version reads up to {FORMAT}): update \
         Cantus to open it"
    )]
    Newer {
        /// Its layout.
        found: u64,
    },
}

impl From<ZipError> for ProjectError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Io(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Content {
    format: u64,
    program: String,
    score: Arc<Score>,
    part: usize,
    left: AsLeft,
    tags: Vec<String>,
    takes: Option<Arc<Takes>>,
    #[serde(rename = "makings")]
    kept_takes: Vec<KeptTake>,
}

/// A composition as the bytes of a project.
///
/// # Errors
/// None that a composition in memory could cause.
pub fn write(composition: &Composition) -> Result<Vec<u8>, ProjectError> {
    let content = Content {
        format: FORMAT.into(),
        program: concat!("cantus ", env!("CARGO_PKG_VERSION")).into(),
        score: Arc::clone(&composition.score),
        part: composition.part,
        left: composition.left.clone(),
        tags: composition.tags.clone(),
        takes: composition.takes.clone(),
        kept_takes: composition.kept_takes.clone(),
    };
    let text = serde_json::to_vec_pretty(&content).map_err(|error| ProjectError::Damaged(error.to_string()))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in [(CONTENT, text), (MIDI, midi_file::write(&composition.score))] {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Whether a file's name says that it is a project.
pub fn is_project(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
}

/// Reads a project.
///
/// # Errors
/// It cannot be read, is not a project, or is a newer program's.
pub fn read(path: &Path) -> Result<Composition, ProjectError> {
    let mut file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(ProjectError::Damaged("this is not a file".into()));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(ProjectError::TooLarge);
    }
    refuse_many_entries(&mut file, metadata.len())?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
    from_bytes(&bytes)
}

/// The zip's last record says how many entries there are; who reads it makes room for as many at once.
fn refuse_many_entries(file: &mut std::fs::File, length: u64) -> Result<(), ProjectError> {
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(66_000)))?;
    file.take(66_000).read_to_end(&mut end)?;
    check_entries(&end)
}

fn check_entries(end: &[u8]) -> Result<(), ProjectError> {
    let Some(at) = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else {
        return Err(ProjectError::Damaged("its end is missing".into()));
    };
    match end.get(at + 10..at + 12) {
        Some(count) if usize::from(u16::from_le_bytes([count[0], count[1]])) <= MAX_ENTRIES => Ok(()),
        _ => Err(ProjectError::Damaged("it has too many entries".into())),
    }
}

/// Reads a project from its bytes.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(bytes: &[u8]) -> Result<Composition, ProjectError> {
    check_entries(&bytes[bytes.len().saturating_sub(66_000)..])?;
    let mut zip = ZipArchive::new(Cursor::new(bytes))?;
    let entry = zip.by_name(CONTENT).map_err(|error| ProjectError::Damaged(format!("{CONTENT}: {error}")))?;
    let mut text = Vec::new();
    entry
        .take(MAX_CONTENT_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|error| ProjectError::Damaged(error.to_string()))?;
    if text.len() as u64 > MAX_CONTENT_BYTES {
        return Err(ProjectError::TooLarge);
    }
    parse(&text)
}

/// Reads the text of a `project.json`.
fn parse(text: &[u8]) -> Result<Composition, ProjectError> {
    #[derive(Deserialize)]
    struct Format {
        format: u64,
    }
    let damaged = |error: serde_json::Error| ProjectError::Damaged(error.to_string());
    // the format first: of a later layout nothing else may be understood
    let Format { format: found } = serde_json::from_slice(text).map_err(damaged)?;
    match found {
        0 => return Err(ProjectError::Damaged("it does not say its format".into())),
        found if found > u64::from(FORMAT) => return Err(ProjectError::Newer { found }),
        _ => {}
    }
    let content: Content = serde_json::from_slice(text).map_err(damaged)?;
    Ok(Composition {
        part: content.part.min(content.score.parts.len().saturating_sub(1)),
        left: content.left.in_range(),
        tags: content.tags,
        takes: content.takes,
        kept_takes: content.kept_takes,
        ..Composition::new(Arc::unwrap_or_clone(content.score))
    })
}

#[cfg(test)]
mod tests;
