//! What a newcomer meets on the Compose page: other compositions, typed numbers, searches, menus.

use cantus::{
    music::{Lyric, TICKS_PER_QUARTER, Velocity},
    studio::{actions::Action, dialogs::export::state::ExportKind, pages::compose::roll::Roll},
};
use eframe::egui::{Event, PointerButton, Pos2, vec2};

use super::{
    arrangement::{click_at, double_click_at, place, playhead_is_at, with_parts},
    takes::with_models,
    *,
};

/// A way to another composition.
type Way<'a> = &'a dyn Fn(&mut Harness<'static, Studio>);

fn type_text(harness: &mut Harness<'static, Studio>, text: &str) {
    harness.event(Event::Text(text.into()));
    harness.run_steps(2);
}

fn roll<'a>(harness: &'a Harness<'static, Studio>) -> &'a Roll {
    &harness.state().pages.compose.editor.roll
}

fn right_click(harness: &mut Harness<'static, Studio>, pos: Pos2) {
    harness.hover_at(pos);
    harness.step();
    for pressed in [true, false] {
        let button = PointerButton::Secondary;
        harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        harness.step();
    }
    harness.run_steps(3);
}

#[test]
fn another_composition_begins_at_its_first_bar_without_what_belonged_to_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let first = harness.state().score().id;
    let leave: [Way<'_>; 3] = [
        &|harness| press(harness, Modifiers::COMMAND, Key::N),
        &|harness| click(harness, "Melody Twinkle, Twinkle, Little Star"),
        &|harness| harness.state().services.ask(cantus::studio::actions::LibraryAction::Open(first)),
    ];
    for (way, leave) in leave.into_iter().enumerate() {
        let before = harness.state().score().id;
        let studio = harness.state_mut();
        studio.document.transport.loop_range = Some(40 * 1920..44 * 1920);
        studio.document.transport.looping = true;
        studio.services.engine.last_seconds = Some(9.9);
        studio.services.tell_of_composition("Recorded 3 notes; Ctrl+Z takes them back");
        harness.run_steps(2);
        harness.state_mut().services.sound.seek(41 * 1920);
        playhead_is_at(&mut harness, 41 * 1920);
        leave(&mut harness);
        until(&mut harness, "it is open", |studio| studio.score().id != before);
        playhead_is_at(&mut harness, 0);
        let studio = harness.state();
        let transport = &studio.document.transport;
        // the first one has its own again, which it was left with
        let own = (studio.score().id == first).then_some(40 * 1920..44 * 1920);
        assert_eq!((transport.loop_range.as_ref(), transport.looping), (own.as_ref(), own.is_some()), "{way}");
        assert_eq!(studio.services.engine.last_seconds, None, "{way}");
        assert!(texts(&harness).iter().all(|text| !text.contains("Recorded")), "{way}: {:?}", texts(&harness));
    }
    harness.state_mut().services.tell_of_composition("Recorded 3 notes; Ctrl+Z takes them back");
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    assert!(texts(&harness).iter().all(|text| !text.contains("Recorded")), "on a page without it");
}

#[test]
fn a_typed_tempo_is_one_step_of_undo() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().document.set_tempo(0, 135.0);
    harness.run_steps(2);
    let tempo = |harness: &Harness<'static, Studio>| harness.state().score().tempo.qpm_at(0).round();
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::SpinButton, "Tempo").click();
    harness.run_steps(3);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_text(&mut harness, "9");
    assert_eq!(tempo(&harness), 135.0, "nothing counts before it is whole");
    type_text(&mut harness, "0");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(tempo(&harness), 90.0);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(tempo(&harness), 135.0);
}

#[test]
fn the_palette_keeps_its_height() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.run_steps(3);
    let top = place(&harness, "Search commands").top();
    type_text(&mut harness, "stems");
    harness.run_steps(3);
    harness.get_by_label("Export as audio…");
    assert_eq!(place(&harness, "Search commands").top(), top, "with a few hits");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.run_steps(3);
    assert_eq!(place(&harness, "Search commands").top(), top, "and opened anew");
}

