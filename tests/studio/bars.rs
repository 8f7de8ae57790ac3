//! Bars that are selected in the arrangement: moved, copied, repeated, and time put in and taken out.

use cantus::{
    music::Note,
    studio::commands::{BarsCommand, RollCommand},
};
use eframe::egui::{Memory, Pos2, pos2, vec2};

use super::{
    arrangement::{click_at, drag, place, playhead_is_at, press_at, right_click_at, with_parts},
    *,
};

/// Where a bar begins in the lane of a part, a little behind its line.
fn bar_of(harness: &Harness<'static, Studio>, part: usize, bar: u32) -> Pos2 {
    let part = &harness.state().score().parts[part];
    let lane = place(harness, &format!("Lane {}, {} notes", part.name, part.notes.len()));
    let end = harness.state().score().end().max(4 * 1920);
    pos2(lane.left() + lane.width() / 1.08 * (bar * 1920) as f32 / end as f32 + 1.0, lane.top() + 3.0)
}

fn starts(harness: &Harness<'static, Studio>, part: usize) -> Vec<u32> {
    harness.state().score().parts[part].notes.iter().map(|note| note.start / 1920).collect()
}

#[test]
fn bars_are_selected_over_lanes_looped_emptied_and_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let before = Arc::clone(harness.state().score());
    let (from, to) = (bar_of(&harness, 1, 2), bar_of(&harness, 2, 4));
    drag(&mut harness, from, to);
    place(&harness, "Selected: bars 3–4 of “Bass” to “Kit”");
    press(&mut harness, Modifiers::NONE, Key::L);
    assert_eq!(harness.state().document.transport.loop_range, Some(2 * 1920..4 * 1920));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(starts(&harness, 1), [0, 1, 4, 5, 6, 7]);
    assert_eq!(harness.state().score().parts[2].notes.len(), 24);
    assert_eq!(harness.state().score().parts[0], before.parts[0]);
    assert_eq!(harness.state().document.history.undo_label(), Some("Delete 2 bars"));
    assert_eq!(
        harness.state().why_not(RollCommand::Delete.into()).as_deref(),
        Some("Nothing is played in the selected bars")
    );
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score(), &before);

    // Shift grows them from where they began, all parts have them, Esc lets go
    let further = bar_of(&harness, 1, 6);
    harness.hover_at(further);
    for pressed in [true, false] {
        let button = eframe::egui::PointerButton::Primary;
        let modifiers = Modifiers::SHIFT;
        let event = eframe::egui::Event::PointerButton { pos: further, button, pressed, modifiers };
        harness.event_modifiers(event, modifiers);
        harness.step();
    }
    harness.run_steps(2);
    place(&harness, "Selected: bars 3–6 of Bass");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    place(&harness, "Selected: bars 3–6 of all parts");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label_contains("Selected: ").is_none());
    let why = harness.state().why_not(Command::Bars(BarsCommand::DeleteTime)).unwrap();
    assert!(why.contains("drag over the lanes"), "{why}");
}

#[test]
fn selected_bars_go_to_another_part_by_pointer_and_by_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let before = Arc::clone(harness.state().score());
    let (from, to) = (bar_of(&harness, 1, 2), bar_of(&harness, 1, 4));
    drag(&mut harness, from, to);
    let (grip, lower) = (bar_of(&harness, 1, 2) + vec2(8.0, 0.0), bar_of(&harness, 2, 2) + vec2(8.0, 0.0));
    drag(&mut harness, grip, lower);
    place(&harness, "Selected: bars 3–4 of Kit");
    assert_eq!(starts(&harness, 1), [0, 1, 4, 5, 6, 7]);
    let kit = &harness.state().score().parts[2].notes;
    let there: Vec<_> = kit.iter().filter(|note| (2 * 1920..4 * 1920).contains(&note.start)).copied().collect();
    assert_eq!(there, before.parts[1].notes[2..4], "instead of what was there");
    assert_eq!(harness.state().document.history.undo_label(), Some("Move 2 bars"));

    // by keys, while the lane has them
    harness.get_by_label_contains("Lane Kit").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowUp);
    place(&harness, "Selected: bars 3–4 of Bass");
    assert_eq!(harness.state().score().parts[1], before.parts[1]);
}

