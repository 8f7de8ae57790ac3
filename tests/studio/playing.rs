//! Playing in and editing: keyboards and their buttons and knobs, takes and their handles, long files, a whole session.

use std::{path::Path, sync::Arc};

use cantus::{
    clock,
    devices::fake::FakeBackend,
    music::{Part, Score, TempoMap, midi_file},
    studio::{
        Studio,
        commands::{Command, RollCommand},
        page::Page,
        services::{files::Purpose, preferences::RollChoices},
    },
};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::{Harness, kittest::Queryable as _};

use super::{
    click, export_to, press,
    support::{fake_engine, note, open, until},
    texts, with_model,
};

type Window = Harness<'static, Studio>;

fn pitches(harness: &Window, part: usize) -> Vec<u8> {
    let part = &harness.state().document.history.committed().parts[part];
    part.notes.iter().map(|note| note.pitch.get()).collect()
}

/// Presses at the first place, goes over the others, releases at the last.
fn drag(harness: &mut Window, way: &[Pos2]) {
    let button = |harness: &Window, pos: Pos2, pressed: bool| {
        harness.event(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    };
    harness.hover_at(way[0]);
    harness.run_steps(1);
    button(harness, way[0], true);
    for &pos in &way[1..] {
        harness.run_steps(1);
        harness.hover_at(pos);
    }
    harness.run_steps(1);
    button(harness, way[way.len() - 1], false);
    harness.run_steps(2);
}

/// The middle of a pitch's row at a tick.
fn on_notes(harness: &Window, tick: u32, pitch: i32) -> Pos2 {
    let coordinates = harness.state().pages.compose.editor.roll.coordinates();
    coordinates.note_rect(&note(tick, pitch)).left_center()
}

/// Plays keys of the computer one after the other, each for so many ticks.
fn play_keys(harness: &mut Window, keys: &[Key], ticks: f64) {
    for &key in keys {
        let from = harness.state().services.sound.position().tick;
        harness.key_down(key);
        harness.run_steps(2);
        until(harness, "a note's time passed", move |studio| studio.services.sound.position().tick > from + ticks);
        harness.key_up(key);
        harness.run_steps(2);
    }
}

fn plugged(folder: &Path, name: &str) -> (Window, FakeBackend) {
    let midi = FakeBackend::new();
    midi.plug(name);
    let mut harness = open(folder, &midi, fake_engine());
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.services.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    (harness, midi)
}

#[test]
fn a_whole_session_by_labels() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    click(&mut harness, "New composition");
    click(&mut harness, "Recording options");
    click(&mut harness, "No count-in");
    press(&mut harness, Modifiers::NONE, Key::Escape);

    // record by the computer's keys
    click(&mut harness, "Computer keyboard");
    click(&mut harness, "Record");
    play_keys(&mut harness, &[Key::A, Key::D, Key::G], 150.0);
    click(&mut harness, "Record");
    assert!(harness.state().document.recording.is_none());
    click(&mut harness, "Computer keyboard");
    assert_eq!(pitches(&harness, 0), [60, 64, 67]);

    // edit: a click on the last note, and it goes up by an arrow; all to the grid
    let last = harness.state().score().parts[0].notes[2];
    let middle = harness.state().pages.compose.editor.roll.coordinates().note_rect(&last).center();
    drag(&mut harness, &[middle]);
    assert_eq!(harness.state().pages.compose.editor.roll.selection().notes(), [last]);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(pitches(&harness, 0), [60, 64, 69], "the arrows are the roll's after a click into it");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    click(&mut harness, "Quantise…");
    click(&mut harness, "Apply");
    assert!(harness.state().score().parts[0].notes.iter().all(|note| note.start % 120 == 0));

    // the other parts
    click(&mut harness, "2 takes");
    click(&mut harness, "Generate composition");
    until(&mut harness, "the takes were there", |studio| {
        studio.document.takes.all().len() == 2 && studio.services.engine.running.is_none()
    });
    harness.get_by_label("Keep take 1").scroll_to_me();
    harness.run_steps(30);
    click(&mut harness, "Keep take 1");
    assert_eq!(harness.state().document.history.committed().parts.len(), 2);
    assert_eq!(pitches(&harness, 0), [60, 64, 69], "the melody is untouched");

    // and out
    let path = folder.path().join("session.mid");
    export_to(&mut harness, &path);
    until(&mut harness, "the file was written", |_| path.is_file());
    let read = midi_file::read(&std::fs::read(&path).unwrap()).unwrap();
    let score = Arc::clone(harness.state().document.history.committed());
    assert_eq!(read.parts.len(), 2);
    assert!(read.parts.iter().zip(&score.parts).all(|(read, ours)| read.notes == ours.notes));

    // every step of it can be taken back
    for _ in 0..5 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert!(harness.state().score().parts[0].notes.is_empty());
}

