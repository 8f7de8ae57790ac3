//! `cantus bench generate`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use serde_json::json;

use super::super::{engine, output};
use super::median::median;
use crate::engine_client::protocol::{ComposeRequest, DeviceChoice, Request};
use crate::engine_client::{EngineEvent, EngineOptions};
use crate::library::models;
use crate::music::{Note, Part, Pitch, Score, TICKS_PER_QUARTER, Velocity};
use crate::plural::counted;

/// How long an engine may take to end.
const PATIENCE: Duration = Duration::from_mins(2);

/// Arguments of `cantus bench generate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The model: its name (see `cantus models`) or its folder
    #[arg(long, value_name = "NAME|DIR")]
    model: String,
    /// The melody's length in bars
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=500))]
    bars: u32,
    /// How many takes to measure once the engine runs; the median is reported
    #[arg(long, value_name = "K", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=64))]
    takes: u32,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
}

/// Runs `cantus bench generate`.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let model = models::resolve(&arguments.model)?;
    let path = std::path::absolute(&model.path)?;
    let options = EngineOptions { device: arguments.device.clone(), ..EngineOptions::default() };
    let request = |id: u32| ComposeRequest {
        id: u64::from(id),
        model: path.clone(),
        score: melody(arguments.bars),
        takes: 1,
        seed: u64::from(id),
        surprise: 0.5,
        density: 0.5,
        bars: None,
        on_grid: false,
        introduction: 0,
    };
    let bar = ProgressBar::hidden();
    let started = Instant::now();
    let (engine, _) = engine::start(options)?;
    let ready = started.elapsed().as_secs_f64();
    engine::compose(&engine, request(1), &bar)?;
    let first = started.elapsed().as_secs_f64();
    let mut warm = Vec::new();
    for id in 2..2 + arguments.takes {
        let since = Instant::now();
        engine::compose(&engine, request(id), &bar)?;
        warm.push(since.elapsed().as_secs_f64());
    }
    let ending = Instant::now();
    engine.send(&Request::Shutdown)?;
    while let Ok(event) = engine.events().recv_timeout(PATIENCE) {
        if matches!(event, EngineEvent::Ended | EngineEvent::Died { .. }) {
            break;
        }
    }
    let cold = first + ending.elapsed().as_secs_f64();
    let warm = median(warm).unwrap_or(f64::NAN);
    if as_json {
        return output::print_json(&json!({
            "model": model.name,
            "bars": arguments.bars,
            "engine_ready_seconds": ready,
            "started_and_ended_seconds": cold,
            "seconds_per_take": warm,
        }));
    }
    output::print(&format!(
        "{}, {}: {cold:.2} s with starting ({ready:.2} s) and ending the engine; {warm:.3} s per take once it runs\n",
        model.name,
        counted(arguments.bars as usize, "bar")
    ))
}

/// Quarters up and down a scale.
fn melody(bars: u32) -> Score {
    const SCALE: [u8; 8] = [60, 62, 64, 65, 67, 65, 64, 62];
    let mut part = Part::new("Melody", 0);
    part.notes = (0..bars * 4)
        .map(|beat| Note {
            start: beat * TICKS_PER_QUARTER,
            pitch: Pitch::clamped(i32::from(SCALE[beat as usize % SCALE.len()] + (beat / 16 % 3) as u8)),
            duration: TICKS_PER_QUARTER,
            velocity: Velocity::DEFAULT,
        })
        .collect();
    Score { parts: vec![Arc::new(part)], melody: Some(0), ..Score::default() }
}
