//! `cantus generate`: a melody in, compositions out, by an engine of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::engine::{self, Composed};
use super::values::{bars, share};
use super::{files, output};
use crate::corpus::roles;
use crate::engine_client::protocol::{ComposeRequest, DeviceChoice};
use crate::engine_client::{EngineOptions, ModelCard};
use crate::library::models;
use crate::music::{ChordChange, Part, Role, Score, SectionChange, Tick, melodies, midi_file};
use crate::plural::counted;

/// Arguments of `cantus generate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The model: its name (see `cantus models`) or its folder
    #[arg(long, value_name = "NAME|DIR")]
    model: String,
    /// The MIDI file with the melody, whose other tracks are left out, or the title of a prepared melody, such as
    /// "Amazing Grace"
    #[arg(long, value_name = "IN.mid|TITLE")]
    melody: PathBuf,
    /// The MIDI file to write: the melody's track unchanged, then one track per part. Several takes are written to
    /// OUT-1.mid, OUT-2.mid …, the best first
    #[arg(long, value_name = "OUT.mid")]
    out: PathBuf,
    /// The melody's track, counted from 1; by default, the likeliest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    track: Option<u32>,
    /// How many different takes to write
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    takes: u32,
    /// The same seed gives the same notes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// From 0 (the likeliest notes) to 1 (the most surprising)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    surprise: f32,
    /// From 0 (sparse) to 1 (busy)
    #[arg(long, value_name = "X", default_value_t = 0.5, value_parser = share)]
    density: f32,
    /// Regenerate only these bars (counted from 1, such as 5 or 5-8); elsewhere the file's other tracks stay as they
    /// are
    #[arg(long, value_name = "A-B", value_parser = bars)]
    bars: Option<(u32, u32)>,
    /// Every note exactly on the grid, not as early or late as people play
    #[arg(long)]
    on_grid: bool,
    /// Begin with an introduction of so many bars, before the melody does: 2 or 4
    #[arg(long, value_name = "BARS", default_value_t = 0, value_parser = introduction)]
    introduction: u32,
    /// A track, counted from 1, to keep as it is; the model takes it into account. May be repeated
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Vec<u32>,
    /// Where to compute: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "D", default_value = "auto")]
    device: DeviceChoice,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

fn introduction(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|bars| [0, 2, 4].contains(bars)).ok_or_else(|| "an introduction has 2 or 4 bars".into())
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
    /// The chords that the parts were written on, where the network has such.
    chords: Vec<ChordReport>,
    /// The sections of the song, where the network knows them.
    sections: Vec<SectionChange>,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct PartReport {
    name: String,
    role: Role,
    program: u8,
    notes: usize,
}

#[derive(Debug, Serialize)]
struct ChordReport {
    /// Where it begins, in 480ths of a quarter note.
    tick: Tick,
    symbol: String,
}

/// Runs `cantus generate`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let prepared = arguments.melody.to_str().filter(|_| !arguments.melody.exists()).and_then(melodies::named);
    let read = match prepared {
        Some(melody) => melody.score(),
        None => files::read_score(&arguments.melody)?,
    };
    let melody = melody_index(&read, arguments.track).with_context(|| arguments.melody.display().to_string())?;
    let model = models::resolve(&arguments.model)?;
    ModelCard::read(&model.path)?; // before libtorch is loaded, so that a bad model is reported at once
    let outputs = output_paths(&arguments.out, arguments.takes);
    if let Some(same) = outputs.iter().find(|path| is_same_file(path, &arguments.melody)) {
        bail!("the result would overwrite the melody; choose another file: {}", same.display());
    }
    let score = to_compose(arguments, read, melody)?;
    let mut takes = compose(arguments, &model.path, &score)?;
    takes.sort_by(|a, b| b.rating.total_cmp(&a.rating)); // stable: equals stay as they came
    let mut reports = Vec::new();
    for (take, file) in takes.into_iter().zip(outputs) {
        let report = take_report(&take, file);
        files::write_whole(&report.file, &midi_file::write(&with_take(&score, &take)))?;
        reports.push(report);
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
        bail!("there is no track {number} to keep; the file has {}", counted(read.parts.len(), "track"));
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

/// What was asked about, with what came of it.
fn with_take(score: &Score, take: &Composed) -> Score {
    let score = take.outline.applied_to(score);
    let is_kept =
        |part: &&Arc<Part>| part.locked || !take.parts.iter().any(|new| new.role == part.role && new.name == part.name);
    let kept = score.parts.iter().filter(is_kept).cloned();
    let parts = kept.chain(take.parts.iter().cloned().map(Arc::new)).collect();
    Score { parts, ..score }
}

fn take_report(take: &Composed, file: PathBuf) -> TakeReport {
    TakeReport {
        file,
        score: take.rating,
        seed: take.seed,
        parts: take.parts.iter().map(part_report).collect(),
        chords: take.outline.chords.iter().map(chord_report).collect(),
        sections: take.outline.sections.clone(),
        seconds: take.seconds,
    }
}

fn part_report(part: &Part) -> PartReport {
    PartReport { name: part.name.clone(), role: part.role, program: part.program, notes: part.notes.len() }
}

fn chord_report(change: &ChordChange) -> ChordReport {
    ChordReport { tick: change.tick, symbol: change.symbol() }
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
                bail!("there is no track {number}; the tracks are {}", list());
            };
            if part.notes.is_empty() || part.is_drum {
                bail!("track {number} has no melody; the tracks are {}", list());
            }
            Ok(index)
        }
        None => roles::propose_melody(score).context("no track has a melody"),
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