#[test]
fn enter_takes_the_first_instrument_that_a_search_finds() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    click(&mut harness, "Instrument of Bass: Acoustic bass");
    harness.run_steps(3);
    let top = place(&harness, "Search instruments").top();
    type_text(&mut harness, "fretless");
    harness.run_steps(3);
    assert_eq!(place(&harness, "Search instruments").top(), top, "the list stays where it is");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().score().parts[1].program, 35);
    assert!(harness.query_by_label("Search instruments").is_none(), "and the list is closed");
}

#[test]
fn a_part_that_is_chosen_comes_in_sight_with_all_its_pitches() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    harness.state_mut().document.edit_part(2, "Hat", |kit| {
        kit.notes.extend((0..32).map(|beat| note(beat * TICKS_PER_QUARTER, 46)));
        kit.sort();
    });
    for (size, view) in [(vec2(1440.0, 900.0), Key::F7), (vec2(1280.0, 720.0), Key::F7), (vec2(1280.0, 720.0), Key::F6)]
    {
        harness.set_size(size);
        press(&mut harness, Modifiers::NONE, view);
        for (part, pitches) in [(1, [28, 28]), (2, [36, 46]), (0, [60, 67])] {
            let name = ["Melody", "Bass", "Kit"][part];
            harness.state().services.ask(cantus::studio::actions::ComposeAction::ChoosePart(part));
            harness.run_steps(4);
            let seen = roll(&harness).coordinates().visible_pitches();
            for pitch in pitches {
                assert!(seen.contains(&Pitch::clamped(pitch)), "{size} {view:?} {name} {pitch}: {seen:?}");
            }
        }
    }
}

#[test]
fn rows_of_drums_are_high_enough_for_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    press(&mut harness, Modifiers::SHIFT, Key::Z);
    press(&mut harness, Modifiers::ALT, Key::Minus);
    press(&mut harness, Modifiers::ALT, Key::Minus);
    assert!(roll(&harness).coordinates().row_height() < 10.0, "thin rows for all pitches");
    harness.state().services.ask(cantus::studio::actions::ComposeAction::ChoosePart(2));
    harness.run_steps(4);
    assert!(roll(&harness).coordinates().row_height() >= 10.0);
    // the first look at a kit, too
    harness.set_size(vec2(1280.0, 720.0));
    harness.state_mut().document.opened += 1;
    harness.state_mut().pages.compose.editor.roll.show_from_start();
    harness.run_steps(4);
    assert!(roll(&harness).coordinates().row_height() >= 10.0);
}

#[test]
fn another_compositions_parts_are_seen_from_the_first_one_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    let many = |harness: &mut Harness<'static, Studio>| {
        harness.state_mut().document.edit("Many parts", |score| {
            score.parts.extend((2..14).map(|number| Arc::new(Part::new(format!("Part {number}"), 0))));
        });
        harness.run_steps(3);
    };
    many(&mut harness);
    harness.get_by_label("Name of part 13").scroll_to_me();
    harness.run_steps(30);
    let top = place(&harness, "Name of part 1").top();
    press(&mut harness, Modifiers::COMMAND, Key::N);
    many(&mut harness);
    let now = place(&harness, "Name of part 1").top();
    assert!(now > top + 100.0 && now > place(&harness, "Add part").bottom(), "{now}, {top} before");
}

#[test]
fn the_volume_of_a_part_is_long_fine_by_keys_and_reset_by_a_double_click() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    let volume = |harness: &Harness<'static, Studio>| harness.state().score().parts[0].volume;
    harness.state_mut().document.edit_part(0, "Volume", |part| part.volume = 80);
    harness.run_steps(2);
    let slider = place(&harness, "Volume of Melody");
    assert!(slider.width() > 180.0, "{slider:?}");
    harness.get_by_label("Volume of Melody").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(volume(&harness), 81, "a key is a step");
    double_click_at(&mut harness, slider.center());
    assert_eq!(volume(&harness), 100);
    let told = harness.get_by_label("Volume of Melody").accesskit_node().data().description().map(str::to_owned);
    assert!(told.is_some_and(|told| told.contains("0.0 dB")));
}

