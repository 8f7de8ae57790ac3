//! What is kept: the session, compositions, takes made again.

use super::*;
use cantus::music::key::{MelodyNote, detect_melody};

#[test]
fn the_session_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Amazing Grace");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::L); // the other theme
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let settings = folder.path().join("settings.toml");
    let score = Arc::clone(harness.state().score());
    until(&mut harness, "it was saved", |_| {
        let kept = Store::open(folder.path()).unwrap().store.load(score.id);
        settings.is_file() && kept.is_ok_and(|kept| kept.score == score)
    });
    drop(harness);
    let harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!(*harness.state().score(), score);
    assert!(texts(&harness).iter().any(|text| text == "Your last session was restored"));
    assert!(!harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn compositions_are_kept_found_opened_renamed_deleted_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    for (melody, times) in [("Amazing Grace", 1), ("Twinkle, Twinkle, Little Star", 2)] {
        click(&mut harness, &format!("Melody {melody}"));
        press(&mut harness, Modifiers::COMMAND, Key::A);
        for _ in 0..times {
            press(&mut harness, Modifiers::NONE, Key::ArrowUp);
        }
    }
    let twinkle = Arc::clone(harness.state().score());
    let listed =
        |count| move |studio: &Studio| studio.pages.library.list.as_ref().is_some_and(|list| list.len() == count);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    until(&mut harness, "both were listed", listed(2));
    // one is heard, and the other stays the one that is worked on
    click(&mut harness, "Listen to Amazing Grace");
    until(&mut harness, "it was heard", |studio| {
        studio.services.listening.score().is_some_and(|score| score.title == "Amazing Grace")
    });
    harness.run_steps(2);
    assert_eq!(harness.state().score(), &twinkle);
    click(&mut harness, "Stop listening to Amazing Grace");
    assert!(harness.state().services.listening.score().is_none());
    click(&mut harness, "Duplicate Twinkle, Twinkle, Little Star");
    until(&mut harness, "the copy was listed", listed(3));
    click(&mut harness, "Delete Amazing Grace");
    until(&mut harness, "it was gone", listed(2));
    click(&mut harness, "Undo");
    until(&mut harness, "it was back", listed(3));
    click(&mut harness, "Rename Amazing Grace");
    harness.get_by_label("Title").type_text(" again");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    until(&mut harness, "it had its name", |studio| {
        studio.pages.library.list.iter().flat_map(|list| list.iter()).any(|summary| summary.title.contains("again"))
    });
    harness.get_by_label("Search the library").focus();
    harness.run_steps(2);
    harness.get_by_label("Search the library").type_text("grace");
    harness.run_steps(2);
    until(&mut harness, "it was found", listed(1));
    let title = harness.state().pages.library.list.as_ref().unwrap()[0].title.clone();
    click(&mut harness, &format!("Open {title}"));
    until(&mut harness, "it was open", |studio| studio.score().title == title);
    // as a project, and back
    let path = folder.path().join("x.cantus");
    let score = Arc::clone(harness.state().score());
    take_path(&mut harness, Purpose::SaveProject, &path);
    until(&mut harness, "the project was saved", |studio| {
        studio.services.toasts.texts().any(|text| text.starts_with("Saved"))
    });
    press(&mut harness, Modifiers::COMMAND, Key::N);
    take_path(&mut harness, Purpose::OpenProject, &path);
    until(&mut harness, "the project was open", |studio| studio.score().title == title);
    assert_eq!(*harness.state().score(), score, "the same composition, not a copy of it");
    assert_ne!(harness.state().score().id, twinkle.id);
    let damaged = folder.path().join("y.cantus");
    std::fs::write(&damaged, b"PK\x03\x04 and nothing more").unwrap();
    take_path(&mut harness, Purpose::OpenProject, &damaged);
    until(&mut harness, "damage was told", |studio| {
        studio.services.toasts.texts().any(|text| text.contains("Couldn't open"))
    });
}

/// The Library with a changed “Amazing Grace” in it.
fn library_of_one(folder: &Path) -> Harness<'static, Studio> {
    let mut harness = open(folder, &FakeBackend::new(), fake_engine());
    click(&mut harness, "Melody Amazing Grace");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    until(&mut harness, "it was listed", listed(1));
    harness
}