#[test]
fn a_click_into_the_roll_leaves_the_arrows_to_its_notes_and_a_knob_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.get_by_label("Pan of Melody").focus();
    harness.run_steps(3);
    let first = harness.state().score().parts[0].notes[0];
    let middle = harness.state().pages.compose.editor.roll.coordinates().note_rect(&first).center();
    harness.hover_at(middle);
    harness.run_steps(2);
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos: middle,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    // an idle window draws no more frames than there is something to draw
    harness.step();
    for key in [Key::ArrowUp, Key::ArrowRight, Key::ArrowLeft, Key::ArrowUp] {
        harness.key_press(key);
        harness.step();
    }
    harness.run_steps(2);
    let moved = harness.state().score().parts[0].notes[0];
    assert_eq!(first.pitch.transposed(2), Some(moved.pitch));
    assert_eq!(moved.start, first.start);

    // with the focus come there by Tab, too
    harness.get_by_label_contains("Piano roll, Melody").focus();
    harness.run_steps(3);
    for key in [Key::ArrowDown, Key::ArrowRight, Key::ArrowLeft, Key::ArrowUp] {
        press(&mut harness, Modifiers::NONE, key);
    }
    assert!(harness.get_by_label_contains("Piano roll, Melody").is_focused());
    assert_eq!(harness.state().score().parts[0].notes[0], moved);
    assert_eq!(harness.state().document.history.undo_labels().count(), 8);

    harness.get_by_label("Pan of Melody").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    let part = Arc::clone(&harness.state().score().parts[0]);
    assert_eq!((part.pan, part.notes[0]), (56, moved));
    harness.get_by_label("Reverb of Melody").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(harness.state().score().parts[0].reverb, part.reverb + 4);
}

#[test]
fn a_second_home_leads_from_the_start_of_the_loop_to_bar_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().document.transport.loop_range = Some(1920..3840);
    harness.state_mut().document.transport.looping = true;
    for tick in [1920, 0, 1920] {
        press(&mut harness, Modifiers::NONE, Key::Home);
        until(&mut harness, "the playhead was there", move |studio| studio.services.playhead() == tick);
    }
}

#[test]
fn the_playhead_and_the_grid_move_without_a_mouse() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let at = |harness: &mut Window, modifiers, key, tick: u32| {
        press(harness, modifiers, key);
        until(harness, "the playhead was there", move |studio| studio.services.playhead() == tick);
    };
    let end = harness.state().score().end();
    at(&mut harness, Modifiers::NONE, Key::Period, 1920);
    at(&mut harness, Modifiers::NONE, Key::Period, 3840);
    at(&mut harness, Modifiers::ALT, Key::ArrowRight, 3960);
    at(&mut harness, Modifiers::NONE, Key::Comma, 3840);
    at(&mut harness, Modifiers::NONE, Key::Comma, 1920);
    at(&mut harness, Modifiers::ALT, Key::ArrowLeft, 1800);
    press(&mut harness, Modifiers::COMMAND, Key::OpenBracket);
    press(&mut harness, Modifiers::COMMAND, Key::OpenBracket);
    at(&mut harness, Modifiers::ALT, Key::ArrowLeft, 1680);
    at(&mut harness, Modifiers::NONE, Key::End, end);
    at(&mut harness, Modifiers::NONE, Key::Home, 0);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(harness.state().pages.compose.editor.roll.selection().len(), 2, "the next one joins");
    let ends: Vec<u32> =
        harness.state().pages.compose.editor.roll.selection().notes().iter().map(cantus::music::Note::end).collect();
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowRight);
    let later = harness.state().pages.compose.editor.roll.selection().notes();
    assert!(later[0].start > 0 && later.iter().map(cantus::music::Note::end).eq(ends), "{later:?}");
}

