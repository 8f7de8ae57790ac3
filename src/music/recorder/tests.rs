use proptest::prelude::*;

use super::*;
use crate::music::TempoChange;
use crate::music::testing::note_with_velocity as note;

/// At 120 quarters per minute: 960 ticks a second.
fn at(origin: Origin) -> Recorder {
    Recorder::new(TempoMap::default(), origin)
}

fn from_zero() -> Recorder {
    at(Origin::At { stamp_micros: 0, tick: 0.0 })
}

fn push(recorder: &mut Recorder, seconds: f64, message: [u8; 3]) {
    recorder.push(Stamped { stamp_micros: (seconds * 1e6).round() as u64, message });
}

fn controller(tick: Tick, number: u8, value: u8) -> ControlEvent {
    let control = Control::Controller { number, value };
    ControlEvent { tick, control }
}

#[test]
fn notes_keep_time_velocity_and_order() {
    let mut recorder = from_zero();
    push(&mut recorder, 0.5, [0x90, 60, 80]);
    push(&mut recorder, 0.75, [0x93, 64, 1]); // another channel is as good
    push(&mut recorder, 1.0, [0x90, 60, 0]); // velocity 0 lets go
    push(&mut recorder, 1.25, [0x83, 64, 99]);
    let performance = recorder.stop(2_000_000);
    assert_eq!(performance.notes, [note(480, 480, 60, 80), note(720, 480, 64, 1)]);
    assert!(performance.controls.is_empty());
}

#[test]
fn nothing_is_quantised() {
    let mut recorder = from_zero();
    push(&mut recorder, 0.123_456, [0x90, 60, 80]);
    push(&mut recorder, 0.234_567, [0x80, 60, 0]);
    assert_eq!(recorder.stop(0).notes, [note(119, 106, 60, 80)]); // 118.5 and 225.2 ticks
}

#[test]
fn held_notes_grow() {
    let mut recorder = from_zero();
    push(&mut recorder, 1.0, [0x90, 60, 80]);
    let held = |micros| recorder.held(micros).collect::<Vec<_>>();
    assert_eq!(held(1_000_000), [note(960, 1, 60, 80)]);
    assert_eq!(held(1_500_000), [note(960, 480, 60, 80)]);
    assert_eq!(recorder.snapshot(1_500_000).notes, held(1_500_000));
    assert!(recorder.notes().is_empty());
}

#[test]
fn a_key_struck_twice_ends_the_first() {
    let mut recorder = from_zero();
    push(&mut recorder, 0.0, [0x90, 60, 80]);
    push(&mut recorder, 0.5, [0x90, 60, 90]);
    push(&mut recorder, 1.0, [0x80, 60, 0]);
    push(&mut recorder, 1.5, [0x80, 60, 0]); // the second let-go has nothing left
    assert_eq!(recorder.stop(2_000_000).notes, [note(0, 480, 60, 80), note(480, 480, 60, 90)]);
}

#[test]
fn within_one_tick_notes_still_follow_each_other() {
    let mut recorder = from_zero();
    for _ in 0..3 {
        push(&mut recorder, 1.0, [0x90, 60, 80]);
        push(&mut recorder, 1.0, [0x80, 60, 0]);
    }
    assert_eq!(recorder.stop(1_000_000).notes, [note(960, 1, 60, 80), note(961, 1, 60, 80), note(962, 1, 60, 80)]);
}

