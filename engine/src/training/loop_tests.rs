//! The loop itself, with a trainee of no weight, and what can be told to it.

use tch::{Device, Kind, Tensor};

use super::choose::WORTH_CHOOSING;
use super::tests::{chorales, request, root, trained};
use super::*;
use crate::testing::{Habit, Toy};
use cantus::engine_client::protocol::{Loss, TrainChange};
use cantus::engine_client::run_folder::{put_control, read_changes, read_status};

/// Counts its steps in a tensor, and runs out of memory with batches of more than two.
struct Counter {
    toy: Toy,
    steps: Tensor,
    tuning: Tuning,
    /// The habits that it has to choose from.
    ways: &'static [Habit],
    way: usize,
    manners: Vec<Manner>,
}

impl Trainee for Counter {
    fn step(&mut self, _: u64, _: TrainStep) -> Result<StepLosses, GanError> {
        let _ = self.steps.g_add_scalar_(1.0);
        assert!(self.tuning.batch <= 2, "CUDA out of memory. Tried to allocate 2.00 GiB");
        Ok(StepLosses::default())
    }

    fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    fn state(&self) -> State {
        let named = || vec![("steps".to_owned(), self.steps.shallow_clone())];
        State { generator: named(), critic: named(), training: named() }
    }

    fn network(&self) -> &dyn Network {
        &self.toy
    }

    fn settings(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::Map::new()
    }

    fn held_out_loss(&self) -> Option<f64> {
        None
    }

    fn measured_windows(&self) -> (usize, usize) {
        (2, 4)
    }

    fn measured_every(&self) -> u64 {
        4
    }

    fn ways(&self) -> usize {
        self.ways.len()
    }

    fn take_way(&mut self, way: usize) {
        self.way = way;
        self.toy = Toy::new(self.ways[way]);
    }

    fn mind(&mut self, manners: &[Manner]) {
        self.manners = manners.to_vec();
    }
}

/// Trains a counter; how it ended, and how often it stepped.
fn counted(request: &TrainRequest, batch: u32) -> (Result<Ended, GanError>, f64) {
    let (ended, counter) = counted_in_ways(request, batch, &[Habit::Sparse], &mut || None);
    (ended, counter.steps.double_value(&[0]))
}

/// The same with several ways to compose.
fn counted_in_ways(
    request: &TrainRequest,
    batch: u32,
    ways: &'static [Habit],
    control: &mut dyn FnMut() -> Option<TrainControl>,
) -> (Result<Ended, GanError>, Counter) {
    let dataset = chorales(6);
    let mut folder = RunFolder::open(request).unwrap();
    let heart = Heart::new(folder.path(), RunStatus::default());
    let mut counter = Counter {
        toy: Toy::new(Habit::Sparse),
        steps: Tensor::zeros([1], (Kind::Float, Device::Cpu)),
        tuning: Tuning { batch, iterations: request.iterations, ..Tuning::default() },
        ways,
        way: 0,
        manners: Vec::new(),
    };
    let measure = Measure::new(&dataset, &counter);
    let mut orders = Orders::new(control, folder.path());
    let mut run = Run {
        request,
        dataset: &dataset,
        trainee: &mut counter,
        folder: &mut folder,
        heart: &heart,
        measure,
        since: Instant::now(),
        seconds_before: 0.0,
        last_checkpoint: Instant::now(),
    };
    let ended = run.go(&mut orders, &mut |_| (), &mut 0);
    (ended, counter)
}

#[test]
fn the_way_of_composing_that_is_most_like_the_data_is_kept_at_the_end() {
    const WAYS: &[Habit] = &[Habit::Silent, Habit::Sparse, Habit::Silent];
    let root = root();
    let (ended, counter) =
        counted_in_ways(&request(root.path(), "counter", "chosen", WORTH_CHOOSING), 1, WAYS, &mut || None);
    assert!(matches!(ended, Ok(Ended::Complete)));
    assert_eq!((counter.way, counter.manners.len()), (1, 3));
    // the toy minds nothing, so that no value does better than the first
    assert!(counter.manners.iter().all(|manner| *manner == Manner::default()));

    // too short to be worth it
    let (_, counter) = counted_in_ways(&request(root.path(), "counter", "short", 3), 1, WAYS, &mut || None);
    assert_eq!((counter.way, counter.manners.len()), (0, 0));

    // stopped when all iterations are done: nothing is chosen, and it is complete
    let mut asked = 0;
    let mut stop = || {
        asked += 1;
        (asked > WORTH_CHOOSING).then_some(TrainControl::Stop)
    };
    let (ended, counter) =
        counted_in_ways(&request(root.path(), "counter", "hurried", WORTH_CHOOSING), 1, WAYS, &mut stop);
    assert!(matches!(ended, Ok(Ended::Complete)));
    assert_eq!(counter.way, 0);
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
    assert_eq!(parts.lines().count(), 3, "measured at 4 and at the end");
    assert!(!obey::is_out_of_memory("the memory of it"));
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
            Event::Scalars(_) => stepped.set(true),
            _ => {}
        };
        assert!(run(&request, Device::Cpu, "CPU", &mut control, &mut emit));
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
    let mut orders = vec![TrainControl::Pause];
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
        orders.pop()
    };
    assert!(run(&request, Device::Cpu, "CPU", &mut control, &mut |_| ()));
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
    assert!(b.iter().all(|point| point.critic_loss.is_finite() && point.critic_loss > 0.0));
    assert_ne!(a[0].critic_loss, b[0].critic_loss);
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
    assert_eq!(measured, 1000 + 900 + 500);
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
    let measured = Measured { parts: parts.collect() };
    let full = |iteration| TrainScalars {
        iteration,
        seconds: 600_000.0,
        critic_loss: -12_345.678_901,
        generator_loss: -12_345.678_901,
        gradient_penalty: Some(123.456_789),
        similarity: Some(0.5),
        style: Some(0.5),
        fit: Some(0.5),
        copying: Some(0.5),
        variety: Some(0.5),
        ..TrainScalars::default()
    };
    let mut grown = |count: u64, measured: Option<&Measured>| {
        let before = bytes_in(&path);
        for iteration in 0..count {
            // far beyond the thinning's first steps, and recorded all the same
            let scalars = full(10_000_000 + iteration * 1000);
            folder.append(&scalars, Some(123.456_789), measured.map(|_| 1.0), measured).unwrap();
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
