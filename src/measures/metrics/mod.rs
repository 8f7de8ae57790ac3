//! The musical metrics, per part and across parts, as the literature defines them and not as they circulate.
//!
//! Chroma are pitches modulo 12, never bands of neighbouring pitches; the empty bar rate counts empty bars. A metric
//! whose denominator is zero is undefined (`None`), not zero. Sources: Dong et al. (2018, the paper on `MuseGAN`) for
//! bars, pitch classes, qualified notes and drum pattern; Wu and Yang, The Jazz Transformer (2020) for entropy and
//! groove; Mogren, C-RNN-GAN (2016) for scale consistency; Harte, Sandler and Gasser (2006) for tonal distance.

use serde::Serialize;

use crate::corpus::Planes;
use crate::music::{Grid, Key, Role, Velocity, key};

mod pair;
mod single;
mod table;

pub use pair::{dissonance, tonal_distance, tonal_distances};
pub use table::{METRICS, Metric, MetricRow, Of, PartMetrics, Subject};

/// The metrics of one part within its piece.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartReport {
    /// What the part does.
    pub role: Role,
    /// Its metrics.
    #[serde(flatten)]
    pub metrics: PartMetrics,
}

/// The metrics of a piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// The key, in words.
    pub key: Option<String>,
    /// Each part, in the order given.
    pub parts: Vec<PartReport>,
    /// Mean tonal distance of each pair of pitched parts without the melody: indices into `parts`, and the distance.
    pub tonal_distances: Vec<(usize, usize, Option<f64>)>,
}

/// Measures a piece in a key, where it has one. Parts of the role [`Role::Drums`] count as a kit, one of the role
/// [`Role::Melody`] as the melody.
pub fn report(parts: &[(Role, &Grid)], steps_per_bar: usize, key: Option<Key>) -> Report {
    let planes: Vec<Planes> = parts.iter().map(|(_, grid)| Planes::from(*grid)).collect();
    let melody = parts.iter().position(|(role, _)| *role == Role::Melody);
    let pitched_accompaniment: Vec<usize> =
        (0..parts.len()).filter(|&index| Some(index) != melody && parts[index].0 != Role::Drums).collect();
    let reports = parts.iter().enumerate().map(|(index, (role, _))| {
        let subject = Subject::new(&planes[index], steps_per_bar, *role == Role::Drums);
        let melody = melody.filter(|melody| *melody != index).map(|melody| &planes[melody]);
        PartReport { role: *role, metrics: PartMetrics::measure(&subject.in_key(key).with_melody(melody)) }
    });
    let pairs = pitched_accompaniment.iter().enumerate().flat_map(|(nth, &a)| {
        let planes = &planes;
        pitched_accompaniment[nth + 1..].iter().map(move |&b| (a, b, tonal_distance(&planes[a], &planes[b])))
    });
    Report { key: key.map(Key::name), parts: reports.collect(), tonal_distances: pairs.collect() }
}

/// The key of all pitched parts together.
pub fn detect_key(parts: &[(Role, &Grid)]) -> Option<Key> {
    let notes: Vec<_> = parts
        .iter()
        .filter(|(role, _)| *role != Role::Drums)
        .flat_map(|(_, grid)| grid.to_notes(0, Velocity::DEFAULT))
        .collect();
    key::detect(notes.iter())
}

#[cfg(test)]
mod tests;