#[test]
fn pedals_wheels_and_pressure_are_kept() {
    let mut recorder = from_zero();
    push(&mut recorder, 0.5, [0xB0, 64, 127]);
    push(&mut recorder, 1.0, [0xE0, 0x7F, 0x7F]);
    push(&mut recorder, 1.5, [0xD0, 33, 0]);
    push(&mut recorder, 2.0, [0xA0, 60, 44]);
    push(&mut recorder, 2.5, [0xC0, 5, 0]);
    push(&mut recorder, 3.0, [0xB0, 64, 0]);
    push(&mut recorder, 3.0, [0xE0, 0, 0x40]);
    push(&mut recorder, 3.0, [0xD0, 0, 0]);
    push(&mut recorder, 3.0, [0xA0, 60, 0]);
    push(&mut recorder, 3.5, [0xF8, 0, 0]); // clock
    push(&mut recorder, 3.5, [0xFE, 0, 0]); // active sensing
    let event = |tick, control| ControlEvent { tick, control };
    let pitch = Pitch::MIDDLE_C;
    assert_eq!(
        recorder.stop(4_000_000).controls,
        [
            controller(480, 64, 127),
            event(960, Control::PitchBend(8191)),
            event(1440, Control::Pressure(33)),
            event(1920, Control::KeyPressure { pitch, value: 44 }),
            event(2400, Control::Program(5)),
            controller(2880, 64, 0),
            event(2880, Control::PitchBend(0)),
            event(2880, Control::Pressure(0)),
            event(2880, Control::KeyPressure { pitch, value: 0 }),
        ]
    );
}

#[test]
fn a_stop_closes_and_lifts_what_is_held() {
    let mut recorder = from_zero();
    push(&mut recorder, 0.0, [0x90, 60, 80]);
    push(&mut recorder, 0.0, [0xB0, 64, 127]);
    push(&mut recorder, 0.0, [0xB0, 1, 90]); // the modulation wheel has no spring
    let performance = recorder.stop(500_000);
    assert_eq!(performance.notes, [note(0, 480, 60, 80)]);
    assert_eq!(performance.controls, [controller(0, 64, 127), controller(0, 1, 90), controller(480, 64, 0)]);
}

#[test]
fn a_lost_keyboard_closes_its_notes_and_the_recording_goes_on() {
    let mut recorder = from_zero();
    push(&mut recorder, 0.0, [0x90, 60, 80]);
    push(&mut recorder, 0.0, [0x90, 64, 80]);
    push(&mut recorder, 1.0, [0xB0, 120, 0]); // all sound off
    push(&mut recorder, 2.0, [0x90, 60, 70]);
    push(&mut recorder, 2.5, [0xB0, 123, 0]); // all notes off
    let performance = recorder.stop(3_000_000);
    assert_eq!(performance.notes, [note(0, 960, 60, 80), note(0, 960, 64, 80), note(1920, 480, 60, 70)]);
    assert!(performance.controls.is_empty());
}

#[test]
fn the_first_note_may_begin_time() {
    let mut recorder = at(Origin::FirstNote { tick: 1920.0 });
    push(&mut recorder, 7.0, [0xB0, 64, 127]);
    assert_eq!(recorder.tick_at(7_500_000), None);
    push(&mut recorder, 8.0, [0x90, 60, 80]);
    push(&mut recorder, 8.5, [0x80, 60, 0]);
    push(&mut recorder, 8.5, [0xB0, 64, 0]);
    let performance = recorder.stop(9_000_000);
    assert_eq!(performance.notes, [note(1920, 480, 60, 80)]);
    assert_eq!(performance.controls, [controller(1920, 64, 127), controller(2400, 64, 0)]);
}

#[test]
fn the_count_in_is_no_music_but_what_is_still_held_is() {
    let mut recorder = at(Origin::At { stamp_micros: 2_000_000, tick: 0.0 });
    push(&mut recorder, 0.5, [0x90, 50, 80]);
    push(&mut recorder, 1.0, [0x80, 50, 80]); // noodling
    push(&mut recorder, 1.0, [0xB0, 64, 127]);
    push(&mut recorder, 1.2, [0xB0, 64, 0]);
    push(&mut recorder, 1.2, [0xB0, 7, 90]);
    push(&mut recorder, 1.98, [0x90, 60, 80]); // a little early
    push(&mut recorder, 2.5, [0x80, 60, 80]);
    let performance = recorder.stop(3_000_000);
    assert_eq!(performance.notes, [note(0, 480, 60, 80)]);
    assert_eq!(performance.controls, [controller(0, 7, 90)]);
}

