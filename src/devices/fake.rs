//! Fake keyboards for tests, plugged in, played and unplugged by the test itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::backend::{Connection, MidiBackend};
use super::error::DeviceError;
use super::input_handler::InputHandler;

/// A MIDI system without hardware. Clones are the same system; give one to [`super::Keyboards`], play the other.
#[derive(Clone, Default)]
pub struct FakeBackend {
    system: Arc<Mutex<System>>,
}

#[derive(Default)]
struct System {
    unavailable: Option<String>,
    inputs: Vec<Input>,
}

struct Input {
    name: String,
    refusal: Option<String>,
    /// The handler of the connection, while there is one.
    handler: Option<Arc<Mutex<Option<InputHandler>>>>,
    is_plugged: Arc<AtomicBool>,
}

impl FakeBackend {
    /// A system with nothing plugged in.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plugs a keyboard in.
    pub fn plug(&self, name: &str) {
        self.system().inputs.push(Input {
            name: name.to_owned(),
            refusal: None,
            handler: None,
            is_plugged: Arc::new(AtomicBool::new(true)),
        });
    }

    /// Unplugs a keyboard: nothing more comes from it, whatever it holds.
    pub fn unplug(&self, name: &str) {
        self.system().inputs.retain(|input| {
            let stays = input.name != name;
            if !stays {
                input.is_plugged.store(false, Ordering::Release);
            }
            stays
        });
    }

    /// Unplugs a keyboard and plugs it in again before the next poll.
    pub fn replug(&self, name: &str) {
        for input in self.system().inputs.iter_mut().filter(|input| input.name == name) {
            input.is_plugged.store(false, Ordering::Release);
            input.is_plugged = Arc::new(AtomicBool::new(true));
            input.handler = None;
        }
    }

    /// Makes a keyboard refuse to open, or (with `None`) open again.
    pub fn refuse(&self, name: &str, reason: Option<&str>) {
        for input in self.system().inputs.iter_mut().filter(|input| input.name == name) {
            input.refusal = reason.map(str::to_owned);
        }
    }

    /// Takes the whole system's MIDI away, or (with `None`) gives it back.
    pub fn set_unavailable(&self, reason: Option<&str>) {
        self.system().unavailable = reason.map(str::to_owned);
    }

    /// Sends a message, stamped on the program's clock, on the calling thread. Real delivery is late and uneven: a test
    /// that wants this sends old stamps late. False if the keyboard is not connected.
    pub fn send(&self, name: &str, stamp_micros: u64, bytes: &[u8]) -> bool {
        let handler =
            self.system().inputs.iter().find(|input| input.name == name).and_then(|input| input.handler.clone());
        let Some(handler) = handler else { return false };
        match handler.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(handler) => handler.receive(stamp_micros, bytes),
            None => return false,
        }
        true
    }

    fn system(&self) -> std::sync::MutexGuard<'_, System> {
        self.system.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MidiBackend for FakeBackend {
    fn input_names(&mut self) -> Result<Vec<String>, DeviceError> {
        let system = self.system();
        match &system.unavailable {
            Some(reason) => Err(DeviceError::Unavailable { reason: reason.clone() }),
            None => Ok(system.inputs.iter().map(|input| input.name.clone()).collect()),
        }
    }

    fn open(&mut self, name: &str, handler: InputHandler) -> Result<Box<dyn Connection>, DeviceError> {
        let refused = |reason: &str| DeviceError::Open { name: name.to_owned(), reason: reason.to_owned() };
        let mut system = self.system();
        let input = system.inputs.iter_mut().find(|input| input.name == name);
        let input = input.ok_or_else(|| refused("it is gone"))?;
        if let Some(reason) = &input.refusal {
            return Err(refused(reason));
        }
        let handler = Arc::new(Mutex::new(Some(handler)));
        input.handler = Some(handler.clone());
        Ok(Box::new(FakeConnection { handler, is_plugged: input.is_plugged.clone() }))
    }
}

struct FakeConnection {
    handler: Arc<Mutex<Option<InputHandler>>>,
    is_plugged: Arc<AtomicBool>,
}

impl Connection for FakeConnection {
    fn is_alive(&self) -> bool {
        self.is_plugged.load(Ordering::Acquire)
    }

    fn close(self: Box<Self>) -> Option<InputHandler> {
        self.handler.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
