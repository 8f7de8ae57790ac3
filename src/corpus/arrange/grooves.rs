//! Drums: what people played, put under a song bar by bar; a plain beat where nobody played in its metre.

use std::path::Path;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use crate::corpus::dataset::Piece;
use crate::corpus::theory::write;
use crate::music::grid::TICKS_PER_STEP;
use crate::music::{Cell, Grid, TICKS_PER_QUARTER, midi_file};

/// Steps of a bar of the drumming.
const BAR: usize = 16;
/// Softer strokes are ghosts, which a grid without velocities would make as loud as all others.
const SOFTEST: u8 = 36;
/// Bars of one performance that are used at most.
const MOST_BARS: usize = 32;
/// Performances of fewer bars are fills.
const LEAST_BARS: usize = 4;
/// No performance is longer.
const MOST_BYTES: u64 = 4 << 20;

/// A performance, bar by bar.
#[derive(Clone, Debug)]
pub struct Groove {
    bars: Vec<Grid>,
}

/// Reads the performances in four quarters of some styles, whose names the files bear
/// (`SESSION_jazz-swing_110_beat_4-4.mid`), in order of their names. Off-beats of swung styles are brought to straight
/// eighths.
///
/// # Errors
/// The folder cannot be listed. Files that cannot be read are passed over.
pub fn read_grooves(folder: &Path, styles: &[&str]) -> std::io::Result<Vec<Groove>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let wanted = |name: &str| {
        let mut words = name.trim_end_matches("_beat_4-4.mid").rsplit('_').skip(1);
        let style = words.next().unwrap_or_default();
        let family = style.split('-').next().unwrap_or_default();
        name.ends_with("_beat_4-4.mid") && styles.contains(&family)
    };
    let name_of = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(paths
        .iter()
        .filter(|path| wanted(&name_of(path)))
        .filter_map(|path| {
            let small =
                std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES);
            let score = midi_file::read(&std::fs::read(path).ok().filter(|_| small)?).ok()?;
            let swung = styles.contains(&"jazz");
            let notes = score.parts.iter().filter(|part| part.is_drum).flat_map(|part| &part.notes);
            let strokes = notes
                .filter(|note| note.velocity.get() >= SOFTEST)
                .map(|note| (step_of(note.start, swung), usize::from(note.pitch.get())));
            cut(strokes)
        })
        .collect())
}

/// The sixteenth a stroke belongs to. Swung, what lies between the first third and the last sixth of a beat is its
/// off-beat.
fn step_of(tick: u32, swung: bool) -> usize {
    let (beat, within) = (tick / TICKS_PER_QUARTER, tick % TICKS_PER_QUARTER);
    if swung {
        let twelfths = within * 12 / TICKS_PER_QUARTER;
        let step = match twelfths {
            0..=1 => 0,
            2..=3 => 1,
            4..=9 => 2,
            _ => 4,
        };
        return beat as usize * 4 + step;
    }
    ((tick + TICKS_PER_STEP / 2) / TICKS_PER_STEP) as usize
}

/// Strokes as whole bars; `None` where they are too few for a groove.
fn cut(strokes: impl Iterator<Item = (usize, usize)>) -> Option<Groove> {
    let mut bars: Vec<Grid> = Vec::new();
    for (step, key) in strokes {
        let bar = step / BAR;
        if bar >= MOST_BARS || key > 81 {
            continue;
        }
        while bars.len() <= bar {
            bars.push(Grid::silent(BAR));
        }
        bars[bar].set(step % BAR, key, Cell::Onset);
    }
    // count-ins and last strokes are no bars of a groove
    let strokes = |bar: &Grid| (0..BAR).map(|step| bar.onsets(step).count()).sum::<usize>();
    bars.retain(|bar| strokes(bar) >= 4);
    (bars.len() >= LEAST_BARS).then_some(Groove { bars })
}

/// A song's drums: one performance from its beginning, again and again; a plain beat in other metres than its own.
pub fn drums(grooves: &[Groove], piece: &Piece, random: &mut ChaCha8Rng) -> Grid {
    let mut grid = Grid::silent(piece.steps());
    let chosen = random.random_range(0..grooves.len().max(1));
    let groove = grooves.get(chosen).filter(|_| piece.steps_per_bar == BAR);
    for bar in 0..piece.bars() {
        let first = bar * piece.steps_per_bar;
        match groove {
            Some(groove) => {
                let played = &groove.bars[bar % groove.bars.len()];
                for step in 0..BAR {
                    for key in played.onsets(step) {
                        grid.set(first + step, key, Cell::Onset);
                    }
                }
            }
            None => plain(&mut grid, first, piece.steps_per_bar),
        }
    }
    grid
}

/// Kick on one, snare on the other beats of three, on two and four of four; hats on eighths.
fn plain(grid: &mut Grid, first: usize, steps: usize) {
    for step in (0..steps).step_by(2) {
        write(grid, first + step, 1, 42);
    }
    for (beat, step) in (0..steps).step_by(4).enumerate() {
        let in_three = steps.is_multiple_of(12);
        let snare = if in_three { beat % 3 != 0 } else { beat % 2 == 1 };
        write(grid, first + step, 1, if snare { 38 } else { 36 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use rand::SeedableRng as _;

    #[test]
    fn swung_off_beats_become_eighths() {
        let steps = [0, 20, 160, 240, 320, 400, 460, 480].map(|tick| step_of(tick, true));
        assert_eq!(steps, [0, 0, 2, 2, 2, 4, 4, 4]);
        assert_eq!([0, 70, 240, 355, 430].map(|tick| step_of(tick, false)), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_performance_goes_round_under_a_song() {
        let strokes = (0..5 * BAR).step_by(2).map(|step| (step, if step % 8 == 0 { 36 } else { 42 }));
        let groove = cut(strokes).unwrap();
        assert_eq!(groove.bars.len(), 5);
        assert!(cut([(0, 36), (4, 38)].into_iter()).is_none());
        let piece = Style::Pop.piece(1, 1);
        let grid = drums(&[groove], &piece, &mut ChaCha8Rng::seed_from_u64(1));
        assert!((0..piece.bars()).all(|bar| grid.onsets(bar * BAR).eq([36])));
        assert_eq!(grid.onsets(1).count(), 0);
    }
}