#[test]
fn what_is_replaced_is_told_and_taken_back_by_a_click() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let before = Arc::clone(harness.state().score());
    let (from, to) = (bar_of(&harness, 1, 2), bar_of(&harness, 1, 4));
    drag(&mut harness, from, to);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    assert_ne!(harness.state().score(), &before);
    harness.get_by_label("Replaced 8 notes of Kit in bars 3–4");
    click(&mut harness, "Undo this change");
    assert_eq!(harness.state().score(), &before);
    assert!(harness.query_by_label_contains("Replaced 8 notes").is_none());

    // by the pointer, of the same bars; another step, and it is no longer what undo takes back
    let (grip, lower) = (bar_of(&harness, 1, 2) + vec2(8.0, 0.0), bar_of(&harness, 2, 2) + vec2(8.0, 0.0));
    drag(&mut harness, grip, lower);
    harness.get_by_label("Replaced 8 notes of Kit in bars 3–4");
    harness.state_mut().document.edit_part(1, "Mute", |part| part.muted = true);
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("Replaced 8 notes").is_none());

    // where nothing is, nothing is said; notes of the roll stay beside others
    press(&mut harness, Modifiers::NONE, Key::F7);
    harness.state().services.ask(cantus::studio::actions::ComposeAction::ChoosePart(1));
    harness.run_steps(3);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    let kit = harness.state().score().parts[2].notes.len();
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    assert!(harness.state().score().parts[2].notes.len() > kit, "they are merged");
    assert!(texts(&harness).iter().all(|text| !text.contains("Replaced")), "{:?}", texts(&harness));
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowUp);
    harness.state_mut().document.edit("The same there", |score| {
        let notes = score.parts[1].notes[..2].to_vec();
        score.part_mut(2).unwrap().notes.splice(..0, notes);
        score.part_mut(2).unwrap().sort();
    });
    harness.run_steps(3);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    assert!(texts(&harness).iter().all(|text| !text.contains("Replaced")), "the very same are not lost");
    harness.state_mut().document.edit("A longer one there", |score| {
        score.part_mut(1).unwrap().notes = vec![note(480, 28)];
        score.part_mut(2).unwrap().notes = vec![Note { duration: 1920, ..note(0, 28) }, note(0, 36)];
    });
    harness.state().services.ask(cantus::studio::actions::ComposeAction::ChoosePart(1));
    harness.run_steps(3);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    harness.get_by_label("Replaced or cut 1 note of Kit on the same pitches");
}

#[test]
fn an_undo_selects_what_was_selected_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    harness.state_mut().document.edit("Three bars", |score| score.part_mut(1).unwrap().notes.truncate(3));
    harness.run_steps(2);
    let (from, to) = (bar_of(&harness, 1, 2), bar_of(&harness, 1, 3));
    drag(&mut harness, from, to);
    place(&harness, "Selected: bar 3 of Bass");
    press(&mut harness, Modifiers::COMMAND, Key::D);
    place(&harness, "Selected: bar 4 of Bass");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    place(&harness, "Selected: bar 3 of Bass");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(harness.query_by_label("Selected: bar 4 of Bass").is_none());
}