/// Whether the Library lists so many.
fn listed(count: usize) -> impl Fn(&Studio) -> bool {
    move |studio| studio.pages.library.list.as_ref().is_some_and(|list| list.len() == count)
}

#[test]
fn a_session_that_ended_in_the_library_comes_back_with_its_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library_of_one(folder.path());
    eframe::App::on_exit(harness.state_mut(), None);
    drop(harness);
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!(harness.state().page, Page::Library);
    until(&mut harness, "it was listed", listed(1));
}

#[test]
fn the_open_composition_is_deleted_and_the_bin_emptied() {
    let folder = tempfile::tempdir().unwrap();
    a_model_in_the_bin(folder.path());
    let mut harness = library_of_one(folder.path());
    let amazing = harness.state().score().id;
    press(&mut harness, Modifiers::COMMAND, Key::N);
    click(&mut harness, "Melody Twinkle, Twinkle, Little Star");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    let twinkle = harness.state().score().id;
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    until(&mut harness, "both were listed", listed(2));
    // the other one is worked on then
    click(&mut harness, "Delete Twinkle, Twinkle, Little Star");
    until(&mut harness, "the other one was open", |studio| studio.score().id == amazing);
    until(&mut harness, "it was gone", listed(1));
    assert_eq!(harness.state().page, Page::Library);
    click(&mut harness, "Undo");
    until(&mut harness, "it was back", listed(2));
    // and a new one where there is none
    press(&mut harness, Modifiers::COMMAND, Key::A);
    click(&mut harness, "Delete selected");
    until(&mut harness, "a new one was open", |studio| ![amazing, twinkle].contains(&studio.score().id));
    until(&mut harness, "all were gone", listed(0));
    assert!(harness.state().score().parts.iter().all(|part| part.notes.is_empty()));
    click(&mut harness, "Bin");
    until(&mut harness, "they were in the bin", listed(2));
    // the number is of all that is there, whatever is looked for
    harness.get_by_label("Search the library").focus();
    harness.run_steps(2);
    harness.get_by_label("Search the library").type_text("grace");
    harness.run_steps(2);
    until(&mut harness, "one was found", listed(1));
    click(&mut harness, "Empty bin…");
    harness.get_by_label("2 compositions and 1 model will be deleted for good. This cannot be undone.");
    click(&mut harness, "Cancel");
    assert_eq!(Store::open(folder.path()).unwrap().store.count_binned().unwrap(), 2);
    click(&mut harness, "Empty bin…");
    click(&mut harness, "Delete for good");
    until(&mut harness, "nothing was left", |studio| {
        studio.pages.library.binned == 0 && studio.services.models.binned.is_empty()
    });
    let store = Store::open(folder.path()).unwrap().store;
    assert!([amazing, twinkle].iter().all(|id| store.load(*id).is_err()));
    assert!(is_out_of_use(&harness, "Empty bin…"));
}

