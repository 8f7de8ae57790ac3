//! What the notes of a part look like, alone and among the others: what tells a tune from what goes with it.

use std::sync::Arc;

use super::leading::led;
use super::sounding::{Tops, sounding};
use crate::music::{Note, Part, TICKS_PER_QUARTER, Tick};

/// What the notes of one part look like. Shares are from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texture {
    /// How many there are.
    pub notes: usize,
    /// Share of the sounding time with one note only.
    pub alone: f64,
    /// Share of the piece in which it sounds.
    pub coverage: f64,
    /// Share of the piece's bars (of four quarters) in which a note begins.
    pub bars: f64,
    /// Share of its notes above which nothing else sounds as they begin.
    pub on_top: f64,
    /// The middle of its pitches.
    pub median: u8,
    /// Entropy of its pitches, in bits.
    pub entropy: f64,
    /// Median length of its notes in quarters.
    pub quarters: f64,
    /// Notes that sound at once, on average over the sounding time.
    pub polyphony: f64,
    /// Share of its steps from note to note that are seconds.
    pub by_step: f64,
    /// Share of its steps that repeat a note.
    pub repeats: f64,
    /// Share of its notes that begin on a quarter.
    pub on_beat: f64,
    /// How differently long its notes are: the entropy of their lengths, in bits.
    pub rhythm: f64,
    /// Mean velocity.
    pub loudness: f64,
    /// Semitones from the lowest to the highest note, without the tenth at either end.
    pub range: f64,
    /// Notes in a bar in which any begin.
    pub density: f64,
    /// Share of its steps that are wider than a fifth.
    pub leaps: f64,
    /// How many of its notes lead the others.
    pub led: f64,
}

/// Measures all parts.
pub fn textures(parts: &[Arc<Part>]) -> Vec<Texture> {
    let end = parts.iter().flat_map(|part| &part.notes).map(Note::end).max().unwrap_or(0);
    let tops = Tops::of(parts, end);
    let led = led(parts, &tops);
    parts.iter().zip(led).map(|(part, led)| Texture { led, ..texture(&part.notes, end, &tops) }).collect()
}

/// The entropy of things of which there are so many of each kind, in bits.
fn entropy(counts: impl Iterator<Item = usize> + Clone) -> f64 {
    let all = counts.clone().sum::<usize>().max(1) as f64;
    let shares = counts.filter(|count| *count > 0).map(|count| count as f64 / all);
    shares.map(|share| -share * share.log2()).sum()
}

fn texture(notes: &[Note], end: Tick, tops: &Tops) -> Texture {
    if notes.is_empty() {
        return Texture::default();
    }
    let count = notes.len() as f64;
    let share = |is_so: &dyn Fn(&Note) -> bool| notes.iter().filter(|note| is_so(note)).count() as f64 / count;
    let mut pitches: Vec<u8> = notes.iter().map(|note| note.pitch.get()).collect();
    pitches.sort_unstable();
    let mut durations: Vec<Tick> = notes.iter().map(|note| note.duration).collect();
    durations.sort_unstable();
    let quantised: Vec<Tick> = durations.iter().map(|ticks| (ticks + 60) / 120).collect();
    let mut bars: Vec<Tick> = notes.iter().map(|note| note.start / (4 * TICKS_PER_QUARTER)).collect();
    bars.sort_unstable();
    bars.dedup();
    let [by_step, repeats, leaps] = steps(notes);
    let (one, any, sum) = sounding(notes);
    Texture {
        notes: notes.len(),
        alone: one / f64::max(any, 1.0),
        coverage: any / f64::from(end.max(1)),
        bars: bars.len() as f64 / f64::from(end.div_ceil(4 * TICKS_PER_QUARTER).max(1)),
        on_top: share(&|note| tops.above(note) == Some(0)),
        median: pitches[pitches.len() / 2],
        entropy: entropy(pitches.chunk_by(|a, b| a == b).map(<[u8]>::len)),
        quarters: f64::from(durations[durations.len() / 2]) / f64::from(TICKS_PER_QUARTER),
        polyphony: sum / f64::max(any, 1.0),
        range: f64::from(pitches[(pitches.len() - 1) * 9 / 10] - pitches[(pitches.len() - 1) / 10]),
        density: count / bars.len() as f64,
        leaps,
        led: 0.0,
        by_step,
        repeats,
        on_beat: share(&|note| (note.start + 20) % TICKS_PER_QUARTER <= 40),
        rhythm: entropy(quantised.chunk_by(|a, b| a == b).map(<[Tick]>::len)),
        loudness: notes.iter().map(|note| f64::from(note.velocity.get())).sum::<f64>() / count,
    }
}

/// Shares of seconds, of repeated notes and of more than a fifth among the steps from one top note to the next.
fn steps(notes: &[Note]) -> [f64; 3] {
    let chords = notes.chunk_by(|one, other| one.start == other.start);
    let top = |chord: &[Note]| chord.iter().map(|note| i32::from(note.pitch.get())).max().unwrap_or(0);
    let line: Vec<i32> = chords.map(top).collect();
    let all = line.len().saturating_sub(1).max(1) as f64;
    let of = |is_so: fn(i32) -> bool| line.windows(2).filter(|pair| is_so((pair[1] - pair[0]).abs())).count() as f64;
    [of(|step| step == 1 || step == 2) / all, of(|step| step == 0) / all, of(|step| step > 7) / all]
}
