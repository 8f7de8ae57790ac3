use super::*;
use crate::music::{Control, ControlEvent};

fn starts(pass: &Pass) -> Vec<(Tick, Tick)> {
    pass.performance.notes.iter().map(|note| (note.start, note.duration)).collect()
}

#[test]
fn every_time_round_is_a_pass_and_late_messages_find_theirs() {
    let mut passes = Passes::new(0, Some(480..2400));
    passes.push(100.0, [0x90, 60, 90]); // before the loop: part of the first pass
    passes.push(200.0, [0x80, 60, 0]);
    passes.push(2300.0, [0x90, 62, 90]);
    passes.advance(500.0); // round
    passes.push(2390.0, [0x90, 64, 90]); // struck before the loop's end, delivered after it
    passes.push(700.0, [0x80, 62, 0]);
    passes.push(900.0, [0x90, 65, 90]);
    assert_eq!(passes.notes(1000.0).len(), 1, "only the pass under way is shown");
    passes.push(1000.0, [0x80, 65, 0]);
    passes.advance(1900.0);
    passes.advance(490.0); // round without a note
    passes.advance(1900.0);
    passes.push(490.0, [0x90, 67, 90]);
    assert_eq!(passes.count(), 4);
    let done = passes.stop(960.0);
    assert_eq!(done.len(), 3, "an empty pass is none");
    assert_eq!(starts(&done[0]), [(100, 100), (2300, 100), (2390, 10)]);
    assert_eq!(starts(&done[1]), [(900, 100)]);
    assert_eq!(starts(&done[2]), [(490, 470)]);
    assert_eq!([&done[0].span, &done[1].span, &done[2].span], [&(0..2400), &(480..2400), &(480..960)]);
}

#[test]
fn nothing_is_recorded_behind_the_loops_end() {
    let mut passes = Passes::new(480, Some(480..2400));
    passes.push(2380.0, [0x90, 60, 90]);
    passes.push(2450.0, [0x80, 60, 0]); // the sound is late, and the clock was extrapolated
    passes.push(2460.0, [0x90, 62, 90]);
    passes.advance(500.0);
    passes.push(700.0, [0x90, 64, 90]);
    let done = passes.stop(2600.0);
    assert_eq!(starts(&done[0]), [(2380, 19), (2399, 1)]);
    assert_eq!(starts(&done[1]), [(700, 1699)]);
}

#[test]
fn a_count_in_is_no_music_and_no_loop_is_one_pass() {
    let mut passes = Passes::new(960, Some(0..480));
    passes.push(500.0, [0x90, 60, 90]);
    passes.push(600.0, [0x80, 60, 0]);
    passes.push(900.0, [0x90, 62, 90]); // still held where it begins
    passes.push(1200.0, [0x80, 62, 0]);
    let done = passes.stop(2000.0);
    assert_eq!(done.len(), 1);
    assert_eq!(starts(&done[0]), [(960, 240)]);
}

#[test]
fn trimming_cuts_and_leaves_nothing_hanging() {
    let mut passes = Passes::new(0, None);
    passes.push(100.0, [0xB0, 64, 127]);
    passes.push(200.0, [0x90, 60, 90]);
    passes.push(1000.0, [0x80, 60, 0]);
    let performance = passes.stop(2000.0).remove(0).performance.trimmed(&(400..800));
    assert_eq!(performance.notes.iter().map(|note| (note.start, note.duration)).collect::<Vec<_>>(), [(400, 400)]);
    let pedal = |tick, value| ControlEvent { tick, control: Control::Controller { number: 64, value } };
    assert_eq!(performance.controls, [pedal(400, 127), pedal(800, 0)]);
}

#[test]
fn onsets_keep_to_the_drivers_stamps_however_late_they_are_delivered() {
    // a simulated driver: stamps are exact, delivery is 0 to 20 ms late; the window looks 30 times a second
    let mut random = fastrand::Rng::with_seed(3);
    let ticks_per_ms = 0.96; // 120 quarters a minute
    let tick_at = |ms: f64| ms * ticks_per_ms;
    let strikes: Vec<f64> = (0..400).map(|index| f64::from(index) * 137.3 + random.f64() * 40.0).collect();
    let mut deliveries: Vec<(f64, f64)> = strikes.iter().map(|&ms| (ms + random.f64() * 20.0, ms)).collect();
    deliveries.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut passes = Passes::new(0, None);
    let mut frame_ms = 0.0;
    for (delivered, stamp) in deliveries {
        while frame_ms < delivered {
            frame_ms += 33.3;
            passes.advance(tick_at(frame_ms));
        }
        passes.push(tick_at(stamp), [0x90, 60, 90]);
    }
    let recorded = passes.stop(tick_at(60_000.0)).remove(0).performance.notes;
    assert_eq!(recorded.len(), strikes.len());
    let errors_ms = recorded.iter().zip(&strikes).map(|(note, ms)| (f64::from(note.start) / ticks_per_ms - ms).abs());
    let mean_ms = errors_ms.sum::<f64>() / strikes.len() as f64;
    assert!(mean_ms < 1.0, "{mean_ms} ms");
}
