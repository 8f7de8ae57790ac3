//! MIDI files in and out, and files from a second start.

use cantus::studio::{
    commands::BarsCommand,
    dialogs::export::state::{MidiChoice, MidiRange},
    page::ComposeView,
};

use super::*;

#[test]
fn what_is_exported_is_imported_and_damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let path = folder.path().join("out.mid");
    export_to(&mut harness, &path);
    until(&mut harness, "the file was written", |studio| {
        studio.services.toasts.texts().any(|text| text.starts_with("Saved to"))
    });
    let read = midi_file::read(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(read.parts[0].notes, harness.state().score().parts[0].notes);

    click(&mut harness, "Melody Jingle Bells");
    harness.state_mut().take_path(Purpose::Import, path.clone());
    until(&mut harness, "the file was open", |studio| {
        studio.services.toasts.texts().any(|text| text == "out.mid is open")
    });
    assert_eq!(harness.state().score().parts[0].notes, read.parts[0].notes);
    let before = Arc::clone(harness.state().score());
    std::fs::write(&path, b"MThd, or so it says").unwrap();
    harness.state_mut().take_path(Purpose::Import, path);
    until(&mut harness, "the damage was told", |studio| {
        studio
            .services
            .toasts
            .texts()
            .any(|text| text.starts_with("Couldn't import out.mid: ") && text.ends_with("Nothing was changed."))
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
        studio.dialogs.import.as_ref().is_some_and(|import| import.melody == Some((0, 1)))
    });
    harness.run_steps(2);
    harness.get_by_label_contains("Suggested as the melody: named");
    let depth = harness.state().document.history.revision();
    click(&mut harness, "Melody is Bass");
    click(&mut harness, "Melody is Lead");
    click(&mut harness, "Listen to Bass");
    assert!(harness.state().dialogs.import.as_ref().unwrap().listening.is_some());
    assert_eq!(harness.state().document.history.revision(), depth, "nothing is taken before it is asked for");
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
        let score = cantus::music::Score { parts: vec![Arc::new(part)], ..cantus::music::Score::default() };
        paths.push(folder.path().join(name));
        std::fs::write(paths.last().unwrap(), midi_file::write(&score)).unwrap();
    }
    paths.push(folder.path().join("bad.mid"));
    std::fs::write(&paths[2], b"no music").unwrap();
    harness.state_mut().take_paths(Purpose::ImportIntoPresent, paths);
    until(&mut harness, "all were read", |studio| {
        studio.dialogs.import.as_ref().is_some_and(|import| import.to_come == 0)
    });
    harness.run_steps(2);
    harness.get_by_label_contains("Couldn't import bad.mid");
    click(&mut harness, "Import");
    assert_eq!(harness.state().score().parts.len(), before + 2);
    let told = texts(&harness);
    assert!(
        told.iter().any(|text| text.starts_with("Imported 2 parts from 2 files") && text.contains("bad.mid")),
        "{told:?}"
    );
    assert_eq!(harness.state().services.preferences.recent_files.len(), 2);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().parts.len(), before);
}

#[test]
fn some_parts_and_bars_go_out_as_midi() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().document.transport.loop_range = Some(0..1920);
    harness.state_mut().services.ask(Command::ExportSomeMidi);
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

#[test]
fn an_export_of_bars_opens_on_those_that_are_selected() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().document.add_part();
    harness.state_mut().document.part = 0;
    let choice = |harness: &mut Harness<'static, Studio>| {
        harness.state_mut().services.ask(Command::ExportSomeMidi);
        harness.run_steps(3);
        harness.state().dialogs.export.midi.clone()
    };
    assert_eq!(choice(&mut harness), MidiChoice { is_shown: true, ..MidiChoice::default() });
    assert!(harness.get_by_label("Selected bars").accesskit_node().is_disabled());
    harness.state_mut().dialogs.export.open = None;
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    let of_notes = choice(&mut harness);
    assert_eq!((of_notes.range, &of_notes.left_out[..]), (MidiRange::Selected, &[1][..]));
    harness.state_mut().dialogs.export.open = None;
    harness.state_mut().services.ask(Command::View(ComposeView::Arrangement));
    harness.run_steps(3);
    harness.state_mut().services.ask(Command::Bars(BarsCommand::SelectBar));
    harness.run_steps(3);
    let of_bars = MidiChoice { selected: Some(0..1920), ..of_notes };
    assert_eq!(choice(&mut harness), of_bars);
    let path = folder.path().join("bar.mid");
    harness.state_mut().take_path(Purpose::ExportSomeMidi, path.clone());
    until(&mut harness, "the file was written", |_| path.is_file());
    let read = midi_file::read(&std::fs::read(&path).unwrap()).unwrap();
    assert!(read.parts.len() == 1 && read.end() <= 1920);
}

