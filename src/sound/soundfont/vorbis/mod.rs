//! One compressed sample of an SF3: an Ogg Vorbis stream into 16-bit frames.
//!
//! The decoder is memory-safe but trusting: a setup header of a few kilobytes may ask for gigabytes of codebooks. So the
//! headers are looked at before it is made, frames are counted against a budget, and a panic in it is a refusal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use symphonia::core::codecs::audio::well_known::CODEC_ID_VORBIS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder as _, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::VorbisDecoder;

use super::ogg::Packets;

/// Frames of one sample: twelve minutes at 44.1 kHz.
const MAX_FRAMES: usize = 32 << 20;
/// Numbers in all codebooks of a stream together; libvorbis's own encoder stays below 100,000.
const MAX_CODEBOOK_NUMBERS: u64 = 4 << 20;
/// The bytes of the identification header (Vorbis I, 4.2.2).
const IDENTIFICATION_BYTES: usize = 30;

/// What went wrong with a stream, to be said of a sample ("sample 7 …").
pub(super) type Fault = &'static str;

/// Frames that may still be decoded, shared by all samples of a font.
#[derive(Debug)]
pub(super) struct Budget(AtomicU64);

impl Budget {
    pub fn new(frames: u64) -> Self {
        Self(AtomicU64::new(frames))
    }

    /// Takes some, or says that there are not as many.
    fn take(&self, frames: usize) -> bool {
        let left = |left: u64| left.checked_sub(frames as u64);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok()
    }
}

/// Decodes a stream of one channel. `go_on` is asked between packets; where it says no, what is decoded so far comes
/// back.
pub(super) fn decode(stream: &[u8], budget: &Budget, go_on: &dyn Fn() -> bool) -> Result<Vec<i16>, Fault> {
    // A bug of the decoder's must not take the program along; nothing of it is used again.
    catch_unwind(AssertUnwindSafe(|| decode_trusting(stream, budget, go_on)))
        .unwrap_or(Err("makes the Vorbis decoder fail"))
}

fn decode_trusting(stream: &[u8], budget: &Budget, go_on: &dyn Fn() -> bool) -> Result<Vec<i16>, Fault> {
    let mut packets = Packets::new(stream);
    let mut header = || packets.next()?.ok_or("has no Vorbis headers");
    let (identification, _comments, setup) = (header()?, header()?, header()?);
    let mut decoder = decoder(&identification, &setup)?;
    let (mut frames, mut decoded) = (Vec::new(), Vec::new());
    while go_on() {
        let Some(packet) = packets.next()? else { break };
        // The decoder says nothing of the first packet, which only laps into the second (Vorbis I, 4.3.8).
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, &packet);
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
    let wanted = packets.position().and_then(|position| usize::try_from(position).ok());
    frames.truncate(wanted.unwrap_or(usize::MAX));
    Ok(frames)
}

/// As libvorbis scales: full scale is 32,768, and what is beyond is clipped. What is no number is silence.
fn to_16_bits(value: f32) -> i16 {
    (value * 32_768.0).round() as i16 // saturates, and takes NaN to 0
}

/// The decoder of a stream, once its headers are known to ask for no more than real streams do.
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
    let mut bits = Bits::new(setup.strip_prefix(b"\x05vorbis")?);
    let codebooks = bits.read(8)? + 1;
    let mut numbers = 0;
    for _ in 0..codebooks {
        if bits.read(24)? != 0x56_4342 {
            return None;
        }
        let (dimensions, entries) = (bits.read(16)?, bits.read(24)?);
        let is_ordered = bits.read(1)? == 1;
        if is_ordered {
            bits.skip(5)?;
            let mut counted = 0;
            while counted < entries {
                counted += bits.read(width_of(entries - counted))?;
            }
        } else if bits.read(1)? == 1 {
            for _ in 0..entries {
                if bits.read(1)? == 1 {
                    bits.skip(5)?;
                }
            }
        } else {
            bits.skip(5 * entries)?;
        }
        numbers += entries;
        let lookup = bits.read(4)?;
        if lookup > 0 {
            bits.skip(64)?;
            let width = bits.read(4)? + 1;
            bits.skip(1)?;
            let values = match lookup {
                1 => root(entries, dimensions),
                2 => entries * dimensions,
                _ => return None,
            };
            bits.skip(width.checked_mul(values)?)?;
            numbers += entries * dimensions;
        }
    }
    Some(numbers)
}

/// Bits needed to write a number.
fn width_of(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

/// The largest whole number whose power of `dimensions` is at most `entries` (Vorbis I, 9.2.3).
fn root(entries: u64, dimensions: u64) -> u64 {
    let fits = |base: u64| base.checked_pow(dimensions as u32).is_some_and(|power| power <= entries);
    let mut most = if dimensions == 0 { 0 } else { entries };
    let mut least = 0;
    while least < most {
        let middle = least + (most - least).div_ceil(2);
        if fits(middle) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    least
}

/// Reads bits, the lowest of each byte first (Vorbis I, 2.1).
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next bits as a number, `None` behind the end.
    fn read(&mut self, count: u32) -> Option<u64> {
        let mut number = 0;
        for index in 0..count {
            let byte = *self.bytes.get((self.at / 8) as usize)?;
            number |= u64::from(byte >> (self.at % 8) & 1) << index;
            self.at += 1;
        }
        Some(number)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len() as u64 * 8).then_some(())
    }
}

#[cfg(test)]
pub(super) mod tests;
