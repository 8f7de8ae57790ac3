//! Parts as single voices, for whatever is counted from note to note or between voices.

use crate::corpus::{GridNote, Planes};
use crate::music::Role;
use crate::music::grid::STEPS_PER_QUARTER;

use super::sample::{Layout, Sample};

/// A part as one voice: the lowest note that sounds for basses, the highest for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What sounds at each step.
    pub pitch: Vec<Option<u8>>,
    /// Its notes, in order. What is held from before the first step begins there.
    pub notes: Vec<GridNote>,
}

impl Line {
    fn new(part: &Planes, is_bass: bool) -> Self {
        let chosen = |word: u128| match (word, is_bass) {
            (0, _) => None,
            (word, true) => Some(word.trailing_zeros() as u8),
            (word, false) => Some(word.ilog2() as u8),
        };
        let pitch: Vec<Option<u8>> = part.sound.iter().map(|word| chosen(*word)).collect();
        let mut notes: Vec<GridNote> = Vec::new();
        for (step, sounding) in pitch.iter().enumerate() {
            let Some(now) = *sounding else { continue };
            let goes_on = step > 0 && pitch[step - 1] == Some(now) && part.onset[step] >> now & 1 == 0;
            match notes.last_mut() {
                Some(last) if goes_on => last.length += 1,
                _ => notes.push(GridNote { step, pitch: usize::from(now), length: 1 }),
            }
        }
        Self { pitch, notes }
    }

    /// The intervals from note to note in semitones, upwards positive; those over gaps of more than a quarter are left
    /// out, and `None` stands for them.
    pub fn intervals(&self) -> impl Iterator<Item = Option<i32>> + '_ {
        self.notes.windows(2).map(|pair| {
            let gap = pair[1].step - (pair[0].step + pair[0].length);
            (gap <= STEPS_PER_QUARTER).then_some(pair[1].pitch as i32 - pair[0].pitch as i32)
        })
    }
}

/// The melody and the pitched parts of a sample as voices.
#[derive(Clone, Debug)]
pub struct Voices {
    /// The melody first, then the pitched parts in their order.
    pub lines: Vec<Line>,
    /// Which of them is the bass, where there is an accompaniment.
    pub bass: Option<usize>,
}

impl Voices {
    /// The voices of a sample.
    pub fn of(sample: &Sample, layout: &Layout) -> Self {
        let bass = layout.bass();
        let mut lines = vec![Line::new(&sample.melody, false)];
        for part in layout.pitched() {
            lines.push(Line::new(&sample.parts[part], layout.roles[part] == Role::Bass));
        }
        Self { lines, bass: bass.and_then(|bass| layout.pitched().position(|part| part == bass)).map(|nth| nth + 1) }
    }

    /// Those that accompany.
    pub fn accompaniment(&self) -> &[Line] {
        &self.lines[1..]
    }

    /// Each pair of voices, the melody included.
    pub fn pairs(&self) -> impl Iterator<Item = (&Line, &Line)> {
        let lines = &self.lines;
        (0..lines.len()).flat_map(move |a| (a + 1..lines.len()).map(move |b| (&lines[a], &lines[b])))
    }

    /// What sounds at each step, a pitch a voice.
    pub fn sounding(&self) -> Vec<Vec<u8>> {
        let steps = self.lines[0].pitch.len();
        (0..steps).map(|step| self.lines.iter().filter_map(|line| line.pitch[step]).collect()).collect()
    }
}

/// Two voices of which at least one goes to another pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// By how many semitones each moves.
    pub by: [i32; 2],
    /// How far the first was above the second.
    pub before: i32,
    /// How far it is now.
    pub after: i32,
}

impl Move {
    /// Whether both move.
    pub fn is_of_both(self) -> bool {
        self.by[0] != 0 && self.by[1] != 0
    }

    /// Whether both move the same way.
    pub fn is_similar(self) -> bool {
        self.by[0] * self.by[1] > 0
    }

    /// Parallel fifths and octaves: both go the same way, from a fifth to a fifth or from an octave (or unison) to one,
    /// compound ones too.
    pub fn is_parallel_perfect(self) -> bool {
        let class = self.after.abs() % 12;
        self.is_similar() && self.before.abs() % 12 == class && matches!(class, 0 | 7)
    }
}

/// The moves of two voices: from one step to the next, where both sound at both and one at least changes its pitch.
pub fn moves<'a>(a: &'a Line, b: &'a Line) -> impl Iterator<Item = Move> + 'a {
    a.pitch.windows(2).zip(b.pitch.windows(2)).filter_map(|(a, b)| {
        let [a, before_a, b, before_b] = [a[1]?, a[0]?, b[1]?, b[0]?].map(i32::from);
        let by = [a - before_a, b - before_b];
        (by != [0, 0]).then_some(Move { by, before: before_a - before_b, after: a - b })
    })
}

#[cfg(test)]
pub mod testing {
    //! Samples written as notes.

    use crate::corpus::Planes;

    /// Notes as (step, pitch, length).
    pub fn planes(steps: usize, notes: &[(usize, usize, usize)]) -> Planes {
        let mut planes = Planes { onset: vec![0; steps], sound: vec![0; steps] };
        for &(step, pitch, length) in notes {
            planes.onset[step] |= 1 << pitch;
            planes.sound[step..step + length].iter_mut().for_each(|word| *word |= 1 << pitch);
        }
        planes
    }

    /// Pitches one after another, each a quarter long.
    pub fn quarters(pitches: &[usize]) -> Planes {
        let notes: Vec<_> = pitches.iter().enumerate().map(|(nth, &pitch)| (4 * nth, pitch, 4)).collect();
        planes(4 * pitches.len(), &notes)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{planes, quarters};
    use super::*;

    #[test]
    fn chords_are_voices_by_their_outer_notes() {
        let chord = planes(8, &[(0, 60, 8), (0, 64, 4), (4, 67, 2)]);
        let top: Vec<_> =
            Line::new(&chord, false).notes.iter().map(|note| (note.step, note.pitch, note.length)).collect();
        assert_eq!(top, [(0, 64, 4), (4, 67, 2), (6, 60, 2)]);
        let low = Line::new(&chord, true);
        assert_eq!((low.notes.len(), low.notes[0].length), (1, 8));
    }

    #[test]
    fn intervals_leave_long_rests_out_and_count_repeats() {
        let line = Line::new(&planes(32, &[(0, 60, 2), (2, 60, 2), (8, 62, 1), (20, 50, 2)]), false);
        assert_eq!(line.intervals().collect::<Vec<_>>(), [Some(0), Some(2), None]);
    }

    #[test]
    fn parallels_are_similar_motion_between_equal_perfect_intervals() {
        let line = |pitches: &[usize]| Line::new(&quarters(pitches), false);
        let found =
            |a: &[usize], b: &[usize]| moves(&line(a), &line(b)).map(Move::is_parallel_perfect).collect::<Vec<_>>();
        assert_eq!(found(&[67, 69], &[60, 62]), [true]);
        assert_eq!(found(&[79, 81], &[60, 50]), [false]); // contrary
        assert_eq!(found(&[79, 74], &[60, 55]), [true]); // twelfths
        assert_eq!(found(&[67, 72], &[60, 60]), [false]); // one of them stays
        assert_eq!(found(&[67, 67], &[60, 60]), Vec::<bool>::new());
        assert_eq!(found(&[64, 66], &[60, 62]), [false]); // thirds
    }
}
