//! From one score to pieces on the grid.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::corpus::roles;
use crate::music::grid::TICKS_PER_STEP;
use crate::music::swing::Swing;
use crate::music::{Grid, Note, Part, Role, Score, TICKS_PER_QUARTER, Tick};

use crate::corpus::corrections::Corrections;
use crate::corpus::dataset::{FoundRole, Piece, Played, ReadOptions, Split};
use crate::corpus::drumming::SOFTEST;
use crate::corpus::sections::{Section, sections};

/// Longer scores are refused: no music, and no memory for it (an hour at 120 has 28,800 steps).
pub const MOST_STEPS: i64 = 60_000;
/// A melody of fewer notes teaches nothing.
const FEWEST_MELODY_NOTES: usize = 4;
/// How well onsets must agree on a place within the sixteenth, or the triplet: 0 is noise, 1 is machine-made.
const LEAST_AGREEMENT: f64 = 0.12;

/// The reason told for a track that was left out by hand.
const LEFT_OUT: &str = "left out by hand";

/// What became of a score: the pieces, and the sections left out with their number (from 1) and the reason.
#[derive(Debug, Default)]
pub struct Cut {
    pub pieces: Vec<Piece>,
    pub left_out: Vec<(usize, String)>,
}

/// The pieces of a score; `melody` is the tune of it marked by hand, where there is one.
///
/// # Errors
/// Why nothing of the score can be used, in a few words.
pub fn pieces(
    name: &str,
    score: &Score,
    melody: Option<&Score>,
    corrections: &Corrections,
    options: &ReadOptions,
) -> Result<Cut, String> {
    let marked = melody.map(marked_notes);
    let (tune, tracks, roles) = sorted_by_role(score, marked, &|track| corrections.of(name, track))?;
    let end = tracks.iter().map(|(_, notes)| notes).chain([&tune]).flatten().map(Note::end).max().unwrap_or(0);
    if i64::from(end) > MOST_STEPS * i64::from(TICKS_PER_STEP) {
        return Err("longer than any piece of music".into());
    }
    if !follows_its_beat(&tracks.iter().map(|(_, notes)| notes).chain([&tune]).flatten()) {
        return Err("its notes do not follow its own beat".into());
    }
    let mut cut = Cut::default();
    for (index, section) in sections(&score.metre, end).into_iter().enumerate() {
        match piece(section, &tune, &tracks, options.min_bars) {
            Ok(OnGrid { steps_per_bar, melody, parts, played, swing }) => cut.pieces.push(Piece {
                name: if index == 0 { name.to_owned() } else { format!("{name}#{}", index + 1) },
                split: Split::Train, // decided when all pieces are known
                steps_per_bar,
                melody,
                parts,
                played,
                swing,
                roles: roles.clone(),
            }),
            Err(reason) => cut.left_out.push((index + 1, reason)),
        }
    }
    match (cut.pieces.is_empty(), cut.left_out.first()) {
        (true, Some((_, reason))) => Err(reason.clone()),
        (true, None) => Err("it has no notes".into()),
        (false, _) => Ok(cut),
    }
}

fn marked_notes(score: &Score) -> Vec<Note> {
    let mut notes: Vec<Note> = score.parts.iter().flat_map(|part| part.notes.iter().copied()).collect();
    notes.sort_unstable();
    notes.dedup();
    notes
}

type Sorted = (Vec<Note>, Vec<(Role, Vec<Note>)>, Vec<FoundRole>);

