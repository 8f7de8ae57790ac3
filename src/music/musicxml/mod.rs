//! MusicXML from a score: what people read, and what notation programs open.
//!
//! | file | does |
//! |---|---|
//! | `bars.rs` | bars and their beats |
//! | `grid.rs` | brings notes onto the grid that each beat is read on |
//! | `voices.rs`, `kit.rs` | distributes them to voices; strokes of a kit to a drum staff |
//! | `staves.rs` | which staves and clefs a part has |
//! | `values.rs` | which note values a length is written with |
//! | `marks.rs` | tempo, swing and chords above the first part |
//! | `words.rs` | lyrics below the part that sings |
//! | `measure.rs`, `part_list.rs`, `xml.rs` | the elements |
//!
//! A performance is not a sheet: starts and lengths are quantised, swung eighths are written straight with a mark, two
//! notes of one pitch that come onto one place are one. Velocities, pedals and the mix stay in the MIDI file.

mod bars;
mod grid;
mod kit;
mod marks;
mod measure;
mod part_list;
mod staves;
#[cfg(test)]
mod tests;
mod values;
mod voices;
mod words;
mod xml;

use std::borrow::Cow;
use std::sync::Arc;

use self::bars::{Bar, bars_until};
use self::marks::Marks;
use self::staves::Sheet;
use self::words::Words;
use self::xml::Xml;
use super::key::WrittenKey;
use super::swing::Swing;
use super::{Key, Note, Part, Score, Tick};

/// The ending of its files.
pub const EXTENSION: &str = "musicxml";
/// The most bars that are written, in all parts together.
const MOST_BARS: usize = 200_000;
/// The most ticks, in all parts together: bars can be 64 whole notes long.
const MOST_TICKS: u64 = 1 << 30;

/// Why a score is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the piece is too long to be written as notes; export a part of it")]
pub struct TooLong;

/// Writes a score as MusicXML 3.1 (partwise, UTF-8), which other programs read best; where no key is set, in the one
/// that was `found`.
///
/// # Errors
/// The score has more bars than anybody reads.
pub fn write(score: &Score, found: Option<Key>) -> Result<Vec<u8>, TooLong> {
    let parts = written_parts(score);
    let most = MOST_BARS / parts.len();
    let end = parts.iter().flat_map(|part| part.notes.iter().map(Note::end)).max().unwrap_or(0);
    if u64::from(end) * parts.len() as u64 > MOST_TICKS {
        return Err(TooLong);
    }
    let bars = bars_until(&score.metre, end, most).ok_or(TooLong)?;
    let swing = swing_of(score);
    let keys = Keys { score, found };
    let is_written = |part: &Arc<Part>| !part.notes.is_empty();
    let singer = score
        .singer()
        .filter(|singer| score.parts.get(*singer).is_some_and(is_written))
        .map(|singer| score.parts[..singer].iter().filter(|part| is_written(part)).count());
    let mut xml = Xml::new(concat!(
        "score-partwise PUBLIC \"-//Recordare//DTD MusicXML 3.1 Partwise//EN\" ",
        "\"http://www.musicxml.org/dtds/partwise.dtd\""
    ));
    xml.open("score-partwise", &[("version", "3.1")]);
    part_list::write_head(&mut xml, score, &parts);
    for (index, part) in parts.iter().enumerate() {
        let notes = straightened(&part.notes, swing, &bars);
        let sheet = Sheet::new(part, &notes, &bars);
        let mut marks = if index == 0 { Marks::new(score, swing, &bars, &keys) } else { Marks::default() };
        if singer == Some(index) {
            marks.words = Words::new(score, |tick| swing.map_or(tick, |swing| straight_tick(tick, swing, &bars)));
        }
        xml.open("part", &[("id", &part_list::id(index))]);
        measure::write_all(&mut xml, index, &sheet, &bars, &keys, &mut marks);
        xml.close("part");
    }
    xml.close("score-partwise");
    Ok(xml.finish())
}

/// The parts that have something to read; an empty one where none has.
fn written_parts(score: &Score) -> Vec<Cow<'_, Part>> {
    let with_notes = score.parts.iter().filter(|part| !part.notes.is_empty());
    let parts: Vec<Cow<'_, Part>> = with_notes.map(|part: &Arc<Part>| Cow::Borrowed(&**part)).collect();
    if parts.is_empty() { vec![Cow::Owned(Part::default())] } else { parts }
}

/// How it swings: as the melody does, or all parts together.
fn swing_of(score: &Score) -> Option<Swing> {
    let melody = score.melody_part().and_then(|part| Swing::of_melody(&part.notes, 0));
    melody.or_else(|| {
        let all: Vec<Note> = score.parts.iter().flat_map(|part| part.notes.iter().copied()).collect();
        Swing::of_melody(&all, 0)
    })
}

/// The notes as they are read: straight where they swing.
fn straightened(notes: &[Note], swing: Option<Swing>, bars: &[Bar]) -> Vec<Note> {
    let Some(swing) = swing else { return notes.to_vec() };
    let mut straight: Vec<Note> = notes
        .iter()
        .map(|note| {
            let (start, end) = (straight_tick(note.start, swing, bars), straight_tick(note.end(), swing, bars));
            Note { start, duration: end.saturating_sub(start).max(1), ..*note }
        })
        .collect();
    straight.sort_unstable();
    straight
}

/// A tick as it would stand without swing.
fn straight_tick(tick: Tick, swing: Swing, bars: &[Bar]) -> Tick {
    let bar = bar_at(bars, tick);
    if bar.beat() != 480 {
        return tick;
    }
    (i64::from(bar.start) + swing.straight(i64::from(tick) - i64::from(bar.start))).max(0) as Tick
}

/// The bar that a tick is in; the last one after the end.
fn bar_at(bars: &[Bar], tick: Tick) -> Bar {
    bars[bars.partition_point(|bar| bar.start <= tick).saturating_sub(1)]
}

/// Which key is in force.
struct Keys<'a> {
    score: &'a Score,
    /// The key that the notes suggest, where none is set.
    found: Option<Key>,
}

impl Keys<'_> {
    /// The key of a bar: the one of its middle, so that a change near a bar line belongs to the bar it means.
    fn in_bar(&self, bar: &Bar) -> WrittenKey {
        self.score.written_key_at(bar.start + bar.length() / 2, self.found)
    }
}
