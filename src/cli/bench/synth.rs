//! `cantus bench synth`: how much faster than real time a dense score is rendered here.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::super::{output, soundfont};
use crate::music::{Note, Part, Pitch, Score, TICKS_PER_QUARTER, Velocity};
use crate::sound;

/// Arguments of `cantus bench synth`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The SoundFont to sound with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Seconds of music
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
}

const RATE_HZ: u32 = 48_000;
const PARTS: u32 = 16;

/// Runs `cantus bench synth`.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let font = soundfont::choose(arguments.soundfont.as_deref())?;
    let score = dense_score(arguments.seconds);
    let mut frames = 0_u64;
    let began = Instant::now();
    sound::render(&score, &font, RATE_HZ, &mut |chunk| {
        frames += chunk.len() as u64 / 2;
        ControlFlow::Continue(())
    })?;
    let took = began.elapsed().as_secs_f64();
    let speed = frames as f64 / f64::from(RATE_HZ) / took;
    if as_json {
        return output::print_json(&serde_json::json!({
            "parts": PARTS,
            "notes": score.parts.iter().map(|part| part.notes.len()).sum::<usize>(),
            "seconds": frames as f64 / f64::from(RATE_HZ),
            "took_seconds": took,
            "times_real_time": speed,
            "soundfont": font.name(),
        }));
    }
    output::print(&format!(
        "{PARTS} parts, two notes each at a time, with {}: {speed:.1} times as fast as real time\n",
        font.name()
    ))
}

/// Sixteen parts of different families, each with two eighth notes at a time throughout.
pub(super) fn dense_score(seconds: u32) -> Score {
    let eighth = TICKS_PER_QUARTER / 2;
    let part = |index: u32| {
        let mut part = Part::new(format!("Part {}", index + 1), (index * 8 % 120) as u8);
        part.is_drum = index == 9;
        part.notes = (0..seconds * 4)
            .flat_map(|step| [0, 7].map(|above| (step, above)))
            .map(|(step, above)| Note {
                start: step * eighth,
                pitch: Pitch::clamped(40 + ((index * 5 + step * 3) % 36).cast_signed() + above),
                duration: eighth,
                velocity: Velocity::DEFAULT,
            })
            .collect();
        part.sort();
        Arc::new(part)
    };
    Score {
        parts: (0..PARTS).map(part).collect(),
        ..Score::default()
    }
}
