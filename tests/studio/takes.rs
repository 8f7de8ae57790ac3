//! Takes of several requests and models: compared while they are heard, kept only where somebody says so.

use cantus::{engine_client::PartSpec, music::Role, studio::services::models::Model};
use eframe::egui::vec2;

use super::*;

fn model(title: &str) -> Model {
    let mut model = a_model();
    model.folder.name = title.to_lowercase();
    model.folder.path = format!("/models/{title}").into();
    let card = model.card.as_mut().unwrap();
    card.name = title.into();
    let part = |role, name: &str| PartSpec { role, name: name.into(), program: 0, is_drum: false, low: 0, high: 127 };
    card.parts = vec![part(Role::Bass, "Bass"), part(Role::Drums, "Drums")];
    model
}

/// A studio with two models of bass and drums.
pub fn with_models(folder: &Path) -> Harness<'static, Studio> {
    let mut harness = open(folder, &FakeBackend::new(), fake_engine());
    harness.state_mut().take_models(vec![model("Chorale"), model("Band")], Some("chorale"));
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    harness
}

fn generate(harness: &mut Harness<'static, Studio>, wanted: usize) {
    click(harness, "Generate composition");
    until(harness, "the takes were there", |studio| {
        studio.document.takes.all().len() == wanted && studio.services.engine.running.is_none()
    });
}

fn seed_field(harness: &Harness<'static, Studio>) -> String {
    let field = harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, "Seed");
    field.accesskit_node().value().unwrap()
}

#[test]
fn takes_of_two_models_stay_and_the_kept_one_is_marked() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    generate(&mut harness, 3);
    click(&mut harness, "Model: Chorale");
    click(&mut harness, "Model Band");
    harness.get_by_label("Model: Band");
    assert_eq!(harness.state().document.takes.audition, Some(0), "choosing a model leaves what is heard");
    generate(&mut harness, 6);
    assert_eq!(harness.state().document.takes.audition, Some(3), "the first of the new ones");
    press(&mut harness, Modifiers::NONE, Key::OpenBracket);
    assert_eq!(harness.state().document.takes.audition, Some(2), "one of the other model's is a key away");
    let heard = harness.state().document.takes.heard().unwrap().clone();
    assert_eq!((heard.settings.model.as_str(), heard.number), ("Chorale", 3));
    click(&mut harness, "Settings"); // they fold where takes need the room
    let field = seed_field(&harness);
    assert_eq!(field, heard.take.seed.to_string(), "the seed of what is heard");
    click(&mut harness, "Keep take 3");
    let kept = |harness: &Harness<'static, Studio>| -> Vec<bool> {
        harness.state().document.takes.all().iter().map(|take| take.take.kept).collect()
    };
    assert_eq!(kept(&harness), [false, false, true, false, false, false]);
    until(&mut harness, "they were saved", |studio| {
        let id = studio.document.history.committed().id;
        let saved = Store::open(folder.path()).unwrap().store.load(id);
        saved.is_ok_and(|saved| saved.takes.is_some_and(|takes| takes.earlier.len() == 1 && takes.takes.len() == 3))
    });
    drop(harness);
    let mut again = open(folder.path(), &FakeBackend::new(), fake_engine());
    until(&mut again, "the takes were back", |studio| studio.document.takes.all().len() == 6);
    assert_eq!(kept(&again), [false, false, true, false, false, false]);
    click(&mut again, "Settings");
    let field = seed_field(&again);
    assert_eq!(field, heard.take.seed.to_string(), "after a restart, too");
}

#[test]
fn muting_drawing_nothing_and_clicking_keep_no_take() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    generate(&mut harness, 3);
    let before = Arc::clone(harness.state().document.history.committed());
    click(&mut harness, "Mute Bass");
    press(&mut harness, Modifiers::NONE, Key::M);
    press(&mut harness, Modifiers::NONE, Key::M);
    press(&mut harness, Modifiers::NONE, Key::Num3);
    let middle = harness.state().pages.compose.editor.roll.coordinates().area().center();
    harness.hover_at(middle);
    harness.run_steps(2);
    press(&mut harness, Modifiers::SHIFT, Key::Q);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    let document = &harness.state().document;
    assert_eq!(document.history.committed().parts.len(), before.parts.len());
    assert!(document.takes.audition.is_some() && document.takes.all().iter().all(|take| !take.take.kept));
    assert!(document.score().parts[1].muted, "yet the part is silent");
}

#[test]
fn only_the_parts_that_are_wanted_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    click(&mut harness, "Write Drums");
    generate(&mut harness, 3);
    let asked = Arc::clone(&harness.state().document.takes.all()[0].settings.score);
    let drums = asked.parts.iter().find(|part| part.role == Role::Drums).unwrap();
    assert!(drums.locked && drums.notes.is_empty(), "the engine is told to leave them");
    click(&mut harness, "Keep take 1");
    click(&mut harness, "Lock Bass when generating");
    let why = harness.state().why_not(Command::Generate).unwrap();
    assert!(why.contains("locked or left out"), "{why}");
    assert!(harness.get_by_label("Write Bass").accesskit_node().is_disabled());
    click(&mut harness, "Write Drums");
    assert!(harness.state().why_not(Command::Generate).is_none());
}

#[test]
fn bars_are_regenerated_by_a_button_that_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    assert!(harness.query_by_label("Regenerate bar 1").is_none(), "nothing is there yet");
    generate(&mut harness, 3);
    harness.state_mut().document.transport.loop_range = Some(1920..5760);
    harness.state_mut().document.transport.looping = true;
    harness.run_steps(2);
    click(&mut harness, "Regenerate bars 2 to 3");
    until(&mut harness, "the takes were there", |studio| {
        studio.document.takes.all().len() == 6 && studio.services.engine.running.is_none()
    });
    let last = harness.state().document.takes.all().last().unwrap();
    assert_eq!(last.settings.bars, Some((1, 3)));
    assert_eq!(last.settings.score.parts.len(), 2, "of the take that was heard");
    harness.get_by_label("Chorale · bars 2 to 3 only");
}

#[test]
fn model_and_takes_are_in_sight_on_a_small_screen() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.set_size(vec2(1280.0, 720.0));
    harness.run_steps(4);
    generate(&mut harness, 3);
    for label in ["Model: Chorale", "Generate composition", "Take 1", "Keep take 1"] {
        let place = harness.get_by_label(label).rect();
        assert!(place.bottom() <= 720.0 && place.top() >= 0.0, "{label}: {place:?}");
    }
}

#[test]
fn three_takes_at_least_are_in_sight_in_the_usual_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.set_size(vec2(1440.0, 900.0));
    harness.run_steps(4);
    generate(&mut harness, 3);
    let below = harness.get_by_label("Keep take 1").rect().top();
    for label in ["Generate composition", "Write Bass", "Settings", "Take 1", "Take 2", "Take 3"] {
        let place = harness.get_by_label(label).rect();
        assert!(place.bottom() <= below && place.top() >= 0.0, "{label}: {place:?}, above {below}");
    }
}

#[test]
fn the_discriminators_pick_is_what_is_heard_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness =
        open(folder.path(), &FakeBackend::new(), fake_engine_that_rates(|index| [1.0, 3.0, 2.0][index as usize % 3]));
    with_model(&mut harness);
    harness.state_mut().services.preferences.takes = 3;
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    harness.state().services.ask(Command::Generate);
    until(&mut harness, "all came", |studio| studio.document.takes.all().len() == 3);
    harness.run_steps(2);
    assert_eq!(harness.state().document.takes.audition, Some(1));
}
