//! Plucked strings (Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres", 1983).
//!
//! The delay line is a whole number of frames and its averaging filter half a frame: the rate of the sample, not a
//! fractional delay, makes the pitch exact. Two rounds are a whole number of frames: they are the loop.

use super::dsp::{self, Biquad, Random, key_hz};
use super::sf2::{LOOP_TAIL_FRAMES, Sample};

/// How a string is made and plucked.
#[derive(Clone, Copy)]
pub struct Pluck {
    pub rate_hz: f64,
    /// Seconds before the loop.
    pub length_s: f64,
    /// Cutoff of the pick's noise.
    pub pick_hz: f64,
    /// Where it is plucked, as a share of the string.
    pub place: f64,
    /// How much the highs stay: 0 (all damped at once) to 1 (nothing but the filter's half).
    pub brightness: f64,
    /// Seconds in which the whole falls to 1/e, at key 60; half at each octave up.
    pub ring_s: f64,
    /// The body's resonances: (centre, q, gain).
    pub body: &'static [(f64, f64, f64)],
    /// Turns the string's swing into a buzz or an overdrive: 0 for none.
    pub drive: f64,
}

impl Pluck {
    pub fn render(&self, name: &str, root_key: u8, loudness: f64) -> Sample {
        let root_hz = key_hz(f64::from(root_key));
        // brightness mixes the neighbour in: a delay of (1 - stay) frames
        let stay = 0.5 + 0.5 * self.brightness * 0.9;
        let delay = 1.0 - stay;
        let line_frames = ((self.rate_hz / root_hz - delay).round() as usize).max(12);
        let rate = root_hz * (line_frames as f64 + delay);
        let mut random = Random::new(u64::from(root_key) * 31 + (self.pick_hz as u64));
        let mut line: Vec<f64> = (0..line_frames).map(|_| random.bipolar()).collect();
        self.shape_pick(&mut line, root_key, rate);
        let ring_s = self.ring_s * (-(f64::from(root_key) - 60.0) / 12.0).exp2().clamp(0.2, 2.5);
        let gain = (-1.0 / (ring_s * root_hz)).exp();
        // two rounds of a delay with a half frame are a whole number of frames; else as many as come closest
        let round = line_frames as f64 + delay;
        let rounds = (2..=9).min_by(|a, b| off_grid(round, *a).total_cmp(&off_grid(round, *b))).unwrap_or(2);
        let loop_frames = (round * f64::from(rounds)).round() as usize;
        let before = ((self.length_s * rate) as usize).max(loop_frames);
        let mut frames = Vec::with_capacity(before + loop_frames);
        let mut previous = line[line_frames - 1];
        for index in 0..before + loop_frames {
            let place = index % line_frames;
            let out = line[place];
            frames.push(out);
            line[place] = gain * (stay * out + (1.0 - stay) * previous);
            previous = out;
        }
        self.drive(&mut frames);
        self.add_body(&mut frames, rate);
        Biquad::high_pass(30.0, 0.7, rate).run(&mut frames);
        join_loop(&mut frames, before, loop_frames);
        let rate_hz = rate.round() as u32;
        dsp::level(&mut frames, rate, loudness);
        let sounding_hz = f64::from(rate_hz) * f64::from(rounds) / loop_frames as f64;
        Sample {
            name: format!("{name} {root_key}"),
            frames,
            rate_hz,
            root_key,
            correction_cents: (1200.0 * (root_hz / sounding_hz).log2()).round() as i8,
            loop_frames: Some((before, before + loop_frames)),
        }
    }

    /// The pick's noise, softened, without what has a node at the pick, and without a constant part.
    fn shape_pick(&self, line: &mut [f64], root_key: u8, rate: f64) {
        let length = line.len();
        let mut twice = [&*line, &*line].concat();
        Biquad::low_pass(self.pick_hz, 0.6, rate).run(&mut twice);
        // the higher the fret, the nearer to the middle of what is left of the string the same hand plucks
        let place = (self.place + f64::from(root_key.saturating_sub(57)) / 90.0).min(0.5);
        let comb = ((length as f64 * place) as usize).max(1);
        for (index, value) in line.iter_mut().enumerate() {
            *value = twice[length + index] - 0.85 * twice[length + index - comb];
        }
        let mean = line.iter().sum::<f64>() / length as f64;
        let peak = line.iter().fold(1e-9_f64, |peak, value| peak.max((value - mean).abs()));
        for value in line {
            *value = (*value - mean) / peak;
        }
    }

    fn drive(&self, frames: &mut [f64]) {
        if self.drive > 0.0 {
            for value in frames {
                *value = (self.drive * *value + 0.12).tanh() - 0.12_f64.tanh();
            }
        }
    }

    fn add_body(&self, frames: &mut [f64], rate: f64) {
        let dry = frames.to_vec();
        for (hz, q, gain) in self.body {
            let mut filter = Biquad::band_pass(*hz, *q, rate);
            for (frame, value) in frames.iter_mut().zip(&dry) {
                *frame += gain * filter.next(*value);
            }
        }
    }
}

/// How far so many rounds are from a whole number of frames, as a share of their length.
fn off_grid(round: f64, rounds: i32) -> f64 {
    let frames = round * f64::from(rounds);
    (frames.round() / frames - 1.0).abs()
}

/// Makes the last part periodic: it fades from itself into what came a loop earlier, so that its end leads to its
/// beginning; and goes on a little behind the end.
pub fn join_loop(frames: &mut Vec<f64>, before: usize, loop_frames: usize) {
    for index in 0..loop_frames {
        let later = index as f64 / loop_frames as f64;
        let mix = 0.5 - 0.5 * (std::f64::consts::PI * later).cos();
        frames[before + index] = (1.0 - mix) * frames[before + index] + mix * frames[before + index - loop_frames];
    }
    for index in 0..LOOP_TAIL_FRAMES {
        frames.push(frames[before + index]);
    }
}
