//! What was odd about a file and what was made of it, told once in plain words.

use std::fmt;

use super::limits::{MAX_EVENTS, MAX_FILE_BEATS};
use crate::music::{Score, TempoMap};
use crate::plural::counted;

/// Further silent parts are told by their numbers only.
const MOST_NAMES: usize = 8;

/// Something that was clipped, skipped or guessed in reading a file. Its text is a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Bytes before the header.
    Before(usize),
    /// A header that says its own size wrongly.
    HeaderSize,
    /// A type that does not exist; read as type 1.
    UnknownType(u16),
    /// Several independent songs, laid out one after the other.
    Songs(usize),
    /// A beat of 0 ticks.
    NoResolution,
    /// Time in film frames, laid out in beats.
    Frames {
        /// Whether the file has tempi, which give the beats.
        has_tempo: bool,
    },
    /// Another number of tracks than the header says.
    TrackCount {
        /// What it says.
        declared: usize,
        /// What there is.
        found: usize,
    },
    /// A second file behind this one.
    OtherFile {
        /// Where it begins.
        byte: usize,
        /// How long it is.
        bytes: usize,
    },
    /// Tracks that are longer or shorter than they say.
    TrackLengths(usize),
    /// Tracks without their end.
    NoEnd(usize),
    /// Bytes behind the mark that ends their track.
    AfterEnd(usize),
    /// Bytes that belong to no track.
    Junk(usize),
    /// Values above 127, taken as 127.
    Clipped(usize),
    /// Notes, controllers and pressures on numbers that do not exist.
    OutOfRange(usize),
    /// Bytes that belong to no event.
    Stray(usize),
    /// Numbers of more bytes than they may have.
    LongNumbers(usize),
    /// Events with data that make no sense.
    OddEvents(usize),
    /// The rest of a track that could not be read.
    GaveUp {
        /// The track, counted from 1.
        track: usize,
        /// Where, in bytes from the beginning of the file.
        byte: usize,
        /// How many further tracks it happened to.
        others: usize,
    },
    /// Notes that nothing ended.
    Hanging(usize),
    /// Notes and controls for which there is no room.
    TooManyEvents(usize),
    /// Tempi that are too fast.
    TooFast(usize),
    /// Music later than any file's.
    TooLong,
    /// Parts for which there is no room.
    TooManyParts(usize),
    /// Parts beyond those that can sound at once: the number of the first, counted from 1, and their names.
    Silent(usize, Vec<String>),
    /// Controllers that are not repeated for every part that shares a channel.
    TooManyControls,
    /// Tunings of single keys or of the whole.
    Tunings,
    /// Transpositions and tunings of a whole device or of a part, by system exclusive.
    Transpositions,
    /// Notes of an instrument with a channel for each note (MPE) that sound together: how many lost their own bend, and
    /// how many their own pressure or slide.
    Expression {
        /// Those with a bend.
        bends: usize,
        /// Those with pressure or slide.
        others: usize,
    },
    /// So many further tracks with words that are sung.
    Lyrics(usize),
    /// Copyright and remarks.
    Texts,
    /// Texts in another encoding than UTF-8, as far as can be told.
    Encoding(&'static str),
}

