//! What knobs of a keyboard turn, and the turning: heard at once, one undo step when the hand rests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::Assignments;
use crate::music::{Part, Score, Tick};

/// How long a knob rests before its turn is one undo step.
const REST: Duration = Duration::from_millis(600);
/// The tempo at either end of a knob, in quarters per minute.
const TEMPO_QPM: [f64; 2] = [40.0, 240.0];

/// What a knob can turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turned {
    /// How fast the music goes.
    Tempo,
    /// How loud the whole is.
    Volume,
    /// How loud the chosen part is.
    PartVolume,
    /// Where the chosen part stands.
    PartPan,
    /// How much of the chosen part goes to the reverb.
    PartReverb,
    /// How much of the chosen part goes to the chorus.
    PartChorus,
    /// How loud the click is.
    Metronome,
    /// How bold a composition is.
    Surprise,
    /// How busy it is.
    Density,
}

impl Turned {
    /// All of them, as the settings list them.
    pub const ALL: [Self; 9] = [
        Self::Tempo,
        Self::Volume,
        Self::PartVolume,
        Self::PartPan,
        Self::PartReverb,
        Self::PartChorus,
        Self::Metronome,
        Self::Surprise,
        Self::Density,
    ];

    /// What it is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tempo => "Tempo",
            Self::Volume => "Master volume",
            Self::PartVolume => "Part volume",
            Self::PartPan => "Pan of the part",
            Self::PartReverb => "Reverb of the part",
            Self::PartChorus => "Chorus of the part",
            Self::Metronome => "Metronome volume",
            Self::Surprise => "Surprise",
            Self::Density => "Density",
        }
    }

    /// Where a knob of this would stand for what a score has, 0 to 127; `None` where it turns nothing of a score.
    pub fn position(self, score: &Score, part: usize, tick: Tick) -> Option<u8> {
        let [slowest, fastest] = TEMPO_QPM;
        let of_part = |read: fn(&Part) -> u8| score.parts.get(part).map_or(0, |part| read(part));
        match self {
            Self::Tempo => Some(position_of((score.tempo.qpm_at(tick) - slowest) / (fastest - slowest))),
            Self::Volume => Some(score.volume),
            Self::PartVolume => Some(of_part(|part| part.volume)),
            Self::PartPan => Some(of_part(|part| part.pan)),
            Self::PartReverb => Some(of_part(|part| part.reverb)),
            Self::PartChorus => Some(of_part(|part| part.chorus)),
            Self::Metronome | Self::Surprise | Self::Density => None,
        }
    }

    /// What a knob of this at a position means, in words.
    pub fn words(self, position: u8) -> String {
        let share = f64::from(position) / 127.0;
        match self {
            Self::Tempo => {
                let [slowest, fastest] = TEMPO_QPM;
                format!("{:.0} BPM", slowest + (fastest - slowest) * share)
            }
            Self::PartPan => match i32::from(position) - 64 {
                0 => "the middle".to_owned(),
                left @ ..0 => format!("{:.0}% left", f64::from(-left) / 0.64),
                right => format!("{:.0}% right", f64::from(right) / 0.63),
            },
            _ => format!("{:.0}%", share * 100.0),
        }
    }

    /// The score with a knob of this at a value, 0 to 127; as it was where the knob turns nothing of a score.
    pub fn turned(self, score: &Score, part: usize, tick: Tick, value: u8) -> Score {
        let mut score = score.clone();
        match self {
            Self::Tempo => {
                let [slowest, fastest] = TEMPO_QPM;
                let qpm = slowest + (fastest - slowest) * f64::from(value) / 127.0;
                score.tempo = score.tempo.with_qpm_at(tick, qpm.round());
            }
            Self::Volume => score.volume = value,
            Self::PartVolume | Self::PartPan | Self::PartReverb | Self::PartChorus => {
                if let Some(part) = score.part_mut(part) {
                    *match self {
                        Self::PartPan => &mut part.pan,
                        Self::PartReverb => &mut part.reverb,
                        Self::PartChorus => &mut part.chorus,
                        _ => &mut part.volume,
                    } = value;
                }
            }
            Self::Metronome | Self::Surprise | Self::Density => {}
        }
        score
    }
}

