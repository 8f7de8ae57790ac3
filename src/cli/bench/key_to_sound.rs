//! `cantus bench key-to-sound`: how long a key takes to be heard, and how evenly, for every buffer size.
//!
//! Our part is measured in simulated time, exactly: a driver's stamps and late deliveries, its clock laid on the
//! program's, the ring, buffers asked for one after the other, and where the sound of each note begins in them. The
//! device's part is what the backend of a real output says of it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::super::{output, sound_output};
use super::median::median;
use crate::devices::DriverClock;
use crate::sound::{BUFFER_SIZES, Buffer, OutputState, Player, PlayerOptions, Rehearsal, SoundFont};

/// Arguments of `cantus bench key-to-sound`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// How many notes to play with each buffer size
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    notes: u32,
    /// How late the simulated driver may deliver a note, at most
    #[arg(long, value_name = "MS", default_value_t = 0.5)]
    late_ms: f64,
    /// The sound output to measure, by part of its name
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Only simulate: open no sound output
    #[arg(long)]
    simulated: bool,
}

const RATE_HZ: u32 = 48_000;
/// Between two keys at least; the last one has died away by then.
const APART_SECONDS: f64 = 0.5;
/// A note has begun where it first reaches this share of its loudest.
const BEGUN: f32 = 1e-4;
/// So much of an attack tells one from another.
const ATTACK_FRAMES: usize = 192;
/// No note sounds later than this after its stamp.
const LATEST_FRAMES: usize = 4096;
/// How long a real output is watched.
const WATCHED: Duration = Duration::from_millis(1500);

/// What was measured at one buffer size.
#[derive(Debug, Serialize)]
struct Row {
    buffer_frames: u32,
    /// From the driver's stamp to the frame that sounds, had the device no latency of its own.
    latency_frames: Spread,
    latency_ms: f64,
    spread_ms: f64,
    /// Notes that came after they should have sounded; they are not in the above.
    late_notes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DevicePart>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

/// What a real output adds.
#[derive(Debug, Serialize)]
struct DevicePart {
    name: String,
    buffer_frames: u32,
    sample_rate_hz: u32,
    output_latency_ms: f32,
    /// Whether the backend says so; else it is two buffers.
    is_measured: bool,
    key_to_sound_ms: f32,
    overruns: u64,
}

/// Runs `cantus bench key-to-sound`.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let font = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
    let mut rows = Vec::new();
    let mut no_device = arguments.simulated.then(|| "simulated only".to_owned());
    for buffer_frames in BUFFER_SIZES {
        let mut row = simulate(&font, buffer_frames, arguments)?;
        if no_device.is_none() {
            match measure_device(arguments.device.clone(), buffer_frames) {
                Ok(part) => row.device = Some(part),
                Err(reason) => no_device = Some(reason),
            }
        }
        rows.push(row);
    }
    if as_json {
        return output::print_json(&serde_json::json!({
            "soundfont": font.name(),
            "sample_rate_hz": RATE_HZ,
            "notes": arguments.notes,
            "handed_over_late_ms": arguments.late_ms,
            "buffers": rows,
            "no_device": no_device,
        }));
    }
    output::print(&to_text(&rows, no_device.as_deref()))
}

/// Plays notes into the live path as a driver does, and finds where each begins to sound.
fn simulate(font: &SoundFont, buffer_frames: u32, arguments: &Arguments) -> anyhow::Result<Row> {
    let mut rehearsal = Rehearsal::new(font, RATE_HZ, buffer_frames)?;
    let mut live = rehearsal.live_input();
    rehearsal.set_live_instrument(0, true);
    let mut random = fastrand::Rng::with_seed(u64::from(buffer_frames));
    // (what happened when, and when it is handed over), in microseconds since the beginning
    let mut keys = Vec::new();
    let mut at = 1.0;
    for _ in 0..arguments.notes {
        let stamp = (at * 1e6) as u64;
        let late = (random.f64() * arguments.late_ms.max(0.0) * 1000.0) as u64;
        keys.push((stamp, stamp + late));
        at += APART_SECONDS + random.f64() * 0.1;
    }
    let mut driver = DriverClock::default();
    let origin = rehearsal.stamp_micros(Duration::ZERO);
    driver.begins_before(origin);
    let mut waiting = keys.iter().copied().peekable();
    let frames = ((at + 0.5) * f64::from(RATE_HZ)) as u32;
    let mut heard: Vec<f32> = Vec::with_capacity(frames as usize);
    for buffer in 0..frames / buffer_frames {
        let asked = Duration::from_secs_f64(f64::from(buffer * buffer_frames) / f64::from(RATE_HZ));
        while let Some((stamp, delivered)) =
            waiting.next_if(|(_, delivered)| u128::from(*delivered) <= asked.as_micros())
        {
            let stamp = driver.to_program(stamp, origin + delivered);
            live.send(stamp, [0x99, SIDE_STICK, 110]);
        }
        heard.extend(rehearsal.ask(asked, buffer_frames).as_chunks::<2>().0.iter().map(|[left, _]| *left));
    }
    let frame_of = |micros: u64| micros as f64 * f64::from(RATE_HZ) / 1e6;
    let attack = attack(&heard, frame_of(keys[0].0)).context("no note was heard")?;
    let delays: Vec<f64> = keys
        .iter()
        .filter_map(|(stamp, _)| onset(&heard, attack, frame_of(*stamp)).map(|onset| onset as f64 - frame_of(*stamp)))
        .collect();
    if delays.len() < keys.len() {
        bail!("{} of {} notes were not heard", keys.len() - delays.len(), keys.len());
    }
    let late_notes = rehearsal.late_notes() as usize;
    let row = Row::new(buffer_frames, delays, late_notes);
    row.with_context(|| format!("no note was heard at {buffer_frames} frames"))
}

