//! `cantus dataset`: what a training would make of a folder.

use std::collections::BTreeMap;
use std::fmt::Write;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;

use crate::corpus::arrange::{self, Style};
use crate::corpus::drumming::read_drumming;
use crate::corpus::{self, Dataset, ReadOptions, Split, WindowShape};
use crate::music::midi_file;
use crate::plural::counted;

use super::output::{print, print_json, progress_bar, table};

/// Windows are counted for these: bars, and bars from one to the next.
const SHAPES: [(usize, usize); 2] = [(2, 1), (4, 2)];
/// Left-out files named for each reason.
const EXAMPLES: usize = 3;

/// Arguments of `cantus dataset`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A folder of MIDI files, or builtin:STYLE (chorale, pop, rock, jazz, folk-rock, symphony)
    data: String,
    /// The seed that decides which pieces are held out
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also list the tracks of each piece and their roles
    #[arg(long)]
    tracks: bool,
    /// Arrange the pieces for a style, adding missing parts by rule, and write them to --out as MIDI files
    #[arg(long, value_name = "STYLE", requires = "out",
        value_parser = ["voices", "symphony", "rock", "pop", "jazz", "folk-rock"])]
    arrange: Option<String>,
    /// A folder of recorded drum performances to use for the drums (Groove MIDI Dataset)
    #[arg(long, value_name = "DIR", requires = "arrange")]
    drums: Option<PathBuf>,
    /// The folder to write for --arrange
    #[arg(long, value_name = "DIR", requires = "arrange")]
    out: Option<PathBuf>,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// Runs `cantus dataset`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let dataset = read(&arguments.data, arguments.seed)?;
    if let (Some(style), Some(out)) = (arguments.arrange.as_deref().and_then(Style::from_name), &arguments.out) {
        return arrange(arguments, style, &dataset, out);
    }
    if arguments.json {
        return print_json(&to_json(&dataset));
    }
    print(&to_text(&dataset, arguments.tracks)?)
}

/// Writes the pieces of a data set, arranged for a style, into a new folder.
fn arrange(arguments: &Arguments, style: Style, dataset: &Dataset, out: &Path) -> anyhow::Result<()> {
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("the folder is not empty; choose a new one: {}", out.display());
    }
    let grooves = match &arguments.drums {
        Some(folder) => {
            let drumming = read_drumming(folder).with_context(|| folder.display().to_string())?;
            arrange::grooves(&drumming, style.drumming())
        }
        None => Vec::new(),
    };
    if arguments.drums.is_some() && grooves.is_empty() {
        bail!("no drum performances found for {}", style.name());
    }
    let genres = arrange::read_genres(Path::new(&arguments.data));
    let arranged = arrange::arrange(style, dataset, &genres, &grooves, arguments.seed);
    if arranged.is_empty() {
        bail!("no piece can be arranged for {}", style.name());
    }
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    for piece in &arranged {
        super::files::write_whole(&out.join(format!("{}.mid", piece.name)), &midi_file::write(&piece.score))?;
    }
    let (pieces, drums) = (arranged.len(), grooves.len());
    if arguments.json {
        return print_json(&json!({ "style": style.name(), "pieces": pieces, "grooves": drums, "out": out }));
    }
    let (pieces, drums) = (counted(pieces, "piece"), counted(drums, "drum performance"));
    print(&format!("{}: {pieces} for {}, {drums}\n", out.display(), style.name()))
}

/// Reads a data set with a progress bar.
///
/// # Errors
/// What is wrong with the folder.
pub fn read(data: &str, seed: u64) -> anyhow::Result<Dataset> {
    let options = ReadOptions { seed, cache: crate::library::paths::cache_folder().ok(), ..ReadOptions::default() };
    let bar = progress_bar("Reading MIDI files");
    let mut progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let dataset = corpus::read(data, &options, &mut progress, &|| false);
    bar.finish_and_clear();
    dataset.context("no training data")
}

