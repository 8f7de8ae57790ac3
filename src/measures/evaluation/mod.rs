//! Judging a model by what it writes to held-out melodies, always beside the real parts and beside controls that need
//! no network.
//!
//! Knows pieces and grids; who generates, and where, is the caller's business. Nothing here says "sounds better": it
//! says "closer to the data by these metrics".

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::corpus::{Dataset, Piece, Split, WindowShape, taken_evenly};
use crate::measures::mean;
use crate::measures::metrics::{PartMetrics, PartReport, detect_key, dissonance, report, tonal_distance};
use crate::measures::similarity::{Reference, ReferenceOptions, Sample, Similarity, SimilarityError, variety};
use crate::music::{Grid, Role};

mod answers;
mod controls;
mod frechet;
mod seams;

use self::controls::{HOP_BARS, WINDOW_BARS};
use self::frechet::Frechet;
pub use self::seams::Seams;

/// What is measured of a model, of the real parts, or of a control.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Measured {
    /// S, A and H.
    #[serde(flatten)]
    pub similarity: Similarity,
    /// Share of windows copied from the training pieces.
    pub copying: f64,
    /// How much takes of one melody differ; `None` for fewer than two takes.
    pub variety: Option<f64>,
    /// Share of the pairs with the melody that clash, mean over pitched parts.
    pub dissonance: Option<f64>,
    /// Mean tonal distance between accompaniment parts.
    pub tonal_distance: Option<f64>,
    /// Fréchet distance of the windows' metrics from the training windows'; `None` for a window alone.
    pub frechet: Option<f64>,
    /// Each part, mean over pieces; empty for controls that have no whole pieces.
    pub parts: Vec<PartReport>,
    /// Agreement of bars of equal melody, mean over pieces; `None` for controls that have no whole pieces.
    pub repeats_answered: Option<f64>,
    /// Notes struck in a bar by all parts together, drums included; `None` for controls that have no whole pieces.
    pub notes_per_bar: Option<f64>,
    /// How bars join where windows do, and elsewhere; `None` for controls that have no whole pieces.
    pub seams: Option<Seams>,
}

/// The judgement of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Held-out pieces the model wrote to.
    pub pieces: usize,
    /// Windows of them that were compared.
    pub windows: usize,
    /// Takes of each melody.
    pub takes: usize,
    /// The model's.
    #[serde(flatten)]
    pub model: Measured,
    /// The held-out pieces as they are.
    pub real: Measured,
    /// What needs no network, by name.
    pub controls: BTreeMap<&'static str, Measured>,
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
    /// Nothing to compare.
    #[error(transparent)]
    Similarity(#[from] SimilarityError),
}

