//! One engine process from the outside: started, asked, watched and ended.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use super::backlog::Backlog;
use super::protocol::{DeviceChoice, Event, Request, VERSION};

/// The program's name without what the system adds to it.
const PROGRAM: &str = "cantus-engine";
/// Events that may wait for whoever takes them.
const EVENTS: usize = 1024;
/// Requests that may wait for the engine to read them.
const REQUESTS: usize = 64;
/// The longest line an engine may send: a take of an hour's music is a hundredth of it.
const MAX_LINE_BYTES: u64 = 64 << 20;
/// Lines of its standard error kept for telling why it died.
const LAST_LINES: usize = 8;
/// How often a silent engine is looked at, and waiting events are offered again.
const LOOK: Duration = Duration::from_millis(250);

/// How an engine is to be started.
#[derive(Clone)]
pub struct EngineOptions {
    /// The program; `None` looks where [`find_program`] does.
    pub program: Option<PathBuf>,
    /// Where networks compose. A training names its device itself.
    pub device: DeviceChoice,
    /// Threads libtorch may take; `None` is what a network gains by.
    pub threads: Option<usize>,
    /// How far a training steps back behind everything else (0 to 19); `None` is 10.
    pub nice: Option<u8>,
    /// Compose exactly what the network writes, without the finishing touches: for judging networks.
    pub untouched: bool,
    /// Let it live on when this [`Engine`] is dropped, as a training does when the window closes.
    pub detached: bool,
    /// Where its standard error goes, for engines that outlive us; `None` keeps the last lines here.
    pub log: Option<PathBuf>,
    /// Called after events were put on the channel, from a thread of the engine's line.
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

impl std::fmt::Debug for EngineOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineOptions")
            .field("program", &self.program)
            .field("device", &self.device)
            .field("threads", &self.threads)
            .field("detached", &self.detached)
            .finish_non_exhaustive()
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
    #[error("the engine is not beside the program: build it with “cargo build --bin {PROGRAM}”, or name it in CANTUS_ENGINE: {}", .0.display())]
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

/// Where the engine's program is: `CANTUS_ENGINE`, else beside this program.
///
/// # Errors
/// Where there is none.
pub fn find_program() -> Result<PathBuf, EngineError> {
    if let Some(named) = std::env::var_os("CANTUS_ENGINE").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return if named.is_file() { Ok(named) } else { Err(EngineError::NotFound(named)) };
    }
    let file = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let here = std::env::current_exe().ok();
    let folder = here.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    // tests live one folder below the programs
    [folder.join(&file), folder.join("..").join(&file)]
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| EngineError::NotFound(folder.join(&file)))
}

/// A running engine. Dropping it ends the process, unless it was started detached.
#[derive(Debug)]
pub struct Engine {
    requests: Sender<String>,
    events: Receiver<EngineEvent>,
    process: Arc<Process>,
    detached: bool,
}

/// What the threads of the line share.
#[derive(Debug)]
struct Process {
    child: Mutex<Child>,
    /// Set before we end it ourselves.
    asked_to_end: AtomicBool,
    last_lines: Mutex<VecDeque<String>>,
    log: Option<PathBuf>,
}

impl Engine {
    /// Starts an engine; it is ready when [`Event::Ready`] has come.
    ///
    /// # Errors
    /// Where its program is missing or cannot be started.
    pub fn start(options: EngineOptions) -> Result<Self, EngineError> {
        let program = options.program.clone().map_or_else(find_program, Ok)?;
        let not_started = |source| EngineError::NotStarted { source, path: program.clone() };
        let mut command = command(&program, &options);
        if let Some(log) = &options.log {
            command.stderr(std::fs::File::create(log).map_err(not_started)?);
        }
        let mut child = command.spawn().map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => EngineError::NotFound(program.clone()),
            _ => not_started(source),
        })?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else { unreachable!("both are piped by command()") };
        let process = Arc::new(Process {
            child: Mutex::new(child),
            asked_to_end: AtomicBool::new(false),
            last_lines: Mutex::default(),
            log: options.log.clone(),
        });
        let (requests, to_write) = bounded(REQUESTS);
        let (lines, from_pipe) = bounded(EVENTS);
        let (to_consumer, events) = bounded(EVENTS);
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(format!("engine {name}")).spawn(work)
        };
        let watched = Arc::clone(&process);
        let complained = stderr.map(|stderr| {
            let process = Arc::clone(&process);
            spawn("complaints", Box::new(move || keep_last_lines(stderr, &process)))
        });
        complained.transpose().map_err(not_started)?;
        spawn("requests", Box::new(move || write_requests(&to_write, stdin))).map_err(not_started)?;
        spawn("lines", Box::new(move || read_lines(stdout, &lines))).map_err(not_started)?;
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

