//! What other programs write, as they mean it.

use super::{file, note, with_end};
use crate::music::midi_file::{MidiFile, Notice, ReadError, limits, read, read_file, write};
use crate::music::parameters::Parameters;
use crate::music::{Chord, ChordChange, Control, ControlEvent, Part, Score, SectionChange, Tick};

/// A meta event of a short text, or of other data.
fn meta(delta: u8, kind: u8, data: &[u8]) -> Vec<u8> {
    [&[delta, 0xFF, kind, data.len() as u8], data].concat()
}

/// A system exclusive, without the bytes around it.
fn exclusive(data: &[u8]) -> Vec<u8> {
    [&[0, 0xF0, data.len() as u8 + 1], data, &[0xF7]].concat()
}

fn quarter(key: u8) -> [u8; 7] {
    [0, 0x90, key, 64, 96, key, 0]
}

fn read_tracks(tracks: &[&[u8]]) -> MidiFile {
    let with_ends: Vec<Vec<u8>> = tracks.iter().map(|events| with_end(events)).collect();
    read_file(&file(1, 96, &with_ends.iter().map(Vec::as_slice).collect::<Vec<_>>())).unwrap()
}

/// Keys of a part with the ticks from where to where they sound.
fn spans(part: &Part) -> Vec<(u8, Tick, Tick)> {
    part.notes.iter().map(|note| (note.pitch.get(), note.start, note.end())).collect()
}

fn sections(file: &MidiFile) -> Vec<(Tick, &str)> {
    file.score.sections.iter().map(|section| (section.tick, section.label.as_str())).collect()
}

#[test]
fn a_second_file_behind_the_first_is_left_out() {
    let first = file(0, 96, &[&with_end(&quarter(60))]);
    let second = file(1, 96, &[&with_end(&quarter(72)), &with_end(&quarter(74))]);
    let expected = read(&first).unwrap();
    for between in [&b""[..], b"\0\0\0"] {
        let both = [&first[..], between, &second].concat();
        let MidiFile { score, notices, .. } = read_file(&both).unwrap();
        assert_eq!(score, expected);
        let byte = first.len() + between.len();
        assert!(notices.contains(&Notice::OtherFile { byte, bytes: second.len() }), "{notices:?}");
    }
    // a header without tracks before the one with them hides nothing
    let headers = [&first[..14], &first].concat();
    assert_eq!(read(&headers).unwrap(), expected);
    // a damaged length does not carry the first one over into the second
    let mut both = [&first[..], &second].concat();
    both[18..22].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(read(&both).unwrap(), expected);
    // cut off in the second header
    assert_eq!(read(&[&first[..], &second[..9]].concat()).unwrap(), expected);
}

#[test]
fn all_notes_off_and_all_sound_off_end_what_sounds() {
    let events = [
        &[0, 0x90, 60, 64, 0, 64, 64, 96, 0xB0, 123, 0][..],
        &quarter(67),
        &[0, 0x90, 62, 64, 96, 0xB0, 120, 0, 96, 0x90, 60, 64, 96, 60, 0],
    ]
    .concat();
    let MidiFile { score, notices, .. } = read_tracks(&[&events]);
    assert_eq!(spans(&score.parts[0]), [(60, 0, 480), (64, 0, 480), (67, 480, 960), (62, 960, 1440), (60, 1920, 2400)]);
    assert_eq!(notices, []);
    assert_eq!(read(&write(&score)).unwrap(), score);
    // said by another track of the channel, but not of another channel; what begins there stays
    let held = [0, 0x90, 60, 64, 96, 64, 64, 96, 60, 0, 0, 64, 0];
    for (status, end) in [(0xB0, 480), (0xB1, 960)] {
        let MidiFile { score, .. } = read_tracks(&[&held, &[96, status, 123, 0]]);
        assert_eq!(spans(&score.parts[0]), [(60, 0, end), (64, 480, 960)], "{status:x}");
        assert_eq!(read(&write(&score)).unwrap(), score);
    }
}

