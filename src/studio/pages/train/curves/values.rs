//! The values of a curve, which only grow: in blocks that another thread may have without a copy, and the extremes of each
//! stretch of them.

use std::sync::Arc;

/// Values of a block that is full.
const BLOCK: usize = 1 << 12;
/// Points in the smallest stretch that is summed up, as a power of two.
pub const SMALLEST: u32 = 4;
/// What a stretch without a point has.
const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

/// Values that only grow. A clone shares all blocks but the last.
#[derive(Clone, Debug, Default)]
pub struct Values {
    full: Vec<Arc<[f64]>>,
    open: Vec<f64>,
}

impl Values {
    pub fn push(&mut self, value: f64) {
        self.open.push(value);
        if self.open.len() == BLOCK {
            self.full.push(std::mem::take(&mut self.open).into());
        }
    }

    pub fn len(&self) -> usize {
        self.full.len() * BLOCK + self.open.len()
    }

    /// The value there.
    ///
    /// # Panics
    /// There is none.
    pub fn at(&self, index: usize) -> f64 {
        self.full.get(index / BLOCK).map_or(self.open.as_slice(), |block| block)[index % BLOCK]
    }

    /// All values from there on, in pieces.
    pub fn from(&self, first: usize) -> impl Iterator<Item = &[f64]> {
        let blocks = self.full.iter().map(|block| &**block).chain([self.open.as_slice()]);
        let within = first % BLOCK;
        blocks
            .skip(first / BLOCK)
            .enumerate()
            .map(move |(number, block)| block.get(if number == 0 { within } else { 0 }..).unwrap_or_default())
    }
}

/// The least and the greatest of stretches of 16, 32, 64… points.
#[derive(Clone, Debug)]
pub struct Extremes {
    /// Those of stretches that are full.
    levels: Vec<Vec<(f64, f64)>>,
    /// Those of the smallest stretch that is not full yet.
    open: (f64, f64),
    points: usize,
}

impl Default for Extremes {
    fn default() -> Self {
        Self { levels: Vec::new(), open: NOTHING, points: 0 }
    }
}

impl Extremes {
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.open = (self.open.0.min(value), self.open.1.max(value));
        self.points += 1;
        if self.points.is_multiple_of(1 << SMALLEST) {
            self.close();
        }
    }

    fn close(&mut self) {
        let mut new = std::mem::replace(&mut self.open, NOTHING);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let known = &mut self.levels[level];
            known.push(new);
            match known.as_slice() {
                [.., a, b] if known.len().is_multiple_of(2) => new = join(*a, *b),
                _ => return,
            }
        }
    }

    /// Those of a stretch of 2^`power` points, as far as these are there; at least the smallest stretch.
    pub fn of(&self, power: u32, index: usize) -> (f64, f64) {
        if index << power >= self.points {
            return NOTHING;
        }
        let level = power.saturating_sub(SMALLEST);
        if let Some(known) = self.levels.get(level as usize).and_then(|level| level.get(index)) {
            return *known;
        }
        if level == 0 {
            return self.open;
        }
        join(self.of(power - 1, 2 * index), self.of(power - 1, 2 * index + 1))
    }

    /// Those of all points.
    pub fn of_all(&self) -> (f64, f64) {
        self.of(SMALLEST + self.levels.len() as u32, 0)
    }
}

fn join(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_across_blocks_and_a_clone_is_not_changed() {
        let mut values = Values::default();
        for value in 0..10_000 {
            values.push(f64::from(value));
        }
        let before = values.clone();
        for value in 10_000..20_000 {
            values.push(f64::from(value));
        }
        assert_eq!((before.len(), values.len()), (10_000, 20_000));
        for first in [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 7, 9_999, 10_000] {
            let read: Vec<f64> = before.from(first).flatten().copied().collect();
            assert_eq!(read, (first..10_000).map(|value| value as f64).collect::<Vec<_>>());
        }
        assert_eq!((values.at(BLOCK), values.at(19_999)), (BLOCK as f64, 19_999.0));
    }

    #[test]
    fn stretches_have_the_extremes_of_their_points_full_or_not() {
        let mut random = fastrand::Rng::with_seed(3);
        let (mut values, mut extremes) = (Vec::new(), Extremes::default());
        assert_eq!(extremes.of_all(), NOTHING);
        for count in 1..700 {
            values.push(random.f64());
            extremes.push(values[count - 1]);
            let fold = |part: &[f64]| part.iter().fold(NOTHING, |known, value| join(known, (*value, *value)));
            assert_eq!(extremes.of_all(), fold(&values));
            for power in SMALLEST..10 {
                for (index, stretch) in values.chunks(1 << power).enumerate() {
                    assert_eq!(extremes.of(power, index), fold(stretch));
                }
            }
        }
    }
}
