//! Autosave against the library: what is found again, what waits, what two windows do to each other.

use std::path::Path;
use std::sync::mpsc;

use super::*;
use crate::library::autosave::writer::GATHER;
use crate::library::store::{FILE, Filter, Store};
use crate::music::{Score, melodies};

fn melody(id: u64, title: &str) -> Save {
    Save {
        score: Arc::new(Score { id, title: title.into(), ..melodies::all()[0].score() }),
        touched: true,
        ..Save::default()
    }
}

fn start(folder: &Path) -> (Autosave, Start, mpsc::Receiver<Notice>) {
    let (send, receive) = mpsc::channel();
    let (autosave, start) = Autosave::start(folder.into(), move |notice| drop(send.send(notice))).unwrap();
    (autosave, start, receive)
}

/// Runs a job on the library, after what waits has been written, and waits for what it returns.
fn run<T: Send + 'static>(
    autosave: &Autosave,
    job: impl FnOnce(Result<&mut OpenLibrary, &str>) -> T + Send + 'static,
) -> T {
    let (send, receive) = mpsc::channel();
    autosave.run(move |library| drop(send.send(job(library))));
    receive.recv().unwrap()
}

fn titles(folder: &Path) -> Vec<String> {
    let list = Store::open(folder).unwrap().store.list(&Filter::default()).unwrap();
    list.into_iter().map(|summary| summary.title).collect()
}

#[test]
fn a_window_finds_again_what_it_was_at() {
    let folder = tempfile::tempdir().unwrap();
    let (mut autosave, first, _) = start(folder.path());
    assert!(first.restored.is_none() && first.notices.is_empty());
    autosave.save(melody(5, "a"));
    autosave.save(melody(5, "b"));
    autosave.save(melody(6, "c"));
    autosave.note_session(5, "here".into());
    // a second window beside it begins anew
    let (second, its, _) = start(folder.path());
    assert!(its.restored.is_none());
    drop(second);
    assert!(autosave.finish(Duration::from_secs(20)));
    let (_autosave, again, _) = start(folder.path());
    let restored = again.restored.unwrap();
    assert_eq!((restored.composition.score.title.as_str(), restored.state.as_str()), ("b", "here"));
    assert!(restored.ended);
    assert_eq!(titles(folder.path()), ["c", "b"]);
}

#[test]
fn what_cannot_be_written_is_kept_told_once_and_written_later() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::write(&data, "in the way").unwrap();
    let (mut autosave, first, notices) = start(&data);
    assert!(
        matches!(first.notices.as_slice(), [Notice::Trouble(text)] if text.contains("kept in memory")),
        "{first:?}"
    );
    autosave.save(melody(5, "a"));
    assert!(run(&autosave, |library| library.is_err()));
    assert!(notices.try_recv().is_err(), "told once");
    std::fs::remove_file(&data).unwrap();
    autosave.save(melody(5, "b"));
    assert_eq!(notices.recv_timeout(Duration::from_secs(20)), Ok(Notice::SavedAgain));
    assert!(autosave.finish(Duration::from_secs(20)));
    assert_eq!(titles(&data), ["b"]);
}

#[test]
fn a_full_disk_is_told_once_and_what_waits_is_written_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let (mut autosave, _, notices) = start(folder.path());
    autosave.save(melody(5, "a"));
    run(&autosave, |library| library.unwrap().store.limit_pages(1)); // no more than it has
    let mut long = melody(6, "long");
    let score = Arc::make_mut(&mut long.score);
    score.parts = std::iter::repeat_n(Arc::clone(&score.parts[0]), 200).collect();
    for _ in 0..3 {
        autosave.save(long.clone());
        std::thread::sleep(GATHER);
    }
    let told = notices.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(matches!(&told, Notice::Trouble(text) if text.contains("disk is full")), "{told:?}");
    autosave.run(|library| library.unwrap().store.limit_pages(1_000_000));
    assert_eq!(notices.recv_timeout(Duration::from_secs(20)), Ok(Notice::SavedAgain), "told once");
    assert!(autosave.finish(Duration::from_secs(20)));
    assert_eq!(titles(folder.path()), ["long", "a"]);
    Store::open(folder.path()).unwrap().store.check().unwrap();
}

#[test]
fn two_windows_on_one_composition_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, _, _) = start(folder.path());
    let (mut other, _, told) = start(folder.path());
    one.save(melody(5, "ours"));
    run(&one, |_| ());
    run(&other, |library| drop(library.unwrap().open(5).unwrap()));
    one.save(melody(5, "one's"));
    assert!(one.finish(Duration::from_secs(20)));
    other.save(melody(5, "the other's"));
    other.note_session(5, String::new());
    assert!(matches!(told.recv_timeout(Duration::from_secs(20)), Ok(Notice::Copied { id: 5, .. })));
    other.save(melody(5, "the other's again"));
    assert!(other.finish(Duration::from_secs(20)));
    let mut found = titles(folder.path());
    found.sort();
    assert_eq!(found, ["one's", "the other's again"]);
}

#[test]
fn damage_while_working_costs_nothing_that_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let (mut autosave, _, notices) = start(folder.path());
    autosave.save(melody(5, "a"));
    run(&autosave, |_| ());
    // somebody takes the file away
    std::fs::remove_file(folder.path().join(FILE)).unwrap();
    autosave.save(melody(5, "b"));
    assert!(autosave.finish(Duration::from_secs(20)));
    assert_eq!(titles(folder.path()), ["b"]);
    assert!(notices.try_iter().all(|notice| !matches!(notice, Notice::Trouble(_))));
}
