use std::{path::Path, sync::Arc};

use rusqlite::Connection;

use super::{recovery, schema, *};
use crate::music::testing::note;
use crate::music::{Chord, ChordChange, Outline, Part, Role, Score, SectionChange, melodies};

fn open(folder: &Path) -> Store {
    Store::open(folder).unwrap().store
}

fn score(title: &str, notes: u32) -> Score {
    let mut part = Part::new("Lead", 4);
    part.notes = (0..notes).map(|index| note(index * 240, 200, 40 + (index % 40) as i32)).collect();
    let mut bass = Part::new("Bass", 32);
    bass.role = Role::Bass;
    Score {
        id: new_id(),
        title: title.into(),
        parts: vec![Arc::new(part), Arc::new(bass)],
        melody: Some(0),
        ..Score::default()
    }
}

fn save(score: Score) -> Save {
    Save { score: Arc::new(score), touched: true, ..Save::default() }
}

fn keep(store: &mut Store, save: &Save, known: Option<&Saved>) -> Saved {
    match store.save(save, known).unwrap() {
        SaveOutcome::Saved(saved) => saved,
        SaveOutcome::Conflict => panic!("nobody else is there"),
    }
}

fn titles(store: &Store, filter: &Filter) -> Vec<String> {
    store.list(filter).unwrap().into_iter().map(|summary| summary.title).collect()
}

fn searched(store: &Store, search: &str) -> Vec<String> {
    titles(store, &Filter { search: search.into(), ..Filter::default() })
}

#[test]
fn a_composition_comes_back_with_all_that_belongs_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let chord = Chord { seventh: Some(10), ..Chord::minor(9) };
    let chords =
        vec![ChordChange { tick: 0, chord: Some(chord), bass: 0 }, ChordChange { tick: 960, chord: None, bass: 0 }];
    let sections = vec![SectionChange { tick: 0, label: "A".into() }];
    let score = Score { chords: chords.clone(), sections: sections.clone(), ..score("Für Elise", 50) };
    let outline = Outline { chords, sections, bars_before: 4 };
    let settings = GenerationSettings {
        model: "Bach".into(),
        seed: u64::MAX,
        surprise: 0.1,
        score: Arc::new(melodies::all()[0].score()),
        ..GenerationSettings::default()
    };
    let mut played = Part::clone(&score.parts[1]);
    played.notes = score.parts[0].notes.clone();
    let first = Save {
        recording: Some((1, Arc::new(played.clone()))),
        takes: Some(Arc::new(Takes {
            settings: Arc::new(settings.clone()),
            takes: vec![Take {
                parts: vec![played.clone()],
                outline: outline.clone(),
                rating: 0.25,
                seed: 7,
                kept: true,
            }],
            earlier: vec![EarlierTakes { takes: vec![Take { seed: 2, ..Take::default() }], ..EarlierTakes::default() }],
        })),
        part: 1,
        kept_takes: vec![KeptTake { settings: settings.clone(), parts: vec![played.clone()], outline, made_ms: 5 }],
        ..save(score)
    };
    let id = first.score.id;
    let known = keep(&mut store, &first, None);
    store.set_tags(&[(id, vec!["piano".into(), "two words".into()])]).unwrap();
    let there = Store::open(folder.path()).unwrap().store.load(id).unwrap();
    assert_eq!(there.score, first.score);
    assert_eq!(there.recording, Some((1, played)));
    assert_eq!(there.takes, first.takes);
    assert_eq!(
        (there.part, there.kept_takes, there.tags),
        (1, first.kept_takes.clone(), vec!["piano".to_owned(), "two words".into()])
    );
    // only what differs is written, and what went is gone
    let mut shorter = Score::clone(&first.score);
    shorter.parts.pop();
    shorter.melody = None;
    keep(&mut store, &save(shorter.clone()), Some(&known));
    let there = store.load(id).unwrap();
    assert_eq!(*there.score, shorter);
    assert!(there.recording.is_none() && there.takes.is_none());
    let summary = &store.list(&Filter::default()).unwrap()[0];
    assert_eq!((summary.parts, summary.notes, summary.model.as_str()), (1, 50, "Bach"));
    assert!(!summary.picture.is_empty());
}

