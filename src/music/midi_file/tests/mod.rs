//! Files made by hand against what they mean, and what we write against what we read.

mod channels;
mod damage;
mod mpe;
mod resolution;
mod world;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::music::fine::FineTimes;
use crate::music::testing::note_with_velocity as note;
use crate::music::{
    Chord, ChordChange, Control, ControlEvent, Key, KeyChange, MAX_TICK, Metre, MetreChange, MetreMap, Mode, Note,
    Part, Pitch, Role, Score, SectionChange, TempoChange, TempoMap, Tick,
};

/// A file of the given type and resolution with these tracks' events.
fn file(kind: u16, ticks_per_quarter: u16, tracks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"MThd\0\0\0\x06".to_vec();
    for field in [kind, tracks.len() as u16, ticks_per_quarter] {
        bytes.extend(field.to_be_bytes());
    }
    for track in tracks {
        bytes.extend(b"MTrk");
        bytes.extend((track.len() as u32).to_be_bytes());
        bytes.extend(*track);
    }
    bytes
}

const END: [u8; 4] = [0, 0xFF, 0x2F, 0];

/// A note that lasts less than a tick of its file, as long as one.
fn fitting(note: Note, ticks_per_quarter: Tick) -> Note {
    Note { duration: note.duration.max(480 / ticks_per_quarter), ..note }
}

fn with_end(events: &[u8]) -> Vec<u8> {
    [events, &END].concat()
}

#[test]
fn running_status_velocity_zero_and_other_resolutions() {
    // 96 a quarter: C4 for a quarter, then running status, D4 ended by velocity 0
    let track = with_end(&[0, 0x90, 60, 100, 96, 60, 0, 0, 62, 90, 48, 62, 0]);
    let score = read(&file(0, 96, &[&track])).unwrap();
    assert_eq!(score.parts.len(), 1);
    assert_eq!(score.parts[0].notes, [note(0, 480, 60, 100), note(480, 240, 62, 90)]);
    assert_eq!((score.parts[0].name.as_str(), score.melody), ("", None), "names are only what the file says");
}

#[test]
fn rescaling_goes_to_the_nearest_tick_of_the_whole_time() {
    // 7 a quarter: 1/7 is 68.57 ticks; sums do not drift
    let track = with_end(&[0, 0x90, 60, 64, 1, 60, 0, 0, 60, 64, 1, 60, 0, 5, 60, 64, 1, 60, 0]);
    let score = read(&file(0, 7, &[&track])).unwrap();
    assert_eq!(score.parts[0].notes, [note(0, 69, 60, 64), note(69, 68, 60, 64), note(480, 69, 60, 64)]);
}

#[test]
fn type_0_becomes_a_part_per_channel() {
    let track = with_end(&[
        0, 0xFF, 0x03, 4, b'S', b'o', b'n', b'g', //
        0, 0xC1, 40, 0, 0xB1, 7, 90, 0, 0xB1, 10, 20, //
        0, 0x91, 70, 80, 0, 0x99, 36, 127, 96, 0x81, 70, 0, 0, 0x89, 36, 0,
    ]);
    let score = read(&file(0, 96, &[&track])).unwrap();
    assert_eq!(score.title, "Song");
    let [violin, drums] = score.parts.as_slice() else { panic!("two parts") };
    assert_eq!((violin.program, violin.volume, violin.pan, violin.name.as_str()), (40, 90, 20, ""));
    assert!(violin.controls.is_empty());
    assert!(drums.is_drum && drums.name.is_empty() && drums.notes == [note(0, 480, 36, 127)]);
    assert_eq!(score.melody, None);
}

