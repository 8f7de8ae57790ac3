//! Additive synthesis of tones that loop without a seam.
//!
//! The loop holds a whole number of periods, and every partial, harmonic or not, goes to the nearest frequency with a
//! whole number of cycles in it: nothing has to be cross-faded. Partials die away until the loop begins and then stand
//! still; the volume envelope of the SoundFont goes on from there.

use std::f64::consts::TAU;

use super::dsp::{self, Biquad, Random, circular_noise, key_hz};
use super::sf2::{LOOP_TAIL_FRAMES, Sample};

/// One sine.
#[derive(Clone, Copy)]
pub struct Partial {
    /// Its frequency in that of the root key.
    pub ratio: f64,
    pub level: f64,
    /// Seconds in which it falls to 1/e; infinite for those that stay.
    pub decay_s: f64,
    /// Seconds in which it rises to 1 - 1/e.
    pub attack_s: f64,
}

impl Partial {
    pub const fn steady(ratio: f64, level: f64, attack_s: f64) -> Self {
        Self { ratio, level, decay_s: f64::INFINITY, attack_s }
    }

    pub const fn struck(ratio: f64, level: f64, decay_s: f64) -> Self {
        Self { ratio, level, decay_s, attack_s: 0.0008 }
    }
}

/// Noise that belongs to the tone: breath, bow, hammer.
#[derive(Clone, Copy)]
pub struct Breath {
    pub low_hz: f64,
    pub high_hz: f64,
    /// At the beginning, beside the loudest partial.
    pub start_level: f64,
    /// In the loop.
    pub steady_level: f64,
    /// Seconds from the one to the other, to 1/e.
    pub settle_s: f64,
}

/// Several players or singers, an odd number, that are never quite together.
#[derive(Clone, Copy)]
pub struct Ensemble {
    pub voices: usize,
    /// How far apart, in cents.
    pub spread_cents: f64,
    /// Cents of each voice's own vibrato of about 5 Hz.
    pub vibrato_cents: f64,
}

/// What a tone is made of.
#[derive(Clone)]
pub struct Tone {
    pub root_key: u8,
    pub rate_hz: u32,
    /// Seconds before the loop.
    pub attack_s: f64,
    /// Seconds of the loop, roughly.
    pub loop_s: f64,
    pub partials: Vec<Partial>,
    pub breath: Option<Breath>,
    pub ensemble: Option<Ensemble>,
    pub seed: u64,
}

impl Tone {
    pub fn new(root_key: u8, rate_hz: u32, attack_s: f64, loop_s: f64, partials: Vec<Partial>) -> Self {
        Self {
            root_key,
            rate_hz,
            attack_s,
            loop_s,
            partials,
            breath: None,
            ensemble: None,
            // of the seeds tried, the one whose ensembles lean least to either side of the pitch
            seed: u64::from(root_key) * 5,
        }
    }

    pub const fn breath(mut self, breath: Breath) -> Self {
        self.breath = Some(breath);
        self
    }

    pub const fn ensemble(mut self, voices: usize, spread_cents: f64, vibrato_cents: f64) -> Self {
        self.ensemble = Some(Ensemble { voices, spread_cents, vibrato_cents });
        self
    }

    /// Periods and frames of the loop. Even numbers of periods, so that a sub-octave fits too.
    fn loop_size(&self) -> (f64, usize) {
        let period = f64::from(self.rate_hz) / key_hz(f64::from(self.root_key));
        let wanted = (self.loop_s / period * f64::from(self.rate_hz) / 2.0).round().max(1.0) as usize;
        let least = (64.0 / (2.0 * period)).ceil() as usize; // loops of a few frames are no loops
        let from = wanted.max(least).max(1);
        // the correction in whole cents does the rest
        let rest = |pairs: usize| {
            let frames = 2.0 * pairs as f64 * period;
            let cents = 1200.0 * (frames.round() / frames).log2();
            (cents - cents.round()).abs()
        };
        let pairs = (from..=from + 2).min_by(|a, b| rest(*a).total_cmp(&rest(*b))).unwrap_or(from);
        (2.0 * pairs as f64, (2.0 * pairs as f64 * period).round() as usize)
    }

