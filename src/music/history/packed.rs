//! A score that is put away, told by how it differs from the one beside it: parts that are the same are only named, and
//! of the others only what changed is kept, in a few bytes a note. Ten thousand notes changed are some 60 kB.

use std::sync::Arc;

use crate::music::{ControlEvent, Note, Part, Pitch, Score, Tick, Velocity};

/// A score put away beside another one.
#[derive(Clone, Debug)]
pub(super) struct PackedScore {
    /// All but the parts.
    shell: Score,
    parts: Vec<PackedPart>,
}

#[derive(Clone, Debug)]
enum PackedPart {
    /// That part of the score beside it.
    Same(usize),
    /// The part of that place in the score beside it, but for this.
    Changed {
        /// The part without notes and controls.
        shell: Box<Part>,
        notes: Splice<u8>,
        controls: Splice<ControlEvent>,
    },
    /// There is nothing beside it to tell it by.
    Whole(Arc<Part>),
}

/// A list told by another one: its first and last items are the other's.
#[derive(Clone, Debug)]
struct Splice<T> {
    first: usize,
    last: usize,
    between: Box<[T]>,
}

impl PackedScore {
    /// Puts a score away; `beside` must be there to take it out again.
    pub(super) fn pack(score: &Score, beside: &Score) -> Self {
        let pack = |(index, part): (usize, &Arc<Part>)| {
            if let Some(same) = beside.parts.iter().position(|other| Arc::ptr_eq(other, part)) {
                return PackedPart::Same(same);
            }
            let Some(other) = beside.parts.get(index) else {
                return PackedPart::Whole(Arc::clone(part));
            };
            let (first, last) = common_ends(&part.notes, &other.notes);
            let (first_control, last_control) = common_ends(&part.controls, &other.controls);
            PackedPart::Changed {
                shell: Box::new(shell_of(part)),
                notes: Splice { first, last, between: encode(&part.notes[first..part.notes.len() - last]) },
                controls: Splice {
                    first: first_control,
                    last: last_control,
                    between: part.controls[first_control..part.controls.len() - last_control].into(),
                },
            }
        };
        Self {
            parts: score.parts.iter().enumerate().map(pack).collect(),
            shell: Score { parts: Vec::new(), ..score.clone() },
        }
    }

    /// Says which composition this is, where that was not said.
    pub(super) fn name(&mut self, id: u64) {
        if self.shell.id == 0 {
            self.shell.id = id;
        }
    }

    /// Takes the score out again.
    pub(super) fn unpack(self, beside: &Score) -> Score {
        let unpack = |(index, part): (usize, PackedPart)| match part {
            PackedPart::Same(same) => Arc::clone(&beside.parts[same]),
            PackedPart::Whole(part) => part,
            PackedPart::Changed { shell, notes, controls } => {
                let other = &beside.parts[index];
                let between = decode(&notes.between);
                Arc::new(Part {
                    notes: spliced(&other.notes, notes.first, notes.last, &between),
                    controls: spliced(&other.controls, controls.first, controls.last, &controls.between),
                    ..*shell
                })
            }
        };
        Score { parts: self.parts.into_iter().enumerate().map(unpack).collect(), ..self.shell }
    }
}

fn shell_of(part: &Part) -> Part {
    Part { name: part.name.clone(), notes: Vec::new(), controls: Vec::new(), ..*part }
}

/// How many items two lists have in common at their beginnings and ends.
fn common_ends<T: PartialEq>(one: &[T], other: &[T]) -> (usize, usize) {
    let first = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let rests = one[first..].iter().rev().zip(other[first..].iter().rev());
    (first, rests.take_while(|(a, b)| a == b).count())
}

fn spliced<T: Copy>(other: &[T], first: usize, last: usize, between: &[T]) -> Vec<T> {
    let mut list = Vec::with_capacity(first + between.len() + last);
    list.extend_from_slice(&other[..first]);
    list.extend_from_slice(between);
    list.extend_from_slice(&other[other.len() - last..]);
    list
}

/// Notes in a few bytes each: starts as distances, numbers as long as they must be (seven bits a byte).
fn encode(notes: &[Note]) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(notes.len() * 6);
    let mut before = 0_i64;
    for note in notes {
        let distance = i64::from(note.start) - before;
        before = i64::from(note.start);
        put_number(&mut bytes, ((distance << 1) ^ (distance >> 63)) as u64); // small either way
        put_number(&mut bytes, u64::from(note.duration));
        bytes.extend([note.pitch.get(), note.velocity.get()]);
    }
    bytes.into_boxed_slice()
}

fn decode(mut bytes: &[u8]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut before = 0_i64;
    while !bytes.is_empty() {
        let distance = take_number(&mut bytes);
        before += (distance >> 1) as i64 ^ -((distance & 1) as i64);
        let duration = take_number(&mut bytes) as Tick;
        let [pitch, velocity, rest @ ..] = bytes else { break };
        notes.push(Note {
            start: before as Tick,
            pitch: Pitch::clamped(i32::from(*pitch)),
            duration,
            velocity: Velocity::clamped(i32::from(*velocity)),
        });
        bytes = rest;
    }
    notes
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let [byte, rest @ ..] = *bytes else { break };
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::music::Control;

    fn any_part() -> impl Strategy<Value = Part> {
        let note = (any::<u32>(), 0_i32..128, 1_u32.., 1_i32..128).prop_map(|(start, pitch, duration, velocity)| {
            Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(velocity) }
        });
        let control = (any::<u32>(), -8192_i16..8192)
            .prop_map(|(tick, value)| ControlEvent { tick, control: Control::PitchBend(value) });
        (prop::collection::vec(note, 0..30), prop::collection::vec(control, 0..6), any::<bool>())
            .prop_map(|(notes, controls, muted)| Part { muted, notes, controls, ..Part::new("Lead", 3) })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_put_away_comes_out_the_same(parts in prop::collection::vec(any_part(), 0..4), others in prop::collection::vec(any_part(), 0..4), shared in 0_usize..4) {
            let score = Score { title: "One".into(), parts: parts.into_iter().map(Arc::new).collect(), ..Score::default() };
            let mut beside = Score { parts: others.into_iter().map(Arc::new).collect(), ..Score::default() };
            if let Some(part) = score.parts.get(shared) {
                beside.parts.push(Arc::clone(part));
                let mut near = Part::clone(part);
                near.notes.truncate(3);
                beside.parts.insert(0, Arc::new(near));
            }
            prop_assert_eq!(PackedScore::pack(&score, &beside).unpack(&beside), score);
        }
    }

    #[test]
    fn one_note_moved_among_many_is_a_few_bytes() {
        let note = |start: Tick| Note { start, pitch: Pitch::MIDDLE_C, duration: 120, velocity: Velocity::DEFAULT };
        let part = Part { notes: (0..10_000).map(|index| note(index * 120)).collect(), ..Part::default() };
        let mut moved = part.clone();
        moved.notes[5000].start += 7;
        let score = |part: &Part| Score { parts: vec![Arc::new(part.clone())], ..Score::default() };
        let packed = PackedScore::pack(&score(&part), &score(&moved));
        let PackedPart::Changed { notes, .. } = &packed.parts[0] else { panic!("{packed:?}") };
        assert!(notes.between.len() <= 8, "{}", notes.between.len());
        assert!(encode(&part.notes).len() <= 60_000);
    }
}
