use std::sync::Mutex;

use super::*;
use crate::devices::fake::FakeBackend;
use crate::music::testing::note_with_velocity as note;
use crate::music::{Control, ControlEvent, Pitch, Tick};

const AKM: &str = "AKM322 MIDI 1";
const PATIENCE: Duration = Duration::from_secs(20);

fn arguments(out: &Path) -> Arguments {
    Arguments {
        out: out.to_owned(),
        input: Some("akm322".into()),
        seconds: None,
        count_in: 0,
        monitor: false,
        tempo: 120.0,
        device: None,
        buffer: 256,
        soundfont: None,
    }
}

/// A recording under way, and what it tells.
struct Running {
    thread: std::thread::JoinHandle<anyhow::Result<()>>,
    told: Arc<Mutex<Vec<String>>>,
    interrupts: Interrupts,
}

impl Running {
    fn start(arguments: Arguments, backend: &FakeBackend) -> Self {
        Self::with(arguments, backend, None)
    }

    fn with(arguments: Arguments, backend: &FakeBackend, player: Option<Arc<Player>>) -> Self {
        let (told, interrupts) = (Arc::new(Mutex::new(Vec::new())), Interrupts::default());
        let (into, flag, backend) = (told.clone(), interrupts.clone(), Box::new(backend.clone()));
        let thread = std::thread::spawn(move || {
            record(&arguments, backend, || player, &flag, &mut |message| {
                into.lock().unwrap().push(message.to_owned());
            })
        });
        Self { thread, told, interrupts }
    }

    /// Waits until it has told something with these words that many times.
    fn wait_for(&self, words: &str, times: usize) {
        let until = Instant::now() + PATIENCE;
        let count = || self.told.lock().unwrap().iter().filter(|message| message.contains(words)).count();
        while count() < times {
            assert!(Instant::now() < until && !self.thread.is_finished(), "{words}: {:?}", self.told.lock().unwrap());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn end(self) -> anyhow::Result<()> {
        self.thread.join().unwrap()
    }
}

fn read(path: &Path) -> Score {
    midi_file::read(&std::fs::read(path).unwrap()).unwrap()
}

fn event(tick: Tick, control: Control) -> ControlEvent {
    ControlEvent { tick, control }
}

fn files_in(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn the_file_holds_what_was_played_though_the_keyboard_was_pulled() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("take.mid");
    let backend = FakeBackend::new();
    backend.plug("Keystation 49"); // not asked for
    let player =
        Arc::new(Player::start(PlayerOptions { device: Some("no such device".into()), ..PlayerOptions::default() }));
    let monitored = Arguments { monitor: true, ..arguments(&out) };
    let running = Running::with(monitored, &backend, Some(player));
    backend.plug(AKM);
    running.wait_for("Recording from AKM322", 1);

    // stamps are what counts: they say when the keys went down, however late they are delivered
    let start = clock::now_micros();
    let send = |millis: u64, bytes: &[u8]| assert!(backend.send(AKM, start + millis * 1000, bytes));
    send(0, &[0x90, 60, 80]);
    send(250, &[0xB0, 64, 127]);
    send(500, &[0x80, 60, 0]);
    send(500, &[0x90, 64, 1]);
    send(600, &[0xE0, 0x7F, 0x7F]);
    send(700, &[0xE0, 0, 0x40]);
    send(1000, &[0x90, 64, 0]); // velocity 0 lets go
    send(1000, &[0xB0, 64, 0]);
    send(1500, &[0x95, 67, 127]); // held when it is pulled
    backend.unplug(AKM);
    running.wait_for("was unplugged", 1);
    backend.plug(AKM);
    running.wait_for("Recording from AKM322", 2);
    let again = clock::now_micros().max(start + 2_000_000);
    assert!(backend.send(AKM, again, &[0x90, 72, 33]));
    assert!(backend.send(AKM, again + 500_000, &[0x80, 72, 0]));
    assert!(backend.send(AKM, again + 600_000, &[0xB0, 105, 127])); // play: not for us, and no music
    assert!(backend.send(AKM, again + 1_000_000, &[0xB0, 106, 127])); // stop
    running.end().unwrap();

    let score = read(&out);
    let part = score.melody_part().unwrap();
    let again = (((again - start) as f64) * 960.0 / 1e6).round() as Tick;
    let last = part.notes.last().unwrap();
    assert_eq!((last.start, last.pitch.get(), last.velocity.get()), (again, 72, 33));
    assert!(last.duration.abs_diff(480) <= 1);
    assert_eq!(part.notes[..2], [note(0, 480, 60, 80), note(480, 480, 64, 1)]);
    let pulled = part.notes[2];
    assert_eq!((pulled.start, pulled.pitch.get(), pulled.velocity.get()), (1440, 67, 127));
    assert!(pulled.end() < again, "{pulled:?}");
    assert_eq!(part.notes.len(), 4);
    let pedal = |tick, value| event(tick, Control::Controller { number: 64, value });
    assert_eq!(
        part.controls,
        [pedal(240, 127), event(576, Control::PitchBend(8191)), event(672, Control::PitchBend(0)), pedal(960, 0)]
    );
    assert_eq!(files_in(folder.path()), ["take.mid"]);
}

#[test]
fn it_is_saved_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("take.mid");
    std::fs::write(folder.path().join("take.mid.part"), "an older take").unwrap();
    let backend = FakeBackend::new();
    backend.plug(AKM);
    let running = Running::start(arguments(&out), &backend);
    running.wait_for("Recording from AKM322", 1);
    running.wait_for("interrupted", 1);
    assert!(backend.send(AKM, clock::now_micros(), &[0x90, 60, 80]));
    let part = folder.path().join("take.mid.part-2");
    let until = Instant::now() + PATIENCE;
    while !part.exists() {
        assert!(Instant::now() < until, "nothing was saved");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(read(&part).melody_part().unwrap().notes[0].pitch, Pitch::MIDDLE_C); // still held
    running.interrupts.press();
    running.end().unwrap();
    assert_eq!(read(&out).melody_part().unwrap().notes.len(), 1);
    assert_eq!(files_in(folder.path()), ["take.mid", "take.mid.part"]);
    assert_eq!(std::fs::read(folder.path().join("take.mid.part")).unwrap(), b"an older take");
}

#[test]
fn the_time_ends_it_and_silence_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("take.mid");
    let backend = FakeBackend::new();
    let mut limited = arguments(&out);
    limited.seconds = Some(0.05);
    let error = Running::start(limited, &backend).end().unwrap_err().to_string();
    assert!(error.contains("nothing was played"), "{error}");
    assert!(files_in(folder.path()).is_empty());
}

#[test]
fn without_midi_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let backend = FakeBackend::new();
    backend.set_unavailable(Some("there is no sequencer here"));
    let error = Running::start(arguments(&folder.path().join("take.mid")), &backend).end().unwrap_err();
    assert_eq!(error.to_string(), "there is no sequencer here");
}

