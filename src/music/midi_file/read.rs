//! The bytes of a file: header, chunks, and the events of each track with their place.

use midly::{EventIter, MetaMessage, MidiMessage, TrackEventKind};

use super::assemble::Assembly;
use super::error::ReadError;
use super::limits::MAX_FILE_BYTES;
use super::sequencer_specific::SequencerSpecific;
use crate::music::{Control, Key, MAX_TICK, Metre, Mode, Pitch, Score, TICKS_PER_QUARTER, Tick, Velocity};

/// A score from the bytes of a Standard MIDI file of type 0 or 1.
///
/// One part per track and channel that has notes. Only our own files say which of them is the melody. Ticks are
/// rescaled to 480 a quarter, to the nearest. Tolerated: chunks that are neither header nor track, anything behind the
/// last track, a missing end-of-track event, notes that never end (they end with their track), impossible tempi, metres
/// and keys.
///
/// # Errors
///
/// Names what is wrong with the file and at which track and byte.
pub fn read(bytes: &[u8]) -> Result<Score, ReadError> {
    read_file(bytes).map(|file| file.score)
}

/// What is in a file, and what is not.
#[derive(Clone, Debug, PartialEq)]
pub struct MidiFile {
    /// The music.
    pub score: Score,
    /// Whether it says a tempo; the score's is 120 where it does not.
    pub says_tempo: bool,
}

/// The same as [`read()`], with what a score does not tell of its file.
///
/// # Errors
///
/// As [`read()`].
pub fn read_file(bytes: &[u8]) -> Result<MidiFile, ReadError> {
    if !bytes.starts_with(b"MThd") {
        return Err(ReadError::NotMidi);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge { bytes: bytes.len() });
    }
    let header = Header::read(bytes)?;
    let mut assembly = Assembly::new(header.is_single_track);
    let mut found = 0;
    let mut at = header.end;
    while let Some(chunk) = Chunk::at(bytes, at) {
        let declared_all = found >= usize::from(header.tracks);
        let left = bytes.len() - chunk.start;
        if chunk.length as usize > left {
            if declared_all {
                break; // garbage behind the last track
            }
            if chunk.is_track {
                return Err(ReadError::TrackCutOff {
                    track: found + 1,
                    byte: chunk.start,
                    declared: chunk.length,
                    left,
                });
            }
            at = bytes.len();
            break;
        }
        let end = chunk.start + chunk.length as usize;
        if chunk.is_track {
            found += 1;
            let track = Track {
                number: found,
                data: &bytes[chunk.start..end],
                start: chunk.start,
                ticks_per_quarter: header.ticks_per_quarter,
            };
            track.read_into(&mut assembly)?;
        }
        at = end;
    }
    if found < usize::from(header.tracks) {
        return Err(ReadError::TracksMissing { declared: header.tracks, found, byte: at.min(bytes.len()) });
    }
    let says_tempo = assembly.says_tempo();
    Ok(MidiFile { score: assembly.into_score(), says_tempo })
}

/// What the file says of itself. Read here and not by midly, which panics on some SMPTE divisions in debug builds.
struct Header {
    is_single_track: bool,
    tracks: u16,
    ticks_per_quarter: u16,
    end: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let cut_off = ReadError::HeaderCutOff { byte: bytes.len() };
        let (Some(length), Some(fields)) = (bytes.get(4..8), bytes.get(8..14)) else {
            return Err(cut_off);
        };
        let declared = u32::from_be_bytes([length[0], length[1], length[2], length[3]]);
        if declared < 6 {
            return Err(ReadError::HeaderTooShort { declared });
        }
        let end = 8_usize.checked_add(declared as usize).filter(|end| *end <= bytes.len()).ok_or(cut_off)?;
        let field = |index: usize| u16::from_be_bytes([fields[index], fields[index + 1]]);
        let is_single_track = match field(0) {
            0 => true,
            1 => false,
            2 => return Err(ReadError::TypeTwo),
            number => return Err(ReadError::UnknownType { number }),
        };
        let ticks_per_quarter = match field(4) {
            0 => return Err(ReadError::ZeroTicksPerBeat),
            0x8000.. => return Err(ReadError::Smpte),
            ticks => ticks,
        };
        Ok(Self { is_single_track, tracks: field(2), ticks_per_quarter, end })
    }
}

/// A chunk's place; its data may go beyond the file's end.
struct Chunk {
    is_track: bool,
    start: usize,
    length: u32,
}

impl Chunk {
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let head = bytes.get(at..at.checked_add(8)?)?;
        Some(Self {
            is_track: head.starts_with(b"MTrk"),
            start: at + 8,
            length: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
        })
    }
}

/// The events of one track.
struct Track<'a> {
    /// Counted from 1.
    number: usize,
    data: &'a [u8],
    /// Where `data` begins in the file.
    start: usize,
    ticks_per_quarter: u16,
}

