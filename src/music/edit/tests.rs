use std::{ops::Range, sync::Arc};

use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

use super::*;
use crate::music::{MetreMap, Mode, Score, history::History, testing::note};

fn part(notes: &[Note]) -> Part {
    let mut part = Part { notes: notes.to_vec(), ..Part::default() };
    part.sort();
    part
}

#[test]
fn a_group_stays_whole_at_the_edges() {
    let mut chord = part(&[note(480, 480, 60), note(600, 480, 120)]);
    let all = Selection::all(&chord);
    assert_eq!(all.clamped_move(-9999, 12), (-480, 7));
    let moved = move_by(&mut chord, &all, -9999, 12);
    assert_eq!(chord.notes, [note(0, 480, 67), note(120, 480, 127)]);
    assert_eq!(transpose(&mut chord, &moved, 1), None, "one would leave the range");
    assert_eq!(chord.notes, [note(0, 480, 67), note(120, 480, 127)]);
    assert!(transpose(&mut chord, &moved, -12).is_some());
}

#[test]
fn the_edited_note_wins() {
    // moved onto the tail of another: that one is cut; onto its start: it gives way
    let mut line = part(&[note(0, 960, 60), note(0, 240, 64)]);
    let moving = Selection::from(note(0, 240, 64));
    let moved = move_by(&mut line, &moving, 480, -4);
    assert_eq!(line.notes, [note(0, 480, 60), note(480, 240, 60)]);
    move_by(&mut line, &moved, -480, 0);
    assert_eq!(line.notes, [note(0, 240, 60)]);
    // drawn longer into the next strike of the key: it ends there
    let mut line = part(&[note(0, 240, 60), note(480, 240, 60)]);
    let resized = resize_end(&mut line, &Selection::from(note(0, 240, 60)), 960, 1);
    assert_eq!(line.notes, [note(0, 480, 60), note(480, 240, 60)]);
    assert_eq!(resized.notes(), [note(0, 480, 60)]);
}

#[test]
fn overlaps_of_others_are_left_alone() {
    let mut line = part(&[note(0, 960, 60), note(480, 960, 60), note(0, 240, 72)]);
    add_velocity(&mut line, &Selection::from(note(0, 240, 72)), 5);
    assert!(line.notes.contains(&note(0, 960, 60)) && line.notes.contains(&note(480, 960, 60)));
    let all = Selection::all(&line);
    move_by(&mut line, &all, 0, 1);
    assert!(line.notes.contains(&note(0, 960, 61)) && line.notes.contains(&note(480, 960, 61)));
}

#[test]
fn resizing_several_at_once() {
    let mut line = part(&[note(0, 480, 60), note(480, 120, 62)]);
    let all = Selection::all(&line);
    let shorter = resize_end(&mut line, &all, -240, 60);
    assert_eq!(line.notes, [note(0, 240, 60), note(480, 60, 62)]);
    resize_start(&mut line, &shorter, 120, 60);
    assert_eq!(line.notes, [note(120, 120, 60), note(480, 60, 62)]);
    let early = Selection::all(&line);
    resize_start(&mut line, &early, -999, 1);
    assert_eq!(line.notes, [note(0, 240, 60), note(0, 540, 62)]);
}

#[test]
fn clipboard_and_duplicates() {
    let mut line = part(&[note(480, 470, 60), note(960, 470, 62)]);
    let all = Selection::all(&line);
    let clipboard = Clipboard::copy(&all);
    let pasted = paste(&mut line, &clipboard, 4800);
    assert_eq!(pasted.notes(), [note(4800, 470, 60), note(5280, 470, 62)]);
    let doubled = duplicate(&mut line, &all, 480);
    assert_eq!(doubled.notes(), [note(1440, 470, 60), note(1920, 470, 62)]);
    assert!(paste(&mut line, &clipboard, MAX_TICK - 100).is_empty());
    assert_eq!(line.notes.len(), 6);
}

