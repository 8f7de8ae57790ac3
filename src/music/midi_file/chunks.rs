//! The outer shape of a file: its wrapping, its header, and where its tracks begin and end.

use super::error::ReadError;
use super::foreign;
use super::limits::MAX_FILE_BYTES;
use super::notice::Notice;

const HEADER: &[u8] = b"MThd";
/// As nearly every header begins: with its size.
const HEADER_OF_SIX: &[u8] = b"MThd\0\0\0\x06";
const TRACK: &[u8] = b"MTrk";
/// Yamaha's XF: what is sung, as a track of its own that does not count as one.
const WORDS: &[u8] = b"XFKM";
/// A header that begins later than this is another file's content.
const MOST_BEFORE: usize = 4096;
/// Ticks a quarter where a file says 0.
const GUESSED_RESOLUTION: u16 = 480;

/// What a tick of the file is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Division {
    /// So many make a quarter.
    PerQuarter(u16),
    /// So many make a second, in exact arithmetic: ticks for each of so many seconds.
    PerSeconds {
        /// Ticks…
        ticks: u32,
        /// …in so many seconds.
        seconds: u32,
    },
}

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    /// Type 0: one track with everything.
    pub is_single_track: bool,
    /// Type 2: a song a track.
    pub is_songs: bool,
    /// The tracks it says it has.
    pub tracks: u16,
    /// What its times mean.
    pub division: Division,
}

/// Reads the header. Also the place in the file of the first byte that is MIDI, and of the first behind the header.
///
/// # Errors
/// There is none, or it is cut off.
pub fn header(bytes: &[u8], notices: &mut Vec<Notice>) -> Result<(Header, std::ops::Range<usize>), ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let window = &bytes[..bytes.len().min(MOST_BEFORE + HEADER.len())];
    let is_not_midi = || foreign::kind(bytes).map_or(ReadError::NotMidi, ReadError::Foreign);
    let begin = find(window, HEADER).ok_or_else(is_not_midi)?;
    // RMID is a proper wrapping: RIFF, size, RMID, chunks of which one is the file
    let is_rmid = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"RMID");
    if begin > 0 && !is_rmid {
        notices.push(Notice::Before(begin));
    }
    let mut end_of_file = bytes.len();
    if is_rmid && let Some(size) = bytes[..begin].last_chunk().map(|size| u32::from_le_bytes(*size) as usize) {
        end_of_file = begin.saturating_add(size).clamp(begin, bytes.len());
    }
    let bytes_of_header = bytes.get(begin..begin + 14).ok_or(ReadError::HeaderCutOff { byte: bytes.len() })?;
    let field = |index: usize| u16::from_be_bytes([bytes_of_header[index], bytes_of_header[index + 1]]);
    let declared = u32::from(field(4)) << 16 | u32::from(field(6));
    let mut end = begin + 14;
    match begin.checked_add(8 + declared as usize) {
        Some(said) if said >= end && said <= end_of_file => end = said,
        _ => notices.push(Notice::HeaderSize),
    }
    let kind = field(8);
    if kind > 2 {
        notices.push(Notice::UnknownType(kind));
    }
    let division = match field(12) {
        0 => {
            notices.push(Notice::NoResolution);
            Division::PerQuarter(GUESSED_RESOLUTION)
        }
        smpte @ 0x8000.. => {
            let per_frame = u32::from(smpte & 0xFF).max(1);
            // 29 means 30 frames, less one in a thousand
            match (smpte >> 8) as u8 as i8 {
                -29 => Division::PerSeconds { ticks: per_frame * 30_000, seconds: 1001 },
                frames => Division::PerSeconds { ticks: per_frame * u32::from(frames.unsigned_abs()), seconds: 1 },
            }
        }
        ticks => Division::PerQuarter(ticks),
    };
    let header = Header { is_single_track: kind == 0, is_songs: kind == 2, tracks: field(10), division };
    Ok((header, end..end_of_file.max(end)))
}

