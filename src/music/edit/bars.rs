//! A range of time over some parts: copied, emptied, pasted and moved, notes and controls alike.
//!
//! A note that crosses an edge is cut in two there, unless it only begins a hair early or rings a hair over: people
//! play so, and it belongs to the bar that it is meant for.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    add,
    chase::{self, State},
};
use crate::music::{ControlEvent, Lyric, MAX_TICK, Note, Part, Score, Tick};

/// How far from the beat people play without meaning it, in ticks.
pub const HAIR: Tick = 60;

/// A range of time over some parts that stand one below the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// From where to where; not empty.
    pub ticks: Range<Tick>,
    /// Their places in the score; not empty.
    pub parts: Range<usize>,
}

impl Bars {
    /// How long they are, in ticks.
    pub const fn len(&self) -> Tick {
        self.ticks.end - self.ticks.start
    }

    /// Whether there are none: no time, or no part.
    pub fn is_empty(&self) -> bool {
        self.ticks.is_empty() || self.parts.is_empty()
    }

    /// The same from another tick on.
    #[must_use]
    pub fn moved_to(&self, tick: Tick) -> Self {
        Self { ticks: tick..tick + self.len(), parts: self.parts.clone() }
    }

    /// The same from another tick on and so many parts lower, as far as there are time and parts.
    #[must_use]
    pub fn placed(&self, tick: Tick, lower: isize, part_count: usize) -> Self {
        let first = self.parts.start.saturating_add_signed(lower);
        let first = first.min(part_count.saturating_sub(self.parts.len()));
        let parts = first..first + self.parts.len();
        Self { parts, ..self.moved_to(tick.min(MAX_TICK - self.len())) }
    }

    /// Whether any part plays or changes a controller in them.
    pub fn have_content(&self, score: &Score) -> bool {
        let parts = score.parts.get(self.parts.clone()).unwrap_or_default();
        parts.iter().any(|part| {
            part.notes.iter().any(|note| pieces(*note, &self.ticks).1.is_some())
                || part.controls.iter().any(|event| self.ticks.contains(&event.tick) && !chase::sets_up(*event))
        })
    }
}

/// Bars that were copied, of one part or more. They keep their ticks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CopiedBars {
    /// From where.
    start: Tick,
    /// To where.
    end: Tick,
    /// The place of the first part in its score.
    first_part: usize,
    parts: Vec<CopiedPart>,
    /// Which of them was the melody, and what was sung to it.
    melody: Option<usize>,
    lyrics: Vec<Lyric>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct CopiedPart {
    notes: Vec<Note>,
    /// What the part was set to at the start, as events there, and what came then.
    before: Vec<ControlEvent>,
    controls: Vec<ControlEvent>,
}

impl CopiedBars {
    /// How many parts they are of.
    pub const fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// How long they are, in ticks.
    pub const fn len(&self) -> Tick {
        self.end - self.start
    }

    /// Whether there is nothing to paste.
    pub const fn is_empty(&self) -> bool {
        self.parts.is_empty() || self.end <= self.start
    }

    /// Where they come from, from another tick on: one part goes to `part`, several go to their own places.
    pub fn place(&self, tick: Tick, part: usize) -> Bars {
        let first = if self.parts.len() == 1 { part } else { self.first_part };
        Bars { ticks: tick..tick.saturating_add(self.len()), parts: first..first + self.parts.len() }
    }

    /// Brings everything into range, whatever a text says; `None` where it cannot be.
    pub fn sanitised(mut self, most_notes: usize) -> Option<Self> {
        let (start, end) = (self.start, self.end);
        let notes: usize = self.parts.iter().map(|part| part.notes.len() + part.controls.len()).sum();
        let is_sound = start < end && end <= MAX_TICK && notes <= most_notes && self.parts.len() <= Score::MAX_PARTS;
        if !is_sound || self.first_part >= Score::MAX_PARTS {
            return None;
        }
        for part in &mut self.parts {
            part.notes.iter_mut().for_each(|note| *note = note.in_range());
            part.notes.retain(|note| note.start < end && note.end() > start);
            part.notes.sort_unstable();
            part.before.iter_mut().for_each(|event| event.tick = start);
            part.before.truncate(256);
            part.controls.retain(|event| (start..end).contains(&event.tick));
            part.controls.sort_by_key(|event| event.tick);
        }
        self.melody = self.melody.filter(|melody| *melody < self.parts.len());
        self.lyrics = self.lyrics.into_iter().map(Lyric::sane).collect();
        self.lyrics.retain(|lyric| (start..end).contains(&lyric.tick));
        self.lyrics.sort_by_key(|lyric| lyric.tick);
        (!self.is_empty()).then_some(self)
    }
}

