//! Takes of several requests and models: compared while they are heard, kept only where somebody says so.

use std::sync::Mutex;

use cantus::{
    engine_client::{
        EngineError, EngineEvent, PartSpec,
        protocol::{Event, Request, RequestId, VERSION},
    },
    library::models::Origin,
    music::{ChordChange, Outline, Role},
    studio::services::{
        engine_line::{EngineLine, Starter},
        models::Model,
    },
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::{Event as Input, PointerButton, vec2};

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

#[test]
fn a_list_that_the_mouse_opened_is_gone_through_with_the_arrows() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    let place = harness.get_by_label("Model: Chorale").rect().center();
    arrangement::click_at(&mut harness, place);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Model: Band");
}

fn generate(harness: &mut Harness<'static, Studio>, wanted: usize) {
    click(harness, "Generate composition");
    until(harness, "the takes were there", |studio| {
        studio.document.takes.all().len() == wanted && studio.services.engine.running.is_none()
    });
}

fn seed_field(harness: &Harness<'static, Studio>) -> String {
    let field = harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, "Seed");
    field.accesskit_node().value().unwrap_or_default()
}

/// What the tooltip of something says.
fn told(harness: &Harness<'static, Studio>, label: &str) -> String {
    harness.get_by_label(label).accesskit_node().data().description().map(str::to_owned).unwrap_or_default()
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
    let mut renamed = model("Chorale");
    renamed.card.as_mut().unwrap().name = "Hymn".into();
    harness.state_mut().take_models(vec![renamed, model("Band")], Some("band"));
    harness.run_steps(2);
    harness.get_by_label("Hymn: Takes 1–3");
    let heard = harness.state().document.takes.heard().unwrap().clone();
    assert_eq!((heard.settings.model.as_str(), heard.number), ("Chorale", 3));
    let seed = format!("seed {}", heard.take.seed);
    assert!(told(&harness, "Take 3").contains(&seed), "the seed of what is heard");
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
    assert!(told(&again, "Take 3, in the piece").contains(&seed), "after a restart, too");
}

#[test]
fn the_seed_stands_below_the_settings_and_looks_alike_before_and_after_takes() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    let is_below = |harness: &Harness<'static, Studio>| {
        let field = harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, "Seed").rect();
        field.top() > harness.get_by_label("Settings").rect().bottom()
    };
    assert!(is_below(&harness));
    assert_eq!(seed_field(&harness), "");
    generate(&mut harness, 3);
    click(&mut harness, "Settings"); // they fold where takes need the room
    assert!(is_below(&harness));
    assert_eq!(seed_field(&harness), "", "the next one is random, too");
    let heard = harness.state().document.takes.heard().unwrap().take.seed;
    click(&mut harness, "New seed each time");
    assert_eq!(seed_field(&harness), heard.to_string(), "it stays from now on");
    let lines = told(&harness, "Take 1").lines().count();
    assert!((1..=3).contains(&lines), "a tooltip of {lines} lines");
}

#[test]
fn own_parts_that_takes_replace_are_named_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.state_mut().document.edit("A bass", |score| {
        let bass = Part { role: Role::Bass, notes: vec![note(0, 40)], ..Part::new("Slap bass", 36) };
        score.parts.push(bass.into());
    });
    harness.run_steps(3);
    harness.get_by_label("The next take replaces the notes in: Slap bass");
    assert!(told(&harness, "Generate composition").contains("The next take replaces the notes in: Slap bass"));
    assert!(told(&harness, "Write Bass").contains("in place of the Slap bass"));
    assert!(!told(&harness, "Write Drums").contains("in place"));
    click(&mut harness, "Write Bass");
    assert!(harness.query_by_label_contains("The next take replaces the notes in").is_none(), "it is left out");
    click(&mut harness, "Write Bass");
    click(&mut harness, "Lock Slap bass when generating");
    assert!(harness.query_by_label_contains("The next take replaces the notes in").is_none(), "it is locked");
    click(&mut harness, "Lock Slap bass when generating");
    generate(&mut harness, 3);
    click(&mut harness, "Keep take 1");
    let parts = &harness.state().score().parts;
    let of_take = parts.iter().find(|part| part.name == "Slap bass").unwrap();
    assert!(of_take.role == Role::Bass && of_take.notes.len() > 1, "what came is called the same");
    assert!(
        harness.query_by_label_contains("The next take replaces the notes in").is_none(),
        "a take's part is not the user's own"
    );
    harness.get_by_label("The next take replaces Slap bass");
    harness.state_mut().document.edit("Drums beside it", |score| {
        let kit = Part { role: Role::Other, notes: vec![note(0, 40)], is_drum: true, ..Part::new("My kit", 0) };
        score.parts.push(kit.into());
    });
    harness.run_steps(3);
    harness.get_by_label("The next take replaces Slap bass; My kit stays as it is");
}

