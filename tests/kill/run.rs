//! A training's folder, from outside: whether it lives, whether all that is in it is whole, and whether it can be gone
//! on with.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use cantus::{
    engine_client::{
        Engine, EngineEvent, EngineOptions,
        protocol::{DeviceChoice, Event, Request, TrainControl, TrainRequest},
        run_folder::{
            self, CHANGES_FILE, Change, METRICS_FILE, PARTS_FILE, REFERENCE_FILE, REQUEST_FILE, RunState, RunStatus,
            STATUS_FILE,
        },
    },
    music::midi_file,
};
use safetensors::SafeTensors;

use super::PATIENCE;

/// The names of files on their way begin so.
const ON_ITS_WAY: &str = ".cantus-";

/// A training that is killed again and again.
pub struct Run {
    folder: PathBuf,
    /// The engine that was killed last, and the checkpoint it left.
    killed: Option<(u32, u64)>,
}

impl Run {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.into(), killed: None }
    }

    pub fn iteration(&self) -> u64 {
        self.status().map_or(0, |status| status.iteration)
    }

    fn status(&self) -> Option<RunStatus> {
        run_folder::read_status(&self.folder)
    }

    /// Waits until an engine that was not killed yet has come further than the last one's checkpoint.
    pub fn wait_until_it_learns(&self, mut meanwhile: impl FnMut()) {
        let end = Instant::now() + PATIENCE;
        let (killed, checkpoint) = self.killed.unwrap_or_default();
        let learns = |status: RunStatus| {
            status.state == RunState::Learning
                && status.process != killed
                && status.iteration > checkpoint
                && status.checkpoint.is_some()
        };
        while !self.status().is_some_and(learns) {
            assert!(Instant::now() < end, "the training does not go on: {:?}", self.status());
            meanwhile();
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until files of a checkpoint are on their way, and this much longer; or gives up, where none comes.
    pub fn wait_for_a_checkpoint_under_way(&self, longer: Duration) {
        let end = Instant::now() + Duration::from_secs(70); // there is one each minute at least
        while Instant::now() < end {
            if names_in(&self.folder.join("checkpoint")).iter().any(|name| name.starts_with(ON_ITS_WAY)) {
                std::thread::sleep(longer);
                return;
            }
            std::thread::sleep(Duration::from_micros(200)); // a core is better spent on the training that is waited for
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let status = self.status().unwrap();
        let process = rustix::process::Pid::from_raw(status.process.cast_signed()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
        let end = Instant::now() + PATIENCE;
        // until the last write it was at is over, and its lock is gone
        while std::fs::read_to_string(format!("/proc/{}/stat", status.process)).is_ok_and(|stat| !stat.contains(") Z "))
        {
            assert!(Instant::now() < end, "the engine lives on");
            std::thread::sleep(Duration::from_millis(2));
        }
        self.killed = Some((status.process, self.checkpoint().unwrap()));
    }

    /// The iteration of the checkpoint, if there is one.
    fn checkpoint(&self) -> Option<u64> {
        let json = json(&self.folder.join("checkpoint/checkpoint.json"))?;
        Some(json["iteration"].as_u64().unwrap())
    }

    /// Looks at every file of the folder. Whether files of a checkpoint were on their way.
    pub fn check(&self) -> bool {
        let folder = &self.folder;
        for name in [REQUEST_FILE, STATUS_FILE, "model.json"] {
            json(&folder.join(name)).unwrap_or_else(|| panic!("{name} is not there"));
        }
        json(&folder.join(REFERENCE_FILE)); // where no piece is held out there is none
        let iteration = self.checkpoint().expect("there is a checkpoint");
        for piece in ["generator", "critic", "training"] {
            let bytes = std::fs::read(folder.join(format!("checkpoint/{iteration:07}.{piece}.safetensors"))).unwrap();
            SafeTensors::deserialize(&bytes).unwrap();
        }
        assert_loads(folder);
        check_table(&folder.join(METRICS_FILE));
        check_table(&folder.join(PARTS_FILE));
        for line in std::fs::read_to_string(folder.join(CHANGES_FILE)).unwrap_or_default().lines() {
            serde_json::from_str::<Change>(line).unwrap();
        }
        for (_, sample) in run_folder::list_samples(folder) {
            midi_file::read(&std::fs::read(sample).unwrap()).unwrap();
        }
        for name in names_in(folder).iter().filter(|name| name.starts_with("events.out")) {
            check_events(&std::fs::read(folder.join(name)).unwrap());
        }
        let left = |place: &Path| names_in(place).iter().filter(|name| name.starts_with(ON_ITS_WAY)).count();
        let halves = left(&folder.join("checkpoint"));
        assert!(halves <= 1 && left(folder) <= 2, "what was on its way heaps up: {:?}", names_in(folder));
        halves > 0
    }

    /// Goes on with it once more, in an engine of its own, and stops it there: it is what it was before, and further.
    pub fn go_on_and_stop(&mut self) {
        if let Some(status) = self.status().filter(RunStatus::is_alive)
            && self.killed.is_none_or(|(killed, _)| killed != status.process)
        {
            self.wait_until_it_learns(|| ());
            self.kill();
        }
        self.check();
        let before = self.checkpoint().unwrap();
        let request =
            TrainRequest { resume: true, out: self.folder.clone(), ..run_folder::read_request(&self.folder).unwrap() };
        let engine = Engine::start(EngineOptions::default()).unwrap();
        engine.send(&Request::Train(Box::new(request))).unwrap();
        let mut first = None;
        loop {
            match engine.events().recv_timeout(PATIENCE).unwrap() {
                // before the first iteration, what the network writes that has learned nothing is measured
                EngineEvent::Event(Event::Scalars(scalars)) if scalars.iteration > 0 => {
                    first.get_or_insert(scalars.iteration);
                    engine.send(&Request::Control(TrainControl::Stop)).unwrap();
                }
                EngineEvent::Event(Event::Trained { ok, message, .. }) => {
                    assert!(ok, "{message}");
                    break;
                }
                EngineEvent::Event(_) => {}
                event => panic!("the engine did not live: {event:?}"),
            }
        }
        assert_eq!(first, Some(before + 1), "it goes on from its checkpoint");
        assert!(!self.check() && self.checkpoint().unwrap() > before);
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn json(path: &Path) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}: {text}", path.display())))
}

/// Every row is whole, and they are in order.
fn check_table(path: &Path) {
    let Ok(text) = std::fs::read_to_string(path) else { return };
    assert!(text.ends_with('\n'), "{}: half a row: {:?}", path.display(), text.lines().last());
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let mut before = None;
    for row in &rows[1..] {
        assert_eq!(row.len(), rows[0].len(), "{}: {row:?}", path.display());
        let iteration: u64 = row[0].parse().unwrap();
        assert!(before.is_none_or(|before| iteration > before), "{}: {iteration} follows {before:?}", path.display());
        before = Some(iteration);
    }
}

/// Every record is whole: its length, a checksum, so many bytes, a checksum.
fn check_events(bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
        assert!(rest.len() >= length + 16, "half a record at the end of an event file");
        rest = &rest[length + 16..];
    }
}

/// The engine takes the folder for a model.
fn assert_loads(folder: &Path) {
    let engine = Engine::start(EngineOptions { device: DeviceChoice::Cpu, ..EngineOptions::default() }).unwrap();
    engine.send(&Request::Warm { id: 1, model: folder.into() }).unwrap();
    loop {
        match engine.events().recv_timeout(PATIENCE).unwrap() {
            EngineEvent::Event(Event::Done { id: 1 }) => return,
            EngineEvent::Event(Event::Ready { .. } | Event::Heartbeat) => {}
            event => panic!("the model was not loaded: {event:?}"),
        }
    }
}
