use std::sync::Arc;

use super::*;
use crate::music::{ControlEvent, Pitch, TempoChange, Velocity};

fn note(start: Tick, pitch: i32, duration: Tick) -> Note {
    Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(80) }
}

fn control(tick: Tick, number: u8, value: u8) -> ControlEvent {
    ControlEvent { tick, control: Control::Controller { number, value } }
}

fn score(part: Part) -> Score {
    Score { parts: vec![Arc::new(part)], ..Score::default() }
}

#[test]
fn the_index_agrees_with_the_map() {
    let changes = (0..50).map(|index| TempoChange { tick: index * 977, micros_per_quarter: 250_000 + index * 12_345 });
    let map = TempoMap::from_changes(changes.collect());
    let index = TimeIndex::new(&map);
    for tick in (0..60_000).step_by(31) {
        assert_eq!(index.exact_from_tick(tick), map.exact_from_tick(tick).cast_signed());
        assert!((index.tick_from_exact(index.exact_from_tick(tick)) - f64::from(tick)).abs() < 1e-6);
    }
    assert_eq!(index.tick_from_exact(-250_000 * 480), -480.0);
}

#[test]
fn a_repeated_key_ends_the_note_before() {
    let mut part = Part::new("Lead", 0);
    part.notes = vec![note(0, 60, 960), note(480, 60, 480), note(480, 60, 10)];
    let schedule = Schedule::compile(&score(part));
    let at = |tick| schedule.time.exact_from_tick(tick);
    let seen: Vec<_> = schedule.events.iter().map(|event| (event.at, event.kind)).collect();
    let on = EventKind::NoteOn { pitch: 60, velocity: 80 };
    let off = EventKind::NoteOff { pitch: 60 };
    assert_eq!(seen, [(at(0), on), (at(480), off), (at(480), on), (at(960), off)]);
}

#[test]
fn a_bank_stays_before_its_program() {
    let mut part = Part::new("Lead", 0);
    let program = |tick, program| ControlEvent { tick, control: Control::Program(program) };
    part.controls = vec![control(100, 0, 8), program(100, 4), control(100, 0, 0), program(100, 2)];
    let schedule = Schedule::compile(&score(part.clone()));
    let seen: Vec<_> = schedule.events.iter().map(|event| event.kind).collect();
    let wanted: Vec<_> = part.controls.iter().map(|event| EventKind::Control(event.control)).collect();
    assert_eq!(seen, wanted);
}

/// The state at every place is what walking all events up to it gives, checkpoints or not.
#[test]
fn the_state_is_the_same_however_it_is_reached() {
    let mut part = Part::new("Lead", 7);
    let mut seed = fastrand::Rng::with_seed(5);
    for index in 0..3000 {
        part.notes.push(note(index * 37, seed.i32(30..90), seed.u32(10..600)));
        if index % 3 == 0 {
            part.controls.push(control(index * 37 + 5, seed.u8(0..120), seed.u8(0..128)));
        }
        if index % 50 == 0 {
            part.controls.push(ControlEvent { tick: index * 37, control: Control::PitchBend(seed.i16(-8192..8192)) });
        }
    }
    part.sort();
    let schedule = Schedule::compile(&score(part));
    assert!(schedule.checkpoints.len() > 10);
    let (mut quick, mut walked) = (State::default(), State::default());
    for tick in (0..3100 * 37).step_by(1111) {
        let at = schedule.time.exact_from_tick(tick);
        let next = schedule.state_at(at, &mut quick);
        walked.start_from(&schedule.parts);
        for event in &schedule.events[..next] {
            walked.apply(event.part, event.kind);
        }
        assert_eq!(quick.parts[0], walked.parts[0], "at tick {tick}");
        assert!(schedule.events[next..].iter().all(|event| event.at >= at));
    }
}

#[test]
fn a_note_that_ends_here_is_not_held_here() {
    let mut part = Part::new("Lead", 0);
    part.notes = vec![note(0, 60, 480), note(0, 64, 960)];
    let schedule = Schedule::compile(&score(part));
    let mut state = State::default();
    schedule.state_at(schedule.time.exact_from_tick(480), &mut state);
    assert_eq!((state.parts[0].held[60], state.parts[0].held[64]), (0, 80));
}

/// Whatever a score from outside says, the mix stays within MIDI's range.
#[test]
fn a_mix_beyond_its_range_is_brought_into_it() {
    let mut part = Part { program: 255, volume: 255, pan: 255, reverb: 200, chorus: 128, ..Part::default() };
    part.controls = vec![control(0, 91, 255)];
    for control in [Control::PitchBend(i16::MAX), Control::Pressure(255), Control::Program(255)] {
        part.controls.push(ControlEvent { tick: 0, control });
    }
    let schedule = Schedule::compile(&Score { volume: 255, ..score(part) });
    assert_eq!(schedule.volume, 127);
    let mix = Mix { volume: 127, pan: 127, reverb: 127, chorus: 127, audible: true };
    assert_eq!(schedule.parts, [PartSetup { program: 127, is_drum: false, mix }]);
    let mut state = State::default();
    schedule.state_at(1, &mut state);
    let state = &state.parts[0];
    assert_eq!((state.controllers[91], state.bend, state.pressure, state.program), (127, 8191, 127, 127));
}