/// Has an engine write the takes.
fn compose(arguments: &Arguments, model: &Path, score: &Score) -> anyhow::Result<Vec<Composed>> {
    let (engine, _) = engine::start(EngineOptions { device: arguments.device.clone(), ..EngineOptions::default() })?;
    let request = ComposeRequest {
        id: 1,
        model: std::path::absolute(model)?,
        score: score.clone(),
        takes: arguments.takes,
        seed: arguments.seed,
        surprise: arguments.surprise,
        density: arguments.density,
        bars: arguments.bars,
        on_grid: arguments.on_grid,
        introduction: arguments.introduction,
    };
    let bar = output::progress_bar("Composing");
    let takes = engine::compose(&engine, request, &bar)?;
    bar.finish_and_clear();
    Ok(takes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Chord, Outline};

    #[test]
    fn chords_are_told_and_written_with_their_take() {
        let bass = |program| Part { role: Role::Bass, ..Part::new("Bass", program) };
        let chord = |tick, chord, bass| ChordChange { tick, chord, bass };
        let take = Composed {
            parts: vec![bass(33)],
            outline: Outline {
                chords: vec![chord(0, Some(Chord::major(3)), 7), chord(1920, None, 0)],
                ..Outline::default()
            },
            rating: 0.5,
            seed: 9,
            seconds: 1.0,
        };
        let report = serde_json::to_value(take_report(&take, "out.mid".into())).unwrap();
        let expected = r#"[{"tick":0,"symbol":"E♭/G"},{"tick":1920,"symbol":"N.C."}]"#;
        assert_eq!(report["chords"], serde_json::from_str::<serde_json::Value>(expected).unwrap());

        let locked = Part { locked: true, ..bass(1) };
        let asked = Score {
            parts: [Part::new("Tune", 0), bass(32), locked].map(Arc::new).to_vec(),
            chords: vec![chord(480, Some(Chord::minor(0)), 0)],
            melody: Some(0),
            ..Score::default()
        };
        let composed = with_take(&asked, &take);
        assert_eq!(composed.parts.iter().map(|part| part.program).collect::<Vec<_>>(), [0, 1, 33]);
        let bytes = midi_file::write(&composed);
        for marker in [&b"\xFF\x06\x04Eb/G"[..], b"\xFF\x06\x04N.C."] {
            assert!(bytes.windows(marker.len()).any(|bytes| bytes == marker));
        }
        assert!(!bytes.windows(5).any(|bytes| bytes == b"\xFF\x06\x02Cm"));
    }

    #[test]
    fn takes_are_numbered_only_when_there_are_several() {
        assert_eq!(output_paths(Path::new("a/b.mid"), 1), [PathBuf::from("a/b.mid")]);
        assert_eq!(output_paths(Path::new("a/b.mid"), 2), [PathBuf::from("a/b-1.mid"), PathBuf::from("a/b-2.mid")]);
        assert_eq!(output_paths(Path::new("song.v2"), 2)[1], PathBuf::from("song-2.v2"));
        assert_eq!(output_paths(Path::new("song"), 2)[0], PathBuf::from("song-1.mid"));
    }
}
