//! A stretch of a score as a score of its own, or some of its parts: what an export writes.
//!
//! Pure: a score in, a score out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::fine::FineTimes;
use super::parameters::Parameters;
use super::pedal::pedal_notes;
use super::time::from_tick;
use super::{
    ChordChange, Control, ControlEvent, KeyChange, Lyric, MetreChange, MetreMap, Note, Part, Score, SectionChange,
    TempoChange, TempoMap, Tick,
};

/// What lies within a range of ticks, moved to the start.
///
/// It sounds as the range does when it is played from its start: notes that a key or the pedal holds there begin with
/// it, programs, controllers and wheels are as they were left, tempo, metre, key, chord and section are those in force.
/// Notes that go on are cut at its end.
pub fn excerpt(score: &Score, range: Range<Tick>) -> Score {
    let shift = |tick: Tick| tick.saturating_sub(range.start);
    let within = |tick: Tick| tick < range.end;
    let tempi = score.tempo.changes().iter().filter(|change| within(change.tick));
    let metres = score.metre.changes().iter().filter(|change| within(change.tick));
    let keys = from_tick(&score.keys, range.start).into_iter().filter(|change| within(change.tick));
    let chords = from_tick(&score.chords, range.start).into_iter().filter(|change| within(change.tick));
    let sections = from_tick(&score.sections, range.start).into_iter().filter(|section| within(section.tick));
    let lyrics = score.lyrics.iter().filter(|lyric| range.contains(&lyric.tick));
    Score {
        title: score.title.clone(),
        // of several changes at one tick the last wins
        tempo: TempoMap::from_changes(
            tempi.map(|change| TempoChange { tick: shift(change.tick), ..*change }).collect(),
        ),
        metre: MetreMap::from_changes(
            metres.map(|change| MetreChange { tick: shift(change.tick), ..*change }).collect(),
        ),
        keys: keys.map(|change| KeyChange { tick: shift(change.tick), ..change }).collect(),
        chords: chords.map(|change| ChordChange { tick: shift(change.tick), ..change }).collect(),
        sections: sections.map(|section| SectionChange { tick: shift(section.tick), ..section }).collect(),
        lyrics: lyrics.map(|lyric| Lyric { tick: shift(lyric.tick), ..lyric.clone() }).collect(),
        parts: score.parts.iter().map(|part| Arc::new(part_within(part, &score.tempo, &range))).collect(),
        melody: score.melody,
        volume: score.volume,
        resolution: score.resolution,
        ..Score::default()
    }
}

/// The score with some of its parts only, in their order.
pub fn with_parts(score: &Score, is_wanted: impl Fn(usize) -> bool) -> Score {
    let kept: Vec<usize> = (0..score.parts.len()).filter(|&index| is_wanted(index)).collect();
    Score {
        parts: kept.iter().map(|&index| Arc::clone(&score.parts[index])).collect(),
        melody: score.melody.and_then(|melody| kept.iter().position(|&index| index == melody)),
        ..score.clone()
    }
}

fn part_within(part: &Part, tempo: &TempoMap, range: &Range<Tick>) -> Part {
    let mut cut = Part { fine: FineTimes::default(), ..part.clone() };
    cut.notes = part
        .notes
        .iter()
        .filter(|note| note.start < range.end && note.end() > range.start)
        .map(|note| {
            let start = note.start.max(range.start);
            Note { start: start - range.start, duration: note.end().min(range.end) - start, ..*note }
        })
        .collect();
    // those that only the pedal holds; they end where it would end them
    cut.notes.extend(pedal_notes(part, tempo).into_iter().filter(|held| held.sounds_at(range.start)).map(|held| {
        let duration = held.ticks.end.min(range.end) - range.start;
        Note { start: 0, pitch: held.pitch, duration, velocity: held.velocity }
    }));
    cut.notes.sort_unstable(); // those that were held all begin at the start
    let split = part.controls.partition_point(|event| event.tick <= range.start);
    let (before, after) = part.controls.split_at(split);
    cut.controls = state_after(before, &mut cut);
    cut.controls.extend(
        after
            .iter()
            .filter(|event| event.tick < range.end)
            .map(|event| ControlEvent { tick: event.tick - range.start, control: event.control }),
    );
    cut
}

