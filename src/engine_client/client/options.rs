//! How an engine is started, what comes from it, and why it cannot be asked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::engine_client::protocol::{DeviceChoice, Event};

/// How an engine is to be started.
#[derive(Clone)]
pub struct EngineOptions {
    /// The program; `None` looks where [`super::find_program`] does.
    pub program: Option<PathBuf>,
    /// Where networks compose. A training names its device itself.
    pub device: DeviceChoice,
    /// Threads libtorch may take; `None` is what a network gains by.
    pub threads: Option<usize>,
    /// How far a training steps back behind everything else (0 to 19); `None` is 10.
    pub nice: Option<u8>,
    /// Compose exactly what the network writes, without the finishing touches: for judging networks.
    pub untouched: bool,
    /// Let it live on when this [`super::Engine`] is dropped, as a training does when the window closes.
    pub detached: bool,
    /// Where its standard error goes, for engines that outlive us; `None` keeps the last lines here.
    pub log: Option<PathBuf>,
    /// Called after events were put on the channel, from a thread of the client's.
    pub wake: Option<Arc<dyn Fn() + Send + Sync>>,
    /// Silence after which it counts as hung. Before its first word it has six times as long.
    pub hung_after: Duration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            program: None,
            device: DeviceChoice::Auto,
            threads: None,
            nice: None,
            untouched: false,
            detached: false,
            log: None,
            wake: None,
            hung_after: Duration::from_secs(10),
        }
    }
}

/// What comes from an engine, and what becomes of it.
#[derive(Clone, Debug)]
pub enum EngineEvent {
    /// It says something.
    Event(Event),
    /// It has said nothing for that long; it may come back, or be killed and started again.
    Hung {
        /// Seconds since its last word.
        seconds: u64,
    },
    /// It ended without being asked to. The last event.
    Died {
        /// One sentence for people.
        reason: String,
    },
    /// It ended as asked. The last event.
    Ended,
}

/// What an engine says of itself first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// libtorch's version.
    pub libtorch: String,
    /// The compute devices found, the best first.
    pub devices: Vec<String>,
}

/// Why an engine cannot be started or asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The program is not where it should be.
    #[error(
        "the engine is not beside the program: build it with “cargo build --bin cantus-engine”, \
         or name it in CANTUS_ENGINE: {}",
        .0.display()
    )]
    NotFound(PathBuf),
    /// The system would not start it.
    #[error("the engine could not be started: {source}: {}", path.display())]
    NotStarted {
        /// What the system said.
        source: std::io::Error,
        /// The program.
        path: PathBuf,
    },
    /// It did not get ready in time.
    #[error("the engine did not answer within {0} s")]
    NoAnswer(u64),
    /// Its process is gone.
    #[error("{0}")]
    Died(String),
    /// It does not read what it is sent.
    #[error("the engine has too much waiting; let it finish or stop it")]
    Busy,
}
