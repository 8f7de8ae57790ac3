//! The thread that watches the inputs: connects them, notices when one is unplugged, releases what it held, and
//! connects it again by its name.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::backend::{Connection, MidiBackend};
use super::event::KeyboardEvent;
use super::input_handler::{InputHandler, Sink};
use super::profile::{ButtonMap, Profile, SharedButtons};
use super::waker::Waker;
use crate::clock;

/// Makes a sink for each attempt to connect an input; it gets the input's name and runs on the watching thread. The
/// sink is dropped when the attempt fails or the connection ends.
pub type SinkFactory = Box<dyn FnMut(&str) -> Sink + Send>;

/// Which inputs to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Inputs {
    /// Every keyboard that is there.
    #[default]
    All,
    /// Those with these words in their name, upper and lower case alike.
    Matching(String),
}

impl Inputs {
    /// Whether an input of that name is meant.
    pub fn includes(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Matching(words) => name.to_lowercase().contains(&words.to_lowercase()),
        }
    }
}

/// How keyboards are watched.
pub struct KeyboardsOptions {
    /// Which to connect.
    pub inputs: Inputs,
    /// Where their messages go.
    pub sinks: SinkFactory,
    /// The user's own transport buttons, before the profile's.
    pub buttons: Option<ButtonMap>,
    /// Called after messages and events, on a thread of its own: to wake a window that draws only when asked to. It may
    /// take as long as it likes.
    pub wake: Option<Arc<dyn Fn() + Send + Sync>>,
    /// How often the inputs are polled.
    pub poll_interval: Duration,
}

impl KeyboardsOptions {
    /// All inputs, polled twice a second.
    pub fn new(sinks: SinkFactory) -> Self {
        Self { inputs: Inputs::All, sinks, buttons: None, wake: None, poll_interval: Duration::from_millis(500) }
    }
}

/// An input as of the last poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputStatus {
    /// Its name.
    pub name: Arc<str>,
    /// Whether its messages reach the sinks.
    pub is_connected: bool,
    /// What we know about the keyboard.
    pub profile: Option<&'static Profile>,
}

/// All inputs as of the last poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Why there is no MIDI, where there is none.
    pub unavailable: Option<String>,
    /// The inputs that are there.
    pub inputs: Vec<InputStatus>,
}

/// Events that wait until they are read. Further ones are dropped: nobody is listening then.
const EVENTS: usize = 1024;

/// The keyboards of this computer, watched until it is dropped; then all are released and closed.
pub struct Keyboards {
    /// Other inputs to connect; dropped to end the thread.
    choices: Option<Sender<Inputs>>,
    events: Receiver<KeyboardEvent>,
    status: Arc<ArcSwap<Status>>,
    buttons: Arc<SharedButtons>,
    waker: Option<Waker>,
    thread: Option<JoinHandle<()>>,
}

impl Keyboards {
    /// Begins to watch, on a thread of its own. Never fails: no MIDI is a state, in [`Keyboards::status`].
    pub fn start(backend: Box<dyn MidiBackend>, options: KeyboardsOptions) -> Self {
        let (choices, choice_receiver) = bounded(16);
        let (event_sender, events) = bounded(EVENTS);
        let status = Arc::new(ArcSwap::from_pointee(Status::default()));
        let buttons = Arc::new(SharedButtons::new(options.buttons));
        let interval = options.poll_interval;
        let waker = options.wake.and_then(|wake| Waker::start(wake).inspect_err(|error| log::warn!("{error}")).ok());
        let watcher = Watcher {
            backend,
            inputs: options.inputs,
            sinks: options.sinks,
            waker: waker.clone(),
            buttons: buttons.clone(),
            events: event_sender,
            status: status.clone(),
            open: Vec::new(),
            failed: Vec::new(),
        };
        let thread =
            std::thread::Builder::new().name("keyboards".into()).spawn(move || watcher.run(&choice_receiver, interval));
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(error) => {
                status.store(Arc::new(Status {
                    unavailable: Some(format!("keyboards cannot be watched: {error}")),
                    inputs: Vec::new(),
                }));
                None
            }
        };
        Self { choices: Some(choices), events, status, buttons, waker, thread }
    }

    /// What happened, in order.
    pub fn events(&self) -> &Receiver<KeyboardEvent> {
        &self.events
    }

    /// The inputs as of the last poll.
    pub fn status(&self) -> Arc<Status> {
        self.status.load_full()
    }

    /// Connects other inputs from now on; those no longer meant are released and closed.
    pub fn choose(&self, inputs: Inputs) {
        if let Some(choices) = &self.choices {
            // it only fails if there is no thread, which the status shows
            let _ = choices.try_send(inputs);
        }
    }

    /// The user's own transport buttons from now on, before the profile's.
    pub fn set_buttons(&self, buttons: Option<ButtonMap>) {
        self.buttons.set(buttons);
    }
}

