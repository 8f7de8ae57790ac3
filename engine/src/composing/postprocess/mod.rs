//! After the network: what makes its cells playable and keeps them from clashing with the melody.
//!
//! Works on one stretch of one metre, in steps of the grid. Knows no network and no tensor.

use std::ops::Range;

use crate::composing::finishing::Finishing;
use crate::composing::harmony;
use crate::composing::strike::Strike;
use cantus::engine_client::PartSpec;
use cantus::music::grid::PITCHES;
use cantus::music::{Cell, Chord, Grid, Role};

/// What surrounds the parts of a stretch.
#[derive(Debug)]
pub struct Stretch<'a> {
    /// The melody on the grid.
    pub melody: &'a Grid,
    /// The bars, in steps, covering the stretch.
    pub bars: &'a [Range<usize>],
    /// Where the melody ends here, in steps; the last sounding bar is covered until there.
    pub melody_end: usize,
    /// Which parts never play a note as short as a step; no others where it is shorter.
    pub sustained: &'a [bool],
}

/// The notes of the written parts, one list per part, sorted, within the stretch.
pub fn process(specs: &[PartSpec], grids: &[Grid], stretch: &Stretch<'_>, finishing: Finishing) -> Vec<Vec<Strike>> {
    let mut parts: Vec<Vec<Strike>> = grids.iter().map(strikes).collect();
    for (index, (spec, part)) in specs.iter().zip(&mut parts).enumerate() {
        if finishing.clamp_range && !spec.is_drum {
            clamp_range(part, spec);
        }
        if finishing.bridge_gaps && !spec.is_drum {
            bridge_gaps(part);
        }
        if finishing.drop_lone && !spec.is_drum {
            drop_lone(part);
        }
        if finishing.limit_polyphony && !spec.is_drum {
            limit_polyphony(part, spec.role);
        }
        if finishing.sustain && !spec.is_drum && stretch.sustained.get(index) == Some(&true) {
            sustain(part, most_at_once(spec.role) == 1, stretch.melody.steps());
        }
    }
    if finishing.move_clashes {
        move_clashes(specs, &mut parts, stretch);
    }
    if finishing.fill_silent_bars {
        fill_silent_bars(specs, &mut parts, stretch);
        cover_end(specs, &mut parts, stretch);
    }
    parts
}

/// The notes of a grid.
fn strikes(grid: &Grid) -> Vec<Strike> {
    let mut notes = Vec::new();
    for pitch in 0..PITCHES {
        let mut step = 0;
        while step < grid.steps() {
            let start = step;
            step += 1;
            if grid.get(start, pitch) == Cell::Silent {
                continue;
            }
            while step < grid.steps() && grid.get(step, pitch) == Cell::Held {
                step += 1;
            }
            notes.push(Strike { start, end: step, pitch: pitch as u8 });
        }
    }
    notes.sort_unstable();
    notes
}

/// Sorts, and lets a later note of a pitch cut an earlier one.
fn normalise(part: &mut Vec<Strike>) {
    part.sort_unstable_by_key(|note| (note.pitch, note.start, std::cmp::Reverse(note.end)));
    part.dedup_by_key(|note| (note.pitch, note.start));
    for index in 1..part.len() {
        if part[index - 1].pitch == part[index].pitch {
            part[index - 1].end = part[index - 1].end.min(part[index].start);
        }
    }
    part.retain(|note| note.start < note.end);
    part.sort_unstable();
}

fn clamp_range(part: &mut Vec<Strike>, spec: &PartSpec) {
    for note in part.iter_mut() {
        note.pitch = within(note.pitch, spec);
    }
    normalise(part);
}

/// The pitch moved by octaves into the part's range, or to its nearest end where the range has no such pitch class.
fn within(pitch: u8, spec: &PartSpec) -> u8 {
    let mut moved = pitch;
    while moved < spec.low && moved + 12 <= spec.high.max(spec.low + 11) {
        moved += 12;
    }
    while moved > spec.high && moved >= 12 + spec.low.min(spec.high.saturating_sub(11)) {
        moved -= 12;
    }
    moved.clamp(spec.low, spec.high)
}

