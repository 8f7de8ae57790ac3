//! `cantus train`: a folder of MIDI files in, a model out, by an engine of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use crossbeam_channel::RecvTimeoutError;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{dataset, output};
use crate::corpus::iterations_per_epoch;
use crate::engine_client::curves::{CURVES, Chart, Curve, CurvePoint, CurveRow};
use crate::engine_client::networks;
use crate::engine_client::protocol::{DeviceChoice, Event, Loss, Request, TrainControl, TrainRequest};
use crate::engine_client::run_folder;
use crate::engine_client::{Engine, EngineEvent, EngineOptions, ModelCard};
use crate::library::{models, paths, runs};

/// What an engine may take to load libtorch from a cold disk, and CUDA.
const START: Duration = Duration::from_mins(1);
/// How soon Ctrl-C is noticed.
const LOOK: Duration = Duration::from_millis(100);
/// A training says a word after each step, and a step may take long on a slow computer.
const HUNG_AFTER: Duration = Duration::from_mins(2);
/// Iterations where nobody says otherwise.
const ITERATIONS: u64 = 1000;

/// Arguments of `cantus train`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A folder of MIDI files, or builtin:STYLE
    #[arg(long, value_name = "DIR|builtin:STYLE", required_unless_present = "resume")]
    data: Option<String>,
    /// The folder that becomes the model
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// `cantus` (the studio's own) or `unet` (as `DeepComposer` had it)
    #[arg(long, value_name = "NAME", value_parser = ["cantus", "unet"], conflicts_with = "resume")]
    network: Option<String>,
    /// How many passes over the data
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    epochs: Option<u64>,
    /// How many iterations in all; 1000 if nothing is said
    #[arg(long, value_name = "N", conflicts_with = "epochs", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    iterations: Option<u64>,
    /// Step size of both optimisers
    #[arg(long, value_name = "X", value_parser = learning_rate, conflicts_with = "resume")]
    learning_rate: Option<f64>,
    /// Steps of the discriminator (critic) per step of the generator
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100), conflicts_with = "resume")]
    update_ratio: Option<u32>,
    /// Length of the discriminator's slope by that of the reconstruction's (`cantus` only); 0 trains the generator without
    /// it
    #[arg(long, value_name = "X", value_parser = adversarial, conflicts_with = "resume")]
    adversarial: Option<f64>,
    /// Windows per step
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096), conflicts_with = "resume")]
    batch: Option<u32>,
    /// What discriminator and generator minimise: wgan-gp or hinge
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    loss: Option<Loss>,
    /// The same seed gives the same model on the same CPU
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    seed: Option<u64>,
    /// Go on where the training in --out was stopped or killed
    #[arg(long)]
    resume: bool,
    /// A model to start from, by name or folder
    #[arg(long, value_name = "MODEL", conflicts_with = "resume")]
    from: Option<String>,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
    /// Compute in mixed precision: convolutions in bfloat16 (`unet` only; processors that are no faster with it stay exact)
    #[arg(long, conflicts_with = "resume")]
    mixed: bool,
    /// Threads for libtorch
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

fn learning_rate(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (number > 0.0 && number <= 1.0).then_some(number).ok_or_else(|| "not above 0 and at most 1".to_owned())
}

fn adversarial(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (0.0..=10.0).contains(&number).then_some(number).ok_or_else(|| "not from 0 to 10".to_owned())
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    out: PathBuf,
    network: String,
    iterations: u64,
    /// Whether all iterations asked for are done; otherwise the run was stopped and can be resumed.
    complete: bool,
    message: String,
    seconds: f64,
    /// Each curve's last value, by its key; absent what was never measured.
    #[serde(flatten)]
    curves: BTreeMap<&'static str, Option<f64>>,
}

