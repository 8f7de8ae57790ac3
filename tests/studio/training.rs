//! Trainings that are set up and looked at: what a run's folder has is shown, and stays.

use eframe::egui::{Event, MouseWheelSource, MouseWheelUnit, TouchPhase, accesskit::Toggled, vec2};

use cantus::studio::{actions::FileAction, explanations::Topic, services::training::run::RunInfo};

use super::*;

/// The folder of a run that is done, and is a model: similarity was measured at 0, 10 and 20.
fn a_complete_run(folder: &Path) {
    std::fs::create_dir_all(folder.join("samples")).unwrap();
    let put = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
    put("request.json", r#"{"iterations": 20, "data": "builtin:chorale", "network": "unet"}"#);
    put(
        "status.json",
        r#"{"state": "complete", "iteration": 20, "total": 20, "checkpoint": 20, "seconds": 40.0, "written": 2.0,
            "held_out": 0, "tuning": {"batch": 64, "update_ratio": 5, "iterations": 20, "learning_rate": 0.001}}"#,
    );
    let head = "iteration,seconds,critic_loss,generator_loss,similarity,real_score,generated_score\n0,0.0,,,0.0,,\n";
    let row = |iteration: u32| {
        let similarity =
            if iteration.is_multiple_of(10) { format!("{}", f64::from(iteration) / 40.0) } else { String::new() };
        format!("{iteration},{}.0,-1.5,0.5,{similarity},2.0,0.5\n", 2 * iteration)
    };
    put("metrics.csv", &(1..=20).fold(head.to_owned(), |text, iteration| text + &row(iteration)));
    put("model.json", r#"{"format": 1, "network": "unet", "name": "Fugues"}"#);
    put("generator.safetensors", "w");
    for name in ["samples/0000000.mid", "samples/0000020.mid", "samples/original.mid"] {
        let score = cantus::music::Score { parts: vec![Arc::new(Part::new("Melody", 73))], ..Default::default() };
        std::fs::write(folder.join(name), midi_file::write(&score)).unwrap();
    }
}

/// Draws frames until something of that label is there.
fn see(harness: &mut Harness<'static, Studio>, label: &str) {
    let end = Instant::now() + Duration::from_mins(1);
    while harness.query_all_by_label(label).next().is_none() {
        assert!(Instant::now() < end, "{label} is not to be seen");
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The studio on its Train page.
fn train_page(folder: &Path) -> Harness<'static, Studio> {
    let mut harness = open(folder, &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    harness
}

#[test]
fn the_start_is_in_sight_in_a_small_window_and_says_why_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    for size in [vec2(1440.0, 900.0), vec2(1280.0, 720.0)] {
        harness.set_size(size);
        harness.run_steps(4);
        let start = harness.get_by_label("Start training").rect();
        assert!(start.bottom() <= size.y && start.top() > size.y * 0.7, "{size}: {start:?}");
    }
    harness
        .get_by_label("Also draws which pieces are held out; the same seed on the same processor gives the same model");
    see(&mut harness, "No time estimate yet: no training of this kind has been completed on this computer");
    harness.state_mut().pages.train.setup.data = String::new();
    harness.run_steps(2);
    assert!(harness.get_by_label("Start training").accesskit_node().is_disabled());
    harness.get_by_label("Choose training data first");
}

#[test]
fn the_form_fits_a_small_window_at_double_size_and_keeps_its_places_while_data_are_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    harness.set_size(vec2(720.0, 450.0)); // 1440 × 900 at double size
    see(&mut harness, "Show the pieces");
    harness.run_steps(2);
    for label in
        ["Chorales", "Symphony", "Training data", "Choose a folder…", "U-Net", "Epochs", "Seed", "Start training"]
    {
        for node in harness.query_all_by_label(label) {
            assert!(node.rect().right() <= 712.0, "{label}: {:?}", node.rect());
        }
    }
    harness.set_size(vec2(1440.0, 900.0));
    harness.run_steps(2);
    see(&mut harness, "Show the pieces");
    let top = |harness: &Harness<'static, Studio>| harness.get_by_label("Training settings").rect().top();
    let before = top(&harness);
    harness.state_mut().pages.train.setup.data = "builtin:pop".into();
    harness.step();
    harness.get_by_label("Cancel"); // it is being looked through
    assert_eq!(top(&harness), before);
    see(&mut harness, "Show the pieces");
    until(&mut harness, "it was looked through", |studio| studio.pages.train.data.scanning().is_none());
    assert_eq!(top(&harness), before);
}

#[test]
fn the_list_of_pieces_stays_while_data_are_looked_through_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    see(&mut harness, "Show the pieces");
    click(&mut harness, "Show the pieces");
    harness.run_steps(3);
    let labels = ["Hide the pieces", "Search files", "Training settings", "Seed"];
    let tops = |harness: &Harness<'static, Studio>| {
        labels.map(|label| harness.get_all_by_label(label).next().unwrap().rect().top())
    };
    let before = tops(&harness);
    harness.state_mut().pages.train.setup.seed += 1; // other pieces are held out
    harness.step();
    harness.get_by_label("Cancel");
    assert_eq!(tops(&harness), before, "while it is looked through");
    until(&mut harness, "it was looked through", |studio| studio.pages.train.data.scanning().is_none());
    harness.run_steps(2);
    assert_eq!(tops(&harness), before, "when that is done");
}

