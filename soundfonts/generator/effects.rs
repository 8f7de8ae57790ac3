//! Sound effects, and noises of the world.

use std::f64::consts::TAU;

use super::bank::Bank;
use super::drums::{self, Plate, ready};
use super::dsp::{self, Biquad, Random, circular_noise, decay};
use super::sf2::{LOOP_TAIL_FRAMES, Sample};

const LOUDNESS: f64 = 0.12;

pub fn add_to(bank: &mut Bank) {
    let crash = Plate {
        before_s: 0.75,
        modes_hz: (420.0, 7500.0),
        modes: 30,
        decay_s: 0.4,
        hiss_hz: (2500.0, 8000.0),
        hiss: 0.9,
        rate_hz: 18_000.0,
        ping: &[],
        bloom_s: 0.005,
    };
    bank.add_one("reverse cymbal", &drums::reversed("Reverse cymbal", &drums::plate("crash", &crash, 71)));
    bank.add_one("taiko", &drums::skin("Taiko", 78.0, 0.2, 1.2, 0.5));
    bank.add_one("melodic tom", &at_key(drums::skin("Melodic tom", 130.81, 0.16, 1.25, 0.25), 48));
    bank.add_one("synth drum", &at_key(drums::skin("Synth drum", 130.81, 0.14, 2.6, 0.1), 48));
    bank.add_one("fret noise", &fret_noise());
    bank.add_one("breath noise", &breath_noise());
    bank.add_one(
        "seashore",
        &looped("Seashore", 12_000.0, 1.2, |frames, rate| circular_noise(frames, 150.0, 5200.0, rate, 81)),
    );
    bank.add_one("bird", &bird());
    bank.add_one("telephone", &telephone());
    bank.add_one("helicopter", &helicopter());
    bank.add_one("applause", &applause());
    bank.add_one("gunshot", &gunshot());
    bank.add_one("rain drops", &looped("Rain", 16_000.0, 0.9, rain));
}

fn at_key(sample: Sample, root_key: u8) -> Sample {
    Sample { root_key, ..sample }
}

/// A sound that is its own loop from the first frame; `make` gives frames whose end meets their beginning.
fn looped(name: &str, rate: f64, seconds: f64, make: impl Fn(usize, f64) -> Vec<f64>) -> Sample {
    let loop_frames = (seconds * rate) as usize;
    let mut frames = make(loop_frames, rate);
    dsp::level(&mut frames, rate, LOUDNESS);
    frames.extend_from_within(0..LOOP_TAIL_FRAMES + LOOP_TAIL_FRAMES);
    Sample {
        name: name.to_owned(),
        frames,
        rate_hz: rate as u32,
        root_key: 60,
        correction_cents: 0,
        loop_frames: Some((LOOP_TAIL_FRAMES, LOOP_TAIL_FRAMES + loop_frames)),
    }
}

fn rain(frames: usize, rate: f64) -> Vec<f64> {
    let mut random = Random::new(83);
    let mut drops =
        circular_noise(frames, 1500.0, 7000.0, rate, 84).iter().map(|value| value * 0.15).collect::<Vec<_>>();
    for _ in 0..90 {
        let start = (random.unipolar() * frames as f64) as usize;
        let (hz, level) = (1800.0 + 3500.0 * random.unipolar(), random.unipolar());
        for index in 0..(0.02 * rate) as usize {
            let value = level * decay(index, 0.003, rate) * (TAU * hz * index as f64 / rate).sin();
            drops[(start + index) % frames] += value;
        }
    }
    drops
}

/// A finger along a wound string.
fn fret_noise() -> Sample {
    let rate = 22_050.0;
    let length = (0.32 * rate) as usize;
    let mut frames = dsp::noise(length, 85);
    let mut phase = 0.0;
    for (index, frame) in frames.iter_mut().enumerate() {
        let part = index as f64 / length as f64;
        phase += (900.0 + 1500.0 * part) / rate;
        let swell = (std::f64::consts::PI * part).sin().powi(2);
        *frame *= swell * (0.25 + (TAU * phase).sin().max(0.0));
    }
    Biquad::band_pass(2600.0, 1.2, rate).run(&mut frames);
    ready("Fret noise", frames, rate, 0.08)
}

