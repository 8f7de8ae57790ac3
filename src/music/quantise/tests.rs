use proptest::prelude::*;

use super::*;
use crate::music::{Metre, Mode};

fn note(start: Tick, duration: Tick, pitch: i32) -> Note {
    Note { start, pitch: Pitch::clamped(pitch), duration, velocity: Velocity::clamped(80) }
}

fn starts(quantise: Quantise, starts: &[Tick]) -> Vec<Tick> {
    let mut notes: Vec<Note> = starts.iter().map(|start| note(*start, 100, 60)).collect();
    quantise.apply(&mut notes, &MetreMap::default());
    assert!(notes.iter().all(|note| note.duration == 100));
    notes.iter().map(|note| note.start).collect()
}

#[test]
fn starts_go_to_the_nearest_line() {
    assert_eq!(starts(Quantise::default(), &[0, 59, 61, 119, 130, 470]), [0, 0, 120, 120, 120, 480]);
    let triplets = Quantise { step: GridStep::EighthTriplet, ..Quantise::default() };
    assert_eq!(starts(triplets, &[10, 150, 330, 470]), [0, 160, 320, 480]);
}

#[test]
fn strength_goes_part_of_the_way() {
    let half = Quantise { strength: 0.5, ..Quantise::default() };
    assert_eq!(starts(half, &[100, 140]), [110, 130]);
    let none = Quantise { strength: 0.0, ..Quantise::default() };
    assert_eq!(starts(none, &[7, 100]), [7, 100]);
}

#[test]
fn swing_makes_every_second_line_late() {
    let swung = Quantise { step: GridStep::Eighth, swing: 1.0, ..Quantise::default() };
    assert_eq!(starts(swung, &[0, 240, 480, 720]), [0, 320, 480, 800]);
    let slight = Quantise { swing: 0.3, ..swung };
    assert_eq!(starts(slight, &[250]), [264]);
}

#[test]
fn lengths_end_on_lines_and_keep_a_step() {
    let mut notes = [note(10, 230, 60), note(125, 20, 62)];
    let both = Quantise { lengths: true, ..Quantise::default() };
    both.apply(&mut notes, &MetreMap::default());
    assert_eq!(notes, [note(0, 240, 60), note(120, 120, 62)]);
    let mut notes = [note(10, 230, 60)];
    let only_lengths = Quantise { starts: false, ..both };
    only_lengths.apply(&mut notes, &MetreMap::default());
    assert_eq!(notes, [note(10, 230, 60)], "it ends on a line already");
}

#[test]
fn lines_are_counted_from_each_bar() {
    let five_eight = MetreMap::constant(Metre::new(5, 8).unwrap()); // bars of 1200 ticks
    let mut notes = [note(1150, 50, 60), note(1210, 50, 60), note(1600, 50, 60)];
    let quarters = Quantise { step: GridStep::Quarter, ..Quantise::default() };
    quarters.apply(&mut notes, &five_eight);
    assert_eq!(notes.map(|note| note.start), [1200, 1200, 1680]);
}

#[test]
fn the_same_seed_gives_the_same_notes() {
    let original: Vec<Note> = (0..200).map(|index| note(index * 120, 100, 60)).collect();
    let humanise = |seed| {
        let mut notes = original.clone();
        let humanise = Humanise { timing_ticks: 20, velocity: 10, seed };
        humanise.apply(&mut notes);
        notes
    };
    assert_eq!(humanise(1), humanise(1));
    assert_ne!(humanise(1), humanise(2));
    for (note, original) in humanise(1).iter().zip(&original) {
        assert!(note.start.abs_diff(original.start) <= 20);
        assert!(note.velocity.get().abs_diff(80) <= 10);
    }
}

#[test]
fn a_group_that_does_not_fit_stays() {
    let mut notes = [note(0, 1, 60), note(0, 1, 120)];
    assert!(!transpose(&mut notes, 8));
    assert_eq!(notes[0].pitch.get(), 60);
    assert!(transpose(&mut notes, 7));
    assert_eq!(notes.map(|note| note.pitch.get()), [67, 127]);
}

#[test]
fn degrees_of_a_scale() {
    let pitches = |degrees, key, pitches: [i32; 3]| {
        let mut notes = pitches.map(|pitch| note(0, 1, pitch));
        assert!(transpose_in_scale(&mut notes, degrees, key));
        notes.map(|note| note.pitch.get())
    };
    assert_eq!(pitches(2, Key::C_MAJOR, [60, 62, 71]), [64, 65, 74]);
    assert_eq!(pitches(-1, Key::C_MAJOR, [60, 64, 65]), [59, 62, 64]);
    assert_eq!(pitches(1, Key::C_MAJOR, [61, 66, 70]), [63, 68, 72]);
    let a_minor = Key { tonic: 9, mode: Mode::Minor };
    assert_eq!(pitches(7, a_minor, [57, 60, 64]), [69, 72, 76]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn quantising_twice_is_quantising_once(
        start in 0..20_000_u32,
        duration in 1..5000_u32,
        step in 0..GridStep::ALL.len(),
        swing in 0.0..=1.0_f32,
        beats in 1..13_u8,
    ) {
        let quantise = Quantise { step: GridStep::ALL[step], swing, lengths: true, ..Quantise::default() };
        let mut once = [note(start, duration, 60)];
        let metre = MetreMap::constant(Metre::new(beats, 8).unwrap());
        quantise.apply(&mut once, &metre);
        let mut twice = once;
        quantise.apply(&mut twice, &metre);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn nothing_panics_at_the_ends_of_time(
        start: u32,
        duration: u32,
        strength: f32,
        swing: f32,
        shift: u32,
        degrees: i32,
    ) {
        let mut notes = [note(start, duration, 60)];
        Quantise { strength, swing, lengths: true, ..Quantise::default() }.apply(&mut notes, &MetreMap::default());
        Humanise { timing_ticks: shift, velocity: 255, seed: 0 }.apply(&mut notes);
        transpose(&mut notes, degrees);
        transpose_in_scale(&mut notes, degrees, Key::C_MAJOR);
    }

    #[test]
    fn there_and_back_again(pitch in 30..100_i32, degrees in -14..=14_i32, tonic in 0..12_u8) {
        let key = Key { tonic, mode: Mode::Major };
        if key.contains(pitch.rem_euclid(12) as u8) {
            let mut notes = [note(0, 1, pitch)];
            prop_assert!(transpose_in_scale(&mut notes, degrees, key));
            prop_assert!(key.contains(notes[0].pitch.class()));
            prop_assert!(transpose_in_scale(&mut notes, -degrees, key));
            prop_assert_eq!(i32::from(notes[0].pitch.get()), pitch);
        }
    }
}

#[test]
fn triplets_and_straight_values_belong_together() {
    assert_eq!(GridStep::Eighth.triplet(), Some(GridStep::EighthTriplet));
    assert_eq!(GridStep::EighthTriplet.straight(), GridStep::Eighth);
    assert_eq!(GridStep::Whole.triplet(), None);
    assert_eq!(GridStep::DottedEighth.straight(), GridStep::Eighth);
    assert_eq!(GridStep::DottedEighth.triplet(), Some(GridStep::EighthTriplet));
    assert!(GridStep::ALL.iter().rev().map(|step| step.ticks()).is_sorted());
    for step in GridStep::ALL {
        assert_eq!(step.is_triplet(), step.name().contains("triplet"), "{}", step.name());
        assert_eq!(step.is_dotted(), step.name().contains("dotted"), "{}", step.name());
    }
}
