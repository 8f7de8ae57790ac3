//! How often roles and keys are found right by what is played: the tables of `models/EXPERIMENTS.md`.
//!
//! `cargo test --release --test roles -- --ignored --nocapture` prints them. `CANTUS_CORPORA` names the folder of the
//! corpora.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "prints a table")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cantus::corpus::roles;
use cantus::music::key::{self, MelodyNote};
use cantus::music::{Key, Note, Part, Role, Score, TICKS_PER_QUARTER, midi_file};

/// Those of which roles are known, in the order of the table.
const CORPORA: [&str; 6] = ["pop909", "leadsheets", "lieder", "bach-chorale", "rock-freedoom", "pop-rock-simutrans"];
/// Orchestral scores with their melody marked by hand, in `NAME.melody.mid`.
const MARKED: &str = "symphony-hauptstimme";

fn folder() -> Option<PathBuf> {
    std::env::var_os("CANTUS_CORPORA").map(PathBuf::from)
}

/// The MIDI files of a corpus in order, without the marked melodies.
fn files(corpus: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(corpus) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let is_wanted = |path: &PathBuf| {
        let name = path.to_string_lossy().to_lowercase();
        name.to_lowercase().ends_with(".mid") && !name.contains(".melody.")
    };
    let mut found: Vec<PathBuf> = paths.filter(is_wanted).collect();
    found.sort();
    found
}

fn read(path: &Path) -> Option<Score> {
    midi_file::read(&std::fs::read(path).ok()?).ok()
}

/// The same music, of which nothing is said.
fn without_names(score: &Score) -> Score {
    let nameless = |part: &Arc<Part>| Arc::new(Part { name: String::new(), role: Role::Other, ..Part::clone(part) });
    Score { parts: score.parts.iter().map(nameless).collect(), melody: None, ..score.clone() }
}

/// The roles that names say, where they do, or that the corpus is known for: a lied is a voice, then its piano; a lead
/// sheet is a tune and chords named so.
fn said(corpus: &str, score: &Score) -> Vec<Option<Role>> {
    let parts = &score.parts;
    match corpus {
        "lieder" => {
            let voice = parts.iter().position(|part| !part.notes.is_empty());
            let role = |index| if Some(index) == voice { Role::Melody } else { Role::Chords };
            (0..parts.len()).map(|index| Some(role(index))).collect()
        }
        "leadsheets" => {
            let role = |part: &Arc<Part>| if part.name == "Chords" { Role::Chords } else { Role::Melody };
            parts.iter().map(|part| Some(role(part))).collect()
        }
        _ => {
            let is_said = |why: &str| why.starts_with("named") || why == "the drum channel";
            roles::find(parts, false).into_iter().map(|(role, why)| is_said(&why).then_some(role)).collect()
        }
    }
}

/// How often a role was found, and what else it was taken for.
#[derive(Default)]
struct Row {
    all: usize,
    right: usize,
    taken_for: BTreeMap<String, usize>,
}

impl Row {
    fn count(&mut self, is: Role, found: Role) {
        self.all += 1;
        if is == found {
            self.right += 1;
        } else {
            *self.taken_for.entry(format!("{found:?}")).or_default() += 1;
        }
    }

    fn share(&self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }

    fn print(&self, corpus: &str, role: &str) {
        let mut others: Vec<(&String, &usize)> = self.taken_for.iter().collect();
        others.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        let others: Vec<String> = others.iter().take(3).map(|(name, count)| format!("{name} {count}")).collect();
        let share = 100.0 * self.share();
        println!("| {corpus} | {role} | {} | {share:.1} % | {} |", self.all, others.join(", "));
    }
}

/// How many notes are marked in the proposed melody, as a share of those in the part that has most.
fn marked_share(score: &Score, marked: &Score) -> Option<f64> {
    let notes =
        |part: &Part| -> Vec<(u32, u8)> { part.notes.iter().map(|note| (note.start, note.pitch.get())).collect() };
    let marked: BTreeSet<(u32, u8)> = marked.parts.iter().flat_map(|part| notes(part)).collect();
    let counts: Vec<usize> =
        score.parts.iter().map(|part| notes(part).iter().filter(|note| marked.contains(note)).count()).collect();
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let proposed = roles::propose_melody(&without_names(score)).map_or(0, |proposed| counts[proposed]);
    Some(proposed as f64 / most as f64)
}

