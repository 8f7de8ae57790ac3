//! The user's own models: heard, kept in order, passed on.

use super::*;

/// A model of the user's own; its weights are no weights.
fn a_model_folder(place: &Path, name: &str) {
    let folder = place.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("model.json"), format!(r#"{{"format":1,"network":"cantus","name":"{name}"}}"#)).unwrap();
    std::fs::write(folder.join("generator.safetensors"), "w").unwrap();
    std::fs::write(folder.join("metrics.csv"), "iteration,seconds,critic_loss\n1,0.5,3.0\n2,1.0,2.0\n").unwrap();
}

fn is_listed(name: &'static str) -> impl Fn(&Studio) -> bool {
    move |studio| studio.services.models.list.iter().flatten().any(|model| model.title() == name)
}

#[test]
fn own_models_are_renamed_duplicated_deleted_brought_back_and_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("models");
    a_model_folder(&place, "Waltz");
    std::fs::write(place.join("Waltz/card.md"), "# Waltz\n\nOf the woods.\n").unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    until(&mut harness, "the model was found", is_listed("Waltz"));
    let click = |harness: &mut Harness<'static, Studio>, label: &str| {
        harness.get_by_label(label).click_accesskit(); // it may be out of sight
        harness.run_steps(3);
    };
    click(&mut harness, "Rename Waltz");
    harness.get_by_label("Name of the model").type_text(" two");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    until(&mut harness, "it had its name", is_listed("Waltz two"));
    click(&mut harness, "Rename Waltz two");
    harness.get_by_label("Name of the model").type_text(" or three");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.run_steps(3);
    harness.get_by_label("Rename Waltz two");
    assert!(harness.query_by_label("Name of the model").is_none(), "Esc leaves the field and the name");
    assert!(place.join("Waltz two/metrics.csv").is_file() && !place.join("Waltz").exists());
    assert_eq!(std::fs::read_to_string(place.join("Waltz two/card.md")).unwrap(), "# Waltz two\n\nOf the woods.\n");
    let settings = cantus::library::store::GenerationSettings {
        model: "Waltz".into(),
        model_folder: place.join("Waltz"),
        ..Default::default()
    };
    assert_eq!(harness.state().services.models.name_of(&settings), "Waltz two", "also of what it wrote before");
    // what only its training knew goes along
    let put = |file: &str, text: &str| std::fs::write(place.join("Waltz two").join(file), text).unwrap();
    put("request.json", r#"{"network": "cantus", "loss": "hinge", "from": "/elsewhere/sonata"}"#);
    put("parts.csv", "iteration,Bass/polyphony\n1,1.5\n");
    put("changes.jsonl", "{\"iteration\":1,\"text\":\"batch 8 → 4\"}\n");
    click(&mut harness, "Duplicate Waltz two");
    until(&mut harness, "the copy was there", is_listed("Waltz two (copy)"));
    assert_eq!(harness.query_all_by_label("sonata").count(), 2, "both tell what they were started from");
    click(&mut harness, "Curves Waltz two (copy)");
    let shown = |studio: &Studio| studio.pages.models.curves.as_ref().is_some_and(|(_, curves)| curves.is_some());
    until(&mut harness, "its curves were read", shown);
    let (_, charts) = harness.state_mut().pages.models.curves.take().unwrap();
    let charts = charts.unwrap();
    assert_eq!((charts.metrics(), charts.changes.len()), (vec!["polyphony".to_owned()], 1));
    assert_eq!(charts.loss, Some(cantus::engine_client::protocol::Loss::Hinge));
    assert!(!place.join("Waltz two (copy)/request.json").exists(), "it is no training");
    click(&mut harness, "Delete Waltz two");
    until(&mut harness, "it was gone", |studio| !is_listed("Waltz two")(studio));
    assert!(!place.join("Waltz two").exists());
    click(&mut harness, "Undo");
    until(&mut harness, "it was back", is_listed("Waltz two"));
    // the way back is in the library's bin, too, when the notice was closed
    click(&mut harness, "Delete Waltz two");
    until(&mut harness, "it was gone", |studio| !is_listed("Waltz two")(studio));
    until(&mut harness, "it is in the bin", |studio| studio.services.models.binned.len() == 1);
    click(&mut harness, "Close");
    click(&mut harness, "Bin");
    until(&mut harness, "the library was shown", |studio| studio.page == Page::Library);
    until(&mut harness, "the bin was listed", |studio| studio.pages.library.list.is_some());
    harness.get_by_label("Deleted compositions and models stay here for 30 days");
    click(&mut harness, "Restore the model Waltz two");
    until(&mut harness, "it was back again", is_listed("Waltz two"));
    until(&mut harness, "the bin is empty", |studio| studio.services.models.binned.is_empty());
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    // passed on, and taken in
    harness.get_by_label("Export… Waltz two");
    harness.state_mut().pages.models.exported = Some(place.join("Waltz two"));
    let passed = folder.path().join("passed on");
    take_path(&mut harness, Purpose::ExportModel, &passed);
    until(&mut harness, "it was exported", |_| passed.join("generator.safetensors").is_file());
    take_path(&mut harness, Purpose::ImportModel, &passed);
    until(&mut harness, "it was imported", |studio| {
        let models = studio.services.models.list.iter().flatten();
        models.filter(|model| model.title() == "Waltz two").count() == 2
    });
    assert!(place.join("passed on/model.json").is_file() && place.join("passed on/parts.csv").is_file());
    // a list that was read while it was copied does not know its training yet
    let told = |harness: &Harness<'static, Studio>| harness.query_all_by_label("sonata").count();
    for _ in 0..1000 {
        if told(&harness) == 3 {
            break;
        }
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert_eq!(told(&harness), 3);
    // what came with the program stays
    let shipped: Vec<String> = harness
        .state()
        .services
        .models
        .list
        .iter()
        .flatten()
        .filter(|model| model.folder.origin == cantus::library::models::Origin::Shipped)
        .map(|model| format!("Delete {}", model.title()))
        .collect();
    for delete in shipped {
        assert!(harness.get_by_label(&delete).accesskit_node().is_disabled(), "{delete}");
    }
}

#[test]
fn the_page_opens_at_its_top() {
    use eframe::egui::{Event, MouseWheelUnit, TouchPhase, vec2};
    let folder = tempfile::tempdir().unwrap();
    (0..5).for_each(|number| a_model_folder(&folder.path().join("models"), &format!("Waltz {number}")));
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    until(&mut harness, "the models were found", is_listed("Waltz 4"));
    let top = |harness: &Harness<'static, Studio>| harness.get_by_label("Your own").rect().top();
    let before = top(&harness);
    harness.hover_at(harness.get_by_label("Your own").rect().center());
    harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        source: eframe::egui::MouseWheelSource::Wheel,
        delta: vec2(0.0, -300.0),
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(30);
    assert!(top(&harness) < before - 100.0, "it was not scrolled");
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    harness.run_steps(3);
    assert_eq!(top(&harness), before);
}

#[test]
fn a_model_is_heard_its_curves_are_seen_and_it_is_trained_further() {
    let folder = tempfile::tempdir().unwrap();
    a_model_folder(&folder.path().join("models"), "Waltz");
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    until(&mut harness, "the model was found", is_listed("Waltz"));
    let before = Arc::clone(harness.state().score());
    harness.get_by_label("Listen Waltz").click_accesskit();
    harness.run_steps(5);
    harness.get_by_label("Stop Waltz").click_accesskit();
    harness.run_steps(3);
    harness.get_by_label("Listen Waltz");
    assert_eq!(*harness.state().score(), before, "nothing is kept");
    harness.get_by_label("Curves Waltz").click_accesskit();
    let end = Instant::now() + Duration::from_mins(1);
    while harness.query_by_label("Line of Discriminator").is_none() {
        assert!(Instant::now() < end, "the curves do not come");
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    harness.get_by_label("Train further Waltz").click_accesskit();
    harness.run_steps(3);
    let setup = &harness.state().pages.train.setup;
    assert_eq!(
        setup.from,
        cantus::studio::services::training::setup::Beginning::Model(folder.path().join("models/Waltz"))
    );
    harness.get_by_label("Start training");
}
