//! What undo costs: the time of each step, and the memory of all of them.

use std::time::Instant;

use crate::{
    music::{
        edit::{self, Selection},
        history::History,
    },
    resident,
};

/// Steps that are made, taken back and made again.
pub const STEPS: usize = 200;

/// What was measured.
pub struct Costs {
    /// Milliseconds of each edit, each undo and each redo.
    pub times_ms: [Vec<f64>; 3],
    /// Megabytes that the program holds more with all steps made.
    pub megabytes: f64,
}

/// Every step transposes every note of the only part: the most that a step can change.
pub fn costs(mut history: History) -> Costs {
    let before = resident::bytes();
    let mut semitones = 1;
    let edits = times_ms(&mut history, |history| {
        history.edit("Transpose", |score| {
            let Some(part) = score.part_mut(0) else { return };
            let all = Selection::all(part);
            semitones = -semitones;
            edit::transpose(part, &all, semitones);
        })
    });
    let held = resident::bytes().saturating_sub(before);
    let undone = times_ms(&mut history, |history| history.undo().is_some());
    let redone = times_ms(&mut history, |history| history.redo().is_some());
    Costs { times_ms: [edits, undone, redone], megabytes: held as f64 / 1e6 }
}

/// How long each of the steps takes; it must do something.
fn times_ms(history: &mut History, mut step: impl FnMut(&mut History) -> bool) -> Vec<f64> {
    let once = |_| {
        let began = Instant::now();
        let done = step(history);
        let took = began.elapsed().as_secs_f64() * 1e3;
        if done { took } else { f64::NAN }
    };
    (0..STEPS).map(once).collect()
}