#[test]
fn how_the_roll_is_looked_at_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    for label in ["Highlight scale", "Snap to scale", "Follow playhead"] {
        click(&mut harness, label);
    }
    press(&mut harness, Modifiers::COMMAND, Key::CloseBracket);
    press(&mut harness, Modifiers::NONE, Key::J);
    let chosen = harness.state().services.preferences.roll;
    let usual = RollChoices::default();
    assert!(
        chosen.scale_rows != usual.scale_rows && chosen.scale_snap != usual.scale_snap && chosen.follow != usual.follow
    );
    assert!(chosen.grid != usual.grid && !chosen.snaps && chosen.ghosts);
    let settings = folder.path().join("settings.toml");
    until(&mut harness, "it was kept", |_| {
        std::fs::read_to_string(&settings).is_ok_and(|text| text.contains("snaps = false"))
    });
    drop(harness);
    let harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!(harness.state().services.preferences.roll, chosen);
}

#[test]
fn escape_closes_a_menu_before_what_lies_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.state_mut().services.ask(Command::QuantiseWith);
    harness.run_steps(3);
    click(&mut harness, "Part");
    harness.get_by_label("Remove part");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label("Remove part").is_none(), "the menu is closed");
    assert!(harness.state().dialogs.note_tool.is_some(), "and nothing else");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.state().dialogs.note_tool.is_none());
    assert!(!harness.state().pages.compose.editor.roll.selection().is_empty());
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.state().pages.compose.editor.roll.selection().is_empty());
}

