//! `cantus bench under-load`: gaps in the sound while a training runs beside it, with and without each of the measures
//! that are taken against them.
//!
//! Nothing is simulated: a real output, a dense score in real time, a real training in an engine of its own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::super::{output, sound_output};
use super::synth::dense_score;
use crate::engine_client::protocol::{Event, Request, TrainRequest};
use crate::engine_client::{Engine, EngineEvent, EngineOptions};
use crate::sound::{Buffer, OutputState, Player, PlayerOptions, SoundFont};

/// Arguments of `cantus bench under-load`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many minutes to play with each measure
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    minutes: f64,
    /// Buffer size in frames
    #[arg(long, value_name = "FRAMES", default_value_t = 256, value_parser = clap::value_parser!(u32).range(64..=4096))]
    buffer: u32,
    /// Only these measures, separated by commas
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_enum)]
    only: Vec<Measure>,
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// The sound output, by part of its name
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// The training data: a folder of MIDI files, or builtin:STYLE
    #[arg(long, value_name = "DIR|builtin:STYLE", default_value = "builtin:chorale")]
    data: String,
    /// The network: autoregressive, cantus or unet
    #[arg(long, value_name = "NAME", default_value = "cantus")]
    network: String,
}

/// What is done against gaps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Measure {
    /// No training, real-time priority for the sound; for comparison
    Alone,
    /// No measures: the training has the same priority as the sound, on every core
    None,
    /// The training has low priority (nice), on every core
    Nice,
    /// The training has low priority and leaves one core free
    Threads,
    /// The training has low priority, on every core, and the sound real-time priority where the system allows it
    RealTime,
}

impl Measure {
    const ALL: [Self; 5] = [Self::Alone, Self::None, Self::Nice, Self::Threads, Self::RealTime];

    fn title(self) -> &'static str {
        match self {
            Self::Alone => "no training",
            Self::None => "no measures",
            Self::Nice => "training at low priority",
            Self::Threads => "low priority, one core free",
            Self::RealTime => "low priority, sound in real time",
        }
    }
}

/// What was counted with one measure.
#[derive(Debug, Serialize)]
struct Row {
    measure: Measure,
    minutes: f64,
    dropouts: u64,
    late_buffers: u64,
    /// How the thread that sounds stood.
    priority: String,
    training_threads: usize,
    training_nice: u8,
    /// Iterations of the training in that time.
    iterations: u64,
    device: String,
    sample_rate_hz: u32,
    buffer_frames: u32,
}

/// What an engine may take to start, read its data and train the first time.
const FIRST_ITERATION: Duration = Duration::from_mins(5);
/// The first moments, in which the thread is found and raised, do not count.
const SETTLING: Duration = Duration::from_secs(4);

/// Runs `cantus bench under-load`.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let font = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let measures = if arguments.only.is_empty() { Measure::ALL.to_vec() } else { arguments.only.clone() };
    let bar = output::progress_bar("Playing during a training");
    bar.set_length(measures.len() as u64);
    let mut rows = Vec::new();
    for measure in measures {
        rows.push(play(measure, arguments, &font, cores)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if as_json {
        return output::print_json(&serde_json::json!({
            "cores": cores,
            "soundfont": font.name(),
            "network": arguments.network,
            "data": arguments.data,
            "rows": rows,
        }));
    }
    output::print(&to_text(&rows, cores))
}

fn play(measure: Measure, arguments: &Arguments, font: &SoundFont, cores: usize) -> anyhow::Result<Row> {
    let threads = if measure == Measure::Threads { (cores - 1).max(1) } else { cores };
    let nice = if measure == Measure::None { 0 } else { 10 };
    let folder = tempfile::tempdir().context("couldn't create a temporary folder")?;
    let engine = Engine::start(EngineOptions { nice: Some(nice), ..EngineOptions::default() })?;
    if measure != Measure::Alone {
        engine.send(&Request::Train(Box::new(TrainRequest {
            data: arguments.data.clone(),
            out: folder.path().join("run"),
            network: arguments.network.clone(),
            iterations: 10_000_000,
            threads: Some(threads),
            ..TrainRequest::default()
        })))?;
        count_iterations(&engine, FIRST_ITERATION, 1)?;
    }
    let player = Player::start(PlayerOptions {
        soundfont: Some(font.clone()),
        device: arguments.device.clone(),
        buffer: Buffer::Frames(arguments.buffer),
        real_time: matches!(measure, Measure::Alone | Measure::RealTime),
        ..PlayerOptions::default()
    });
    let OutputState::Running { device, sample_rate_hz, buffer_frames, .. } = sound_output::open(&player)? else {
        bail!("the sound output was lost");
    };
    let seconds = (arguments.minutes.max(0.01) * 60.0).ceil();
    player.set_score(&dense_score(seconds as u32 + 60));
    player.play();
    std::thread::sleep(SETTLING);
    player.reset_faults();
    let iterations = count_iterations(&engine, Duration::from_secs_f64(seconds), u64::MAX)?;
    let (faults, position) = (player.faults(), player.position());
    if !position.playing {
        bail!("the music stopped before the time was over");
    }
    if let OutputState::NoDevice { reason } = player.output() {
        bail!("{reason}");
    }
    Ok(Row {
        measure,
        minutes: seconds / 60.0,
        dropouts: faults.dropouts,
        late_buffers: faults.late_buffers,
        priority: player.priority().to_string(),
        training_threads: threads,
        training_nice: nice,
        iterations,
        device,
        sample_rate_hz,
        buffer_frames,
    })
}

/// Waits so long, or for so many iterations; tells how many there were.
fn count_iterations(engine: &Engine, wait: Duration, enough: u64) -> anyhow::Result<u64> {
    let until = Instant::now() + wait;
    let mut iterations = 0;
    while iterations < enough {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match engine.events().recv_timeout(left) {
            Ok(EngineEvent::Event(Event::Scalars(_))) => iterations += 1,
            Ok(EngineEvent::Event(Event::Trained { message, .. })) => bail!("the training ended: {message}"),
            Ok(EngineEvent::Died { reason }) => bail!("{reason}"),
            Ok(EngineEvent::Ended) => bail!("the engine has ended"),
            Ok(EngineEvent::Event(_) | EngineEvent::Hung { .. }) | Err(_) => {}
        }
    }
    if enough != u64::MAX && iterations == 0 {
        bail!("the training didn't start");
    }
    Ok(iterations)
}

fn to_text(rows: &[Row], cores: usize) -> String {
    let head = ["Measure", "Minutes", "Dropouts", "Late buffers", "Iterations", "Threads"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    table.extend(rows.iter().map(|row| {
        vec![
            row.measure.title().to_owned(),
            format!("{:.1}", row.minutes),
            row.dropouts.to_string(),
            row.late_buffers.to_string(),
            row.iterations.to_string(),
            match row.measure {
                Measure::Alone => "–".to_owned(),
                _ => format!("{} of {cores}", row.training_threads),
            },
        ]
    }));
    let device = rows.last().map(|row| {
        format!(
            "{} at {} Hz, {} frames; audio thread priority: {}\n",
            row.device, row.sample_rate_hz, row.buffer_frames, row.priority
        )
    });
    output::table(&table) + &device.unwrap_or_default()
}
