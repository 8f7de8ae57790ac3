//! How a network in training does on melodies it has not seen.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::Trainee;
use crate::engine::protocol::TrainScalars;
use crate::gan::dataset::{Dataset, Piece, Split, Window, WindowShape};
use crate::gan::metrics::{PartMetrics, detect_key, dissonance, mean, tonal_distance};
use crate::gan::planes::Planes;
use crate::gan::similarity::{Reference, ReferenceOptions, Sample, variety};
use crate::gan::{GanError, GenerateContext, Network, PartSpec};
use crate::music::{Grid, Key, Metre, MetreChange, MetreMap, Part, Role, Score, TempoMap, Velocity, midi_file};
use crate::whole_file;

/// Every composition that is measured follows from it.
const SEED: u64 = 1;
/// How many melodies are taken more than once, and how often, to see how much takes differ.
const VARIED: (usize, u64) = (4, 3);
/// Length of a sample, in bars.
const SAMPLE_BARS: usize = 16;

/// What the curves of similarity are measured with.
#[derive(Debug)]
pub struct Measure {
    reference: Reference,
    parts: Vec<PartSpec>,
}

/// How many windows long the stretches are that ways to compose are compared by.
const STRETCH: usize = 4;
/// What a tenth off in the parts' characters weighs against a tenth of similarity.
const OFF_WEIGHT: f64 = 0.5;

/// What a trained network is to come near to.
#[derive(Clone, Debug)]
pub struct Target {
    characters: Vec<Option<f64>>,
    /// What each part is like.
    pub ways: Vec<PartWays>,
}

/// What decides how a trained network composes.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// S, less what the parts are off in [`Measure::characters`], relatively.
    pub score: f64,
    /// S.
    pub similarity: f64,
    /// What each part is like.
    pub ways: Vec<PartWays>,
}

/// What a part's manner is to bring near to the data.
#[derive(Clone, Copy, Debug, Default)]
pub struct PartWays {
    /// Share of the steps at which it sounds.
    pub sounding: Option<f64>,
    /// Notes in a bar.
    pub notes: Option<f64>,
    /// Groove consistency.
    pub groove: Option<f64>,
    /// Its drum pattern, whether it is a kit or not: how much keeps to the eighths.
    pub eighths: Option<f64>,
    /// Scale consistency of all that is heard of a piece; in a window alone, most notes are in some scale.
    pub scale: Option<f64>,
}

/// What was measured besides the scalars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// `Part/metric` and its mean over the windows.
    pub parts: Vec<(String, Option<f64>)>,
}

impl Measure {
    /// `None` where no piece is long enough to be measured.
    pub fn new(dataset: &Dataset, trainee: &dyn Trainee) -> Option<Self> {
        let (bars, sample) = trainee.measured_windows();
        let roles: Vec<Role> = trainee.network().parts().iter().map(|part| part.role).collect();
        let shape = WindowShape {
            bars,
            hop_bars: 1,
            steps_per_bar: None,
        };
        let options = ReferenceOptions {
            sample,
            ..ReferenceOptions::default()
        };
        let reference = Reference::build(dataset, &roles, shape, options).ok()?;
        let parts = trainee.network().parts().to_vec();
        Some(Self { reference, parts })
    }

    /// What the held-out music itself measures, in the order of [`Measured::parts`].
    pub fn of_data(&self, dataset: &Dataset) -> Measured {
        let windows = self.reference.windows().iter().map(|window| window.melody(dataset));
        let keys: Vec<Option<Key>> = windows.map(|melody| key_of(&melody)).collect();
        self.metrics(self.reference.held_out(), &keys)
    }

    /// The means of all metrics of all parts.
    fn metrics(&self, samples: &[Sample], keys: &[Option<Key>]) -> Measured {
        let mut parts = Vec::new();
        for (index, spec) in self.parts.iter().enumerate() {
            let of_part = |sample: &Sample, key: &Option<Key>| {
                PartMetrics::measure(&sample.parts[index], self.reference.steps_per_bar(), *key, spec.is_drum)
            };
            let all: Vec<PartMetrics> = samples.iter().zip(keys).map(|(sample, key)| of_part(sample, key)).collect();
            let mut named = PartMetrics::mean(&all).named().to_vec();
            if !spec.is_drum {
                let with_melody = |metric: fn(&Planes, &Planes) -> Option<f64>| {
                    mean(samples.iter().map(|sample| metric(&sample.melody, &sample.parts[index])))
                };
                named.push(("dissonance", with_melody(dissonance)));
                named.push(("tonal_distance_to_melody", with_melody(tonal_distance)));
            }
            // what makes no sense for a kit, and the other way round
            named.retain(|(name, _)| spec.is_drum == (*name == "drum_pattern") || (spec.is_drum && IN_DRUMS.contains(name)));
            parts.extend(named.into_iter().map(|(name, value)| (format!("{}/{name}", spec.name), value)));
        }
        Measured { parts }
    }

