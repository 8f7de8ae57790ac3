//! Recording by the computer's keys and by keyboards that come and go.

use super::*;

/// A new composition that a keyboard is recorded into, two quarters over and over.
fn recording_round_a_loop(folder: &Path) -> (FakeBackend, Harness<'static, Studio>) {
    let midi = FakeBackend::new();
    midi.plug("AKM322 MIDI 1");
    let mut harness = open(folder, &midi, fake_engine());
    harness.state_mut().services.change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.services.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    harness.state_mut().document.transport.loop_range = Some(0..960);
    harness.state_mut().document.transport.looping = true;
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::R);
    (midi, harness)
}

#[test]
fn the_computers_keys_are_recorded_and_rest_from_being_shortcuts() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().services.change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    assert!(harness.state().pages.compose.editor.computer_keys.enabled);
    click(&mut harness, "Record");
    until(&mut harness, "time passed", |studio| studio.services.sound.position().tick > 20.0);
    harness.key_down(Key::A);
    harness.run_steps(2);
    until(&mut harness, "a beat passed", |studio| studio.services.sound.position().tick > 300.0);
    let grown =
        harness.state().document.recording.as_ref().unwrap().notes(harness.state().services.sound.position().tick);
    assert!(grown.len() == 1 && grown[0].duration > 150, "the note grows while it is held: {grown:?}");
    harness.key_up(Key::A);
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::M); // no piano key, and no shortcut either while the keys play
    assert!(!harness.state().score().parts[0].muted && harness.state().document.recording.is_some());
    press(&mut harness, Modifiers::NONE, Key::R); // R records always
    assert!(harness.state().document.recording.is_none());
    let notes = harness.state().document.history.committed().parts[0].notes.clone();
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
    let (midi, mut harness) = recording_round_a_loop(folder.path());
    for (pass, pitch) in [(1, 60), (2, 62)] {
        until(&mut harness, "the pass began", move |studio| {
            let tick = studio.services.sound.position().tick;
            studio.document.recording.as_ref().unwrap().passes() == pass && (100.0..700.0).contains(&tick)
        });
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x90, pitch, 100]));
        until(&mut harness, "the key was lit", move |studio| studio.services.keyboards.is_held(pitch));
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x80, pitch, 0]));
        until(&mut harness, "the key was let go", move |studio| !studio.services.keyboards.is_held(pitch));
    }
    press(&mut harness, Modifiers::NONE, Key::R);
    let pitches = |harness: &Harness<'static, Studio>| -> Vec<u8> {
        harness.state().document.history.committed().parts[0].notes.iter().map(|note| note.pitch.get()).collect()
    };
    assert_eq!(harness.state().document.recorded_takes.count(), 2);
    assert_eq!(pitches(&harness), [62], "the last take is in");
    click(&mut harness, "Recorded take 1");
    assert_eq!(pitches(&harness), [60]);
    click(&mut harness, "All recorded takes");
    assert_eq!(pitches(&harness).len(), 2);
    let span = harness.state().document.recorded_takes.trim().unwrap();
    for (name, tick) in [("Start", span.start), ("End", span.end)] {
        let at = harness.state().score().metre.position(tick);
        let label = format!("{name} of the recorded take, bar {}, beat {}", at.bar + 1, at.beat + 1);
        let handle = harness.get_by_label(&label).rect();
        harness.hover_at(handle.center());
        harness.run_steps(6);
        let help = harness.query_all_by_label_contains("Drag to leave out what you played").count();
        assert_eq!(help, 1, "{label}");
        let cursor = harness.output().platform_output.cursor_icon;
        assert_eq!(cursor, eframe::egui::CursorIcon::ResizeHorizontal, "{label}");
    }
    harness.state_mut().services.sound.seek(span.end - 1);
    until(&mut harness, "the playhead was there", move |studio| {
        studio.services.sound.position().tick as u32 == span.end - 1
    });
    press(&mut harness, Modifiers::SHIFT, Key::OpenBracket);
    assert!(pitches(&harness).is_empty(), "what is before the playhead is trimmed");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(pitches(&harness).len(), 2);
    assert_eq!(
        harness.state().document.recorded_takes.count(),
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
    let notes = harness.state().document.history.committed().parts[0].notes.clone();
    assert_eq!(notes.iter().map(|note| note.pitch.get()).collect::<Vec<_>>(), [60, 64]);
    assert_eq!(notes[0].start, 0, "at the playhead");
    assert_eq!(harness.state().document.history.undo_label(), Some("Capture what was played"));
}