/// Copies what is played in bars.
pub fn copy_bars(score: &Score, bars: &Bars) -> CopiedBars {
    let copied = |part: &Part| CopiedPart {
        notes: part.notes.iter().filter_map(|note| pieces(*note, &bars.ticks).1).collect(),
        before: State::default().changes_to(&State::before(part, bars.ticks.start), part, bars.ticks.start),
        controls: (part.controls.iter())
            .filter(|event| bars.ticks.contains(&event.tick) && !chase::sets_up(**event))
            .copied()
            .collect(),
    };
    let parts = score.parts.get(bars.parts.clone()).unwrap_or_default();
    let melody = score.melody.filter(|melody| bars.parts.contains(melody));
    let sung = score.lyrics.iter().filter(|lyric| melody.is_some() && bars.ticks.contains(&lyric.tick));
    CopiedBars {
        start: bars.ticks.start,
        end: bars.ticks.end,
        first_part: bars.parts.start,
        parts: parts.iter().map(|part| copied(part)).collect(),
        melody: melody.map(|melody| melody - bars.parts.start),
        lyrics: sung.cloned().collect(),
    }
}

/// Empties bars: what lies before and behind sounds on as it did.
pub fn clear_bars(score: &mut Score, bars: &Bars) {
    for index in bars.parts.clone() {
        if let Some(part) = score.part_mut(index) {
            clear_part(part, &bars.ticks);
        }
    }
    if score.melody.is_some_and(|melody| bars.parts.contains(&melody)) {
        score.lyrics.retain(|lyric| !bars.ticks.contains(&lyric.tick));
    }
}

/// Puts copied bars at a place, instead of what is there; `place` is as [`CopiedBars::place`] says. Parts that the
/// score does not have are left out. Returns whether there was room.
pub fn paste_bars(score: &mut Score, copied: &CopiedBars, place: &Bars) -> bool {
    if place.ticks.end > MAX_TICK || place.parts.start >= score.parts.len() {
        return false;
    }
    let later = |tick: Tick| (i64::from(tick) + i64::from(place.ticks.start) - i64::from(copied.start)).max(0) as Tick;
    for (offset, copied_part) in copied.parts.iter().enumerate() {
        let index = place.parts.start + offset;
        let is_same = index == copied.first_part + offset;
        if let Some(part) = score.part_mut(index) {
            paste_part(part, copied_part, &place.ticks, is_same, later);
        }
    }
    if copied.melody.is_some_and(|melody| score.melody == Some(place.parts.start + melody)) {
        score.lyrics.retain(|lyric| !place.ticks.contains(&lyric.tick));
        score.lyrics.extend(copied.lyrics.iter().map(|lyric| Lyric { tick: later(lyric.tick), ..lyric.clone() }));
        score.lyrics.sort_by_key(|lyric| lyric.tick);
    }
    true
}

/// Moves bars, or a copy of them, to where others begin, instead of what is there; as far as there is room. Returns
/// where they are then.
pub fn move_bars(score: &mut Score, bars: &Bars, to: &Bars, copies: bool) -> Bars {
    let moved = to.moved_to(to.ticks.start.min(MAX_TICK - bars.len()));
    if moved != *bars {
        let copied = copy_bars(score, bars);
        if !copies {
            clear_bars(score, bars);
        }
        paste_bars(score, &copied, &moved);
    }
    moved
}

/// What is put into bars takes the place of so many notes, by part: of those that are not among the bars that move
/// there, if any do.
pub fn notes_replaced(score: &Score, moved: Option<&Bars>, place: &Bars) -> Vec<(usize, usize)> {
    let mut left = score.clone();
    if let Some(moved) = moved {
        clear_bars(&mut left, moved);
    }
    let within = |part: &Part| part.notes.iter().filter(|note| pieces(**note, &place.ticks).1.is_some()).count();
    let parts = left.parts.iter().enumerate().filter(|(index, _)| place.parts.contains(index));
    parts.map(|(index, part)| (index, within(part))).filter(|(_, count)| *count > 0).collect()
}

