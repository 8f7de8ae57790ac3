//! What a song is built of beside its notes: the chords under its melody, its sections, its introduction.

use serde::{Deserialize, Deserializer, Serialize};

use super::fine::FineTimes;
use super::time::{Change, in_order};
use super::{
    ChordChange, ControlEvent, KeyChange, Lyric, MAX_TICK, MetreChange, MetreMap, Note, Part, Score, TempoChange,
    TempoMap, Tick, chord,
};
use crate::one_line::one_line;

/// The most sections that are read from a file.
pub const MAX_SECTIONS: usize = 4096;
/// The most characters of a section's label that are read from a file.
pub const MAX_LABEL: usize = 40;
/// The most bars of an introduction.
pub const MAX_INTRODUCTION: u32 = 8;
/// The label of the bars before the melody.
pub const INTRODUCTION: &str = "Intro";

/// From `tick` on there is this section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionChange {
    /// Where it begins.
    pub tick: Tick,
    /// What it is called, such as `A`; the same tune has the same letter.
    pub label: String,
}

impl Change for SectionChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn moved_to(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }
}

/// What a composition says of itself beside its notes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outline {
    /// The chords that it was written on, where the network has such.
    #[serde(deserialize_with = "chord::deserialize", skip_serializing_if = "Vec::is_empty")]
    pub chords: Vec<ChordChange>,
    /// Its sections, where the network knows them.
    #[serde(deserialize_with = "deserialize", skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionChange>,
    /// So many bars are put before the first of the score that it was written for ([`bars_before`]).
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "few_bars")]
    pub bars_before: u32,
}

impl Outline {
    /// A score, moved and outlined by this. What the user has set stays, and the sections where this knows none. A
    /// form that the user has made, if only in part, is the piece's: others come in front of it only, as an
    /// introduction does.
    #[must_use]
    pub fn applied_to(&self, score: &Score) -> Score {
        let score = bars_before(score, self.bars_before);
        let is_own = !score.own.sections.is_empty();
        let kept = if is_own || self.sections.is_empty() { score.sections.as_slice() } else { &[] };
        let first = kept.first().map_or(MAX_TICK, |first| first.tick);
        let others = self.sections.iter().filter(|section| section.tick < first);
        let sections = others.chain(kept).cloned().collect();
        Score { chords: score.own.chords.kept(&score.chords, &self.chords), sections, ..score }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(bars: &u32) -> bool {
    *bars == 0
}

fn few_bars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    u32::deserialize(deserializer).map(|bars| bars.min(MAX_INTRODUCTION))
}

/// Reads sections, sorted by tick and bounded, one a tick (the last counts); for serde's `deserialize_with`.
///
/// # Errors
/// As the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SectionChange>, D::Error> {
    let mut sections = Vec::<SectionChange>::deserialize(deserializer)?;
    for section in &mut sections {
        section.tick = section.tick.min(MAX_TICK);
        section.label = one_line(&section.label, MAX_LABEL);
    }
    let mut sections = in_order(sections);
    sections.truncate(MAX_SECTIONS);
    Ok(sections)
}

/// A score's introduction: from where to where it goes; `None` where it has none.
pub fn introduction(score: &Score) -> Option<std::ops::Range<Tick>> {
    let [first, second, ..] = score.sections.as_slice() else { return None };
    (first.label == INTRODUCTION).then_some(first.tick..second.tick)
}

