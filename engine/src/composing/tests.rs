//! Composing with toy networks: whatever they write, the melody stays and is accompanied throughout.

use std::sync::Arc;

use super::*;
use crate::testing::{Habit, Toy};
use cantus::music::{Chord, Metre, MetreChange, TICKS_PER_QUARTER};

const OPTIONS: ComposeOptions =
    ComposeOptions { seed: 5, surprise: 0.5, density: 0.5, bars: None, introduction: 0, finishing: Finishing::USUAL };

fn note(start: Tick, duration: Tick, pitch: i32) -> Note {
    Note { start, duration, pitch: Pitch::clamped(pitch), velocity: Velocity::clamped(60 + pitch % 40) }
}

fn score(notes: Vec<Note>, metre: MetreMap) -> Score {
    let mut part = Part::new("Tune", 73);
    part.notes = notes;
    part.sort();
    Score { metre, parts: vec![Arc::new(Part::new("Other", 0)), Arc::new(part)], melody: Some(1), ..Score::default() }
}

fn written(habit: Habit, score: &Score, options: ComposeOptions) -> Composition {
    compose(&Toy::new(habit), score, options, &|| false, &|_, _| {}).unwrap()
}

/// In each bar where the melody sounds a written part does, and one holds to the melody's end.
fn assert_covered(score: &Score, parts: &[Part], case: &str) {
    let melody = &score.melody_part().unwrap().notes;
    let end = melody.iter().map(Note::end).max().unwrap();
    let sounds = |notes: &[Note], from: Tick, to: Tick| notes.iter().any(|note| note.start < to && note.end() > from);
    for bar in 0..=score.metre.position(end - 1).bar {
        let (from, to) = (score.metre.bar_start(bar), score.metre.bar_start(bar + 1));
        // what only leans over the bar line by less than half a step is not in the bar
        let leans = !sounds(melody, from + TICKS_PER_STEP / 2, to);
        if !leans {
            let answered = parts.iter().any(|part| sounds(&part.notes, from, to));
            assert!(answered, "{case}: nothing in bar {bar}");
        }
    }
    let last = parts.iter().flat_map(|part| &part.notes).map(Note::end).max().unwrap();
    assert!(last + TICKS_PER_STEP / 2 >= end, "{case}: ends at {last}, the melody at {end}");
}

fn metre(numerator: u8, denominator: u8) -> MetreMap {
    MetreMap::constant(Metre::new(numerator, denominator).unwrap())
}

fn melodies() -> Vec<(&'static str, Score)> {
    let quarters = |count: u32, from: Tick| -> Vec<Note> {
        (0..count).map(|index| note(from + index * 480, 480, 60 + (index * 5 % 13).cast_signed())).collect()
    };
    let changing = MetreMap::from_changes(
        [(0, 4, 4), (1920, 3, 4), (1920 + 1440, 7, 8), (1920 + 1440 + 1680 + 300, 5, 4)]
            .map(|(tick, numerator, denominator)| MetreChange {
                tick,
                metre: Metre::new(numerator, denominator).unwrap(),
            })
            .to_vec(),
    );
    let restless = MetreMap::from_changes(
        (0..500_u32)
            .map(|bar| MetreChange { tick: bar * 960, metre: Metre::new(2 + (bar % 2) as u8 * 3, 4).unwrap() })
            .collect(),
    );
    let human: Vec<Note> = (0..40)
        .map(|index| note(13 + index * 477, 391 + index * 7 % 200, 55 + (index * 3 % 20).cast_signed()))
        .collect();
    vec![
        ("one note", score(vec![note(0, 1, 60)], MetreMap::default())),
        ("the highest note, late", score(vec![note(1920 * 50 + 17, 5000, 127)], MetreMap::default())),
        ("the lowest note", score(vec![note(0, 480, 0)], metre(3, 4))),
        ("8 bars", score(quarters(32, 0), MetreMap::default())),
        ("a pick-up", score(quarters(13, 1440), MetreMap::default())),
        ("waltz with rests", score([quarters(5, 0), quarters(6, 1440 * 9 + 480)].concat(), metre(3, 4))),
        ("7/8", score(quarters(20, 0), metre(7, 8))),
        ("5/16", score(quarters(9, 0), metre(5, 16))),
        ("1/64", score(quarters(9, 0), metre(1, 64))),
        ("64/1", score(quarters(9, 0), metre(64, 1))),
        ("changing metre, one bar cut short", score(quarters(30, 0), changing)),
        ("500 changes of metre", score(quarters(900, 0), restless)),
        ("played by hand", score(human, MetreMap::default())),
        ("a hair too long", score(vec![note(0, 1920 + 20, 64)], MetreMap::default())),
        ("ten minutes", score(quarters(1500, 0), MetreMap::default())),
    ]
}

