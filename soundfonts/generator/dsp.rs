//! Small pieces of signal processing: noise, filters, levels, loops.

use std::f64::consts::{PI, TAU};

/// A seeded source of noise (Marsaglia's xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Evenly from -1 to 1.
    pub fn bipolar(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        bits as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// Evenly from 0 to 1.
    pub fn unipolar(&mut self) -> f64 {
        f64::midpoint(self.bipolar(), 1.0)
    }
}

/// The frequency of a key, A4 = 440 Hz.
pub fn key_hz(key: f64) -> f64 {
    440.0 * ((key - 69.0) / 12.0).exp2()
}

/// A two-pole filter (Robert Bristow-Johnson's cookbook).
pub struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    x: [f64; 2],
    y: [f64; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        Self { b: b.map(|value| value / a[0]), a: [a[1] / a[0], a[2] / a[0]], x: [0.0; 2], y: [0.0; 2] }
    }

    fn angle(hz: f64, q: f64, rate: f64) -> (f64, f64) {
        let omega = TAU * hz.min(rate * 0.49) / rate;
        (omega.cos(), omega.sin() / (2.0 * q))
    }

    pub fn low_pass(hz: f64, q: f64, rate: f64) -> Self {
        let (cos, alpha) = Self::angle(hz, q, rate);
        let b = (1.0 - cos) / 2.0;
        Self::new([b, 2.0 * b, b], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    pub fn high_pass(hz: f64, q: f64, rate: f64) -> Self {
        let (cos, alpha) = Self::angle(hz, q, rate);
        let b = f64::midpoint(1.0, cos);
        Self::new([b, -2.0 * b, b], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// Peak at 0 dB.
    pub fn band_pass(hz: f64, q: f64, rate: f64) -> Self {
        let (cos, alpha) = Self::angle(hz, q, rate);
        Self::new([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    pub fn next(&mut self, input: f64) -> f64 {
        let output = self.b[0] * input + self.b[1] * self.x[0] + self.b[2] * self.x[1]
            - self.a[0] * self.y[0]
            - self.a[1] * self.y[1];
        self.x = [input, self.x[0]];
        self.y = [output, self.y[0]];
        output
    }

    /// The whole of a signal.
    pub fn run(mut self, signal: &mut [f64]) {
        for value in signal {
            *value = self.next(*value);
        }
    }
}

/// White noise.
pub fn noise(frames: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    (0..frames).map(|_| random.bipolar()).collect()
}

/// Noise between two frequencies whose end meets its beginning: filtered twice around.
pub fn circular_noise(frames: usize, low_hz: f64, high_hz: f64, rate: f64, seed: u64) -> Vec<f64> {
    let once = noise(frames, seed);
    let mut twice = [once.as_slice(), &once].concat();
    Biquad::high_pass(low_hz, 0.7, rate).run(&mut twice);
    Biquad::low_pass(high_hz, 0.7, rate).run(&mut twice);
    twice.split_off(frames)
}

/// exp(-t / seconds) at each frame.
pub fn decay(frame: usize, seconds: f64, rate: f64) -> f64 {
    (-(frame as f64) / (seconds * rate)).exp()
}

/// Root of the mean square, of what an ear hears: highs and lows below 200 Hz count less.
pub fn loudness(signal: &[f64], rate: f64) -> f64 {
    let mut heard = signal.to_vec();
    Biquad::high_pass(200.0, 0.6, rate).run(&mut heard);
    Biquad::low_pass(6000.0, 0.6, rate).run(&mut heard);
    // the loudest tenth of a second, as of struck things only that is heard as their level
    let span = ((rate * 0.1) as usize).min(heard.len()).max(1);
    let mut square: f64 = heard[..span].iter().map(|value| value * value).sum();
    let mut best = square;
    for index in span..heard.len() {
        square += heard[index] * heard[index] - heard[index - span] * heard[index - span];
        best = best.max(square);
    }
    (best / span as f64).max(0.0).sqrt()
}

/// Brings a signal to a loudness, but its peaks nowhere near the edge.
pub fn level(signal: &mut [f64], rate: f64, target: f64) {
    let peak = signal.iter().fold(1e-9_f64, |peak, value| peak.max(value.abs()));
    let gain = (target / loudness(signal, rate).max(1e-9)).min(0.92 / peak);
    for value in signal {
        *value *= gain;
    }
}

/// Removes what is constant and fades the last frames out, for sounds that end.
pub fn finish(signal: &mut [f64], rate: f64) {
    Biquad::high_pass(20.0, 0.7, rate).run(signal);
    let fade = ((rate * 0.012) as usize).min(signal.len());
    let first = signal.len() - fade;
    for (index, value) in signal[first..].iter_mut().enumerate() {
        *value *= 0.5 + 0.5 * (PI * (index + 1) as f64 / fade as f64).cos();
    }
}
