//! `cantus render`: a MIDI file into sound files, faster than real time.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::{files, output, soundfont};
use crate::music::{Score, Tick};
use crate::sound::export::{self, Depth, ExportOptions, Exported, Format, Loudness, Normalised};

/// Arguments of `cantus render`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file
    #[arg(value_name = "IN.mid")]
    input: PathBuf,
    /// The sound file to write; its ending (.wav, .flac, .ogg or .mp3) says which kind
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// The SoundFont to sound with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Frames per second; MP3 takes 44100 and 48000
    #[arg(long, value_name = "HZ", default_value_t = 44_100, value_parser = clap::value_parser!(u32).range(22_050..=96_000))]
    rate: u32,
    /// Bits of a sample in WAV and FLAC (16 if not said); 32 are floating point, and WAV's alone
    #[arg(long, value_name = "BITS", value_parser = ["16", "24", "32"])]
    bits: Option<String>,
    /// Quality of Ogg Vorbis, 0 (small) to 10 (large); 6 if not said
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10))]
    quality: Option<u8>,
    /// Bit rate of MP3; 256 if not said
    #[arg(long, value_name = "KBIT/S", value_parser = ["128", "192", "256", "320"])]
    bitrate: Option<String>,
    /// Also a file for each part that is heard, beside the mix
    #[arg(long)]
    stems: bool,
    /// Bring the mix to this integrated loudness, such as -14
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true, value_parser = target)]
    loudness: Option<f64>,
    /// The true peak that the loudness is kept below
    #[arg(long, value_name = "DBTP", default_value_t = -1.0, allow_negative_numbers = true, value_parser = ceiling, requires = "loudness")]
    ceiling: f64,
    /// Only these bars, counted from 1, such as 5-12
    #[arg(long, value_name = "FROM-TO", value_parser = bars)]
    bars: Option<Bars>,
    /// Say what was written as JSON
    #[arg(long)]
    json: bool,
}

/// Bars counted from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bars {
    first: u32,
    last: u32,
}

impl Bars {
    /// The ticks from the first bar's start to the last one's end.
    fn ticks(self, score: &Score) -> Range<Tick> {
        score.metre.bar_start(self.first - 1)..score.metre.bar_start(self.last)
    }
}

/// Runs `cantus render`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let format = format(arguments)?;
    let score = files::read_score(&arguments.input)?;
    let range = arguments.bars.map(|bars| bars.ticks(&score));
    if range.as_ref().is_some_and(|range| range.start >= score.end()) {
        bail!("the music ends before those bars: {}", arguments.input.display());
    }
    let options = ExportOptions {
        format,
        sample_rate_hz: arguments.rate,
        stems: arguments.stems,
        loudness: arguments.loudness.map(|target_lufs| Loudness { target_lufs, ceiling_dbtp: arguments.ceiling }),
        range,
    };
    let font = soundfont::choose(arguments.soundfont.as_deref())?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Release)).context("Ctrl-C cannot be caught")?;
    let began = Instant::now();
    let bar = output::progress_bar("Rendering, in per cent:");
    bar.set_length(100);
    let exported = export::export(&score, &font, &arguments.out, &options, &mut |share| {
        bar.set_position((share * 100.0) as u64);
        if interrupted.load(Ordering::Acquire) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    bar.finish_and_clear();
    let seconds = exported.frames as f64 / f64::from(arguments.rate);
    let speed = seconds / began.elapsed().as_secs_f64().max(1e-9);
    if arguments.json {
        return output::print_json(&serde_json::json!({
            "file": arguments.out,
            "stems": exported.files[1..],
            "format": format.ending(),
            "seconds": seconds,
            "sample_rate_hz": arguments.rate,
            "peak": exported.peak,
            "loudness": exported.loudness.map(|found| loudness_json(&found)),
            "stems_gain_db": exported.stems_gain_db,
            "parts": score.parts.len(),
            "soundfont": font.name(),
            "times_real_time": speed,
        }));
    }
    output::print(&told(&exported, seconds, speed, font.name()))
}

fn loudness_json(found: &Normalised) -> serde_json::Value {
    serde_json::json!({
        "before_lufs": found.before_lufs,
        "lufs": found.lufs,
        "true_peak_dbtp": found.true_peak_dbtp,
        "gain_db": found.gain_db,
        "limited": found.limited,
    })
}

fn told(exported: &Exported, seconds: f64, speed: f64, font: &str) -> String {
    let mut lines = vec![format!(
        "{}: {seconds:.1} s, {speed:.0} times as fast as real time, with {font}",
        exported.files[0].display()
    )];
    lines.extend(exported.loudness.map(|found| {
        format!(
            "Loudness {:.1} LUFS (it was {:.1}), true peak {:.1} dBTP{}",
            found.lufs,
            found.before_lufs,
            found.true_peak_dbtp,
            if found.limited { ", peaks held down" } else { "" }
        )
    }));
    lines.extend(exported.files[1..].iter().map(|stem| stem.display().to_string()));
    lines.join("\n") + "\n"
}

/// The kind of file that the ending means, with the quality that was asked for.
fn format(arguments: &Arguments) -> anyhow::Result<Format> {
    let path = &arguments.out;
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let usual = match (Format::from_ending(&ending), &*ending) {
        (Some(format), _) => format,
        (None, "") => bail!("the name of the sound file must end in .wav, .flac, .ogg or .mp3: {}", path.display()),
        (None, other) => bail!("only .wav, .flac, .ogg and .mp3 can be written, not .{other}: {}", path.display()),
    };
    let depth = match arguments.bits.as_deref() {
        None => None,
        Some("16") => Some(Depth::Bits16),
        Some("24") => Some(Depth::Bits24),
        Some(_) => Some(Depth::Float32),
    };
    let name = usual.name();
    let format = match usual {
        Format::Wav(usual) => Format::Wav(depth.unwrap_or(usual)),
        Format::Flac(_) if depth == Some(Depth::Float32) => {
            bail!("FLAC holds 16 or 24 bits, not 32: {}", path.display())
        }
        Format::Flac(usual) => Format::Flac(depth.unwrap_or(usual)),
        Format::Ogg { quality } => Format::Ogg { quality: arguments.quality.map_or(quality, f32::from) },
        Format::Mp3 { kbps } => Format::Mp3 {
            kbps: match &arguments.bitrate {
                Some(bit_rate) => bit_rate.parse().context("the bit rate is no number")?,
                None => kbps,
            },
        },
    };
    let given = [
        ("--bits", depth.is_some(), matches!(usual, Format::Wav(_) | Format::Flac(_))),
        ("--quality", arguments.quality.is_some(), matches!(usual, Format::Ogg { .. })),
        ("--bitrate", arguments.bitrate.is_some(), matches!(usual, Format::Mp3 { .. })),
    ];
    if let Some((option, ..)) = given.iter().find(|(_, is_given, has_it)| *is_given && !has_it) {
        bail!("{option} means nothing for {name}: {}", path.display());
    }
    Ok(format)
}

fn bars(text: &str) -> Result<Bars, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok(Bars { first, last }),
        _ => Err("bars are two numbers from 1 on, such as 5-12".into()),
    }
}