#[test]
fn the_take_is_trimmed_by_its_handles() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, midi) = plugged(folder.path(), "Launchkey Mini");
    harness.state_mut().services.change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    press(&mut harness, Modifiers::NONE, Key::R);
    for pitch in [60, 64, 67] {
        let from = harness.state().services.sound.position().tick + 500.0;
        until(&mut harness, "the time of the note came", move |studio| studio.services.sound.position().tick > from);
        for (status, velocity) in [(0x90, 100), (0x80, 0)] {
            assert!(midi.send("Launchkey Mini", clock::now_micros(), &[status, pitch, velocity]));
            until(&mut harness, "the key moved", move |studio| {
                studio.services.keyboards.is_held(pitch) == (velocity > 0)
            });
        }
    }
    press(&mut harness, Modifiers::NONE, Key::R);
    press(&mut harness, Modifiers::NONE, Key::Home);
    assert_eq!(pitches(&harness, 0), [60, 64, 67]);
    let starts: Vec<u32> = harness.state().score().parts[0].notes.iter().map(|note| note.start).collect();
    let span = harness.state().document.recorded_takes.trim().unwrap();
    assert!(span.contains(&starts[0]) && span.contains(&starts[2]), "{span:?} {starts:?}");

    // in the lower half of the ruler
    let handle = |harness: &Window, tick: u32| {
        let coordinates = harness.state().pages.compose.editor.roll.coordinates();
        pos2(coordinates.x_from_tick(f64::from(tick)), coordinates.area().top() - 5.0)
    };
    let depth = harness.state().document.history.undo_labels().count();
    let between = u32::midpoint(starts[0], starts[1]);
    let way = [handle(&harness, span.start), handle(&harness, between)];
    drag(&mut harness, &way);
    assert_eq!(pitches(&harness, 0), [64, 67], "the left handle cuts the beginning");
    let kept = harness.state().document.recorded_takes.trim().unwrap();
    assert_eq!((kept.start % 120, kept.end), (0, span.end));
    let between = u32::midpoint(starts[1], starts[2]);
    let way = [handle(&harness, kept.end), handle(&harness, between)];
    drag(&mut harness, &way);
    assert_eq!(pitches(&harness, 0), [64], "the right handle cuts the end");
    assert_eq!(harness.state().document.history.undo_labels().count(), depth + 2, "each drag is one step");
    assert_eq!(harness.state().document.history.undo_label(), Some("Trim the take"));
    // and out again: nothing of the take is lost while it can be trimmed
    let kept = harness.state().document.recorded_takes.trim().unwrap();
    let way = [handle(&harness, kept.end), handle(&harness, span.end + 480)];
    drag(&mut harness, &way);
    assert_eq!(pitches(&harness, 0), [64, 67]);
    // a drag given up changes nothing
    let kept = harness.state().document.recorded_takes.trim().unwrap();
    let way = [handle(&harness, kept.start), handle(&harness, starts[2])];
    harness.hover_at(way[0]);
    harness.event(Event::PointerButton {
        pos: way[0],
        button: PointerButton::Primary,
        pressed: true,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(1);
    harness.hover_at(way[1]);
    harness.run_steps(1);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.event(Event::PointerButton {
        pos: way[1],
        button: PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(2);
    assert_eq!(pitches(&harness, 0), [64, 67]);
    assert_eq!(harness.state().document.recorded_takes.trim(), Some(kept));
}

#[test]
fn the_deepcomposers_buttons_work_in_both_their_modes() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, midi) = plugged(folder.path(), "AKM322 MIDI 1");
    harness.state_mut().services.change_preferences(|preferences| preferences.count_in_bars = 0);
    let (play, stop, record) = (105, 106, 107);
    let button =
        |number: u8, value: u8| assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0xB0, number, value]));
    let plays = |harness: &mut Window, what: &str, plays: bool| {
        until(harness, what, move |studio| studio.services.is_playing() == plays);
    };

    // as it comes: 127 when pressed, 0 when let go
    button(play, 127);
    button(play, 0);
    plays(&mut harness, "play began", true);
    button(play, 127);
    button(play, 0);
    plays(&mut harness, "play paused", false);
    button(record, 127);
    button(record, 0);
    until(&mut harness, "it records", |studio| studio.document.recording.is_some() && studio.services.is_playing());
    button(stop, 127);
    button(stop, 0);
    until(&mut harness, "it stopped", |studio| studio.document.recording.is_none() && !studio.services.is_playing());

    // the other mode: every press turns the value over
    harness.state_mut().services.ask(Command::Show(Page::Settings));
    harness.run_steps(3);
    harness.get_by_label("Toggle").click_accesskit();
    harness.run_steps(3);
    button(play, 127);
    plays(&mut harness, "play began", true);
    button(play, 0);
    plays(&mut harness, "play paused", false);
    button(record, 127);
    until(&mut harness, "it records", |studio| studio.document.recording.is_some() && studio.services.is_playing());
    button(record, 0);
    until(&mut harness, "the recording ended", |studio| {
        studio.document.recording.is_none() && !studio.services.is_playing()
    });
    assert!(harness.state().score().parts[0].controls.is_empty(), "buttons are no music");
}