/// The title that RMID's wrapping says (INAM in a list of INFO).
pub fn rmid_title(bytes: &[u8]) -> Option<&[u8]> {
    let chunks = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"RMID")?;
    let info = riff_chunks(chunks).filter(|(name, _)| name == b"LIST").find_map(|(_, list)| list.strip_prefix(b"INFO"));
    riff_chunks(info?).find(|(name, _)| name == b"INAM").map(|(_, title)| title)
}

/// The chunks of a RIFF with what is in them, as far as it goes.
fn riff_chunks(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (name, behind) = rest.split_first_chunk::<4>()?;
        let (size, behind) = behind.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        // of an even length
        rest = behind.get(size.saturating_add(size % 2)..).unwrap_or_default();
        Some((*name, &behind[..size.min(behind.len())]))
    })
}

/// The bytes of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackBytes {
    /// Where its events begin.
    pub start: usize,
    /// Where it ends as it says.
    pub declared_end: usize,
    /// Where it ends at the latest: more than it says where what it says cannot be right.
    pub limit: usize,
    /// Whether it only has what is sung, and does not count as a track.
    pub is_words: bool,
}

/// The tracks of a file in their order, up to where another file begins.
#[derive(Debug)]
pub struct Tracks<'a> {
    bytes: &'a [u8],
    /// Where the next one is looked for.
    at: usize,
    /// Whether one was found.
    has_any: bool,
    /// How many bytes between the tracks are no chunk, so far.
    pub junk: usize,
    /// Where another file begins behind this one; known once there are no more tracks.
    pub other_file: Option<usize>,
}

impl<'a> Tracks<'a> {
    /// Those from a place of the file on.
    pub const fn new(bytes: &'a [u8], from: usize) -> Self {
        Self { bytes, at: from, has_any: false, junk: 0, other_file: None }
    }
}

impl Iterator for Tracks<'_> {
    type Item = TrackBytes;

    fn next(&mut self) -> Option<TrackBytes> {
        let bytes = self.bytes;
        let is_words = loop {
            let rest = bytes.get(self.at..).filter(|rest| rest.len() >= 8)?;
            if rest.starts_with(TRACK) {
                break false;
            }
            if rest.starts_with(WORDS) && is_chunk(rest) {
                break true;
            }
            if self.has_any && rest.starts_with(HEADER_OF_SIX) {
                self.other_file = Some(self.at);
                return None;
            }
            self.at += if is_chunk(rest) {
                8 + length_of(rest)
            } else {
                let skipped = 1 + find_next(&rest[1..])?;
                self.junk += skipped;
                skipped
            };
        };
        self.has_any = true;
        let start = self.at + 8;
        let declared_end = start.saturating_add(length_of(&bytes[self.at..]));
        let is_right = declared_end == bytes.len() || bytes.get(declared_end..).is_some_and(is_chunk);
        let next = || find_next(&bytes[start..]).map_or(bytes.len(), |place| start + place);
        let limit = if is_right { declared_end } else { next() };
        self.at = limit;
        Some(TrackBytes { start, declared_end, limit, is_words })
    }
}

/// Whether something begins here that is a chunk: four letters and a length that the file has, or a track of any
/// length.
fn is_chunk(rest: &[u8]) -> bool {
    let Some((name, _)) = rest.split_first_chunk::<4>() else { return false };
    let has_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ');
    rest.len() >= 8 && (rest.starts_with(TRACK) || (has_name && length_of(rest) <= rest.len() - 8))
}

/// The length that a chunk of at least 8 bytes says it has.
fn length_of(chunk: &[u8]) -> usize {
    u32::from_be_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]) as usize
}

/// Where the next track or the next file begins.
fn find_next(bytes: &[u8]) -> Option<usize> {
    find_where(bytes, TRACK[0], |rest| rest.starts_with(TRACK) || rest.starts_with(HEADER_OF_SIX))
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    find_where(bytes, *word.first()?, |rest| rest.starts_with(word))
}

/// The first place that is what is looked for, which begins with a certain byte.
fn find_where(bytes: &[u8], first: u8, is_it: impl Fn(&[u8]) -> bool) -> Option<usize> {
    // a letter is looked for much faster than a window
    let mut from = 0;
    while let Some(place) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if is_it(&bytes[from + place..]) {
            return Some(from + place);
        }
        from += place + 1;
    }
    None
}
