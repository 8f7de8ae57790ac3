//! The real programs, end to end: `cantus` and `cantus-engine` on files made for the tests.

#![allow(clippy::unwrap_used, reason = "a test fails where it is")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use assert_cmd::Command;
use cantus::engine_client::model_card::{CRITIC_FILE, FORMAT, GENERATOR_FILE, ModelCard};
use cantus::engine_client::protocol::{ComposeRequest, DeviceChoice, Event, Request};
use cantus::engine_client::{Engine, EngineEvent, EngineOptions, PartSpec};
use cantus::music::{
    Control, ControlEvent, Metre, MetreMap, Note, Part, Pitch, Role, Score, TempoChange, TempoMap, Tick, Velocity,
    midi_file,
};
use cantus_engine::networks::unet::UNet;
use cantus_engine::weights;

mod commands;
mod devices;
mod measures;
mod training;

/// How long a program may take before a test gives it up; far more than it needs.
const PATIENCE: Duration = Duration::from_mins(2);

/// `cantus` with nothing of the user's: a home of its own, no models but those named.
fn cantus(home: &Path) -> Command {
    let mut command = Command::cargo_bin("cantus").unwrap();
    command.timeout(PATIENCE).current_dir(home).env("HOME", home);
    for variable in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "CANTUS_MODELS", "RUST_LOG", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command.env("CANTUS_ENGINE", env!("CARGO_BIN_EXE_cantus-engine"));
    command
}

/// An untrained network A as a model folder: random weights write random notes, but they write.
fn untrained_model(folder: &Path) -> PathBuf {
    let spec =
        |role, name: &str, low, high| PartSpec { role, name: name.into(), program: 52, is_drum: false, low, high };
    let parts =
        vec![spec(Role::Alto, "Alto", 55, 74), spec(Role::Tenor, "Tenor", 48, 67), spec(Role::Bass, "Bass", 36, 60)];
    let network = UNet::new(parts.clone(), 3, tch::Device::Cpu).unwrap();
    let card =
        ModelCard { format: FORMAT, network: "unet".into(), name: "Untrained".into(), parts, ..ModelCard::default() };
    let model = folder.join("untrained");
    std::fs::create_dir_all(&model).unwrap();
    card.write(&model).unwrap();
    for (file, store) in [(GENERATOR_FILE, network.generator_store()), (CRITIC_FILE, network.critic_store().unwrap())] {
        weights::save(&model.join(file), &weights::sorted(store), tch::Kind::Half).unwrap();
    }
    model
}

fn note(start: Tick, duration: Tick, pitch: i32) -> Note {
    Note { start, duration, pitch: Pitch::clamped(pitch), velocity: Velocity::clamped(50 + pitch % 50) }
}

/// A file as people have them: drums first, a melody with a pedal in the second track, chords; 3/4, two tempi, a
/// pick-up.
fn song() -> Score {
    let mut drums = Part::new("Kit", 0);
    drums.is_drum = true;
    drums.notes = (0..24).map(|beat| note(beat * 480, 100, 90)).collect();
    let mut tune = Part::new("Flute solo", 73);
    tune.notes = (2..24).map(|beat| note(beat * 480 + 7, 431, 67 + (beat.cast_signed() * 5) % 12)).collect();
    tune.notes.push(note(24 * 480, 3 * 480, 72));
    tune.controls = [(960, 127), (1900, 0)]
        .map(|(tick, value)| ControlEvent { tick, control: Control::Controller { number: 64, value } })
        .to_vec();
    let mut chords = Part::new("Chords", 0);
    chords.notes = (0..8).flat_map(|bar| [48, 52, 55].map(|pitch| note(bar * 1440, 1440, pitch))).collect();
    for part in [&mut drums, &mut tune, &mut chords] {
        part.sort();
    }
    let tempo = |tick, micros_per_quarter| TempoChange { tick, micros_per_quarter };
    Score {
        title: "Song".into(),
        tempo: TempoMap::from_changes(vec![tempo(0, 600_000), tempo(5760, 450_000)]),
        metre: MetreMap::constant(Metre::new(3, 4).unwrap()),
        parts: vec![Arc::new(drums), Arc::new(tune), Arc::new(chords)],
        ..Score::default()
    }
}

fn write_song(folder: &Path, score: &Score) -> PathBuf {
    let path = folder.join("song.mid");
    std::fs::write(&path, midi_file::write(score)).unwrap();
    path
}