#[test]
fn bars_are_copied_pasted_repeated_and_dragged() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    harness.state_mut().document.edit("Two bars", |score| score.part_mut(1).unwrap().notes.truncate(2));
    harness.run_steps(2);
    let before = Arc::clone(harness.state().score());
    let (from, to) = (bar_of(&harness, 1, 0), bar_of(&harness, 1, 2));
    drag(&mut harness, from, to);
    press(&mut harness, Modifiers::COMMAND, Key::C);
    press(&mut harness, Modifiers::COMMAND, Key::D);
    assert_eq!(starts(&harness, 1), [0, 1, 2, 3]);
    place(&harness, "Selected: bars 3–4 of Bass");
    press(&mut harness, Modifiers::COMMAND, Key::D);
    assert_eq!(starts(&harness, 1), [0, 1, 2, 3, 4, 5]);
    assert_eq!(harness.state().document.history.undo_label(), Some("Duplicate 2 bars"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score(), &before);

    harness.state_mut().services.sound.seek(6 * 1920);
    playhead_is_at(&mut harness, 6 * 1920);
    press(&mut harness, Modifiers::COMMAND, Key::V);
    assert_eq!(starts(&harness, 1), [0, 1, 6, 7]);
    place(&harness, "Selected: bars 7–8 of Bass");
    // the arrows move them by bars with Alt, as they move notes in the roll
    let lane = bar_of(&harness, 1, 0);
    click_at(&mut harness, lane);
    let (from, to) = (bar_of(&harness, 1, 6), bar_of(&harness, 1, 8));
    drag(&mut harness, from, to);
    press(&mut harness, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(starts(&harness, 1), [0, 1, 5, 6]);

    // dragged, and given up by Esc
    let (from, to) = (bar_of(&harness, 1, 5), bar_of(&harness, 1, 3));
    press_at(&mut harness, from, true);
    harness.hover_at(to);
    harness.run_steps(2);
    assert_eq!(starts(&harness, 1), [0, 1, 3, 4], "shown while it is dragged");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press_at(&mut harness, to, false);
    assert_eq!(starts(&harness, 1), [0, 1, 5, 6]);
    let (from, to) = (bar_of(&harness, 1, 5), bar_of(&harness, 1, 1));
    drag(&mut harness, from, to);
    assert_eq!(starts(&harness, 1), [0, 1, 2], "what was there is replaced");
    assert_eq!(harness.state().document.history.undo_label(), Some("Move 2 bars"));
    press(&mut harness, Modifiers::COMMAND, Key::X);
    assert_eq!(starts(&harness, 1), [0]);
}

#[test]
fn plain_arrows_select_other_bars_and_change_no_note() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let before = Arc::clone(harness.state().score());
    let lane = bar_of(&harness, 1, 0);
    click_at(&mut harness, lane);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    playhead_is_at(&mut harness, 1920);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    place(&harness, "Selected: bar 2 of Bass");
    let go = |harness: &mut Harness<'static, Studio>, modifiers, key, selected: &str| {
        press(harness, modifiers, key);
        harness.run_steps(2);
        place(harness, &format!("Selected: {selected}"));
    };
    // also where no lane has the keys
    for lane_has_keys in [true, false] {
        if !lane_has_keys {
            harness.ctx.memory_mut(Memory::stop_text_input);
            harness.run_steps(2);
        }
        let ways = [
            (Key::ArrowRight, "bar 3 of Bass"),
            (Key::ArrowDown, "bar 3 of Kit"),
            (Key::ArrowDown, "bar 3 of Kit"),
            (Key::ArrowUp, "bar 3 of Bass"),
            (Key::ArrowLeft, "bar 2 of Bass"),
        ];
        for (key, selected) in ways {
            go(&mut harness, Modifiers::NONE, key, selected);
            let part = if selected.ends_with("Kit") { 2 } else { 1 };
            assert_eq!(harness.state().document.part, part, "{key:?}");
        }
        let ways = [
            (Key::ArrowRight, "bars 2–3 of Bass"),
            (Key::ArrowUp, "bars 2–3 of “Melody” to “Bass”"),
            (Key::ArrowDown, "bars 2–3 of Bass"),
            (Key::ArrowLeft, "bar 2 of Bass"),
            (Key::ArrowLeft, "bars 1–2 of Bass"),
            (Key::ArrowRight, "bar 2 of Bass"),
        ];
        for (key, selected) in ways {
            go(&mut harness, Modifiers::SHIFT, key, selected);
        }
    }
    assert_eq!(harness.state().score(), &before);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(harness.state().document.part, 0, "where nothing is selected, the part is chosen");
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    playhead_is_at(&mut harness, 0);
    assert_eq!(harness.state().score(), &before);
    click_at(&mut harness, lane);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::ALT, Key::ArrowRight);
    assert_eq!(starts(&harness, 1), [1, 2, 3, 4, 5, 6, 7], "Alt moves them");
}

