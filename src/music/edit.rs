//! Edits on the notes of a part: pure functions that keep it sorted, in range and free of duplicates.
//!
//! A note is its value: a [`Selection`] is a sorted set of notes, and every edit returns the notes as they came to
//! lie, which is the new selection. An edited note wins over those that were there: like a piano's key, a pitch can
//! be struck again only once it is released, so where an edited and an unedited note of a pitch overlap, the earlier
//! is cut where the later begins. Overlaps that nobody edited are left as they came.

pub use super::selection::{Clipboard, Selection};
use super::{Key, Note, Part, Pitch, Tick, Velocity, quantise};

/// The last tick at which a note may end: the longest time one event of a MIDI file can wait.
pub const MAX_TICK: Tick = 0x0FFF_FFFF;

/// A note kept in range: it starts and ends within [`MAX_TICK`], and lasts at least a tick.
pub fn in_range(note: Note) -> Note {
    let start = note.start.min(MAX_TICK - 1);
    Note {
        start,
        duration: note.duration.clamp(1, MAX_TICK - start),
        ..note
    }
}

/// Adds notes; those that were there give way.
pub fn add(part: &mut Part, notes: impl IntoIterator<Item = Note>) -> Selection {
    place(part, &Selection::none(), notes.into_iter().collect())
}

/// Takes the notes of a selection out, and tells how many.
pub fn delete(part: &mut Part, selection: &Selection) -> usize {
    let before = part.notes.len();
    part.notes.retain(|note| !selection.contains(note));
    before - part.notes.len()
}

/// Moves the group as far as it can go whole.
pub fn move_by(part: &mut Part, selection: &Selection, ticks: i64, semitones: i32) -> Selection {
    let moved = moved(selection, ticks, semitones);
    place(part, selection, moved)
}

/// Puts a copy of the group there, as far as it can go whole; the originals stay.
pub fn copy_by(part: &mut Part, selection: &Selection, ticks: i64, semitones: i32) -> Selection {
    let moved = moved(selection, ticks, semitones);
    place(part, &Selection::none(), moved)
}

/// Moves the group by semitones, or not at all: `None` if one of its notes would leave the range.
pub fn transpose(part: &mut Part, selection: &Selection, semitones: i32) -> Option<Selection> {
    let mut moved = selection.notes().to_vec();
    (quantise::transpose(&mut moved, semitones) && !moved.is_empty()).then(|| place(part, selection, moved))
}

/// Moves every note by steps of a scale, or none: `None` if one would leave the range.
///
/// A note outside the scale counts as the scale's note just below it, and keeps its distance from it.
pub fn transpose_in_scale(part: &mut Part, selection: &Selection, key: Key, steps: i32) -> Option<Selection> {
    let mut moved = selection.notes().to_vec();
    (quantise::transpose_in_scale(&mut moved, steps, key) && !moved.is_empty()).then(|| place(part, selection, moved))
}

/// Moves the ends by ticks; no note gets shorter than `shortest`, unless it was.
pub fn resize_end(part: &mut Part, selection: &Selection, ticks: i64, shortest: Tick) -> Selection {
    let resized = selection.map(|note| {
        let least = i64::from(shortest.clamp(1, note.duration.max(1)));
        let most = i64::from(MAX_TICK - note.start.min(MAX_TICK - 1));
        Note {
            duration: (i64::from(note.duration) + ticks).clamp(least, most.max(least)) as Tick,
            ..note
        }
    });
    place(part, selection, resized)
}

/// Moves the starts by ticks, ends stay; no note gets shorter than `shortest`, unless it was.
pub fn resize_start(part: &mut Part, selection: &Selection, ticks: i64, shortest: Tick) -> Selection {
    let resized = selection.map(|note| {
        let least = i64::from(shortest.clamp(1, note.duration.max(1)));
        let start = (i64::from(note.start) + ticks).clamp(0, i64::from(note.end()) - least) as Tick;
        Note {
            start,
            duration: note.end() - start,
            ..note
        }
    });
    place(part, selection, resized)
}

/// Gives every note the same length.
pub fn set_duration(part: &mut Part, selection: &Selection, duration: Tick) -> Selection {
    let resized = selection.map(|note| in_range(Note { duration, ..note }));
    place(part, selection, resized)
}

