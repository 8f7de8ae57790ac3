//! All parts at once: the arrangement, the mixer, and the chords and sections above the notes.

use cantus::{
    music::{SectionChange, edit::Selection},
    studio::{commands::RollCommand, page::ComposeView, pages::compose::roll::Tool},
};
use eframe::egui::{Pos2, Rect, pos2, vec2};

use super::{commands::walk, *};

/// Three parts over eight bars, one of them out of the roll's sight, with chords and sections.
pub fn with_parts(harness: &mut Harness<'static, Studio>) {
    harness.state_mut().document.edit("Parts", |score| {
        let mut bass = Part { notes: (0..8).map(|bar| note(bar * 1920, 28)).collect(), ..Part::new("Bass", 32) };
        bass.color = 2;
        let mut kit = Part { is_drum: true, ..Part::new("Kit", 0) };
        kit.notes = (0..32).map(|beat| note(beat * 480, if beat % 2 == 0 { 36 } else { 38 })).collect();
        score.parts.truncate(1);
        score.parts.extend([bass, kit].map(Arc::new));
        score.chords = vec![chord(0, 0), chord(3840, 5), chord(7680, 7)];
        let section = |tick, label: &str| SectionChange { tick, label: label.to_owned() };
        score.sections = vec![section(0, "A"), section(7680, "B")];
    });
    harness.run_steps(3);
}

fn view(harness: &Harness<'static, Studio>) -> ComposeView {
    harness.state().pages.compose.editor.view
}

/// Waits until the sound says that the playhead is there.
pub fn playhead_is_at(harness: &mut Harness<'static, Studio>, tick: u32) {
    until(harness, &format!("the playhead is at {tick}"), |studio| studio.services.playhead() == tick);
}

/// Where what is called so lies.
pub fn place(harness: &Harness<'static, Studio>, label: &str) -> Rect {
    let place = harness.get_by_label(label).rect();
    assert!(place.is_positive(), "{label} at {place:?}");
    place
}

pub fn press_at(harness: &mut Harness<'static, Studio>, pos: Pos2, pressed: bool) {
    harness.hover_at(pos);
    harness.step();
    harness.event(eframe::egui::Event::PointerButton {
        pos,
        button: eframe::egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    harness.step();
}

pub fn right_click_at(harness: &mut Harness<'static, Studio>, pos: Pos2) {
    harness.hover_at(pos);
    harness.step();
    for pressed in [true, false] {
        let button = eframe::egui::PointerButton::Secondary;
        harness.event(eframe::egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        harness.step();
    }
    harness.run_steps(2);
}

pub fn click_at(harness: &mut Harness<'static, Studio>, pos: Pos2) {
    press_at(harness, pos, true);
    press_at(harness, pos, false);
    harness.run_steps(2);
}

/// Presses at a place and lets go at another.
pub fn drag(harness: &mut Harness<'static, Studio>, from: Pos2, to: Pos2) {
    press_at(harness, from, true);
    harness.hover_at(from + (to - from) / 3.0);
    harness.step();
    press_at(harness, to, false);
    harness.run_steps(2);
}

pub fn double_click_at(harness: &mut Harness<'static, Studio>, pos: Pos2) {
    // frames of tests are a quarter of a second apart; earlier clicks are to be long ago
    harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 2.0);
    harness.run_steps(20);
    click_at(harness, pos);
    click_at(harness, pos);
}

#[test]
fn every_part_has_a_lane_that_chooses_and_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert_eq!(view(&harness), ComposeView::Arrangement);
    let bass = place(&harness, "Lane Bass, 8 notes");
    let kit = place(&harness, "Lane Kit, 32 notes");
    assert!(bass.bottom() <= kit.top() + 0.5 && bass.x_range() == kit.x_range());

    click_at(&mut harness, bass.right_top() + vec2(-4.0, 4.0));
    assert_eq!(harness.state().document.part, 1);
    assert!(harness.state().pages.compose.editor.roll.selection().is_empty());
    // keys go on from the lane that was clicked
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(harness.state().document.part, 2);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    playhead_is_at(&mut harness, 1920);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!((view(&harness), harness.state().document.part), (ComposeView::Roll, 2));

    press(&mut harness, Modifiers::NONE, Key::F5);
    let bass = place(&harness, "Lane Bass, 8 notes");
    double_click_at(&mut harness, bass.center());
    assert_eq!((view(&harness), harness.state().document.part), (ComposeView::Roll, 1));
}

#[test]
fn a_note_is_selected_where_the_roll_shows_it_and_deleted_with_one_step_of_undo() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F6);
    // the bass has one pitch, in the middle of its lane, at each bar
    let lane = place(&harness, "Lane Bass, 8 notes");
    let first = lane.left_center() + vec2(3.0, 2.0);
    click_at(&mut harness, first);
    let bass = Arc::clone(&harness.state().score().parts[1]);
    assert_eq!(harness.state().pages.compose.editor.roll.selection(), &Selection::from(bass.notes[0]));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(harness.state().score().parts[1].notes, bass.notes[1..]);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().parts[1].notes, bass.notes);
}

