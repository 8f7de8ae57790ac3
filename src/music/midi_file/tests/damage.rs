//! Each kind of damage that files have in the world, and what is made of it.

use super::{END, file, with_end};
use crate::music::midi_file::{MidiFile, Notice, read_file, read_songs};
use crate::music::testing::note_with_velocity as note;
use crate::music::{Control, Note, Score};

/// A quarter of C4, then one of D4.
const TWO_NOTES: [u8; 14] = [0, 0x90, 60, 64, 96, 60, 0, 0, 62, 64, 96, 62, 0, 0];

fn track() -> Vec<u8> {
    with_end(&TWO_NOTES[..13])
}

fn expected() -> [Note; 2] {
    [note(0, 480, 60, 64), note(480, 480, 62, 64)]
}

fn read(bytes: &[u8]) -> MidiFile {
    read_file(bytes).unwrap()
}

/// The notes of a file of one track at 96 a quarter, and its notices.
fn of_events(events: &[u8]) -> (Vec<Note>, Vec<Notice>) {
    let MidiFile { score, notices, .. } = read(&file(0, 96, &[events]));
    (score.parts.first().map(|part| part.notes.clone()).unwrap_or_default(), notices)
}

fn all_notes(score: &Score) -> Vec<usize> {
    score.parts.iter().map(|part| part.notes.len()).collect()
}

#[test]
fn values_are_clipped_and_keys_that_do_not_exist_left_out() {
    let events = [&[0, 0xB0, 7, 255, 0, 0x90, 0x90, 64, 0, 0xB0, 200, 5, 0, 0x90, 61, 0xC0][..], &track()].concat();
    let (notes, notices) = of_events(&events);
    assert_eq!((notes[0], notes.len()), (note(0, 480, 60, 64), 3));
    assert_eq!(notes[1], note(0, 960, 61, 127));
    assert_eq!(notices, [Notice::Clipped(2), Notice::OutOfRange(2), Notice::Hanging(1)]);
    let score = read(&file(0, 96, &[&events])).score;
    assert_eq!(score.parts[0].volume, 127);
    // programs, wheels, pressures
    let events = [&[0, 0xC0, 0xC8, 0, 0xD0, 0xFF, 0, 0xE0, 0xFF, 0xFF][..], &track()].concat();
    let score = read(&file(0, 96, &[&events])).score;
    assert_eq!(score.parts[0].program, 127);
    assert_eq!(score.parts[0].controls[1].control, Control::PitchBend(8191));
}

#[test]
fn tracks_end_where_the_next_begins_whatever_they_say() {
    let good = file(1, 96, &[&track(), &track()]);
    let second = 14 + 8 + track().len();
    for (at, length) in [(18, 0), (18, 5), (18, 12), (18, 40), (18, 1000), (second + 4, 0), (second + 4, u32::MAX)] {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
        let MidiFile { score, notices, .. } = read(&bytes);
        assert_eq!(all_notes(&score), [2, 2], "{at} {length}");
        assert_eq!(score.parts[1].notes, expected());
        assert_eq!(notices, [Notice::TrackLengths(1)], "{at} {length}");
    }
}

#[test]
fn tracks_are_those_that_are_there_and_junk_is_passed_over() {
    for (declared, found) in [(1, 2), (3, 2), (0, 2), (0xFFFF, 2)] {
        let mut bytes = file(1, 96, &[&track(), &track()]);
        bytes[10..12].copy_from_slice(&(declared as u16).to_be_bytes());
        let MidiFile { score, notices, .. } = read(&bytes);
        assert_eq!(all_notes(&score), [2, 2]);
        assert_eq!(notices, [Notice::TrackCount { declared, found }]);
    }
    let mut bytes = file(1, 96, &[&track(), &track()]);
    let second = 14 + 8 + track().len();
    bytes.splice(second..second, [0, 0xFF, 0x51, 3, 7, 0xA1, 0x20]);
    let MidiFile { score, notices, .. } = read(&bytes);
    assert_eq!((all_notes(&score), notices), (vec![2, 2], vec![Notice::Junk(7)]));
}

#[test]
fn files_that_are_cut_off_are_read_as_far_as_they_go() {
    let good = file(0, 96, &[&track()]);
    let (notes, notices) = of_events(&TWO_NOTES[..13]);
    assert_eq!((notes.as_slice(), notices), (&expected()[..], vec![Notice::NoEnd(1)]));
    for end in 22..good.len() {
        let MidiFile { score, notices, .. } = read(&good[..end]);
        assert!(all_notes(&score).iter().sum::<usize>() <= 2);
        assert!(!notices.is_empty(), "cut at {end}");
    }
}

