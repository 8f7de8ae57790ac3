//! The thread that watches the inputs: connects, notices what is pulled, releases what it held, connects again by name.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::backend::{Connection, Inlet, MidiBackend, Sink};
use super::profile::{ButtonMap, Knob, Profile, TransportButton};
use crate::clock;

/// Makes a sink for each input that is connected; it gets the input's name and runs on the watching thread.
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
    /// Called after each event, from whatever thread it is on: to wake a window that draws only when asked to.
    pub wake: Option<Arc<dyn Fn() + Send + Sync>>,
    /// How often the inputs are looked at.
    pub poll_interval: Duration,
}

impl KeyboardsOptions {
    /// All inputs, looked at twice a second.
    pub fn new(sinks: SinkFactory) -> Self {
        Self { inputs: Inputs::All, sinks, buttons: None, wake: None, poll_interval: Duration::from_millis(500) }
    }
}

/// What happens to keyboards. Music does not come this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyboardEvent {
    /// A keyboard is connected; at the start, or when it is plugged in.
    Connected {
        /// The input's name.
        name: Arc<str>,
        /// What we know of the keyboard.
        profile: Option<&'static Profile>,
    },
    /// A connected keyboard was pulled; what it held is released already.
    Lost {
        /// The input's name.
        name: Arc<str>,
    },
    /// An input is there but does not open. It is tried again at each look; told once.
    Failed {
        /// The input's name.
        name: Arc<str>,
        /// What the system says.
        reason: String,
    },
    /// The system has no MIDI. It is tried again at each look; told once.
    Unavailable {
        /// One sentence for people.
        reason: String,
    },
    /// A transport button was pressed.
    Button {
        /// The input's name.
        name: Arc<str>,
        /// Which.
        button: TransportButton,
        /// When, on the program's clock.
        stamp_micros: u64,
    },
    /// A knob of a known keyboard was turned. The sinks have it too.
    Knob {
        /// The input's name.
        name: Arc<str>,
        /// Which.
        knob: Knob,
        /// The number of its controller, 0 to 127: units of one keyboard differ.
        number: u8,
        /// 0 to 127.
        value: u8,
    },
    /// Any other controller moved: what MIDI learn listens for. The sinks have it too.
    Controller {
        /// The input's name.
        name: Arc<str>,
        /// Which, 0 to 127.
        number: u8,
        /// 0 to 127.
        value: u8,
    },
}

/// An input as of the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputStatus {
    /// Its name.
    pub name: Arc<str>,
    /// Whether its messages reach the sinks.
    pub is_connected: bool,
    /// What we know of the keyboard.
    pub profile: Option<&'static Profile>,
}

/// All inputs as of the last look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Why there is no MIDI, where there is none.
    pub unavailable: Option<String>,
    /// The inputs that are there.
    pub inputs: Vec<InputStatus>,
}

enum Command {
    Choose(Inputs),
}

/// Events wait here until they are read. More are dropped: nobody listens then.
const EVENTS: usize = 1024;

/// The keyboards of this computer, watched until it is dropped; then all are released and closed.
pub struct Keyboards {
    commands: Option<Sender<Command>>,
    events: Receiver<KeyboardEvent>,
    status: Arc<ArcSwap<Status>>,
    buttons: Arc<ArcSwapOption<ButtonMap>>,
    thread: Option<JoinHandle<()>>,
}

impl Keyboards {
    /// Begins to watch, on a thread of its own. Never fails: no MIDI is a state, in [`Keyboards::status`].
    pub fn start(backend: Box<dyn MidiBackend>, options: KeyboardsOptions) -> Self {
        let (commands, command_receiver) = bounded(16);
        let (event_sender, events) = bounded(EVENTS);
        let status = Arc::new(ArcSwap::from_pointee(Status::default()));
        let buttons = Arc::new(ArcSwapOption::from_pointee(options.buttons));
        let interval = options.poll_interval;
        let watcher = Watcher {
            backend,
            inputs: options.inputs,
            sinks: options.sinks,
            wake: options.wake,
            buttons: buttons.clone(),
            events: event_sender,
            status: status.clone(),
            open: Vec::new(),
            failed: Vec::new(),
        };
        let thread = std::thread::Builder::new()
            .name("keyboards".into())
            .spawn(move || watcher.run(&command_receiver, interval));
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
        Self { commands: Some(commands), events, status, buttons, thread }
    }

