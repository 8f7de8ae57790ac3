//! Judging a model by what it writes to held-out melodies, always beside the real parts and beside controls that need
//! no network.
//!
//! Knows pieces and grids; who generates, and where, is the caller's business. Nothing here says "sounds better": it
//! says "closer to the data by these measures".

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::corpus::{Dataset, Piece, Split, taken_evenly};
use crate::measures::discrimination::{PassesAsReal, passes_as_real};
use crate::measures::metrics::{PartMetrics, PartReport, detect_key, dissonance, report, tonal_distance};
use crate::measures::musical::{Counting, Tally};
use crate::measures::similarity::{GROUPS, Reference, Similarity};
use crate::measures::{Copying, Density, Layout, Property, Sample, mean, others_parts, variety};
use crate::music::{Grid, Role};

mod answers;
mod controls;
mod frechet;
mod seams;

use self::controls::WINDOW_BARS;
use self::frechet::Frechet;
pub use self::seams::Seams;

/// What is measured of a model, of the real parts, or of a control.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measured {
    /// S and its groups.
    #[serde(flatten)]
    pub similarity: Similarity,
    /// The musical measures.
    pub musical: Tally,
    /// Share of windows of two bars copied from the training pieces.
    pub copying: f64,
    /// How much takes of one melody differ; `None` for fewer than two takes.
    pub variety: Option<f64>,
    /// Share of the pairs with the melody that clash, mean over pitched parts.
    pub dissonance: Option<f64>,
    /// Mean tonal distance between accompaniment parts.
    pub tonal_distance: Option<f64>,
    /// Fréchet distance of the windows' metrics from the training windows'; `None` for a window alone.
    pub frechet: Option<f64>,
    /// Each part, mean over pieces; empty for controls.
    pub parts: Vec<PartReport>,
    /// Agreement of bars of equal melody, mean over pieces; `None` for controls.
    pub repeats_answered: Option<f64>,
    /// Notes struck in a bar by all parts together, drums included; `None` for controls.
    pub notes_per_bar: Option<f64>,
    /// How bars join where windows do, and elsewhere; `None` for controls.
    pub seams: Option<Seams>,
}

/// What is measured of real music in which one property is destroyed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasuredNull {
    /// S and its groups.
    #[serde(flatten)]
    pub similarity: Similarity,
    /// The musical measures.
    pub musical: Tally,
}

/// What is said of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// The mean over its takes.
    #[serde(flatten)]
    pub measured: Measured,
    /// Whether its first take passes as real; `None` where there are too few pieces.
    pub passes_as_real: Option<PassesAsReal>,
}

/// The judgement of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Held-out pieces the model wrote to.
    pub pieces: usize,
    /// Takes of each melody.
    pub takes: usize,
    /// The model.
    #[serde(flatten)]
    pub model: Judged,
    /// The held-out pieces as they are.
    pub real: Measured,
    /// What needs no network, by name.
    pub controls: BTreeMap<&'static str, Measured>,
    /// The held-out pieces without one property, by its name.
    pub destroyed: BTreeMap<String, MeasuredNull>,
}

/// Why there is no judgement.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// Training pieces would flatter the model.
    #[error("no piece is held out: a folder needs at least two usable pieces")]
    NothingHeldOut,
    /// Nothing to compare with.
    #[error("the held-out pieces have none of the parts that this model writes ({roles})")]
    NoSuchParts {
        /// The model's.
        roles: String,
    },
}

/// What a model has to be asked, and what its answers are measured with.
#[derive(Clone, Debug)]
pub struct Plan {
    dataset: Dataset,
    layout: Layout,
    reference: Reference,
    counting: Counting,
    copying: Copying,
    density: Density,
    training: controls::Training,
    frechet: Option<Frechet>,
    /// Indices of the held-out pieces into the data set.
    pieces: Vec<usize>,
    /// These pieces as they are, and where they are at home.
    real: Vec<Sample>,
    tonics: Vec<Option<u8>>,
    /// Training pieces that S is measured with, and those that were kept out of it.
    learned: Vec<Sample>,
    kept_out: Vec<Sample>,
    seed: u64,
}

