//! The SF2 image the synth loads: the checked tables and nothing else, around sample data that stays where it is.
//!
//! Canonical where files may vary: instruments' and samples' names are ours (the synth finds samples by name, and a
//! name may be no text), each zone's ranges come first and its target last, terminal records are exact, and there is
//! silence around the sample data, so that interpolation at either edge stays inside.

use std::ops::Range;
use std::sync::Arc;

use super::riff::write_chunk;
use super::source::Source;
use super::tables::{Font, Sample, Zone, generator};

/// Frames of silence before the first sample and after the last.
const GUARD_FRAMES: u32 = 64;
const GUARD_BYTES: usize = GUARD_FRAMES as usize * 2;

/// Bytes of the image before the sample data, the same in every image.
pub(super) const HEAD_BYTES: usize = 88 + GUARD_BYTES;

/// An SF2 file that is nowhere as a whole. Cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::sound) struct Image {
    head: Arc<[u8]>,
    source: Arc<Source>,
    data: Range<u64>,
    tail: Arc<[u8]>,
}

impl Image {
    /// Of checked tables, nothing compressed among them, and the source their sample data is in.
    pub(super) fn new(font: &Font, source: Arc<Source>) -> Self {
        let tail = tail(font);
        let whole_frames = font.data_bytes() / 2 * 2;
        Self {
            head: head(whole_frames, tail.len() as u64).into(),
            source,
            data: font.data.start..font.data.start + whole_frames,
            tail: tail.into(),
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> u64 {
        self.head.len() as u64 + (self.data.end - self.data.start) + self.tail.len() as u64
    }

    /// Fills `into` from that place on. False where there are not as many bytes, or where the file does not give them.
    pub fn read_at(&self, at: u64, into: &mut [u8]) -> bool {
        let data_at = self.head.len() as u64;
        let tail_at = data_at + (self.data.end - self.data.start);
        let (mut at, mut into) = (at, into);
        if at.saturating_add(into.len() as u64) > self.len() {
            return false;
        }
        while !into.is_empty() {
            let part_end = if at < data_at {
                data_at
            } else if at < tail_at {
                tail_at
            } else {
                self.len()
            };
            let (now, later) = into.split_at_mut((into.len() as u64).min(part_end - at) as usize);
            if at < data_at {
                now.copy_from_slice(&self.head[at as usize..at as usize + now.len()]);
            } else if at < tail_at {
                if self.source.read_at(self.data.start + (at - data_at), now).is_err() {
                    return false;
                }
            } else {
                let from = (at - tail_at) as usize;
                now.copy_from_slice(&self.tail[from..from + now.len()]);
            }
            at += now.len() as u64;
            into = later;
        }
        true
    }
}

/// Everything before the sample data; `data_bytes` of it and `tail_bytes` of [`tail`] follow.
pub(super) fn head(data_bytes: u64, tail_bytes: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEAD_BYTES);
    // the lists that open here end further down, so their sizes are worked out
    out.extend_from_slice(b"RIFF");
    put_u32(&mut out, HEAD_BYTES as u64 - 8 + data_bytes + tail_bytes);
    out.extend_from_slice(b"sfbk");
    write_list(&mut out, *b"INFO", |out| {
        write_chunk(out, *b"ifil", |out| put_u16s(out, &[2, 1]));
        write_chunk(out, *b"isng", |out| out.extend_from_slice(b"EMU8000\0"));
        write_chunk(out, *b"INAM", |out| out.extend_from_slice(b"checked\0"));
    });
    let sample_bytes = data_bytes + 2 * GUARD_BYTES as u64;
    out.extend_from_slice(b"LIST");
    put_u32(&mut out, sample_bytes + 12);
    out.extend_from_slice(b"sdtasmpl");
    put_u32(&mut out, sample_bytes);
    out.resize(out.len() + GUARD_BYTES, 0);
    out
}

/// Everything after the sample data.
pub(super) fn tail(font: &Font) -> Vec<u8> {
    let mut out = vec![0; GUARD_BYTES];
    write_list(&mut out, *b"pdta", |out| write_parameters(out, font));
    out
}

fn write_parameters(out: &mut Vec<u8>, font: &Font) {
    let mut first_bag = 0;
    write_chunk(out, *b"phdr", |out| {
        for preset in &font.presets {
            put_text(out, &preset.name);
            put_u16s(out, &[preset.program, preset.bank, first_bag]);
            out.extend_from_slice(&[0; 12]); // library, genre, morphology: unused
            first_bag += preset.zones.len() as u16;
        }
        put_text(out, "EOP");
        put_u16s(out, &[0, 0, first_bag]);
        out.extend_from_slice(&[0; 12]);
    });
    let preset_zones: Vec<&Zone> = font.presets.iter().flat_map(|preset| &preset.zones).collect();
    write_zones(out, &preset_zones, [*b"pbag", *b"pmod", *b"pgen"], generator::INSTRUMENT);
    let mut first_bag = 0;
    write_chunk(out, *b"inst", |out| {
        for (index, instrument) in font.instruments.iter().enumerate() {
            put_name(out, 'i', index);
            put_u16s(out, &[first_bag]);
            first_bag += instrument.zones.len() as u16;
        }
        put_name(out, 'i', font.instruments.len());
        put_u16s(out, &[first_bag]);
    });
    let instrument_zones: Vec<&Zone> = font.instruments.iter().flat_map(|instrument| &instrument.zones).collect();
    write_zones(out, &instrument_zones, [*b"ibag", *b"imod", *b"igen"], generator::SAMPLE_ID);
    write_chunk(out, *b"shdr", |out| {
        for (index, sample) in font.samples.iter().enumerate() {
            put_name(out, 's', index);
            put_sample(out, sample.as_ref());
        }
        put_name(out, 's', font.samples.len());
        out.extend_from_slice(&[0; 26]);
    });
}

/// Bags, modulators and generators of zones, in the order the file wants them.
fn write_zones(out: &mut Vec<u8>, zones: &[&Zone], [bags, modulators, generators]: [[u8; 4]; 3], target_id: u16) {
    let generators_of = |zone: &Zone| (zone.generators.len() + usize::from(zone.target.is_some())) as u16;
    write_chunk(out, bags, |out| {
        let (mut first_generator, mut first_modulator) = (0_u16, 0_u16);
        for zone in zones {
            put_u16s(out, &[first_generator, first_modulator]);
            // Never wraps: the gate took no more out of the file than its own 16-bit indices could reach.
            first_generator += generators_of(zone);
            first_modulator += zone.modulators.len() as u16;
        }
        put_u16s(out, &[first_generator, first_modulator]);
    });
    write_chunk(out, modulators, |out| {
        for modulator in zones.iter().flat_map(|zone| &zone.modulators) {
            put_u16s(out, &[modulator.source, modulator.destination, modulator.amount, modulator.amount_source, 0]);
        }
        put_u16s(out, &[0; 5]);
    });
    write_chunk(out, generators, |out| {
        for zone in zones {
            let rank = |id: u16| match id {
                generator::KEY_RANGE => 0,
                generator::VELOCITY_RANGE => 1,
                _ => 2,
            };
            for wanted in 0..=2 {
                for &(id, amount) in zone.generators.iter().filter(|(id, _)| rank(*id) == wanted) {
                    put_u16s(out, &[id, amount]);
                }
            }
            if let Some(target) = zone.target {
                put_u16s(out, &[target_id, target]);
            }
        }
        put_u16s(out, &[0, 0]);
    });
}

/// A sample's header after its name. No zone uses one in ROM; a piece of the silence replaces it.
fn put_sample(out: &mut Vec<u8>, sample: Option<&Sample>) {
    let (positions, rate_hz, root_key, correction) = match sample {
        Some(sample) => (
            [sample.start, sample.end, sample.loop_start, sample.loop_end].map(|at| at + GUARD_FRAMES),
            sample.rate_hz,
            sample.root_key,
            sample.correction_cents,
        ),
        None => ([0, GUARD_FRAMES, 16, 48], 44_100, 60, 0),
    };
    for number in positions.into_iter().chain([rate_hz]) {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&[root_key, correction as u8]);
    put_u16s(out, &[0, 1]); // no link, mono
}

fn write_list(out: &mut Vec<u8>, kind: [u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    write_chunk(out, *b"LIST", |out| {
        out.extend_from_slice(&kind);
        fill(out);
    });
}

fn put_u16s(out: &mut Vec<u8>, numbers: &[u16]) {
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

fn put_u32(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

/// A name of ours, the same for nothing else in its table.
fn put_name(out: &mut Vec<u8>, kind: char, index: usize) {
    put_text(out, &format!("{kind}{index}"));
}

/// Twenty bytes, the text cut to fit and padded with at least one zero.
fn put_text(out: &mut Vec<u8>, text: &str) {
    let bytes = &text.as_bytes()[..text.floor_char_boundary(19)];
    out.extend_from_slice(bytes);
    out.resize(out.len() + 20 - bytes.len(), 0);
}

#[cfg(test)]
impl Image {
    /// All of it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len() as usize];
        assert!(self.read_at(0, &mut bytes));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::soundfont::testing;

    #[test]
    fn the_head_is_as_long_as_it_says_and_reads_cross_its_borders() {
        assert_eq!(head(0, 0).len(), HEAD_BYTES);
        let image = testing::font().image();
        let bytes = image.bytes();
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
        for at in (0..bytes.len()).step_by(61) {
            let mut piece = vec![0; 500.min(bytes.len() - at)];
            assert!(image.read_at(at as u64, &mut piece));
            assert_eq!(piece, bytes[at..at + piece.len()]);
        }
        assert!(!image.read_at(image.len() - 3, &mut [0; 4]) && !image.read_at(u64::MAX, &mut [0; 4]));
    }
}
