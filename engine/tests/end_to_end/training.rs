//! A training whose engine is killed in the middle, and what comes of it.

use std::path::Path;

use cantus::corpus::builtin::Style;
use cantus::engine_client::protocol::{TrainControl, TrainRequest};
use cantus::engine_client::run_folder::METRICS_FILE;

use super::*;

/// Six chorales made by rule as files, the last held out.
fn write_data(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for number in 0..6 {
        let piece = Style::Chorale.piece(1, number);
        let parts = piece.parts.iter().map(|(role, grid)| (*role, grid)).chain([(Role::Melody, &piece.melody)]);
        let parts = parts.map(|(role, grid)| {
            let notes = grid.window(0, 64).to_notes(0, Velocity::DEFAULT);
            Arc::new(Part { role, notes, ..Part::new(format!("{role:?}"), 52) })
        });
        let split = if number == 5 { "valid" } else { "train" };
        let score = Score { parts: parts.collect(), ..Score::default() };
        std::fs::write(folder.join(format!("{split}_{number}.mid")), midi_file::write(&score)).unwrap();
    }
}

fn request(root: &Path, out: &str, iterations: u64) -> TrainRequest {
    TrainRequest {
        data: root.join("data").to_string_lossy().into_owned(),
        out: root.join(out),
        network: "cantus".into(),
        iterations,
        batch: Some(2),
        update_ratio: Some(1),
        device: DeviceChoice::Cpu,
        threads: Some(1),
        ..TrainRequest::default()
    }
}

/// What happens to a training once so many iterations are told.
enum Fate {
    Completes,
    StopsAfter(u64),
    IsKilledAfter(u64),
}

/// Trains in an engine of its own. The iterations told.
fn train(request: &TrainRequest, fate: &Fate) -> Vec<u64> {
    let engine = engine(|_| {});
    engine.send(&Request::Train(Box::new(request.clone()))).unwrap();
    let mut told = Vec::new();
    loop {
        match next(&engine) {
            EngineEvent::Event(Event::Scalars(scalars)) => {
                told.push(scalars.iteration);
                match fate {
                    Fate::StopsAfter(after) if scalars.iteration == *after => {
                        engine.send(&Request::Control(TrainControl::Stop)).unwrap();
                    }
                    Fate::IsKilledAfter(after) if scalars.iteration == *after => {
                        engine.kill();
                        while !matches!(next(&engine), EngineEvent::Ended) {}
                        return told;
                    }
                    _ => {}
                }
            }
            EngineEvent::Event(Event::Trained { ok, message, .. }) => {
                assert!(ok, "{message}");
                return told;
            }
            EngineEvent::Event(_) => {}
            event => panic!("the engine did not live: {event:?}"),
        }
    }
}

/// The curves but for the seconds.
fn curves(folder: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join(METRICS_FILE)).unwrap();
    let mut rows: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let seconds = rows[0].iter().position(|title| title == "seconds").unwrap();
    for row in &mut rows {
        row.remove(seconds);
    }
    rows
}

#[test]
fn a_training_killed_and_resumed_is_the_one_that_was_not_and_composes() {
    let root = tempfile::tempdir().unwrap();
    write_data(&root.path().join("data"));
    let whole = request(root.path(), "whole", 12);
    // what is measured before the first iteration is iteration 0
    assert_eq!(train(&whole, &Fate::Completes), (0..=12).collect::<Vec<u64>>());
    // a first sitting is stopped and leaves a checkpoint; the second is killed beyond it; the third goes on from the
    // checkpoint
    let mut parted = request(root.path(), "parted", 12);
    let stopped = *train(&parted, &Fate::StopsAfter(2)).last().unwrap();
    assert!((2..8).contains(&stopped), "stopped only at {stopped}");
    parted.resume = true;
    let killed = train(&parted, &Fate::IsKilledAfter(stopped + 2));
    assert_eq!(killed, [stopped + 1, stopped + 2]);
    assert_eq!(ModelCard::read(&parted.out).unwrap().iterations, stopped, "the kill came between two checkpoints");
    let resumed = cantus(root.path())
        .args(["train", "--resume", "--out", "parted", "--device", "cpu", "--threads", "1", "--json"])
        .assert()
        .success();
    let report: serde_json::Value = serde_json::from_slice(&resumed.get_output().stdout).unwrap();
    assert_eq!((&report["complete"], &report["iterations"]), (&true.into(), &12.into()));
    assert_eq!(curves(&parted.out), curves(&whole.out));
    for file in [GENERATOR_FILE, CRITIC_FILE] {
        let bytes = |request: &TrainRequest| std::fs::read(request.out.join(file)).unwrap();
        assert!(bytes(&parted) == bytes(&whole), "{file} differs");
    }

    write_song(root.path(), &song());
    let arguments = ["generate", "--model", "./parted", "--melody", "song.mid", "--out", "out.mid", "--device", "cpu"];
    cantus(root.path()).args(arguments).assert().success();
    let score = midi_file::read(&std::fs::read(root.path().join("out.mid")).unwrap()).unwrap();
    assert_eq!(score.parts[0].notes, song().parts[1].notes);
    assert_eq!(score.parts.len(), 4);
}

#[test]
#[cfg(unix)]
fn ctrl_c_stops_a_training_and_keeps_everything() {
    let root = tempfile::tempdir().unwrap();
    write_data(&root.path().join("data"));
    let mut running = std::process::Command::new(assert_cmd::cargo::cargo_bin("cantus"))
        .args(["train", "--data", "data", "--out", "run", "--iterations", "1000000", "--batch", "2", "--device", "cpu"])
        .current_dir(root.path())
        .env("CANTUS_ENGINE", env!("CARGO_BIN_EXE_cantus-engine"))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let has_begun = || {
        std::fs::read_to_string(root.path().join("run").join(METRICS_FILE)).is_ok_and(|text| text.lines().count() > 2)
    };
    for _ in 0..2400 {
        if has_begun() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(has_begun(), "it never began");
    std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(running.wait().unwrap().success());
    let last = curves(&root.path().join("run")).last().unwrap()[0].clone();
    let card = ModelCard::read(&root.path().join("run")).unwrap();
    assert_eq!(card.iterations.to_string(), last, "the last step is kept");
}

#[test]
fn a_detached_training_outlives_whoever_started_it() {
    let root = tempfile::tempdir().unwrap();
    write_data(&root.path().join("data"));
    let mut asked = request(root.path(), "run", 4);
    asked.detach = true;
    let engine = engine(|options| {
        options.detached = true;
        options.log = Some(root.path().join("engine.log"));
    });
    engine.send(&Request::Train(Box::new(asked.clone()))).unwrap();
    while !matches!(next(&engine), EngineEvent::Event(Event::Scalars(_))) {}
    drop(engine);
    let done = || ModelCard::read(&asked.out).is_ok_and(|card| card.iterations == 4);
    for _ in 0..1200 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not go on to its end");
}
