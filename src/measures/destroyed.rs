//! Real music with one of its properties destroyed and the others left as they are, as far as that can be: what it
//! still has in common with the music it was is due to all but that property.

use std::ops::Range;

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::corpus::Planes;
use crate::music::chord::labels::beats;

use super::sample::{Layout, PHRASE_BARS, Sample};

/// A property of music, and what music without it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Property {
    /// The pitches of each pitched part change places; when and how long it plays stays.
    Lines,
    /// Each pitched part is that of another piece, in the same key.
    VoiceLeading,
    /// The melody is that of another piece, in the same key.
    Fit,
    /// The beats of melody and pitched parts change places, all parts together.
    Harmony,
    /// What each part strikes in a bar falls on other places of it, in the same order.
    Rhythm,
    /// The bars of the accompaniment change places, all parts together.
    Repetition,
    /// The phrases of four bars of the accompaniment change places.
    Form,
    /// The bars of the kit change places.
    Kit,
}

impl Property {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Lines,
        Self::VoiceLeading,
        Self::Fit,
        Self::Harmony,
        Self::Rhythm,
        Self::Repetition,
        Self::Form,
        Self::Kit,
    ];

    /// Destroys it in a sample, and only it. Other pieces' parts are taken from `others`.
    pub fn destroyed(self, sample: &Sample, others: &[Sample], layout: &Layout, random: &mut ChaCha8Rng) -> Sample {
        let mut destroyed = sample.clone();
        let bar = layout.steps_per_bar;
        match self {
            Self::Lines => {
                for part in layout.pitched() {
                    destroyed.parts[part] = pitches_permuted(&sample.parts[part], random);
                }
            }
            Self::VoiceLeading => {
                for part in layout.pitched() {
                    let other = in_the_place_of(sample, others, layout, random);
                    destroyed.parts[part].clone_from(&other.parts[part]);
                }
            }
            Self::Fit => destroyed.melody = in_the_place_of(sample, others, layout, random).melody,
            Self::Harmony => {
                let order = permuted(beats(sample.steps(), bar), random);
                destroyed.melody = reordered(&sample.melody, &order);
                for part in layout.pitched() {
                    destroyed.parts[part] = reordered(&sample.parts[part], &order);
                }
            }
            Self::Rhythm => {
                for part in &mut destroyed.parts {
                    *part = places_permuted(part, bar, random);
                }
            }
            Self::Repetition | Self::Form => {
                let bars = if self == Self::Form { PHRASE_BARS } else { 1 };
                let order = permuted(sample.melody.bars(bar * bars).collect(), random);
                for part in &mut destroyed.parts {
                    *part = reordered(part, &order);
                }
            }
            Self::Kit => {
                if let Some(kit) = layout.drums() {
                    let order = permuted(sample.melody.bars(bar).collect(), random);
                    destroyed.parts[kit] = reordered(&sample.parts[kit], &order);
                }
            }
        }
        destroyed
    }
}

/// The melody with all parts of another piece, in the same key.
pub fn others_parts(sample: &Sample, others: &[Sample], layout: &Layout, random: &mut ChaCha8Rng) -> Sample {
    Sample { melody: sample.melody.clone(), parts: in_the_place_of(sample, others, layout, random).parts }
}

/// Some other sample, as long as this one and in its key; itself, where there is no other.
fn in_the_place_of(sample: &Sample, others: &[Sample], layout: &Layout, random: &mut ChaCha8Rng) -> Sample {
    // another chance where it is the same music
    let drawn = (0..4).filter_map(|_| others.get(random.random_range(0..others.len().max(1))));
    let Some(other) = drawn.filter(|other| *other != sample && other.steps() > 0).last() else {
        return sample.clone();
    };
    let semitones = match (sample.key(layout), other.key(layout)) {
        (Some(to), Some(from)) => (i32::from(to.tonic) - i32::from(from.tonic) + 17).rem_euclid(12) - 5,
        _ => 0,
    };
    let bar = layout.steps_per_bar;
    // bar for bar, from the beginning again where the other is shorter
    let bars: Vec<Range<usize>> = other.melody.bars(bar).filter(|bars| bars.len() == bar).collect();
    let wanted = sample.melody.bars(bar).enumerate();
    let order: Vec<Range<usize>> = match bars.len() {
        0 => return sample.clone(),
        count => wanted.map(|(nth, of)| bars[nth % count].start..bars[nth % count].start + of.len()).collect(),
    };
    let moved = |part: usize, planes: &Planes| {
        let shift = if layout.drums() == Some(part) { 0 } else { semitones };
        reordered(planes, &order).transposed(shift)
    };
    Sample {
        melody: reordered(&other.melody, &order).transposed(semitones),
        parts: other.parts.iter().enumerate().map(|(part, planes)| moved(part, planes)).collect(),
    }
}

/// In another order; where there are several, never in the one they had.
fn permuted(mut of: Vec<Range<usize>>, random: &mut ChaCha8Rng) -> Vec<Range<usize>> {
    of.shuffle(random);
    if of.len() > 1 && of.is_sorted_by_key(|range| range.start) {
        of.rotate_left(1);
    }
    of
}

