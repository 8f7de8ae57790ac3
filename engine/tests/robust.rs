//! Melodies as people bring them, to the shipped chorale model: every part plays, in its range, and what clashes on
//! strong beats is as rare as in real music.

#![allow(clippy::unwrap_used, reason = "a test fails where it is")]

use std::path::Path;
use std::sync::Arc;

use cantus::music::{Metre, MetreMap, Note, Part, Pitch, Role, Score, Tick, Velocity};
use cantus_engine::composing::finishing::Finishing;
use cantus_engine::composing::{ComposeOptions, Composition, compose};
use cantus_engine::network::Network;
use cantus_engine::networks;
use tch::Device;

const QUARTER: Tick = 480;
/// Of the strong beats of a chorale so many have a semitone, or a major seventh, against the melody; twice that is let
/// pass in pieces as short as these.
const CLASHES: f64 = 0.06;

fn network() -> Box<dyn Network> {
    let bach = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/bach");
    networks::load(&bach, Device::Cpu).unwrap().1
}

fn note(start: Tick, duration: Tick, pitch: i32) -> Note {
    Note { start, duration, pitch: Pitch::clamped(pitch), velocity: Velocity::DEFAULT }
}

fn score(notes: Vec<Note>, metre: (u8, u8)) -> Score {
    let mut melody = Part::new("Melody", 0);
    melody.role = Role::Melody;
    melody.notes = notes;
    melody.sort();
    Score {
        metre: MetreMap::constant(Metre::new(metre.0, metre.1).unwrap()),
        parts: vec![Arc::new(melody)],
        melody: Some(0),
        ..Score::default()
    }
}

/// A tune of so many quarters, up and down a scale on a tonic, that ends at home.
fn tune(quarters: u32, tonic: i32) -> Vec<Note> {
    const STEPS: [i32; 16] = [0, 2, 4, 5, 7, 5, 4, 2, 4, 7, 9, 7, 5, 4, 2, 0];
    (0..quarters).map(|beat| note(beat * QUARTER, QUARTER, tonic + STEPS[beat as usize % 16])).collect()
}

fn written(network: &dyn Network, score: &Score) -> Composition {
    let options = ComposeOptions {
        seed: 1,
        surprise: 0.5,
        density: 0.5,
        bars: None,
        introduction: 0,
        finishing: Finishing::USUAL,
    };
    compose(network, score, options, &|| false, &|_, _| {}).unwrap()
}

/// Share of the melody's bar lines on which a part sounds a semitone against it, over any octaves.
fn clashes(score: &Score, composition: &Composition) -> f64 {
    let melody = &score.parts[0].notes;
    let bar = score.metre.metre_at(0).bar_ticks();
    let end = melody.iter().map(Note::end).max().unwrap();
    let sounding = |notes: &[Note], tick: Tick| -> Vec<i32> {
        let at = notes.iter().filter(|note| note.start <= tick && note.end() > tick);
        at.map(|note| i32::from(note.pitch.get())).collect()
    };
    let (mut clashing, mut all) = (0, 0);
    for tick in (0..end).step_by(bar as usize) {
        let own = sounding(melody, tick);
        let others: Vec<i32> = composition.parts.iter().flat_map(|part| sounding(&part.notes, tick)).collect();
        all += 1;
        let clash = |own: &i32| others.iter().any(|other| matches!((own - other).rem_euclid(12), 1 | 11));
        clashing += usize::from(own.last().is_some_and(clash));
    }
    clashing as f64 / f64::from(all.max(1))
}

#[test]
fn every_melody_gets_every_part() {
    let network = network();
    let sloppy = tune(32, 67).into_iter().enumerate().map(|(index, note)| {
        let off = [-57_i32, 40, 12, -33, 55, -8][index % 6];
        Note { start: note.start.saturating_add_signed(off), duration: note.duration - 70, ..note }
    });
    let chords = tune(32, 67).into_iter().flat_map(|own| {
        [0, -4, -9].map(|below| Note { pitch: Pitch::clamped(i32::from(own.pitch.get()) + below), ..own })
    });
    let modulating: Vec<Note> = (0..4)
        .flat_map(|part| {
            let moved = move |own: Note| Note { start: own.start + part * 16 * QUARTER, ..own };
            tune(16, [65, 72, 67, 65][part as usize]).into_iter().map(moved)
        })
        .collect();
    let eighths = |notes: Vec<Note>| -> Vec<Note> {
        notes.into_iter().map(|own| Note { start: own.start / 2, duration: own.duration / 2, ..own }).collect()
    };
    let pick_up = tune(33, 67).into_iter().map(|own| Note { start: own.start + 3 * QUARTER, ..own }).collect();
    let cases: Vec<(&str, Vec<Note>, (u8, u8))> = vec![
        ("a plain tune", tune(32, 67), (4, 4)),
        ("chords", chords.collect(), (4, 4)),
        ("six eight", eighths(tune(48, 67)), (6, 8)),
        ("five four", tune(40, 65), (5, 4)),
        ("three four", tune(33, 65), (3, 4)),
        ("a pick-up", pick_up, (4, 4)),
        ("one note", vec![note(0, QUARTER * 4, 69)], (4, 4)),
        ("a short note", vec![note(0, 60, 69)], (4, 4)),
        ("low", tune(32, 48), (4, 4)),
        ("high", tune(32, 84), (4, 4)),
        ("sloppy", sloppy.collect(), (4, 4)),
        ("modulating", modulating, (4, 4)),
        ("chromatic", (0..32).map(|beat| note(beat * QUARTER, QUARTER, 60 + (beat as i32) % 13)).collect(), (4, 4)),
        (
            "no key",
            (0..32).map(|beat| note(beat * QUARTER, QUARTER, 60 + (beat as i32 * 7 + beat as i32 / 5) % 17)).collect(),
            (4, 4),
        ),
        ("with long rests", tune(8, 67).into_iter().map(|own| Note { start: own.start * 4, ..own }).collect(), (4, 4)),
    ];
    let mut clashing = Vec::new();
    for (name, notes, metre) in cases {
        let score = score(notes, metre);
        let composition = written(network.as_ref(), &score);
        assert_eq!(composition.parts.len(), network.parts().len(), "{name}");
        for (part, spec) in composition.parts.iter().zip(network.parts()) {
            assert!(!part.notes.is_empty(), "{name}: {} is silent", part.name);
            let in_range = |note: &&Note| !(spec.low..=spec.high).contains(&note.pitch.get());
            assert_eq!(part.notes.iter().filter(in_range).count(), 0, "{name}: {} out of range", part.name);
        }
        assert!(!composition.outline.chords.is_empty(), "{name}");
        let share = clashes(&score, &composition);
        if !matches!(name, "one note" | "a short note") {
            clashing.push((name, share));
        }
    }
    let mean = clashing.iter().map(|(_, share)| share).sum::<f64>() / clashing.len() as f64;
    assert!(mean <= CLASHES, "{clashing:?}");
}

#[test]
fn ten_minutes_are_written() {
    let network = network();
    let score = score(tune(1200, 67), (4, 4));
    let composition = written(network.as_ref(), &score);
    let end = composition.parts.iter().flat_map(|part| &part.notes).map(Note::end).max().unwrap();
    assert_eq!(end, 1200 * QUARTER);
}
