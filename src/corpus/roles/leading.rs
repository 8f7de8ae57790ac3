//! Which part leads, two bars at a time: the melody of an orchestra goes from one part to the other, so that the part
//! that has it longest may accompany for most of the piece.
//!
//! The weights are those under which the notes that people marked as the melody in orchestral scores, and the tunes of
//! songs, lieder and lead sheets, are likeliest (a logistic regression). Names took no part in it; of instruments only,
//! that the first of several alike leads more often.

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
    /// Mean pitch in octaves.
    height: f64,
    loudness: f64,
    /// How many other parts begin a note with one of its notes, on average.
    together: f64,
    /// Share of its notes that another part plays, too.
    unison: f64,
    /// How many different pitches of eight.
    variety: f64,
    polyphony: f64,
}

/// How many notes of each part lead, as far as what sounds around them tells.
pub fn led(parts: &[Arc<Part>], tops: &Tops) -> Vec<f64> {
    let company = company(parts);
    let mut windows: BTreeMap<Tick, Vec<Look>> = BTreeMap::new();
    for (index, company) in company.iter().enumerate() {
        let mut rest = company.as_slice();
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
    let mut led = vec![0.0; parts.len()];
    for looks in windows.values() {
        let most = |of: fn(&Look) -> f64| looks.iter().map(of).fold(1e-9, f64::max);
        let (highest, loudest) = (most(|look| look.height), most(|look| look.loudness));
        let others = (looks.len() - 1).max(1) as f64;
        for look in looks {
            let sum = 2.1 - 1.5 * look.below_top + 0.4 * (look.height - highest) - 0.4 * look.notes.ln()
                + 1.3 * look.loudness / loudest
                - 1.0 * look.together / others
                + 0.8 * look.unison
                + 1.1 * look.variety
                - 3.3 * look.polyphony
                + if is_first[look.part] { 1.0 } else { 0.0 };
            led[look.part] += look.notes / (1.0 + f64::exp(-sum));
        }
    }
    led
}

fn sings(part: &Part) -> bool {
    !part.is_drum && !part.notes.is_empty()
}

/// What begins together with a note: how many other parts, and whether one of them has its pitch.
#[derive(Clone, Copy, Default)]
struct Company {
    parts: u16,
    is_unison: bool,
}

/// Of each note of each part that is no kit.
fn company(parts: &[Arc<Part>]) -> Vec<Vec<Company>> {
    let mut company: Vec<Vec<Company>> =
        parts.iter().map(|part| vec![Company::default(); if part.is_drum { 0 } else { part.notes.len() }]).collect();
    // where, which pitch, and by which note of which part: small, for there may be millions
    let mut struck: Vec<(u32, u8, u16, u32)> = Vec::new();
    for (part, notes) in company.iter().enumerate() {
        let places = parts[part].notes.iter().take(notes.len()).enumerate();
        struck.extend(
            places.map(|(index, note)| (span_of(note.start) as u32, note.pitch.get(), part as u16, index as u32)),
        );
    }
    struck.sort_unstable();
    for together in struck.chunk_by(|one, other| one.0 == other.0) {
        let playing: BTreeSet<u16> = together.iter().map(|(.., part, _)| *part).collect();
        for same in together.chunk_by(|one, other| one.1 == other.1) {
            let is_unison = same[0].2 != same[same.len() - 1].2;
            for &(.., part, index) in same {
                company[usize::from(part)][index as usize] = Company { parts: playing.len() as u16 - 1, is_unison };
            }
        }
    }
    company
}

fn look(part: usize, notes: &[Note], company: &[Company], tops: &Tops) -> Look {
    let count = notes.len() as f64;
    let mean = |of: &dyn Fn(&Note) -> f64| notes.iter().map(of).sum::<f64>() / count;
    let below_top = |note: &Note| f64::from(tops.above(note).unwrap_or(0).min(24)) / 12.0;
    let (_, any, sum) = sounding(notes);
    let pitches: BTreeSet<u8> = notes.iter().map(|note| note.pitch.get()).collect();
    Look {
        part,
        notes: count,
        below_top: mean(&below_top),
        height: mean(&|note| f64::from(note.pitch.get()) / 12.0),
        loudness: mean(&|note| f64::from(note.velocity.get())),
        together: company.iter().map(|company| f64::from(company.parts)).sum::<f64>() / count,
        unison: company.iter().filter(|company| company.is_unison).count() as f64 / count,
        variety: pitches.len().min(8) as f64 / 8.0,
        polyphony: (sum / f64::max(any, 1.0)).min(3.0),
    }
}