#[test]
fn words_of_the_trade_are_explained_to_eyes_and_screen_readers() {
    use eframe::egui::accesskit::Role;
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    let told = |harness: &Harness<'static, Studio>, role, label: &str| {
        let node = harness.get_by_role_and_label(role, label);
        node.accesskit_node().data().description().map(str::to_owned).unwrap_or_default()
    };
    assert!(told(&harness, Role::TextInput, "Seed").contains("the same notes come again"));
    assert!(told(&harness, Role::CheckBox, "Quantise").contains("exactly in time"));
    harness.state_mut().dialogs.export.open = Some(ExportKind::Audio); // there is no SoundFont, as a command would say
    harness.run_steps(3);
    click(&mut harness, "Normalise to");
    assert!(told(&harness, Role::CheckBox, "Also export stems").contains("file for each part that is heard"));
    assert!(told(&harness, Role::SpinButton, "Target loudness").contains("how loud"));
    assert!(told(&harness, Role::SpinButton, "True peak ceiling").contains("highest peak"));
    for word in ["One more file for each part", "LUFS: ", "dBTP: "] {
        harness.get_by_label_contains(word);
    }
}

#[test]
fn the_right_button_opens_a_menu_and_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().document.edit_part(0, "Three notes", |part| {
        part.notes = vec![note(0, 60), note(480, 64), note(960, 60)];
    });
    harness.run_steps(2);
    let notes = harness.state().score().parts[0].notes.clone();
    let at = roll(&harness).coordinates().note_rect(&notes[0]).center();
    right_click(&mut harness, at);
    assert_eq!(harness.state().score().parts[0].notes, notes);
    assert_eq!(roll(&harness).selection().notes(), &notes[..1], "the note that the menu is for");
    click(&mut harness, "Select same pitch");
    assert_eq!(roll(&harness).selection().notes(), [notes[0], notes[2]]);
    right_click(&mut harness, at);
    click(&mut harness, "Delete");
    assert_eq!(harness.state().score().parts[0].notes, notes[1..2]);
    assert!(harness.query_by_label("Select same pitch").is_none(), "the menu is closed");
}

#[test]
fn keys_move_notes_past_others_and_cut_only_where_they_come_to_rest() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    let before = vec![note(0, 60), note(240, 61), note(960, 60)];
    harness.state_mut().document.edit_part(0, "Three notes", |part| part.notes = before.clone());
    harness.run_steps(2);
    let at = roll(&harness).coordinates().note_rect(&before[0]).left_center() + vec2(4.0, 0.0);
    click_at(&mut harness, at);
    assert_eq!(roll(&harness).selection().notes(), &before[..1]);
    let notes = |harness: &Harness<'static, Studio>| harness.state().score().parts[0].notes.clone();
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let on_another = notes(&harness);
    assert!(on_another.iter().any(|note| note.pitch.get() == 61 && note.duration < 480), "{on_another:?}");
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(notes(&harness), [note(0, 62), note(240, 61), note(960, 60)]);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(notes(&harness), before);
    // after anything else, what lies there counts
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    harness.state_mut().document.edit_part(0, "Louder", |part| part.notes[2].velocity = Velocity::clamped(90));
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert!(notes(&harness).iter().any(|note| note.pitch.get() == 62 && note.duration < 480), "{:?}", notes(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(notes(&harness), before);
}

#[test]
fn a_click_beside_an_open_menu_closes_it_and_draws_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().document.edit_part(0, "One note", |part| part.notes = vec![note(0, 60)]);
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Num2); // the pencil
    let beside = roll(&harness).coordinates().note_rect(&note(960, 60)).center();
    let notes = |harness: &Harness<'static, Studio>| harness.state().score().parts[0].notes.len();
    click(&mut harness, "Part");
    harness.get_by_label("Remove part");
    click_at(&mut harness, beside);
    assert!(harness.query_by_label("Remove part").is_none());
    assert_eq!(notes(&harness), 1);
    click_at(&mut harness, beside);
    assert_eq!(notes(&harness), 2);
}