fn target(text: &str) -> Result<f64, String> {
    within(text, -40.0..=-5.0, "LUFS")
}

fn ceiling(text: &str) -> Result<f64, String> {
    within(text, -12.0..=0.0, "dBTP")
}

fn within(text: &str, range: std::ops::RangeInclusive<f64>, unit: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a number from {} to {} {unit} is meant", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parsed(words: &[&str]) -> Result<Arguments, clap::Error> {
        Line::try_parse_from([&["render", "in.mid"], words].concat()).map(|line| line.arguments)
    }

    fn format_of(words: &[&str]) -> Result<Format, String> {
        format(&parsed(words).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_ending_says_the_format_and_options_its_quality() {
        assert_eq!(format_of(&["a/b.WAV"]), Ok(Format::Wav(Depth::Bits16)));
        assert_eq!(format_of(&["x.wav", "--bits", "32"]), Ok(Format::Wav(Depth::Float32)));
        assert_eq!(format_of(&["x.flac", "--bits", "24"]), Ok(Format::Flac(Depth::Bits24)));
        assert_eq!(format_of(&["x.ogg", "--quality", "9"]), Ok(Format::Ogg { quality: 9.0 }));
        assert_eq!(format_of(&["x.mp3"]), Ok(Format::Mp3 { kbps: 256 }));
        assert_eq!(format_of(&["x.mp3", "--bitrate", "128"]), Ok(Format::Mp3 { kbps: 128 }));
    }

    #[test]
    fn what_does_not_go_together_is_refused_by_name() {
        let refused = |words: &[&str]| format_of(words).unwrap_err();
        assert_eq!(refused(&["x.aiff"]), "only .wav, .flac, .ogg and .mp3 can be written, not .aiff: x.aiff");
        assert!(refused(&["x"]).contains("must end in .wav"));
        assert_eq!(refused(&["x.mp3", "--bits", "24"]), "--bits means nothing for MP3: x.mp3");
        assert!(refused(&["x.flac", "--bits", "32"]).contains("16 or 24"));
        for wrong in [
            &["x.wav", "--bars", "0-3"][..],
            &["x.wav", "--bars", "4-3"],
            &["x.wav", "--loudness", "3"],
            &["x.wav", "--ceiling", "-1"],
            &["x.wav", "--loudness", "-14", "--ceiling", "1"],
            &["x.wav", "--rate", "8000"],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn bars_are_those_of_the_metre() {
        let arguments = parsed(&["x.wav", "--bars", "2-3", "--loudness", "-14"]).unwrap();
        assert_eq!(arguments.loudness, Some(-14.0));
        assert_eq!(arguments.bars.unwrap().ticks(&Score::default()), 1920..3 * 1920);
        assert_eq!(bars("7"), Ok(Bars { first: 7, last: 7 }));
        assert_eq!(arguments.out, PathBuf::from("x.wav"));
    }
}
