//! The grid that is filled: a row for each step, a column for each line.
//!
//! Line 0 is the melody, line 1 the chords (a plan, never heard), the others are the parts' voices, the bass first.
//! That is also the order within a step: each line knows what those before it chose.

use crate::networks::lines::LineStep;

/// The melody's line.
pub const MELODY: usize = 0;
/// The chords' line.
pub const CHORD: usize = 1;
/// The first of the parts' voices.
pub const FIRST_VOICE: usize = 2;
/// Lines there may be at most.
pub const MAX_LINES: usize = 18;
/// The MIDI pitch of index 1; index 0 is a rest.
pub const LOWEST: i32 = 24;
/// Pitches that a line can sing, seven octaves.
pub const PITCHES: usize = 84;
/// Lengths from here on look alike.
pub const MAX_LENGTH: u8 = 31;
/// Melodic intervals are told apart up to so many semitones.
pub const NARROW: i32 = 13;
/// What an index of a melodic interval may be: none, or -13 to 13.
pub const NARROW_SIZE: i64 = 2 * NARROW as i64 + 2;
/// Intervals between lines are told apart up to so many semitones.
pub const WIDE: i32 = 24;
/// What an index of such an interval may be.
pub const WIDE_SIZE: i64 = 2 * WIDE as i64 + 2;
/// What an index of a pitch class may be: a rest, or one of twelve.
pub const CLASS_SIZE: i64 = 13;

/// What a line does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes on sounding.
    Hold,
    /// It is silent.
    Rest,
    /// It strikes.
    Strike,
}

/// The index of a MIDI pitch, brought into range by octaves.
pub fn index_from_pitch(pitch: i32) -> u8 {
    let above = pitch - LOWEST;
    let most = PITCHES as i32;
    let folded = if above < 0 {
        above.rem_euclid(12)
    } else if above >= most {
        most - 12 + above % 12
    } else {
        above
    };
    folded as u8 + 1
}

/// The MIDI pitch of an index above 0.
pub const fn pitch_from_index(index: u8) -> i32 {
    index as i32 - 1 + LOWEST
}

/// 1 + semitones above a tonic; 0 for a rest.
pub const fn class_in_key(index: u8, tonic: u8) -> i64 {
    if index == 0 { 0 } else { (pitch_from_index(index) - tonic as i32).rem_euclid(12) as i64 + 1 }
}

/// The index of the interval from `from` up to `to`; 0 where one of them rests.
pub fn interval(to: u8, from: u8, window: i32) -> i64 {
    if to == 0 || from == 0 {
        return 0;
    }
    i64::from((i32::from(to) - i32::from(from)).clamp(-window, window) + window + 1)
}

/// The cells of a piece, and what follows from them. Steps are written in order, lines in any.
#[derive(Clone, Debug)]
pub struct Cells {
    lines: usize,
    steps: usize,
    value: Vec<u8>,
    onset: Vec<bool>,
    length: Vec<u8>,
    moved: Vec<u8>,
    last: Vec<u8>,
}

impl Cells {
    /// Silent ones.
    pub fn new(lines: usize, steps: usize) -> Self {
        let cells = lines * steps;
        Self {
            lines,
            steps,
            value: vec![0; cells],
            onset: vec![false; cells],
            length: vec![0; cells],
            moved: vec![0; cells],
            last: vec![0; cells],
        }
    }

    /// How many steps there are.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// How many lines there are.
    pub const fn lines(&self) -> usize {
        self.lines
    }

    const fn at(&self, step: usize, line: usize) -> usize {
        step * self.lines + line
    }

    /// What a line holds: 0 for nothing, else the index of a pitch (of a chord on the chords' line).
    pub fn value(&self, step: usize, line: usize) -> u8 {
        self.value[self.at(step, line)]
    }

    /// Whether it is struck here.
    pub fn onset(&self, step: usize, line: usize) -> bool {
        self.onset[self.at(step, line)]
    }

    /// Steps since the line last changed.
    pub fn length(&self, step: usize, line: usize) -> u8 {
        self.length[self.at(step, line)]
    }

