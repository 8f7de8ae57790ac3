//! Melodies and parts as lines, for networks that write note after note: voices of chords, each note in one line from
//! its beginning to its end, and a kit's limbs.

use cantus::music::Grid;
use cantus::music::grid::Cell;

/// What one line does at one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LineStep {
    /// What sounds, if anything.
    pub pitch: Option<u8>,
    /// Whether it is struck here.
    pub struck: bool,
}

/// A melody as a line: its highest pitch at each step.
pub fn melody_line(grid: &Grid) -> Vec<LineStep> {
    let mut line: Vec<LineStep> = Vec::with_capacity(grid.steps());
    for step in 0..grid.steps() {
        let before = line.last().and_then(|before| before.pitch);
        line.push(grid.sounding(step).last().map_or_else(LineStep::default, |pitch| LineStep {
            pitch: Some(pitch as u8),
            struck: grid.get(step, pitch) == Cell::Onset || before != Some(pitch as u8),
        }));
    }
    line
}

/// Lines of a kit: kick, snare, hats and ride, toms, the rest.
pub const KIT_LINES: usize = 5;

/// A part as so many lines: a kit's by what is struck, others from low to high.
pub fn lines_of_part(grid: &Grid, lines: usize, is_drum: bool) -> Vec<Vec<LineStep>> {
    if is_drum { kit_lines(grid, lines) } else { voice_lines(grid, lines) }
}

/// Which line of a kit a key of General MIDI belongs to.
const fn kit_line(key: usize) -> usize {
    match key {
        0..=36 => 0,
        37..=40 => 1,
        42 | 44 | 46 | 51 | 53 | 59 => 2,
        41 | 43 | 45 | 47 | 48 | 50 => 3,
        _ => 4,
    }
}

/// Which of two keys on one line is kept: snares before side-sticks, open hats and rides before closed
/// ones.
const fn loudness(key: usize) -> usize {
    match key {
        38 | 40 => 200,
        44 => 0, // the pedal
        _ => key,
    }
}

fn kit_lines(grid: &Grid, lines: usize) -> Vec<Vec<LineStep>> {
    let mut all = vec![vec![LineStep::default(); grid.steps()]; lines];
    for step in 0..grid.steps() {
        for key in grid.onsets(step) {
            let Some(line) = all.get_mut(kit_line(key)) else { continue };
            let louder = line[step].pitch.is_none_or(|other| loudness(key) > loudness(usize::from(other)));
            if louder {
                line[step] = LineStep { pitch: Some(key as u8), struck: true };
            }
        }
    }
    all
}

/// Voices from low to high. Where more notes sound than there are voices, the longest held end first, then inner ones
/// are left out.
fn voice_lines(grid: &Grid, voices: usize) -> Vec<Vec<LineStep>> {
    let mut lines = vec![Vec::with_capacity(grid.steps()); voices];
    let mut held: Vec<Option<(usize, usize)>> = vec![None; voices]; // pitch, and since when
    for step in 0..grid.steps() {
        for voice in &mut held {
            *voice = voice.filter(|(pitch, _)| grid.get(step, *pitch) == Cell::Held);
        }
        // what sounds into the first step begins there
        let mut struck: Vec<usize> =
            if step == 0 { grid.sounding(step).collect() } else { grid.onsets(step).collect() };
        while struck.len() > voices {
            struck.remove(struck.len() / 2);
        }
        while held.iter().filter(|voice| voice.is_none()).count() < struck.len() {
            let longest =
                held.iter_mut().filter(|voice| voice.is_some()).min_by_key(|voice| voice.map(|(_, since)| since));
            longest.map(Option::take);
        }
        let chosen = assign(&struck, &held);
        for (&pitch, &voice) in struck.iter().zip(&chosen) {
            held[voice] = Some((pitch, step));
        }
        for (line, voice) in lines.iter_mut().zip(&held) {
            line.push(voice.map_or_else(LineStep::default, |(pitch, since)| LineStep {
                pitch: Some(pitch as u8),
                struck: since == step,
            }));
        }
    }
    lines
}

