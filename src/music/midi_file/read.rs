//! The bytes of a file: its tracks one by one, and the events of each with their place.

use super::assemble::Assembly;
use super::chunks::{self, Division, TrackBytes, Tracks};
use super::error::ReadError;
use super::events::{Event, Events, Faults};
use super::notice::Notice;
use super::sequencer_specific::{SECTIONS_ARE_MARKERS, SequencerSpecific};
use super::time::{FileTime, fine_of};
use crate::music::{Key, KeyChange, MAX_TICK, Metre, Mode, Score, TempoMap, Tick};

/// A score from the bytes of a Standard MIDI file.
///
/// One part per track and channel that has notes. Only our own files say which of them is the melody. Damage of every
/// kind is passed over: see [`Notice`].
///
/// # Errors
///
/// It is no MIDI file, has no tracks or is too large.
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
    /// What was clipped, skipped or guessed, each kind once.
    pub notices: Vec<Notice>,
}

/// The same as [`read()`], with what a score does not tell of its file.
///
/// # Errors
///
/// As [`read()`].
pub fn read_file(bytes: &[u8]) -> Result<MidiFile, ReadError> {
    let mut notices = Vec::new();
    let (header, range) = chunks::header(bytes, &mut notices)?;
    let wrapping_title = chunks::rmid_title(bytes);
    let bytes = &bytes[..range.end];
    let time = file_time(header.division, bytes, range.start, &mut notices);
    let mut reader = Reader::new(time, header.is_single_track, header.is_songs);
    if let Some(title) = wrapping_title {
        reader.assembly.wrapping_title(title);
    }
    let mut found = 0;
    let mut tracks = Tracks::new(bytes, range.start);
    for track in tracks.by_ref() {
        found += usize::from(!track.is_words);
        reader.track(bytes, &track, found);
        if header.is_songs {
            reader.begin_song();
        }
    }
    reader.counts.junk += tracks.junk;
    notices.extend(tracks.other_file.map(|byte| Notice::OtherFile { byte, bytes: bytes.len() - byte }));
    if found == 0 && header.tracks > 0 {
        return Err(ReadError::NoTracks { declared: header.tracks, byte: range.start });
    }
    let declared = usize::from(header.tracks);
    if found != declared {
        notices.push(Notice::TrackCount { declared, found });
    }
    if header.is_songs && found > 1 {
        notices.push(Notice::Songs(found));
    }
    Ok(reader.finish(notices))
}

/// The songs of a file of type 2 that have notes, each as a file of its own with its number, counted from 1. None of
/// other types, or where there is only one.
///
/// # Errors
///
/// It is no MIDI file or is too large.
pub fn read_songs(bytes: &[u8]) -> Result<Vec<(usize, MidiFile)>, ReadError> {
    let mut of_header = Vec::new();
    let (header, range) = chunks::header(bytes, &mut of_header)?;
    let bytes = &bytes[..range.end];
    let mut songs = Vec::new();
    if !header.is_songs {
        return Ok(songs);
    }
    let time = file_time(header.division, bytes, range.start, &mut of_header);
    for (number, track) in (1..).zip(Tracks::new(bytes, range.start).filter(|track| !track.is_words)) {
        let mut reader = Reader::new(time.clone(), true, false);
        reader.track(bytes, &track, number);
        let song = reader.finish(of_header.clone());
        if song.score.parts.iter().any(|part| !part.notes.is_empty()) {
            songs.push((number, song));
        }
    }
    if songs.len() < 2 {
        songs.clear();
    }
    Ok(songs)
}

/// What the ticks of a file mean.
fn file_time(division: Division, bytes: &[u8], first_track: usize, notices: &mut Vec<Notice>) -> FileTime {
    match division {
        Division::PerQuarter(ticks) => FileTime::per_quarter(ticks),
        Division::PerSeconds { ticks, seconds } => {
            let tempi = all_tempi(bytes, first_track);
            notices.push(Notice::Frames { has_tempo: !tempi.is_empty() });
            FileTime::per_seconds(ticks, seconds, tempi)
        }
    }
}