/// The tune, the other notes by role, and what each track was taken for.
fn sorted_by_role(
    score: &Score,
    marked: Option<Vec<Note>>,
    correct: &dyn Fn(&str) -> Option<Option<Role>>,
) -> Result<Sorted, String> {
    if score.parts.iter().all(|part| part.notes.is_empty()) {
        return Err("it has no notes".into());
    }
    let names = track_names(&score.parts);
    let corrected: Vec<Option<Option<Role>>> = score
        .parts
        .iter()
        .enumerate()
        .map(|(index, part)| correct(&names[index]).filter(|_| !part.notes.is_empty()))
        .collect();
    // who is said to lead, leads alone
    let leads = corrected.contains(&Some(Some(Role::Melody)));
    let found = roles::find(&score.parts, marked.is_some() || leads);
    let mut tune = Vec::new();
    let mut tracks: Vec<(Role, Vec<Note>)> = Vec::new();
    let mut told = Vec::new();
    for (index, (part, (role, reason))) in score.parts.iter().zip(found).enumerate() {
        if part.notes.is_empty() {
            continue;
        }
        let (role, reason) = match corrected[index] {
            Some(Some(role)) => (role, "set by hand".to_owned()),
            Some(None) => {
                told.push(FoundRole {
                    track: names[index].clone(),
                    program: part.program,
                    role: Role::Other,
                    reason: LEFT_OUT.into(),
                });
                continue;
            }
            None => (role, reason),
        };
        told.push(FoundRole { track: names[index].clone(), program: part.program, role, reason });
        if role == Role::Melody {
            tune.extend_from_slice(&part.notes);
            continue;
        }
        match tracks.iter_mut().find(|(of, _)| *of == role) {
            Some((_, notes)) => notes.extend_from_slice(&part.notes),
            None => tracks.push((role, part.notes.clone())),
        }
    }
    if let Some(marked) = marked {
        // whoever plays the tune at the moment does not accompany it
        let taken: std::collections::HashSet<(Tick, u8)> =
            marked.iter().map(|note| (note.start, note.pitch.get())).collect();
        for (role, notes) in &mut tracks {
            if *role != Role::Drums {
                notes.retain(|note| !taken.contains(&(note.start, note.pitch.get())));
            }
        }
        tune = marked;
        told.insert(
            0,
            FoundRole { track: "melody file".into(), program: 0, role: Role::Melody, reason: "marked by hand".into() },
        );
    }
    if tune.is_empty() {
        return Err("no melody found".into());
    }
    tracks.retain(|(_, notes)| !notes.is_empty());
    if tracks.is_empty() {
        return Err("nothing but a melody".into());
    }
    tracks.sort_by_key(|(role, _)| *role);
    Ok((tune, tracks, told))
}

/// What the tracks of a file are called: their names, else their instruments, numbered where there are several.
pub fn track_names(parts: &[Arc<Part>]) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut names = Vec::with_capacity(parts.len());
    for part in parts {
        let name = part.shown_name();
        let nth = seen.entry(name).or_default();
        *nth += 1;
        names.push(if *nth > 1 && part.name.trim().is_empty() { format!("{name} {nth}") } else { name.to_owned() });
    }
    names
}

/// A section as a piece has it.
struct OnGrid {
    steps_per_bar: usize,
    melody: Grid,
    parts: Vec<(Role, Grid)>,
    played: Vec<(Role, Vec<Played>)>,
    swing: Swing,
}

fn piece(section: Section, tune: &[Note], tracks: &[(Role, Vec<Note>)], min_bars: usize) -> Result<OnGrid, String> {
    let steps_per_bar = section.steps_per_bar().ok_or("its bars are no whole number of sixteenths")?;
    let all = tracks.iter().map(|(_, notes)| notes.as_slice()).chain([tune]);
    let section = trimmed(section, all).ok_or("it has no notes")?;
    if section.bars() < min_bars {
        return Err(format!("too short: {} of at least {min_bars} bars", section.bars()));
    }
    let steps = section.bars() * steps_per_bar;
    let swing = swing_of(section, tune, tracks);
    let (tune, tracks) = if swing == Swing::STRAIGHT {
        (Cow::Borrowed(tune), Cow::Borrowed(tracks))
    } else {
        let straight = |notes: &[Note]| swing.straightened(notes, section.start);
        let tracks: Vec<_> = tracks.iter().map(|(role, notes)| (*role, straight(notes))).collect();
        (Cow::Owned(straight(tune)), Cow::Owned(tracks))
    };
    let melody = on_grid(&tune, section, steps, false);
    if count_onsets(&melody) < FEWEST_MELODY_NOTES {
        return Err("hardly any melody".into());
    }
    let parts: Vec<(Role, Grid)> = tracks
        .iter()
        .map(|(role, notes)| (*role, on_grid(notes, section, steps, *role == Role::Drums)))
        .filter(|(_, grid)| count_onsets(grid) > 0)
        .collect();
    if parts.is_empty() {
        return Err("nothing but a melody".into());
    }
    let of_all = tracks.iter().map(|(role, notes)| (*role, notes.as_slice())).chain([(Role::Melody, &*tune)]);
    let played = of_all.map(|(role, notes)| (role, as_played(notes, section, steps)));
    let played = played.filter(|(_, played)| !played.is_empty()).collect();
    Ok(OnGrid { steps_per_bar, melody, parts, played, swing })
}

