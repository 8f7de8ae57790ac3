//! Time put into a whole score and taken out of it: all parts, tempo, metre, key, chords, sections and lyrics go along.

use std::ops::Range;

use super::{
    bars::{clear_part, cut},
    chase::{self, State},
};
use crate::music::{
    ChordChange, ControlEvent, Lyric, MAX_TICK, MetreMap, Note, Part, Score, SectionChange, TempoMap, Tick, chord,
    time::{Change, from_tick},
};

/// Whether a score has room for so much more time.
pub fn has_room_for(score: &Score, ticks: Tick) -> bool {
    score.end().saturating_add(ticks) <= MAX_TICK
}

/// A change of the time of a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeChange {
    /// Empty time comes before a range, as long as the range is and in its metre and tempo.
    Insert(Range<Tick>),
    /// A range is taken out; what comes behind it follows what lies before it.
    Delete(Range<Tick>),
    /// A range is played once more, right behind itself.
    Duplicate(Range<Tick>),
}

impl TimeChange {
    /// A score with its time changed.
    #[must_use]
    pub fn applied_to(&self, score: &Score) -> Score {
        let own = score.own.mapped(|span| self.spans_after(span));
        let changed = match self {
            Self::Insert(ticks) => insert_time(score, ticks),
            Self::Delete(ticks) => joined(score, ticks.start, ticks.end),
            Self::Duplicate(ticks) => joined(score, ticks.end, ticks.start),
        };
        Score { own, ..changed }
    }

    /// Where a span is afterwards, and where what is repeated of it is. One without an end has none then.
    fn spans_after(&self, span: &Range<Tick>) -> [Option<Range<Tick>>; 2] {
        let endless = |after: Range<Tick>| if span.end < MAX_TICK { after } else { after.start..MAX_TICK };
        let again = match self {
            Self::Duplicate(ticks) => {
                let later = |tick: Tick| tick.clamp(ticks.start, ticks.end) - ticks.start + ticks.end;
                Some(later(span.start)..later(span.end))
            }
            Self::Insert(_) | Self::Delete(_) => None,
        };
        [self.range_after(span).map(endless), again]
    }

    /// What takes it back, but for what a range that was taken out held.
    #[must_use]
    pub fn reversed(&self) -> Self {
        match self {
            Self::Insert(ticks) => Self::Delete(ticks.clone()),
            Self::Delete(ticks) => Self::Insert(ticks.clone()),
            Self::Duplicate(ticks) => Self::Delete(ticks.end..ticks.end.saturating_add(ticks.end - ticks.start)),
        }
    }

    /// The same, so many ticks later.
    #[must_use]
    pub fn later_by(&self, by: Tick) -> Self {
        let later = |ticks: &Range<Tick>| ticks.start.saturating_add(by)..ticks.end.saturating_add(by);
        match self {
            Self::Insert(ticks) => Self::Insert(later(ticks)),
            Self::Delete(ticks) => Self::Delete(later(ticks)),
            Self::Duplicate(ticks) => Self::Duplicate(later(ticks)),
        }
    }

    /// Where the music of a range is afterwards; `None` where it is nowhere.
    pub fn range_after(&self, range: &Range<Tick>) -> Option<Range<Tick>> {
        let (at, length) = match self {
            Self::Insert(ticks) => (ticks.start, ticks.end - ticks.start),
            Self::Duplicate(ticks) => (ticks.end, ticks.end - ticks.start),
            Self::Delete(ticks) => {
                let earlier = |tick: Tick| tick.min(ticks.start) + tick.saturating_sub(ticks.end);
                let left = earlier(range.start)..earlier(range.end);
                return (!left.is_empty()).then_some(left);
            }
        };
        let later = |tick: Tick, moves: bool| if moves { tick.saturating_add(length).min(MAX_TICK) } else { tick };
        Some(later(range.start, range.start >= at)..later(range.end, range.end > at))
    }
}

fn insert_time(score: &Score, ticks: &Range<Tick>) -> Score {
    let mut score = joined(score, ticks.end, ticks.start);
    for index in 0..score.parts.len() {
        if let Some(part) = score.part_mut(index) {
            clear_part(part, ticks);
        }
    }
    score.chords = chord::spliced(&score.chords, &[], ticks);
    score.sections.retain(|section| !ticks.contains(&section.tick));
    score.lyrics.retain(|lyric| !ticks.contains(&lyric.tick));
    score
}

