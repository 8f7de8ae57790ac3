//! Windows: pieces of equal length that networks are fed with.

use crate::engine_client::networks;
use crate::music::{Grid, Role};

use super::dataset::{Dataset, Piece, Split};

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
}

impl Dataset {
    /// The windows of one side of the split, in order. Windows without a melody note or without any accompaniment are
    /// skipped.
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
        .map(move |first_step| Window { piece: index, first_step, steps })
}

/// Iterations in which as many windows go through the network as the training pieces have (eight bars of `cantus`, two
/// of `unet`, from each bar on); at least 1.
pub fn iterations_per_epoch(dataset: &Dataset, network: &str, batch: Option<u32>) -> u64 {
    let network = networks::of(network);
    let shape = WindowShape { bars: network.window_bars, hop_bars: 1, steps_per_bar: None };
    let windows = dataset.windows(Split::Train, shape).len() as u64;
    windows.div_ceil(u64::from(batch.unwrap_or(network.batch).max(1))).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use crate::music::Cell;

    fn dataset() -> Dataset {
        Dataset { pieces: vec![Style::Pop.piece(1, 0)], ..Dataset::default() }
    }

    const TWO_BARS: WindowShape = WindowShape { bars: 2, hop_bars: 1, steps_per_bar: Some(16) };

    #[test]
    fn windows_lie_on_bars_and_within_the_piece() {
        let dataset = dataset();
        let windows = dataset.windows(Split::Train, TWO_BARS);
        assert_eq!(windows.len(), dataset.pieces[0].bars() - 1);
        assert!(windows.iter().all(|window| window.first_step % 16 == 0 && window.steps == 32));
        assert_eq!(windows[3].part(&dataset, Role::Bass), dataset.pieces[0].part(Role::Bass).unwrap().window(48, 32));
        assert_eq!(windows[0].part(&dataset, Role::Tenor), Grid::silent(32));
        assert!(dataset.windows(Split::Valid, TWO_BARS).is_empty());
        let other_metre = WindowShape { steps_per_bar: Some(12), ..TWO_BARS };
        assert!(dataset.windows(Split::Train, other_metre).is_empty());
    }

    #[test]
    fn windows_without_melody_are_skipped() {
        let mut dataset = dataset();
        let bars = dataset.pieces[0].bars();
        let silent = Grid::silent(dataset.pieces[0].steps());
        dataset.pieces[0].melody = silent;
        dataset.pieces[0].melody.set(64, 60, Cell::Onset);
        let windows = dataset.windows(Split::Train, TWO_BARS);
        assert!(bars > 6 && windows.iter().map(|window| window.first_step).eq([48, 64]));
    }

    #[test]
    fn an_epoch_covers_the_windows() {
        let dataset = crate::corpus::testing::chorales(6); // five to learn from, of four bars
        assert_eq!(iterations_per_epoch(&dataset, "unet", Some(4)), 4);
        assert_eq!(iterations_per_epoch(&dataset, "cantus", Some(4)), 2);
        assert_eq!(iterations_per_epoch(&Dataset::default(), "unet", None), 1);
    }
}
