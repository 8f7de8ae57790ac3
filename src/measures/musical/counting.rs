//! The counting of all measures but the kit's.

use std::collections::BTreeSet;

use super::{Measure, Tally};
use crate::corpus::bits;
use crate::measures::lines::{Move, Voices, moves};
use crate::measures::sample::{Layout, Sample};
use crate::music::chord::labels::{ChordLabel, label};
use crate::music::grid::STEPS_PER_QUARTER;

/// Bars before this one cannot come back from eight bars ago.
pub const FIRST_TO_COME_BACK: usize = 8;
/// A bar comes back from so many bars before, or more.
pub const LEAST_BACK: usize = 4;

/// Parallels and crossings; `order` has the voices from high to low.
pub fn voice_leading(tally: &mut Tally, voices: &Voices, order: &[usize]) {
    let steps = voices.lines[0].pitch.len();
    let changes = (1..steps).filter(|&step| voices.lines.iter().any(|line| line.pitch[step] != line.pitch[step - 1]));
    let moved: Vec<Move> = voices.pairs().flat_map(|(a, b)| moves(a, b)).filter(|of| of.is_of_both()).collect();
    let parallels = moved.iter().filter(|of| of.is_parallel_perfect()).count() as f64;
    tally.add(Measure::ParallelsPerSteps, (parallels, changes.count() as f64));
    tally.add(Measure::ParallelsPerMoves, (parallels, moved.len() as f64));
    for step in 0..steps {
        let heights: Vec<u8> = order.iter().filter_map(|&voice| voices.lines[voice].pitch[step]).collect();
        tally.count(Measure::Crossing, heights.windows(2).any(|pair| pair[0] < pair[1]));
    }
}

/// Intervals and lengths of notes.
pub fn lines(tally: &mut Tally, voices: &Voices, steps_per_bar: usize) {
    for (nth, line) in voices.accompaniment().iter().enumerate() {
        for interval in line.intervals().flatten().map(i32::abs) {
            let is_step = matches!(interval, 1 | 2);
            tally.count(Measure::Stepwise, is_step);
            tally.count(Measure::OddLeaps, matches!(interval, 6 | 10 | 11 | 13..));
            if voices.bass == Some(nth + 1) {
                tally.count(Measure::BassStepwise, is_step);
            }
        }
        line.notes.iter().for_each(|note| tally.count(Measure::OneStepNotes, note.length == 1));
    }
    let notes: usize = voices.accompaniment().iter().map(|line| line.notes.len()).sum();
    tally.add(Measure::NotesPerBar, (notes as f64, voices.lines[0].pitch.len() as f64 / steps_per_bar as f64));
}

/// Semitones inside, and how it ends.
pub fn harmony(tally: &mut Tally, sample: &Sample, voices: &Voices, layout: &Layout, tonic: Option<u8>) {
    let accompaniment = |step: usize| layout.pitched().fold(0, |all, part| all | sample.parts[part].sound[step]);
    for step in (0..sample.steps()).step_by(STEPS_PER_QUARTER) {
        let sounding: Vec<i32> =
            voices.accompaniment().iter().filter_map(|line| line.pitch[step].map(i32::from)).collect();
        let is_apart = |a: &i32| sounding.iter().any(|b| (a - b).rem_euclid(12) == 1);
        tally.count(Measure::SemitoneInside, sounding.iter().any(is_apart));
    }
    let end = sample.melody.sound.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
    let (Some(tonic), true) = (tonic, end > 0) else { return };
    // what it comes to rest on, after suspensions and passing notes
    let last = (end.saturating_sub(STEPS_PER_QUARTER)..end).rev().map(accompaniment).find(|sounding| *sounding != 0);
    let above: BTreeSet<usize> = bits(last.unwrap_or(0)).map(|pitch| (pitch + 12 - usize::from(tonic)) % 12).collect();
    let within = |triad: [usize; 3]| above.iter().all(|class| triad.contains(class));
    tally.count(Measure::FinalTriad, !above.is_empty() && (within([0, 4, 7]) || within([0, 3, 7])));

    let mut chords: Vec<ChordLabel> =
        label(&voices.sounding()[..end], layout.steps_per_bar).into_iter().flatten().collect();
    chords.dedup();
    let above = |chord: &ChordLabel| (chord.root + 12 - usize::from(tonic)) % 12;
    let is_dominant = |chord: &ChordLabel| above(chord) == 7 || above(chord) == 11 && chord.chord().fifth == 6;
    let closes = matches!(&chords[..], [.., before, last] if above(last) == 0 && is_dominant(before));
    tally.count(Measure::Cadence, closes);
}

/// Rests and returns.
pub fn bars(tally: &mut Tally, sample: &Sample, layout: &Layout) {
    let bar = layout.steps_per_bar;
    let bars = sample.steps() / bar;
    for (part, planes) in sample.parts.iter().enumerate() {
        for steps in planes.bars(bar) {
            tally.count(Measure::Rests, planes.sound[steps].iter().all(|word| *word == 0));
        }
        if layout.drums() == Some(part) {
            continue;
        }
        let alike = |a: usize, b: usize| planes.likeness(a * bar, b * bar, bar);
        for now in FIRST_TO_COME_BACK..bars {
            if let Some(alike) = alike(now, now - 8) {
                tally.add(Measure::LikeEightBarsAgo, (alike, 1.0));
            }
            if alike(now, now).is_some() {
                tally
                    .count(Measure::BarsComeBack, (0..=now - LEAST_BACK).any(|before| alike(now, before) == Some(1.0)));
            }
        }
    }
}
