//! What stands above the first part: tempo, swing, sections, chords.

use std::collections::VecDeque;

use super::bars::Bar;
use super::words::Words;
use super::xml::Xml;
use super::{Keys, bar_at, straight_tick};
use crate::music::chord::Quality;
use crate::music::key::spelling::{Spelling, WrittenKey, spell_root};
use crate::music::swing::Swing;
use crate::music::{ChordChange, Score, TICKS_PER_QUARTER, Tick};

/// Tempi that differ by less are one tempo: a breath, not a mark.
const NOTABLE_TEMPO: f64 = 0.03;
/// The grid that marks stand on.
const STEP: Tick = TICKS_PER_QUARTER / 4;

/// All marks in their order.
#[derive(Debug, Default)]
pub(super) struct Marks {
    above: VecDeque<(Tick, Mark)>,
    /// What is sung to the part.
    pub words: Words,
}

#[derive(Debug)]
enum Mark {
    /// Quarters a minute, and whether the beat is a dotted quarter.
    Tempo(f64, bool),
    Swing,
    Section(String),
    Chord(ChordChange, WrittenKey),
}

impl Marks {
    /// Those of a score.
    pub fn new(score: &Score, swing: Option<Swing>, bars: &[Bar], keys: &Keys<'_>) -> Self {
        let end = bars.last().map_or(0, |bar| bar.end);
        let place = |tick: Tick| {
            let tick = swing.map_or(tick, |swing| straight_tick(tick, swing, bars));
            let start = bar_at(bars, tick).start;
            start + (tick - start + STEP / 2) / STEP * STEP
        };
        let mut marks = Vec::new();
        let (mut last, mut last_bar) = (0.0, None);
        for change in score.tempo.changes() {
            let (tick, qpm) = (place(change.tick), score.tempo.qpm_at(change.tick));
            let bar = bar_at(bars, tick);
            if (qpm / last - 1.0).abs() < NOTABLE_TEMPO || last_bar == Some(bar.start) {
                continue;
            }
            (last, last_bar) = (qpm, Some(bar.start));
            marks.push((tick, Mark::Tempo(qpm, bar.beat() != TICKS_PER_QUARTER)));
        }
        marks.extend(swing.map(|_| (0, Mark::Swing)));
        marks.extend(score.sections.iter().map(|section| (place(section.tick), Mark::Section(section.label.clone()))));
        for chord in &score.chords {
            let tick = place(chord.tick);
            marks.push((tick, Mark::Chord(*chord, keys.in_bar(&bar_at(bars, tick)))));
        }
        marks.retain(|(tick, _)| *tick < end);
        marks.sort_by_key(|(tick, _)| *tick);
        Self { above: marks.into(), words: Words::default() }
    }

    /// Writes those before a tick, at a note or rest that begins at `at`.
    pub fn write_before(&mut self, xml: &mut Xml, at: Tick, before: Tick) {
        while self.above.front().is_some_and(|(tick, _)| *tick < before) {
            let Some((tick, mark)) = self.above.pop_front() else { return };
            let offset = tick.saturating_sub(at);
            match mark {
                Mark::Tempo(qpm, dotted) => tempo(xml, qpm, dotted, offset),
                Mark::Swing => words(xml, "words", "Swing eighths", 0),
                Mark::Section(label) => words(xml, "rehearsal", &label, offset),
                Mark::Chord(chord, key) => harmony(xml, &chord, key, offset),
            }
        }
    }
}

fn tempo(xml: &mut Xml, qpm: f64, dotted: bool, offset: Tick) {
    let beats = if dotted { qpm / 1.5 } else { qpm };
    xml.open("direction", &[("placement", "above")]);
    xml.open("direction-type", &[]);
    xml.open("metronome", &[]);
    xml.leaf("beat-unit", "quarter");
    if dotted {
        xml.empty("beat-unit-dot", &[]);
    }
    xml.leaf("per-minute", beats.round());
    xml.close("metronome");
    xml.close("direction-type");
    write_offset(xml, offset);
    xml.empty("sound", &[("tempo", &format!("{}", (qpm * 100.0).round() / 100.0))]);
    xml.close("direction");
}

/// `kind` is the element: `words`, or `rehearsal` for those in a box.
fn words(xml: &mut Xml, kind: &str, text: &str, offset: Tick) {
    xml.open("direction", &[("placement", "above")]);
    xml.open("direction-type", &[]);
    xml.leaf(kind, text);
    xml.close("direction-type");
    write_offset(xml, offset);
    xml.close("direction");
}

fn harmony(xml: &mut Xml, change: &ChordChange, key: WrittenKey, offset: Tick) {
    xml.open("harmony", &[]);
    let Some(chord) = change.chord else {
        root(xml, "root", Spelling { step: "C", alter: 0 });
        xml.leaf_with("kind", &[("text", "N.C.")], "none");
        write_offset(xml, offset);
        xml.close("harmony");
        return;
    };
    let Quality { text, musicxml: kind, .. } = chord.quality();
    root(xml, "root", spell_root(chord.root, key));
    xml.leaf_with("kind", &[("text", text)], kind);
    if change.bass % 12 != chord.root % 12 {
        root(xml, "bass", spell_root(change.bass, key));
    }
    if *text == "7sus4" {
        xml.open("degree", &[]);
        xml.leaf("degree-value", 7);
        xml.leaf("degree-alter", 0);
        xml.leaf("degree-type", "add");
        xml.close("degree");
    }
    write_offset(xml, offset);
    xml.close("harmony");
}

fn root(xml: &mut Xml, name: &str, spelling: Spelling) {
    xml.open(name, &[]);
    xml.leaf(&format!("{name}-step"), spelling.step);
    if spelling.alter != 0 {
        xml.leaf(&format!("{name}-alter"), spelling.alter);
    }
    xml.close(name);
}

fn write_offset(xml: &mut Xml, offset: Tick) {
    if offset > 0 {
        xml.leaf("offset", offset);
    }
}
