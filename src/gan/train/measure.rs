//! How a network in training does on melodies it has not seen.

use std::path::Path;
use std::sync::Arc;

use super::Trainee;
use crate::engine::protocol::TrainScalars;
use crate::gan::dataset::{Dataset, Split, WindowShape};
use crate::gan::similarity::{Reference, ReferenceOptions, Sample, variety};
use crate::gan::{GanError, GenerateContext, Network};
use crate::music::{Metre, MetreChange, MetreMap, Part, Role, Score, TempoMap, Velocity, midi_file};

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
        Some(Self { reference })
    }

    /// Accompanies the fixed melodies and measures the result.
    ///
    /// # Errors
    /// What the network says.
    pub fn fill(&self, dataset: &Dataset, network: &dyn Network, scalars: &mut TrainScalars) -> Result<(), GanError> {
        let take = |index: usize, seed: u64| -> Result<Sample, GanError> {
            let melody = self.reference.fixed_windows()[index].melody(dataset);
            let context = GenerateContext {
                steps_per_bar: self.reference.steps_per_bar(),
                ..GenerateContext::new(seed)
            };
            Ok(Sample::new(&melody, &network.generate(&melody, &context)?))
        };
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
        Ok(())
    }
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
    // sixteenths in a bar as a time signature: quarters where they come out even
    let bar = u8::try_from(piece.steps_per_bar).unwrap_or(16);
    let metre = if bar.is_multiple_of(4) {
        Metre::new(bar / 4, 4)
    } else {
        Metre::new(bar, 16)
    };
    let score = Score {
        title: piece.name.clone(),
        tempo: TempoMap::constant(80.0),
        metre: MetreMap::from_changes(vec![MetreChange {
            tick: 0,
            metre: metre.unwrap_or(Metre::FOUR_FOUR),
        }]),
        parts,
        melody: Some(0),
        ..Score::default()
    };
    std::fs::write(path, midi_file::write(&score)).map_err(|source| GanError::Io {
        doing: "writing a sample",
        source,
        path: path.to_owned(),
    })
}
