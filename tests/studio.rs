//! The studio's window without a screen: found by label, used as a person does, with keyboards and engine made for it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "studio/playing.rs"]
mod playing;
mod support;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use cantus::{
    clock,
    devices::fake::FakeBackend,
    library::store::Store,
    music::{Part, Pitch, edit, midi_file},
    studio::{
        Studio,
        commands::{Command, table},
        dialogs::Dialog,
        engine_line,
        files::Purpose,
    },
};
use eframe::egui::{Key, Modifiers};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use support::{a_model, fake_engine, no_engine, note, open, options, until};

fn click(harness: &mut Harness<'static, Studio>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'static, Studio>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(2);
}

fn with_model(harness: &mut Harness<'static, Studio>) {
    harness.state_mut().take_models(vec![a_model()], None);
    harness.run_steps(2);
}

fn texts(harness: &Harness<'static, Studio>) -> Vec<String> {
    harness.state().toasts.texts().map(str::to_owned).collect()
}

#[test]
fn a_first_start_has_a_melody_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    assert!(!harness.state().score().melody_part().unwrap().notes.is_empty());
    harness.state_mut().take_models(Vec::new(), None);
    harness.run_steps(2);
    harness.get_by_label("No model yet");
    harness.get_by_label("No keyboard");
    harness.get_by_label("No sound output");
    assert!(harness.get_by_label("Generate composition").accesskit_node().is_disabled());
    let why = harness.state().why_not(Command::Generate).unwrap();
    assert!(why.contains("No model"), "{why}");
    with_model(&mut harness);
    until(&mut harness, "the engine was missed", |studio| {
        studio.why_not(Command::Generate).is_some_and(|why| why.contains("cantus-engine"))
    });
    harness.get_by_label("Start the engine again");
}

#[test]
fn a_melody_is_chosen_edited_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Twinkle, Twinkle, Little Star");
    assert_eq!(harness.state().score().title, "Twinkle, Twinkle, Little Star");
    let count = harness.state().score().parts[0].notes.len();
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let first = harness.state().score().parts[0].notes[0].pitch;
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(harness.state().score().parts[0].notes.is_empty());
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().parts[0].notes.len(), count);
    assert_eq!(harness.state().score().parts[0].notes[0].pitch, first);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.transposed(1), Some(first));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(harness.state().score().parts[0].notes[0].pitch, first);
    click(&mut harness, "Mute Melody");
    assert!(!harness.state().score().is_audible(0));
}

#[test]
fn keys_of_one_frame_mean_what_they_mean_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let before = harness.state().score().parts[0].notes[0].pitch;
    for (modifiers, key) in [
        (Modifiers::COMMAND, Key::A),
        (Modifiers::NONE, Key::ArrowUp),
        (Modifiers::NONE, Key::ArrowUp),
    ] {
        harness.input_mut().events.push(eframe::egui::Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        });
    }
    harness.run_steps(3);
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.transposed(-2), Some(before));
}

#[test]
fn notes_are_quantised_with_a_preview_and_the_settings_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().history.edit("Play freely", |score| {
        score.part_mut(0).unwrap().notes = vec![note(13, 60), note(500, 62), note(970, 64)];
    });
    let starts = |harness: &Harness<'static, Studio>| {
        harness.state().score().parts[0]
            .notes
            .iter()
            .map(|note| note.start)
            .collect::<Vec<_>>()
    };
    let revision = harness.state().history.revision();
    press(&mut harness, Modifiers::SHIFT, Key::Q);
    assert_eq!(starts(&harness), [0, 480, 960], "the preview is shown");
    assert_eq!(harness.state().history.revision(), revision, "and nothing is changed yet");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(starts(&harness), [13, 500, 970]);
    assert!(harness.state().note_tool.is_none());

    press(&mut harness, Modifiers::SHIFT, Key::Q);
    harness.get_by_label("Strength").focus();
    harness.run_steps(2);
    for _ in 0..50 {
        harness.key_press(Key::ArrowLeft);
        harness.run_steps(1);
    }
    harness.run_steps(2);
    assert_eq!(starts(&harness), [6, 490, 965], "half of the way");
    click(&mut harness, "Apply");
    assert_eq!(harness.state().history.undo_label(), Some("Quantise to 1/16"));
    assert_eq!(harness.state().preferences.quantise.strength, 0.5);
    press(&mut harness, Modifiers::NONE, Key::Q);
    assert_eq!(starts(&harness), [3, 485, 962], "Q does the same again");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(starts(&harness), [13, 500, 970]);

    press(&mut harness, Modifiers::NONE, Key::T);
    click(&mut harness, "Octave up");
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.get(), 72);
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    harness.get_by_label("A note would leave the range, so nothing moves");
    assert!(harness.get_by_label("Apply").accesskit_node().is_disabled());
    click(&mut harness, "Cancel");
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.get(), 60);
}

