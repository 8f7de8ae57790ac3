//! What is found in a melody before anything is written to it: its keys, its phrases, and where it comes back.

use cantus::music::key::{MelodyNote, detect_melody, profile_correlation};
use cantus::music::{Key, Mode};

use crate::networks::lines::LineStep;

/// How well pitch classes above the tonic fit major and minor (Krumhansl and Kessler 1982).
const PROFILES: [[f64; 12]; 2] = [
    [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
];
/// What it speaks for a key that the melody ends on its tonic, third or fifth. On chorales this takes the keys found
/// rightly from 70 to 93 of 100.
const CLOSING: [f64; 3] = [0.5, 0.35, 0.15];
/// What leaving the key costs, and what each phrase away from home does, on the scale of a correlation.
const MODULATION_COST: f64 = 0.35;
const AWAY_COST: f64 = 0.12;
/// Phrases are about so long, in quarters, and no shorter than a bar of two.
const PHRASE_QUARTERS: f64 = 8.0;
const SHORTEST_PHRASE: usize = 8;
const LONGEST_PHRASE: usize = 96;

/// A tonic and a mode, the tonic being that of the major scale it uses (C for A minor).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    /// Pitch class, 0 to 11.
    pub tonic: u8,
    /// Whether its home is the scale's sixth degree.
    pub minor: bool,
}

impl Scale {
    fn new(tonic: usize, mode: Mode) -> Self {
        match mode {
            Mode::Major => Self { tonic: tonic as u8, minor: false },
            Mode::Minor => Self { tonic: ((tonic + 3) % 12) as u8, minor: true },
        }
    }

    /// The pitch class of the key's own tonic.
    pub const fn root(self) -> u8 {
        if self.minor { (self.tonic + 9) % 12 } else { self.tonic }
    }

    /// The same some semitones higher.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        Self { tonic: (self.tonic as i32 + semitones).rem_euclid(12) as u8, minor: self.minor }
    }
}

/// What was found in a melody.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The key of the piece.
    pub home: Scale,
    /// The key at each step.
    pub scale: Vec<Scale>,
    /// The step on which the phrase of each step began.
    pub phrase_start: Vec<u32>,
    /// The step on which the next one begins.
    pub phrase_end: Vec<u32>,
    /// How many steps before the same was sung, where a phrase comes back; 0 where it does not.
    pub echo: Vec<u32>,
}

/// A note of a melody, in steps.
#[derive(Clone, Copy, Debug)]
struct Sung {
    start: usize,
    end: usize,
    pitch: u8,
}

fn notes(melody: &[LineStep]) -> Vec<Sung> {
    let mut notes: Vec<Sung> = Vec::new();
    for (step, cell) in melody.iter().enumerate() {
        let Some(pitch) = cell.pitch else { continue };
        match notes.last_mut() {
            Some(last) if last.end == step && !cell.struck && last.pitch == pitch => last.end = step + 1,
            _ => notes.push(Sung { start: step, end: step + 1, pitch }),
        }
    }
    notes
}

/// Looks at a melody. `said` is the key that the music says of itself.
pub fn analyse(melody: &[LineStep], steps_per_bar: usize, said: Option<Key>) -> Analysis {
    let steps = melody.len();
    let notes = notes(melody);
    let starts = phrases(&notes, steps, steps_per_bar);
    let mut phrase_start = vec![0; steps];
    let mut phrase_end = vec![steps as u32; steps];
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(steps);
        phrase_start[start..end].fill(start as u32);
        phrase_end[start..end].fill(end as u32);
    }
    let home = home(&notes, said);
    let of_phrases = keys(&notes, &starts, steps, home);
    let mut scale = vec![scale_of(home); steps];
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(steps);
        scale[start..end].fill(of_phrases[index]);
    }
    Analysis { home: scale_of(home), scale, phrase_start, phrase_end, echo: echoes(melody, &starts, steps_per_bar) }
}

