//! The measures of a part.

use super::bars::Bar;
use super::marks::Marks;
use super::staves::{Sheet, Staff};
use super::values::{Value, values};
use super::voices::Chord;
use super::words::Sung;
use super::xml::Xml;
use super::{Keys, kit, part_list};
use crate::music::key::spelling::{WrittenKey, spell};
use crate::music::{Mode, Pitch, TICKS_PER_QUARTER, Tick};

/// Voices of one staff; those of the second staff are counted on from here.
const VOICES_OF_A_STAFF: usize = 4;

/// A note value in its place.
struct Item<'a> {
    at: Tick,
    value: Value,
    /// What sounds; nothing is a rest.
    chord: Option<&'a Chord>,
    tied_from: bool,
    tied_to: bool,
    begins_tuplet: bool,
    ends_tuplet: bool,
}

/// Where a note is written.
#[derive(Clone, Copy)]
struct Place {
    part: usize,
    staff: usize,
    has_two_staves: bool,
    voice: usize,
    is_drum: bool,
    key: WrittenKey,
}

/// Writes all measures of a part.
pub(super) fn write_all(xml: &mut Xml, part: usize, sheet: &Sheet, bars: &[Bar], keys: &Keys<'_>, marks: &mut Marks) {
    let mut before: Option<(&Bar, WrittenKey)> = None;
    for (number, bar) in bars.iter().enumerate() {
        let key = keys.in_bar(bar);
        xml.open("measure", &[("number", &(number + 1).to_string())]);
        write_attributes(xml, sheet, bar, key, before);
        let mut is_first = true;
        for (staff, own) in sheet.staves.iter().enumerate() {
            for (voice, chords) in own.voices.iter().enumerate() {
                let chords = within(chords, bar);
                if chords.is_empty() && voice > 0 {
                    continue;
                }
                if !is_first {
                    xml.open("backup", &[]);
                    xml.leaf("duration", bar.length());
                    xml.close("backup");
                }
                let place =
                    Place { part, staff, has_two_staves: sheet.staves.len() > 1, voice, is_drum: sheet.is_drum, key };
                write_voice(xml, &items(chords, bar, sheet), bar, place, is_first.then_some(&mut *marks));
                is_first = false;
            }
        }
        xml.close("measure");
        before = Some((bar, key));
    }
}

/// The chords that sound in a bar.
fn within<'a>(chords: &'a [Chord], bar: &Bar) -> &'a [Chord] {
    let first = chords.partition_point(|chord| chord.end <= bar.start);
    let after = chords.partition_point(|chord| chord.start < bar.end);
    &chords[first.min(after)..after]
}

/// What a voice has in a bar, from its start to its end.
fn items<'a>(chords: &'a [Chord], bar: &Bar, sheet: &Sheet) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    let mut add = |from: Tick, to: Tick, chord: Option<&'a Chord>| {
        let mut at = from;
        for value in values(from, to, bar, &sheet.beats) {
            let end = at + value.ticks;
            // a stroke is no longer than its first value
            let chord = chord.filter(|_| !sheet.is_drum || at == from);
            let (tied_from, tied_to) = match chord {
                Some(chord) if !sheet.is_drum => (at > chord.start, end < chord.end),
                _ => (false, false),
            };
            items.push(Item { at, value, chord, tied_from, tied_to, begins_tuplet: false, ends_tuplet: false });
            at = end;
        }
    };
    let mut at = bar.start;
    for chord in chords {
        let (start, end) = (chord.start.max(bar.start), chord.end.min(bar.end));
        add(at, start, None);
        add(start, end, Some(chord));
        at = end;
    }
    add(at, bar.end, None);
    let beat_of = |item: &Item<'_>| sheet.beats.at(item.at).start;
    for same_beat in items.chunk_by_mut(|a, b| beat_of(a) == beat_of(b)) {
        let triplet = |item: &&mut Item<'_>| item.value.is_triplet;
        if let Some(first) = same_beat.iter_mut().find(triplet) {
            first.begins_tuplet = true;
        }
        if let Some(last) = same_beat.iter_mut().rfind(triplet) {
            last.ends_tuplet = true;
        }
    }
    items
}

fn write_attributes(xml: &mut Xml, sheet: &Sheet, bar: &Bar, key: WrittenKey, before: Option<(&Bar, WrittenKey)>) {
    let same_key = before.is_some_and(|(_, before)| before == key) || (before.is_some() && sheet.is_drum);
    let same_metre = before.is_some_and(|(before, _)| before.metre == bar.metre);
    if same_key && same_metre {
        return;
    }
    xml.open("attributes", &[]);
    if before.is_none() {
        xml.leaf("divisions", TICKS_PER_QUARTER);
    }
    if !same_key {
        xml.open("key", &[]);
        xml.leaf("fifths", if sheet.is_drum { 0 } else { key.sharps });
        if !sheet.is_drum {
            xml.leaf("mode", if key.mode == Mode::Major { "major" } else { "minor" });
        }
        xml.close("key");
    }
    if !same_metre {
        xml.open("time", &[]);
        xml.leaf("beats", bar.metre.numerator());
        xml.leaf("beat-type", bar.metre.denominator());
        xml.close("time");
    }
    if before.is_none() {
        if sheet.staves.len() > 1 {
            xml.leaf("staves", sheet.staves.len());
        }
        for (index, staff) in sheet.staves.iter().enumerate() {
            write_clef(xml, staff, (sheet.staves.len() > 1).then_some(index));
        }
    }
    xml.close("attributes");
}