#[test]
fn type_1_tempo_metre_and_key_from_any_track() {
    let first = with_end(&[0, 0xFF, 0x03, 1, b'T', 0, 0xFF, 0x58, 4, 3, 2, 24, 8]);
    let second = with_end(&[
        0, 0xFF, 0x03, 6, b'M', b'e', b'l', b'o', b'd', b'y', 0, 0x90, 60, 64, 96, 0x80, 60, 0, //
        0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40, 0, 0xFF, 0x59, 2, 0xFD, 1,
    ]);
    let bytes = file(1, 96, &[&first, &second]);
    assert!(read_file(&bytes).unwrap().says_tempo && !read_file(&file(1, 96, &[&first])).unwrap().says_tempo);
    let score = read(&bytes).unwrap();
    assert_eq!(score.title, "T");
    assert_eq!(score.metre.metre_at(0), Metre::new(3, 4).unwrap());
    assert_eq!(score.tempo.qpm_at(479), 120.0);
    assert_eq!(score.tempo.qpm_at(480), 60.0);
    let c_minor = Key { tonic: 0, mode: Mode::Minor };
    assert_eq!(score.keys, [KeyChange::new(480, c_minor)]);
    assert_eq!(score.parts[0].name, "Melody");
}

#[test]
fn a_track_that_only_sets_up_channels_is_no_part() {
    let setup = with_end(&[0, 0xC0, 73, 0, 0xB0, 7, 80, 0, 0xC1, 32, 10, 0xB0, 64, 127]);
    let flute = with_end(&[20, 0x90, 72, 64, 96, 72, 0]);
    let bass = with_end(&[0, 0xC1, 33, 0, 0x91, 36, 64, 96, 36, 0]);
    let score = read(&file(1, 96, &[&setup, &flute, &bass])).unwrap();
    let [flute, bass] = score.parts.as_slice() else { panic!("two parts") };
    assert_eq!((flute.program, flute.volume), (73, 80));
    assert_eq!(flute.controls.len(), 1, "the pedal goes to the channel's part");
    assert_eq!(bass.program, 33, "its own program comes before the shared one");
}

#[test]
fn overlapping_hanging_and_empty_notes() {
    // two C4 overlap (first in, first out), D4 is never ended, E4 has no length
    let track = with_end(&[
        0, 0x90, 60, 10, 10, 60, 20, 10, 60, 0, 10, 60, 0, //
        0, 62, 30, 0, 64, 40, 0, 64, 0, 0, 65, 0, 70, 0xB0, 1, 1,
    ]);
    let score = read(&file(0, 480, &[&track])).unwrap();
    assert_eq!(
        score.parts[0].notes,
        [note(0, 20, 60, 10), note(10, 20, 60, 20), note(30, 70, 62, 30), note(30, 1, 64, 40)]
    );
}

#[test]
fn unknown_chunks_trailing_garbage_and_a_missing_end_are_tolerated() {
    let events = [0, 0x90, 60, 64, 96, 60, 0];
    let mut bytes = b"MThd\0\0\0\x08\0\x01\0\x01\0\x60\0\0XFIH\0\0\0\x03abc".to_vec();
    bytes.extend(b"MTrk\0\0\0\x07");
    bytes.extend(events);
    bytes.extend(b"MTrk\xFF\xFF\xFF\xFFrubbish");
    let score = read(&bytes).unwrap();
    assert_eq!(score.parts[0].notes, [note(0, 480, 60, 64)]);
}

#[test]
fn refusals_name_the_reason() {
    let refusal = |bytes: &[u8]| read(bytes).unwrap_err();
    let good = file(0, 96, &[&with_end(&[0, 0x90, 60, 64, 96, 60, 0])]);
    assert_eq!(refusal(b"RIFF"), ReadError::NotMidi);
    assert_eq!(refusal(&good[..10]), ReadError::HeaderCutOff { byte: 10 });
    assert_eq!(refusal(&good[..14]), ReadError::NoTracks { declared: 1, byte: 14 });
    assert_eq!(refusal(&good[..14]).to_string(), "the file declares 1 track but holds none (byte 14)");
}