/// A sound that begins at once, in every kit.
const SIDE_STICK: u8 = 37;

/// How the first note begins, which nothing rings into: its first frames.
fn attack(heard: &[f32], stamp: f64) -> Option<&[f32]> {
    let from = stamp as usize;
    let window = heard.get(from..(from + (APART_SECONDS * f64::from(RATE_HZ)) as usize).min(heard.len()))?;
    let peak = window.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let begins = from + window.iter().position(|sample| sample.abs() > (peak * BEGUN).max(1e-6))?;
    heard.get(begins..begins + ATTACK_FRAMES)
}

/// Where the sound of a note begins whose stamp is of that frame: where it is most like an attack.
fn onset(heard: &[f32], attack: &[f32], stamp: f64) -> Option<usize> {
    let energy = |frames: &[f32]| frames.iter().map(|sample| sample * sample).sum::<f32>();
    let of_attack = energy(attack);
    let alike = |at: usize| {
        let here = heard.get(at..at + attack.len()).unwrap_or_default();
        let product: f32 = here.iter().zip(attack).map(|(here, attack)| here * attack).sum();
        product / (energy(here) * of_attack).sqrt().max(1e-9)
    };
    let from = stamp as usize;
    let found = (from..from + LATEST_FRAMES).map(|at| (at, alike(at)));
    let (best, likeness) = found.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (likeness > 0.9).then_some(best)
}

impl Row {
    fn new(buffer_frames: u32, mut delays: Vec<f64>, late_notes: usize) -> Option<Self> {
        delays.sort_by(f64::total_cmp);
        // what came too late sounds later than the rest
        delays.truncate(delays.len().saturating_sub(late_notes));
        let (least, most) = (*delays.first()?, *delays.last()?);
        let median = median(delays)?;
        let to_ms = 1000.0 / f64::from(RATE_HZ);
        Some(Self {
            buffer_frames,
            latency_frames: Spread { least, median, most },
            latency_ms: median * to_ms,
            spread_ms: (most - least) * to_ms,
            late_notes,
            device: None,
        })
    }
}

/// Opens a real output for a moment and reads its latency. On failure, why.
fn measure_device(device: Option<String>, buffer_frames: u32) -> Result<DevicePart, String> {
    let player =
        Player::start(PlayerOptions { device, buffer: Buffer::Frames(buffer_frames), ..PlayerOptions::default() });
    sound_output::open(&player).map_err(|error| error.to_string())?;
    std::thread::sleep(WATCHED);
    match player.output() {
        OutputState::Running {
            device,
            sample_rate_hz,
            buffer_frames,
            output_latency_ms,
            output_latency_is_measured,
            latency_ms,
            ..
        } => Ok(DevicePart {
            name: device,
            buffer_frames,
            sample_rate_hz,
            output_latency_ms,
            is_measured: output_latency_is_measured,
            key_to_sound_ms: latency_ms,
            overruns: player.faults().overruns(),
        }),
        OutputState::NoDevice { reason } => Err(reason),
        OutputState::Opening => Err("the sound output was lost".into()),
    }
}

fn to_text(rows: &[Row], no_device: Option<&str>) -> String {
    let mut table = vec![
        ["Buffer", "Timestamp to sound", "Spread", "Late", "Output", "Key to sound", "Overruns"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for row in rows {
        let spread = row.latency_frames.most - row.latency_frames.least;
        let mut line = vec![
            format!("{} frames", row.buffer_frames),
            format!("{:.0} frames, {:.2} ms", row.latency_frames.median, row.latency_ms),
            format!("{spread:.2} frames, {:.3} ms", row.spread_ms),
            row.late_notes.to_string(),
        ];
        match &row.device {
            Some(part) => line.extend([
                format!("{:.2} ms {}", part.output_latency_ms, if part.is_measured { "measured" } else { "estimated" }),
                format!("{:.2} ms", part.key_to_sound_ms),
                part.overruns.to_string(),
            ]),
            None => line.extend(["–", "–", "–"].map(str::to_owned)),
        }
        table.push(line);
    }
    let device = match (rows.iter().find_map(|row| row.device.as_ref()), no_device) {
        (Some(part), _) => format!("Output: {} at {} Hz\n", part.name, part.sample_rate_hz),
        (None, reason) => format!("No sound output: {}\n", reason.unwrap_or("not measured")),
    };
    output::table(&table) + &device
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_onset_is_found_where_the_sound_begins() {
        let mut random = fastrand::Rng::with_seed(1);
        let sound: Vec<f32> = (0..300).map(|_| random.f32() - 0.5).collect();
        let mut heard = vec![0.0; 90_000];
        heard[1300..1600].copy_from_slice(&sound);
        let attack = attack(&heard, 1000.4).unwrap().to_vec();
        assert_eq!(attack, sound[..ATTACK_FRAMES]);
        // the same later, a little louder, while another sound rings
        for (index, sample) in heard[40_000..].iter_mut().enumerate() {
            *sample = (index as f32 * 0.01).sin() * 0.02 + sound.get(index.wrapping_sub(777)).unwrap_or(&0.0) * 1.2;
        }
        assert_eq!(onset(&heard, &attack, 40_100.7), Some(40_777));
        assert_eq!(onset(&heard, &attack, 30_000.0), None);
        assert_eq!(onset(&heard, &attack, 1e9), None);
    }

    #[test]
    fn late_notes_do_not_count_as_spread() {
        let row = Row::new(64, vec![128.0, 900.0, 127.5, 128.2], 1).unwrap();
        assert_eq!((row.latency_frames.least, row.latency_frames.most), (127.5, 128.2));
        assert!(Row::new(64, Vec::new(), 0).is_none());
    }
}