/// A score with empty bars of its first metre put before its first, so that all comes later; tempo, metre and key begin
/// with the new bars.
#[must_use]
pub fn bars_before(score: &Score, bars: u32) -> Score {
    let by = score.metre.metre_at(0).bar_ticks().saturating_mul(bars.min(MAX_INTRODUCTION));
    if by == 0 {
        return score.clone();
    }
    let later = |tick: Tick| tick.saturating_add(by).min(MAX_TICK);
    // what is in force from the start on stays so
    let state = |tick: Tick| if tick == 0 { 0 } else { later(tick) };
    let tempi = score.tempo.changes().iter();
    let metres = score.metre.changes().iter();
    let part = |part: &Part| Part {
        notes: part.notes.iter().map(|note| Note { start: later(note.start), ..*note }.in_range()).collect(),
        controls: part.controls.iter().map(|event| ControlEvent { tick: state(event.tick), ..*event }).collect(),
        fine: FineTimes::default(),
        ..part.clone()
    };
    Score {
        tempo: TempoMap::from_changes(
            tempi.map(|change| TempoChange { tick: state(change.tick), ..*change }).collect(),
        ),
        metre: MetreMap::from_changes(
            metres.map(|change| MetreChange { tick: state(change.tick), ..*change }).collect(),
        ),
        keys: score.keys.iter().map(|change| KeyChange { tick: state(change.tick), ..*change }).collect(),
        chords: score.chords.iter().map(|change| ChordChange { tick: later(change.tick), ..*change }).collect(),
        sections: score
            .sections
            .iter()
            .map(|section| SectionChange { tick: later(section.tick), label: section.label.clone() })
            .collect(),
        own: score.own.mapped(|span| [Some(later(span.start)..later(span.end)), None]),
        lyrics: score.lyrics.iter().map(|lyric| Lyric { tick: later(lyric.tick), ..lyric.clone() }).collect(),
        parts: score.parts.iter().map(|shared| part(shared).into()).collect(),
        ..score.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::time::from_tick;
    use crate::music::{Control, Key, Metre, Pitch, Velocity};

    fn section(tick: Tick, label: &str) -> SectionChange {
        SectionChange { tick, label: label.into() }
    }

    #[test]
    fn sections_from_outside_are_sorted_in_range_and_short() {
        let json = format!(
            r#"{{"sections":[{{"tick":4294967295,"label":"{}"}},{{"tick":0,"label":"A\n"}},{{"tick":0,"label":"B"}}],
               "bars_before":4000000000}}"#,
            "x".repeat(100)
        );
        let outline: Outline = serde_json::from_str(&json).unwrap();
        assert_eq!(outline.sections, [section(0, "B"), section(MAX_TICK, &"x".repeat(MAX_LABEL))]);
        assert_eq!(outline.bars_before, MAX_INTRODUCTION);
        assert_eq!(serde_json::to_string(&Outline::default()).unwrap(), "{}");
    }

    #[test]
    fn sections_are_in_force_from_any_tick_on() {
        let sections = [section(0, "Intro"), section(1920, "A")];
        assert_eq!(from_tick(&sections, 960), [section(960, "Intro"), section(1920, "A")]);
        assert_eq!(from_tick(&sections, 1920), [section(1920, "A")]);
        assert_eq!(from_tick::<SectionChange>(&[], 5), []);
        let score = Score { sections: sections.to_vec(), ..Score::default() };
        assert_eq!(introduction(&score), Some(0..1920));
        assert_eq!(introduction(&Score { sections: vec![section(0, "A"), section(1920, "B")], ..score }), None);
    }

    #[test]
    fn sections_of_the_users_stay_and_others_come_in_front_of_them_only() {
        let bar = 1920;
        let outline = |bars_before| Outline {
            sections: vec![section(0, INTRODUCTION), section(bars_before * bar, "A"), section(9 * bar, "B")],
            bars_before,
            ..Outline::default()
        };
        let mut score = Score { sections: vec![section(0, "A"), section(8 * bar, "C")], ..Score::default() };
        assert_eq!(outline(2).applied_to(&score).sections, outline(2).sections, "they were another take's");
        // the user gave one a name; the other one is of the same form
        score.sections[0].label = "Verse".into();
        score.own.sections.add(0..8 * bar);
        let after = outline(2).applied_to(&score).sections;
        assert_eq!(after, [section(0, INTRODUCTION), section(2 * bar, "Verse"), section(10 * bar, "C")]);
    }

    #[test]
    fn bars_are_put_before_the_first_and_all_else_stays() {
        let three_four = Metre::new(3, 4).unwrap();
        let mut part = Part::new("Tune", 0);
        part.notes =
            vec![Note { start: 480, pitch: Pitch::clamped(60), duration: 480, velocity: Velocity::clamped(80) }];
        part.controls = [0, 960].map(|tick| ControlEvent { tick, control: Control::Program(5) }).to_vec();
        let score = Score {
            metre: MetreMap::constant(three_four),
            tempo: TempoMap::constant(90.0).with_qpm_at(0, 90.0),
            keys: vec![KeyChange::new(0, Key::C_MAJOR), KeyChange::new(1440, Key { tonic: 7, ..Key::C_MAJOR })],
            sections: vec![section(0, "A")],
            lyrics: vec![Lyric { tick: 480, text: "la".into() }],
            parts: vec![part.into()],
            melody: Some(0),
            ..Score::default()
        };
        let moved = bars_before(&score, 2);
        assert_eq!(moved.parts[0].notes[0].start, 480 + 2880);
        assert_eq!(moved.parts[0].controls.iter().map(|event| event.tick).collect::<Vec<_>>(), [0, 960 + 2880]);
        assert_eq!(moved.keys.iter().map(|change| change.tick).collect::<Vec<_>>(), [0, 1440 + 2880]);
        assert_eq!((&moved.metre, &moved.tempo), (&score.metre, &score.tempo));
        assert_eq!(moved.sections, [section(2880, "A")]);
        assert_eq!(moved.lyrics[0].tick, 480 + 2880);
        assert_eq!(bars_before(&score, 0), score);
    }
}