#[test]
fn takes_are_heard_in_turn_and_one_is_kept_as_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    until(&mut harness, "the engine was ready", |studio| {
        studio.why_not(Command::Generate).is_none()
    });
    let before = Arc::clone(harness.state().score());
    click(&mut harness, "4 takes");
    click(&mut harness, "Generate composition");
    until(&mut harness, "the takes were there", |studio| {
        studio.generate.results.len() == 4 && studio.generate.running.is_none()
    });
    assert_eq!(harness.state().generate.audition, Some(0));
    assert_eq!(harness.state().score().parts[1].notes[0].pitch.get(), 40);
    harness.get_by_label("Take 3").scroll_to_me();
    harness.run_steps(30);
    click(&mut harness, "Take 3");
    assert_eq!(harness.state().score().parts[1].notes[0].pitch.get(), 42);
    assert_eq!(**harness.state().history.committed(), *before, "listening changes nothing");
    harness.get_by_label("Keep take 3").scroll_to_me();
    harness.run_steps(30);
    click(&mut harness, "Keep take 3");
    let kept = Arc::clone(harness.state().history.committed());
    assert_eq!(kept.melody_part(), before.melody_part());
    assert_eq!(kept.parts[1].notes[0].pitch.get(), 42);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(**harness.state().history.committed(), *before);
}

#[test]
fn the_computers_keys_are_recorded_and_rest_from_being_shortcuts() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    assert!(harness.state().roll.computer_keys());
    click(&mut harness, "Record");
    until(&mut harness, "time passed", |studio| studio.sound.position().tick > 20.0);
    harness.key_down(Key::A);
    harness.run_steps(2);
    until(&mut harness, "a beat passed", |studio| studio.sound.position().tick > 300.0);
    let grown = harness
        .state()
        .recording
        .as_ref()
        .unwrap()
        .notes(harness.state().sound.position().tick);
    assert!(
        grown.len() == 1 && grown[0].duration > 150,
        "the note grows while it is held: {grown:?}"
    );
    harness.key_up(Key::A);
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::R); // no piano key, and no shortcut either while the keys play
    assert!(harness.state().recording.is_some());
    press(&mut harness, Modifiers::NONE, Key::Space);
    assert!(harness.state().recording.is_none());
    let notes = harness.state().history.committed().parts[0].notes.clone();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].pitch, Pitch::MIDDLE_C);
    assert!(notes[0].duration > 150, "{}", notes[0].duration);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(harness.state().score().parts[0].notes.is_empty());
}

#[test]
fn every_time_round_the_loop_is_a_take_to_choose_from_and_to_trim() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    midi.plug("AKM322 MIDI 1");
    let mut harness = open(folder.path(), &midi, fake_engine());
    harness.state_mut().change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    harness.state_mut().transport.loop_range = Some(0..960);
    harness.state_mut().transport.looping = true;
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::R);
    for (pass, pitch) in [(1, 60), (2, 62)] {
        until(&mut harness, "the pass began", move |studio| {
            let tick = studio.sound.position().tick;
            studio.recording.as_ref().unwrap().passes() == pass && (100.0..700.0).contains(&tick)
        });
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x90, pitch, 100]));
        until(&mut harness, "the key was lit", move |studio| studio.keyboards.is_held(pitch));
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x80, pitch, 0]));
        until(&mut harness, "the key was let go", move |studio| !studio.keyboards.is_held(pitch));
    }
    press(&mut harness, Modifiers::NONE, Key::R);
    let pitches = |harness: &Harness<'static, Studio>| -> Vec<u8> {
        harness.state().history.committed().parts[0]
            .notes
            .iter()
            .map(|note| note.pitch.get())
            .collect()
    };
    assert_eq!(harness.state().takes.count(), 2);
    assert_eq!(pitches(&harness), [62], "the last take is in");
    click(&mut harness, "Recorded take 1");
    assert_eq!(pitches(&harness), [60]);
    click(&mut harness, "All recorded takes");
    assert_eq!(pitches(&harness).len(), 2);
    let span = harness.state().takes.trim().unwrap();
    harness.state_mut().sound.seek(span.end - 1);
    until(&mut harness, "the playhead was there", move |studio| {
        studio.sound.position().tick as u32 == span.end - 1
    });
    press(&mut harness, Modifiers::SHIFT, Key::OpenBracket);
    assert!(pitches(&harness).is_empty(), "what is before the playhead is trimmed");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(pitches(&harness).len(), 2);
    assert_eq!(
        harness.state().takes.count(),
        0,
        "after other changes there is nothing to choose from"
    );
}

#[test]
fn what_was_played_while_nothing_was_recorded_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::N);
    assert!(harness.state().why_not(Command::KeepRecent).unwrap().contains("Nothing was played"));
    press(&mut harness, Modifiers::COMMAND, Key::K);
    for key in [Key::A, Key::D] {
        harness.key_down(key);
        harness.run_steps(2);
        harness.key_up(key);
        harness.run_steps(2);
    }
    press(&mut harness, Modifiers::COMMAND, Key::K);
    press(&mut harness, Modifiers::SHIFT, Key::R);
    let notes = harness.state().history.committed().parts[0].notes.clone();
    assert_eq!(notes.iter().map(|note| note.pitch.get()).collect::<Vec<_>>(), [60, 64]);
    assert_eq!(notes[0].start, 0, "at the playhead");
    assert_eq!(harness.state().history.undo_label(), Some("Keep what was played"));
}