#[test]
fn system_on_in_the_middle_sets_programs_and_controllers_back() {
    let systems: [&[u8]; 4] = [
        &[0x7E, 0x7F, 9, 1],
        &[0x7E, 0x7F, 9, 3],
        &[0x41, 0x10, 0x42, 0x12, 0x40, 0, 0x7F, 0, 0x41],
        &[0x43, 0x10, 0x4C, 0, 0, 0x7E, 0],
    ];
    let setup = [0, 0xC0, 73, 0, 0xB0, 7, 40, 0, 0xB0, 10, 64];
    for system in systems {
        let events = [&setup[..], &quarter(60), &exclusive(system), &quarter(64)].concat();
        let MidiFile { score, .. } = read_tracks(&[&events]);
        let part = &score.parts[0];
        assert_eq!((part.program, part.volume, part.pan), (73, 40, 64));
        let at = |control| ControlEvent { tick: 480, control };
        let volume = Control::Controller { number: 7, value: 100 };
        assert_eq!(part.controls, [at(volume), at(Control::Program(0))], "{system:x?}");
        assert_eq!(read(&write(&score)).unwrap(), score);
    }
    // bend range and tuning, and what data would go on to set
    let range = [0, 0xB0, 101, 0, 0, 0xB0, 100, 0, 0, 0xB0, 6, 12];
    let tail = [0, 0xB0, 6, 24, 0, 0xE0, 127, 127];
    for system in systems {
        let events = [&range[..], &quarter(60), &exclusive(system), &tail, &quarter(64)].concat();
        let MidiFile { score, .. } = read_tracks(&[&events]);
        let mut parameters = Parameters::START;
        let set = score.parts[0].controls.iter().filter_map(|event| match event.control {
            Control::Controller { number, value } => parameters.apply(number, value).map(|set| (event.tick, set)),
            _ => None,
        });
        assert_eq!(set.last(), Some((480, (Parameters::BEND_RANGE, [2, 0]))), "{system:x?}");
        assert_eq!(read(&write(&score)).unwrap(), score);
    }
    // at the beginning, and behind the last note, it changes nothing
    let first = [&setup[..], &exclusive(systems[0]), &quarter(60), &quarter(64), &exclusive(systems[0])].concat();
    let part = &read_tracks(&[&first]).score.parts[0];
    assert_eq!((part.program, part.volume, part.controls.len()), (73, 40, 0));
}

#[test]
fn devices_are_ports_where_no_number_is_given() {
    let track = |device: &[u8], program: u8| [&meta(0, 9, device)[..], &[0, 0xC0, program], &quarter(60)].concat();
    let programs = |tracks: &[&[u8]]| {
        read_tracks(tracks).score.parts.iter().map(|part| (part.program, part.controls.len())).collect::<Vec<_>>()
    };
    let (flute, trumpet) = (track(b"Port A", 73), track(b"Port B", 56));
    assert_eq!(programs(&[&flute, &trumpet]), [(73, 0), (56, 0)]);
    // the same device, and the first one with a track that names none
    assert_eq!(programs(&[&flute, &track(b"Port A", 56)]), [(73, 1), (56, 0)]);
    assert_eq!(programs(&[&flute, &quarter(62)]), [(73, 0), (73, 0)]);
    // the number of a port says more
    let numbered = [&meta(0, 0x21, &[0])[..], &trumpet].concat();
    assert_eq!(programs(&[&flute, &numbered]), [(73, 1), (56, 0)]);
}