fn breath_noise() -> Sample {
    let rate = 13_000.0;
    let length = (0.6 * rate) as usize;
    let mut frames = dsp::noise(length, 87);
    for (index, frame) in frames.iter_mut().enumerate() {
        *frame *= (std::f64::consts::PI * (index as f64 / length as f64).sqrt()).sin().powi(2);
    }
    Biquad::band_pass(1700.0, 0.8, rate).run(&mut frames);
    ready("Breath noise", frames, rate, 0.08)
}

/// Three chirps and a trill.
fn bird() -> Sample {
    let rate = 13_000.0;
    let mut frames = vec![0.0; (0.9 * rate) as usize];
    let chirps = [
        (0.0, 0.09, 3200.0, 4600.0),
        (0.16, 0.09, 3300.0, 4700.0),
        (0.32, 0.12, 4700.0, 3000.0),
        (0.52, 0.3, 3900.0, 4100.0),
    ];
    for (start_s, length_s, from_hz, to_hz) in chirps {
        let (first, length) = ((start_s * rate) as usize, (length_s * rate) as usize);
        let mut phase = 0.0;
        for index in 0..length {
            let part = index as f64 / length as f64;
            let trill = if length_s > 0.2 { 500.0 * (TAU * 24.0 * index as f64 / rate).sin() } else { 0.0 };
            phase += (from_hz + (to_hz - from_hz) * part + trill) / rate;
            frames[first + index] += (std::f64::consts::PI * part).sin() * (TAU * phase).sin();
        }
    }
    ready("Bird", frames, rate, 0.07)
}

/// Two gongs under a clapper, 20 strokes a second.
fn telephone() -> Sample {
    looped("Telephone", 12_000.0, 0.4, |frames, rate| {
        let stroke = frames / 8;
        let ring = |index: usize, hz: f64| decay(index, 0.06, rate) * (TAU * hz * index as f64 / rate).sin();
        (0..frames)
            .map(|index| {
                // each stroke rings on into the next ones
                let into = index % stroke;
                let even = (index / stroke).is_multiple_of(2);
                let (now, before) = if even { (1180.0, 1490.0) } else { (1490.0, 1180.0) };
                ring(into, now) + ring(into + stroke, before) + 0.4 * ring(into, 2.76 * now)
            })
            .collect()
    })
}

fn helicopter() -> Sample {
    looped("Helicopter", 9000.0, 0.8, |frames, rate| {
        let noise = circular_noise(frames, 60.0, 1400.0, rate, 91);
        let beats = 9.0;
        (0..frames)
            .map(|index| {
                let part = (index as f64 / frames as f64 * beats).fract();
                let blade = (-part * 5.0).exp() * (part * 30.0).min(1.0);
                noise[index] * (0.15 + blade) + 0.25 * blade * (TAU * 55.0 * (part / beats * 0.8)).sin()
            })
            .collect()
    })
}

fn applause() -> Sample {
    looped("Applause", 13_000.0, 1.2, |frames, rate| {
        let mut claps = vec![0.0; frames];
        let mut random = Random::new(93);
        let grain = (0.012 * rate) as usize;
        for hand in 0..300_u64 {
            let start = (random.unipolar() * frames as f64) as usize;
            let level = 0.2 + 0.8 * random.unipolar().powi(2);
            let mut noise = dsp::noise(grain, 1000 + hand);
            Biquad::band_pass(900.0 + 1500.0 * random.unipolar(), 1.5, rate).run(&mut noise);
            for (index, value) in noise.iter().enumerate() {
                claps[(start + index) % frames] += level * decay(index, 0.003, rate) * value;
            }
        }
        claps
    })
}

fn gunshot() -> Sample {
    let rate = 16_000.0;
    let mut frames = dsp::noise((0.7 * rate) as usize, 95);
    let mut low = dsp::noise(frames.len(), 96);
    Biquad::low_pass(400.0, 0.7, rate).run(&mut low);
    for (index, frame) in frames.iter_mut().enumerate() {
        *frame = *frame * (decay(index, 0.012, rate) + 0.12 * decay(index, 0.09, rate))
            + 3.0 * low[index] * decay(index, 0.14, rate);
    }
    ready("Gunshot", frames, rate, 0.22)
}
