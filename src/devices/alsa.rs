//! The system's MIDI through midir: on Linux the ALSA sequencer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use midir::{Ignore, MidiInput, MidiInputConnection};

use super::backend::{Connection, MidiBackend};
use super::driver_clock::DriverClock;
use super::error::DeviceError;
use super::input_handler::InputHandler;
use crate::clock;

/// How the names of all our own clients begin.
const CLIENT: &str = "Cantus";
/// Ports that only pass on what others send.
const LOOP_THROUGH: &str = "Midi Through";

/// The system's MIDI inputs.
pub fn alsa_backend() -> Box<dyn MidiBackend> {
    Box::new(AlsaBackend::default())
}

#[derive(Default)]
struct AlsaBackend {
    /// Kept from poll to poll.
    list: Option<MidiInput>,
    /// Queries who is connected to whom.
    #[cfg(target_os = "linux")]
    query: Option<alsa::Seq>,
    open: Vec<OpenConnection>,
    connections: u64,
}

/// A connection whose keyboard may be unplugged.
struct OpenConnection {
    /// The input's id, which a keyboard that is plugged in again may or may not have again.
    id: String,
    client: String,
    is_alive: Weak<AtomicBool>,
}

/// An input: what people call it, and the system's id for it.
struct Port {
    name: String,
    id: String,
}

impl AlsaBackend {
    fn ports(&mut self) -> Result<Vec<Port>, DeviceError> {
        let list = match &self.list {
            Some(list) => list,
            None => self.list.insert(client(CLIENT)?),
        };
        let mut ports: Vec<Port> = Vec::new();
        for port in list.ports() {
            let Ok(full) = list.port_name(&port) else { continue }; // gone between the two queries
            let id = port.id();
            let mut name = readable_name(&full, &id);
            if name.starts_with(CLIENT) || name.starts_with(LOOP_THROUGH) {
                continue;
            }
            let twins = ports.iter().filter(|other| other.name == name || is_numbered(&other.name, &name)).count();
            if twins > 0 {
                name = format!("{name} ({})", twins + 1);
            }
            ports.push(Port { name, id });
        }
        Ok(ports)
    }

    /// Notices connections whose keyboard was unplugged, even if one of its name is there again.
    fn check(&mut self, ports: &[Port]) {
        let mut open = std::mem::take(&mut self.open);
        open.retain(|connection| {
            let Some(is_alive) = connection.is_alive.upgrade() else {
                return false; // closed by us
            };
            let still = ports.iter().any(|port| port.id == connection.id)
                && self.is_subscribed(&connection.id, &connection.client);
            is_alive.store(still, Ordering::Release);
            still
        });
        self.open = open;
    }

