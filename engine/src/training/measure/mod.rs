//! How a network in training does on melodies it has not seen.

mod comparing;

use std::path::Path;
use std::sync::Arc;

pub use self::comparing::{Comparison, PartProfile};

use super::trainable::TrainableNetwork;
use crate::error::Error;
use crate::network::{GenerateContext, Network, PartSpec};
use cantus::corpus::{Dataset, Piece, Planes, Split, WindowShape, taken_evenly};
use cantus::engine_client::curves::{Curve, CurveValues};
use cantus::measures::discrimination::{PassesAsReal, passes_as_real};
use cantus::measures::metrics::{METRICS, PartMetrics, Subject};
use cantus::measures::similarity::Reference;
use cantus::measures::{Copying, Layout, Sample, mean, passages, variety};
use cantus::music::{Grid, Key, Metre, MetreChange, MetreMap, Part, Role, Score, TempoMap, Velocity, midi_file};
use cantus::whole_file;

/// Every composition that is measured follows from it.
const SEED: u64 = 1;
/// How many held-out passages are measured while it trains, how long they are in bars, and how many tell at the end
/// whether it passes as real.
const PASSAGES: usize = 12;
const PASSAGE_BARS: usize = 16;
const JUDGED: usize = 20;
/// How many melodies are taken more than once, and how often, to see how much takes differ.
const VARIED: (usize, u64) = (2, 3);
/// Windows that are looked for in the training pieces, in bars.
const COPIED_BARS: usize = 2;
/// Passages to compare with are no more than this, nor windows.
const MOST_TRAINING: usize = 400;
const MOST_WINDOWS: usize = 20_000;
/// Length of a sample, in bars.
const SAMPLE_BARS: usize = 16;

/// What the curves of similarity are measured with.
#[derive(Debug)]
pub struct Measure {
    layout: Layout,
    reference: Reference,
    copying: Copying,
    parts: Vec<PartSpec>,
    /// The pieces that are held out (all, where none is), by number.
    pieces: Vec<usize>,
    /// Passages of them, ends of pieces, the fixed ones evenly among them.
    held_out: Vec<Sample>,
    training: Vec<Sample>,
}

/// What a part measures: `Part/metric` and its mean over the passages.
pub type PartValue = (String, Option<f64>);

impl Measure {
    /// `None` where no piece has a melody and a part of the network's.
    pub fn new(dataset: &Dataset, trainable: &dyn TrainableNetwork) -> Option<Self> {
        Self::of_parts(dataset, trainable.network().parts())
    }

    fn of_parts(dataset: &Dataset, parts: &[PartSpec]) -> Option<Self> {
        let roles: Vec<Role> = parts.iter().map(|part| part.role).collect();
        let layout = Layout::new(&roles, dataset.common_steps_per_bar()?);
        let is_measured = |piece: &Piece| {
            piece.steps_per_bar == layout.steps_per_bar
                && piece.melody_bars().is_some()
                && roles.iter().any(|role| piece.part(*role).is_some())
        };
        let of_split = |split: Split| -> Vec<usize> {
            let numbered = dataset.pieces.iter().enumerate();
            numbered.filter(|(_, piece)| piece.split == split && is_measured(piece)).map(|(nth, _)| nth).collect()
        };
        let learned = of_split(Split::Train);
        let pieces = match of_split(Split::Valid) {
            none if none.is_empty() => learned.clone(),
            held_out => held_out,
        };
        // where pieces are few, several passages of each
        let of_each = JUDGED.div_ceil(pieces.len().max(1));
        let cut = |numbers: &[usize], most: usize| -> Vec<Sample> {
            let of_piece = |number: &usize| {
                let piece = &dataset.pieces[*number];
                let ranges = passages(piece, PASSAGE_BARS, of_each);
                let roles = &roles;
                ranges.into_iter().map(move |range| Sample::from_piece(piece, range, roles))
            };
            taken(numbers.iter().flat_map(of_piece).collect(), most)
        };
        let (training, held_out) = (cut(&learned, MOST_TRAINING), cut(&pieces, MOST_TRAINING));
        let fixed = taken(held_out.clone(), PASSAGES);
        let shape = WindowShape { bars: COPIED_BARS, hop_bars: 1, steps_per_bar: Some(layout.steps_per_bar) };
        let windows = dataset.windows(Split::Train, shape);
        let windows: Vec<Sample> =
            taken(windows, MOST_WINDOWS).iter().map(|window| Sample::from_window(dataset, window, &roles)).collect();
        Some(Self {
            reference: Reference::new(&training, &fixed, &layout, SEED)?,
            copying: Copying::new(&windows, &roles),
            parts: parts.to_vec(),
            layout,
            pieces,
            held_out,
            training,
        })
    }

    /// The held-out passages whose melodies the network is asked to accompany while it trains.
    fn fixed(&self) -> Vec<Sample> {
        taken(self.held_out.clone(), PASSAGES)
    }

    /// What the held-out music itself measures, in the same order as [`Self::of_network`].
    pub fn of_data(&self) -> Vec<PartValue> {
        self.metrics(&self.held_out)
    }

    /// The means of all metrics of all parts.
    fn metrics(&self, samples: &[Sample]) -> Vec<PartValue> {
        let melody = |sample: &Sample| Sample { melody: sample.melody.clone(), parts: Vec::new() };
        let alone = Layout::new(&[], self.layout.steps_per_bar);
        let keys: Vec<Option<Key>> = samples.iter().map(|sample| melody(sample).key(&alone)).collect();
        let mut parts = Vec::new();
        for (index, spec) in self.parts.iter().enumerate() {
            let of_part = |(sample, key): (&Sample, &Option<Key>)| {
                let subject = Subject::new(&sample.parts[index], self.layout.steps_per_bar, spec.is_drum);
                PartMetrics::measure(&subject.in_key(*key).with_melody(Some(&sample.melody)))
            };
            let all: Vec<PartMetrics> = samples.iter().zip(&keys).map(of_part).collect();
            let means = PartMetrics::mean(&all);
            let rows = METRICS.iter().filter(|row| row.is_of(spec.is_drum));
            parts.extend(rows.map(|row| (format!("{}/{}", spec.name, row.key), means[row.metric])));
        }
        parts
    }