#[test]
fn the_take_in_the_piece_comes_into_sight_where_no_other_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.set_size(vec2(1280.0, 720.0));
    harness.run_steps(4);
    generate(&mut harness, 3);
    click(&mut harness, "Keep take 1");
    harness.get_by_label("Take 1 is in the piece; click a take to hear it");
    for all in [6, 9, 12] {
        generate(&mut harness, all);
    }
    let is_in_sight = |harness: &Harness<'static, Studio>| {
        let below = 640.0; // there are the buttons that keep a take
        harness.get_by_label("Take 1, in the piece").rect().bottom() <= below
    };
    assert!(!is_in_sight(&harness), "the new ones are");
    click(&mut harness, "Back to piece");
    harness.run_steps(8);
    assert!(is_in_sight(&harness));
}

#[test]
fn takes_and_what_keeps_them_fit_a_small_screen_with_the_first_steps() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.state_mut().pages.compose.welcome.is_open = true;
    for height in [720.0, 768.0] {
        harness.set_size(vec2(1280.0, height));
        harness.run_steps(4);
        if height < 768.0 {
            generate(&mut harness, 3);
        }
        let below = harness.get_by_label("Keep take 1").rect();
        assert!(below.bottom() <= height - 28.0, "{below:?}");
        for label in ["Accompany Ode to Joy", "Generate composition", "Take 1", "Take 2"] {
            let place = harness.get_by_label(label).rect();
            assert!(place.bottom() <= below.top() && place.top() >= 0.0, "{label}: {place:?} above {below:?}");
        }
    }
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
fn a_replaced_part_keeps_its_mix_its_place_and_its_music_where_the_melody_rests() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    let melody_end = harness.state().score().end();
    let behind = harness.state().score().metre.bar_after(melody_end - 1);
    let bar = behind / 1920;
    harness.state_mut().document.edit("A band", |score| {
        let notes = vec![note(0, 30), note(behind, 31), note(behind + 1920, 32)];
        let slap = Part { role: Role::Bass, notes, volume: 117, pan: 97, ..Part::new("Slap bass", 36) };
        let choir = Part { role: Role::Other, notes: vec![note(0, 60)], ..Part::new("Choir", 52) };
        score.parts.extend([slap, choir].map(Arc::new));
    });
    harness.run_steps(3);
    let rests = format!("The melody rests in bars {} to {}: parts keep what they have there", bar + 1, bar + 2);
    harness.get_by_label(&rests);
    harness.get_by_label("Choir stays as it is");
    generate(&mut harness, 3);
    let heard = |harness: &Harness<'static, Studio>| {
        let part = &harness.state().score().parts[1];
        let starts: Vec<_> = part.notes.iter().map(|note| note.start).collect();
        (part.name.clone(), part.volume, part.pan, starts)
    };
    let starts = vec![0, 480, behind, behind + 1920];
    assert_eq!(heard(&harness), ("Slap bass".to_owned(), 117, 97, starts.clone()));
    // its mix is changed while it is heard
    harness.state_mut().document.edit_part(1, "Volume", |part| part.volume = 33);
    harness.run_steps(2);
    assert_eq!(heard(&harness), ("Slap bass".to_owned(), 33, 97, starts));
    assert_eq!(harness.state().document.history.committed().parts[1].volume, 33);
    click(&mut harness, "Keep take 1");
    assert!(harness.query_by_label("Take 1, in the piece").is_some(), "as it was written");
    harness.state_mut().document.transport.loop_range = Some(behind..behind + 1920);
    harness.state_mut().document.transport.looping = true;
    harness.run_steps(2);
    let why = harness.state().why_not(Command::VaryBars).unwrap();
    assert_eq!(why, format!("The melody rests in bar {}: nothing new is written there", bar + 1));
}