impl Process {
    fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = child.kill() {
            log::debug!("the engine was not killed: {error}"); // it has ended by itself
        }
    }

    /// Waits for the end of a process that has closed its output.
    fn wait(&self) -> Option<ExitStatus> {
        loop {
            match self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => {}
                Err(_) => return None,
            }
            std::thread::sleep(Duration::from_millis(10)); // without the lock, so that it can be killed
        }
    }

    /// Why it ended, for people.
    fn reason(&self, status: Option<ExitStatus>) -> String {
        let how = status.map_or_else(|| "for an unknown reason".into(), |status| format!("({status})"));
        let lines: Vec<String> = if let Some(log) = &self.log {
            let text = std::fs::read(log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text[text.len().saturating_sub(8192)..]).into_owned();
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(LAST_LINES)..].iter().map(ToString::to_string).collect()
        } else {
            std::thread::sleep(Duration::from_millis(50)); // its last words may still be in the other pipe
            let lines = self.last_lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.iter().cloned().collect()
        };
        let words = lines.join(" / "); // one sentence, also where it is printed as one line
        if words.trim().is_empty() {
            format!("the engine ended unexpectedly {how}")
        } else {
            format!("the engine ended unexpectedly {how}; its last words: {}", words.trim())
        }
    }
}

/// How the program is called; its input and output are piped.
fn command(program: &Path, options: &EngineOptions) -> Command {
    let mut command = Command::new(program);
    command.arg("--device").arg(options.device.to_string());
    if let Some(threads) = options.threads {
        command.arg("--threads").arg(threads.to_string());
    }
    if let Some(nice) = options.nice {
        command.arg("--nice").arg(nice.to_string());
    }
    if options.untouched {
        command.arg("--untouched");
    }
    if std::env::var_os("OMP_WAIT_POLICY").is_none() {
        // libtorch's threads wait for each other by spinning, which on a busy computer costs ten times the work itself
        command.env("OMP_WAIT_POLICY", "PASSIVE");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    {
        // Ctrl-C in a terminal goes to its whole group; whether the engine stops then is ours to say
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    command
}

fn write_requests(to_write: &Receiver<String>, mut stdin: ChildStdin) {
    for line in to_write {
        if let Err(error) = stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush()) {
            log::debug!("the engine takes no more requests: {error}");
            return;
        }
    }
}

fn keep_last_lines(stderr: impl Read, process: &Process) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(4096).read_until(b'\n', &mut line) {
            Ok(1..) => {}
            _ => return,
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        log::info!("engine: {text}");
        let mut lines = process.last_lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LAST_LINES {
            lines.pop_front();
        }
        lines.push_back(text);
    }
}

fn read_lines(stdout: ChildStdout, lines: &Sender<Event>) {
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
struct Watch {
    process: Arc<Process>,
    to_consumer: Sender<EngineEvent>,
    wake: Option<Arc<dyn Fn() + Send + Sync>>,
    hung_after: Duration,
}

impl Watch {
    fn run(self, from_pipe: &Receiver<Event>) {
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
                        "the engine is of another version (it speaks {version}, this program {VERSION}): build both again with “cargo build”"
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

#[cfg(test)]
#[cfg(unix)]
mod tests;
