//! `cantus convert`: a composition as sheet music, as a page of its own, as MIDI.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::interrupts::Interrupts;
use super::{files, output, sound_output};
use crate::library::project;
use crate::music::{key, midi_file, musicxml};
use crate::sound::page;

/// Arguments of `cantus convert`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file or project
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write: .musicxml (sheet music), .html (a web page with its sound) or .mid
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// The SoundFont that a web page sounds with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// Runs `cantus convert`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let out = &arguments.out;
    let ending = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if !matches!(ending.as_str(), "musicxml" | "xml" | "html" | "htm" | "mid" | "midi") {
        bail!("the file's name must end in .musicxml, .html or .mid: {}", out.display());
    }
    let (score, notices) = if project::is_project(&arguments.input) {
        (files::read_any(&arguments.input)?, Vec::new())
    } else {
        files::read_and_tell(&arguments.input)?
    };
    match ending.as_str() {
        "mid" | "midi" => files::write_whole(out, &midi_file::write(&score))?,
        "html" | "htm" => {
            let font = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
            let interrupts = Interrupts::watch()?;
            let bar = output::progress_bar("Rendering, in percent:");
            bar.set_length(100);
            page::write((&score, key::found_in(&score, None)), &font, out, &mut |share| {
                bar.set_position((share * 100.0) as u64);
                if interrupts.any() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            bar.finish_and_clear();
        }
        _ => {
            let sheet = musicxml::write(&score, key::found_in(&score, None));
            let sheet = sheet.with_context(|| arguments.input.display().to_string())?;
            files::write_whole(out, &sheet)?;
        }
    }
    let parts = score.parts.iter().filter(|part| !part.notes.is_empty()).count();
    if arguments.json {
        return output::print_json(&serde_json::json!({ "file": out, "parts": parts, "notices": notices }));
    }
    output::print(&format!("{}: {}\n", out.display(), crate::plural::counted(parts, "part")))
}
