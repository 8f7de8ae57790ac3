//! Notes that are edited together: those that are selected in a part, or those of bars, which may be of several parts.

use std::ops::Range;

use super::{Bars, Part, Selection, Tick, bars::cut};
use crate::music::Score;

/// Notes of one part or more, by the place of their part; no part without any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChosenNotes(Vec<(usize, Selection)>);

impl ChosenNotes {
    /// Those that are selected in a part.
    pub fn of_part(part: usize, selection: Selection) -> Self {
        Self(if selection.is_empty() { Vec::new() } else { vec![(part, selection)] })
    }

    /// Those that begin in bars, or a hair before them as people play.
    pub fn of_bars(score: &Score, bars: &Bars) -> Self {
        let parts = score.parts.get(bars.parts.clone()).unwrap_or_default();
        let notes_of = |part: &Part| -> Selection {
            let begins_in =
                |note: &&_| cut(**note, bars.ticks.start).0.is_none() && cut(**note, bars.ticks.end).0.is_some();
            let until = part.notes.partition_point(|note| note.start < bars.ticks.end);
            part.notes[..until].iter().filter(begins_in).copied().collect()
        };
        let chosen = bars.parts.clone().zip(parts.iter().map(|part| notes_of(part)));
        Self(chosen.filter(|(_, selection)| !selection.is_empty()).collect())
    }

    /// Those that a transposition is for: the rows of a kit are no pitches, so that it stays as it is beside others.
    #[must_use]
    pub fn pitched(mut self, score: &Score) -> Self {
        let is_pitched = |part: usize| score.parts.get(part).is_some_and(|part| !part.is_drum);
        if self.0.iter().any(|(part, _)| is_pitched(*part)) {
            self.0.retain(|(part, _)| is_pitched(*part));
        }
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, selection)| selection.is_empty())
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, selection)| selection.len()).sum()
    }

    /// From the first start to the last end, in ticks; `None` if there is no note.
    pub fn span(&self) -> Option<Range<Tick>> {
        let spans = || self.0.iter().filter_map(|(_, selection)| selection.span());
        Some(spans().map(|span| span.start).min()?..spans().map(|span| span.end).max()?)
    }

    /// Those of a part.
    pub fn in_part(&self, part: usize) -> Selection {
        self.0.iter().find(|(place, _)| *place == part).map_or_else(Selection::none, |(_, selection)| selection.clone())
    }

    /// Edits them part by part; the notes as they came to lie. `None` where the edit refuses one of the parts.
    pub fn edit(
        &self,
        score: &mut Score,
        mut edit: impl FnMut(&mut Part, &Selection) -> Option<Selection>,
    ) -> Option<Self> {
        let edited = self.0.iter().map(|(place, selection)| Some((*place, edit(score.part_mut(*place)?, selection)?)));
        edited.collect::<Option<_>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{edit, testing::note};

    const BAR: Tick = 1920;

    fn score() -> Score {
        let mut tune = Part::new("Tune", 0);
        tune.notes = vec![note(0, BAR + 40, 60), note(BAR - 20, 480, 62), note(2 * BAR - 10, 480, 64)];
        let mut kit = Part { is_drum: true, ..Part::new("Kit", 0) };
        kit.notes = vec![note(BAR, 120, 36)];
        Score { parts: vec![tune.into(), kit.into(), Part::new("Rest", 0).into()], ..Score::default() }
    }

    #[test]
    fn the_notes_of_bars_are_those_that_begin_there() {
        let score = score();
        let chosen = ChosenNotes::of_bars(&score, &Bars { ticks: BAR..2 * BAR, parts: 0..3 });
        assert_eq!(chosen.in_part(0).notes(), [note(BAR - 20, 480, 62)]);
        assert_eq!((chosen.len(), chosen.span()), (2, Some(BAR - 20..BAR + 460)));
        assert!(ChosenNotes::of_bars(&score, &Bars { ticks: BAR..2 * BAR, parts: 2..9 }).is_empty());
    }

    #[test]
    fn a_kit_is_transposed_only_by_itself() {
        let score = score();
        let up = |parts| {
            let mut score = score.clone();
            let chosen = ChosenNotes::of_bars(&score, &Bars { ticks: BAR..2 * BAR, parts }).pitched(&score);
            chosen.edit(&mut score, |part, selection| edit::transpose(part, selection, 1)).unwrap();
            (score.parts[0].notes[1].pitch.get(), score.parts[1].notes[0].pitch.get())
        };
        assert_eq!((up(0..2), up(1..2)), ((63, 36), (62, 37)));
    }
}
