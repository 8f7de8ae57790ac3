//! Sections, chords, tempi and time signatures that are edited where they stand.

use cantus::{
    music::{KeyChange, edit::MarkKind},
    studio::commands::{MarkCommand, RollCommand},
};
use eframe::egui::{Pos2, vec2};

use super::{
    arrangement::{click_at, double_click_at, drag, place, playhead_is_at, press_at, right_click_at, with_parts},
    *,
};

/// What each mark of a kind says, and the bar in which it begins, counted from 0.
fn marks(harness: &Harness<'static, Studio>, kind: MarkKind) -> Vec<(u32, String)> {
    let score = harness.state().score();
    kind.ticks(score).into_iter().map(|tick| (tick / 1920, kind.text_at(score, tick, None))).collect()
}

fn said(marks: &[(u32, &str)]) -> Vec<(u32, String)> {
    marks.iter().map(|(bar, text)| (*bar, (*text).to_owned())).collect()
}

/// Types into the field that is open, and says yes.
fn type_into(harness: &mut Harness<'static, Studio>, label: &str, text: &str) {
    harness.get_by_label(label).type_text(text);
    harness.run_steps(2);
    press(harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(2);
}

fn undo_label<'a>(harness: &'a Harness<'static, Studio>) -> Option<&'a str> {
    harness.state().document.history.undo_label()
}

#[test]
fn a_section_is_renamed_moved_and_taken_out_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let before = Arc::clone(harness.state().score());
    for key in [Key::F5, Key::F7] {
        press(&mut harness, Modifiers::NONE, key);
        press(&mut harness, Modifiers::SHIFT, Key::Z);
        let section = place(&harness, "Section B, bar 5");
        double_click_at(&mut harness, section.center());
        type_into(&mut harness, "Name of the section from bar 5", "Chorus");
        assert_eq!(marks(&harness, MarkKind::Section), said(&[(0, "A"), (4, "Chorus")]));
        assert_eq!(undo_label(&harness), Some("Rename section"));
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        assert_eq!(harness.state().score(), &before);
        assert!(harness.query_by_label("Name of the section from bar 5").is_none());
    }
    // Esc leaves it as it was
    press(&mut harness, Modifiers::NONE, Key::F5);
    let section = place(&harness, "Section B, bar 5");
    double_click_at(&mut harness, section.center());
    harness.get_by_label("Name of the section from bar 5").type_text("Nothing");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().score(), &before);

    let bar = place(&harness, "Section A, bar 1").width() / 4.0;
    drag(&mut harness, section.left_center(), section.left_center() - vec2(2.0 * bar, 0.0));
    assert_eq!(marks(&harness, MarkKind::Section), said(&[(0, "A"), (2, "B")]));
    assert_eq!(undo_label(&harness), Some("Move section"));
    let section = place(&harness, "Section B, bar 3");
    press_at(&mut harness, section.left_center(), true);
    harness.hover_at(section.left_center() + vec2(3.0 * bar, 0.0));
    harness.run_steps(2);
    assert_eq!(marks(&harness, MarkKind::Section), said(&[(0, "A"), (5, "B")]), "shown while it is dragged");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press_at(&mut harness, section.left_center(), false);
    assert_eq!(marks(&harness, MarkKind::Section), said(&[(0, "A"), (2, "B")]));

    right_click_at(&mut harness, section.center());
    click(&mut harness, "Delete section B");
    assert_eq!(marks(&harness, MarkKind::Section), said(&[(0, "A")]));
}

#[test]
fn chords_are_typed_as_musicians_write_them_and_refused_with_a_word_of_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let chord = place(&harness, "Chord F, bar 3");
    double_click_at(&mut harness, chord.center());
    type_into(&mut harness, "Chord in bar 3", "H7");
    harness.get_by_label_contains("A chord begins with its root");
    assert_eq!(marks(&harness, MarkKind::Chord)[1], (2, "F".to_owned()));
    harness.get_by_label("Chord in bar 3").focus();
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_into(&mut harness, "Chord in bar 3", "F#m7b5");
    assert_eq!(marks(&harness, MarkKind::Chord)[1], (2, "F#m7b5".to_owned()));
    assert_eq!(undo_label(&harness), Some("Change chord"));

    // from the keyboard, where the playhead is; the row comes with the first chord
    harness.state_mut().document.edit("No chords", |score| score.chords.clear());
    harness.state_mut().services.sound.seek(1920 + 500);
    playhead_is_at(&mut harness, 1920 + 500);
    press(&mut harness, Modifiers::NONE, Key::F7);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::C);
    type_into(&mut harness, "Chord in bar 2", "G/B");
    assert_eq!(MarkKind::Chord.ticks(harness.state().score()), [1920 + 480]);
    place(&harness, "Chord G/B, bar 2");
    let why = harness.state().why_not(Command::Mark(MarkCommand::Delete, MarkKind::Tempo)).unwrap();
    assert!(why.contains("F5"), "{why}");
}

