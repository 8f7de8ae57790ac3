//! An engine of a command's own.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use indicatif::ProgressBar;

use crate::engine_client::protocol::{ComposeRequest, Event, Request};
use crate::engine_client::{Engine, EngineEvent, EngineOptions, Ready};
use crate::music::{Outline, Part};

/// How long an engine may take to load libtorch from a cold disk, and CUDA.
const START: Duration = Duration::from_mins(2);

/// A composition that the engine has written.
#[derive(Debug)]
pub struct Composed {
    /// What was written.
    pub parts: Vec<Part>,
    /// Its chords, its sections and where it begins.
    pub outline: Outline,
    /// The discriminator's score.
    pub rating: f32,
    /// Gives exactly these notes again.
    pub seed: u64,
    /// How long it took.
    pub seconds: f64,
}

/// Starts an engine and waits until it is ready.
pub fn start(options: EngineOptions) -> anyhow::Result<(Engine, Ready)> {
    let engine = Engine::start(options)?;
    let ready = engine.wait_ready(START)?;
    Ok((engine, ready))
}

/// The next thing the engine says.
///
/// # Errors
/// It has ended or does not answer.
pub fn next(engine: &Engine) -> anyhow::Result<Event> {
    match engine.events().recv().context("the engine has ended")? {
        EngineEvent::Event(event) => Ok(event),
        EngineEvent::Hung { seconds } => bail!("the engine hasn't responded for {seconds} s and was ended"),
        EngineEvent::Died { reason } => bail!("{reason}"),
        EngineEvent::Ended => bail!("the engine has ended"),
    }
}

/// Has the engine compose, and waits for all takes.
///
/// # Errors
/// The engine fails, ends, or writes another number of takes.
pub fn compose(engine: &Engine, request: ComposeRequest, bar: &ProgressBar) -> anyhow::Result<Vec<Composed>> {
    let wanted = request.takes as usize;
    engine.send(&Request::Compose(Box::new(request)))?;
    let mut takes = Vec::new();
    let mut since = Instant::now();
    loop {
        match next(engine)? {
            Event::Progress { done, total, label, .. } => {
                bar.set_message(label);
                bar.set_length(total);
                bar.set_position(done);
            }
            Event::Take { parts, outline, rating, seed, .. } => {
                takes.push(Composed { parts, outline, rating, seed, seconds: since.elapsed().as_secs_f64() });
                since = Instant::now();
            }
            Event::Done { .. } if takes.len() == wanted => return Ok(takes),
            Event::Done { .. } => bail!("the engine wrote {} takes instead of {wanted}", takes.len()),
            Event::Failed { message, .. } => bail!("{message}"),
            _ => {}
        }
    }
}
