//! The metronome: where beats fall, and two clicks made of arithmetic.

use crate::music::{MetreMap, Tick};

use super::schedule::{Exact, TimeIndex};

/// A beat at its exact time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beat {
    pub at: Exact,
    /// The first of its bar.
    pub accented: bool,
}

/// The first beat at or after an instant.
pub(super) fn beat_from(at: Exact, time: &TimeIndex, metre: &MetreMap) -> Beat {
    let tick = time.tick_from_exact(at.max(0)).floor().clamp(0.0, f64::from(Tick::MAX)) as Tick;
    let into = metre.position(tick).tick;
    let mut beat = tick - into;
    if time.exact_from_tick(beat) < at {
        beat = next_beat(beat, metre);
    }
    Beat { at: time.exact_from_tick(beat), accented: metre.position(beat).beat == 0 }
}

/// A change of metre begins a bar, even where it cuts a beat short.
fn next_beat(beat: Tick, metre: &MetreMap) -> Tick {
    let next = beat.saturating_add(metre.metre_at(beat).beat_ticks());
    let changes = metre.changes();
    let after = changes.partition_point(|change| change.tick <= beat);
    changes.get(after).map_or(next, |change| change.tick.min(next))
}

/// Plays the clicks.
#[derive(Debug)]
pub(super) struct Clicker {
    accented: Vec<f32>,
    plain: Vec<f32>,
    playing: Option<Playing>,
}

#[derive(Clone, Copy, Debug)]
struct Playing {
    accented: bool,
    at: usize,
    volume: f32,
}

impl Clicker {
    pub fn new(sample_rate_hz: u32) -> Self {
        Self { accented: click(sample_rate_hz, 1568.0), plain: click(sample_rate_hz, 1046.5), playing: None }
    }

    /// Starts a click; a volume beyond 0 to 1 is brought into that range, and one that is no number is silence.
    pub fn trigger(&mut self, accented: bool, volume: f32) {
        let volume = if volume.is_nan() { 0.0 } else { volume.clamp(0.0, 1.0) };
        self.playing = Some(Playing { accented, at: 0, volume: if accented { volume } else { volume * 0.7 } });
    }

    /// Adds the next frames of a click that sounds.
    pub fn mix(&mut self, left: &mut [f32], right: &mut [f32]) {
        let Some(playing) = &mut self.playing else { return };
        let click = if playing.accented { &self.accented } else { &self.plain };
        let rest = &click[playing.at..];
        for ((left, right), sample) in left.iter_mut().zip(right.iter_mut()).zip(rest) {
            *left += sample * playing.volume;
            *right += sample * playing.volume;
        }
        playing.at += left.len().min(rest.len());
        if playing.at == click.len() {
            self.playing = None;
        }
    }
}

/// Something like a woodblock: a sine and its third partial, over after 40 ms, with half a millisecond of attack so
/// that it does not crackle.
fn click(sample_rate_hz: u32, pitch_hz: f32) -> Vec<f32> {
    let rate = sample_rate_hz as f32;
    (0..sample_rate_hz / 25)
        .map(|frame| {
            let seconds = frame as f32 / rate;
            let phase = seconds * pitch_hz * std::f32::consts::TAU;
            let attack = (seconds / 0.0005).min(1.0);
            let end = 1.0 - seconds / 0.04;
            (phase.sin() + 0.3 * (3.0 * phase).sin()) * attack * end * (-seconds * 90.0).exp() * 0.6
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::TempoMap;
    use crate::music::testing::metres;

    #[test]
    fn beats_follow_the_metre() {
        let time = TimeIndex::new(&TempoMap::constant(120.0));
        let metre = metres(&[(1920 + 240, 6, 8)]); // cuts a beat in half
        let mut at = 0;
        let mut seen = Vec::new();
        while seen.len() < 13 {
            let beat = beat_from(at, &time, &metre);
            seen.push((time.tick_from_exact(beat.at) as Tick, beat.accented));
            at = beat.at + 1;
        }
        let ticks: Vec<Tick> = seen.iter().map(|beat| beat.0).collect();
        assert_eq!(ticks, [0, 480, 960, 1440, 1920, 2160, 2400, 2640, 2880, 3120, 3360, 3600, 3840]);
        let accented: Vec<Tick> = seen.iter().filter(|beat| beat.1).map(|beat| beat.0).collect();
        assert_eq!(accented, [0, 1920, 2160, 3600]);
    }

    #[test]
    fn a_click_of_any_volume_stays_in_range() {
        let mut clicker = Clicker::new(48_000);
        let mut peak = |volume| {
            clicker.trigger(true, volume);
            let (mut left, mut right) = (vec![0.0_f32; 4800], vec![0.0; 4800]);
            clicker.mix(&mut left, &mut right);
            assert!(left.iter().all(|sample| sample.is_finite()), "{volume}");
            left.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
        };
        let loudest = peak(1.0);
        let beyond = [f32::NAN, f32::NEG_INFINITY, -1.0, f32::INFINITY, 100.0].map(&mut peak);
        assert_eq!(beyond, [0.0, 0.0, 0.0, loudest, loudest]);
    }

    #[test]
    fn a_click_sounds_once_and_ends() {
        let mut clicker = Clicker::new(48_000);
        clicker.trigger(true, 1.0);
        let (mut left, mut right) = (vec![0.0; 4800], vec![0.0; 4800]);
        clicker.mix(&mut left[..1000], &mut right[..1000]);
        clicker.mix(&mut left[1000..], &mut right[1000..]);
        assert!(clicker.playing.is_none());
        let peak = left.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.2..1.0).contains(&peak), "{peak}");
        assert!(left[1920..].iter().all(|sample| *sample == 0.0));
        assert_eq!(left, right);
    }
}