#[test]
fn a_click_in_the_arrangement_alone_selects_no_note_that_nobody_sees() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let before = Arc::clone(harness.state().score());
    press(&mut harness, Modifiers::NONE, Key::F7);
    press(&mut harness, Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(harness.state().pages.compose.editor.roll.selection().len(), 1);
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    let lane = place(&harness, "Lane Bass, 8 notes");
    click_at(&mut harness, lane.left_center() + vec2(3.0, 2.0));
    assert_eq!(harness.state().document.part, 1);
    for (modifiers, key) in [(Modifiers::NONE, Key::Delete), (Modifiers::COMMAND, Key::X)] {
        press(&mut harness, modifiers, key);
    }
    assert_eq!(harness.state().score(), &before, "nothing was removed");
    assert_eq!(harness.state().why_not(RollCommand::Delete.into()).as_deref(), Some("No notes are selected"));
    assert!(harness.state().why_not(RollCommand::SelectNext.into()).unwrap().contains("F7"));
    // all notes of a part are seen as selected, and go together
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(harness.state().score().parts[1].notes.is_empty());
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score(), &before);
}

#[test]
fn the_ruler_seeks_and_a_drag_over_bars_is_the_loop() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let ruler = place(&harness, "Ruler of the arrangement, playhead at bar 1, beat 1");
    let end = harness.state().score().end();
    let x = |bar: u32| ruler.left() + ruler.width() / 1.08 * (bar * 1920) as f32 / end as f32;
    let at = |bar: u32| pos2(x(bar) + 1.0, ruler.bottom() - 4.0);
    click_at(&mut harness, at(4));
    playhead_is_at(&mut harness, 4 * 1920);
    assert_eq!(harness.state().document.transport.loop_range, None);

    drag(&mut harness, at(2), at(6));
    assert_eq!(harness.state().document.transport.loop_range, Some(2 * 1920..6 * 1920));
    assert!(harness.state().document.transport.looping);
    assert_eq!(harness.state().services.playhead(), 4 * 1920, "a drag does not seek");

    // Esc gives a drag up
    press_at(&mut harness, at(1), true);
    harness.hover_at(at(7));
    harness.step();
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press_at(&mut harness, at(7), false);
    assert_eq!(harness.state().document.transport.loop_range, Some(2 * 1920..6 * 1920));
}

