//! MP3, by LAME: our own ID3 tag, the sound, and LAME's own first frame (length, gapless playback) corrected at the
//! end.

use std::io::{SeekFrom, Write as _};

use mp3lame_encoder::{Bitrate, Builder, FlushGap, InterleavedPcm, Quality, max_required_buffer_size};

use super::super::encoder::{EncodeError, Encoder, Output};

/// Frames encoded at a time.
const BLOCK_FRAMES: usize = 1152;

/// See the module.
pub(super) struct Mp3<'a> {
    out: Box<dyn Output + 'a>,
    encoder: mp3lame_encoder::Encoder,
    encoded: Vec<u8>,
    tag_bytes: u64,
}

impl<'a> Mp3<'a> {
    pub fn new(
        mut out: Box<dyn Output + 'a>,
        sample_rate_hz: u32,
        kbps: u16,
        title: &str,
    ) -> Result<Self, EncodeError> {
        let bit_rate = match kbps {
            128 => Bitrate::Kbps128,
            192 => Bitrate::Kbps192,
            256 => Bitrate::Kbps256,
            320 => Bitrate::Kbps320,
            _ => return Err(EncodeError::refused(format!("{kbps} kbit/s is no bit rate that is offered"))),
        };
        let encoder = Builder::new()
            .ok_or_else(|| EncodeError::refused("LAME has no memory"))?
            .with_num_channels(2)
            .and_then(|builder| builder.with_sample_rate(sample_rate_hz))
            .and_then(|builder| builder.with_brate(bit_rate))
            .and_then(|builder| builder.with_quality(Quality::NearBest))
            .and_then(|builder| builder.with_to_write_vbr_tag(true))
            .and_then(Builder::build)
            .map_err(EncodeError::refused)?;
        // LAME's own tags are Latin-1 and 250 bytes
        let tag = id3_tag(title);
        out.write_all(&tag)?;
        Ok(Self { out, encoder, encoded: Vec::new(), tag_bytes: tag.len() as u64 })
    }
}

impl Encoder for Mp3<'_> {
    fn write(&mut self, samples: &[f32]) -> Result<(), EncodeError> {
        for block in samples.chunks(BLOCK_FRAMES * 2) {
            self.encoded.clear();
            self.encoded.reserve(max_required_buffer_size(block.len() / 2));
            self.encoder.encode_to_vec(InterleavedPcm(block), &mut self.encoded).map_err(EncodeError::refused)?;
            self.out.write_all(&self.encoded)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), EncodeError> {
        self.encoded.clear();
        self.encoded.reserve(max_required_buffer_size(BLOCK_FRAMES));
        self.encoder.flush_to_vec::<FlushGap>(&mut self.encoded).map_err(EncodeError::refused)?;
        self.out.write_all(&self.encoded)?;
        let mut first_frame = Vec::with_capacity(self.encoder.lame_tag_size());
        if self.encoder.lame_tag_encode_to_vec(&mut first_frame).is_some() {
            self.out.seek(SeekFrom::Start(self.tag_bytes))?;
            self.out.write_all(&first_frame)?;
        }
        Ok(self.out.flush()?)
    }
}

/// An ID3v2.4 tag with the title in UTF-8; nothing for no title.
fn id3_tag(title: &str) -> Vec<u8> {
    if title.is_empty() {
        return Vec::new();
    }
    let mut frame = b"TIT2".to_vec();
    frame.extend(seven_bits(title.len() + 1));
    frame.extend([0, 0, 3]); // no flags; UTF-8
    frame.extend(title.as_bytes());
    let mut tag = b"ID3\x04\0\0".to_vec();
    tag.extend(seven_bits(frame.len()));
    tag.extend(frame);
    tag
}

/// A length of seven bits a byte, so that no byte of it looks like a frame's beginning. Titles are far below 2^28
/// bytes.
fn seven_bits(length: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (length >> shift) as u8 & 0x7F)
}
