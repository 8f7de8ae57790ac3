//! Brings a mix to a loudness (EBU R 128, integrated) below a true peak, and returns what was measured.
//!
//! If turning it up alone would exceed the true peak, a look-ahead limiter holds it there. That takes loudness away, so
//! the gain is found in a few rounds of measuring. Knows no files: [`super::spool`] supplies the sound again and again.

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

/// Frames that share one measured peak and one step of the limiter's gain.
const BLOCK_FRAMES: usize = 32;
/// The limiter turns down over this time before a peak…
const ATTACK_SECONDS: f64 = 0.005;
/// …and up again with this time constant.
const RELEASE_SECONDS: f64 = 0.12;
/// The target is met this closely, in LU.
const CLOSE_LU: f64 = 0.05;
/// After so many, the sound cannot reach that loudness below this peak.
const ROUNDS: usize = 12;
/// The limiter is never driven further than this, in dB: it would change the character of the sound.
const MOST_LIMITING_DB: f64 = 20.0;

/// How loud, and how high.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Loudness {
    /// Integrated, in LUFS: -14 as streaming services have it, -16 for podcasts, -23 for broadcast.
    pub target_lufs: f64,
    /// True peak, in dB below full scale.
    pub ceiling_dbtp: f64,
}

impl Default for Loudness {
    fn default() -> Self {
        Self { target_lufs: -14.0, ceiling_dbtp: -1.0 }
    }
}

impl Loudness {
    /// What a limiter can reach, whatever a file said.
    #[must_use]
    pub fn in_range(self) -> Self {
        let usual = Self::default();
        let within = |value: f64, range: std::ops::RangeInclusive<f64>, usual| {
            if value.is_finite() { value.clamp(*range.start(), *range.end()) } else { usual }
        };
        Self {
            target_lufs: within(self.target_lufs, -40.0..=-5.0, usual.target_lufs),
            ceiling_dbtp: within(self.ceiling_dbtp, -12.0..=0.0, usual.ceiling_dbtp),
        }
    }
}

/// What was measured and done. The loudness of digital silence is minus infinity, and nothing is done to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalised {
    /// Integrated loudness as it plays.
    pub before_lufs: f64,
    /// Integrated loudness as written.
    pub lufs: f64,
    /// True peak as written.
    pub true_peak_dbtp: f64,
    /// The gain, up or down.
    pub gain_db: f64,
    /// Whether the limiter had to hold peaks down.
    pub limited: bool,
}

/// Measures loudness and true peak, and records where the peaks are.
pub(super) struct Meter {
    ebur128: EbuR128,
    /// The true peak of every [`BLOCK_FRAMES`].
    peaks: Vec<f32>,
}

impl Meter {
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            ebur128: EbuR128::new(2, sample_rate_hz, Mode::I | Mode::TRUE_PEAK)
                .expect("stereo at a rate of sound is what it is made for"),
            peaks: Vec::new(),
        }
    }

    /// Takes interleaved stereo, whole blocks at a time but for the last.
    pub fn add(&mut self, samples: &[f32]) {
        for block in samples.chunks(BLOCK_FRAMES * 2) {
            self.ebur128.add_frames_f32(block).expect("frames are whole");
            let peak = |channel| self.ebur128.prev_true_peak(channel).expect("it measures true peaks");
            self.peaks.push(peak(0).max(peak(1)) as f32);
        }
    }

    /// Integrated loudness; minus infinity for silence and for less than 0.4 s.
    pub fn lufs(&self) -> f64 {
        self.ebur128.loudness_global().expect("it measures integrated loudness")
    }

    pub fn true_peak_dbtp(&self) -> f64 {
        let peak = |channel| self.ebur128.true_peak(channel).expect("it measures true peaks");
        20.0 * peak(0).max(peak(1)).log10()
    }
}

/// The gain of every frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gain {
    gain: f32,
    /// The limiter's own gain at the end of each block, where it is needed.
    envelope: Vec<f32>,
}

impl Gain {
    fn new(gain_db: f64, threshold_db: f64, peaks: &[f32], sample_rate_hz: u32) -> Self {
        let gain = from_db(gain_db);
        let threshold = from_db(threshold_db);
        let highest = peaks.iter().fold(0.0_f32, |highest, peak| highest.max(*peak));
        let envelope =
            if highest * gain > threshold { envelope(gain, threshold, peaks, sample_rate_hz) } else { Vec::new() };
        Self { gain, envelope }
    }

    /// Changes interleaved stereo that begins at a frame.
    pub fn apply(&self, first_frame: u64, samples: &mut [f32]) {
        for (index, frame) in samples.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let gain = self.gain * self.limit_at(first_frame as usize + index);
            frame[0] *= gain;
            frame[1] *= gain;
        }
    }

    /// In a straight line from the end of the block before to the end of this one.
    fn limit_at(&self, frame: usize) -> f32 {
        let block = frame / BLOCK_FRAMES;
        let Some(&to) = self.envelope.get(block) else { return 1.0 };
        let from = block.checked_sub(1).map_or(to, |before| self.envelope[before]);
        from + (to - from) * ((frame % BLOCK_FRAMES + 1) as f32 / BLOCK_FRAMES as f32)
    }
}