#[test]
fn markers_and_cue_points_are_sections() {
    let music = [quarter(60), quarter(62)].concat();
    let marks =
        [meta(0, 6, b"Verse"), meta(96, 7, "Ref\u{301}rain \u{1b}[31m".as_bytes()), meta(5, 6, b" "), meta(9, 6, b"C")];
    let file = read_tracks(&[&marks.concat(), &music]);
    assert_eq!(sections(&file), [(0, "Verse"), (480, "Ref\u{301}rain"), (550, "C")]);
    assert_eq!(file.notices, []);
    let written = write(&file.score);
    assert_eq!(read(&written).unwrap(), file.score);
    // as markers, which more programs show; also what could be a chord
    assert!(written.windows(8).any(|bytes| bytes == b"\xFF\x06\x05Verse"));
    let mut odd = file.score.clone();
    odd.sections = [(0, "C7"), (480, "Am")].map(|(tick, label)| SectionChange { tick, label: label.into() }).into();
    assert_eq!(read(&write(&odd)).unwrap(), odd);
    // rehearsal letters are sections, chords are not
    let letters = [meta(0, 6, b"A"), meta(96, 6, b"B")].concat();
    assert_eq!(sections(&read_tracks(&[&letters, &music])), [(0, "A"), (480, "B")]);
    let chords = [meta(0, 6, b"C"), meta(96, 6, b"F#m7b5/E")].concat();
    let harmony = read_tracks(&[&chords, &music]);
    assert_eq!(sections(&harmony), []);
    let symbols: Vec<(Tick, String)> =
        harmony.score.chords.iter().map(|change| (change.tick, change.symbol())).collect();
    assert_eq!(symbols, [(0, "C".to_owned()), (480, "F♯m7♭5/E".to_owned())]);
    let both = [&chords[..], &meta(0, 7, b"Chorus")].concat();
    assert_eq!(sections(&read_tracks(&[&both, &music])), [(480, "Chorus")]);
}

#[test]
fn words_that_are_not_kept_are_told() {
    let told = |events: &[Vec<u8>]| read_tracks(&[&events.concat(), &quarter(60)]).notices;
    assert_eq!(told(&[meta(0, 2, b"(c) 1999"), meta(0, 1, b"Hello")]), [Notice::Texts]);
    assert_eq!(told(&[meta(0, 1, b" "), meta(0, 2, b""), meta(0, 3, b"Name"), meta(0, 4, b"Flute")]), []);
}

#[test]
fn karaoke_has_the_title_it_says() {
    let head = [meta(0, 3, b"Soft Karaoke"), meta(0, 1, b"@KMIDI KARAOKE FILE")].concat();
    let words = [meta(0, 3, b"Words"), meta(0, 1, b"@LENGL"), meta(0, 1, b"@TMy Song"), meta(0, 1, b"@TMy Artist")];
    let file = read_tracks(&[&head, &words.concat(), &quarter(60)]);
    assert_eq!(file.score.title, "My Song");
    assert_eq!(file.notices, []);
}

#[test]
fn rmid_has_the_title_around_it_where_it_says_none() {
    let chunk =
        |name: &[u8], data: &[u8]| [name, &(data.len() as u32).to_le_bytes(), data, &[0][..data.len() % 2]].concat();
    let title = |name: &[u8]| {
        let music = chunk(b"data", &file(0, 96, &[&with_end(&[&meta(0, 3, name)[..], &quarter(60)].concat())]));
        let info = chunk(b"LIST", &[&b"INFO"[..], &chunk(b"ICOP", b"me\0"), &chunk(b"INAM", b"My Song\0")].concat());
        let both = [[&music[..], &info].concat(), [&info[..], &music].concat()];
        both.map(|chunks| {
            let MidiFile { score, notices, .. } =
                read_file(&chunk(b"RIFF", &[&b"RMID"[..], &chunks].concat())).unwrap();
            assert_eq!((score.parts[0].notes.len(), notices), (1, vec![]));
            score.title
        })
    };
    assert_eq!(title(b" "), ["My Song", "My Song"]);
    assert_eq!(title(b"Its own"), ["Its own", "Its own"]);
}

