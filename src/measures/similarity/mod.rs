//! The similarity index S: how like real music what is generated is, 0 to 1, property by property.
//!
//! Two distributions overlap by `OVL(P, Q)`, the sum over bins of the smaller of their two shares. For each group `g`
//! of histograms ([`GROUPS`])
//!
//! ```text
//! c_g = clip((OVL(generated, real) - OVL(null_g, real)) / (OVL(real', real) - OVL(null_g, real)), 0, 1)
//! S   = geometric mean of the c_g
//! ```
//!
//! `real` is the training pieces, `real'` as many held-out ones as were generated, and `null_g` these held-out pieces
//! with just that property destroyed (`Property`). So a property that is not better than chance makes S zero, and
//! nothing can be paid for by something else. Groups in which the real pieces are hardly better than their null say
//! nothing of a style, and are left out. S cannot see copying or sameness; [`Copying`](super::Copying) and
//! [`variety`](super::variety()) can.
//!
//! Works on whole pieces, or on passages of at least 16 bars, all cut alike. Runs while training, so the [`Reference`]
//! is built once.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::destroyed::Property;
use super::mean;
use super::sample::{Layout, Sample};
use crate::corpus::taken_evenly;

mod groups;
mod histogram;

pub use groups::{GROUPS, GroupRow};

use groups::Subject;
use histogram::Counts;

/// Draws of null, and of as many held-out pieces as were generated, where there are fewer of those.
const DRAWS: usize = 8;
/// A group whose real pieces overlap less than this better than its null is left out.
const LEAST_SPAN: f64 = 0.03;
/// Null overlaps by the mean of its draws and so many of their deviations: what is not better than chance is 0.
const NULL_DEVIATIONS: f64 = 2.0;
/// More training pieces than this are thinned out evenly, and more held-out ones.
const MOST_TRAINING: usize = 400;
const MOST_HELD_OUT: usize = 100;

/// What is measured of generated music.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Similarity {
    /// S, 0 to 1; `None` where no group says anything.
    pub similarity: Option<f64>,
    /// The groups it is the mean of, and the others.
    pub groups: Vec<GroupScore>,
}

/// What one group says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupScore {
    /// Which it is.
    pub group: Property,
    /// c, 0 to 1; `None` where it is left out: the style has no more of it than music in which it is destroyed.
    pub score: Option<f64>,
}

impl Serialize for GroupScore {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("group", &self.group)?;
        map.serialize_entry("score", &self.score)?;
        map.end()
    }
}

impl Property {
    /// Its row in [`GROUPS`].
    pub fn row(self) -> &'static GroupRow {
        &GROUPS[self as usize]
    }
}

impl Similarity {
    fn new(groups: Vec<GroupScore>) -> Self {
        let logs = groups.iter().map(|group| group.score.map(f64::ln));
        Self { similarity: mean(logs).map(f64::exp), groups }
    }

    /// The arithmetic mean of the groups: it tells apart what S says 0 of.
    pub fn mean_of_groups(&self) -> Option<f64> {
        mean(self.groups.iter().map(|group| group.score))
    }

    /// What a group says.
    pub fn of(&self, group: Property) -> Option<f64> {
        self.groups.iter().find(|score| score.group == group)?.score
    }

    /// The groups that say nothing of the style.
    pub fn left_out(&self) -> impl Iterator<Item = Property> {
        self.groups.iter().filter(|group| group.score.is_none()).map(|group| group.group)
    }

    /// The mean over takes.
    pub fn mean(takes: &[Self]) -> Self {
        let groups = takes.first().map_or(&[][..], |first| &first.groups);
        let score = |group: Property| mean(takes.iter().map(|take| take.of(group)));
        Self {
            similarity: mean(takes.iter().map(|take| take.similarity)),
            groups: groups.iter().map(|of| GroupScore { group: of.group, score: score(of.group) }).collect(),
        }
    }
}

/// What a group is measured against.
#[derive(Clone, Debug)]
struct Scale {
    row: &'static GroupRow,
    /// Of all training pieces together.
    real: Counts,
    /// Of each held-out piece.
    held_out: Vec<Counts>,
    /// Of each held-out piece with the property destroyed, draw by draw.
    null: Vec<Vec<Counts>>,
}

/// What generated music is compared with.
#[derive(Clone, Debug)]
pub struct Reference {
    layout: Layout,
    scales: Vec<Scale>,
    /// Which held-out pieces stand for fewer, draw by draw.
    orders: Vec<Vec<usize>>,
}

