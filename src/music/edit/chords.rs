//! The chords of a whole score, found in its notes.

use std::{collections::BTreeSet, ops::Range};

use crate::music::chord::{MAX_CHANGES, labels, spliced};
use crate::music::{ChordChange, MAX_TICK, Metre, Pitch, Score, Spans, TICKS_PER_QUARTER, Tick};

/// Steps of a beat: [`labels`] finds one chord in so many.
const STEPS: Tick = 4;

/// Has the chords that its notes spell in a score, in place of all others, as the user's own. Returns how many.
pub fn detect_chords(score: &mut Score) -> usize {
    score.chords = found(score, &(0..MAX_TICK));
    score.own.chords = if score.chords.is_empty() { Spans::default() } else { Spans::all() };
    score.chords.len()
}

/// Has the chords that the notes spell in a stretch of whole bars, in place of those that were there.
pub fn name_chords(score: &mut Score, ticks: &Range<Tick>) {
    score.chords = spliced(&score.chords, &found(score, ticks), ticks);
}

/// Names the chords that parts play beside the melody where there is said to be none, but for where the user says so.
pub fn name_where_none_is_said(score: &mut Score) {
    /// Fewer pitch classes are no chord.
    const FEWEST: usize = 3;
    let said = score.chords.clone();
    for (index, none) in said.iter().enumerate().filter(|(_, change)| change.chord.is_none()) {
        let ticks = none.tick..said.get(index + 1).map_or(MAX_TICK, |next| next.tick);
        let others = score.parts.iter().enumerate().filter(|(part, _)| Some(*part) != score.melody);
        let notes = others.filter(|(_, part)| !part.is_drum).flat_map(|(_, part)| &part.notes);
        let sounding: BTreeSet<u8> =
            notes.filter(|note| ticks.contains(&note.start)).map(|note| note.pitch.get() % 12).collect();
        if sounding.len() >= FEWEST && !score.own.chords.holds(none.tick) {
            name_chords(score, &ticks);
        }
    }
}

/// One chord at most for each beat of a stretch, of all parts but kits, its bass the lowest note where it begins and on
/// each bar line. Where nothing sounds for a bar or more, there is no chord.
fn found(score: &Score, within: &Range<Tick>) -> Vec<ChordChange> {
    let sounding = Sounding::of(score);
    let mut chords: Vec<ChordChange> = Vec::new();
    let (metres, begin) = (score.metre.changes(), score.metre.bar_floor(within.start));
    let mut beats_left = MAX_CHANGES;
    for (index, change) in metres.iter().enumerate() {
        let end = metres.get(index + 1).map_or(sounding.end, |next| next.tick.min(sounding.end));
        let step = step(change.metre);
        let room = Tick::try_from(beats_left).unwrap_or(Tick::MAX).saturating_mul(STEPS * step);
        let end = end.min(change.tick.saturating_add(room));
        let (start, end) = (change.tick.max(begin), end.min(within.end));
        if start >= end {
            continue;
        }
        let steps_per_bar = (change.metre.bar_ticks() / step) as usize;
        let stretch = sounding.within(start..end, step);
        let beats = labels::beats(stretch.len(), steps_per_bar);
        beats_left -= beats.len().min(beats_left);
        let tick = |beat: &Range<usize>| start + beat.start as Tick * step;
        let spelled = labels::label(&stretch, steps_per_bar);
        let mut silent_since = None;
        let mut last = None;
        for (beat, label) in beats.iter().zip(spelled) {
            let Some(label) = label else {
                let since = *silent_since.get_or_insert(beat.start);
                if beat.end - since >= steps_per_bar && chords.last().is_some_and(|chord| chord.chord.is_some()) {
                    chords.push(ChordChange { tick: start + since as Tick * step, chord: None, bass: 0 });
                }
                continue;
            };
            silent_since = None;
            if last.replace(label) == Some(label) && beat.start % steps_per_bar != 0 {
                continue;
            }
            let chord = label.chord();
            let lowest = stretch[beat.clone()].iter().find_map(|pitches| pitches.iter().min());
            let bass = lowest.map(|pitch| pitch % 12).filter(|bass| chord.classes().any(|class| class == *bass));
            let next = ChordChange { tick: tick(beat), chord: Some(chord), bass: bass.unwrap_or(chord.root) };
            if chords.last().is_none_or(|before| (before.chord, before.bass) != (next.chord, next.bass)) {
                chords.push(next);
            }
        }
    }
    chords.truncate(MAX_CHANGES);
    chords
}