    /// What the network writes to the melody of a passage.
    fn take(
        &self,
        real: &Sample,
        network: &dyn Network,
        seed: u64,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Sample, Error> {
        let context =
            GenerateContext { steps_per_bar: self.layout.steps_per_bar, cancel, ..GenerateContext::new(seed) };
        let written = network.generate(&Grid::from(&real.melody), &context)?.parts;
        Ok(Sample { melody: real.melody.clone(), parts: written.iter().map(Planes::from).collect() })
    }

    /// Accompanies the fixed melodies: how alike, copied and varied the result is, and what its parts measure.
    /// `progress` is told how many compositions of how many are written.
    ///
    /// # Errors
    /// What the network says, [`Error::Cancelled`] among it.
    pub fn of_network(
        &self,
        network: &dyn Network,
        cancel: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(CurveValues, Vec<PartValue>), Error> {
        let fixed = self.fixed();
        let total = fixed.len() + VARIED.0.min(fixed.len()) * (VARIED.1 as usize - 1);
        let mut written = 0;
        let mut take = |real: &Sample, seed| {
            progress(written, total);
            written += 1;
            self.take(real, network, seed, cancel)
        };
        let taken = fixed.iter().map(|real| take(real, SEED)).collect::<Result<Vec<_>, _>>()?;
        let window = COPIED_BARS * self.layout.steps_per_bar;
        let windows: Vec<Sample> = taken.iter().flat_map(|sample| sample.windows(window)).collect();
        let mut values = CurveValues::from([(Curve::Copying, self.copying.share(&windows))]);
        let similarity = self.reference.measure(&taken);
        values.set(Curve::Similarity, similarity.similarity);
        values.set(Curve::SimilarityMean, similarity.mean_of_groups());
        let mut varieties = Vec::new();
        for (real, first) in fixed.iter().zip(&taken).take(VARIED.0) {
            let others = (1..VARIED.1).map(|more| take(real, SEED + more)).collect::<Result<Vec<_>, _>>()?;
            varieties.push(variety(&std::iter::once(first).chain(&others).collect::<Vec<_>>()));
        }
        values.set(Curve::Variety, mean(varieties));
        Ok((values, self.metrics(&taken)))
    }

    /// Whether what the network writes to held-out melodies passes as real; `None` where there are too few of them.
    ///
    /// # Errors
    /// What the network says.
    pub fn passes_as_real(
        &self,
        network: &dyn Network,
        cancel: &dyn Fn() -> bool,
    ) -> Result<Option<PassesAsReal>, Error> {
        let real = taken(self.held_out.clone(), JUDGED);
        let written = real.iter().map(|real| self.take(real, network, SEED, cancel)).collect::<Result<Vec<_>, _>>()?;
        Ok(passes_as_real(&written, &real, &self.training, &self.layout))
    }
}

/// At most so many of all, taken evenly.
fn taken<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let (some, count) = (most.min(all.len()), all.len());
    all.into_iter().enumerate().filter(|(nth, _)| taken_evenly(*nth, some, count)).map(|(_, one)| one).collect()
}

/// The piece whose melody samples are written to: a held-out one, a training one where none is held out.
fn sampled_piece(dataset: &Dataset) -> Option<&Piece> {
    dataset.split(Split::Valid).next().or_else(|| dataset.pieces.first())
}

/// Writes what the network makes of the sampled melody.
///
/// # Errors
/// What the network or the system says.
pub fn write_sample(path: &Path, dataset: &Dataset, network: &dyn Network) -> Result<(), Error> {
    let Some(piece) = sampled_piece(dataset) else { return Ok(()) };
    let context = GenerateContext { steps_per_bar: piece.steps_per_bar, ..GenerateContext::new(SEED) };
    let written = network.generate(&sampled(piece, &piece.melody), &context)?.parts;
    write_piece(path, piece, network.parts(), &written)
}

/// Writes the parts that the sampled piece itself has, to be heard beside the samples.
///
/// # Errors
/// What the system says.
pub fn write_original(path: &Path, dataset: &Dataset, parts: &[PartSpec]) -> Result<(), Error> {
    let Some(piece) = sampled_piece(dataset) else { return Ok(()) };
    let silent = Grid::silent(piece.steps());
    let own: Vec<Grid> = parts.iter().map(|spec| sampled(piece, piece.part(spec.role).unwrap_or(&silent))).collect();
    write_piece(path, piece, parts, &own)
}

/// As much of a line of the piece as a sample has.
fn sampled(piece: &Piece, line: &Grid) -> Grid {
    line.window(0, piece.steps().min(SAMPLE_BARS * piece.steps_per_bar))
}

/// Writes a sampled melody with parts to it.
fn write_piece(path: &Path, piece: &Piece, specs: &[PartSpec], grids: &[Grid]) -> Result<(), Error> {
    let mut lead = Part::new("Melody", 73);
    lead.role = Role::Melody;
    lead.notes = sampled(piece, &piece.melody).to_notes(0, Velocity::DEFAULT);
    let mut parts = vec![Arc::new(lead)];
    for (spec, grid) in specs.iter().zip(grids) {
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
