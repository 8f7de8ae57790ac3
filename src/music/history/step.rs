//! A step of the history: a score told by the one on the other side, its changed notes in a few bytes each.

use std::sync::Arc;

use crate::music::{ControlEvent, Note, Part, Score};

/// What a step did, and the score on its other side: before it where it can be undone, behind it where it can be
/// redone.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Its number; both sides of a step have the same.
    pub(super) number: u64,
    pub(super) label: String,
    /// All but the parts.
    pub(super) score: Score,
    parts: Vec<PackedPart>,
    /// What the parts take that the score on this side does not have.
    pub(super) bytes: usize,
}

#[derive(Clone, Debug)]
enum PackedPart {
    /// The part at this index on this side.
    Same(usize),
    /// Another one: all but its notes, and those as [`packed`].
    Changed(Box<Part>, Box<[u8]>),
}

impl Step {
    /// Packs a score that is left for its neighbour.
    pub(super) fn new(number: u64, label: String, score: &Score, neighbour: &Score) -> Self {
        let pack = |part: &Arc<Part>| match neighbour.parts.iter().position(|other| Arc::ptr_eq(other, part)) {
            Some(index) => PackedPart::Same(index),
            None => PackedPart::Changed(Box::new(without_notes(part)), packed(&part.notes)),
        };
        let parts: Vec<_> = score.parts.iter().map(pack).collect();
        let bytes = parts.iter().map(PackedPart::bytes).sum();
        Self { number, label, score: Score { parts: Vec::new(), ..score.clone() }, parts, bytes }
    }

    /// The score on the other side, given the one on this side.
    pub(super) fn unpacked(&self, neighbour: &Score) -> Score {
        let unpack = |part: &PackedPart| match part {
            PackedPart::Same(index) => Arc::clone(&neighbour.parts[*index]),
            PackedPart::Changed(part, notes) => Arc::new(Part { notes: unpacked(notes), ..Part::clone(part) }),
        };
        Score { parts: self.parts.iter().map(unpack).collect(), ..self.score.clone() }
    }
}

impl PackedPart {
    fn bytes(&self) -> usize {
        match self {
            Self::Same(_) => 0,
            Self::Changed(part, notes) => {
                size_of::<Part>() + notes.len() + size_of_val::<[ControlEvent]>(&part.controls)
            }
        }
    }
}

fn without_notes(part: &Part) -> Part {
    Part {
        name: part.name.clone(),
        notes: Vec::new(),
        controls: part.controls.clone(),
        fine: part.fine.clone(),
        ..*part
    }
}

/// Notes in some four bytes each instead of twelve: small numbers are short, and a start counts from the one before.
fn packed(notes: &[Note]) -> Box<[u8]> {
    let before = [0].into_iter().chain(notes.iter().map(|note| note.start));
    let from_before = |(note, before): (&Note, u32)| Note { start: note.start.wrapping_sub(before), ..*note };
    let notes: Vec<Note> = notes.iter().zip(before).map(from_before).collect();
    postcard::to_stdvec(&notes).expect("numbers can always be written").into_boxed_slice()
}

fn unpacked(bytes: &[u8]) -> Vec<Note> {
    let mut notes: Vec<Note> = postcard::from_bytes(bytes).expect("we wrote them ourselves");
    let mut start = 0_u32;
    for note in &mut notes {
        start = start.wrapping_add(note.start);
        note.start = start;
    }
    notes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{packed, unpacked};
    use crate::music::{Note, Pitch, Velocity};

    proptest! {
        #[test]
        fn any_notes_come_back(numbers in prop::collection::vec((any::<u32>(), 0..128, any::<u32>(), 1..128), 0..50)) {
            let note = |(start, pitch, duration, velocity)| {
                Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(velocity) }
            };
            let notes: Vec<Note> = numbers.into_iter().map(note).collect();
            prop_assert_eq!(unpacked(&packed(&notes)), notes);
        }
    }
}
