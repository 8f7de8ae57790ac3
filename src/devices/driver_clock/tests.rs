use super::*;
use crate::music::{Note, Recorder, Stamped, TempoMap, recorder::Origin};

#[test]
fn late_delivery_does_not_move_stamps() {
    let mut clock = DriverClock::default();
    clock.begins_before(5_000_300); // connected at 5,000,000, and the call took 300 microseconds
    let late = clock.to_program(1_000_000, 6_050_000); // 50 ms late
    assert_eq!(late, 6_000_300);
    let sharp = clock.to_program(1_100_000, 6_100_010);
    assert_eq!(sharp, 6_100_010); // the bound falls to 10 microseconds
    assert_eq!(clock.to_program(1_200_000, 6_290_000), 6_200_010);
}

#[test]
fn a_driver_that_counts_from_long_ago() {
    let mut clock = DriverClock::default();
    clock.begins_before(700);
    assert_eq!(clock.to_program(90_000_000_000, 1_000), 1_000);
    assert_eq!(clock.to_program(90_000_000_500, 9_000), 1_500);
}

#[test]
fn a_driver_that_restarts() {
    let mut clock = DriverClock::default();
    clock.to_program(90_000_000, 100_000_000);
    assert_eq!(clock.to_program(1_000, 120_000_000), 120_000_000);
    assert_eq!(clock.to_program(2_000, 120_004_000), 120_001_000);
}

#[test]
fn stamps_never_go_back() {
    let mut clock = DriverClock::default();
    let mut last = 0;
    for (driver, delay) in [(0, 500), (100, 450), (150, 2_000), (2_200, 3), (2_250, 800), (3_100, 0)] {
        let stamp = clock.to_program(driver, 10_000 + driver + delay);
        assert!(stamp >= last, "{stamp} after {last}");
        last = stamp;
    }
}

/// Ten minutes of messages, a tenth of a second apart, from a driver that runs `ppm` too fast and delivers up to
/// 20 ms late, every third time within 30 microseconds: by how much each stamp is wrong, in microseconds.
fn errors(ppm: f64) -> Vec<f64> {
    let mut clock = DriverClock::default();
    let mut random = fastrand::Rng::with_seed(3);
    (0..6000)
        .map(|index| {
            let truth = 1e6 + f64::from(index) * 100_000.0;
            let late = if index % 3 == 0 { random.f64() * 30.0 } else { random.f64() * 20_000.0 };
            let stamp = clock.to_program((truth * (1.0 + ppm * 1e-6)) as u64, (truth + late) as u64);
            stamp as f64 - truth
        })
        .collect()
}

/// By how much the onsets of a recording are wrong, in milliseconds: two minutes of notes, five a second, by a driver
/// that delivers each one up to 20 ms late and runs a little fast.
fn onset_errors_ms(begin_is_known: bool) -> Vec<f64> {
    let mut clock = DriverClock::default();
    if begin_is_known {
        clock.begins_before(10_000_200);
    }
    let origin = Origin::At { stamp_micros: 11_000_000, tick: 0.0 };
    let mut recorder = Recorder::new(TempoMap::default(), origin);
    let mut random = fastrand::Rng::with_seed(7);
    let truths_ms: Vec<f64> = (0..600).map(|index| f64::from(index) * 200.0 + random.f64() * 50.0).collect();
    for truth_ms in &truths_ms {
        // the driver counts from 10 s
        let program = 11e6 + truth_ms * 1e3;
        let driver = (program - 10e6) * (1.0 + 20e-6);
        let delivered = program + random.f64() * 20_000.0;
        let stamp_micros = clock.to_program(driver as u64, delivered as u64);
        for message in [[0x90, 60, 80], [0x80, 60, 0]] {
            recorder.push(Stamped { stamp_micros, message });
        }
    }
    let notes = recorder.stop(u64::MAX).notes;
    assert_eq!(notes.len(), truths_ms.len());
    let onset_ms = |note: &Note| TempoMap::default().seconds_from_tick(note.start) * 1e3;
    notes.iter().zip(truths_ms).map(|(note, truth)| onset_ms(note) - truth).collect()
}

#[test]
fn recorded_onsets_are_true_though_delivery_is_late_and_uneven() {
    for begin_is_known in [true, false] {
        let errors = onset_errors_ms(begin_is_known);
        let mean = errors.iter().map(|error| error.abs()).sum::<f64>() / errors.len() as f64;
        assert!(mean < 1.0, "{mean} ms where the begin is known: {begin_is_known}");
    }
}

#[test]
fn clocks_that_run_alike_keep_every_distance() {
    let errors = errors(0.0);
    let (least, most) =
        errors[20..].iter().fold((f64::MAX, f64::MIN), |(least, most), error| (least.min(*error), most.max(*error)));
    // less than a frame at 48 kHz
    assert!(most - least < 20.0 && most < 25.0, "{least} to {most}");
}

#[test]
fn drift_is_followed_without_a_jump() {
    for ppm in [-120.0, -30.0, 30.0, 120.0] {
        let errors = errors(ppm);
        let worst = errors.iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
        assert!(worst < 2500.0, "{ppm}: {worst}");
        let late = errors[1500..].iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
        assert!(late < 250.0, "{ppm}: {late} after a while");
        let jump = errors.windows(2).fold(0.0_f64, |jump, pair| jump.max((pair[1] - pair[0]).abs()));
        assert!(jump < 60.0, "{ppm}: {jump}");
    }
}
