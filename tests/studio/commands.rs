//! Every command, the palette, the names of controls, and rest.

use eframe::egui::Event;

use super::*;

#[test]
fn a_composition_is_renamed_by_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.event(Event::Text("title".into()));
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.event(Event::Text("Evening".into()));
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().score().title, "Evening");
}

#[test]
fn the_key_of_a_view_closes_what_it_opened() {
    use cantus::studio::page::ComposeView::{Arrangement, Mixer, Roll};

    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    for (key, view) in [
        (Key::F9, Mixer),
        (Key::F9, Roll),
        (Key::F5, Arrangement),
        (Key::F9, Mixer),
        (Key::F9, Arrangement),
        (Key::F5, Roll),
        (Key::F7, Roll),
    ] {
        press(&mut harness, Modifiers::NONE, key);
        assert_eq!(harness.state().pages.compose.editor.view, view, "{key:?}");
    }
    // the switch shows what it says
    press(&mut harness, Modifiers::NONE, Key::F9);
    click(&mut harness, "Mixer");
    assert_eq!(harness.state().pages.compose.editor.view, Mixer);
}

#[test]
fn every_command_can_be_given_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    for _round in 0..2 {
        for entry in table() {
            // these would open the system's dialogs, or end the test
            if matches!(
                entry.command,
                Command::Quit
                    | Command::ImportMidi
                    | Command::ImportIntoPresent
                    | Command::OpenProject
                    | Command::SaveProject
                    | Command::ExportMidi
            ) {
                continue;
            }
            if let Some(why) = harness.state().why_not(entry.command) {
                assert!(why.len() > 10, "{}: {why}", entry.title);
                continue;
            }
            harness.state_mut().services.ask(entry.command);
            harness.run_steps(2);
            harness.state_mut().dialogs.open = None;
            harness.run_steps(1);
        }
    }
    // pages, too
    for page in Page::ALL {
        harness.state_mut().services.ask(Command::Show(page));
        harness.run_steps(3);
    }
}

/// What can be commanded without a window's frames, files and devices.
fn random_commands() -> Vec<Command> {
    let tools = [Command::QuantiseWith, Command::Humanise, Command::Transpose, Command::Stretch];
    let elsewhere = |entry: &&cantus::studio::commands::Entry| {
        let opens_dialog = entry.title.ends_with('…') && !tools.contains(&entry.command);
        opens_dialog || matches!(entry.command, Command::Quit | Command::Generate | Command::Show(Page::Models))
    };
    table().iter().filter(|entry| !elsewhere(entry)).map(|entry| entry.command).collect()
}

fn assert_valid(studio: &Studio, after: Command) {
    for score in [studio.document.history.committed(), studio.document.history.score()] {
        assert!(score.melody.is_none_or(|melody| melody < score.parts.len()), "{after:?}");
        for part in &score.parts {
            assert!(part.notes.is_sorted(), "{after:?}");
            assert!(part.notes.iter().all(|note| note.duration > 0 && note.end() <= edit::MAX_TICK), "{after:?}");
            assert!(part.controls.is_sorted_by_key(|event| event.tick), "{after:?}");
        }
    }
}

