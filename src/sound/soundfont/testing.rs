//! A small SoundFont made of arithmetic, for tests: a looped sine on every program it has, and a noise for a kit.

use super::tables::{Font, Instrument, Modulator, Preset, Sample, Zone};
use super::{SoundFont, image};

const RATE_HZ: u32 = 32_000;
/// Frames of one turn of the sine: 250 Hz, near B3.
const TURN: u32 = 128;

/// The font as bytes of an SF2 file.
pub fn font_bytes() -> Vec<u8> {
    let mut data = Vec::new();
    for frame in 0..TURN * 8 {
        let phase = f64::from(frame) / f64::from(TURN) * std::f64::consts::TAU;
        data.extend_from_slice(&((phase.sin() * 24_000.0) as i16).to_le_bytes());
    }
    let noise_start = data.len() as u32 / 2;
    let mut state = 1_u32;
    for frame in 0..4000_i32 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 16).cast_signed() - 32_768;
        data.extend_from_slice(&((noise * (4000 - frame) / 6000) as i16).to_le_bytes());
    }
    let noise_end = data.len() as u32 / 2;
    let sample = |start, end, loop_start, loop_end| {
        Some(Sample {
            start,
            end,
            loop_start,
            loop_end,
            rate_hz: RATE_HZ,
            root_key: 59,
            correction_cents: 0,
        })
    };
    let font = Font {
        presets: vec![preset(0, 0, 0), preset(0, 40, 0), preset(128, 0, 1)],
        instruments: vec![
            // looped, a release of about 60 ms, brighter with the wheel
            instrument(0, &[(54, 1), (38, -4800_i16 as u16), (43, 0x7F00), (44, 0x7F00)]),
            instrument(1, &[(54, 0)]),
        ],
        samples: vec![
            sample(0, TURN * 8, TURN * 2, TURN * 6),
            sample(noise_start, noise_end, noise_start, noise_end),
        ],
        data: &data,
    };
    image::write(&font)
}

/// The font, through the gate.
pub fn font() -> SoundFont {
    SoundFont::from_bytes("test", &font_bytes()).expect("the test's own font is sound")
}

fn preset(bank: u16, program: u16, instrument: u16) -> Preset {
    let global = Zone {
        generators: vec![(48, 10)],
        ..Zone::default()
    };
    let zone = Zone {
        target: Some(instrument),
        ..Zone::default()
    };
    Preset {
        program,
        bank,
        zones: vec![global, zone],
    }
}

fn instrument(sample: u16, generators: &[(u16, u16)]) -> Instrument {
    let zone = Zone {
        generators: generators.to_vec(),
        modulators: vec![Modulator {
            source: 0x0081,
            destination: 8,
            amount: 1200,
            amount_source: 0,
        }],
        target: Some(sample),
    };
    Instrument { zones: vec![zone] }
}
