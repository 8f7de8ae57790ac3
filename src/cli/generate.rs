//! `cantus generate`: a melody in, compositions out, by an engine of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::{files, output};
use crate::corpus::roles;
use crate::engine_client::protocol::{ComposeRequest, DeviceChoice, Event, Request};
use crate::engine_client::{Engine, EngineEvent, EngineOptions, ModelCard};
use crate::library::models;
use crate::music::{Part, Role, Score, midi_file};

/// What an engine may take to load libtorch from a cold disk, and CUDA.
const START: Duration = Duration::from_mins(1);

/// Arguments of `cantus generate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model's name (see “cantus models”), or its folder
    #[arg(long, value_name = "NAME|DIR")]
    model: String,
    /// The MIDI file with the melody. Of its tracks only the melody's is kept
    #[arg(long, value_name = "IN.mid")]
    melody: PathBuf,
    /// The MIDI file to write: the melody's track untouched, then a track per part. With several takes, OUT-1.mid, OUT-2.mid …, the best first
    #[arg(long, value_name = "OUT.mid")]
    out: PathBuf,
    /// Which track is the melody, counted from 1; without it, the likeliest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    track: Option<u32>,
    /// How many different compositions to write
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    takes: u32,
    /// The same seed gives the same notes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 0 (the likeliest) to 1 (the boldest)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    surprise: f32,
    /// 0 (sparse) to 1 (busy)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    density: f32,
    /// Write only these bars (from 1, such as 5 or 5-8); the other tracks of the file stay elsewhere
    #[arg(long, value_name = "A-B", value_parser = bars)]
    bars: Option<(u32, u32)>,
    /// A track, counted from 1, that stays as it is and is listened to; may be said again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Vec<u32>,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// Bars counted from 1, both included, as a range from 0, the last one excluded.
fn bars(text: &str) -> Result<(u32, u32), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| "not a bar or two joined by “-”".to_owned());
    let (first, last) = (number(first)?, number(last)?);
    (1 <= first && first <= last).then(|| (first - 1, last)).ok_or_else(|| "not in order from 1".to_owned())
}

/// A share from the command line.
pub fn share(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    (0.0..=1.0).contains(&number).then_some(number).ok_or_else(|| "not from 0 to 1".to_owned())
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    seed: u64,
    takes: Vec<TakeReport>,
}

#[derive(Debug, Serialize)]
struct TakeReport {
    file: PathBuf,
    /// The discriminator's (critic's) score; comparable within one run.
    score: f32,
    seed: u64,
    parts: Vec<PartReport>,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct PartReport {
    name: String,
    role: Role,
    program: u8,
    notes: usize,
}

/// One composition, as the engine gave it.
struct Take {
    parts: Vec<Part>,
    rating: f32,
    seed: u64,
    seconds: f64,
}

/// Runs `cantus generate`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let read = files::read_score(&arguments.melody)?;
    let melody = melody_index(&read, arguments.track).with_context(|| arguments.melody.display().to_string())?;
    let model = models::resolve(&arguments.model)?;
    ModelCard::read(&model.path)?; // told before libtorch is loaded
    let outputs = output_paths(&arguments.out, arguments.takes);
    if let Some(same) = outputs.iter().find(|path| is_same_file(path, &arguments.melody)) {
        bail!("the result would overwrite the melody; name another file: {}", same.display());
    }
    let score = to_compose(arguments, read, melody)?;
    let mut takes = compose(arguments, &model.path, &score)?;
    takes.sort_by(|a, b| b.rating.total_cmp(&a.rating)); // stable: equals stay as they came
    let mut reports = Vec::new();
    for (take, file) in takes.into_iter().zip(outputs) {
        let mut composed = score.clone();
        let written = |part: &Arc<Part>| {
            !part.locked && take.parts.iter().any(|new| new.role == part.role && new.name == part.name)
        };
        composed.parts.retain(|part| !written(part));
        let parts = take.parts.iter().map(part_report).collect();
        composed.parts.extend(take.parts.into_iter().map(Arc::new));
        files::write_whole(&file, &midi_file::write(&composed))?;
        reports.push(TakeReport { file, score: take.rating, seed: take.seed, parts, seconds: take.seconds });
    }
    let report = Report { model: model.name, seed: arguments.seed, takes: reports };
    if arguments.json {
        return output::print_json(&report);
    }
    let lines = report.takes.iter().map(|take| {
        let names: Vec<&str> = take.parts.iter().map(|part| part.name.as_str()).collect();
        format!(
            "{}: {} (seed {}, discriminator {:.3}, {:.2} s)\n",
            take.file.display(),
            names.join(", "),
            take.seed,
            take.score,
            take.seconds
        )
    });
    output::print(&lines.collect::<String>())
}