#[test]
fn a_recording_that_replaces_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().change_preferences(|preferences| {
        preferences.record_replaces = true;
        preferences.record_waits = true;
    });
    harness.state_mut().history.edit("Notes", |score| {
        score.part_mut(0).unwrap().notes = vec![note(0, 50), note(1_000_000, 52)];
    });
    press(&mut harness, Modifiers::COMMAND, Key::K);
    click(&mut harness, "Record");
    assert!(harness.state().recording.as_ref().unwrap().is_waiting() && !harness.state().is_playing());
    harness.key_down(Key::A);
    harness.run_steps(2);
    until(&mut harness, "time passed", |studio| studio.sound.position().tick > 100.0);
    harness.key_up(Key::A);
    harness.run_steps(2);
    assert_eq!(harness.state().score().parts[0].notes.len(), 1, "what is replaced is silent");
    press(&mut harness, Modifiers::NONE, Key::Space);
    let notes = harness.state().history.committed().parts[0].notes.clone();
    assert_eq!(notes.iter().map(|note| note.pitch.get()).collect::<Vec<_>>(), [60, 52]);
    assert_eq!(notes[0].start, 0, "time began with the first key");
}

#[test]
fn a_keyboard_is_recorded_lost_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    midi.plug("AKM322 MIDI 1");
    let mut harness = open(folder.path(), &midi, fake_engine());
    harness.state_mut().change_preferences(|preferences| preferences.count_in_bars = 0);
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.toasts.texts().any(|text| text.contains("AKM322 MIDI 1 is connected"))
    });
    press(&mut harness, Modifiers::COMMAND, Key::N);
    press(&mut harness, Modifiers::NONE, Key::R);
    until(&mut harness, "time passed", |studio| studio.sound.position().tick > 20.0);
    for (pitch, velocity) in [(60, 100), (64, 33)] {
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x90, pitch, velocity]));
    }
    until(&mut harness, "the keys were lit", |studio| {
        studio.keyboards.is_held(60) && studio.keyboards.is_held(64)
    });
    assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x80, 60, 0]));
    until(&mut harness, "a key was let go", |studio| !studio.keyboards.is_held(60));
    midi.unplug("AKM322 MIDI 1");
    until(&mut harness, "the loss was told", |studio| {
        studio.toasts.texts().any(|text| text.contains("AKM322 MIDI 1 was unplugged"))
    });
    assert!(!harness.state().keyboards.is_held(64));
    press(&mut harness, Modifiers::NONE, Key::R);
    let notes = harness.state().history.committed().parts[0].notes.clone();
    let played: Vec<(u8, u8)> = notes.iter().map(|note| (note.pitch.get(), note.velocity.get())).collect();
    assert_eq!(played, [(60, 100), (64, 33)]);
}

#[test]
fn what_is_exported_is_imported_and_damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let path = folder.path().join("out.mid");
    harness.state_mut().dialog = Some(Dialog::Path {
        purpose: Purpose::ExportMidi,
        text: String::new(),
    });
    harness.run_steps(2);
    harness.get_by_label("Path").type_text(path.to_str().unwrap());
    harness.run_steps(2);
    click(&mut harness, "Export");
    until(&mut harness, "the file was written", |studio| {
        studio.toasts.texts().any(|text| text.starts_with("Written"))
    });
    let read = midi_file::read(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(read.parts[0].notes, harness.state().score().parts[0].notes);

    click(&mut harness, "Melody Jingle Bells");
    harness.state_mut().take_path(Purpose::Import, path.clone());
    until(&mut harness, "the file was open", |studio| {
        studio.toasts.texts().any(|text| text == "out.mid is open")
    });
    assert_eq!(harness.state().score().parts[0].notes, read.parts[0].notes);
    let before = Arc::clone(harness.state().score());
    std::fs::write(&path, b"MThd, or so it says").unwrap();
    harness.state_mut().take_path(Purpose::Import, path);
    until(&mut harness, "the damage was told", |studio| {
        studio.toasts.texts().any(|text| text.contains("could not be imported"))
    });
    assert_eq!(*harness.state().score(), before);
}

#[test]
fn a_file_of_several_parts_asks_which_is_the_melody() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let mut score = cantus::music::Score::default();
    for (name, pitch) in [("Bass", 40), ("Lead", 72)] {
        let mut part = Part::new(name, 0);
        part.notes = vec![note(0, pitch), note(480, pitch + 2)];
        score.parts.push(Arc::new(part));
    }
    let path = folder.path().join("two.mid");
    std::fs::write(&path, midi_file::write(&score)).unwrap();
    harness.state_mut().take_path(Purpose::Import, path);
    until(&mut harness, "the question was asked", |studio| {
        studio.import.as_ref().is_some_and(|import| import.melody == Some((0, 1)))
    });
    harness.run_steps(2);
    harness.get_by_label_contains("Proposed as the melody: named");
    let depth = harness.state().history.revision();
    click(&mut harness, "Melody is Bass");
    click(&mut harness, "Melody is Lead");
    click(&mut harness, "Listen to Bass");
    assert!(harness.state().import.as_ref().unwrap().listening.is_some());
    assert_eq!(harness.state().history.revision(), depth, "nothing is taken before it is asked for");
    click(&mut harness, "Import");
    assert_eq!(harness.state().score().melody, Some(1));
    assert_eq!(harness.state().score().parts.len(), 2);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_ne!(harness.state().score().parts.len(), 2, "one step back");
}