    /// Whether the input still sends to our client of that name. An unplugged keyboard's subscriptions are gone.
    #[cfg(target_os = "linux")]
    fn is_subscribed(&mut self, id: &str, client: &str) -> bool {
        use alsa::seq::{Addr, PortSubscribeIter, QuerySubsType};
        let query = match &self.query {
            Some(query) => query,
            None => match alsa::Seq::open(None, None, true) {
                Ok(seq) => {
                    let _ = seq.set_client_name(c"Cantus"); // only a label
                    self.query.insert(seq)
                }
                Err(_) => return true, // then the list of names has to do
            },
        };
        let Some((client_id, port)) = id.split_once(':').and_then(|(c, p)| Some((c.parse().ok()?, p.parse().ok()?)))
        else {
            return true;
        };
        let address = Addr { client: client_id, port };
        PortSubscribeIter::new(query, address, QuerySubsType::READ).any(|subscription| {
            let info = query.get_any_client_info(subscription.get_dest().client);
            info.is_ok_and(|info| info.get_name() == Ok(client))
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn is_subscribed(&mut self, _id: &str, _client: &str) -> bool {
        true
    }
}

impl MidiBackend for AlsaBackend {
    fn input_names(&mut self) -> Result<Vec<String>, DeviceError> {
        let ports = self.ports()?;
        self.check(&ports);
        Ok(ports.into_iter().map(|port| port.name).collect())
    }

    fn open(&mut self, name: &str, handler: InputHandler) -> Result<Box<dyn Connection>, DeviceError> {
        let failed = |reason: String| DeviceError::Open { name: name.to_owned(), reason };
        let ports = self.ports()?;
        let port = ports.into_iter().find(|port| port.name == name);
        let port = port.ok_or_else(|| failed("it is gone".into()))?;
        self.connections += 1;
        let client_name = format!("{CLIENT} {}-{}", std::process::id(), self.connections);
        let mut input = client(&client_name)?;
        input.ignore(Ignore::All); // system exclusive, clock, active sensing: nothing of ours
        let source = input.find_port_by_id(&port.id).ok_or_else(|| failed("it is gone".into()))?;
        // the driver counts from the moment of connecting, which lies before the call returns
        let connected_micros = Arc::new(AtomicU64::new(u64::MAX));
        let in_callback = connected_micros.clone();
        let mut driver = DriverClock::default();
        let connection = input.connect(
            &source,
            "in",
            move |driver_micros, bytes, handler: &mut InputHandler| {
                driver.begins_before(in_callback.load(Ordering::Acquire));
                handler.receive(driver.to_program(driver_micros, clock::now_micros()), bytes);
            },
            handler,
        );
        let connection = connection.map_err(|error| failed(error.to_string()))?;
        connected_micros.store(clock::now_micros(), Ordering::Release);
        let is_alive = Arc::new(AtomicBool::new(true));
        self.open.push(OpenConnection { id: port.id, client: client_name, is_alive: Arc::downgrade(&is_alive) });
        Ok(Box::new(AlsaConnection { connection, is_alive }))
    }
}

struct AlsaConnection {
    connection: MidiInputConnection<InputHandler>,
    is_alive: Arc<AtomicBool>,
}

impl Connection for AlsaConnection {
    fn is_alive(&self) -> bool {
        self.is_alive.load(Ordering::Acquire)
    }

    fn close(self: Box<Self>) -> Option<InputHandler> {
        let (_, handler) = self.connection.close();
        Some(handler)
    }
}

/// A client of the system's MIDI. Checks first whether there is any, since ALSA would complain on standard error.
fn client(name: &str) -> Result<MidiInput, DeviceError> {
    let unavailable = |reason: &str| DeviceError::Unavailable { reason: reason.to_owned() };
    #[cfg(target_os = "linux")]
    if !std::path::Path::new("/dev/snd/seq").exists() {
        return Err(unavailable(
            "to use a MIDI keyboard, run “sudo modprobe snd-seq” in a terminal: the system's MIDI driver is not loaded",
        ));
    }
    MidiInput::new(name)
        .map_err(|_| unavailable("the system's MIDI does not answer; may this user open /dev/snd/seq (group audio)?"))
}

/// `AKM322 MIDI 1` from midir's `AKM322:AKM322 MIDI 1 20:0`: without the address, which changes, and the client only
/// once.
fn readable_name(full: &str, id: &str) -> String {
    let name = full.strip_suffix(id).map_or(full, str::trim_end);
    match name.split_once(':') {
        Some((client, port)) if port.starts_with(client) => port.to_owned(),
        Some((client, port)) => format!("{client} {port}"),
        None => name.to_owned(),
    }
}

/// Whether `name` is `base (2)` or the like.
fn is_numbered(name: &str, base: &str) -> bool {
    name.strip_prefix(base)
        .and_then(|rest| rest.strip_prefix(" (")?.strip_suffix(')'))
        .is_some_and(|number| number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_when_addresses_change() {
        assert_eq!(readable_name("AKM322:AKM322 MIDI 1 20:0", "20:0"), "AKM322 MIDI 1");
        assert_eq!(readable_name("AKM322:AKM322 MIDI 1 24:0", "24:0"), "AKM322 MIDI 1");
        assert_eq!(readable_name("nanoKEY2:MIDI 1 20:0", "20:0"), "nanoKEY2 MIDI 1");
        assert_eq!(readable_name("Keystation", "abc"), "Keystation");
        assert!(is_numbered("Keys (2)", "Keys") && !is_numbered("Keys II", "Keys"));
    }
}