impl Track<'_> {
    fn read_into(&self, assembly: &mut Assembly) -> Result<(), ReadError> {
        assembly.begin_track();
        let mut events = EventIter::new(self.data);
        let mut file_tick = 0_u64;
        loop {
            let before = events.unread();
            let byte = self.start + self.data.len() - before.len();
            if before.is_empty() {
                break;
            }
            let bad = |problem| ReadError::BadEvent { track: self.number, byte, problem };
            let Some(Ok(event)) = events.next() else {
                return Err(bad("not a MIDI event"));
            };
            let event_bytes = &before[..before.len() - events.unread().len()];
            check_lengths(event_bytes).map_err(bad)?;
            file_tick += u64::from(event.delta.as_int());
            let tick = self.rescale(file_tick).ok_or(ReadError::TooLong { track: self.number, byte })?;
            match event.kind {
                TrackEventKind::Meta(MetaMessage::EndOfTrack) => {
                    assembly.end_track(tick);
                    return Ok(());
                }
                TrackEventKind::Meta(message) => read_meta(message, tick, assembly),
                TrackEventKind::Midi { channel, message } => {
                    if !read_message(channel.as_int(), message, tick, assembly) {
                        return Err(ReadError::TooManyParts { track: self.number, byte });
                    }
                }
                // Universal real time, device control, master volume: low 7 bits, high 7 bits.
                TrackEventKind::SysEx([0x7F, _, 0x04, 0x01, _, volume @ ..=127, ..]) => assembly.volume(*volume),
                TrackEventKind::SysEx(_) | TrackEventKind::Escape(_) => {}
            }
        }
        let end = self.rescale(file_tick).unwrap_or(MAX_TICK);
        assembly.end_track(end);
        Ok(())
    }

    /// The nearest tick of ours, or `None` beyond [`MAX_TICK`].
    fn rescale(&self, file_tick: u64) -> Option<Tick> {
        let per_quarter = u64::from(self.ticks_per_quarter);
        // at most 16 Mi events of 28 bits each: far from overflowing
        let tick = (file_tick * u64::from(TICKS_PER_QUARTER) + per_quarter / 2) / per_quarter;
        Tick::try_from(tick).ok().filter(|tick| *tick <= MAX_TICK)
    }
}

/// midly takes lengths of more than four bytes and data beyond the track's end for less than they are. We do not.
fn check_lengths(event: &[u8]) -> Result<(), &'static str> {
    let (_, delta_bytes) = variable_length(event).ok_or("its time is not a number of at most four bytes")?;
    let rest = match event.get(delta_bytes) {
        Some(0xFF) => event.get(delta_bytes + 2..),
        Some(0xF0 | 0xF7) => event.get(delta_bytes + 1..),
        _ => return Ok(()),
    };
    let (length, length_bytes) =
        rest.and_then(variable_length).ok_or("its length is not a number of at most four bytes")?;
    if rest.map_or(0, <[u8]>::len) - length_bytes < length as usize {
        return Err("it is longer than the rest of its track");
    }
    Ok(())
}

/// A variable-length number and how many bytes it took.
fn variable_length(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        number = number << 7 | u32::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

fn read_meta(message: MetaMessage<'_>, tick: Tick, assembly: &mut Assembly) {
    match message {
        MetaMessage::TrackName(name) => assembly.track_name(name),
        MetaMessage::Tempo(micros) => assembly.tempo(tick, micros.as_int()),
        MetaMessage::TimeSignature(numerator, denominator_power, _, _) => {
            let denominator = 1_u8.checked_shl(u32::from(denominator_power)).unwrap_or(0);
            if let Some(metre) = Metre::new(numerator, denominator) {
                assembly.metre(tick, metre);
            }
        }
        MetaMessage::KeySignature(sharps, is_minor) => {
            if let Some(key) = key_from_signature(sharps, is_minor) {
                assembly.key(tick, key);
            }
        }
        MetaMessage::SequencerSpecific(bytes) => {
            if let Some(event) = SequencerSpecific::from_bytes(bytes) {
                assembly.sequencer_specific(event);
            }
        }
        _ => {}
    }
}

/// The key with that many sharps (flats if negative), if there is one.
fn key_from_signature(sharps: i8, is_minor: bool) -> Option<Key> {
    if !(-7..=7).contains(&sharps) {
        return None;
    }
    // each sharp is a fifth up from C major or A minor
    let tonic = (i32::from(sharps) * 7 + if is_minor { 9 } else { 0 }).rem_euclid(12) as u8;
    let mode = if is_minor { Mode::Minor } else { Mode::Major };
    Some(Key { tonic, mode })
}

/// False if there is no room for another part.
fn read_message(channel: u8, message: MidiMessage, tick: Tick, assembly: &mut Assembly) -> bool {
    let control = match message {
        MidiMessage::NoteOn { key, vel } => {
            let pitch = Pitch::clamped(i32::from(key.as_int()));
            return match Velocity::new(vel.as_int()) {
                Some(velocity) => assembly.note_on(channel, tick, pitch, velocity),
                None => assembly.note_off(channel, tick, pitch),
            };
        }
        MidiMessage::NoteOff { key, .. } => {
            return assembly.note_off(channel, tick, Pitch::clamped(i32::from(key.as_int())));
        }
        MidiMessage::Aftertouch { key, vel } => {
            Control::KeyPressure { pitch: Pitch::clamped(i32::from(key.as_int())), value: vel.as_int() }
        }
        MidiMessage::Controller { controller, value } => {
            Control::Controller { number: controller.as_int(), value: value.as_int() }
        }
        MidiMessage::ProgramChange { program } => Control::Program(program.as_int()),
        MidiMessage::ChannelAftertouch { vel } => Control::Pressure(vel.as_int()),
        MidiMessage::PitchBend { bend } => Control::PitchBend(bend.as_int()),
    };
    assembly.control(channel, tick, control)
}
