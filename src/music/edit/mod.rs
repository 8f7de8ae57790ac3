//! Edits on the notes of a part: pure functions that keep it sorted, in range and free of duplicates. And on bars of
//! several parts, on the time of a whole score, and on its sections, chords, tempi and time signatures.
//!
//! A note is its value: a [`Selection`] is a sorted set of notes, and every edit returns the notes as they came to
//! lie, which is the new selection. An edited note wins over those that were there: like a piano's key, a pitch can
//! be struck again only once it is released, so where an edited and an unedited note of a pitch overlap, the earlier
//! is cut where the later begins. Overlaps that nobody edited are left as they came.

mod bars;
mod chase;
mod chords;
mod chosen;
mod controls;
mod marks;
mod place;
mod shape;
mod timeline;

use self::place::place;
pub use self::{
    bars::{Bars, CopiedBars, HAIR, clear_bars, copy_bars, move_bars, notes_replaced, paste_bars},
    chords::{detect_chords, name_chords, name_where_none_is_said},
    chosen::ChosenNotes,
    controls::{ControlKind, bend_range, clear_controls, control_points, draw_controls, kinds_present, move_control},
    marks::{MarkKind, tempo_text},
    shape::{humanise, join, legato, nearest_in_scale, quantise, reverse, snap_to_scale, split, stretch},
    timeline::{TimeChange, has_room_for},
};
use super::{Key, Note, Part, Pitch, Tick, Velocity, quantise as quantising};
pub use super::{
    selection::{Clipboard, Selection},
    time::MAX_TICK,
};

/// Adds notes; notes they overlap on the same pitch are cut.
pub fn add(part: &mut Part, notes: impl IntoIterator<Item = Note>) -> Selection {
    place(part, &Selection::none(), notes.into_iter().collect())
}

/// Deletes the notes of a selection; returns how many.
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

/// Moves the group by ticks and by steps of a scale, as far as it can go whole; as [`move_by`] otherwise.
pub fn move_in_scale(part: &mut Part, selection: &Selection, ticks: i64, steps: i32, key: Key) -> Selection {
    let moved = moved_in_scale(selection, ticks, steps, key);
    place(part, selection, moved)
}

/// The same for a copy; the originals stay.
pub fn copy_in_scale(part: &mut Part, selection: &Selection, ticks: i64, steps: i32, key: Key) -> Selection {
    let moved = moved_in_scale(selection, ticks, steps, key);
    place(part, &Selection::none(), moved)
}

/// Moves the group by semitones, or not at all: `None` if one of its notes would leave the range.
pub fn transpose(part: &mut Part, selection: &Selection, semitones: i32) -> Option<Selection> {
    let mut moved = selection.notes().to_vec();
    (quantising::transpose(&mut moved, semitones) && !moved.is_empty()).then(|| place(part, selection, moved))
}

/// Moves every note by steps of a scale, or none: `None` if one would leave the range.
///
/// A note outside the scale counts as the scale's note just below it, and keeps its distance from it.
pub fn transpose_in_scale(part: &mut Part, selection: &Selection, key: Key, steps: i32) -> Option<Selection> {
    let mut moved = selection.notes().to_vec();
    (quantising::transpose_in_scale(&mut moved, steps, key) && !moved.is_empty()).then(|| place(part, selection, moved))
}

/// Moves the ends by ticks; no note gets shorter than `shortest`, unless it was.
pub fn resize_end(part: &mut Part, selection: &Selection, ticks: i64, shortest: Tick) -> Selection {
    let resized = selection.map(|note| {
        let least = i64::from(shortest.clamp(1, note.duration.max(1)));
        let most = i64::from(MAX_TICK - note.start.min(MAX_TICK - 1));
        Note { duration: (i64::from(note.duration) + ticks).clamp(least, most.max(least)) as Tick, ..note }
    });
    place(part, selection, resized)
}

/// Moves the starts by ticks, ends stay; no note gets shorter than `shortest`, unless it was.
pub fn resize_start(part: &mut Part, selection: &Selection, ticks: i64, shortest: Tick) -> Selection {
    let resized = selection.map(|note| {
        let least = i64::from(shortest.clamp(1, note.duration.max(1)));
        let start = (i64::from(note.start) + ticks).clamp(0, i64::from(note.end()) - least) as Tick;
        Note { start, duration: note.end() - start, ..note }
    });
    place(part, selection, resized)
}

/// Gives each note a velocity computed from it.
pub fn set_velocities(part: &mut Part, selection: &Selection, velocity: impl Fn(&Note) -> Velocity) -> Selection {
    let struck = selection.map(|note| Note { velocity: velocity(&note), ..note });
    place(part, selection, struck)
}

/// Adds to every velocity, each kept within 1 to 127.
pub fn add_velocity(part: &mut Part, selection: &Selection, change: i32) -> Selection {
    set_velocities(part, selection, |note| Velocity::clamped(i32::from(note.velocity.get()) + change))
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

fn moved_in_scale(selection: &Selection, ticks: i64, steps: i32, key: Key) -> Vec<Note> {
    let mut moved = moved(selection, ticks, 0);
    let mut steps = steps.clamp(-75, 75); // all there are
    while steps != 0 && !quantising::transpose_in_scale(&mut moved, steps, key) {
        steps -= steps.signum();
    }
    moved
}

fn moved(selection: &Selection, ticks: i64, semitones: i32) -> Vec<Note> {
    let (ticks, semitones) = selection.clamped_move(ticks, semitones);
    selection.map(|note| Note {
        start: (i64::from(note.start) + ticks) as Tick,
        pitch: Pitch::clamped(i32::from(note.pitch.get()) + semitones),
        ..note
    })
}

#[cfg(test)]
mod tests;
