//! Files that commands read and write, with errors for people.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::output;
use crate::library::project;
use crate::music::Score;
use crate::music::midi_file::{self, MidiFile};
use crate::whole_file;

/// Reads a MIDI file's music.
///
/// # Errors
/// As [`read_midi`].
pub fn read_score(path: &Path) -> anyhow::Result<Score> {
    let file = read_midi(path)?;
    for notice in &file.notices {
        log::warn!("{notice}: {}", path.display());
    }
    Ok(file.score)
}

/// Reads a MIDI file's music, tells what was odd about it, and gives that back, too.
///
/// # Errors
/// As [`read_midi`].
pub fn read_and_tell(path: &Path) -> anyhow::Result<(Score, Vec<String>)> {
    let file = read_midi(path)?;
    Ok((file.score, output::tell(&file.notices)))
}

/// Reads a MIDI file.
///
/// # Errors
/// It is missing, not a file, too large, or not a MIDI file; the message names it.
pub fn read_midi(path: &Path) -> anyhow::Result<MidiFile> {
    let about = || format!("couldn't read {}", path.display());
    let metadata = std::fs::metadata(path).with_context(about)?;
    if !metadata.is_file() {
        bail!("not a file: {}", path.display());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(about)?;
    file.take(midi_file::MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).with_context(about)?;
    let mut read = midi_file::read_file(&bytes).with_context(about)?;
    let score = &mut read.score;
    if score.title.is_empty() {
        score.title = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    }
    Ok(read)
}

/// Reads a MIDI file, or the composition of a project.
///
/// # Errors
/// As [`read_score`].
pub fn read_any(path: &Path) -> anyhow::Result<Score> {
    if !project::is_project(path) {
        return read_score(path);
    }
    let composition = project::read(path).with_context(|| format!("couldn't read {}", path.display()))?;
    Ok(Arc::unwrap_or_clone(composition.score))
}

/// Writes a file whole or not at all.
///
/// # Errors
/// What the system says; the message names the file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    whole_file::write(path, bytes).with_context(|| format!("couldn't write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_come_back_and_other_files_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tune.mid");
        write_whole(&path, &midi_file::write(&Score::default())).unwrap();
        assert_eq!(read_score(&path).unwrap().title, "tune");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        write_whole(&path, b"RIFF").unwrap();
        for (path, reason) in
            [(path.as_path(), "MIDI"), (folder.path(), "not a file"), (Path::new("/nowhere/x.mid"), "x.mid")]
        {
            let message = format!("{:#}", read_score(path).unwrap_err());
            assert!(message.contains(reason) && message.contains(&path.display().to_string()), "{message}");
        }
        let message = format!("{:#}", write_whole(&folder.path().join("no/such/x.mid"), b"").unwrap_err());
        assert!(message.contains("couldn't write") && message.contains("x.mid"), "{message}");
    }
}
