//! Where the melody rests: before its first note, behind its last one, and for some bars between them. Models write
//! from the first note to the last, so that there is nothing of a take around them; between them a take plays only
//! where the user's part does not.
//!
//! Pure: scores in, places out.

use std::ops::Range;

use crate::{
    library::store::Take,
    music::{MAX_TICK, Note, Part, Score, TICKS_PER_QUARTER, Tick, grid::TICKS_PER_STEP, outline},
};

/// A note so little beside a bar line, as hands play it, is meant to be at it; in ticks.
const HAIR: Tick = TICKS_PER_STEP / 2;
/// From so many whole bars on a rest within the melody is a solo or an interlude.
const LONG: u32 = 4;

/// The whole bars before the melody and those behind it; none where there is no melody.
pub fn around_melody(score: &Score) -> [Range<Tick>; 2] {
    let notes = score.melody_part().map_or(&[][..], |melody| &melody.notes);
    let Some(first) = notes.iter().map(|note| note.start).min() else { return [0..0, 0..0] };
    let last = notes.iter().map(heard_to).max().unwrap_or(first);
    [0..score.metre.bar_floor(first), score.metre.bar_after(last)..MAX_TICK]
}

/// The whole bars within the melody where it rests for long.
fn within_melody(score: &Score) -> Vec<Range<Tick>> {
    let metre = &score.metre;
    let mut notes: Vec<&Note> = score.melody_part().map_or(&[][..], |melody| &melody.notes).iter().collect();
    notes.sort_by_key(|note| note.start);
    let mut rests = Vec::new();
    let mut heard: Option<Tick> = None;
    for note in notes {
        // most notes follow each other at once
        if let Some(last) = heard.filter(|last| note.start.saturating_sub(*last) >= TICKS_PER_QUARTER) {
            let (first, end) = (metre.position(last).bar + 1, metre.position(note.start).bar);
            if end >= first.saturating_add(LONG) {
                rests.push(metre.bar_start(first)..metre.bar_start(end));
            }
        }
        heard = heard.max(Some(heard_to(note)));
    }
    rests
}

/// Until when a note is heard; a hair over the bar line is not.
fn heard_to(note: &Note) -> Tick {
    note.end().saturating_sub(HAIR).max(note.start)
}

/// The bars (from 0, the last one excluded) of rests in which the user's parts are kept as they are.
pub fn bars_of(rests: &[Range<Tick>], score: &Score) -> Vec<(u32, u32)> {
    let bar_at = |tick| score.metre.position(tick).bar;
    rests.iter().map(|rest| (bar_at(rest.start), bar_at(rest.end.min(score.end()).max(1) - 1) + 1)).collect()
}

/// The rests of the melody where no introduction of so many bars is written before it.
pub fn beside_introduction(score: &Score, introduction: u32) -> Vec<Range<Tick>> {
    let [before, behind] = around_melody(score);
    let opening = outline::introduction(score).map_or_else(
        || score.metre.bar_start(score.metre.position(before.end).bar.saturating_sub(introduction)),
        |introduction| introduction.start,
    );
    let around = [before.start..before.end.min(opening), behind];
    in_order(around, within_melody(score))
}

/// The rests of the melody as far as they are in `anew`, the time that a take was to write. Around the melody they are
/// as far as the take has no note there, as it has in an introduction; within it there are none where bars were asked
/// for by their numbers.
pub fn left_by(take: &Take, score: &Score, anew: &Range<Tick>) -> Vec<Range<Tick>> {
    let [before, behind] = around_melody(score);
    let starts =
        || take.parts.iter().flat_map(|part| &part.notes).map(|note| note.start).filter(|at| anew.contains(at));
    let begins = starts().min().map_or(MAX_TICK, |first| score.metre.bar_floor(first.saturating_add(HAIR)).min(first));
    let ends = starts().max().map_or(0, |last| score.metre.bar_after(last));
    let around = [before.start..before.end.min(begins), behind.start.max(ends)..behind.end]
        .map(|rest| rest.start.max(anew.start)..rest.end.min(anew.end));
    in_order(around, if is_all(anew) { within_melody(score) } else { Vec::new() })
}

fn in_order([before, behind]: [Range<Tick>; 2], within: Vec<Range<Tick>>) -> Vec<Range<Tick>> {
    let all = std::iter::once(before).chain(within).chain([behind]);
    all.filter(|rest| !rest.is_empty()).collect()
}

/// Whether a take was to write all there is, and not bars that were asked for.
fn is_all(anew: &Range<Tick>) -> bool {
    *anew == (0..MAX_TICK)
}

/// Whether a note begins in a rest. Where all is written anew, one that comes early belongs to the bar it leads to.
pub fn begins_in(rest: &Range<Tick>, note: &Note, anew: &Range<Tick>) -> bool {
    let early = if is_all(anew) { HAIR } else { 0 };
    rest.contains(&note.start.saturating_add(early))
}