#[test]
fn an_export_says_which_parts_it_leaves_out_and_choices_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    with_parts(&mut harness);
    harness
        .state_mut()
        .document
        .edit("Mute", |score| (1..3).for_each(|part| score.part_mut(part).unwrap().muted = true));
    harness.state_mut().dialogs.export.open = Some(cantus::studio::dialogs::export::state::ExportKind::Audio);
    harness.run_steps(3);
    harness.get_by_label("2 parts are muted and will not be heard");
    // the page behind it takes no clicks
    click(&mut harness, "Generate composition");
    assert!(harness.state().services.engine.running.is_none() && harness.state().document.takes.all().is_empty());
    click(&mut harness, "FLAC");
    click(&mut harness, "24 bit");
    click(&mut harness, "Also export stems");
    click(&mut harness, "Close the export");
    let part = "Drums".to_owned();
    click(&mut harness, &format!("Write {part}"));
    eframe::App::on_exit(harness.state_mut(), None);
    let before = harness.state().services.preferences.clone();
    assert!(before.left_out.contains(&part));
    drop(harness);
    let harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let now = &harness.state().services.preferences;
    assert_eq!((&now.left_out, &now.export_audio), (&before.left_out, &before.export_audio));
    assert!(now.export_audio.stems && now.export_audio.format.name() == "FLAC");
}

#[test]
fn undo_names_things_as_they_are_called_and_nothing_is_made_again_that_was_never_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Amazing Grace");
    click(&mut harness, "Edit");
    harness.get_by_label("Undo: open Amazing Grace");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    until(&mut harness, "the engine was ready", |studio| studio.services.engine.why_not().is_none());
    let reason = harness.state().why_not(Command::MakeAgain).unwrap();
    assert!(reason.contains("No take was kept"), "{reason}");
}

#[test]
fn lyrics_stand_below_the_part_that_sings_them_and_can_be_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    with_parts(&mut harness);
    let why = |harness: &Harness<'static, Studio>| harness.state().why_not(Command::ToggleLyrics);
    assert_eq!(why(&harness).as_deref(), Some("This composition has no lyrics"));
    let shown = |harness: &Harness<'static, Studio>| harness.query_by_label("Lyrics: Twinkle star").is_some();
    harness.state_mut().document.edit("Lyrics", |score| {
        let texts = ["Twin-", "kle ", "star"].into_iter().zip((0..).step_by(480));
        score.lyrics = texts.map(|(text, tick)| Lyric { tick, text: text.into() }).collect();
    });
    harness.run_steps(3);
    assert!(shown(&harness) && why(&harness).is_none());
    let row = place(&harness, "Lyrics: Twinkle star");
    assert!(row.height() < 30.0 && row.width() > 300.0, "{row:?}");
    let chosen = harness.state().document.part;
    harness.state_mut().document.part = chosen + 1;
    harness.run_steps(2);
    assert!(!shown(&harness), "the bass does not sing");
    harness.state_mut().document.part = chosen;
    harness.run_steps(2);
    assert!(shown(&harness));
    press(&mut harness, Modifiers::NONE, Key::F5);
    let in_arrangement = place(&harness, "Lyrics: Twinkle star");
    let lane = harness.get_by_label_contains("Lane Melody").rect();
    assert!(in_arrangement.bottom() <= lane.top() + 0.5 && in_arrangement.height() <= 20.0, "{in_arrangement:?}");
    press(&mut harness, Modifiers::NONE, Key::F6);
    assert_eq!(harness.query_all_by_label("Lyrics: Twinkle star").count(), 1, "the roll alone has them");
    press(&mut harness, Modifiers::NONE, Key::F7);
    harness.state().services.ask(Action::Command(Command::ToggleLyrics));
    harness.run_steps(3);
    assert!(!shown(&harness) && !harness.state().services.preferences.roll.lyrics);
}

