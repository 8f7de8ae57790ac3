//! The engine that composes: started beside the window, asked, listened to.

use std::{
    path::PathBuf,
    sync::{Arc, LazyLock},
    time::Instant,
};

use super::engine_line::{EngineLine, Starter};
use crate::{
    engine_client::{
        EngineError, EngineEvent, EngineOptions,
        protocol::{ComposeRequest, Request, RequestId},
    },
    library::store::GenerationSettings,
    music::Score,
};

/// How the engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineState {
    /// Not asked for yet.
    Off,
    /// Loading libtorch.
    Starting,
    /// It composes.
    Ready {
        /// libtorch's version.
        libtorch: String,
        /// The compute devices it found, the best first.
        devices: Vec<String>,
    },
    /// It could not be started, or died.
    Failed(String),
}

/// What is said of an engine that found these compute devices.
pub fn ready_words(devices: &[String]) -> String {
    let named = |device: &String| if device.starts_with("CPU") { format!("the {device}") } else { device.clone() };
    let devices: Vec<String> = devices.iter().map(named).collect();
    format!("Composing and training: ready, on {}", devices.join(", "))
}

/// A composition under way.
#[derive(Debug)]
pub struct Running {
    /// Names it to the engine.
    pub id: RequestId,
    /// Done of `total`.
    pub done: u64,
    /// What counts as all.
    pub total: u64,
    /// What is being done.
    pub label: String,
    /// When it was asked for.
    pub started: Instant,
    /// The takes it should give.
    pub wanted: u32,
}

/// The studio's end of the engine that composes.
pub struct EngineService {
    starter: Starter,
    line: Option<Box<dyn EngineLine>>,
    /// How the engine is.
    pub state: EngineState,
    /// A composition under way.
    pub running: Option<Running>,
    /// Seconds the last composition took.
    pub last_seconds: Option<f64>,
    next_id: RequestId,
    /// The model that was loaded ahead of need.
    warmed: Option<PathBuf>,
}

impl EngineService {
    /// With engines started that way.
    pub fn new(starter: Starter) -> Self {
        Self {
            starter,
            line: None,
            state: EngineState::Off,
            running: None,
            last_seconds: None,
            next_id: 1,
            warmed: None,
        }
    }

    /// Why it cannot be asked now.
    pub fn why_not(&self) -> Option<String> {
        match &self.state {
            EngineState::Ready { .. } => None,
            EngineState::Off | EngineState::Starting => Some("The engine is still starting".into()),
            EngineState::Failed(reason) => Some(reason.clone()),
        }
    }

    /// How an engine is started, for trainings.
    pub fn starter(&self) -> Starter {
        Arc::clone(&self.starter)
    }

    /// Whether it has to be started, and from now on counts as starting: `start` is to be called beside the window.
    pub fn begin_starting(&mut self) -> bool {
        let needed = !matches!(self.state, EngineState::Starting | EngineState::Ready { .. });
        if needed {
            self.state = EngineState::Starting;
        }
        needed
    }

    /// The engine that was started.
    pub fn connect(&mut self, line: Box<dyn EngineLine>) {
        self.line = Some(line);
    }

    /// It is gone; whether a composition was under way.
    pub fn fail(&mut self, reason: String) -> bool {
        self.line = None;
        self.warmed = None;
        self.state = EngineState::Failed(reason);
        self.running.take().is_some()
    }

    /// It ended as it was asked to.
    pub fn end(&mut self) {
        self.line = None;
        self.warmed = None;
        self.state = EngineState::Off;
    }

    /// What it said since this was last asked.
    pub fn events(&self) -> Vec<EngineEvent> {
        self.line.as_ref().map(|line| line.events().try_iter().collect()).unwrap_or_default()
    }

    /// Whether this is the request of the composition under way.
    pub fn is_running(&self, id: RequestId) -> bool {
        self.running.as_ref().is_some_and(|running| running.id == id)
    }

    fn send(&self, request: &Request) -> Result<(), String> {
        let line = self.line.as_ref().ok_or("the engine is gone")?;
        line.send(request).map_err(|error: EngineError| error.to_string())
    }

    fn take_id(&mut self) -> RequestId {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Loads a model ahead of need, so that the first composition is quick.
    pub fn warm(&mut self, model: PathBuf) {
        if self.warmed.as_ref() == Some(&model) || !matches!(self.state, EngineState::Ready { .. }) {
            return;
        }
        self.warmed = Some(model.clone());
        let id = self.take_id();
        if let Err(error) = self.send(&Request::Warm { id, model }) {
            log::warn!("the model is not loaded ahead of need: {error}");
        }
    }

    /// Models may have changed: loads again what is asked for next.
    pub fn forget_warmed(&mut self) {
        self.warmed = None;
    }

    /// Asks for takes made like this.
    ///
    /// # Errors
    /// Why the engine does not hear it.
    pub fn compose(&mut self, settings: &GenerationSettings, takes: u32) -> Result<(), String> {
        let id = self.request(settings, takes)?;
        self.running =
            Some(Running { id, done: 0, total: 0, label: "Composing".into(), started: Instant::now(), wanted: takes });
        Ok(())
    }

    /// Asks for one take, only to be heard; the request that it answers.
    ///
    /// # Errors
    /// Why the engine does not hear it.
    pub fn compose_to_hear(&mut self, settings: &GenerationSettings) -> Result<RequestId, String> {
        self.request(settings, 1)
    }

    fn request(&mut self, settings: &GenerationSettings, takes: u32) -> Result<RequestId, String> {
        let id = self.take_id();
        let request = ComposeRequest {
            id,
            model: settings.model_folder.clone(),
            score: Score::clone(&settings.score),
            takes,
            seed: settings.seed,
            surprise: settings.surprise,
            density: settings.density,
            bars: settings.bars,
            on_grid: settings.on_grid,
            introduction: settings.introduction,
        };
        self.send(&Request::Compose(Box::new(request))).map(|()| id)
    }

    /// Asks the engine to drop what it is at.
    pub fn cancel(&mut self) {
        let Some(id) = self.running.as_mut().map(|running| {
            running.label = "Stopping".into();
            running.id
        }) else {
            return;
        };
        if let Err(error) = self.send(&Request::Cancel { id }) {
            log::warn!("the engine does not hear the cancel: {error}");
        }
    }

    /// Drops what it is at, and takes nothing of it any more: it was asked for by another composition. Whether there
    /// was anything.
    pub fn abandon(&mut self) -> bool {
        self.cancel();
        self.last_seconds = None;
        self.running.take().is_some()
    }
}

/// How many cores this computer has for us.
pub fn cores() -> usize {
    static CORES: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
    *CORES
}

/// Starts an engine with so many threads; to be called beside the window. `wake` is called when it says something.
///
/// # Errors
/// Why it could not be started.
pub fn start(
    starter: &Starter,
    threads: Option<usize>,
    wake: impl Fn() + Send + Sync + 'static,
) -> Result<Box<dyn EngineLine>, EngineError> {
    let cores = cores();
    starter(EngineOptions {
        // the sound has a core of its own where there are enough
        threads: threads.or_else(|| (cores > 2).then(|| cores - 1)),
        wake: Some(Arc::new(wake)),
        ..EngineOptions::default()
    })
}
