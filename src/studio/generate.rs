//! Asking the engine for a composition: which model, how, what came of it. Pages draw this; the engine is watched here.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    engine_line::{EngineLine, Starter},
    state::Studio,
    takes,
    toasts::Tone,
};
use crate::{
    engine_client::{
        EngineEvent, EngineOptions, ModelCard,
        protocol::{ComposeRequest, Event, Request, RequestId},
    },
    library::{
        models::{self, ModelFolder},
        store::Recipe,
    },
    music::{Part, Score},
};

/// How long a deleted model waits to be brought back.
const BIN_AGE: Duration = Duration::from_hours(24 * 7);

/// How the engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineState {
    /// Not asked for yet.
    Off,
    /// Loading libtorch.
    Starting,
    /// It composes.
    Ready {
        /// The compute devices it found, the best first.
        devices: Vec<String>,
    },
    /// It could not be started, or died.
    Failed(String),
}

/// A model on this computer, with what it says of itself.
#[derive(Clone, Debug)]
pub struct Model {
    /// Where it is.
    pub folder: ModelFolder,
    /// What it says, or why it cannot be read.
    pub card: Result<ModelCard, String>,
}

impl Model {
    /// What people call it.
    pub fn title(&self) -> &str {
        match &self.card {
            Ok(card) if !card.name.is_empty() => &card.name,
            _ => &self.folder.name,
        }
    }
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

/// One result.
#[derive(Clone, Debug)]
pub struct TakeResult {
    /// What was written.
    pub parts: Vec<Part>,
    /// The critic's opinion, comparable among the takes of one request.
    pub rating: f32,
    /// Gives exactly these notes again.
    pub seed: u64,
}

/// Everything the generate panel is about.
pub struct Generate {
    starter: Starter,
    line: Option<Box<dyn EngineLine>>,
    /// How the engine is.
    pub engine: EngineState,
    /// The models on this computer; `None` until they were looked for.
    pub models: Option<Vec<Model>>,
    /// Which of them writes.
    pub model: usize,
    /// The same seed gives the same notes.
    pub seed: u64,
    /// Whether each composition draws a new seed.
    pub new_seed: bool,
    /// A composition under way.
    pub running: Option<Running>,
    /// What came of the last one.
    pub results: Vec<TakeResult>,
    /// How it was made.
    pub recipe: Option<Arc<Recipe>>,
    /// What should come, where something is made again.
    pub expected: Option<Vec<Part>>,
    /// The take that is heard now instead of the score as it was.
    pub audition: Option<usize>,
    /// Seconds the last composition took.
    pub last_seconds: Option<f64>,
    next_id: RequestId,
    warmed: Option<usize>,
}

impl Generate {
    /// With engines started that way.
    pub fn new(starter: Starter) -> Self {
        Self {
            starter,
            line: None,
            engine: EngineState::Off,
            models: None,
            model: 0,
            seed: 1,
            new_seed: true,
            running: None,
            results: Vec::new(),
            recipe: None,
            expected: None,
            audition: None,
            last_seconds: None,
            next_id: 1,
            warmed: None,
        }
    }

    /// The model that writes, if there is one that can be read.
    pub fn chosen(&self) -> Option<&Model> {
        self.models.as_ref()?.get(self.model)
    }

    /// How an engine is started, for trainings.
    pub fn starter(&self) -> Starter {
        Arc::clone(&self.starter)
    }
}

impl Studio {
    /// Starts the engine beside the window, unless it is there.
    pub(super) fn start_engine(&mut self) {
        if matches!(self.generate.engine, EngineState::Starting | EngineState::Ready { .. }) {
            return;
        }
        self.generate.engine = EngineState::Starting;
        let starter = self.generate.starter();
        let wake = self.jobs.poster();
        self.jobs.spawn("starting the engine", move |poster| {
            let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            let options = EngineOptions {
                // the sound has a core of its own where there are enough
                threads: (cores > 2).then(|| cores - 1),
                wake: Some(Arc::new(move || wake.ctx().request_repaint())),
                ..EngineOptions::default()
            };
            match starter(options) {
                Ok(line) => poster.post(move |studio| {
                    studio.generate.line = Some(line);
                    studio.poll_engine();
                }),
                Err(error) => poster.post(move |studio| studio.engine_failed(error.to_string())),
            }
        });
    }