#[test]
fn chords_and_sections_are_named_and_a_click_goes_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    assert!(harness.query_by_label("Chord C, bar 1").is_none());
    with_parts(&mut harness);
    for key in [Key::F7, Key::F5] {
        press(&mut harness, Modifiers::NONE, key);
        press(&mut harness, Modifiers::NONE, Key::Home);
        place(&harness, "Chord C, bar 1");
        let chord = place(&harness, "Chord F, bar 3");
        click_at(&mut harness, chord.center());
        playhead_is_at(&mut harness, 3840);
    }
    let section = place(&harness, "Section B, bar 5");
    right_click_at(&mut harness, section.center());
    click(&mut harness, "Loop this section");
    let end = harness.state().score().end();
    assert_eq!(harness.state().document.transport.loop_range, Some(7680..end));
}

#[test]
fn the_mixer_has_a_strip_for_each_part_and_shows_no_notes_to_edit() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let knobs_are_in_order = |harness: &Harness<'static, Studio>| {
        let knobs = ["Pan of Bass", "Chorus of Bass", "Reverb of Bass"];
        assert!(knobs.map(|knob| place(harness, knob).left()).is_sorted());
    };
    knobs_are_in_order(&harness);
    press(&mut harness, Modifiers::ALT, Key::Num1); // the cards have the same controls
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::F9);
    for name in ["Melody", "Bass", "Kit"] {
        for control in ["Volume of", "Pan of", "Reverb of", "Chorus of", "Level of", "Mute", "Solo"] {
            place(&harness, &format!("{control} {name}"));
        }
    }
    knobs_are_in_order(&harness);
    click(&mut harness, "Mute Bass");
    assert!(harness.state().score().parts[1].muted);
    harness.get_by_label("Volume of Kit").focus();
    harness.step();
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert!(harness.state().score().parts[2].volume > 100);
    click(&mut harness, "Volume of Bass in decibels");
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.event(eframe::egui::Event::Text("-12".to_owned()));
    harness.step();
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().score().parts[1].volume, 50);
    assert_eq!(harness.state().document.history.undo_label(), Some("Volume"));
    assert!(harness.query_all_by_label("Master volume").count() == 2, "in the transport, and as a strip");

    let notes = harness.state().score().parts[0].notes.len();
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(harness.state().score().parts[0].notes.len(), notes, "what is not seen is not deleted");
    let reason = harness.state().why_not(Command::ToolDraw).unwrap();
    assert!(reason.contains("F7"), "{reason}");
}

#[test]
fn the_view_is_switched_by_buttons_and_comes_back_with_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    for wanted in ComposeView::ALL.into_iter().rev() {
        click(&mut harness, Command::View(wanted).entry().title);
        assert_eq!(view(&harness), wanted);
    }
    assert!(harness.query_by_label_contains("Piano roll, Melody").is_some());
    click(&mut harness, "Arrangement and piano roll");
    let lane = place(&harness, "Lane Bass, 8 notes");
    let roll = harness.state().pages.compose.editor.roll.coordinates().area();
    assert!(lane.bottom() < roll.top() && roll.height() > 80.0, "{lane:?} {roll:?}");
    harness.state_mut().pages.compose.editor.tool = Tool::Pencil;
    eframe::App::on_exit(harness.state_mut(), None);
    drop(harness);
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    until(&mut harness, "the session is back", |studio| studio.score().parts.len() == 3);
    assert_eq!(view(&harness), ComposeView::Both);
}

#[test]
fn a_part_out_of_sight_is_scrolled_to_and_all_parts_can_be_fitted() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let sees = |harness: &Harness<'static, Studio>, pitch| {
        harness.state().pages.compose.editor.roll.coordinates().visible_pitches().contains(&Pitch::clamped(pitch))
    };
    press(&mut harness, Modifiers::ALT, Key::Z);
    assert!(sees(&harness, 66) && !sees(&harness, 28), "the melody alone");
    press(&mut harness, Modifiers::ALT, Key::PageDown);
    assert_eq!(harness.state().document.part, 1);
    assert!(sees(&harness, 28), "the bass came in sight");
    press(&mut harness, Modifiers::SHIFT, Key::Z);
    assert!(sees(&harness, 66) && sees(&harness, 28), "all parts");
    let ticks = harness.state().pages.compose.editor.roll.coordinates().visible_ticks();
    assert!(ticks.start == 0 && ticks.end >= harness.state().score().end());
    press(&mut harness, Modifiers::ALT, Key::Z);
    assert!(!sees(&harness, 66), "the bass alone");
}