#[test]
fn what_gets_the_focus_comes_into_sight() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    harness.set_size(vec2(1280.0, 720.0));
    see(&mut harness, "Show the pieces");
    harness.run_steps(3);
    let page = harness.get_by_label("Start training").rect().top();
    assert!(harness.get_by_label("Name of the model").rect().top() > page, "it is out of sight");
    harness.get_by_label("Name of the model").focus();
    harness.run_steps(30);
    assert!(harness.get_by_label("Name of the model").rect().bottom() < page);
    // and back, by keys alone
    let first = "Chorales";
    assert!(harness.get_by_label(first).rect().top() < 0.0, "it is out of sight");
    for _ in 0..100 {
        press(&mut harness, Modifiers::SHIFT, Key::Tab);
        if keyboard::focused(&harness) == first {
            break;
        }
    }
    harness.run_steps(30);
    assert_eq!(keyboard::focused(&harness), first);
    assert!(harness.get_by_label(first).rect().top() > 40.0);
}

#[test]
fn help_is_there_for_settings_that_are_out_of_use() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    comes_to(&run, "starting", 0, 60);
    let mut harness = train_page(folder.path());
    see(&mut harness, "These can be changed once it learns");
    for control in ["Change the learning rate", "Change the batch", "Both"] {
        assert!(is_out_of_use(&harness, control), "{control}");
    }
    for topic in [Topic::LearningRate, Topic::Steps, Topic::SlowMotion] {
        let (title, text) = topic.row();
        let mark = format!("What is “{title}”?");
        assert!(!is_out_of_use(&harness, &mark), "{title}");
        click(&mut harness, &mark);
        harness.get_by_label(text);
        harness.key_press(Key::Escape);
        harness.run_steps(3);
    }
}

#[test]
fn trainings_keep_their_places_when_they_end() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    let status = std::fs::read_to_string(run.join("status.json")).unwrap();
    std::fs::write(run.join("status.json"), status.replacen('{', r#"{"began": 1.0,"#, 1)).unwrap();
    a_complete_run(&folder.path().join("models/fugues")); // begun later
    let mut harness = train_page(folder.path());
    let names = |studio: &Studio| studio.services.training.runs().iter().map(RunInfo::name).collect::<Vec<_>>();
    until(&mut harness, "both were listed", |studio| names(studio) == ["fugues", "waltz"]);
    let status = status.replace(r#""state": "learning""#, r#""state": "complete""#);
    std::fs::write(run.join("status.json"), status.replacen('{', r#"{"began": 1.0,"#, 1)).unwrap();
    see(&mut harness, "waltz, complete, 10");
    assert_eq!(names(harness.state()), ["fugues", "waltz"]);
}

#[test]
fn a_loss_is_chosen_only_where_the_network_has_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    let is_disabled = |harness: &Harness<'static, Studio>| harness.get_by_label("Hinge").accesskit_node().is_disabled();
    assert!(is_disabled(&harness));
    harness.get_by_label("This network's discriminator always has the logistic loss");
    harness.get_by_label("Only the U-Net gains from it; this network is too small");
    harness.get_by_label("U-Net").click_accesskit();
    harness.run_steps(3);
    assert!(!is_disabled(&harness));
    harness.get_by_label("Hinge").click_accesskit();
    harness.run_steps(3);
    assert_eq!(harness.state().pages.train.setup.loss, cantus::engine_client::protocol::Loss::Hinge);
}

#[test]
fn a_question_mark_opens_by_click_and_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    let text = cantus::studio::explanations::Topic::LearningRate.row().1;
    assert!(harness.query_by_label(text).is_none());
    harness.get_by_label("What is “Learning rate”?").click_accesskit();
    harness.run_steps(3);
    // it covers nothing of the row that it explains
    let [box_, mark] = [text, "What is “Learning rate”?"].map(|label| harness.get_by_label(label).rect());
    assert!(box_.bottom() <= mark.top(), "{box_:?} {mark:?}");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label(text).is_none());
    harness.get_by_label("What is “Learning rate”?").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label(text);
}

#[test]
fn the_list_of_pieces_gives_the_wheel_back_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    see(&mut harness, "Show the pieces");
    let top = |harness: &Harness<'static, Studio>| harness.get_by_label("What is “Data”?").rect().top();
    let before = top(&harness);
    harness.get_by_label("Show the pieces").click_accesskit();
    harness.run_steps(3);
    let over = harness.get_by_label("Search files").rect().center_bottom() + vec2(0.0, 60.0);
    harness.event(Event::PointerMoved(over));
    for _ in 0..12 {
        harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            source: MouseWheelSource::Wheel,
            delta: vec2(0.0, -5000.0),
            phase: TouchPhase::Move,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(6);
    }
    assert!(top(&harness) < before - 20.0, "the page did not move from {before}");
}

