//! Each step of postprocessing alone, on parts small enough to follow by hand.

use super::*;

fn spec(role: Role, low: u8, high: u8) -> PartSpec {
    PartSpec { role, name: String::new(), program: 0, is_drum: role == Role::Drums, low, high }
}

fn note(start: usize, end: usize, pitch: u8) -> Strike {
    Strike { start, end, pitch }
}

fn grid(steps: usize, notes: &[Strike]) -> Grid {
    let mut grid = Grid::silent(steps);
    for note in notes {
        for step in note.start..note.end {
            let cell = if step == note.start { Cell::Onset } else { Cell::Held };
            grid.set(step, usize::from(note.pitch), cell);
        }
    }
    grid
}

/// One part of 32 steps in two bars through [`process`].
fn run(spec: &PartSpec, notes: &[Strike], melody: &[Strike], finishing: Finishing) -> Vec<Strike> {
    let melody = grid(32, melody);
    let stretch = Stretch { melody: &melody, bars: &[0..16, 16..32], melody_end: 32, sustained: &[true] };
    process(std::slice::from_ref(spec), &[grid(32, notes)], &stretch, finishing).remove(0)
}

#[test]
fn nothing_switched_on_changes_nothing() {
    let notes = [note(0, 1, 3), note(0, 4, 60), note(5, 6, 60), note(6, 9, 60), note(31, 32, 127)];
    assert_eq!(run(&spec(Role::Bass, 40, 50), &notes, &[note(0, 32, 61)], Finishing::OFF), notes);
}

#[test]
fn ranges_are_kept_by_octaves() {
    let on = Finishing { clamp_range: true, ..Finishing::OFF };
    let bass = spec(Role::Bass, 36, 60);
    let notes = run(&bass, &[note(0, 4, 26), note(4, 8, 90), note(8, 12, 40)], &[], on);
    assert_eq!(notes, [note(0, 4, 38), note(4, 8, 54), note(8, 12, 40)]);
    let narrow = spec(Role::Alto, 60, 62);
    assert!((0..=127).all(|pitch| (60..=62).contains(&within(pitch, &narrow))));
    let whole = spec(Role::Other, 0, 127);
    assert!((0..=127).all(|pitch| within(pitch, &whole) == pitch));
}

#[test]
fn holes_close_within_a_beat_and_keep_the_stroke_on_one() {
    let on = Finishing { bridge_gaps: true, ..Finishing::OFF };
    let part = spec(Role::Pad, 0, 127);
    assert_eq!(run(&part, &[note(0, 2, 60), note(3, 6, 60)], &[], on), [note(0, 6, 60)]);
    assert_eq!(run(&part, &[note(0, 3, 60), note(4, 6, 60)], &[], on), [note(0, 4, 60), note(4, 6, 60)]);
    let two = [note(0, 2, 60), note(4, 6, 60)];
    assert_eq!(run(&part, &two, &[], on), two);
}

#[test]
fn only_lone_blinks_go() {
    let on = Finishing { drop_lone: true, ..Finishing::OFF };
    let notes = [note(0, 1, 60), note(1, 2, 62), note(8, 9, 70), note(16, 17, 60), note(16, 17, 64), note(20, 22, 65)];
    let left = run(&spec(Role::Chords, 0, 127), &notes, &[], on);
    assert_eq!(left, [notes[0], notes[1], notes[3], notes[4], notes[5]]);
}

#[test]
fn parts_that_hold_their_notes_have_no_crumbs() {
    let on = Finishing { sustain: true, ..Finishing::OFF };
    let bass = spec(Role::Bass, 0, 127);
    let sung = |notes: &[Strike]| run(&bass, notes, &[], on);
    // alone: it lasts longer
    assert_eq!(sung(&[note(4, 5, 40)]), [note(4, 6, 40)]);
    // on the beat: the next waits, and where nothing is left of it, goes
    assert_eq!(sung(&[note(4, 5, 40), note(5, 8, 43)]), [note(4, 6, 40), note(6, 8, 43)]);
    assert_eq!(sung(&[note(4, 5, 40), note(5, 6, 43), note(6, 8, 45)]), [note(4, 6, 40), note(6, 8, 45)]);
    // before the beat: the one before lasts until then
    assert_eq!(sung(&[note(4, 7, 40), note(7, 8, 43), note(8, 12, 45)]), [note(4, 8, 40), note(8, 12, 45)]);
    // no room at the very end
    assert_eq!(sung(&[note(31, 32, 40)]), [note(31, 32, 40)]);
    // hands hold what sounds and strike anew beside it
    let chords = [note(0, 1, 60), note(0, 4, 64), note(1, 4, 60), note(1, 4, 67)];
    let held = [note(0, 2, 60), note(0, 4, 64), note(1, 4, 67), note(2, 4, 60)];
    assert_eq!(run(&spec(Role::Chords, 0, 127), &chords, &[], on), held);
    // other parts are left alone
    let drums = spec(Role::Drums, 0, 127);
    assert_eq!(run(&drums, &[note(4, 5, 40)], &[], on), [note(4, 5, 40)]);
}

#[test]
fn the_bass_keeps_its_lowest_note_and_voices_the_nearest() {
    let on = Finishing { limit_polyphony: true, ..Finishing::OFF };
    let notes = [note(0, 8, 40), note(0, 8, 52), note(4, 8, 43), note(8, 16, 41), note(8, 16, 55), note(9, 10, 50)];
    let bass = run(&spec(Role::Bass, 0, 127), &notes, &[], on);
    assert_eq!(bass, [note(0, 4, 40), note(4, 8, 43), note(8, 16, 41)]);
    let voice = run(&spec(Role::Tenor, 0, 127), &[note(0, 8, 60), note(8, 16, 48), note(8, 16, 62)], &[], on);
    assert_eq!(voice, [note(0, 8, 60), note(8, 16, 62)]);
    let cluster: Vec<Strike> = (60..70).map(|pitch| note(0, 4, pitch)).collect();
    assert_eq!(run(&spec(Role::Chords, 0, 127), &cluster, &[], on).len(), 4);
}

#[test]
fn clashes_on_strong_beats_move_to_the_chord() {
    let on = Finishing { move_clashes: true, ..Finishing::OFF };
    let (alto, melody) = (spec(Role::Alto, 50, 70), [note(0, 16, 72), note(16, 32, 67)]);
    // C major below C: the F sharp a tritone off on beat 1 goes to G; the same off the beat passes
    let chord = [note(0, 16, 64), note(0, 16, 67), note(0, 2, 54), note(3, 4, 54)];
    let moved = run(&alto, &chord, &melody, on);
    assert_eq!(moved, [note(0, 2, 55), note(0, 16, 64), note(0, 16, 67), note(3, 4, 54)]);
}

#[test]
fn bars_that_the_melody_would_have_alone_are_filled_to_its_end() {
    let on = Finishing { fill_silent_bars: true, ..Finishing::OFF };
    let melody = [note(0, 16, 72), note(16, 24, 79), note(24, 32, 72)];
    let filled = run(&spec(Role::Bass, 36, 60), &[note(0, 4, 48)], &melody, on);
    assert_eq!(filled, [note(0, 4, 48), note(16, 32, 48)]);
    let held = run(&spec(Role::Bass, 36, 60), &[note(0, 20, 48)], &melody, on);
    assert_eq!(held, [note(0, 32, 48)]);
    let untouched = run(&spec(Role::Bass, 36, 60), &[note(0, 4, 48)], &melody[..1], on);
    assert_eq!(untouched, [note(0, 32, 48)], "the stretch says that the melody ends at 32");
}
