//! The SoundFont that comes along: the generator's work, sound, complete, in tune and of even loudness.

use std::f64::consts::TAU;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cantus::music::{Control, ControlEvent, Note, Part, Pitch, Score, Tick, Velocity, instruments};
use cantus::sound::{self, SoundFont};

#[allow(dead_code, reason = "the program's main is not called here")]
#[path = "../soundfonts/generator/main.rs"]
mod generator;

const RATE_HZ: u32 = 22_050;
/// At 120 quarters a minute, 960 ticks are a second.
const NOTE_TICKS: Tick = 960;
const GAP_TICKS: Tick = 480;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("soundfonts/cantus-gm.sf2")
}

/// Where the 16-bit samples lie in the file.
fn sample_bytes(file: &[u8]) -> Range<usize> {
    let at = file.windows(4).position(|id| id == b"smpl").expect("a SoundFont has samples");
    let size = u32::from_le_bytes(file[at + 4..at + 8].try_into().expect("four bytes")) as usize;
    at + 8..at + 8 + size
}

#[test]
fn the_committed_file_is_what_the_generator_makes() {
    let committed = std::fs::read(path()).unwrap();
    let made = generator::make();
    assert!(committed.len() <= 4_000_000, "{} bytes", committed.len());
    assert_eq!(committed.len(), made.len(), "run: cargo run --release --example make-soundfont");
    let samples = sample_bytes(&committed);
    assert!(committed[..samples.start] == made[..samples.start] && committed[samples.end..] == made[samples.end..]);
    // the last bit of a sine may differ from one system's mathematics to another's
    let frames = |file: &[u8]| -> Vec<i16> {
        let pairs = file[samples.clone()].chunks_exact(2);
        pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    };
    let apart = frames(&committed).iter().zip(frames(&made)).map(|(a, b)| a.abs_diff(b)).max();
    assert!(apart.unwrap() <= 1, "samples are up to {apart:?} apart");
}

/// Renders a part to the mean of both channels; checks on the way that nothing is clipped.
fn render(part: Part) -> Vec<f64> {
    let font = SoundFont::load(&path()).expect("the gate lets it pass");
    let score = Score { parts: vec![Arc::new(part)], ..Score::default() };
    let mut mono = Vec::new();
    sound::render(&score, &font, RATE_HZ, &mut |frames| {
        mono.extend(frames.chunks_exact(2).map(|pair| f64::midpoint(f64::from(pair[0]), f64::from(pair[1]))));
        ControlFlow::Continue(())
    })
    .expect("the synth takes the font and the rate");
    assert!(mono.iter().all(|value| value.abs() < 0.9), "it is nowhere near clipping");
    mono
}

fn seconds(tick: Tick) -> usize {
    tick as usize * RATE_HZ as usize / 960
}

fn note(start: Tick, pitch: i32, duration: Tick) -> Note {
    Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(100) }
}

/// The level of the loudest 0.1 s in decibels.
fn loudest_db(sound: &[f64]) -> f64 {
    let windows = sound.chunks(RATE_HZ as usize / 10);
    let loudest = windows.map(|window| window.iter().map(|value| value * value).sum::<f64>() / window.len() as f64);
    10.0 * loudest.fold(1e-20, f64::max).log10()
}

/// Up to where only the room is left of a sound that dies away, but 0.4 s at least.
fn while_loud(sound: &[f64]) -> &[f64] {
    let span = RATE_HZ as usize / 20;
    let floor = loudest_db(sound) - 25.0;
    let loud = sound.chunks(span).rposition(|window| loudest_db(window) > floor).unwrap_or(0);
    &sound[span / 2..((loud + 1) * span).clamp(8 * span, sound.len())]
}

/// How far from A4 it sounds, in cents: the centre of what is within 45 cents of its first three harmonics.
fn cents_from_a4(sound: &[f64]) -> f64 {
    let (mut energy, mut moment) = (0.0, 0.0);
    for harmonic in 1..=3 {
        for cents in (-45..=45).step_by(3).map(f64::from) {
            let step = TAU * 440.0 * f64::from(harmonic) * (cents / 1200.0).exp2() / f64::from(RATE_HZ);
            let (mut re, mut im) = (0.0, 0.0);
            let (turn_sin, turn_cos) = step.sin_cos();
            let (mut sin, mut cos) = (0.0, 1.0);
            for (index, value) in sound.iter().enumerate() {
                let window = 0.5 - 0.5 * (TAU * index as f64 / sound.len() as f64).cos();
                re += value * window * cos;
                im += value * window * sin;
                (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
            }
            energy += re * re + im * im;
            moment += cents * (re * re + im * im);
        }
    }
    moment / energy
}

#[test]
fn all_programs_sound_in_tune_and_evenly() {
    let mut part = Part::new("All programs", 0);
    let every = NOTE_TICKS + GAP_TICKS;
    for program in 0..128_u8 {
        let start = Tick::from(program) * every + GAP_TICKS;
        part.controls.push(ControlEvent { tick: start - 240, control: Control::Program(program) });
        part.notes.push(note(start, 69, NOTE_TICKS));
    }
    let sound = render(part);
    let (mut levels, mut faults) = (Vec::new(), Vec::new());
    for program in 0..128_u8 {
        let name = instruments::program_name(program);
        let start = seconds(Tick::from(program) * every + GAP_TICKS);
        let heard = &sound[start..start + seconds(NOTE_TICKS)];
        let level = loudest_db(heard);
        assert!(level > -55.0, "{name} has {level:.1} dB");
        let mean = heard.iter().sum::<f64>() / heard.len() as f64;
        assert!(mean.abs() < 0.003, "{name} leans to one side by {mean}");
        // beyond are noises, and drums at their own pitch
        if program < 112 {
            levels.push((level, name));
            let cents = cents_from_a4(while_loud(heard));
            if cents.abs() >= 3.0 {
                faults.push(format!("{name} is {cents:.1} cents off"));
            }
        }
    }
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let middle = levels[levels.len() / 2].0;
    for (level, name) in levels {
        if (level - middle).abs() >= 10.0 {
            faults.push(format!("{name} has {level:.1} dB, the middle {middle:.1} dB"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn all_keys_of_the_kit_sound() {
    let mut part = Part::new("Kit", 0);
    part.is_drum = true;
    let keys = 35..82_u8; // General MIDI's, from the acoustic bass drum to the open triangle
    for (index, key) in keys.clone().enumerate() {
        part.notes.push(note(index as Tick * 2 * NOTE_TICKS, i32::from(key), 120));
    }
    let sound = render(part);
    for (index, key) in keys.enumerate() {
        let start = seconds(index as Tick * 2 * NOTE_TICKS);
        let level = loudest_db(&sound[start..start + seconds(NOTE_TICKS)]);
        assert!(level > -45.0, "key {key} has {level:.1} dB");
    }
}

#[test]
fn a_closed_hat_silences_the_open_one() {
    let hats = |closed: bool| {
        let mut part = Part::new("Hats", 0);
        part.is_drum = true;
        part.notes.push(note(0, 46, 120));
        if closed {
            part.notes.push(note(120, 42, 120));
        }
        let sound = render(part);
        let from = seconds(300).min(sound.len());
        let to = seconds(360).min(sound.len());
        10.0 * (sound[from..to].iter().map(|value| value * value).sum::<f64>() / (to - from).max(1) as f64 + 1e-20)
            .log10()
    };
    assert!(hats(true) < hats(false) - 6.0);
}