/// The limiter's gain for each block: low enough at each peak, reached by a straight line before it, and released
/// slowly.
fn envelope(gain: f32, threshold: f32, peaks: &[f32], sample_rate_hz: u32) -> Vec<f32> {
    let rate = f64::from(sample_rate_hz);
    let attack = ((ATTACK_SECONDS * rate / BLOCK_FRAMES as f64).round() as usize).max(1);
    let release = 1.0 - (-(BLOCK_FRAMES as f64) / (RELEASE_SECONDS * rate)).exp() as f32;
    let needed: Vec<f32> =
        peaks.iter().map(|peak| if peak * gain > threshold { threshold / (peak * gain) } else { 1.0 }).collect();
    // the meter sees a peak some frames late, and gains are interpolated between blocks: neighbours need the same
    let lowest_ahead = lowest_within(&needed, 1, attack + 1);
    let mut held = Vec::with_capacity(needed.len());
    let mut last = 1.0_f32;
    for lowest in lowest_ahead {
        last = lowest.min(last + (1.0 - last) * release);
        held.push(last);
    }
    // a mean over the time before: a straight way down that ends where the peak is
    let first = held.first().copied().unwrap_or(1.0);
    let mut sum = first * attack as f32;
    (0..held.len())
        .map(|block| {
            sum += held[block] - block.checked_sub(attack).map_or(first, |before| held[before]);
            (sum / attack as f32).min(1.0)
        })
        .collect()
}

/// The lowest of each value's neighbours, so many before and after it, including itself.
fn lowest_within(values: &[f32], before: usize, after: usize) -> Vec<f32> {
    // indices of values that may still be the lowest, the lowest first
    let mut candidates = std::collections::VecDeque::new();
    let mut next = 0;
    (0..values.len())
        .map(|index| {
            while next < values.len() && next <= index + after {
                while candidates.back().is_some_and(|&last: &usize| values[last] >= values[next]) {
                    candidates.pop_back();
                }
                candidates.push_back(next);
                next += 1;
            }
            while candidates.front().is_some_and(|&first| first + before < index) {
                candidates.pop_front();
            }
            candidates.front().map_or(1.0, |&first| values[first])
        })
        .collect()
}

/// Finds the gain for a measured mix. `listen` plays the mix through a gain into a new meter.
pub(super) fn normalise<E>(
    wanted: Loudness,
    sample_rate_hz: u32,
    measured: &Meter,
    mut listen: impl FnMut(&Gain, &mut Meter) -> Result<(), E>,
) -> Result<(Gain, Normalised), E> {
    let before_lufs = measured.lufs();
    if !before_lufs.is_finite() {
        let untouched = Normalised {
            before_lufs,
            lufs: before_lufs,
            true_peak_dbtp: measured.true_peak_dbtp(),
            gain_db: 0.0,
            limited: false,
        };
        return Ok((Gain::new(0.0, f64::INFINITY, &[], sample_rate_hz), untouched));
    }
    let mut try_gain = |gain: &Gain, gain_db: f64| {
        let mut meter = Meter::new(sample_rate_hz);
        listen(gain, &mut meter)?;
        let (lufs, true_peak_dbtp) = (meter.lufs(), meter.true_peak_dbtp());
        Ok(Normalised { before_lufs, lufs, true_peak_dbtp, gain_db, limited: !gain.envelope.is_empty() })
    };
    let first_db = wanted.target_lufs - before_lufs;
    let mut gain_db = first_db;
    let mut threshold_db = wanted.ceiling_dbtp;
    let mut best: Option<(Gain, Normalised)> = None;
    for _ in 0..ROUNDS {
        let gain = Gain::new(gain_db, threshold_db, &measured.peaks, sample_rate_hz);
        let found = try_gain(&gain, gain_db)?;
        let off = |found: &Normalised| (found.lufs - wanted.target_lufs).abs();
        let above = found.true_peak_dbtp - wanted.ceiling_dbtp;
        if above > 0.0 {
            threshold_db -= above + 0.02;
        } else if best.as_ref().is_none_or(|(_, best)| off(&found) < off(best)) {
            best = Some((gain, found));
        }
        if above <= 0.0 && off(&found) <= CLOSE_LU {
            break;
        }
        gain_db = (gain_db + wanted.target_lufs - found.lufs).min(first_db + MOST_LIMITING_DB);
    }
    if let Some(best) = best {
        return Ok(best);
    }
    // no known sound gets here: the limiter's threshold falls below the ceiling in the second round
    let safe_db = (wanted.ceiling_dbtp - 1.0 - measured.true_peak_dbtp()).min(first_db);
    let gain = Gain::new(safe_db, f64::INFINITY, &[], sample_rate_hz);
    let found = try_gain(&gain, safe_db)?;
    Ok((gain, found))
}

pub(super) fn from_db(db: f64) -> f32 {
    10.0_f64.powf(db / 20.0) as f32
}

#[cfg(test)]
mod tests;