#[test]
fn names_of_any_encoding() {
    let name = |bytes: &[u8]| {
        let mut events = vec![0, 0xFF, 3, bytes.len() as u8];
        events.extend(bytes);
        events.extend([0, 0x90, 60, 1]);
        read(&file(1, 96, &[&END, &events])).unwrap().parts[0].name.clone()
    };
    assert_eq!(name("Flöte".as_bytes()), "Flöte");
    assert_eq!(name(b"Fl\xF6te\0"), "Flöte");
    assert_eq!(name(b" \n Lead\t"), "Lead");
    assert_eq!(name(b"  "), "");
}

#[test]
fn written_files_are_laid_out_as_promised() {
    let mut drums = Part::new("Kit", 0);
    drums.is_drum = true;
    drums.notes = vec![note(0, 120, 36, 100)];
    let mut lead = Part::new("Lead", 81);
    lead.notes = vec![note(0, 480, 60, 100), note(480, 480, 60, 100)];
    let score = Score { parts: vec![Arc::new(lead), Arc::new(drums)], ..Score::default() };
    let bytes = write(&score);
    let smf = midly::Smf::parse(&bytes).unwrap();
    assert_eq!(smf.header, midly::Header::new(midly::Format::Parallel, midly::Timing::Metrical(480.into())));
    assert_eq!(smf.tracks.len(), 3);
    let metas: Vec<_> = smf.tracks[0].iter().map(|event| (event.delta.as_int(), event.kind)).collect();
    assert_eq!(
        metas,
        [
            (0, midly::TrackEventKind::Meta(midly::MetaMessage::TimeSignature(4, 2, 24, 8))),
            (0, midly::TrackEventKind::Meta(midly::MetaMessage::Tempo(500_000.into()))),
            (0, midly::TrackEventKind::Meta(midly::MetaMessage::EndOfTrack)),
        ]
    );
    let channel_of = |track: usize| {
        smf.tracks[track].iter().find_map(|event| match event.kind {
            midly::TrackEventKind::Midi { channel, .. } => Some(channel.as_int()),
            _ => None,
        })
    };
    assert_eq!((channel_of(1), channel_of(2)), (Some(0), Some(9)));
    let at_480: Vec<bool> = {
        let mut now = 0;
        let mut ons = Vec::new();
        for event in &smf.tracks[1] {
            now += event.delta.as_int();
            if now == 480
                && let midly::TrackEventKind::Midi { message, .. } = event.kind
            {
                ons.push(matches!(message, midly::MidiMessage::NoteOn { .. }));
            }
        }
        ons
    };
    assert_eq!(at_480, [false, true], "the old note ends before the new one begins");
}

#[test]
fn chords_are_markers_of_the_first_track_and_come_back() {
    let chord = |tick, chord, bass| ChordChange { tick, chord, bass };
    let half_diminished = Chord { root: 10, third: 3, fifth: 6, seventh: Some(10) };
    let score = Score {
        title: "T".into(),
        chords: vec![
            chord(0, Some(Chord::major(6)), 6),
            chord(480, Some(half_diminished), 10),
            chord(960, None, 0),
            chord(Tick::MAX, Some(Chord { root: 255, third: 255, fifth: 255, seventh: None }), 255),
        ],
        sections: vec![SectionChange { tick: 960, label: "A".into() }],
        parts: vec![Arc::new(Part { notes: vec![note(0, 480, 60, 100)], ..Part::new("Lead", 0) })],
        ..Score::default()
    };
    let bytes = write(&score);
    assert!(bytes.windows(4).any(|bytes| bytes == b"\xFF\x07\x01A"));
    let mut now = 0;
    let file = midly::Smf::parse(&bytes).unwrap();
    let markers: Vec<(Tick, &[u8])> = file.tracks[0]
        .iter()
        .filter_map(|event| {
            now += event.delta.as_int();
            match event.kind {
                midly::TrackEventKind::Meta(midly::MetaMessage::Marker(text)) => Some((now, text)),
                _ => None,
            }
        })
        .collect();
    assert_eq!(markers, [(0, &b"F#"[..]), (480, b"Bbm7b5"), (960, b"A"), (960, b"N.C."), (MAX_TICK, b"Eb")]);
    let is_marker = |event: &midly::TrackEvent<'_>| {
        matches!(event.kind, midly::TrackEventKind::Meta(midly::MetaMessage::Marker(_)))
    };
    assert!(!file.tracks[1..].iter().flatten().any(is_marker));
    let last = chord(MAX_TICK, Some(Chord::major(3)), 3); // what the wild one is called
    let chords = score.chords[..3].iter().copied().chain([last]).collect();
    assert_eq!(read(&bytes).unwrap(), Score { chords, ..score });
}

