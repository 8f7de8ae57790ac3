//! The outer shape of a file: its wrapping, its header, and where its tracks begin and end.

use super::error::ReadError;
use super::limits::MAX_FILE_BYTES;
use super::notice::Notice;

const HEADER: &[u8] = b"MThd";
const TRACK: &[u8] = b"MTrk";
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
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge { bytes: bytes.len() });
    }
    let window = &bytes[..bytes.len().min(MOST_BEFORE + HEADER.len())];
    let begin = find(window, HEADER).ok_or(ReadError::NotMidi)?;
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

/// The bytes of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackBytes {
    /// Where its events begin.
    pub start: usize,
    /// Where it ends as it says.
    pub declared_end: usize,
    /// Where it ends at the latest: more than it says where what it says cannot be right.
    pub limit: usize,
}

/// The next track at or after a place of the file; also how many bytes before it are no chunk.
pub fn next_track(bytes: &[u8], from: usize) -> Option<(TrackBytes, usize)> {
    let mut at = from;
    let mut junk = 0;
    loop {
        let rest = bytes.get(at..).filter(|rest| rest.len() >= 8)?;
        if rest.starts_with(TRACK) {
            break;
        }
        let next = if is_chunk(rest) {
            at + 8 + length_of(rest)
        } else {
            let skipped = find(rest, TRACK)?;
            junk += skipped;
            at + skipped
        };
        at = next;
    }
    let start = at + 8;
    let declared_end = start.saturating_add(length_of(&bytes[at..]));
    let is_right = declared_end == bytes.len() || bytes.get(declared_end..).is_some_and(is_chunk);
    let next = || find(&bytes[start..], TRACK).map_or(bytes.len(), |place| start + place);
    let limit = if is_right { declared_end } else { next() };
    Some((TrackBytes { start, declared_end, limit }, junk))
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

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    // a letter is looked for much faster than a window
    let first = *word.first()?;
    let mut from = 0;
    while let Some(place) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if bytes[from + place..].starts_with(word) {
            return Some(from + place);
        }
        from += place + 1;
    }
    None
}
