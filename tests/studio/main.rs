//! The studio's window without a screen: found by label, used as a person does, with keyboards and engine made for it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arrangement;
mod bars;
mod commands;
mod compose;
mod files;
mod keyboard;
mod layout;
mod library;
mod marks;
mod models;
mod playing;
mod publishing;
mod recording;
mod soundcloud_server;
mod soundfonts;
#[path = "../support/mod.rs"]
mod support;
mod takes;
mod training;
mod welcome;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use cantus::{
    clock,
    devices::fake::FakeBackend,
    library::store::Store,
    music::{Part, Pitch, edit, midi_file, quantise::GridStep},
    studio::{
        Studio,
        actions::{EngineAction, FileAction},
        commands::{Command, table},
        dialogs::Dialog,
        page::Page,
        services::{engine_line, files::Purpose},
    },
};
use eframe::egui::{Key, Modifiers};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use support::{a_model, chord, fake_engine, fake_engine_that_rates, no_engine, note, open, options, until};

fn click(harness: &mut Harness<'static, Studio>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

/// Exports the composition as MIDI to a path that is typed.
fn export_to(harness: &mut Harness<'static, Studio>, path: &Path) {
    harness.state_mut().dialogs.open = Some(Dialog::Path { purpose: Purpose::ExportMidi, text: String::new() });
    harness.run_steps(2);
    harness.get_by_label("Path").type_text(path.to_str().unwrap());
    harness.run_steps(2);
    click(harness, "Export");
}

/// Does with a path what it is asked for.
fn take_path(harness: &mut Harness<'static, Studio>, purpose: Purpose, path: &Path) {
    harness.state().services.ask(FileAction::Take(purpose, vec![path.to_owned()]));
    harness.step();
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
    harness.state().services.toasts.texts().map(str::to_owned).collect()
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
fn closing_asks_while_something_would_end_or_goes_on_without_the_window() {
    use eframe::egui::{ViewportCommand, ViewportEvent, ViewportId};
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let commands = |harness: &Harness<'static, Studio>| {
        harness
            .output()
            .viewport_output
            .get(&ViewportId::ROOT)
            .map(|output| output.commands.clone())
            .unwrap_or_default()
    };
    let close = |harness: &mut Harness<'static, Studio>| {
        let root = harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
        root.events.push(ViewportEvent::Close);
        harness.step();
        let is_refused = commands(harness).contains(&ViewportCommand::CancelClose);
        harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear();
        harness.run_steps(3);
        is_refused
    };
    assert!(!close(&mut harness), "nothing would be lost");
    let export = Arc::new(cantus::studio::services::exports::Running::default());
    let _ = export.advance(0.4);
    harness.state_mut().services.exports.running = Some(Arc::clone(&export));
    assert!(close(&mut harness));
    harness.get_by_label("Close Cantus?");
    harness.get_by_label("Audio is being exported (40% done). Closing cancels it, and no file would be left");
    assert_eq!(keyboard::focused(&harness), "Keep open");
    click(&mut harness, "Keep open");
    assert!(harness.state().dialogs.open.is_none());
    harness.state_mut().services.session.trouble = Some("the disk is full".into());
    assert!(close(&mut harness));
    harness.get_by_label(
        "Your work is not saved and would be lost (the disk is full). “Save project as…” (Ctrl+S) saves it elsewhere",
    );
    // what is done meanwhile needs no answer any more
    harness.state_mut().services.session.trouble = None;
    harness.state_mut().services.exports.running = None;
    harness.run_steps(2);
    assert!(harness.query_by_label("Close Cantus?").is_none());
    harness.state_mut().services.exports.running = Some(export);
    assert!(close(&mut harness));
    harness.get_by_label("Close anyway").click();
    harness.step();
    assert!(!close(&mut harness), "it was answered");
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
    for (modifiers, key) in
        [(Modifiers::COMMAND, Key::A), (Modifiers::NONE, Key::ArrowUp), (Modifiers::NONE, Key::ArrowUp)]
    {
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
    harness.state_mut().document.history.edit("Play freely", |score| {
        score.part_mut(0).unwrap().notes = vec![note(13, 60), note(500, 62), note(970, 64)];
    });
    let starts = |harness: &Harness<'static, Studio>| {
        harness.state().score().parts[0].notes.iter().map(|note| note.start).collect::<Vec<_>>()
    };
    let revision = harness.state().document.history.revision();
    press(&mut harness, Modifiers::SHIFT, Key::Q);
    assert_eq!(starts(&harness), [0, 480, 960], "the preview is shown");
    assert_eq!(harness.state().document.history.revision(), revision, "and nothing is changed yet");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(starts(&harness), [13, 500, 970]);
    assert!(harness.state().dialogs.note_tool.is_none());

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
    assert_eq!(harness.state().document.history.undo_label(), Some("Quantise to 1/16"));
    assert_eq!(harness.state().services.preferences.quantise.strength, 0.5);
    press(&mut harness, Modifiers::NONE, Key::Q);
    assert_eq!(starts(&harness), [3, 485, 962], "Q does the same again");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(starts(&harness), [13, 500, 970]);

    press(&mut harness, Modifiers::SHIFT, Key::Q);
    harness.state_mut().services.sound.seek(700);
    // without a device the player looks for commands every 20 ms
    until(&mut harness, "the playhead was there", |studio| studio.services.playhead() == 700);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.state().dialogs.note_tool.is_none());
    assert_eq!(starts(&harness), [6, 490, 965], "Enter applies");
    assert_eq!(harness.state().services.playhead(), 700, "and leaves the playhead alone");
    press(&mut harness, Modifiers::COMMAND, Key::Z);

    press(&mut harness, Modifiers::NONE, Key::T);
    click(&mut harness, "Octave up");
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.get(), 72);
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    click(&mut harness, "Octave up");
    harness.get_by_label("A note would leave the MIDI range");
    assert!(harness.get_by_label("Apply").accesskit_node().is_disabled());
    click(&mut harness, "Cancel");
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.get(), 60);
}

