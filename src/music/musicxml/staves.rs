//! The staves of a part, their clefs, and what stands on them.

use super::bars::Bar;
use super::grid::{Beats, Placed};
use super::kit;
use super::voices::{Chord, voices};
use crate::music::{Note, Part, Pitch, Role};

/// A clef, as MusicXML has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clef {
    /// `G`, `F` or `percussion`.
    pub sign: &'static str,
    /// The line it stands on, from below.
    pub line: Option<u8>,
    /// Octaves that the notes sound higher.
    pub octaves: i8,
}

/// A staff.
#[derive(Debug)]
pub(super) struct Staff {
    /// At its head.
    pub clef: Clef,
    /// Each with its chords in order; at least one.
    pub voices: Vec<Vec<Chord>>,
}

/// A part as it is written.
#[derive(Debug)]
pub(super) struct Sheet {
    /// From top to bottom: one, or two for keyboards.
    pub staves: Vec<Staff>,
    /// Its beats, with the grid of each.
    pub beats: Beats,
    /// Whether it is a kit.
    pub is_drum: bool,
}

const TREBLE: Clef = Clef { sign: "G", line: Some(2), octaves: 0 };
const BASS: Clef = Clef { sign: "F", line: Some(4), octaves: 0 };

impl Sheet {
    /// Lays out a part with these notes, sorted by start.
    pub fn new(part: &Part, notes: &[Note], bars: &[Bar]) -> Self {
        let beats = Beats::new(bars, notes);
        let placed = beats.place(notes);
        let staves = if part.is_drum {
            let clef = Clef { sign: "percussion", line: None, octaves: 0 };
            vec![Staff { clef, voices: kit::voices(&placed, &beats) }]
        } else if is_for_two_hands(part, &placed) {
            let hand = |is_right: bool| {
                let own = placed.iter().copied().filter(|note| (note.pitch >= Pitch::MIDDLE_C) == is_right);
                voices(&own.collect::<Vec<_>>())
            };
            vec![Staff { clef: TREBLE, voices: hand(true) }, Staff { clef: BASS, voices: hand(false) }]
        } else {
            vec![Staff { clef: clef(part, &placed), voices: voices(&placed) }]
        };
        Self { staves, beats, is_drum: part.is_drum }
    }
}

/// Whether a part is written on two staves: keyboards and harps that use both.
fn is_for_two_hands(part: &Part, notes: &[Placed]) -> bool {
    let is_keyboard = matches!(part.program, 0..=7 | 16..=23 | 46);
    let reaches = |test: fn(&u8) -> bool| notes.iter().any(|note| test(&note.pitch.get()));
    is_keyboard && part.role != Role::Melody && reaches(|pitch| *pitch < 55) && reaches(|pitch| *pitch > 64)
}

/// The clef in which most notes are on the staff. Guitars and basses are written an octave higher than they sound.
fn clef(part: &Part, notes: &[Placed]) -> Clef {
    let mut pitches: Vec<Pitch> = notes.iter().map(|note| note.pitch).collect();
    pitches.sort_unstable();
    let middle = pitches.get(pitches.len() / 2).map_or(60, |pitch| pitch.get());
    match part.program {
        24..=31 if middle < 69 => Clef { octaves: -1, ..TREBLE },
        32..=39 | 43 if middle < 52 => Clef { octaves: -1, ..BASS },
        _ if middle < 57 => BASS,
        _ => TREBLE,
    }
}
