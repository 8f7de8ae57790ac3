//! A small SoundFont made of arithmetic, for tests: a looped sine on every program it has, and a noise for a kit. Plain
//! (SF2) or with compressed samples (SF3).

use std::sync::Arc;

use super::SoundFont;
use super::image::Image;
use super::source::Source;
use super::tables::{Encoding, Font, Instrument, Modulator, Preset, Sample, Zone};

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
            encoding: Encoding::Plain,
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
        samples: vec![sample(0, TURN * 8, TURN * 2, TURN * 6), sample(noise_start, noise_end, noise_start, noise_end)],
        data: 0..data.len() as u64,
    };
    Image::new(&font, Arc::new(Source::Memory(data))).bytes()
}

/// The same font as an SF3: its samples encoded by libvorbis, laid out as in fonts that are in use, where chunks of an
/// odd size are not padded.
pub fn sf3_bytes() -> Vec<u8> {
    let plain = font_bytes();
    let chunk = |id: &[u8; 4]| {
        let at = plain.windows(4).position(|window| window == id).expect("it is there");
        let size = u32::from_le_bytes(plain[at + 4..at + 8].try_into().expect("four bytes"));
        at + 8..at + 8 + size as usize
    };
    let (samples, headers) = (chunk(b"smpl"), chunk(b"shdr"));
    let mut tables = plain[samples.end..].to_vec();
    let mut streams = Vec::new();
    for header in headers.step_by(46).take(2) {
        let header = header - samples.end;
        let mut number = |field: usize, change: &dyn Fn(u32) -> u32| {
            let at = header + field;
            let before = u32::from_le_bytes(tables[at..at + 4].try_into().expect("four bytes"));
            tables[at..at + 4].copy_from_slice(&change(before).to_le_bytes());
            before
        };
        let from = streams.len() as u32;
        let (start, end) = (number(20, &|_| from), number(24, &|end| end));
        number(28, &|at| at - start);
        number(32, &|at| at - start);
        let bytes = &plain[samples.start + start as usize * 2..samples.start + end as usize * 2];
        let frames: Vec<i16> = bytes.as_chunks().0.iter().map(|&frame| i16::from_le_bytes(frame)).collect();
        streams.extend(vorbis(&frames, RATE_HZ));
        number(24, &|_| streams.len() as u32);
        tables[header + 44] |= 0x10;
    }
    let sized = |id: &[u8], body: &[u8]| [id, &(body.len() as u32).to_le_bytes(), body].concat();
    let info = sized(b"LIST", &[b"INFO".as_slice(), &sized(b"ifil", &[3, 0, 1, 0]), &sized(b"INAM", b"odd")].concat());
    let sdta = sized(b"LIST", &[b"sdta".as_slice(), &sized(b"smpl", &streams)].concat());
    sized(b"RIFF", &[b"sfbk".as_slice(), &info, &sdta, &tables].concat())
}

/// Some frames as a Vorbis stream of one channel.
pub fn vorbis(frames: &[i16], rate_hz: u32) -> Vec<u8> {
    let one = std::num::NonZeroU8::MIN;
    let rate_hz = rate_hz.try_into().expect("it is not zero");
    let frames: Vec<f32> = frames.iter().map(|&frame| f32::from(frame) / 32_768.0).collect();
    let mut encoder = vorbis_rs::VorbisEncoderBuilder::new_with_serial(rate_hz, one, Vec::new(), 7)
        .bitrate_management_strategy(vorbis_rs::VorbisBitrateManagementStrategy::QualityVbr { target_quality: 0.6 })
        .build()
        .expect("the encoder takes the rate");
    encoder.encode_audio_block([&frames]).expect("memory does not fail");
    encoder.finish().expect("memory does not fail")
}

/// The font, through the gate.
pub fn font() -> SoundFont {
    SoundFont::from_bytes("test", font_bytes()).expect("the test's own font is sound")
}

fn preset(bank: u16, program: u16, instrument: u16) -> Preset {
    let global = Zone { generators: vec![(48, 10)], ..Zone::default() };
    let zone = Zone { target: Some(instrument), ..Zone::default() };
    Preset { program, bank, name: format!("Preset {bank}:{program}"), zones: vec![global, zone] }
}

fn instrument(sample: u16, generators: &[(u16, u16)]) -> Instrument {
    let zone = Zone {
        generators: generators.to_vec(),
        modulators: vec![Modulator { source: 0x0081, destination: 8, amount: 1200, amount_source: 0 }],
        target: Some(sample),
    };
    Instrument { zones: vec![zone] }
}

/// Frames into a note at which the sample of [`step_font`] rises.
pub const STEP_FRAMES: usize = 100;
/// The key at which it plays as it is.
pub const STEP_KEY: i32 = 60;

/// Silence, then a step: where a note begins can be read off the very frame. To be played at that rate. Two kits of it:
/// program 0 with exclusive class 1, program 1 without. Looped as programs 0 and 8 of bank 0; the latter says that its
/// key is 48, whichever is played (generator 46).
pub fn step_font(rate_hz: u32) -> SoundFont {
    let high = 4000;
    let frames = (0..high).map(|frame| if frame < STEP_FRAMES { 0_i16 } else { 12_000 });
    let data: Vec<u8> = frames.flat_map(i16::to_le_bytes).collect();
    let sample = Sample {
        encoding: Encoding::Plain,
        start: 0,
        end: high as u32,
        loop_start: 2000,
        loop_end: 3000,
        rate_hz,
        root_key: STEP_KEY as u8,
        correction_cents: 0,
    };
    let font = Font {
        presets: vec![preset(0, 0, 0), preset(0, 8, 2), preset(128, 0, 1), preset(128, 1, 0)],
        instruments: vec![
            instrument(0, &[(54, 1)]),
            instrument(0, &[(54, 1), (57, 1)]),
            instrument(0, &[(46, 48), (54, 1)]),
        ],
        samples: vec![Some(sample)],
        data: 0..data.len() as u64,
    };
    let bytes = Image::new(&font, Arc::new(Source::Memory(data))).bytes();
    SoundFont::from_bytes("step", bytes).expect("the test's own font is sound")
}
