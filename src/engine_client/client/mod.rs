//! One engine process from the outside: started, asked, watched and ended.

mod backlog;
mod options;
mod process;
mod watch;

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use self::process::Process;
use self::watch::Watch;
use super::protocol::{Event, Request};

pub use options::{EngineError, EngineEvent, EngineOptions, Ready};
pub use process::find_program;

/// Events that may wait for whoever takes them.
const EVENTS: usize = 1024;
/// Requests that may wait for the engine to read them.
const REQUESTS: usize = 64;

/// A running engine. Dropping it ends the process, unless it was started detached.
#[derive(Debug)]
pub struct Engine {
    requests: Sender<String>,
    events: Receiver<EngineEvent>,
    process: Arc<Process>,
    detached: bool,
}

impl Engine {
    /// Starts an engine; it is ready when [`Event::Ready`] has come.
    ///
    /// # Errors
    /// Where its program is missing or cannot be started.
    pub fn start(options: EngineOptions) -> Result<Self, EngineError> {
        let program = options.program.clone().map_or_else(find_program, Ok)?;
        let not_started = |source| EngineError::NotStarted { source, path: program.clone() };
        let mut command = process::command(&program, &options);
        if let Some(log) = &options.log {
            command.stderr(std::fs::File::create(log).map_err(not_started)?);
        }
        let mut child = command.spawn().map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => EngineError::NotFound(program.clone()),
            _ => not_started(source),
        })?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else { unreachable!("both are piped by command()") };
        let process = Arc::new(Process::new(child, options.log.clone()));
        let (requests, to_write) = bounded(REQUESTS);
        let (lines, from_pipe) = bounded(EVENTS);
        let (to_consumer, events) = bounded(EVENTS);
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(format!("engine {name}")).spawn(work)
        };
        let watched = Arc::clone(&process);
        let errors = stderr.map(|stderr| {
            let process = Arc::clone(&process);
            spawn("errors", Box::new(move || process::keep_last_lines(stderr, &process)))
        });
        errors.transpose().map_err(not_started)?;
        spawn("requests", Box::new(move || watch::write_requests(&to_write, stdin))).map_err(not_started)?;
        spawn("lines", Box::new(move || watch::read_lines(stdout, &lines))).map_err(not_started)?;
        let watch = Watch { process: watched, to_consumer, wake: options.wake, hung_after: options.hung_after };
        spawn("watch", Box::new(move || watch.run(&from_pipe))).map_err(not_started)?;
        Ok(Self { requests, events, process, detached: options.detached })
    }

    /// Asks something of the engine; the answer comes by [`Self::events`].
    ///
    /// # Errors
    /// Where its process is gone, or it has not read what it was sent before.
    pub fn send(&self, request: &Request) -> Result<(), EngineError> {
        if matches!(request, Request::Shutdown) {
            self.process.asked_to_end.store(true, Ordering::Release);
        }
        let mut line = serde_json::to_string(request).expect("requests hold nothing that JSON cannot");
        line.push('\n');
        self.requests.try_send(line).map_err(|error| match error {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => EngineError::Died("the engine has ended".into()),
        })
    }

    /// Where events arrive. The last one is [`EngineEvent::Died`] or [`EngineEvent::Ended`].
    pub const fn events(&self) -> &Receiver<EngineEvent> {
        &self.events
    }

    /// Waits for its first words. For commands; the studio looks at [`Self::events`] instead.
    ///
    /// # Errors
    /// Where it dies or stays silent.
    pub fn wait_ready(&self, at_most: Duration) -> Result<Ready, EngineError> {
        let until = Instant::now() + at_most;
        loop {
            match self.events.recv_deadline(until) {
                Ok(EngineEvent::Event(Event::Ready { libtorch, devices, .. })) => {
                    return Ok(Ready { libtorch, devices });
                }
                Ok(EngineEvent::Event(_) | EngineEvent::Hung { .. }) => {}
                Ok(EngineEvent::Died { reason }) => return Err(EngineError::Died(reason)),
                Ok(EngineEvent::Ended) | Err(crossbeam_channel::RecvTimeoutError::Disconnected) => {
                    return Err(EngineError::Died("the engine has ended".into()));
                }
                Err(crossbeam_channel::RecvTimeoutError::Timeout) => {
                    return Err(EngineError::NoAnswer(at_most.as_secs()));
                }
            }
        }
    }

    /// Ends the process at once; what it was doing is lost, files stay whole.
    pub fn kill(&self) {
        self.process.asked_to_end.store(true, Ordering::Release);
        self.process.kill();
    }

    /// The process's number, by which the system knows it.
    pub fn process_id(&self) -> u32 {
        self.process.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if !self.detached {
            self.kill();
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
