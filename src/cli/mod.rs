//! The headless commands, one file each. Every error is one sentence on standard error.

use clap::{Parser, Subcommand};

mod bench;
mod convert;
mod dataset;
mod devices;
mod engine;
mod evaluate;
mod files;
mod generate;
mod interrupts;
mod metrics;
mod models;
mod outcome;
mod output;
mod play;
mod publish;
mod record;
mod render;
mod sound_output;
mod train;
mod values;

pub use outcome::Outcome;
pub use output::print;

/// Play a melody, and a GAN on your own machine writes the other parts.
#[derive(Debug, Parser)]
#[command(name = "cantus", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// MIDI files and projects to open, in the open window if there is one
    files: Vec<std::path::PathBuf>,
    /// Always open a new window
    #[arg(long)]
    new_window: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compose the other parts for a melody
    Generate(generate::Arguments),
    /// Train a network on MIDI files
    Train(train::Arguments),
    /// Evaluate a model on pieces it has not seen
    Evaluate(evaluate::Arguments),
    /// Print musical metrics of MIDI files
    Metrics(metrics::Arguments),
    /// Show which MIDI files in a folder training would use
    Dataset(dataset::Arguments),
    /// Render a MIDI file to an audio file
    Render(render::Arguments),
    /// Convert a MIDI file or project to sheet music (MusicXML), a web page or MIDI
    Convert(convert::Arguments),
    /// Publish a composition to SoundCloud
    Publish(publish::Arguments),
    /// Record a MIDI keyboard to a MIDI file
    Record(record::Arguments),
    /// Play a MIDI file
    Play(play::Arguments),
    /// List MIDI keyboards, sound outputs, SoundFonts and compute devices, and how to get what is missing
    Devices(devices::Arguments),
    /// List, export, import, rename and delete models
    Models(models::Arguments),
    /// Benchmark this computer
    Bench(bench::Arguments),
    /// Print the manual page
    #[command(hide = true)]
    Man,
    /// Print shell completions
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Parses the process's arguments and runs the command they name, if any.
///
/// # Errors
/// What went wrong, as one sentence for people.
pub fn run() -> anyhow::Result<Outcome> {
    let arguments = Arguments::parse();
    let Some(command) = arguments.command else {
        return open_studio(arguments.files, arguments.new_window);
    };
    match command {
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Metrics(arguments) => metrics::run(&arguments),
        Command::Dataset(arguments) => dataset::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Publish(arguments) => publish::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Play(arguments) => play::run(&arguments),
        Command::Devices(arguments) => devices::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Bench(arguments) => return bench::run(&arguments),
        Command::Man => man(),
        Command::Completions { shell } => {
            let mut command = <Arguments as clap::CommandFactory>::command();
            clap_complete::generate(shell, &mut command, "cantus", &mut std::io::stdout());
            Ok(())
        }
    }?;
    Ok(Outcome::Done)
}

/// A window with these files, all of which must be there.
fn open_studio(files: Vec<std::path::PathBuf>, new_window: bool) -> anyhow::Result<Outcome> {
    for file in &files {
        let is_missing = std::fs::metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        anyhow::ensure!(!is_missing, "there is no such file: {}", file.display());
    }
    Ok(Outcome::OpenStudio { files, new_window })
}

/// Writes the manual page: all commands in one, as roff.
fn man() -> anyhow::Result<()> {
    let command = <Arguments as clap::CommandFactory>::command();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        let name = format!("cantus {}", subcommand.get_name());
        let man = clap_mangen::Man::new(subcommand.clone().bin_name(name.clone()));
        page.extend(format!(".SH \"{}\"\n", name.to_uppercase()).bytes());
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    print(&String::from_utf8(page)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_opens_for_a_file_that_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let (here, missing) = (folder.path().join("here.mid"), folder.path().join("missing.mid"));
        std::fs::write(&here, b"").unwrap();
        assert!(matches!(open_studio(vec![here.clone()], false).unwrap(), Outcome::OpenStudio { .. }));
        let error = open_studio(vec![here, missing], true).unwrap_err().to_string();
        assert!(error.starts_with("there is no such file: ") && error.ends_with("missing.mid"), "{error}");
    }
}