#[test]
fn files_dropped_together_are_asked_about_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let before = harness.state().score().parts.len();
    let mut paths = Vec::new();
    for (name, pitch) in [("one.mid", 40), ("two.mid", 72)] {
        let mut part = Part::new(name, 0);
        part.notes = vec![note(0, pitch), note(480, pitch + 2)];
        let score = cantus::music::Score {
            parts: vec![Arc::new(part)],
            ..cantus::music::Score::default()
        };
        paths.push(folder.path().join(name));
        std::fs::write(paths.last().unwrap(), midi_file::write(&score)).unwrap();
    }
    paths.push(folder.path().join("bad.mid"));
    std::fs::write(&paths[2], b"no music").unwrap();
    harness.state_mut().take_paths(Purpose::ImportIntoPresent, paths);
    until(&mut harness, "all were read", |studio| {
        studio.import.as_ref().is_some_and(|import| import.to_come == 0)
    });
    harness.run_steps(2);
    harness.get_by_label_contains("was refused");
    click(&mut harness, "Import");
    assert_eq!(harness.state().score().parts.len(), before + 2);
    let told = texts(&harness);
    assert!(
        told.iter()
            .any(|text| text.starts_with("2 files were imported") && text.contains("bad.mid")),
        "{told:?}"
    );
    assert_eq!(harness.state().preferences.recent_files.len(), 2);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().parts.len(), before);
}

#[test]
fn some_parts_and_bars_go_out_as_midi() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().transport.loop_range = Some(0..1920);
    harness.state_mut().push(Command::ExportSomeMidi);
    harness.run_steps(3);
    click(&mut harness, "Loop range");
    let path = folder.path().join("some.mid");
    harness.state_mut().take_path(Purpose::ExportSomeMidi, path.clone());
    until(&mut harness, "the file was written", |_| path.is_file());
    let read = midi_file::read(&std::fs::read(&path).unwrap()).unwrap();
    let score = Arc::clone(harness.state().score());
    let within = score.parts[0].notes.iter().filter(|note| note.start < 1920).count();
    assert!(within > 0 && within < score.parts[0].notes.len());
    assert_eq!(read.parts[0].notes.len(), within);
    assert!(read.end() <= 1920);
}

/// The system's dialog asks about the file that was chosen, but not about what gets an ending, nor about stems.
#[test]
fn what_is_there_is_replaced_only_when_that_was_agreed_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let path = folder.path().join("mine.mid");
    std::fs::write(&path, "precious").unwrap();
    let asks = |studio: &Studio| matches!(studio.dialog, Some(Dialog::Replace { .. }));
    for agreed in [false, true] {
        harness.state_mut().take_path(Purpose::ExportMidi, folder.path().join("mine"));
        until(&mut harness, "it asked", asks);
        assert_eq!(std::fs::read(&path).unwrap(), b"precious");
        click(&mut harness, if agreed { "Replace" } else { "Cancel" });
        assert!(harness.state().dialog.is_none());
    }
    until(&mut harness, "it was replaced", |_| {
        std::fs::read(&path).unwrap().starts_with(b"MThd")
    });

    harness.state_mut().exports.audio.stems = true;
    let mix = folder.path().join("mine.wav");
    let stem = format!("mine - 1 {}.wav", harness.state().score().parts[0].name);
    std::fs::write(folder.path().join(&stem), "precious").unwrap();
    harness.state_mut().take_path(Purpose::ExportAudio, mix.clone());
    until(&mut harness, "it asked", asks);
    harness.get_by_label(&stem);
    click(&mut harness, "Cancel");
    assert!(!mix.exists());
}

/// One fader for the whole: heard, undone, and in the file.
#[test]
fn the_volume_of_the_whole_is_one_undo_step_and_goes_into_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!(harness.state().score().volume, 127);
    let slider = harness.get_by_label("Volume of the whole");
    slider.focus();
    harness.run_steps(2);
    for _ in 0..3 {
        press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    }
    let volume = harness.state().score().volume;
    assert!(volume < 127, "{volume}");
    let path = folder.path().join("quiet.mid");
    harness.state_mut().take_path(Purpose::ExportMidi, path.clone());
    until(&mut harness, "the file was written", |_| path.is_file());
    assert_eq!(midi_file::read(&std::fs::read(&path).unwrap()).unwrap().volume, volume);
    for _ in 0..3 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(harness.state().score().volume, 127);
}

