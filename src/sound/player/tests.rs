//! Without a device, as on the machines that build this: a state, and musical time passes all the same.

use super::*;
use crate::music::TempoMap;
use crate::sound::soundfont::testing::font;
use crate::sound::testing::{note, score};

fn without_device() -> Player {
    let player = Player::start(PlayerOptions {
        soundfont: Some(font()),
        device: Some("no such output exists".into()),
        ..PlayerOptions::default()
    });
    wait_until("the output is known", || player.output() != OutputState::Opening);
    player
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < until, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn no_device_is_a_state_with_a_reason() {
    let player = without_device();
    let OutputState::NoDevice { reason } = player.output() else { panic!("{:?}", player.output()) };
    assert!(reason.contains("no sound output"), "{reason}");
}

#[test]
fn without_a_device_time_passes_and_levels_show() {
    let player = without_device();
    player.set_score(&score(vec![vec![note(0, 60, 48_000)]]));
    player.play();
    wait_until("it plays", || player.position().playing);
    wait_until("time passes", || player.position().tick > 100.0);
    wait_until("levels show", || {
        let peaks = player.peaks();
        peaks.master[0] > 0.01 && peaks.parts.len() == 1 && peaks.parts[0][0] > 0.01
    });
    let (instant, before) = (Instant::now(), player.position());
    std::thread::sleep(Duration::from_millis(300));
    let passed = player.position().tick - before.tick;
    let wanted = instant.elapsed().as_secs_f64() * 960.0;
    assert!((passed - wanted).abs() < 120.0, "{passed} ticks instead of {wanted}");
    player.pause();
    wait_until("it stops", || !player.position().playing);
    player.seek(9600);
    wait_until("it is there", || player.position().tick == 9600.0);
    player.stop();
    wait_until("it is back", || player.position().tick == 0.0);
}

#[test]
fn a_playhead_that_stops_does_not_go_back() {
    let player = without_device();
    player.set_score(&score(vec![vec![note(0, 60, 480_000)]]));
    for _ in 0..10 {
        player.play();
        wait_until("it plays", || player.position().playing);
        std::thread::sleep(Duration::from_millis(37));
        let mut shown = player.position().tick;
        player.pause();
        wait_until("it stops", || {
            let now = player.position();
            assert!(now.tick >= shown, "from {shown} to {}", now.tick);
            shown = now.tick;
            !now.playing
        });
    }
}

#[test]
fn the_count_in_counts_from_before_the_start() {
    let player = without_device();
    player.set_score(&Score { tempo: TempoMap::constant(480.0), ..score(vec![vec![note(0, 60, 480)]]) });
    player.play_with_count_in(1);
    wait_until("it counts", || player.position().count_in_beats_left.is_some());
    assert!(player.position().tick < 0.0);
    wait_until("it plays on", || {
        let position = player.position();
        position.count_in_beats_left.is_none() && position.playing && position.tick > 0.0
    });
}

#[test]
fn a_live_note_sounds_without_a_score() {
    let player = without_device();
    let mut live = player.live_input();
    live.send(0, [0x90, 60, 120]);
    wait_until("it sounds", || player.peaks().master[0] > 0.01);
    player.panic();
    wait_until("it is silent", || player.peaks().master[0] < 0.01);
}
