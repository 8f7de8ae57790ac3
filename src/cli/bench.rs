//! `cantus bench`: how fast things are on this computer, measured, not estimated.

mod generate;
mod key_to_sound;
mod synth;
mod train;
mod under_load;

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
    /// Milliseconds that a frame of a training's charts takes with a million points, without a renderer
    Curves,
    /// Seconds to compose eight bars: with an engine started and ended, and per take with a warm one
    Generate(generate::Arguments),
    /// How long a key takes to be heard, and how evenly, for every buffer size
    KeyToSound(key_to_sound::Arguments),
    /// Milliseconds that a frame of the piano roll takes, without a renderer
    Roll,
    /// How much faster than real time a dense score is rendered
    Synth(synth::Arguments),
    /// Seconds per iteration of a training
    Train(train::Arguments),
    /// Gaps in the sound while a training runs on every core, with and without what is done against them
    UnderLoad(under_load::Arguments),
}

/// Runs `cantus bench`; what the window alone can measure is left to it.
pub fn run(arguments: &Arguments) -> anyhow::Result<super::Outcome> {
    match &arguments.what {
        What::Curves => return Ok(super::Outcome::BenchCurves { as_json: arguments.json }),
        What::Generate(what) => generate::run(what, arguments.json)?,
        What::Roll => return Ok(super::Outcome::BenchRoll { as_json: arguments.json }),
        What::Synth(what) => synth::run(what, arguments.json)?,
        What::Train(what) => train::run(what, arguments.json)?,
        What::KeyToSound(what) => key_to_sound::run(what, arguments.json)?,
        What::UnderLoad(what) => under_load::run(what, arguments.json)?,
    }
    Ok(super::Outcome::Done)
}

/// The middle of some measurements; of an even number the lower middle.
fn median(mut seconds: Vec<f64>) -> Option<f64> {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(1.0));
        assert_eq!(median(Vec::new()), None);
    }
}
