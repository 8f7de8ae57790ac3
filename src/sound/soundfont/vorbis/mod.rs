//! One compressed sample of an SF3: an Ogg Vorbis stream into 16-bit frames.
//!
//! The decoder is memory-safe but trusting: a setup header of a few kilobytes may ask for gigabytes of codebooks. So
//! the headers are checked before it is made, frames are counted against a budget, and a panic in it is a refusal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use symphonia::core::codecs::audio::well_known::CODEC_ID_VORBIS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder as _, AudioDecoderOptions};
use symphonia::core::io::{BitReaderRtl, FiniteBitStream as _, ReadBitsRtl as _};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::VorbisDecoder;

use super::ogg::{Fault, OggStream};

/// Frames of one sample: twelve minutes at 44.1 kHz.
const MAX_FRAMES: usize = 32 << 20;
/// Numbers in all codebooks of a stream together; libvorbis's own encoder stays below 100,000.
const MAX_CODEBOOK_NUMBERS: u64 = 4 << 20;
/// The bytes of the identification header (Vorbis I, 4.2.2).
const IDENTIFICATION_BYTES: usize = 30;

/// Frames that may still be decoded, shared by all samples of a font.
#[derive(Debug)]
pub(super) struct Budget(AtomicU64);

impl Budget {
    pub fn new(frames: u64) -> Self {
        Self(AtomicU64::new(frames))
    }

    /// Takes some; false if there are not as many.
    fn take(&self, frames: usize) -> bool {
        let left = |left: u64| left.checked_sub(frames as u64);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok()
    }
}

/// Decodes a stream of one channel. Stops between packets as soon as `goes_on` is false, with what is decoded so far.
pub(super) fn decode(stream: &[u8], budget: &Budget, goes_on: &dyn Fn() -> bool) -> Result<Vec<i16>, Fault> {
    // a bug in the decoder must not crash the program; nothing of it is used again
    catch_unwind(AssertUnwindSafe(|| decode_trusting(stream, budget, goes_on)))
        .unwrap_or(Err("makes the Vorbis decoder fail"))
}

fn decode_trusting(stream: &[u8], budget: &Budget, goes_on: &dyn Fn() -> bool) -> Result<Vec<i16>, Fault> {
    let stream = OggStream::read(stream)?;
    let mut packets = stream.packets();
    let mut header = || packets.next().ok_or("has no Vorbis headers");
    let (identification, _comments, setup) = (header()?, header()?, header()?);
    let mut decoder = decoder(identification, setup)?;
    let (mut frames, mut decoded) = (Vec::new(), Vec::new());
    for packet in packets.take_while(|_| goes_on()) {
        // the decoder gives nothing for the first packet, which only overlaps the second (Vorbis I, 4.3.8)
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, packet);
        let buffer = decoder.decode_ref(&packet).map_err(|_| "is a damaged Vorbis stream")?;
        let count = buffer.frames();
        if frames.len() + count > MAX_FRAMES {
            return Err("is too long");
        }
        if !budget.take(count) {
            return Err("is one too many: the font becomes far larger than its file");
        }
        decoded.resize(count, 0.0_f32);
        buffer.copy_to_slice_interleaved(&mut decoded);
        frames.extend(decoded.iter().copied().map(to_16_bits));
    }
    let wanted = stream.frames.and_then(|frames| usize::try_from(frames).ok());
    frames.truncate(wanted.unwrap_or(usize::MAX));
    Ok(frames)
}

/// Scaled as by libvorbis: full scale is 32,768, and what is beyond is clipped. What is no number becomes silence.
fn to_16_bits(value: f32) -> i16 {
    (value * 32_768.0).round() as i16 // saturates, and takes NaN to 0
}

/// The decoder for a stream, if its headers ask for no more than real streams do.
fn decoder(identification: &[u8], setup: &[u8]) -> Result<VorbisDecoder, Fault> {
    const UNKNOWN: Fault = "has no sound Vorbis headers";
    if identification.len() != IDENTIFICATION_BYTES || !identification.starts_with(b"\x01vorbis") {
        return Err(UNKNOWN);
    }
    if identification[11] != 1 {
        return Err("is not mono");
    }
    let numbers = codebook_numbers(setup).ok_or(UNKNOWN)?;
    if numbers > MAX_CODEBOOK_NUMBERS {
        return Err("has codebooks of an impossible size");
    }
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_VORBIS).with_extra_data([identification, setup].concat().into());
    VorbisDecoder::try_new(&parameters, &AudioDecoderOptions::default()).map_err(|_| UNKNOWN)
}

/// How many numbers the decoder would unpack from the codebooks of a setup header (Vorbis I, 3.2.1 and 4.2.4).
fn codebook_numbers(setup: &[u8]) -> Option<u64> {
    let mut bits = BitReaderRtl::new(setup.strip_prefix(b"\x05vorbis")?);
    let codebooks = read(&mut bits, 8)? + 1;
    let mut numbers = 0;
    for _ in 0..codebooks {
        if read(&mut bits, 24)? != 0x56_4342 {
            return None;
        }
        let (dimensions, entries) = (read(&mut bits, 16)?, read(&mut bits, 24)?);
        let is_ordered = read(&mut bits, 1)? == 1;
        if is_ordered {
            skip(&mut bits, 5)?;
            let mut counted = 0;
            while counted < entries {
                counted += read(&mut bits, u64::BITS - (entries - counted).leading_zeros())?;
            }
        } else if read(&mut bits, 1)? == 1 {
            for _ in 0..entries {
                if read(&mut bits, 1)? == 1 {
                    skip(&mut bits, 5)?;
                }
            }
        } else {
            skip(&mut bits, 5 * entries)?;
        }
        numbers += entries;
        let lookup = read(&mut bits, 4)?;
        if lookup > 0 {
            skip(&mut bits, 64)?;
            let width = read(&mut bits, 4)? + 1;
            skip(&mut bits, 1)?;
            let values = match lookup {
                1 => root(entries, dimensions),
                2 => entries * dimensions,
                _ => return None,
            };
            skip(&mut bits, width * values)?;
            numbers += entries * dimensions;
        }
    }
    Some(numbers)
}

/// The next bits as a number, 32 at most; `None` beyond the end.
fn read(bits: &mut BitReaderRtl<'_>, count: u32) -> Option<u64> {
    bits.read_bits_leq32(count).ok().map(u64::from)
}

fn skip(bits: &mut BitReaderRtl<'_>, count: u64) -> Option<()> {
    // streams are far shorter than that
    if count > bits.bits_left() { None } else { bits.ignore_bits(u32::try_from(count).ok()?).ok() }
}

/// The largest whole number whose power of `dimensions` is at most `entries` (Vorbis I, 9.2.3).
fn root(entries: u64, dimensions: u64) -> u64 {
    let fits = |base: &u64| base.checked_pow(dimensions as u32).is_some_and(|power| power <= entries);
    match dimensions {
        0 => 0,
        1 => entries,
        _ => (1..=entries).take_while(fits).last().unwrap_or(0), // at most 4,096 of them
    }
}

#[cfg(test)]
pub(super) mod tests;
