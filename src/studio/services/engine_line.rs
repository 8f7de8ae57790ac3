//! The seam between the studio and an engine: the real process, or a stand-in for tests.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::engine_client::{Engine, EngineError, EngineEvent, EngineOptions, protocol::Request};

/// An engine as the studio uses it.
pub trait EngineLine: Send {
    /// Asks something; the answer comes by [`Self::events`].
    ///
    /// # Errors
    /// Where it is gone, or does not read.
    fn send(&self, request: &Request) -> Result<(), EngineError>;

    /// Where events arrive.
    fn events(&self) -> &Receiver<EngineEvent>;
}

impl EngineLine for Engine {
    fn send(&self, request: &Request) -> Result<(), EngineError> {
        Self::send(self, request)
    }

    fn events(&self) -> &Receiver<EngineEvent> {
        Self::events(self)
    }
}

/// Starts an engine; runs beside the window.
pub type Starter = Arc<dyn Fn(EngineOptions) -> Result<Box<dyn EngineLine>, EngineError> + Send + Sync>;

/// Starts the real process.
pub fn real() -> Starter {
    Arc::new(|options| Ok(Box::new(Engine::start(options)?)))
}