impl fmt::Display for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(bytes) => {
                write!(out, "{} before the beginning of the music skipped", counted(*bytes, "byte"))
            }
            Self::HeaderSize => write!(out, "The header says its own size wrongly"),
            Self::UnknownType(number) => write!(out, "There is no MIDI file type {number}; read as type 1"),
            Self::Songs(songs) => {
                write!(out, "The file holds {} (type 2), laid out one after the other", counted(*songs, "song"))
            }
            Self::NoResolution => write!(out, "The file doesn't say how long a beat is; taken as 480 ticks"),
            Self::Frames { has_tempo: false } => {
                write!(out, "The file counts time in film frames; laid out at 120 beats a minute")
            }
            Self::Frames { has_tempo: true } => {
                write!(out, "The file counts time in film frames; laid out at its tempo")
            }
            Self::TrackCount { declared, found } => {
                write!(out, "The header says {}, the file has {found}", counted(*declared, "track"))
            }
            Self::OtherFile { byte, bytes } => {
                write!(out, "Another MIDI file begins at byte {byte}; its {} left out", counted(*bytes, "byte"))
            }
            Self::TrackLengths(tracks) => {
                write!(out, "{}: the length is given wrongly", counted(*tracks, "track"))
            }
            Self::NoEnd(tracks) => {
                write!(out, "{}: no mark at the end, the file may be cut off", counted(*tracks, "track"))
            }
            Self::AfterEnd(bytes) => {
                let their = if *bytes == 1 { "its" } else { "their" };
                write!(out, "{} after the end of {their} track left out", counted(*bytes, "byte"))
            }
            Self::Junk(bytes) => write!(out, "{} between the tracks skipped", counted(*bytes, "byte")),
            Self::Clipped(values) => write!(out, "{} above 127 taken as 127", counted(*values, "value")),
            Self::OutOfRange(events) => {
                write!(out, "{} left out: on keys or controllers that don't exist", counted(*events, "event"))
            }
            Self::Stray(bytes) => {
                let belong = if *bytes == 1 { "belongs" } else { "belong" };
                write!(out, "{} skipped that {belong} to no event", counted(*bytes, "byte"))
            }
            Self::LongNumbers(numbers) => {
                write!(out, "{} written in more bytes than allowed", counted(*numbers, "number"))
            }
            Self::OddEvents(events) => {
                let make = if *events == 1 { "makes" } else { "make" };
                write!(out, "{} that {make} no sense skipped", counted(*events, "tempo, metre, key or other setting"))
            }
            Self::GaveUp { track, byte, others } => {
                write!(out, "Track {track} is damaged; its rest is left out (from byte {byte} on)")?;
                match others {
                    0 => Ok(()),
                    others => write!(out, ", and so with {}", counted(*others, "other track")),
                }
            }
            Self::Hanging(notes) => {
                write!(out, "{} never ended; held to the end of the track", counted(*notes, "note"))
            }
            Self::TooManyEvents(events) => {
                write!(out, "More than {MAX_EVENTS} notes or controllers; {events} left out")
            }
            Self::TooFast(tempi) => {
                let fastest = 60_000_000 / TempoMap::MIN_READ_MICROS;
                write!(
                    out,
                    "{} faster than {fastest} BPM taken as that",
                    if *tempi == 1 { "1 tempo".to_owned() } else { format!("{tempi} tempi") }
                )
            }
            Self::TooLong => write!(out, "What comes after {MAX_FILE_BEATS} beats is left out"),
            Self::TooManyParts(parts) => {
                write!(out, "More than {} parts; {parts} left out", Score::MAX_PARTS)
            }
            Self::Silent(first, names) => {
                write!(out, "Only the first {} parts can be heard. Silent: ", Score::MAX_SOUNDING)?;
                for (index, name) in names.iter().take(MOST_NAMES).enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(out, "{separator}{} ({name})", first + index)?;
                }
                match names.len().saturating_sub(MOST_NAMES) {
                    0 => Ok(()),
                    _ => write!(out, " and all up to {}", first + names.len() - 1),
                }
            }
            Self::TooManyControls => {
                write!(out, "Too many parts share a channel; not all of its controllers are taken for each")
            }
            Self::Tunings => write!(out, "Tunings are not played; everything sounds in equal temperament"),
            Self::Transpositions => {
                write!(out, "Transposition and master tuning of the device are not played; notes sound as written")
            }
            Self::Expression { bends, others } => {
                let of =
                    |notes: &usize, what| (*notes > 0).then(|| format!("the {what} of {}", counted(*notes, "note")));
                let lost: Vec<String> =
                    [of(bends, "bends"), of(others, "pressure and slide")].into_iter().flatten().collect();
                let lost = lost.join(", ");
                write!(out, "MPE: notes that sound together can't each have their own expression; left out: {lost}")
            }
            Self::Lyrics(tracks) => {
                write!(out, "The lyrics of one track are kept; those of {} are not", counted(*tracks, "other track"))
            }
            Self::Texts => write!(out, "Texts and copyright are not kept"),
            Self::Encoding(name) => write!(out, "Names read as {name}, which is a guess"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Notice;

    #[test]
    fn one_thing_and_several_have_their_words() {
        type Of = fn(usize) -> Notice;
        let told: [(Of, [&str; 2]); 3] = [
            (
                Notice::OddEvents,
                [
                    "1 tempo, metre, key or other setting that makes no sense skipped",
                    "2 tempo, metre, key or other settings that make no sense skipped",
                ],
            ),
            (Notice::Stray, ["1 byte skipped that belongs to no event", "2 bytes skipped that belong to no event"]),
            (
                Notice::AfterEnd,
                ["1 byte after the end of its track left out", "2 bytes after the end of their track left out"],
            ),
        ];
        for (notice, texts) in told {
            assert_eq!([1, 2].map(|count| notice(count).to_string()), texts);
        }
    }
}