/// The ticks of a step: a quarter of a beat, which is dotted in metres such as 6/8. Bars are some of them.
fn step(metre: Metre) -> Tick {
    let is_compound = metre.denominator() >= 8 && metre.numerator().is_multiple_of(3);
    let beat = if is_compound { 3 * metre.beat_ticks() } else { TICKS_PER_QUARTER };
    let step = beat / STEPS;
    if beat.is_multiple_of(STEPS) && metre.bar_ticks().is_multiple_of(step) { step } else { metre.beat_ticks() }
}

/// When each pitch sounds in any part that is no kit.
struct Sounding {
    /// By pitch, in order; they do not overlap.
    spans: Vec<Vec<Range<Tick>>>,
    end: Tick,
}

impl Sounding {
    fn of(score: &Score) -> Self {
        let mut spans = vec![Vec::new(); usize::from(Pitch::MAX.get()) + 1];
        for note in score.parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes) {
            spans[usize::from(note.pitch.get())].push(note.start..note.end());
        }
        for spans in &mut spans {
            spans.sort_unstable_by_key(|span| (span.start, span.end));
            spans.dedup_by(|later, earlier| {
                let touches = later.start <= earlier.end;
                if touches {
                    earlier.end = earlier.end.max(later.end);
                }
                touches
            });
        }
        let end = spans.iter().filter_map(|spans| spans.last()).map(|span| span.end).max().unwrap_or(0);
        Self { spans, end }
    }

    /// The pitches at each step of a stretch. Notes count from the step that they begin nearest to, for one step at
    /// least, so that what is played a little early is no part of the beat before.
    fn within(&self, stretch: Range<Tick>, step: Tick) -> Vec<Vec<u8>> {
        let steps = (stretch.end - stretch.start).div_ceil(step) as usize;
        let mut sounding = vec![Vec::new(); steps];
        let nearest = |tick: Tick| ((tick.saturating_sub(stretch.start) + step / 2) / step) as usize;
        for (pitch, spans) in (0..).zip(&self.spans) {
            let from = spans.partition_point(|span| span.end <= stretch.start);
            let mut free = 0;
            for span in spans[from..].iter().take_while(|span| span.start < stretch.end) {
                let first = nearest(span.start).max(free);
                let last = nearest(span.end).max(first + 1).min(steps);
                for at in sounding.iter_mut().take(last).skip(first) {
                    at.push(pitch);
                }
                free = last;
            }
        }
        sounding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;
    use crate::music::{MetreChange, MetreMap, Note, Part};

    fn symbols(score: &mut Score) -> Vec<(Tick, String)> {
        detect_chords(score);
        score.chords.iter().map(|change| (change.tick, change.symbol())).collect()
    }

    fn score(notes: Vec<Note>, metre: (u8, u8)) -> Score {
        let metre = MetreMap::constant(Metre::new(metre.0, metre.1).unwrap());
        Score { parts: vec![Part { notes, ..Part::new("Piano", 0) }.into()], metre, ..Score::default() }
    }

    fn block(start: Tick, length: Tick, keys: &[i32]) -> Vec<Note> {
        keys.iter().map(|key| note(start, length, *key)).collect()
    }

    #[test]
    fn no_chord_is_said_over_none_that_parts_play_beside_the_melody() {
        let none = |tick| ChordChange { tick, chord: None, bass: 0 };
        let tune = Part::clone(&score(block(0, 480, &[72]), (4, 4)).parts[0]);
        let mut piece = score([block(0, 1920, &[48]), block(3840, 3840, &[48, 64, 67])].concat(), (4, 4));
        piece.parts.insert(0, tune.into());
        piece.melody = Some(0);
        piece.chords = vec![none(0), ChordChange::from_symbol("F", 1920).unwrap(), none(3840)];
        let named = |piece: &Score| {
            let mut named = piece.clone();
            name_where_none_is_said(&mut named);
            named.chords.iter().map(|change| (change.tick, change.symbol())).collect::<Vec<_>>()
        };
        let expected = [(0, "N.C."), (1920, "F"), (3840, "C")].map(|(tick, name)| (tick, name.to_owned()));
        assert_eq!(named(&piece), expected, "a bass alone is none");
        piece.own.chords = Spans::all();
        assert_eq!(named(&piece)[2].1, "N.C.", "the user says so");
    }

    #[test]
    fn a_cadence_is_found_with_its_basses() {
        let notes = [
            block(0, 960, &[48, 60, 64, 67]),
            block(960, 960, &[52, 60, 64, 67]), // the bass moves within the bar
            block(1920, 960, &[53, 57, 60, 65]),
            block(2870, 950, &[55, 59, 62, 65]), // a little early
            block(3840, 1920, &[40, 55, 60, 64]),
        ];
        let mut piece = score(notes.concat(), (4, 4));
        let kit = Part { is_drum: true, notes: block(0, 5760, &[37, 39, 42]), ..Part::new("Kit", 0) };
        piece.parts.push(kit.into());
        piece.own.sections = Spans::all();
        let found = symbols(&mut piece);
        assert_eq!(
            found.iter().map(|(tick, symbol)| (*tick, symbol.as_str())).collect::<Vec<_>>(),
            [(0, "C"), (1920, "F"), (2880, "G7"), (3840, "C/E")]
        );
        assert_eq!((&piece.own.chords, &piece.own.sections), (&Spans::all(), &Spans::all()));
    }

    #[test]
    fn beats_of_compound_metres_are_dotted_and_metres_may_change() {
        let notes = [
            block(0, 720, &[48, 52, 55]),
            block(720, 720, &[50, 53, 57]),
            block(1440, 720, &[52, 55, 59]),
            block(2160, 720, &[48, 53, 57]),
        ];
        let mut piece = score(notes.concat(), (6, 8));
        let expected = [(0, "C"), (720, "Dm"), (1440, "Em"), (2160, "F/C")].map(|(tick, name)| (tick, name.to_owned()));
        assert_eq!(symbols(&mut piece), expected);
        piece.metre = MetreMap::from_changes(vec![
            MetreChange { tick: 0, metre: Metre::new(6, 8).unwrap() },
            MetreChange { tick: 1440, metre: Metre::new(3, 64).unwrap() },
        ]);
        assert_eq!(symbols(&mut piece), expected);
    }

    #[test]
    fn silence_of_a_bar_has_no_chord_and_a_shorter_one_ends_none() {
        let notes =
            [block(0, 480, &[48, 52, 55]), block(1920, 480, &[48, 52, 55]), block(7680, 480, &[53, 57, 60])].concat();
        let expected = [(0, "C"), (2400, "N.C."), (7680, "F")].map(|(tick, name)| (tick, name.to_owned()));
        assert_eq!(symbols(&mut score(notes, (4, 4))), expected);
        let mut silent = score(vec![], (4, 4));
        silent.own.chords = Spans::all();
        assert_eq!((detect_chords(&mut silent), silent.own.is_empty()), (0, true));
    }

    #[test]
    fn endless_notes_take_no_endless_time() {
        let notes = (0..20_000).map(|at| note(at, 0x0FFF_FFFF - at, (at % 128) as i32)).collect();
        assert!(detect_chords(&mut score(notes, (1, 64))) <= MAX_CHANGES);
    }
}
