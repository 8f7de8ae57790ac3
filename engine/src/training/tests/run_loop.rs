//! The loop itself, with networks of little or no weight, and what it can be told.

use cantus::engine_client::curves::{Curve, CurvePoint, CurveValues};
use cantus::engine_client::protocol::{Loss, TrainChange, TrainStep};
use cantus::engine_client::run_folder::{put_control, read_changes, read_status};
use serde_json::{Map, Value};
use tch::nn::{Init, VarStore};
use tch::{Kind, Tensor};

use super::super::adam::{Adam, AdamSettings};
use super::super::choose_sampling::WORTH_CHOOSING;
use super::super::folder;
use super::super::measure::PartValue;
use super::super::trainable::{TensorFile, TrainableNetwork};
use super::{curves, request, root, run_on, trained, trained_by};
use crate::error::is_out_of_memory;
use crate::network::{Network, PartSampling};
use crate::random::{Purpose, Source};
use crate::testing::{Habit, Toy, chorales};
use crate::training::*;
use crate::weights;

/// Counts its steps in a tensor, and runs out of memory with batches of more than two.
struct Counter {
    toy: Toy,
    steps: Tensor,
    tuning: Tuning,
    /// The habits that it has to choose from.
    variants: &'static [Habit],
    variant: usize,
    sampling: Vec<PartSampling>,
}

impl TrainableNetwork for Counter {
    fn step(&mut self, _: u64, _: TrainStep) -> Result<CurveValues, Error> {
        let _ = self.steps.g_add_scalar_(1.0);
        assert!(self.tuning.batch <= 2, "CUDA out of memory. Tried to allocate 2.00 GiB");
        Ok(CurveValues::default())
    }

    fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    fn tensors(&self) -> Vec<TensorFile> {
        let tensors = vec![("steps".to_owned(), self.steps.shallow_clone())];
        vec![TensorFile { name: "generator", is_of_model: true, tensors }]
    }

    fn network(&self) -> &dyn Network {
        &self.toy
    }

    fn settings(&self) -> Map<String, Value> {
        Map::new()
    }

    fn measured_every(&self) -> u64 {
        4
    }

    fn variants(&self) -> usize {
        self.variants.len()
    }

    fn use_variant(&mut self, variant: usize) {
        self.variant = variant;
        self.toy = Toy::new(self.variants[variant]);
    }

    fn set_sampling(&mut self, of_parts: &[PartSampling]) {
        self.sampling = of_parts.to_vec();
    }
}

/// Trains a counter; how it ended, and how often it stepped.
fn counted(request: &TrainRequest, batch: u32) -> (Result<Ended, Error>, f64) {
    let (ended, counter) = counted_in_variants(request, batch, &[Habit::Sparse], &mut || None);
    (ended, counter.steps.double_value(&[0]))
}

/// The same with several ways to compose.
fn counted_in_variants(
    request: &TrainRequest,
    batch: u32,
    variants: &'static [Habit],
    control: &mut dyn FnMut() -> Option<TrainControl>,
) -> (Result<Ended, Error>, Counter) {
    counted_and_watched(request, batch, variants, &mut |_| control())
}

/// The same by somebody who looks at how it stands.
fn counted_and_watched(
    request: &TrainRequest,
    batch: u32,
    variants: &'static [Habit],
    control: &mut dyn FnMut(&RunStatus) -> Option<TrainControl>,
) -> (Result<Ended, Error>, Counter) {
    let dataset = chorales(6);
    let mut folder = RunFolder::open(request).unwrap();
    let status = StatusWriter::new(folder.path(), RunStatus::default());
    let control = &mut || {
        let now = status.status().clone();
        control(&now)
    };
    let mut counter = Counter {
        toy: Toy::new(Habit::Sparse),
        steps: Tensor::zeros([1], (Kind::Float, Device::Cpu)),
        tuning: Tuning { batch, iterations: request.iterations, ..Tuning::default() },
        variants,
        variant: 0,
        sampling: Vec::new(),
    };
    let measure = Measure::new(&dataset, &counter);
    let mut controls = Controls::new(control, folder.path());
    let mut run = Run::new(request, &dataset, &mut counter, &mut folder, &status, measure, (Checkpoint::default(), 1));
    let ended = run.go(&mut controls, &mut |_| (), &mut 0);
    (ended, counter)
}