    /// Looks for models beside the window.
    pub(super) fn find_models(&mut self) {
        let wanted = self.preferences.model.clone();
        let own = self.models_folder();
        self.jobs.spawn("looking for models", move |poster| {
            if let Some(own) = &own {
                models::empty_bin(own, BIN_AGE);
            }
            let found: Vec<Model> = models::find_with_own(own)
                .into_iter()
                .map(|folder| Model { card: ModelCard::read(&folder.path).map_err(|error| error.to_string()), folder })
                .collect();
            poster.post(move |studio| studio.take_models(found, wanted.as_deref()));
        });
    }

    /// Puts these models at choice.
    pub fn take_models(&mut self, found: Vec<Model>, wanted: Option<&str>) {
        let readable = |model: &Model| model.card.is_ok();
        self.generate.model = wanted
            .and_then(|wanted| found.iter().position(|model| model.folder.name == wanted && readable(model)))
            .or_else(|| found.iter().position(|model| model.card.as_ref().is_ok_and(|card| card.network == "cantus")))
            .or_else(|| found.iter().position(readable))
            .unwrap_or(0);
        self.generate.models = Some(found);
        self.generate.warmed = None;
        self.warm_model();
    }

    /// Chooses the model that writes.
    pub(super) fn choose_model(&mut self, index: usize) {
        self.generate.model = index;
        let name = self.generate.chosen().map(|model| model.folder.name.clone());
        self.change_preferences(|preferences| preferences.model = name);
        self.warm_model();
    }

    fn warm_model(&mut self) {
        let generate = &mut self.generate;
        if generate.warmed == Some(generate.model) || !matches!(generate.engine, EngineState::Ready { .. }) {
            return;
        }
        let Some(model) = generate.chosen().filter(|model| model.card.is_ok()).map(|model| model.folder.path.clone())
        else {
            return;
        };
        generate.warmed = Some(generate.model);
        let id = generate.next_id;
        generate.next_id += 1;
        if let Some(line) = &generate.line
            && let Err(error) = line.send(&Request::Warm { id, model })
        {
            log::warn!("the model is not loaded ahead of need: {error}");
        }
    }

    /// Why no composition can be asked for now.
    pub(super) fn why_not_generate(&self) -> Option<String> {
        if self.generate.running.is_some() {
            return Some("A composition is under way".into());
        }
        if self.recording.is_some() {
            return Some("Stop recording first".into());
        }
        if self.score().melody_part().is_none_or(|part| part.notes.is_empty()) {
            return Some("There is no melody yet: choose one, play one or draw one".into());
        }
        match &self.generate.models {
            None => return Some("Still looking for models".into()),
            Some(models) if models.is_empty() => {
                return Some("No model was found on this computer: train one on the Train page".into());
            }
            Some(_) => {}
        }
        match self.generate.chosen().map(|model| &model.card) {
            Some(Ok(_)) => {}
            Some(Err(reason)) => return Some(reason.clone()),
            None => return Some("Choose a model first".into()),
        }
        match &self.generate.engine {
            EngineState::Ready { .. } => None,
            EngineState::Off | EngineState::Starting => Some("The engine is still starting".into()),
            EngineState::Failed(reason) => Some(reason.clone()),
        }
    }

    /// Why bars cannot be varied now, if they cannot.
    pub(super) fn why_not_vary(&self) -> Option<String> {
        let score = self.history.committed();
        let mut others = score.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
        if others.all(|(_, part)| part.notes.is_empty()) {
            return Some("There is nothing to vary yet: generate a composition first".into());
        }
        if score.metre.bar_start(self.bars_to_vary().0) >= score.end() {
            return Some("There is no music in these bars: move the playhead, or the loop".into());
        }
        self.why_not_generate()
    }

