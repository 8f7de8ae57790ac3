//! The kit's sounds, none with a pitch of its own.

use std::f64::consts::TAU;

use super::dsp::{self, Biquad, Random, circular_noise, decay};
use super::sf2::{LOOP_TAIL_FRAMES, Sample};

/// A sound that rings out, at that loudness.
pub fn ready(name: &str, mut frames: Vec<f64>, rate: f64, loudness: f64) -> Sample {
    dsp::finish(&mut frames, rate);
    dsp::level(&mut frames, rate, loudness);
    Sample { name: name.to_owned(), frames, rate_hz: rate as u32, root_key: 60, correction_cents: 0, loop_frames: None }
}

fn silence(seconds: f64, rate: f64) -> Vec<f64> {
    vec![0.0; (seconds * rate) as usize]
}

/// Adds a sine whose frequency falls from `from_hz` to `to_hz`, and dies.
fn add_drop(frames: &mut [f64], rate: f64, (from_hz, to_hz): (f64, f64), glide_s: f64, decay_s: f64, level: f64) {
    let mut phase = 0.0;
    for (index, frame) in frames.iter_mut().enumerate() {
        let hz = to_hz + (from_hz - to_hz) * decay(index, glide_s, rate);
        phase += hz / rate;
        *frame += level * decay(index, decay_s, rate) * (TAU * phase).sin();
    }
}

/// Adds noise of a band, from `start_s` on, with its own decay.
fn add_noise(
    frames: &mut [f64],
    rate: f64,
    (low_hz, high_hz): (f64, f64),
    start_s: f64,
    decay_s: f64,
    level: f64,
    seed: u64,
) {
    let first = (start_s * rate) as usize;
    if first >= frames.len() {
        return;
    }
    let mut noise = dsp::noise(frames.len() - first, seed);
    Biquad::high_pass(low_hz, 0.7, rate).run(&mut noise);
    Biquad::low_pass(high_hz, 0.7, rate).run(&mut noise);
    for (index, value) in noise.iter().enumerate() {
        let rise = (index as f64 / (0.0006 * rate)).min(1.0);
        frames[first + index] += level * rise * decay(index, decay_s, rate) * value;
    }
}

pub fn kick(electric: bool) -> Sample {
    let rate = 22_050.0;
    let mut frames = silence(0.42, rate);
    let (drop, body_s) = if electric { ((190.0, 46.0), 0.14) } else { ((130.0, 56.0), 0.1) };
    add_drop(&mut frames, rate, drop, 0.03, body_s, 1.0);
    add_drop(&mut frames, rate, (420.0, 150.0), 0.01, 0.02, 0.35);
    add_noise(&mut frames, rate, (500.0, 5000.0), 0.0, 0.006, 0.5, 3);
    ready(if electric { "Kick tight" } else { "Kick" }, frames, rate, 0.3)
}

pub fn snare(electric: bool) -> Sample {
    let rate = 28_000.0;
    let mut frames = silence(0.4, rate);
    add_drop(&mut frames, rate, (260.0, 186.0), 0.02, 0.06, 0.8);
    add_drop(&mut frames, rate, (420.0, 332.0), 0.02, 0.045, 0.5);
    let (wires_s, level) = if electric { (0.13, 1.3) } else { (0.09, 1.0) };
    add_noise(&mut frames, rate, (900.0, 9000.0), 0.0, wires_s, level, 5);
    add_noise(&mut frames, rate, (3000.0, 12_000.0), 0.0, 0.02, 0.8, 6);
    ready(if electric { "Snare electric" } else { "Snare" }, frames, rate, 0.24)
}

pub fn side_stick() -> Sample {
    let rate = 28_000.0;
    let mut frames = silence(0.12, rate);
    for (hz, decay_s, level) in [(480.0, 0.014, 0.5), (1680.0, 0.012, 1.0), (2650.0, 0.008, 0.5)] {
        add_drop(&mut frames, rate, (hz, hz), 1.0, decay_s, level);
    }
    add_noise(&mut frames, rate, (1500.0, 9000.0), 0.0, 0.004, 0.6, 8);
    ready("Side stick", frames, rate, 0.2)
}

pub fn clap() -> Sample {
    let rate = 28_000.0;
    let mut frames = silence(0.32, rate);
    for (start_s, decay_s, level) in [(0.0, 0.006, 0.8), (0.011, 0.006, 0.8), (0.021, 0.007, 0.9), (0.031, 0.07, 1.0)] {
        add_noise(&mut frames, rate, (750.0, 2600.0), start_s, decay_s, level, 9);
    }
    ready("Clap", frames, rate, 0.22)
}