/// What a model has to be asked, and what its answers are measured with.
#[derive(Clone, Debug)]
pub struct Plan {
    dataset: Dataset,
    roles: Vec<Role>,
    reference: Reference,
    training: controls::Training,
    frechet: Option<Frechet>,
    /// Indices into the data set.
    pieces: Vec<usize>,
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
        for piece in dataset.pieces.iter_mut().filter(|piece| piece.split == Split::Valid) {
            trim(piece);
        }
        let common = dataset.common_steps_per_bar();
        dataset.pieces.retain(|piece| {
            Some(piece.steps_per_bar) == common && (piece.bars() >= WINDOW_BARS || piece.split == Split::Train)
        });
        let held_out = dataset.split(Split::Valid).count();
        if held_out == 0 {
            return Err(EvaluateError::NoSuchParts {
                roles: roles.iter().map(|role| format!("{role:?}").to_lowercase()).collect::<Vec<_>>().join(", "),
            });
        }
        let most = most_pieces.clamp(1, held_out);
        let mut nth = 0;
        dataset.pieces.retain(|piece| {
            if piece.split == Split::Train {
                return true;
            }
            nth += 1;
            taken_evenly(nth - 1, most, held_out)
        });
        let shape = WindowShape { bars: WINDOW_BARS, hop_bars: HOP_BARS, steps_per_bar: common };
        let options = ReferenceOptions { seed, ..ReferenceOptions::default() };
        let reference = Reference::build(&dataset, roles, shape, options)?;
        let pieces = (0..dataset.pieces.len()).filter(|&index| dataset.pieces[index].split == Split::Valid).collect();
        let training = controls::Training::new(&dataset, roles, reference.steps_per_bar());
        Ok(Self {
            frechet: Frechet::new(training.samples(), roles, reference.steps_per_bar()),
            training,
            dataset,
            roles: roles.to_vec(),
            reference,
            pieces,
            seed,
        })
    }

    /// The pieces whose melodies the model is to accompany, in order.
    pub fn pieces(&self) -> impl ExactSizeIterator<Item = &Piece> {
        self.pieces.iter().map(|&index| &self.dataset.pieces[index])
    }

    /// Measures what the model wrote: for each piece of [`Self::pieces`] its takes, each with a grid for each role in
    /// order, as long as the piece.
    pub fn evaluate(&self, written: &[Vec<Vec<Grid>>]) -> Evaluation {
        let takes = written.iter().map(Vec::len).min().unwrap_or(0);
        let per_take: Vec<Measured> =
            (0..takes).map(|take| self.measure_pieces(&|nth| self.written_parts(&written[nth][take]))).collect();
        let mut model = mean_of(&per_take);
        model.variety = mean(written.iter().map(|takes| {
            let silent = Grid::silent(0);
            let samples: Vec<Sample> = takes.iter().map(|parts| Sample::new(&silent, parts)).collect();
            variety(&samples.iter().collect::<Vec<_>>())
        }));
        let random = &mut ChaCha8Rng::seed_from_u64(self.seed);
        let training = &self.training;
        let held_out = self.reference.held_out();
        let controls = [
            ("random_training_accompaniment", training.at_random(held_out, random)),
            ("nearest_melody", training.nearest(held_out)),
            ("noise", self.reference.noise_for(held_out, random)),
            ("silence", controls::silence(held_out)),
        ];
        Evaluation {
            pieces: self.pieces.len(),
            windows: held_out.len(),
            takes,
            model,
            real: self.measure_pieces(&|nth| self.real_parts(nth)),
            controls: controls.into_iter().map(|(name, samples)| (name, self.measure_windows(&samples))).collect(),
        }
    }

    fn real_parts(&self, nth: usize) -> Vec<(Role, Grid)> {
        let piece = &self.dataset.pieces[self.pieces[nth]];
        let part = |&role: &Role| (role, piece.part(role).cloned().unwrap_or_else(|| Grid::silent(piece.steps())));
        self.roles.iter().map(part).collect()
    }

    fn written_parts(&self, parts: &[Grid]) -> Vec<(Role, Grid)> {
        self.roles.iter().copied().zip(parts.iter().cloned()).collect()
    }

    /// Measures whole pieces, whose parts `parts_of` tells by their number.
    fn measure_pieces(&self, parts_of: &dyn Fn(usize) -> Vec<(Role, Grid)>) -> Measured {
        let all: Vec<Vec<(Role, Grid)>> = (0..self.pieces.len()).map(parts_of).collect();
        let number: BTreeMap<usize, usize> = self.pieces.iter().enumerate().map(|(nth, &index)| (index, nth)).collect();
        let samples: Vec<Sample> = self
            .reference
            .windows()
            .iter()
            .map(|window| {
                let parts: Vec<Grid> = all[number[&window.piece]]
                    .iter()
                    .map(|(_, grid)| grid.window(window.first_step, window.steps))
                    .collect();
                Sample::new(&window.melody(&self.dataset), &parts)
            })
            .collect();
        let mut of_roles: Vec<Vec<PartReport>> = vec![Vec::new(); self.roles.len()];
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
            ..self.measure_windows(&samples)
        }
    }

    fn measure_windows(&self, samples: &[Sample]) -> Measured {
        let pitched: Vec<usize> = (0..self.roles.len()).filter(|&index| self.roles[index] != Role::Drums).collect();
        let dissonances = samples
            .iter()
            .flat_map(|sample| pitched.iter().map(|&index| dissonance(&sample.melody, &sample.parts[index])));
        let distances = samples.iter().flat_map(|sample| {
            let pairs =
                pitched.iter().enumerate().flat_map(|(nth, &a)| pitched[nth + 1..].iter().map(move |&b| (a, b)));
            pairs.map(|(a, b)| tonal_distance(&sample.parts[a], &sample.parts[b]))
        });
        Measured {
            similarity: self.reference.measure_samples(samples),
            copying: self.reference.copying(samples),
            dissonance: mean(dissonances),
            tonal_distance: mean(distances),
            frechet: self.frechet.as_ref().and_then(|frechet| frechet.distance(samples)),
            ..Measured::default()
        }
    }
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
        similarity: Similarity {
            similarity: of(|take| Some(take.similarity.similarity)).unwrap_or(0.0),
            style: of(|take| Some(take.similarity.style)).unwrap_or(0.0),
            fit: of(|take| Some(take.similarity.fit)).unwrap_or(0.0),
        },
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