/// The score of all 24 keys, major first, for some notes; the last one closes.
fn key_scores(notes: &[Sung], closing: f64) -> [f64; 24] {
    let mut durations = [0.0; 12];
    for note in notes {
        durations[usize::from(note.pitch % 12)] += (note.end - note.start) as f64;
    }
    let last = notes.last().map(|note| usize::from(note.pitch % 12));
    std::array::from_fn(|key| {
        let (mode, tonic) = (key / 12, key % 12);
        let bonus = last.map_or(0.0, |last| match ((last + 12 - tonic) % 12, mode) {
            (0, _) => CLOSING[0],
            (4, 0) | (3, 1) => CLOSING[1],
            (7, _) => CLOSING[2],
            _ => 0.0,
        });
        profile_correlation(&PROFILES[mode], tonic, &durations) + closing * bonus
    })
}

fn scale_of(key: usize) -> Scale {
    Scale::new(key % 12, if key < 12 { Mode::Major } else { Mode::Minor })
}

fn highest(scores: &[f64]) -> usize {
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0)
}

/// The key of the piece, by its place among all 24, major first.
fn home(notes: &[Sung], said: Option<Key>) -> usize {
    let place = |key: Key| usize::from(key.tonic) + if key.mode == Mode::Minor { 12 } else { 0 };
    let quarters = |steps: usize| steps as f64 / 4.0;
    let of = |note: &Sung| MelodyNote {
        start: quarters(note.start),
        duration: quarters(note.end - note.start),
        class: note.pitch % 12,
    };
    let line: Vec<MelodyNote> = notes.iter().map(of).collect();
    // of a few notes only their profile says something
    detect_melody(&line, said).map_or_else(|| highest(&key_scores(notes, 1.0)), place)
}

/// The key of each phrase: the likeliest way through the keys, where leaving one and being away from home cost.
fn keys(notes: &[Sung], starts: &[usize], steps: usize, home: usize) -> Vec<Scale> {
    let home_scale = scale_of(home);
    let mut best: Vec<f64> = vec![0.0; 24];
    let mut came_from: Vec<Vec<usize>> = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(steps);
        let within: Vec<Sung> = notes.iter().copied().filter(|note| (start..end).contains(&note.start)).collect();
        let length = (end - start) as f64 / (4.0 * PHRASE_QUARTERS);
        let scores = if within.len() < 3 { [0.0; 24] } else { key_scores(&within, 0.5) };
        let fit = |key: usize| {
            let away = if scale_of(key).tonic == home_scale.tonic { 0.0 } else { AWAY_COST };
            (scores[key] - away) * length.clamp(0.25, 2.0)
        };
        let top = highest(&best);
        let jump = best[top] - MODULATION_COST;
        came_from.push((0..24).map(|key| if best[key] >= jump { key } else { top }).collect());
        best = (0..24).map(|key| best[key].max(jump) + fit(key)).collect();
        if index == 0 {
            best[home] += 0.1; // a piece begins at home, if anywhere
        }
    }
    best[home] += MODULATION_COST; // and ends there
    let mut at = highest(&best);
    let mut of_phrases = vec![home_scale; starts.len()];
    for index in (0..starts.len()).rev() {
        of_phrases[index] = scale_of(at);
        at = came_from[index][at];
    }
    of_phrases
}

