//! What the notes of a part look like, alone and among the others: what tells a tune from what goes with it.

use std::sync::Arc;

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
}

/// Measures all parts.
pub fn textures(parts: &[Arc<Part>]) -> Vec<Texture> {
    let end = parts.iter().flat_map(|part| &part.notes).map(Note::end).max().unwrap_or(0);
    let tops = tops(parts, end);
    parts.iter().map(|part| texture(&part.notes, end, &tops)).collect()
}

/// The highest pitch that sounds in each span of an eighth's triplet half, over all parts but kits.
struct Tops(Vec<u8>);

const SPAN: Tick = TICKS_PER_QUARTER / 6;
/// Longer pieces are looked at in part.
const MOST_SPANS: usize = 1 << 20;

fn tops(parts: &[Arc<Part>], end: Tick) -> Tops {
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
    Tops(highest)
}

/// The span in which a note that begins there is played, however it is humanised.
const fn span_of(tick: Tick) -> usize {
    ((tick + SPAN / 2) / SPAN) as usize
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
        on_top: share(&|note| tops.0.get(span_of(note.start)).is_some_and(|top| *top <= note.pitch.get())),
        median: pitches[pitches.len() / 2],
        entropy: entropy(pitches.chunk_by(|a, b| a == b).map(<[u8]>::len)),
        quarters: f64::from(durations[durations.len() / 2]) / f64::from(TICKS_PER_QUARTER),
        polyphony: sum / f64::max(any, 1.0),
        range: f64::from(pitches[(pitches.len() - 1) * 9 / 10] - pitches[(pitches.len() - 1) / 10]),
        density: count / bars.len() as f64,
        leaps,
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

/// Ticks in which one note sounds, in which any does, and the sum over notes.
fn sounding(notes: &[Note]) -> (f64, f64, f64) {
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