    /// As a sample of that loudness.
    pub fn render(&self, name: &str, loudness: f64) -> Sample {
        let rate = f64::from(self.rate_hz);
        let root_hz = key_hz(f64::from(self.root_key));
        let (periods, loop_frames) = self.loop_size();
        let before = (self.attack_s * rate) as usize;
        let length = before + loop_frames + LOOP_TAIL_FRAMES;
        let mut frames = vec![0.0; length];
        let mut random = Random::new(self.seed ^ 0xC0_FFEE);
        let voices = self.ensemble.map_or(1, |ensemble| ensemble.voices);
        for voice in 0..voices {
            // evenly from below to above the pitch; the one in the middle leads
            let place = (2.0 * voice as f64 + 1.0) / voices as f64 - 1.0;
            let leads = 2 * voice + 1 == voices;
            let cents = self.ensemble.map_or(0.0, |ensemble| place * ensemble.spread_cents);
            let vibrato_cycles = (loop_frames as f64 / rate * (4.8 + 0.5 * random.unipolar())).round();
            let vibrato_phase = random.unipolar() * TAU;
            let vibrato_step = TAU * vibrato_cycles / loop_frames as f64;
            let ratio = self.ensemble.map_or(0.0, |ensemble| (ensemble.vibrato_cents / 1200.0).exp2() - 1.0);
            let vibrato: Option<Vec<f64>> = (ratio > 0.0 && vibrato_cycles > 0.0)
                .then(|| (0..length).map(|index| (vibrato_step * index as f64 + vibrato_phase).sin()).collect());
            for partial in &self.partials {
                let shift = if leads { 0.0 } else { random.bipolar() * 0.2 };
                let phase = random.unipolar() * TAU;
                let cycles = (partial.ratio * periods * (cents / 1200.0).exp2() + shift).round().max(1.0);
                let hz = cycles * rate / loop_frames as f64;
                let room = ((rate * 0.47 - hz) / (rate * 0.05)).clamp(0.0, 1.0); // nothing above what the rate holds
                if room > 0.0 {
                    let wave = Wave {
                        step: TAU * cycles / loop_frames as f64,
                        phase,
                        level: partial.level * room * if leads { 1.7 } else { 1.0 },
                        // a vibrato of so many cents, as a swing of phase in radians
                        swing: vibrato.as_deref().map(|swing| (swing, ratio * cycles / vibrato_cycles)),
                    };
                    wave.add_to(&mut frames, partial, before, rate);
                }
            }
        }
        if self.ensemble.is_some() {
            even_out(&mut frames, before, loop_frames, rate);
        }
        self.add_breath(&mut frames, before, loop_frames);
        dsp::level(&mut frames, rate, loudness);
        let sounding_hz = periods * rate / loop_frames as f64;
        Sample {
            name: format!("{name} {}", self.root_key),
            frames,
            rate_hz: self.rate_hz,
            root_key: self.root_key,
            correction_cents: (1200.0 * (root_hz / sounding_hz).log2()).round() as i8,
            loop_frames: Some((before, before + loop_frames)),
        }
    }

    fn add_breath(&self, frames: &mut [f64], before: usize, loop_frames: usize) {
        let Some(breath) = self.breath else { return };
        let rate = f64::from(self.rate_hz);
        let loudest = self.partials.iter().map(|partial| partial.level).fold(0.0, f64::max);
        let noise = circular_noise(loop_frames, breath.low_hz, breath.high_hz, rate, self.seed + 77);
        let size = (noise.iter().map(|value| value * value).sum::<f64>() / noise.len() as f64).sqrt().max(1e-9);
        // in so short a loop noise would be a tone: there it fades out altogether
        let steady = if (loop_frames as f64) < 0.15 * rate { 0.0 } else { breath.steady_level };
        // the burst at the beginning is longer than the loop may be, and of its own
        let mut burst = dsp::noise(frames.len(), self.seed + 78);
        Biquad::high_pass(breath.low_hz, 0.7, rate).run(&mut burst);
        Biquad::low_pass(breath.high_hz, 0.7, rate).run(&mut burst);
        let burst_size = (burst.iter().map(|value| value * value).sum::<f64>() / burst.len() as f64).sqrt().max(1e-9);
        let end = dsp::decay(before, breath.settle_s, rate);
        for (index, frame) in frames.iter_mut().enumerate() {
            let fading = if index < before {
                (dsp::decay(index, breath.settle_s, rate) - end) / (1.0 - end).max(1e-9)
            } else {
                0.0
            };
            let rising = (index as f64 / (0.002 * rate)).min(1.0);
            let around = noise[(index + loop_frames * 64 - before % loop_frames) % loop_frames] / size;
            *frame += loudest
                * rising
                * (steady * (1.0 - fading) * around + breath.start_level * fading * burst[index] / burst_size);
        }
    }
}

