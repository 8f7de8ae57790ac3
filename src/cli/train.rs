//! `cantus train`: a folder of MIDI files in, a model out, by an engine of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use crossbeam_channel::RecvTimeoutError;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::interrupts::Interrupts;
use super::values::{number_in, positive_up_to};
use super::{dataset, engine, output};
use crate::corpus::iterations_per_epoch;
use crate::engine_client::curves::{CURVES, Chart, Curve, CurvePoint, CurveRow};
use crate::engine_client::networks::{self, NetworkInfo};
use crate::engine_client::protocol::{DeviceChoice, Event, Loss, Request, TrainControl, TrainRequest};
use crate::engine_client::run_folder;
use crate::engine_client::{EngineEvent, EngineOptions, ModelCard};
use crate::library::{models, paths, runs};
use crate::plural::counted;

/// How soon Ctrl-C is noticed.
const LOOK: Duration = Duration::from_millis(100);
/// A training reports after each step, and a step may take long on a slow computer.
const HUNG_AFTER: Duration = Duration::from_mins(2);

/// Arguments of `cantus train`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A folder of MIDI files, or builtin:STYLE
    #[arg(long, value_name = "DIR|builtin:STYLE", required_unless_present = "resume")]
    data: Option<String>,
    /// The folder that becomes the model
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The network: `autoregressive` (step by step), `cantus` (all at once) or `unet` (as in AWS `DeepComposer`)
    /// [default: autoregressive]
    #[arg(long, value_name = "NAME", conflicts_with = "resume",
        value_parser = networks::NETWORKS.map(|network| network.name))]
    network: Option<String>,
    /// How many passes over the data to train in all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    epochs: Option<u64>,
    /// How many iterations to train in all [default: the network's own]
    #[arg(long, value_name = "N", conflicts_with = "epochs",
        value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    iterations: Option<u64>,
    /// The learning rate of both optimisers
    #[arg(long, value_name = "X", value_parser = |text: &str| positive_up_to(1.0, text), conflicts_with = "resume")]
    learning_rate: Option<f64>,
    /// Discriminator steps per generator step
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100), conflicts_with = "resume")]
    update_ratio: Option<u32>,
    /// How strongly the discriminator's gradient counts against the reconstruction's (`cantus` only); 0 leaves the
    /// discriminator out (`autoregressive`, too)
    #[arg(long, value_name = "X", value_parser = |text: &str| number_in(0.0..=10.0, text), conflicts_with = "resume")]
    adversarial: Option<f64>,
    /// Windows per step
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096), conflicts_with = "resume")]
    batch: Option<u32>,
    /// The adversarial loss: wgan-gp or hinge (not for `autoregressive`, which has its own)
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    loss: Option<Loss>,
    /// What all chance follows from, which pieces are held out among it; the same seed gives the same model on the same
    /// CPU [default: 1]
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    seed: Option<u64>,
    /// Resume the training in --out from its last checkpoint
    #[arg(long)]
    resume: bool,
    /// The model to start from: its name or its folder, or “none” [default: what the network starts from, if anything]
    #[arg(long, value_name = "MODEL", conflicts_with = "resume")]
    from: Option<String>,
    /// A folder of recorded drum performances to learn drumming from beside the data’s own (Groove MIDI Dataset;
    /// `autoregressive` only)
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    drums: Option<PathBuf>,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
    /// Mixed precision: convolutions in bfloat16 (`unet` only; ignored on processors that are no faster with it)
    #[arg(long, conflicts_with = "resume")]
    mixed: bool,
    /// How many threads libtorch may use
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
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
    let iterations = counted(report.iterations as usize, "iteration");
    output::print(&format!("{}: {} ({iterations}{similarity})\n", report.out.display(), report.message))
}

/// A new run.
fn fresh(arguments: &Arguments) -> anyhow::Result<TrainRequest> {
    let data = arguments.data.as_deref().unwrap_or_default();
    let seed = arguments.seed.unwrap_or(1);
    let network = arguments.network.clone().unwrap_or_else(|| networks::NETWORKS[0].name.into());
    let info = networks::of(&network);
    check_options(arguments, info)?;
    // before libtorch is loaded, so that a bad folder is reported at once
    let read = dataset::read(data, seed)?;
    let from = match arguments.from.as_deref() {
        Some("none") => None,
        Some(name) => {
            let model = models::resolve(name)?;
            let card = ModelCard::read(&model.path)?;
            if card.network != network {
                bail!("{name} is a model of the network {}, not {network}", card.network);
            }
            Some(std::path::absolute(model.path)?)
        }
        None => info.base.and_then(models::shipped),
    };
    let epochs = |epochs: u64| epochs.saturating_mul(iterations_per_epoch(&read, &network, arguments.batch));
    Ok(TrainRequest {
        mixed: arguments.mixed,
        data: absolute_data(data)?,
        out: std::path::absolute(&arguments.out)?,
        iterations: arguments.epochs.map(epochs).or(arguments.iterations).unwrap_or(info.iterations),
        network,
        learning_rate: arguments.learning_rate,
        update_ratio: arguments.update_ratio,
        adversarial: arguments.adversarial,
        batch: arguments.batch,
        loss: arguments.loss.unwrap_or_default(),
        seed,
        resume: false,
        from,
        drums: arguments.drums.as_deref().map(std::path::absolute).transpose()?,
        device: arguments.device.clone(),
        threads: arguments.threads.map(|threads| threads as usize),
        ..TrainRequest::default()
    })
}