    /// Accompanies long stretches around the fixed melodies, and says how like the data the windows in them are: alone, a window begins
    /// and ends a piece, and what its parts do there tells little of what they do in the middle of a song.
    ///
    /// # Errors
    /// What the network says.
    pub fn compare(
        &self,
        dataset: &Dataset,
        network: &dyn Network,
        data: &Target,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Comparison, GanError> {
        let (mut taken, mut heard) = (Vec::new(), BTreeMap::new());
        for window in self.reference.fixed_windows() {
            let (piece, within) = stretch_around(window, dataset);
            let steps = within.len();
            let melody = piece.melody.window(within.start, steps);
            let context = GenerateContext {
                steps_per_bar: self.reference.steps_per_bar(),
                cancel,
                ..GenerateContext::new(SEED)
            };
            let parts = network.generate(&melody, &context)?;
            for at in (0..steps / window.steps).map(|nth| nth * window.steps) {
                let cut = |grid: &Grid| grid.window(at, window.steps);
                taken.push(Sample::new(&cut(&melody), &parts.iter().map(cut).collect::<Vec<_>>()));
            }
            hear(&mut heard, window.piece, &parts);
        }
        let similarity = self.reference.measure_samples(&taken).similarity;
        let pairs = self.characters(&taken).into_iter().zip(&data.characters);
        // what the data has and the model has nothing of is as far off as can be
        let off = pairs.map(|(model, real): (Option<f64>, &Option<f64>)| {
            real.map(|real| model.map_or(1.0, |model| ((model - real).abs() / real.max(1e-3)).min(1.0)))
        });
        Ok(Comparison {
            score: similarity - OFF_WEIGHT * mean(off).unwrap_or(0.0),
            similarity,
            ways: self.ways_of(&taken, &heard),
        })
    }

    /// What the held-out music itself is like.
    pub fn target(&self, dataset: &Dataset) -> Target {
        let held_out = self.reference.held_out();
        let mut heard = BTreeMap::new();
        for window in self.reference.fixed_windows() {
            let (piece, within) = stretch_around(window, dataset);
            let cut = |grid: &Grid| grid.window(within.start, within.len());
            let part = |spec: &PartSpec| piece.part(spec.role).map_or_else(|| Grid::silent(within.len()), cut);
            hear(&mut heard, window.piece, &self.parts.iter().map(part).collect::<Vec<_>>());
        }
        Target {
            characters: self.characters(held_out),
            ways: self.ways_of(held_out, &heard),
        }
    }

    fn ways_of(&self, samples: &[Sample], heard: &Heard) -> Vec<PartWays> {
        let bar = self.reference.steps_per_bar() as f64;
        let of = |index: usize| {
            let measured = |sample: &Sample| {
                let part = &sample.parts[index];
                let steps = part.steps().max(1) as f64;
                let sounding = part.sound.iter().filter(|word| **word != 0).count() as f64 / steps;
                let notes = f64::from(part.onset.iter().map(|word| word.count_ones()).sum::<u32>()) * bar / steps;
                let as_kit = PartMetrics::measure(part, self.reference.steps_per_bar(), None, true);
                [Some(sounding), Some(notes), as_kit.groove_consistency, as_kit.drum_pattern]
            };
            let all: Vec<[Option<f64>; 4]> = samples.iter().map(measured).collect();
            [0, 1, 2, 3].map(|which| mean(all.iter().map(|one| one[which])))
        };
        let scale = |index: usize, spec: &PartSpec| {
            let of = |parts: &Vec<Planes>| {
                PartMetrics::measure(&parts[index], self.reference.steps_per_bar(), None, spec.is_drum).scale_consistency
            };
            mean(heard.values().map(of))
        };
        let parts = self.parts.iter().enumerate();
        parts
            .map(|(index, spec)| {
                let [sounding, notes, groove, eighths] = of(index);
                PartWays {
                    sounding,
                    notes,
                    groove,
                    eighths,
                    scale: scale(index, spec),
                }
            })
            .collect()
    }

    /// What similarity hardly sees and ears do, of each pitched part: pitch classes in a bar, the share of notes that are no crumbs, and
    /// of those in one scale.
    fn characters(&self, samples: &[Sample]) -> Vec<Option<f64>> {
        let mut characters = Vec::new();
        for (index, _) in self.parts.iter().enumerate().filter(|(_, spec)| !spec.is_drum) {
            let of = |sample: &Sample| PartMetrics::measure(&sample.parts[index], self.reference.steps_per_bar(), None, false);
            let mean = PartMetrics::mean(&samples.iter().map(of).collect::<Vec<_>>());
            characters.extend([mean.pitch_classes_used, mean.qualified_notes, mean.scale_consistency]);
        }
        characters
    }

    fn take(&self, melody: &Grid, network: &dyn Network, seed: u64) -> Result<Sample, GanError> {
        let context = GenerateContext {
            steps_per_bar: self.reference.steps_per_bar(),
            ..GenerateContext::new(seed)
        };
        Ok(Sample::new(melody, &network.generate(melody, &context)?))
    }

    /// Accompanies the fixed melodies and measures the result.
    ///
    /// # Errors
    /// What the network says.
    pub fn fill(&self, dataset: &Dataset, network: &dyn Network, scalars: &mut TrainScalars) -> Result<Measured, GanError> {
        let take = |index: usize, seed| self.take(&self.reference.fixed_windows()[index].melody(dataset), network, seed);
        let count = self.reference.fixed_windows().len();
        let taken = (0..count).map(|index| take(index, SEED)).collect::<Result<Vec<_>, _>>()?;
        let similarity = self.reference.measure(&taken);
        scalars.similarity = Some(similarity.similarity);
        scalars.style = Some(similarity.style);
        scalars.fit = Some(similarity.fit);
        scalars.copying = Some(self.reference.copying(&taken));
        let mut varieties = Vec::new();
        for (index, first) in taken.iter().enumerate().take(VARIED.0) {
            let others = (1..VARIED.1).map(|more| take(index, SEED + more)).collect::<Result<Vec<_>, _>>()?;
            let takes: Vec<&Sample> = std::iter::once(first).chain(&others).collect();
            varieties.extend(variety(&takes));
        }
        if !varieties.is_empty() {
            scalars.variety = Some(varieties.iter().sum::<f64>() / varieties.len() as f64);
        }
        let windows = self.reference.fixed_windows().iter().map(|window| window.melody(dataset));
        let keys: Vec<Option<Key>> = windows.map(|melody| key_of(&melody)).collect();
        Ok(self.metrics(&taken, &keys))
    }
}

/// The piece of a window, and [`STRETCH`] windows of it, this one the second of them where there is one before.
fn stretch_around<'a>(window: &Window, dataset: &'a Dataset) -> (&'a Piece, Range<usize>) {
    let piece = &dataset.pieces[window.piece];
    let first = window.first_step.saturating_sub(window.steps);
    (piece, first..(first + window.steps * STRETCH).min(piece.melody.steps()))
}