#[test]
fn chords_are_spelled_in_the_key_that_the_notes_suggest() {
    let tune = (0..).step_by(480).zip([66, 70, 73, 71, 70, 68, 65, 66]);
    let notes = tune.map(|(start, pitch)| note(start, 480, pitch, 100)).collect();
    let minor = Chord { root: 5, third: 3, fifth: 7, seventh: None };
    let score = Score {
        melody: Some(0),
        chords: vec![ChordChange { tick: 0, chord: Some(minor), bass: 5 }],
        parts: vec![Arc::new(Part { notes, ..Part::new("Lead", 0) })],
        ..Score::default()
    };
    let has = |bytes: &[u8], marker: &[u8]| bytes.windows(marker.len()).any(|bytes| bytes == marker);
    assert!(has(&write(&score), b"\xFF\x06\x03E#m"));
    assert!(has(&write_in(&score, None), b"\xFF\x06\x02Fm"));
    assert_eq!(read(&write(&score)).unwrap(), score, "no key is set by that");
}

#[test]
fn nonsense_in_memory_is_written_all_the_same() {
    let mut part = Part::new("x".repeat(5000), 200);
    part.volume = 255;
    part.notes = vec![note(Tick::MAX, Tick::MAX, 60, 1), note(5, 0, 61, 1)];
    let wild = Control::Controller { number: 255, value: 200 };
    part.controls = vec![ControlEvent { tick: 9, control: wild }];
    let score = Score { parts: vec![Arc::new(part)], melody: Some(7), ..Score::default() };
    let back = read(&write(&score)).unwrap();
    assert_eq!(back.parts[0].notes, [note(5, 1, 61, 1), note(MAX_TICK - 1, 1, 60, 1)]);
    assert_eq!((back.parts[0].volume, back.melody), (127, None));
    assert_eq!(back.parts[0].name.len(), MAX_NAME_CHARS);
}

fn any_control() -> impl Strategy<Value = Control> {
    prop_oneof![
        (0..=127_u8, 0..=127_u8).prop_map(|(number, value)| Control::Controller { number, value }),
        (-8192..=8191_i16).prop_map(Control::PitchBend),
        (0..=127_u8).prop_map(Control::Pressure),
        (0..=127_u8, 0..=127_u8)
            .prop_map(|(pitch, value)| Control::KeyPressure { pitch: Pitch::clamped(i32::from(pitch)), value }),
        (0..=127_u8).prop_map(Control::Program),
    ]
}

fn any_role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Melody, Role::Bass, Role::Drums, Role::Alto, Role::Other])
}

fn any_name() -> impl Strategy<Value = String> {
    // a byte order mark is no part of a text
    "([^\\p{Cc}\\s\u{feff}]([^\\p{Cc}]{0,20}[^\\p{Cc}\\s])?)?"
}

/// Notes of a pitch may overlap, but end in the order in which they began.
fn any_notes() -> impl Strategy<Value = Vec<Note>> {
    prop::collection::vec((0..2000_u32, 1..1000_u32, 0..=127, 1..=127), 0..40).prop_map(|raw| {
        let mut notes: Vec<Note> =
            raw.iter().map(|(start, length, pitch, velocity)| note(*start, *length, *pitch, *velocity)).collect();
        notes.sort_unstable();
        for pitch in 0..=127 {
            let mut end = 0;
            for note in notes.iter_mut().filter(|note| note.pitch.get() == pitch) {
                end = end.max(note.end());
                note.duration = end - note.start;
            }
        }
        notes.sort_unstable();
        notes
    })
}

