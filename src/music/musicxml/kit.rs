//! Where the strokes of a kit stand on a drum staff.

use super::grid::{Beats, Placed};
use super::voices::Chord;
use crate::music::{Pitch, Tick};

/// How a stroke is written: letter and octave as in a treble clef, and the head of its note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stroke {
    /// The letter of its place.
    pub step: &'static str,
    /// The octave of its place.
    pub octave: i32,
    /// The head, as MusicXML calls it.
    pub head: &'static str,
}

/// The usual place of a General MIDI key.
pub(super) fn stroke(pitch: Pitch) -> Stroke {
    let (step, octave, head) = match pitch.get() {
        35 | 36 => ("F", 4, "normal"),
        37 => ("C", 5, "slashed"),
        38 | 40 => ("C", 5, "normal"),
        39 => ("C", 5, "x"),
        41 => ("G", 4, "normal"),
        42 => ("G", 5, "x"),
        43 => ("A", 4, "normal"),
        44 => ("D", 4, "x"),
        45 => ("B", 4, "normal"),
        46 => ("G", 5, "circle-x"),
        47 => ("D", 5, "normal"),
        48 => ("E", 5, "normal"),
        50 => ("F", 5, "normal"),
        49 | 52 | 55 | 57 => ("A", 5, "x"),
        51 | 59 => ("F", 5, "x"),
        53 => ("F", 5, "diamond"),
        54 => ("B", 5, "x"),
        56 => ("E", 5, "triangle"),
        other if other < 60 => ("B", 4, "triangle"),
        _ => ("D", 5, "triangle"),
    };
    Stroke { step, octave, head }
}

/// Whether the foot plays it: the kick and the pedal of the hi-hat, whose stems go down.
fn is_foot(pitch: Pitch) -> bool {
    matches!(pitch.get(), 35 | 36 | 44)
}

/// Hands and feet, each a voice. A stroke has no length: it is written up to the next one, at most to the end of its
/// beat.
pub(super) fn voices(strokes: &[Placed], beats: &Beats) -> Vec<Vec<Chord>> {
    let of = |feet: bool| {
        let own: Vec<&Placed> = strokes.iter().filter(|stroke| is_foot(stroke.pitch) == feet).collect();
        let starts: Vec<Tick> = own.iter().map(|stroke| stroke.start).collect();
        own.chunk_by(|a, b| a.start == b.start)
            .map(|together| {
                let start = together[0].start;
                let next = starts.get(starts.partition_point(|&other| other <= start)).copied();
                let end = beats.at(start).end.min(next.unwrap_or(Tick::MAX));
                let mut pitches: Vec<Pitch> = together.iter().map(|stroke| stroke.pitch).collect();
                pitches.dedup(); // sorted: strokes are
                Chord { start, end, pitches }
            })
            .collect::<Vec<_>>()
    };
    vec![of(false), of(true)]
}