#[test]
fn two_windows_never_overwrite_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (open(folder.path()), open(folder.path()));
    let first = save(score("Ours", 4));
    let known = keep(&mut one, &first, None);
    let seen = other.load(first.score.id).unwrap().saved;
    keep(&mut other, &first, Some(&seen));
    assert!(matches!(one.save(&first, Some(&known)).unwrap(), SaveOutcome::Conflict));
    assert!(matches!(one.save(&first, None).unwrap(), SaveOutcome::Conflict));
    let slots: Vec<Slot> = (0..2).map(|_| Slot::take(folder.path()).unwrap()).collect();
    assert_eq!(slots.iter().map(|slot| slot.number).collect::<Vec<_>>(), [1, 2]);
    assert!(Slot::is_open(folder.path(), 2) && !Slot::is_open(folder.path(), 3));
    drop(slots);
    assert_eq!(Slot::take(folder.path()).unwrap().number, 1);
}

#[test]
fn compositions_are_found_sorted_tagged_renamed_copied_deleted_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let saves = ["Prélude in C", "Ode to Joy", "a waltz"].map(|title| save(score(title, 4)));
    for save in &saves {
        keep(&mut store, save, None);
    }
    let untouched = Save { touched: false, ..save(score("Nobody's", 4)) };
    let known = keep(&mut store, &untouched, None);
    let by = |order| Filter { order, ..Filter::default() };
    assert_eq!(titles(&store, &by(Order::Changed)), ["a waltz", "Ode to Joy", "Prélude in C"]);
    assert_eq!(titles(&store, &by(Order::Title)), ["a waltz", "Ode to Joy", "Prélude in C"]);
    assert_eq!(searched(&store, "prelu"), ["Prélude in C"]);
    assert_eq!(searched(&store, "bass jo"), ["Ode to Joy"], "words of parts and title together");
    assert_eq!(searched(&store, "\"* OR ( NEAR"), Vec::<String>::new());
    assert_eq!(searched(&store, "\"*("), titles(&store, &Filter::default()), "signs are no words");
    let id = saves[0].score.id;
    store.rename(id, "Study").unwrap();
    store.set_tags(&[(id, vec!["slow".into()])]).unwrap();
    assert_eq!(searched(&store, "slow"), ["Study"]);
    assert_eq!(store.load(id).unwrap().score.title, "Study");
    assert_eq!(store.tags().unwrap(), ["slow"]);
    let tagged = Filter { tag: Some("slow".into()), ..Filter::default() };
    assert_eq!(titles(&store, &tagged), ["Study"]);
    let copy = store.duplicate(id, "Study copy").unwrap();
    assert_ne!(copy, id);
    assert_eq!(titles(&store, &tagged), ["Study copy", "Study"]);
    assert_eq!(store.load(copy).unwrap().score.parts, saves[0].score.parts);
    assert!(matches!(store.delete(&[copy, id, 1]), Err(StoreError::Gone)));
    assert_eq!(titles(&store, &tagged), ["Study copy", "Study"], "all of them or none");
    store.delete(&[id]).unwrap();
    let bin = Filter { deleted: true, ..Filter::default() };
    assert_eq!(
        (titles(&store, &tagged), titles(&store, &bin)),
        (vec!["Study copy".to_owned()], vec!["Study".to_owned()])
    );
    store.restore(&[id]).unwrap();
    assert_eq!(titles(&store, &bin), Vec::<String>::new());
    assert!(matches!(store.rename(1, "no"), Err(StoreError::Gone)));
    // once touched, always in the list
    keep(&mut store, &Save { touched: true, ..untouched }, Some(&known));
    assert!(searched(&store, "nobody").len() == 1);
    for path in ["/a.mid", "/b.mid", "/a.mid"] {
        store.note_recent(Path::new(path)).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2)); // their order is by the millisecond
    }
    assert_eq!(store.recent().unwrap(), [Path::new("/a.mid"), Path::new("/b.mid")]);
}