/// Refuses options that mean nothing to the network.
fn check_options(arguments: &Arguments, network: NetworkInfo) -> anyhow::Result<()> {
    let name = network.name;
    if arguments.mixed && !network.mixes {
        bail!("--mixed is only for the network unet; {name} gains nothing from it");
    }
    if !network.has_critic()
        && (arguments.update_ratio.is_some() || arguments.adversarial.is_some() || arguments.loss.is_some())
    {
        bail!("{name} has no discriminator that --update-ratio, --adversarial or --loss could be for");
    }
    if !network.chooses_loss && arguments.loss.is_some() {
        let others = networks::NETWORKS.iter().filter(|other| other.chooses_loss).map(|other| other.name);
        let others = others.collect::<Vec<_>>().join(" and ");
        bail!("{name} has a loss of its own, so --loss has no meaning for it; it is for {others}");
    }
    Ok(())
}

/// The run of a folder, going on.
fn resumed(arguments: &Arguments) -> anyhow::Result<TrainRequest> {
    let saved = run_folder::read_request(&arguments.out)
        .with_context(|| format!("no training to resume in {}", arguments.out.display()))?;
    let data = match &arguments.data {
        Some(data) => absolute_data(data)?,
        None => saved.data.clone(),
    };
    let iterations = match arguments.epochs {
        Some(epochs) => {
            let read = dataset::read(&data, saved.seed)?;
            Some(epochs.saturating_mul(crate::corpus::iterations_per_epoch(&read, &saved.network, saved.batch)))
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

/// The engine's working folder may be another.
fn absolute_data(data: &str) -> anyhow::Result<String> {
    if data.starts_with("builtin:") {
        return Ok(data.to_owned());
    }
    Ok(std::path::absolute(Path::new(data))?.to_string_lossy().into_owned())
}

/// Has an engine train, shows its progress, and lets it stop cleanly on Ctrl-C; the second Ctrl-C ends it at once.
fn train(request: &TrainRequest) -> anyhow::Result<Report> {
    let (engine, _) = engine::start(EngineOptions {
        device: request.device.clone(),
        hung_after: HUNG_AFTER,
        ..EngineOptions::default()
    })?;
    let interrupts = Interrupts::watch()?;
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
                bail!("the engine has ended; to go on from the last checkpoint, use --resume")
            }
        };
        let pressed = interrupts.count();
        if pressed > handled {
            handled = pressed;
            if pressed > 1 {
                engine.kill();
                bail!("stopped; to go on from the last checkpoint, use --resume");
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
            Some(EngineEvent::Hung { seconds }) => {
                bar.set_message(format!("the engine hasn't responded for {seconds} s…"));
            }
            Some(EngineEvent::Died { reason }) => bail!("{reason}; to go on from the last checkpoint, use --resume"),
            Some(EngineEvent::Ended) => bail!("the engine has ended; to go on from the last checkpoint, use --resume"),
            Some(EngineEvent::Event(_)) | None => {}
        }
    }
}

/// Adds the run to the studio's list. Nothing depends on it.
fn list(run: &Path) {
    let listed = paths::data_folder().map_err(std::io::Error::other);
    if let Err(error) = listed.and_then(|data| runs::register(&data, run)) {
        log::warn!("the studio won't list this run: {error}");
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
    let losses = Chart::DiscriminatorLosses.curves().chain(Chart::GeneratorLosses.curves());
    losses.filter_map(value).chain(similarity).collect::<Vec<_>>().join(", ")
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
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct CommandLine {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn a_loss_is_refused_where_the_network_has_its_own() {
        let refusal = |network: &str| {
            let words = ["train", "--data", "builtin:pop", "--out", "x", "--network", network, "--loss", "hinge"];
            check_options(&CommandLine::try_parse_from(words).unwrap().arguments, networks::of(network))
        };
        let reason = refusal("autoregressive").unwrap_err().to_string();
        assert!(
            reason.contains("autoregressive has a loss of its own") && reason.ends_with("cantus and unet"),
            "{reason}"
        );
        assert!(refusal("cantus").is_ok() && refusal("unet").is_ok());
    }

    #[test]
    fn only_folders_become_absolute() {
        assert_eq!(absolute_data("builtin:chorale").unwrap(), "builtin:chorale");
        assert!(Path::new(&absolute_data("music").unwrap()).is_absolute());
    }
}
