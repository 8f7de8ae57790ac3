//! Windows of four bars as numbers with names.

use std::collections::HashSet;

use crate::corpus::classes;
use crate::measures::drums::kit_bars;
use crate::measures::lines::{Line, Move, Voices, moves};
use crate::measures::sample::{Layout, PHRASE_BARS, Sample};
use crate::music::chord::labels::{ChordLabel, beats, label};
use crate::music::grid::STEPS_PER_QUARTER;

/// The numbers of one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// What each of them counts.
    pub names: Vec<String>,
    /// The numbers.
    pub values: Vec<f64>,
}

impl Features {
    fn push(&mut self, name: impl Into<String>, value: f64) {
        self.names.push(name.into());
        self.values.push(value);
    }
}

#[rustfmt::skip]
const INTERVALS: [&str; 12] = [
    "octaves", "minor seconds", "seconds", "minor thirds", "thirds", "fourths", "tritones", "fifths", "minor sixths",
    "sixths", "minor sevenths", "sevenths",
];
/// Sizes of melodic intervals: up to how many semitones, and their name.
const LEAPS: [(usize, &str); 10] = [
    (0, "repeated notes"),
    (1, "semitones"),
    (2, "whole tones"),
    (4, "thirds"),
    (5, "fourths"),
    (6, "tritones"),
    (7, "fifths"),
    (11, "sixths and sevenths"),
    (12, "octaves"),
    (usize::MAX, "leaps beyond an octave"),
];
const LENGTHS: [usize; 6] = [1, 2, 3, 4, 6, 8];

fn share(counted: usize, of: usize) -> f64 {
    counted as f64 / of.max(1) as f64
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt())
}

/// The windows of a sample, one after another; a last one of less than three bars is left out.
pub fn features(sample: &Sample, layout: &Layout) -> Vec<Features> {
    let bar = layout.steps_per_bar;
    let windows = sample.melody.bars(bar * PHRASE_BARS).filter(|steps| steps.len() >= bar * (PHRASE_BARS - 1));
    windows.map(|steps| of_window(&sample.cut(steps), layout)).collect()
}

fn of_window(window: &Sample, layout: &Layout) -> Features {
    let voices = Voices::of(window, layout);
    let mut names = vec!["melody"];
    names.extend(layout.pitched().map(|part| layout.roles[part].name()));
    let mut features = Features::default();
    pairs(&mut features, &voices, &names);
    for (nth, line) in voices.accompaniment().iter().enumerate() {
        of_line(&mut features, line, &voices.lines[0], names[nth + 1], layout.steps_per_bar);
    }
    chords(&mut features, window, &voices, layout);
    for (part, planes) in window.parts.iter().enumerate() {
        let bars = window.steps() / layout.steps_per_bar;
        let alike: Vec<f64> = (1..bars)
            .filter_map(|now| {
                let now = now * layout.steps_per_bar;
                planes.likeness(now - layout.steps_per_bar, now, layout.steps_per_bar)
            })
            .collect();
        let name = layout.roles[part].name();
        features.push(format!("{name}: like the bar before"), mean_and_deviation(&alike).0);
        let sounding = planes.sound.iter().filter(|word| **word != 0).count();
        features.push(format!("{name}: notes at once"), planes.cells() as f64 / sounding.max(1) as f64);
    }
    if let Some(kit) = layout.drums() {
        of_kit(&mut features, window, kit, &voices, layout.steps_per_bar);
    }
    features
}

/// What voices sound together, and how they move.
fn pairs(features: &mut Features, voices: &Voices, names: &[&str]) {
    let mut all: Vec<Move> = Vec::new();
    for a in 0..voices.lines.len() {
        for b in a + 1..voices.lines.len() {
            let (upper, lower) = (&voices.lines[a], &voices.lines[b]);
            all.extend(moves(upper, lower).filter(|of| of.is_of_both()));
            let apart: Vec<usize> = upper
                .pitch
                .iter()
                .zip(&lower.pitch)
                .filter_map(|(a, b)| Some(usize::from(((*a)?).abs_diff((*b)?))))
                .collect();
            for (class, interval) in INTERVALS.iter().enumerate() {
                let count = apart.iter().filter(|apart| **apart % 12 == class).count();
                features.push(format!("{interval} between {} and {}", names[a], names[b]), share(count, apart.len()));
            }
            let (mean, deviation) = mean_and_deviation(&apart.iter().map(|apart| *apart as f64).collect::<Vec<_>>());
            features.push(format!("distance of {} and {}", names[a], names[b]), mean);
            features.push(format!("change in distance of {} and {}", names[a], names[b]), deviation);
        }
    }
    let count = |is: fn(&Move) -> bool| share(all.iter().filter(|of| is(of)).count(), all.len());
    features.push("parallel fifths and octaves", count(|of| of.is_parallel_perfect()));
    features.push("similar motion", count(|of| of.is_similar()));
    features.push("contrary motion", count(|of| of.by[0] * of.by[1] < 0));
    features.push("moves of two voices", share(all.len(), voices.lines[0].pitch.len()));
}