#[test]
fn a_recording_that_replaces_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().services.change_preferences(|preferences| {
        preferences.record_replaces = true;
        preferences.record_waits = true;
    });
    harness.state_mut().document.history.edit("Notes", |score| {
        score.part_mut(0).unwrap().notes = vec![note(0, 50), note(1_000_000, 52)];
    });
    press(&mut harness, Modifiers::COMMAND, Key::K);
    click(&mut harness, "Record");
    assert!(
        harness.state().document.recording.as_ref().unwrap().is_waiting() && !harness.state().services.is_playing()
    );
    harness.key_down(Key::A);
    harness.run_steps(2);
    until(&mut harness, "time passed", |studio| studio.services.sound.position().tick > 100.0);
    harness.key_up(Key::A);
    harness.run_steps(2);
    assert_eq!(harness.state().score().parts[0].notes.len(), 1, "what is replaced is silent");
    press(&mut harness, Modifiers::NONE, Key::Space);
    let notes = harness.state().document.history.committed().parts[0].notes.clone();
    assert_eq!(notes.iter().map(|note| note.pitch.get()).collect::<Vec<_>>(), [60, 52]);
    assert_eq!(notes[0].start, 0, "time began with the first key");
}

#[test]
fn a_keyboard_is_recorded_lost_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    midi.plug("AKM322 MIDI 1");
    let mut harness = open(folder.path(), &midi, fake_engine());
    harness.state_mut().services.change_preferences(|preferences| preferences.count_in_bars = 0);
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.services.toasts.texts().any(|text| text.contains("AKM322 MIDI 1 is connected"))
    });
    press(&mut harness, Modifiers::COMMAND, Key::N);
    press(&mut harness, Modifiers::NONE, Key::R);
    until(&mut harness, "time passed", |studio| studio.services.sound.position().tick > 20.0);
    for (pitch, velocity) in [(60, 100), (64, 33)] {
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x90, pitch, velocity]));
    }
    until(&mut harness, "the keys were lit", |studio| {
        studio.services.keyboards.is_held(60) && studio.services.keyboards.is_held(64)
    });
    assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x80, 60, 0]));
    until(&mut harness, "a key was let go", |studio| !studio.services.keyboards.is_held(60));
    midi.unplug("AKM322 MIDI 1");
    until(&mut harness, "the loss was told", |studio| {
        studio.services.toasts.texts().any(|text| text.contains("AKM322 MIDI 1 was unplugged"))
    });
    assert!(!harness.state().services.keyboards.is_held(64));
    press(&mut harness, Modifiers::NONE, Key::R);
    let notes = harness.state().document.history.committed().parts[0].notes.clone();
    let played: Vec<(u8, u8)> = notes.iter().map(|note| (note.pitch.get(), note.velocity.get())).collect();
    assert_eq!(played, [(60, 100), (64, 33)]);
}

#[test]
fn buttons_of_any_keyboard_are_learned() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    midi.plug("Launchkey Mini");
    let mut harness = open(folder.path(), &midi, fake_engine());
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.services.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    let turn =
        |value: u8, number: u8| assert!(midi.send("Launchkey Mini", clock::now_micros(), &[0xB0, number, value]));
    harness.state_mut().services.ask(Command::Show(Page::Settings));
    harness.run_steps(3);
    harness.get_by_label("Play").click_accesskit();
    harness.run_steps(2);
    turn(127, 41);
    until(&mut harness, "it was learned", |studio| {
        studio.services.preferences.assignments.buttons.is_some_and(|map| map.play == Some(41))
    });
    turn(0, 41);
    turn(127, 41);
    until(&mut harness, "it plays", |studio| studio.services.is_playing());
    harness.get_by_label("Surprise").click_accesskit();
    harness.run_steps(2);
    turn(3, 74);
    turn(127, 74);
    until(&mut harness, "the knob turns", |studio| studio.services.preferences.surprise == 1.0);
}

/// What is being played in is on the disk before it is ended, every time round the loop.
#[test]
fn a_recording_is_kept_while_it_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let (midi, mut harness) = recording_round_a_loop(folder.path());
    let id = harness.state().score().id;
    let kept = || -> Vec<u8> {
        let kept = Store::open(folder.path()).unwrap().store.load(id);
        let recorded = kept.ok().and_then(|kept| kept.recording);
        let notes = recorded.map(|(_, part)| part.notes).unwrap_or_default();
        notes.iter().map(|note| note.pitch.get()).collect()
    };
    for (pass, pitch, expected) in [(1, 60, vec![60]), (2, 62, vec![60, 62])] {
        until(&mut harness, "the pass began", move |studio| {
            let tick = studio.services.sound.position().tick;
            studio.document.recording.as_ref().unwrap().passes() >= pass && (100.0..700.0).contains(&tick)
        });
        assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0x90, pitch, 100])); // and held
        until(&mut harness, "it was kept", |_| {
            let mut there = kept();
            there.sort_unstable();
            there == expected
        });
    }
    assert!(harness.state().document.recording.is_some(), "it goes on");
}

