//! `cantus bench synth`: how fast a dense score is rendered here, what 64 notes cost while they are played, and, beside
//! another program on the same piece, the same SoundFont and the same computer, how the two compare.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::super::{output, sound_output};
use super::median::median;
use crate::music::midi_file;
use crate::music::{Note, Part, Pitch, Score, TICKS_PER_QUARTER, Velocity};
use crate::sound::export::{self, Depth, ExportOptions, Format};
use crate::sound::{OfflinePlayer, SoundFont};

/// Arguments of `cantus bench synth`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Seconds of music
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// Also measure this program (`fluidsynth`), taking turns with Cantus
    #[arg(long, value_name = "PROGRAM", requires = "soundfont")]
    against: Option<PathBuf>,
    /// How often to render with each; the median is reported
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
}

const RATE_HZ: u32 = 48_000;
const PARTS: u32 = 16;
/// Sounding at once while the live sound is measured.
const HELD_NOTES: u8 = 64;
const LIVE_BUFFER_FRAMES: u32 = 256;
const LIVE_SECONDS: u32 = 20;
/// General MIDI's church organ: a sound that is held does not fade and end its voices.
const ORGAN: u8 = 19;

/// Runs `cantus bench synth`.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let font = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
    let score = dense_score(arguments.seconds);
    let folder = tempfile::tempdir().context("couldn't create a temporary folder")?;
    let piece = folder.path().join("dense.mid");
    std::fs::write(&piece, midi_file::write(&score)).context("couldn't write a temporary file")?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut seconds = 0.0;
    for _ in 0..arguments.rounds {
        let began = Instant::now();
        seconds = render(&score, &font, &folder.path().join("ours.wav"))?;
        ours.push(began.elapsed().as_secs_f64());
        if let (Some(program), Some(font)) = (&arguments.against, &arguments.soundfont) {
            theirs.push(render_with(program, font, &piece, &folder.path().join("theirs.wav"))?);
        }
    }
    let ours = median(ours).context("nothing was rendered")?;
    let theirs = median(theirs);
    let live_share = live_share(&font)?;
    if as_json {
        return output::print_json(&serde_json::json!({
            "parts": PARTS,
            "notes": score.parts.iter().map(|part| part.notes.len()).sum::<usize>(),
            "seconds": seconds,
            "took_seconds": ours,
            "times_real_time": seconds / ours,
            "against_took_seconds": theirs,
            "speed_beside_theirs": theirs.map(|theirs| theirs / ours),
            "held_notes": HELD_NOTES,
            "share_of_a_core": live_share,
            "soundfont": font.name(),
        }));
    }
    let mut lines = vec![format!(
        "{PARTS} parts with two notes at a time, played with {}: {:.1} times faster than real time",
        font.name(),
        seconds / ours
    )];
    if let (Some(theirs), Some(program)) = (theirs, &arguments.against) {
        let (program, speed) = (program.display(), theirs / ours);
        lines.push(format!("{program} took {theirs:.2} s and Cantus {ours:.2} s: {speed:.2} times its speed"));
    }
    lines.push(format!("{HELD_NOTES} notes held live: {:.1}% of a core", live_share * 100.0));
    output::print(&(lines.join("\n") + "\n"))
}

/// Writes a sound file as `cantus render` does. Its length in seconds.
fn render(score: &Score, font: &SoundFont, path: &Path) -> anyhow::Result<f64> {
    let options = ExportOptions {
        format: Format::Wav(Depth::Bits16),
        sample_rate_hz: RATE_HZ,
        stems: false,
        loudness: None,
        range: None,
    };
    let exported = export::export(score, font, path, &options, &mut |_| ControlFlow::Continue(()))?;
    Ok(exported.frames as f64 / f64::from(RATE_HZ))
}

/// Has another program write the same. The seconds it takes.
fn render_with(program: &Path, font: &Path, piece: &Path, path: &Path) -> anyhow::Result<f64> {
    let began = Instant::now();
    let status = Command::new(program)
        .args(["-ni", "-q", "-r", &RATE_HZ.to_string(), "-F"])
        .args([path, font, piece])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("couldn't start {}", program.display()))?;
    let took = began.elapsed().as_secs_f64();
    if !status.success() || path.metadata().map_or(0, |file| file.len()) < 1000 {
        bail!("{} wrote no audio file", program.display());
    }
    Ok(took)
}

/// Of one core, what the audio callback takes while so many notes are held.
fn live_share(font: &SoundFont) -> anyhow::Result<f64> {
    let mut offline = OfflinePlayer::new(font, RATE_HZ, LIVE_BUFFER_FRAMES)?;
    let mut live = offline.live_inputs().take();
    offline.set_live_instrument(ORGAN, false);
    offline.render(Duration::ZERO, LIVE_BUFFER_FRAMES);
    for key in 0..HELD_NOTES {
        live.send(offline.stamp_micros(Duration::ZERO), [0x90, 24 + key, 100]);
    }
    let buffers = LIVE_SECONDS * RATE_HZ / LIVE_BUFFER_FRAMES;
    let mut loudest = 0.0_f32;
    let began = Instant::now();
    for buffer in 1..=buffers {
        let asked = Duration::from_secs_f64(f64::from(buffer * LIVE_BUFFER_FRAMES) / f64::from(RATE_HZ));
        let sound = offline.render(asked, LIVE_BUFFER_FRAMES);
        loudest = sound[..2].iter().fold(loudest, |loudest, sample| loudest.max(sample.abs()));
    }
    let took = began.elapsed().as_secs_f64();
    if loudest < 1e-3 {
        bail!("the held notes were not heard");
    }
    Ok(took / f64::from(LIVE_SECONDS))
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
    Score { parts: (0..PARTS).map(part).collect(), ..Score::default() }
}
