//! Folders of files written for the tests.

use std::sync::Arc;

use super::*;
use crate::corpus::dataset::Split;
use crate::music::testing::note;
use crate::music::{Part, TICKS_PER_QUARTER};

const TUNE: [i32; 16] = [72, 74, 76, 77, 79, 77, 76, 74, 72, 71, 69, 71, 72, 76, 74, 72];

fn song(first: i32, transposed: i32) -> Score {
    let line = |name: &str, below: i32| {
        let mut part = Part::new(name, 0);
        part.notes = (0..32)
            .map(|index| {
                note(
                    index * TICKS_PER_QUARTER,
                    TICKS_PER_QUARTER,
                    TUNE[(index as usize * first as usize) % 16] - below + transposed,
                )
            })
            .collect();
        Arc::new(part)
    };
    Score { parts: vec![line("Melody", 0), line("Bass", 36)], ..Score::default() }
}

fn put(folder: &Path, name: &str, score: &Score) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, midi_file::write(score)).unwrap();
}

fn read(folder: &Path) -> Result<Dataset, DatasetError> {
    read_folder(folder, &ReadOptions::default(), &mut |_, _| (), &|| false)
}

#[test]
fn what_is_left_out_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    put(folder, "a.mid", &song(1, 0));
    put(folder, "b in another key.MID", &song(1, -5));
    put(folder, "sub/c.midi", &song(3, 0));
    std::fs::write(folder.join("broken.mid"), b"MThd and nothing more").unwrap();
    std::fs::write(folder.join("notes.txt"), b"no music").unwrap();
    let mut alone = song(5, 0);
    alone.parts.truncate(1);
    put(folder, "alone.mid", &alone);
    let mut calls = Vec::new();
    let dataset =
        read_folder(folder, &ReadOptions::default(), &mut |done, total| calls.push((done, total)), &|| false).unwrap();
    let names: Vec<&str> = dataset.pieces.iter().map(|piece| piece.name.as_str()).collect();
    assert_eq!(names, ["a", "sub/c"]);
    let left_out: Vec<(&str, &str)> =
        dataset.left_out.iter().map(|left_out| (left_out.file.as_str(), left_out.reason.as_str())).collect();
    assert_eq!(left_out[0], ("alone.mid", "nothing but a melody"));
    assert_eq!(left_out[1], ("b in another key.MID", "the same music as a.mid"));
    assert_eq!(left_out[2].0, "broken.mid");
    assert!(left_out[2].1.starts_with("broken: "), "{left_out:?}");
    assert_eq!(left_out[3], ("notes.txt", "not a MIDI file"));
    assert_eq!((dataset.files, dataset.files_used()), (6, 2));
    assert_eq!(dataset.file_name("sub/c"), "sub/c.midi");
    assert_eq!((calls.first(), calls.last()), (Some(&(0, 5)), Some(&(5, 5))));
    // two pieces: one to train on and one held out
    assert_eq!(dataset.split(Split::Valid).count(), 1);
}

#[test]
fn files_of_one_name_are_all_read_and_reasons_counted_as_people_count() {
    let folder = tempfile::tempdir().unwrap();
    for (file, first) in [("a.mid", 1), ("a.kar", 3), ("a.MID", 5)] {
        put(folder.path(), file, &song(first, 0));
    }
    for number in [10, 9, 2, 1] {
        std::fs::write(folder.path().join(format!("x{number}.mid")), b"MThd").unwrap();
    }
    let dataset = read(folder.path()).unwrap();
    assert_eq!((dataset.files, dataset.files_used()), (7, 3));
    let [(reason, files)] = &dataset.left_out_by_reason()[..] else { panic!("one kind") };
    assert_eq!(reason, "damaged beyond reading");
    assert_eq!(files, &["x1.mid", "x2.mid", "x9.mid", "x10.mid"]);
}