    /// The index of the last melodic interval of the line.
    pub fn moved(&self, step: usize, line: usize) -> u8 {
        self.moved[self.at(step, line)]
    }

    /// What the line struck last, kept across rests; 0 where it has not begun.
    pub fn last(&self, step: usize, line: usize) -> u8 {
        self.last[self.at(step, line)]
    }

    /// What the line does.
    pub fn action(&self, step: usize, line: usize) -> Action {
        match (self.value(step, line), self.onset(step, line)) {
            (0, _) => Action::Rest,
            (_, true) => Action::Strike,
            (_, false) => Action::Hold,
        }
    }

    /// Sets a cell; the line's earlier steps are written.
    pub fn write(&mut self, step: usize, line: usize, value: u8, onset: bool) {
        let at = self.at(step, line);
        (self.value[at], self.onset[at]) = (value, onset);
        let onset = onset && value > 0;
        if step == 0 {
            (self.length[at], self.moved[at]) = (0, 0);
            self.last[at] = if onset { value } else { 0 };
            return;
        }
        let before = self.at(step - 1, line);
        let last = self.last[before];
        let changed = onset || (value == 0) != (self.value[before] == 0);
        self.length[at] = if changed { 0 } else { (self.length[before] + 1).min(MAX_LENGTH) };
        self.moved[at] = if onset && last > 0 { interval(value, last, NARROW) as u8 } else { self.moved[before] };
        self.last[at] = if onset { value } else { last };
    }

    /// Writes a whole line, `shift` semitones higher.
    pub fn write_line(&mut self, line: usize, steps: &[LineStep], shift: i32) {
        for (step, cell) in steps.iter().enumerate().take(self.steps) {
            let value = cell.pitch.map_or(0, |pitch| index_from_pitch(i32::from(pitch) + shift));
            let before = if step == 0 { 0 } else { self.value(step - 1, line) };
            // what sounds into the first step begins there
            self.write(step, line, value, value > 0 && (cell.struck || before == 0));
        }
    }

    /// The line as it stands.
    pub fn line(&self, line: usize) -> Vec<LineStep> {
        let cell = |step| {
            let value = self.value(step, line);
            LineStep { pitch: (value > 0).then(|| pitch_from_index(value) as u8), struck: self.onset(step, line) }
        };
        (0..self.steps).map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_cells() {
        let mut cells = Cells::new(1, 6);
        for (step, (value, onset)) in
            [(10, true), (10, false), (0, false), (0, false), (12, true), (12, true)].iter().enumerate()
        {
            cells.write(step, 0, *value, *onset);
        }
        assert_eq!((0..6).map(|step| cells.length(step, 0)).collect::<Vec<_>>(), [0, 1, 0, 1, 0, 0]);
        assert_eq!((0..6).map(|step| cells.last(step, 0)).collect::<Vec<_>>(), [10, 10, 10, 10, 12, 12]);
        assert_eq!(i32::from(cells.moved(4, 0)), 2 + NARROW + 1);
        assert_eq!(i32::from(cells.moved(5, 0)), NARROW + 1);
        assert_eq!(cells.moved(3, 0), 0);
        assert_eq!(cells.action(1, 0), Action::Hold);
        assert_eq!(cells.action(2, 0), Action::Rest);
        assert_eq!(cells.action(5, 0), Action::Strike);
    }

    #[test]
    fn pitches_have_indices_and_come_back() {
        for pitch in -10..140 {
            let index = index_from_pitch(pitch);
            assert!((1..=PITCHES as u8).contains(&index));
            assert_eq!(pitch_from_index(index).rem_euclid(12), pitch.rem_euclid(12));
        }
        assert_eq!(pitch_from_index(index_from_pitch(60)), 60);
        assert_eq!(class_in_key(index_from_pitch(67), 5), 3);
        assert_eq!(interval(5, 0, WIDE), 0);
        assert_eq!(interval(5, 3, WIDE), i64::from(WIDE) + 3);
    }
}