/// A tom, conga, bongo or timbale: the skin's modes, falling a little, and the stick or hand.
pub fn skin(name: &str, hz: f64, decay_s: f64, glide: f64, slap: f64) -> Sample {
    let rate = 13_000.0;
    let mut frames = silence((decay_s * 4.5).min(0.9), rate);
    for (ratio, share, level) in [(1.0, 1.0, 1.0), (1.59, 0.55, 0.35), (2.14, 0.4, 0.22), (2.65, 0.3, 0.12)] {
        let at = hz * ratio;
        add_drop(&mut frames, rate, (at * glide, at), 0.03, decay_s * share, level);
    }
    add_noise(&mut frames, rate, (400.0, 5000.0), 0.0, 0.01, slap, 11);
    ready(name, frames, rate, 0.24)
}

/// What a cymbal is made of. It rings on in a loop, which the kit's envelope lets die.
pub struct Plate {
    /// Seconds before the loop.
    pub before_s: f64,
    /// The many modes lie between these.
    pub modes_hz: (f64, f64),
    pub modes: usize,
    pub decay_s: f64,
    /// The hiss over them.
    pub hiss_hz: (f64, f64),
    pub hiss: f64,
    /// A few modes that stand out: (Hz, level).
    pub ping: &'static [(f64, f64)],
    pub rate_hz: f64,
    /// Seconds until the highs are all there.
    pub bloom_s: f64,
}

/// Seconds of a cymbal's loop.
const PLATE_LOOP_S: f64 = 0.25;

pub fn plate(name: &str, plate: &Plate, seed: u64) -> Sample {
    let rate = plate.rate_hz;
    let before = (plate.before_s * rate) as usize;
    let loop_frames = (PLATE_LOOP_S * rate) as usize;
    let mut frames = vec![0.0; before + loop_frames + LOOP_TAIL_FRAMES];
    let mut random = Random::new(seed);
    let (low, high) = plate.modes_hz;
    let spread = (plate.modes.max(1) as f64).sqrt();
    let mut modes: Vec<(f64, f64, f64)> = (0..plate.modes)
        .map(|_| {
            let hz = low * (high / low).powf(random.unipolar());
            // high modes die sooner
            let decay_s = plate.decay_s * (0.5 + random.unipolar()) * (3000.0 / hz).powf(0.35).min(1.6);
            (hz, decay_s, 0.4 + 0.6 * random.unipolar())
        })
        .collect();
    modes.extend(plate.ping.iter().map(|(hz, level)| (*hz, plate.decay_s, level * spread)));
    for (hz, decay_s, level) in modes {
        // a whole number of cycles in the loop, and no dying there: no seam
        let step = TAU * (hz * loop_frames as f64 / rate).round() / loop_frames as f64;
        let phase = random.unipolar() * TAU;
        for (index, frame) in frames.iter_mut().enumerate() {
            *frame += level * decay(index.min(before), decay_s, rate) * (step * index as f64 + phase).sin();
        }
    }
    let hiss = circular_noise(loop_frames, plate.hiss_hz.0, plate.hiss_hz.1, rate, seed + 1);
    for (index, frame) in frames.iter_mut().enumerate() {
        *frame +=
            2.0 * plate.hiss * spread * decay(index.min(before), plate.decay_s * 0.6, rate) * hiss[index % loop_frames];
        let bloom = 1.0 - (-(index.min(before) as f64) / (plate.bloom_s * rate)).exp();
        *frame *= 0.35 + 0.65 * bloom;
    }
    let rise = (0.0006 * rate) as usize;
    for (index, frame) in frames[..rise].iter_mut().enumerate() {
        *frame *= index as f64 / rise as f64;
    }
    dsp::level(&mut frames, rate, 0.14);
    Sample {
        name: name.to_owned(),
        frames,
        rate_hz: rate as u32,
        root_key: 60,
        correction_cents: 0,
        loop_frames: Some((before, before + loop_frames)),
    }
}

/// Two clashing squares through a narrow band.
pub fn cowbell() -> Sample {
    let rate = 26_000.0;
    let mut frames = silence(0.3, rate);
    for hz in [562.0, 845.0] {
        for number in [1.0, 3.0, 5.0] {
            add_drop(&mut frames, rate, (hz * number, hz * number), 1.0, 0.09 / number.sqrt(), 1.0 / number);
        }
    }
    add_noise(&mut frames, rate, (1000.0, 6000.0), 0.0, 0.006, 0.4, 13);
    ready("Cowbell", frames, rate, 0.17)
}