#[test]
fn a_finished_run_is_compared_used_and_trained_longer() {
    let folder = tempfile::tempdir().unwrap();
    a_complete_run(&folder.path().join("models/fugues"));
    a_stopped_run(&folder.path().join("models/tunes"));
    let mut harness = train_page(folder.path());
    see(&mut harness, "fugues, complete, 20");
    click(&mut harness, "fugues, complete, 20");
    see(&mut harness, "Line of Real music");
    // nothing was held out, and nothing else is claimed
    see(&mut harness, "The same melody of a training piece (none is held out) with the same noise, each time");
    see(&mut harness, "Listen to the real piece");
    see(&mut harness, "After iteration 20: it gives real music 1.50 more than generated music");
    for text in ["It wrote no notes at iterations 0 and 20", "Started from", "From scratch", "20 iterations", "Full"] {
        see(&mut harness, text);
    }
    // another run is laid beside, hidden by its name, and shown again
    click(&mut harness, "Compare with…");
    click(&mut harness, "Compare with tunes");
    see(&mut harness, "Run tunes");
    // one has a loss of its network's own, so sizes tell nothing
    let words = "Losses of different kinds: each line is scaled from its lowest to its highest value";
    assert_eq!(harness.query_all_by_label(words).count(), 2);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    // values of both stand above each chart, on no curve
    let values = harness.get_by_label_contains("Iteration 20, smoothed\nReal music").rect();
    let plot = harness.get_by_label("Chart “Scores by the discriminator”").rect();
    assert!(values.bottom() <= plot.top(), "{values:?} {plot:?}");
    let is_shown = |harness: &Harness<'static, Studio>| harness.get_by_label("Run tunes").accesskit_node().toggled();
    assert_eq!(is_shown(&harness), Some(Toggled::True));
    for expected in [Toggled::False, Toggled::True] {
        harness.get_by_label("Run tunes").click_accesskit();
        harness.run_steps(3);
        assert_eq!(is_shown(&harness), Some(expected));
    }
    harness.get_by_label("Time").click_accesskit();
    harness.run_steps(3);
    harness.get_by_label("Remove tunes from the charts").click_accesskit();
    harness.run_steps(3);
    assert!(harness.query_by_label("Run tunes").is_none());
    // how much longer is asked
    harness.get_by_label("Train further…").click_accesskit();
    harness.run_steps(3);
    harness.get_by_label("Half").click_accesskit();
    harness.run_steps(3);
    let more = |harness: &Harness<'static, Studio>| harness.state().pages.train.shown.as_ref().unwrap().more;
    assert_eq!(more(&harness), Some(10));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    // a number can be typed at once
    harness.get_by_label("Train further…").click_accesskit();
    harness.run_steps(3);
    harness.event(eframe::egui::Event::Text("25".into()));
    harness.run_steps(1);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert_eq!(more(&harness), Some(25));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    // and it writes from now on
    until(&mut harness, "the model was found", |studio| {
        studio.services.models.list.iter().flatten().any(|model| model.title() == "Fugues")
    });
    harness.get_by_label("Use in Compose").click_accesskit();
    until(&mut harness, "the page was shown", |studio| studio.page == Page::Compose);
    assert_eq!(harness.state().services.models.chosen().unwrap().title(), "Fugues");
}