#[test]
fn home_and_end_move_the_view_though_the_playhead_is_there_already() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let seen =
        |harness: &Harness<'static, Studio>| harness.state().pages.compose.editor.roll.coordinates().visible_ticks();
    for _ in 0..8 {
        press(&mut harness, Modifiers::COMMAND, Key::PageDown);
    }
    assert!(seen(&harness).start > 0);
    press(&mut harness, Modifiers::NONE, Key::Home);
    playhead_is_at(&mut harness, 0);
    assert_eq!(seen(&harness).start, 0);
    let end = harness.state().score().end();
    press(&mut harness, Modifiers::NONE, Key::End);
    playhead_is_at(&mut harness, end);
    assert!(seen(&harness).contains(&(end - 1)), "{:?}", seen(&harness));
}

#[test]
fn an_empty_composition_says_what_to_do_and_every_view_fits_in_small_windows() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    for size in [vec2(1440.0, 900.0), vec2(1280.0, 720.0), vec2(800.0, 500.0), vec2(640.0, 400.0)] {
        harness.set_size(size);
        for view in ComposeView::ALL {
            harness.state().services.ask(Command::View(view));
            harness.run_steps(3);
            let mut outside = Vec::new();
            walk(harness.root().accesskit_node(), &mut |node| {
                let Some(place) = node.bounding_box().filter(|_| node.label().is_some() && !node.is_hidden()) else {
                    return;
                };
                let is_lane = node.label().is_some_and(|label| label.starts_with("Lane "));
                if is_lane && (place.x1 as f32 > size.x + 1.0 || place.x1 - place.x0 < 60.0) {
                    outside.push((node.label(), place));
                }
            });
            assert!(outside.is_empty(), "{view:?} {size}: {outside:?}");
        }
    }
    harness.set_size(vec2(1440.0, 900.0));
    harness.state().services.ask(Command::View(ComposeView::Mixer));
    harness.state_mut().document.edit("Nothing", |score| score.parts.clear());
    harness.run_steps(3);
    assert!(harness.query_by_label("No part yet").is_some());
}

#[test]
fn selected_notes_and_bars_go_to_another_part_by_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    harness.state_mut().document.edit_part(0, "Two notes", |part| part.notes = vec![note(0, 60), note(2000, 62)]);
    harness.run_steps(2);
    let before = Arc::clone(harness.state().score());
    press(&mut harness, Modifiers::COMMAND, Key::A);
    let why = harness.state().why_not(RollCommand::ToPreviousPart.into()).unwrap();
    assert!(why.contains("no part before"), "{why}");
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    let score = harness.state().score();
    assert_eq!((score.parts[0].notes.len(), score.parts[1].notes.len()), (0, before.parts[1].notes.len() + 2));
    assert_eq!(harness.state().document.history.undo_label(), Some("Move 2 notes to Bass"));
    assert_eq!(harness.state().document.part, 1, "the part that they are in is edited now");
    assert_eq!(harness.state().pages.compose.editor.roll.selection().len(), 2, "and they stay selected");
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowUp);
    assert_eq!(harness.state().score().parts, before.parts, "and back");

    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::ALT, Key::A);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    let score = harness.state().score();
    assert_eq!(score.parts[0].notes, [note(2000, 62)], "the second bar stays");
    assert_eq!(score.parts[1].notes[0], note(0, 60), "in place of what was there");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().score().parts, before.parts);
}

