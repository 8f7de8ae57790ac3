//! The musical metrics, per part and across parts, as the literature defines them and not as they circulate.
//!
//! Chroma are pitches modulo 12, never bands of neighbouring pitches; the empty bar rate counts empty bars. A metric whose
//! denominator is zero is undefined (`None`), not zero. Sources: Dong et al. (2018, the paper on `MuseGAN`) for bars, pitch classes,
//! qualified notes and drum pattern; Wu and Yang, The Jazz Transformer (2020) for entropy and groove; Mogren, C-RNN-GAN
//! (2016) for scale consistency; Harte, Sandler and Gasser (2006) for tonal distance.

use serde::Serialize;

use crate::corpus::Planes;
use crate::music::{Grid, Key, Role, Velocity, key};

mod across;
mod part;

pub use across::{dissonance, tonal_distance, tonal_distances};
pub use part::PartMetrics;

/// The metrics of one part within its piece.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartReport {
    /// What the part does.
    pub role: Role,
    /// The metrics of the part alone.
    #[serde(flatten)]
    pub metrics: PartMetrics,
    /// Share of simultaneous pairs with the melody that are a semitone, tritone or major seventh apart.
    pub dissonance: Option<f64>,
    /// Mean tonal distance to the melody.
    pub tonal_distance_to_melody: Option<f64>,
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

/// Measures a piece in a key, where it has one. Parts of the role [`Role::Drums`] count as a kit, one of the role [`Role::Melody`] as the melody.
pub fn report(parts: &[(Role, &Grid)], steps_per_bar: usize, key: Option<Key>) -> Report {
    let planes: Vec<Planes> = parts.iter().map(|(_, grid)| Planes::from(*grid)).collect();
    let melody = parts.iter().position(|(role, _)| *role == Role::Melody);
    let pitched_accompaniment: Vec<usize> =
        (0..parts.len()).filter(|&index| Some(index) != melody && parts[index].0 != Role::Drums).collect();
    let reports = parts.iter().enumerate().map(|(index, (role, _))| {
        let with_melody = melody.filter(|&melody| melody != index && *role != Role::Drums);
        PartReport {
            role: *role,
            metrics: PartMetrics::measure(&planes[index], steps_per_bar, key, *role == Role::Drums),
            dissonance: with_melody.and_then(|melody| dissonance(&planes[melody], &planes[index])),
            tonal_distance_to_melody: with_melody.and_then(|melody| tonal_distance(&planes[melody], &planes[index])),
        }
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

/// The mean of what is defined; `None` where nothing is.
pub fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, count) = values.into_iter().flatten().fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// `a / b` where that is defined.
fn ratio(a: impl Into<f64>, b: impl Into<f64>) -> Option<f64> {
    let b = b.into();
    (b > 0.0).then(|| a.into() / b)
}

#[cfg(test)]
mod tests;
