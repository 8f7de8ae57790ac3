//! Decoded fonts on disk, so that a compressed font is decoded only once.
//!
//! An entry is an SF2 file of ours, followed by the digest of all its bytes. Its name says what it was made from, and
//! by which version of [`super::sf3`]. Entries are written whole or not at all; the longest unused are deleted first.

use std::fs::{File, FileTimes};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::source::Source;

/// To be raised when the conversion changes.
const VERSION: u32 = 1;
/// All entries together.
const MAX_BYTES: u64 = 2 << 30;
const DIGEST_BYTES: u64 = 32;
const ENDING: &str = "decoded.sf2";
/// Unfinished files of programs that were killed.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);

/// Where the decoded form of a font is, or will be.
#[derive(Debug)]
pub(super) struct Entry {
    folder: PathBuf,
    path: PathBuf,
}

impl Entry {
    /// The entry of the font in that source.
    pub fn of(source: &Source, folder: &Path) -> std::io::Result<Self> {
        let mut hash = Sha256::new();
        let mut piece = vec![0; 1 << 20];
        let mut at = 0;
        while at < source.len() {
            let count = piece.len().min((source.len() - at) as usize);
            source.read_at(at, &mut piece[..count])?;
            hash.update(&piece[..count]);
            at += count as u64;
        }
        let digest: [u8; DIGEST_BYTES as usize] = hash.finalize().into();
        let (key, _) = digest.split_first_chunk().expect("32 bytes have 16");
        let key = u128::from_be_bytes(*key); // half of it: no second file has the same
        Ok(Self { folder: folder.to_path_buf(), path: folder.join(format!("{key:032x}-{VERSION}.{ENDING}")) })
    }

    /// The decoded font, if it is there and undamaged.
    pub fn open(&self) -> Option<Source> {
        let file = File::open(&self.path).ok()?;
        match verified_bytes(&file) {
            Ok(Some(_)) => {
                // marked as used; if that fails, it is merely deleted sooner
                let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
                Source::from_file(file).ok()
            }
            Ok(None) => {
                log::warn!("a decoded SoundFont is damaged and is made again: {}", self.path.display());
                let _ = std::fs::remove_file(&self.path);
                None
            }
            Err(error) => {
                log::warn!("a decoded SoundFont cannot be read ({error}): {}", self.path.display());
                None
            }
        }
    }

    /// A file to decode into, deleted again unless it is kept.
    pub fn begin(&self) -> std::io::Result<tempfile::NamedTempFile> {
        std::fs::create_dir_all(&self.folder)?;
        tempfile::Builder::new().prefix(".unfinished-").tempfile_in(&self.folder)
    }

    /// Adds the digest, puts the file in place, and deletes old entries.
    pub fn keep(&self, mut file: tempfile::NamedTempFile) -> std::io::Result<()> {
        let digest = digest_of(file.as_file(), u64::MAX)?;
        file.as_file_mut().seek(SeekFrom::End(0))?;
        file.as_file_mut().write_all(&digest)?;
        file.persist(&self.path)?;
        delete_oldest(&self.folder, &self.path, MAX_BYTES)
    }
}

/// How many bytes of an entry are the font's; `None` where the digest does not match.
fn verified_bytes(mut file: &File) -> std::io::Result<Option<u64>> {
    let Some(bytes) = file.metadata()?.len().checked_sub(DIGEST_BYTES) else {
        return Ok(None);
    };
    let mut expected = [0; DIGEST_BYTES as usize];
    file.seek(SeekFrom::Start(bytes))?;
    file.read_exact(&mut expected)?;
    Ok((digest_of(file, bytes)? == expected).then_some(bytes))
}

/// The digest of the first bytes of a file.
fn digest_of(mut file: &File, bytes: u64) -> std::io::Result<[u8; DIGEST_BYTES as usize]> {
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    std::io::copy(&mut std::io::BufReader::with_capacity(1 << 20, file.take(bytes)), &mut hash)?;
    Ok(hash.finalize().into())
}

/// Deletes the longest unused entries until the rest fits, and abandoned unfinished files.
fn delete_oldest(folder: &Path, keep: &Path, most: u64) -> std::io::Result<()> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)?.flatten() {
        let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else {
            continue;
        };
        let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(ENDING) {
            entries.push((path != keep, used, metadata.len(), path));
        } else if name.starts_with(".unfinished-") && used.elapsed().is_ok_and(|age| age > ABANDONED_AFTER) {
            let _ = std::fs::remove_file(path);
        }
    }
    // the one that was just made first, then the last used
    entries.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut total = 0;
    for (_, _, bytes, path) in entries {
        total += bytes;
        if total > most {
            let _ = std::fs::remove_file(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(bytes: &'static [u8], folder: &Path) -> Entry {
        Entry::of(&Source::Static(bytes), folder).unwrap()
    }

    fn keep(entry: &Entry, content: &[u8]) {
        let mut file = entry.begin().unwrap();
        file.write_all(content).unwrap();
        entry.keep(file).unwrap();
    }

    #[test]
    fn what_is_kept_comes_back_and_damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deeper");
        let (one, other) = (entry(b"one", &folder), entry(b"other", &folder));
        assert!(one.open().is_none());
        keep(&one, b"decoded");
        assert!(other.open().is_none());
        let source = one.open().unwrap();
        assert_eq!(source.read(0..7).unwrap(), b"decoded");
        for (at, value) in [(3, b'X'), (10, 0)] {
            keep(&one, b"decoded");
            let mut bytes = std::fs::read(&one.path).unwrap();
            bytes[at] ^= value | 1;
            std::fs::write(&one.path, bytes).unwrap();
            assert!(one.open().is_none() && !one.path.exists(), "byte {at}");
        }
        std::fs::write(&one.path, b"short").unwrap();
        assert!(one.open().is_none());
    }

    #[test]
    fn the_longest_unused_go_first_and_the_new_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let entries = [b"a", b"b", b"c"].map(|bytes| entry(bytes, folder));
        for (age, entry) in entries.iter().enumerate() {
            keep(entry, &[0; 100]);
            let used = SystemTime::now() - Duration::from_secs(60 * (age as u64 + 1));
            File::options()
                .append(true)
                .open(&entry.path)
                .unwrap()
                .set_times(FileTimes::new().set_modified(used))
                .unwrap();
        }
        std::fs::write(folder.join("not ours"), [0; 1000]).unwrap();
        let there = || entries.each_ref().map(|entry| entry.path.exists());
        delete_oldest(folder, &entries[2].path, 270).unwrap();
        assert_eq!(there(), [true, false, true]);
        delete_oldest(folder, &entries[2].path, 140).unwrap();
        assert_eq!(there(), [false, false, true]);
        assert!(folder.join("not ours").exists());
    }
}