#[test]
fn time_follows_the_tempo_from_a_fraction_of_a_tick() {
    let tempo = TempoMap::from_changes(vec![TempoChange { tick: 960, micros_per_quarter: 1_000_000 }]);
    let recorder = Recorder::new(tempo, Origin::At { stamp_micros: 1_000_000, tick: 480.25 });
    // half a second at 960 ticks a second is 479.75, the rest goes at 480 a second
    assert_eq!(recorder.tick_at(1_500_000), Some(960));
    assert_eq!(recorder.tick_at(2_000_000), Some(960 + 240));
    assert_eq!(recorder.tick_at(1_000_000), Some(480));
    assert_eq!(recorder.tick_at(0), Some(480));
}

#[test]
fn a_recording_has_an_end() {
    let mut recorder = from_zero();
    push(&mut recorder, 1e9, [0x90, 60, 80]);
    push(&mut recorder, 2e9, [0x80, 60, 0]);
    assert_eq!(recorder.stop(u64::MAX).notes, [note(MAX_TICK, 1, 60, 80)]);
}

#[test]
fn volume_and_pan_at_the_start_are_the_parts_own() {
    let mut recorder = from_zero();
    for (seconds, message) in [(0.0, [0xB0, 7, 90]), (0.0, [0xB0, 10, 1]), (0.0, [0xB0, 11, 2]), (1.0, [0xB0, 7, 91])] {
        push(&mut recorder, seconds, message);
    }
    let part = recorder.stop(2_000_000).into_part("Keyboard", 4);
    assert_eq!((part.volume, part.pan, part.program), (90, 1, 4));
    assert_eq!(part.controls, [controller(0, 11, 2), controller(960, 7, 91)]);
}

fn any_message() -> impl Strategy<Value = (u64, [u8; 3])> {
    // few pitches and short times, so that collisions are common
    let status = prop_oneof![4 => 0x80..=0x9F_u8, 1 => 0xA0..=0xFF_u8];
    (0..200_000_u64, status, 58..64_u8, 0..=255_u8)
        .prop_map(|(step, status, first, second)| (step, [status, first, second]))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(500)
    })]

    #[test]
    fn any_sequence_gives_valid_notes(
        messages in prop::collection::vec(any_message(), 0..200),
        origin in 0..2_000_000_u64,
        first_note: bool,
        backwards in 0..50_u64,
    ) {
        let mut recorder = at(if first_note {
            Origin::FirstNote { tick: 7.25 }
        } else {
            Origin::At { stamp_micros: origin, tick: 7.25 }
        });
        let mut now = 1_000_000;
        let mut heard = 0; // strikes that cannot be noodling in the count-in
        for (index, (step, message)) in messages.iter().enumerate() {
            now += step;
            // two keyboards may be delivered in the wrong order
            let stamp_micros = if index as u64 % 7 == 3 { now.saturating_sub(backwards * 1000) } else { now };
            recorder.push(Stamped { stamp_micros, message: *message });
            let is_strike = message[0] & 0xF0 == 0x90 && (1..128).contains(&message[2]);
            heard += usize::from(is_strike && (first_note || stamp_micros >= origin));
        }
        let growing = recorder.held(now).count();
        let performance = recorder.clone().stop(now);
        prop_assert!(performance.notes.len() >= heard || first_note && backwards > 0);
        let finished = recorder.notes().len();
        prop_assert!((finished..=finished + growing).contains(&performance.notes.len()));
        prop_assert!(performance.notes.is_sorted());
        prop_assert!(performance.controls.is_sorted_by_key(|event| event.tick));
        for (index, note) in performance.notes.iter().enumerate() {
            prop_assert!(note.duration >= 1 && note.start >= 7);
            let next = performance.notes[index + 1..].iter().find(|other| other.pitch == note.pitch);
            prop_assert!(next.is_none_or(|next| next.start >= note.end()), "{note:?} runs into {next:?}");
        }
        prop_assert_eq!(&performance, &recorder.stop(now));
    }
}