/// All tempi of a file with their times in its own ticks, in order.
fn all_tempi(bytes: &[u8], from: usize) -> Vec<(u64, u32)> {
    let mut tempi = Vec::new();
    for track in Tracks::new(bytes, from) {
        let mut now = 0_u64;
        for (delta, event) in Events::new(&bytes[track.start..track.limit]) {
            now += u64::from(delta);
            match event {
                Event::Meta(0x51, data) => {
                    tempi.extend(tempo(data).map(|micros| (now, micros.max(TempoMap::MIN_READ_MICROS))));
                }
                Event::Meta(0x2F, _) => break,
                _ => {}
            }
        }
    }
    tempi.sort_by_key(|(at, _)| *at);
    tempi
}

/// What was passed over in all tracks.
#[derive(Debug, Default)]
struct Counts {
    faults: Faults,
    junk: usize,
    wrong_lengths: usize,
    without_end: usize,
    /// Bytes behind the end of their track.
    after_end: usize,
    /// Tempi faster than any that is played.
    too_fast: usize,
    /// The first track that was given up, the place, and how many others were.
    gave_up: Option<(usize, usize, usize)>,
    is_too_long: bool,
}

impl Counts {
    fn tell(&self, notices: &mut Vec<Notice>) {
        type Told = fn(usize) -> Notice;
        let counted: [(usize, Told); 10] = [
            (self.junk, Notice::Junk),
            (self.wrong_lengths, Notice::TrackLengths),
            (self.without_end, Notice::NoEnd),
            (self.after_end, Notice::AfterEnd),
            (self.too_fast, Notice::TooFast),
            (self.faults.clipped, Notice::Clipped),
            (self.faults.out_of_range, Notice::OutOfRange),
            (self.faults.stray, Notice::Stray),
            (self.faults.long_numbers, Notice::LongNumbers),
            (self.faults.odd, Notice::OddEvents),
        ];
        notices.extend(counted.into_iter().filter(|(count, _)| *count > 0).map(|(count, notice)| notice(count)));
        if let Some((track, byte, others)) = self.gave_up {
            notices.push(Notice::GaveUp { track, byte, others });
        }
        if self.is_too_long {
            notices.push(Notice::TooLong);
        }
    }

    fn add(&mut self, faults: Faults) {
        self.faults.clipped += faults.clipped;
        self.faults.out_of_range += faults.out_of_range;
        self.faults.stray += faults.stray;
        self.faults.long_numbers += faults.long_numbers;
        self.faults.odd += faults.odd;
    }
}

struct Reader {
    time: FileTime,
    resolution: u16,
    assembly: Assembly,
    counts: Counts,
    /// Where the present song begins and ends, in the file's ticks.
    song_start: u64,
    song_end: u64,
}

impl Reader {
    fn new(time: FileTime, is_single_track: bool, is_songs: bool) -> Self {
        let resolution = time.resolution();
        let assembly = Assembly::new(is_single_track, is_songs, resolution);
        Self { time, resolution, assembly, counts: Counts::default(), song_start: 0, song_end: 0 }
    }

    /// What all tracks that were read make.
    fn finish(self, mut notices: Vec<Notice>) -> MidiFile {
        self.counts.tell(&mut notices);
        let says_tempo = self.assembly.says_tempo();
        let score = self.assembly.into_score(&mut notices);
        MidiFile { score, says_tempo, notices }
    }

    /// The next track is another song: it begins with the next quarter.
    fn begin_song(&mut self) {
        self.song_start = self.song_end.next_multiple_of(u64::from(self.resolution));
        self.song_end = self.song_start;
        if let Some(tick) = self.time.tick(self.song_start) {
            self.assembly.begin_song(tick);
        }
    }

