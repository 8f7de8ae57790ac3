//! The first steps: shown once, done in any order, brought back only by the menu.

use cantus::studio::services::engine_line::Starter;

use super::*;

const KEYBOARD: &str = "Keystation 49";

/// A studio as a newcomer opens it.
fn open(folder: &Path, midi: &FakeBackend, engine: Starter) -> Harness<'static, Studio> {
    support::show(support::options(folder, midi, engine))
}

fn is_open(harness: &Harness<'static, Studio>) -> bool {
    harness.query_by_label("Welcome to Cantus").is_some()
}

#[test]
fn the_first_steps_are_shown_once_and_come_back_by_the_menu() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert!(is_open(&harness));
    harness.get_by_label("Step 1");
    // by keys alone, whatever has the focus
    harness.get_by_label("Skip first steps").focus();
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(!is_open(&harness), "one press puts them away");
    drop(harness);

    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert!(!is_open(&harness), "the second start shows none");
    harness.state().services.ask(Command::Show(Page::Models));
    harness.state().services.ask(Command::Welcome);
    harness.run_steps(3);
    assert!(is_open(&harness) && harness.state().page == Page::Compose);
}

#[test]
fn they_do_not_come_back_though_nobody_closed_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let settings = folder.path().join("settings.toml");
    until(&mut harness, "the settings were written", |_| settings.exists());
    drop(harness);
    assert!(!is_open(&open(folder.path(), &FakeBackend::new(), fake_engine())));
}

#[test]
fn who_has_settings_or_brings_a_file_is_not_welcomed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("settings.toml"), "takes = 2\n").unwrap();
    assert!(!is_open(&open(folder.path(), &FakeBackend::new(), fake_engine())));

    let folder = tempfile::tempdir().unwrap();
    let mut with_file = options(folder.path(), &FakeBackend::new(), fake_engine());
    with_file.files = vec![folder.path().join("song.mid")];
    assert!(!is_open(&support::show(with_file)));
    assert!(is_open(&open(folder.path(), &FakeBackend::new(), fake_engine())), "they wait for a start without");
}

#[test]
fn a_piece_is_heard_keys_are_played_and_a_melody_is_accompanied() {
    let folder = tempfile::tempdir().unwrap();
    let midi = FakeBackend::new();
    let mut harness = open(folder.path(), &midi, fake_engine());
    click(&mut harness, "Play the piece");
    assert!(harness.state().score().parts.len() >= 4);
    until(&mut harness, "the piece played", |studio| studio.services.is_playing());
    harness.get_by_label("Step 1 done");
    click(&mut harness, "Stop the piece");
    until(&mut harness, "the piece stopped", |studio| !studio.services.is_playing());

    harness.get_by_label_contains("No MIDI keyboard is connected: play with A S D F G H J K,");
    click(&mut harness, "Play on computer keyboard");
    assert!(harness.state().pages.compose.editor.computer_keys.enabled);
    harness.key_down(Key::A);
    harness.run_steps(2);
    harness.get_by_label("Step 2 done");
    harness.key_up(Key::A);
    click(&mut harness, "Turn off computer keyboard");
    midi.plug(KEYBOARD);
    until(&mut harness, "the keyboard connected", |studio| {
        studio.services.keyboards.status().inputs.iter().any(|input| input.is_connected)
    });
    harness.get_by_label_contains(&format!("Your {KEYBOARD} is connected"));

    with_model(&mut harness);
    until(&mut harness, "the engine was ready", |studio| studio.services.engine.why_not().is_none());
    harness.run_steps(2);
    harness.get_by_label_contains("Chorale writes the other parts to “Ode to Joy”");
    click(&mut harness, "Accompany Ode to Joy");
    until(&mut harness, "a take was heard", |studio| studio.document.takes.audition.is_some());
    until(&mut harness, "it played", |studio| studio.services.is_playing());
    harness.get_by_label("Step 3 done");
    assert_eq!(harness.state().score().title, "Ode to Joy");
    assert!(!harness.state().services.preferences.play_when_ready, "the user's choice is as it was");
    click(&mut harness, "Done");
    assert!(!is_open(&harness));
}

#[test]
fn what_cannot_be_done_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().take_models(Vec::new(), None);
    harness.run_steps(2);
    assert!(harness.get_by_label("Accompany Ode to Joy").accesskit_node().is_disabled());
    assert!(harness.query_all_by_label_contains("No model was found on this computer").count() >= 1);
}

#[test]
fn a_small_window_shows_the_next_step_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    for [width, height] in [[1280.0, 720.0], [800.0, 500.0]] {
        harness.set_size(eframe::egui::vec2(width, height));
        harness.run_steps(4);
        harness.get_by_label("Play the piece");
        let shut = harness.get_by_label("Skip first steps").rect();
        assert!(shut.left() >= 0.0 && shut.right() <= width, "{width}: {shut:?}");
        assert_eq!(harness.query_by_label("Accompany Ode to Joy").is_some(), width > 1000.0);
    }
    click(&mut harness, "Play the piece");
    harness.get_by_label("Play on computer keyboard");
}