impl Plan {
    /// Chooses at most `most_pieces` held-out pieces, evenly over the folder, that have a part the model writes.
    ///
    /// # Errors
    /// There is nothing to measure.
    pub fn new(mut dataset: Dataset, roles: &[Role], most_pieces: usize, seed: u64) -> Result<Self, EvaluateError> {
        if dataset.split(Split::Valid).next().is_none() {
            return Err(EvaluateError::NothingHeldOut);
        }
        let written = |piece: &Piece| roles.iter().any(|&role| piece.part(role).is_some());
        dataset.pieces.retain(written);
        dataset.pieces.iter_mut().for_each(trim);
        let common = dataset.common_steps_per_bar();
        dataset.pieces.retain(|piece| Some(piece.steps_per_bar) == common && piece.bars() >= WINDOW_BARS);
        let held_out = dataset.split(Split::Valid).count();
        let Some(steps_per_bar) = common.filter(|_| held_out > 0) else {
            let roles = roles.iter().map(|role| format!("{role:?}").to_lowercase()).collect::<Vec<_>>().join(", ");
            return Err(EvaluateError::NoSuchParts { roles });
        };
        let most = most_pieces.clamp(1, held_out);
        let mut nth = 0;
        dataset.pieces.retain(|piece| {
            if piece.split == Split::Train {
                return true;
            }
            nth += 1;
            taken_evenly(nth - 1, most, held_out)
        });
        let layout = Layout::new(roles, steps_per_bar);
        let pieces: Vec<usize> =
            (0..dataset.pieces.len()).filter(|&index| dataset.pieces[index].split == Split::Valid).collect();
        let whole = |piece: &Piece| Sample::from_piece(piece, 0..piece.steps(), roles);
        let real: Vec<Sample> = pieces.iter().map(|&index| whole(&dataset.pieces[index])).collect();
        let (kept_out, learned) = parted(dataset.split(Split::Train).map(whole).collect(), real.len());
        let training = controls::Training::new(&dataset, roles, steps_per_bar);
        // there is a held-out piece, so that there is something to compare with
        let reference = Reference::new(&learned, &real, &layout, seed).ok_or(EvaluateError::NothingHeldOut)?;
        let all_learned = [&learned[..], &kept_out[..]].concat();
        let counting = Counting::new(&all_learned, &layout);
        Ok(Self {
            frechet: Frechet::new(training.samples(), roles, steps_per_bar),
            copying: Copying::new(training.samples(), roles),
            density: Density::of(&all_learned, roles),
            tonics: real.iter().map(|sample| counting.tonic(sample)).collect(),
            training,
            dataset,
            layout,
            reference,
            counting,
            pieces,
            real,
            learned,
            kept_out,
            seed,
        })
    }

    /// The pieces whose melodies the model is to accompany, in order.
    pub fn pieces(&self) -> impl ExactSizeIterator<Item = &Piece> {
        self.pieces.iter().map(|&index| &self.dataset.pieces[index])
    }

    /// Judges what the model wrote beside the real pieces and the controls.
    pub fn evaluate(&self, written: &[Vec<Vec<Grid>>]) -> Evaluation {
        Evaluation {
            pieces: self.pieces.len(),
            takes: written.iter().map(Vec::len).min().unwrap_or(0),
            model: self.judge(written),
            real: self.measure_pieces(&self.real, &|nth| self.real_parts(nth)),
            controls: self.controls(),
            destroyed: self.destroyed(),
        }
    }

    /// Measures what a model wrote: for each piece of [`Self::pieces`] its takes, each with a grid for each role in
    /// order, as long as the piece.
    pub fn judge(&self, written: &[Vec<Vec<Grid>>]) -> Judged {
        let of_take = |take: usize| -> Vec<Sample> {
            self.pieces().zip(written).map(|(piece, takes)| Sample::new(&piece.melody, &takes[take])).collect()
        };
        let samples: Vec<Vec<Sample>> = (0..written.iter().map(Vec::len).min().unwrap_or(0)).map(of_take).collect();
        let per_take: Vec<Measured> = samples
            .iter()
            .enumerate()
            .map(|(take, samples)| self.measure_pieces(samples, &|nth| self.with_roles(&written[nth][take])))
            .collect();
        let mut measured = mean_of(&per_take);
        let of_piece = |nth: usize| -> Vec<&Sample> { samples.iter().map(|take| &take[nth]).collect() };
        measured.variety = mean((0..self.pieces.len()).map(|nth| variety(&of_piece(nth))));
        if let [first, second, ..] = &samples[..] {
            for (a, b) in first.iter().zip(second) {
                measured.musical = measured.musical.merged(&self.counting.agreement(a, b));
            }
        }
        let passes_as_real = samples.first().and_then(|first| {
            let training = [&self.kept_out[..], &self.learned[..]].concat();
            passes_as_real(first, &self.real, &training, &self.layout)
        });
        Judged { measured, passes_as_real }
    }

