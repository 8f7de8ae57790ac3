//! A thumbnail of the piano roll, small enough for a list of thousands: which part sounds where, on a grid of a few
//! cells.
//!
//! Kept as runs of four bytes: column, length, row, colour. Knows nothing of the window, which has the colours.

use crate::music::Score;

/// Cells from left to right.
pub const COLUMNS: usize = 120;
/// Cells from top to bottom.
pub const ROWS: usize = 28;

/// A run of cells of one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRun {
    /// The first cell, from the left.
    pub column: u8,
    /// How many cells.
    pub length: u8,
    /// From the top.
    pub row: u8,
    /// Which of the theme's part colours.
    pub color: u8,
}

/// The picture of a score; empty where it has no notes. Drums stand apart at the bottom.
pub fn draw(score: &Score) -> Vec<CellRun> {
    let end = score.end();
    let pitched = || score.parts.iter().filter(|part| !part.is_drum).flat_map(|part| &part.notes);
    let low = pitched().map(|note| note.pitch.get()).min().unwrap_or(60);
    let high = pitched().map(|note| note.pitch.get()).max().unwrap_or(60);
    let has_drums = score.parts.iter().any(|part| part.is_drum && !part.notes.is_empty());
    let drum_rows = if has_drums { 4 } else { 0 };
    let rows = ROWS - drum_rows;
    // a narrow tune is not blown up to fill the height
    let span = usize::from(high - low).max(20) as f64;
    let middle = f64::midpoint(f64::from(high), f64::from(low));
    let mut cells = [[None::<u8>; COLUMNS]; ROWS];
    // the melody last, over the others
    let order = (0..score.parts.len()).filter(|&index| Some(index) != score.melody).chain(score.melody);
    for part in order.filter_map(|index| score.parts.get(index)) {
        for note in &part.notes {
            let column = |tick: u32| (u64::from(tick) * COLUMNS as u64 / u64::from(end.max(1))) as usize;
            let first = column(note.start).min(COLUMNS - 1);
            let last = column(note.end().saturating_sub(1)).clamp(first, COLUMNS - 1);
            let row = if part.is_drum {
                rows + usize::from(note.pitch.get()) % 3 + 1
            } else {
                let above = (middle + span / 2.0 - f64::from(note.pitch.get())) / span;
                ((above * (rows - 1) as f64).round().max(0.0) as usize).min(rows - 1)
            };
            cells[row][first..=last].fill(Some(part.color));
        }
    }
    let mut runs: Vec<CellRun> = Vec::new();
    for (row, line) in cells.iter().enumerate() {
        for (column, color) in line.iter().enumerate().filter_map(|(column, color)| Some((column, (*color)?))) {
            match runs.last_mut() {
                Some(run)
                    if usize::from(run.row) == row
                        && usize::from(run.column + run.length) == column
                        && run.color == color =>
                {
                    run.length += 1;
                }
                _ => runs.push(CellRun { column: column as u8, length: 1, row: row as u8, color }),
            }
        }
    }
    runs
}

/// As it is stored.
pub fn to_bytes(runs: &[CellRun]) -> Vec<u8> {
    runs.iter().flat_map(|run| [run.column, run.length, run.row, run.color]).collect()
}

/// As it was stored; what lies outside the grid is left out.
pub fn from_bytes(bytes: &[u8]) -> Vec<CellRun> {
    bytes
        .chunks_exact(4)
        .take(COLUMNS * ROWS)
        .map(|cell| CellRun { column: cell[0], length: cell[1], row: cell[2], color: cell[3] })
        .filter(|run| usize::from(run.column) + usize::from(run.length) <= COLUMNS && usize::from(run.row) < ROWS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::melodies;

    #[test]
    fn a_tune_fits_the_grid_and_comes_back() {
        for melody in melodies::all() {
            let runs = draw(&melody.score());
            assert!(runs.len() > 8, "{}", melody.name);
            assert_eq!(from_bytes(&to_bytes(&runs)), runs);
            let last = runs.iter().map(|run| usize::from(run.column + run.length)).max();
            assert_eq!(last, Some(COLUMNS), "the last note ends at the edge");
        }
        assert!(draw(&Score::default()).is_empty());
        assert!(from_bytes(&[119, 2, 0, 0, 0, 1, 28, 0, 1, 2, 3]).is_empty());
    }
}
