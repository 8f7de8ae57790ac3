//! Ogg (RFC 3533), as far as one Vorbis stream in memory needs it: pages into packets.
//!
//! Strict, and nothing is made larger than the stream: a page that is damaged, out of order or cut is a fault, not
//! something to search beyond. Other logical streams are skipped; a second stream behind the first ends it.

use std::borrow::Cow;

use symphonia::core::checksum::Crc32;
use symphonia::core::io::Monitor as _;

use super::vorbis::Fault;

const HEAD_BYTES: usize = 27;
/// Where in a page's head its checksum is.
const CHECKSUM: std::ops::Range<usize> = 22..26;
/// The position of a page in which no packet ends.
const NO_POSITION: u64 = u64::MAX;

const DAMAGED: Fault = "is a damaged Ogg stream";

/// The packets of the first logical stream.
pub(super) struct Packets<'a> {
    rest: &'a [u8],
    /// Serial number and number of the next page, once there was one.
    stream: Option<(u32, u32)>,
    /// Lengths of what is left of the present page: 255 goes on in the next, less ends a packet.
    segments: &'a [u8],
    body: &'a [u8],
    /// The start of a packet that goes on in the present page.
    begun: Vec<u8>,
    is_last_page: bool,
    position: Option<u64>,
}

struct Page<'a> {
    flags: u8,
    position: u64,
    serial: u32,
    number: u32,
    segments: &'a [u8],
    body: &'a [u8],
}

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

impl<'a> Packets<'a> {
    pub fn new(stream: &'a [u8]) -> Self {
        Self {
            rest: stream,
            stream: None,
            segments: &[],
            body: &[],
            begun: Vec::new(),
            is_last_page: false,
            position: None,
        }
    }

    /// How many frames there are up to the end of the last page that was read: an encoder fills its last block up, and
    /// says so here.
    pub fn position(&self) -> Option<u64> {
        self.position
    }

    /// The next packet, `None` behind the last.
    pub fn next(&mut self) -> Result<Option<Cow<'a, [u8]>>, Fault> {
        loop {
            if let Some(packet) = self.next_of_page() {
                return Ok(Some(packet));
            }
            if self.is_last_page || self.rest.is_empty() || !self.turn_page()? {
                return Ok(None);
            }
        }
    }

    /// The next packet that ends in the present page; what is begun there is kept.
    fn next_of_page(&mut self) -> Option<Cow<'a, [u8]>> {
        let end = self.segments.iter().position(|&length| length < 255);
        let count = end.map_or(self.segments.len(), |end| end + 1);
        let (now, later) = self.segments.split_at(count);
        let bytes = now.iter().map(|&length| usize::from(length)).sum();
        let (piece, body) = self.body.split_at(bytes);
        (self.segments, self.body) = (later, body);
        if end.is_none() {
            self.begun.extend_from_slice(piece);
            return None;
        }
        if self.begun.is_empty() {
            return Some(Cow::Borrowed(piece));
        }
        let mut packet = std::mem::take(&mut self.begun);
        packet.extend_from_slice(piece);
        Some(Cow::Owned(packet))
    }

    /// Goes to the stream's next page. False where there is none.
    fn turn_page(&mut self) -> Result<bool, Fault> {
        while !self.rest.is_empty() {
            let (page, rest) = page(self.rest)?;
            self.rest = rest;
            match self.stream {
                None if page.flags & FIRST == 0 => return Err(DAMAGED),
                Some(_) if page.flags & FIRST != 0 => return Ok(false),
                Some((serial, _)) if page.serial != serial => continue,
                Some((_, number)) if page.number != number => return Err(DAMAGED),
                _ => {}
            }
            if (page.flags & CONTINUED != 0) == self.begun.is_empty() {
                return Err(DAMAGED);
            }
            self.stream = Some((page.serial, page.number.wrapping_add(1)));
            (self.segments, self.body) = (page.segments, page.body);
            self.is_last_page = page.flags & LAST != 0;
            if page.position != NO_POSITION {
                self.position = Some(page.position);
            }
            return Ok(true);
        }
        Ok(false)
    }
}

/// The page that begins here, checked, and what is behind it.
fn page(bytes: &[u8]) -> Result<(Page<'_>, &[u8]), Fault> {
    let (head, after) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or(DAMAGED)?;
    if !head.starts_with(b"OggS\0") {
        return Err(DAMAGED);
    }
    let (segments, after) = after.split_at_checked(usize::from(head[26])).ok_or(DAMAGED)?;
    let body_bytes = segments.iter().map(|&length| usize::from(length)).sum();
    let (body, rest) = after.split_at_checked(body_bytes).ok_or(DAMAGED)?;
    let number_at = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let mut blank = *head;
    blank[CHECKSUM].fill(0);
    if checksum([blank.as_slice(), segments, body]) != number_at(CHECKSUM.start) {
        return Err(DAMAGED);
    }
    let page = Page {
        flags: head[5],
        position: u64::from(number_at(6)) | u64::from(number_at(10)) << 32,
        serial: number_at(14),
        number: number_at(18),
        segments,
        body,
    };
    Ok((page, rest))
}

/// A page's checksum, its own place taken as zeros.
fn checksum(pieces: [&[u8]; 3]) -> u32 {
    let mut checksum = Crc32::new(0);
    for piece in pieces {
        checksum.process_buf_bytes(piece);
    }
    checksum.crc()
}

/// Makes the checksums of all pages right again, for tests that damage what is inside.
#[cfg(test)]
pub(super) fn mend(bytes: &mut [u8]) {
    let mut at = 0;
    while at + HEAD_BYTES <= bytes.len() {
        if !bytes[at..].starts_with(b"OggS") {
            at += 1;
            continue;
        }
        let body_at = at + HEAD_BYTES + usize::from(bytes[at + 26]);
        let end = bytes
            .get(at + HEAD_BYTES..body_at)
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