/// The system's dialog asks about the file that was chosen, but not about what gets an ending, nor about stems.
#[test]
fn what_is_there_is_replaced_only_when_that_was_agreed_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let path = folder.path().join("mine.mid");
    std::fs::write(&path, "precious").unwrap();
    let asks = |studio: &Studio| matches!(studio.dialogs.open, Some(Dialog::Replace { .. }));
    for agreed in [false, true] {
        harness.state_mut().take_path(Purpose::ExportMidi, folder.path().join("mine"));
        until(&mut harness, "it asked", asks);
        assert_eq!(std::fs::read(&path).unwrap(), b"precious");
        click(&mut harness, if agreed { "Replace" } else { "Cancel" });
        assert!(harness.state().dialogs.open.is_none());
    }
    until(&mut harness, "it was replaced", |_| std::fs::read(&path).unwrap().starts_with(b"MThd"));

    harness.state_mut().services.preferences.export_audio.stems = true;
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
    let slider = harness.get_by_label("Master volume");
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

/// A second start of the program hands its files over and ends; the window takes them as if they were dropped on it.
#[test]
#[cfg(unix)]
fn files_of_a_second_start_come_to_the_window_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let path = folder.path().join("song.mid");
    let mut part = Part::new("Tune", 0);
    part.notes = vec![note(0, 72), note(480, 74)];
    let score = cantus::music::Score { parts: vec![Arc::new(part)], ..cantus::music::Score::default() };
    std::fs::write(&path, midi_file::write(&score)).unwrap();
    let place = folder.path().join("window");
    let end = Instant::now() + Duration::from_mins(1);
    while !cantus::studio::services::handover::hand_over(&place, std::slice::from_ref(&path)) {
        assert!(Instant::now() < end, "nobody takes the file");
        harness.step();
    }
    until(&mut harness, "the file was open", |studio| {
        studio.services.toasts.texts().any(|text| text == "song.mid is open")
    });
    assert_eq!(harness.state().score().parts[0].notes, score.parts[0].notes);
    drop(harness);
    assert!(!cantus::studio::services::handover::hand_over(&place, &[path]), "a window that closed takes nothing");
}

#[test]
fn where_no_dialog_answers_a_file_that_is_written_has_a_name_already() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Jingle Bells");
    harness.state().services.ask(FileAction::AskByField(Purpose::ExportMidi));
    harness.run_steps(3);
    harness.get_by_label_contains("here you can change the name");
    assert!(!harness.get_by_label("Export").accesskit_node().is_disabled(), "it can be written at once");
    let Some(Dialog::Path { text, .. }) = &mut harness.state_mut().dialogs.open else { panic!("no field") };
    assert!(text.starts_with("~/") && text.ends_with("/Jingle Bells.mid"), "{text}");
    let path = folder.path().join("Jingle Bells.mid");
    *text = path.to_str().unwrap().to_owned();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "it was written", |_| path.exists());
    harness.state().services.ask(FileAction::AskByField(Purpose::Import));
    harness.run_steps(3);
    harness.get_by_label_contains("or drop files on the window");
    assert!(harness.get_by_label("Import").accesskit_node().is_disabled());
}

#[test]
fn enter_imports() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let mut score = cantus::music::Score::default();
    for (name, pitch) in [("Bass", 40), ("Lead", 72)] {
        score.parts.push(Arc::new(Part { notes: vec![note(0, pitch)], ..Part::new(name, 0) }));
    }
    let path = folder.path().join("two.mid");
    std::fs::write(&path, midi_file::write(&score)).unwrap();
    harness.state_mut().take_path(Purpose::Import, path);
    until(&mut harness, "the question was asked", |studio| {
        studio.dialogs.import.as_ref().is_some_and(|import| import.melody.is_some())
    });
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.state().dialogs.import.is_none());
    let names: Vec<String> = harness.state().score().parts.iter().map(|part| part.name.clone()).collect();
    assert_eq!(names, ["Bass", "Lead"]);
}
