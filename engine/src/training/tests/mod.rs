//! Runs of the whole loop on tunes made here, small enough for any computer.

mod run_loop;

use std::path::Path;

use super::*;
use crate::networks::{self, unet::UNet};
use crate::testing::{chorale, part};
use crate::weights;
use cantus::engine_client::curves::{Curve, CurvePoint};
use cantus::engine_client::run_folder::{METRICS_FILE, read_request};
use cantus::music::{Part, Role, Score, Velocity, midi_file};

fn write_chorales(folder: &Path) {
    for number in 0..6 {
        let parts = chorale(number).into_iter().map(|(role, grid)| {
            let mut part = Part::new(format!("{role:?}"), 52);
            part.role = role;
            part.notes = grid.to_notes(0, Velocity::DEFAULT);
            std::sync::Arc::new(part)
        });
        let score = Score { parts: parts.collect(), melody: Some(0), ..Score::default() };
        let name = if number == 5 { "valid_5.mid".into() } else { format!("train_{number}.mid") };
        std::fs::write(folder.join(name), midi_file::write(&score)).unwrap();
    }
}

/// A small training on them.
pub fn request(root: &Path, network: &str, out: &str, iterations: u64) -> TrainRequest {
    TrainRequest {
        data: root.join("data").to_string_lossy().into_owned(),
        out: root.join(out),
        network: network.into(),
        iterations,
        batch: Some(2),
        update_ratio: Some(1),
        ..TrainRequest::default()
    }
}

/// Trains a network of the table, and says how it ended.
fn run_on(
    request: &TrainRequest,
    control: &mut dyn FnMut() -> Option<TrainControl>,
    emit: &mut dyn FnMut(Event),
) -> (bool, String) {
    let mut ended = String::new();
    let ok = run(request, &networks::trainable, Device::Cpu, "CPU", control, &mut |event| match event {
        Event::Trained { message, .. } => ended = message,
        event => emit(event),
    });
    (ok, ended)
}

/// Trains until `stop_at` iterations are done; the points of the curves, and how it ended.
pub fn trained_by(make: &MakeTrainable, request: &TrainRequest, stop_at: u64) -> (Vec<CurvePoint>, String) {
    let (mut points, mut ended) = (Vec::new(), String::new());
    let done = std::cell::Cell::new(0);
    let mut control = || (done.get() >= stop_at).then_some(TrainControl::Stop);
    let ok = run(request, make, Device::Cpu, "CPU", &mut control, &mut |event| match event {
        Event::Scalars(point) => {
            done.set(point.iteration);
            points.push(point);
        }
        Event::Trained { message, .. } => ended = message,
        _ => {}
    });
    assert!(ok, "{ended}");
    (points, ended)
}

/// The same with a network of the table.
pub fn trained(request: &TrainRequest, stop_at: u64) -> (Vec<CurvePoint>, String) {
    trained_by(&networks::trainable, request, stop_at)
}

/// A folder with the pieces in `data`.
pub fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("data")).unwrap();
    write_chorales(&root.path().join("data"));
    root
}

/// Everything of the curves but the seconds.
pub fn curves(folder: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join(METRICS_FILE)).unwrap();
    let columns = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut rows: Vec<Vec<String>> = text.lines().map(columns).collect();
    for row in &mut rows {
        row.remove(1);
    }
    rows
}

#[test]
fn a_run_that_was_stopped_and_resumed_is_the_run_that_was_not() {
    let root = root();
    for network in ["cantus", "unet"] {
        let iterations = if network == "unet" { 2 } else { 6 };
        let whole = request(root.path(), network, &format!("{network}-whole"), iterations);
        let (scalars, message) = trained(&whole, u64::MAX);
        assert_eq!(scalars.len() as u64, iterations + 1, "what it writes before it learns is measured too");
        assert!(
            scalars[0].values.get(Curve::Variety).is_some()
                && scalars[0].values.get(Curve::DiscriminatorLoss).is_none()
        );
        let score = |curve| scalars[1].values.get(curve).unwrap();
        assert!(score(Curve::RealScore).is_finite() && score(Curve::GeneratedScore).is_finite());
        assert_eq!(message, "Training complete");
        let mut parted = request(root.path(), network, &format!("{network}-parted"), iterations);
        assert!(trained(&parted, iterations / 2).1.contains("stopped"));
        // a kill between two checkpoints leaves curves that are ahead of the weights
        let curves_file = parted.out.join(METRICS_FILE);
        let ahead = std::fs::read_to_string(&curves_file).unwrap() + &format!("{iterations},9.0,9,9,9,,,,,,,,,,\n");
        std::fs::write(&curves_file, ahead).unwrap();
        parted.resume = true;
        assert_eq!(trained(&parted, u64::MAX).0.len() as u64, iterations - iterations / 2);
        assert_eq!(curves(&parted.out), curves(&whole.out));
        for file in ["generator.safetensors", "critic.safetensors"] {
            let bytes = |request: &TrainRequest| std::fs::read(request.out.join(file)).unwrap();
            assert!(bytes(&parted) == bytes(&whole), "{network}: {file} differs");
        }
        let card = cantus::engine_client::ModelCard::read(&whole.out).unwrap();
        assert_eq!((card.network.as_str(), card.iterations, card.parts.len()), (network, iterations, 2));
        for sample in ["0000000.mid".to_owned(), format!("{iterations:07}.mid"), "original.mid".to_owned()] {
            assert!(whole.out.join("samples").join(&sample).exists(), "{network}: {sample}");
        }
        assert_eq!(read_request(&whole.out).unwrap(), whole);
    }
}