/// Empties a part within a range.
pub(super) fn clear_part(part: &mut Part, ticks: &Range<Tick>) {
    let after = State::before(part, ticks.end);
    part.controls.retain(|event| !ticks.contains(&event.tick) || chase::sets_up(*event));
    let changes = State::before(part, ticks.end).changes_to(&after, part, ticks.end);
    chase::say(part, changes);
    let around = |note: &Note| {
        let (before, _, after) = pieces(*note, ticks);
        [before, after].into_iter().flatten()
    };
    part.notes = part.notes.iter().flat_map(around).collect();
    part.notes.sort_unstable();
}

fn paste_part(
    part: &mut Part,
    copied: &CopiedPart,
    ticks: &Range<Tick>,
    is_same: bool,
    later: impl Fn(Tick) -> Tick + Copy,
) {
    let after = State::before(part, ticks.end);
    clear_part(part, ticks);
    let is_wanted = |event: &&ControlEvent| is_same || !chase::is_program(event.control);
    let moved = |event: &ControlEvent| ControlEvent { tick: later(event.tick), ..*event };
    // what was set where they come from, then what happened there
    let set = Part { controls: copied.before.iter().filter(is_wanted).copied().collect(), ..Part::default() };
    let (mut now, wanted) = (State::before(part, ticks.start), State::before(&set, Tick::MAX));
    if !is_same {
        now = now.without_program();
    }
    let begin = now.changes_to(&wanted, part, ticks.start);
    part.controls.extend(begin);
    part.controls.extend(copied.controls.iter().filter(is_wanted).map(moved));
    part.normalise_controls();
    let end = State::before(part, ticks.end).changes_to(&after, part, ticks.end);
    chase::say(part, end);
    add(part, copied.notes.iter().map(|note| Note { start: later(note.start), ..*note }));
}

/// What of a note lies before a range, in it, and behind it.
fn pieces(note: Note, ticks: &Range<Tick>) -> (Option<Note>, Option<Note>, Option<Note>) {
    let (before, rest) = cut(note, ticks.start);
    let (within, after) = rest.map_or((None, None), |rest| cut(rest, ticks.end));
    (before, within, after)
}