/// Closes holes of one step: within a beat they are flicker and the notes become one, on a beat the second note stays
/// struck.
fn bridge_gaps(part: &mut Vec<Strike>) {
    part.sort_unstable_by_key(|note| (note.pitch, note.start));
    let mut bridged: Vec<Strike> = Vec::with_capacity(part.len());
    for note in part.drain(..) {
        match bridged.last_mut() {
            Some(last) if last.pitch == note.pitch && last.end + 1 == note.start => {
                if note.start.is_multiple_of(4) {
                    last.end = note.start;
                    bridged.push(note);
                } else {
                    last.end = note.end;
                }
            }
            _ => bridged.push(note),
        }
    }
    bridged.sort_unstable();
    *part = bridged;
}

/// Drops one-step notes that neither follow, precede nor accompany another note of their part.
fn drop_lone(part: &mut Vec<Strike>) {
    let steps = part.iter().map(|note| note.end).max().unwrap_or(0);
    let mut sounding = vec![0_usize; steps + 1];
    for note in part.iter() {
        sounding[note.start..note.end].iter_mut().for_each(|count| *count += 1);
    }
    part.retain(|note| {
        let around: usize = sounding[note.start.saturating_sub(1)..=note.end].iter().sum();
        note.steps() > 1 || around > 1
    });
}

/// How many notes a part of that role may hold at once.
const fn most_at_once(role: Role) -> usize {
    match role {
        Role::Bass | Role::Alto | Role::Tenor | Role::Melody => 1,
        Role::Guitar => 6,
        Role::Chords | Role::Pad | Role::Other | Role::Drums => 4,
    }
}

fn limit_polyphony(part: &mut Vec<Strike>, role: Role) {
    let most = most_at_once(role);
    let mut kept: Vec<Strike> = Vec::with_capacity(part.len());
    let mut held: Vec<usize> = Vec::new(); // those of `kept` that still sound
    let mut last_pitch: Option<u8> = None;
    for together in part.chunk_by(|a, b| a.start == b.start) {
        let start = together[0].start;
        held.retain(|index| kept[*index].end > start);
        let mut chosen = together.to_vec();
        chosen.sort_by_key(|note| match (role, last_pitch) {
            (Role::Bass, _) => i64::from(note.pitch),
            (Role::Alto | Role::Tenor | Role::Melody, Some(last)) => i64::from(note.pitch.abs_diff(last)),
            _ => -i64::try_from(note.steps()).unwrap_or(i64::MAX), // the longest, then (stable) the lowest
        });
        chosen.truncate(most);
        for note in chosen {
            if held.len() == most {
                // a blink above a longer note does not end it
                if note.steps() == 1 && held.iter().any(|index| kept[*index].end > note.end) {
                    continue;
                }
                let oldest = held.remove(0);
                kept[oldest].end = kept[oldest].end.min(start);
            }
            held.push(kept.len());
            kept.push(note);
            last_pitch = Some(note.pitch);
        }
    }
    kept.retain(|note| note.start < note.end);
    kept.sort_unstable();
    *part = kept;
}

/// Leaves no note of one step but at the very end. One that leads into the next on a stronger step goes, and where only
/// one note sounds at a time the one before lasts instead; any other lasts a step longer, and what would begin within
/// it begins after it.
fn sustain(part: &mut Vec<Strike>, alone: bool, steps: usize) {
    part.sort_unstable();
    let mut index = 0;
    while index < part.len() {
        let note = part[index];
        if note.steps() > 1 || note.end >= steps {
            index += 1;
            continue;
        }
        let later = part[index + 1..].iter().take_while(|later| later.start <= note.end);
        if !note.start.is_multiple_of(2) && later.clone().any(|later| later.start == note.end) {
            if let Some(before) = part[..index].iter_mut().rfind(|before| alone && before.end == note.start) {
                before.end = note.end;
            }
            part.remove(index);
            continue;
        }
        part[index].end += 1;
        for later in part[index + 1..].iter_mut().take_while(|later| later.start <= note.end) {
            if later.start == note.end && (alone || later.pitch == note.pitch) {
                later.start += 1;
            }
        }
        part.retain(|note| note.start < note.end);
        index += 1;
    }
    part.sort_unstable();
}

/// Whether two pitches clash: a semitone, a tritone or a major seventh apart, over any octaves.
pub const fn clashes(a: u8, b: u8) -> bool {
    matches!(a.abs_diff(b) % 12, 1 | 6 | 11)
}

