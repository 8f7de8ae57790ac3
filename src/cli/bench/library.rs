//! `cantus bench library`: opening the library, listing it, searching it, and saving while one plays.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use super::super::output;
use super::median;
use crate::library::store::{Composition, Filter, Save, SaveOutcome, Store, new_id};
use crate::music::{Note, Score, melodies};

/// How often each is measured.
const TIMES: usize = 9;

/// Arguments of `cantus bench library`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Compositions in the library that is made for it, each of four parts and some hundred notes
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    compositions: u32,
    /// Notes of the composition that is saved
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    notes: u32,
}

/// Runs `cantus bench library`.
pub fn run(arguments: &Arguments, as_json: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("no folder for the library can be made")?;
    let melodies = melodies::all();
    let mut store = Store::open(folder.path())?.store;
    for (index, melody) in melodies.iter().cycle().take(arguments.compositions as usize).enumerate() {
        let mut score = melody.score();
        score.id = new_id();
        score.title = format!("{} {index}", score.title);
        score.parts = std::iter::repeat_n(Arc::clone(&score.parts[0]), 4).collect();
        store.insert(&Composition::new(score))?;
    }
    drop(store);
    let mut opened = Vec::new();
    let mut searched = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        let store = Store::open(folder.path())?.store;
        let found = store.list(&Filter::default())?;
        opened.push(start.elapsed().as_secs_f64());
        anyhow::ensure!(found.len() == arguments.compositions as usize, "not all were listed");
        let start = Instant::now();
        let filter = Filter { search: "joy".into(), ..Filter::default() };
        store.list(&filter)?;
        searched.push(start.elapsed().as_secs_f64());
    }
    let saved = save_while_playing(&mut Store::open(folder.path())?.store, arguments.notes)?;
    let milliseconds = |seconds| median(seconds).unwrap_or(0.0) * 1000.0;
    let (opened, searched, saved) = (milliseconds(opened), milliseconds(searched), milliseconds(saved));
    if as_json {
        return output::print_json(&json!({
            "compositions": arguments.compositions, "open_and_list_ms": opened, "search_ms": searched,
            "notes": arguments.notes, "save_ms": saved,
        }));
    }
    output::print(&format!(
        "{} compositions: opened and listed in {opened:.1} ms, searched in {searched:.1} ms\n{} notes: saved with one more in {saved:.1} ms\n",
        arguments.compositions, arguments.notes
    ))
}

/// Saves a long part again and again with a note more, as autosave does while one plays.
fn save_while_playing(store: &mut Store, notes: u32) -> anyhow::Result<Vec<f64>> {
    let mut score = melodies::all()[0].score();
    score.id = new_id();
    let first = score.parts[0].notes[0];
    let note = |index: u32| Note { start: index * 60, ..first };
    let part = score.part_mut(0).context("a melody has a part")?;
    part.notes = (0..notes).map(note).collect();
    let mut known = None;
    let mut took = Vec::new();
    for time in 0..=TIMES as u32 {
        let mut longer = Score::clone(&score);
        longer.part_mut(0).context("a melody has a part")?.notes.push(note(notes + time));
        let save = Save { score: Arc::new(longer), touched: true, ..Save::default() };
        let start = Instant::now();
        if let SaveOutcome::Kept(saved) = store.save(&save, known.as_ref())? {
            known = Some(saved);
        }
        took.push(start.elapsed().as_secs_f64());
    }
    Ok(took)
}
