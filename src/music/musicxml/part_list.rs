//! The head of the document: title, and which parts there are.

use super::xml::Xml;
use crate::music::instruments::{drum_name, program_name};
use crate::music::{Part, Pitch, Score};
use std::borrow::Cow;

/// The MIDI channel of kits, counted from 1.
const DRUM_CHANNEL: usize = 10;

/// What the document calls a part.
pub(super) fn id(part: usize) -> String {
    format!("P{}", part + 1)
}

/// What it calls the instrument of a part, or one of a kit.
pub(super) fn instrument_id(part: usize, key: Option<Pitch>) -> String {
    format!("P{}-I{}", part + 1, key.map_or(1, |key| u32::from(key.get()) + 1))
}

/// Writes title and parts.
pub(super) fn write_head(xml: &mut Xml, score: &Score, parts: &[Cow<'_, Part>]) {
    if !score.title.is_empty() {
        xml.open("work", &[]);
        xml.leaf("work-title", &score.title);
        xml.close("work");
    }
    xml.open("identification", &[]);
    xml.open("encoding", &[]);
    xml.leaf("software", concat!("Cantus ", env!("CARGO_PKG_VERSION")));
    xml.close("encoding");
    xml.close("identification");
    xml.open("part-list", &[]);
    let mut channels = (1..=16).filter(|channel| *channel != DRUM_CHANNEL).cycle();
    for (index, part) in parts.iter().enumerate() {
        let channel = if part.is_drum { DRUM_CHANNEL } else { channels.next().unwrap_or(1) };
        write_part(xml, index, part, channel);
    }
    xml.close("part-list");
}

fn write_part(xml: &mut Xml, index: usize, part: &Part, channel: usize) {
    let instrument = if part.is_drum { "Drums" } else { program_name(part.program) };
    xml.open("score-part", &[("id", &id(index))]);
    xml.leaf("part-name", if part.name.is_empty() { instrument } else { &part.name });
    let mut keys: Vec<Option<Pitch>> = vec![None];
    if part.is_drum {
        keys = part.notes.iter().map(|note| Some(note.pitch)).collect();
        keys.sort_unstable();
        keys.dedup();
    }
    for &key in &keys {
        xml.open("score-instrument", &[("id", &instrument_id(index, key))]);
        let name = key.map_or(instrument, |key| drum_name(key).unwrap_or("Percussion"));
        xml.leaf("instrument-name", name);
        xml.close("score-instrument");
    }
    for &key in &keys {
        xml.open("midi-instrument", &[("id", &instrument_id(index, key))]);
        xml.leaf("midi-channel", channel);
        xml.leaf("midi-program", u32::from(part.program) + 1);
        // General MIDI has no other strokes
        if let Some(key) = key.filter(|key| drum_name(*key).is_some()) {
            xml.leaf("midi-unpitched", u32::from(key.get()) + 1);
        }
        xml.close("midi-instrument");
    }
    xml.close("score-part");
}
