//! What was read of the files of a folder, remembered until they change: a second look at ten thousand files is a
//! matter of seconds.
//!
//! One file for each folder, in a place for what can be made again. What in it is not as it should be, is read anew.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dataset::{FoundRole, Piece, Split};
use super::pieces::Cut;
use crate::music::{Cell, Grid, Role};
use crate::whole_file;

/// To be raised whenever reading comes to something else: roles, grids, reasons.
const FORMAT: u32 = 1;
/// Larger ones are not ours.
const MOST_BYTES: u64 = 4 << 30;
const STAMP_BYTES: usize = 32;

/// By what a file is known to be the same, read in the same way.
pub type Stamp = [u8; STAMP_BYTES];
/// What became of a file.
pub type Outcome = Result<Cut, String>;

/// What is remembered of a folder.
#[derive(Debug)]
pub struct Cache {
    path: Option<PathBuf>,
    bytes: Vec<u8>,
    known: HashMap<String, (Stamp, Range<usize>)>,
}

/// All of a [`Cut`] but its grids.
#[derive(Serialize, Deserialize)]
struct Head {
    pieces: Vec<PieceHead>,
    left_out: Vec<(usize, String)>,
    refused: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct PieceHead {
    name: String,
    steps_per_bar: usize,
    steps: usize,
    parts: Vec<Role>,
    roles: Vec<FoundRole>,
}

impl Cache {
    /// What is remembered of `folder` below `place`; nothing, where there is no place.
    pub fn open(place: Option<&Path>, folder: &Path) -> Self {
        let path = place.map(|place| {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
            let hash = Sha256::digest(folder.to_string_lossy().as_bytes());
            let name = format!("{hash:x}");
            let name = &name[..24];
            place.join("data").join(format!("{name}.bin"))
        });
        let bytes = path.as_deref().and_then(read_checked).unwrap_or_default();
        let known = index(&bytes).unwrap_or_default();
        Self { path, bytes, known }
    }

    /// What became of a file, where that is known and the file is as it was.
    pub fn get(&self, name: &str, stamp: &Stamp) -> Option<Outcome> {
        let (known, range) = self.known.get(name)?;
        if known != stamp {
            return None;
        }
        decode(self.bytes.get(range.clone())?)
    }

    /// Whether a file is known as it is.
    fn knows(&self, name: &str, stamp: &Stamp) -> bool {
        self.known.get(name).is_some_and(|(known, _)| known == stamp)
    }

    /// Remembers what became of all files, where that is not what is known.
    pub fn keep(&self, outcomes: &BTreeMap<String, (Stamp, Outcome)>) {
        let Some(path) = &self.path else { return };
        let is_known = outcomes.iter().all(|(name, (stamp, _))| self.knows(name, stamp));
        if is_known && outcomes.len() == self.known.len() {
            return;
        }
        let mut bytes = Vec::new();
        for (name, (stamp, outcome)) in outcomes {
            let body = encode(outcome);
            put(&mut bytes, name.as_bytes());
            bytes.extend(stamp);
            put(&mut bytes, &body);
        }
        let check = Sha256::digest(&bytes);
        bytes.extend(check);
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

fn read_checked(path: &Path) -> Option<Vec<u8>> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    if metadata.len() > MOST_BYTES {
        return None;
    }
    let mut bytes = std::fs::read(path).ok()?;
    let body = bytes.len().checked_sub(STAMP_BYTES)?;
    let is_whole = Sha256::digest(&bytes[..body]).as_slice() == &bytes[body..];
    bytes.truncate(body);
    is_whole.then_some(bytes)
}

fn put(bytes: &mut Vec<u8>, field: &[u8]) {
    bytes.extend((field.len() as u32).to_le_bytes());
    bytes.extend(field);
}

/// Takes a number from the front.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number) as usize)
}

fn index(bytes: &[u8]) -> Option<HashMap<String, (Stamp, Range<usize>)>> {
    let mut known = HashMap::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = number(&mut rest)?;
        let name = std::str::from_utf8(rest.get(..length)?).ok()?.to_owned();
        rest = &rest[length..];
        let (stamp, after) = rest.split_first_chunk::<STAMP_BYTES>()?;
        rest = after;
        let length = number(&mut rest)?;
        let start = bytes.len() - rest.len();
        rest = rest.get(length..)?;
        known.insert(name, (*stamp, start..start + length));
    }
    Some(known)
}