#[test]
fn the_bin_is_emptied_after_a_month_and_untouched_melodies_go_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let [old, fresh, untouched, current] = ["old", "fresh", "untouched", "current"].map(|title| {
        let save = Save { touched: !matches!(title, "untouched" | "current"), ..save(score(title, 1)) };
        keep(&mut store, &save, None);
        save.score.id
    });
    store.delete(&[old, fresh]).unwrap();
    let sql = "UPDATE compositions SET deleted_ms = deleted_ms - 2600000000 WHERE id = ?1";
    store.connection.execute(sql, [old as i64]).unwrap();
    let session = Session { composition: current, state: "{}".into(), ended: true };
    store.note_session(1, &session).unwrap();
    let store = open(folder.path());
    let is_there = |id| store.load(id).is_ok();
    assert_eq!([old, fresh, untouched, current].map(is_there), [false, true, false, true]);
    let left: i64 = store.connection.query_row("SELECT count(*) FROM search", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 2, "the index knows no more than the table");
    assert_eq!(store.session(1).unwrap(), Some(session));
}

/// The layouts of earlier versions, each with a composition in it.
fn earlier(version: usize, path: &Path) {
    let connection = Connection::open(path).unwrap();
    for step in &schema::STEPS[..version] {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", version as i64).unwrap();
    connection
        .execute_batch(
            r#"INSERT INTO compositions (id, title, head, part_count, note_count, seconds, picture,
                       created_ms, changed_ms, revision, touched)
                   VALUES (7, 'Old', '{"melody":0}', 1, 1, 1.0, x'', 1, 1, 1, 1);
               INSERT INTO parts VALUES (7, 0, '{"name":"Lead",
                   "notes":[{"start":0,"pitch":60,"duration":480,"velocity":90}]}');
               INSERT INTO search (rowid, title, tags, parts, model) VALUES (1, 'Old', '[]', 'Lead', '');"#,
        )
        .unwrap();
}

#[test]
fn libraries_of_every_earlier_layout_are_brought_along_and_later_ones_refused() {
    for version in 1..=schema::STEPS.len() {
        let folder = tempfile::tempdir().unwrap();
        earlier(version, &folder.path().join(FILE));
        let mut store = open(folder.path());
        let old = store.load(7).unwrap();
        assert_eq!((old.score.title.as_str(), old.score.parts[0].notes.len()), ("Old", 1));
        assert_eq!(searched(&store, "lead"), ["Old"]);
        store.note_recent(Path::new("/x")).unwrap();
        store.check().unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    earlier(schema::STEPS.len(), &path);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert_eq!(error.trouble(), Trouble::Newer);
    assert!(error.to_string().contains("newer version"), "{error}");
    let left: i64 =
        Connection::open(&path).unwrap().query_row("SELECT count(*) FROM compositions", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1, "it is as it was");
}

#[test]
fn the_session_of_the_first_version_is_brought_along() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.json");
    let text = r#"{"version":1,"part":1,"score":{"title":"Mine","melody":0,"parts":[{"name":"Lead"},{"name":"Bass",
        "notes":[{"start":0,"pitch":40,"duration":480,"velocity":90}]}]}}"#;
    std::fs::write(&path, text).unwrap();
    let store = open(folder.path());
    let session = store.session(1).unwrap().unwrap();
    let composition = store.load(session.composition).unwrap();
    assert_eq!((composition.score.title.as_str(), composition.part), ("Mine", 1));
    assert_eq!(composition.score.parts[1].notes[0].pitch.get(), 40);
    assert!(!path.exists() && path.with_extension("imported.json").exists());
    assert_eq!(open(folder.path()).list(&Filter::default()).unwrap().len(), 1, "once");
    std::fs::write(&path, "{\"version\":1").unwrap();
    let messages = Store::open(folder.path()).unwrap().messages;
    assert!(messages[0].contains("earlier version") && path.with_extension("unreadable.json").exists(), "{messages:?}");
}