/// A knob under way that changes the score.
#[derive(Clone, Copy, Debug)]
pub struct Turning {
    /// What it turns.
    pub turned: Turned,
    /// The part that was chosen when it began.
    pub part: usize,
    /// Where the playhead was when it began: the tempo there is turned.
    pub tick: Tick,
    /// Where the knob stands, 0 to 127.
    pub value: u8,
    /// When it was last moved.
    pub at: Instant,
}

impl Turning {
    /// The score as it is turned.
    pub fn score(&self, before: &Score) -> Score {
        self.turned.turned(before, self.part, self.tick, self.value)
    }

    /// How long the knob still has to rest before its turn is one undo step; nothing where it has.
    pub fn left(&self) -> Option<Duration> {
        REST.checked_sub(self.at.elapsed())
    }
}

/// The controllers that knobs have taken, as the drivers' threads ask: a bit for each.
#[derive(Clone, Debug, Default)]
pub struct TakenControllers(Arc<[AtomicU64; 2]>);

impl TakenControllers {
    /// Takes those that are assigned, and no others.
    pub fn set(&self, assignments: &Assignments) {
        for (half, bits) in self.0.iter().enumerate() {
            let numbers = assignments.knobs.iter().map(|(number, _)| usize::from(*number & 127));
            let taken = numbers.filter(|number| number / 64 == half).fold(0, |bits, number| bits | 1 << (number % 64));
            bits.store(taken, Ordering::Relaxed);
        }
    }

    /// Whether a message is one of theirs.
    pub fn has(&self, message: [u8; 3]) -> bool {
        let number = usize::from(message[1] & 127);
        message[0] & 0xF0 == 0xB0 && self.0[number / 64].load(Ordering::Relaxed) >> (number % 64) & 1 == 1
    }
}

/// Where a knob stands for a share of its way, 0 to 127.
pub fn position_of(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 127.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_knob_turns_its_own_and_nothing_else() {
        let score =
            Score { parts: vec![Arc::new(Part::new("One", 0)), Arc::new(Part::new("Two", 0))], ..Score::default() };
        let mut seen = Vec::new();
        for turned in Turned::ALL {
            let after = turned.turned(&score, 1, 0, 31);
            let of_score = !matches!(turned, Turned::Surprise | Turned::Density | Turned::Metronome);
            assert_eq!(after != score, of_score, "{turned:?}");
            assert_eq!(after.parts[0], score.parts[0]);
            assert!(!of_score || !seen.contains(&after), "{turned:?}");
            seen.push(after);
        }
        assert_eq!(Turned::Tempo.turned(&score, 0, 0, 0).tempo.qpm_at(0), 40.0);
        assert_eq!(Turned::Tempo.turned(&score, 0, 0, 127).tempo.qpm_at(0), 240.0);
        assert_eq!(Turned::PartPan.turned(&score, 7, 0, 3), score, "there is no such part");
    }

    #[test]
    fn a_knob_finds_again_where_it_has_turned_something() {
        let score = Score { parts: vec![Arc::new(Part::new("One", 0))], ..Score::default() };
        for turned in Turned::ALL {
            for value in 0..=127 {
                let found = turned.position(&turned.turned(&score, 0, 0, value), 0, 0);
                assert!(found.is_none_or(|found| found == value), "{turned:?} {value}: {found:?}");
            }
        }
        assert_eq!(position_of(0.5), 64);
        let words = [0, 64, 127].map(|position| Turned::PartPan.words(position));
        assert_eq!(words, ["100% left", "the middle", "100% right"]);
        assert_eq!(Turned::Tempo.words(127), "240 BPM");
    }

    #[test]
    fn controllers_are_taken_one_by_one() {
        let taken = TakenControllers::default();
        let mut assignments =
            Assignments { knobs: vec![(7, Turned::Tempo), (93, Turned::Volume)], ..Assignments::default() };
        taken.set(&assignments);
        let has = |number: u8| taken.has([0xB3, number, 1]);
        assert!(has(7) && has(93) && !has(29) && !has(71));
        assert!(!taken.has([0x93, 7, 1]), "a note is none");
        assignments.knobs.clear();
        taken.set(&assignments);
        assert!(!has(7));
    }
}
