use std::convert::Infallible;

use super::*;

/// Low, so that it is quick.
const RATE_HZ: u32 = 11_025;

/// Plucked tones, far apart in level, some 2 s.
fn plucks(level: f32) -> Vec<f32> {
    (0..RATE_HZ as usize * 2)
        .flat_map(|frame| {
            let since = (frame % 5500) as f32 / RATE_HZ as f32;
            let sample = level * (-since * 9.0).exp() * (frame as f32 * 0.25).sin();
            [sample, sample * 0.8]
        })
        .collect()
}

fn normalised(sound: &[f32], wanted: Loudness) -> (Vec<f32>, Normalised) {
    let mut meter = Meter::new(RATE_HZ);
    meter.add(sound);
    let (gain, found) = normalise::<Infallible>(wanted, RATE_HZ, &meter, |gain, meter| {
        let mut sound = sound.to_vec();
        gain.apply(0, &mut sound);
        meter.add(&sound);
        Ok(())
    })
    .unwrap();
    let mut sound = sound.to_vec();
    gain.apply(0, &mut sound);
    (sound, found)
}

fn measure(sound: &[f32]) -> (f64, f64) {
    let mut meter = Meter::new(RATE_HZ);
    meter.add(sound);
    (meter.lufs(), meter.true_peak_dbtp())
}

#[test]
fn quiet_sound_is_only_turned_up() {
    let wanted = Loudness { target_lufs: -30.0, ceiling_dbtp: -1.0 };
    let sound = plucks(0.01);
    let (loud, found) = normalised(&sound, wanted);
    assert!((measure(&loud).0 + 30.0).abs() < 0.1 && !found.limited, "{found:?}");
    let ratio = loud[1000] / sound[1000];
    assert!(loud.iter().zip(&sound).all(|(loud, quiet)| (loud - quiet * ratio).abs() < 1e-5));
}

#[test]
fn loud_sound_is_held_below_the_ceiling_and_still_meets_its_target() {
    let wanted = Loudness { target_lufs: -11.0, ceiling_dbtp: -1.0 };
    let (loud, found) = normalised(&plucks(0.5), wanted);
    let (lufs, peak) = measure(&loud);
    assert!((lufs + 11.0).abs() < 0.1, "{lufs}, {found:?}");
    assert!(found.limited && peak <= -1.0 && peak > -1.5, "{peak}, {found:?}");
}

#[test]
fn silence_stays_silence() {
    let (sound, found) = normalised(&vec![0.0; RATE_HZ as usize * 2], Loudness::default());
    assert!(sound.iter().all(|sample| *sample == 0.0));
    assert!(found.lufs == f64::NEG_INFINITY && found.gain_db == 0.0);
}

#[test]
fn the_lowest_of_neighbours() {
    let values = [5.0, 1.0, 4.0, 3.0, 2.0, 6.0];
    assert_eq!(lowest_within(&values, 1, 2), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    assert_eq!(lowest_within(&values, 0, 0), values);
}

#[test]
fn the_envelope_is_low_enough_at_every_peak() {
    let mut peaks = vec![0.1_f32; 3000];
    for (at, peak) in [(0, 2.0), (100, 4.0), (103, 1.5), (1500, 1.1), (2999, 3.0)] {
        peaks[at] = peak;
    }
    let envelope = envelope(1.0, 1.0, &peaks, 44_100);
    for (block, peak) in peaks.iter().enumerate() {
        for limit in &envelope[block.saturating_sub(1)..=block] {
            assert!(limit * peak <= 1.0001, "block {block}: {limit} of {peak}");
        }
    }
    assert!(envelope[1490] > 0.99 && envelope[2980] > 0.99, "it releases again, and does not start early");
}