#[test]
fn an_introduction_is_accompanied_before_the_melody_begins() {
    for (upbeat, existing, before) in [(0, 0, 4), (1440, 0, 3), (0, 2, 2), (0, 6, 0)] {
        let notes = (0..32).map(|index| note(existing * 1920 + upbeat + index * 480, 480, 60)).collect();
        let score = score(notes, MetreMap::default());
        let composition = written(Habit::Dense, &score, ComposeOptions { introduction: 4, ..OPTIONS });
        assert_eq!(composition.outline.bars_before, before);
        let score = composition.outline.applied_to(&score);
        let begins = score.metre.bar_start((existing + before).max(4) - 4);
        let labels: Vec<_> = score.sections.iter().map(|section| (section.tick, section.label.as_str())).collect();
        assert_eq!(labels, [(begins, "Intro"), (begins + 4 * 1920, "A")], "{upbeat} {existing}");
        let first = composition.parts.iter().flat_map(|part| &part.notes).map(|note| note.start).min();
        assert_eq!(first, Some(begins));
        assert_covered(&score, &composition.parts, "with an introduction");
        // a song that has one keeps it
        let again = written(Habit::Dense, &score, ComposeOptions { introduction: 2, ..OPTIONS });
        assert_eq!((again.outline.bars_before, &again.outline.sections), (0, &score.sections));
        let some = written(Habit::Dense, &score, ComposeOptions { bars: Some((4, 5)), ..OPTIONS });
        assert_eq!(some.outline.sections, score.sections);
    }
}

#[test]
fn a_melody_is_introduced_by_its_own_beginning() {
    let mut melody = Grid::silent(12);
    for (step, cell) in [(3, Cell::Onset), (4, Cell::Held), (5, Cell::Onset), (6, Cell::Onset)] {
        melody.set(step, 60, cell);
    }
    let with = introduced(&melody, 4);
    let line: Vec<Cell> = (0..7).map(|step| with.get(step, 60)).collect();
    // up to its upbeat, and what is held over begins anew
    assert_eq!(line, [Cell::Onset, Cell::Onset, Cell::Onset, Cell::Onset, Cell::Held, Cell::Onset, Cell::Onset]);
    assert_eq!(introduced(&melody, 0), melody);
}

#[test]
fn parts_of_which_bars_are_written_anew_are_as_loud_as_they_were() {
    let tune = (0..16).map(|index| Note { velocity: Velocity::clamped(20), ..note(index * 480, 480, 72) }).collect();
    let score = score(tune, MetreMap::default());
    let before = written(Habit::Dense, &score, OPTIONS).parts;
    let louder = |part: &Part| Arc::new(Part { volume: 100, ..part.clone() });
    let mut there = score.clone();
    there.parts.extend(before.iter().map(louder));
    let after = written(Habit::Dense, &there, ComposeOptions { bars: Some((1, 2)), ..OPTIONS }).parts;
    assert!(before.iter().any(|part| part.volume < 70), "the band is balanced where all is written");
    assert!(after.iter().all(|part| part.volume == 100));
}