#[test]
fn running_status_survives_what_is_between_and_data_before_any_are_skipped() {
    let meta = [0, 0x90, 60, 64, 0, 0xFF, 1, 2, b'h', b'i', 96, 60, 0, 0, 62, 64, 96, 62, 0];
    let exclusive = [0, 0x90, 60, 64, 0, 0xF0, 2, 0x7E, 0xF7, 96, 60, 0, 0, 0xF6, 0, 62, 64, 96, 62, 0];
    for (events, notices) in [(&meta[..], vec![Notice::Texts]), (&exclusive, vec![])] {
        assert_eq!(of_events(&with_end(events)), (expected().to_vec(), notices));
    }
    let (notes, notices) = of_events(&[&[0, 60, 64][..], &track()].concat());
    assert_eq!((notes.as_slice(), notices), (&expected()[..], vec![Notice::Stray(2)]));
}

#[test]
fn odd_meta_events_are_skipped() {
    let odd = [
        0, 0xFF, 0x59, 2, 100, 7, 0, 0xFF, 0x59, 0, 0, 0xFF, 0x54, 5, 0xFF, 0, 0, 0, 0, 0, 0xFF, 0x51, 1, 9, 0, 0xFF,
        0x51, 3, 0, 0, 0, 0, 0xFF, 0x58, 4, 0, 2, 24, 8, 0, 0xFF, 0x58, 4, 4, 77, 24, 8, 0, 0xFF, 0x60, 1, 1,
    ];
    let (notes, notices) = of_events(&[&odd[..], &track()].concat());
    assert_eq!((notes.as_slice(), notices), (&expected()[..], vec![Notice::OddEvents(7)]));
}

#[test]
fn long_numbers_are_read_and_what_is_beyond_the_track_given_up() {
    let events = [&[0x80, 0x80, 0x80, 0x80][..], &track()].concat();
    assert_eq!(of_events(&events), (expected().to_vec(), vec![Notice::LongNumbers(1)]));
    let place = |notices: &[Notice]| match notices {
        [Notice::GaveUp { track: 1, byte, others: 0 }, ..] => *byte,
        other => panic!("{other:?}"),
    };
    for tail in [&[0, 0xF0, 64, 1, 0xF7, 0, 0xFF, 0x2F, 0][..], &[0, 0xFF, 3, 9, b'x'], &[0xFF; 9], &[0, 0x90, 60]] {
        let (notes, notices) = of_events(&[&TWO_NOTES[..13], tail].concat());
        assert_eq!(notes, expected());
        assert_eq!(place(&notices), 22 + 13, "{tail:?}");
    }
    // later than any music
    let late = [&TWO_NOTES[..13], &[0xFF, 0xFF, 0xFF, 0x7F, 0x90, 64, 64, 0, 64, 0], &END].concat();
    assert_eq!(of_events(&late), (expected().to_vec(), vec![Notice::TooLong]));
}

#[test]
fn headers_and_wrappings_of_all_kinds_are_read() {
    let good = file(0, 96, &[&track()]);
    let riff = [b"RIFF\x40\0\0\0RMIDdata", &(good.len() as u32).to_le_bytes()[..], &good, b"\0LIST"].concat();
    let before = [b"HTTP/1.1 200 OK\r\n\r\n", &good[..]].concat();
    let kind = |kind: u8| [&good[..9], &[kind], &good[10..]].concat();
    let size = [&good[..7], &[2], &good[8..]].concat();
    let resolution = |bytes: [u8; 2]| [&good[..12], &bytes, &good[14..]].concat();
    for (bytes, expected_notices) in [
        (riff, vec![]),
        (before, vec![Notice::Before(19)]),
        (kind(1), vec![]),
        (kind(2), vec![]),
        (kind(7), vec![Notice::UnknownType(7)]),
        (size, vec![Notice::HeaderSize]),
    ] {
        let MidiFile { score, notices, .. } = read(&bytes);
        assert_eq!((score.parts[0].notes.as_slice(), notices), (&expected()[..], expected_notices));
    }
    let guessed = read(&resolution([0, 0]));
    assert_eq!((all_notes(&guessed.score), guessed.notices), (vec![2], vec![Notice::NoResolution]));
}

#[test]
fn frames_are_times() {
    // 25 frames of 40 ticks: a millisecond a tick
    let events = with_end(&[0, 0x90, 60, 64, 0x83, 0x74, 60, 0, 0x83, 0x74, 62, 64, 0x83, 0x74, 62, 0]);
    let at = |division: u16, events: &[u8]| {
        let MidiFile { score, notices, .. } = read(&file(0, division, &[events]));
        (score.parts[0].notes.iter().map(|note| (note.start, note.duration)).collect::<Vec<_>>(), notices)
    };
    assert_eq!(at(0xE728, &events), (vec![(0, 480), (960, 480)], vec![Notice::Frames { has_tempo: false }]));
    // at 60 beats a minute a beat is twice as long
    let slow = [&[0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40][..], &events].concat();
    assert_eq!(at(0xE728, &slow), (vec![(0, 240), (480, 240)], vec![Notice::Frames { has_tempo: true }]));
    // drop frame: 30 frames less one in a thousand; damaged divisions are taken as they are
    assert_eq!(at(0xE350, &events).0.len(), 2);
    assert_eq!(at(0x8000, &events).0.len(), 2);
}