fn write_clef(xml: &mut Xml, staff: &Staff, number: Option<usize>) {
    let number = number.map(|number| (number + 1).to_string());
    let attributes: Vec<(&str, &str)> = number.iter().map(|number| ("number", number.as_str())).collect();
    xml.open("clef", &attributes);
    xml.leaf("sign", staff.clef.sign);
    if let Some(line) = staff.clef.line {
        xml.leaf("line", line);
    }
    if staff.clef.octaves != 0 {
        xml.leaf("clef-octave-change", staff.clef.octaves);
    }
    xml.close("clef");
}

fn write_voice(xml: &mut Xml, items: &[Item<'_>], bar: &Bar, place: Place, mut marks: Option<&mut Marks>) {
    if items.iter().all(|item| item.chord.is_none()) {
        if let Some(marks) = &mut marks {
            marks.write_before(xml, bar.start, bar.end);
        }
        xml.open("note", &[]);
        xml.empty("rest", &[("measure", "yes")]);
        xml.leaf("duration", bar.length());
        write_voice_number(xml, place);
        write_staff(xml, place);
        xml.close("note");
        return;
    }
    for item in items {
        if let Some(marks) = &mut marks {
            marks.write_before(xml, item.at, item.at + item.value.ticks);
        }
        match item.chord {
            None => write_note(xml, item, None, false, place, None),
            Some(chord) => {
                let words = marks.as_mut().filter(|_| !item.tied_from).map(|marks| &mut marks.words);
                let sung = words.and_then(|words| words.take_until(item.at));
                for (index, &pitch) in chord.pitches.iter().enumerate() {
                    write_note(xml, item, Some(pitch), index > 0, place, sung.as_ref().filter(|_| index == 0));
                }
            }
        }
    }
}

fn write_note(xml: &mut Xml, item: &Item<'_>, pitch: Option<Pitch>, in_chord: bool, place: Place, sung: Option<&Sung>) {
    // rests of the other voices only keep the time
    let hidden = pitch.is_none() && place.voice > 0;
    xml.open("note", if hidden { &[("print-object", "no")] } else { &[] });
    if in_chord {
        xml.empty("chord", &[]);
    }
    match pitch {
        None => xml.empty("rest", &[]),
        Some(pitch) if place.is_drum => {
            let stroke = kit::stroke(pitch);
            xml.open("unpitched", &[]);
            xml.leaf("display-step", stroke.step);
            xml.leaf("display-octave", stroke.octave);
            xml.close("unpitched");
        }
        Some(pitch) => {
            let spelling = spell(pitch.class(), place.key);
            xml.open("pitch", &[]);
            xml.leaf("step", spelling.step);
            if spelling.alter != 0 {
                xml.leaf("alter", spelling.alter);
            }
            xml.leaf("octave", spelling.octave(pitch.get()));
            xml.close("pitch");
        }
    }
    xml.leaf("duration", item.value.ticks);
    if item.tied_from {
        xml.empty("tie", &[("type", "stop")]);
    }
    if item.tied_to {
        xml.empty("tie", &[("type", "start")]);
    }
    // of the other parts' one instrument every mention is read as a change
    if let Some(key) = pitch.filter(|_| place.is_drum) {
        xml.empty("instrument", &[("id", &part_list::instrument_id(place.part, Some(key)))]);
    }
    write_voice_number(xml, place);
    xml.leaf("type", item.value.name);
    for _ in 0..item.value.dots {
        xml.empty("dot", &[]);
    }
    if item.value.is_triplet {
        xml.open("time-modification", &[]);
        xml.leaf("actual-notes", 3);
        xml.leaf("normal-notes", 2);
        xml.leaf("normal-type", "eighth");
        xml.close("time-modification");
    }
    if let Some(pitch) = pitch.filter(|_| place.is_drum) {
        xml.leaf("stem", if place.voice == 0 { "up" } else { "down" });
        xml.leaf("notehead", kit::stroke(pitch).head);
    }
    write_staff(xml, place);
    write_notations(xml, item, in_chord);
    if let Some(sung) = sung {
        sung.write(xml);
    }
    xml.close("note");
}

fn write_notations(xml: &mut Xml, item: &Item<'_>, in_chord: bool) {
    let (begins, ends) = (item.begins_tuplet && !in_chord, item.ends_tuplet && !in_chord);
    if !(item.tied_from || item.tied_to || begins || ends) {
        return;
    }
    xml.open("notations", &[]);
    for (wanted, name, kind) in [
        (item.tied_from, "tied", "stop"),
        (item.tied_to, "tied", "start"),
        (ends, "tuplet", "stop"),
        (begins, "tuplet", "start"),
    ] {
        if wanted {
            xml.empty(name, &[("type", kind)]);
        }
    }
    xml.close("notations");
}

fn write_voice_number(xml: &mut Xml, place: Place) {
    xml.leaf("voice", place.staff * VOICES_OF_A_STAFF + place.voice + 1);
}

fn write_staff(xml: &mut Xml, place: Place) {
    if place.has_two_staves {
        xml.leaf("staff", place.staff + 1);
    }
}
