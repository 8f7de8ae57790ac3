//! The window without a pointer: from panel to panel, and through the menus.

use super::*;

/// The name of the control that has the focus.
fn focused(harness: &Harness<'static, Studio>) -> String {
    let mut name = String::new();
    commands::walk(harness.root().accesskit_node(), &mut |node| {
        if node.is_focused() && node.role() != eframe::egui::accesskit::Role::Window {
            name = node.label().or_else(|| node.value()).unwrap_or_default();
        }
    });
    name
}

fn a_window() -> (tempfile::TempDir, Harness<'static, Studio>) {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    harness.set_size(eframe::egui::vec2(1440.0, 900.0));
    harness.run_steps(3);
    (folder, harness)
}

#[test]
fn a_key_moves_the_focus_from_panel_to_panel_and_back() {
    let (_folder, mut harness) = a_window();
    let panels = [
        "Model: Chorale",
        "Computer keyboard",
        "No sound output",
        "File",
        "Compose page",
        "Go to start",
        "New composition",
        "Piano roll",
        "Piano roll, Melody",
    ];
    let mut seen = Vec::new();
    for panel in panels {
        press(&mut harness, Modifiers::COMMAND, Key::Tab);
        seen.push(focused(&harness));
        assert!(seen.last().is_some_and(|name| name.starts_with(panel)), "{panel}: {seen:?}");
    }
    // the arrows are the notes' again there
    press(&mut harness, Modifiers::COMMAND, Key::A);
    let before = harness.state().score().parts[0].notes[0].pitch;
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(harness.state().score().parts[0].notes[0].pitch.transposed(-1), Some(before));
    for panel in panels.iter().rev().skip(1) {
        press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Tab);
        assert!(focused(&harness).starts_with(panel), "back to {panel}, but at {}", focused(&harness));
    }
    // a panel is entered where it was left
    press(&mut harness, Modifiers::NONE, Key::Tab);
    let left_at = focused(&harness);
    assert!(!left_at.starts_with("Model"), "{left_at}");
    press(&mut harness, Modifiers::COMMAND, Key::Tab);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Tab);
    assert_eq!(focused(&harness), left_at);
}

#[test]
fn other_pages_have_panels_too() {
    let (_folder, mut harness) = a_window();
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    harness.run_steps(3);
    let mut seen = Vec::new();
    for _ in 0..4 {
        press(&mut harness, Modifiers::COMMAND, Key::Tab);
        seen.push(focused(&harness));
    }
    assert!(seen.contains(&"File".to_owned()) && seen.contains(&"Compose page".to_owned()), "{seen:?}");
    assert!(seen.iter().all(|name| !name.is_empty()), "{seen:?}");
}

#[test]
fn menus_are_used_by_keys_alone() {
    let (_folder, mut harness) = a_window();
    press(&mut harness, Modifiers::COMMAND, Key::Tab); // somewhere to come back to
    let before = focused(&harness);
    let key = |harness: &mut Harness<'static, Studio>, key| {
        press(harness, Modifiers::NONE, key);
        harness.run_steps(3);
    };
    press(&mut harness, Modifiers::ALT, Key::E);
    harness.run_steps(4);
    assert_eq!(focused(&harness), "Selection", "the first that can be chosen");
    key(&mut harness, Key::ArrowRight);
    assert_eq!(focused(&harness), "Select all notes", "in its submenu");
    key(&mut harness, Key::ArrowLeft);
    assert_eq!(focused(&harness), "Selection");
    key(&mut harness, Key::ArrowLeft);
    assert_eq!(focused(&harness), "New composition", "the menu at the left");
    key(&mut harness, Key::ArrowDown);
    assert_eq!(focused(&harness), "Open project…");
    key(&mut harness, Key::Escape);
    assert!(harness.query_by_label("Open project…").is_none(), "closed");
    assert_eq!(focused(&harness), before);
    key(&mut harness, Key::F10);
    assert_eq!(focused(&harness), "New composition");
    key(&mut harness, Key::ArrowLeft);
    assert_eq!(focused(&harness), "All commands…", "from the first to the last");
    key(&mut harness, Key::Enter);
    assert!(matches!(harness.state().dialogs.open, Some(Dialog::Palette { .. })));
}

#[test]
fn letters_are_not_heard_below_an_open_menu() {
    let (_folder, mut harness) = a_window();
    press(&mut harness, Modifiers::ALT, Key::F);
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::M);
    press(&mut harness, Modifiers::ALT, Key::F);
    harness.run_steps(3);
    assert!(harness.query_by_label("Open project…").is_none(), "the same key closes it");
    assert!(!harness.state().score().parts[0].muted);
}

#[test]
fn escape_leaves_a_name_as_it_was() {
    let (_folder, mut harness) = a_window();
    let title = harness.state().score().title.clone();
    click(&mut harness, "Title of the composition");
    harness.get_by_label("Title of the composition").type_text("X");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().score().title, title);
    assert!(harness.state().document.history.undo_label().is_none());
}

#[test]
fn escape_closes_the_publishing_window() {
    let (_folder, mut harness) = a_window();
    harness.state_mut().dialogs.publish.open = true;
    harness.run_steps(2);
    harness.get_by_label("Close publishing");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!harness.state().dialogs.publish.open && harness.query_by_label("Close publishing").is_none());
}