/// How a section swings that is counted in quarters.
fn swing_of(section: Section, tune: &[Note], tracks: &[(Role, Vec<Note>)]) -> Swing {
    if section.bar_ticks % i64::from(TICKS_PER_QUARTER) != 0 {
        return Swing::STRAIGHT;
    }
    let all = tracks.iter().map(|(_, notes)| notes.as_slice()).chain([tune]).flatten();
    let within = all.filter(|note| (section.start..section.end).contains(&i64::from(note.start)));
    Swing::of_texture(within, section.start).unwrap_or(Swing::STRAIGHT)
}

/// How the notes were played, by step.
fn as_played(notes: &[Note], section: Section, steps: usize) -> Vec<Played> {
    let tick = i64::from(TICKS_PER_STEP);
    let mut played: Vec<Played> = notes
        .iter()
        .filter_map(|note| {
            let at = i64::from(note.start) - section.start;
            let step = (at + tick / 2).div_euclid(tick); // as the grid rounds
            let late = (at - step * tick) * 100 / tick;
            (0..steps as i64).contains(&step).then(|| Played {
                step: step as u32,
                pitch: note.pitch.get(),
                velocity: note.velocity.get(),
                late: late.clamp(-50, 50) as i8,
            })
        })
        .collect();
    played.sort_unstable();
    played.dedup_by_key(|played| (played.step, played.pitch));
    played
}

/// The section without its silent bars at either end.
fn trimmed<'a>(section: Section, tracks: impl Iterator<Item = &'a [Note]>) -> Option<Section> {
    let half = i64::from(TICKS_PER_STEP / 2);
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for note in tracks.flatten() {
        let start = i64::from(note.start) + half; // as the grid rounds
        if start >= section.start && i64::from(note.start) < section.end {
            first = first.min(start);
            last = last.max(i64::from(note.end()).min(section.end));
        }
    }
    if first > last {
        return None;
    }
    let start = section.start + (first - section.start).div_euclid(section.bar_ticks) * section.bar_ticks;
    // what rings on for less than a step does not make another bar
    let end = last.max(start + section.bar_ticks);
    let over = (end - start) % section.bar_ticks;
    let end = if over <= half && end - start > section.bar_ticks { end - over } else { end };
    Some(Section { start, end, ..section })
}

pub fn on_grid(notes: &[Note], section: Section, steps: usize, is_drum: bool) -> Grid {
    let shift = (-section.start).max(0) as Tick; // only a pick-up begins before 0
    let start = section.start.max(0) as Tick;
    let length = steps as i64 * i64::from(TICKS_PER_STEP);
    // the grid has no velocities: a ghost on it would be as loud as all others
    let loudest = notes.iter().map(|note| note.velocity.get()).max().unwrap_or(0);
    let softest = if is_drum && loudest >= 2 * SOFTEST { SOFTEST } else { 0 };
    let near: Vec<Note> = notes
        .iter()
        .filter(|note| note.velocity.get() >= softest)
        .filter(|note| i64::from(note.end()) > section.start && i64::from(note.start) < section.start + length)
        .map(|note| Note {
            start: note.start.saturating_add(shift),
            duration: if is_drum { TICKS_PER_STEP } else { note.duration }, // a hit has no length
            ..*note
        })
        .collect();
    Grid::from_notes(&near, start, steps)
}

fn count_onsets(grid: &Grid) -> usize {
    (0..grid.steps()).map(|step| grid.onsets(step).count()).sum()
}

/// Whether onsets gather at one place within the sixteenth or the triplet eighth, as they do where a file's beat is the
/// music's.
fn follows_its_beat<'a>(notes: &(impl Iterator<Item = &'a Note> + Clone)) -> bool {
    let agreement = |grid_ticks: Tick| {
        let (mut x, mut y, mut count) = (0.0, 0.0, 0.0);
        for note in notes.clone() {
            let phase = f64::from(note.start % grid_ticks) / f64::from(grid_ticks) * std::f64::consts::TAU;
            x += phase.cos();
            y += phase.sin();
            count += 1.0;
        }
        f64::hypot(x, y) / f64::max(count, 1.0)
    };
    agreement(TICKS_PER_STEP) >= LEAST_AGREEMENT || agreement(TICKS_PER_STEP * 4 / 3) >= LEAST_AGREEMENT
}

#[cfg(test)]
mod tests;
