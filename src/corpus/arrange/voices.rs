//! Four voices of anything that has chords: the melody as written, and bass, tenor and alto from all that sounds under
//! it.

use crate::corpus::dataset::Piece;
use crate::music::{Cell, Grid, Role};

/// Pieces that less often have three notes under their melody are no music in four voices.
const LEAST_FULL: f64 = 0.55;

/// Alto, tenor and bass; `None` where too little sounds together. Voices that are written stay as they are.
pub fn voices(piece: &Piece) -> Option<Vec<(Role, Grid)>> {
    let roles = [Role::Alto, Role::Tenor, Role::Bass];
    let written: Vec<_> = roles.iter().filter_map(|role| piece.part(*role).map(|grid| (*role, grid.clone()))).collect();
    if written.len() == roles.len() {
        return Some(written);
    }
    let parts: Vec<&Grid> = piece.parts.iter().filter(|(role, _)| *role != Role::Drums).map(|(_, grid)| grid).collect();
    let mut lines = [Grid::silent(piece.steps()), Grid::silent(piece.steps()), Grid::silent(piece.steps())];
    let mut before: [Option<usize>; 3] = [None; 3];
    let (mut full, mut sounding) = (0_usize, 0_usize);
    for step in 0..piece.steps() {
        let melody = piece.melody.sounding(step).last();
        let mut pitches: Vec<usize> = parts.iter().flat_map(|part| part.sounding(step).collect::<Vec<_>>()).collect();
        pitches.sort_unstable();
        pitches.dedup();
        pitches.retain(|pitch| Some(*pitch) != melody);
        full += usize::from(pitches.len() >= 3);
        sounding += usize::from(!pitches.is_empty() || melody.is_some());
        let chosen = choose(&pitches, melody, before);
        for ((line, pitch), before) in lines.iter_mut().zip(chosen).zip(before) {
            let Some(pitch) = pitch else { continue };
            let struck = before != Some(pitch) || parts.iter().any(|part| part.get(step, pitch) == Cell::Onset);
            line.set(step, pitch, if struck { Cell::Onset } else { Cell::Held });
        }
        before = chosen;
    }
    let is_full = full as f64 >= LEAST_FULL * sounding.max(1) as f64;
    is_full.then(|| roles.into_iter().zip(lines).collect())
}

/// Alto, tenor and bass among what sounds, from low to high: the lowest, the highest under the melody, and between them
/// what is nearest to where the tenor was.
fn choose(pitches: &[usize], melody: Option<usize>, before: [Option<usize>; 3]) -> [Option<usize>; 3] {
    let Some((&bass, upper)) = pitches.split_first() else { return [None; 3] };
    let below = upper.iter().copied().rfind(|pitch| melody.is_none_or(|melody| *pitch < melody));
    let alto = below.or_else(|| upper.first().copied());
    let inner = upper.iter().copied().filter(|pitch| alto.is_some_and(|alto| *pitch < alto));
    let middle = alto.map_or(bass, |alto| usize::midpoint(bass, alto));
    let tenor = inner.min_by_key(|pitch| pitch.abs_diff(before[1].unwrap_or(middle)));
    [alto, tenor, Some(bass)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_the_highest_and_what_lies_between() {
        assert_eq!(choose(&[40, 52, 55, 60], Some(64), [None; 3]), [Some(60), Some(52), Some(40)]);
        assert_eq!(choose(&[40, 52, 55, 60], Some(64), [None, Some(57), None]), [Some(60), Some(55), Some(40)]);
        assert_eq!(choose(&[40, 52, 70], Some(64), [None; 3]), [Some(52), None, Some(40)]);
        assert_eq!(choose(&[40], Some(64), [None; 3]), [None, None, Some(40)]);
        assert_eq!(choose(&[], Some(64), [None; 3]), [None; 3]);
    }
}
