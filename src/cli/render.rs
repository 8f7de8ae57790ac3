//! `cantus render`: a MIDI file into a sound file, faster than real time.

use std::io::{BufWriter, Seek, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::{files, output, soundfont};
use crate::music::Score;
use crate::sound::{self, SoundFont};

/// Arguments of `cantus render`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file
    #[arg(value_name = "IN.mid")]
    input: PathBuf,
    /// The WAV file to write
    #[arg(value_name = "OUT.wav")]
    out: PathBuf,
    /// The SoundFont to sound with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Frames per second
    #[arg(long, value_name = "HZ", default_value_t = 44_100, value_parser = clap::value_parser!(u32).range(22_050..=96_000))]
    rate: u32,
    /// Bits of a sample; 32 are floating point
    #[arg(long, value_name = "BITS", default_value = "16", value_parser = ["16", "24", "32"])]
    bits: String,
    /// Say what was written as JSON
    #[arg(long)]
    json: bool,
}

/// Runs `cantus render`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    check_ending(&arguments.out)?;
    let score = files::read_score(&arguments.input)?;
    let font = soundfont::choose(arguments.soundfont.as_deref())?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Release)).context("Ctrl-C cannot be caught")?;
    let bits = arguments.bits.parse().context("the number of bits is none")?;
    let began = Instant::now();
    let written = write_wav(&score, &font, arguments.rate, bits, &arguments.out, &interrupted)?;
    let seconds = written.frames as f64 / f64::from(arguments.rate);
    let speed = seconds / began.elapsed().as_secs_f64().max(1e-9);
    if arguments.json {
        return output::print_json(&serde_json::json!({
            "file": arguments.out,
            "seconds": seconds,
            "sample_rate_hz": arguments.rate,
            "bits": bits,
            "peak": written.peak,
            "parts": score.parts.len(),
            "soundfont": font.name(),
            "times_real_time": speed,
        }));
    }
    let path = arguments.out.display();
    output::print(&format!(
        "{path}: {seconds:.1} s, {speed:.0} times as fast as real time, with {}\n",
        font.name()
    ))
}

fn check_ending(path: &Path) -> anyhow::Result<()> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match ending.as_str() {
        "wav" | "wave" => Ok(()),
        "" => bail!("the name of the sound file must end in .wav: {}", path.display()),
        _ => bail!("only WAV can be written for now, not {ending}: {}", path.display()),
    }
}

/// What was written.
struct Written {
    frames: u64,
    peak: f32,
}

/// Renders into a temporary file beside the target and puts it in place when it is whole.
fn write_wav(score: &Score, font: &SoundFont, rate_hz: u32, bits: u16, path: &Path, interrupted: &AtomicBool) -> anyhow::Result<Written> {
    let expected = sound::frames_of(score, rate_hz);
    if expected.saturating_mul(u64::from(bits) / 4) > u64::from(u32::MAX) {
        bail!(
            "{:.0} minutes are too long for a WAV file",
            expected as f64 / f64::from(rate_hz) / 60.0
        );
    }
    let about = || format!("the sound file cannot be written: {}", path.display());
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644)); // less the user's mask
    let mut file = builder.prefix(".cantus-").suffix(".wav").tempfile_in(folder).with_context(about)?;
    let bar = output::progress_bar("Rendering");
    bar.set_length(expected / u64::from(rate_hz));
    let mut wav = Wav::new(BufWriter::new(file.as_file_mut()), rate_hz, bits).with_context(about)?;
    let mut failed = None;
    sound::render(score, font, rate_hz, &mut |chunk| {
        if interrupted.load(Ordering::Acquire) {
            return ControlFlow::Break(());
        }
        if let Err(error) = wav.write(chunk) {
            failed = Some(error);
            return ControlFlow::Break(());
        }
        bar.set_position(wav.written.frames / u64::from(rate_hz));
        ControlFlow::Continue(())
    })?;
    bar.finish_and_clear();
    if interrupted.load(Ordering::Acquire) {
        bail!("rendering was stopped; nothing was written");
    }
    if let Some(error) = failed {
        return Err(error).with_context(about);
    }
    let written = wav.finish().with_context(about)?;
    file.as_file().sync_all().with_context(about)?;
    file.persist(path).with_context(about)?;
    Ok(written)
}

/// A WAV file of 16 or 24 bits, or 32 of floating point.
struct Wav<W: Write + Seek> {
    writer: hound::WavWriter<W>,
    bits: u16,
    written: Written,
}

impl<W: Write + Seek> Wav<W> {
    fn new(out: W, sample_rate: u32, bits: u16) -> hound::Result<Self> {
        let sample_format = if bits == 32 {
            hound::SampleFormat::Float
        } else {
            hound::SampleFormat::Int
        };
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate,
            bits_per_sample: bits,
            sample_format,
        };
        Ok(Self {
            writer: hound::WavWriter::new(out, spec)?,
            bits,
            written: Written { frames: 0, peak: 0.0 },
        })
    }

    fn write(&mut self, chunk: &[f32]) -> hound::Result<()> {
        let full_scale = ((1_u32 << (self.bits - 1)) - 1) as f32;
        for &sample in chunk {
            self.written.peak = self.written.peak.max(sample.abs());
            if self.bits == 32 {
                self.writer.write_sample(sample)?;
            } else {
                self.writer.write_sample((sample * full_scale).round() as i32)?;
            }
        }
        self.written.frames += chunk.len() as u64 / 2;
        Ok(())
    }

    fn finish(self) -> hound::Result<Written> {
        self.writer.finalize()?;
        Ok(self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn samples_come_back_from_every_width() {
        let chunk = [0.0, 0.98, -0.98, 0.5, -0.25, 0.000_1];
        for (bits, step) in [(16, 2e-5), (24, 1e-7), (32, 0.0)] {
            let mut bytes = Cursor::new(Vec::new());
            let mut wav = Wav::new(&mut bytes, 48_000, bits).unwrap();
            wav.write(&chunk).unwrap();
            let written = wav.finish().unwrap();
            assert_eq!((written.frames, written.peak), (3, 0.98));
            let mut reader = hound::WavReader::new(Cursor::new(bytes.into_inner())).unwrap();
            let full_scale = ((1_u32 << (bits - 1)) - 1) as f32;
            let read: Vec<f32> = if bits == 32 {
                reader.samples::<f32>().map(Result::unwrap).collect()
            } else {
                reader.samples::<i32>().map(|sample| sample.unwrap() as f32 / full_scale).collect()
            };
            assert!(
                read.iter().zip(chunk).all(|(read, wanted)| (read - wanted).abs() <= step),
                "{bits}: {read:?}"
            );
        }
    }

    #[test]
    fn other_endings_are_refused_by_name() {
        assert!(check_ending(Path::new("a/b.WAV")).is_ok());
        let refusal = |path: &str| check_ending(Path::new(path)).unwrap_err().to_string();
        assert_eq!(refusal("x.mp3"), "only WAV can be written for now, not mp3: x.mp3");
        assert!(refusal("x").contains("must end in .wav"));
    }

    #[test]
    fn an_interrupted_render_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.wav");
        let font = SoundFont::bundled().unwrap();
        let error = write_wav(&Score::default(), &font, 44_100, 16, &path, &AtomicBool::new(true));
        assert!(error.is_err_and(|error| error.to_string().contains("stopped")));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