#[test]
fn damage_is_moved_aside_and_what_can_be_read_is_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let mut store = open(folder.path());
    for index in 0..60 {
        keep(&mut store, &save(score(&format!("No {index}"), 100)), None);
    }
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 60, "{pages}");
    // a page in the middle, the first bytes, the file cut short
    let mut page = whole.clone();
    page[pages / 2 * 4096..][..4096].fill(0xA5);
    let mut head = whole.clone();
    head[..100].fill(0);
    let cut = whole[..whole.len() / 2 / 4096 * 4096].to_vec();
    for (what, bytes, at_least) in [("page", page, 50), ("head", head, 60), ("cut", cut, 5)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, &bytes).unwrap();
        let (connection, text) = recovery::recover(&path).unwrap();
        let store = Store::on(connection, folder.path().into(), false);
        let found = store.list(&Filter::default()).unwrap();
        assert!(found.len() >= at_least, "{what}: {} of 60", found.len());
        assert!(found.iter().all(|summary| store.load(summary.id).unwrap().score.parts[0].notes.len() == 100));
        store.check().unwrap();
        assert!(text.contains("Recovered"), "{text}");
        let aside = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .find(|entry| entry.file_name().to_string_lossy().starts_with("library-damaged-"))
            .unwrap();
        assert_eq!(std::fs::read(aside.path()).unwrap(), bytes, "as it was found");
    }
    // what is no library at all
    std::fs::write(&path, "dear diary").unwrap();
    let opened = Store::open(folder.path()).unwrap();
    assert!(opened.messages[0].contains("Nothing in it could be read"), "{:?}", opened.messages);
    assert!(opened.store.list(&Filter::default()).unwrap().is_empty());
}

/// Each page in turn: some are met when the library is opened, some when its bin is emptied, some by nothing but
/// reading.
#[test]
fn whatever_page_is_damaged_the_library_opens() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    for index in 0..8 {
        keep(&mut store, &save(score(&format!("No {index}"), 20)), None);
    }
    drop(store);
    let path = folder.path().join(FILE);
    let whole = std::fs::read(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    // the pages that no score is in: whatever of them is damaged, all compositions come back
    let mut roots = connection
        .prepare("SELECT rootpage FROM sqlite_master WHERE rootpage > 0 AND name NOT IN ('compositions', 'parts')")
        .unwrap();
    let roots: Vec<i64> = roots.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(roots.len() > 10, "{roots:?}");
    for page in 0..whole.len() / 4096 {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        bytes[page * 4096..][..200].fill(0xA5);
        std::fs::write(folder.path().join(FILE), &bytes).unwrap();
        let mut opened = Store::open(folder.path()).unwrap_or_else(|error| panic!("page {page}: {error}"));
        assert!(page > 0 || !opened.messages.is_empty(), "without its first page it is no library");
        if opened.messages.is_empty() {
            opened = opened.store.recover().unwrap(); // as when it is met later
        }
        opened.store.check().unwrap();
        let list = opened.store.list(&Filter::default()).unwrap();
        let whole = |summary: &&Summary| {
            opened.store.load(summary.id).unwrap().score.parts.first().is_some_and(|part| part.notes.len() == 20)
        };
        let count = list.iter().filter(whole).count();
        if roots.contains(&(page as i64 + 1)) {
            assert_eq!(count, 8, "page {page}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let save = save(score("There", 4));
    keep(&mut store, &save, None);
    drop(store);
    let store = Store::open_read_only(folder.path()).unwrap();
    assert_eq!(searched(&store, "there"), ["There"]);
    assert_eq!(store.load(save.score.id).unwrap().score, save.score);
    assert!(store.is_read_only());
    assert!(Store::open_read_only(Path::new("/nowhere")).is_err());
}

#[test]
fn to_look_at_a_composition_is_no_change_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let mut save = save(score("Tune", 4));
    keep(&mut store, &save, None);
    let changed = |store: &Store| store.list(&Filter::default()).unwrap()[0].changed_ms;
    let first = changed(&store);
    let later = || std::thread::sleep(std::time::Duration::from_millis(5));
    let opened = store.load(save.score.id).unwrap();
    save = Save { part: 1, left: AsLeft { loop_range: Some(0..480), ..AsLeft::default() }, ..Save::from(&opened) };
    later();
    let known = keep(&mut store, &save, Some(&opened.saved));
    assert_eq!((changed(&store), store.load(save.score.id).unwrap().left), (first, save.left.clone()));
    later();
    Arc::make_mut(&mut save.score).volume = 3;
    let known = keep(&mut store, &save, Some(&known));
    let second = changed(&store);
    assert!(second > first);
    later();
    Arc::make_mut(&mut save.score).part_mut(0).unwrap().notes.pop();
    keep(&mut store, &save, Some(&known));
    assert!(changed(&store) > second);
}