/// What lies before `end`, and behind it what there is from `from` on.
fn joined(score: &Score, end: Tick, from: Tick) -> Score {
    let later = |tick: Tick| (tick - from).saturating_add(end).min(MAX_TICK);
    let before = score.lyrics.iter().filter(|lyric| lyric.tick < end).cloned();
    let after = score.lyrics.iter().filter(|lyric| lyric.tick >= from);
    Score {
        tempo: TempoMap::from_changes(joined_changes(score.tempo.changes(), end, from)),
        metre: MetreMap::from_changes(joined_changes(score.metre.changes(), end, from)),
        keys: joined_changes(&score.keys, end, from),
        chords: joined_chords(&score.chords, end, from),
        sections: joined_sections(&score.sections, end, from),
        lyrics: before.chain(after.map(|lyric| Lyric { tick: later(lyric.tick), ..lyric.clone() })).collect(),
        parts: score.parts.iter().map(|part| joined_part(part, end, from).into()).collect(),
        ..score.clone()
    }
}

/// The changes of both stretches. Where the second begins, what is in force there is said, if that is another than
/// before.
fn joined_changes<C: Change + PartialEq>(changes: &[C], end: Tick, from: Tick) -> Vec<C> {
    let mut all: Vec<C> = changes.iter().filter(|change| change.tick() < end).cloned().collect();
    let in_force = all.last().cloned().map(|last| last.moved_to(end));
    let later = |change: C| {
        let tick = (change.tick() - from).saturating_add(end).min(MAX_TICK);
        change.moved_to(tick)
    };
    all.extend(from_tick(changes, from).into_iter().map(later).filter(|change| in_force.as_ref() != Some(change)));
    all
}

fn joined_chords(chords: &[ChordChange], end: Tick, from: Tick) -> Vec<ChordChange> {
    let nothing = ChordChange { tick: 0, chord: None, bass: 0 };
    let starts_late = chords.first().is_some_and(|first| first.tick > from);
    if !starts_late {
        return joined_changes(chords, end, from);
    }
    // no chord is there yet where the second stretch begins
    let known: Vec<ChordChange> = [nothing].into_iter().chain(chords.iter().copied()).collect();
    let mut joined = joined_changes(&known, end, from);
    if joined.first() == Some(&nothing) {
        joined.remove(0);
    }
    joined
}

/// A section that begins where the second stretch does begins again, though it has the label of the one before.
fn joined_sections(sections: &[SectionChange], end: Tick, from: Tick) -> Vec<SectionChange> {
    let mut joined = joined_changes(sections, end, from);
    let begins = sections.iter().find(|section| section.tick == from);
    if let Some(section) = begins.filter(|_| joined.iter().all(|section| section.tick != end)) {
        let at = joined.partition_point(|other| other.tick < end);
        joined.insert(at, section.clone().moved_to(end));
    }
    joined
}

fn joined_part(part: &Part, end: Tick, from: Tick) -> Part {
    let later = |tick: Tick| (i64::from(tick) + i64::from(end) - i64::from(from)).clamp(0, i64::from(MAX_TICK)) as Tick;
    let both = |note: &Note| {
        let (first, second) = (cut(*note, end).0, cut(*note, from).1);
        let second = second.map(|second| Note { start: later(second.start), ..second });
        match (first, second) {
            // held over from one to the other
            (Some(first), Some(second)) if note.start < from.min(end) && note.end() > from.max(end) => {
                [Some(Note { duration: second.end() - first.start, ..first }), None]
            }
            pieces => pieces.into(),
        }
    };
    let mut notes: Vec<Note> = part.notes.iter().flat_map(both).flatten().map(Note::in_range).collect();
    notes.sort_unstable();
    notes.dedup();

    // what sets the part up stays at the very start, but for what is said there of the second stretch
    let stays = |event: &ControlEvent| chase::sets_up(*event) && (end > 0 || chase::is_parameter(event.control));
    let before = part.controls.iter().filter(|event| event.tick < end || stays(event)).copied();
    let after = part.controls.iter().filter(|event| event.tick >= from && !chase::sets_up(**event));
    let said: Vec<_> = (part.controls.iter())
        .filter(|event| event.tick == from && !chase::sets_up(**event))
        .map(|event| chase::kind_of(event.control))
        .collect();
    let changes = State::before(part, end).changes_to(&State::before(part, from), part, end).into_iter();
    let changes = changes.filter(|change| !said.contains(&chase::kind_of(change.control)));
    let moved = after.map(|event| ControlEvent { tick: later(event.tick), ..*event });
    let mut joined = Part { notes, controls: before.chain(changes).chain(moved).collect(), ..part.clone() };
    joined.normalise_controls();
    joined
}

