use super::*;

fn playhead(at: Exact) -> Playhead {
    Playhead { at, playing: true, count_in_beats_left: None }
}

const RATE_HZ: u32 = 48_000;

fn nanos(frames: f64) -> f64 {
    frames * 1e9 / f64::from(RATE_HZ)
}

/// Two minutes of buffers, each requested late by `late()` and by a device whose clock runs `ppm` fast:
/// how far the line is off, in frames, at each buffer.
fn errors(buffer_frames: u32, ppm: f64, mut late: impl FnMut() -> f64) -> Vec<f64> {
    let (monitor, public) = (StreamMonitor::default(), PublicClock::new());
    let mut clock = FrameClock::new(RATE_HZ, Duration::ZERO);
    monitor.begin_stream(0);
    let buffers = 120 * RATE_HZ / buffer_frames;
    (0..buffers)
        .map(|buffer| {
            // the first two fill the device, at once
            let due = nanos(f64::from(buffer.max(1) * buffer_frames)) * (1.0 - ppm * 1e-6);
            monitor.begin_buffer((due + late()) as Nanos, buffer_frames, RATE_HZ, None);
            for _ in 0..buffer_frames / 64 {
                clock.begin_block(&monitor);
                clock.end_block(64, playhead(0), 0, 0, &public);
            }
            // of the frame that this buffer began with
            (clock.present() - nanos(f64::from(buffer_frames)) - due) * f64::from(RATE_HZ) / 1e9
        })
        .collect()
}

#[test]
fn buffers_of_any_size_lie_on_a_straight_line() {
    for buffer_frames in [64, 128, 256, 512, 1024] {
        let errors = errors(buffer_frames, 0.0, || 0.0);
        let settled = &errors[DelayLockedLoop::FILLING as usize..];
        assert!(settled.iter().all(|error| error.abs() < 0.01), "{buffer_frames}: {settled:?}");
    }
}

/// A thread that wakes up to 0.3 ms late, and now and then 8 ms.
#[test]
fn jitter_is_smoothed_and_outliers_do_not_pull() {
    let mut random = fastrand::Rng::with_seed(7);
    let late = || if random.u32(0..400) == 0 { 8e6 } else { random.f64() * 0.3e6 };
    let errors = errors(256, 0.0, late);
    let settled = &errors[errors.len() / 6..];
    let mean = settled.iter().sum::<f64>() / settled.len() as f64;
    let spread = settled.iter().map(|error| (error - mean).abs()).fold(0.0, f64::max);
    assert!(spread < 1.0, "{spread} frames about {mean}");
}

#[test]
fn a_device_that_drifts_is_followed_without_a_jump() {
    for ppm in [-150.0, 150.0] {
        let errors = errors(256, ppm, || 0.0);
        let largest = errors.iter().skip(8).fold(0.0, |most: f64, error| most.max(error.abs()));
        assert!(largest < 16.0, "{largest} frames");
        let jump = errors.windows(2).skip(8).fold(0.0, |most: f64, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(jump < 0.1, "{jump} frames");
        assert!(errors[errors.len() - 1].abs() < 0.5, "in the end {}", errors[errors.len() - 1]);
    }
}

#[test]
fn the_latency_that_a_backend_reports_is_used() {
    let (monitor, public) = (StreamMonitor::default(), PublicClock::new());
    let mut clock = FrameClock::new(RATE_HZ, Duration::from_millis(99));
    monitor.begin_stream(0);
    for buffer in 0..40 {
        monitor.begin_buffer(nanos(f64::from(buffer * 480)) as Nanos, 480, RATE_HZ, Some(Duration::from_millis(7)));
        clock.begin_block(&monitor);
        clock.end_block(480, playhead(i64::from(buffer) * 480), 48_000, 0, &public);
    }
    // 300 ms after the start, what was requested 7 ms before is heard
    let heard = public.playhead_at(public.epoch + Duration::from_millis(300)).at;
    assert!((heard - 293 * 48).abs() <= 1, "{heard}");
}

#[test]
fn before_a_jump_the_old_segment_counts() {
    let (monitor, public) = (StreamMonitor::default(), PublicClock::new());
    let mut clock = FrameClock::new(48_000, Duration::ZERO);
    monitor.begin_stream(0);
    monitor.begin_buffer(0, 48_000, 48_000, None);
    clock.begin_block(&monitor);
    clock.end_block(48_000, playhead(0), 480_000_000, 0, &public);
    monitor.begin_buffer(1_000_000_000, 48_000, 48_000, None);
    clock.begin_block(&monitor);
    clock.end_block(48_000, playhead(7_000_000_000), 480_000_000, 1, &public);
    let at = |millis| public.playhead_at(public.epoch + Duration::from_millis(millis)).at;
    assert_eq!(at(500), 240_000_000);
    assert_eq!(at(1500), 7_240_000_000);
    // never runs on for more than a second
    assert_eq!(at(60_000), 7_480_000_000);
}