#[test]
fn the_session_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Amazing Grace");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::L); // the other theme
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let settings = folder.path().join("settings.toml");
    let score = Arc::clone(harness.state().score());
    until(&mut harness, "it was saved", |_| {
        let kept = Store::open(folder.path()).unwrap().store.load(score.id);
        settings.is_file() && kept.is_ok_and(|kept| kept.score == score)
    });
    drop(harness);
    let harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!(*harness.state().score(), score);
    assert!(texts(&harness).iter().any(|text| text == "Your last session is back"));
    assert!(!harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn compositions_are_kept_found_opened_renamed_deleted_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    for (melody, times) in [("Amazing Grace", 1), ("Twinkle, Twinkle, Little Star", 2)] {
        click(&mut harness, &format!("Melody {melody}"));
        press(&mut harness, Modifiers::COMMAND, Key::A);
        for _ in 0..times {
            press(&mut harness, Modifiers::NONE, Key::ArrowUp);
        }
    }
    let twinkle = Arc::clone(harness.state().score());
    let listed = |count| move |studio: &Studio| studio.library.list.as_ref().is_some_and(|list| list.len() == count);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    until(&mut harness, "both were listed", listed(2));
    assert!(
        harness
            .get_by_label("Delete Twinkle, Twinkle, Little Star")
            .accesskit_node()
            .is_disabled()
    );
    click(&mut harness, "Duplicate Twinkle, Twinkle, Little Star");
    until(&mut harness, "the copy was listed", listed(3));
    click(&mut harness, "Delete Amazing Grace");
    until(&mut harness, "it was gone", listed(2));
    click(&mut harness, "Bring it back");
    until(&mut harness, "it was back", listed(3));
    click(&mut harness, "Rename Amazing Grace");
    harness.get_by_label("Title").type_text(" again");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    until(&mut harness, "it had its name", |studio| {
        studio.library.list.iter().flatten().any(|summary| summary.title.contains("again"))
    });
    harness.get_by_label("Search the library").focus();
    harness.run_steps(2);
    harness.get_by_label("Search the library").type_text("grace");
    harness.run_steps(2);
    until(&mut harness, "it was found", listed(1));
    let title = harness.state().library.list.as_ref().unwrap()[0].title.clone();
    click(&mut harness, &format!("Open {title}"));
    until(&mut harness, "it was open", |studio| studio.score().title == title);
    // as a project, and back
    let path = folder.path().join("x.cantus");
    let score = Arc::clone(harness.state().score());
    harness.state_mut().take_path(Purpose::SaveProject, path.clone());
    until(&mut harness, "the project was saved", |studio| {
        studio.toasts.texts().any(|text| text.starts_with("Saved"))
    });
    press(&mut harness, Modifiers::COMMAND, Key::N);
    harness.state_mut().take_path(Purpose::OpenProject, path);
    until(&mut harness, "the project was open", |studio| studio.score().title == title);
    assert_eq!(*harness.state().score(), score, "the same composition, not a copy of it");
    assert_ne!(harness.state().score().id, twinkle.id);
    let damaged = folder.path().join("y.cantus");
    std::fs::write(&damaged, b"PK\x03\x04 and nothing more").unwrap();
    harness.state_mut().take_path(Purpose::OpenProject, damaged);
    until(&mut harness, "damage was told", |studio| {
        studio.toasts.texts().any(|text| text.contains("could not be opened"))
    });
}

#[test]
fn a_kept_take_is_made_again_note_for_note() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let mut model = a_model();
    model.folder.path = folder.path().join("chorale");
    std::fs::create_dir(&model.folder.path).unwrap();
    for name in ["model.json", "generator.safetensors"] {
        std::fs::write(model.folder.path.join(name), name).unwrap();
    }
    harness.state_mut().take_models(vec![model], None);
    until(&mut harness, "the engine was ready", |studio| {
        studio.why_not(Command::Generate).is_none()
    });
    harness.state_mut().push(Command::Generate);
    until(&mut harness, "the takes were there", |studio| {
        studio.generate.results.len() == 3 && studio.generate.running.is_none()
    });
    harness.state_mut().push(Command::KeepTake);
    harness.run_steps(3);
    let kept = Arc::clone(harness.state().score());
    harness.state_mut().push(Command::MakeAgain);
    until(&mut harness, "it was made again", |studio| {
        studio.toasts.texts().any(|text| text.starts_with("Made again: the same 2 notes"))
    });
    let again = harness.state().score();
    assert_eq!(again.parts, kept.parts);
    assert_ne!(again.id, kept.id, "a composition of its own");
}

#[test]
fn every_command_can_be_given_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    for _round in 0..2 {
        for entry in table() {
            // these would open the system's dialogs, or end the test
            if matches!(
                entry.command,
                Command::Quit
                    | Command::ImportMidi
                    | Command::ImportIntoPresent
                    | Command::OpenProject
                    | Command::SaveProject
                    | Command::ExportMidi
            ) {
                continue;
            }
            if let Some(why) = harness.state().why_not(entry.command) {
                assert!(why.len() > 10, "{}: {why}", entry.title);
                continue;
            }
            harness.state_mut().push(entry.command);
            harness.run_steps(2);
            harness.state_mut().dialog = None;
            harness.run_steps(1);
        }
    }
    // pages, too
    for page in [
        Command::ShowTrain,
        Command::ShowModels,
        Command::ShowLibrary,
        Command::ShowSettings,
        Command::ShowStudio,
    ] {
        harness.state_mut().push(page);
        harness.run_steps(3);
    }
}