impl Drop for Keyboards {
    fn drop(&mut self) {
        self.choices = None; // ends the thread
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic in it has been printed
        }
        if let Some(waker) = &self.waker {
            waker.stop();
        }
    }
}

struct Open {
    name: Arc<str>,
    connection: Box<dyn Connection>,
}

struct Watcher {
    backend: Box<dyn MidiBackend>,
    inputs: Inputs,
    sinks: SinkFactory,
    waker: Option<Waker>,
    buttons: Arc<SharedButtons>,
    events: Sender<KeyboardEvent>,
    status: Arc<ArcSwap<Status>>,
    open: Vec<Open>,
    /// Inputs whose failure was reported.
    failed: Vec<String>,
}

impl Watcher {
    fn run(mut self, choices: &Receiver<Inputs>, interval: Duration) {
        loop {
            self.poll();
            match choices.recv_timeout(interval) {
                Ok(inputs) => self.inputs = inputs,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close_where(|_| true);
    }

    fn poll(&mut self) {
        let (names, unavailable) = match self.backend.input_names() {
            Ok(names) => (names, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        if let Some(reason) = &unavailable
            && self.status.load().unavailable.is_none()
        {
            self.send_event(KeyboardEvent::Unavailable { reason: reason.clone() });
        }
        let lost =
            self.close_where(|open| !open.connection.is_alive() || !names.iter().any(|name| **name == *open.name));
        for name in lost {
            self.send_event(KeyboardEvent::Lost { name });
        }
        let inputs = self.inputs.clone();
        self.close_where(|open| !inputs.includes(&open.name));
        self.failed.retain(|failed| names.contains(failed));
        for name in &names {
            if inputs.includes(name) && !self.open.iter().any(|open| *open.name == **name) {
                self.connect(name);
            }
        }
        let inputs = names.iter().map(|name| InputStatus {
            name: name.as_str().into(),
            is_connected: self.open.iter().any(|open| *open.name == **name),
            profile: Profile::find(name),
        });
        let status = Status { unavailable, inputs: inputs.collect() };
        if **self.status.load() != status {
            self.status.store(Arc::new(status));
        }
    }

    fn connect(&mut self, name: &str) {
        let shared: Arc<str> = name.into();
        let sink = (self.sinks)(name);
        let (events, waker) = (self.events.clone(), self.waker.clone());
        let handler = InputHandler::new(shared.clone(), sink, events, waker, self.buttons.clone());
        match self.backend.open(name, handler) {
            Ok(connection) => {
                self.failed.retain(|failed| failed != name);
                self.open.push(Open { name: shared.clone(), connection });
                let profile = Profile::find(name);
                self.send_event(KeyboardEvent::Connected { name: shared, profile });
            }
            Err(error) if !self.failed.iter().any(|failed| failed == name) => {
                self.failed.push(name.to_owned());
                let reason = error.to_string();
                self.send_event(KeyboardEvent::Failed { name: shared, reason });
            }
            Err(_) => {} // reported before
        }
    }

    /// Closes some, releasing what they hold; returns their names.
    fn close_where(&mut self, mut condition: impl FnMut(&Open) -> bool) -> Vec<Arc<str>> {
        let mut closed = Vec::new();
        for open in self.open.extract_if(.., |open| condition(open)) {
            if let Some(mut handler) = open.connection.close() {
                handler.release(clock::now_micros());
            }
            closed.push(open.name);
        }
        closed
    }

    fn send_event(&self, event: KeyboardEvent) {
        if self.events.try_send(event).is_ok()
            && let Some(waker) = &self.waker
        {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests;
