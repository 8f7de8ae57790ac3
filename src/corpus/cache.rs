//! What was read of the files of a folder, remembered until they change: a second look at ten thousand files is a
//! matter of seconds.
//!
//! One file for each folder, in a place for what can be made again. What in it is not as it should be, is read anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dataset::{FoundRole, Piece, Played, Split};
use super::pieces::{Cut, MOST_STEPS};
use crate::music::swing::Swing;
use crate::music::{Cell, Grid, Role};
use crate::whole_file;

/// To be raised whenever reading comes to something else (roles, grids, reasons), or is written otherwise.
const FORMAT: u32 = 5;
/// Larger ones are not ours.
const MOST_BYTES: u64 = 4 << 30;
const STAMP_BYTES: usize = 32;

/// By what a file is known to be the same, read in the same way.
pub type Stamp = [u8; STAMP_BYTES];
/// What became of a file.
pub type Outcome = Result<Cut, String>;

/// What is remembered of a folder, by file.
type Known = BTreeMap<String, (Stamp, Result<CutRecord, String>)>;

/// What is remembered of a folder.
#[derive(Debug)]
pub struct Cache {
    path: Option<PathBuf>,
    known: Known,
}

/// A [`Cut`] as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct CutRecord {
    pieces: Vec<PieceRecord>,
    left_out: Vec<(usize, String)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PieceRecord {
    name: String,
    steps_per_bar: usize,
    steps: usize,
    melody: Vec<NoteRecord>,
    parts: Vec<(Role, Vec<NoteRecord>)>,
    played: Vec<(Role, Vec<Played>)>,
    swing: f32,
    roles: Vec<FoundRole>,
}

/// A note by its pitch, whether it is held from before, its first step and its length.
type NoteRecord = (u8, bool, u32, u32);

impl Cache {
    /// What is remembered of `folder` below `place`; nothing, where there is no place.
    pub fn open(place: Option<&Path>, folder: &Path) -> Self {
        let path = place.map(|place| {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
            let hash = Sha256::digest(folder.to_string_lossy().as_bytes());
            let name = format!("{hash:x}");
            place.join("data").join(format!("{}.bin", &name[..24]))
        });
        let known = path.as_deref().and_then(read_checked).unwrap_or_default();
        Self { path, known }
    }

    /// What became of a file, where that is known and the file is as it was.
    pub fn get(&self, name: &str, stamp: &Stamp) -> Option<Outcome> {
        match self.known.get(name).filter(|(known, _)| known == stamp)? {
            (_, Ok(record)) => record.to_cut().map(Ok),
            (_, Err(reason)) => Some(Err(reason.clone())),
        }
    }

    /// Remembers what became of all files, where that is not what is known.
    pub fn keep(&self, outcomes: &BTreeMap<String, (Stamp, Outcome)>) {
        let Some(path) = &self.path else { return };
        let stamps = |(name, (stamp, _)): (&String, &(Stamp, _))| (name.clone(), *stamp);
        if self.known.iter().map(|(name, (stamp, _))| (name.clone(), *stamp)).eq(outcomes.iter().map(stamps)) {
            return;
        }
        let record = |outcome: &Outcome| outcome.as_ref().map(CutRecord::of).map_err(Clone::clone);
        let known: Known = outcomes.iter().map(|(name, (stamp, of))| (name.clone(), (*stamp, record(of)))).collect();
        let mut bytes = postcard::to_stdvec(&known).unwrap_or_default();
        bytes.extend(Sha256::digest(&bytes));
        let folder = path.parent().unwrap_or(Path::new("."));
        if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| whole_file::replace(path, &bytes)) {
            log::warn!("what was read will be read again: {error}: {}", path.display());
        }
    }
}

/// What a file is known by: its size and time, those of the file beside it, and how it is read.
pub fn stamp(files: [Option<&Path>; 2], how: &impl Serialize) -> Stamp {
    let mut hash = Sha256::new();
    hash.update(FORMAT.to_le_bytes());
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(serde_json::to_vec(how).unwrap_or_default());
    for metadata in files.map(|file| std::fs::metadata(file?).ok()) {
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        let since = modified.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
        hash.update(metadata.map_or(0, |metadata| metadata.len()).to_le_bytes());
        hash.update(since.map_or(0, |since| since.as_nanos()).to_le_bytes());
    }
    hash.finalize().into()
}

fn read_checked(path: &Path) -> Option<Known> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let bytes = (metadata.len() <= MOST_BYTES).then(|| std::fs::read(path).ok())??;
    let (body, sum) = bytes.split_last_chunk::<STAMP_BYTES>()?;
    let is_whole = Sha256::digest(body).as_slice() == sum;
    is_whole.then(|| postcard::from_bytes(body).ok())?
}