/// The notes of a part that begin in a rest, none of which goes on where a take begins.
pub fn notes_in(rest: &Range<Tick>, part: &Part, anew: &Range<Tick>) -> Vec<Note> {
    let end = if rest.end < anew.end { rest.end } else { MAX_TICK };
    let notes = part.notes.iter().filter(|note| begins_in(rest, note, anew));
    notes.map(|note| Note { duration: note.duration.min(end.saturating_sub(note.start)), ..*note }).collect()
}

/// Makes room in a take's part for what is kept in a rest.
pub fn make_room(part: &mut Part, rest: &Range<Tick>, anew: &Range<Tick>) {
    part.notes.retain(|note| !begins_in(rest, note, anew));
    for note in part.notes.iter_mut().filter(|note| note.start < rest.start && note.end() > rest.start) {
        note.duration = rest.start - note.start;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::music::testing::note;

    const ALL: Range<Tick> = 0..MAX_TICK;
    const BAR: Tick = 1920;

    fn part(notes: Vec<Note>) -> Part {
        Part { notes, ..Part::new("Bass", 32) }
    }

    fn melody(notes: Vec<Note>) -> Score {
        Score { parts: vec![Arc::new(part(notes))], melody: Some(0), ..Score::default() }
    }

    fn take(starts: &[Tick]) -> Take {
        let notes = starts.iter().map(|start| note(*start, 240, 40)).collect();
        Take { parts: vec![part(notes)], ..Take::default() }
    }

    fn only(rest: Range<Tick>) -> Vec<Range<Tick>> {
        std::iter::once(rest).collect()
    }

    #[test]
    fn nothing_is_written_before_the_melody_and_behind_it_but_an_introduction() {
        assert_eq!(around_melody(&melody(Vec::new())), [0..0, 0..0]);
        // from the middle of bar 3 to a hair beyond the end of bar 4
        let score = melody(vec![note(4800, 480, 60), note(5760, 1930, 62)]);
        assert_eq!(around_melody(&score), [0..3840, 7680..MAX_TICK]);
        assert_eq!(beside_introduction(&score, 0), [0..3840, 7680..MAX_TICK]);
        assert_eq!(beside_introduction(&score, 1), [0..1920, 7680..MAX_TICK]);
        assert_eq!(beside_introduction(&score, 2), only(7680..MAX_TICK));
        let long =
            Score { parts: vec![Arc::new(part(vec![note(4800, 480, 60), note(9600, 480, 62)]))], ..score.clone() };
        assert_eq!(bars_of(&[0..3840, 7680..MAX_TICK], &long), [(0, 2), (4, 6)]);
        // a note that comes early is no introduction
        assert_eq!(left_by(&take(&[3830, 7000]), &score, &ALL), [0..3830, 7680..MAX_TICK]);
        assert_eq!(left_by(&take(&[1920, 7680]), &score, &ALL), [0..1920, 9600..MAX_TICK]);
        let some = 1920..5760;
        assert_eq!(
            left_by(&take(&[0, 4000, 9600]), &score, &some),
            only(1920..3840),
            "of the bars that are written anew"
        );
        let old = part(vec![note(0, 480, 40), note(1920, 9600, 41), note(3840, 480, 42), note(7680, 480, 43)]);
        let kept = [0..3840, 7680..MAX_TICK].map(|rest| notes_in(&rest, &old, &ALL));
        assert_eq!(kept, [vec![note(0, 480, 40), note(1920, 1920, 41)], vec![note(7680, 480, 43)]]);
    }

    #[test]
    fn four_whole_bars_within_the_melody_are_a_rest_and_three_are_none() {
        let tune = |last: Tick, next: Tick| melody(vec![note(0, last, 60), note(next, 480, 62), note(0, 480, 67)]);
        let rests = |last, next| left_by(&take(&[0, next]), &tune(last, next), &ALL);
        let behind = |next: Tick| next / BAR * BAR + BAR..MAX_TICK;
        assert_eq!(rests(BAR, 5 * BAR), [BAR..5 * BAR, behind(5 * BAR)]);
        assert_eq!(rests(BAR + 20, 5 * BAR + 960), [BAR..5 * BAR, behind(5 * BAR)], "a hair over the bar line");
        assert_eq!(rests(BAR + 240, 5 * BAR), [behind(5 * BAR)]);
        assert_eq!(rests(BAR, 5 * BAR - 240), [behind(5 * BAR)], "an upbeat is no rest");
        let (score, bars) = (tune(BAR, 9 * BAR), 2 * BAR..4 * BAR);
        assert_eq!(left_by(&take(&[2 * BAR]), &score, &bars), [], "these bars were asked for");
    }

    #[test]
    fn a_take_makes_room_and_what_comes_early_belongs_to_the_bar_it_leads_to() {
        let rest = BAR..5 * BAR;
        let mut new = part(vec![note(960, 1920, 40), note(1900, 480, 41), note(4800, 480, 42), note(9580, 480, 43)]);
        let kept = notes_in(&rest, &new, &ALL);
        assert_eq!(kept, [note(1900, 480, 41), note(4800, 480, 42)]);
        make_room(&mut new, &rest, &ALL);
        assert_eq!(new.notes, [note(960, 960, 40), note(9580, 480, 43)]);
    }
}