/// What of a note lies before a tick, and what from it on. A hair is not cut off.
pub(super) fn cut(note: Note, at: Tick) -> (Option<Note>, Option<Note>) {
    let hair = HAIR.min(note.duration / 2);
    if note.end() <= at.saturating_add(hair) {
        (Some(note), None)
    } else if note.start.saturating_add(hair) >= at {
        (None, Some(note))
    } else {
        let first = Note { duration: at - note.start, ..note };
        (Some(first), Some(Note { start: at, duration: note.end() - at, ..note }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Control, testing::note};

    const BAR: Tick = 1920;

    fn event(tick: Tick, number: u8, value: u8) -> ControlEvent {
        ControlEvent { tick, control: Control::Controller { number, value } }
    }

    fn bars(bars: Range<Tick>, parts: Range<usize>) -> Bars {
        Bars { ticks: bars.start * BAR..bars.end * BAR, parts }
    }

    fn score() -> Score {
        let mut tune = Part::new("Tune", 0);
        tune.notes = (0..4).map(|bar| note(bar * BAR, BAR, 60 + bar as i32)).collect();
        let mut bass = Part::new("Bass", 32);
        bass.notes = vec![note(0, 3 * BAR, 36)];
        Score {
            parts: vec![tune.into(), bass.into()],
            melody: Some(0),
            lyrics: (0..4).map(|bar| Lyric { tick: bar * BAR, text: format!("la{bar} ") }).collect(),
            ..Score::default()
        }
    }

    #[test]
    fn bars_go_no_further_than_there_are_time_and_parts() {
        let two = bars(1..3, 1..3);
        let placed = |tick, lower| two.placed(tick, lower, 4);
        assert_eq!(placed(0, 1), Bars { parts: 2..4, ..bars(0..2, 0..1) });
        assert_eq!((placed(0, 2).parts, placed(0, -1).parts, placed(0, -9).parts), (2..4, 0..2, 0..2));
        assert_eq!(placed(MAX_TICK, 0).ticks.end, MAX_TICK);
    }

    #[test]
    fn bars_that_are_moved_replace_what_is_there_and_leave_a_gap() {
        let mut moved = score();
        let there = move_bars(&mut moved, &bars(0..1, 0..2), &bars(2..3, 0..2), false);
        assert_eq!(there, bars(2..3, 0..2));
        let tune = [note(BAR, BAR, 61), note(2 * BAR, BAR, 60), note(3 * BAR, BAR, 63)];
        assert_eq!(moved.parts[0].notes, tune);
        assert_eq!(moved.parts[1].notes, [note(BAR, BAR, 36), note(2 * BAR, BAR, 36)], "cut at the edges");
        let sung: Vec<&str> = moved.lyrics.iter().map(|lyric| lyric.text.trim()).collect();
        assert_eq!(sung, ["la1", "la0", "la3"]);
        let mut copied = score();
        move_bars(&mut copied, &bars(0..1, 0..1), &bars(1..2, 0..1), true);
        assert_eq!(copied.parts[0].notes[..2], [note(0, BAR, 60), note(BAR, BAR, 60)]);
        assert_eq!(copied.parts[1], score().parts[1], "the other part is left alone");
    }

    #[test]
    fn what_bars_would_replace_is_counted() {
        let score = score();
        let to_bass = bars(0..2, 1..2);
        assert_eq!(notes_replaced(&score, Some(&bars(0..2, 0..1)), &to_bass), [(1, 1)]);
        assert_eq!(notes_replaced(&score, None, &bars(1..3, 0..2)), [(0, 2), (1, 1)]);
        assert_eq!(notes_replaced(&score, Some(&bars(1..2, 0..1)), &bars(1..2, 0..1)), [], "itself");
        assert_eq!(notes_replaced(&score, None, &bars(3..4, 1..2)), [], "nothing is there");
    }

    #[test]
    fn notes_played_a_hair_early_or_late_belong_to_the_bar_they_are_meant_for() {
        let mut score = score();
        score.part_mut(0).unwrap().notes = vec![note(BAR - 20, BAR, 60), note(2 * BAR - 30, BAR + 50, 62)];
        let copied = copy_bars(&score, &bars(1..2, 0..1));
        let mut pasted = score.clone();
        assert!(paste_bars(&mut pasted, &copied, &copied.place(3 * BAR, 0)));
        assert_eq!(pasted.parts[0].notes[2..], [note(3 * BAR - 20, BAR, 60)]);
        clear_bars(&mut score, &bars(1..2, 0..1));
        assert_eq!(score.parts[0].notes, [note(2 * BAR - 30, BAR + 50, 62)]);
    }

    #[test]
    fn controllers_go_along_and_leave_what_is_around_as_it_was() {
        let mut score = score();
        score.part_mut(0).unwrap().controls = vec![event(10, 64, 127), event(3 * BAR, 64, 0)];
        let mut cleared = score.clone();
        clear_bars(&mut cleared, &bars(0..1, 0..1));
        assert_eq!(cleared.parts[0].controls, [event(BAR, 64, 127), event(3 * BAR, 64, 0)], "pressed behind it");
        let copied = copy_bars(&score, &bars(1..2, 0..1));
        assert!(paste_bars(&mut score, &copied, &copied.place(4 * BAR, 0)));
        let pressed_again = [event(4 * BAR, 64, 127), event(5 * BAR, 64, 0)];
        assert_eq!(score.parts[0].controls[2..], pressed_again);
    }

    #[test]
    fn one_part_can_be_pasted_into_another_and_keeps_its_instrument() {
        let mut score = score();
        let program = ControlEvent { tick: 2 * BAR, control: Control::Program(40) };
        score.part_mut(0).unwrap().controls = vec![program, event(2 * BAR + 5, 1, 9)];
        let copied = copy_bars(&score, &bars(2..3, 0..1));
        assert!(paste_bars(&mut score, &copied, &copied.place(0, 1)));
        assert_eq!(score.parts[1].controls, [event(5, 1, 9), event(BAR, 1, 0)]);
        assert_eq!(score.parts[1].notes, [note(0, BAR, 62), note(BAR, 2 * BAR, 36)]);
        assert!(!paste_bars(&mut score, &copied, &copied.place(MAX_TICK - 1, 1)), "no room");
        assert!(bars(0..1, 0..2).have_content(&score) && !bars(5..6, 0..2).have_content(&score));
    }
}
