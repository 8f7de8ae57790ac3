//! What sounds when.

use std::sync::Arc;

use crate::music::{Note, Part, TICKS_PER_QUARTER, Tick};

/// The highest pitch that sounds in each span of an eighth's triplet half, over all parts but kits.
pub struct Tops(Vec<u8>);

const SPAN: Tick = TICKS_PER_QUARTER / 6;
/// Longer pieces are looked at in part.
const MOST_SPANS: usize = 1 << 20;

impl Tops {
    /// Of a piece that ends there.
    pub fn of(parts: &[Arc<Part>], end: Tick) -> Self {
        let spans = ((end / SPAN) as usize + 1).min(MOST_SPANS);
        // by starts first: a note is looked at where it begins, and so are those that still sound there
        let mut highest = vec![0_u8; spans];
        for note in parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes) {
            let first = span_of(note.start);
            let last = span_of(note.end().saturating_sub(SPAN / 2)).max(first);
            // long notes stand for at most four bars, so that hostile ones cost little
            for span in highest.iter_mut().take(last.saturating_add(1)).skip(first).take(96) {
                *span = (*span).max(note.pitch.get());
            }
        }
        Self(highest)
    }

    /// Semitones from a note up to the highest that sounds as it begins; `None` where nothing was looked at.
    pub fn above(&self, note: &Note) -> Option<u8> {
        self.0.get(span_of(note.start)).map(|top| top.saturating_sub(note.pitch.get()))
    }
}

/// The span in which a note that begins there is played, however it is humanised.
pub const fn span_of(tick: Tick) -> usize {
    ((tick + SPAN / 2) / SPAN) as usize
}

/// Ticks in which one note sounds, in which any does, and the sum over notes.
pub fn sounding(notes: &[Note]) -> (f64, f64, f64) {
    let mut edges: Vec<(Tick, i32)> = notes.iter().flat_map(|note| [(note.start, 1), (note.end(), -1)]).collect();
    edges.sort_unstable();
    let (mut sounding, mut since) = (0_i32, 0);
    let (mut one, mut any, mut sum) = (0.0, 0.0, 0.0);
    for (tick, change) in edges {
        let span = f64::from(tick - since);
        if sounding > 0 {
            any += span;
            sum += span * f64::from(sounding);
            if sounding == 1 {
                one += span;
            }
        }
        sounding += change;
        since = tick;
    }
    (one, any, sum)
}