#[test]
fn a_time_signature_is_added_from_the_menu_of_the_ruler() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    let section = place(&harness, "Section B, bar 5");
    let ruler = place(&harness, "Ruler of the arrangement, playhead at bar 1, beat 1");
    let at = |x: f32| Pos2::new(x, ruler.center().y);
    right_click_at(&mut harness, at(section.left() + 4.0));
    assert!(harness.get_by_label("Loop on / off").accesskit_node().is_disabled());
    click(&mut harness, "Add time signature here");
    type_into(&mut harness, "Time signature from bar 5", "3/4");
    assert_eq!(marks(&harness, MarkKind::Metre), said(&[(0, "4/4"), (4, "3/4")]));
    right_click_at(&mut harness, at(section.left() + 4.0));
    click(&mut harness, "Delete time signature 3/4");
    assert_eq!(marks(&harness, MarkKind::Metre), said(&[(0, "4/4")]));
}

#[test]
fn a_list_closes_when_a_choice_is_taken_by_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::ComboBox, "Time signature").click();
    harness.run_steps(3);
    harness.get_by_label("3/4").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(2);
    assert_eq!(marks(&harness, MarkKind::Metre), said(&[(0, "3/4")]));
    assert!(harness.query_by_label("5/4").is_none(), "the list is closed");
}

#[test]
fn the_tempo_track_is_shown_and_tempi_are_added_dragged_and_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    harness.state_mut().document.edit("Tempo", |score| score.tempo = cantus::music::TempoMap::constant(100.0));
    press(&mut harness, Modifiers::NONE, Key::F5);
    assert!(harness.query_by_label("Tempo 100 BPM, bar 1").is_none());
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::G);
    let track = place(&harness, "Tempo track: 100 BPM");
    let section = place(&harness, "Section B, bar 5");
    let at_bar_5 = Pos2::new(section.left() + 12.0, track.center().y);
    click_at(&mut harness, at_bar_5);
    assert_eq!(marks(&harness, MarkKind::Tempo), said(&[(0, "100"), (4, "100")]));
    drag(&mut harness, at_bar_5, at_bar_5 - vec2(0.0, 30.0));
    assert_eq!(marks(&harness, MarkKind::Tempo), said(&[(0, "100"), (4, "130")]));
    assert_eq!(undo_label(&harness), Some("Change tempo"));
    double_click_at(&mut harness, at_bar_5);
    type_into(&mut harness, "Tempo from bar 5", "91.5");
    assert_eq!(marks(&harness, MarkKind::Tempo), said(&[(0, "100"), (4, "91.5")]));
    place(&harness, "Tempo 91.5 BPM, bar 5");
    assert!(harness.state().services.preferences.roll.tempo_track.is_some(), "as it was asked for");
    right_click_at(&mut harness, at_bar_5);
    click(&mut harness, "Delete tempo change 91.5");
    assert_eq!(marks(&harness, MarkKind::Tempo), said(&[(0, "100")]));
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::G);
    assert!(harness.query_by_label("Tempo track: 100 BPM").is_none());
    assert_eq!(harness.state().services.preferences.roll.tempo_track, None);
    // by itself where there is more than one tempo
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    place(&harness, "Tempo 91.5 BPM, bar 5");
}

#[test]
fn a_double_click_is_for_what_its_first_click_met_though_the_view_moves_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 20.0);
    for _ in 0..4 {
        harness.state().services.ask(Command::from(RollCommand::ZoomIn));
        harness.run_steps(2);
    }
    harness.state_mut().pages.compose.editor.arrangement.reveal_tick(0, false);
    harness.run_steps(2);
    let chord = place(&harness, "Chord C, bar 1").center();
    click_at(&mut harness, chord);
    for _ in 0..3 {
        harness.state().services.ask(Command::from(RollCommand::ScrollRight));
        harness.run_steps(1);
    }
    let first = harness.query_by_label("Chord C, bar 1");
    assert!(first.is_none_or(|first| !first.rect().contains(chord)), "another chord is there now");
    click_at(&mut harness, chord);
    type_into(&mut harness, "Chord in bar 1", "Am");
    let said_now = said(&[(0, "Am"), (2, "F"), (4, "G")]);
    assert_eq!(marks(&harness, MarkKind::Chord), said_now);
}

