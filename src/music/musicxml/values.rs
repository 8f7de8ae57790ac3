//! Which note values a length is written with.

use super::bars::Bar;
use super::grid::Beats;
use crate::music::Tick;

/// A note or rest as it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Its length.
    pub ticks: Tick,
    /// `half`, `quarter` and so on, as MusicXML calls them.
    pub name: &'static str,
    /// How many dots.
    pub dots: usize,
    /// Whether three of them take the time of two.
    pub is_triplet: bool,
}

/// Plain and dotted values from long to short: ticks, name, dots.
const STRAIGHT: [(Tick, &str, usize); 13] = [
    (2880, "whole", 1),
    (1920, "whole", 0),
    (1440, "half", 1),
    (960, "half", 0),
    (720, "quarter", 1),
    (480, "quarter", 0),
    (360, "eighth", 1),
    (240, "eighth", 0),
    (180, "16th", 1),
    (120, "16th", 0),
    (60, "32nd", 0),
    (30, "64th", 0),
    (15, "128th", 0),
];
/// The values of triplets.
const TRIPLET: [(Tick, &str); 3] = [(320, "quarter"), (160, "eighth"), (80, "16th")];

/// The values of a stretch within a bar, to be tied where it sounds: they show where the beats are.
pub(super) fn values(start: Tick, end: Tick, bar: &Bar, beats: &Beats) -> Vec<Value> {
    let mut values = Vec::new();
    let mut at = start;
    while at < end {
        let value = next(at, end, bar, beats);
        at += value.ticks;
        values.push(value);
    }
    values
}

fn next(at: Tick, end: Tick, bar: &Bar, beats: &Beats) -> Value {
    let beat = beats.at(at);
    if beat.is_triplet() && !(at == beat.start && end >= beat.end) {
        let (into, room) = (at - beat.start, beat.end.min(end) - at);
        let fits = |&&(ticks, _): &&(Tick, &str)| ticks <= room && into.is_multiple_of(ticks.min(160));
        if let Some(&(ticks, name)) = TRIPLET.iter().find(fits) {
            return Value { ticks, name, dots: 0, is_triplet: true };
        }
    }
    // not into the middle of a triplet
    let last = beats.at(end.saturating_sub(1));
    let end = if last.is_triplet() && end < last.end { last.start.max(at + 1) } else { end };
    let (from, room) = (at - bar.start, end - at);
    let fits = |&&(ticks, ..): &&(Tick, &str, usize)| ticks <= room && shows_the_beats(from, ticks, bar);
    let found = STRAIGHT.iter().find(fits).copied();
    let (ticks, name, dots) = found.unwrap_or((room, "128th", 0)); // finer than anything is quantised to
    Value { ticks, name, dots, is_triplet: false }
}

/// Whether a value may stand at a place of the bar, counted in ticks from its start.
fn shows_the_beats(from: Tick, ticks: Tick, bar: &Bar) -> bool {
    let (beat, to) = (bar.beat(), from + ticks);
    let is_compound = beat != 480;
    let into = from % beat;
    if from / beat == (to - 1) / beat {
        return match (ticks, is_compound) {
            (720, true) | (480, false) => into == 0,
            (480, true) => into == 0 || into == 240,
            (360, true) => into.is_multiple_of(360),
            (240, true) => into.is_multiple_of(240),
            (360, false) => into == 0 || into == 120,
            (240, false) => into.is_multiple_of(120),
            (180, _) => matches!(into % 240, 0 | 60),
            (120, _) => into.is_multiple_of(120) || into % 240 == 60,
            (60, _) => into.is_multiple_of(60),
            _ => into.is_multiple_of(ticks),
        };
    }
    if is_compound {
        return into == 0 && ticks.is_multiple_of(beat);
    }
    let crosses_the_middle = bar.length() == 1920 && from < 960 && to > 960;
    match ticks {
        480 => into == 240 && !crosses_the_middle, // a syncopated quarter
        720 => into == 0 && !crosses_the_middle,
        960 | 1440 => into == 0,
        1920 | 2880 => from == 0,
        _ => false,
    }
}