#[test]
fn ten_thousand_random_commands_leave_a_valid_score_and_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path(), &FakeBackend::new(), no_engine());
    let mut studio = Studio::new(eframe::egui::Context::default(), options);
    let commands = random_commands();
    let mut random = fastrand::Rng::with_seed(11);
    let (mut given, mut done) = (0, 0);
    let mut tried = Vec::new();
    for _round in 0..40 {
        let start = Arc::clone(studio.document.history.committed());
        let steps_before = studio.document.history.undo_labels().count();
        for _ in 0..250 {
            let command = commands[random.usize(0..commands.len())];
            if random.u8(0..4) == 0 {
                studio.services.sound.seek(random.u32(0..8000));
            }
            given += 1;
            if studio.why_not(command).is_none() {
                done += 1;
                tried.push(command);
            }
            // going back behind the start is another round's business
            let goes_behind = command == Command::Undo && studio.document.history.undo_labels().count() <= steps_before;
            if !goes_behind {
                studio.services.ask(command);
                studio.execute_actions();
            }
            assert_valid(&studio, command);
            let notes: usize = studio.score().parts.iter().map(|part| part.notes.len()).sum();
            if notes > 1500 || studio.score().parts.len() > 12 {
                studio.services.ask(Command::NewScore);
                studio.services.ask(Command::Roll(cantus::studio::commands::RollCommand::AddNote));
                studio.execute_actions();
            }
        }
        for command in [Command::Stop, Command::Roll(cantus::studio::commands::RollCommand::SelectNone)] {
            studio.services.ask(command);
            studio.execute_actions();
        }
        while studio.document.history.undo_labels().count() > steps_before {
            studio.services.ask(Command::Undo);
            studio.execute_actions();
        }
        assert_eq!(**studio.document.history.committed(), *start);
    }
    assert_eq!(given, 10_000);
    assert!(done > 4000, "only {done} of them could be given");
    // each of the table was really carried out, but for those that need a pointer, an engine, a take, lyrics, a section
    let never: Vec<Command> = commands.into_iter().filter(|command| !tried.contains(command)).collect();
    let cannot = [
        Command::Roll(cantus::studio::commands::RollCommand::SplitAtPointer),
        Command::KeepRecent,
        Command::NextRecordedTake,
        Command::TrimBefore,
        Command::TrimAfter,
        Command::LoopSection,
        Command::VaryBars,
        Command::CancelGenerate,
        Command::NextTake,
        Command::PreviousTake,
        Command::KeepTake,
        Command::DropTakes,
        Command::UseTakeOutline,
        Command::MakeAgain,
        Command::ToggleLyrics,
    ];
    // a section, chord or tempo is typed before there is one to change
    let is_typed = |command: &Command| matches!(command, Command::Mark(..));
    assert!(never.iter().all(|command| cannot.contains(command) || is_typed(command)), "{never:?}");
}

#[test]
fn the_palette_finds_and_gives_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.get_by_label("Search commands").type_text("new comp");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    assert_eq!(harness.state().score().title, "New composition");
    assert!(harness.state().dialogs.open.is_none());
}

#[test]
fn the_palette_knows_what_else_people_call_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.get_by_label("Search commands").type_text("restore");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    assert_eq!(harness.state().page, Page::Library);
}

#[test]
fn keys_change_nothing_that_another_page_shows() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let notes = |harness: &Harness<'static, Studio>| harness.state().score().parts[0].notes.clone();
    let before = notes(&harness);
    for page in [Page::Models, Page::Train, Page::Library, Page::Settings] {
        harness.state().services.ask(Command::Show(page));
        harness.run_steps(3);
        harness.ctx.memory_mut(eframe::egui::Memory::stop_text_input);
        for (modifiers, key) in [
            (Modifiers::COMMAND, Key::A),
            (Modifiers::NONE, Key::Delete),
            (Modifiers::NONE, Key::M),
            (Modifiers::NONE, Key::R),
            (Modifiers::NONE, Key::Space),
            (Modifiers::COMMAND, Key::K),
        ] {
            press(&mut harness, modifiers, key);
        }
        let studio = harness.state();
        assert!(notes(&harness) == before && !studio.score().parts[0].muted, "{page:?}");
        assert!(!studio.services.is_playing() && studio.document.recording.is_none(), "{page:?}");
        assert!(!studio.pages.compose.editor.computer_keys.enabled, "{page:?}");
    }
    // menus tell why
    click(&mut harness, "Edit");
    assert!(harness.get_by_label("Delete").accesskit_node().is_disabled());
    let elsewhere = Command::Panic.entry().why_not_on(Page::Models, false);
    assert_eq!(elsewhere, None, "silence is for all pages");
    let why = Command::MutePart.entry().why_not_on(Page::Models, false).unwrap();
    assert_eq!(why, "This is for the Compose page (Ctrl+1)");
    assert_eq!(Command::PlayPause.entry().why_not_on(Page::Models, true), None, "what plays can be stopped");
}

