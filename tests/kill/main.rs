//! A studio that edits, records, generates and trains is killed at random moments, its training too in some rounds:
//! nothing older than a moment is lost, no file is damaged, and every restart is clean.
//!
//! The studio runs in a process of its own (this program again) without a screen but with the real engine, says on
//! standard output what it did and when, and gets a SIGKILL. Then the library and the training's folder are read, and a
//! new studio goes on from there. Beside it stands what happens where the disk is full.
//!
//! ```text
//! cargo test --test kill                                        a few rounds, as ./test does
//! CANTUS_KILL_ROUNDS=200 CANTUS_KILL_AGE_MS=1000 cargo test --test kill killed -- --nocapture     the long run
//! ```
//!
//! The engine is killed too in every third round, or as `CANTUS_KILL_ENGINE_EVERY` says.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the killed studio reports by it, and the long run says what it did")]

mod full_disk;
mod life;
mod run;
#[path = "../support/mod.rs"]
mod support;

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command as Process, Stdio},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use cantus::library::store::{Store, now_ms};

use run::Run;

/// Names the folder to the studio that is going to be killed.
const FOLDER: &str = "CANTUS_KILL_FOLDER";
/// How long what takes a moment may take on a computer that has other things to do.
const PATIENCE: Duration = Duration::from_mins(3);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn nothing_is_lost_when_the_studio_is_killed() {
    if std::env::var_os(FOLDER).is_some() {
        return; // this is the other process
    }
    let rounds = number("CANTUS_KILL_ROUNDS", 2);
    // what is older than this must be there; generous by default, for computers with more to do
    let age_ms = number("CANTUS_KILL_AGE_MS", 4000) as i64;
    let engine_every = number("CANTUS_KILL_ENGINE_EVERY", 3).max(2);
    let mut random = fastrand::Rng::with_seed(number("CANTUS_KILL_SEED", 1));
    let folder = tempfile::tempdir().unwrap();
    support::tunes::write(&folder.path().join(life::TUNES));
    let mut run = Run::new(&folder.path().join("models").join(life::MODEL));
    let mut sum = Sum::default();
    for round in 0..rounds {
        let mut studio = LivingStudio::start(folder.path(), round);
        let with_engine = round % engine_every == 1;
        if with_engine {
            run.wait_until_it_learns(|| studio.listen());
        }
        studio.live(Duration::from_millis(age_ms as u64 + random.u64(100..2500)));
        if with_engine {
            // every other one at the worst of moments
            if sum.engine_kills % 2 == 1 {
                run.wait_for_a_checkpoint_under_way(Duration::from_micros(random.u64(0..40_000)));
            }
            run.kill();
        }
        let killed = studio.kill();
        sum.check(round, folder.path(), &killed, age_ms);
        if with_engine {
            sum.half_checkpoints += u64::from(run.check());
            sum.engine_kills += 1;
        }
        if round % 10 == 9 {
            println!("{} kills so far: {sum:?}", round + 1);
        }
    }
    run.go_on_and_stop();
    assert!(sum.edits > 0 && sum.notes > 0, "the studio did nothing: {sum:?}");
    println!("{rounds} kills: {sum:?}; the training came to iteration {}", run.iteration());
}

/// What all rounds came to.
#[derive(Debug, Default)]
struct Sum {
    edits: usize,
    notes: usize,
    kept_takes: usize,
    while_recording: u64,
    engine_kills: u64,
    /// Kills that came while files of a checkpoint were on their way.
    half_checkpoints: u64,
    /// The age of the oldest edit or note that was lost.
    oldest_lost_ms: i64,
}

impl Sum {
    /// Looks at the library after a kill.
    fn check(&mut self, round: u64, folder: &Path, killed: &Killed, age_ms: i64) {
        let store = Store::open(folder).unwrap().store;
        store.check().unwrap();
        let session = store.session(1).unwrap().unwrap();
        assert!(!session.ended, "it was killed, not closed");
        let kept = store.load(session.composition).unwrap();
        let edit: u64 = kept.score.title.parse().unwrap_or(0);
        let part = kept.recording.as_ref().map_or(&*kept.score.parts[0], |(_, part)| part);
        for (what, on_disk, done) in [("edits", edit, &killed.edits), ("notes", part.notes.len() as u64, &killed.notes)]
        {
            let ages = done.iter().filter(|(count, _)| *count > on_disk).map(|(_, at)| killed.at_ms - at);
            let oldest = ages.max().unwrap_or(0);
            assert!(
                oldest <= age_ms,
                "round {round}: {what}: {on_disk} on the disk, and one that is not was done {oldest} ms before the kill"
            );
            self.oldest_lost_ms = self.oldest_lost_ms.max(oldest);
        }
        self.while_recording += u64::from(kept.recording.is_some());
        self.edits += killed.edits.len();
        self.notes += killed.notes.len();
        self.kept_takes += killed.kept_takes;
    }
}

/// What a studio said it did, the edits and notes with their running number and when.
#[derive(Debug, Default)]
struct Killed {
    edits: Vec<(u64, i64)>,
    notes: Vec<(u64, i64)>,
    kept_takes: usize,
    at_ms: i64,
}

/// A studio that does not know what comes.
struct LivingStudio {
    child: Child,
    lines: Receiver<String>,
    said: Killed,
}

impl LivingStudio {
    /// Starts one, and waits until it is at work; it must have found everything as it was.
    fn start(folder: &Path, round: u64) -> Self {
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args(["--exact", "life::a_studio_to_be_killed", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let end = Instant::now() + PATIENCE;
        let mut told = Vec::new();
        loop {
            match lines.recv_deadline_or_end(end).as_deref().map(|line| line.split_once(' ').unwrap_or((line, ""))) {
                Some(("told", text)) => told.push(text.to_owned()),
                Some(("ready", _)) => break,
                Some(_) => {}
                None => panic!("round {round}: the studio does not start"),
            }
        }
        let expected = usize::from(round > 0);
        assert!(
            told.len() == expected && told.iter().all(|text| text.starts_with("Cantus didn't close properly")),
            "round {round}: this is no clean restart: {told:?}"
        );
        Self { child, lines, said: Killed::default() }
    }

    /// Takes what it said meanwhile.
    fn listen(&mut self) {
        while let Ok(line) = self.lines.try_recv() {
            self.take(&line);
        }
    }

    fn live(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(line) = self.lines.recv_deadline_or_end(end) {
            self.take(&line);
        }
    }

    fn take(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["edit", count, at] => self.said.edits.push((count.parse().unwrap(), at.parse().unwrap())),
            ["note", count, at] => self.said.notes.push((count.parse().unwrap(), at.parse().unwrap())),
            ["kept"] => self.said.kept_takes += 1,
            _ => {}
        }
    }

    fn kill(mut self) -> Killed {
        self.listen();
        self.said.at_ms = now_ms();
        assert!(self.child.try_wait().unwrap().is_none(), "it ended by itself");
        self.child.kill().unwrap(); // SIGKILL
        self.child.wait().unwrap();
        self.said
    }
}

fn lines_of(out: std::process::ChildStdout) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // the test runner's own words stand before the first
            let line = line.trim_start_matches("test life::a_studio_to_be_killed ... ").to_owned();
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

trait Until {
    /// The next line before a moment, if there is one.
    fn recv_deadline_or_end(&self, end: Instant) -> Option<String>;
}

impl Until for Receiver<String> {
    fn recv_deadline_or_end(&self, end: Instant) -> Option<String> {
        self.recv_timeout(end.saturating_duration_since(Instant::now())).ok()
    }
}