#[test]
fn a_run_leads_to_its_model_by_the_right_button() {
    let folder = tempfile::tempdir().unwrap();
    a_complete_run(&folder.path().join("models/fugues"));
    let mut harness = train_page(folder.path());
    let row = "fugues, complete, 20";
    see(&mut harness, row);
    until(&mut harness, "the model was found", |studio| {
        studio.services.models.list.iter().flatten().any(|model| model.title() == "Fugues")
    });
    let choose = |harness: &mut Harness<'static, Studio>, item: &str| {
        see(harness, row);
        harness.run_steps(3);
        harness.get_by_label(row).click_secondary();
        harness.run_steps(5);
        click(harness, item);
        harness.run_steps(3);
    };
    choose(&mut harness, "Show in Models");
    assert_eq!(harness.state().page, Page::Models);
    harness.get_by_label("Started from");
    harness.get_by_label("Precision");
    assert!(harness.state().pages.models.renaming.is_none());
    harness.state_mut().page = Page::Train;
    choose(&mut harness, "Rename…");
    assert_eq!(harness.state().page, Page::Models);
    assert_eq!(harness.state_mut().pages.models.renaming.take().unwrap().1, "Fugues");
    harness.state_mut().page = Page::Train;
    choose(&mut harness, "Delete");
    until(&mut harness, "it was deleted", |_| !folder.path().join("models/fugues").exists());
}

/// The folder of a run that was stopped after three iterations, the learning rate changed on the way.
fn a_stopped_run(folder: &Path) {
    std::fs::create_dir_all(folder.join("samples")).unwrap();
    let put = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
    put("request.json", r#"{"iterations": 9, "data": "builtin:chorale", "network": "autoregressive"}"#);
    put("status.json", r#"{"state": "stopped", "iteration": 3, "total": 9, "checkpoint": 3, "written": 1.0}"#);
    put("metrics.csv", "iteration,seconds,critic_loss,generator_loss\n1,0.5,3.0,1.0\n2,1.0,2.0,1.5\n3,1.5,1.0,2.0\n");
    put("changes.jsonl", "{\"iteration\":2,\"text\":\"learning rate 0.002 → 0.001\"}\n");
}

#[test]
fn a_run_stays_as_it_is_shown_when_it_is_chosen_again_or_resumed() {
    let folder = tempfile::tempdir().unwrap();
    a_stopped_run(&folder.path().join("models/tunes"));
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    let change = "At 2: learning rate 0.002 → 0.001";
    let row = "tunes, stopped, 3 of 9";
    see(&mut harness, row);
    click(&mut harness, row);
    see(&mut harness, change);
    see(&mut harness, "Line of Discriminator");
    for again in [row, "Resume"] {
        click(&mut harness, again);
        // longer than the folder is left unlooked at
        let end = Instant::now() + Duration::from_millis(1200);
        while Instant::now() < end {
            harness.step();
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(harness.query_by_label(change).is_some(), "the change is gone after {again}");
        assert!(harness.query_by_label("Line of Discriminator").is_some(), "the curves are gone after {again}");
    }
    // a line is hidden by its name, and shown again; its chart stays
    let is_shown =
        |harness: &Harness<'static, Studio>| harness.get_by_label("Line of Discriminator").accesskit_node().toggled();
    assert_eq!(is_shown(&harness), Some(Toggled::True));
    for expected in [Toggled::False, Toggled::True] {
        harness.get_by_label("Line of Discriminator").click_accesskit(); // it is out of sight
        harness.run_steps(3);
        assert_eq!(is_shown(&harness), Some(expected));
    }
}

/// The folder of a training under way of sixty iterations, whose discriminator joins after the 36th; it is a model.
fn a_run_under_way(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let put = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
    put("request.json", r#"{"iterations": 60, "data": "builtin:chorale", "network": "autoregressive"}"#);
    put("metrics.csv", "iteration,seconds,critic_loss,generator_loss,reconstruction\n1,1.0,,,3.0\n");
    put("model.json", r#"{"format": 1, "network": "autoregressive", "name": "Waltz", "iterations": 25}"#);
    put("generator.safetensors", "w");
    comes_to(folder, "learning", 10, 60);
}

/// A training has come so far, and lives for as long as any test.
fn comes_to(folder: &Path, state: &str, iteration: u64, total: u64) {
    let written = cantus::engine_client::run_folder::now() + 3600.0;
    let status = format!(
        r#"{{"state": "{state}", "message": "Learning", "iteration": {iteration}, "total": {total}, "checkpoint": 1,
            "written": {written}, "tuning": {{"batch": 8, "update_ratio": 2, "iterations": {total},
            "learning_rate": 0.001}}}}"#
    );
    cantus::whole_file::replace(&folder.join("status.json"), status.as_bytes()).unwrap();
}

fn is_out_of_use(harness: &Harness<'static, Studio>, label: &str) -> bool {
    harness.get_by_label(label).accesskit_node().is_disabled()
}

#[test]
fn no_button_of_a_training_comes_to_stand_where_another_one_was() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    let mut harness = train_page(folder.path());
    see(&mut harness, "learning, 10 of 60");
    let places = |harness: &Harness<'static, Studio>| {
        ["Use in Compose", "Train further…", "Stop and keep"].map(|label| harness.get_by_label(label).rect())
    };
    let before = places(&harness);
    for (state, words) in [("stopped", "stopped, 12 of 60"), ("complete", "complete, 12")] {
        comes_to(&run, state, 12, 60);
        see(&mut harness, words);
        assert!(is_out_of_use(&harness, "Stop and keep"));
        assert_eq!(places(&harness), before, "{state}");
    }
}

#[test]
fn what_a_training_is_asked_for_is_shown_at_once_and_until_it_is_so() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    let mut harness = train_page(folder.path());
    see(&mut harness, "learning, 10 of 60");
    click(&mut harness, "Pause");
    harness.get_by_label("waltz, pausing after this iteration…");
    harness.get_by_label("Resume");
    comes_to(&run, "paused", 11, 60);
    see(&mut harness, "paused, 11 of 60");
    click(&mut harness, "Resume");
    harness.get_by_label("waltz, resuming…");
    comes_to(&run, "learning", 11, 60);
    see(&mut harness, "learning, 11 of 60");
    // another number stands in its field
    harness.get_by_label("Change the iterations").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.event(Event::Text("46".into()));
    harness.run_steps(1);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(2);
    harness.get_by_label("After this iteration: 46 iterations in all");
    let number = |harness: &Harness<'static, Studio>| {
        let field = harness.get_by_label("Change the iterations");
        field.accesskit_node().numeric_value()
    };
    assert_eq!(number(&harness), Some(46.0));
    comes_to(&run, "learning", 12, 46);
    see(&mut harness, "learning, 12 of 46");
    assert!(harness.query_by_label("After this iteration: 46 iterations in all").is_none());
    assert_eq!(number(&harness), Some(46.0));
    click(&mut harness, "Stop and keep");
    harness.get_by_label("waltz, stopping after this iteration…");
    assert!(is_out_of_use(&harness, "Stop and keep") && is_out_of_use(&harness, "Pause"));
    let asked = || std::fs::read_dir(run.join("control")).map_or(0, Iterator::count);
    until(&mut harness, "all was asked for", |_| asked() == 4);
}