#[test]
fn the_arrangement_gets_higher_and_lower_without_a_mouse() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    assert!(harness.state().why_not(Command::TallerArrangement).is_some_and(|why| why.contains("F6")));
    press(&mut harness, Modifiers::NONE, Key::F6);
    harness.run_steps(3);
    let top = |harness: &Harness<'static, Studio>| harness.state().pages.compose.editor.roll.coordinates().area().top();
    let before = top(&harness);
    for (command, moved) in [(Command::TallerArrangement, 40.0), (Command::LowerArrangement, 0.0)] {
        harness.state().services.ask(command);
        harness.run_steps(3);
        assert_eq!((top(&harness) - before).round(), moved, "{command:?}");
    }
}

#[test]
fn a_name_is_typed_by_double_click_key_or_menu_and_a_click_beside_it_only_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let text_fields = |harness: &Harness<'static, Studio>, label: &str| {
        harness.query_by_role_and_label(eframe::egui::accesskit::Role::TextInput, label).is_some()
    };
    let name = |harness: &Harness<'static, Studio>, part: usize| harness.state().score().parts[part].name.clone();
    let rename = |harness: &mut Harness<'static, Studio>, part: usize, to: &str| {
        let field = format!("Name of part {}", part + 1);
        harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, &field).type_text(to);
        harness.run_steps(2);
        press(harness, Modifiers::NONE, Key::Enter);
        assert!(!text_fields(harness, &field));
    };
    // on its card
    let place_of_name = place(&harness, "Name of part 2");
    click_at(&mut harness, place_of_name.right_center() - vec2(2.0, 0.0));
    assert!(!text_fields(&harness, "Name of part 2") && harness.state().document.part == 1);
    double_click_at(&mut harness, place_of_name.left_center() + vec2(8.0, 0.0));
    rename(&mut harness, 1, "Low");
    assert_eq!(name(&harness, 1), "Low", "what was there was selected");
    press(&mut harness, Modifiers::NONE, Key::F2);
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, "Name of part 2").type_text("Other");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(name(&harness, 1), "Low", "given up");
    // in the header of its lane
    press(&mut harness, Modifiers::NONE, Key::F5);
    let in_lane = place(&harness, "Name in the lane: Kit");
    click_at(&mut harness, in_lane.center());
    assert!(!text_fields(&harness, "Name of part 3") && harness.state().document.part == 2);
    double_click_at(&mut harness, in_lane.left_center() + vec2(8.0, 0.0));
    assert_eq!(view(&harness), ComposeView::Arrangement, "the part is not opened");
    rename(&mut harness, 2, "Drums");
    right_click_at(&mut harness, in_lane.center());
    click(&mut harness, "Rename part");
    rename(&mut harness, 2, "Toms");
    assert_eq!((name(&harness, 2), name(&harness, 1)), ("Toms".to_owned(), "Low".to_owned()));
    assert_eq!(harness.state().document.history.undo_label(), Some("Rename part"));
}

#[test]
fn the_focus_and_the_chosen_part_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let has_focus =
        |harness: &Harness<'static, Studio>, label: &str| harness.get_by_label(label).accesskit_node().is_focused();
    let bass = place(&harness, "Lane Bass, 8 notes");
    click_at(&mut harness, bass.right_top() + vec2(-4.0, 4.0));
    assert!(has_focus(&harness, "Lane Bass, 8 notes"));
    // chosen by a key, and on its card
    press(&mut harness, Modifiers::ALT, Key::PageDown);
    harness.run_steps(2);
    assert!(harness.state().document.part == 2 && has_focus(&harness, "Lane Kit, 32 notes"));
    click(&mut harness, "Part Bass");
    harness.get_by_label("Lane Bass, 8 notes").focus();
    harness.run_steps(3);
    assert!(harness.state().document.part == 1 && has_focus(&harness, "Lane Bass, 8 notes"));
    // one that the focus comes to is chosen
    press(&mut harness, Modifiers::NONE, Key::Tab);
    harness.run_steps(2);
    assert!(harness.state().document.part == 2 && has_focus(&harness, "Lane Kit, 32 notes"));
}