/// A deleted model.
fn a_model_in_the_bin(folder: &Path) {
    let model = folder.join("models/.deleted-1/Waltz");
    std::fs::create_dir_all(&model).unwrap();
    std::fs::write(model.join("model.json"), r#"{"format":1,"network":"cantus","name":"Waltz"}"#).unwrap();
}

fn is_out_of_use(harness: &Harness<'static, Studio>, label: &str) -> bool {
    harness.get_by_label(label).accesskit_node().is_disabled()
}

#[test]
fn several_compositions_are_tagged_deleted_and_restored_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library_of_one(folder.path());
    for copies in 2..=4 {
        click(&mut harness, "Duplicate Amazing Grace");
        until(&mut harness, "a copy was listed", listed(copies));
    }
    let rows = |harness: &Harness<'_, Studio>| -> Vec<(u64, Vec<String>)> {
        let list = harness.state().pages.library.list.clone().unwrap();
        list.iter().map(|summary| (summary.id, summary.tags.clone())).collect()
    };
    let selected = |harness: &Harness<'_, Studio>| harness.state().pages.library.selected.len();
    // with the keyboard: all, none, one
    press(&mut harness, Modifiers::COMMAND, Key::A);
    assert_eq!(selected(&harness), 4);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(selected(&harness), 0);
    harness.get_by_label("Open Amazing Grace (copy) 3").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::Space);
    assert_eq!(selected(&harness), 1);
    // with the mouse: up to the last
    harness.get_by_label("Open Amazing Grace (copy)").click_modifiers(Modifiers::SHIFT);
    harness.run_steps(2);
    assert_eq!(selected(&harness), 3);
    assert_eq!(harness.state().page, Page::Library, "nothing was opened");
    // a row that is not selected is deleted alone
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.get_by_label("Open Amazing Grace (copy) 2").click_modifiers(Modifiers::COMMAND);
    harness.run_steps(2);
    harness.get_by_label("Open Amazing Grace (copy) 3").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    until(&mut harness, "it was gone", listed(3));
    assert_eq!(selected(&harness), 1, "what is selected stays so");
    click(&mut harness, "Undo");
    until(&mut harness, "it was back", listed(4));
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label("Open Amazing Grace").click_modifiers(Modifiers::COMMAND);
    harness.run_steps(2);
    assert_eq!(selected(&harness), 3);
    click(&mut harness, "Tag selected…");
    let too_many: Vec<String> = (0..14).map(|tag| format!("tag {tag}")).collect();
    harness.get_by_label("Tags to add").type_text(&too_many.join(","));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(
        texts(&harness).iter().any(|text| text == "A composition can have 12 tags: 6 tags were left out"),
        "{:?}",
        texts(&harness)
    );
    let clear = |harness: &mut Harness<'static, Studio>| {
        let cleared = rows(harness).into_iter().map(|(id, _)| (id, Vec::new())).collect();
        harness.state().services.ask(cantus::studio::actions::LibraryAction::SetTags(cleared));
    };
    until(&mut harness, "they were tagged", |studio| studio.pages.library.tags.len() == 12);
    clear(&mut harness);
    until(&mut harness, "no more", |studio| studio.pages.library.tags.is_empty());
    click(&mut harness, "Tag selected…");
    harness.get_by_label("Tags to add").type_text("hymn, slow");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    until(&mut harness, "they had their tags", |studio| studio.pages.library.tags == ["hymn", "slow"]);
    until(&mut harness, "three had", |studio| {
        let list = studio.pages.library.list.iter().flat_map(|list| list.iter());
        list.filter(|summary| summary.tags == ["hymn", "slow"]).count() == 3
    });
    click(&mut harness, "Delete selected");
    until(&mut harness, "they were gone", listed(1));
    assert!(rows(&harness)[0].1.is_empty(), "the one that is open has no tags");
    harness.get_by_label("3 compositions are in the bin");
    click(&mut harness, "Undo");
    until(&mut harness, "they were back", listed(4));
    // and out of the bin
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label("Open Amazing Grace").click_modifiers(Modifiers::COMMAND);
    harness.run_steps(2);
    click(&mut harness, "Delete selected");
    until(&mut harness, "they were gone again", listed(1));
    click(&mut harness, "Bin");
    until(&mut harness, "they were in the bin", listed(3));
    press(&mut harness, Modifiers::COMMAND, Key::A);
    click(&mut harness, "Restore selected");
    until(&mut harness, "the bin was empty", listed(0));
}

#[test]
fn a_second_window_says_that_there_is_a_first() {
    let folder = tempfile::tempdir().unwrap();
    let says = |harness: &Harness<'static, Studio>| {
        harness.state().services.toasts.texts().any(|text| text.starts_with("Cantus is already open"))
    };
    let first = open(folder.path(), &FakeBackend::new(), fake_engine());
    let second = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!([says(&first), says(&second)], [false, true]);
}

#[test]
fn a_kept_take_is_made_again_note_for_note() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let mut model = a_model();
    model.folder.path = folder.path().join("chorale");
    std::fs::create_dir(&model.folder.path).unwrap();
    for name in ["model.json", "generator.safetensors"] {
        std::fs::write(model.folder.path.join(name), name).unwrap();
    }
    harness.state().services.ask(EngineAction::ModelsFound(vec![model]));
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    harness.state_mut().services.ask(Command::Generate);
    until(&mut harness, "the takes were there", |studio| {
        studio.document.takes.all().len() == 3 && studio.services.engine.running.is_none()
    });
    harness.state_mut().services.ask(Command::KeepTake);
    harness.run_steps(3);
    let kept = Arc::clone(harness.state().score());
    harness.state_mut().services.ask(Command::MakeAgain);
    until(&mut harness, "it was made again", |studio| {
        studio.services.toasts.texts().any(|text| text.starts_with("Recreated: the same 2 notes"))
    });
    let again = harness.state().score();
    assert_eq!(again.parts, kept.parts);
    assert_ne!(again.id, kept.id, "a composition of its own");
}