/// The steps one range after another. What is held at a join, but did not sound before it, is struck there.
pub(super) fn reordered(planes: &Planes, order: &[Range<usize>]) -> Planes {
    let mut result = Planes::default();
    for range in order {
        let before = result.sound.last().copied().unwrap_or(0);
        let first = result.sound.len();
        result.onset.extend_from_slice(&planes.onset[range.clone()]);
        result.sound.extend_from_slice(&planes.sound[range.clone()]);
        if let (Some(onset), Some(sound)) = (result.onset.get_mut(first), result.sound.get(first)) {
            *onset |= sound & !before;
        }
    }
    result
}

/// What is struck at one step: where, what, and how long its longest note is.
struct Stroke {
    step: usize,
    pitches: u128,
    length: usize,
}

fn strokes(part: &Planes) -> Vec<Stroke> {
    let mut strokes: Vec<Stroke> = Vec::new();
    for note in part.notes() {
        match strokes.last_mut() {
            Some(last) if last.step == note.step => {
                last.pitches |= 1 << note.pitch;
                last.length = last.length.max(note.length);
            }
            _ => strokes.push(Stroke { step: note.step, pitches: 1 << note.pitch, length: note.length }),
        }
    }
    strokes
}

fn from_strokes(strokes: &[Stroke], steps: usize) -> Planes {
    let mut planes = Planes { onset: vec![0; steps], sound: vec![0; steps] };
    for stroke in strokes {
        planes.onset[stroke.step] |= stroke.pitches;
        let end = (stroke.step + stroke.length).min(steps);
        planes.sound[stroke.step..end].iter_mut().for_each(|word| *word |= stroke.pitches);
    }
    planes
}

fn pitches_permuted(part: &Planes, random: &mut ChaCha8Rng) -> Planes {
    let mut strokes = strokes(part);
    let mut pitches: Vec<u128> = strokes.iter().map(|stroke| stroke.pitches).collect();
    pitches.shuffle(random);
    strokes.iter_mut().zip(pitches).for_each(|(stroke, pitches)| stroke.pitches = pitches);
    from_strokes(&strokes, part.steps())
}

/// Each stroke lasts as long as before, or up to the next one.
fn places_permuted(part: &Planes, bar: usize, random: &mut ChaCha8Rng) -> Planes {
    let mut strokes = strokes(part);
    for in_bar in strokes.chunk_by_mut(|a, b| a.step / bar == b.step / bar) {
        let first = in_bar[0].step / bar * bar;
        let mut places: Vec<usize> = (first..(first + bar).min(part.steps())).collect();
        places.shuffle(random);
        places.truncate(in_bar.len());
        places.sort_unstable();
        in_bar.iter_mut().zip(places).for_each(|(stroke, place)| stroke.step = place);
    }
    let next: Vec<usize> = strokes.iter().skip(1).map(|stroke| stroke.step).chain([part.steps()]).collect();
    for (stroke, next) in strokes.iter_mut().zip(next) {
        stroke.length = stroke.length.min(next - stroke.step).max(1);
    }
    from_strokes(&strokes, part.steps())
}

/// How many notes of each pitch are struck: for tests of what is left as it was.
#[cfg(test)]
fn struck(part: &Planes) -> std::collections::BTreeMap<usize, usize> {
    let mut counts = std::collections::BTreeMap::new();
    part.onset
        .iter()
        .flat_map(|word| crate::corpus::bits(*word))
        .for_each(|pitch| *counts.entry(pitch).or_default() += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;
    use crate::music::Role;
    use rand::SeedableRng;

    const ROLES: [Role; 3] = [Role::Bass, Role::Chords, Role::Drums];

    fn samples() -> (Vec<Sample>, Layout) {
        let piece = |number| {
            let piece = Style::Pop.piece(1, number);
            Sample::from_piece(&piece, 0..piece.steps(), &ROLES)
        };
        ((0..4).map(piece).collect(), Layout::new(&ROLES, 16))
    }

    #[test]
    fn each_destroys_something_and_keeps_the_length_and_the_rest() {
        let (samples, layout) = samples();
        let random = &mut ChaCha8Rng::seed_from_u64(1);
        let real = &samples[0];
        for property in Property::ALL {
            let destroyed = property.destroyed(real, &samples[1..], &layout, random);
            assert_ne!(destroyed, *real, "{property:?}");
            assert!(destroyed.parts.iter().all(|part| part.steps() == real.steps()), "{property:?}");
            let melody_stays = !matches!(property, Property::Fit | Property::Harmony);
            assert_eq!(destroyed.melody == real.melody, melody_stays, "{property:?}");
            let kit_stays =
                !matches!(property, Property::Rhythm | Property::Repetition | Property::Form | Property::Kit);
            assert_eq!(destroyed.parts[2] == real.parts[2], kit_stays, "{property:?}");
        }
        let lines = Property::Lines.destroyed(real, &[], &layout, random);
        assert_eq!(struck(&lines.parts[0]), struck(&real.parts[0]));
        let places = |part: &Planes| part.onset.iter().map(|word| *word != 0).collect::<Vec<_>>();
        assert_eq!(places(&lines.parts[0]), places(&real.parts[0]));
        let rhythm = Property::Rhythm.destroyed(real, &[], &layout, random);
        assert_eq!(struck(&rhythm.parts[2]), struck(&real.parts[2]));
    }

    #[test]
    fn what_is_held_over_a_join_is_struck_where_it_did_not_sound() {
        let planes = crate::measures::lines::testing::planes(8, &[(0, 60, 8)]);
        let result = reordered(&planes, &[4..8, 0..4]);
        assert_eq!(result.notes().map(|note| (note.step, note.length)).collect::<Vec<_>>(), [(0, 4), (4, 4)]);
    }
}