#[test]
fn menus_fit_a_small_screen() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.set_size(eframe::egui::vec2(1280.0, 720.0));
    harness.run_steps(3);
    for menu in cantus::studio::commands::Menu::ALL {
        // “Generate” heads a panel, too
        harness
            .get_all_by_label(menu.title())
            .min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()))
            .unwrap()
            .click();
        harness.run_steps(3);
        let last = table().iter().rfind(|entry| entry.menu == menu && entry.submenu.is_none()).unwrap();
        let title = last.title;
        let places: Vec<_> = harness.get_all_by_label(title).map(|node| node.rect()).collect();
        assert!(places.iter().any(|place| place.bottom() <= 720.0 && place.top() > 30.0), "{title}: {places:?}");
        let first = table().iter().find(|entry| entry.menu == menu).unwrap();
        let label = first.submenu.unwrap_or(first.title);
        // buttons of the bar are called like that, too, but are no wider than their icons
        let entries = harness.get_all_by_label(label).filter(|node| node.rect().width() > 100.0);
        let covers = entries.map(|node| node.rect().top()).any(|top| top < 34.0);
        assert!(!covers, "{label} lies over the menu bar");
        press(&mut harness, Modifiers::NONE, Key::Escape);
        harness.run_steps(3);
    }
}

#[test]
fn shortcuts_are_searched() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::NONE, Key::F1);
    harness.run_steps(2);
    harness.get_by_label("Tap tempo");
    harness.get_by_label("Search shortcuts").type_text("metronome");
    harness.run_steps(3);
    harness.get_by_label("Metronome on / off");
    assert!(harness.query_by_label("Tap tempo").is_none());
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.state().dialogs.open.is_none());
}

#[test]
fn everything_that_can_be_clicked_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    for page in Page::ALL {
        harness.state_mut().services.ask(Command::Show(page));
        harness.run_steps(4);
        let (mut nameless, mut checked) = (Vec::new(), 0);
        walk(harness.root().accesskit_node(), &mut |node| {
            use eframe::egui::accesskit::{Action, Role};
            let can = node.data().supports_action(Action::Click) && !node.is_hidden();
            let plain = matches!(
                node.role(),
                Role::GenericContainer | Role::Window | Role::ScrollView | Role::ScrollBar | Role::Label
            );
            let name = node.label().or_else(|| node.value()).unwrap_or_default();
            // a letter of the icon font is no name
            let named = name.chars().any(char::is_alphanumeric);
            checked += i32::from(can && !plain);
            if can && !plain && !named {
                nameless.push(format!("{:?} {name:?} at {:?}", node.role(), node.bounding_box()));
            }
        });
        assert!(nameless.is_empty(), "on {page:?}: {nameless:#?}");
        assert!(checked >= 15, "on {page:?} only {checked} controls were seen");
    }
}

/// Visits a node of the window and all below it.
pub fn walk<'a>(
    node: egui_kittest::kittest::AccessKitNode<'a>,
    visit: &mut impl FnMut(&egui_kittest::kittest::AccessKitNode<'a>),
) {
    visit(&node);
    for child in node.children() {
        walk(child, visit);
    }
}

#[test]
fn an_idle_window_is_not_drawn_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    until(&mut harness, "the engine was ready", |studio| {
        matches!(studio.services.engine.state, cantus::studio::services::engine::EngineState::Ready { .. })
    });
    // toasts leave, animations end
    for _ in 0..60 {
        harness.step();
    }
    let delay = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap();
    assert!(delay >= Duration::from_secs(1), "drawn again after {delay:?}");
}
