//! A whole score on the grid, track by track, uncut: what metrics of a single file are taken from.

use crate::corpus::roles;
use crate::music::grid::TICKS_PER_STEP;
use crate::music::{Grid, Note, Role, Score};

use super::dataset::{DatasetError, FoundRole};
use super::pieces::{MOST_STEPS, on_grid, track_names};
use super::sections::{Section, sections};

/// A score on the grid. All grids have the same length; step 0 begins a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeScore {
    /// Sixteenths in a bar, in the metre that most of the piece has.
    pub steps_per_bar: usize,
    /// Each track that has notes: what it was taken for, and its cells.
    pub tracks: Vec<(FoundRole, Grid)>,
}

impl WholeScore {
    /// Length in bars.
    pub fn bars(&self) -> usize {
        self.tracks.first().map_or(0, |(_, grid)| grid.steps() / self.steps_per_bar)
    }

    /// The roles and cells, as the metrics take them.
    pub fn parts(&self) -> Vec<(Role, &Grid)> {
        self.tracks.iter().map(|(found, grid)| (found.role, grid)).collect()
    }
}

/// Puts a score on the grid. Bars are those of the metre that most of it has, and lie where that metre first begins.
///
/// # Errors
/// The score has no notes, is too long, or its bars are no whole number of sixteenths.
pub fn whole_score(score: &Score) -> Result<WholeScore, DatasetError> {
    let unusable = |reason: &str| DatasetError::Score { reason: reason.into() };
    let end = score.parts.iter().flat_map(|part| &part.notes).map(Note::end).max();
    let end = end.ok_or_else(|| unusable("it has no notes"))?;
    if i64::from(end) > MOST_STEPS * i64::from(TICKS_PER_STEP) {
        return Err(unusable("it is longer than any piece of music"));
    }
    let sections = sections(&score.metre, end);
    let main = sections.iter().max_by_key(|section| section.end - section.start);
    let main = *main.ok_or_else(|| unusable("it has no notes"))?;
    let steps_per_bar = main.steps_per_bar().ok_or_else(|| unusable("its bars are no whole number of sixteenths"))?;
    let bars_before = (main.start + main.bar_ticks - 1).div_euclid(main.bar_ticks);
    let all =
        Section { start: main.start - bars_before * main.bar_ticks, end: i64::from(end), bar_ticks: main.bar_ticks };
    let steps = all.bars() * steps_per_bar;
    let found = roles::find(&score.parts, false);
    let names = track_names(&score.parts);
    let tracks = score.parts.iter().zip(found).enumerate().filter(|(_, (part, _))| !part.notes.is_empty());
    Ok(WholeScore {
        steps_per_bar,
        tracks: tracks
            .map(|(index, (part, (role, reason)))| {
                let found = FoundRole { program: part.program, track: names[index].clone(), role, reason };
                (found, on_grid(&part.notes, all, steps, role == Role::Drums))
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::music::Part;
    use crate::music::testing::{metres, note};

    fn score(metre: &[(u32, u8, u8)], starts: &[u32]) -> Score {
        let mut part = Part::new("Melody", 0);
        part.notes = starts.iter().map(|&start| note(start, 480, 60)).collect();
        Score {
            metre: metres(metre),
            parts: vec![Arc::new(Part::new("silent", 0)), Arc::new(part)],
            ..Score::default()
        }
    }

    #[test]
    fn bars_lie_where_the_main_metre_puts_them() {
        let whole = whole_score(&score(&[(0, 1, 4), (480, 4, 4)], &[0, 480, 2400])).unwrap();
        assert_eq!((whole.steps_per_bar, whole.bars(), whole.tracks.len()), (16, 3, 1));
        let onsets: Vec<usize> = (0..48).filter(|&step| whole.tracks[0].1.onsets(step).next().is_some()).collect();
        assert_eq!(onsets, [12, 16, 32]);
        // another metre first: the bars of the main one are counted back to before it
        let whole = whole_score(&score(&[(0, 3, 4), (1440, 4, 4)], &[0, 1440, 1440 + 1920 * 3])).unwrap();
        assert!(whole.tracks[0].1.onsets(4).next().is_some() && whole.tracks[0].1.onsets(16).next().is_some());
    }

    #[test]
    fn silence_is_refused() {
        let error = whole_score(&score(&[], &[])).unwrap_err();
        assert_eq!(error.to_string(), "it cannot be measured: it has no notes");
    }
}