    /// The bars of the loop, where it is on, else the one under the playhead; from 0, the last one excluded.
    pub(super) fn bars_to_vary(&self) -> (u32, u32) {
        let metre = &self.history.committed().metre;
        let bar_at = |tick| metre.position(tick).bar;
        match self.transport.loop_range.as_ref().filter(|_| self.transport.looping) {
            Some(range) => (bar_at(range.start), bar_at(range.end.saturating_sub(1)) + 1),
            None => (bar_at(self.playhead()), bar_at(self.playhead()) + 1),
        }
    }

    /// Asks for a composition, of all bars or of some (from 0, the last one excluded).
    pub(super) fn start_generating(&mut self, bars: Option<(u32, u32)>) {
        self.drop_audition();
        let preferences = self.preferences.clone();
        let generate = &mut self.generate;
        let Some((name, model)) = generate.chosen().map(|model| (model.title().to_owned(), model.folder.path.clone()))
        else {
            return;
        };
        if generate.new_seed {
            generate.seed = fastrand::u64(1..1_000_000);
        }
        generate.expected = None;
        let recipe = Recipe {
            model: name,
            model_folder: model,
            model_hash: String::new(), // filled in where it is kept
            seed: generate.seed,
            surprise: preferences.surprise,
            density: preferences.density,
            bars,
            score: Arc::clone(self.history.committed()),
        };
        self.compose(recipe, preferences.takes);
    }

    /// Asks for takes made like this.
    pub(super) fn compose(&mut self, recipe: Recipe, takes: u32) {
        let generate = &mut self.generate;
        let id = generate.next_id;
        generate.next_id += 1;
        let request = Request::Compose(ComposeRequest {
            id,
            model: recipe.model_folder.clone(),
            score: Score::clone(&recipe.score),
            takes,
            seed: recipe.seed,
            surprise: recipe.surprise,
            density: recipe.density,
            bars: recipe.bars,
        });
        let sent = generate.line.as_ref().map(|line| line.send(&request));
        match sent {
            Some(Ok(())) => {
                generate.results.clear();
                generate.recipe = Some(Arc::new(recipe));
                generate.running = Some(Running {
                    id,
                    done: 0,
                    total: 0,
                    label: "Composing".into(),
                    started: Instant::now(),
                    wanted: takes,
                });
            }
            Some(Err(error)) => self.engine_failed(error.to_string()),
            None => self.engine_failed("the engine is gone".into()),
        }
    }

    /// Asks for one take of the melody by a model, only to be heard; what it will be called.
    pub(super) fn compose_to_hear(&mut self, model: std::path::PathBuf) -> Option<RequestId> {
        let generate = &mut self.generate;
        let id = generate.next_id;
        generate.next_id += 1;
        let request = Request::Compose(ComposeRequest {
            id,
            model,
            score: Score::clone(self.history.committed()),
            takes: 1,
            seed: 1,
            surprise: self.preferences.surprise,
            density: self.preferences.density,
            bars: None,
        });
        match generate.line.as_ref().map(|line| line.send(&request)) {
            Some(Ok(())) => return Some(id),
            Some(Err(error)) => self.engine_failed(error.to_string()),
            None => self.engine_failed("the engine is gone".into()),
        }
        None
    }

    /// Asks the engine to drop what it is at.
    pub(super) fn cancel_generating(&mut self) {
        let generate = &mut self.generate;
        if let (Some(running), Some(line)) = (&mut generate.running, &generate.line) {
            running.label = "Stopping".into();
            if let Err(error) = line.send(&Request::Cancel { id: running.id }) {
                log::warn!("the engine does not hear the cancel: {error}");
            }
        }
    }