#[cfg(test)]
mod tests {
    use super::{
        TimeChange::{Delete, Duplicate, Insert},
        *,
    };
    use crate::music::{
        Chord, Control, KeyChange, Metre, OwnMarks,
        testing::{metres, note},
    };

    const BAR: Tick = 1920;

    fn pedal(tick: Tick, value: u8) -> ControlEvent {
        ControlEvent { tick, control: Control::Controller { number: 64, value } }
    }

    /// Four bars of four quarters, a note in each, tempo, key, chord, section and word of each bar its own.
    fn four_bars() -> Score {
        let section = |tick, label: &str| SectionChange { tick, label: label.into() };
        let mut part = Part::new("Tune", 0);
        part.notes = (0..4).map(|bar| note(bar * BAR, BAR, 60 + bar as i32)).collect();
        part.controls = vec![pedal(BAR, 127), pedal(2 * BAR, 0)];
        let tempi = (0..4).fold(TempoMap::default(), |map, bar| map.with_change(bar * BAR, f64::from(60 + bar)));
        Score {
            tempo: tempi,
            metre: metres(&[(2 * BAR, 3, 4), (2 * BAR + 1440, 4, 4)]),
            chords: (0..4)
                .map(|bar| ChordChange { tick: bar * BAR, chord: Some(Chord::major(bar as u8)), bass: bar as u8 })
                .collect(),
            sections: vec![section(0, "A"), section(2 * BAR, "B")],
            lyrics: (0..4).map(|bar| Lyric { tick: bar * BAR, text: format!("la{bar} ") }).collect(),
            parts: vec![part.into()],
            melody: Some(0),
            ..Score::default()
        }
    }

    fn starts(score: &Score) -> Vec<(Tick, u8)> {
        score.parts[0].notes.iter().map(|note| (note.start / BAR, note.pitch.get())).collect()
    }

    fn labels(score: &Score) -> Vec<(Tick, &str)> {
        score.sections.iter().map(|section| (section.tick / BAR, section.label.as_str())).collect()
    }

    #[test]
    fn what_is_the_users_own_goes_with_the_time() {
        fn own(spans: impl IntoIterator<Item = Range<Tick>>) -> OwnMarks {
            let mut own = OwnMarks::default();
            for span in spans {
                own.chords.add(span);
            }
            own.sections.add(BAR..MAX_TICK);
            own
        }
        let score = Score { own: own(Some(BAR..2 * BAR)), ..four_bars() };
        let after = |change: TimeChange| change.applied_to(&score).own.chords;
        assert_eq!(after(Insert(0..BAR)), own(Some(2 * BAR..3 * BAR)).chords);
        assert_eq!(after(Delete(0..BAR)), own(Some(0..BAR)).chords);
        assert_eq!(after(Delete(BAR..2 * BAR)), own(None).chords);
        assert_eq!(after(Duplicate(0..2 * BAR)), own([BAR..2 * BAR, 3 * BAR..4 * BAR]).chords);
        let sections = Delete(0..2 * BAR).applied_to(&score).own.sections;
        assert_eq!(sections, Delete(0..BAR).applied_to(&score).own.sections, "to the end, still");
    }

    #[test]
    fn time_that_is_taken_out_closes_up_with_all_that_belongs_to_it() {
        let cut = Delete(BAR..2 * BAR).applied_to(&four_bars());
        assert_eq!(starts(&cut), [(0, 60), (1, 62), (2, 63)]);
        assert_eq!([0, BAR, 2 * BAR].map(|tick| cut.tempo.qpm_at(tick).round()), [60.0, 62.0, 63.0]);
        assert_eq!(cut.metre, metres(&[(BAR, 3, 4), (BAR + 1440, 4, 4)]));
        assert_eq!(
            cut.chords.iter().map(|change| (change.tick / BAR, change.bass)).collect::<Vec<_>>(),
            [(0, 0), (1, 2), (2, 3)]
        );
        assert_eq!(labels(&cut), [(0, "A"), (1, "B")]);
        assert_eq!(cut.lyrics.iter().map(|lyric| lyric.text.trim()).collect::<Vec<_>>(), ["la0", "la2", "la3"]);
        assert_eq!(cut.parts[0].controls, [pedal(BAR, 0)], "the pedal is not pressed any more");
        let from_start = Delete(0..BAR).applied_to(&four_bars());
        assert_eq!(starts(&from_start), [(0, 61), (1, 62), (2, 63)]);
        assert_eq!(labels(&from_start), [(0, "A"), (1, "B")]);
        assert_eq!(from_start.tempo.qpm_at(0).round(), 61.0);
    }

