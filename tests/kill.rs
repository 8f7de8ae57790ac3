//! A studio that edits, records and generates is killed at random moments: nothing older than a moment is lost.
//!
//! The studio runs in a process of its own (this program again) without a screen, says on standard output what it did
//! and when, and gets a SIGKILL. Then the library is read, and a new studio goes on from there.
//!
//! ```text
//! cargo test --test kill                                        a few rounds, as ./test does
//! CANTUS_KILL_ROUNDS=200 CANTUS_KILL_AGE_MS=1000 cargo test --test kill -- --nocapture     the long run
//! ```
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the killed studio reports by it")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command as Process, Stdio},
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
    time::{Duration, Instant},
};

use cantus::{
    clock,
    devices::fake::FakeBackend,
    library::{
        keeper::{Keeper, Notice},
        store::{Composition, Filter, Save, Store, now_ms},
    },
    studio::{Studio, commands::Command},
};
use egui_kittest::Harness;

use support::{a_model, fake_engine, open, until};

/// Names the folder to the studio that is going to be killed.
const FOLDER: &str = "CANTUS_KILL_FOLDER";
const KEYBOARD: &str = "Keys 1";

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
    let seed = number("CANTUS_KILL_SEED", 1);
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let (mut edits, mut notes, mut kills_while_recording, mut worst_ms) = (0, 0, 0, 0);
    for round in 0..rounds {
        let killed = live_and_die(folder.path(), Duration::from_millis(age_ms as u64 + random.u64(100..2500)));
        let store = Store::open(folder.path()).unwrap().store;
        store.check().unwrap();
        let session = store.session(1).unwrap().unwrap();
        assert!(!session.ended, "it was killed, not closed");
        let kept = store.load(session.composition).unwrap();
        let edit: u64 = kept.score.title.parse().unwrap_or(0);
        let part = kept.recording.as_ref().map_or(&*kept.score.parts[0], |(_, part)| part);
        for (what, on_disk, done) in [("edits", edit, &killed.edits), ("notes", part.notes.len() as u64, &killed.notes)] {
            let owed = done
                .iter()
                .filter(|(_, at)| killed.at_ms - at > age_ms)
                .map(|(count, _)| *count)
                .max();
            let owed = owed.unwrap_or(0);
            assert!(
                on_disk >= owed,
                "round {round}: {what}: {on_disk} on the disk, {owed} were done in time"
            );
            let missing = done
                .iter()
                .filter(|(count, _)| *count > on_disk)
                .map(|(_, at)| killed.at_ms - at)
                .max();
            worst_ms = worst_ms.max(missing.unwrap_or(0));
        }
        kills_while_recording += u64::from(kept.recording.is_some());
        edits += killed.edits.len();
        notes += killed.notes.len();
    }
    assert!(edits > 0 && notes > 0, "{edits} edits, {notes} notes: the studio did nothing");
    println!(
        "{rounds} kills, {kills_while_recording} while recording; {edits} edits and {notes} notes; the oldest that was lost had {worst_ms} ms"
    );
}

/// Saves until nothing fits any more, makes room, and finds everything there and whole.
#[test]
#[ignore = "needs a small disk: mount -t tmpfs -o size=16m tmpfs DIR, and CANTUS_SMALL_DISK=DIR"]
fn a_full_disk_costs_nothing_but_time() {
    let disk = std::path::PathBuf::from(std::env::var_os("CANTUS_SMALL_DISK").expect("the folder of a small disk"));
    let data = disk.join("data");
    let (send, notices) = mpsc::channel();
    let (mut keeper, _) = Keeper::start(data.clone(), move |notice| drop(send.send(notice))).unwrap();
    let ballast = disk.join("ballast");
    let (mut told, mut saved) = (0, Vec::new());
    for index in 0..200_u64 {
        if index == 20 {
            // whatever room there is goes
            let _ = std::fs::File::create(&ballast).and_then(|mut file| file.write_all(&vec![0; 64 << 20]));
        }
        let mut score = cantus::music::melodies::all()[0].score();
        (score.id, score.title) = (index + 1, index.to_string());
        saved.push(score.title.clone());
        keeper.save(Save {
            score: Arc::new(score),
            touched: true,
            ..Save::default()
        });
        std::thread::sleep(Duration::from_millis(10));
    }
    let trouble = notices.recv_timeout(Duration::from_secs(30)).unwrap();
    assert!(
        matches!(&trouble, Notice::Trouble(text) if text.contains("disk is full")),
        "{trouble:?}"
    );
    let project = Composition::new(cantus::music::melodies::all()[0].score());
    let elsewhere = cantus::whole_file::write(&disk.join("x.cantus"), &cantus::library::project::write(&project).unwrap());
    assert!(elsewhere.is_err() && !disk.join("x.cantus").exists(), "no half files");
    std::fs::remove_file(&ballast).unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        match notices.recv_timeout(Duration::from_secs(1)) {
            Ok(Notice::Recovered) => break,
            Ok(_) => told += 1,
            Err(_) => {}
        }
    }
    assert_eq!(told, 0, "told once");
    assert!(keeper.finish(Duration::from_secs(20)));
    let store = Store::open(&data).unwrap().store;
    store.check().unwrap();
    let mut there: Vec<String> = store
        .list(&Filter::default())
        .unwrap()
        .into_iter()
        .map(|summary| summary.title)
        .collect();
    there.sort();
    saved.sort();
    assert_eq!(there, saved);
}