#[test]
fn a_mark_is_reached_moved_and_typed_by_keys_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::NONE, Key::F5);
    for (kind, row, before, moved) in [(MarkKind::Section, "Sections: A", 4, 5), (MarkKind::Chord, "Chords: C", 2, 2)] {
        harness.state_mut().services.sound.seek(0);
        playhead_is_at(&mut harness, 0);
        harness.run_steps(1);
        harness.get_by_label(row).focus();
        harness.run_steps(2);
        press(&mut harness, Modifiers::NONE, Key::ArrowRight);
        playhead_is_at(&mut harness, before * 1920);
        harness.run_steps(1);
        press(&mut harness, Modifiers::SHIFT, Key::ArrowRight);
        let at = kind.ticks(harness.state().score())[1];
        assert_eq!(at / 1920, moved, "{kind:?}");
        assert!(at > before * 1920, "{kind:?} is later");
        assert_eq!(undo_label(&harness), Some(format!("Move {}", kind.name()).as_str()));
        playhead_is_at(&mut harness, at);
        harness.run_steps(1);
        press(&mut harness, Modifiers::SHIFT, Key::ArrowLeft);
        assert_eq!(kind.ticks(harness.state().score())[1], before * 1920);
        playhead_is_at(&mut harness, before * 1920);
        harness.run_steps(1);
        press(&mut harness, Modifiers::NONE, Key::Enter);
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn keys_change_where_it_is_typed_and_go_out_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    harness.state_mut().document.edit("Key", |score| score.keys = vec![KeyChange::from_name("C", 0).unwrap()]);
    let playhead = 4 * 1920 + 700;
    harness.state_mut().services.sound.seek(playhead);
    playhead_is_at(&mut harness, playhead);
    for view in [Key::F7, Key::F5] {
        press(&mut harness, Modifiers::NONE, view);
        press(&mut harness, Modifiers::SHIFT, Key::Z);
        press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::K);
        type_into(&mut harness, "Key from bar 5", "Bb major");
        assert_eq!(marks(&harness, MarkKind::Key), said(&[(0, "C major"), (4, "Bb major")]));
        assert_eq!(undo_label(&harness), Some("Add key change"));
        let mark = place(&harness, "Key B♭ major, bar 5");
        double_click_at(&mut harness, mark.center());
        type_into(&mut harness, "Key from bar 5", "f# minor");
        assert_eq!(marks(&harness, MarkKind::Key), said(&[(0, "C major"), (4, "F# minor")]));
        let path = folder.path().join(format!("{view:?}.mid"));
        export_to(&mut harness, &path);
        until(&mut harness, "it was written", |_| path.exists());
        let read = midi_file::read(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(read.keys, harness.state().score().keys);
        let mark = place(&harness, "Key F♯ minor, bar 5");
        right_click_at(&mut harness, mark.center());
        click(&mut harness, "Delete key change F♯ minor");
        assert_eq!(marks(&harness, MarkKind::Key), said(&[(0, "C major")]));
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        assert_eq!(marks(&harness, MarkKind::Key).len(), 2);
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        assert_eq!(marks(&harness, MarkKind::Key).len(), 1);
    }
}

#[test]
fn a_first_key_change_leaves_the_key_before_it_and_is_in_sight() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    harness.state_mut().document.edit("Detect the key", |score| score.keys.clear());
    harness.run_steps(2);
    let found = harness.state().document.key_at(0).unwrap();
    let playhead = 4 * 1920;
    harness.state_mut().services.sound.seek(playhead);
    playhead_is_at(&mut harness, playhead);
    press(&mut harness, Modifiers::NONE, Key::F5);
    press(&mut harness, Modifiers::SHIFT, Key::Z);
    press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::K);
    type_into(&mut harness, "Key from bar 5", "Gb");
    let keys = [(0, KeyChange::new(0, found).ascii_name()), (4, "Gb major".to_owned())];
    assert_eq!(marks(&harness, MarkKind::Key), keys);
    assert_eq!(harness.state().document.key_at(playhead - 1), Some(found));
    let mark = place(&harness, "Key G♭ major, bar 5");
    right_click_at(&mut harness, mark.center());
    click(&mut harness, "Delete key change G♭ major");
    assert_eq!(marks(&harness, MarkKind::Key), keys[..1]);
}

#[test]
fn the_section_at_the_playhead_is_looped_by_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    harness.state_mut().services.sound.seek(900);
    playhead_is_at(&mut harness, 900);
    press(&mut harness, Modifiers::ALT, Key::L);
    assert_eq!(harness.state().document.active_loop(), Some(0..4 * 1920));
    harness.state_mut().document.edit("No sections", |score| score.sections.clear());
    let why = harness.state().why_not(Command::LoopSection).unwrap();
    assert!(why.contains("no section at the playhead"), "{why}");
}

#[test]
fn chords_are_detected_from_the_notes_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().document.edit("Parts", |score| {
        let triads = [[48, 52, 55], [53, 57, 60], [55, 59, 62], [48, 52, 55]];
        let notes = (0..).zip(triads).flat_map(|(bar, keys)| keys.map(|key| note(bar * 1920, key))).collect();
        score.parts = vec![Arc::new(Part { notes, ..Part::new("Piano", 0) })];
        score.chords.clear();
    });
    harness.run_steps(3);
    assert_eq!(harness.state().why_not(Command::DetectChords), None);
    harness.state_mut().services.ask(Command::DetectChords);
    harness.run_steps(3);
    assert_eq!(marks(&harness, MarkKind::Chord), said(&[(0, "C"), (1, "F"), (2, "G"), (3, "C")]));
    assert_eq!(undo_label(&harness), Some("Detect chords"));
    assert!(harness.query_by_label_contains("4 chords detected").is_some());
    place(&harness, "Chord G, bar 3");
    // not from drums
    harness.state_mut().document.edit_part(0, "Drums", |part| part.is_drum = true);
    harness.run_steps(2);
    assert!(harness.state().why_not(Command::DetectChords).is_some());
}