#[test]
fn only_who_learns_is_stepped_and_no_answer_moves_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    comes_to(&run, "paused", 10, 60);
    let mut harness = train_page(folder.path());
    see(&mut harness, "Line of Training pieces");
    let words = "The generator learns from the music alone up to iteration 36 of 60; then the discriminator joins";
    harness.get_by_label(words);
    assert!(is_out_of_use(&harness, "Both") && is_out_of_use(&harness, "Discriminator"));
    // all charts have their places before they have a point
    let titles =
        ["Loss of the discriminator", "The game between the two", "Reconstruction", "Discriminator and drafts"];
    let tops = |harness: &Harness<'static, Studio>| titles.map(|title| harness.get_by_label(title).rect().top());
    let before = tops(&harness);
    click(&mut harness, "Generator");
    harness.get_by_label("A step of the generator is being made");
    assert_eq!(tops(&harness), before);
    let row = |text: &str| {
        use std::io::Write as _;
        let mut file = std::fs::OpenOptions::new().append(true).open(run.join("metrics.csv")).unwrap();
        writeln!(file, "{text}").unwrap();
    };
    row("10,2.0,,,3.0");
    row("11,3.0,,,2.5");
    comes_to(&run, "paused", 11, 60);
    see(&mut harness, "Iteration 11: only the generator learned; reconstruction 3.000 → 2.500");
    assert_eq!(tops(&harness), before);
    click(&mut harness, "Resume");
    comes_to(&run, "learning", 11, 60);
    see(&mut harness, "learning, 11 of 60");
    harness.get_by_label(words); // no step is spoken of any more
    row("37,9.0,1.5,,2.0");
    comes_to(&run, "learning", 37, 60);
    see(&mut harness, "Line of Discriminator");
    assert_eq!(tops(&harness), before);
    assert!(!is_out_of_use(&harness, "Discriminator") && is_out_of_use(&harness, "Generator"));
}