/// No program is set that is set already. Banks and "all notes off" are no part of this.
fn keep_what_changes(part: &mut Part) {
    let mut now = part.program;
    part.controls.retain(|event| match event.control {
        Control::Program(program) => std::mem::replace(&mut now, program) != program,
        Control::Controller { number, .. } => !matches!(number, 0 | 32 | 120 | 123),
        _ => true,
    });
}

fn any_part() -> impl Strategy<Value = Part> {
    let mix = (0..=127_u8, 0..=127_u8, 0..=127_u8, [0..=127_u8, 0..=127], any::<[bool; 4]>(), 0..8_u8, any_role());
    let controls = prop::collection::vec((0..4000_u32, any_control()), 0..12);
    (any_name(), mix, any_notes(), controls).prop_map(
        |(name, (program, volume, pan, [reverb, chorus], switches, color, role), notes, controls)| {
            let mut part = Part {
                name,
                role,
                program,
                is_drum: switches[0],
                volume,
                pan,
                reverb,
                chorus,
                muted: switches[1],
                soloed: switches[2],
                locked: switches[3],
                color,
                notes,
                controls: controls.into_iter().map(|(tick, control)| ControlEvent { tick, control }).collect(),
                fine: FineTimes::default(),
            };
            part.sort();
            keep_what_changes(&mut part);
            part
        },
    )
}

fn any_score() -> impl Strategy<Value = Score> {
    let tempi = prop::collection::vec((0..5000_u32, TempoMap::MIN_READ_MICROS..=TempoMap::MAX_MICROS), 0..4);
    let metres = prop::collection::vec((0..5000_u32, 1..=64_u8, 0..=6_u32), 0..4);
    let keys = prop::collection::btree_map(0..5000_u32, (-7..=7_i8, any::<bool>()), 0..3);
    let parts = prop::collection::vec(any_part(), 0..20);
    let sections = prop::collection::btree_map(0..5000_u32, any_name(), 0..4);
    let melody = (any::<prop::sample::Index>(), any::<bool>());
    (any_name(), tempi, metres, keys, parts, melody, 0..=127_u8, sections).prop_map(
        |(title, tempi, metres, keys, parts, (melody, has_melody), volume, sections)| Score {
            title,
            sections: (sections.into_iter().filter(|(_, label)| !label.is_empty()))
                .map(|(tick, label)| SectionChange { tick, label })
                .collect(),
            volume,
            tempo: TempoMap::from_changes(
                tempi.into_iter().map(|(tick, micros_per_quarter)| TempoChange { tick, micros_per_quarter }).collect(),
            ),
            metre: MetreMap::from_changes(
                metres
                    .into_iter()
                    .filter_map(|(tick, numerator, power)| {
                        Metre::new(numerator, 1 << power).map(|metre| MetreChange { tick, metre })
                    })
                    .collect(),
            ),
            keys: keys
                .into_iter()
                .map(|(tick, (sharps, is_minor))| {
                    let mode = if is_minor { Mode::Minor } else { Mode::Major };
                    KeyChange::new(tick, Key::from_signature(sharps, mode).unwrap()).written_with(sharps)
                })
                .collect(),
            melody: (has_melody && !parts.is_empty()).then(|| melody.index(parts.len())),
            parts: parts.into_iter().map(Arc::new).collect(),
            ..Score::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_is_written_reads_back_equal(score in any_score()) {
        prop_assert_eq!(read(&write(&score)).unwrap(), score);
    }

    #[test]
    fn files_of_the_same_score_are_the_same_bytes(score in any_score()) {
        prop_assert_eq!(write(&score), write(&read(&write(&score)).unwrap()));
    }

    #[test]
    fn any_bytes_in_a_track_give_a_score(events in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&file(1, 96, &[&events])).is_ok());
    }
}