#[test]
fn a_melody_in_the_role_of_a_part_leaves_that_out_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.state_mut().document.edit("A low melody", |score| score.part_mut(0).unwrap().role = Role::Bass);
    harness.run_steps(2);
    click(&mut harness, "Write Bass");
    generate(&mut harness, 3);
    let asked = Arc::clone(&harness.state().document.takes.all()[0].settings.score);
    let locked: Vec<_> = asked.parts.iter().map(|part| (part.role, part.locked)).collect();
    assert_eq!(locked, [(Role::Bass, false), (Role::Bass, true)], "the melody is none of the model's parts");
    assert_eq!(harness.state().score().parts.len(), 1, "what was not asked for does not come");
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
fn a_click_on_a_take_plays_it_and_the_next_one_pauses_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    generate(&mut harness, 3);
    assert!(!harness.state().services.is_playing());
    harness.get_by_label("Space plays take 1 · Ctrl+Enter keeps it · [ and ] change takes");
    harness.get_by_label("Take 2").click();
    until(&mut harness, "it plays", |studio| studio.services.is_playing());
    assert_eq!(harness.state().document.takes.audition, Some(1));
    harness.get_by_label("Listening to take 2 · Ctrl+Enter keeps it · [ and ] change takes");
    harness.get_by_label("Take 3").click();
    until(&mut harness, "the other is heard", |studio| studio.document.takes.audition == Some(2));
    assert!(harness.state().services.is_playing(), "without a pause");
    harness.get_by_label("Take 3").click();
    until(&mut harness, "it pauses", |studio| !studio.services.is_playing());
    assert_eq!(harness.state().document.takes.audition, Some(2), "and stays chosen");
    harness.get_by_label("Take 3").click();
    until(&mut harness, "it goes on", |studio| studio.services.is_playing());
}

#[test]
fn the_take_in_the_piece_and_takes_of_other_checkpoints_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, led) = led_engine();
    let mut harness = open(folder.path(), &FakeBackend::new(), engine);
    until(&mut harness, "the engine was ready", |studio| studio.services.engine.why_not().is_none());
    for (iterations, wanted) in [(25, 3), (50, 6)] {
        let mut trained = model("Chorale");
        trained.card.as_mut().unwrap().iterations = iterations;
        harness.state_mut().take_models(vec![trained], Some("chorale"));
        harness.run_steps(2);
        click(&mut harness, "Generate composition");
        (wanted - 3..wanted).for_each(|take| led.take_comes(&mut harness, take));
        led.all_were_written(&mut harness);
        let take = wanted - 1;
        click(&mut harness, &format!("Take {take}"));
        click(&mut harness, &format!("Keep take {take}"));
        harness.get_by_label(&format!("Take {take}, in the piece"));
    }
    harness.get_by_label("Take 2, kept earlier");
    for heading in ["Chorale · 25 iterations: Takes 1–3", "Chorale · 50 iterations: Takes 4–6"] {
        harness.get_by_label(heading);
    }
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    harness.get_by_label("Take 2, in the piece");
    harness.get_by_label("Take 5, kept earlier");
}

/// An engine that says what the test lets it say, about the last request.
struct LedEngine {
    last: Arc<Mutex<RequestId>>,
    events: Receiver<EngineEvent>,
}