#[test]
fn a_folder_that_is_not_there_is_told_before_anything_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let backend = FakeBackend::new();
    for (out, words) in
        [(folder.path().join("no/take.mid"), "no such folder"), (folder.path().to_owned(), "is a folder")]
    {
        let error = Running::start(arguments(&out), &backend).end().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_count_in_begins_time() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("take.mid");
    let backend = FakeBackend::new();
    backend.plug(AKM);
    let player =
        Arc::new(Player::start(PlayerOptions { device: Some("no such device".into()), ..PlayerOptions::default() }));
    let arguments = Arguments { count_in: 1, tempo: 400.0, ..arguments(&out) };
    let interrupts = Interrupts::default();
    let begun = clock::now_micros();
    let (mut told, playing) = (Vec::new(), backend.clone());
    let mut tell = |message: &str| told.push(message.to_owned());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // a bar of four beats at 400 lasts 0.6 s; play well behind it, as if it were a second after the beginning
            std::thread::sleep(Duration::from_millis(1600));
            let stamp = begun + 1_600_000;
            assert!(playing.send(AKM, stamp, &[0x90, 60, 80]));
            assert!(playing.send(AKM, stamp + 150_000, &[0x80, 60, 0]));
            assert!(playing.send(AKM, stamp + 150_000, &[0xB0, 106, 127]));
        });
        record(&arguments, Box::new(backend), || Some(player), &interrupts, &mut tell).unwrap();
    });
    let note = read(&out).melody_part().unwrap().notes[0];
    let seconds = read(&out).tempo.seconds_from_tick(note.start);
    assert!((0.2..=1.1).contains(&seconds), "{seconds} {told:?}");
    assert_eq!(note.duration, 480);
    assert!(told.iter().any(|message| message == "1…"), "{told:?}");
}