#[test]
fn a_number_can_be_typed_as_soon_as_its_window_is_there_and_enter_applies_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().document.history.edit("Three notes", |score| {
        score.part_mut(0).unwrap().notes = vec![note(0, 60), note(480, 62), note(960, 64)];
    });
    let typed = |harness: &mut Harness<'static, Studio>, text: &str| {
        harness.run_steps(2);
        harness.event(eframe::egui::Event::Text(text.into()));
        harness.run_steps(1);
        press(harness, Modifiers::NONE, Key::Enter);
        assert!(harness.state().dialogs.note_tool.is_none(), "Enter applies");
    };
    press(&mut harness, Modifiers::NONE, Key::T);
    typed(&mut harness, "-5");
    let notes = |harness: &Harness<'static, Studio>| harness.state().score().parts[0].notes.clone();
    assert_eq!(notes(&harness).iter().map(|note| note.pitch.get()).collect::<Vec<_>>(), [55, 57, 59]);
    let length = notes(&harness)[2].end();
    harness.state().services.ask(Command::Stretch);
    typed(&mut harness, &format!("{}", f64::from(length) / 240.0));
    assert_eq!(notes(&harness)[2].end(), 2 * length);
    harness.state().services.ask(Command::Humanise);
    typed(&mut harness, "7");
    assert_eq!(harness.state().services.preferences.humanise.timing_ticks, 7);

    // Esc gives up what is typed, and the window
    press(&mut harness, Modifiers::NONE, Key::T);
    harness.run_steps(2);
    harness.event(eframe::egui::Event::Text("9".into()));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.state().dialogs.note_tool.is_none());
    assert_eq!(harness.state().document.history.undo_label(), Some("Humanise"));
}

#[test]
fn takes_are_heard_in_turn_and_one_is_kept_as_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    let before = Arc::clone(harness.state().score());
    click(&mut harness, "4 takes");
    click(&mut harness, "Generate composition");
    until(&mut harness, "the takes were there", |studio| {
        studio.document.takes.all().len() == 4 && studio.services.engine.running.is_none()
    });
    assert_eq!(harness.state().document.takes.audition, Some(0));
    assert_eq!(harness.state().score().parts[1].notes[0].pitch.get(), 40);
    harness.get_by_label("Take 3").scroll_to_me();
    harness.run_steps(30);
    click(&mut harness, "Take 3");
    assert_eq!(harness.state().score().parts[1].notes[0].pitch.get(), 42);
    assert_eq!(harness.state().score().chords, [chord(0, 0), chord(480, 2)], "its own chords");
    assert_eq!(**harness.state().document.history.committed(), *before, "listening changes nothing");
    harness.get_by_label("Keep take 3").scroll_to_me();
    harness.run_steps(30);
    click(&mut harness, "Keep take 3");
    let kept = Arc::clone(harness.state().document.history.committed());
    assert_eq!(kept.melody_part(), before.melody_part());
    assert_eq!(kept.parts[1].notes[0].pitch.get(), 42);
    assert_eq!(kept.chords, [chord(0, 0), chord(480, 2)]);
    until(&mut harness, "it was saved", |_| {
        let saved = Store::open(folder.path()).unwrap().store.load(kept.id);
        saved.is_ok_and(|saved| {
            let takes = saved.takes.as_ref().map_or(&[][..], |takes| &takes.takes);
            saved.score.chords == kept.chords
                && takes.iter().map(|take| take.outline.chords[1]).eq((0..4).map(|root| chord(480, root)))
                && saved.kept_takes.iter().any(|take| take.outline.chords == kept.chords)
        })
    });
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(**harness.state().document.history.committed(), *before);
    assert!(before.chords.is_empty());
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(harness.state().score().chords, kept.chords);
    click(&mut harness, "Melody Amazing Grace");
    assert!(harness.state().score().chords.is_empty(), "another composition, without");
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
