//! The threads between the pipes and whoever asks: what is sent, what comes back, silence and death.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::backlog::Backlog;
use super::options::EngineEvent;
use super::process::Process;
use crate::engine_client::protocol::{Event, VERSION};

/// The longest line an engine may send: a take of an hour's music is a hundredth of it.
const MAX_LINE_BYTES: u64 = 64 << 20;
/// How often a silent engine is looked at, and waiting events are offered again.
const LOOK: Duration = Duration::from_millis(250);

/// Writes requests into the pipe until either ends.
pub(super) fn write_requests(to_write: &Receiver<String>, mut stdin: ChildStdin) {
    for line in to_write {
        if let Err(error) = stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush()) {
            log::debug!("the engine takes no more requests: {error}");
            return;
        }
    }
}

/// Reads events from the pipe until it ends.
pub(super) fn read_lines(stdout: ChildStdout, lines: &Sender<Event>) {
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(1..) => {}
            _ => return,
        }
        match serde_json::from_slice(&line) {
            Ok(event) => {
                if lines.send(event).is_err() {
                    return;
                }
            }
            // a library that prints where it should not; or the rest of a line that was too long
            Err(error) => log::warn!("the engine said something strange: {error}"),
        }
    }
}

/// The thread that passes events on, and notices silence and death.
pub(super) struct Watch {
    pub process: Arc<Process>,
    pub to_consumer: Sender<EngineEvent>,
    pub wake: Option<Arc<dyn Fn() + Send + Sync>>,
    pub hung_after: Duration,
}

impl Watch {
    pub fn run(self, from_pipe: &Receiver<Event>) {
        let mut backlog = Backlog::default();
        let mut listening = true;
        let mut last_word = Instant::now();
        let mut patience = self.hung_after * 6;
        let mut hung = false;
        loop {
            match from_pipe.recv_timeout(LOOK) {
                Ok(Event::Ready { version, .. }) if version != VERSION => {
                    self.process.kill();
                    let reason = format!(
                        "the engine is of another version (it speaks {version}, this program {VERSION}): \
                         build both again with “cargo build”"
                    );
                    self.end(backlog, EngineEvent::Died { reason });
                    self.process.wait();
                    return;
                }
                Ok(event) => {
                    last_word = Instant::now();
                    patience = self.hung_after;
                    hung = false;
                    backlog.push(EngineEvent::Event(event));
                }
                Err(RecvTimeoutError::Timeout) => {
                    if !hung && last_word.elapsed() > patience {
                        hung = true;
                        let seconds = last_word.elapsed().as_secs();
                        backlog.push(EngineEvent::Hung { seconds });
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if listening {
                match backlog.flush(&self.to_consumer) {
                    Ok(true) => self.wake(),
                    Ok(false) => {}
                    Err(_) => listening = false, // go on reading, so that a detached engine is not held up
                }
            } else {
                backlog = Backlog::default();
            }
        }
        let status = self.process.wait();
        let last = if self.process.asked_to_end.load(Ordering::Acquire) {
            EngineEvent::Ended
        } else {
            EngineEvent::Died { reason: self.process.reason(status) }
        };
        self.end(backlog, last);
    }

    fn end(&self, mut backlog: Backlog, last: EngineEvent) {
        backlog.push(last);
        if backlog.finish(&self.to_consumer).is_err() {
            log::debug!("nobody waited for the engine's end");
        }
        self.wake();
    }

    fn wake(&self) {
        if let Some(wake) = &self.wake {
            wake();
        }
    }
}