/// What can be commanded without a window's frames, files and devices.
fn random_commands() -> Vec<Command> {
    let tools = [Command::QuantiseWith, Command::Humanise, Command::Transpose, Command::Stretch];
    let elsewhere = |entry: &&cantus::studio::commands::Entry| {
        let opens_dialog = entry.title.ends_with('…') && !tools.contains(&entry.command);
        opens_dialog || matches!(entry.command, Command::Quit | Command::Generate | Command::ShowModels)
    };
    table()
        .iter()
        .filter(|entry| !elsewhere(entry))
        .map(|entry| entry.command)
        .collect()
}

fn assert_valid(studio: &Studio, after: Command) {
    for score in [studio.history.committed(), studio.history.score()] {
        assert!(score.melody.is_none_or(|melody| melody < score.parts.len()), "{after:?}");
        for part in &score.parts {
            assert!(part.notes.is_sorted(), "{after:?}");
            assert!(
                part.notes.iter().all(|note| note.duration > 0 && note.end() <= edit::MAX_TICK),
                "{after:?}"
            );
            assert!(part.controls.is_sorted_by_key(|event| event.tick), "{after:?}");
        }
    }
}

#[test]
fn ten_thousand_random_commands_leave_a_valid_score_and_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path(), &FakeBackend::new(), no_engine());
    let mut studio = Studio::new(eframe::egui::Context::default(), options);
    let commands = random_commands();
    let mut random = fastrand::Rng::with_seed(11);
    let (mut given, mut done) = (0, 0);
    let mut tried = Vec::new();
    for _round in 0..40 {
        let start = Arc::clone(studio.history.committed());
        let steps_before = studio.history.undo_labels().count();
        for _ in 0..250 {
            let command = commands[random.usize(0..commands.len())];
            if random.u8(0..4) == 0 {
                studio.sound.seek(random.u32(0..8000));
            }
            given += 1;
            if studio.why_not(command).is_none() {
                done += 1;
                tried.push(command);
            }
            // going back behind the start is another round's business
            let goes_behind = command == Command::Undo && studio.history.undo_labels().count() <= steps_before;
            if !goes_behind {
                studio.push(command);
                studio.execute_queue();
            }
            assert_valid(&studio, command);
            let notes: usize = studio.score().parts.iter().map(|part| part.notes.len()).sum();
            if notes > 1500 || studio.score().parts.len() > 12 {
                studio.push(Command::NewScore);
                studio.push(Command::Roll(cantus::studio::roll::RollCommand::AddNote));
                studio.execute_queue();
            }
        }
        for command in [Command::Stop, Command::Roll(cantus::studio::roll::RollCommand::SelectNone)] {
            studio.push(command);
            studio.execute_queue();
        }
        while studio.history.undo_labels().count() > steps_before {
            studio.push(Command::Undo);
            studio.execute_queue();
        }
        assert_eq!(**studio.history.committed(), *start);
    }
    assert_eq!(given, 10_000);
    assert!(done > 4000, "only {done} of them could be given");
    // each of the table was really carried out, but for those that need a pointer, an engine, a take
    let never: Vec<Command> = commands.into_iter().filter(|command| !tried.contains(command)).collect();
    let cannot = [
        Command::Roll(cantus::studio::roll::RollCommand::SplitAtPointer),
        Command::KeepRecent,
        Command::NextRecordedTake,
        Command::TrimBefore,
        Command::TrimAfter,
        Command::VaryBars,
        Command::CancelGenerate,
        Command::NextTake,
        Command::PreviousTake,
        Command::KeepTake,
        Command::DropTakes,
        Command::MakeAgain,
    ];
    assert!(never.iter().all(|command| cannot.contains(command)), "{never:?}");
}

#[test]
fn buttons_of_any_keyboard_are_learned() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    midi.plug("Launchkey Mini");
    let mut harness = open(folder.path(), &midi, fake_engine());
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    let turn = |value: u8, number: u8| assert!(midi.send("Launchkey Mini", clock::now_micros(), &[0xB0, number, value]));
    harness.state_mut().push(Command::ShowSettings);
    harness.run_steps(3);
    harness.get_by_label("Play").click_accesskit();
    harness.run_steps(2);
    turn(127, 41);
    until(&mut harness, "it was learned", |studio| {
        studio.preferences.assignments.buttons.is_some_and(|map| map.play == Some(41))
    });
    turn(0, 41);
    turn(127, 41);
    until(&mut harness, "it plays", Studio::is_playing);
    harness.get_by_label("Surprise").click_accesskit();
    harness.run_steps(2);
    turn(3, 74);
    turn(127, 74);
    until(&mut harness, "the knob turns", |studio| studio.preferences.surprise == 1.0);
}