/// Where phrases begin (the first at 0): after long notes and rests, rather at bar lines, about two bars long, by
/// dynamic programming.
fn phrases(notes: &[Sung], steps: usize, steps_per_bar: usize) -> Vec<usize> {
    if notes.len() < 2 {
        return vec![0];
    }
    let mut lengths: Vec<usize> = notes.windows(2).map(|two| two[1].start - two[0].start).collect();
    lengths.sort_unstable();
    let usual = lengths[lengths.len() / 2].max(1) as f64;
    // candidates: the onsets, with how strongly one breathes before them
    let mut candidates: Vec<(usize, f64)> = vec![(0, 0.0)];
    for two in notes.windows(2) {
        let gap = (two[1].start - two[0].start) as f64 / usual;
        let rest = if two[1].start > two[0].end { 1.0 } else { 0.0 };
        let on_bar = if two[1].start.is_multiple_of(steps_per_bar.max(1)) { 0.4 } else { 0.0 };
        let strength = gap.log2().clamp(-1.0, 2.5) + rest + on_bar;
        if two[1].start > 0 && strength > 0.3 {
            candidates.push((two[1].start, strength));
        }
    }
    let end = candidates.len();
    let at = |index: usize| if index == end { steps } else { candidates[index].0 };
    let mut best = vec![f64::NEG_INFINITY; end + 1];
    let mut came_from = vec![0; end + 1];
    best[0] = 0.0;
    for index in 1..=end {
        let strength = if index == end { 0.0 } else { candidates[index].1 };
        for from in (0..index).rev() {
            let length = at(index) - at(from);
            if length > LONGEST_PHRASE && from + 1 < index {
                break;
            }
            if length < SHORTEST_PHRASE && index < end {
                continue;
            }
            let off = (length as f64 / (4.0 * PHRASE_QUARTERS)).log2();
            let score = best[from] + strength - 1.2 - 0.8 * off * off;
            if score > best[index] {
                (best[index], came_from[index]) = (score, from);
            }
        }
    }
    let mut starts = Vec::new();
    let mut index = end;
    while index > 0 {
        index = came_from[index];
        starts.push(at(index));
        if index == 0 {
            break;
        }
    }
    starts.reverse();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    starts
}

/// For each step how many steps before the same was sung, counted in whole bars, for phrases that come back: at most a
/// quarter of the phrase's steps may differ.
fn echoes(melody: &[LineStep], starts: &[usize], steps_per_bar: usize) -> Vec<u32> {
    let bar = steps_per_bar.max(1);
    let mut echo = vec![0; melody.len()];
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(melody.len());
        let length = end - start;
        let alike = |back: usize| {
            let same = (start..end).filter(|step| {
                let (here, there) = (melody[*step], melody[*step - back]);
                here == there
            });
            same.count()
        };
        // the nearest earlier place that fits
        let found = (1..=start / bar).map(|bars| bars * bar).find(|back| alike(*back) * 4 >= length * 3);
        if let Some(back) = found {
            echo[start..end].fill(back as u32);
        }
    }
    echo
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(notes: &[(u8, usize)]) -> Vec<LineStep> {
        let mut line = Vec::new();
        for &(pitch, length) in notes {
            for step in 0..length {
                line.push(LineStep { pitch: (pitch > 0).then_some(pitch), struck: pitch > 0 && step == 0 });
            }
        }
        line
    }

    #[test]
    fn keys_of_tunes() {
        let major = line(&[(67, 4), (69, 4), (71, 4), (72, 4), (74, 8), (66, 4), (67, 8)]);
        assert_eq!(analyse(&major, 16, None).home, Scale { tonic: 7, minor: false });
        let minor = line(&[(69, 4), (71, 4), (72, 4), (74, 4), (76, 8), (68, 4), (69, 8)]);
        let found = analyse(&minor, 16, None).home;
        assert_eq!((found.root(), found.minor), (9, true));
    }

    #[test]
    fn phrases_end_with_long_notes_and_come_back() {
        let phrase = [(60, 4), (62, 4), (64, 4), (65, 4), (67, 4), (65, 4), (64, 8)];
        let other = [(67, 4), (69, 4), (71, 4), (72, 4), (71, 4), (69, 4), (67, 8)];
        let tune = line(&[phrase, other, phrase].concat());
        let found = analyse(&tune, 16, None);
        assert_eq!([found.phrase_start[5], found.phrase_start[33], found.phrase_start[70]], [0, 32, 64]);
        assert_eq!((found.echo[0], found.echo[40], found.echo[64], found.echo[95]), (0, 0, 64, 64));
        assert_eq!(found.phrase_end[95], 96);
    }

    #[test]
    fn anything_can_be_analysed() {
        for steps in [0, 1, 7] {
            let found = analyse(&vec![LineStep::default(); steps], 16, None);
            assert_eq!(found.scale.len(), steps);
        }
        let found = analyse(&line(&[(60, 1)]), 5, None);
        assert_eq!(found.phrase_end, [1]);
        analyse(&line(&[(0, 400), (60, 3), (61, 300), (0, 9)]), 20, None);
    }
}