/// A free voice for each struck pitch (from low to high, no more than are free), in the same order: among what is held
/// where it belongs, and as near as may be to its rank among all that sounds.
fn assign(struck: &[usize], held: &[Option<(usize, usize)>]) -> Vec<usize> {
    let free: Vec<usize> = (0..held.len()).filter(|&voice| held[voice].is_none()).collect();
    let cost = |pitch: usize, voice: usize| -> usize {
        let rank = struck.iter().filter(|other| **other < pitch).count()
            + held.iter().flatten().filter(|(other, _)| *other < pitch).count();
        let crossed = held.iter().enumerate().filter(|(other, held)| {
            held.is_some_and(|(sounding, _)| {
                (*other < voice && sounding > pitch) || (*other > voice && sounding < pitch)
            })
        });
        crossed.count() * 2 * held.len() + rank.abs_diff(voice)
    };
    // least[i]: the cheapest way to place the first i pitches in the free voices seen so far
    let mut least: Vec<Option<(usize, Vec<usize>)>> = vec![None; struck.len() + 1];
    least[0] = Some((0, Vec::new()));
    for &voice in &free {
        for placed in (0..struck.len()).rev() {
            let Some((before, voices)) = &least[placed] else { continue };
            let total = before + cost(struck[placed], voice);
            if least[placed + 1].as_ref().is_none_or(|(other, _)| total < *other) {
                let voices = voices.iter().copied().chain([voice]).collect();
                least[placed + 1] = Some((total, voices));
            }
        }
    }
    least.pop().flatten().map(|(_, voices)| voices).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::cantus::tokens::{tokens_from_line, write_tokens};

    fn grid(steps: usize, notes: &[(usize, usize, usize)]) -> Grid {
        let mut grid = Grid::silent(steps);
        for &(start, end, pitch) in notes {
            for step in start..end {
                grid.set(step, pitch, if step == start { Cell::Onset } else { Cell::Held });
            }
        }
        grid
    }

    fn there_and_back(grid: &Grid, lines: usize, is_drum: bool) -> Grid {
        let mut back = Grid::silent(grid.steps());
        for line in lines_of_part(grid, lines, is_drum) {
            write_tokens(&mut back, &tokens_from_line(&line, 0, grid.steps(), 0), 0);
        }
        back
    }

    #[test]
    fn a_note_stays_in_its_line_when_others_come_and_go() {
        let chords = grid(12, &[(0, 12, 60), (2, 6, 55), (4, 8, 64), (6, 9, 57), (8, 12, 67), (10, 12, 60 + 24)]);
        assert_eq!(there_and_back(&chords, 4, false), chords);
        let lines = lines_of_part(&chords, 4, false);
        let struck = lines.iter().flatten().filter(|step| step.struck).count();
        assert_eq!(struck, 6);
    }

    #[test]
    fn chords_lie_from_low_to_high() {
        let chords = grid(4, &[(0, 4, 64), (0, 4, 48), (0, 4, 55)]);
        let lines = lines_of_part(&chords, 4, false);
        let pitches: Vec<_> = lines.iter().map(|line| line[0].pitch).collect();
        assert_eq!(pitches, [Some(48), Some(55), Some(64), None]);
    }

    #[test]
    fn more_notes_than_voices_keep_the_outer_ones() {
        let cluster = grid(4, &[(0, 4, 48), (0, 4, 52), (0, 4, 55), (0, 4, 60), (2, 4, 72)]);
        let kept = there_and_back(&cluster, 2, false);
        assert_eq!(kept.onsets(0).collect::<Vec<_>>(), [48, 60]);
        assert!(kept.sounding(2).any(|pitch| pitch == 72));
        assert!(kept.sounding(2).count() == 2);
    }

    #[test]
    fn a_kit_has_a_line_for_each_limb() {
        let beat =
            grid(4, &[(0, 1, 36), (0, 1, 42), (1, 2, 46), (1, 2, 42), (2, 3, 38), (2, 3, 42), (2, 3, 49), (3, 4, 45)]);
        let lines = lines_of_part(&beat, KIT_LINES, true);
        let at = |step: usize| lines.iter().map(|line| line[step].pitch).collect::<Vec<_>>();
        assert_eq!(at(0), [Some(36), None, Some(42), None, None]);
        assert_eq!(at(1), [None, None, Some(46), None, None]);
        assert_eq!(at(2), [None, Some(38), Some(42), None, Some(49)]);
        assert_eq!(at(3), [None, None, None, Some(45), None]);
    }
}