    fn controls(&self) -> BTreeMap<&'static str, Measured> {
        let random = &mut ChaCha8Rng::seed_from_u64(self.seed);
        let mut of = |control: &mut dyn FnMut(&Sample, &mut ChaCha8Rng) -> Sample| -> Vec<Sample> {
            self.real.iter().map(|sample| control(sample, random)).collect()
        };
        let bar = self.layout.steps_per_bar;
        let controls = [
            (
                "random_training_accompaniment",
                of(&mut |sample, random| others_parts(sample, &self.learned, &self.layout, random)),
            ),
            ("nearest_melody", of(&mut |sample, _| self.training.nearest(sample, bar))),
            ("noise", of(&mut |sample, random| self.density.noise_for(sample, random))),
            ("silence", of(&mut |sample, _| sample.silenced())),
        ];
        let mut measured: BTreeMap<_, _> =
            controls.into_iter().map(|(name, samples)| (name, self.measure(&samples, &self.tonics))).collect();
        if !self.kept_out.is_empty() {
            let tonics: Vec<Option<u8>> = self.kept_out.iter().map(|sample| self.counting.tonic(sample)).collect();
            measured.insert("other_real_pieces", self.measure(&self.kept_out, &tonics));
        }
        measured
    }

    fn destroyed(&self) -> BTreeMap<String, MeasuredNull> {
        let random = &mut ChaCha8Rng::seed_from_u64(self.seed);
        let mut null = |property: Property| {
            let samples: Vec<Sample> =
                self.real.iter().map(|real| property.destroyed(real, &self.learned, &self.layout, random)).collect();
            MeasuredNull { similarity: self.reference.measure(&samples), musical: self.tally(&samples, &self.tonics) }
        };
        let has_kit = self.layout.drums().is_some();
        let rows = GROUPS.iter().filter(|row| has_kit || row.group != Property::Kit);
        rows.map(|row| (row.title.replace(' ', "_"), null(row.group))).collect()
    }

    fn real_parts(&self, nth: usize) -> Vec<(Role, Grid)> {
        let piece = &self.dataset.pieces[self.pieces[nth]];
        let part = |&role: &Role| (role, piece.part(role).cloned().unwrap_or_else(|| Grid::silent(piece.steps())));
        self.layout.roles.iter().map(part).collect()
    }

    fn with_roles(&self, parts: &[Grid]) -> Vec<(Role, Grid)> {
        self.layout.roles.iter().copied().zip(parts.iter().cloned()).collect()
    }

    fn tally(&self, samples: &[Sample], tonics: &[Option<u8>]) -> Tally {
        let pieces = samples.iter().zip(tonics);
        pieces.fold(Tally::default(), |sum, (sample, tonic)| sum.merged(&self.counting.tally(sample, *tonic)))
    }

    /// Measures whole pieces, whose parts as grids `parts_of` tells by their number.
    fn measure_pieces(&self, samples: &[Sample], parts_of: &dyn Fn(usize) -> Vec<(Role, Grid)>) -> Measured {
        let all: Vec<Vec<(Role, Grid)>> = (0..self.pieces.len()).map(parts_of).collect();
        let mut of_roles: Vec<Vec<PartReport>> = vec![Vec::new(); self.layout.roles.len()];
        for (piece, parts) in self.pieces().zip(&all) {
            for (of_role, measured) in of_roles.iter_mut().zip(measure_piece(piece, parts)) {
                of_role.push(measured);
            }
        }
        let seams =
            self.pieces().zip(&all).map(|(piece, parts)| Seams::measure(parts, &piece.melody, piece.steps_per_bar));
        let answered =
            self.pieces().zip(&all).map(|(piece, parts)| answers::agreement(parts, &piece.melody, piece.steps_per_bar));
        let struck = |parts: &[(Role, Grid)]| {
            let onsets = |grid: &Grid| (0..grid.steps()).map(|step| grid.onsets(step).count()).sum::<usize>();
            parts.iter().map(|(_, grid)| onsets(grid)).sum::<usize>() as f64
        };
        Measured {
            repeats_answered: mean(answered),
            notes_per_bar: mean(
                self.pieces().zip(&all).map(|(piece, parts)| Some(struck(parts) / piece.bars().max(1) as f64)),
            ),
            parts: of_roles.iter().map(|pieces| mean_of_role(pieces)).collect(),
            seams: Some(Seams::mean(&seams.collect::<Vec<_>>())),
            ..self.measure(samples, &self.tonics)
        }
    }

    /// Measures whole pieces and the windows in them.
    fn measure(&self, samples: &[Sample], tonics: &[Option<u8>]) -> Measured {
        let window = WINDOW_BARS * self.layout.steps_per_bar;
        let windows: Vec<Sample> = samples.iter().flat_map(|sample| sample.windows(window)).collect();
        let pitched: Vec<usize> = self.layout.pitched().collect();
        let dissonances = windows
            .iter()
            .flat_map(|sample| pitched.iter().map(|&index| dissonance(&sample.melody, &sample.parts[index])));
        let distances = windows.iter().flat_map(|sample| {
            let pairs =
                pitched.iter().enumerate().flat_map(|(nth, &a)| pitched[nth + 1..].iter().map(move |&b| (a, b)));
            pairs.map(|(a, b)| tonal_distance(&sample.parts[a], &sample.parts[b]))
        });
        Measured {
            similarity: self.reference.measure(samples),
            musical: self.tally(samples, tonics),
            copying: self.copying.share(&windows),
            dissonance: mean(dissonances),
            tonal_distance: mean(distances),
            frechet: self.frechet.as_ref().and_then(|frechet| frechet.distance(&windows)),
            ..Measured::default()
        }
    }
}