    /// What happened, in order.
    pub fn events(&self) -> &Receiver<KeyboardEvent> {
        &self.events
    }

    /// The inputs as of the last look.
    pub fn status(&self) -> Arc<Status> {
        self.status.load_full()
    }

    /// Connects other inputs from now on; those no longer meant are released and closed.
    pub fn choose(&self, inputs: Inputs) {
        if let Some(commands) = &self.commands {
            // only a dead thread does not take it, and the status says so
            let _ = commands.try_send(Command::Choose(inputs));
        }
    }

    /// The user's own transport buttons from now on, before the profile's.
    pub fn set_buttons(&self, buttons: Option<ButtonMap>) {
        self.buttons.store(buttons.map(Arc::new));
    }
}

impl Drop for Keyboards {
    fn drop(&mut self) {
        self.commands = None; // ends the thread
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // if it panicked, the panic has been told on standard error
        }
    }
}

impl std::fmt::Debug for Keyboards {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Keyboards").field("status", &self.status()).finish_non_exhaustive()
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
    wake: Option<Arc<dyn Fn() + Send + Sync>>,
    buttons: Arc<ArcSwapOption<ButtonMap>>,
    events: Sender<KeyboardEvent>,
    status: Arc<ArcSwap<Status>>,
    open: Vec<Open>,
    /// Inputs whose refusal was told.
    failed: Vec<String>,
}

impl Watcher {
    fn run(mut self, commands: &Receiver<Command>, interval: Duration) {
        loop {
            self.look();
            match commands.recv_timeout(interval) {
                Ok(Command::Choose(inputs)) => self.inputs = inputs,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close_where(|_| true);
    }

    fn look(&mut self) {
        let (names, unavailable) = match self.backend.input_names() {
            Ok(names) => (names, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        if let Some(reason) = &unavailable
            && self.status.load().unavailable.is_none()
        {
            self.tell(KeyboardEvent::Unavailable { reason: reason.clone() });
        }
        let lost =
            self.close_where(|open| !open.connection.is_alive() || !names.iter().any(|name| **name == *open.name));
        for name in lost {
            self.tell(KeyboardEvent::Lost { name });
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
        let inlet = Inlet::new(shared.clone(), sink, self.events.clone(), self.wake.clone(), self.buttons.clone());
        match self.backend.open(name, inlet) {
            Ok(connection) => {
                self.failed.retain(|failed| failed != name);
                self.open.push(Open { name: shared.clone(), connection });
                let profile = Profile::find(name);
                self.tell(KeyboardEvent::Connected { name: shared, profile });
            }
            Err(error) if !self.failed.iter().any(|failed| failed == name) => {
                self.failed.push(name.to_owned());
                let reason = error.to_string();
                self.tell(KeyboardEvent::Failed { name: shared, reason });
            }
            Err(_) => {} // told before
        }
    }

    /// Closes some, releasing what they hold; gives their names.
    fn close_where(&mut self, mut condition: impl FnMut(&Open) -> bool) -> Vec<Arc<str>> {
        let mut closed = Vec::new();
        for open in self.open.extract_if(.., |open| condition(open)) {
            if let Some(mut inlet) = open.connection.close() {
                inlet.release(clock::now_micros());
            }
            closed.push(open.name);
        }
        closed
    }

    fn tell(&self, event: KeyboardEvent) {
        if self.events.try_send(event).is_ok()
            && let Some(wake) = &self.wake
        {
            wake();
        }
    }
}

#[cfg(test)]
mod tests;