/// Runs `cantus train`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let request = if arguments.resume { resumed(arguments)? } else { fresh(arguments)? };
    let report = train(&request)?;
    if arguments.json {
        return output::print_json(&report);
    }
    let similarity = report.curves[Curve::Similarity.row().key]
        .map_or_else(String::new, |similarity| format!(", similarity {similarity:.3}"));
    output::print(&format!(
        "{}: {} ({} iterations{similarity})\n",
        report.out.display(),
        report.message,
        report.iterations
    ))
}

/// A new run.
fn fresh(arguments: &Arguments) -> anyhow::Result<TrainRequest> {
    let data = arguments.data.as_deref().unwrap_or_default();
    let network = arguments.network.clone().unwrap_or_else(|| "cantus".into());
    let seed = arguments.seed.unwrap_or(1);
    // told before libtorch is loaded, and with what can be used of the folder
    let read = dataset::read(data, seed)?;
    let from = match &arguments.from {
        Some(name) => {
            let model = models::resolve(name)?;
            let card = ModelCard::read(&model.path)?;
            if card.network != network {
                bail!("{name} is a model for the network {}, not {network}", card.network);
            }
            Some(std::path::absolute(model.path)?)
        }
        None => None,
    };
    let epochs = |epochs: u64| epochs.saturating_mul(iterations_per_epoch(&read, &network, arguments.batch));
    let info = networks::of(&network);
    if arguments.mixed && !info.mixes {
        bail!("{network} gains nothing by mixed precision");
    }
    if !info.has_critic()
        && (arguments.update_ratio.is_some() || arguments.adversarial.is_some() || arguments.loss.is_some())
    {
        bail!("{network} has no discriminator that --update-ratio, --adversarial or --loss could be for");
    }
    Ok(TrainRequest {
        mixed: arguments.mixed,
        data: absolute_data(data)?,
        out: std::path::absolute(&arguments.out)?,
        iterations: arguments.epochs.map(epochs).or(arguments.iterations).unwrap_or(ITERATIONS),
        network,
        learning_rate: arguments.learning_rate,
        update_ratio: arguments.update_ratio,
        adversarial: arguments.adversarial,
        batch: arguments.batch,
        loss: arguments.loss.unwrap_or_default(),
        seed,
        resume: false,
        from,
        device: arguments.device.clone(),
        threads: arguments.threads.map(|threads| threads as usize),
        ..TrainRequest::default()
    })
}

/// The run of a folder, going on.
fn resumed(arguments: &Arguments) -> anyhow::Result<TrainRequest> {
    let saved = run_folder::read_request(&arguments.out)
        .with_context(|| format!("there is no training to resume in {}", arguments.out.display()))?;
    let data = match &arguments.data {
        Some(data) => absolute_data(data)?,
        None => saved.data.clone(),
    };
    let iterations = match arguments.epochs {
        Some(epochs) => {
            let read = dataset::read(&data, saved.seed)?;
            Some(epochs.saturating_mul(iterations_per_epoch(&read, &saved.network, saved.batch)))
        }
        None => arguments.iterations,
    };
    Ok(TrainRequest {
        data,
        out: std::path::absolute(&arguments.out)?,
        iterations: iterations.unwrap_or(saved.iterations),
        resume: true,
        device: arguments.device.clone(),
        threads: arguments.threads.map(|threads| threads as usize),
        detach: false,
        ..saved
    })
}

/// The engine may be told a path from anywhere.
fn absolute_data(data: &str) -> anyhow::Result<String> {
    if data.starts_with("builtin:") {
        return Ok(data.to_owned());
    }
    Ok(std::path::absolute(Path::new(data))?.to_string_lossy().into_owned())
}

