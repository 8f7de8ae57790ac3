//! Where the melody rests before its first and behind its last note: models write from the one to the other, so that
//! there is nothing of a take there.
//!
//! Pure: scores in, places out.

use std::ops::Range;

use crate::{
    library::store::Take,
    music::{MAX_TICK, Note, Part, Score, Tick, grid::TICKS_PER_STEP, outline},
};

/// A note so little beside a bar line, as hands play it, is meant to be at it; in ticks.
const HAIR: Tick = TICKS_PER_STEP / 2;

/// The whole bars before the melody and those behind it; none where there is no melody.
pub fn around_melody(score: &Score) -> [Range<Tick>; 2] {
    let notes = score.melody_part().map_or(&[][..], |melody| &melody.notes);
    let Some(first) = notes.iter().map(|note| note.start).min() else { return [0..0, 0..0] };
    let last = notes.iter().map(|note| note.end().saturating_sub(HAIR).max(note.start)).max().unwrap_or(first);
    [0..score.metre.bar_floor(first), score.metre.bar_after(last)..MAX_TICK]
}

/// The bars (from 0, the last one excluded) in which a composition goes on though its melody rests and no introduction
/// of so many bars is written.
pub fn resting_bars(score: &Score, introduction: u32) -> Vec<(u32, u32)> {
    let [before, behind] = around_melody(score);
    let bar_at = |tick| score.metre.position(tick).bar;
    let opening = outline::introduction(score).map_or_else(
        || score.metre.bar_start(bar_at(before.end).saturating_sub(introduction)),
        |introduction| introduction.start,
    );
    let is_played = |rest: &Range<Tick>| {
        let parts = score.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
        parts.flat_map(|(_, part)| &part.notes).any(|note| rest.contains(&note.start))
    };
    let rests = [before.start..before.end.min(opening), behind.start..score.end()];
    rests.into_iter().filter(is_played).map(|rest| (bar_at(rest.start), bar_at(rest.end - 1) + 1)).collect()
}

/// The whole bars around the melody as far as they are in `anew`, the time that a take was to write, and as far as the
/// take has no note there, as it has in an introduction.
pub fn left_by(take: &Take, score: &Score, anew: &Range<Tick>) -> [Range<Tick>; 2] {
    let [before, behind] = around_melody(score);
    let starts =
        || take.parts.iter().flat_map(|part| &part.notes).map(|note| note.start).filter(|at| anew.contains(at));
    let begins = starts().min().map_or(MAX_TICK, |first| score.metre.bar_floor(first.saturating_add(HAIR)).min(first));
    let ends = starts().max().map_or(0, |last| score.metre.bar_after(last));
    [before.start..before.end.min(begins), behind.start.max(ends)..behind.end]
        .map(|rest| rest.start.max(anew.start)..rest.end.min(anew.end))
}

/// The notes of a part that begin in rests like these, none of which goes on where a take begins.
pub fn notes_in(rests: &[Range<Tick>; 2], part: &Part, anew: &Range<Tick>) -> Vec<Note> {
    let within = |rest: &Range<Tick>| {
        let (rest, end) = (rest.clone(), if rest.end < anew.end { rest.end } else { MAX_TICK });
        let notes = part.notes.iter().filter(move |note| rest.contains(&note.start));
        notes.map(move |note| Note { duration: note.duration.min(end - note.start), ..*note })
    };
    rests.iter().flat_map(within).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::music::testing::note;

    fn part(notes: Vec<Note>) -> Part {
        Part { notes, ..Part::new("Bass", 32) }
    }

    #[test]
    fn nothing_is_written_before_the_melody_and_behind_it_but_an_introduction() {
        let melody = |notes| Score { parts: vec![Arc::new(part(notes))], melody: Some(0), ..Score::default() };
        assert_eq!(around_melody(&melody(Vec::new())), [0..0, 0..0]);
        // from the middle of bar 3 to a hair beyond the end of bar 4
        let score = melody(vec![note(4800, 480, 60), note(5760, 1930, 62)]);
        assert_eq!(around_melody(&score), [0..3840, 7680..MAX_TICK]);
        let with = |starts: &[Tick]| {
            let notes = starts.iter().map(|start| note(*start, 240, 40)).collect();
            Score { parts: vec![Arc::clone(&score.parts[0]), Arc::new(part(notes))], ..score.clone() }
        };
        assert_eq!(resting_bars(&with(&[4800, 9600]), 0), [(4, 6)]);
        assert_eq!(resting_bars(&with(&[1920]), 0), [(0, 2)]);
        assert_eq!(resting_bars(&with(&[1920]), 1), [], "it is in the introduction");
        assert_eq!(resting_bars(&with(&[0]), 1), [(0, 1)]);
        let take = |starts: &[Tick]| {
            let notes = starts.iter().map(|start| note(*start, 240, 40)).collect();
            Take { parts: vec![part(notes)], ..Take::default() }
        };
        let all = 0..MAX_TICK;
        // a note that comes early is no introduction
        assert_eq!(left_by(&take(&[3830, 7000]), &score, &all), [0..3830, 7680..MAX_TICK]);
        assert_eq!(left_by(&take(&[1920, 7680]), &score, &all), [0..1920, 9600..MAX_TICK]);
        let some = 1920..5760;
        let [before, behind] = left_by(&take(&[0, 4000, 9600]), &score, &some);
        assert_eq!((before, behind.is_empty()), (1920..3840, true), "of the bars that are written anew");
        let old = part(vec![note(0, 480, 40), note(1920, 9600, 41), note(3840, 480, 42), note(7680, 480, 43)]);
        let kept = notes_in(&[0..3840, 7680..MAX_TICK], &old, &all);
        assert_eq!(kept, [note(0, 480, 40), note(1920, 1920, 41), note(7680, 480, 43)]);
    }
}
