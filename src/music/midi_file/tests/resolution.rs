//! Files come out with the ticks they came in with.

use proptest::prelude::*;

use super::{file, with_end};
use crate::music::midi_file::{read, write};
use crate::music::{Key, KeyChange, Mode, Note, Pitch, Velocity};

/// A number of variable length.
fn number(value: u32) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7F) as u8];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, (rest & 0x7F) as u8 | 0x80);
        rest >>= 7;
    }
    bytes
}

/// All notes-on, notes-off and controllers of a file, with their ticks.
fn events(bytes: &[u8]) -> (u16, Vec<(u32, midly::MidiMessage)>) {
    let smf = midly::Smf::parse(bytes).unwrap();
    let midly::Timing::Metrical(resolution) = smf.header.timing else { panic!("ticks of a quarter") };
    let mut found = Vec::new();
    for track in &smf.tracks {
        let mut now = 0;
        for event in track {
            now += event.delta.as_int();
            if let midly::TrackEventKind::Midi { message, .. } = event.kind {
                match message {
                    midly::MidiMessage::NoteOn { key, vel } if vel == 0 => {
                        found.push((now, midly::MidiMessage::NoteOff { key, vel: 64.into() }));
                    }
                    midly::MidiMessage::ProgramChange { .. } => {}
                    midly::MidiMessage::Controller { controller, .. } if controller != 1 => {}
                    _ => found.push((now, message)),
                }
            }
        }
    }
    found.sort_by_key(|(tick, message)| (*tick, format!("{message:?}")));
    (resolution.as_int(), found)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn every_event_comes_back_at_its_tick(
        resolution in prop_oneof![Just(960_u16), Just(96), Just(1024), Just(15_360), 1..=0x7FFF_u16],
        times in prop::collection::vec((0..3000_u32, 1..3000_u32, 0..127_u8), 1..40),
    ) {
        let mut track = Vec::new();
        for (wait, length, value) in times {
            track.extend(number(wait));
            track.extend([0xB0, 1, value]);
            track.extend(number(0));
            track.extend([0x90, 40 + value % 40, 64]);
            track.extend(number(length));
            track.extend([0x80, 40 + value % 40, 64]);
        }
        let bytes = file(0, resolution, &[&with_end(&track)]);
        let score = read(&bytes).unwrap();
        let out = write(&score);
        prop_assert_eq!(events(&out), events(&bytes));
        prop_assert_eq!(read(&out).unwrap(), score);
    }
}

#[test]
fn what_lies_between_a_coarse_files_ticks_gets_finer_ones() {
    let track = with_end(&[0, 0x90, 60, 64, 96, 60, 0]);
    let mut score = read(&file(0, 96, &[&track])).unwrap();
    assert_eq!(events(&write(&score)).0, 96);
    let between = Note { start: 481, pitch: Pitch::MIDDLE_C, duration: 100, velocity: Velocity::DEFAULT };
    score.part_mut(0).unwrap().notes.push(between);
    let back = read(&write(&score)).unwrap();
    assert_eq!((back.resolution, back.parts[0].notes[1]), (480, between));
}

#[test]
fn keys_come_out_as_they_were_written() {
    for (sharps, mode) in [(-6, Mode::Major), (6, Mode::Major), (-7, Mode::Minor), (7, Mode::Major), (6, Mode::Minor)] {
        let signature = [0, 0xFF, 0x59, 2, sharps as u8, u8::from(mode == Mode::Minor)];
        let score = read(&file(0, 96, &[&with_end(&[&signature[..], &[0, 0x90, 60, 64, 9, 60, 0]].concat())])).unwrap();
        let change = KeyChange::new(0, Key::from_signature(sharps, mode).unwrap()).written_with(sharps);
        assert_eq!(score.keys, [change]);
        let out = write(&score);
        assert!(out.windows(6).any(|bytes| bytes == signature), "{sharps} {mode:?}");
    }
}