#[test]
fn nothing_moves_while_a_training_begins_learns_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    std::fs::remove_file(run.join("metrics.csv")).unwrap();
    comes_to(&run, "starting", 0, 60);
    let mut harness = train_page(folder.path());
    harness.set_size(vec2(1280.0, 720.0));
    see(&mut harness, "These can be changed once it learns");
    assert!(is_out_of_use(&harness, "Change the iterations") && is_out_of_use(&harness, "Listen"));
    let titles =
        ["While it runs", "Curves", "Loss of the discriminator", "Music, part by part", "What it writes", "Listen"];
    let tops = |harness: &Harness<'static, Studio>| titles.map(|title| harness.get_by_label(title).rect().top());
    let before = tops(&harness);
    comes_to(&run, "learning", 0, 60);
    see(&mut harness, "learning, 0 of 60");
    assert_eq!(tops(&harness), before, "it learns");
    assert!(!is_out_of_use(&harness, "Change the iterations"));
    // all that comes with the first measurement
    std::fs::create_dir_all(run.join("samples")).unwrap();
    std::fs::write(run.join("metrics.csv"), "iteration,seconds,reconstruction,similarity\n0,1.0,3.0,0.1\n").unwrap();
    std::fs::write(run.join("parts.csv"), "iteration,Bass/polyphony\n0,1.5\n").unwrap();
    let score = cantus::music::Score { parts: vec![Arc::new(Part::new("Melody", 73))], ..Default::default() };
    for name in ["0000000", "0000010", "0000020", "0000030", "0000040", "0000041", "0000042", "0000043", "original"] {
        std::fs::write(run.join(format!("samples/{name}.mid")), midi_file::write(&score)).unwrap();
    }
    see(&mut harness, "Line of Bass");
    see(&mut harness, "Sample 43");
    see(&mut harness, "Generated, after 43 iterations");
    assert_eq!(tops(&harness), before, "it was measured");
    // more was asked for than it could do in time, and that is not passed over
    harness.get_by_label("Change the iterations").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.event(Event::Text("80".into()));
    harness.run_steps(1);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(2);
    harness.get_by_label("After this iteration: 80 iterations in all");
    comes_to(&run, "complete", 60, 60);
    see(&mut harness, "This training has ended; Train further… continues it");
    assert_eq!(tops(&harness), before, "it ended");
    let told = "waltz was complete before the change to 80 iterations reached it; Train further… goes on from there";
    assert!(texts(&harness).iter().any(|text| text == told), "{:?}", texts(&harness));
}

#[test]
fn comparisons_and_smoothing_stay_with_another_training_and_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    a_complete_run(&folder.path().join("models/fugues"));
    a_stopped_run(&folder.path().join("models/tunes"));
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::A);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp); // a session that is worth keeping
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    let [fugues, tunes] = ["fugues, complete, 20", "tunes, stopped, 3 of 9"];
    see(&mut harness, fugues);
    click(&mut harness, fugues);
    see(&mut harness, "Compare with…");
    click(&mut harness, "Compare with…");
    click(&mut harness, "Compare with tunes");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::Slider, "Smoothing").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    let smoothing = harness.state().pages.train.charts().choices.smoothing;
    assert!(smoothing < 0.6, "{smoothing}");
    // both stay together, whichever is looked at, and each has its points
    let has_all = |studio: &Studio, own: f64, other: f64| {
        let charts = studio.pages.train.charts();
        let others = charts.compared.iter().map(|run| &run.curves);
        let all = std::iter::once(&charts.curves).chain(others);
        let last = all.map(|curves| curves.0.get("generator_loss").and_then(|curve| Some(curve.last()?[0])));
        last.eq([Some(own), Some(other)])
    };
    click(&mut harness, tunes);
    see(&mut harness, "Run fugues");
    until(&mut harness, "their points were there", |studio| has_all(studio, 3.0, 20.0));
    click(&mut harness, fugues);
    see(&mut harness, "Run tunes");
    until(&mut harness, "their points were there again", |studio| has_all(studio, 20.0, 3.0));
    click(&mut harness, "New training, Choose data and settings");
    click(&mut harness, fugues);
    see(&mut harness, "Run tunes");
    until(&mut harness, "they were there after the form", |studio| has_all(studio, 20.0, 3.0));
    eframe::App::on_exit(harness.state_mut(), None);
    drop(harness);
    let mut harness = train_page(folder.path());
    see(&mut harness, fugues);
    click(&mut harness, fugues);
    see(&mut harness, "Run tunes");
    until(&mut harness, "they were there after a restart", |studio| has_all(studio, 20.0, 3.0));
    assert_eq!(harness.state().pages.train.charts().choices.smoothing, smoothing);
}

