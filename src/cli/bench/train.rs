//! `cantus bench train`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::super::{engine, output};
use super::median::median;
use crate::engine_client::EngineOptions;
use crate::engine_client::protocol::{DeviceChoice, Event, Request, TrainRequest};

/// An engine says nothing during an iteration, which may take long on a slow computer.
const LONGEST_ITERATION: Duration = Duration::from_mins(10);

/// Arguments of `cantus bench train`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The network: autoregressive, cantus or unet
    #[arg(long, value_name = "NAME", default_value = "unet")]
    network: String,
    /// A folder of MIDI files, or builtin:STYLE
    #[arg(long, value_name = "DIR|builtin:STYLE", default_value = "builtin:chorale")]
    data: String,
    /// Windows per step; by default, the network's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    batch: Option<u32>,
    /// Iterations to measure, after one to warm up
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    iterations: u64,
    /// How many threads libtorch may use; by default, all cores but one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Mixed precision: convolutions in bfloat16 (unet only; ignored on processors that are no faster with it)
    #[arg(long)]
    mixed: bool,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
}

/// Runs `cantus bench train`: a real training in a folder that is thrown away.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("couldn't create a temporary folder")?;
    let (engine, ready) = engine::start(EngineOptions {
        device: arguments.device.clone(),
        hung_after: LONGEST_ITERATION,
        ..EngineOptions::default()
    })?;
    let iterations = arguments.iterations + 1;
    engine.send(&Request::Train(Box::new(TrainRequest {
        data: arguments.data.clone(),
        out: folder.path().join("run"),
        network: arguments.network.clone(),
        // measuring and writing belong to a training's end, not to its iterations: never get there
        iterations: iterations + 1,
        batch: arguments.batch,
        mixed: arguments.mixed,
        threads: arguments.threads.map(usize::from),
        device: arguments.device.clone(),
        ..TrainRequest::default()
    })))?;
    let bar = output::progress_bar("Training");
    bar.set_length(iterations);
    let (mut seconds, mut since) = (Vec::new(), Instant::now());
    while (seconds.len() as u64) < iterations {
        match engine::next(&engine)? {
            Event::Scalars(_) => {
                seconds.push(since.elapsed().as_secs_f64());
                since = Instant::now();
                bar.inc(1);
            }
            Event::Trained { message, .. } => bail!("{message}"),
            _ => {}
        }
    }
    bar.finish_and_clear();
    drop(engine);
    seconds.remove(0);
    let per_iteration = median(seconds).unwrap_or(f64::NAN);
    let device = match arguments.device {
        DeviceChoice::Auto => ready.devices.first().cloned().unwrap_or_default(),
        _ => arguments.device.to_string(),
    };
    if as_json {
        return output::print_json(&json!({
            "network": arguments.network,
            "batch": arguments.batch,
            "threads": arguments.threads,
            "device": device,
            "iterations": arguments.iterations,
            "seconds_per_iteration": per_iteration,
        }));
    }
    let batch = arguments.batch.map_or_else(|| "its default batch".into(), |batch| format!("batch {batch}"));
    output::print(&format!("{}, {batch}, on {device}: {per_iteration:.3} s per iteration\n", arguments.network))
}