impl CutRecord {
    fn of(cut: &Cut) -> Self {
        let record = |piece: &Piece| PieceRecord {
            name: piece.name.clone(),
            steps_per_bar: piece.steps_per_bar,
            steps: piece.steps(),
            melody: notes_of(&piece.melody),
            parts: piece.parts.iter().map(|(role, grid)| (*role, notes_of(grid))).collect(),
            played: piece.played.clone(),
            swing: piece.swing.place(),
            roles: piece.roles.clone(),
        };
        Self { pieces: cut.pieces.iter().map(record).collect(), left_out: cut.left_out.clone() }
    }

    /// `None` where it makes no sense.
    fn to_cut(&self) -> Option<Cut> {
        let piece = |record: &PieceRecord| {
            if record.steps as i64 > MOST_STEPS + 256 || record.steps_per_bar == 0 {
                return None;
            }
            let is_within = |played: &Played| (played.step as usize) < record.steps && played.pitch < 128;
            if !record.played.iter().flat_map(|(_, played)| played).all(is_within) {
                return None;
            }
            let parts = record.parts.iter().map(|(role, notes)| Some((*role, grid_of(notes, record.steps)?)));
            Some(Piece {
                parts: parts.collect::<Option<_>>()?,
                name: record.name.clone(),
                split: Split::Train, // decided when all pieces are known
                steps_per_bar: record.steps_per_bar,
                melody: grid_of(&record.melody, record.steps)?,
                played: record.played.clone(),
                swing: Swing::new(record.swing),
                roles: record.roles.clone(),
            })
        };
        Some(Cut { pieces: self.pieces.iter().map(piece).collect::<Option<_>>()?, left_out: self.left_out.clone() })
    }
}

fn notes_of(grid: &Grid) -> Vec<NoteRecord> {
    let mut notes = Vec::new();
    for step in 0..grid.steps() {
        for pitch in grid.sounding(step) {
            let held = grid.get(step, pitch) == Cell::Held;
            if held && step > 0 && grid.sounds(step - 1, pitch) {
                continue; // it stands with its beginning
            }
            let goes_on = |at: &usize| grid.get(*at, pitch) == Cell::Held;
            let length = 1 + (step + 1..grid.steps()).take_while(goes_on).count();
            notes.push((pitch as u8, held, step as u32, length as u32));
        }
    }
    notes
}

fn grid_of(notes: &[NoteRecord], steps: usize) -> Option<Grid> {
    let mut grid = Grid::silent(steps);
    for &(pitch, held, first, length) in notes {
        let end = first.checked_add(length).filter(|end| *end as usize <= steps && length > 0 && pitch < 128)?;
        for step in first..end {
            let cell = if held || step > first { Cell::Held } else { Cell::Onset };
            grid.set(step as usize, usize::from(pitch), cell);
        }
    }
    Some(grid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;

    fn outcomes() -> BTreeMap<String, (Stamp, Outcome)> {
        let mut held = Style::Pop.piece(1, 0);
        held.split = Split::Train;
        held.melody = held.melody.window(1, held.steps()); // begins in the middle of a note
        let cut = Cut { pieces: vec![held], left_out: vec![(2, "too short".into())] };
        let entries = [("a", [1; 32], Ok(cut)), ("b/ü", [2; 32], Err("broken".into()))];
        entries.map(|(name, stamp, outcome)| (name.to_owned(), (stamp, outcome))).into()
    }

    fn text_of(outcome: &Outcome) -> String {
        format!("{:?}", outcome.as_ref().map(|cut| (&cut.pieces, &cut.left_out)))
    }

    #[test]
    fn what_is_kept_is_found_again_until_the_file_changes() {
        let place = tempfile::tempdir().unwrap();
        let open = || Cache::open(Some(place.path()), Path::new("/music"));
        let outcomes = outcomes();
        open().keep(&outcomes);
        let cache = open();
        for (name, (stamp, outcome)) in &outcomes {
            assert_eq!(text_of(&cache.get(name, stamp).unwrap()), text_of(outcome));
            assert!(cache.get(name, &[9; 32]).is_none());
        }
        assert!(cache.get("c", &[1; 32]).is_none());
        assert!(Cache::open(Some(place.path()), Path::new("/other")).get("a", &[1; 32]).is_none());
        Cache::open(None, Path::new("/music")).keep(&outcomes); // goes nowhere
    }

    #[test]
    fn damage_is_no_harm() {
        let place = tempfile::tempdir().unwrap();
        Cache::open(Some(place.path()), Path::new("/music")).keep(&outcomes());
        let path = std::fs::read_dir(place.path().join("data")).unwrap().next().unwrap().unwrap().path();
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 40) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            std::fs::write(&path, &damaged).unwrap();
            assert!(Cache::open(Some(place.path()), Path::new("/music")).get("a", &[1; 32]).is_none());
            // and what is behind the sum is bounded by itself
            if let Ok(known) = postcard::from_bytes::<Known>(&damaged[..damaged.len() - STAMP_BYTES]) {
                known.values().flat_map(|(_, outcome)| outcome).for_each(|record| drop(record.to_cut()));
            }
        }
    }
}