/// The melody, and of the other tracks what is to stay.
fn to_compose(arguments: &Arguments, read: Score, melody: usize) -> anyhow::Result<Score> {
    if let Some(number) = arguments.keep.iter().find(|number| **number as usize > read.parts.len()) {
        bail!("there is no track {number} to keep; the file has {}", read.parts.len());
    }
    let mut parts = vec![Arc::new(Part { role: Role::Melody, ..Part::clone(&read.parts[melody]) })];
    for (index, (part, (role, _))) in read.parts.iter().zip(roles::find(&read.parts, false)).enumerate() {
        let locked = arguments.keep.contains(&(index as u32 + 1));
        if index != melody && !part.notes.is_empty() && (locked || arguments.bars.is_some()) {
            parts.push(Arc::new(Part { role, locked, ..Part::clone(part) }));
        }
    }
    Ok(Score { parts, melody: Some(0), ..read })
}

fn part_report(part: &Part) -> PartReport {
    PartReport { name: part.name.clone(), role: part.role, program: part.program, notes: part.notes.len() }
}

/// Which part of a file is the melody: the one asked for, else the likeliest.
fn melody_index(score: &Score, track: Option<u32>) -> anyhow::Result<usize> {
    let list = || {
        let name = |(index, part): (usize, &Arc<Part>)| {
            format!("{} {}", index + 1, if part.name.is_empty() { "unnamed" } else { &part.name })
        };
        score.parts.iter().enumerate().map(name).collect::<Vec<_>>().join(", ")
    };
    match track {
        Some(number) => {
            let index = number as usize - 1;
            let Some(part) = score.parts.get(index) else {
                bail!("there is no track {number}; there are: {}", list());
            };
            if part.notes.is_empty() || part.is_drum {
                bail!("track {number} has no melody; there are: {}", list());
            }
            Ok(index)
        }
        None => roles::propose_melody(score).context("there is no track with a melody"),
    }
}

/// OUT.mid for one take, OUT-1.mid … for several.
fn output_paths(out: &Path, takes: u32) -> Vec<PathBuf> {
    if takes == 1 {
        return vec![out.into()];
    }
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let extension = out.extension().map_or_else(|| "mid".into(), |extension| extension.to_string_lossy());
    (1..=takes).map(|take| out.with_file_name(format!("{stem}-{take}.{extension}"))).collect()
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// Has an engine write the takes, and ends it.
fn compose(arguments: &Arguments, model: &Path, score: &Score) -> anyhow::Result<Vec<Take>> {
    let engine = Engine::start(EngineOptions { device: arguments.device.clone(), ..EngineOptions::default() })?;
    engine.wait_ready(START)?;
    engine.send(&Request::Compose(ComposeRequest {
        id: 1,
        // the engine's working folder is ours, but a folder named “x” is not to be taken for anything else
        model: std::path::absolute(model)?,
        score: score.clone(),
        takes: arguments.takes,
        seed: arguments.seed,
        surprise: arguments.surprise,
        density: arguments.density,
        bars: arguments.bars,
    }))?;
    let bar = output::progress_bar("Composing");
    let mut takes = Vec::new();
    let mut since = Instant::now();
    loop {
        match engine.events().recv().context("the engine has ended")? {
            EngineEvent::Event(Event::Progress { done, total, label, .. }) => {
                bar.set_message(label);
                bar.set_length(total);
                bar.set_position(done);
            }
            EngineEvent::Event(Event::Take { parts, rating, seed, .. }) => {
                takes.push(Take { parts, rating, seed, seconds: since.elapsed().as_secs_f64() });
                since = Instant::now();
            }
            EngineEvent::Event(Event::Done { .. }) => break,
            EngineEvent::Event(Event::Failed { message, .. }) => bail!("{message}"),
            EngineEvent::Event(_) => {}
            EngineEvent::Hung { seconds } => bail!("the engine has not answered for {seconds} s; it was ended"),
            EngineEvent::Died { reason } => bail!("{reason}"),
            EngineEvent::Ended => bail!("the engine has ended"),
        }
    }
    bar.finish_and_clear();
    if takes.len() != arguments.takes as usize {
        bail!("the engine wrote {} takes instead of {}", takes.len(), arguments.takes);
    }
    Ok(takes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_are_numbered_only_when_there_are_several() {
        assert_eq!(output_paths(Path::new("a/b.mid"), 1), [PathBuf::from("a/b.mid")]);
        assert_eq!(output_paths(Path::new("a/b.mid"), 2), [PathBuf::from("a/b-1.mid"), PathBuf::from("a/b-2.mid")]);
        assert_eq!(output_paths(Path::new("song.v2"), 2)[1], PathBuf::from("song-2.v2"));
        assert_eq!(output_paths(Path::new("song"), 2)[0], PathBuf::from("song-1.mid"));
    }

    #[test]
    fn bars_are_counted_from_one() {
        assert_eq!(bars("5"), Ok((4, 5)));
        assert_eq!(bars("5-8"), Ok((4, 8)));
        for text in ["0", "8-5", "", "a-b", "1-", "-1"] {
            assert!(bars(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares_are_from_0_to_1() {
        assert_eq!(share("0.25"), Ok(0.25));
        for text in ["-0.1", "1.1", "NaN", "inf", "much"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