/// As many samples as asked for, taken evenly, and the others; none, where more than a third would go.
fn parted(samples: Vec<Sample>, some: usize) -> (Vec<Sample>, Vec<Sample>) {
    let count = samples.len();
    let some = if some * 3 > count { 0 } else { some };
    let (mut taken, mut others) = (Vec::new(), Vec::new());
    for (nth, sample) in samples.into_iter().enumerate() {
        if taken_evenly(nth, some, count) { taken.push(sample) } else { others.push(sample) }
    }
    (taken, others)
}

/// Leaves of a piece what its melody spans.
fn trim(piece: &mut Piece) {
    let Some(spanned) = piece.melody_bars() else { return };
    piece.melody = piece.melody.window(spanned.start, spanned.len());
    for (_, part) in &mut piece.parts {
        *part = part.window(spanned.start, spanned.len());
    }
}

/// The metrics of each accompaniment part of a piece, in the piece's own key.
fn measure_piece(piece: &Piece, parts: &[(Role, Grid)]) -> Vec<PartReport> {
    let with_melody = |parts: &[(Role, Grid)]| -> Vec<(Role, Grid)> {
        let melody = (Role::Melody, piece.melody.clone());
        std::iter::once(melody).chain(parts.iter().cloned()).collect()
    };
    let real = with_melody(&piece.parts);
    let key = detect_key(&real.iter().map(|(role, grid)| (*role, grid)).collect::<Vec<_>>());
    let all = with_melody(parts);
    let all: Vec<(Role, &Grid)> = all.iter().map(|(role, grid)| (*role, grid)).collect();
    report(&all, piece.steps_per_bar, key).parts.into_iter().skip(1).collect()
}

fn mean_of_role(all: &[PartReport]) -> PartReport {
    PartReport {
        role: all.first().map_or(Role::Other, |first| first.role),
        metrics: PartMetrics::mean(&all.iter().map(|one| one.metrics).collect::<Vec<_>>()),
    }
}

/// The mean over takes.
fn mean_of(takes: &[Measured]) -> Measured {
    let of = |value: fn(&Measured) -> Option<f64>| mean(takes.iter().map(value));
    let roles = takes.first().map_or(0, |take| take.parts.len());
    Measured {
        similarity: Similarity::mean(&takes.iter().map(|take| take.similarity.clone()).collect::<Vec<_>>()),
        musical: takes.iter().fold(Tally::default(), |sum, take| sum.merged(&take.musical)),
        copying: of(|take| Some(take.copying)).unwrap_or(0.0),
        variety: None,
        dissonance: of(|take| take.dissonance),
        tonal_distance: of(|take| take.tonal_distance),
        frechet: of(|take| take.frechet),
        repeats_answered: of(|take| take.repeats_answered),
        notes_per_bar: of(|take| take.notes_per_bar),
        parts: (0..roles)
            .map(|index| mean_of_role(&takes.iter().map(|take| take.parts[index].clone()).collect::<Vec<_>>()))
            .collect(),
        seams: Some(Seams::mean(&takes.iter().filter_map(|take| take.seams).collect::<Vec<_>>())),
    }
}

#[cfg(test)]
mod tests;
