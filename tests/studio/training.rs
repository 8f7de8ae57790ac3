//! Trainings that are looked at: what a run's folder has is shown, and stays.

use eframe::egui::accesskit::Toggled;

use super::*;

/// The folder of a run that was stopped after three iterations, the learning rate changed on the way.
fn a_stopped_run(folder: &Path) {
    std::fs::create_dir_all(folder.join("samples")).unwrap();
    let put = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
    put("request.json", r#"{"iterations": 9, "data": "builtin:chorale"}"#);
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
    let see = |harness: &mut Harness<'static, Studio>, label: &str| {
        let end = Instant::now() + Duration::from_mins(1);
        while harness.query_by_label(label).is_none() {
            assert!(Instant::now() < end, "{label} is not to be seen");
            harness.step();
            std::thread::sleep(Duration::from_millis(5));
        }
    };
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