#[test]
fn measuring_says_how_far_it_is_and_after_which_iteration() {
    let root = root();
    let mut seen = std::collections::BTreeSet::new();
    let mut watch = |now: &RunStatus| {
        seen.insert((now.iteration, now.message.clone()));
        None
    };
    let request = request(root.path(), "counter", "measured", 4);
    assert!(matches!(counted_and_watched(&request, 1, &[Habit::Sparse], &mut watch).0, Ok(Ended::Complete)));
    let measured =
        |at: u64| seen.iter().filter(|(of, words)| *of == at && words.starts_with("Measuring (piece ")).count();
    assert!(measured(0) > 2 && measured(4) == measured(0), "{seen:?}");
    assert!([1, 2, 3].iter().all(|at| measured(*at) == 0) && seen.contains(&(3, "Learning".into())), "{seen:?}");
}

#[test]
fn the_variant_that_is_most_like_the_data_is_kept_at_the_end() {
    const VARIANTS: &[Habit] = &[Habit::Silent, Habit::Sparse, Habit::Silent];
    let root = root();
    let (ended, counter) =
        counted_in_variants(&request(root.path(), "counter", "chosen", WORTH_CHOOSING), 1, VARIANTS, &mut || None);
    assert!(matches!(ended, Ok(Ended::Complete)));
    assert_eq!((counter.variant, counter.sampling.len()), (1, 3));
    // the toy takes no sampling, so that no value does better than the first
    assert!(counter.sampling.iter().all(|sampling| *sampling == PartSampling::default()));

    // too short to be worth it
    let (_, counter) = counted_in_variants(&request(root.path(), "counter", "short", 3), 1, VARIANTS, &mut || None);
    assert_eq!((counter.variant, counter.sampling.len()), (0, 0));

    // stopped when all iterations are done: nothing is chosen, and it is complete
    let mut asked = 0;
    let mut count = || {
        asked += 1;
        None
    };
    let almost = request(root.path(), "counter", "almost", WORTH_CHOOSING - 1);
    counted_in_variants(&almost, 1, VARIANTS, &mut count).0.unwrap();
    let mut left = asked + 1; // an iteration more
    let mut stop = || {
        left -= 1;
        (left < 0).then_some(TrainControl::Stop)
    };
    let (ended, counter) =
        counted_in_variants(&request(root.path(), "counter", "hurried", WORTH_CHOOSING), 1, VARIANTS, &mut stop);
    assert!(matches!(ended, Ok(Ended::Complete)));
    assert_eq!(counter.variant, 0);
}

#[test]
fn more_iterations_count_that_are_asked_for_while_the_last_one_or_what_follows_it_lasts() {
    let root = root();
    // the first look after the last iteration, and the last one before the end
    for (name, asks_at) in [("last", 1), ("behind", 2)] {
        let request = request(root.path(), "counter", name, 5);
        let out = request.out.clone();
        let is_done = || {
            let rows = std::fs::read_to_string(out.join("metrics.csv")).unwrap_or_default();
            rows.lines().any(|row| row.starts_with("5,"))
        };
        let mut looks = 0;
        let mut control = || {
            looks += u32::from(is_done());
            if is_done() && looks == asks_at {
                let longer = TrainChange { iterations: Some(9), ..TrainChange::default() };
                put_control(&out, TrainControl::Change(longer)).unwrap();
            }
            None
        };
        let (ended, counter) = counted_in_variants(&request, 1, &[Habit::Sparse], &mut control);
        assert!(matches!(ended, Ok(Ended::Complete)));
        assert_eq!(counter.steps.double_value(&[0]), 9.0, "{name}");
    }
}

#[test]
fn measurements_are_counted_as_they_are_made() {
    for (every, total) in [(4, 30), (41, 60), (50, 1000), (200, 700), (1, 2500), (3, 40_000)] {
        for (iteration, until) in [(0, total), (7, total), (total - 1, total), (total, total), (5, total / 2)] {
            let is_made = |at: &u64| folder::is_measured(*at, every) || *at == total;
            let made = (iteration + 1..=until).filter(is_made).count() as u64;
            let left = folder::measurements_left(iteration, until, every, total);
            assert_eq!(left, made, "every {every}, {iteration} to {until} of {total}");
        }
    }
}