/// The shipped model in the real engine writes the same notes again, from what the library keeps.
#[test]
fn the_shipped_model_makes_the_same_notes_again() {
    let folder = tempfile::tempdir().unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/bach");
    let title = "Amazing Grace (recreated)";
    let kept = {
        let mut harness = open(folder.path(), &FakeBackend::new(), engine_line::real());
        let mut bach = a_model();
        (bach.folder.name, bach.folder.path) = ("bach".into(), model.clone());
        harness.state().services.ask(EngineAction::ModelsFound(vec![bach]));
        harness.state_mut().services.change_preferences(|preferences| preferences.takes = 1);
        click(&mut harness, "Melody Amazing Grace");
        until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
        harness.state_mut().services.ask(Command::Generate);
        harness.run_steps(3);
        until(&mut harness, "the take was there", |studio| {
            studio.document.takes.all().len() == 1 && studio.services.engine.running.is_none()
        });
        harness.state_mut().services.ask(Command::KeepTake);
        harness.run_steps(3);
        let kept = Arc::clone(harness.state().score());
        assert!(kept.parts.len() > 1 && kept.parts[1..].iter().all(|part| !part.notes.is_empty()));
        kept
    };
    // another window, another engine, and the model found where it was
    let mut harness = open(folder.path(), &FakeBackend::new(), engine_line::real());
    let mut bach = a_model();
    bach.folder.path = model;
    harness.state().services.ask(EngineAction::ModelsFound(vec![bach]));
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    harness.state_mut().services.ask(Command::MakeAgain);
    until(&mut harness, "it was made again", |studio| {
        studio.services.toasts.texts().any(|text| text.starts_with("Recreated: the same"))
    });
    let again = harness.state().score();
    assert_eq!((again.title.as_str(), &again.parts), (title, &kept.parts));
}

#[test]
fn compositions_of_one_title_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library_of_one(folder.path());
    // the same melody again: once it is the user's work, it has a number
    for (numbered, count) in [("Amazing Grace 2", 2), ("Amazing Grace 3", 3)] {
        press(&mut harness, Modifiers::COMMAND, Key::Num1);
        click(&mut harness, "Melody Amazing Grace");
        assert_eq!(harness.state().score().title, "Amazing Grace");
        press(&mut harness, Modifiers::COMMAND, Key::A);
        press(&mut harness, Modifiers::NONE, Key::ArrowUp);
        until(&mut harness, "it had a number", |studio| studio.score().title == numbered);
        press(&mut harness, Modifiers::COMMAND, Key::Z);
        assert_eq!(harness.state().score().title, numbered, "undo takes back only what was done");
        press(&mut harness, Modifiers::COMMAND, Key::Num4);
        until(&mut harness, "it was listed", listed(count));
        harness.get_by_label(&format!("Open {numbered}"));
    }
    // who gives two the same title sees when each was changed
    click(&mut harness, "Rename Amazing Grace 2");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label("Title").type_text("Amazing Grace");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    until(&mut harness, "they had one title", |studio| studio.pages.library.namesakes.len() == 2);
    harness.run_steps(2);
    let list = harness.state().pages.library.list.clone().unwrap();
    for summary in list.iter().filter(|summary| summary.title == "Amazing Grace") {
        assert_eq!(summary.changed.len(), "2026-03-01 14:05".len(), "{}", summary.changed);
        let told = format!("Open Amazing Grace, 0:36, changed {}", summary.changed);
        assert!(harness.query_all_by_label(&told).count() > 0, "{told}");
    }
}