    #[test]
    fn time_that_is_duplicated_comes_twice() {
        let twice = Duplicate(0..2 * BAR).applied_to(&four_bars());
        assert_eq!(starts(&twice), [(0, 60), (1, 61), (2, 60), (3, 61), (4, 62), (5, 63)]);
        assert_eq!(labels(&twice), [(0, "A"), (2, "A"), (4, "B")]);
        assert_eq!([2, 3, 4].map(|bar| twice.tempo.qpm_at(bar * BAR).round()), [60.0, 61.0, 62.0]);
        assert_eq!(twice.metre, metres(&[(4 * BAR, 3, 4), (4 * BAR + 1440, 4, 4)]));
        assert_eq!(
            twice.parts[0].controls,
            [pedal(BAR, 127), pedal(2 * BAR, 0), pedal(3 * BAR, 127), pedal(4 * BAR, 0)]
        );
        assert_eq!(twice.lyrics.len(), 6);
        let once = Delete(0..2 * BAR).applied_to(&twice);
        assert_eq!((&once.parts[0].notes, &once.chords), (&four_bars().parts[0].notes, &four_bars().chords));
        assert_eq!((&once.tempo, &once.sections), (&four_bars().tempo, &four_bars().sections));
    }

    #[test]
    fn time_that_is_put_in_is_empty_and_in_the_metre_of_what_it_is_put_before() {
        let score = four_bars();
        let longer = Insert(2 * BAR..2 * BAR + 1440).applied_to(&score);
        assert_eq!(
            longer.parts[0].notes.iter().map(|note| note.start).collect::<Vec<_>>(),
            [0, BAR, 2 * BAR + 1440, 3 * BAR + 1440]
        );
        assert_eq!(longer.metre, metres(&[(2 * BAR, 3, 4), (2 * BAR + 2880, 4, 4)]));
        assert_eq!(longer.sections[1].tick, 2 * BAR + 1440);
        assert_eq!(
            longer.chords.iter().map(|change| change.chord.is_some()).collect::<Vec<_>>(),
            [true, true, false, true, true]
        );
        assert_eq!(Delete(2 * BAR..2 * BAR + 1440).applied_to(&longer), score);
        let in_front = Insert(0..BAR).applied_to(&score);
        assert_eq!(starts(&in_front)[0], (1, 60));
        assert_eq!(labels(&in_front), [(1, "A"), (3, "B")]);
    }

    #[test]
    fn a_note_that_is_held_over_the_seam_stays_one() {
        let mut score = Score { parts: vec![Part::new("Pad", 0).into()], ..Score::default() };
        score.keys = vec![KeyChange::new(0, crate::music::Key::C_MAJOR)];
        score.metre = MetreMap::constant(Metre::FOUR_FOUR);
        score.part_mut(0).unwrap().notes = vec![note(0, 4 * BAR, 60)];
        assert_eq!(Delete(BAR..2 * BAR).applied_to(&score).parts[0].notes, [note(0, 3 * BAR, 60)]);
        assert_eq!(Duplicate(BAR..2 * BAR).applied_to(&score).parts[0].notes, [note(0, 5 * BAR, 60)]);
        let opened = Insert(BAR..2 * BAR).applied_to(&score);
        assert_eq!(opened.parts[0].notes, [note(0, BAR, 60), note(2 * BAR, 3 * BAR, 60)]);
        assert_eq!(opened.keys, score.keys);
    }

    #[test]
    fn a_range_goes_with_its_music() {
        let after = |change: &TimeChange, range: Range<Tick>| change.range_after(&range);
        let (put, twice, out) = (Insert(2..4), Duplicate(2..4), Delete(2..4));
        assert_eq!((after(&put, 0..2), after(&put, 2..4), after(&put, 1..3)), (Some(0..2), Some(4..6), Some(1..5)));
        assert_eq!((after(&twice, 2..4), after(&twice, 4..5)), (Some(2..4), Some(6..7)));
        assert_eq!((after(&out, 2..4), after(&out, 3..6), after(&out, 1..5)), (None, Some(2..4), Some(1..3)));
        for change in [put, twice, out] {
            assert_eq!(change.reversed().range_after(&after(&change, 5..9).unwrap()), Some(5..9), "{change:?}");
            assert_eq!(change.later_by(10).range_after(&(0..9)), Some(0..9));
        }
        let score = four_bars();
        for change in [Insert(BAR..2 * BAR), Duplicate(BAR..2 * BAR)] {
            let back = change.reversed().applied_to(&change.applied_to(&score));
            assert_eq!((&back.parts[0].notes, &back.chords), (&score.parts[0].notes, &score.chords), "{change:?}");
        }
    }
}
