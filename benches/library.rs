//! `cargo bench --bench library`: how long a library of a thousand compositions takes to open, list and search, and how
//! long saving takes while one plays.
#![allow(clippy::print_stdout, reason = "a table is all it is for")]

use std::{sync::Arc, time::Instant};

use cantus::{
    library::store::{Composition, Filter, Save, SaveOutcome, Store, StoreError, new_id},
    music::{Note, Score, melodies},
};

const COMPOSITIONS: usize = 1000;
/// Notes of the part that is played in.
const NOTES: u32 = 10_000;

fn main() -> Result<(), StoreError> {
    let folder = tempfile::tempdir()?;
    let mut store = Store::open(folder.path())?.store;
    for (index, melody) in melodies::all().iter().cycle().take(COMPOSITIONS).enumerate() {
        let score = melody.score();
        let title = format!("{} {index}", score.title);
        let parts = vec![Arc::clone(&score.parts[0]); 4];
        store.insert(&Composition::new(Score { id: new_id(), title, parts, ..score }))?;
    }
    drop(store);
    measure("open and list", || Store::open(folder.path())?.store.list(&Filter::default()).map(|_| ()))?;
    let mut store = Store::open(folder.path())?.store;
    measure("search", || store.list(&Filter { search: "joy".into(), ..Filter::default() }).map(|_| ()))?;
    let mut score = Score { id: new_id(), ..melodies::all()[0].score() };
    let first = score.parts[0].notes[0];
    Arc::make_mut(&mut score.parts[0]).notes = (0..NOTES).map(|index| Note { start: index * 60, ..first }).collect();
    let mut known = None;
    measure("save a part of 10,000 notes with one more", || {
        let part = Arc::make_mut(&mut score.parts[0]);
        part.notes.push(Note { start: part.notes.len() as u32 * 60, ..first });
        let save = Save { score: Arc::new(score.clone()), touched: true, ..Save::default() };
        if let SaveOutcome::Saved(saved) = store.save(&save, known.as_ref())? {
            known = Some(saved);
        }
        Ok(())
    })
}

/// Prints the best and the median of nine times.
fn measure(what: &str, mut work: impl FnMut() -> Result<(), StoreError>) -> Result<(), StoreError> {
    let mut times_ms = Vec::new();
    for _ in 0..9 {
        let began = Instant::now();
        work()?;
        times_ms.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times_ms.sort_by(f64::total_cmp);
    println!("{what:<48} best {:>7.2} ms, median {:>7.2} ms", times_ms[0], times_ms[4]);
    Ok(())
}