/// What a studio said it did, each with its running number and when.
struct Killed {
    edits: Vec<(u64, i64)>,
    notes: Vec<(u64, i64)>,
    at_ms: i64,
}

fn live_and_die(folder: &Path, after: Duration) -> Killed {
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_studio_to_be_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = lines_of(child.stdout.take().unwrap());
    let mut killed = Killed {
        edits: Vec::new(),
        notes: Vec::new(),
        at_ms: 0,
    };
    let mut end = None;
    let patience = Instant::now() + Duration::from_mins(2);
    loop {
        let now = Instant::now();
        if end.is_some_and(|end| now >= end) {
            break;
        }
        assert!(now < patience, "the studio does not start");
        let Ok(line) = lines.recv_timeout(Duration::from_millis(20)) else {
            continue;
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["ready"] => end = Some(Instant::now() + after),
            ["edit", count, at] => killed.edits.push((count.parse().unwrap(), at.parse().unwrap())),
            ["note", count, at] => killed.notes.push((count.parse().unwrap(), at.parse().unwrap())),
            _ => {}
        }
    }
    killed.at_ms = now_ms();
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    killed
}

fn lines_of(out: std::process::ChildStdout) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // the test runner's own words stand before the first
            let line = line.trim_start_matches("test a_studio_to_be_killed ... ").to_owned();
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").unwrap();
    out.flush().unwrap();
}

#[test]
fn a_studio_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let midi = FakeBackend::new();
    midi.plug(KEYBOARD);
    let mut harness = open(Path::new(&folder), &midi, fake_engine());
    let toasts: Vec<String> = harness.state().toasts.texts().map(str::to_owned).collect();
    let is_first = !toasts.iter().any(|text| text.contains("Cantus was ended"));
    if is_first {
        give(&mut harness, Command::NewScore);
        harness.state_mut().change_preferences(|preferences| preferences.count_in_bars = 0);
    }
    harness.state_mut().take_models(vec![a_model()], None);
    harness.state_mut().part = 0;
    until(&mut harness, "the keyboard was connected", |studio| {
        studio.toasts.texts().any(|text| text.contains(KEYBOARD))
    });
    let mut edit: u64 = harness.state().score().title.parse().unwrap_or(0);
    let mut notes = harness.state().history.committed().parts[0].notes.len() as u64;
    let mut random = fastrand::Rng::new();
    say("\nready");
    loop {
        for _ in 0..random.u32(1..8) {
            edit += 1;
            let title = edit.to_string();
            harness.state_mut().history.edit("Rename", |score| score.title = title);
            harness.step();
            say(&format!("edit {edit} {}", now_ms()));
        }
        give(&mut harness, Command::Record);
        for _ in 0..random.u32(5..30) {
            let pitch = random.u8(40..90);
            midi.send(KEYBOARD, clock::now_micros(), &[0x90, pitch, 100]);
            pause(&mut harness, random.u64(10..60));
            midi.send(KEYBOARD, clock::now_micros(), &[0x80, pitch, 0]);
            notes += 1;
            say(&format!("note {notes} {}", now_ms()));
            pause(&mut harness, random.u64(5..30));
        }
        give(&mut harness, Command::Stop);
        give(&mut harness, Command::Generate);
        until(&mut harness, "the takes were there", |studio| !studio.generate.results.is_empty());
        give(&mut harness, if random.bool() { Command::KeepTake } else { Command::DropTakes });
    }
}

fn give(harness: &mut Harness<'static, Studio>, command: Command) {
    harness.state_mut().push(command);
    harness.step();
    harness.step();
}

fn pause(harness: &mut Harness<'static, Studio>, ms: u64) {
    let end = Instant::now() + Duration::from_millis(ms);
    while Instant::now() < end {
        harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
}