#[test]
fn lyrics_and_the_texts_of_karaoke_are_sung() {
    let sung = |file: &MidiFile| -> Vec<(Tick, String)> {
        file.score.lyrics.iter().map(|lyric| (lyric.tick, lyric.text.clone())).collect()
    };
    let words = [meta(0, 5, b"Hel-"), meta(96, 5, b"lo "), meta(48, 5, b"world\r")].concat();
    let file = read_tracks(&[&words, &[quarter(60), quarter(62)].concat()]);
    assert_eq!(sung(&file), [(0, "Hel-".into()), (480, "lo ".into()), (720, "world ".into())]);
    assert_eq!(file.notices, []);
    assert_eq!(read(&write(&file.score)).unwrap(), file.score);
    // with a melody they are in its track
    let melody = Score { melody: Some(0), ..file.score.clone() };
    assert_eq!(read(&write(&melody)).unwrap(), melody);
    // in karaoke files texts are sung, but for those that speak to the player
    let words = [
        meta(0, 1, b"@LENGL"),
        meta(0, 1, b"@TSong"),
        meta(0, 1, b"\\Twin"),
        meta(96, 1, b"kle"),
        meta(96, 1, b"/star"),
    ];
    let file = read_tracks(&[&words.concat(), &[quarter(60), quarter(62), quarter(64)].concat()]);
    assert_eq!(sung(&file), [(0, " Twin".into()), (480, "kle".into()), (960, " star".into())]);
    assert_eq!((file.score.title.as_str(), file.notices), ("Song", vec![]));
    // each voice of a choir has its own
    let alto = [&meta(0, 5, b"Ah")[..], &quarter(57)].concat();
    let both = [&meta(0, 5, b"La")[..], &quarter(60), &meta(0, 5, b"la"), &quarter(60)].concat();
    let file = read_tracks(&[&alto, &both]);
    assert_eq!(sung(&file), [(0, "La".into()), (480, "la".into())]);
    assert_eq!(file.notices, [Notice::Lyrics(1)]);
    // in any encoding
    let encoded = encoding_rs::SHIFT_JIS.encode("\u{30d5}\u{30eb}\u{30fc}\u{30c8}\u{306e}\u{30e1}\u{30ed}\u{30c7}").0;
    let file = read_tracks(&[&meta(0, 5, &encoded), &quarter(60)]);
    assert_eq!(file.score.lyrics[0].text, "\u{30d5}\u{30eb}\u{30fc}\u{30c8}\u{306e}\u{30e1}\u{30ed}\u{30c7}");
}

#[test]
fn a_track_without_a_name_is_called_after_its_instrument() {
    let named = |texts: &[&[u8]]| {
        let texts = texts.concat();
        read_tracks(&[&quarter(62), &[&texts[..], &quarter(60)].concat()]).score.parts[1].name.clone()
    };
    assert_eq!(named(&[&meta(0, 4, b"Violin I")]), "Violin I");
    assert_eq!(named(&[&meta(0, 3, b" "), &meta(0, 4, b"Violin I")]), "Violin I");
    assert_eq!(named(&[&meta(0, 4, b"Strings"), &meta(0, 3, b"Lead")]), "Lead");
}

#[test]
fn channels_of_one_track_have_the_names_that_are_said_of_them() {
    let names = |events: &[Vec<u8>]| {
        let score = read_file(&file(0, 96, &[&with_end(&events.concat())])).unwrap().score;
        let parts: Vec<String> = score.parts.iter().map(|part| part.name.clone()).collect();
        (score.title, parts)
    };
    let channel = |number: u8| meta(0, 0x20, &[number]);
    let on = |number: u8, key: u8| vec![0, 0x90 | number, key, 64, 96, key, 0];
    let said = [
        meta(0, 3, b"Song"),
        channel(0),
        meta(0, 3, b"Flute"),
        channel(1),
        meta(0, 4, b"Cello"),
        meta(0, 4, b"Other"),
        on(0, 72),
        meta(0, 4, b"of the track"),
        on(1, 48),
        on(2, 60),
        channel(16),
    ];
    assert_eq!(names(&said), ("Song".into(), vec!["Flute".into(), "Cello".into(), String::new()]));
    assert_eq!(names(&[channel(0), meta(0, 3, b"Flute"), on(0, 72)]), (String::new(), vec!["Flute".into()]));
}