impl EngineLine for LedEngine {
    fn send(&self, request: &Request) -> Result<(), EngineError> {
        if let Request::Compose(request) = request {
            *self.last.lock().unwrap() = request.id;
        }
        Ok(())
    }

    fn events(&self) -> &Receiver<EngineEvent> {
        &self.events
    }
}

/// What such an engine is to say.
struct Led {
    says: Sender<EngineEvent>,
    last: Arc<Mutex<RequestId>>,
}

impl Led {
    /// A take of the last request, with notes of its own.
    fn take_comes(&self, harness: &mut Harness<'static, Studio>, index: u32) {
        let bass = Part { role: Role::Bass, notes: vec![note(0, 40 + index as i32)], ..Part::new("Bass", 32) };
        let id = *self.last.lock().unwrap();
        let (rating, seed) = (index as f32 + 1.0, u64::from(index));
        let event = Event::Take { id, index, parts: vec![bass], outline: Outline::default(), rating, seed };
        self.says.send(EngineEvent::Event(event)).unwrap();
        harness.run_steps(4);
    }

    fn all_were_written(&self, harness: &mut Harness<'static, Studio>) {
        let id = *self.last.lock().unwrap();
        self.says.send(EngineEvent::Event(Event::Done { id })).unwrap();
        until(harness, "all were written", |studio| studio.services.engine.running.is_none());
        harness.run_steps(4);
    }
}

/// That engine, and what leads it.
fn led_engine() -> (Starter, Led) {
    let (says, events) = unbounded();
    let ready = Event::Ready { version: VERSION, libtorch: "none".into(), devices: vec!["CPU".into()] };
    says.send(EngineEvent::Event(ready)).unwrap();
    let last = Arc::default();
    let of_engine = Arc::clone(&last);
    let starter: Starter =
        Arc::new(move |_| Ok(Box::new(LedEngine { last: Arc::clone(&of_engine), events: events.clone() })));
    (starter, Led { says, last })
}

#[test]
fn while_takes_are_written_nothing_moves_and_a_click_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, led) = led_engine();
    let mut harness = open(folder.path(), &FakeBackend::new(), engine);
    harness.state_mut().take_models(vec![model("Chorale")], Some("chorale"));
    until(&mut harness, "the engine was ready", |studio| studio.why_not(Command::Generate).is_none());
    harness.ctx.options_mut(|options| options.input_options.max_click_duration = 20.0);
    let place = |harness: &Harness<'static, Studio>, label: &str| harness.get_by_label(label).rect();
    click(&mut harness, "Generate composition");
    led.take_comes(&mut harness, 0);
    let first = place(&harness, "Take 1");
    harness.get_by_label("Take 3 is being written");
    let button = |pressed| Input::PointerButton {
        pos: first.center(),
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.hover_at(first.center());
    harness.step();
    harness.event(button(true));
    harness.step();
    led.take_comes(&mut harness, 1);
    assert_eq!(harness.state().document.takes.audition, Some(1), "nobody has chosen yet, and it is better");
    assert_eq!(place(&harness, "Take 1"), first);
    harness.event(button(false));
    until(&mut harness, "the click counts", |studio| studio.services.is_playing());
    assert_eq!(harness.state().document.takes.audition, Some(0));
    harness.state().services.sound.with_player(cantus::sound::Player::pause);
    until(&mut harness, "it pauses", |studio| !studio.services.is_playing());
    led.take_comes(&mut harness, 2);
    assert_eq!(harness.state().document.takes.audition, Some(0), "what was chosen stays");
    led.all_were_written(&mut harness);
    assert_eq!(place(&harness, "Take 1"), first, "when the writing ends, too");

    click(&mut harness, "Generate composition");
    harness.get_by_label("Take 2").scroll_to_me();
    harness.run_steps(30);
    let second = place(&harness, "Take 2");
    click(&mut harness, "Take 2");
    led.take_comes(&mut harness, 3);
    assert_eq!(harness.state().document.takes.audition, Some(1), "though it is of another request");
    assert_eq!(place(&harness, "Take 2"), second);
}

