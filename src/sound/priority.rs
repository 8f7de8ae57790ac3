//! Real-time priority for the threads that sound: asked of rtkit, of the system itself, or not to be had.
//!
//! All of it happens on a thread of its own, which looks at the threads of this process by name: the callback is never
//! bothered, and a system that answers slowly delays nothing.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// How the system treats the thread that sounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// There is no such thread, or it was not looked at yet.
    #[default]
    Unknown,
    /// It goes before everything else.
    RealTime {
        /// Who allowed it.
        by: &'static str,
    },
    /// It goes before most: nice level -11.
    High,
    /// It waits its turn.
    Normal {
        /// Why no better is to be had.
        reason: String,
    },
}

impl std::fmt::Display for Priority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => formatter.write_str("not known yet"),
            Self::RealTime { by } => write!(formatter, "real time, by {by}"),
            Self::High => formatter.write_str("high (nice -11), by rtkit"),
            Self::Normal { reason } => write!(formatter, "normal: {reason}"),
        }
    }
}

/// What cpal and midir call their threads, as the kernel cuts it: the one that sounds, and those that bring keys.
const SOUNDS: &str = "cpal_alsa_out";
const BRINGS_KEYS: &str = "midir ALSA inpu";
/// Above other programs, below the kernel's own threads and the usual sound servers'.
const REAL_TIME: u32 = 10;
const NICE: i32 = -11;
/// How often threads are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(700);
/// A thread that spends more of its time than this never sleeps: in real time it would lock the computer up.
const BUSIEST: f64 = 0.85;
/// How long the system may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Raises the threads of this process that sound, as they come. Ends when dropped.
pub(super) struct Priorities {
    state: Arc<Mutex<Priority>>,
    _end: Sender<()>,
}

impl Priorities {
    /// Starts to look, if they are to be raised at all.
    pub fn start(wanted: bool) -> Self {
        let state = Arc::new(Mutex::new(Priority::default()));
        let (end, ended) = bounded(0);
        if wanted && cfg!(target_os = "linux") {
            let state = Arc::clone(&state);
            let look = Looker { state, threads: Vec::new(), raise: Box::new(raise) };
            let started = std::thread::Builder::new().name("cantus-priority".into()).spawn(move || look.run(&ended));
            if let Err(error) = started {
                log::warn!("{error}");
            }
        }
        Self { state, _end: end }
    }