/// What a part is set to after these events, as events at the start; program, volume and pan go into the part.
fn state_after(events: &[ControlEvent], part: &mut Part) -> Vec<ControlEvent> {
    let mut controllers: BTreeMap<u8, u8> = BTreeMap::new();
    let (mut bend, mut pressure) = (0, 0);
    let mut parameters = Parameters::START;
    for event in events {
        match event.control {
            Control::Controller { number, value } if Parameters::are_meant(number) => {
                parameters.apply(number, value);
            }
            Control::Controller { number: 7, value } => part.volume = value,
            Control::Controller { number: 10, value } => part.pan = value,
            // "reset all controllers": volume, pan, bank, effects and sounds stay (RP-015)
            Control::Controller { number: 121, .. } => {
                controllers.retain(|number, _| matches!(number, 0 | 32 | 70..=79 | 91..=95));
                (bend, pressure) = (0, 0);
                parameters.deselect();
            }
            // events that end sounds do not change what comes after
            Control::Controller { number: 120 | 122..=127, .. } | Control::KeyPressure { .. } => {}
            Control::Controller { number, value } => {
                controllers.insert(number, value);
            }
            Control::PitchBend(value) => bend = value,
            Control::Pressure(value) => pressure = value,
            Control::Program(program) => part.program = program,
        }
    }
    let at_start = |control| ControlEvent { tick: 0, control };
    let mut state: Vec<ControlEvent> =
        controllers.into_iter().map(|(number, value)| at_start(Control::Controller { number, value })).collect();
    parameters.for_each(|number, value| state.push(at_start(Control::Controller { number, value })));
    if bend != 0 {
        state.push(at_start(Control::PitchBend(bend)));
    }
    if pressure != 0 {
        state.push(at_start(Control::Pressure(pressure)));
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::testing::note;
    use crate::music::{Chord, Key, Metre, Mode, midi_file};

    fn control(tick: Tick, number: u8, value: u8) -> ControlEvent {
        ControlEvent { tick, control: Control::Controller { number, value } }
    }

    fn score() -> Score {
        let mut part = Part::new("Lead", 4);
        part.notes = vec![note(0, 480, 60), note(480, 1000, 64), note(960, 480, 62), note(2000, 480, 65)];
        part.controls = vec![
            control(0, 64, 127),
            control(100, 7, 33),
            control(500, 64, 0),
            ControlEvent { tick: 700, control: Control::Program(9) },
            control(1000, 1, 5),
            control(1900, 1, 6),
        ];
        Score {
            title: "T".into(),
            tempo: TempoMap::from_changes(vec![
                TempoChange { tick: 0, micros_per_quarter: 400_000 },
                TempoChange { tick: 500, micros_per_quarter: 300_000 },
                TempoChange { tick: 1200, micros_per_quarter: 200_000 },
            ]),
            metre: MetreMap::constant(Metre::new(3, 4).unwrap()),
            keys: vec![KeyChange::new(240, Key { tonic: 7, mode: Mode::Major })],
            chords: [(0, 0), (480, 5), (1200, 7), (1900, 0)]
                .map(|(tick, root)| ChordChange { tick, chord: Some(Chord::major(root)), bass: root })
                .to_vec(),
            parts: vec![Arc::new(part), Arc::new(Part::new("Other", 0))],
            melody: Some(1),
            ..Score::default()
        }
    }

    #[test]
    fn it_begins_as_the_range_sounds_from_its_start() {
        let cut = excerpt(&score(), 960..1900);
        let part = &cut.parts[0];
        assert_eq!(part.notes, [note(0, 480, 62), note(0, 520, 64)]);
        assert_eq!((part.program, part.volume), (9, 33));
        assert_eq!(part.controls, [control(0, 64, 0), control(40, 1, 5)]);
        let tempi: Vec<(Tick, u32)> =
            cut.tempo.changes().iter().map(|change| (change.tick, change.micros_per_quarter)).collect();
        assert_eq!(tempi, [(0, 300_000), (240, 200_000)]);
        assert_eq!((cut.keys[0].tick, cut.keys[0].key.tonic), (0, 7));
        assert_eq!(cut.metre.metre_at(0), Metre::new(3, 4).unwrap());
        let chords: Vec<(Tick, String)> = cut.chords.iter().map(|change| (change.tick, change.symbol())).collect();
        assert_eq!(chords, [(0, "F".to_owned()), (240, "G".to_owned())]);
    }

    #[test]
    fn what_the_pedal_holds_begins_with_it() {
        let mut score = score();
        let part = score.part_mut(0).unwrap();
        part.program = 19;
        part.notes = vec![note(0, 240, 60), note(0, 240, 62), note(960, 480, 62), note(3000, 480, 64)];
        part.controls = vec![control(0, 64, 127), control(1900, 64, 0)];
        let notes = |from, to| excerpt(&score, from..to).parts[0].notes.clone();
        assert_eq!(notes(480, 960), [note(0, 480, 60), note(0, 480, 62)]);
        assert_eq!(notes(960, 2880), [note(0, 940, 60), note(0, 480, 62)]);
        assert_eq!(notes(1900, 2880), []);
    }

    #[test]
    fn all_of_it_is_itself_and_files_keep_it() {
        let whole = excerpt(&score(), 0..3000);
        assert_eq!(whole.parts[0].notes, score().parts[0].notes);
        assert_eq!((&whole.tempo, &whole.chords), (&score().tempo, &score().chords));
        let cut = excerpt(&score(), 960..1900);
        assert_eq!(midi_file::read(&midi_file::write(&cut)).unwrap(), cut);
    }

    #[test]
    fn some_parts_keep_their_order_and_the_melody() {
        let some = with_parts(&score(), |index| index == 1);
        assert_eq!((some.parts.len(), some.melody), (1, Some(0)));
        assert_eq!(with_parts(&score(), |index| index == 0).melody, None);
    }

    #[test]
    fn an_excerpt_has_the_bend_range_of_before() {
        let mut score = score();
        let part = score.part_mut(0).unwrap();
        part.controls = [(101, 0), (100, 0), (6, 12), (64, 127), (101, 127), (100, 127)]
            .into_iter()
            .map(|(number, value)| control(0, number, value))
            .collect();
        let cut = excerpt(&score, 960..1920);
        let numbers: Vec<(u8, u8)> = cut.parts[0]
            .controls
            .iter()
            .filter_map(|event| match event.control {
                Control::Controller { number, value } => Some((number, value)),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, [(64, 127), (101, 0), (100, 0), (6, 12), (38, 0), (101, 127), (100, 127)]);
    }
}
