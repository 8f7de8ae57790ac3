//! Ogg Vorbis, by libvorbis (its aoTuV and Lancer branch).

use std::num::{NonZeroU8, NonZeroU32};

use vorbis_rs::{VorbisBitrateManagementStrategy, VorbisEncoder, VorbisEncoderBuilder, VorbisError};

use super::super::encoder::{EncodeError, Encoder, Output};

/// Identifies the stream within its file; always the same, so that the same sound gives the same bytes.
const SERIAL: i32 = 1;
/// Frames encoded at a time: libvorbis is slow with large blocks.
const BLOCK_FRAMES: usize = 1024;

/// See the module.
pub(super) struct Ogg<'a> {
    encoder: VorbisEncoder<Box<dyn Output + 'a>>,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl<'a> Ogg<'a> {
    /// `quality` from 0 to 10.
    pub fn new(out: Box<dyn Output + 'a>, sample_rate_hz: u32, quality: f32, title: &str) -> Result<Self, EncodeError> {
        let rate = NonZeroU32::new(sample_rate_hz).ok_or_else(|| EncodeError::refused("there is no rate of 0 Hz"))?;
        let mut builder = VorbisEncoderBuilder::new_with_serial(rate, NonZeroU8::MIN.saturating_add(1), out, SERIAL);
        builder.bitrate_management_strategy(VorbisBitrateManagementStrategy::QualityVbr {
            target_quality: quality.clamp(0.0, 10.0) / 10.0,
        });
        if !title.is_empty() {
            builder.comment_tag("TITLE", title).map_err(encode_error)?;
        }
        Ok(Self {
            encoder: builder.build().map_err(encode_error)?,
            left: Vec::with_capacity(BLOCK_FRAMES),
            right: Vec::with_capacity(BLOCK_FRAMES),
        })
    }
}

impl Encoder for Ogg<'_> {
    fn write(&mut self, samples: &[f32]) -> Result<(), EncodeError> {
        for block in samples.chunks(BLOCK_FRAMES * 2) {
            self.left.clear();
            self.right.clear();
            for frame in block.as_chunks::<2>().0 {
                self.left.push(frame[0]);
                self.right.push(frame[1]);
            }
            self.encoder.encode_audio_block([&self.left, &self.right]).map_err(encode_error)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), EncodeError> {
        Ok(self.encoder.finish().map_err(encode_error)?.flush()?)
    }
}

fn encode_error(error: VorbisError) -> EncodeError {
    match error {
        VorbisError::Io(error) => error.into(),
        other => EncodeError::refused(other),
    }
}