impl Reference {
    /// Counts the pieces that a network learned from, and others. Where either is empty, the other stands in. `None`
    /// where there is no piece at all.
    pub fn new(training: &[Sample], held_out: &[Sample], layout: &Layout, seed: u64) -> Option<Self> {
        let (training, held_out) = match (training, held_out) {
            ([], []) => return None,
            ([], others) | (others, []) => (others, others),
            both => both,
        };
        let training = thinned(training, MOST_TRAINING);
        let held_out = thinned(held_out, MOST_HELD_OUT);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let subjects = |samples: &[Sample]| -> Vec<Counts> {
            let counted = samples.iter().map(|sample| Subject::new(sample, layout));
            counted.flat_map(|subject| GROUPS.iter().map(move |row| row.count(&subject)).collect::<Vec<_>>()).collect()
        };
        let (of_training, of_held_out) = (subjects(&training), subjects(&held_out));
        let of_group = |counts: &[Counts], nth: usize| -> Vec<Counts> {
            counts.iter().skip(nth).step_by(GROUPS.len()).cloned().collect()
        };
        let mut scales = Vec::new();
        for (nth, row) in GROUPS.iter().enumerate() {
            let mut destroyed = |sample: &Sample| {
                let null = row.group.destroyed(sample, &training, layout, &mut random);
                row.count(&Subject::new(&null, layout))
            };
            let null = (0..DRAWS).map(|_| held_out.iter().map(&mut destroyed).collect()).collect();
            let real = Counts::sum(&of_group(&of_training, nth));
            scales.push(Scale { row, real, held_out: of_group(&of_held_out, nth), null });
        }
        let mut order: Vec<usize> = (0..held_out.len()).collect();
        let mut shuffled = || {
            order.shuffle(&mut random);
            order.clone()
        };
        Some(Self { layout: layout.clone(), scales, orders: (0..DRAWS).map(|_| shuffled()).collect() })
    }

    /// How many held-out pieces there are to compare with; best is to measure as many.
    fn pieces(&self) -> usize {
        self.orders[0].len()
    }

    /// Measures generated music, each piece with the melody that it was generated for.
    pub fn measure(&self, generated: &[Sample]) -> Similarity {
        let subjects: Vec<Subject<'_>> = generated.iter().map(|sample| Subject::new(sample, &self.layout)).collect();
        let score = |scale: &Scale| {
            let counts: Vec<Counts> = subjects.iter().map(|subject| scale.row.count(subject)).collect();
            GroupScore { group: scale.row.group, score: self.score(scale, &counts) }
        };
        Similarity::new(self.scales.iter().map(score).collect())
    }

    /// c of a group; `None` where the group is left out.
    fn score(&self, scale: &Scale, generated: &[Counts]) -> Option<f64> {
        let size = self.pieces().min(generated.len()).max(1);
        let overlap = |counts: &[Counts], order: &[usize]| {
            Counts::sum(order.iter().take(size).map(|&piece| &counts[piece])).overlap(&scale.real)
        };
        // all of them are the same in any order
        let draws = if size == self.pieces() { 1 } else { DRAWS };
        let real = mean(self.orders.iter().take(draws).map(|order| overlap(&scale.held_out, order)))?;
        let null: Vec<f64> =
            scale.null.iter().zip(&self.orders).filter_map(|(null, order)| overlap(null, order)).collect();
        let null = mean(null.iter().map(|one| Some(*one)))? + NULL_DEVIATIONS * deviation(&null);
        let span = real - null;
        if span < LEAST_SPAN {
            return None;
        }
        // as many at a time as there are held-out pieces, so that small samples are equally unlike
        let chunks = generated.chunks(size).filter(|chunk| chunk.len() == size);
        let made = mean(chunks.map(|chunk| Counts::sum(chunk).overlap(&scale.real))).unwrap_or(0.0);
        Some(((made - null) / span).clamp(0.0, 1.0))
    }
}

fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values.iter().map(|value| Some(*value))).unwrap_or(0.0);
    mean(values.iter().map(|value| Some((value - centre).powi(2)))).unwrap_or(0.0).sqrt()
}

fn thinned(samples: &[Sample], most: usize) -> Vec<Sample> {
    let some = most.min(samples.len());
    let taken = samples.iter().enumerate().filter(|(nth, _)| taken_evenly(*nth, some, samples.len()));
    taken.map(|(_, sample)| sample.clone()).collect()
}

#[cfg(test)]
mod tests;