/// Gives each note the velocity that a function says.
pub fn set_velocities(part: &mut Part, selection: &Selection, velocity: impl Fn(&Note) -> Velocity) -> Selection {
    let struck = selection.map(|note| Note {
        velocity: velocity(&note),
        ..note
    });
    place(part, selection, struck)
}

/// Adds to every velocity, each kept within 1 to 127.
pub fn add_velocity(part: &mut Part, selection: &Selection, change: i32) -> Selection {
    set_velocities(part, selection, |note| Velocity::clamped(i32::from(note.velocity.get()) + change))
}

/// Multiplies every velocity, each kept within 1 to 127.
pub fn scale_velocity(part: &mut Part, selection: &Selection, factor: f32) -> Selection {
    set_velocities(part, selection, |note| {
        Velocity::clamped((f32::from(note.velocity.get()) * factor).round() as i32)
    })
}

/// Copies the selection to right behind itself, its length rounded up to whole `grid`s (0 or 1: not rounded).
pub fn duplicate(part: &mut Part, selection: &Selection, grid: Tick) -> Selection {
    let Some(span) = selection.span() else {
        return Selection::none();
    };
    let grid = grid.max(1);
    let length = (span.end - span.start).div_ceil(grid).saturating_mul(grid);
    if span.end.saturating_add(length) > MAX_TICK {
        return selection.clone();
    }
    copy_by(part, selection, i64::from(length), 0)
}

/// Puts what was copied at a tick; notes that would end too late are left out.
pub fn paste(part: &mut Part, clipboard: &Clipboard, at: Tick) -> Selection {
    let shifted = |note: &Note| {
        let start = note.start.checked_add(at)?;
        let fits = start.checked_add(note.duration).is_some_and(|end| end <= MAX_TICK);
        fits.then_some(Note { start, ..*note })
    };
    let notes = clipboard.notes().iter().filter_map(shifted).collect();
    place(part, &Selection::none(), notes)
}

/// Cuts each note in two where it sounds at a tick. Returns the selection with both halves in it.
pub fn split(part: &mut Part, selection: &Selection, at: Tick) -> Selection {
    let halves = |note: &Note| {
        let cut = at > note.start && at < note.end();
        let first = Note {
            duration: if cut { at - note.start } else { note.duration },
            ..*note
        };
        let second = cut.then(|| Note {
            start: at,
            duration: note.end() - at,
            ..*note
        });
        std::iter::once(first).chain(second)
    };
    let notes = selection.notes().iter().flat_map(halves).collect();
    place(part, selection, notes)
}

/// Makes one note of all those selected of a pitch, from the first start to the last end.
pub fn join(part: &mut Part, selection: &Selection) -> Selection {
    let mut by_pitch: [Option<Note>; 128] = [None; 128];
    for note in selection.notes() {
        let joined = by_pitch[usize::from(note.pitch.get())].get_or_insert(*note);
        joined.duration = joined.end().max(note.end()) - joined.start;
    }
    place(part, selection, by_pitch.into_iter().flatten().collect())
}

/// Holds each note until the next one of the selection begins; the last keeps its length. Chords stay chords.
pub fn legato(part: &mut Part, selection: &Selection) -> Selection {
    let starts: Vec<Tick> = selection.notes().iter().map(|note| note.start).collect();
    let held = selection.map(|note| {
        let next = starts.partition_point(|&start| start <= note.start);
        Note {
            duration: starts.get(next).map_or(note.duration, |start| start - note.start),
            ..note
        }
    });
    place(part, selection, held)
}

fn moved(selection: &Selection, ticks: i64, semitones: i32) -> Vec<Note> {
    let (ticks, semitones) = selection.clamped_move(ticks, semitones);
    selection.map(|note| Note {
        start: (i64::from(note.start) + ticks) as Tick,
        pitch: Pitch::clamped(i32::from(note.pitch.get()) + semitones),
        ..note
    })
}

