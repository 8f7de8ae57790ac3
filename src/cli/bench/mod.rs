//! `cantus bench`: benchmarks on the user's computer.

mod generate;
mod key_to_sound;
mod median;
mod synth;
mod train;
mod under_load;

use super::outcome::Outcome;

/// Arguments of `cantus bench`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Print one JSON object on standard output
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Time per frame of the training charts with a million points, in ms, without rendering
    Curves,
    /// Time to compose eight bars, in seconds: with starting the engine, and per take once it runs
    Generate(generate::Arguments),
    /// Latency and jitter from a key to its sound, for every buffer size
    KeyToSound(key_to_sound::Arguments),
    /// Time per frame of the piano roll and the arrangement, in ms, without rendering, and what undo costs
    Roll,
    /// How many times faster than real time a dense score is rendered
    Synth(synth::Arguments),
    /// Training time per iteration, in seconds
    Train(train::Arguments),
    /// Dropouts while a training runs on every core, with and without each measure against them
    UnderLoad(under_load::Arguments),
}

/// Runs `cantus bench`; what the window alone can measure is left to it.
pub fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Curves => return Ok(Outcome::BenchCurves { as_json: arguments.json }),
        What::Generate(what) => generate::run(what, arguments.json)?,
        What::Roll => return Ok(Outcome::BenchRoll { as_json: arguments.json }),
        What::Synth(what) => synth::run(what, arguments.json)?,
        What::Train(what) => train::run(what, arguments.json)?,
        What::KeyToSound(what) => key_to_sound::run(what, arguments.json)?,
        What::UnderLoad(what) => under_load::run(what, arguments.json)?,
    }
    Ok(Outcome::Done)
}
