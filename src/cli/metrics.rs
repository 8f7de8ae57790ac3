//! `cantus metrics`: the musical metrics of files.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::files;
use super::output::{print, print_json, table, value};
use crate::corpus::{WholeScore, whole_score};
use crate::measures::metrics::{METRICS, Report, detect_key, report};
use crate::plural::counted;

/// Arguments of `cantus metrics`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// MIDI files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// Runs `cantus metrics`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let measured: Vec<Measured> = arguments.files.iter().map(|file| Measured::of(file)).collect::<Result<_, _>>()?;
    if arguments.json {
        return print_json(&json!({ "files": measured.iter().map(Measured::to_json).collect::<Vec<_>>() }));
    }
    let texts: Vec<String> = measured.iter().map(Measured::to_text).collect::<Result<_, _>>()?;
    print(&texts.join("\n"))
}

/// A file, what it measures, and what was odd about it.
struct Measured {
    file: PathBuf,
    whole: WholeScore,
    report: Report,
    notices: Vec<String>,
}

impl Measured {
    fn of(file: &Path) -> anyhow::Result<Self> {
        let read = files::read_midi(file)?;
        let whole = whole_score(&read.score).with_context(|| file.display().to_string())?;
        let parts = whole.parts();
        let report = report(&parts, whole.steps_per_bar, detect_key(&parts));
        let notices = read.notices.iter().map(ToString::to_string).collect();
        Ok(Self { file: file.to_owned(), whole, report, notices })
    }

    fn to_json(&self) -> serde_json::Value {
        let Self { file, whole, report, notices } = self;
        let parts = whole.tracks.iter().zip(&report.parts).map(|((found, _), measured)| {
            let mut part = json!(measured);
            part["name"] = json!(found.track);
            part["role_reason"] = json!(found.reason);
            part
        });
        let name = |track: usize| &whole.tracks[track].0.track;
        let between = report
            .tonal_distances
            .iter()
            .map(|(a, b, distance)| json!({"parts": [name(*a), name(*b)], "tonal_distance": distance}));
        json!({
            "file": file,
            "key": report.key,
            "bars": whole.bars(),
            "steps_per_bar": whole.steps_per_bar,
            "parts": parts.collect::<Vec<_>>(),
            "between_parts": between.collect::<Vec<_>>(),
            "notices": notices,
        })
    }

    fn to_text(&self) -> Result<String, std::fmt::Error> {
        let Self { file, whole, report, notices } = self;
        let mut text = String::new();
        let key = report.key.as_deref().unwrap_or("no key");
        let bars = counted(whole.bars(), "bar");
        writeln!(text, "{}: {bars} of {}, {key}", file.display(), counted(whole.steps_per_bar, "sixteenth"))?;
        let mut header = vec![String::new()];
        header.extend(whole.tracks.iter().map(|(found, _)| format!("{} ({})", found.track, found.role.name())));
        let mut rows = vec![header];
        for row in &METRICS {
            let values = report.parts.iter().map(|part| value(part.metrics[row.metric]));
            rows.push(std::iter::once(row.title.to_lowercase()).chain(values).collect());
        }
        text += &table(&rows);
        for (a, b, distance) in &report.tonal_distances {
            let (a, b) = (&whole.tracks[*a].0.track, &whole.tracks[*b].0.track);
            writeln!(text, "tonal distance between {a} and {b}: {}", value(*distance))?;
        }
        for notice in notices {
            writeln!(text, "note: {notice}")?;
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_of_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("expressive.mid");
        // a zone of 15 channels (MPE); a chord of which one note is bent by a quarter tone
        let events = [
            &[0, 0xB0, 101, 0, 0, 0xB0, 100, 6, 0, 0xB0, 6, 15, 0, 0xE2, 85, 64][..],
            &[0, 0x91, 60, 64, 0, 0x92, 64, 64, 96, 0x81, 60, 0, 0, 0x82, 64, 0, 0, 0xFF, 0x2F, 0],
        ]
        .concat();
        let head = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0";
        std::fs::write(&path, [&head[..], &[events.len() as u8], &events].concat()).unwrap();
        let report = Measured::of(&path).unwrap().to_json();
        assert_eq!(report["parts"].as_array().map(Vec::len), Some(1));
        assert!(report["notices"][0].as_str().is_some_and(|notice| notice.starts_with("MPE: ")), "{report}");
    }
}