fn of_line(features: &mut Features, line: &Line, melody: &Line, name: &str, steps_per_bar: usize) {
    let mut push = |what: &str, value: f64| features.push(format!("{name}: {what}"), value);
    let notes = &line.notes;
    let intervals: Vec<i32> = notes.windows(2).map(|pair| pair[1].pitch as i32 - pair[0].pitch as i32).collect();
    let mut above = None;
    for (most, what) in LEAPS {
        let is_such = |size: usize| size <= most && above.is_none_or(|above| size > above);
        let count = intervals.iter().filter(|interval| is_such(interval.unsigned_abs() as usize)).count();
        push(what, share(count, intervals.len()));
        above = Some(most);
    }
    let turns = |is: fn(i32, i32) -> bool| {
        share(intervals.windows(2).filter(|pair| is(pair[0], pair[1])).count(), intervals.len().saturating_sub(1))
    };
    push("keeps its direction", turns(|a, b| a * b > 0));
    push("turns after a leap", turns(|a, b| a * b < 0 && a.abs() > 2));
    for length in LENGTHS {
        let count = notes.iter().filter(|note| note.length == length).count();
        push(&format!("notes of {length} sixteenths"), share(count, notes.len()));
    }
    push("notes of more than 8 sixteenths", share(notes.iter().filter(|note| note.length > 8).count(), notes.len()));
    push("notes", notes.len() as f64);
    let at = |is: &dyn Fn(usize) -> bool| share(notes.iter().filter(|note| is(note.step)).count(), notes.len());
    push("notes on odd sixteenths", at(&|step| step % 2 == 1));
    push("notes on odd eighths", at(&|step| step % 4 == 2));
    push("notes on the first beat", at(&|step| step % steps_per_bar == 0));
    let with: HashSet<usize> = melody.notes.iter().map(|note| note.step).collect();
    push("notes with the melody", at(&|step| with.contains(&step)));
    let pitches: Vec<f64> = notes.iter().map(|note| note.pitch as f64).collect();
    let (mean, deviation) = mean_and_deviation(&pitches);
    push("pitch", mean);
    push("range", deviation);
    push("rests", share(line.pitch.iter().filter(|pitch| pitch.is_none()).count(), line.pitch.len()));
}

fn chords(features: &mut Features, window: &Sample, voices: &Voices, layout: &Layout) {
    let bar = layout.steps_per_bar;
    let labels = label(&voices.sounding(), bar);
    let beats = beats(window.steps(), bar);
    let sounding: Vec<ChordLabel> = labels.iter().flatten().copied().collect();
    let changes: Vec<(ChordLabel, ChordLabel)> =
        sounding.windows(2).filter(|pair| pair[0] != pair[1]).map(|pair| (pair[0], pair[1])).collect();
    features.push("changes of chord", changes.len() as f64);
    let quality = |is: fn(usize) -> bool| share(sounding.iter().filter(|of| is(of.quality)).count(), sounding.len());
    features.push("minor chords", quality(|of| matches!(of, 1 | 5)));
    features.push("diminished chords", quality(|of| matches!(of, 2 | 6 | 7)));
    features.push("chords of four notes", quality(|of| matches!(of, 3..=7)));
    for moved in 1..12 {
        let count = changes.iter().filter(|(a, b)| (b.root + 12 - a.root) % 12 == moved).count();
        features.push(format!("roots {moved} semitones up"), share(count, changes.len()));
    }
    let accompaniment = |step: usize| layout.pitched().fold(0, |all, part| all | window.parts[part].sound[step]);
    let semitone = |step: usize| {
        let classes = classes(accompaniment(step));
        (0..12).any(|class| classes[class] > 0 && classes[(class + 1) % 12] > 0)
    };
    let of_beats = |is: &dyn Fn(usize) -> bool| share(beats.iter().filter(|beat| is(beat.start)).count(), beats.len());
    features.push("a semitone inside, of beats", of_beats(&semitone));
    let full = |step: usize| {
        classes(accompaniment(step) | window.melody.sound[step]).iter().filter(|count| **count > 0).count() >= 3
    };
    features.push("three pitch classes or more, of beats", of_beats(&full));
    let bass = voices.bass.map(|bass| &voices.lines[bass]);
    let above_root = |is: fn(usize) -> bool| {
        let beats = beats.iter().zip(&labels).filter(|(beat, chord)| {
            let pitch = bass.and_then(|bass| bass.pitch[beat.start]);
            let above = pitch.zip(**chord).map(|(pitch, chord)| (usize::from(pitch) + 12 - chord.root) % 12);
            above.is_some_and(is)
        });
        share(beats.count(), labels.len())
    };
    features.push("root in the bass", above_root(|above| above == 0));
    features.push("third in the bass", above_root(|above| matches!(above, 3 | 4)));
    features.push("fifth in the bass", above_root(|above| above == 7));
}

fn of_kit(features: &mut Features, window: &Sample, kit: usize, voices: &Voices, bar: usize) {
    let bars = kit_bars(&window.parts[kit], bar);
    let steps = |is: &dyn Fn(usize, usize) -> bool| {
        let struck = bars.iter().enumerate().map(|(nth, _)| (0..bar).filter(|step| is(nth, *step)).count());
        share(struck.sum(), bars.len())
    };
    features.push("kicks a bar", steps(&|nth, step| bars[nth].has_kick(step)));
    features.push("kicks off the beat", steps(&|nth, step| step % STEPS_PER_QUARTER != 0 && bars[nth].has_kick(step)));
    features.push("snares a bar", steps(&|nth, step| bars[nth].has_snare(step)));
    features
        .push("snares off the beat", steps(&|nth, step| step % STEPS_PER_QUARTER != 0 && bars[nth].has_snare(step)));
    features.push("strokes of the kit a bar", {
        let strokes: u32 = window.parts[kit].onset.iter().map(|word| word.count_ones()).sum();
        share(strokes as usize, bars.len())
    });
    features.push("crashes", share(bars.iter().filter(|bar| bar.begins_with_crash()).count(), bars.len()));
    let bass = voices.bass.map_or(&[][..], |bass| &voices.lines[bass].notes);
    let with_kick = bass.iter().filter(|note| bars.get(note.step / bar).is_some_and(|of| of.has_kick(note.step % bar)));
    features.push("bass on kick", share(with_kick.count(), bass.len()));
}