#[test]
fn splitting_joining_and_legato() {
    let mut line = part(&[note(0, 960, 60), note(960, 240, 64)]);
    let all = Selection::all(&line);
    let halves = split(&mut line, &all, 480);
    assert_eq!(line.notes, [note(0, 480, 60), note(480, 480, 60), note(960, 240, 64)]);
    let joined = join(&mut line, &halves);
    assert_eq!(line.notes, [note(0, 960, 60), note(960, 240, 64)]);
    let short = resize_end(&mut line, &joined, -i64::from(MAX_TICK), 10);
    legato(&mut line, &short);
    assert_eq!(line.notes, [note(0, 960, 60), note(960, 10, 64)]);
}

#[test]
fn transposing_within_a_scale() {
    let c = Key::C_MAJOR;
    let mut line = part(&[note(0, 1, 60), note(1, 1, 64), note(2, 1, 66)]);
    let all = Selection::all(&line);
    let up = transpose_in_scale(&mut line, &all, c, 1).unwrap();
    assert_eq!(line.notes, [note(0, 1, 62), note(1, 1, 65), note(2, 1, 68)]);
    assert!(transpose_in_scale(&mut line, &up, c, 99).is_none());
    let minor = Key { tonic: 9, mode: Mode::Minor };
    let mut line = part(&[note(0, 1, 57)]);
    let one = Selection::all(&line);
    transpose_in_scale(&mut line, &one, minor, -1).unwrap();
    assert_eq!(line.notes[0].pitch.get(), 55);
}

#[test]
fn reversing_and_stretching() {
    let mut line = part(&[note(480, 480, 60), note(960, 240, 62), note(1200, 720, 64)]);
    let all = Selection::all(&line);
    let back = reverse(&mut line, &all, &(480..1920));
    assert_eq!(line.notes, [note(480, 720, 64), note(1200, 240, 62), note(1440, 480, 60)]);
    let there = reverse(&mut line, &back, &(480..1920));
    assert_eq!(there, all);
    let half = stretch(&mut line, &there, &(480..1920), 720).unwrap();
    assert_eq!(line.notes, [note(480, 240, 60), note(720, 120, 62), note(840, 360, 64)]);
    let span = half.span().unwrap();
    assert_eq!(stretch(&mut line, &half, &span, 0), None);
    assert_eq!(stretch(&mut line, &half, &span, MAX_TICK), None, "it would end too late");
    let tiny = stretch(&mut line, &half, &span, 1).unwrap();
    assert_eq!(tiny.span(), Some(480..481));
}

#[test]
fn what_lands_on_one_line_is_struck_once() {
    let mut line = part(&[note(110, 100, 60), note(130, 300, 60), note(230, 60, 64), note(350, 500, 64)]);
    let all = Selection::all(&line);
    let selected = quantise(&mut line, &all, &quantising::Quantise::default(), &MetreMap::default());
    assert_eq!(line.notes, [note(120, 300, 60), note(240, 60, 64), note(360, 500, 64)]);
    assert_eq!(selected, Selection::all(&line));
    let g_major = Key { tonic: 7, mode: Mode::Major };
    let mut line = part(&[note(0, 10, 65), note(20, 10, 66), note(40, 10, 61)]);
    let all = Selection::all(&line);
    snap_to_scale(&mut line, &all, g_major);
    assert_eq!(line.notes, [note(0, 10, 64), note(20, 10, 66), note(40, 10, 60)]);
}

/// One random edit: which, on which notes (a rectangle), by how much.
#[derive(Clone, Debug)]
struct RandomEdit {
    kind: u8,
    ticks: Range<Tick>,
    pitches: (u8, u8),
    by: i64,
    semitones: i32,
}

