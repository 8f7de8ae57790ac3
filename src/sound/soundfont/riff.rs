//! RIFF chunks over a borrowed slice: nothing is copied, nothing outside the slice is looked at.

use super::Refusal;

/// One chunk: its four letters and what is in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'a> {
    pub id: [u8; 4],
    pub body: &'a [u8],
}

/// Walks the chunks of a body. A chunk that claims more than there is ends the walk with an error.
pub(super) struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    pub fn new(body: &'a [u8]) -> Self {
        Self { rest: body }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        let (header, after) = self.rest.split_first_chunk::<8>()?;
        let [a, b, c, d, size @ ..] = *header;
        let id = [a, b, c, d];
        let size = u32::from_le_bytes(size) as usize;
        if size > after.len() {
            self.rest = &[];
            return Some(Err(Refusal::Truncated(name_of(id))));
        }
        let (body, rest) = after.split_at(size);
        // Odd chunks are padded to even; the last one's padding is often forgotten.
        self.rest = rest.get(size % 2..).unwrap_or_default();
        Some(Ok(Chunk { id, body }))
    }
}

/// The chunks of a LIST of that kind, such as `pdta`; `None` where the chunk is no such list.
pub(super) fn list(chunk: Chunk<'_>, kind: [u8; 4]) -> Option<Chunks<'_>> {
    let (found, body) = chunk.body.split_first_chunk::<4>()?;
    (chunk.id == *b"LIST" && *found == kind).then(|| Chunks::new(body))
}

/// A chunk's letters as text that is safe to print.
pub(super) fn name_of(id: [u8; 4]) -> String {
    id.iter()
        .map(|&letter| if letter.is_ascii_graphic() { char::from(letter) } else { '?' })
        .collect()
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