#[test]
fn above_the_roll_the_arrows_are_for_what_is_selected() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F6);
    let before = Arc::clone(harness.state().score());
    let (from, to) = (bar_of(&harness, 1, 2), bar_of(&harness, 1, 3));
    drag(&mut harness, from, to);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    place(&harness, "Selected: bar 4 of Bass");
    assert_eq!(harness.state().score(), &before);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    // a note that is chosen in its lane is the roll's
    let lane = place(&harness, "Lane Bass, 8 notes");
    click_at(&mut harness, lane.left_center() + vec2(3.0, 2.0));
    let pitch = before.parts[1].notes[0].pitch;
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(harness.state().score().parts[1].notes[0].pitch.transposed(-1), Some(pitch));
}

#[test]
fn the_key_for_menus_opens_that_of_the_bars_and_escape_leaves_the_lane_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let before = Arc::clone(harness.state().score());
    let lane = bar_of(&harness, 1, 0);
    click_at(&mut harness, lane);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label_contains("Selected: ").is_none());
    assert_eq!(keyboard::focused(&harness), "Lane Bass, 8 notes");
    for (modifiers, key) in [(Modifiers::SHIFT, Key::F10), (Modifiers::NONE, Key::Menu)] {
        press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
        press(&mut harness, modifiers, key);
        harness.run_steps(3);
        harness.get_by_label("Paste at playhead");
        assert_eq!(keyboard::focused(&harness), "Cut");
        press(&mut harness, Modifiers::NONE, Key::Escape);
        harness.run_steps(3);
        assert!(harness.query_by_label("Paste at playhead").is_none());
        assert_eq!(keyboard::focused(&harness), "Lane Bass, 8 notes");
        assert_eq!(harness.state().score(), &before);
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn time_is_put_in_taken_out_and_repeated_with_sections_and_chords() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let before = Arc::clone(harness.state().score());
    let sections = |harness: &Harness<'static, Studio>| -> Vec<(u32, String)> {
        let sections = &harness.state().score().sections;
        sections.iter().map(|section| (section.tick / 1920, section.label.clone())).collect()
    };
    // from the keyboard: a lane has the focus, the playhead is at the third bar
    let lane = bar_of(&harness, 1, 0);
    click_at(&mut harness, lane);
    harness.state_mut().services.sound.seek(2 * 1920);
    playhead_is_at(&mut harness, 2 * 1920);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowDown);
    place(&harness, "Selected: bars 3–4 of “Bass” to “Kit”");
    harness.state_mut().document.transport.loop_range = Some(4 * 1920..6 * 1920);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    assert_eq!(starts(&harness, 1), [0, 1, 4, 5, 6, 7, 8, 9]);
    assert_eq!(harness.state().document.transport.loop_range, Some(6 * 1920..8 * 1920), "the loop stays on its bars");
    assert_eq!(sections(&harness), [(0, "A".to_owned()), (6, "B".to_owned())]);
    assert_eq!(harness.state().document.history.undo_label(), Some("Insert 2 bars"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().document.transport.loop_range, Some(4 * 1920..6 * 1920));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    place(&harness, "Lane Bass, 8 notes");
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    assert_eq!(harness.state().score(), &before);
    assert_eq!(harness.state().document.transport.loop_range, Some(4 * 1920..6 * 1920));
    press(&mut harness, Modifiers::ALT, Key::A);
    place(&harness, "Selected: bar 3 of Bass");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    assert_eq!(harness.state().score().end(), before.end() + 1920);
    assert_eq!(sections(&harness), [(0, "A".to_owned()), (5, "B".to_owned())]);
    place(&harness, "Selected: bar 4 of Bass");
}