#[test]
fn songs_of_type_2_follow_one_another() {
    let slow =
        with_end(&[&[0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40, 0, 0xFF, 0x58, 4, 3, 2, 24, 8], &TWO_NOTES[..13]].concat());
    let MidiFile { score, notices, .. } = read(&file(2, 96, &[&slow, &track()]));
    assert_eq!(notices, [Notice::Songs(2)]);
    assert_eq!(score.parts[0].notes, expected());
    assert_eq!(score.parts[1].notes.iter().map(|note| note.start).collect::<Vec<_>>(), [960, 1440]);
    assert_eq!((score.tempo.qpm_at(0), score.tempo.qpm_at(960)), (60.0, 120.0));
    assert_eq!((score.metre.metre_at(0).numerator(), score.metre.metre_at(960).numerator()), (3, 4));
}

#[test]
fn songs_of_type_2_are_read_one_by_one() {
    let named = with_end(&[&[0, 0xFF, 3, 3, b'O', b'n', b'e'][..], &TWO_NOTES[..13]].concat());
    let bytes = file(2, 96, &[&named, &with_end(&[]), &track()]);
    let songs = read_songs(&bytes).unwrap();
    assert_eq!(songs.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3], "one plays nothing");
    assert_eq!(songs[0].1.score.title, "One");
    for (_, song) in &songs {
        assert_eq!((song.score.parts[0].notes.as_slice(), song.notices.len()), (&expected()[..], 0));
    }
    for single in [file(2, 96, &[&named]), file(1, 96, &[&named, &track()])] {
        assert_eq!(read_songs(&single).unwrap(), []);
    }
}

#[test]
fn notes_are_ended_by_their_channel_wherever_that_is_said() {
    let begins = with_end(&[0, 0x90, 60, 64, 96, 0x90, 64, 64]);
    let ends = with_end(&[48, 0x80, 60, 0, 96, 0x80, 64, 0]);
    let MidiFile { score, notices, .. } = read(&file(1, 96, &[&begins, &ends]));
    assert_eq!(score.parts[0].notes, [note(0, 240, 60, 64), note(480, 240, 64, 64)]);
    assert_eq!((score.parts.len(), notices), (1, vec![]));
    // another channel's, and one before the note, end nothing
    let others = with_end(&[48, 0x81, 60, 0, 96, 0x81, 64, 0]);
    let MidiFile { score, notices, .. } = read(&file(1, 96, &[&begins, &others]));
    assert_eq!(score.parts[0].notes, [note(0, 480, 60, 64), note(480, 1, 64, 64)].map(|note| super::fitting(note, 96)));
    assert_eq!(notices, [Notice::Hanging(2)]);
    // struck twice, let go once
    let (notes, notices) = of_events(&with_end(&[0, 0x90, 60, 64, 48, 60, 64, 48, 60, 0, 96, 62, 1, 96, 62, 0]));
    assert_eq!((notes[0], notes[1], notices), (note(0, 480, 60, 64), note(240, 240, 60, 64), vec![]));
}

#[test]
fn what_there_is_no_room_for_is_told() {
    let mut events = Vec::new();
    for channel in 0..16 {
        events.extend([0, 0x90 | channel, 60, 1, 96, 60, 0]);
    }
    let tracks = vec![events.as_slice(); Score::MAX_PARTS / 16 + 2];
    let MidiFile { score, notices, .. } = read(&file(1, 96, &tracks));
    assert_eq!(score.parts.len(), Score::MAX_PARTS);
    assert!(notices.contains(&Notice::TooManyParts(32)), "{notices:?}");
    let silent = notices.iter().find(|notice| matches!(notice, Notice::Silent(..))).unwrap().to_string();
    let begins = "Only the first 127 parts can be heard. Silent: 128 (Acoustic grand piano), 129 (";
    assert!(silent.starts_with(begins) && silent.ends_with(" and all up to 1024"), "{silent}");
}

#[test]
fn notices_are_sentences() {
    let texts = [
        (Notice::Clipped(1), "1 value above 127 taken as 127"),
        (Notice::Hanging(3), "3 notes never ended; held to the end of the track"),
        (
            Notice::GaveUp { track: 2, byte: 77, others: 1 },
            "Track 2 is damaged; its rest is left out (from byte 77 on), and so with 1 other track",
        ),
        (Notice::TrackCount { declared: 1, found: 2 }, "The header says 1 track, the file has 2"),
    ];
    let names = ["Flute".to_owned(), "Oboe".to_owned()];
    let silent = Notice::Silent(128, names.to_vec());
    assert_eq!(silent.to_string(), "Only the first 127 parts can be heard. Silent: 128 (Flute), 129 (Oboe)");
    for (notice, text) in texts {
        assert_eq!(notice.to_string(), text);
    }
}