    /// How the thread that sounds stands.
    pub fn state(&self) -> Priority {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A thread that is watched.
struct Watched {
    id: u32,
    sounds: bool,
    seen: Instant,
    busy: Duration,
    /// None before it was decided.
    priority: Option<Priority>,
}

struct Looker {
    state: Arc<Mutex<Priority>>,
    threads: Vec<Watched>,
    raise: Box<dyn FnMut(u32) -> Priority + Send>,
}

impl Looker {
    fn run(mut self, ended: &Receiver<()>) {
        while ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            self.look(Path::new("/proc/self/task"), Instant::now());
        }
    }

    /// Looks once: new threads are remembered, those that were seen to sleep are raised, those that never do put back.
    fn look(&mut self, tasks: &Path, now: Instant) {
        let there = threads(tasks);
        self.threads.retain(|known| there.iter().any(|(id, ..)| *id == known.id));
        for (id, sounds, busy) in there {
            let Some(known) = self.threads.iter_mut().find(|known| known.id == id) else {
                self.threads.push(Watched { id, sounds, seen: now, busy, priority: None });
                continue;
            };
            let passed = now.saturating_duration_since(known.seen).as_secs_f64();
            let share = busy.saturating_sub(known.busy).as_secs_f64() / passed.max(1e-3);
            (known.seen, known.busy) = (now, busy);
            let never_sleeps = share > BUSIEST;
            match &known.priority {
                None if !never_sleeps => known.priority = Some((self.raise)(id)),
                Some(Priority::RealTime { .. }) if never_sleeps => known.priority = Some(put_back(id)),
                _ => {}
            }
        }
        let sounding = self.threads.iter().find(|known| known.sounds);
        let priority = sounding.and_then(|known| known.priority.clone()).unwrap_or_default();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state != priority {
            log::info!("the thread that sounds: {priority}");
            *state = priority;
        }
    }
}

/// The threads of interest: id, whether it sounds, the time it was busy for.
fn threads(tasks: &Path) -> Vec<(u32, bool, Duration)> {
    let Ok(entries) = std::fs::read_dir(tasks) else { return Vec::new() };
    let read = |entry: std::fs::DirEntry| {
        let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
        let sounds = name.trim_end() == SOUNDS;
        if !sounds && name.trim_end() != BRINGS_KEYS {
            return None;
        }
        let id = entry.file_name().to_str()?.parse().ok()?;
        let statistics = std::fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
        let busy = statistics.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
        Some((id, sounds, Duration::from_nanos(busy.unwrap_or(0))))
    };
    entries.filter_map(Result::ok).filter_map(read).collect()
}

/// The best that is to be had for a thread.
fn raise(thread: u32) -> Priority {
    let asked = rtkit::raise(thread);
    if let Ok(rtkit::Raised::RealTime) = asked {
        return Priority::RealTime { by: "rtkit" };
    }
    let plain = chrt(&["--rr", "--reset-on-fork", "--pid", &REAL_TIME.to_string(), &thread.to_string()]);
    match (plain, asked) {
        (Ok(()), _) => Priority::RealTime { by: "the system" },
        (Err(_), Ok(_)) => Priority::High,
        (Err(plain), Err(asked)) => {
            Priority::Normal { reason: format!("{asked}, and the system does not allow it ({plain})") }
        }
    }
}

/// What the thread that sounds can hope for on this computer. May take a moment.
pub fn offered_priority() -> Priority {
    if !cfg!(target_os = "linux") {
        return Priority::Unknown;
    }
    let by_rtkit = rtkit::is_there();
    // the same request, for a program that does nothing
    match (by_rtkit, chrt(&["--rr", &REAL_TIME.to_string(), "true"])) {
        (true, _) => Priority::RealTime { by: "rtkit" },
        (false, Ok(())) => Priority::RealTime { by: "the system" },
        (false, Err(_)) => {
            Priority::Normal { reason: "there is no rtkit, and this user may not have real time".into() }
        }
    }
}

fn put_back(thread: u32) -> Priority {
    let reason = match chrt(&["--other", "--pid", "0", &thread.to_string()]) {
        Ok(()) => "the output's driver never sleeps".to_owned(),
        Err(error) => format!("the output's driver never sleeps, and its priority stays ({error})"),
    };
    Priority::Normal { reason }
}

/// util-linux's own program: the system call has no safe wrapper among our crates, and every distribution has this.
fn chrt(arguments: &[&str]) -> Result<(), String> {
    let output =
        std::process::Command::new("chrt").args(arguments).output().map_err(|error| format!("chrt: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(words.lines().next().unwrap_or("chrt fails").trim().to_owned())
}

/// The service that desktops have for this.
#[cfg(unix)]
mod rtkit {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use zbus::blocking::connection;
    use zbus::zvariant::OwnedValue;

    use super::{ANSWERS_WITHIN, NICE, REAL_TIME};

    const SERVICE: &str = "org.freedesktop.RealtimeKit1";
    const PATH: &str = "/org/freedesktop/RealtimeKit1";

    pub enum Raised {
        RealTime,
        High,
    }

    /// Asks it for real time, else for a high priority.
    pub fn raise(thread: u32) -> Result<Raised, String> {
        let connection = connection::Builder::system()
            .map(|builder| builder.method_timeout(ANSWERS_WITHIN))
            .and_then(connection::Builder::build)
            .map_err(|error| format!("the system's bus does not answer ({error})"))?;
        let failed = |error: zbus::Error| format!("rtkit does not allow real time ({error})");
        let number = |name: &str| -> Option<i64> {
            let properties = Some("org.freedesktop.DBus.Properties");
            let reply = connection.call_method(Some(SERVICE), PATH, properties, "Get", &(SERVICE, name)).ok()?;
            let value: OwnedValue = reply.body().deserialize().ok()?;
            i64::try_from(&*value).ok().or_else(|| i32::try_from(&*value).ok().map(i64::from))
        };
        bound_real_time(number("RTTimeUSecMax").unwrap_or(200_000));
        let most = number("MaxRealtimePriority").and_then(|most| u32::try_from(most).ok());
        let priority = REAL_TIME.min(most.unwrap_or(REAL_TIME));
        let thread = u64::from(thread);
        let refused =
            match connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "MakeThreadRealtime", &(thread, priority))
            {
                Ok(_) => return Ok(Raised::RealTime),
                Err(error) => failed(error),
            };
        connection
            .call_method(Some(SERVICE), PATH, Some(SERVICE), "MakeThreadHighPriority", &(thread, NICE))
            .map(|_| Raised::High)
            .map_err(|_| refused)
    }

    /// Whether it answers.
    pub fn is_there() -> bool {
        let connection = connection::Builder::system()
            .map(|builder| builder.method_timeout(ANSWERS_WITHIN))
            .and_then(connection::Builder::build);
        let properties = Some("org.freedesktop.DBus.Properties");
        connection.is_ok_and(|connection| {
            connection.call_method(Some(SERVICE), PATH, properties, "Get", &(SERVICE, "MaxRealtimePriority")).is_ok()
        })
    }

    /// rtkit only serves programs whose real-time threads the kernel ends where they never sleep.
    fn bound_real_time(most_micros: i64) {
        let most = u64::try_from(most_micros).unwrap_or(200_000);
        let now = getrlimit(Resource::Rttime);
        let bounded = |limit: Option<u64>| Some(limit.map_or(most, |limit| limit.min(most)));
        let new = Rlimit { current: bounded(now.current), maximum: bounded(now.maximum) };
        if let Err(error) = setrlimit(Resource::Rttime, new) {
            log::debug!("real time is not bounded: {error}");
        }
    }
}

#[cfg(not(unix))]
mod rtkit {
    pub enum Raised {
        RealTime,
    }

    pub fn is_there() -> bool {
        false
    }

    pub fn raise(_thread: u32) -> Result<Raised, String> {
        Err("this system has no rtkit".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(folder: &Path, id: u32, name: &str, busy_millis: u64) {
        let task = folder.join(id.to_string());
        std::fs::create_dir_all(&task).unwrap();
        std::fs::write(task.join("comm"), format!("{name}\n")).unwrap();
        std::fs::write(task.join("schedstat"), format!("{} 0 7\n", busy_millis * 1_000_000)).unwrap();
    }

    #[test]
    fn threads_that_sound_are_raised_once_they_were_seen_to_sleep() {
        let folder = tempfile::tempdir().unwrap();
        let raised = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&raised);
        let mut looker = Looker {
            state: Arc::default(),
            threads: Vec::new(),
            raise: Box::new(move |id| {
                told.lock().unwrap().push(id);
                Priority::RealTime { by: "the test" }
            }),
        };
        let began = Instant::now();
        let at = |second: u64| began + Duration::from_secs(second);
        task(folder.path(), 10, "cantus", 5);
        task(folder.path(), 11, SOUNDS, 0);
        task(folder.path(), 12, BRINGS_KEYS, 0);
        looker.look(folder.path(), at(0));
        assert!(raised.lock().unwrap().is_empty(), "nobody knows them yet");
        // the one that sounds never slept, the other did
        task(folder.path(), 11, SOUNDS, 1000);
        looker.look(folder.path(), at(1));
        assert_eq!(*raised.lock().unwrap(), [12]);
        assert_eq!(*looker.state.lock().unwrap(), Priority::Unknown);
        task(folder.path(), 11, SOUNDS, 1200);
        looker.look(folder.path(), at(2));
        looker.look(folder.path(), at(3));
        assert_eq!(*raised.lock().unwrap(), [12, 11]);
        assert_eq!(*looker.state.lock().unwrap(), Priority::RealTime { by: "the test" });
        std::fs::remove_dir_all(folder.path().join("11")).unwrap();
        looker.look(folder.path(), at(4));
        assert_eq!(*looker.state.lock().unwrap(), Priority::Unknown);
    }
}
