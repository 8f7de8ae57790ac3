use std::sync::Arc;

use super::{
    file::{CELLS, Content, ImportFile, cells, in_words, tempo_text},
    state::{Import, TempoFrom},
};
use crate::music::testing::note;
use crate::{
    music::{
        ChordChange, Key, KeyChange, Metre, MetreMap, Mode, Note, Part, Score, SectionChange, Spans, TempoMap,
        midi_file::{self, MidiFile},
    },
    studio::toasts::Tone,
};

fn part(name: &str, pitch: i32, count: u32) -> Part {
    let mut part = Part::new(name, 0);
    part.notes = (0..count).map(|index| note(index * 240, 200, pitch + (index % 7) as i32)).collect();
    part
}

fn file(name: &str, parts: Vec<Part>, qpm: Option<f64>) -> ImportFile {
    let score = Score {
        parts: parts.into_iter().map(Arc::new).collect(),
        tempo: qpm.map_or_else(TempoMap::default, TempoMap::constant),
        ..Score::default()
    };
    ImportFile {
        name: name.into(),
        path: name.into(),
        content: Content::of(MidiFile { score, says_tempo: qpm.is_some(), notices: Vec::new() }),
        choices: Vec::new(),
        chosen: 0,
    }
}

fn import(into_present: bool, files: Vec<ImportFile>) -> Import {
    let mut import = Import::new(into_present);
    import.to_come = files.len();
    let asks: Vec<bool> = files.into_iter().map(|file| import.take_file(file)).collect();
    assert_eq!(asks.iter().rposition(|&asks| asks), Some(asks.len() - 1));
    import
}

fn names(score: &Score) -> Vec<&str> {
    score.parts.iter().map(|part| part.name.as_str()).collect()
}

#[test]
fn several_files_become_one_score_and_refusals_are_told() {
    let import = import(
        false,
        vec![
            file("a.mid", vec![part("Bass", 36, 16), part("Lead", 72, 32)], Some(90.0)),
            file("b.mid", Vec::new(), None),
            file("c.mid", vec![part("Strings", 55, 16)], Some(150.0)),
        ],
    );
    assert_eq!(import.melody, Some((0, 1)));
    assert_eq!(import.proposed.as_ref().unwrap().1, "named “Lead”");
    let score = import.result(&Score::default());
    assert_eq!((names(&score), score.melody), (vec!["Bass", "Lead", "Strings"], Some(1)));
    assert_eq!((score.title.as_str(), score.tempo.qpm_at(0).round()), ("a", 90.0));
    let (tone, text) = import.summary();
    assert_eq!(
        (tone, text.as_str()),
        (Tone::Warning, "Imported 3 parts from 2 files. Couldn't import b.mid: it has no notes")
    );
    assert!(!import.goes_without_saying());
}

#[test]
fn into_the_present_composition_its_melody_and_tempo_stay() {
    let present = Score {
        title: "Mine".into(),
        tempo: TempoMap::constant(77.0),
        parts: vec![Arc::new(part("Tune", 60, 8))],
        melody: Some(0),
        ..Score::default()
    };
    let mut import = import(true, vec![file("a.mid", vec![part("Lead", 72, 32), part("Bass", 36, 16)], Some(90.0))]);
    if let Ok(content) = &mut import.files[0].content {
        content.parts[1].wanted = false;
    }
    let score = import.result(&present);
    assert_eq!((names(&score), score.melody), (vec!["Tune", "Lead"], Some(0)));
    assert_eq!((score.title.as_str(), score.tempo.qpm_at(0).round()), ("Mine", 77.0));
    assert_ne!(score.parts[0].color, score.parts[1].color);
    import.tempo = TempoFrom::File(0);
    assert_eq!(import.result(&present).tempo.qpm_at(0).round(), 90.0);
    assert_eq!(import.summary().1, "Added 1 part from a.mid");
}

#[test]
fn a_file_without_a_tempo_has_its_own_metre_key_and_120_unless_it_comes_to_the_present_composition() {
    let present = Score {
        tempo: TempoMap::constant(77.0),
        metre: MetreMap::constant(Metre::FOUR_FOUR),
        keys: vec![KeyChange::new(0, Key::from_signature(1, Mode::Major).unwrap())],
        ..Score::default()
    };
    let waltz = MetreMap::constant(Metre::new(3, 4).unwrap());
    let keys = vec![KeyChange::new(0, Key::from_signature(-3, Mode::Major).unwrap())];
    let mut bare = file("a.mid", vec![part("One", 60, 9)], None);
    let content = bare.content.as_mut().unwrap();
    let score = Score { metre: waltz.clone(), keys: keys.clone(), ..Score::clone(&content.score) };
    content.score = Arc::new(score);
    let mut import = import(false, vec![bare]);
    assert_eq!(import.tempo, TempoFrom::File(0));
    assert!(import.goes_without_saying());
    let result = import.result(&present);
    assert_eq!((result.tempo.qpm_at(0), &result.metre, &result.keys), (120.0, &waltz, &keys));
    assert_eq!(result.melody, Some(0));
    import.into_present = true;
    import.propose_tempo();
    let result = import.result(&present);
    assert_eq!((&result.tempo, &result.metre, &result.keys), (&present.tempo, &present.metre, &present.keys));
}

