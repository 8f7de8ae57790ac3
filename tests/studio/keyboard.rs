//! The window without a pointer: from panel to panel, and through the menus.

use super::*;

/// The name of the control that has the focus.
pub fn focused(harness: &Harness<'static, Studio>) -> String {
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
fn the_train_page_is_entered_at_once_and_its_areas_are_reached_by_a_key_each() {
    let (_folder, mut harness) = a_window();
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert_eq!(focused(&harness), "New training, Choose data and settings", "not the menus");
    let mut seen = Vec::new();
    for _ in 0..6 {
        press(&mut harness, Modifiers::COMMAND, Key::F6);
        seen.push(focused(&harness));
    }
    let wanted = ["What is “Data”?", "Start training", "Status", "File", "Compose page", "New training"];
    for (name, wanted) in seen.iter().zip(wanted).filter(|(_, wanted)| *wanted != "Status") {
        assert!(name.starts_with(wanted), "{wanted}: {seen:?}");
    }
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::F6);
    assert_eq!(focused(&harness), "Compose page");
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
fn the_arrows_lead_through_all_menus_though_entries_are_out_of_use() {
    let (_folder, mut harness) = a_window();
    let key = |harness: &mut Harness<'static, Studio>, key| {
        press(harness, Modifiers::NONE, key);
        harness.run_steps(3);
    };
    // out of a submenu, to the menu at the right
    press(&mut harness, Modifiers::ALT, Key::E);
    harness.run_steps(4);
    key(&mut harness, Key::ArrowRight);
    assert_eq!(focused(&harness), "Select all notes");
    key(&mut harness, Key::ArrowRight);
    assert_eq!(focused(&harness), "Add note at playhead");
    // and past one in which all is out of use: no notes are selected
    key(&mut harness, Key::ArrowDown);
    assert_eq!(focused(&harness), "Move");
    assert!(harness.get_by_label("Move up an octave").accesskit_node().is_disabled());
    key(&mut harness, Key::ArrowRight);
    assert_eq!(focused(&harness), "Add part", "the next menu");
    key(&mut harness, Key::Escape);
    // where most is out of use, all around
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    harness.run_steps(3);
    key(&mut harness, Key::F10);
    let first = focused(&harness);
    let mut seen = Vec::new();
    while seen.len() < 20 && seen.last() != Some(&first) {
        key(&mut harness, Key::ArrowRight);
        seen.push(focused(&harness));
    }
    assert_eq!(seen.last(), Some(&first), "{seen:?}");
    assert!(seen.contains(&"All commands…".to_owned()), "{seen:?}");
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

/// Everything that can be clicked and is not told to be out of use: name and role.
pub fn clickable(harness: &Harness<'static, Studio>) -> std::collections::BTreeSet<String> {
    use eframe::egui::accesskit::{Action, Role};
    let mut names = std::collections::BTreeSet::new();
    commands::walk(harness.root().accesskit_node(), &mut |node| {
        let can = node.data().supports_action(Action::Click) || node.role() == Role::Slider;
        let is_plain = matches!(node.role(), Role::Window | Role::ScrollView | Role::ScrollBar | Role::Label);
        let name = node.label().or_else(|| node.value()).unwrap_or_default();
        // a header does what the lane beside it does, and the computer's keys what those of the piano do
        let has_twin = name.starts_with("Header of ") || name.starts_with("Key ");
        if can && !is_plain && !node.is_disabled() && !node.is_hidden() && !has_twin {
            assert!(!matches!(node.role(), Role::Unknown | Role::GenericContainer), "{name} has no role");
            assert!(name.chars().any(char::is_alphanumeric), "{:?} has no name: {name:?}", node.role());
            names.insert(name);
        }
    });
    names
}

#[test]
fn every_control_of_every_view_is_reached_by_tab() {
    let (_folder, mut harness) = a_window();
    arrangement::with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::G);
    press(&mut harness, Modifiers::NONE, Key::F7);
    for key in [Key::F5, Key::F6, Key::F7, Key::F9] {
        press(&mut harness, Modifiers::NONE, key);
        harness.run_steps(3);
        let wanted = clickable(&harness);
        let some = match key {
            Key::F5 => &["Lane Kit, 32 notes", "Sections: A", "Chords: C", "Tempo track: 112 BPM", "Mute Bass"][..],
            Key::F6 => &["Lane Kit, 32 notes", "Sections: A", "Chords: C"][..],
            Key::F9 => {
                &["Strip of Kit", "Volume of Bass", "Pan of Bass", "Reverb of Bass", "Solo Kit", "Master volume"]
            }
            _ => &["Sections: A", "Chords: C"],
        };
        for name in some {
            assert!(wanted.contains(*name), "{key:?} has no {name}: {wanted:#?}");
        }
        let mut reached = std::collections::BTreeSet::new();
        for _ in 0..wanted.len() * 2 {
            press(&mut harness, Modifiers::NONE, Key::Tab);
            reached.insert(focused(&harness));
        }
        let missed: Vec<_> = wanted.difference(&reached).collect();
        assert!(missed.is_empty(), "with {key:?}, Tab does not reach {missed:#?}");
    }
}