#[test]
fn knobs_turn_tempo_and_mix_and_are_no_music_then() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, midi) = plugged(folder.path(), "Launchkey Mini");
    let send = |bytes: [u8; 3]| assert!(midi.send("Launchkey Mini", clock::now_micros(), &bytes));
    harness.state_mut().services.ask(Command::Show(Page::Settings));
    harness.run_steps(3);
    for (label, number) in [("Tempo", 74), ("Part volume", 7), ("Master volume", 75)] {
        harness.get_by_label(label).click_accesskit();
        harness.run_steps(2);
        send([0xB0, number, 90]);
        until(&mut harness, "it was learned", move |studio| {
            studio.services.preferences.assignments.knobs.iter().any(|(of, _)| *of == number)
        });
    }
    harness.state_mut().services.ask(Command::Show(Page::Compose));
    harness.state_mut().services.change_preferences(|preferences| preferences.count_in_bars = 0);
    press(&mut harness, Modifiers::COMMAND, Key::N);
    let before = Arc::clone(harness.state().score());
    let depth = harness.state().document.history.undo_labels().count();

    press(&mut harness, Modifiers::NONE, Key::R);
    until(&mut harness, "time passed", |studio| studio.services.sound.position().tick > 20.0);
    send([0x90, 60, 99]);
    for value in [100, 40, 12] {
        send([0xB0, 7, value]);
    }
    until(&mut harness, "the part is softer", |studio| studio.score().parts[0].volume == 12);
    send([0x80, 60, 0]);
    until(&mut harness, "the key was let go", |studio| !studio.services.keyboards.is_held(60));
    press(&mut harness, Modifiers::NONE, Key::R);
    let part = Arc::clone(&harness.state().document.history.committed().parts[0]);
    assert_eq!((part.volume, part.notes.len()), (12, 1));
    assert!(part.controls.is_empty(), "what a knob turns is not recorded: {:?}", part.controls);
    let labels = |harness: &Window| -> Vec<String> {
        harness.state().document.history.undo_labels().map(str::to_owned).collect()
    };
    assert_eq!(labels(&harness)[..2], ["Record", "Part volume"], "a turn is one step");

    // it stood at 90 when it was learned, and passes the tempo on its way to either end
    send([0xB0, 74, 0]);
    until(&mut harness, "the tempo is heard", |studio| studio.score().tempo.qpm_at(0) < 41.0);
    // nothing jumps where a knob stands elsewhere, and it is said where it is picked up
    send([0xB0, 75, 64]);
    until(&mut harness, "it was said", |studio| {
        studio.services.midi_learn.hint().is_some_and(|hint| hint.contains("stays at 100%") && hint.contains("at 50%"))
    });
    assert_eq!(harness.state().score().volume, 127);
    send([0xB0, 75, 127]);
    send([0xB0, 75, 64]);
    until(&mut harness, "the whole is softer", |studio| studio.score().volume == 64);
    assert_eq!(harness.state().services.midi_learn.hint(), None);
    until(&mut harness, "the knob rested", |studio| studio.document.history.undo_label() == Some("Master volume"));
    assert_eq!(harness.state().document.history.undo_labels().count(), depth + 4);
    for _ in 0..4 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    let after = harness.state().document.history.committed();
    assert_eq!((&after.parts, &after.tempo, after.volume), (&before.parts, &before.tempo, before.volume));
}

#[test]
fn knobs_without_ends_and_knobs_that_jump_are_chosen_in_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, midi) = plugged(folder.path(), "AKM322 MIDI 1");
    let send = |value: u8| assert!(midi.send("AKM322 MIDI 1", clock::now_micros(), &[0xB0, 24, value]));
    harness.state_mut().services.ask(Command::Show(Page::Settings));
    harness.run_steps(3);
    harness.get_by_label("Density").click_accesskit();
    harness.run_steps(2);
    send(1);
    until(&mut harness, "it was learned by its own number", |studio| {
        studio.services.preferences.assignments.knobs.iter().any(|(number, _)| *number == 24)
    });
    let before = harness.state().services.preferences.density;
    harness.get_by_label("Controller 24").click_accesskit();
    harness.run_steps(2);
    for _ in 0..3 {
        send(127); // a step down
    }
    let lower = before - 3.0 / 127.0;
    until(&mut harness, "three steps were taken", move |studio| {
        (studio.services.preferences.density - lower).abs() < 0.006
    });
    harness.get_by_label("Controller 24").click_accesskit();
    harness.run_steps(2);
    send(3);
    until(&mut harness, "it waits", |studio| studio.services.midi_learn.hint().is_some());
    assert!((harness.state().services.preferences.density - lower).abs() < 0.006);
    harness.get_by_label("Jump").click_accesskit();
    harness.run_steps(2);
    send(0);
    until(&mut harness, "it jumped", |studio| studio.services.preferences.density == 0.0);
}

/// A hundred thousand notes over an hour, in four parts.
fn a_long_score() -> Score {
    let mut score = Score { tempo: TempoMap::constant(120.0), ..Score::default() };
    for voice in 0..4_u8 {
        let mut part = Part::new(format!("Voice {voice}"), 0);
        part.notes = (0..25_000).map(|index| note(index * 138, 50 + i32::from(voice) * 7)).collect();
        part.notes.iter_mut().for_each(|note| note.duration = 100);
        score.parts.push(Arc::new(part));
    }
    score
}

