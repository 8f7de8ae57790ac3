//! What the notes of a zone say each for itself, and what of it one voice can say.

use std::collections::BTreeSet;

use crate::music::fine::FINE;

/// How many channels there are.
pub const CHANNELS: usize = 16;
/// Notes that sound together for no longer than this follow on each other: a 32nd, in [`FINE`]ths of a tick.
const BRIEF: i64 = 60 * FINE as i64;
/// No longer than this share of a note, either.
const BRIEF_SHARE: i64 = 4;

/// A note of a channel, in [`FINE`]ths of a tick.
#[derive(Clone, Copy, Debug)]
pub struct ChannelNote {
    pub start: i64,
    /// Later than its start.
    pub end: i64,
    pub channel: u8,
}

/// Values from some times on; the first holds from the beginning.
#[derive(Clone, Debug)]
struct Line(Vec<(i64, i32)>);

impl Line {
    /// Of what is said in order of time, and what holds before it.
    fn new(rest: i32, said: impl IntoIterator<Item = (i64, i32)>) -> Self {
        let mut line = vec![(i64::MIN, rest)];
        for (at, value) in said {
            if line.last().is_some_and(|last| last.0 == at) {
                line.pop(); // of several at one time the last counts
            }
            if line.last().is_some_and(|last| last.1 != value) {
                line.push((at, value));
            }
        }
        Self(line)
    }

    fn begun(&self, at: i64) -> usize {
        self.0.partition_point(|(since, _)| *since <= at)
    }

    /// What it is where a note begins, if it stays so to its end.
    fn throughout(&self, note: &ChannelNote) -> Option<i32> {
        let begun = self.begun(note.start);
        (begun == self.begun(note.end - 1)).then(|| self.0[begun - 1].1)
    }
}

/// What happens at a time: notes end first, then comes what is said, then notes begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    End(u32),
    Say(u8, i32),
    Start(u32),
}

/// One thing that each note says for itself: its bend, its pressure or its slide.
pub struct EachNote<'a> {
    rest: i32,
    /// In order of their starts.
    notes: &'a [ChannelNote],
    lines: Vec<Line>,
    events: Vec<(i64, Event)>,
    /// Whether others sound with a note that say something else.
    is_crowded: Vec<bool>,
}

impl<'a> EachNote<'a> {
    /// What is said on each channel in order of time, where nothing said is `rest`.
    pub fn new(notes: &'a [ChannelNote], said: [Vec<(i64, i32)>; CHANNELS], rest: i32) -> Self {
        let lines: Vec<Line> = said.into_iter().map(|said| Line::new(rest, said)).collect();
        let mut events: Vec<(i64, Event)> = Vec::new();
        for (channel, line) in (0..).zip(&lines) {
            events.extend(line.0.iter().skip(1).map(|(at, value)| (*at, Event::Say(channel, *value))));
        }
        for (index, note) in (0..).zip(notes) {
            events.extend([(note.start, Event::Start(index)), (note.end, Event::End(index))]);
        }
        events.sort_unstable();
        let mut all = Self { rest, notes, lines, events, is_crowded: Vec::new() };
        let crowded = all.crowded_times();
        let crowded_before = |at: i64| match crowded.partition_point(|(since, ..)| *since <= at).checked_sub(1) {
            Some(last) => crowded[last].2 + (at.min(crowded[last].1) - crowded[last].0),
            None => 0,
        };
        let is_crowded = |note: &ChannelNote| {
            let crowded = crowded_before(note.end) - crowded_before(note.start);
            crowded > BRIEF.min((note.end - note.start) / BRIEF_SHARE)
        };
        all.is_crowded = notes.iter().map(is_crowded).collect();
        all
    }

    /// Where notes sound together that say different things: from, to, and how long all together were before it.
    fn crowded_times(&self) -> Vec<(i64, i64, i64)> {
        let mut sounding = [0_u32; CHANNELS];
        let mut values = [self.rest; CHANNELS];
        let mut times = Vec::new();
        let (mut since, mut sum) = (None, 0);
        for at_once in self.events.chunk_by(|one, next| one.0 == next.0) {
            for (_, event) in at_once {
                match *event {
                    Event::End(index) => sounding[self.channel(index)] -= 1,
                    Event::Say(channel, value) => values[usize::from(channel)] = value,
                    Event::Start(index) => sounding[self.channel(index)] += 1,
                }
            }
            let mut said = values.iter().zip(sounding).filter(|(_, notes)| *notes > 0).map(|(value, _)| *value);
            let first = said.next();
            let differ = said.any(|value| Some(value) != first);
            let now = at_once[0].0;
            match since {
                None if differ => since = Some(now),
                Some(from) if !differ => {
                    times.push((from, now, sum));
                    sum += now - from;
                    since = None;
                }
                _ => {}
            }
        }
        times
    }

    fn channel(&self, index: u32) -> usize {
        usize::from(self.notes[index as usize].channel)
    }

    /// What one voice says: what its newest note does, where that is not crowded.
    pub fn heard(&self) -> Vec<(i64, i32)> {
        let mut sounding: BTreeSet<u32> = BTreeSet::new();
        let mut values = [self.rest; CHANNELS];
        let mut heard = Vec::new();
        let mut last = self.rest;
        for at_once in self.events.chunk_by(|one, next| one.0 == next.0) {
            for (_, event) in at_once {
                match *event {
                    Event::End(index) => {
                        sounding.remove(&index);
                    }
                    Event::Say(channel, value) => values[usize::from(channel)] = value,
                    Event::Start(index) => {
                        sounding.insert(index);
                    }
                }
            }
            // where nothing sounds, what sounded dies away as it was
            let Some(&newest) = sounding.last() else { continue };
            let own = if self.is_crowded[newest as usize] { self.rest } else { values[self.channel(newest)] };
            if own != last {
                heard.push((at_once[0].0, own));
                last = own;
            }
        }
        heard
    }

    /// How many `steps` a crowded note says throughout, to the nearest.
    pub fn steps_of_crowded(&self, steps: i32) -> Vec<Option<i32>> {
        let nearest = |value: i32| (value + steps / 2).div_euclid(steps);
        let of_line =
            |line: &Line| Line::new(nearest(self.rest), line.0[1..].iter().map(|(at, of)| (*at, nearest(*of))));
        let lines: Vec<Line> = self.lines.iter().map(of_line).collect();
        let of_note = |(note, is_crowded): (&ChannelNote, &bool)| {
            lines[usize::from(note.channel)].throughout(note).filter(|_| *is_crowded)
        };
        self.notes.iter().zip(&self.is_crowded).map(of_note).collect()
    }

    /// Which notes are not heard as they are, but for those that say throughout what is kept otherwise.
    pub fn lost(&self, is_kept: impl Fn(i32) -> bool) -> Vec<bool> {
        let is_lost = |(note, is_crowded): (&ChannelNote, &bool)| {
            *is_crowded && !self.lines[usize::from(note.channel)].throughout(note).is_some_and(&is_kept)
        };
        self.notes.iter().zip(&self.is_crowded).map(is_lost).collect()
    }
}