/// Puts edited notes in place of a selection and makes room for them; returns them as they came to lie.
fn place(part: &mut Part, replaced: &Selection, mut edited: Vec<Note>) -> Selection {
    for note in &mut edited {
        *note = in_range(*note);
    }
    edited.sort_unstable();
    let mut kept = part.notes.iter().filter(|note| !replaced.contains(note)).copied().peekable();
    let mut edited = edited.into_iter().peekable();

    // one list of both, in order, each with whether it was edited
    let mut all: Vec<(Note, bool)> = Vec::with_capacity(part.notes.len() + edited.len());
    loop {
        let take_edited = match (kept.peek(), edited.peek()) {
            (Some(old), Some(new)) => new <= old,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => break,
        };
        let next = if take_edited { edited.next() } else { kept.next() };
        all.extend(next.map(|note| (note, take_edited)));
    }
    drop(kept);
    make_room(&mut all);

    let selection = all
        .iter()
        .filter(|(note, edited)| *edited && note.duration > 0)
        .map(|(note, _)| *note)
        .collect();
    part.notes.clear();
    part.notes
        .extend(all.iter().map(|(note, _)| *note).filter(|note| note.duration > 0));
    part.notes.sort_unstable(); // a cut may have changed the order of notes that start together
    part.notes.dedup();
    selection
}

/// Cuts each note where a later one of its pitch begins, if one of the two was edited. What gives way altogether
/// (an unedited note struck at the same tick) gets the length 0.
fn make_room(all: &mut [(Note, bool)]) {
    let mut sounding: Vec<Vec<usize>> = vec![Vec::new(); 128];
    for index in 0..all.len() {
        let (note, edited) = all[index];
        let open = &mut sounding[usize::from(note.pitch.get())];
        open.retain(|&earlier| all[earlier].0.end() > note.start);
        for &earlier in open.iter() {
            let (before, before_edited) = &mut all[earlier];
            if *before_edited == edited {
                continue;
            }
            if before.start < note.start {
                before.duration = note.start - before.start;
            } else if edited {
                before.duration = 0;
            } else {
                all[index].0.duration = 0;
                break;
            }
        }
        if all[index].0.duration > 0 {
            sounding[usize::from(note.pitch.get())].push(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{ops::Range, sync::Arc};

    use proptest::{
        prelude::*,
        test_runner::{Config, RngSeed},
    };

    use super::*;
    use crate::music::testing::note;
    use crate::music::{Mode, Score, history::History};

    fn part(notes: &[Note]) -> Part {
        let mut part = Part {
            notes: notes.to_vec(),
            ..Part::default()
        };
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
        let short = set_duration(&mut line, &joined, 10);
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
        let minor = Key {
            tonic: 9,
            mode: Mode::Minor,
        };
        let mut line = part(&[note(0, 1, 57)]);
        let one = Selection::all(&line);
        transpose_in_scale(&mut line, &one, minor, -1).unwrap();
        assert_eq!(line.notes[0].pitch.get(), 55);
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
        (0_u8..18, 0_u32..8000, 1_u32..4000, 0_u8..128, 0_u8..128, by, -130_i32..130).prop_map(
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
            10 => scale_velocity(part, chosen, edit.semitones as f32),
            11 => transpose(part, chosen, edit.semitones).unwrap_or_default(),
            12 => transpose_in_scale(part, chosen, Key::C_MAJOR, edit.semitones).unwrap_or_default(),
            13 => duplicate(part, chosen, 480),
            14 => {
                *clipboard = Clipboard::copy(chosen);
                paste(part, clipboard, at)
            }
            15 => split(part, chosen, at + 17),
            16 => join(part, chosen),
            _ => legato(part, chosen),
        };
        assert_eq!(selected.within(part), selected, "an edit returns notes of the part");
    }

    fn is_valid(part: &Part) -> bool {
        part.notes.is_sorted_by(|a, b| a < b) && part.notes.iter().all(|note| note.duration >= 1 && note.end() <= MAX_TICK)
    }

    proptest! {
        // 40 runs of 250 edits: 10,000 edits
        #![proptest_config(Config { cases: 40, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() })]
        #[test]
        fn random_edits_keep_the_score_valid_and_can_all_be_undone(edits in prop::collection::vec(random_edit(), 250)) {
            let start = Arc::new(Score { parts: vec![Arc::new(part(&[note(0, 480, 60), note(480, 480, 64)]))], ..Score::default() });
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
}
