//! Which pieces are held out: by the files' names where they say so, else by a hash of the tune.
//!
//! The hash does not depend on order, key or file names, so pieces with the same tune are on the same side, and adding
//! files moves no piece from one side to the other.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::music::Grid;

use super::dataset::{Piece, ReadOptions, Split};

/// Decides which of the pieces are held out; at least one piece is held out, and one is not, where there are two.
pub fn decide(pieces: &mut [Piece], options: &ReadOptions) {
    let claims = |wanted| pieces.iter().any(|piece| claimed_split(&piece.name) == Some(wanted));
    let given = claims(Split::Train) && claims(Split::Valid);
    // sections of a file go together: the first one decides
    let mut files: BTreeMap<String, (u64, Split)> = BTreeMap::new();
    for piece in pieces.iter() {
        files.entry(piece.file().to_owned()).or_insert_with(|| {
            let number = number(&piece.melody, options.seed);
            let by_hash = if number.is_multiple_of(options.valid_one_in.max(2)) { Split::Valid } else { Split::Train };
            let claimed = if given { claimed_split(&piece.name) } else { None };
            (number, claimed.unwrap_or(by_hash))
        });
    }
    for missing in [Split::Valid, Split::Train] {
        let one_side = files.len() >= 2 && files.values().all(|(_, split)| *split != missing);
        if let Some((_, split)) = files.values_mut().min_by_key(|(number, _)| *number).filter(|_| one_side) {
            *split = missing;
        }
    }
    for piece in pieces {
        if let Some((_, split)) = files.get(piece.file()) {
            piece.split = *split;
        }
    }
}

/// Which side a file's name claims for it.
fn claimed_split(name: &str) -> Option<Split> {
    let file = name.rsplit('/').next().unwrap_or(name);
    if file.starts_with("train_") {
        Some(Split::Train)
    } else if file.starts_with("valid_") {
        Some(Split::Valid)
    } else {
        None
    }
}

/// A number that follows from the tune (in any key) and the seed.
fn number(melody: &Grid, seed: u64) -> u64 {
    let origin = (0..melody.steps()).find_map(|step| melody.onsets(step).next()).unwrap_or(0);
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash_onsets(&mut hash, melody, origin as i32);
    let bytes: [u8; 32] = hash.finalize().into();
    u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
}

/// Feeds the notes struck, with pitches counted from `origin`.
pub fn hash_onsets(hash: &mut Sha256, grid: &Grid, origin: i32) {
    for step in 0..grid.steps() {
        for pitch in grid.onsets(step) {
            hash.update((step as u32).to_le_bytes());
            hash.update((pitch as i32 - origin).to_le_bytes());
        }
    }
    hash.update(b"end");
}