#[test]
fn the_roll_shows_the_notes_of_all_parts_or_leads_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    let seen = |harness: &Harness<'static, Studio>| roll(harness).coordinates().visible_pitches();
    let low = Pitch::clamped(40);
    assert!(!seen(&harness).contains(&low), "nothing is there yet");
    click(&mut harness, "Generate composition");
    until(&mut harness, "the takes were there", |studio| studio.services.engine.running.is_none());
    harness.run_steps(3);
    assert!(seen(&harness).contains(&low), "{:?}", seen(&harness));
    let highest = harness.state().score().parts[0].notes.iter().map(|note| note.pitch).max().unwrap();
    assert!(seen(&harness).contains(&highest), "{:?}", seen(&harness));
    assert!(harness.query_by_label_contains("Show notes").is_none());

    // the user looks elsewhere: the view is his, and a sign says what he does not see
    for _ in 0..4 {
        harness.state().services.ask(Command::from(cantus::studio::commands::RollCommand::HigherRows));
        harness.run_steps(2);
    }
    let chosen = seen(&harness);
    assert!(!chosen.contains(&low));
    harness.state_mut().document.choose_take(Some(1));
    harness.run_steps(3);
    assert_eq!(seen(&harness), chosen, "another take leaves it alone");
    click(&mut harness, "Show notes below: Bass");
    assert!(seen(&harness).contains(&Pitch::clamped(41)), "{:?}", seen(&harness));
}

#[test]
fn a_metre_of_seven_eighths_is_chosen_and_laid_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::ComboBox, "Time signature").click();
    harness.run_steps(3);
    for metre in ["3/8", "5/8", "7/8", "12/8", "7/4", "5/4", "2/2"] {
        harness.get_by_label(metre);
    }
    click(&mut harness, "7/8");
    assert_eq!(harness.state().score().metre.bar_start(2), 2 * 7 * 240);
    for tick in [7 * 240, 7 * 240 + 3 * 240] {
        harness.state_mut().services.sound.seek(tick);
        playhead_is_at(&mut harness, tick);
    }
    harness.get_by_label_contains("Ruler, playhead at bar 2, beat 4");
}

#[test]
fn a_click_on_the_track_of_a_fader_sets_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    let place = harness.get_by_label("Volume of Melody").rect();
    let volume = |harness: &Harness<'static, Studio>| harness.state().document.history.committed().parts[0].volume;
    let before = volume(&harness);
    let mut seen = vec![before];
    for (share, in_one_frame) in [(0.1, false), (0.9, false), (0.2, true), (0.8, true)] {
        let pos = place.left_center() + eframe::egui::vec2(place.width() * share, 0.0);
        harness.hover_at(pos);
        harness.step();
        for pressed in [true, false] {
            let button = eframe::egui::PointerButton::Primary;
            harness.event(eframe::egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
            if !in_one_frame {
                harness.step();
            }
        }
        harness.run_steps(3);
        seen.push(volume(&harness));
    }
    assert!(seen[1] < 40 && seen[2] > 90 && seen[3] < 50 && seen[4] > 80, "{seen:?}");
}

#[test]
fn undoing_a_paste_leaves_no_note_selected_that_lay_where_one_was_pasted() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().document.edit_part(0, "Notes", |part| part.notes = vec![note(0, 60), note(480, 60)]);
    harness.run_steps(2);
    let (pasted, there) = (note(240, 64), harness.state().score().parts[0].notes[1]);
    harness.state_mut().document.edit_part(0, "Paste", |part| {
        part.notes.push(pasted);
        part.sort();
    });
    harness.state_mut().pages.compose.editor.roll.select([there, pasted].into_iter().collect());
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(harness.state().pages.compose.editor.roll.selection().is_empty());
    assert!(harness.state().score().parts[0].notes.contains(&there));
}
