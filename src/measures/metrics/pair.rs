//! Metrics of two parts that sound together.

use std::sync::LazyLock;

use crate::corpus::{Planes, classes};
use crate::music::grid::STEPS_PER_QUARTER;

use crate::measures::mean::{mean, ratio};

/// Radii of the circles of fifths, minor thirds and major thirds in the tonal space (Harte, Sandler and Gasser 2006).
const RADII: [f64; 3] = [1.0, 1.0, 0.5];
/// Angle from a pitch class to the next on each circle.
const ANGLES: [f64; 3] =
    [7.0 * std::f64::consts::PI / 6.0, 3.0 * std::f64::consts::PI / 2.0, 2.0 * std::f64::consts::PI / 3.0];

/// The place of each pitch class in the tonal space.
static PLACES: LazyLock<[[f64; 6]; 12]> = LazyLock::new(|| {
    std::array::from_fn(|class| {
        std::array::from_fn(|axis| {
            let (sine, cosine) = (ANGLES[axis / 2] * class as f64).sin_cos();
            RADII[axis / 2] * if axis % 2 == 0 { sine } else { cosine }
        })
    })
});

/// Share of simultaneous pairs (step by step) whose interval modulo 12 is 1, 6 or 11; `None` where the parts never
/// sound together.
pub fn dissonance(melody: &Planes, part: &Planes) -> Option<f64> {
    let (mut harsh, mut pairs) = (0, 0);
    for (a, b) in melody.sound.iter().zip(&part.sound) {
        if *a == 0 || *b == 0 {
            continue;
        }
        let (a, b) = (classes(*a), classes(*b));
        for (class, count) in a.iter().enumerate() {
            for interval in 0..12 {
                let together = count * b[(class + interval) % 12];
                pairs += together;
                if matches!(interval, 1 | 6 | 11) {
                    harsh += together;
                }
            }
        }
    }
    ratio(harsh, pairs)
}

/// Mean tonal distance over the beats in which both parts sound; `None` where there is none.
pub fn tonal_distance(a: &Planes, b: &Planes) -> Option<f64> {
    mean(tonal_distances(a, b).map(Some))
}

/// The tonal distance of each beat (quarter) in which both parts sound: the Euclidean distance of the centroids of
/// their chroma.
pub fn tonal_distances(a: &Planes, b: &Planes) -> impl Iterator<Item = f64> {
    let steps = a.steps().min(b.steps());
    (0..steps).step_by(STEPS_PER_QUARTER).filter_map(move |first| {
        let beat = first..(first + STEPS_PER_QUARTER).min(steps);
        let (a, b) = (centroid(&a.sound[beat.clone()])?, centroid(&b.sound[beat])?);
        Some(a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt())
    })
}

/// The place of a beat's normalised chroma in the tonal space; `None` for silence.
fn centroid(steps: &[u128]) -> Option<[f64; 6]> {
    let mut chroma = [0; 12];
    for word in steps.iter().filter(|word| **word != 0) {
        for (count, more) in chroma.iter_mut().zip(classes(*word)) {
            *count += more;
        }
    }
    let total: u32 = chroma.iter().sum();
    if total == 0 {
        return None;
    }
    let mut place = [0.0; 6];
    for (class, &count) in chroma.iter().enumerate().filter(|(_, count)| **count > 0) {
        let share = f64::from(count) / f64::from(total);
        for (axis, of_class) in place.iter_mut().zip(PLACES[class]) {
            *axis += share * of_class;
        }
    }
    Some(place)
}
