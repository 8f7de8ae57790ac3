//! The client against engines that are shell scripts: obedient, dying, silent, of another version.

use std::os::unix::fs::PermissionsExt as _;

use std::sync::atomic::AtomicBool;

use super::*;

const READY: &str = r#"echo '{"event":"ready","version":3,"libtorch":"0","devices":["CPU"]}'"#;

/// Starts a script as an engine; the folder must outlive it.
fn start(script: &str, change: impl FnOnce(&mut EngineOptions)) -> (tempfile::TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut options = EngineOptions { program: Some(path), ..EngineOptions::default() };
    change(&mut options);
    // another test's fork may hold the script open for writing for a moment
    let engine = (0..50)
        .find_map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            Engine::start(options.clone()).ok()
        })
        .unwrap();
    (folder, engine)
}

fn next(engine: &Engine) -> EngineEvent {
    engine.events().recv_timeout(Duration::from_secs(20)).unwrap()
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn requests_arrive_and_answers_come_back() {
    let script = format!(
        "{READY}\nread line\ncase \"$line\" in *'\"cancel\",\"id\":7'*) \
             echo '{{\"event\":\"done\",\"id\":7}}';; esac\nread line"
    );
    let (_folder, engine) = start(&script, |_| {});
    let ready = engine.wait_ready(LONG).unwrap();
    assert_eq!(ready.devices, ["CPU"]);
    engine.send(&Request::Cancel { id: 7 }).unwrap();
    assert!(matches!(next(&engine), EngineEvent::Event(Event::Done { id: 7 })));
    engine.send(&Request::Shutdown).unwrap();
    assert!(matches!(next(&engine), EngineEvent::Ended));
}

#[test]
fn a_death_is_told_with_the_last_words() {
    let (_folder, engine) = start(&format!("{READY}\necho 'the card is on fire' >&2\nexit 3"), |_| {});
    engine.wait_ready(LONG).unwrap();
    let EngineEvent::Died { reason } = next(&engine) else { panic!("it died") };
    assert!(reason.contains("exit status: 3") && reason.contains("on fire"), "{reason}");
}

#[test]
fn a_death_before_the_first_word_is_an_error_with_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("engine.log");
    let (_script, engine) = start("echo 'libtorch_cpu.so: cannot open' >&2\nexit 127", |options| {
        options.log = Some(log);
    });
    let message = engine.wait_ready(LONG).unwrap_err().to_string();
    assert!(message.contains("127") && message.contains("libtorch_cpu.so: cannot open"), "{message}");
}

#[test]
fn another_version_is_refused_and_ended() {
    let script = format!("{}\nexec sleep 60", READY.replace("\"version\":3", "\"version\":2"));
    let (_folder, engine) = start(&script, |_| {});
    let message = engine.wait_ready(LONG).unwrap_err().to_string();
    assert!(message.contains("another version"), "{message}");
}

#[test]
fn silence_is_told_once_and_killing_ends_it() {
    let (_folder, engine) = start(&format!("{READY}\nexec sleep 60"), |options| {
        options.hung_after = Duration::from_millis(300);
    });
    engine.wait_ready(LONG).unwrap();
    assert!(matches!(next(&engine), EngineEvent::Hung { .. }));
    assert!(engine.events().recv_timeout(Duration::from_secs(1)).is_err());
    engine.kill();
    assert!(matches!(next(&engine), EngineEvent::Ended));
}

#[test]
fn what_is_no_event_is_passed_over_and_the_waker_is_called() {
    let woken = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&woken);
    let (_folder, engine) = start(&format!("echo Hello\n{READY}\nread line"), |options| {
        options.wake = Some(Arc::new(move || flag.store(true, Ordering::Release)));
    });
    engine.wait_ready(LONG).unwrap();
    for _ in 0..1000 {
        if woken.load(Ordering::Acquire) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nobody was woken");
}

#[test]
fn dropping_ends_the_process_unless_it_is_detached() {
    let marks = tempfile::tempdir().unwrap();
    for (detached, name) in [(false, "bound"), (true, "free")] {
        let mark = marks.path().join(name);
        let script = format!("{READY}\nsleep 1\ntouch {}", mark.display());
        let (folder, engine) = start(&script, |options| options.detached = detached);
        engine.wait_ready(LONG).unwrap();
        drop(engine);
        for _ in 0..300 {
            if mark.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(mark.exists(), detached);
        drop(folder);
    }
}

#[test]
fn a_missing_program_says_how_to_get_it() {
    let options = EngineOptions { program: Some("/nowhere/cantus-engine".into()), ..EngineOptions::default() };
    let message = Engine::start(options).unwrap_err().to_string();
    assert!(message.contains("cargo build --bin cantus-engine"), "{message}");
}
