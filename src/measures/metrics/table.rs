//! The table of part metrics: all that anybody needs to know of one stands in its row.

use std::ops::Index;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::pair::{dissonance, tonal_distance};
use super::single;
use crate::corpus::Planes;
use crate::measures::mean::{mean, ratio};
use crate::music::{Key, Mode};

/// One of the metrics of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each has its row in METRICS, which says what it is")]
pub enum Metric {
    EmptyBarRate,
    PitchesUsed,
    PitchClassesUsed,
    InScaleCMajor,
    InScaleKey,
    ScaleConsistency,
    QualifiedNotes,
    PolyphonyRate,
    Polyphony,
    PitchClassEntropy,
    GrooveConsistency,
    DrumPattern,
    Dissonance,
    TonalDistanceToMelody,
}

/// Which parts a metric makes sense for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// All of them.
    All,
    /// All but kits.
    Pitched,
    /// Kits.
    Drums,
}

/// What is to be known of a metric.
#[derive(Debug)]
pub struct MetricRow {
    /// Which it is.
    pub metric: Metric,
    /// Its name in files and in JSON.
    pub key: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Which parts have it.
    pub of: Of,
    measure: fn(&Subject<'_>) -> Option<f64>,
}

const fn row(
    metric: Metric,
    key: &'static str,
    title: &'static str,
    of: Of,
    measure: fn(&Subject<'_>) -> Option<f64>,
) -> MetricRow {
    MetricRow { metric, key, title, of, measure }
}

/// All metrics, in the order of [`Metric`].
#[rustfmt::skip]
pub static METRICS: [MetricRow; 14] = [
    // bars without a sounding cell / bars
    row(Metric::EmptyBarRate, "empty_bar_rate", "Empty bar rate", Of::All,
        |s| single::empty_bar_rate(s.part, s.steps_per_bar)),
    // mean number of distinct pitches, and of pitch classes, in the bars that are not empty
    row(Metric::PitchesUsed, "pitches_used", "Pitches used", Of::Pitched,
        |s| single::pitches_used(s.part, s.steps_per_bar)),
    row(Metric::PitchClassesUsed, "pitch_classes_used", "Pitch classes used", Of::Pitched, |s| {
        single::pitch_classes_used(s.part, s.steps_per_bar)
    }),
    // notes in a scale / notes: of C major, as DeepComposer reports it; of the piece's key; of the key that has most of
    // them
    row(Metric::InScaleCMajor, "in_scale_c_major", "In scale C major", Of::Pitched, |s| s.in_scale(Key::C_MAJOR)),
    row(Metric::InScaleKey, "in_scale_key", "In scale of its key", Of::Pitched,
        |s| s.key.and_then(|key| s.in_scale(key))),
    row(Metric::ScaleConsistency, "scale_consistency", "Scale consistency", Of::Pitched, |s| {
        all_keys().filter_map(|key| s.in_scale(key)).max_by(f64::total_cmp)
    }),
    // notes of at least two steps / notes
    row(Metric::QualifiedNotes, "qualified_notes", "Qualified notes", Of::Pitched,
        |s| ratio(single::long_notes(s.part), s.notes())),
    // steps with more than two pitches / steps
    row(Metric::PolyphonyRate, "polyphony_rate", "Polyphony rate", Of::Pitched, |s| single::polyphony_rate(s.part)),
    // sounding cells / steps that are not silent
    row(Metric::Polyphony, "polyphony", "Polyphony", Of::Pitched, |s| single::polyphony(s.part)),
    // of the pitch classes of the notes, in bits
    row(Metric::PitchClassEntropy, "pitch_class_entropy", "Pitch class entropy", Of::Pitched,
        |s| single::entropy(&s.classes)),
    // 1 - mean Hamming distance of neighbouring bars' onset masks / steps in a bar
    row(Metric::GrooveConsistency, "groove_consistency", "Groove consistency", Of::All, |s| {
        single::groove_consistency(s.part, s.steps_per_bar)
    }),
    // onsets weighted 1 on eighths and 0.1 on the sixteenths between / onsets
    row(Metric::DrumPattern, "drum_pattern", "Drum pattern", Of::Drums,
        |s| single::drum_pattern(s.part, s.steps_per_bar)),
    // share of simultaneous pairs with the melody that are a semitone, tritone or major seventh apart
    row(Metric::Dissonance, "dissonance", "Dissonance with the melody", Of::Pitched, |s| dissonance(s.melody?, s.part)),
    row(Metric::TonalDistanceToMelody, "tonal_distance_to_melody", "Tonal distance to the melody", Of::Pitched, |s| {
        tonal_distance(s.melody?, s.part)
    }),
];

impl Metric {
    /// Its row in [`METRICS`].
    pub fn row(self) -> &'static MetricRow {
        &METRICS[self as usize]
    }
}

impl MetricRow {
    /// Whether kits have it, or pitched parts.
    pub fn is_of(&self, is_drum: bool) -> bool {
        self.of == Of::All || (self.of == Of::Drums) == is_drum
    }
}

fn all_keys() -> impl Iterator<Item = Key> {
    (0..12).flat_map(|tonic| [Mode::Major, Mode::Minor].map(|mode| Key { tonic, mode }))
}

/// A part to be measured, and what surrounds it.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    part: &'a Planes,
    steps_per_bar: usize,
    is_drum: bool,
    key: Option<Key>,
    melody: Option<&'a Planes>,
    /// Notes of each pitch class.
    classes: [u32; 12],
}

impl<'a> Subject<'a> {
    /// A part whose first step begins a bar.
    pub fn new(part: &'a Planes, steps_per_bar: usize, is_drum: bool) -> Self {
        let classes = single::class_counts(part);
        Self { part, steps_per_bar, is_drum, key: None, melody: None, classes }
    }

    /// In a piece of a key, where it is known.
    #[must_use]
    pub fn in_key(self, key: Option<Key>) -> Self {
        Self { key, ..self }
    }

    /// Accompanying a melody, if any.
    #[must_use]
    pub fn with_melody(self, melody: Option<&'a Planes>) -> Self {
        Self { melody, ..self }
    }

    fn notes(&self) -> u32 {
        self.classes.iter().sum()
    }

    fn in_scale(&self, key: Key) -> Option<f64> {
        let inside: u32 =
            (0..12_u8).filter(|class| key.contains(*class)).map(|class| self.classes[usize::from(class)]).sum();
        ratio(inside, self.notes())
    }
}

/// What a part measures, by metric. `None` is undefined; what makes no sense for a kit is `None` for drums, and the
/// other way round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PartMetrics([Option<f64>; METRICS.len()]);

impl PartMetrics {
    /// All that makes sense for the part.
    pub fn measure(subject: &Subject<'_>) -> Self {
        let value = |row: &MetricRow| if row.is_of(subject.is_drum) { (row.measure)(subject) } else { None };
        Self(METRICS.each_ref().map(value))
    }

    /// The mean of each metric over those where it is defined.
    pub fn mean(all: &[Self]) -> Self {
        Self(std::array::from_fn(|index| mean(all.iter().map(|one| one.0[index]))))
    }
}

impl Index<Metric> for PartMetrics {
    type Output = Option<f64>;

    fn index(&self, metric: Metric) -> &Option<f64> {
        &self.0[metric as usize]
    }
}

impl Serialize for PartMetrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(METRICS.len()))?;
        for (row, value) in METRICS.iter().zip(&self.0) {
            map.serialize_entry(row.key, value)?;
        }
        map.end()
    }
}
