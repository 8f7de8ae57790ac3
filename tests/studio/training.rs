//! Trainings that are set up and looked at: what a run's folder has is shown, and stays.

use eframe::egui::{Event, MouseWheelSource, MouseWheelUnit, TouchPhase, accesskit::Toggled, vec2};

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
    while harness.query_by_label(label).is_none() {
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
    see(&mut harness, "No time estimate yet: no training of this kind has been completed on this computer");
    harness.state_mut().pages.train.setup.data = String::new();
    harness.run_steps(2);
    assert!(harness.get_by_label("Start training").accesskit_node().is_disabled());
    harness.get_by_label("Choose training data first");
}

#[test]
fn a_loss_is_chosen_only_where_the_network_has_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = train_page(folder.path());
    let is_disabled = |harness: &Harness<'static, Studio>| harness.get_by_label("Hinge").accesskit_node().is_disabled();
    assert!(is_disabled(&harness));
    harness.get_by_label("This network's discriminator has a loss of its own");
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
    harness.get_by_label("Train longer…").click_accesskit();
    harness.run_steps(3);
    harness.get_by_label("Half").click_accesskit();
    harness.run_steps(3);
    let more = |harness: &Harness<'static, Studio>| harness.state().pages.train.shown.as_ref().unwrap().more;
    assert_eq!(more(&harness), Some(10));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    // a number can be typed at once
    harness.get_by_label("Train longer…").click_accesskit();
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
    click(&mut harness, "Line of Discriminator");
    assert_eq!(is_shown(&harness), Some(Toggled::False));
    click(&mut harness, "Line of Discriminator");
    assert_eq!(is_shown(&harness), Some(Toggled::True));
}
