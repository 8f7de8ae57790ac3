//! What the parts of a data set are called, which is what a model trained on it will call them.

use std::collections::BTreeMap;

use super::dataset::{Dataset, Split};
use crate::music::Role;

impl Dataset {
    /// The name and program that most pieces give the part of a role, where one track plays it and most agree.
    pub fn agreed_track(&self, role: Role) -> Option<(String, u8)> {
        let mut counts: BTreeMap<(&str, u8), usize> = BTreeMap::new();
        let mut pieces = 0;
        for piece in self.split(Split::Train) {
            let mut tracks = piece.roles.iter().filter(|found| found.role == role);
            let Some(track) = tracks.next() else { continue };
            pieces += 1;
            if tracks.next().is_none() && track.track.parse::<usize>().is_err() {
                *counts.entry((&track.track, track.program)).or_insert(0) += 1;
            }
        }
        let ((name, program), count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        (count * 2 > pieces).then(|| (name.to_owned(), program))
    }
}

/// What the part of a role is called where the pieces agree on no name.
pub const fn usual_name(role: Role) -> &'static str {
    match role {
        Role::Melody => "Melody",
        Role::Bass => "Bass",
        Role::Drums => "Drums",
        Role::Chords => "Chords",
        Role::Pad => "Pad",
        Role::Guitar => "Guitar",
        Role::Alto => "Alto",
        Role::Tenor => "Tenor",
        Role::Other => "Other",
    }
}
