//! How a network in training does on melodies it has not seen.

mod comparing;

use std::path::Path;
use std::sync::Arc;

pub use self::comparing::{Comparison, PartProfile};

use super::trainable::TrainableNetwork;
use crate::error::Error;
use crate::network::{GenerateContext, Network, PartSpec};
use cantus::corpus::{Dataset, Split, WindowShape};
use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::measures::mean;
use cantus::measures::metrics::{METRICS, PartMetrics, Subject, detect_key};
use cantus::measures::similarity::{Reference, ReferenceOptions, Sample, variety};
use cantus::music::{Grid, Key, Metre, MetreChange, MetreMap, Part, Role, Score, TempoMap, Velocity, midi_file};
use cantus::whole_file;

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

/// What a part measures: `Part/metric` and its mean over the windows.
pub type PartValue = (String, Option<f64>);

impl Measure {
    /// `None` where no piece is long enough to be measured.
    pub fn new(dataset: &Dataset, trainable: &dyn TrainableNetwork) -> Option<Self> {
        let (bars, sample) = trainable.measured_windows();
        let roles: Vec<Role> = trainable.network().parts().iter().map(|part| part.role).collect();
        let shape = WindowShape { bars, hop_bars: 1, steps_per_bar: None };
        let options = ReferenceOptions { sample, ..ReferenceOptions::default() };
        let reference = Reference::build(dataset, &roles, shape, options).ok()?;
        let parts = trainable.network().parts().to_vec();
        Some(Self { reference, parts })
    }

    /// What the held-out music itself measures, in the same order as [`Self::of_network`].
    pub fn of_data(&self, dataset: &Dataset) -> Vec<PartValue> {
        let windows = self.reference.windows().iter().map(|window| window.melody(dataset));
        let keys: Vec<Option<Key>> = windows.map(|melody| key_of(&melody)).collect();
        self.metrics(self.reference.held_out(), &keys)
    }

    /// The means of all metrics of all parts.
    fn metrics(&self, samples: &[Sample], keys: &[Option<Key>]) -> Vec<PartValue> {
        let mut parts = Vec::new();
        for (index, spec) in self.parts.iter().enumerate() {
            let of_part = |(sample, key): (&Sample, &Option<Key>)| {
                let subject = Subject::new(&sample.parts[index], self.reference.steps_per_bar(), spec.is_drum);
                PartMetrics::measure(&subject.in_key(*key).with_melody(Some(&sample.melody)))
            };
            let all: Vec<PartMetrics> = samples.iter().zip(keys).map(of_part).collect();
            let means = PartMetrics::mean(&all);
            let rows = METRICS.iter().filter(|row| row.is_of(spec.is_drum));
            parts.extend(rows.map(|row| (format!("{}/{}", spec.name, row.key), means[row.metric])));
        }
        parts
    }

    fn take(&self, melody: &Grid, network: &dyn Network, seed: u64) -> Result<Sample, Error> {
        let context = GenerateContext { steps_per_bar: self.reference.steps_per_bar(), ..GenerateContext::new(seed) };
        Ok(Sample::new(melody, &network.generate(melody, &context)?.parts))
    }

    /// Accompanies the fixed melodies: how alike, copied and varied the result is, and what its parts measure.
    ///
    /// # Errors
    /// What the network says.
    pub fn of_network(&self, dataset: &Dataset, network: &dyn Network) -> Result<(CurveValues, Vec<PartValue>), Error> {
        let take =
            |index: usize, seed| self.take(&self.reference.fixed_windows()[index].melody(dataset), network, seed);
        let count = self.reference.fixed_windows().len();
        let taken = (0..count).map(|index| take(index, SEED)).collect::<Result<Vec<_>, _>>()?;
        let similarity = self.reference.measure(&taken);
        let mut values = CurveValues::from([
            (Curve::Similarity, similarity.similarity),
            (Curve::Style, similarity.style),
            (Curve::Fit, similarity.fit),
            (Curve::Copying, self.reference.copying(&taken)),
        ]);
        let mut varieties = Vec::new();
        for (index, first) in taken.iter().enumerate().take(VARIED.0) {
            let others = (1..VARIED.1).map(|more| take(index, SEED + more)).collect::<Result<Vec<_>, _>>()?;
            varieties.push(variety(&std::iter::once(first).chain(&others).collect::<Vec<_>>()));
        }
        values.set(Curve::Variety, mean(varieties));
        let windows = self.reference.fixed_windows().iter().map(|window| window.melody(dataset));
        let keys: Vec<Option<Key>> = windows.map(|melody| key_of(&melody)).collect();
        Ok((values, self.metrics(&taken, &keys)))
    }
}

fn key_of(melody: &Grid) -> Option<Key> {
    detect_key(&[(Role::Melody, melody)])
}

/// Writes what the network makes of a held-out melody (a training one, where none is held out).
///
/// # Errors
/// What the network or the system says.
pub fn write_sample(path: &Path, dataset: &Dataset, network: &dyn Network) -> Result<(), Error> {
    let Some(piece) = dataset.split(Split::Valid).next().or_else(|| dataset.pieces.first()) else {
        return Ok(());
    };
    let melody = piece.melody.window(0, piece.steps().min(SAMPLE_BARS * piece.steps_per_bar));
    let context = GenerateContext { steps_per_bar: piece.steps_per_bar, ..GenerateContext::new(SEED) };
    let written = network.generate(&melody, &context)?.parts;
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
        metre: MetreMap::from_changes(vec![MetreChange { tick: 0, metre: piece.metre().unwrap_or(Metre::FOUR_FOUR) }]),
        parts,
        melody: Some(0),
        ..Score::default()
    };
    whole_file::replace(path, &midi_file::write(&score)).map_err(|source| Error::Io {
        doing: "writing a sample",
        source,
        path: path.to_owned(),
    })
}