#[test]
fn at_last_the_discriminator_learns_from_what_it_chose_and_the_generator_rests() {
    let root = root();
    let mut request = request(root.path(), "autoregressive", "out", 14);
    assert_eq!((request.joins_at(14), request.chooses_at(14)), (Some((8, 9)), Some(12)));
    let weights = |request: &TrainRequest| {
        let bytes = |file| std::fs::read(request.out.join(file)).unwrap();
        (bytes("generator.safetensors"), bytes("critic.safetensors"))
    };
    trained(&request, 11);
    let before = weights(&request);
    request.resume = true;
    let (points, _) = trained(&request, 12);
    let both = weights(&request);
    assert!(before.0 != both.0 && before.1 != both.1);
    assert!(points.last().unwrap().values.get(Curve::GeneratorLoss).is_some());
    let (points, _) = trained(&request, u64::MAX);
    let last = weights(&request);
    assert!(both.0 == last.0 && both.1 != last.1);
    let values = &points.last().unwrap().values;
    assert!(values.get(Curve::GeneratorLoss).is_none() && values.get(Curve::DiscriminatorLoss).is_some());
}

#[test]
fn passes_count_what_was_seen_whatever_the_batch_and_a_pause_is_no_training() {
    use std::time::Instant;

    use cantus::engine_client::protocol::TrainChange;
    use cantus::engine_client::run_folder::read_status;
    let root = root();
    let mut request = request(root.path(), "cantus", "passes", 4);
    let change = |batch| Some(TrainControl::Change(TrainChange { batch: Some(batch), ..TrainChange::default() }));
    let (began, mut paused, mut asked) = (Instant::now(), None, 0);
    let mut control = || {
        asked += 1;
        match asked {
            1 => change(4),
            2 => {
                paused = Some(Instant::now());
                Some(TrainControl::Pause)
            }
            _ => paused.take_if(|since| since.elapsed().as_secs() >= 2).map(|_| TrainControl::Resume),
        }
    };
    assert!(run_on(&request, &mut control, &mut |_| ()).0);
    let (trained, all) = (read_status(&request.out).unwrap().seconds, began.elapsed().as_secs_f64());
    // it may have been told to pause while it still measured
    assert!(trained > 0.0 && trained < all - 1.2, "{trained} {all}");
    let epochs = |request: &TrainRequest| read_status(&request.out).unwrap().epochs.unwrap();
    let before = epochs(&request); // four of four
    (request.resume, request.iterations) = (true, 6);
    let mut controls = vec![change(1).unwrap()];
    assert!(run_on(&request, &mut || controls.pop(), &mut |_| ()).0);
    assert!((epochs(&request) / before - 18.0 / 16.0).abs() < 1e-9, "{before} {}", epochs(&request));
}

#[test]
fn cantus_learns_what_a_rule_makes() {
    let root = root();
    let mut request = request(root.path(), "cantus", "learned", 60);
    request.batch = Some(4);
    let (scalars, _) = trained(&request, u64::MAX);
    let rows = curves(&request.out);
    let loss = |row: &Vec<String>| row[4].parse::<f64>().unwrap();
    let (first, last) = (loss(&rows[2]), loss(&rows[61]));
    assert!(first > 2.0 && last < first / 4.0, "{first} {last}");
    let end = &scalars.last().unwrap().values;
    assert!(end.are_sane() && end.get(Curve::GradientPenalty).is_some());
}

#[test]
fn losses_that_are_no_numbers_end_it_and_keep_the_last_checkpoint() {
    let root = root();
    let mut request = request(root.path(), "unet", "broken", 4);
    request.learning_rate = Some(f64::MAX);
    let (ok, message) = run_on(&request, &mut || None, &mut |_| ());
    assert!(!ok && message.contains("diverged"), "{message}");
    let network = UNet::new(vec![part(Role::Alto, 50, 70)], 2, Device::Cpu).unwrap();
    let generator = request.out.join("generator.safetensors");
    weights::load(&generator, &weights::sorted(network.generator_store())).unwrap();
}

#[test]
fn what_cannot_be_trained_is_said_in_a_sentence() {
    let root = root();
    let message = |request: &TrainRequest| {
        let (ok, message) = run_on(request, &mut || None, &mut |_| ());
        assert!(!ok);
        message
    };
    let asked = request(root.path(), "transformer", "a", 1);
    assert!(message(&asked).contains("no network “transformer”"));
    let asked = TrainRequest { resume: true, ..request(root.path(), "cantus", "b", 1) };
    assert!(message(&asked).contains("no training to resume"));
    let asked = TrainRequest {
        data: root.path().join("nowhere").to_string_lossy().into_owned(),
        ..request(root.path(), "cantus", "c", 1)
    };
    assert!(!message(&asked).is_empty());
}