#[test]
fn the_palette_finds_and_gives_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.get_by_label("Search commands").type_text("new comp");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    assert_eq!(harness.state().score().title, "New composition");
    assert!(harness.state().dialog.is_none());
}

#[test]
fn everything_that_can_be_clicked_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    for page in [
        Command::ShowTrain,
        Command::ShowModels,
        Command::ShowLibrary,
        Command::ShowSettings,
        Command::ShowStudio,
    ] {
        harness.state_mut().push(page);
        harness.run_steps(4);
        let (mut nameless, mut checked) = (Vec::new(), 0);
        walk(harness.root().accesskit_node(), &mut |node| {
            use eframe::egui::accesskit::{Action, Role};
            let can = node.data().supports_action(Action::Click) && !node.is_hidden();
            let plain = matches!(
                node.role(),
                Role::GenericContainer | Role::Window | Role::ScrollView | Role::ScrollBar | Role::Label
            );
            let name = node.label().or_else(|| node.value()).unwrap_or_default();
            // a letter of the icon font is no name
            let named = name.chars().any(char::is_alphanumeric);
            checked += i32::from(can && !plain);
            if can && !plain && !named {
                nameless.push(format!("{:?} {name:?} at {:?}", node.role(), node.bounding_box()));
            }
        });
        assert!(nameless.is_empty(), "on {page:?}: {nameless:#?}");
        assert!(checked >= 15, "on {page:?} only {checked} controls were seen");
    }
}

fn walk<'a>(node: egui_kittest::kittest::AccessKitNode<'a>, visit: &mut impl FnMut(&egui_kittest::kittest::AccessKitNode<'a>)) {
    visit(&node);
    for child in node.children() {
        walk(child, visit);
    }
}

#[test]
fn an_idle_window_is_not_drawn_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    until(&mut harness, "the engine was ready", |studio| {
        matches!(studio.generate.engine, cantus::studio::generate::EngineState::Ready { .. })
    });
    // toasts leave, animations end
    for _ in 0..60 {
        harness.step();
    }
    let delay = harness
        .output()
        .viewport_output
        .values()
        .map(|viewport| viewport.repaint_delay)
        .min()
        .unwrap();
    assert!(delay >= Duration::from_secs(1), "drawn again after {delay:?}");
}

#[test]
fn no_display_is_one_plain_sentence() {
    assert_cmd::Command::cargo_bin("cantus")
        .unwrap()
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .assert()
        .code(1)
        .stderr(predicates::str::contains("no window can be opened"));
}

#[test]
fn a_soundfont_is_looked_at_and_taken_and_a_bad_one_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let sound = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2")).unwrap();
    let (good, bad) = (folder.path().join("Mine.sf2"), folder.path().join("Damaged.sf2"));
    std::fs::write(&good, &sound).unwrap();
    std::fs::write(&bad, &sound[..10_000]).unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().take_path(Purpose::SoundFont, bad.clone());
    until(&mut harness, "the damage was noticed", |studio| {
        studio.soundfonts.refused.contains_key(&bad)
    });
    harness.get_by_label("This font cannot be used");
    assert!(harness.get_by_label("Play with this one").accesskit_node().is_disabled());
    harness.state_mut().take_path(Purpose::SoundFont, good.clone());
    until(&mut harness, "the presets were read", |studio| studio.soundfonts.font.is_some());
    harness.state_mut().soundfonts.search = "no such name".into();
    harness.run_steps(2);
    harness.get_by_label("No preset has that in its name");
    click(&mut harness, "Play with this one");
    until(&mut harness, "it was taken", |studio| studio.preferences.soundfont.is_some());
    assert_eq!(harness.state().preferences.soundfont, Some(good.clone()));
    assert_eq!(
        harness.state().sound.font.as_ref().map(cantus::sound::SoundFont::name),
        Some("Mine")
    );
    // what plays stays where another is refused
    harness.state_mut().take_path(Purpose::SoundFont, bad.clone());
    until(&mut harness, "it was looked at again", |studio| studio.soundfonts.work.is_none());
    assert_eq!(harness.state().preferences.soundfont, Some(good));
    click(&mut harness, "Close");
    assert!(harness.state().dialog.is_none());
}

/// How long the font that is named by `CANTUS_SF2` takes from the choice to the sound, and the longest frame meanwhile.
#[test]
#[ignore = "measures, and needs a large font that is not in the repository"]
fn a_large_soundfont_is_taken_while_frames_go_on() {
    let path = std::path::PathBuf::from(std::env::var("CANTUS_SF2").expect("CANTUS_SF2 names a SoundFont"));
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().take_path(Purpose::SoundFont, path);
    until(&mut harness, "the presets were read", |studio| studio.soundfonts.font.is_some());
    let mut usual: Vec<Duration> = (0..30).map(|_| frame(&mut harness)).collect();
    usual.sort();
    let began = Instant::now();
    harness.get_by_label("Play with this one").click();
    let mut frames = Vec::new();
    while harness.state().preferences.soundfont.is_none() {
        frames.push(frame(&mut harness));
        assert!(began.elapsed() < Duration::from_mins(1));
    }
    let taken = began.elapsed();
    frames.sort();
    println!(
        "playable after {taken:?}; {} frames meanwhile, the middle one {:?}, the longest {:?}; before, {:?} and {:?}",
        frames.len(),
        frames[frames.len() / 2],
        frames[frames.len() - 1],
        usual[15],
        usual[29],
    );
    assert!(frames.len() > 2);
}

