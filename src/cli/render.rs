//! `cantus render`: a MIDI file into sound files, faster than real time.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};

use super::interrupts::Interrupts;
use super::values::{bars, number_in};
use super::{files, output, sound_output};
use crate::sound::export::{self, Depth, ExportOptions, Exported, Format, Loudness, Normalised, Quality};

/// Arguments of `cantus render`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file
    #[arg(value_name = "IN.mid")]
    input: PathBuf,
    /// The audio file to write
    #[arg(value_name = "OUT", help = format!("The audio file to write: {}", endings()))]
    out: PathBuf,
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Sample rate; MP3 takes 44100 and 48000
    #[arg(long, value_name = "HZ", default_value_t = 44_100,
        value_parser = clap::value_parser!(u32).range(22_050..=96_000))]
    rate: u32,
    /// Bits per sample in WAV and FLAC; 32 is floating point, for WAV only [default: 16]
    #[arg(long, value_name = "BITS", value_parser = ["16", "24", "32"])]
    bits: Option<String>,
    /// Ogg Vorbis quality, from 0 (smallest) to 10 (best) [default: 6]
    #[arg(long, value_name = "0-10", value_parser = clap::value_parser!(u8).range(0..=10))]
    quality: Option<u8>,
    /// MP3 bit rate [default: 256]
    #[arg(long, value_name = "KBIT/S", value_parser = ["128", "192", "256", "320"])]
    bitrate: Option<String>,
    /// Also export stems: a file for each part that is heard
    #[arg(long)]
    stems: bool,
    /// Normalise the mix to this integrated loudness, such as -14
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true,
        value_parser = |text: &str| number_in(-40.0..=-5.0, text))]
    loudness: Option<f64>,
    /// The highest true peak when normalising
    #[arg(long, value_name = "DBTP", default_value_t = -1.0, allow_negative_numbers = true,
        value_parser = |text: &str| number_in(-12.0..=0.0, text), requires = "loudness")]
    ceiling: f64,
    /// Render only these bars, counted from 1, such as 5-12
    #[arg(long, value_name = "FROM-TO", value_parser = bars)]
    bars: Option<(u32, u32)>,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// Runs `cantus render`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let format = format(arguments)?;
    let (score, mut notices) = files::read_and_tell(&arguments.input)?;
    let range = arguments.bars.map(|(first, last)| score.metre.bar_start(first)..score.metre.bar_start(last));
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
    let font = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
    notices.extend(sound_output::unheard(&font, &score));
    let interrupts = Interrupts::watch()?;
    let began = Instant::now();
    let bar = output::progress_bar("Rendering, in percent:");
    bar.set_length(100);
    let exported = export::export(&score, &font, &arguments.out, &options, &mut |share| {
        bar.set_position((share * 100.0) as u64);
        if interrupts.any() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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
            "notices": notices,
        }));
    }
    output::print(&to_text(&exported, seconds, speed, font.name()))
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

fn to_text(exported: &Exported, seconds: f64, speed: f64, font: &str) -> String {
    let mut lines = vec![format!(
        "{}: {seconds:.1} s, rendered {speed:.0} times faster than real time with {font}",
        exported.files[0].display()
    )];
    lines.extend(exported.loudness.map(|found| {
        format!(
            "Normalised to {:.1} LUFS (from {:.1}), true peak {:.1} dBTP{}",
            found.lufs,
            found.before_lufs,
            found.true_peak_dbtp,
            if found.limited { ", limited" } else { "" }
        )
    }));
    lines.extend(exported.files[1..].iter().map(|stem| stem.display().to_string()));
    lines.join("\n") + "\n"
}

/// The endings of all kinds of files, as a sentence has them.
fn endings() -> String {
    let endings = Format::ALL.map(|format| format!(".{}", format.ending()));
    let [first @ .., last] = &endings;
    format!("{} or {last}", first.join(", "))
}

/// The kind of file that the ending means, with the quality that was asked for.
fn format(arguments: &Arguments) -> anyhow::Result<Format> {
    let path = &arguments.out;
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let mut format = match (Format::from_ending(&ending), &*ending) {
        (Some(format), _) => format,
        (None, "") => bail!("the audio file's name must end in {}: {}", endings(), path.display()),
        (None, other) => bail!("unsupported audio format .{other}; use {}: {}", endings(), path.display()),
    };
    let asked = match arguments.bits.as_deref() {
        None => None,
        Some("16") => Some(Depth::Bits16),
        Some("24") => Some(Depth::Bits24),
        Some(_) => Some(Depth::Float32),
    };
    let name = format.name();
    let quality = format.quality();
    let given = [
        ("--bits", asked.is_some(), matches!(quality, Quality::Depth(..))),
        ("--quality", arguments.quality.is_some(), matches!(quality, Quality::Level(_))),
        ("--bitrate", arguments.bitrate.is_some(), matches!(quality, Quality::BitRate(..))),
    ];
    match quality {
        Quality::Depth(depth, offered) => {
            let asked = asked.unwrap_or(*depth);
            if !offered.contains(&asked) {
                let bits = offered.iter().map(|depth| depth.bits().to_string()).collect::<Vec<_>>().join(" or ");
                bail!("{name} supports {bits} bits, not {}: {}", asked.bits(), path.display());
            }
            *depth = asked;
        }
        Quality::Level(level) => *level = arguments.quality.map_or(*level, f32::from),
        Quality::BitRate(kbps, _) => {
            if let Some(bit_rate) = &arguments.bitrate {
                *kbps = bit_rate.parse().context("the bit rate is not a number")?;
            }
        }
    }
    if let Some((option, ..)) = given.iter().find(|(_, is_given, has_it)| *is_given && !has_it) {
        bail!("{option} has no effect on {name} files: {}", path.display());
    }
    Ok(format)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct CommandLine {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parsed(words: &[&str]) -> Result<Arguments, clap::Error> {
        CommandLine::try_parse_from([&["render", "in.mid"], words].concat()).map(|command| command.arguments)
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
        assert_eq!(refused(&["x.aiff"]), "unsupported audio format .aiff; use .wav, .flac, .ogg or .mp3: x.aiff");
        assert!(refused(&["x"]).contains("must end in .wav"));
        assert_eq!(refused(&["x.mp3", "--bits", "24"]), "--bits has no effect on MP3 files: x.mp3");
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
    fn negative_numbers_are_values() {
        let arguments = parsed(&["x.wav", "--bars", "2-3", "--loudness", "-14"]).unwrap();
        assert_eq!((arguments.loudness, arguments.bars), (Some(-14.0), Some((1, 3))));
        assert_eq!(arguments.out, PathBuf::from("x.wav"));
    }
}