#[test]
fn an_hour_with_a_hundred_thousand_notes_comes_in_and_is_edited() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let score = a_long_score();
    let path = folder.path().join("long.mid");
    std::fs::write(&path, midi_file::write(&score)).unwrap();
    harness.state_mut().take_path(Purpose::Import, path);
    until(&mut harness, "it was read", |studio| {
        studio.dialogs.import.as_ref().is_some_and(|import| import.to_come == 0)
    });
    harness.run_steps(2);
    click(&mut harness, "Import");
    let count = |studio: &Studio| studio.score().parts.iter().map(|part| part.notes.len()).sum::<usize>();
    assert_eq!(count(harness.state()), 100_000);
    let end = harness.state().score().tempo.seconds_from_tick(harness.state().score().end());
    assert!((3590.0..3600.0).contains(&end), "{end} s");
    press(&mut harness, Modifiers::NONE, Key::End);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let part = harness.state().document.part; // the proposed melody
    let before = 50 + 7 * part as u8;
    assert!(pitches(&harness, part).iter().all(|pitch| *pitch == before + 1));
    press(&mut harness, Modifiers::NONE, Key::Z);
    harness.state_mut().services.ask(Command::Roll(RollCommand::SelectNone));
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(pitches(&harness, part).iter().all(|pitch| *pitch == before));
}

#[test]
fn a_file_that_says_no_tempo_is_at_120_as_a_composition_of_its_own_and_keeps_the_tempo_of_one_it_comes_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Amazing Grace");
    let qpm = harness.state().score().tempo.qpm_at(0);
    assert!((qpm - 120.0).abs() > 1.0);
    // one note, and neither a tempo nor a name
    let file = b"MThd\0\0\0\x06\0\0\0\x01\x01\xe0MTrk\0\0\0\x0d\0\x90\x3c\x40\x83\x60\x80\x3c\0\0\xff\x2f\0";
    let path = folder.path().join("bare.mid");
    std::fs::write(&path, file).unwrap();
    harness.state_mut().take_path(Purpose::Import, path.clone());
    until(&mut harness, "it was open", |studio| studio.services.toasts.texts().any(|text| text == "bare.mid is open"));
    assert_eq!(pitches(&harness, 0), [60], "{:?}", texts(&harness));
    assert_eq!(harness.state().score().tempo.qpm_at(0), 120.0);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().tempo.qpm_at(0), qpm);
    harness.state_mut().take_path(Purpose::ImportIntoPresent, path);
    until(&mut harness, "it was read", |studio| {
        studio.dialogs.import.as_ref().is_some_and(|import| import.to_come == 0)
    });
    harness.run_steps(2);
    click(&mut harness, "Import");
    assert_eq!(harness.state().score().parts.last().unwrap().notes.len(), 1);
    assert_eq!(harness.state().score().tempo.qpm_at(0), qpm);
}

#[test]
fn a_key_let_go_in_the_same_frame_as_the_button_still_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness
        .state_mut()
        .document
        .history
        .edit("One note", |score| score.part_mut(0).unwrap().notes = vec![note(480, 64)]);
    harness.run_steps(2);
    let (from, to) = (on_notes(&harness, 720, 64), on_notes(&harness, 1680, 64));
    let button = |harness: &Window, pos: Pos2, pressed: bool| {
        harness.event(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::COMMAND,
        });
    };
    harness.event(Event::ModifiersChanged(Modifiers::COMMAND));
    harness.hover_at(from);
    harness.run_steps(1);
    button(&harness, from, true);
    harness.run_steps(1);
    harness.hover_at(to);
    harness.run_steps(1);
    button(&harness, to, false);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(2);
    let starts: Vec<u32> = harness.state().score().parts[0].notes.iter().map(|note| note.start).collect();
    assert_eq!(starts, [480, 1440], "it was copied");

    // the whole drag within one frame
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    harness.hover_at(from);
    harness.run_steps(2);
    for (pos, pressed) in [(from, true), (to, false)] {
        harness.hover_at(pos);
        harness.event(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run_steps(2);
    let starts: Vec<u32> = harness.state().score().parts[0].notes.iter().map(|note| note.start).collect();
    assert_eq!(starts, [1440], "it was moved");
}
