//! Notes and bars as text, for the system's clipboard: from one window to another, or kept in a file.
//!
//! Pasted text is untrusted: bounded in size and number, every value checked.

use serde::{Deserialize, Serialize};

use super::{
    MAX_TICK, Note, Pitch, TICKS_PER_QUARTER, Tick, Velocity,
    edit::CopiedBars,
    selection::{Clipboard, Selection},
};

/// Longer texts are not read: enough for 100,000 notes.
const MAX_BYTES: usize = 8 << 20;
/// More notes are not read.
const MAX_NOTES: usize = 100_000;
/// What tells our text from others.
const KIND: &str = "cantus notes";
/// The same of bars.
const KIND_OF_BARS: &str = "cantus bars";

/// What a text of ours holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Copied {
    /// Notes of one part.
    Notes(Clipboard),
    /// Bars of one part or more.
    Bars(CopiedBars),
}

/// The text's layout: a JSON object, one array a note, in the order start, pitch, duration, velocity.
#[derive(Serialize, Deserialize)]
struct Text {
    kind: String,
    version: u32,
    ticks_per_quarter: Tick,
    notes: Vec<(Tick, u8, Tick, u8)>,
}

/// The notes as text.
pub fn to_text(clipboard: &Clipboard) -> String {
    let text = Text {
        kind: KIND.to_owned(),
        version: 1,
        ticks_per_quarter: TICKS_PER_QUARTER,
        notes: clipboard
            .notes()
            .iter()
            .map(|note| (note.start, note.pitch.get(), note.duration, note.velocity.get()))
            .collect(),
    };
    serde_json::to_string(&text).unwrap_or_default() // numbers and a word: it cannot fail
}

/// The layout of bars as text.
#[derive(Serialize, Deserialize)]
struct TextOfBars {
    kind: String,
    version: u32,
    ticks_per_quarter: Tick,
    bars: CopiedBars,
}

/// Bars as text.
pub fn bars_to_text(bars: &CopiedBars) -> String {
    let (kind, bars) = (KIND_OF_BARS.to_owned(), bars.clone());
    serde_json::to_string(&TextOfBars { kind, version: 1, ticks_per_quarter: TICKS_PER_QUARTER, bars })
        .unwrap_or_default() // numbers and words: it cannot fail
}

/// What a text holds; `None` if it is not one of ours, or has impossible notes.
pub fn from_text(text: &str) -> Option<Copied> {
    if text.len() > MAX_BYTES || !text.trim_start().starts_with('{') {
        return None;
    }
    notes_from(text).map(Copied::Notes).or_else(|| bars_from(text).map(Copied::Bars))
}

fn bars_from(text: &str) -> Option<CopiedBars> {
    let text: TextOfBars = serde_json::from_str(text).ok()?;
    let known = text.kind == KIND_OF_BARS && text.version == 1 && text.ticks_per_quarter == TICKS_PER_QUARTER;
    text.bars.sanitised(MAX_NOTES).filter(|_| known)
}

fn notes_from(text: &str) -> Option<Clipboard> {
    let text: Text = serde_json::from_str(text).ok()?;
    let known = text.kind == KIND && text.version == 1 && (1..=MAX_TICK).contains(&text.ticks_per_quarter);
    if !known || text.notes.is_empty() || text.notes.len() > MAX_NOTES {
        return None;
    }
    let scaled = |ticks: Tick| {
        let scaled = u64::from(ticks) * u64::from(TICKS_PER_QUARTER) / u64::from(text.ticks_per_quarter);
        Tick::try_from(scaled).ok().filter(|tick| *tick <= MAX_TICK)
    };
    let note = |&(start, pitch, duration, velocity): &(Tick, u8, Tick, u8)| {
        let (start, duration) = (scaled(start)?, scaled(duration)?.max(1));
        (start + duration <= MAX_TICK).then_some(())?;
        Some(Note { start, pitch: Pitch::new(pitch)?, duration, velocity: Velocity::new(velocity)? })
    };
    let notes: Option<Selection> = text.notes.iter().map(note).collect();
    notes.map(|notes| Clipboard::copy(&notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{
        Control, ControlEvent, Part, Score,
        edit::{Bars, copy_bars},
    };

    fn copied() -> Clipboard {
        let note =
            |start, pitch| Note { start, pitch: Pitch::clamped(pitch), duration: 240, velocity: Velocity::DEFAULT };
        Clipboard::copy(&[note(480, 60), note(960, 64)].into_iter().collect())
    }

    #[test]
    fn what_is_copied_is_read_again() {
        let text = to_text(&copied());
        assert!(text.contains("cantus notes"), "{text}");
        assert_eq!(from_text(&text), Some(Copied::Notes(copied())));
        let coarse = text.replace("\"ticks_per_quarter\":480", "\"ticks_per_quarter\":240");
        let Some(Copied::Notes(finer)) = from_text(&coarse) else { panic!("{coarse}") };
        assert_eq!(finer.notes()[1].end(), copied().notes()[1].end() * 2);
    }

    #[test]
    fn nothing_else_is_taken_for_notes() {
        let text = to_text(&copied());
        let wrong = [
            String::new(),
            "hello".to_owned(),
            "{}".to_owned(),
            "[1,2,3]".to_owned(),
            "{\"kind\":\"cantus notes\"".to_owned(),
            text.replace("\"version\":1", "\"version\":2"),
            text.replace("cantus notes", "other notes"),
            text.replace("480,64", "480,128"),
            text.replace("240,96", "240,0"),
            text.replace("[480,64", "[268435455,64"),
            text.replace("\"ticks_per_quarter\":480", "\"ticks_per_quarter\":0"),
            text.replace("[480,64", "[-1,64"),
            format!("{{{}", " ".repeat(MAX_BYTES)),
        ];
        for wrong in wrong {
            assert_eq!(from_text(&wrong), None, "{}", &wrong[..wrong.len().min(200)]);
        }
    }
    #[test]
    fn bars_are_read_again_and_nothing_impossible() {
        let mut part = Part::new("Bass", 32);
        part.notes = copied().notes().to_vec();
        part.controls = vec![ControlEvent { tick: 100, control: Control::PitchBend(9) }];
        let score = Score { parts: vec![part.into()], ..Score::default() };
        let bars = copy_bars(&score, &Bars { ticks: 0..960, parts: 0..1 });
        let text = bars_to_text(&bars);
        assert_eq!(from_text(&text), Some(Copied::Bars(bars)));
        for (from, to) in [
            ("\"end\":960", "\"end\":0"),
            ("\"end\":960", "\"end\":4000000000"),
            ("\"version\":1", "\"version\":2"),
            ("\"pitch\":60", "\"pitch\":128"),
            ("\"first_part\":0", "\"first_part\":99999"),
            ("cantus bars", "cantus notes"),
        ] {
            assert!(text.contains(from), "{text}");
            assert_eq!(from_text(&text.replace(from, to)), None, "{to}");
        }
        // what lies outside is left out
        let wild = text.replace("\"tick\":100", "\"tick\":4000000000");
        assert!(matches!(from_text(&wild), Some(Copied::Bars(_))));
    }
}