#[test]
fn the_menu_of_the_lanes_is_for_the_bar_under_the_pointer_and_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let pos = bar_of(&harness, 2, 3) + vec2(12.0, 4.0);
    right_click_at(&mut harness, pos);
    place(&harness, "Selected: bar 4 of Kit");
    assert!(harness.get_by_label("Paste at playhead").accesskit_node().is_disabled());
    click(&mut harness, "Delete time");
    assert_eq!(harness.state().score().parts[2].notes.len(), 28);
    assert_eq!(starts(&harness, 1).len(), 7);
}

#[test]
fn edits_of_notes_are_for_the_bars_that_are_selected() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    harness.state_mut().document.edit("Late", |score| {
        for part in 1..3 {
            for note in &mut score.part_mut(part).unwrap().notes {
                note.start += 13;
            }
        }
    });
    harness.run_steps(2);
    let before = Arc::clone(harness.state().score());
    let (from, to) = (bar_of(&harness, 1, 2), bar_of(&harness, 2, 4));
    drag(&mut harness, from, to);
    place(&harness, "Selected: bars 3–4 of “Bass” to “Kit”");

    // on the grid are the notes of these bars and parts, and no others
    press(&mut harness, Modifiers::NONE, Key::Q);
    let on_grid = |harness: &Harness<'static, Studio>, part: usize| -> Vec<u32> {
        let notes = &harness.state().score().parts[part].notes;
        notes.iter().filter(|note| note.start % 120 == 0).map(|note| note.start / 480).collect()
    };
    assert_eq!(on_grid(&harness, 1), [8, 12]);
    assert_eq!(on_grid(&harness, 2), (8..16).collect::<Vec<_>>());
    assert_eq!(harness.state().score().parts[0], before.parts[0]);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score(), &before);
    place(&harness, "Selected: bars 3–4 of “Bass” to “Kit”");

    // a kit beside other parts is not transposed
    press(&mut harness, Modifiers::NONE, Key::T);
    harness.get_by_label_contains("10 notes in the selected bars");
    click(&mut harness, "Octave up");
    assert_eq!(harness.state().score().parts[2], before.parts[2]);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let pitches = |harness: &Harness<'static, Studio>, part: usize| -> Vec<u8> {
        harness.state().score().parts[part].notes.iter().map(|note| note.pitch.get()).collect()
    };
    assert_eq!(pitches(&harness, 1), [28, 28, 40, 40, 28, 28, 28, 28]);
    assert_eq!(harness.state().document.history.undo_label(), Some("Transpose by +12 semitones"));
    harness.state().services.ask(Command::from(RollCommand::OctaveDown));
    harness.run_steps(2);
    assert_eq!(pitches(&harness, 1), [28; 8]);
    assert_eq!(harness.state().document.history.undo_label(), Some("Transpose 2 notes"));
    harness.state().services.ask(Command::from(RollCommand::Louder));
    harness.run_steps(2);
    assert_eq!(harness.state().document.history.undo_label(), Some("Set velocity of 10 notes"));

    // all of them are stretched alike
    harness.state().services.ask(Command::Stretch);
    harness.run_steps(2);
    click(&mut harness, "Half");
    click(&mut harness, "Apply");
    let starts =
        |part: usize| harness.state().score().parts[part].notes.iter().map(|note| note.start).collect::<Vec<_>>();
    assert_eq!(starts(1)[2..4], [2 * 1920 + 13, 2 * 1920 + 13 + 960]);
    assert_eq!(starts(2)[8..16], [0, 1, 2, 3, 4, 5, 6, 7].map(|eighth| 2 * 1920 + 13 + eighth * 240));

    // other bars, and the window of a tool is for others
    press(&mut harness, Modifiers::NONE, Key::T);
    let (from, to) = (bar_of(&harness, 1, 5), bar_of(&harness, 1, 6));
    drag(&mut harness, from, to);
    assert!(harness.state().dialogs.note_tool.is_none());
    harness.state_mut().services.sound.seek(20 * 1920);
    playhead_is_at(&mut harness, 20 * 1920);
    press(&mut harness, Modifiers::ALT, Key::A);
    for command in [Command::Quantise, RollCommand::Louder.into()] {
        let why = harness.state().why_not(command);
        assert_eq!(why.as_deref(), Some("There are no notes in the selected bars"));
    }
}