#[test]
fn a_training_that_is_compared_goes_on_in_the_charts() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    a_complete_run(&folder.path().join("models/fugues"));
    let mut harness = train_page(folder.path());
    see(&mut harness, "fugues, complete, 20");
    click(&mut harness, "fugues, complete, 20");
    see(&mut harness, "Compare with…");
    click(&mut harness, "Compare with…");
    click(&mut harness, "Compare with waltz");
    let last = |studio: &Studio| {
        let compared = studio.pages.train.shown.as_ref().and_then(|shown| shown.charts.compared.first());
        compared
            .and_then(|run| run.curves.0.get("reconstruction"))
            .map_or(0.0, |curve| curve.last().map_or(0.0, |[x, _]| x))
    };
    until(&mut harness, "its curves were there", |studio| last(studio) >= 1.0);
    let text = "iteration,seconds,critic_loss,generator_loss,reconstruction\n1,1.0,,,3.0\n2,2.0,,,2.5\n";
    std::fs::write(run.join("metrics.csv"), text).unwrap();
    until(&mut harness, "they went on", |studio| last(studio) >= 2.0);
}

#[test]
fn a_training_under_way_is_seen_from_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("models/waltz");
    a_run_under_way(&run);
    a_complete_run(&folder.path().join("models/fugues"));
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let shown = "Training waltz: 10 of 60";
    see(&mut harness, shown);
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    see(&mut harness, "Learning, 10 of 60");
    harness.get_by_label("25 iterations so far");
    harness.get_by_label("Rename and Delete wait until its training has ended");
    assert!(is_out_of_use(&harness, "Rename Waltz") && !is_out_of_use(&harness, "Rename Fugues"));
    harness.state().services.ask(cantus::studio::actions::TrainAction::Select(None));
    harness.run_steps(2);
    click(&mut harness, shown);
    assert_eq!(harness.state().page, Page::Train);
    assert_eq!(harness.state().pages.train.selected(), Some(run.as_path()));
}

#[test]
fn a_new_training_opens_at_its_top_with_a_name_that_is_free() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("models/My model")).unwrap();
    a_complete_run(&folder.path().join("models/fugues"));
    let mut harness = train_page(folder.path());
    see(&mut harness, "fugues, complete, 20");
    assert_eq!(harness.state().pages.train.setup.name, "My model 2");
    let top = |harness: &Harness<'static, Studio>| harness.get_by_label("What is “Data”?").rect().top();
    let before = top(&harness);
    harness.get_by_label("Name of the model").scroll_to_me();
    harness.run_steps(30);
    assert!(top(&harness) < before - 50.0);
    click(&mut harness, "fugues, complete, 20");
    std::fs::create_dir_all(folder.path().join("models/My model 2")).unwrap();
    click(&mut harness, "New training, Choose data and settings");
    harness.run_steps(3);
    assert_eq!(top(&harness), before);
    assert_eq!(harness.state().pages.train.setup.name, "My model 3");
}

#[test]
fn the_model_that_a_training_begins_with_stands_once_and_in_the_summary() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    let base = |name: &str| {
        let card = cantus::engine_client::ModelCard { network: "autoregressive".into(), ..a_model().card.unwrap() };
        let title = if name == "base" { "Base" } else { "Other" };
        let folder = cantus::library::models::ModelFolder {
            name: name.into(),
            path: format!("/models/{name}").into(),
            origin: cantus::library::models::Origin::Shipped,
        };
        let card = Ok(cantus::engine_client::ModelCard { name: title.into(), ..card });
        cantus::studio::services::models::Model { folder, card }
    };
    harness.state_mut().take_models(vec![base("base"), base("other")], None);
    harness.run_steps(2);
    see(&mut harness, "Autoregressive on Chorales (built-in), starting from Base, 500 iterations");
    harness.get_by_label_contains("Base is a model that comes with Cantus");
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::ComboBox, "Start from").click_accesskit();
    harness.run_steps(3);
    assert!(harness.query_all_by_label("Base · default").count() >= 1);
    assert!(harness.query_by_label("Base").is_none() && harness.query_by_label("Other").is_some());
    click(&mut harness, "From scratch");
    see(&mut harness, "Autoregressive on Chorales (built-in), from scratch, 500 iterations");
}