#[test]
fn every_melody_is_covered_whatever_the_network_writes() {
    for habit in [Habit::Silent, Habit::Sparse, Habit::Dense] {
        for (case, score) in melodies() {
            if habit == Habit::Dense && score.end() > 100_000 {
                continue; // the same again, only slower
            }
            let before = score.clone();
            let composition = written(habit, &score, OPTIONS);
            assert_eq!(score, before);
            assert_covered(&score, &composition.parts, &format!("{habit:?}, {case}"));
            for (part, spec) in composition.parts.iter().zip(Toy::new(habit).parts()) {
                assert_eq!((&part.name, part.role, part.is_drum), (&spec.name, spec.role, spec.is_drum));
                assert!(part.notes.is_sorted(), "{case}");
                let in_range = |note: &Note| spec.is_drum || (spec.low..=spec.high).contains(&note.pitch.get());
                assert!(part.notes.iter().all(in_range), "{case}: {} out of range", part.name);
            }
            let bass = &composition.parts[0].notes;
            assert!(bass.windows(2).all(|pair| pair[0].end() <= pair[1].start), "{case}: two bass notes at once");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_notes_and_another_gives_others() {
    let (_, score) = melodies().swap_remove(3);
    let with = |seed| written(Habit::Sparse, &score, ComposeOptions { seed, ..OPTIONS });
    assert_eq!(with(1), with(1));
    assert_ne!(with(1).parts, with(2).parts);
    assert_eq!(seed_of_take(7, 0), 7);
    assert_ne!(seed_of_take(7, 1), seed_of_take(8, 0));
}

#[test]
fn locked_parts_are_not_written_again() {
    let (_, mut score) = melodies().swap_remove(3);
    let bass = score.part_mut(0).unwrap();
    (bass.role, bass.locked) = (Role::Bass, true);
    let names: Vec<String> = written(Habit::Sparse, &score, OPTIONS).parts.into_iter().map(|part| part.name).collect();
    assert_eq!(names, ["Piano", "Drums"]);
    for role in [Role::Chords, Role::Drums] {
        score.parts.push(Arc::new(Part { role, locked: true, ..Part::default() }));
    }
    let refusal = compose(&Toy::new(Habit::Sparse), &score, OPTIONS, &|| false, &|_, _| {}).unwrap_err();
    assert!(refusal.to_string().contains("locked"));
}

#[test]
fn only_the_bars_asked_for_change() {
    let (_, mut score) = melodies().swap_remove(3);
    let first = written(Habit::Sparse, &score, OPTIONS);
    score.parts.extend(first.parts.iter().cloned().map(Arc::new));
    let again = ComposeOptions { seed: 77, bars: Some((1, 2)), ..OPTIONS };
    let varied = written(Habit::Sparse, &score, again);
    let (from, to) = (score.metre.bar_start(1), score.metre.bar_start(2));
    let mut changed = false;
    for (old, new) in first.parts.iter().zip(&varied.parts) {
        let outside = |part: &Part| -> Vec<Note> {
            let cut = |note: &Note| Note {
                duration: note.duration.min(if note.start < from { from - note.start } else { note.duration }),
                ..*note
            };
            let leaning = TICKS_PER_STEP / 2 - 1;
            let notes = part.notes.iter().filter(|note| !(from..to).contains(&(note.start + leaning)));
            notes.map(cut).collect()
        };
        assert_eq!(outside(old), outside(new));
        assert!(new.notes.iter().all(|note| note.start + TICKS_PER_STEP / 2 > to || note.end() <= to));
        changed |= old.notes != new.notes;
    }
    assert!(changed);
}

#[test]
fn a_stroke_that_leans_over_a_bar_line_is_played_once() {
    let kit = |starts: &[Tick]| Part {
        notes: starts.iter().map(|start| note(*start, 60, 36)).collect(),
        is_drum: true,
        ..Part::new("Drums", 0)
    };
    let starts = |part: &Part| part.notes.iter().map(|note| note.start).collect::<Vec<_>>();
    let bar = 1920..3840;
    // early where it was late and late where it was early, at both ends of the bar
    let (old, new) = (kit(&[960, 1910, 2880, 3850]), kit(&[950, 1930, 2890, 3830]));
    assert_eq!(starts(&patched(new.clone(), Some(&old), &bar)), [960, 3850, 1930, 2890]);
    assert_eq!(starts(&patched(old, Some(&new), &bar)), [950, 3830, 1910, 2880]);
    // a thirty-second before the bar line is the bar before's own
    let pickup = kit(&[1860, 2880]);
    assert_eq!(starts(&patched(new, Some(&pickup), &bar)), [1860, 1930, 2890]);
}

#[test]
fn only_the_chords_of_the_bars_asked_for_change() {
    let (_, mut score) = melodies().swap_remove(3);
    let written = |chord: Option<u8>, score: &Score, bars| {
        let mut toy = Toy::new(Habit::Sparse);
        toy.chord = chord;
        compose(&toy, score, ComposeOptions { bars, ..OPTIONS }, &|| false, &|_, _| {}).unwrap().outline.chords
    };
    let chord = |tick, root| ChordChange { tick, chord: Some(Chord::major(root)), bass: root };
    let (from, to) = (score.metre.bar_start(1), score.metre.bar_start(2));
    let last = score.metre.position(score.end() - 1).bar;
    assert!(to < score.end() && last > 1);
    assert_eq!(written(Some(5), &score, Some((1, 2))), [chord(0, 5)], "where none were known all are told");
    score.chords = vec![chord(0, 0), chord(from + 240, 7)];
    assert_eq!(written(Some(5), &score, None), [chord(0, 5)]);
    assert_eq!(written(Some(5), &score, Some((1, 2))), [chord(0, 0), chord(from, 5), chord(to, 7)]);
    let silent = ChordChange { tick: from, chord: None, bass: 0 };
    assert_eq!(written(None, &score, Some((1, 2))), [chord(0, 0), silent, chord(to, 7)]);
    // up to the end there is nothing to go back to
    let end = score.metre.bar_start(last);
    let to_the_end = written(Some(5), &score, Some((last, last + 1)));
    assert_eq!(to_the_end, [chord(0, 0), chord(from + 240, 7), chord(end, 5)]);
}

#[test]
fn parts_swing_as_the_melody_does_or_as_the_model_likes() {
    // two bars of eighths whose off-beats come so many ticks after the beat
    let melody = |off_beat: Tick, metre: MetreMap| {
        let pair =
            |quarter: u32| [note(quarter * 480, off_beat, 60), note(quarter * 480 + off_beat, 480 - off_beat, 64)];
        score((0..8).flat_map(pair).collect(), metre)
    };
    let places = |swing: f32, score: &Score| {
        let mut toy = Toy::new(Habit::Dense);
        toy.swing = swing;
        let composition = compose(&toy, score, OPTIONS, &|| false, &|_, _| {}).unwrap();
        let starts = composition.parts.iter().flat_map(|part| &part.notes).map(|note| note.start % 480);
        starts.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let four = || MetreMap::default();
    assert_eq!(places(0.5, &melody(240, four())), [0, 120, 240, 360]);
    assert_eq!(places(0.625, &melody(240, four())), [0, 150, 300, 390]);
    assert_eq!(places(0.5, &melody(320, four())), [0, 160, 320, 400]);
    assert_eq!(places(0.625, &melody(320, four())), [0, 160, 320, 400]); // the melody decides
    assert_eq!(places(0.625, &melody(240, metre(6, 8))), [0, 120, 240, 360]); // no quarters to swing

    // a bar written anew among bars that swing: what was straight on the grid stays where it was played
    let mut score = melody(320, four());
    let first = written(Habit::Sparse, &score, OPTIONS);
    score.parts.extend(first.parts.iter().cloned().map(Arc::new));
    let stretches = stretches(&score.melody_part().unwrap().notes, &score.metre, Swing::STRAIGHT, None).unwrap();
    let before: Vec<Option<&Part>> = first.parts.iter().map(Some).collect();
    for (kept, part) in kept(&before, &stretches[0], Some(&(0..480))).into_iter().zip(&first.parts) {
        let onsets = |step: usize| kept.as_ref().unwrap().grid.onsets(step).count();
        let struck = (0..32).map(onsets).sum::<usize>();
        assert_eq!(struck, part.notes.len(), "{}", part.name);
        let off_beats = (0..8).map(|quarter| onsets(quarter * 4 + 2)).sum::<usize>();
        assert_eq!(off_beats, part.notes.iter().filter(|note| note.start % 480 == 320).count());
    }
}

#[test]
fn velocities_follow_the_melody_and_the_bar() {
    let loud = |velocity| {
        let (_, mut score) = melodies().swap_remove(3);
        for note in &mut score.part_mut(1).unwrap().notes {
            note.velocity = Velocity::clamped(velocity);
        }
        let parts = written(Habit::Dense, &score, OPTIONS).parts;
        let all: Vec<f32> =
            parts.iter().flat_map(|part| &part.notes).map(|note| f32::from(note.velocity.get())).collect();
        let distinct: std::collections::BTreeSet<u8> =
            parts.iter().flat_map(|part| &part.notes).map(|note| note.velocity.get()).collect();
        assert!(distinct.len() > 4, "all of one velocity");
        all.iter().sum::<f32>() / all.len() as f32
    };
    assert!(loud(110) - loud(50) > 40.0);
}

#[test]
fn what_cannot_be_done_is_said() {
    let refusal = |score: &Score| {
        compose(&Toy::new(Habit::Silent), score, OPTIONS, &|| false, &|_, _| {}).unwrap_err().to_string()
    };
    assert!(refusal(&Score::default()).contains("no melody"));
    let mut lost = score(vec![note(0, 480, 60)], MetreMap::default());
    lost.melody = Some(9);
    assert!(refusal(&lost).contains("no melody"));
    let endless = score(vec![note(0, 480, 60), note(Tick::MAX - 10, 10, 60)], MetreMap::default());
    assert!(refusal(&endless).contains("sixteenths"));
    let (_, tune) = melodies().swap_remove(3);
    let cancelled = compose(&Toy::new(Habit::Sparse), &tune, OPTIONS, &|| true, &|_, _| {});
    assert!(matches!(cancelled, Err(Error::Cancelled)));
}

#[test]
fn progress_rises_to_its_end() {
    let (_, score) = melodies().swap_remove(10);
    let told = std::cell::RefCell::new(Vec::new());
    compose(&Toy::new(Habit::Sparse), &score, OPTIONS, &|| false, &|done, total| {
        told.borrow_mut().push((done, total));
    })
    .unwrap();
    let told = told.into_inner();
    assert!(told.is_sorted() && told.last() == Some(&(1000, 1000)), "{told:?}");
    assert_eq!(TICKS_PER_QUARTER, 4 * TICKS_PER_STEP);
}
