//! Time: rhythm within bars, bars that come back, and phrases.

use super::subject::Subject;
use crate::corpus::Planes;
use crate::measures::sample::PHRASE_BARS;
use crate::measures::similarity::histogram::{Counts, Histogram};

/// Notes of so many steps or more are one bin.
const LONGEST: usize = 33;
/// How far back bars are compared.
const BACK: [usize; 4] = [1, 2, 4, 8];
/// Upper edges of the bins of a likeness, below 1.
const LIKENESS_EDGES: [f64; 3] = [1e-9, 0.34, 0.67];
/// Bins of a likeness: not at all, three between, equal, and both silent.
const LIKENESS_BINS: usize = 6;
/// Upper edges of the bins of a density, as a share of the part's own mean.
const DENSITY_EDGES: [f64; 5] = [1e-9, 0.5, 0.8, 1.25, 2.0];
/// A melody's phrase is heard again where so much of its rhythm is equal.
const HEARD_AGAIN: f64 = 0.6;

/// Of each part: where in the bar it strikes; of pitched ones, how long notes are.
pub fn rhythm(subject: &Subject<'_>) -> Counts {
    let bar = subject.layout.steps_per_bar;
    let mut histograms = Vec::new();
    for (part, planes) in subject.sample.parts.iter().enumerate() {
        let (mut places, mut lengths) = (Histogram::new(bar), Histogram::new(LONGEST + 1));
        for (step, word) in planes.onset.iter().enumerate() {
            if *word != 0 {
                places.add(step % bar);
            }
        }
        if subject.layout.drums() != Some(part) {
            planes.notes().for_each(|note| lengths.add(note.length));
        }
        histograms.extend([places, lengths]);
    }
    Counts::new(histograms)
}

fn likeness_bin(likeness: Option<f64>) -> usize {
    match likeness {
        None => LIKENESS_BINS - 1,
        Some(1.0) => LIKENESS_BINS - 2,
        Some(likeness) => LIKENESS_EDGES.partition_point(|edge| *edge <= likeness),
    }
}

/// Of each part, how like each bar is to the one 1, 2, 4 and 8 before.
pub fn repetition(subject: &Subject<'_>) -> Counts {
    let bar = subject.layout.steps_per_bar;
    let bars = subject.sample.steps() / bar;
    let mut histograms = Vec::new();
    for planes in &subject.sample.parts {
        for back in BACK {
            let mut alike = Histogram::new(LIKENESS_BINS);
            for now in back..bars {
                alike.add(likeness_bin(planes.likeness(now * bar, (now - back) * bar, bar)));
            }
            histograms.push(alike);
        }
    }
    Counts::new(histograms)
}

/// Whether phrases are the first, the last or between.
fn place(phrase: usize, phrases: usize) -> usize {
    match phrase {
        0 => 0,
        _ if phrase + 1 == phrases => 1,
        _ => 2,
    }
}

/// By the phrase's place: how many parts play, and how densely each does beside its own mean; how much denser the next
/// phrase is; and how like the rhythm of two phrases is, where the melody's is heard again and where not.
pub fn form(subject: &Subject<'_>) -> Counts {
    let phrase = subject.layout.steps_per_bar * PHRASE_BARS;
    let phrases: Vec<_> = subject.sample.melody.bars(phrase).filter(|steps| steps.len() * 2 >= phrase).collect();
    let bins = DENSITY_EDGES.len() + 1;
    let parts = &subject.sample.parts;
    let mut playing = Histogram::new(3 * (parts.len() + 1));
    let density = |planes: &Planes, nth: usize| {
        let struck = planes.onset[phrases[nth].clone()].iter().filter(|word| **word != 0).count();
        struck as f64 / phrases[nth].len() as f64
    };
    for nth in 0..phrases.len() {
        let count = parts.iter().filter(|planes| density(planes, nth) > 0.0).count();
        playing.add(place(nth, phrases.len()) * (parts.len() + 1) + count);
    }
    let bin = |share: f64| DENSITY_EDGES.partition_point(|edge| *edge <= share);
    let rhythm = |planes: &Planes| Planes {
        onset: planes.onset.iter().map(|word| u128::from(*word != 0)).collect(),
        sound: Vec::new(),
    };
    let melody = rhythm(&subject.sample.melody);
    let mut histograms = vec![playing];
    for planes in parts {
        let (mut dense, mut denser) = (Histogram::new(3 * bins), Histogram::new(bins + 1));
        let mut answers = Histogram::new(2 * LIKENESS_BINS);
        let of: Vec<f64> = (0..phrases.len()).map(|nth| density(planes, nth)).collect();
        let mean = of.iter().sum::<f64>() / of.len().max(1) as f64;
        let played = rhythm(planes);
        for (nth, own) in of.iter().enumerate().filter(|_| mean > 0.0) {
            dense.add(place(nth, of.len()) * bins + bin(own / mean));
            if let Some(next) = of.get(nth + 1) {
                denser.add(if *own > 0.0 { bin(next / own) } else { bins });
            }
            for earlier in 0..nth {
                let [a, b] = [earlier, nth].map(|nth| phrases[nth].start);
                let steps = phrases[nth].len();
                let again = melody.likeness(a, b, steps).is_some_and(|alike| alike >= HEARD_AGAIN);
                answers.add(usize::from(again) * LIKENESS_BINS + likeness_bin(played.likeness(a, b, steps)));
            }
        }
        histograms.extend([dense, denser, answers]);
    }
    Counts::new(histograms)
}
