//! Edits that give each note a place and a length of its own.

use std::ops::Range;

use super::place::{place, place_apart};
use crate::music::{
    Key, MAX_TICK, MetreMap, Note, Part, Pitch, Tick,
    quantise::{Humanise, Quantise},
    selection::Selection,
};

/// Cuts each note in two where it sounds at a tick. Returns the selection with both halves in it.
pub fn split(part: &mut Part, selection: &Selection, at: Tick) -> Selection {
    let halves = |note: &Note| {
        let cut = at > note.start && at < note.end();
        let first = Note { duration: if cut { at - note.start } else { note.duration }, ..*note };
        let second = cut.then(|| Note { start: at, duration: note.end() - at, ..*note });
        std::iter::once(first).chain(second)
    };
    let notes = selection.notes().iter().flat_map(halves).collect();
    place(part, selection, notes)
}

/// Makes one note of all those selected of a pitch, from the first start to the last end.
pub fn join(part: &mut Part, selection: &Selection) -> Selection {
    let mut by_pitch: [Option<Note>; 128] = [None; 128];
    for note in selection.notes() {
        let joined = by_pitch[usize::from(note.pitch.get())].get_or_insert(*note);
        joined.duration = joined.end().max(note.end()) - joined.start;
    }
    place(part, selection, by_pitch.into_iter().flatten().collect())
}

/// Holds each note until the next one of the selection begins; the last keeps its length. Chords stay chords.
pub fn legato(part: &mut Part, selection: &Selection) -> Selection {
    let starts: Vec<Tick> = selection.notes().iter().map(|note| note.start).collect();
    let held = selection.map(|note| {
        let next = starts.partition_point(|&start| start <= note.start);
        Note { duration: starts.get(next).map_or(note.duration, |start| start - note.start), ..note }
    });
    place(part, selection, held)
}

/// Plays the selection backwards within a span that it lies in. Lengths stay.
pub fn reverse(part: &mut Part, selection: &Selection, span: &Range<Tick>) -> Selection {
    let mirrored = selection.map(|note| Note { start: span.start + (span.end - note.end()), ..note });
    place_apart(part, selection, mirrored)
}

/// Stretches or squeezes a span that the selection lies in to a length; `None` if that is no length, or too long.
pub fn stretch(part: &mut Part, selection: &Selection, span: &Range<Tick>, length: Tick) -> Option<Selection> {
    if length == 0 || length > MAX_TICK - span.start {
        return None;
    }
    let before = u64::from(span.end - span.start);
    let place_of = |tick: Tick| {
        let offset = u64::from(tick - span.start) * u64::from(length);
        span.start + ((offset + before / 2) / before) as Tick
    };
    let stretched = selection.map(|note| {
        let start = place_of(note.start).min(span.start + length - 1);
        Note { start, duration: place_of(note.end()).saturating_sub(start).max(1), ..note }
    });
    Some(place_apart(part, selection, stretched))
}

/// Moves each note that is outside a scale to the scale's nearest pitch, the lower one of two.
pub fn snap_to_scale(part: &mut Part, selection: &Selection, key: Key) -> Selection {
    let snapped = selection.map(|note| Note { pitch: nearest_in_scale(note.pitch, key), ..note });
    place_apart(part, selection, snapped)
}

/// The pitch of a scale that is nearest to a pitch, the lower one of two.
pub fn nearest_in_scale(pitch: Pitch, key: Key) -> Pitch {
    (0..12)
        .flat_map(|distance| [-distance, distance])
        .filter_map(|semitones| pitch.transposed(semitones))
        .find(|near| key.contains(near.class()))
        .unwrap_or(pitch)
}

/// Quantises the selection to a grid.
pub fn quantise(part: &mut Part, selection: &Selection, quantise: &Quantise, metre: &MetreMap) -> Selection {
    let mut notes = selection.notes().to_vec();
    quantise.apply(&mut notes, metre);
    place_apart(part, selection, notes)
}

/// Humanises the selection: small random changes of timing and velocity.
pub fn humanise(part: &mut Part, selection: &Selection, humanise: &Humanise) -> Selection {
    let mut notes = selection.notes().to_vec();
    humanise.apply(&mut notes);
    place_apart(part, selection, notes)
}