#[test]
fn a_picture_of_a_chart_says_what_it_is_of() {
    let folder = tempfile::tempdir().unwrap();
    a_complete_run(&folder.path().join("models/fugues"));
    a_stopped_run(&folder.path().join("models/tunes"));
    let mut harness = train_page(folder.path());
    see(&mut harness, "tunes, stopped, 3 of 9");
    click(&mut harness, "tunes, stopped, 3 of 9");
    see(&mut harness, "Line of Discriminator");
    click(&mut harness, "Compare with…");
    click(&mut harness, "Compare with fugues");
    harness.key_press(Key::Escape);
    until(&mut harness, "its curves were there", |studio| {
        let shown = studio.pages.train.shown.as_ref().unwrap();
        shown.charts.compared.first().is_some_and(|run| !run.curves.is_empty())
    });
    let labels = ["Run tunes", "Run fugues", "Iterations", "Setting changed", "Line of Discriminator"];
    let counts = |harness: &Harness<'static, Studio>| labels.map(|label| harness.query_all_by_label(label).count());
    let before = counts(&harness);
    harness.get_by_label("Save “Loss of the discriminator” as a picture…").click_accesskit();
    harness.run_steps(3);
    assert_eq!(counts(&harness), before.map(|count| count + 1));
    assert_eq!(harness.query_all_by_label("Remove fugues from the charts").count(), 1, "no buttons");
    // from its title to the name of its axis it is larger than on the page
    let tops = |label: &str| harness.query_all_by_label(label).map(|node| node.rect().top()).collect::<Vec<_>>();
    let highest = tops("Loss of the discriminator").into_iter().fold(f32::INFINITY, f32::min);
    let lowest = tops("Iterations").into_iter().fold(0.0, f32::max);
    assert!(lowest - highest > 450.0, "{highest} to {lowest}");
    harness.run_steps(6);
    assert_eq!(counts(&harness), before);
    // it is called by what it shows
    harness.state_mut().pages.train.picture = Some(("Similarity - tunes, fugues".into(), Vec::new()));
    harness.state().services.ask(FileAction::AskByField(Purpose::Picture));
    harness.run_steps(4);
    let path = harness.get_by_label("Path").value();
    assert!(path.as_ref().is_some_and(|path| path.ends_with("Similarity - tunes, fugues.png")), "{path:?}");
}

#[test]
fn every_control_of_a_training_is_reached_by_tab() {
    let folder = tempfile::tempdir().unwrap();
    a_complete_run(&folder.path().join("models/fugues"));
    a_run_under_way(&folder.path().join("models/waltz"));
    let mut harness = train_page(folder.path());
    let reach = |harness: &mut Harness<'static, Studio>, some: &[&str]| {
        harness.run_steps(3);
        let wanted = keyboard::clickable(harness);
        for name in some {
            assert!(wanted.contains(*name), "there is no {name}: {wanted:#?}");
        }
        let mut reached = std::collections::BTreeSet::new();
        for _ in 0..wanted.len() * 2 {
            press(harness, Modifiers::NONE, Key::Tab);
            reached.insert(keyboard::focused(harness));
        }
        let missed: Vec<_> = wanted.difference(&reached).collect();
        assert!(missed.is_empty(), "Tab does not reach {missed:#?}");
    };
    see(&mut harness, "learning, 10 of 60");
    see(&mut harness, "Line of Training pieces");
    reach(&mut harness, &["Pause", "Generator", "Change the batch", "Slow motion", "Line of Training pieces"]);
    click(&mut harness, "fugues, complete, 20");
    see(&mut harness, "Line of Real music");
    see(&mut harness, "Sample 20");
    reach(&mut harness, &["Train further…", "Compare with…", "Sample 0", "Listen", "Logarithmic", "Smoothing"]);
    // a chart's values are read by keys: the arrows move the cross-hair
    harness.get_by_label("Chart “Scores by the discriminator”").focus();
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    press(&mut harness, Modifiers::SHIFT, Key::ArrowLeft);
    harness.run_steps(2);
    harness.get_by_label("After iteration 9: it gives real music 1.50 more than generated music");
    click(&mut harness, "New training, Choose data and settings");
    reach(&mut harness, &["Start training", "Learning rate", "Start from", "Name of the model", "U-Net"]);
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    see(&mut harness, "Train further Waltz");
    reach(&mut harness, &["Train further Waltz", "Listen Waltz", "Curves Fugues", "Import…"]);
}