    /// Reads a track, counted from 1.
    fn track(&mut self, bytes: &[u8], track: &TrackBytes, number: usize) {
        self.assembly.begin_track();
        let mut events = Events::new(&bytes[track.start..track.limit]);
        let mut file_tick = self.song_start;
        let mut has_end = track.is_words; // not every one says so
        while let Some((delta, event)) = events.next() {
            file_tick += u64::from(delta);
            let Some(tick) = self.time.tick(file_tick) else {
                self.counts.is_too_long = true;
                break;
            };
            if let Event::Meta(0x2F, _) = event {
                has_end = true;
                break;
            }
            if !self.event(event, tick, fine_of(file_tick, tick, self.resolution)) {
                events.faults.odd += 1;
            }
        }
        let end = track.start + events.place().min(track.limit - track.start);
        self.song_end = self.song_end.max(file_tick);
        match self.time.tick(file_tick) {
            Some(tick) => self.assembly.end_track(tick, fine_of(file_tick, tick, self.resolution)),
            None => self.assembly.end_track(MAX_TICK, 0),
        }
        self.counts.add(events.faults);
        match events.gave_up_at {
            Some(place) => {
                let first = (number, track.start + place, 0);
                let seen = self.counts.gave_up.map(|(track, byte, others)| (track, byte, others + 1));
                self.counts.gave_up = Some(seen.unwrap_or(first));
            }
            None => self.counts.without_end += usize::from(!has_end && !self.counts.is_too_long),
        }
        if track.limit == track.declared_end {
            let rest = &bytes[end..track.limit];
            if has_end && rest.iter().any(|byte| *byte != 0) {
                self.counts.after_end += rest.len();
            }
            return;
        }
        // it ended where it says, and what follows is something else; or what it says is wrong
        self.counts.wrong_lengths += usize::from(end != track.declared_end);
        if end == track.declared_end && !bytes[end..track.limit].is_empty() && track.limit < bytes.len() {
            self.counts.junk += track.limit - end;
        }
    }

    /// Takes an event; whether it makes sense.
    fn event(&mut self, event: Event<'_>, tick: Tick, fine: i16) -> bool {
        let assembly = &mut self.assembly;
        match event {
            Event::Channel(channel, message) => assembly.message(channel, tick, fine, message),
            // universal real time, device control, master volume: low 7 bits, high 7 bits
            Event::SysEx([0x7F, _, 0x04, 0x01, _, volume @ ..=127, ..]) => assembly.volume(*volume),
            Event::SysEx(data) => assembly.system_exclusive(data, (tick, fine)),
            Event::Meta(kind, data) => return self.meta(kind, data, tick),
        }
        true
    }

    fn meta(&mut self, kind: u8, data: &[u8], tick: Tick) -> bool {
        let assembly = &mut self.assembly;
        match (kind, data) {
            (0x03, name) => assembly.track_name(name),
            (0x04, name) => assembly.instrument_name(name),
            (0x09, device) => assembly.device(device),
            (0x01..=0x08, text) => assembly.text(kind, text, tick),
            (0x21, [port, ..]) => assembly.port(*port),
            (0x51, data) => {
                let Some(micros) = tempo(data) else { return false };
                self.counts.too_fast += usize::from(micros < TempoMap::MIN_READ_MICROS);
                assembly.tempo(tick, micros.max(TempoMap::MIN_READ_MICROS));
            }
            (0x54, [hours, minutes, seconds, ..]) => return hours & 0x1F < 24 && *minutes < 60 && *seconds < 60,
            (0x58, [numerator, denominator_power, ..]) => {
                let denominator = 1_u8.checked_shl(u32::from(*denominator_power)).unwrap_or(0);
                let Some(metre) = Metre::new(*numerator, denominator) else { return false };
                assembly.metre(tick, metre);
            }
            (0x59, [sharps, mode, ..]) => {
                let Some(change) = key_change(*sharps as i8, *mode, tick) else { return false };
                assembly.key(change);
            }
            (0x21 | 0x54 | 0x58 | 0x59, _) => return false,
            (0x20, [channel @ ..=15]) => assembly.channel_prefix(*channel),
            (0x7F, SECTIONS_ARE_MARKERS) => assembly.sections_are_markers(),
            (0x7F, bytes) => {
                if let Some(event) = SequencerSpecific::from_bytes(bytes) {
                    assembly.sequencer_specific(event);
                }
            }
            _ => {}
        }
        true
    }
}

fn tempo(data: &[u8]) -> Option<u32> {
    let [high, middle, low, ..] = *data else { return None };
    Some(u32::from_be_bytes([0, high, middle, low])).filter(|micros| *micros > 0)
}

/// The key with that many sharps (flats if negative), if there is one.
fn key_change(sharps: i8, mode: u8, tick: Tick) -> Option<KeyChange> {
    let mode = match mode {
        0 => Mode::Major,
        1 => Mode::Minor,
        _ => return None,
    };
    let change = KeyChange::new(tick, Key::from_signature(sharps, mode)?);
    Some(change.written_with(sharps))
}