#[test]
fn lyrics_of_single_syllables_are_legible() {
    let song = "さくらさくらやよ";
    let mut events = meta(0, 3, b"Vocal");
    for letter in song.chars() {
        events.extend(meta(0, 5, &encoding_rs::SHIFT_JIS.encode(&letter.to_string()).0));
        events.extend(quarter(60));
    }
    let MidiFile { score, .. } = read_tracks(&[&quarter(62), &events]);
    assert_eq!(score.lyrics.iter().map(|lyric| lyric.text.as_str()).collect::<String>(), song);
}

#[test]
fn words_beside_the_tracks_are_read() {
    let mut bytes = file(0, 480, &[&with_end(&quarter(60))]);
    let sung: Vec<u8> = [meta(0, 7, b"$Lyrc:1:0:L1"), meta(0, 5, b"<Twin"), meta(120, 5, b"kle")].concat();
    bytes.extend(b"XFIH\0\0\0\x03abcXFKM");
    bytes.extend((sung.len() as u32).to_be_bytes());
    bytes.extend(sung);
    let MidiFile { score, notices, .. } = read_file(&bytes).unwrap();
    let lyrics: Vec<(u32, &str)> = score.lyrics.iter().map(|lyric| (lyric.tick, lyric.text.trim())).collect();
    assert_eq!((lyrics, score.parts.len()), (vec![(0, "Twin"), (120, "kle")], 1));
    assert_eq!(notices, []);
}

#[test]
fn what_is_not_midi_says_what_it_is() {
    let refusal = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(refusal(b""), "the file is empty");
    assert_eq!(refusal(b"This is not a MIDI file."), "not a MIDI file");
    for (bytes, kind) in [
        (&b"RIFF\x24\0\0\0WAVEfmt "[..], "a WAV file"),
        (b"\x1f\x8b\x08\0", "a gzip-compressed file"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<score-partwise version=\"3.1\">", "MusicXML"),
        (b"\xFF\xFE<\0?\0x\0m\0l\0 \0?\0>\0", "an XML document"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"SMF2CLIP\0\x40\0\0", "a MIDI 2.0 clip"),
        (b"FORM\0\0\0\x0EXDIRINFO", "an XMI file of a game"),
        (b"\x18FICHIER GUITAR PRO v5.00", "a Guitar Pro file"),
    ] {
        assert_eq!(refusal(bytes), format!("not a MIDI file: this is {kind}"));
    }
    let large = vec![0; limits::MAX_FILE_BYTES + 1];
    assert_eq!(read(&large).unwrap_err(), ReadError::TooLarge);
    assert_eq!(ReadError::TooLarge.to_string(), "the file is larger than 64 MiB");
}

#[test]
fn what_lies_behind_the_end_of_a_track_is_told() {
    let end = [0, 0xFF, 0x2F, 0];
    let hidden = [&quarter(60)[..], &end, &quarter(62), &end].concat();
    let MidiFile { score, notices, .. } = read_file(&file(0, 96, &[&hidden])).unwrap();
    assert_eq!((score.parts[0].notes.len(), notices), (1, vec![Notice::AfterEnd(11)]));
    // zeros only fill it up
    let filled = [&quarter(60)[..], &end, &[0; 9]].concat();
    assert_eq!(read_file(&file(0, 96, &[&filled])).unwrap().notices, []);
}

