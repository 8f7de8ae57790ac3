//! Where edited notes come to lie among the others.

use crate::music::{Note, Part, selection::Selection};

/// Puts edited notes in place of a selection and makes room for them; returns them as they came to lie.
pub(super) fn place(part: &mut Part, replaced: &Selection, mut edited: Vec<Note>) -> Selection {
    for note in &mut edited {
        *note = note.in_range();
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

    let selection = all.iter().filter(|(note, edited)| *edited && note.duration > 0).map(|(note, _)| *note).collect();
    part.notes.clear();
    part.notes.extend(all.iter().map(|(note, _)| *note).filter(|note| note.duration > 0));
    part.notes.sort_unstable(); // a cut may have changed the order of notes that start together
    part.notes.dedup();
    selection
}

/// Like [`place`], for edits that move each note on its own: those that came to lie on each other are parted, too. Of
/// several struck at once on a pitch the longest stays; one that is struck again ends there.
pub(super) fn place_apart(part: &mut Part, replaced: &Selection, mut edited: Vec<Note>) -> Selection {
    edited.sort_unstable();
    let mut last_of_pitch: [Option<usize>; 128] = [None; 128];
    for index in 0..edited.len() {
        let note = edited[index];
        if let Some(before) = last_of_pitch[usize::from(note.pitch.get())].replace(index) {
            let before = &mut edited[before];
            before.duration = before.duration.min(note.start - before.start);
        }
    }
    edited.retain(|note| note.duration > 0);
    place(part, replaced, edited)
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
