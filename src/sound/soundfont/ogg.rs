//! Ogg (RFC 3533), as far as one Vorbis stream in memory needs it: pages into packets.
//!
//! Strict, unlike the readers of media players: a page that is damaged, out of order or cut is a fault, not something
//! to skip, since a sample that lacks a page would be out of tune with its loop. Nothing becomes larger than the
//! stream.

use std::ops::Range;

use symphonia::core::checksum::Crc32;
use symphonia::core::io::Monitor as _;

/// What is wrong with a stream, to be said of a sample ("sample 7 …").
pub(super) type Fault = &'static str;

const DAMAGED: Fault = "is a damaged Ogg stream";

const HEADER_BYTES: usize = 27;
/// Where in a page's header its checksum is.
const CHECKSUM: Range<usize> = 22..26;
/// The position of a page in which no packet ends.
const NO_POSITION: u64 = u64::MAX;
// flags of a page
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// At 32 frames, the fewest that a packet can have, these are as many frames as [`super::vorbis`] decodes.
const MAX_PACKETS: usize = 1 << 20;

/// The first logical stream of a file.
#[derive(Debug, Default)]
pub(super) struct OggStream {
    /// All packets, one after the other.
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// How many frames there are up to the end: an encoder fills its last block up.
    pub frames: Option<u64>,
}

struct Page<'a> {
    flags: u8,
    position: u64,
    serial: u32,
    number: u32,
    segments: &'a [u8],
    body: &'a [u8],
}

impl OggStream {
    /// Other logical streams are skipped; a second stream after the first ends it, and so does its last page.
    pub fn read(mut bytes: &[u8]) -> Result<Self, Fault> {
        let mut stream = Self::default();
        // serial number, and the number of the next page
        let mut expected: Option<(u32, u32)> = None;
        let mut is_unfinished = false;
        while !bytes.is_empty() {
            let page;
            (page, bytes) = read_page(bytes)?;
            match expected {
                None if page.flags & FIRST == 0 => return Err(DAMAGED),
                Some(_) if page.flags & FIRST != 0 => break,
                Some((serial, _)) if page.serial != serial => continue,
                Some((_, number)) if page.number != number => return Err(DAMAGED),
                _ => expected = Some((page.serial, page.number.wrapping_add(1))),
            }
            if (page.flags & CONTINUED != 0) != is_unfinished {
                return Err(DAMAGED);
            }
            let mut end = stream.bytes.len();
            stream.bytes.extend_from_slice(page.body);
            for &length in page.segments {
                end += usize::from(length);
                // 255 means that the packet goes on in the next segment
                is_unfinished = length == 255;
                if !is_unfinished {
                    stream.ends.push(end);
                }
            }
            if stream.ends.len() > MAX_PACKETS {
                return Err("is too long");
            }
            if page.position != NO_POSITION {
                stream.frames = Some(page.position);
            }
            if page.flags & LAST != 0 {
                break;
            }
        }
        Ok(stream)
    }

    /// Its packets; one that has no end is left out.
    pub fn packets(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end])
    }
}

/// The page that begins here, checked, and what follows it.
fn read_page(bytes: &[u8]) -> Result<(Page<'_>, &[u8]), Fault> {
    let (header, after) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(DAMAGED)?;
    if !header.starts_with(b"OggS\0") {
        return Err(DAMAGED);
    }
    let (segments, after) = after.split_at_checked(usize::from(header[26])).ok_or(DAMAGED)?;
    let body_bytes = segments.iter().map(|&length| usize::from(length)).sum();
    let (body, rest) = after.split_at_checked(body_bytes).ok_or(DAMAGED)?;
    let number_at = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let mut blank = *header;
    blank[CHECKSUM].fill(0);
    if checksum([blank.as_slice(), segments, body]) != number_at(CHECKSUM.start) {
        return Err(DAMAGED);
    }
    let page = Page {
        flags: header[5],
        position: u64::from(number_at(6)) | u64::from(number_at(10)) << 32,
        serial: number_at(14),
        number: number_at(18),
        segments,
        body,
    };
    Ok((page, rest))
}

/// A page's checksum; its own field counts as zeros.
fn checksum(pieces: [&[u8]; 3]) -> u32 {
    let mut checksum = Crc32::new(0);
    for piece in pieces {
        checksum.process_buf_bytes(piece);
    }
    checksum.crc()
}

/// Corrects the checksums of all pages, for tests that damage what is inside.
#[cfg(test)]
pub(super) fn fix_checksums(bytes: &mut [u8]) {
    let mut at = 0;
    while at + HEADER_BYTES <= bytes.len() {
        if !bytes[at..].starts_with(b"OggS") {
            at += 1;
            continue;
        }
        let body_at = at + HEADER_BYTES + usize::from(bytes[at + 26]);
        let end = bytes
            .get(at + HEADER_BYTES..body_at)
            .map(|segments| body_at + segments.iter().map(|&length| usize::from(length)).sum::<usize>());
        let Some(end) = end.filter(|&end| end <= bytes.len()) else {
            at += 4;
            continue;
        };
        bytes[at + CHECKSUM.start..at + CHECKSUM.end].fill(0);
        let sum = checksum([&bytes[at..end], &[], &[]]);
        bytes[at + CHECKSUM.start..at + CHECKSUM.end].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}