#[test]
fn a_batch_that_is_too_large_is_halved_from_the_last_checkpoint_on() {
    let root = root();
    let request = request(root.path(), "counter", "halved", 6);
    let (ended, steps) = counted(&request, 8);
    assert!(matches!(ended, Ok(Ended::Complete)));
    assert_eq!(steps, 6.0, "the steps that were left half done are forgotten");
    let texts: Vec<String> = read_changes(&request.out).into_iter().map(|change| change.text).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].starts_with("batch 8 → 4") && texts[1].starts_with("batch 4 → 2"), "{texts:?}");
    let parts = std::fs::read_to_string(request.out.join("parts.csv")).unwrap();
    assert!(parts.starts_with("iteration,Bass/empty_bar_rate,") && parts.contains("Drums/drum_pattern"), "{parts}");
    assert_eq!(parts.lines().count(), 4, "measured before all, at 4 and at the end");
    assert!(!is_out_of_memory("the memory of it"));
}

#[test]
fn a_folder_that_is_in_use_is_refused() {
    let root = root();
    let mut request = request(root.path(), "counter", "used", 2);
    counted(&request, 1).0.unwrap();
    request.resume = true;
    let _open = RunFolder::open(&request).unwrap();
    assert!(RunFolder::open(&request).unwrap_err().to_string().contains("still running"));
}

#[test]
fn one_step_of_the_critic_leaves_the_generator_as_it_was() {
    let root = root();
    let weights = |out: &str, who: Option<TrainStep>| {
        let request = request(root.path(), "cantus", out, 4);
        // told to stop before the first iteration, or after the step
        let (begun, stepped) = (std::cell::Cell::new(false), std::cell::Cell::new(false));
        let mut step = who.map(TrainControl::Step);
        let mut control = || match begun.get() {
            true if step.is_some() => step.take(),
            true if who.is_none() || stepped.get() => Some(TrainControl::Stop),
            _ => None,
        };
        let mut emit = |event| match event {
            Event::Checkpoint { .. } => begun.set(true),
            Event::Scalars(point) if point.iteration > 0 => stepped.set(true),
            _ => {}
        };
        assert!(run_on(&request, &mut control, &mut emit).0);
        let bytes = |file: &str| std::fs::read(request.out.join(file)).unwrap();
        (bytes("generator.safetensors"), bytes("critic.safetensors"))
    };
    let before = weights("none", None);
    let critic = weights("critic", Some(TrainStep::Critic));
    let generator = weights("generator", Some(TrainStep::Generator));
    assert!(before.0 == critic.0 && before.1 != critic.1);
    assert!(before.0 != generator.0 && before.1 == generator.1);
}

#[test]
fn settings_changed_by_the_folder_are_noted_and_hold_after_a_resume() {
    let root = root();
    let mut request = request(root.path(), "cantus", "changed", 6);
    let mut controls = vec![TrainControl::Pause];
    let mut changed = false;
    let folder = request.out.clone();
    let mut control = || {
        let paused = read_status(&folder).is_some_and(|status| status.state == RunState::Paused);
        if paused && !changed {
            changed = true;
            let change = TrainChange { learning_rate: Some(0.001), iterations: Some(3), ..TrainChange::default() };
            put_control(&folder, TrainControl::Change(change)).unwrap();
            put_control(&folder, TrainControl::Resume).unwrap();
        }
        controls.pop()
    };
    let mut emit = |event| {
        if matches!(&event, Event::Scalars(point) if point.iteration == 1) {
            assert_eq!(read_status(&folder).unwrap().state, RunState::Learning, "before the iteration is shown");
        }
    };
    assert!(run_on(&request, &mut control, &mut emit).0);
    let status = read_status(&request.out).unwrap();
    assert_eq!((status.state, status.iteration, status.total), (RunState::Complete, 3, 3));
    let texts: Vec<String> = read_changes(&request.out).into_iter().map(|change| change.text).collect();
    assert_eq!(texts, ["learning rate 0.002 → 0.001", "iterations 6 → 3"]);
    (request.resume, request.iterations) = (true, 4);
    assert!(trained(&request, u64::MAX).1.contains("complete"));
    let status = read_status(&request.out).unwrap();
    assert_eq!((status.iteration, status.tuning.learning_rate), (4, 0.001));
}

#[test]
fn hinge_trains_too_and_differently() {
    let root = root();
    let wasserstein = request(root.path(), "cantus", "wgan", 2);
    let mut hinge = request(root.path(), "cantus", "hinge", 2);
    hinge.loss = Loss::Hinge;
    let [a, b] = [&wasserstein, &hinge].map(|request| trained(request, u64::MAX).0);
    let loss = |point: &CurvePoint| point.values.get(Curve::DiscriminatorLoss).unwrap();
    assert!(b[1..].iter().all(|point| loss(point).is_finite() && loss(point) > 0.0));
    assert_ne!(loss(&a[1]), loss(&b[1]));
}

