//! Drums for a song, from what people played: blocks of a performance, laid so that its fills fall where phrases of the
//! song end, and the same block where the tune comes back.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use crate::corpus::dataset::Piece;
use crate::corpus::drumming::{Drumming, SOFTEST};
use crate::corpus::theory::chance;
use crate::music::Grid;
use crate::music::kit::{self, Limb, Sound, Stroke};

/// Bars of a block, and of half of one.
const BLOCK: usize = 8;
const HALF: usize = BLOCK / 2;
/// Performances of fewer bars have no block.
const LEAST_BARS: usize = 9;
/// Share of a block's steps that the melody must have in common with an earlier one to be the same tune.
const SAME: f64 = 0.7;

/// A performance in blocks.
#[derive(Clone, Debug)]
pub struct Groove {
    steps_per_bar: usize,
    bars: Vec<Vec<Stroke>>,
    /// Where blocks may begin, those that end on a fill first.
    starts: Vec<usize>,
    /// How many of them end on a fill.
    filled: usize,
}

/// The performances of some styles that are long enough for blocks.
pub fn grooves(drumming: &[Drumming], styles: &[&str]) -> Vec<Groove> {
    let wanted = drumming.iter().filter(|one| !one.is_fill && styles.contains(&one.family.as_str()));
    wanted.filter_map(groove).collect()
}

fn groove(drumming: &Drumming) -> Option<Groove> {
    let bars = drumming.bars();
    if bars.len() < LEAST_BARS {
        return None;
    }
    let turning = |bar: &[Stroke]| {
        let late = |stroke: &&Stroke| stroke.step as usize * 2 >= drumming.steps_per_bar && stroke.velocity >= SOFTEST;
        let drum = |stroke: &&Stroke| matches!(stroke.sound.limb, Limb::Snare | Limb::Toms);
        (bar.iter().filter(late).filter(drum).count() as u32, 0)
    };
    let fills = kit::fills(&bars.iter().map(|bar| turning(bar)).collect::<Vec<_>>());
    // the last bar is where the performance ends
    let all = 0..=bars.len() - 1 - BLOCK;
    let (filled, plain): (Vec<usize>, Vec<usize>) = all.partition(|start| fills[start + BLOCK - 1]);
    let steady = plain.into_iter().filter(|start| start.is_multiple_of(HALF));
    let count = filled.len();
    let starts = filled.into_iter().chain(steady).collect();
    Some(Groove { steps_per_bar: drumming.steps_per_bar, bars, starts, filled: count })
}

/// A song's drums: one performance, in blocks of eight bars from the tune's beginning; a plain beat where nobody played
/// in its metre.
pub fn drums(grooves: &[Groove], piece: &Piece, random: &mut ChaCha8Rng) -> Vec<Stroke> {
    let bar = piece.steps_per_bar.max(1);
    let fitting: Vec<&Groove> = grooves.iter().filter(|groove| groove.steps_per_bar == bar).collect();
    if fitting.is_empty() {
        return (0..piece.bars()).flat_map(|nth| plain(nth * bar, bar)).collect();
    }
    let groove = fitting[random.random_range(0..fitting.len())];
    let first = piece.melody_bars().map_or(0, |steps| steps.start / bar);
    let mut known: Vec<(usize, usize)> = Vec::new(); // the tune's blocks so far, and those of the drums
    let mut strokes = Vec::new();
    // what comes before the tune is played as its first block ends
    let starts = (first % BLOCK..piece.bars()).step_by(BLOCK);
    for start in std::iter::once(0).filter(|_| !first.is_multiple_of(BLOCK)).chain(starts) {
        let length = if start < first % BLOCK { first % BLOCK } else { BLOCK.min(piece.bars() - start) };
        let same = known.iter().find(|(other, _)| is_same(&piece.melody, other * bar, start * bar, length * bar));
        let block = same.map_or_else(|| chosen(groove, random), |(_, block)| *block);
        known.push((start, block));
        for nth in 0..length {
            // short ones have the block's end, with its fill
            let played = &groove.bars[block + BLOCK - length + nth];
            strokes.extend(
                played.iter().map(|stroke| Stroke { step: ((start + nth) * bar) as u32 + stroke.step, ..*stroke }),
            );
        }
    }
    strokes
}

