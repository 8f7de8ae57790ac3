//! What the tests of the window share: a studio without a screen, and an engine that answers at once.
#![allow(dead_code, reason = "each program of tests uses its own share")]

pub mod soundcloud;
pub mod tunes;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use cantus::{
    devices::fake::FakeBackend,
    engine_client::{
        EngineError, EngineEvent, ModelCard,
        protocol::{Event, Request, VERSION},
    },
    library::models::{ModelFolder, Origin},
    music::{Chord, ChordChange, Note, Outline, Part, Pitch, Role, Velocity},
    studio::{
        Studio, StudioOptions,
        services::{
            engine_line::{EngineLine, Starter},
            models::Model,
        },
    },
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use eframe::egui::vec2;
use egui_kittest::Harness;

/// How long a test waits for what takes a moment; far more than it needs.
const PATIENCE: Duration = Duration::from_mins(2);

/// An engine that answers at once: two notes a take, on C and the major chord of the take's number.
struct FakeEngine {
    answers: Sender<EngineEvent>,
    events: Receiver<EngineEvent>,
    rate: fn(u32) -> f32,
}

impl EngineLine for FakeEngine {
    fn send(&self, request: &Request) -> Result<(), EngineError> {
        let say = |event| self.answers.send(EngineEvent::Event(event)).unwrap();
        if let Request::Compose(request) = request {
            assert!(!request.score.melody_part().unwrap().notes.is_empty());
            for index in 0..request.takes {
                let mut bass = Part::new("Bass", 32);
                bass.role = Role::Bass;
                bass.notes = vec![note(0, 40 + i32::try_from(index).unwrap()), note(480, 43)];
                say(Event::Take {
                    id: request.id,
                    index,
                    parts: vec![bass],
                    outline: Outline { chords: vec![chord(0, 0), chord(480, index as u8)], ..Outline::default() },
                    rating: (self.rate)(index),
                    seed: request.seed + u64::from(index),
                });
            }
            say(Event::Done { id: request.id });
        }
        Ok(())
    }

    fn events(&self) -> &Receiver<EngineEvent> {
        &self.events
    }
}

/// Starts the engine that answers at once, and likes the first take most.
pub fn fake_engine() -> Starter {
    fake_engine_that_rates(|index| 9.0 - index as f32)
}

/// The same with a discriminator that gives each take of a request, from 0, this score.
pub fn fake_engine_that_rates(rate: fn(u32) -> f32) -> Starter {
    Arc::new(move |_| {
        let (answers, events) = unbounded();
        let ready = Event::Ready { version: VERSION, libtorch: "none".into(), devices: vec!["CPU".into()] };
        answers.send(EngineEvent::Event(ready)).unwrap();
        Ok(Box::new(FakeEngine { answers, events, rate }))
    })
}

/// There is no engine.
pub fn no_engine() -> Starter {
    Arc::new(|_| Err(EngineError::NotFound("/nowhere/cantus-engine".into())))
}

/// A major chord from a tick on.
pub fn chord(tick: u32, root: u8) -> ChordChange {
    ChordChange { tick, chord: Some(Chord::major(root)), bass: root }
}

/// A quarter.
pub fn note(start: u32, pitch: i32) -> Note {
    Note { start, pitch: Pitch::clamped(pitch), duration: 480, velocity: Velocity::DEFAULT }
}

/// A studio of its own in a folder, without sound.
pub fn options(folder: &Path, midi: &FakeBackend, engine: Starter) -> StudioOptions {
    StudioOptions {
        folder: Some(folder.to_owned()),
        midi: Box::new(midi.clone()),
        engine,
        sound: false,
        ..StudioOptions::new(Vec::new())
    }
}

/// A studio without a screen that has read its settings and looked for models, of somebody who knows it.
pub fn open(folder: &Path, midi: &FakeBackend, engine: Starter) -> Harness<'static, Studio> {
    let settings = folder.join("settings.toml");
    if !settings.exists() {
        std::fs::write(settings, "").unwrap();
    }
    show(options(folder, midi, engine))
}

/// The same, with options of its own.
pub fn show(options: StudioOptions) -> Harness<'static, Studio> {
    let mut harness = Harness::builder()
        .with_size(vec2(1440.0, 900.0))
        .build_eframe(move |creation| Studio::new(creation.egui_ctx.clone(), options));
    until(&mut harness, "the settings were read and models looked for", |studio| studio.services.models.list.is_some());
    harness
}

/// Draws frames until something is so; work beside the window gets its time.
pub fn until(harness: &mut Harness<'static, Studio>, what: &str, is_so: impl Fn(&Studio) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so(harness.state()) {
        assert!(Instant::now() < end, "waited too long until {what}");
        harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    harness.step();
}

/// A model that is nowhere.
pub fn a_model() -> Model {
    Model {
        folder: ModelFolder { name: "chorale".into(), path: "/models/chorale".into(), origin: Origin::Shipped },
        card: Ok(ModelCard { format: 1, network: "cantus".into(), name: "Chorale".into(), ..ModelCard::default() }),
    }
}
