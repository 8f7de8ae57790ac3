//! Scores cut into pieces.

use std::sync::Arc;

use super::*;
use crate::music::testing::{metres, note};

fn part(name: &str, notes: Vec<Note>) -> Arc<Part> {
    let mut part = Part::new(name, 0);
    part.notes = notes;
    part.sort();
    Arc::new(part)
}

fn quarters(from: Tick, count: Tick, pitch: i32) -> Vec<Note> {
    (0..count).map(|index| note(from + index * 480, 480, pitch)).collect()
}

fn cut(score: &Score) -> Result<Cut, String> {
    pieces("x", score, None, &Corrections::default(), &ReadOptions::default())
}

#[test]
fn parts_of_a_role_become_one() {
    let score = Score {
        parts: vec![
            part("Melody", quarters(0, 8, 72)),
            part("Piano", quarters(0, 8, 60)),
            part("Piano", quarters(0, 8, 64)),
        ],
        ..Score::default()
    };
    let cut = cut(&score).unwrap();
    assert_eq!(cut.pieces.len(), 1);
    let piece = &cut.pieces[0];
    assert_eq!((piece.steps_per_bar, piece.bars(), piece.parts.len()), (16, 2, 1));
    assert_eq!(piece.part(Role::Chords).unwrap().onsets(4).collect::<Vec<_>>(), [60, 64]);
    assert_eq!(piece.roles.len(), 3);
}

#[test]
fn a_pick_up_keeps_its_place_before_the_bar() {
    let score = Score {
        metre: metres(&[(0, 1, 4), (480, 3, 4)]),
        parts: vec![part("Melody", quarters(0, 7, 72)), part("Bass", quarters(480, 6, 40))],
        ..Score::default()
    };
    let cut = cut(&score).unwrap();
    let piece = &cut.pieces[0];
    assert_eq!((piece.steps_per_bar, piece.bars()), (12, 3));
    assert!(!piece.melody.sounds(7, 72) && piece.melody.sounds(8, 72) && piece.melody.sounds(35, 72));
    assert!(!piece.parts[0].1.sounds(11, 40) && piece.parts[0].1.sounds(12, 40));
}

#[test]
fn a_change_of_metre_cuts_and_short_sections_are_told() {
    let score = Score {
        metre: metres(&[(0, 4, 4), (3840, 2, 4), (4800, 3, 4)]),
        parts: vec![part("Melody", quarters(0, 16, 72)), part("Bass", quarters(0, 16, 40))],
        ..Score::default()
    };
    let cut = cut(&score).unwrap();
    let shapes: Vec<_> =
        cut.pieces.iter().map(|piece| (piece.name.as_str(), piece.steps_per_bar, piece.bars())).collect();
    assert_eq!(shapes, [("x", 16, 2), ("x#3", 12, 2)]);
    assert_eq!(cut.left_out, [(2, "too short: 1 of at least 2 bars".into())]);
}

#[test]
fn silent_bars_at_the_ends_go() {
    let score = Score {
        parts: vec![part("Melody", quarters(1920, 8, 72)), part("Bass", quarters(3840, 4, 40))],
        ..Score::default()
    };
    let piece = &cut(&score).unwrap().pieces[0];
    assert_eq!(piece.bars(), 2);
    assert!(piece.melody.sounds(0, 72));
}

#[test]
fn who_plays_the_marked_tune_does_not_accompany_it() {
    let score =
        Score { parts: vec![part("Violins", [quarters(0, 8, 72), quarters(0, 8, 60)].concat())], ..Score::default() };
    let melody = Score { parts: vec![part("", quarters(0, 8, 72))], ..Score::default() };
    let cut = pieces("x", &score, Some(&melody), &Corrections::default(), &ReadOptions::default()).unwrap();
    assert_eq!(cut.pieces[0].part(Role::Pad).unwrap().sounding(0).collect::<Vec<_>>(), [60]);
    assert_eq!(cut.pieces[0].melody.sounding(0).collect::<Vec<_>>(), [72]);
}

#[test]
fn what_is_set_by_hand_goes_before_what_is_found() {
    let score = Score {
        parts: vec![
            part("Melody", quarters(0, 8, 72)),
            part("Bass", quarters(0, 8, 40)),
            part("Flute", quarters(0, 8, 76)),
        ],
        ..Score::default()
    };
    let mut corrections = Corrections::default();
    corrections.set("*", "Flute", Some(Some(Role::Melody)));
    corrections.set("x", "Bass", Some(None));
    let cut = pieces("x", &score, None, &corrections, &ReadOptions::default()).unwrap();
    let piece = &cut.pieces[0];
    assert_eq!(piece.melody.onsets(0).collect::<Vec<_>>(), [76]);
    assert!(piece.part(Role::Bass).is_none() && piece.parts.len() == 1);
    let reasons: Vec<&str> = piece.roles.iter().map(|found| found.reason.as_str()).collect();
    assert_eq!(reasons[1..], ["left out by hand", "set by hand"]);
}

#[test]
fn reasons_for_leaving_out() {
    let with = |parts| cut(&Score { parts, ..Score::default() }).unwrap_err();
    assert_eq!(with(vec![]), "it has no notes");
    assert_eq!(with(vec![part("Melody", quarters(0, 8, 72))]), "nothing but a melody");
    assert_eq!(with(vec![part("Bass", quarters(0, 8, 40))]), "no melody found");
    assert_eq!(with(vec![part("Melody", quarters(0, 2, 72)), part("Bass", quarters(0, 8, 40))]), "hardly any melody");
    let adrift = (0..400).map(|index| note(index * 163, 100, 72)).collect();
    assert_eq!(
        with(vec![part("Melody", adrift), part("Bass", vec![note(0, 1, 40)])]),
        "its notes do not follow its own beat"
    );
}

#[test]
fn swung_eighths_are_read_straight_and_triplets_are_none() {
    let swung = |second: Tick, pitch: i32| -> Vec<Note> {
        let beat = |beat: Tick| [note(beat * 480, second, pitch), note(beat * 480 + second, 480 - second, pitch)];
        (0..8).flat_map(beat).collect()
    };
    let read = |notes: Vec<Note>| {
        let score = Score { parts: vec![part("Melody", notes), part("Bass", quarters(0, 8, 40))], ..Score::default() };
        cut(&score).unwrap().pieces.remove(0)
    };
    let (triplet, straight) = (read(swung(320, 72)), read(swung(240, 72)));
    assert_eq!(triplet.melody, straight.melody, "off-beats at two thirds stand on the eighth");
    assert!((triplet.swing.place() - 2.0 / 3.0).abs() < 0.01);
    assert!(triplet.played(Role::Melody).iter().all(|played| played.late.abs() <= 1));
    assert_eq!(straight.swing, Swing::STRAIGHT);
    let triplets = (0..24).map(|third| note(third * 160, 160, 72)).collect();
    assert_eq!(read(triplets).swing, Swing::STRAIGHT);
}
