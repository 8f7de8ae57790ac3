//! FLAC, by flacenc: a frame at a time, the header overwritten with its final values at the end.

use std::io::{SeekFrom, Write as _};

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr, MetadataBlockData, Stream, StreamInfo};
use flacenc::config;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify as _};
use flacenc::source::{Context, Fill as _, FrameBuf};

use super::super::encoder::{EncodeError, Encoder, Output};
use super::super::quantise::{Depth, Quantiser};

/// Sample frames in a FLAC frame; the last one is shorter.
const BLOCK_FRAMES: usize = 4096;
/// The number of Vorbis comments among metadata blocks.
const COMMENTS: u8 = 4;

/// See the module.
pub(super) struct Flac<'a> {
    out: Box<dyn Output + 'a>,
    config: Verified<config::Encoder>,
    info: StreamInfo,
    comments: Vec<u8>,
    quantiser: Quantiser,
    /// Interleaved samples that wait for their block to be full.
    waiting: Vec<i32>,
    block: FrameBuf,
    /// Counts and hashes what was written.
    context: Context,
    frames_written: usize,
}

impl<'a> Flac<'a> {
    pub fn new(out: Box<dyn Output + 'a>, sample_rate_hz: u32, depth: Depth, title: &str) -> Result<Self, EncodeError> {
        let bits = usize::from(depth.bits());
        if depth == Depth::Float32 {
            return Err(EncodeError::refused("FLAC holds 16 or 24 bits"));
        }
        let config = config::Encoder::default().into_verified().map_err(|(_, error)| EncodeError::refused(error))?;
        let mut flac = Self {
            out,
            config,
            info: StreamInfo::new(sample_rate_hz as usize, 2, bits).map_err(EncodeError::refused)?,
            comments: comments(title),
            quantiser: Quantiser::new(depth),
            waiting: Vec::with_capacity(BLOCK_FRAMES * 2),
            block: FrameBuf::with_size(2, BLOCK_FRAMES).map_err(EncodeError::refused)?,
            context: Context::new(bits, 2),
            frames_written: 0,
        };
        let header = flac.header()?;
        flac.out.write_all(&header)?;
        Ok(flac)
    }

    /// Of the same length at the start and at the end.
    fn header(&mut self) -> Result<Vec<u8>, EncodeError> {
        let info = &mut self.info;
        // the last block may be shorter, but only the others count
        info.set_block_sizes(BLOCK_FRAMES, BLOCK_FRAMES).map_err(EncodeError::refused)?;
        info.set_total_samples(self.context.total_samples());
        info.set_md5_digest(&self.context.md5_digest());
        let mut stream = Stream::with_stream_info(info.clone());
        stream.add_metadata_block(
            MetadataBlockData::new_unknown(COMMENTS, &self.comments).map_err(EncodeError::refused)?,
        );
        bytes_of(&stream)
    }

    fn write_block(&mut self) -> Result<(), EncodeError> {
        self.block.fill_interleaved(&self.waiting).map_err(EncodeError::refused)?;
        self.context.fill_interleaved(&self.waiting).map_err(EncodeError::refused)?;
        self.waiting.clear();
        let frame = encode_fixed_size_frame(&self.config, &self.block, self.frames_written, &self.info)
            .map_err(EncodeError::refused)?;
        self.frames_written += 1;
        self.info.update_frame_info(&frame);
        let bytes = bytes_of(&frame)?;
        Ok(self.out.write_all(&bytes)?)
    }
}

impl Encoder for Flac<'_> {
    fn write(&mut self, samples: &[f32]) -> Result<(), EncodeError> {
        for &sample in samples {
            let whole = self.quantiser.quantise(sample);
            self.waiting.push(whole);
            if self.waiting.len() == BLOCK_FRAMES * 2 {
                self.write_block()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), EncodeError> {
        if !self.waiting.is_empty() {
            self.write_block()?;
        }
        let header = self.header()?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        Ok(self.out.flush()?)
    }
}

fn bytes_of(component: &impl BitRepr) -> Result<Vec<u8>, EncodeError> {
    let mut sink = ByteSink::new();
    component.write(&mut sink).map_err(EncodeError::refused)?;
    Ok(sink.into_inner())
}

/// A block of Vorbis comments: our name, then the title; lengths little-endian, as in Ogg.
fn comments(title: &str) -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let title = if title.is_empty() { Vec::new() } else { text(&format!("TITLE={title}")) };
    let count = u32::from(!title.is_empty());
    [text("Cantus"), count.to_le_bytes().to_vec(), title].concat()
}
