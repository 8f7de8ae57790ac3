//! Damaged projects, settings, libraries, models' cards and SoundFonts: each is read or refused, soon and in bounded
//! memory.
//!
//! Seeded with real ones. A bounded run by default; the long one, a million inputs over all targets, those of
//! `fuzz_midi.rs`,
//! `src/sound/soundfont/fuzz.rs` and `engine/tests/fuzz_models.rs` included, is
//!
//! ```text
//! CANTUS_FUZZ=1000000 cargo test --release --workspace --lib --test 'fuzz_*' damage -- --nocapture --test-threads=1
//! ```
//!
//! The only test of this program, so that nothing else allocates while it counts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the long run says what it did")]

use std::alloc::System;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cantus::engine_client::ModelCard;
use cantus::library::project;
use cantus::library::store::{Composition, FILE, Filter, GenerationSettings, Save, Store, Take, Takes, new_id};
use cantus::music::{Chord, ChordChange, Outline, Score, SectionChange, melodies};
use cantus::sound::SoundFont;
use cantus::studio::services::preferences::Preferences;
use cap::Cap;
use fastrand::Rng;

/// Aborts the test when reading takes more.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, 1 << 30);

const LONGEST: Duration = Duration::from_secs(5);

fn composition() -> Composition {
    let score = melodies::all()[3].score();
    let chords = vec![ChordChange { tick: 480, chord: Some(Chord::minor(9)), bass: 0 }];
    let sections = vec![SectionChange { tick: 0, label: "A".into() }];
    let outline = Outline { chords: chords.clone(), sections: sections.clone(), bars_before: 2 };
    let parts = score.parts.iter().map(|part| (**part).clone()).collect();
    Composition {
        tags: vec!["slow".into(), "in C".into()],
        takes: Some(Arc::new(Takes {
            settings: Arc::new(GenerationSettings { score: Arc::new(score.clone()), ..GenerationSettings::default() }),
            takes: vec![Take { parts, outline: outline.clone(), rating: 0.5, seed: 3, kept: false }],
            earlier: Vec::new(),
        })),
        ..Composition::new(Score { id: new_id(), chords, sections, ..score })
    }
}

/// The text of a project, as it stands in the zip.
fn project_text(zip: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut text = Vec::new();
    std::io::copy(&mut zip.by_name("project.json").unwrap(), &mut text).unwrap();
    text
}

fn zipped(text: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::FileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("project.json", options).unwrap();
    zip.write_all(text).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A library with a few compositions in it.
fn library() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap().store;
    for _ in 0..6 {
        store.insert(&composition()).unwrap();
    }
    drop(store);
    std::fs::read(folder.path().join(FILE)).unwrap()
}

/// The bundled font up to its samples, these, and the tables behind them.
fn font() -> [Vec<u8>; 3] {
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2")).unwrap();
    let find = |id: &[u8; 4]| bytes.windows(4).position(|window| window == id).unwrap();
    let (samples, tables) = (find(b"smpl") + 8, find(b"pdta") - 8); // its LIST begins eight bytes before
    [bytes[..samples].to_vec(), bytes[samples..tables].to_vec(), bytes[tables..].to_vec()]
}

/// Digits become other digits, bytes change, pieces go, come twice or grow.
fn mutate(random: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..random.usize(1..8) {
        if bytes.is_empty() {
            return;
        }
        let at = random.usize(0..bytes.len());
        let end = (at + random.usize(1..64)).min(bytes.len());
        match random.u8(0..8) {
            0 => bytes[at] = random.u8(..),
            1 => bytes[at] ^= 1 << random.u8(0..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => bytes[at..end].fill(*random.choice(&[0, 0xFF, b'[', b'{', b'"', b'9']).unwrap()),
            5 => bytes.truncate(at),
            6 => drop(
                bytes.splice(
                    at..at,
                    random
                        .choice(&["1e999", "-1", "18446744073709551616", "null", "NaN", "[[[[[[", "\\u0000"])
                        .unwrap()
                        .bytes(),
                ),
            ),
            _ => {
                if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                    bytes[at + digit] = random.u8(b'0'..=b'9');
                }
            }
        }
    }
}

struct Count {
    read: u64,
    refused: u64,
    slowest: Duration,
}

