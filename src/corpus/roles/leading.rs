//! Which part leads, two bars at a time: the melody of an orchestra goes from one part to the other, so that the part
//! that has it longest may accompany for most of the piece.
//!
//! The weights are those under which the notes that people marked as the melody in orchestral scores are likeliest (a
//! logistic regression). Names took no part in it; of instruments only, that the first of several alike leads more
//! often.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sounding::{Tops, sounding, span_of};
use crate::music::{Note, Part, TICKS_PER_QUARTER, Tick};

/// How long one looks at a time: two bars of four quarters.
const WINDOW: Tick = 8 * TICKS_PER_QUARTER;

/// What one part plays in a window. Shares are from 0 to 1.
struct Look {
    part: usize,
    notes: f64,
    /// Octaves from its notes up to the highest that sounds, on average and at most two.
    below_top: f64,
    loudness: f64,
    /// How many other parts begin a note with one of its notes, on average.
    together: f64,
    /// How many different pitches of eight.
    variety: f64,
    polyphony: f64,
}

/// A note of a part: in which span it begins, its pitch, the part, and its place there. Small, for there may be
/// millions.
type Struck = (u32, u8, u16, u32);

/// How many notes of each part lead, as far as what sounds around them tells.
pub fn led(parts: &[Arc<Part>], tops: &Tops) -> Vec<f64> {
    let struck = struck(parts);
    let together = together(parts, &struck);
    let mut windows: BTreeMap<Tick, Vec<Look>> = BTreeMap::new();
    for (index, together) in together.iter().enumerate() {
        let mut rest = together.as_slice();
        for notes in parts[index].notes.chunk_by(|one, other| one.start / WINDOW == other.start / WINDOW) {
            let (here, behind) = rest.split_at(notes.len().min(rest.len()));
            rest = behind;
            if !here.is_empty() {
                windows.entry(notes[0].start / WINDOW).or_default().push(look(index, notes, here, tops));
            }
        }
    }
    let mut programs = BTreeSet::new();
    let is_first: Vec<bool> = parts.iter().map(|part| sings(part) && programs.insert(part.program)).collect();
    // of each part: from where on its notes are how likely to lead, as a logit
    let mut logits: Vec<Vec<(Tick, f64)>> = vec![Vec::new(); parts.len()];
    for (window, looks) in windows {
        let loudest = looks.iter().map(|look| look.loudness).fold(1e-9, f64::max);
        let others = (looks.len() - 1).max(1) as f64;
        for look in looks {
            let logit = -0.3 - 2.0 * look.below_top - 0.3 * look.notes.ln() + 1.1 * look.loudness / loudest
                - 0.5 * look.together / others
                + 1.8 * look.variety
                - 1.0 * look.polyphony
                + if is_first[look.part] { 0.6 } else { 0.0 };
            logits[look.part].push((window, logit));
        }
    }
    let mut led = vec![0.0; parts.len()];
    for doubled in struck.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        // those who play the same note lead with it or do not
        let logit = |&(.., part, index): &Struck| {
            let (logits, note) = (&logits[usize::from(part)], &parts[usize::from(part)].notes[index as usize]);
            logits[logits.partition_point(|(window, _)| *window <= note.start / WINDOW) - 1].1
        };
        let mean = doubled.iter().map(logit).sum::<f64>() / doubled.len() as f64;
        for &(.., part, _) in doubled {
            led[usize::from(part)] += 1.0 / (1.0 + f64::exp(-mean));
        }
    }
    led
}

fn sings(part: &Part) -> bool {
    !part.is_drum && !part.notes.is_empty()
}

/// All notes of parts that are no kits, by where they begin and by pitch.
fn struck(parts: &[Arc<Part>]) -> Vec<Struck> {
    let pitched = parts.iter().enumerate().filter(|(_, part)| !part.is_drum);
    let of_part = |(part, of): (usize, &Arc<Part>)| {
        let note =
            |(index, note): (usize, &Note)| (span_of(note.start) as u32, note.pitch.get(), part as u16, index as u32);
        of.notes.iter().enumerate().map(note).collect::<Vec<Struck>>()
    };
    let mut struck: Vec<Struck> = pitched.flat_map(of_part).collect();
    struck.sort_unstable();
    struck
}

/// How many other parts begin a note with each note of each part that is no kit.
fn together(parts: &[Arc<Part>], struck: &[Struck]) -> Vec<Vec<u16>> {
    let mut together: Vec<Vec<u16>> =
        parts.iter().map(|part| vec![0; if part.is_drum { 0 } else { part.notes.len() }]).collect();
    for at_once in struck.chunk_by(|one, other| one.0 == other.0) {
        let playing: BTreeSet<u16> = at_once.iter().map(|(.., part, _)| *part).collect();
        for &(.., part, index) in at_once {
            together[usize::from(part)][index as usize] = playing.len() as u16 - 1;
        }
    }
    together
}

fn look(part: usize, notes: &[Note], together: &[u16], tops: &Tops) -> Look {
    let count = notes.len() as f64;
    let mean = |of: &dyn Fn(&Note) -> f64| notes.iter().map(of).sum::<f64>() / count;
    let below_top = |note: &Note| f64::from(tops.above(note).unwrap_or(0).min(24)) / 12.0;
    let (_, any, sum) = sounding(notes);
    let pitches: BTreeSet<u8> = notes.iter().map(|note| note.pitch.get()).collect();
    Look {
        part,
        notes: count,
        below_top: mean(&below_top),
        loudness: mean(&|note| f64::from(note.velocity.get())),
        together: together.iter().map(|others| f64::from(*others)).sum::<f64>() / count,
        variety: pitches.len().min(8) as f64 / 8.0,
        polyphony: (sum / f64::max(any, 1.0)).min(3.0),
    }
}