fn encode(outcome: &Outcome) -> Vec<u8> {
    let head = match outcome {
        Ok(cut) => {
            Head { pieces: cut.pieces.iter().map(head_of).collect(), left_out: cut.left_out.clone(), refused: None }
        }
        Err(reason) => Head { pieces: Vec::new(), left_out: Vec::new(), refused: Some(reason.clone()) },
    };
    let mut bytes = Vec::new();
    put(&mut bytes, &serde_json::to_vec(&head).unwrap_or_default());
    for piece in outcome.iter().flat_map(|cut| &cut.pieces) {
        for grid in std::iter::once(&piece.melody).chain(piece.parts.iter().map(|(_, grid)| grid)) {
            put_grid(&mut bytes, grid);
        }
    }
    bytes
}

fn head_of(piece: &Piece) -> PieceHead {
    PieceHead {
        name: piece.name.clone(),
        steps_per_bar: piece.steps_per_bar,
        steps: piece.steps(),
        parts: piece.parts.iter().map(|(role, _)| *role).collect(),
        roles: piece.roles.clone(),
    }
}

fn decode(mut bytes: &[u8]) -> Option<Outcome> {
    let length = number(&mut bytes)?;
    let head: Head = serde_json::from_slice(bytes.get(..length)?).ok()?;
    bytes = &bytes[length..];
    if let Some(reason) = head.refused {
        return Some(Err(reason));
    }
    let mut cut = Cut { pieces: Vec::new(), left_out: head.left_out };
    for piece in head.pieces {
        if piece.steps as i64 > super::pieces::MOST_STEPS + 256 || piece.steps_per_bar == 0 {
            return None;
        }
        let melody = take_grid(&mut bytes, piece.steps)?;
        let grids = piece.parts.iter().map(|role| Some((*role, take_grid(&mut bytes, piece.steps)?)));
        cut.pieces.push(Piece {
            parts: grids.collect::<Option<_>>()?,
            name: piece.name,
            split: Split::Train, // decided when all pieces are known
            steps_per_bar: piece.steps_per_bar,
            melody,
            roles: piece.roles,
        });
    }
    Some(Ok(cut))
}

/// Notes as pitch (with a bit for what is held from before), first step and length.
fn put_grid(bytes: &mut Vec<u8>, grid: &Grid) {
    let at = bytes.len();
    put(bytes, &[]);
    let mut count = 0_u32;
    for step in 0..grid.steps() {
        for pitch in grid.sounding(step) {
            let begins = grid.get(step, pitch) == Cell::Onset;
            if !begins && step > 0 && grid.sounds(step - 1, pitch) {
                continue; // told with its beginning
            }
            let goes_on = |at: &usize| grid.get(*at, pitch) == Cell::Held;
            let length = 1 + (step + 1..grid.steps()).take_while(goes_on).count();
            bytes.push(pitch as u8 | u8::from(!begins) << 7);
            bytes.extend((step as u32).to_le_bytes());
            bytes.extend((length as u32).to_le_bytes());
            count += 1;
        }
    }
    bytes[at..at + 4].copy_from_slice(&count.to_le_bytes());
}

fn take_grid(bytes: &mut &[u8], steps: usize) -> Option<Grid> {
    let mut grid = Grid::silent(steps);
    for _ in 0..number(bytes)? {
        let (&pitch, rest) = bytes.split_first()?;
        *bytes = rest;
        let (first, length) = (number(bytes)?, number(bytes)?);
        if first.checked_add(length)? > steps || length == 0 {
            return None;
        }
        let begins = pitch & 0x80 == 0;
        for step in first..first + length {
            let cell = if begins && step == first { Cell::Onset } else { Cell::Held };
            grid.set(step, usize::from(pitch & 0x7F), cell);
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

    fn told(outcome: &Outcome) -> String {
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
            assert_eq!(told(&cache.get(name, stamp).unwrap()), told(outcome));
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
            if let Some(known) = index(&damaged[..damaged.len() - STAMP_BYTES]) {
                for (_, range) in known.values() {
                    let _ = decode(&damaged[range.clone()]);
                }
            }
        }
    }
}