    /// Takes what the engine says.
    pub(super) fn poll_engine(&mut self) {
        let events: Vec<EngineEvent> = match &self.generate.line {
            Some(line) => line.events().try_iter().collect(),
            None => return,
        };
        for event in events {
            match event {
                EngineEvent::Event(event) => self.on_engine(event),
                EngineEvent::Hung { seconds } => {
                    self.toasts.add(
                        Tone::Warning,
                        format!("The engine has been silent for {seconds} s; it may come back, or be started again in Settings"),
                    );
                }
                EngineEvent::Died { reason } => self.engine_failed(reason),
                EngineEvent::Ended => {
                    self.generate.line = None;
                    self.generate.engine = EngineState::Off;
                }
            }
        }
    }

    fn on_engine(&mut self, event: Event) {
        let running = |generate: &Generate, id| generate.running.as_ref().is_some_and(|running| running.id == id);
        match event {
            Event::Ready { devices, .. } => {
                self.generate.engine = EngineState::Ready { devices };
                self.warm_model();
            }
            Event::Progress { id, done, total, label } => {
                if let Some(running) = self.generate.running.as_mut().filter(|running| running.id == id) {
                    (running.done, running.total) = (done, total);
                    if !label.is_empty() {
                        running.label = label;
                    }
                }
            }
            Event::Take { id, parts, rating, seed, .. } if running(&self.generate, id) => {
                self.generate.results.push(TakeResult { parts, rating, seed });
                if self.generate.results.len() == 1 {
                    self.audition(Some(0));
                }
            }
            Event::Take { id, parts, .. } if self.models_page.awaits(id) => self.hear_model(&parts),
            Event::Done { id } if self.models_page.awaits(id) => {
                self.models_page.stop_waiting();
                self.fail("The model wrote nothing to be heard");
            }
            Event::Failed { id, message } if self.models_page.awaits(id) => {
                self.models_page.stop_waiting();
                self.fail(format!("The model cannot be heard: {message}"));
            }
            Event::Done { id } if running(&self.generate, id) => {
                let seconds = self.generate.running.take().map(|running| running.started.elapsed().as_secs_f64());
                self.generate.last_seconds = seconds;
                self.compare_again();
                if self.generate.results.is_empty() {
                    self.fail("The engine gave no take; the score is as it was");
                }
            }
            Event::Failed { id, message } if running(&self.generate, id) => {
                self.generate.running = None;
                self.fail(format!("The composition failed, the score is as it was: {message}"));
            }
            Event::Cancelled { id } if running(&self.generate, id) => {
                self.generate.running = None;
                self.toasts.add(Tone::Plain, "Generating was cancelled; the score is as it was");
            }
            Event::Cancelled { id } if self.models_page.awaits(id) => self.models_page.stop_waiting(),
            _ => {}
        }
    }

    fn engine_failed(&mut self, reason: String) {
        let was_composing = self.generate.running.take().is_some();
        self.generate.line = None;
        self.generate.warmed = None;
        self.models_page.stop_waiting();
        if was_composing {
            self.fail(format!("The engine stopped, the score is as it was: {reason}"));
        }
        self.generate.engine = EngineState::Failed(reason);
    }

    /// Plays and shows this take instead of the score as it was; `None` goes back to that.
    pub fn audition(&mut self, take: Option<usize>) {
        let score = take
            .and_then(|take| self.generate.results.get(take))
            .map(|result| takes::with_take(self.history.committed(), &result.parts));
        match score {
            Some(score) => {
                self.generate.audition = take;
                self.history.preview(score);
            }
            None => self.drop_audition(),
        }
    }

    /// Goes back to the score as it was before the takes.
    pub(super) fn drop_audition(&mut self) {
        if self.generate.audition.take().is_some() {
            self.history.cancel();
        }
    }

    /// Makes the take that is heard one undo step. Whatever edits the score while one is heard keeps it first.
    pub(super) fn keep_audition(&mut self) {
        if let Some(take) = self.generate.audition.take() {
            if let (Some(recipe), Some(result)) = (&self.generate.recipe, self.generate.results.get(take)) {
                self.session.note_making(recipe, result);
            }
            let score = Arc::clone(self.history.score());
            self.history.commit(format!("Keep take {}", take + 1), score);
        }
    }
}
