//! Music as it is compared: pieces, or passages of them, on planes.

use std::ops::Range;

use crate::corpus::{Dataset, Piece, Planes, Window};
use crate::music::grid::TICKS_PER_STEP;
use crate::music::{Grid, Key, Note, Pitch, Role, Tick, Velocity, key};

/// Bars of a phrase: where passages are cut, and what form is counted by.
pub const PHRASE_BARS: usize = 4;

/// What the parts of samples are, and how long their bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The roles of the parts, in order.
    pub roles: Vec<Role>,
    /// Sixteenths in a bar.
    pub steps_per_bar: usize,
}

impl Layout {
    /// Parts of these roles, in bars of so many sixteenths.
    pub fn new(roles: &[Role], steps_per_bar: usize) -> Self {
        Self { roles: roles.to_vec(), steps_per_bar: steps_per_bar.max(1) }
    }

    /// The parts that are no kit, by number.
    pub fn pitched(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.roles.len()).filter(|&part| self.roles[part] != Role::Drums)
    }

    /// The bass; the last pitched part, where none is called so.
    pub fn bass(&self) -> Option<usize> {
        self.roles.iter().position(|role| *role == Role::Bass).or_else(|| self.pitched().last())
    }

    /// The kit.
    pub fn drums(&self) -> Option<usize> {
        self.roles.iter().position(|role| *role == Role::Drums)
    }
}

/// A melody and what accompanies it, on planes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The tune.
    pub melody: Planes,
    /// The parts, in the order of the layout's roles.
    pub parts: Vec<Planes>,
}

impl Sample {
    /// Takes planes from grids.
    pub fn new(melody: &Grid, parts: &[Grid]) -> Self {
        Self { melody: melody.into(), parts: parts.iter().map(Planes::from).collect() }
    }

    /// The window of a piece.
    pub fn from_window(dataset: &Dataset, window: &Window, roles: &[Role]) -> Self {
        let piece = &dataset.pieces[window.piece];
        Self::from_piece(piece, window.first_step..window.first_step + window.steps, roles)
    }

    /// Some steps of a piece; parts that it has not are silent.
    pub fn from_piece(piece: &Piece, steps: Range<usize>, roles: &[Role]) -> Self {
        let cut = |grid: &Grid| grid.window(steps.start, steps.len());
        let part = |&role: &Role| piece.part(role).map_or_else(|| Grid::silent(steps.len()), cut);
        Self::new(&cut(&piece.melody), &roles.iter().map(part).collect::<Vec<_>>())
    }

    /// Length in steps.
    pub fn steps(&self) -> usize {
        self.melody.steps()
    }

    /// Some of its steps; what sounds at the first of them from before is held there.
    #[must_use]
    pub fn cut(&self, steps: Range<usize>) -> Self {
        let cut = |planes: &Planes| Planes {
            onset: planes.onset[steps.clone()].to_vec(),
            sound: planes.sound[steps.clone()].to_vec(),
        };
        Self { melody: cut(&self.melody), parts: self.parts.iter().map(cut).collect() }
    }

    /// Its windows of so many steps, one after another; what is left over is left out.
    pub fn windows(&self, steps: usize) -> impl Iterator<Item = Self> + '_ {
        (0..self.steps() / steps.max(1)).map(move |nth| self.cut(nth * steps..(nth + 1) * steps))
    }

    /// The melody with silent parts.
    #[must_use]
    pub fn silenced(&self) -> Self {
        let silent = Planes { onset: vec![0; self.steps()], sound: vec![0; self.steps()] };
        Self { melody: self.melody.clone(), parts: vec![silent; self.parts.len()] }
    }

    /// The key of melody and pitched parts together.
    pub fn key(&self, layout: &Layout) -> Option<Key> {
        let parts = layout.pitched().filter_map(|part| self.parts.get(part));
        let notes: Vec<Note> = std::iter::once(&self.melody).chain(parts).flat_map(notes).collect();
        key::detect(notes.iter())
    }
}

fn notes(planes: &Planes) -> impl Iterator<Item = Note> + '_ {
    planes.notes().map(|note| Note {
        start: note.step as Tick * TICKS_PER_STEP,
        pitch: Pitch::clamped(note.pitch as i32),
        duration: note.length as Tick * TICKS_PER_STEP,
        velocity: Velocity::DEFAULT,
    })
}

/// Passages of a piece: the last from the beginning of a phrase on, where at least so many bars are left of its melody,
/// and less than a phrase more, and `most - 1` of so many bars before it, from the last to the first; all that the
/// melody spans, where it is shorter. The first of them ends as its piece does, so that what is written to it may end,
/// too.
pub fn passages(piece: &Piece, bars: usize, most: usize) -> Vec<Range<usize>> {
    let Some(spanned) = piece.melody_bars() else { return Vec::new() };
    let (phrase, steps) = (PHRASE_BARS * piece.steps_per_bar.max(1), bars.max(1) * piece.steps_per_bar.max(1));
    let before = spanned.len().saturating_sub(steps) / phrase * phrase;
    let earlier = (1..).map(|nth| before.checked_sub(nth * steps)).map_while(|start| start);
    let earlier = earlier.map(|start| spanned.start + start..spanned.start + start + steps);
    std::iter::once(spanned.start + before..spanned.end).chain(earlier).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::builtin::Style;

    #[test]
    fn passages_end_with_the_piece_and_begin_with_a_phrase() {
        let piece = Style::Pop.piece(1, 0);
        let spanned = piece.melody_bars().unwrap();
        let all = passages(&piece, 16, 9);
        let found = all[0].clone();
        assert_eq!(all.len(), 1 + (found.start - spanned.start) / 256);
        assert!(all.windows(2).all(|pair| pair[1].end == pair[0].start && pair[1].len() == 256), "{all:?}");
        assert_eq!(found.end, spanned.end);
        assert_eq!((found.start - spanned.start) % 64, 0);
        assert!((16..20).contains(&(found.len() / 16)) && found.len() < spanned.len(), "{found:?} of {spanned:?}");
        assert_eq!(passages(&piece, 1000, 2), [spanned]);
    }

    #[test]
    fn a_layout_knows_its_bass_and_its_kit() {
        let layout = Layout::new(&[Role::Drums, Role::Bass, Role::Pad], 16);
        assert_eq!((layout.bass(), layout.drums()), (Some(1), Some(0)));
        assert_eq!(layout.pitched().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(Layout::new(&[Role::Chords, Role::Drums], 16).bass(), Some(0));
    }
}