fn move_clashes(specs: &[PartSpec], parts: &mut [Vec<Strike>], stretch: &Stretch<'_>) {
    let chords = harmony::chords(stretch.melody, specs, parts);
    for (spec, part) in specs.iter().zip(parts) {
        if spec.is_drum {
            continue;
        }
        let mut moved = false;
        for note in part.iter_mut() {
            let first = stretch.bars.partition_point(|bar| bar.end <= note.start);
            let mut near = stretch.bars[first..].iter().take_while(|bar| bar.start <= note.start);
            let strong = near.any(|bar| is_strong(note.start, bar));
            let Some(chord) = chords.get(note.start / 4).copied().flatten() else {
                continue;
            };
            let clashes_with_melody =
                |pitch: u8| stretch.melody.sounding(note.start).any(|melody| clashes(melody as u8, pitch));
            if !strong || chord.contains(note.pitch.into()) || !clashes_with_melody(note.pitch) {
                continue;
            }
            let better = (1..=4_u8)
                .flat_map(|by| [note.pitch.checked_sub(by), note.pitch.checked_add(by)])
                .flatten()
                .find(|pitch| {
                    (spec.low..=spec.high).contains(pitch)
                        && chord.contains((*pitch).into())
                        && !clashes_with_melody(*pitch)
                });
            if let Some(better) = better {
                note.pitch = better;
                moved = true;
            }
        }
        if moved {
            normalise(part);
        }
    }
}

/// The first step of a bar, and every second beat of bars that have an even number of them.
fn is_strong(step: usize, bar: &Range<usize>) -> bool {
    bar.contains(&step) && (step == bar.start || (bar.len().is_multiple_of(8) && (step - bar.start).is_multiple_of(8)))
}

/// Bars where the melody sounds and no pitched part does get the chord that fits the melody.
fn fill_silent_bars(specs: &[PartSpec], parts: &mut [Vec<Strike>], stretch: &Stretch<'_>) {
    for bar in stretch.bars {
        let melody_sounds =
            bar.clone().any(|step| step < stretch.melody.steps() && stretch.melody.sounding(step).next().is_some());
        let answered = specs
            .iter()
            .zip(parts.iter())
            .filter(|(spec, _)| !spec.is_drum)
            .any(|(_, part)| part.iter().any(|note| note.start < bar.end && note.end > bar.start));
        if !melody_sounds || answered {
            continue;
        }
        let chord = harmony::chord_of_melody(stretch.melody, bar.clone());
        for (spec, part) in specs.iter().zip(parts.iter_mut()).filter(|(spec, _)| !spec.is_drum) {
            let before = part.iter().filter(|note| note.end <= bar.start).max_by_key(|note| note.end);
            let near = before.map_or(u8::midpoint(spec.low, spec.high), |note| note.pitch);
            for pitch in voicing(chord, spec, near) {
                part.push(Strike { start: bar.start, end: bar.end, pitch });
            }
            part.sort_unstable();
        }
    }
}

/// Pitches of a chord for a part: its root below for the bass, one voice or three, near where the part has been.
fn voicing(chord: Chord, spec: &PartSpec, near: u8) -> Vec<u8> {
    let root_only = spec.role == Role::Bass;
    let mut pitches: Vec<u8> = (spec.low..=spec.high)
        .filter(|pitch| if root_only { pitch % 12 == chord.root } else { chord.contains((*pitch).into()) })
        .collect();
    pitches.sort_by_key(|pitch| pitch.abs_diff(near));
    pitches.truncate(most_at_once(spec.role).min(3));
    if pitches.is_empty() {
        pitches.push(near.clamp(spec.low, spec.high));
    }
    pitches
}

/// Where every part has stopped before the melody, the last to stop holds on.
fn cover_end(specs: &[PartSpec], parts: &mut [Vec<Strike>], stretch: &Stretch<'_>) {
    let pitched = || specs.iter().enumerate().filter(|(_, spec)| !spec.is_drum).map(|(index, _)| index);
    let end_of = |part: &Vec<Strike>| part.iter().map(|note| note.end).max().unwrap_or(0);
    let latest = pitched().map(|index| end_of(&parts[index])).max().unwrap_or(0);
    if latest == 0 || latest >= stretch.melody_end {
        return;
    }
    for index in pitched().collect::<Vec<_>>() {
        for note in parts[index].iter_mut().filter(|note| note.end == latest) {
            note.end = stretch.melody_end;
        }
    }
}

#[cfg(test)]
mod tests;