#[test]
#[ignore = "reads thousands of files; prints the table of models/EXPERIMENTS.md"]
fn roles_are_found_by_what_is_played() {
    let Some(folder) = folder() else { return eprintln!("CANTUS_CORPORA names no folder") };
    println!("| corpus | role | parts | found | else taken for |");
    println!("|---|---|---|---|---|");
    let mut melodies = BTreeMap::new();
    for corpus in CORPORA {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for score in files(&folder.join(corpus)).iter().filter_map(|path| read(path)) {
            let found = roles::find(&without_names(&score).parts, false);
            for ((is, (found, _)), part) in said(corpus, &score).into_iter().zip(found).zip(&score.parts) {
                if let Some(is) = is.filter(|_| !part.notes.is_empty()) {
                    rows.entry(format!("{is:?}")).or_default().count(is, found);
                }
            }
        }
        for (role, row) in &rows {
            row.print(corpus, role);
        }
        melodies.insert(corpus, rows.remove("Melody").unwrap_or_default().share());
    }
    let marked: Vec<f64> = files(&folder.join(MARKED))
        .iter()
        .filter_map(|path| marked_share(&read(path)?, &read(&path.with_extension("melody.mid"))?))
        .collect();
    let share = |least: f64| marked.iter().filter(|share| **share >= least).count() as f64 / marked.len().max(1) as f64;
    let (best, as_good, nearly) = (share(1.0), share(0.95), share(0.8));
    println!("| {MARKED} | best-marked part | {} | {:.1} % | |", marked.len(), 100.0 * best);
    println!("| {MARKED} | nineteen twentieths of its notes | {} | {:.1} % | |", marked.len(), 100.0 * as_good);
    println!("| {MARKED} | four fifths of its notes | {} | {:.1} % | |", marked.len(), 100.0 * nearly);
    for corpus in ["pop909", "leadsheets", "lieder", "bach-chorale"] {
        assert!(melodies[corpus] >= 0.95, "{corpus}: {}", melodies[corpus]);
    }
    assert!(best >= 0.85 && as_good >= 0.9 && nearly >= 0.95, "{best}, {as_good} and {nearly} of {}", marked.len());
}

/// The key in which the whole of a piece and its last bass note agree.
fn agreed_key(score: &Score) -> Option<Key> {
    let pitched = || score.parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes);
    let end = pitched().map(Note::end).max()?;
    let last = pitched().filter(|note| note.end() + TICKS_PER_QUARTER > end).map(|note| note.pitch).min()?;
    key::detect(pitched()).filter(|key| key.tonic == last.class())
}

#[test]
#[ignore = "reads thousands of files; prints the table of models/EXPERIMENTS.md"]
fn keys_of_melodies_are_found() {
    let Some(folder) = folder() else { return eprintln!("CANTUS_CORPORA names no folder") };
    println!("| corpus | pieces | by its profile | by what it rests and ends on, too |");
    println!("|---|---|---|---|");
    for corpus in ["pop909", "leadsheets", "lieder", "bach-chorale"] {
        let (mut all, mut by_profile, mut found) = (0, 0, 0);
        for score in files(&folder.join(corpus)).iter().filter_map(|path| read(path)) {
            let melody = said(corpus, &score).iter().position(|role| *role == Some(Role::Melody));
            let Some((melody, key)) = melody.zip(agreed_key(&score)) else { continue };
            let notes = &score.parts[melody].notes;
            all += 1;
            by_profile += usize::from(key::detect(notes.iter()) == Some(key));
            found += usize::from(key::detect_melody(&MelodyNote::line(notes.iter()), None) == Some(key));
        }
        let share = |count: usize| count as f64 / f64::from(all.max(1)) * 100.0;
        println!("| {corpus} | {all} | {:.1} % | {:.1} % |", share(by_profile), share(found));
        assert!(found > by_profile, "{corpus}: {found} of {by_profile}");
    }
}