#[test]
fn a_kill_while_a_checkpoint_is_written_loses_no_more_than_it() {
    let root = root();
    let whole = request(root.path(), "cantus", "whole", 4);
    trained(&whole, u64::MAX);
    let mut killed = request(root.path(), "cantus", "killed", 4);
    trained(&killed, 2);
    // the new files are there, half and whole, but nothing names them yet; and the model's name has no weights
    let checkpoint = killed.out.join("checkpoint");
    std::fs::write(checkpoint.join("0000003.generator.safetensors"), "whole or not").unwrap();
    for folder in [&checkpoint, &killed.out] {
        std::fs::write(folder.join(".cantus-half"), "half").unwrap();
    }
    std::fs::remove_file(killed.out.join("critic.safetensors")).unwrap();
    killed.resume = true;
    trained(&killed, u64::MAX);
    for file in ["generator.safetensors", "critic.safetensors"] {
        let bytes = |request: &TrainRequest| std::fs::read(request.out.join(file)).unwrap();
        assert!(bytes(&killed) == bytes(&whole), "{file} differs");
    }
    let weights = std::fs::read_dir(&checkpoint).unwrap().flatten();
    let names: Vec<String> = weights.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.iter().filter(|name| name.ends_with(".safetensors")).count(), 3, "{names:?}");
    assert!(!checkpoint.join(".cantus-half").exists() && !killed.out.join(".cantus-half").exists());
}

#[test]
fn rows_thin_out_in_a_run_of_a_week() {
    let rows = (1..=3_000_000_u64).filter(|&iteration| folder::is_recorded(iteration)).count();
    assert_eq!(rows, 100_000 + 90_000 + 20_000);
    let measured = (1..=3_000_000_u64).filter(|&iteration| folder::is_measured(iteration, 50)).count();
    assert_eq!(measured, 2 + 1000 + 900 + 500, "two early ones");
}

#[test]
fn a_training_is_measured_early_and_the_next_measurement_is_known() {
    let measured = |every: u64, most: u64| {
        (0..=most).filter(|&iteration| folder::is_measured(iteration, every)).collect::<Vec<_>>()
    };
    assert_eq!(measured(4, 12), [0, 4, 8, 12]);
    assert_eq!(measured(41, 90), [0, 10, 20, 41, 82]);
    assert_eq!(measured(250, 500), [0, 10, 20, 50, 100, 250, 500]);
    let next = |iteration: u64| folder::next_measured(iteration, 41, 60);
    assert_eq!([0, 9, 10, 20, 41, 60].map(next), [Some(10), Some(10), Some(20), Some(41), Some(60), None]);
}

/// Bytes of the files of a run's folder, and of what lies in the folder's folders.
fn bytes_in(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let sizes = entries.map(|entry| match entry.metadata().unwrap() {
        metadata if metadata.is_dir() => bytes_in(&entry.path()),
        metadata => metadata.len(),
    });
    sizes.sum()
}

/// A week of six parts at fifty iterations a second. Weights and samples come on top, of which there are never more
/// than two checkpoints' and two hundred.
#[test]
fn the_curves_of_a_week_stay_small() {
    const WEEK: u64 = 7 * 24 * 3600 * 50;
    let root = root();
    let mut folder = RunFolder::open(&request(root.path(), "cantus", "week", 1)).unwrap();
    let path = folder.path().to_owned();
    let parts = (0..6 * 12).map(|number| (format!("Second violins/metric of some length {number}"), Some(0.5)));
    let measured: Vec<_> = parts.collect();
    let values = CurveValues::from([
        (Curve::DiscriminatorLoss, -12_345.678_901),
        (Curve::GeneratorLoss, -12_345.678_901),
        (Curve::GradientPenalty, 123.456_789),
        (Curve::Reconstruction, 123.456_789),
        (Curve::Similarity, 0.5),
        (Curve::Copying, 0.5),
        (Curve::Variety, 0.5),
    ]);
    let full =
        |iteration| CurvePoint { iteration, seconds: 600_000.0, values: values.clone(), ..CurvePoint::default() };
    let mut grown = |count: u64, measured: Option<&[PartValue]>| {
        let before = bytes_in(&path);
        for iteration in 0..count {
            // far beyond the thinning's first steps, and recorded all the same
            folder.append(&full(10_000_000 + iteration * 1000), measured).unwrap();
        }
        (bytes_in(&path) - before) / count
    };
    let row = grown(100, None);
    let measurement = grown(100, Some(&measured));
    let count = |counts: &dyn Fn(u64) -> bool| (1..=WEEK).filter(|&iteration| counts(iteration)).count() as u64;
    let rows = count(&folder::is_recorded) * row;
    let measurements = count(&|iteration| folder::is_measured(iteration, 50)) * measurement;
    assert!((100..1000).contains(&row) && (1000..20_000).contains(&measurement), "{row}, {measurement}");
    assert!(rows + measurements < 200_000_000, "{rows} and {measurements} bytes");
}