#[test]
fn tempi_beyond_all_measure_and_tunings_are_told() {
    let fast = [&meta(0, 0x51, &[0, 0, 1])[..], &quarter(60), &meta(0, 0x51, &[0, 0xEA, 0x60])].concat();
    let MidiFile { score, notices, .. } = read_tracks(&[&fast]);
    assert_eq!((score.tempo.qpm_at(0), score.tempo.qpm_at(480)), (1000.0, 1000.0));
    assert_eq!(notices, [Notice::TooFast(1)]);
    assert_eq!(notices[0].to_string(), "1 tempo faster than 1000 BPM taken as that");
    let tunings: [&[u8]; 3] = [
        &[0x7F, 0x7F, 8, 2, 0, 1, 69, 70, 0, 0],
        &[0x7F, 0x7F, 8, 8, 3, 0x7F, 0x7F, 64, 64, 64, 64, 64, 64, 64, 64, 64, 114, 64, 64],
        &[0x41, 0x10, 0x42, 0x12, 0x40, 0, 0, 0, 5, 13, 12, 34],
    ];
    for tuning in tunings {
        assert_eq!(read_tracks(&[&[&exclusive(tuning)[..], &quarter(60)].concat()]).notices, [Notice::Tunings]);
    }
    let usual = exclusive(&[0x41, 0x10, 0x42, 0x12, 0x40, 0, 0, 0, 4, 0, 0, 60]);
    assert_eq!(read_tracks(&[&[&usual[..], &quarter(60)].concat()]).notices, []);
    // each with its last values as they are usually
    let transpositions: [(&[u8], &[u8], &[u8]); 8] = [
        (&[0x7F, 0x7F, 4, 3], &[0, 0x34], &[0, 0x40]),
        (&[0x7F, 0x7F, 4, 4, 0], &[0x4C], &[0x40]),
        (&[0x41, 0x10, 0x42, 0x12, 0x40, 0, 5], &[0x4C, 0x6F], &[0x40, 0x7B]),
        (&[0x41, 0x10, 0x42, 0x12, 0x40, 0x11, 0x16], &[0x4C, 0x4D], &[0x40, 0x59]),
        (&[0x41, 0x10, 0x42, 0x12, 0x40, 0x11, 0x17], &[9, 0, 0x0F], &[8, 0, 0x10]),
        (&[0x43, 0x10, 0x4C, 0, 0, 6], &[0x4C], &[0x40]),
        (&[0x43, 0x10, 0x4C, 8, 2, 8], &[0x34], &[0x40]),
        (&[0x43, 0x10, 0x4C, 8, 2, 9], &[9, 0], &[8, 0]),
    ];
    for (what, value, usual) in transpositions {
        let told =
            |value: &[u8]| read_tracks(&[&[&exclusive(&[what, value].concat())[..], &quarter(60)].concat()]).notices;
        assert_eq!((told(value), told(usual)), (vec![Notice::Transpositions], vec![]), "{what:x?}");
    }
}

#[test]
fn notes_for_which_there_is_no_room_are_told_and_the_rest_can_be_written_and_read() {
    let line: Vec<u8> = (0..limits::MAX_EVENTS / 2).flat_map(|_| [0, 60, 64, 1, 60, 0]).collect();
    let track = with_end(&[&[0, 0xC0, 5, 0, 0x90, 60, 64, 1, 60, 0][..], &line].concat());
    let MidiFile { score, notices, .. } = read_file(&file(1, 480, &[&track, &track])).unwrap();
    assert_eq!(notices, [Notice::TooManyEvents(2)]);
    let counts: Vec<usize> = score.parts.iter().map(|part| part.notes.len()).collect();
    assert_eq!(counts, [limits::MAX_EVENTS / 2 + 1, limits::MAX_EVENTS / 2 - 1]);
    assert!(read(&write(&score)).unwrap() == score);
}

#[test]
fn our_own_sections_come_back() {
    let part = Part { notes: vec![note(0, 480, 60, 100)], ..Part::new("Lead", 0) };
    let section = |tick, label: &str| SectionChange { tick, label: label.into() };
    let score = Score {
        sections: vec![section(0, "Intro"), section(1920, "A"), section(3841, "B")],
        parts: vec![part.into()],
        ..Score::default()
    };
    assert_eq!(read(&write(&score)).unwrap(), score);
    // beside chords that are called the same
    let chords = [0, 960].map(|tick| ChordChange { tick, chord: Some(Chord::major(9)), bass: 9 }).into();
    let score = Score { sections: vec![section(0, "A"), section(1920, "C")], chords, ..score };
    assert_eq!(read(&write(&score)).unwrap(), score);
}