/// How long one frame takes to lay out; the screen is not drawn.
fn frame(harness: &mut Harness<'static, Studio>) -> Duration {
    let began = Instant::now();
    harness.step();
    let took = began.elapsed();
    std::thread::sleep(Duration::from_millis(5));
    took
}

/// What is being played in is on the disk before it is ended, every time round the loop.
#[test]
fn a_recording_is_kept_while_it_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    midi.plug("AKM322 MIDI 1");
    let mut harness = open(folder.path(), &midi, fake_engine());
    harness.state_mut().change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    harness.state_mut().transport.loop_range = Some(0..960);
    harness.state_mut().transport.looping = true;
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::R);
    let id = harness.state().score().id;
    let kept = || -> Vec<u8> {
        let kept = Store::open(folder.path()).unwrap().store.load(id);
        let recorded = kept.ok().and_then(|kept| kept.recording);
        let notes = recorded.map(|(_, part)| part.notes).unwrap_or_default();
        notes.iter().map(|note| note.pitch.get()).collect()
    };
    for (pass, pitch, expected) in [(1, 60, vec![60]), (2, 62, vec![60, 62])] {
        until(&mut harness, "the pass began", move |studio| {
            let tick = studio.sound.position().tick;
            studio.recording.as_ref().unwrap().passes() >= pass && (100.0..700.0).contains(&tick)
        });
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x90, pitch, 100])); // and held
        until(&mut harness, "it was kept", |_| {
            let mut there = kept();
            there.sort_unstable();
            there == expected
        });
    }
    assert!(harness.state().recording.is_some(), "it goes on");
}

/// A second start of the program hands its files over and ends; the window takes them as if they were dropped on it.
#[test]
#[cfg(unix)]
fn files_of_a_second_start_come_to_the_window_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let path = folder.path().join("song.mid");
    let mut part = Part::new("Tune", 0);
    part.notes = vec![note(0, 72), note(480, 74)];
    let score = cantus::music::Score {
        parts: vec![Arc::new(part)],
        ..cantus::music::Score::default()
    };
    std::fs::write(&path, midi_file::write(&score)).unwrap();
    let place = folder.path().join("window");
    let end = Instant::now() + Duration::from_mins(1);
    while !cantus::studio::handover::hand_over(&place, std::slice::from_ref(&path)) {
        assert!(Instant::now() < end, "nobody takes the file");
        harness.step();
    }
    until(&mut harness, "the file was open", |studio| {
        studio.toasts.texts().any(|text| text == "song.mid is open")
    });
    assert_eq!(harness.state().score().parts[0].notes, score.parts[0].notes);
    drop(harness);
    assert!(
        !cantus::studio::handover::hand_over(&place, &[path]),
        "a window that closed takes nothing"
    );
}

/// The shipped model in the real engine writes the same notes again, from what the library keeps.
#[test]
fn the_shipped_model_makes_the_same_notes_again() {
    let folder = tempfile::tempdir().unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/bach");
    let title = "Amazing Grace (again)";
    let kept = {
        let mut harness = open(folder.path(), &FakeBackend::new(), engine_line::real());
        let mut bach = a_model();
        (bach.folder.name, bach.folder.path) = ("bach".into(), model.clone());
        harness.state_mut().take_models(vec![bach], None);
        harness.state_mut().change_preferences(|preferences| preferences.takes = 1);
        click(&mut harness, "Melody Amazing Grace");
        until(&mut harness, "the engine was ready", |studio| {
            studio.why_not(Command::Generate).is_none()
        });
        harness.state_mut().push(Command::Generate);
        harness.run_steps(3);
        until(&mut harness, "the take was there", |studio| {
            studio.generate.results.len() == 1 && studio.generate.running.is_none()
        });
        harness.state_mut().push(Command::KeepTake);
        harness.run_steps(3);
        let kept = Arc::clone(harness.state().score());
        assert!(kept.parts.len() > 1 && kept.parts[1..].iter().all(|part| !part.notes.is_empty()));
        kept
    };
    // another window, another engine, and the model found where it was
    let mut harness = open(folder.path(), &FakeBackend::new(), engine_line::real());
    let mut bach = a_model();
    bach.folder.path = model;
    harness.state_mut().take_models(vec![bach], None);
    until(&mut harness, "the engine was ready", |studio| {
        studio.why_not(Command::Generate).is_none()
    });
    harness.state_mut().push(Command::MakeAgain);
    until(&mut harness, "it was made again", |studio| {
        studio.toasts.texts().any(|text| text.starts_with("Made again: the same"))
    });
    let again = harness.state().score();
    assert_eq!((again.title.as_str(), &again.parts), (title, &kept.parts));
}
