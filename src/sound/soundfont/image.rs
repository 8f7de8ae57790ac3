//! Writes the SF2 image the synth loads: the checked tables and nothing else.
//!
//! Canonical where files are free: names are ours (the synth finds samples by name, and a name may be no UTF-8), each
//! zone's ranges come first and its target last, terminal records are exact, and silence lies around the sample data,
//! so that interpolating at either edge stays inside.

use super::riff::write_chunk;
use super::tables::{Font, Sample, Zone, generator};

/// Frames of silence before the first sample and after the last.
const GUARD_FRAMES: u32 = 64;

/// The bytes of the image.
pub(super) fn write(font: &Font<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(font.data.len() + (1 << 20));
    write_chunk(&mut out, *b"RIFF", |out| {
        out.extend_from_slice(b"sfbk");
        write_list(out, *b"INFO", |out| {
            write_chunk(out, *b"ifil", |out| put_u16s(out, &[2, 1]));
            write_chunk(out, *b"isng", |out| out.extend_from_slice(b"EMU8000\0"));
            write_chunk(out, *b"INAM", |out| out.extend_from_slice(b"checked\0"));
        });
        write_list(out, *b"sdta", |out| {
            write_chunk(out, *b"smpl", |out| {
                let guard = GUARD_FRAMES as usize * 2;
                out.resize(out.len() + guard, 0);
                out.extend_from_slice(font.data);
                out.resize(out.len() + guard, 0);
            });
        });
        write_list(out, *b"pdta", |out| write_parameters(out, font));
    });
    out
}

fn write_parameters(out: &mut Vec<u8>, font: &Font<'_>) {
    let mut first_bag = 0;
    write_chunk(out, *b"phdr", |out| {
        for (index, preset) in font.presets.iter().enumerate() {
            put_name(out, 'p', index);
            put_u16s(out, &[preset.program, preset.bank, first_bag]);
            out.extend_from_slice(&[0; 12]); // library, genre, morphology: unused
            first_bag += preset.zones.len() as u16;
        }
        put_name(out, 'p', font.presets.len());
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
            put_u16s(
                out,
                &[
                    modulator.source,
                    modulator.destination,
                    modulator.amount,
                    modulator.amount_source,
                    0,
                ],
            );
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

/// A sample's header after its name. One in ROM is named by no zone; a stretch of the silence stands in for it.
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

/// Twenty bytes, padded with zeros.
fn put_name(out: &mut Vec<u8>, kind: char, index: usize) {
    let name = format!("{kind}{index}");
    out.extend_from_slice(name.as_bytes());
    out.resize(out.len() + 20 - name.len(), 0);
}