#[test]
fn the_button_to_generate_is_whole_on_a_small_screen_with_the_first_steps() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.state_mut().pages.compose.welcome.is_open = true;
    harness.set_size(vec2(1280.0, 720.0));
    harness.run_steps(4);
    let place = harness.get_by_label("Generate composition").rect();
    assert!(place.height() >= 36.0 && place.bottom() <= 720.0 - 28.0 - 8.0, "{place:?}");
}

#[test]
fn the_users_own_models_stand_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    let mut own = model("My model");
    own.folder.origin = Origin::User;
    harness.state_mut().take_models(vec![model("Chorale"), own], Some("chorale"));
    harness.run_steps(2);
    click(&mut harness, "Model: Chorale");
    let tops = ["Your own", "Model My model", "Built-in", "Model Chorale"]
        .map(|label| harness.get_by_label(label).rect().top());
    assert!(tops.is_sorted(), "{tops:?}");
    click(&mut harness, "Model My model");
    harness.get_by_label("Model: My model");
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

#[test]
fn a_chord_of_the_users_outlasts_other_takes_a_restart_and_gives_way_where_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    generate(&mut harness, 3);
    let chords = |harness: &Harness<'static, Studio>| -> Vec<String> {
        harness.state().score().chords.iter().map(ChordChange::symbol).collect()
    };
    assert_eq!(chords(&harness), ["C", "C"], "the first take's");
    harness.state_mut().document.edit("Change chord", |score| {
        edit::MarkKind::Chord.put(score, 480, "Am").unwrap();
    });
    generate(&mut harness, 6);
    press(&mut harness, Modifiers::NONE, Key::CloseBracket);
    assert_eq!(harness.state().document.takes.audition, Some(4));
    assert_eq!(chords(&harness), ["C", "Am", "C♯"], "the second take's goes on in the next bar");
    click(&mut harness, "Keep take 5");
    assert_eq!(chords(&harness), ["C", "Am", "C♯"]);
    until(&mut harness, "it was saved", |studio| {
        let id = studio.document.history.committed().id;
        let saved = Store::open(folder.path()).unwrap().store.load(id);
        saved.is_ok_and(|saved| saved.score == *studio.document.history.committed())
    });
    drop(harness);
    let mut again = with_models(folder.path());
    until(&mut again, "it was back", |studio| studio.document.takes.all().len() == 6);
    assert_eq!(chords(&again), ["C", "Am", "C♯"]);
    again.state().services.ask(cantus::studio::actions::Action::Command(Command::UseTakeOutline));
    again.run_steps(2);
    assert_eq!(chords(&again), ["C", "C♯"], "the take's own");
    press(&mut again, Modifiers::COMMAND, Key::Z);
    assert_eq!(chords(&again), ["C", "Am", "C♯"]);
}

#[test]
fn the_first_take_is_in_sight_with_the_heading_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = with_models(folder.path());
    harness.set_size(vec2(1280.0, 720.0));
    harness.run_steps(3);
    generate(&mut harness, 3);
    generate(&mut harness, 6);
    // down to the last take, and back up to the first of the same request
    for key in [Key::CloseBracket; 5].into_iter().chain([Key::OpenBracket; 2]) {
        press(&mut harness, Modifiers::NONE, key);
        harness.run_steps(10);
    }
    assert_eq!(harness.state().document.takes.audition, Some(0));
    let heading = harness.get_by_label("Chorale: Takes 1–3").rect();
    let first = harness.get_by_label("Take 1").rect();
    let (above, below) = (harness.get_by_label("Next take").rect(), harness.get_by_label("Keep take 1").rect());
    assert!(heading.top() >= above.bottom() - 1.0 && first.bottom() <= below.top(), "{above:?} {heading:?} {first:?}");
}
