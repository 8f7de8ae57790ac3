//! RIFF chunks of a source: only their heads are read, and nothing outside the stretch that is walked is looked at.

use std::ops::Range;

use super::error::Refusal;
use super::source::Source;

/// More chunks than any font has in one list.
const MAX_CHUNKS: usize = 256;

/// One chunk: its four letters and where its body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub id: [u8; 4],
    pub body: Range<u64>,
}

impl Chunk {
    /// How many bytes are in it.
    pub fn len(&self) -> u64 {
        self.body.end - self.body.start
    }
}

/// The chunks of a stretch, at most `most` of them. One that claims more than there is, is an error.
pub(super) fn chunks(source: &Source, within: Range<u64>, most: Option<usize>) -> Result<Vec<Chunk>, Refusal> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at + 8 <= within.end && most.is_none_or(|most| found.len() < most) {
        if found.len() == MAX_CHUNKS {
            return Err(Refusal::TooMany { what: "chunks in a list", count: found.len() + 1, most: MAX_CHUNKS });
        }
        let mut head = [0; 8];
        source.read_at(at, &mut head)?;
        let [a, b, c, d, size @ ..] = head;
        let id = [a, b, c, d];
        let size = u64::from(u32::from_le_bytes(size));
        let body = at + 8..at + 8 + size;
        if body.end > within.end {
            return Err(Refusal::Truncated(name_of(id)));
        }
        at = body.end;
        // Odd chunks are padded with a zero, with which no name begins; SF3 fonts in use lack it.
        let mut pad = [1];
        if size % 2 == 1 && at < within.end {
            source.read_at(at, &mut pad)?;
            at += u64::from(pad == [0]);
        }
        found.push(Chunk { id, body });
    }
    Ok(found)
}

/// A LIST as a chunk of its kind, such as `pdta`, its body the list's chunks; `None` where the chunk is no list.
pub(super) fn list(source: &Source, chunk: &Chunk) -> Result<Option<Chunk>, Refusal> {
    if chunk.id != *b"LIST" || chunk.len() < 4 {
        return Ok(None);
    }
    let mut kind = [0; 4];
    source.read_at(chunk.body.start, &mut kind)?;
    Ok(Some(Chunk { id: kind, body: chunk.body.start + 4..chunk.body.end }))
}

/// A chunk's letters as text that is safe to print.
pub(super) fn name_of(id: [u8; 4]) -> String {
    id.iter().map(|&letter| if letter.is_ascii_graphic() { char::from(letter) } else { '?' }).collect()
}

/// Appends a chunk, its body written by `fill`, padded to an even length.
pub(super) fn write_chunk(out: &mut Vec<u8>, id: [u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&id);
    let size_at = out.len();
    out.extend_from_slice(&[0; 4]);
    fill(out);
    let size = (out.len() - size_at - 4) as u32;
    out[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
    if size % 2 == 1 {
        out.push(0);
    }
}