#[test]
fn notes_go_in_step_by_step_with_rests_and_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::N);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    assert!(harness.state().document.step_entry.is_some());
    strike(&mut harness, &[Key::A]);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    strike(&mut harness, &[Key::D, Key::G]);
    strike(&mut harness, &[Key::S]);
    let notes = |harness: &Harness<'static, Studio>| -> Vec<(u32, u8)> {
        harness.state().score().parts[0].notes.iter().map(|note| (note.start, note.pitch.get())).collect()
    };
    assert_eq!(notes(&harness), [(0, 60), (240, 64), (240, 67), (360, 62)]);
    press(&mut harness, Modifiers::NONE, Key::Backspace);
    press(&mut harness, Modifiers::NONE, Key::Backspace);
    assert_eq!(notes(&harness), [(0, 60)]);
    strike(&mut harness, &[Key::F]);
    assert_eq!(notes(&harness), [(0, 60), (240, 65)]);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    assert!(harness.state().document.step_entry.is_none());
    assert!(harness.state().pages.compose.editor.computer_keys.enabled, "it was on before");
}

fn strike(harness: &mut Harness<'static, Studio>, keys: &[Key]) {
    for key in keys {
        harness.key_down(*key);
    }
    harness.run_steps(2);
    for key in keys {
        harness.key_up(*key);
    }
    harness.run_steps(2);
}

#[test]
fn step_entry_takes_back_what_it_entered_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::N);
    let there = [note(0, 48), note(480, 60)];
    harness.state_mut().document.edit_part(0, "Notes", |part| part.notes = there.to_vec());
    harness.state_mut().services.sound.seek(480);
    until(&mut harness, "the playhead was there", |studio| studio.services.playhead() == 480);
    assert!(!harness.state().pages.compose.editor.computer_keys.enabled);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    harness.get_by_label_contains("Step entry: each step is 1/16");
    let notes = |harness: &Harness<'static, Studio>| -> Vec<(u32, u8, u32)> {
        let notes = harness.state().score().parts[0].notes.iter();
        notes.map(|note| (note.start, note.pitch.get(), note.duration)).collect()
    };
    let at = |harness: &mut Harness<'static, Studio>, tick: u32| {
        until(harness, "the playhead went there", move |studio| studio.services.playhead() == tick);
    };
    let before = [(0, 48, 480), (480, 60, 480)];
    // without a MIDI keyboard the letters play; a note takes the place of one that was there
    strike(&mut harness, &[Key::A, Key::D]);
    strike(&mut harness, &[Key::F]);
    let entered = [(0, 48, 480), (480, 60, 120), (480, 64, 120), (600, 65, 120)];
    assert_eq!(notes(&harness), entered);
    at(&mut harness, 720);
    // undo and redo take the playhead along, a chord at once
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    at(&mut harness, 600);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(notes(&harness), before);
    at(&mut harness, 480);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(notes(&harness), entered);
    at(&mut harness, 720);
    // another length changes nothing about how far it goes back, and nothing about the grid
    press(&mut harness, Modifiers::NONE, Key::Num2);
    assert_eq!(harness.state().document.step_entry.as_ref().map(|entry| entry.length), Some(GridStep::Half));
    assert_eq!(harness.state().services.preferences.roll.grid, GridStep::Sixteenth);
    press(&mut harness, Modifiers::NONE, Key::Backspace);
    assert_eq!(notes(&harness), entered[..3]);
    at(&mut harness, 600);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    at(&mut harness, 720);
    for _ in 0..4 {
        press(&mut harness, Modifiers::NONE, Key::Backspace);
    }
    assert_eq!(notes(&harness), before, "what was there stays, or is there again");
    strike(&mut harness, &[Key::F]);
    assert_eq!(notes(&harness)[2], (480, 65, 960), "a half note");
    press(&mut harness, Modifiers::NONE, Key::Backspace);
    at(&mut harness, 480);
    assert!(texts(&harness).iter().any(|text| text.starts_with("Step entry has entered nothing before")));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    assert!(!harness.state().pages.compose.editor.computer_keys.enabled);
}
