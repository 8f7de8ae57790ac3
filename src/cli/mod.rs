//! The headless commands, one file each. Every error is one sentence on standard error.

use clap::{Parser, Subcommand};

mod bench;
mod dataset;
mod devices;
mod evaluate;
mod files;
mod generate;
mod metrics;
mod models;
mod output;
mod play;
mod record;
mod render;
mod soundfont;
mod train;

pub use output::print;

/// Play a melody, and a GAN on your own machine writes the other parts.
#[derive(Debug, Parser)]
#[command(name = "cantus", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// MIDI files and projects to open in the studio: in the window that is open, if one is
    files: Vec<std::path::PathBuf>,
    /// Open them in a window of their own in any case
    #[arg(long)]
    new_window: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the other parts to a melody
    Generate(generate::Arguments),
    /// Train a network on MIDI files
    Train(train::Arguments),
    /// Judge a model on pieces it has not seen
    Evaluate(evaluate::Arguments),
    /// Measure MIDI files
    Metrics(metrics::Arguments),
    /// Show what of a folder of MIDI files a training would use
    Dataset(dataset::Arguments),
    /// Render a MIDI file to sound
    Render(render::Arguments),
    /// Record a MIDI keyboard into a MIDI file
    Record(record::Arguments),
    /// Play a MIDI file
    Play(play::Arguments),
    /// List keyboards, sound outputs, SoundFonts and compute devices, and say what is missing
    Devices(devices::Arguments),
    /// List the models
    Models(models::Arguments),
    /// Measure how fast things are on this computer
    Bench(bench::Arguments),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// What the command line asks for: a window, or a command that has run.
#[derive(Debug)]
pub enum Outcome {
    /// Open the studio.
    OpenStudio {
        /// With these files.
        files: Vec<std::path::PathBuf>,
        /// Even where a window is open that could take them.
        new_window: bool,
    },
    /// Measure the charts of a training, which belong to the studio, too.
    BenchCurves {
        /// One JSON array instead of a table.
        as_json: bool,
    },
    /// Measure the piano roll, which belongs to the studio, and print what comes out.
    BenchRoll {
        /// One JSON array instead of a table.
        as_json: bool,
    },
    /// The command did its work.
    Done,
}

/// Parses the process's arguments and runs the command they name, if any.
///
/// # Errors
/// What went wrong, as one sentence for people.
pub fn run() -> anyhow::Result<Outcome> {
    let arguments = Arguments::parse();
    let Some(command) = arguments.command else {
        return Ok(Outcome::OpenStudio { files: arguments.files, new_window: arguments.new_window });
    };
    match command {
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Metrics(arguments) => metrics::run(&arguments),
        Command::Dataset(arguments) => dataset::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Play(arguments) => play::run(&arguments),
        Command::Devices(arguments) => devices::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Bench(arguments) => return bench::run(&arguments),
        Command::Completions { shell } => {
            let mut command = <Arguments as clap::CommandFactory>::command();
            clap_complete::generate(shell, &mut command, "cantus", &mut std::io::stdout());
            Ok(())
        }
    }?;
    Ok(Outcome::Done)
}