/// Modes of wood or metal, (Hz, decay, level), and the knock.
pub fn knock(name: &str, modes: &[(f64, f64, f64)], seconds: f64, noise: f64) -> Sample {
    let rate = 28_000.0;
    let mut frames = silence(seconds, rate);
    for (hz, decay_s, level) in modes {
        add_drop(&mut frames, rate, (*hz, *hz), 1.0, *decay_s, *level);
    }
    add_noise(&mut frames, rate, (1000.0, 9000.0), 0.0, 0.004, noise, 17);
    ready(name, frames, rate, 0.16)
}

/// Grains that fly: shakers, jingles, rattles. Grain times are (start, level) in seconds.
pub fn grains(
    name: &str,
    times: &[(f64, f64)],
    band_hz: (f64, f64),
    grain_s: f64,
    seconds: f64,
    jingles: &[f64],
) -> Sample {
    let rate = (band_hz.1 * 2.4).round();
    let mut frames = silence(seconds, rate);
    for (index, (start_s, level)) in times.iter().enumerate() {
        add_noise(&mut frames, rate, band_hz, *start_s, grain_s, *level, 19 + index as u64);
        let first = (start_s * rate) as usize;
        for (number, hz) in jingles.iter().enumerate() {
            let from = &mut frames[first..];
            add_drop(from, rate, (*hz, *hz), 1.0, grain_s * 1.6 / (1.0 + 0.2 * number as f64), level * 0.3);
        }
    }
    ready(name, frames, rate, 0.12)
}

/// A train of clicks that speeds up or slows down, for guiro and vibraslap.
pub fn train(
    name: &str,
    (first_gap_s, last_gap_s): (f64, f64),
    seconds: f64,
    band_hz: (f64, f64),
    fading_s: f64,
) -> Sample {
    let mut times = Vec::new();
    let mut at = 0.0;
    while at < seconds * 0.9 {
        times.push((at, (-at / fading_s).exp()));
        at += first_gap_s + (last_gap_s - first_gap_s) * at / seconds;
    }
    grains(name, &times, band_hz, 0.004, seconds, &[])
}

/// A gliding, buzzing tone, for the cuica.
pub fn cuica(name: &str, (from_hz, to_hz): (f64, f64), seconds: f64) -> Sample {
    let rate = 13_000.0;
    let mut frames = silence(seconds, rate);
    let length = frames.len() as f64;
    let mut phase = 0.0;
    for (index, frame) in frames.iter_mut().enumerate() {
        let part = index as f64 / length;
        phase += (from_hz + (to_hz - from_hz) * part) / rate;
        let swell = (std::f64::consts::PI * part).sin();
        *frame = swell * (1..=5).map(|number| (TAU * phase * f64::from(number)).sin() / f64::from(number)).sum::<f64>();
    }
    ready(name, frames, rate, 0.13)
}

/// A pea whistle: a trill of a high tone and its air.
pub fn whistle(name: &str, seconds: f64) -> Sample {
    let rate = 15_000.0;
    let mut frames = silence(seconds, rate);
    let mut phase = 0.0;
    for (index, frame) in frames.iter_mut().enumerate() {
        let at = index as f64 / rate;
        phase += (2350.0 + 120.0 * (TAU * 38.0 * at).sin()) / rate;
        let edge = (at / 0.012).min((seconds - at) / 0.03).clamp(0.0, 1.0);
        *frame = edge * (0.75 + 0.25 * (TAU * 38.0 * at).cos()) * (TAU * phase).sin();
    }
    let mut air = silence(seconds, rate);
    add_noise(&mut air, rate, (1800.0, 6000.0), 0.0, seconds, 0.12, 23);
    for (frame, value) in frames.iter_mut().zip(air) {
        *frame += value;
    }
    ready(name, frames, rate, 0.1)
}

/// A cymbal backwards: from nothing to the stroke.
pub fn reversed(name: &str, sample: &Sample) -> Sample {
    let mut frames = sample.frames.clone();
    frames.reverse();
    let length = frames.len() as f64;
    for (index, frame) in frames.iter_mut().enumerate() {
        *frame *= (index as f64 / length).powi(2);
    }
    Sample { name: name.to_owned(), frames, loop_frames: None, ..sample.clone() }
}