/// Tries mutants of the seeds, and the seeds themselves, which must be read.
fn try_all(name: &str, mutants: u64, seeds: &[Vec<u8>], mut read: impl FnMut(&[u8]) -> bool) {
    let mut random = Rng::with_seed(11);
    let mut count = Count { read: 0, refused: 0, slowest: Duration::ZERO };
    for seed in seeds {
        assert!(read(seed), "{name}: what is whole is read");
    }
    for index in 0..mutants {
        let mut bytes = seeds[index as usize % seeds.len()].clone();
        mutate(&mut random, &mut bytes);
        let start = Instant::now();
        if read(&bytes) {
            count.read += 1;
        } else {
            count.refused += 1;
        }
        let mut took = start.elapsed();
        if took >= LONGEST {
            // the computer may have had other things to do: what hangs, hangs again
            println!("{name}: mutant {index} took {took:?} at first");
            let again = Instant::now();
            read(&bytes);
            took = again.elapsed();
        }
        assert!(took < LONGEST, "{name}: mutant {index} took {took:?}");
        count.slowest = count.slowest.max(took);
    }
    println!(
        "{name}: {mutants} mutants, {} read, {} refused, the slowest {:.0?}",
        count.read, count.refused, count.slowest
    );
    assert!(count.refused > 0, "{name}: nothing was refused");
}

fn read_library(folder: &Path, bytes: &[u8]) -> bool {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let _ = std::fs::remove_file(entry.path());
    }
    std::fs::write(folder.join(FILE), bytes).unwrap();
    let Ok(mut opened) = Store::open(folder) else { return false };
    // whatever was there: the library works, now or after its rescue
    if opened.store.check().is_err() {
        opened = opened.store.recover().unwrap();
    }
    let save = Save {
        score: Arc::new(Score { id: new_id(), ..melodies::all()[0].score() }),
        touched: true,
        ..Save::default()
    };
    opened.store.save(&save, None).unwrap();
    for summary in opened.store.list(&Filter::default()).unwrap_or_default() {
        let _ = opened.store.load(summary.id);
    }
    opened.store.load(save.score.id).unwrap();
    opened.messages.is_empty()
}

#[test]
fn damage_is_read_or_refused_soon_and_in_bounded_memory() {
    let all: u64 = std::env::var("CANTUS_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    // in thousandths: MIDI files have 300 of them, SoundFonts that are played 41
    let share = |thousandths: u64| all * thousandths / 1000;
    let folder = tempfile::tempdir().unwrap();
    let project = project::write(&composition()).unwrap();
    let text = project_text(&project);
    try_all("project", share(150), &[project], |bytes| project::from_bytes(bytes).is_ok());
    try_all("project.json", share(150), &[text], |bytes| project::from_bytes(&zipped(bytes)).is_ok());
    let path = folder.path().join("settings.toml");
    let settings = b"theme = \"light\"\nscale = 1.25\ntakes = 5\n\
              soundfont = \"/fonts/piano.sf2\"\nsurprise = 0.3\n[later]\nx = [1, 2]\n"
        .to_vec();
    try_all("settings", share(150), &[settings], |bytes| {
        std::fs::write(&path, bytes).unwrap();
        let (preferences, told) = Preferences::load(&path);
        assert!((0.75..=2.0).contains(&preferences.scale) && (1..=8).contains(&preferences.takes));
        told.is_empty()
    });
    let card = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/bach/model.json")).unwrap();
    let place = folder.path().join("model");
    std::fs::create_dir(&place).unwrap();
    try_all("model.json", share(169), &[card], |bytes| {
        std::fs::write(place.join("model.json"), bytes).unwrap();
        ModelCard::read(&place).is_ok()
    });
    let place = folder.path().join("library");
    std::fs::create_dir(&place).unwrap();
    try_all("library", share(5), &[library()], |bytes| read_library(&place, bytes));
    let [start, samples, tables] = font();
    try_all("SoundFont's start", share(15), std::slice::from_ref(&start), |start| {
        SoundFont::from_bytes("mutant", [start, &samples, &tables].concat()).is_ok()
    });
    try_all("SoundFont's tables", share(15), &[tables], |tables| {
        SoundFont::from_bytes("mutant", [&start, &samples, tables].concat()).is_ok()
    });
}
