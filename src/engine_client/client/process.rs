//! The engine's process: found, started and ended.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::options::{EngineError, EngineOptions};

/// The program's name without what the system adds to it.
const PROGRAM: &str = "cantus-engine";
/// Lines of its standard error kept for telling why it died.
const LAST_LINES: usize = 8;

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

/// The process, shared by the client's threads.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) child: Mutex<Child>,
    /// Set before we end it ourselves.
    pub(super) asked_to_end: AtomicBool,
    last_lines: Mutex<VecDeque<String>>,
    log: Option<PathBuf>,
}

impl Process {
    pub(super) fn new(child: Child, log: Option<PathBuf>) -> Self {
        Self { child: Mutex::new(child), asked_to_end: AtomicBool::new(false), last_lines: Mutex::default(), log }
    }

    /// Ends it at once.
    pub(super) fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = child.kill() {
            log::debug!("the engine was not killed: {error}"); // it has ended by itself
        }
    }

    /// Waits for the end of a process that has closed its output.
    pub(super) fn wait(&self) -> Option<ExitStatus> {
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
    pub(super) fn reason(&self, status: Option<ExitStatus>) -> String {
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
pub(super) fn command(program: &Path, options: &EngineOptions) -> Command {
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

/// Keeps the last lines of standard error until it ends.
pub(super) fn keep_last_lines(stderr: impl Read, process: &Process) {
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