#[test]
fn what_was_deleted_is_said_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = library_of_one(folder.path());
    let said = "“Amazing Grace (copy)” is in the bin";
    for way in ["time", "another page"] {
        click(&mut harness, "Duplicate Amazing Grace");
        until(&mut harness, "a copy was listed", listed(2));
        click(&mut harness, "Delete Amazing Grace (copy)");
        harness.hover_at(eframe::egui::pos2(4.0, 4.0));
        harness.run_steps(8); // two seconds
        harness.get_by_label(said);
        match way {
            "time" => harness.run_steps(70),
            _ => [Key::Num1, Key::Num4].into_iter().for_each(|key| press(&mut harness, Modifiers::COMMAND, key)),
        }
        assert!(harness.query_by_label(said).is_none(), "{way}");
        until(&mut harness, "it was gone", listed(1));
    }
}

#[test]
fn a_composition_that_is_opened_again_is_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::N);
    let mut tune = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 60];
    let play = |harness: &mut Harness<'static, Studio>, tune: [i32; 12]| {
        let notes = tune.iter().zip(0..).map(|(pitch, index)| note(index * 480, *pitch)).collect();
        harness.state_mut().document.edit_part(0, "Tune", |part| part.notes = notes);
        harness.run_steps(2);
    };
    play(&mut harness, tune);
    let key = |harness: &Harness<'static, Studio>| harness.state().document.key_at(0).unwrap().name();
    assert_eq!(key(&harness), "C major");
    tune[11] = 62;
    play(&mut harness, tune);
    assert_eq!(key(&harness), "C major", "which these notes by themselves would not suggest");
    let found = detect_melody(&MelodyNote::line(harness.state().score().parts[0].notes.iter()), None);
    assert_eq!(found.unwrap().name(), "D minor");
    harness.state_mut().document.transport.loop_range = Some(480..960);
    harness.state_mut().document.transport.looping = true;
    harness.run_steps(2);
    let id = harness.state().score().id;
    let as_left = |harness: &Harness<'static, Studio>| {
        let studio = harness.state();
        (studio.score().id, key(harness), studio.document.active_loop())
    };
    let left = (id, "C major".to_owned(), Some(480..960));
    // another one, and back by undo, which says so
    click(&mut harness, "Melody Amazing Grace");
    assert_eq!(harness.state().document.active_loop(), None);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(as_left(&harness), left);
    assert!(texts(&harness).iter().any(|text| text == "Back to “New composition”"));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(texts(&harness).iter().any(|text| text == "Forward to “Amazing Grace”"));
    // from the library
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    until(&mut harness, "both were listed", listed(2));
    let changed = |harness: &Harness<'static, Studio>| {
        let list = harness.state().pages.library.list.clone().unwrap();
        list.iter().find(|summary| summary.id == id).unwrap().changed_ms
    };
    let changed_before = changed(&harness);
    click(&mut harness, "Open New composition");
    until(&mut harness, "it was open", move |studio| studio.score().id == id);
    harness.run_steps(2);
    assert_eq!(as_left(&harness), left);
    // and in the next session
    until(&mut harness, "it was noted", |_| {
        Store::open(folder.path()).unwrap().store.session(1).unwrap().is_some_and(|session| session.composition == id)
    });
    drop(harness);
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    assert_eq!(as_left(&harness), left);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    until(&mut harness, "both were listed", listed(2));
    assert_eq!(changed(&harness), changed_before, "to open it changed nothing");
}

#[test]
fn the_playhead_is_where_it_was_after_several_pieces_were_heard() {
    use cantus::{music::Score, studio::actions::ListenAction};
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    harness.state_mut().services.sound.seek(1234);
    until(&mut harness, "the playhead was there", |studio| studio.services.playhead() == 1234);
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    for pitch in [60, 62, 64] {
        let part = Part { notes: (0..16).map(|beat| note(beat * 480, pitch)).collect(), ..Part::new("Heard", 0) };
        let score = Arc::new(Score { parts: vec![Arc::new(part)], ..Score::default() });
        harness.state().services.ask(ListenAction::To(Arc::clone(&score)));
        harness.run_steps(2);
        assert!(harness.state().services.listening.is_heard(&score));
    }
    press(&mut harness, Modifiers::COMMAND, Key::Num1);
    until(&mut harness, "the playhead was back", |studio| studio.services.playhead() == 1234);
    assert!(harness.state().services.listening.score().is_none());
}