/// The parts of all stretches of a piece, one after the other, by the piece's number.
type Heard = BTreeMap<usize, Vec<Planes>>;

fn hear(heard: &mut Heard, piece: usize, parts: &[Grid]) {
    let of_piece = heard.entry(piece).or_insert_with(|| vec![Planes::default(); parts.len()]);
    for (all, part) in of_piece.iter_mut().zip(parts.iter().map(Planes::from)) {
        all.onset.extend(part.onset);
        all.sound.extend(part.sound);
    }
}

/// The metrics that a kit has besides its own.
const IN_DRUMS: [&str; 2] = ["empty_bar_rate", "groove_consistency"];

fn key_of(melody: &Grid) -> Option<Key> {
    detect_key(&[(Role::Melody, melody)])
}

/// Writes what the network makes of a held-out melody (a training one, where none is held out).
///
/// # Errors
/// What the network or the system says.
pub fn write_sample(path: &Path, dataset: &Dataset, network: &dyn Network) -> Result<(), GanError> {
    let Some(piece) = dataset.split(Split::Valid).next().or_else(|| dataset.pieces.first()) else {
        return Ok(());
    };
    let melody = piece.melody.window(0, piece.steps().min(SAMPLE_BARS * piece.steps_per_bar));
    let context = GenerateContext {
        steps_per_bar: piece.steps_per_bar,
        ..GenerateContext::new(SEED)
    };
    let written = network.generate(&melody, &context)?;
    let mut lead = Part::new("Melody", 73);
    lead.role = Role::Melody;
    lead.notes = melody.to_notes(0, Velocity::DEFAULT);
    let mut parts = vec![Arc::new(lead)];
    for (spec, grid) in network.parts().iter().zip(&written) {
        let mut part = Part::new(&spec.name, spec.program);
        part.role = spec.role;
        part.is_drum = spec.is_drum;
        part.notes = grid.to_notes(0, Velocity::clamped(80));
        parts.push(Arc::new(part));
    }
    let score = Score {
        title: piece.name.clone(),
        tempo: TempoMap::constant(80.0),
        metre: MetreMap::from_changes(vec![MetreChange {
            tick: 0,
            metre: piece.metre().unwrap_or(Metre::FOUR_FOUR),
        }]),
        parts,
        melody: Some(0),
        ..Score::default()
    };
    whole_file::replace(path, &midi_file::write(&score)).map_err(|source| GanError::Io {
        doing: "writing a sample",
        source,
        path: path.to_owned(),
    })
}