/// Few voices beat more than a whole section would: most of the swelling is taken out of the loop, and out of what
/// comes before it as if it were the loop too.
fn even_out(frames: &mut [f64], before: usize, loop_frames: usize, rate: f64) {
    let span = ((0.12 * rate) as usize).min(loop_frames);
    let power: Vec<f64> = frames[before..before + loop_frames].iter().map(|value| value * value).collect();
    let mean = power.iter().sum::<f64>() / loop_frames as f64;
    // the mean around each frame, the loop taken as a circle
    let mut around = vec![0.0; loop_frames];
    let mut sum: f64 = power[..span].iter().sum();
    for index in 0..loop_frames {
        around[(index + span / 2) % loop_frames] = sum / span as f64;
        sum += power[(index + span) % loop_frames] - power[index];
    }
    let offset = loop_frames - before % loop_frames;
    for (index, frame) in frames.iter_mut().enumerate() {
        let local = around[(index + offset) % loop_frames].max(mean * 0.05);
        *frame *= (mean / local).powf(0.42);
    }
}

/// One partial of one voice.
struct Wave<'a> {
    /// Radians from frame to frame.
    step: f64,
    phase: f64,
    level: f64,
    swing: Option<(&'a [f64], f64)>,
}

impl Wave<'_> {
    fn add_to(&self, frames: &mut [f64], partial: &Partial, before: usize, rate: f64) {
        let fall = (-1.0 / (partial.decay_s * rate)).exp();
        let rise = if partial.attack_s > 0.0 { (-1.0 / (partial.attack_s * rate)).exp() } else { 0.0 };
        let (mut falling, mut rest) = (self.level, 1.0);
        let (turn_sin, turn_cos) = self.step.sin_cos();
        let (mut sin, mut cos) = self.phase.sin_cos();
        for (index, frame) in frames.iter_mut().enumerate() {
            let value = match self.swing {
                Some((swing, depth)) => (self.step * index as f64 + self.phase + depth * swing[index]).sin(),
                None => sin,
            };
            *frame += falling * (1.0 - rest) * value;
            (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
            if index < before {
                falling *= fall;
                rest *= rise;
            } else {
                rest = 0.0; // the loop stands still
            }
        }
    }
}

/// Harmonics 1, 2, 3 … as far as `high_hz`, with the levels of a spectrum over (number, Hz).
pub fn harmonics(root_key: u8, high_hz: f64, spectrum: impl Fn(f64, f64) -> Partial) -> Vec<Partial> {
    let root_hz = key_hz(f64::from(root_key));
    let count = ((high_hz / root_hz) as usize).max(1);
    (1..=count).map(|number| spectrum(number as f64, number as f64 * root_hz)).collect()
}

/// How much resonances let through: (centre, width, gain), over a floor.
pub fn formants(hz: f64, floor: f64, peaks: &[(f64, f64, f64)]) -> f64 {
    let peak = |(centre, width, gain): &(f64, f64, f64)| gain / (1.0 + ((hz - centre) / (width / 2.0)).powi(2));
    floor + peaks.iter().map(peak).sum::<f64>()
}

/// Falls off beyond a frequency, steeper with a higher order.
pub fn roll_off(hz: f64, corner_hz: f64, order: f64) -> f64 {
    1.0 / (1.0 + (hz / corner_hz).powf(order))
}