fn random_edit() -> impl Strategy<Value = RandomEdit> {
    let by = prop_oneof![-2000_i64..2000, Just(i64::from(MAX_TICK)), Just(-i64::from(MAX_TICK))];
    (0_u8..24, 0_u32..8000, 1_u32..4000, 0_u8..128, 0_u8..128, by, -130_i32..130).prop_map(
        |(kind, start, length, one, other, by, semitones)| RandomEdit {
            kind,
            ticks: start..start + length,
            pitches: (one.min(other), one.max(other)),
            by,
            semitones,
        },
    )
}

fn apply(edit: &RandomEdit, part: &mut Part, clipboard: &mut Clipboard) {
    let pitches = Pitch::clamped(i32::from(edit.pitches.0))..=Pitch::clamped(i32::from(edit.pitches.1));
    let chosen = Selection::in_rectangle(part, &edit.ticks, &pitches);
    let chosen = &chosen;
    let at = edit.ticks.start;
    let selected = match edit.kind {
        0..=3 => add(part, [note(at, edit.by.unsigned_abs() as Tick, i32::from(edit.pitches.0))]),
        4 => {
            delete(part, chosen);
            Selection::none()
        }
        5 => move_by(part, chosen, edit.by, edit.semitones),
        6 => copy_by(part, chosen, edit.by, edit.semitones),
        7 => resize_end(part, chosen, edit.by, 120),
        8 => resize_start(part, chosen, edit.by, 1),
        9 => add_velocity(part, chosen, edit.semitones),
        11 => transpose(part, chosen, edit.semitones).unwrap_or_default(),
        12 => transpose_in_scale(part, chosen, Key::C_MAJOR, edit.semitones).unwrap_or_default(),
        13 => duplicate(part, chosen, 480),
        14 => {
            *clipboard = Clipboard::copy(chosen);
            paste(part, clipboard, at)
        }
        15 => split(part, chosen, at + 17),
        16 => join(part, chosen),
        17 => legato(part, chosen),
        18 => reverse(part, chosen, &chosen.span().unwrap_or_default()),
        19 => {
            let span = chosen.span().unwrap_or_default();
            stretch(part, chosen, &span, edit.by.unsigned_abs() as Tick).unwrap_or_default()
        }
        20 => snap_to_scale(part, chosen, Key::C_MAJOR),
        21 => {
            quantise(part, chosen, &quantising::Quantise { lengths: true, ..Default::default() }, &MetreMap::default())
        }
        22 => humanise(part, chosen, &quantising::Humanise { timing_ticks: 300, ..Default::default() }),
        _ => set_velocities(part, chosen, |note| Velocity::clamped(i32::from(note.velocity.get()) * edit.semitones)),
    };
    assert_eq!(selected.within(part), selected, "an edit returns notes of the part");
}

fn is_valid(part: &Part) -> bool {
    part.notes.is_sorted_by(|a, b| a < b) && part.notes.iter().all(|note| note.duration >= 1 && note.end() <= MAX_TICK)
}

proptest! {
    // 40 runs of 250 edits: 10,000 edits
    #![proptest_config(Config {
        cases: 40,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..Config::default()
    })]
    #[test]
    fn random_edits_keep_the_score_valid_and_can_all_be_undone(edits in prop::collection::vec(random_edit(), 250)) {
        let two_notes = part(&[note(0, 480, 60), note(480, 480, 64)]);
        let start = Arc::new(Score { parts: vec![Arc::new(two_notes)], ..Score::default() });
        let mut history = History::new(Arc::clone(&start));
        let mut clipboard = Clipboard::default();
        for edit in &edits {
            history.edit("Edit", |score| apply(edit, score.part_mut(0).unwrap(), &mut clipboard));
            let edited = &history.score().parts[0];
            prop_assert!(is_valid(edited), "{edit:?}");
            if edited.notes.len() > 2000 {
                history.edit("Thin out", |score| score.part_mut(0).unwrap().notes.truncate(100));
            }
        }
        let end = Arc::clone(history.score());
        while history.undo().is_some() {}
        prop_assert_eq!(history.score(), &start);
        while history.redo().is_some() {}
        prop_assert_eq!(history.score(), &end);
    }
}
