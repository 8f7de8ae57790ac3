//! What sounds together: how voices move against each other, and whether they fit the melody.

use super::subject::Subject;
use crate::measures::lines::{Line, Move, moves};
use crate::measures::similarity::histogram::{Counts, Histogram};

/// Perfect consonance, imperfect consonance, dissonance.
const KINDS: usize = 3;
/// Only the first moves, only the second; apart or together; the same way, by the same interval or another.
const MOTIONS: usize = 5;

fn kind(semitones: i32) -> usize {
    match semitones.abs() % 12 {
        0 | 7 => 0,
        3 | 4 | 8 | 9 => 1,
        _ => 2,
    }
}

fn motion(of: Move) -> usize {
    match of.by {
        [_, 0] => 0,
        [0, _] => 1,
        _ if !of.is_similar() => 2,
        [a, b] => 3 + usize::from(a != b),
    }
}

/// Of each two voices, the melody among them: motion by the kind of interval before and after, and at each step whether
/// the first is above, level or below.
pub fn voice_leading(subject: &Subject<'_>) -> Counts {
    let mut histograms = Vec::new();
    for (a, b) in subject.voices.pairs() {
        let (mut moved, mut above) = (Histogram::new(MOTIONS * KINDS * KINDS), Histogram::new(3));
        for of in moves(a, b) {
            moved.add((motion(of) * KINDS + kind(of.before)) * KINDS + kind(of.after));
        }
        for (a, b) in a.pitch.iter().zip(&b.pitch) {
            if let (Some(a), Some(b)) = (a, b) {
                above.add((a.cmp(b) as i8 + 1) as usize);
            }
        }
        histograms.extend([moved, above]);
    }
    Counts::new(histograms)
}

/// Of each pitched part the interval class below the melody, and of each two parts both of them together.
pub fn fit(subject: &Subject<'_>) -> Counts {
    let (melody, parts) = (&subject.voices.lines[0], subject.voices.accompaniment());
    let class = |line: &Line, step: usize| {
        let (melody, part) = (melody.pitch[step]?, line.pitch[step]?);
        Some((i32::from(melody) - i32::from(part)).rem_euclid(12) as usize)
    };
    let mut histograms = Vec::new();
    for (nth, part) in parts.iter().enumerate() {
        let mut alone = Histogram::new(12);
        (0..melody.pitch.len()).filter_map(|step| class(part, step)).for_each(|interval| alone.add(interval));
        histograms.push(alone);
        for other in &parts[nth + 1..] {
            let mut together = Histogram::new(144);
            for step in 0..melody.pitch.len() {
                if let (Some(a), Some(b)) = (class(part, step), class(other, step)) {
                    together.add(a * 12 + b);
                }
            }
            histograms.push(together);
        }
    }
    Counts::new(histograms)
}