/// One weight that learns a number, without anybody who judges it: what the loop, checkpoints and curves make of a
/// network that has no critic.
struct Alone {
    toy: Toy,
    store: VarStore,
    weight: Tensor,
    adam: Adam,
    tuning: Tuning,
}

#[expect(clippy::unnecessary_wraps, reason = "as a network of the table is made")]
fn alone(request: &TrainRequest, _: &Dataset, device: Device) -> Trainable {
    let store = VarStore::new(device);
    let weight = store.root().var("weight", &[1], Init::Const(0.0));
    let adam = Adam::new(&store, AdamSettings { betas: (0.9, 0.99), epsilon: 1e-7, max_norm: None, weight_decay: 0.0 });
    let tuning = Tuning { learning_rate: 0.1, iterations: request.iterations, ..trainable::first_tuning(request) };
    Ok(Box::new(Alone { toy: Toy::new(Habit::Sparse), store, weight, adam, tuning }))
}

impl TrainableNetwork for Alone {
    fn step(&mut self, iteration: u64, _: TrainStep) -> Result<CurveValues, Error> {
        let noise = Source::new(1, Purpose::Training, iteration).uniform_tensor(&[1], -0.1, 0.1, Device::Cpu);
        let loss = (&self.weight - 3.0 + noise).square().sum(Kind::Float);
        let gradients = Tensor::f_run_backward(&[&loss], &self.adam.parameters(), false, false)?;
        self.adam.step(&gradients, self.tuning.learning_rate)?;
        Ok(CurveValues::from([(Curve::Reconstruction, loss.double_value(&[]))]))
    }

    fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    fn tensors(&self) -> Vec<TensorFile> {
        vec![
            TensorFile { name: "generator", is_of_model: true, tensors: weights::sorted(&self.store) },
            TensorFile { name: "training", is_of_model: false, tensors: self.adam.state("adam") },
        ]
    }

    fn network(&self) -> &dyn Network {
        &self.toy
    }

    fn settings(&self) -> Map<String, Value> {
        Map::new()
    }

    fn measured_every(&self) -> u64 {
        4
    }
}

#[test]
fn a_network_without_a_critic_trains_checkpoints_and_resumes() {
    let root = root();
    let whole = request(root.path(), "alone", "whole", 8);
    let (points, _) = trained_by(&alone, &whole, u64::MAX);
    let loss = |point: &CurvePoint| point.values.get(Curve::Reconstruction).unwrap();
    assert!(points.len() == 9 && loss(&points[8]) < loss(&points[1]));
    assert!(points.iter().all(|point| point.values.get(Curve::DiscriminatorLoss).is_none()));
    assert!([0, 8].iter().all(|&at: &usize| points[at].values.get(Curve::Similarity).is_some()));

    let mut parted = request(root.path(), "alone", "parted", 8);
    assert!(trained_by(&alone, &parted, 3).1.contains("stopped"));
    parted.resume = true;
    assert_eq!(trained_by(&alone, &parted, u64::MAX).0.len(), 5);
    assert_eq!(curves(&parted.out), curves(&whole.out));
    let bytes = |request: &TrainRequest| std::fs::read(request.out.join("generator.safetensors")).unwrap();
    assert_eq!(bytes(&parted), bytes(&whole));

    // no critic, no file of it, and nothing to draw
    let names = |folder: &std::path::Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let all = [names(&whole.out), names(&whole.out.join("checkpoint"))].concat();
    assert!(!all.iter().any(|name| name.contains("critic")), "{all:?}");
    let rows = curves(&whole.out);
    let column = rows[0].iter().position(|title| title == "discriminator_loss").unwrap();
    assert!(rows[1..].iter().all(|row| row[column].is_empty()));
}