#[test]
fn generate_keeps_the_melody_and_writes_parts_for_all_of_it() {
    let home = tempfile::tempdir().unwrap();
    let model = untrained_model(home.path());
    let (input, song) = (write_song(home.path(), &song()), song());
    let generate = |out: &str| {
        let output = cantus(home.path())
            .args(["generate", "--takes", "2", "--seed", "7", "--device", "cpu", "--json", "--model"])
            .arg(&model)
            .arg("--melody")
            .arg(&input)
            .args(["--out", out])
            .assert()
            .success();
        let report: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        report
    };
    let report = generate("out.mid");
    assert_eq!((&report["model"], &report["seed"]), (&"untrained".into(), &7.into()));
    let takes = report["takes"].as_array().unwrap();
    assert_eq!(takes.len(), 2);
    let mut all = Vec::new();
    for (index, take) in takes.iter().enumerate() {
        assert_eq!(take["file"], format!("out-{}.mid", index + 1));
        let bytes = std::fs::read(home.path().join(format!("out-{}.mid", index + 1))).unwrap();
        let score = midi_file::read(&bytes).unwrap();
        let (tune, melody) = (&song.parts[1], &score.parts[0]);
        assert_eq!((&melody.notes, &melody.controls), (&tune.notes, &tune.controls));
        assert_eq!((&melody.name, melody.program), (&tune.name, tune.program));
        assert_eq!((&score.tempo, &score.metre), (&song.tempo, &song.metre));
        let names: Vec<&str> = score.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["Flute solo", "Alto", "Tenor", "Bass"]);
        for bar in 0..9 {
            let (from, to) = (bar * 1440, (bar + 1) * 1440);
            let sounds = |part: &Arc<Part>| part.notes.iter().any(|note| note.start < to && note.end() > from);
            assert!(score.parts[1..].iter().any(sounds), "nothing in bar {bar}");
        }
        all.push(score.parts[1..].to_vec());
    }
    assert_ne!(all[0], all[1]);
    assert!(takes[0]["score"].as_f64() >= takes[1]["score"].as_f64());
    generate("again.mid");
    for take in 1..=2 {
        let read = |name: &str| std::fs::read(home.path().join(format!("{name}-{take}.mid"))).unwrap();
        assert_eq!(read("out"), read("again"));
    }
}

#[test]
fn a_track_can_be_named_and_models_are_found_by_name() {
    let home = tempfile::tempdir().unwrap();
    untrained_model(&home.path().join(".local/share/cantus/models"));
    write_song(home.path(), &song());
    let arguments = ["generate", "--model", "untrained", "--melody", "song.mid", "--out", "out.mid", "--device", "cpu"];
    cantus(home.path()).args(arguments).args(["--track", "3"]).assert().success();
    let score = midi_file::read(&std::fs::read(home.path().join("out.mid")).unwrap()).unwrap();
    assert_eq!(score.parts[0].notes, song().parts[2].notes);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 3, "nothing is left lying about");
}

fn engine(change: impl FnOnce(&mut EngineOptions)) -> Engine {
    let mut options = EngineOptions {
        program: Some(env!("CARGO_BIN_EXE_cantus-engine").into()),
        device: DeviceChoice::Cpu,
        ..EngineOptions::default()
    };
    change(&mut options);
    let engine = Engine::start(options).unwrap();
    let ready = engine.wait_ready(PATIENCE).unwrap();
    assert_eq!(ready.devices, ["CPU"]);
    assert!(ready.libtorch.starts_with("2."), "{}", ready.libtorch);
    engine
}

fn next(engine: &Engine) -> EngineEvent {
    loop {
        match engine.events().recv_timeout(PATIENCE).unwrap() {
            EngineEvent::Event(Event::Progress { .. }) => {}
            event => return event,
        }
    }
}

fn compose(id: u64, model: &Path, bars: Tick) -> Request {
    let mut part = Part::new("Tune", 0);
    part.notes = (0..bars * 4).map(|beat| note(beat * 480, 480, 60 + beat.cast_signed() % 12)).collect();
    Request::Compose(Box::new(ComposeRequest {
        id,
        model: model.into(),
        score: Score { parts: vec![Arc::new(part)], melody: Some(0), ..Score::default() },
        takes: 1,
        seed: 1,
        surprise: 0.5,
        density: 0.5,
        bars: None,
        on_grid: false,
        introduction: 0,
    }))
}

#[test]
fn one_engine_answers_again_and_again_cancels_and_ends_cleanly() {
    let home = tempfile::tempdir().unwrap();
    let model = untrained_model(home.path());
    let engine = engine(|_| {});
    let warm = Request::Warm { id: 1, model: model.clone() };
    engine.send(&warm).unwrap();
    assert!(matches!(next(&engine), EngineEvent::Event(Event::Done { id: 1 })));
    for id in [2, 3] {
        engine.send(&compose(id, &model, 8)).unwrap();
        assert!(matches!(next(&engine), EngineEvent::Event(Event::Take { .. })));
        assert!(matches!(next(&engine), EngineEvent::Event(Event::Done { .. })));
    }
    engine.send(&compose(4, &model, 600)).unwrap();
    engine.send(&Request::Cancel { id: 4 }).unwrap();
    assert!(matches!(next(&engine), EngineEvent::Event(Event::Cancelled { id: 4 })));
    engine.send(&compose(5, &home.path().join("nothing"), 8)).unwrap();
    let EngineEvent::Event(Event::Failed { id: 5, message }) = next(&engine) else { panic!("there is no such model") };
    assert!(message.contains("no model"), "{message}");
    engine.send(&Request::Shutdown).unwrap();
    assert!(matches!(next(&engine), EngineEvent::Ended));
}

#[test]
fn a_killed_engine_is_told_and_another_takes_its_place() {
    let home = tempfile::tempdir().unwrap();
    let model = untrained_model(home.path());
    let first = engine(|_| {});
    first.send(&compose(1, &model, 2000)).unwrap();
    let killed = std::process::Command::new("kill").args(["-9", &first.process_id().to_string()]).status().unwrap();
    assert!(killed.success());
    let EngineEvent::Died { reason } = next(&first) else { panic!("it was killed") };
    assert!(reason.contains("signal: 9"), "{reason}");
    let second = engine(|_| {});
    second.send(&compose(1, &model, 2)).unwrap();
    assert!(matches!(next(&second), EngineEvent::Event(Event::Take { .. })));
}
