//! What the voices of an accompaniment do, step by step, and how it is written down.

use serde::{Deserialize, Serialize};

/// Longer bars have none.
pub const MOST_STEPS: usize = 64;
/// So many bars of a section are kept.
pub const PASSAGE_BARS: usize = 8;

/// What a voice does at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// What sounded goes on.
    Hold,
    /// Nothing sounds.
    Rest,
    /// A note is struck: its place in the chord, and its octave over a chord on C.
    Strike(Degree, u8),
}

/// The place of a note in its chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Degree {
    /// The root.
    Root,
    /// The third, minor or major.
    Third,
    /// The fifth.
    Fifth,
    /// The sixth or seventh.
    Seventh,
    /// No note of the chord.
    Passing,
}

impl Degree {
    /// Of a note so many semitones above the root.
    pub const fn of(above: usize) -> Self {
        match above % 12 {
            0 => Self::Root,
            3 | 4 => Self::Third,
            6..=8 => Self::Fifth,
            9..=11 => Self::Seventh,
            _ => Self::Passing,
        }
    }

    const ALL: [(Self, char); 5] =
        [(Self::Root, '1'), (Self::Third, '3'), (Self::Fifth, '5'), (Self::Seventh, '7'), (Self::Passing, '*')];
}

/// A bar of a part, a line of characters for each voice from low to high, one for each step: `-` holds, `.` rests; a
/// note is the place in its chord (`1`, `3`, `5`, `7`, or `*` where it is none of it) and its octave over a chord on C.
pub type Bar = Vec<String>;

/// By how many semitones what is played over a chord on C moves for another root, the shorter way.
pub fn from_c(root: usize) -> i32 {
    (root as i32 + 6).rem_euclid(12) - 6
}

/// The gestures of a voice; `None` where a character makes no sense.
fn gestures(voice: &str) -> Vec<Option<Gesture>> {
    let mut chars = voice.chars();
    let mut gestures = Vec::new();
    while let Some(char) = chars.next() {
        let degree = || Degree::ALL.iter().find(|(_, own)| *own == char).map(|(degree, _)| *degree);
        gestures.push(match char {
            '-' => Some(Gesture::Hold),
            '.' => Some(Gesture::Rest),
            _ => degree()
                .zip(chars.next().and_then(|octave| octave.to_digit(10)))
                .map(|(degree, octave)| Gesture::Strike(degree, octave as u8)),
        });
    }
    gestures
}

/// A gesture as it is written.
pub fn written(gesture: Gesture) -> String {
    match gesture {
        Gesture::Hold => "-".to_owned(),
        Gesture::Rest => ".".to_owned(),
        Gesture::Strike(degree, octave) => {
            let char = Degree::ALL.iter().find(|(own, _)| *own == degree).map_or('*', |(_, char)| *char);
            format!("{char}{octave}")
        }
    }
}

/// How a player of a part accompanies: the bars of a section, and of another for contrast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Which of the parts.
    pub part: usize,
    /// One or two passages of bars of as many steps: the first for the first tune of a song, the other for the second.
    pub passages: Vec<Vec<Bar>>,
}

impl Pattern {
    /// Whether a model may have it whose part has so many voices.
    pub fn is_sane(&self, voices: usize) -> bool {
        let steps = self.steps();
        let is_voice = |voice: &String| gestures(voice).len() == steps && gestures(voice).iter().all(Option::is_some);
        let is_bar = |bar: &Bar| bar.len() == voices && bar.iter().all(is_voice);
        let is_passage = |bars: &Vec<Bar>| (1..=PASSAGE_BARS).contains(&bars.len()) && bars.iter().all(is_bar);
        let are_passages = (1..=2).contains(&self.passages.len()) && self.passages.iter().all(is_passage);
        voices > 0 && (1..=MOST_STEPS).contains(&steps) && are_passages
    }

    fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.passages.iter().flatten()
    }

    /// Steps of its bars.
    pub fn steps(&self) -> usize {
        self.bars().next().and_then(|bar| bar.first()).map_or(0, |voice| gestures(voice).len())
    }

    /// How much bars are like one of its own, on the mean; 0 for none.
    pub fn likeness(&self, bars: &[Vec<u64>]) -> f32 {
        let own: Vec<Vec<u64>> = self.bars().map(struck).collect();
        let most = |bar: &Vec<u64>| own.iter().map(|own| likeness(own, bar)).fold(0.0, f32::max);
        bars.iter().map(most).sum::<f32>() / bars.len().max(1) as f32
    }

    /// How long it is as text.
    pub fn bytes(&self) -> usize {
        self.bars().flatten().map(|voice| voice.len() + 3).sum()
    }

    /// How many notes are struck in its bars, on the mean.
    pub fn notes(&self) -> f32 {
        let notes: u32 = self.bars().flat_map(struck).map(u64::count_ones).sum();
        notes as f32 / self.bars().count().max(1) as f32
    }

    /// What its voices do at the steps of a bar of a tune, by voice and step.
    pub fn gestures(&self, letter: usize, place: usize) -> Vec<Vec<Gesture>> {
        let passage = &self.passages[letter % self.passages.len()];
        let bar = &passage[place % passage.len()];
        bar.iter().map(|voice| gestures(voice).into_iter().flatten().collect()).collect()
    }
}

/// Where something is struck: the steps of each voice as bits.
pub fn struck(bar: &Bar) -> Vec<u64> {
    let of = |line: &String| {
        let places = gestures(line).into_iter().enumerate();
        let places = places.filter(|(_, gesture)| matches!(gesture, Some(Gesture::Strike(..))));
        places.fold(0, |all, (step, _)| all | 1_u64.checked_shl(step as u32).unwrap_or(0))
    };
    bar.iter().map(of).collect()
}

/// What two bars strike together, of what either does.
pub fn likeness(one: &[u64], other: &[u64]) -> f32 {
    let count =
        |of: fn(u64, u64) -> u64| one.iter().zip(other).map(|(a, b)| of(*a, *b).count_ones()).sum::<u32>() as f32;
    let either = count(|a, b| a | b);
    if either == 0.0 { 1.0 } else { count(|a, b| a & b) / either }
}

/// What is wished of the lines of a part at each step.
#[derive(Debug)]
pub struct Wished {
    /// The lines' places among the voices.
    pub lines: Vec<usize>,
    /// By line and step; `None` where nothing is.
    pub gestures: Vec<Vec<Option<Gesture>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused() {
        let good = Pattern { part: 0, passages: vec![vec![vec!["14---".into(), "54--.".into()]]] };
        assert!(good.is_sane(2));
        let bad = |change: fn(&mut Pattern)| {
            let mut pattern = good.clone();
            change(&mut pattern);
            assert!(!pattern.is_sane(2), "{pattern:?}");
        };
        bad(|pattern| pattern.passages.clear());
        bad(|pattern| pattern.passages[0][0][0].push('.'));
        bad(|pattern| pattern.passages[0][0][1] = "54--x".into());
        bad(|pattern| pattern.passages[0][0][1] = "5".into());
        bad(|pattern| pattern.passages[0][0].truncate(1));
        bad(|pattern| pattern.passages[0][0].iter_mut().for_each(String::clear));
    }
}