/// Has an engine train, shows how it goes, and lets it stop cleanly on Ctrl-C; the second Ctrl-C ends it at once.
fn train(request: &TrainRequest) -> anyhow::Result<Report> {
    let engine = Engine::start(EngineOptions {
        device: request.device.clone(),
        hung_after: HUNG_AFTER,
        ..EngineOptions::default()
    })?;
    engine.wait_ready(START)?;
    let interrupts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&interrupts);
    ctrlc::set_handler(move || {
        counted.fetch_add(1, Ordering::AcqRel);
    })
    .context("Ctrl-C cannot be watched for")?;
    let request = &TrainRequest { cache: paths::cache_folder().ok(), ..request.clone() };
    engine.send(&Request::Train(Box::new(request.clone())))?;
    list(&request.out);
    let bar = bar(request.iterations);
    let mut last = CurvePoint::default();
    let mut handled = 0;
    loop {
        let event = match engine.events().recv_timeout(LOOK) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                bail!("the engine has ended; --resume goes on from the last checkpoint")
            }
        };
        let pressed = interrupts.load(Ordering::Acquire);
        if pressed > handled {
            handled = pressed;
            if pressed > 1 {
                engine.kill();
                bail!("ended at once; --resume goes on from the last checkpoint");
            }
            bar.set_message("stopping after this step…");
            engine.send(&Request::Control(TrainControl::Stop))?;
        }
        match event {
            Some(EngineEvent::Event(Event::Scalars(point))) => {
                last.update(&point);
                bar.set_position(last.iteration);
                if handled == 0 {
                    bar.set_message(describe(&last));
                }
            }
            Some(EngineEvent::Event(Event::Trained { iteration, message, ok })) => {
                bar.finish_and_clear();
                if !ok {
                    bail!("{message}");
                }
                return Ok(report(request, iteration, message, &last));
            }
            // which device “auto” took
            Some(EngineEvent::Event(Event::Progress { label, .. })) => bar.println(label),
            Some(EngineEvent::Event(Event::Failed { message, .. })) => bail!("{message}"),
            Some(EngineEvent::Hung { seconds }) => bar.set_message(format!("no word from the engine for {seconds} s…")),
            Some(EngineEvent::Died { reason }) => bail!("{reason}; --resume goes on from the last checkpoint"),
            Some(EngineEvent::Ended) => bail!("the engine has ended; --resume goes on from the last checkpoint"),
            Some(EngineEvent::Event(_)) | None => {}
        }
    }
}

/// Puts the run on the studio's list. Nothing depends on it.
fn list(run: &Path) {
    let listed = paths::data_folder().map_err(std::io::Error::other);
    if let Err(error) = listed.and_then(|data| runs::register(&data, run)) {
        log::warn!("the studio will not list this run: {error}");
    }
}

fn bar(iterations: u64) -> ProgressBar {
    let bar = output::progress_bar("reading the data…");
    if let Ok(style) = ProgressStyle::with_template("{pos} of {len} {wide_bar} {eta}  {msg}") {
        bar.set_style(style);
    }
    bar.set_length(iterations);
    bar
}

/// The losses, and how like the data it writes.
fn describe(point: &CurvePoint) -> String {
    let value = |row: &CurveRow| Some(format!("{} {:.3}", row.title.to_lowercase(), point.values.get(row.curve)?));
    let similarity = point.values.get(Curve::Similarity).map(|similarity| format!("similarity {similarity:.2}"));
    Chart::Losses.curves().filter_map(value).chain(similarity).collect::<Vec<_>>().join(", ")
}

fn report(request: &TrainRequest, iteration: u64, message: String, last: &CurvePoint) -> Report {
    Report {
        out: request.out.clone(),
        network: request.network.clone(),
        iterations: iteration,
        complete: iteration >= request.iterations,
        message,
        seconds: last.seconds,
        curves: CURVES.iter().map(|row| (row.key, last.values.get(row.curve))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learning_rates_are_above_0_and_at_most_1() {
        assert_eq!(learning_rate("0.001"), Ok(0.001));
        for text in ["0", "-1", "1.5", "NaN", "fast"] {
            assert!(learning_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_folders_become_absolute() {
        assert_eq!(absolute_data("builtin:chorale").unwrap(), "builtin:chorale");
        assert!(Path::new(&absolute_data("music").unwrap()).is_absolute());
    }
}