#[test]
fn the_small_roll_of_very_many_notes_has_few_shapes() {
    let notes: Vec<Note> = (0..100_000).map(|index| note(index * 17, 30, (index * 31 % 88) as i32 + 21)).collect();
    let many = cells(&notes, 1_700_030);
    assert!(!many.is_empty() && many.len() <= CELLS.0 * CELLS.1 / 2, "{}", many.len());
    assert!(many.iter().all(|[left, right, top]| left < right && *right <= 1.0 && *top < 1.0));
    let one = cells(&notes[..1], 60);
    assert_eq!(one, [[0.0, 0.5, 0.95]]);
}

#[test]
fn what_cannot_be_read_is_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |path: &std::path::Path| ImportFile::read(path.to_owned()).refusal().unwrap();
    let missing = refusal(&folder.path().join("gone.mid"));
    assert_eq!(missing, "Couldn't import gone.mid: it is no longer there");
    assert!(refusal(folder.path()).ends_with("it is a folder, not a file"));
    assert!(refusal("/dev/null".as_ref()).ends_with("it is a device, not a file"));
    let told = |number| in_words(&std::io::Error::from_raw_os_error(number));
    assert_eq!(told(13), "you don't have permission to read it");
    assert_eq!(told(5), "Input/output error", "without the system's number");
}

/// A file of type 2 of one note a song, of these names and pitches.
fn songs(of: &[(&str, u8)]) -> Vec<u8> {
    let mut bytes = [&b"MThd\0\0\0\x06\0\x02\0"[..], &[of.len() as u8, 0, 96]].concat();
    for (name, pitch) in of {
        let name = [&[0, 0xFF, 3, name.len() as u8][..], name.as_bytes()].concat();
        let note = [0, 0x90, *pitch, 64, 96, *pitch, 0, 0, 0xFF, 0x2F, 0];
        bytes.extend([&b"MTrk\0\0\0"[..], &[(name.len() + note.len()) as u8], &name, &note].concat());
    }
    bytes
}

#[test]
fn sections_and_chords_of_a_file_come_with_it_where_there_are_none() {
    let named = |label: &str| Score {
        chords: vec![ChordChange::from_symbol("G/B", 0).unwrap()],
        sections: vec![SectionChange { tick: 0, label: label.into() }],
        parts: vec![Part { notes: vec![note(0, 480, 60)], ..Part::new("Tune", 0) }.into()],
        ..Score::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sections.mid");
    std::fs::write(&path, midi_file::write(&named("Verse"))).unwrap();
    let labels = |into_present: bool, present: &Score| {
        let result = import(into_present, vec![ImportFile::read(path.clone())]).result(present);
        result.sections.into_iter().map(|section| section.label).collect::<Vec<_>>()
    };
    assert_eq!(labels(false, &named("Old")), ["Verse"]);
    assert_eq!(labels(true, &named("Old")), ["Old"]);
    assert_eq!(labels(true, &Score::default()), ["Verse"]);
    let result = import(false, vec![ImportFile::read(path.clone())]).result(&Score::default());
    assert_eq!(result.chords, named("Verse").chords);
    assert_eq!((result.own.chords, result.own.sections), (Spans::all(), Spans::all()), "no take takes their place");
}

#[test]
fn of_several_songs_one_is_chosen_or_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("songs.mid");
    std::fs::write(&path, songs(&[("One", 60), ("", 67)])).unwrap();
    let mut import = import(false, vec![ImportFile::read(path)]);
    let choices: Vec<&str> = import.files[0].choices.iter().map(|choice| choice.name.as_str()).collect();
    assert_eq!(choices, ["All 2 songs, one after the other", "1: One", "Song 2"]);
    assert!(!import.goes_without_saying());
    let starts = |import: &Import| -> Vec<(u32, u8)> {
        let score = import.result(&Score::default());
        score.parts.iter().flat_map(|part| &part.notes).map(|note| (note.start, note.pitch.get())).collect()
    };
    assert_eq!(starts(&import), [(0, 60), (480, 67)]);
    import.files[0].chosen = 2;
    import.take_choice(0);
    assert_eq!((starts(&import), import.melody), (vec![(0, 67)], Some((0, 0))));
    assert!(!import.goes_without_saying(), "it asks as long as there is a choice");
    import.files[0].chosen = 1;
    import.take_choice(0);
    assert_eq!((starts(&import), import.result(&Score::default()).title.as_str()), (vec![(0, 60)], "One"));
}

#[test]
fn tempi_read_as_people_say_them() {
    assert_eq!(tempo_text(&TempoMap::constant(112.0)), "112 BPM");
    let change = |tick, qpm: f64| crate::music::TempoChange { tick, micros_per_quarter: (60e6 / qpm) as u32 };
    assert_eq!(tempo_text(&TempoMap::from_changes(vec![change(0, 80.0), change(9, 120.0)])), "80 to 120 BPM");
}
