//! Windows: pieces of equal length that networks are fed with.

use crate::music::{Grid, Role};

use super::{Dataset, Piece, Split};

/// How windows are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowShape {
    /// Length in bars, at least 1.
    pub bars: usize,
    /// Bars from one window to the next, at least 1.
    pub hop_bars: usize,
    /// Only pieces with bars of so many steps; `None` takes all.
    pub steps_per_bar: Option<usize>,
}

/// One window: where it lies. Cheap to copy; the grids are cut out on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Index into [`Dataset::pieces`].
    pub piece: usize,
    /// Its first step, which begins a bar.
    pub first_step: usize,
    /// Length in steps.
    pub steps: usize,
}

impl Window {
    /// The melody of the window.
    pub fn melody(&self, dataset: &Dataset) -> Grid {
        dataset.pieces[self.piece].melody.window(self.first_step, self.steps)
    }

    /// The part of a role, silent where the piece has none.
    pub fn part(&self, dataset: &Dataset, role: Role) -> Grid {
        dataset.pieces[self.piece]
            .part(role)
            .map_or_else(|| Grid::silent(self.steps), |grid| grid.window(self.first_step, self.steps))
    }

    /// The bars before the window (at most `steps`, right-aligned, silent before the piece), of the melody for `None` or of a role.
    pub fn before(&self, dataset: &Dataset, role: Option<Role>, steps: usize) -> Grid {
        let piece = &dataset.pieces[self.piece];
        let Some(grid) = role.map_or(Some(&piece.melody), |role| piece.part(role)) else {
            return Grid::silent(steps);
        };
        let known = steps.min(self.first_step);
        let mut before = Grid::silent(steps);
        for step in 0..known {
            for pitch in grid.sounding(self.first_step - known + step) {
                before.set(steps - known + step, pitch, grid.get(self.first_step - known + step, pitch));
            }
        }
        before
    }
}

impl Dataset {
    /// The windows of one side of the split, in order. Windows without a melody note or without any accompaniment are skipped.
    pub fn windows(&self, split: Split, shape: WindowShape) -> Vec<Window> {
        let mut windows = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            if piece.split == split && shape.steps_per_bar.is_none_or(|steps| steps == piece.steps_per_bar) {
                windows.extend(cut(piece, index, shape));
            }
        }
        windows
    }
}

fn cut(piece: &Piece, index: usize, shape: WindowShape) -> impl Iterator<Item = Window> {
    let steps = shape.bars.max(1) * piece.steps_per_bar;
    let hop = shape.hop_bars.max(1) * piece.steps_per_bar;
    (0..=piece.steps().saturating_sub(steps))
        .step_by(hop)
        .filter(move |_| piece.steps() >= steps)
        .filter(move |&first| {
            let within = |grid: &Grid| (first..first + steps).any(|step| grid.onsets(step).next().is_some());
            within(&piece.melody) && piece.parts.iter().any(|(_, grid)| within(grid))
        })
        .map(move |first_step| Window {
            piece: index,
            first_step,
            steps,
        })
}