#[test]
fn what_is_no_midi_file_is_not_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.mid", &song(1, 0));
    for (name, bytes) in [
        ("text.mid", &b"Just a few words."[..]),
        ("sheet.mid", b"<?xml version=\"1.0\"?><score-partwise/>"),
        ("sound.mid", b"RIFF\0\0\0\0WAVEfmt "),
        ("nothing.mid", b""),
        ("cut.mid", b"MThd"),
        ("cover.png", b"\x89PNG"),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let dataset = read(folder.path()).unwrap();
    let reason = |name: &str| {
        let found = dataset.left_out.iter().find(|left_out| left_out.file == name);
        found.map(|left_out| left_out.reason.as_str()).unwrap()
    };
    assert_eq!(reason("sheet.mid"), "not a MIDI file: this is MusicXML");
    assert_eq!(reason("sound.mid"), "not a MIDI file: this is a WAV file");
    assert_eq!(reason("text.mid"), "not a MIDI file");
    let kinds: Vec<(String, usize)> =
        dataset.left_out_by_reason().into_iter().map(|(kind, files)| (kind, files.len())).collect();
    let told = [("not MIDI files", 4), ("damaged beyond reading", 1), ("empty", 1)];
    assert_eq!(kinds, told.map(|(kind, files)| (kind.to_owned(), files)));
    std::fs::remove_file(folder.path().join("cover.png")).unwrap();
    for name in ["sheet.mid", "sound.mid"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    let one_less = read(folder.path()).unwrap();
    assert!(one_less.left_out_by_reason().iter().any(|(kind, files)| kind == "not a MIDI file" && files.len() == 1));
    let left_out: usize = kinds.iter().map(|(_, files)| files).sum();
    assert_eq!(dataset.files_used() + left_out, dataset.files, "all files are counted");
}

#[test]
fn a_split_given_by_names_is_kept_and_one_of_ours_does_not_depend_on_names() {
    let given = tempfile::tempdir().unwrap();
    for (name, first) in [("train_1.mid", 1), ("train_2.mid", 3), ("valid_1.mid", 5), ("valid_2.mid", 7)] {
        put(given.path(), name, &song(first, 0));
    }
    let dataset = read(given.path()).unwrap();
    let held_out: Vec<&str> = dataset.split(Split::Valid).map(|piece| piece.name.as_str()).collect();
    assert_eq!(held_out, ["valid_1", "valid_2"]);

    let held_out = |prefix: &str| {
        let folder = tempfile::tempdir().unwrap();
        for (number, first) in [1, 3, 5, 7, 9, 11].into_iter().enumerate() {
            put(folder.path(), &format!("{prefix}{number}.mid"), &song(first, 0));
        }
        let dataset = read(folder.path()).unwrap();
        let names = dataset.split(Split::Valid).map(|piece| piece.name.trim_start_matches(prefix).to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(held_out("x"), held_out("another "));
}

#[test]
fn a_melody_marked_by_hand_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut marked = song(1, 0);
    marked.parts.truncate(1);
    let mut full = song(1, 0);
    full.parts = vec![Arc::new(Part {
        name: "Piano".into(),
        notes: [full.parts[0].notes.clone(), full.parts[1].notes.clone()].concat(),
        ..Part::default()
    })];
    full.part_mut(0).unwrap().sort();
    put(folder.path(), "x.mid", &full);
    put(folder.path(), "x.melody.mid", &marked);
    let dataset = read(folder.path()).unwrap();
    assert_eq!(dataset.files, 1);
    let piece = &dataset.pieces[0];
    assert_eq!(piece.melody.onsets(0).collect::<Vec<_>>(), [72]);
    assert_eq!(piece.part(crate::music::Role::Chords).unwrap().onsets(0).collect::<Vec<_>>(), [36]);
}

#[test]
fn what_is_remembered_is_what_was_read_until_it_changes() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (name, first) in [("a.mid", 1), ("b.mid", 3), ("c.mid", 5)] {
        put(folder.path(), name, &song(first, 0));
    }
    std::fs::write(folder.path().join("broken.mid"), b"MThd").unwrap();
    let options = ReadOptions { cache: Some(place.path().into()), ..ReadOptions::default() };
    let read = || read_folder(folder.path(), &options, &mut |_, _| (), &|| false).unwrap();
    let (fresh, remembered) = (read(), read());
    assert_eq!(fresh, remembered);
    assert_eq!(std::fs::read_dir(place.path().join("data")).unwrap().count(), 1);
    let mut corrections = Corrections::default();
    corrections.set("a", "Melody", Some(None));
    corrections.set("a", "Bass", Some(Some(crate::music::Role::Melody)));
    corrections.write(folder.path()).unwrap();
    assert_eq!(read().left_out[0].reason, "nothing but a melody");
    put(folder.path(), "b.mid", &song(7, 0));
    let changed = read();
    assert_ne!(changed.pieces, fresh.pieces);
    assert!(changed.pieces.iter().all(|piece| piece.name != "a"));
}

#[test]
fn folders_that_give_nothing_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("none of the 0 MIDI files can be used"), "{error}");
    assert!(matches!(read(&folder.path().join("missing")), Err(DatasetError::Folder { .. })));
    put(folder.path(), "a.mid", &song(1, 0));
    let cancelled = read_folder(folder.path(), &ReadOptions::default(), &mut |_, _| (), &|| true);
    assert!(matches!(cancelled, Err(DatasetError::Cancelled)));
}
