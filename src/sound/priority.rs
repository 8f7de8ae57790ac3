//! Real-time priority for the audio and MIDI threads: from rtkit, else from the system itself.
//!
//! A thread of its own looks for the threads of this process by name, so a system that answers slowly delays no sound.
//! cpal's own feature for this (`realtime-dbus`) needs libdbus, and leaves out all that is no bare `hw:` device:
//! `plughw:`, `pipewire`, the default.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// How the system schedules the audio thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// There is no such thread, or it has not been looked at yet.
    #[default]
    Unknown,
    /// Before all other programs.
    RealTime {
        /// Who allowed it.
        by: &'static str,
    },
    /// Before most: nice level -11.
    High,
    /// Like any other thread.
    Normal {
        /// Why it cannot be better.
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

/// What cpal and midir call their threads; the kernel cuts names to 15 bytes.
const AUDIO_THREAD: &str = "cpal_alsa_out";
const MIDI_THREAD: &str = "midir ALSA inpu";
/// Above other programs, below the kernel's own threads and the usual sound servers'.
const PRIORITY: u32 = 10;
const NICE: i32 = -11;
/// How often threads are looked for.
const CHECK_EVERY: Duration = Duration::from_millis(700);
/// A thread that runs for more than this share of the time never sleeps: with real-time priority it would block the
/// computer.
const BUSIEST: f64 = 0.85;
/// How long the system may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Raises the audio and MIDI threads of this process as they appear. Stops when dropped.
pub(super) struct PriorityWatcher {
    state: Arc<Mutex<Priority>>,
    _end: Sender<()>,
}

impl PriorityWatcher {
    /// Starts, if they are to be raised at all.
    pub fn start(wanted: bool) -> Self {
        let state = Arc::new(Mutex::new(Priority::default()));
        let (end, ended) = bounded(0);
        if wanted && cfg!(target_os = "linux") {
            let state = Arc::clone(&state);
            let monitor = ThreadMonitor { state, threads: Vec::new(), raise: Box::new(raise) };
            let started = std::thread::Builder::new().name("cantus-priority".into()).spawn(move || monitor.run(&ended));
            if let Err(error) = started {
                log::warn!("{error}");
            }
        }
        Self { state, _end: end }
    }

    /// The audio thread's priority.
    pub fn state(&self) -> Priority {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A thread that is watched.
struct Watched {
    id: u32,
    is_audio: bool,
    seen: Instant,
    busy: Duration,
    /// None before it was raised.
    priority: Option<Priority>,
}

struct ThreadMonitor {
    state: Arc<Mutex<Priority>>,
    threads: Vec<Watched>,
    raise: Box<dyn FnMut(u32) -> Priority + Send>,
}

impl ThreadMonitor {
    fn run(mut self, ended: &Receiver<()>) {
        while ended.recv_timeout(CHECK_EVERY) == Err(RecvTimeoutError::Timeout) {
            self.check(Path::new("/proc/self/task"), Instant::now());
        }
    }

    /// Notes new threads, raises those that were seen to sleep, and resets those that never do.
    fn check(&mut self, tasks: &Path, now: Instant) {
        let there = threads(tasks);
        self.threads.retain(|known| there.iter().any(|(id, ..)| *id == known.id));
        for (id, is_audio, busy) in there {
            let Some(known) = self.threads.iter_mut().find(|known| known.id == id) else {
                self.threads.push(Watched { id, is_audio, seen: now, busy, priority: None });
                continue;
            };
            let passed = now.saturating_duration_since(known.seen).as_secs_f64();
            let share = busy.saturating_sub(known.busy).as_secs_f64() / passed.max(1e-3);
            (known.seen, known.busy) = (now, busy);
            let never_sleeps = share > BUSIEST;
            match &known.priority {
                None if !never_sleeps => known.priority = Some((self.raise)(id)),
                Some(Priority::RealTime { .. }) if never_sleeps => known.priority = Some(reset(id)),
                _ => {}
            }
        }
        let audio = self.threads.iter().find(|known| known.is_audio);
        let priority = audio.and_then(|known| known.priority.clone()).unwrap_or_default();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state != priority {
            log::info!("priority of the audio thread: {priority}");
            *state = priority;
        }
    }
}

/// The audio and MIDI threads: id, whether it is an audio thread, for how long it has run.
fn threads(tasks: &Path) -> Vec<(u32, bool, Duration)> {
    let Ok(entries) = std::fs::read_dir(tasks) else { return Vec::new() };
    let read = |entry: std::fs::DirEntry| {
        let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
        let is_audio = name.trim_end() == AUDIO_THREAD;
        if !is_audio && name.trim_end() != MIDI_THREAD {
            return None;
        }
        let id = entry.file_name().to_str()?.parse().ok()?;
        let statistics = std::fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
        let busy = statistics.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
        Some((id, is_audio, Duration::from_nanos(busy.unwrap_or(0))))
    };
    entries.filter_map(Result::ok).filter_map(read).collect()
}

/// The best priority that a thread can get.
fn raise(thread: u32) -> Priority {
    let by_rtkit = match rtkit::raise(thread) {
        Ok(real_time @ Priority::RealTime { .. }) => return real_time,
        other => other,
    };
    let by_system = chrt(&["--rr", "--reset-on-fork", "--pid", &PRIORITY.to_string(), &thread.to_string()]);
    match (by_system, by_rtkit) {
        (Ok(()), _) => Priority::RealTime { by: "the system" },
        (Err(_), Ok(high)) => high,
        (Err(system), Err(rtkit)) => {
            Priority::Normal { reason: format!("{rtkit}, and the system does not allow it ({system})") }
        }
    }
}

/// The best priority that the audio thread can get on this computer. May take a moment.
pub fn offered_priority() -> Priority {
    if !cfg!(target_os = "linux") {
        return Priority::Unknown;
    }
    let by_rtkit = rtkit::is_there();
    // the same request, for a program that does nothing
    match (by_rtkit, chrt(&["--rr", &PRIORITY.to_string(), "true"])) {
        (true, _) => Priority::RealTime { by: "rtkit" },
        (false, Ok(())) => Priority::RealTime { by: "the system" },
        (false, Err(_)) => {
            Priority::Normal { reason: "there is no rtkit, and this user may not have real time".into() }
        }
    }
}

fn reset(thread: u32) -> Priority {
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
    use zbus::blocking::proxy::{self, Proxy};
    use zbus::proxy::CacheProperties;

    use super::{ANSWERS_WITHIN, NICE, PRIORITY, Priority};

    const SERVICE: &str = "org.freedesktop.RealtimeKit1";
    const PATH: &str = "/org/freedesktop/RealtimeKit1";

    fn connect() -> zbus::Result<Proxy<'static>> {
        let bus = zbus::blocking::connection::Builder::system()?.method_timeout(ANSWERS_WITHIN).build()?;
        let proxy = proxy::Builder::new(&bus).destination(SERVICE)?.path(PATH)?.interface(SERVICE)?;
        proxy.cache_properties(CacheProperties::No).build()
    }

    /// Asks for real time, else for a high priority.
    pub fn raise(thread: u32) -> Result<Priority, String> {
        let rtkit = connect().map_err(|error| format!("the system's bus does not answer ({error})"))?;
        limit_real_time(rtkit.get_property("RTTimeUSecMax").unwrap_or(200_000));
        let most = rtkit.get_property::<i32>("MaxRealtimePriority").ok().and_then(|most| u32::try_from(most).ok());
        let priority = PRIORITY.min(most.unwrap_or(PRIORITY));
        let thread = u64::from(thread);
        let Err(error) = rtkit.call_method("MakeThreadRealtime", &(thread, priority)) else {
            return Ok(Priority::RealTime { by: "rtkit" });
        };
        let raised = rtkit.call_method("MakeThreadHighPriority", &(thread, NICE));
        raised.map(|_| Priority::High).map_err(|_| format!("rtkit does not allow real time ({error})"))
    }

    /// Whether it answers.
    pub fn is_there() -> bool {
        connect().is_ok_and(|rtkit| rtkit.get_property::<i32>("MaxRealtimePriority").is_ok())
    }

    /// rtkit only serves programs for which the kernel limits how long a real-time thread may run without sleeping.
    fn limit_real_time(most_micros: i64) {
        let most = u64::try_from(most_micros).unwrap_or(200_000);
        let now = getrlimit(Resource::Rttime);
        let lowered = |limit: Option<u64>| Some(limit.map_or(most, |limit| limit.min(most)));
        let new = Rlimit { current: lowered(now.current), maximum: lowered(now.maximum) };
        if let Err(error) = setrlimit(Resource::Rttime, new) {
            log::debug!("real time is not limited: {error}");
        }
    }
}

#[cfg(not(unix))]
mod rtkit {
    pub fn is_there() -> bool {
        false
    }

    pub fn raise(_thread: u32) -> Result<super::Priority, String> {
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
    fn threads_are_raised_once_they_were_seen_to_sleep() {
        let folder = tempfile::tempdir().unwrap();
        let raised = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&raised);
        let mut monitor = ThreadMonitor {
            state: Arc::default(),
            threads: Vec::new(),
            raise: Box::new(move |id| {
                log.lock().unwrap().push(id);
                Priority::RealTime { by: "the test" }
            }),
        };
        let began = Instant::now();
        let at = |second: u64| began + Duration::from_secs(second);
        task(folder.path(), 10, "cantus", 5);
        task(folder.path(), 11, AUDIO_THREAD, 0);
        task(folder.path(), 12, MIDI_THREAD, 0);
        monitor.check(folder.path(), at(0));
        assert!(raised.lock().unwrap().is_empty(), "they are new");
        // the audio thread never slept, the other did
        task(folder.path(), 11, AUDIO_THREAD, 1000);
        monitor.check(folder.path(), at(1));
        assert_eq!(*raised.lock().unwrap(), [12]);
        assert_eq!(*monitor.state.lock().unwrap(), Priority::Unknown);
        task(folder.path(), 11, AUDIO_THREAD, 1200);
        monitor.check(folder.path(), at(2));
        monitor.check(folder.path(), at(3));
        assert_eq!(*raised.lock().unwrap(), [12, 11]);
        assert_eq!(*monitor.state.lock().unwrap(), Priority::RealTime { by: "the test" });
        std::fs::remove_dir_all(folder.path().join("11")).unwrap();
        monitor.check(folder.path(), at(4));
        assert_eq!(*monitor.state.lock().unwrap(), Priority::Unknown);
    }
}
