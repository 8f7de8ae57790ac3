//! The copying meter: how much of what is generated stands in the training set already, in whatever key.

use crate::music::Role;

use super::sample::Sample;

/// Of the cells that sound in either, more than this share must sound in both.
const SAME_ABOVE: f64 = 0.92;
/// Furthest transposition that is looked for, in semitones, up and down.
const FURTHEST: i32 = 12;
/// More training windows than this are thinned out evenly.
const MOST_WINDOWS: usize = 20_000;

/// The training set's accompaniments, ready to be searched.
///
/// Two windows agree by the cells that sound in both / the cells that sound in either, over all parts but drums:
/// silence, which they share for the most part, says nothing. (Drums alone are compared where there is nothing else,
/// untransposed.)
#[derive(Clone, Debug)]
pub struct Copying {
    parts: Vec<usize>,
    furthest: i32,
    /// Part after part of each window.
    windows: Vec<Words>,
}

#[derive(Clone, Debug)]
struct Words {
    words: Vec<u128>,
    cells: u64,
}

impl Copying {
    /// Takes the training windows in.
    pub fn new(train: &[Sample], roles: &[Role]) -> Self {
        let pitched: Vec<usize> = (0..roles.len()).filter(|&index| roles[index] != Role::Drums).collect();
        let only_drums = pitched.is_empty();
        let mut copying = Self {
            parts: if only_drums { (0..roles.len()).collect() } else { pitched },
            furthest: if only_drums { 0 } else { FURTHEST },
            windows: Vec::new(),
        };
        let every = train.len().div_ceil(MOST_WINDOWS).max(1);
        copying.windows = train.iter().step_by(every).map(|sample| copying.words(sample)).collect();
        copying
    }

    /// Share of the generated windows that agree with some training window; silent windows copy nothing.
    pub fn share(&self, generated: &[Sample]) -> f64 {
        if generated.is_empty() {
            return 0.0;
        }
        let copied = generated.iter().filter(|sample| self.is_copied(sample)).count();
        copied as f64 / generated.len() as f64
    }

    /// Whether a window's accompaniment agrees with that of some training window.
    pub fn is_copied(&self, sample: &Sample) -> bool {
        let wanted = self.words(sample);
        wanted.cells > 0
            && self
                .windows
                .iter()
                .any(|window| (-self.furthest..=self.furthest).any(|shift| same(&wanted, window, shift)))
    }

    fn words(&self, sample: &Sample) -> Words {
        let words: Vec<u128> = self.parts.iter().flat_map(|&index| sample.parts[index].sound.iter().copied()).collect();
        let cells = words.iter().map(|word| u64::from(word.count_ones())).sum();
        Words { words, cells }
    }
}

/// Whether two windows agree when the second is moved by semitones. Gives up as soon as they cannot.
fn same(a: &Words, b: &Words, shift: i32) -> bool {
    if a.words.len() != b.words.len() {
        return false;
    }
    // with d cells in one only, both / either = (|a| + |b| - d) / (|a| + |b| + d)
    let total = (a.cells + b.cells) as f64;
    let most = total * (1.0 - SAME_ABOVE) / (1.0 + SAME_ABOVE);
    if a.cells.abs_diff(b.cells) as f64 >= most {
        return false;
    }
    let mut differing = 0.0;
    for (x, y) in a.words.iter().zip(&b.words) {
        let moved = if shift >= 0 { y << shift } else { y >> -shift };
        differing += f64::from((x ^ moved).count_ones());
        // what the shift has pushed out of range is in one only, too
        differing += f64::from(y.count_ones() - moved.count_ones());
        if differing >= most {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::corpus::builtin::Style;
    use crate::corpus::{Planes, bits};

    const ROLES: [Role; 3] = [Role::Alto, Role::Tenor, Role::Bass];

    /// Windows of two bars.
    fn windows(pieces: std::ops::Range<usize>) -> Vec<Sample> {
        let of_piece = |number: usize| {
            let piece = Style::Chorale.piece(1, number as _);
            Sample::from_piece(&piece, 0..piece.steps(), &ROLES).windows(32).collect::<Vec<_>>()
        };
        pieces.flat_map(of_piece).collect()
    }

    fn with_parts(samples: &[Sample], mut of_part: impl FnMut(&Planes) -> Planes) -> Vec<Sample> {
        let mut sample =
            |of: &Sample| Sample { melody: of.melody.clone(), parts: of.parts.iter().map(&mut of_part).collect() };
        samples.iter().map(&mut sample).collect()
    }

    /// The part with a share of its sounding cells gone.
    fn dropped(part: &Planes, share: f64, random: &mut ChaCha8Rng) -> Planes {
        let mut part = part.clone();
        let mut before = 0;
        for (sound, onset) in part.sound.iter_mut().zip(&mut part.onset) {
            for pitch in bits(*sound) {
                if random.random::<f64>() < share {
                    *sound &= !(1 << pitch);
                }
            }
            *onset = (*onset & *sound) | (*sound & !before);
            before = *sound;
        }
        part
    }

    #[test]
    fn copies_are_found_in_any_key() {
        let copying = Copying::new(&windows(0..80), &ROLES);
        let train = &windows(0..3)[..10];
        assert_eq!(copying.share(&with_parts(train, |part| part.transposed(5))), 1.0);
        let random = &mut ChaCha8Rng::seed_from_u64(5);
        assert_eq!(copying.share(&with_parts(train, |part| dropped(part, 0.03, random))), 1.0);
        assert_eq!(copying.share(&with_parts(train, |part| dropped(part, 0.2, random))), 0.0);
        assert!(copying.share(&windows(80..100)) < 0.1);
        let silent: Vec<Sample> = train.iter().map(Sample::silenced).collect();
        assert_eq!(copying.share(&silent), 0.0);
    }
}