/// A block that ends on a fill, if there is one, mostly.
fn chosen(groove: &Groove, random: &mut ChaCha8Rng) -> usize {
    let among = if groove.filled > 0 && chance(random, 0.85) { groove.filled } else { groove.starts.len() };
    groove.starts[random.random_range(0..among)]
}

fn is_same(melody: &Grid, one: usize, other: usize, steps: usize) -> bool {
    let steps = steps.min(melody.steps() - one.max(other));
    let alike = |step: &usize| melody.onsets(one + step).eq(melody.onsets(other + step));
    (0..steps).filter(alike).count() as f64 >= SAME * steps as f64
        && (0..steps).any(|step| melody.onsets(one + step).next().is_some())
}

/// Kick on one, snare on the other beats of three, on two and four of four; hats on eighths.
fn plain(first: usize, steps: usize) -> Vec<Stroke> {
    let stroke = |step: usize, key: u8, velocity: u8| {
        Sound::of_key(key).map(|sound| Stroke { step: (first + step) as u32, sound, velocity, late: 0 })
    };
    let hats = (0..steps).step_by(2).filter_map(|step| stroke(step, 42, if step.is_multiple_of(4) { 80 } else { 60 }));
    let beats = (0..steps).step_by(4).enumerate().filter_map(|(beat, step)| {
        let in_three = steps.is_multiple_of(12);
        let snare = if in_three { beat % 3 != 0 } else { beat % 2 == 1 };
        stroke(step, if snare { 38 } else { 36 }, 96)
    });
    let mut all: Vec<Stroke> = hats.chain(beats).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use rand::SeedableRng as _;

    const BAR: usize = 16;

    /// Kick and hats; a fill in each eighth bar counted from the third.
    fn drumming() -> Drumming {
        let mut strokes = Vec::new();
        let mut add = |bar: usize, step: usize, key: u8| {
            let sound = Sound::of_key(key).unwrap();
            strokes.push(Stroke { step: (bar * BAR + step) as u32, sound, velocity: 90, late: 3 });
        };
        for bar in 0..32 {
            add(bar, 0, 36);
            (0..BAR).step_by(4).for_each(|step| add(bar, step, 42));
            if bar % 8 == 2 {
                (8..BAR).for_each(|step| add(bar, step, 45));
            }
        }
        strokes.sort_unstable();
        Drumming { family: "rock".into(), is_fill: false, steps_per_bar: BAR, strokes }
    }

    #[test]
    fn fills_fall_where_blocks_of_the_song_end() {
        let grooves = grooves(&[drumming()], &["rock"]);
        assert_eq!(grooves.len(), 1);
        assert_eq!(grooves[0].filled, 3); // bars 10, 18 and 26 end a block, bar 2 has none before it
        assert!(super::grooves(&[drumming()], &["jazz"]).is_empty());
        let piece = Style::Pop.piece(1, 1);
        let strokes = drums(&grooves, &piece, &mut ChaCha8Rng::seed_from_u64(1));
        let fills: Vec<usize> = (0..piece.bars())
            .filter(|bar| {
                let in_bar = |stroke: &&Stroke| stroke.step as usize / BAR == *bar;
                strokes.iter().filter(in_bar).any(|stroke| stroke.sound.limb == Limb::Toms)
            })
            .collect();
        let first = piece.melody_bars().unwrap().start / BAR;
        assert!(!fills.is_empty());
        assert!(
            fills.iter().all(|bar| (bar + 1 - first).is_multiple_of(BLOCK) || bar + 1 == piece.bars()),
            "{fills:?}"
        );
        assert!(strokes.iter().all(|stroke| stroke.late == 3));
    }

    #[test]
    fn where_nobody_played_there_is_a_plain_beat() {
        let piece = Style::Pop.piece(1, 1);
        let strokes = drums(&[], &piece, &mut ChaCha8Rng::seed_from_u64(1));
        let kicks = strokes.iter().filter(|stroke| stroke.sound.limb == Limb::Kick).count();
        assert_eq!(kicks, 2 * piece.bars());
    }
}