fn windows(dataset: &Dataset) -> Vec<(usize, usize, usize, usize)> {
    let count = |split, bars, hop_bars| {
        let shape = WindowShape { bars, hop_bars, steps_per_bar: None };
        dataset.windows(split, shape).len()
    };
    SHAPES.map(|(bars, hop)| (bars, hop, count(Split::Train, bars, hop), count(Split::Valid, bars, hop))).to_vec()
}

/// Pieces by steps in a bar.
fn bar_lengths(dataset: &Dataset) -> BTreeMap<usize, usize> {
    let mut lengths = BTreeMap::new();
    for piece in &dataset.pieces {
        *lengths.entry(piece.steps_per_bar).or_insert(0) += 1;
    }
    lengths
}

fn to_json(dataset: &Dataset) -> serde_json::Value {
    let pieces = dataset.pieces.iter().map(|piece| {
        json!({
            "name": piece.name,
            "split": piece.split,
            "bars": piece.bars(),
            "steps_per_bar": piece.steps_per_bar,
            "parts": piece.parts.iter().map(|(role, _)| role).collect::<Vec<_>>(),
            "tracks": piece.roles,
            "swing": piece.swing.place(),
        })
    });
    let windows = windows(dataset).into_iter().map(
        |(bars, hop_bars, train, valid)| json!({"bars": bars, "hop_bars": hop_bars, "train": train, "valid": valid}),
    );
    let roles = dataset.roles().into_iter().map(|(role, pieces)| json!({"role": role, "pieces": pieces}));
    json!({
        "files": dataset.files,
        "files_used": dataset.files_used(),
        "pieces": pieces.collect::<Vec<_>>(),
        "train": dataset.split(Split::Train).count(),
        "valid": dataset.split(Split::Valid).count(),
        "roles": roles.collect::<Vec<_>>(),
        "windows": windows.collect::<Vec<_>>(),
        "left_out": dataset.left_out,
    })
}

fn to_text(dataset: &Dataset, tracks: bool) -> anyhow::Result<String> {
    let mut text = String::new();
    let (train, valid) = (dataset.split(Split::Train).count(), dataset.split(Split::Valid).count());
    writeln!(
        text,
        "{} of {} used: {}, {train} to train on and {valid} held out",
        dataset.files_used(),
        counted(dataset.files, "file"),
        counted(dataset.pieces.len(), "piece")
    )?;
    let roles: Vec<String> = dataset.roles().iter().map(|(role, pieces)| format!("{} {pieces}", role.name())).collect();
    writeln!(text, "Pieces by part, besides the melody: {}", roles.join(", "))?;
    let lengths: Vec<String> =
        bar_lengths(dataset).iter().map(|(steps, pieces)| format!("{steps}: {pieces}")).collect();
    writeln!(text, "Pieces by sixteenths per bar: {}", lengths.join(", "))?;
    if let swung @ 1.. = dataset.swung().count() {
        writeln!(text, "Read straight though they swing: {}", counted(swung, "piece"))?;
    }
    text.push('\n');
    let mut rows = vec![["Windows", "to train on", "held out"].map(String::from).to_vec()];
    for (bars, hop, train, valid) in windows(dataset) {
        let every = if hop == 1 { "bar".into() } else { counted(hop, "bar") };
        rows.push(vec![format!("{bars} bars, one every {every}"), train.to_string(), valid.to_string()]);
    }
    text += &table(&rows);
    if tracks {
        for piece in &dataset.pieces {
            writeln!(text, "\n{}, {}", piece.name, counted(piece.bars(), "bar"))?;
            for track in &piece.roles {
                writeln!(text, "  {}: {} ({})", track.track, track.role.name(), track.reason)?;
            }
        }
    }
    if !dataset.left_out.is_empty() {
        text += "\nLeft out:\n";
        for (reason, files) in dataset.left_out_by_reason() {
            let more = files.len().saturating_sub(EXAMPLES);
            let mut examples = files[..files.len() - more].join(", ");
            if more > 0 {
                write!(examples, " and {more} more")?;
            }
            writeln!(text, "  {:>4}  {reason}: {examples}", files.len())?;
        }
    }
    Ok(text)
}
