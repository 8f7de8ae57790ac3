//! Chords, and which of them the pitches that sound suggest.

pub mod labels;
mod symbol;

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize};

pub use self::symbol::{Quality, SymbolError};
use super::time::{Change, from_tick, in_order};
use super::{Key, MAX_TICK, Mode, Tick};

/// The most changes of chord that are read from a file: one a quarter note for nine hours at 120 a minute.
pub const MAX_CHANGES: usize = 1 << 16;

/// How much each pitch class sounds, C first.
pub type Chroma = [f32; 12];

/// A chord of three notes, or of four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chord {
    /// Pitch class of the root, 0 to 11.
    pub root: u8,
    /// Semitones from the root to the third, or to the fourth that is suspended in its place.
    pub third: u8,
    /// Semitones from the root to the fifth: 7, or altered.
    pub fifth: u8,
    /// Semitones from the root to the sixth or the seventh, where there is one.
    pub seventh: Option<u8>,
}

impl Chord {
    /// The major triad on a pitch class.
    pub const fn major(root: u8) -> Self {
        Self { root, third: 4, fifth: 7, seventh: None }
    }

    /// The minor triad on a pitch class.
    pub const fn minor(root: u8) -> Self {
        Self { root, third: 3, fifth: 7, seventh: None }
    }

    /// The triad on a degree (0 to 6) of a key; in minor the dominant and the leading-note chord have the raised
    /// seventh.
    pub fn on_degree(key: Key, degree: usize) -> Self {
        let class = |at: usize| {
            let raised = key.mode == Mode::Minor && at % 7 == 6 && matches!(degree, 4 | 6);
            key.tonic + key.steps()[at % 7] + u8::from(raised)
        };
        let root = class(degree) % 12;
        let above = |at: usize| (class(at) + 12 - root) % 12;
        Self { root, third: above(degree + 2), fifth: above(degree + 4), seventh: None }
    }

    /// The same with the seventh that the key has on a degree.
    #[must_use]
    pub fn with_seventh_of(self, key: Key, degree: usize) -> Self {
        let seventh = (key.tonic + key.steps()[(degree + 6) % 7] + 12 - self.root) % 12;
        Self { seventh: Some(seventh), ..self }
    }

    /// The pitch classes of root, third and fifth.
    pub fn triad(self) -> [u8; 3] {
        [0, self.third, self.fifth].map(|above| (self.root + above) % 12)
    }

    /// All pitch classes, root first.
    pub fn classes(self) -> impl Iterator<Item = u8> {
        self.triad().into_iter().chain(self.seventh.map(|above| (self.root + above) % 12))
    }

    /// Whether a pitch belongs to it, in any octave.
    pub fn contains(self, pitch: i32) -> bool {
        self.classes().any(|class| i32::from(class) == pitch.rem_euclid(12))
    }

    /// The same chord some semitones higher.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        Self { root: (self.root as i32 + semitones).rem_euclid(12) as u8, ..self }
    }
}

/// From `tick` on there is this chord; `None` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChordChange {
    /// Where it begins.
    pub tick: Tick,
    /// The chord.
    pub chord: Option<Chord>,
    /// The pitch class of its lowest note, 0 to 11.
    pub bass: u8,
}

impl ChordChange {
    /// The same with all its numbers in range, whatever a file says.
    #[must_use]
    pub fn sane(self) -> Self {
        let chord = self.chord.map(|chord| Chord {
            root: chord.root % 12,
            third: chord.third % 12,
            fifth: chord.fifth % 12,
            seventh: chord.seventh.map(|seventh| seventh % 12),
        });
        Self { tick: self.tick.min(MAX_TICK), chord, bass: self.bass % 12 }
    }
}

impl Change for ChordChange {
    fn tick(&self) -> Tick {
        self.tick
    }

    fn moved_to(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }
}

/// Chords from outside: every number in range, sorted by tick, one change a tick (the last counts), no more than
/// [`MAX_CHANGES`].
pub fn sanitised(mut chords: Vec<ChordChange>) -> Vec<ChordChange> {
    for change in &mut chords {
        *change = change.sane();
    }
    let mut chords = in_order(chords);
    chords.truncate(MAX_CHANGES);
    chords
}

/// Reads chords, [`sanitised`]; for serde's `deserialize_with`.
///
/// # Errors
/// As the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ChordChange>, D::Error> {
    Vec::deserialize(deserializer).map(sanitised)
}

/// Sorted chords with those of others in place of their own within a range of ticks; outside of it the same ones are in
/// force as before. A range to [`MAX_TICK`] has nothing after it.
pub fn spliced(chords: &[ChordChange], others: &[ChordChange], range: &Range<Tick>) -> Vec<ChordChange> {
    let nothing_at = |tick| ChordChange { tick, chord: None, bass: 0 };
    let stretch = |chords: &[ChordChange], tick| {
        let mut changes = from_tick(chords, tick);
        if changes.first().is_none_or(|first| first.tick > tick) {
            changes.insert(0, nothing_at(tick));
        }
        changes
    };
    let before = chords.iter().copied().take_while(|change| change.tick < range.start);
    let within = stretch(others, range.start).into_iter().take_while(|change| change.tick < range.end);
    let after = if range.end < MAX_TICK { stretch(chords, range.end) } else { Vec::new() };
    let mut all: Vec<ChordChange> = before.collect();
    for change in within.chain(after) {
        let in_force = all.last().copied().unwrap_or_else(|| nothing_at(0));
        if (change.chord, change.bass) != (in_force.chord, in_force.bass) {
            all.push(change);
        }
    }
    all
}

/// What chords are made of and how they are told apart.
#[derive(Clone, Copy, Debug)]
pub struct ChordFinder {
    /// Semitones to third, fifth and seventh; of equally good chords the earlier shape wins, then the lower root.
    shapes: &'static [(u8, u8, Option<u8>)],
    /// What the root's own sound counts besides.
    root: f32,
    /// What it counts that the root is the lowest note, all the time.
    bass: f32,
    /// What a note of the chord costs that hardly sounds.
    missing: f32,
    /// By how much a chord must be better than an earlier one, as a share of all that sounds.
    margin: f32,
}

impl ChordFinder {
    /// Major and minor triads from whatever sounds, a single note included, which is a root.
    pub const TRIADS: Self = Self { shapes: SHAPES.split_at(2).0, root: 0.3, bass: 0.0, missing: 0.0, margin: 0.0 };
    /// Chords as lead sheets name them, from a part that plays all their notes.
    pub const LEAD_SHEET: Self = Self { shapes: &SHAPES, root: 0.0, bass: 0.25, missing: 0.08, margin: 1e-4 };

    /// The chord that explains most of what sounds, `lowest` of it as the lowest note; `None` in silence.
    pub fn find(&self, chroma: &Chroma, lowest: &Chroma) -> Option<Chord> {
        let total: f32 = chroma.iter().sum();
        let lowest_total: f32 = lowest.iter().sum();
        if total == 0.0 {
            return None;
        }
        let fit = |chord: Chord| {
            let of = |class: u8| chroma[usize::from(class)];
            let inside: f32 = chord.classes().map(of).sum();
            let missing = chord.classes().filter(|class| of(*class) < 0.05 * total).count() as f32;
            let bass = lowest[usize::from(chord.root)] / lowest_total.max(f32::MIN_POSITIVE);
            inside + self.root * of(chord.root) + total * (self.bass * bass - self.missing * missing)
        };
        let mut best: Option<(f32, Chord)> = None;
        for &(third, fifth, seventh) in self.shapes {
            for root in 0..12 {
                let chord = Chord { root, third, fifth, seventh };
                let fit = fit(chord);
                if best.is_none_or(|(highest, _)| fit > highest + self.margin * total) {
                    best = Some((fit, chord));
                }
            }
        }
        best.map(|(_, chord)| chord)
    }
}

/// Major, minor, dominant, major and minor seventh, diminished, half-diminished, fully diminished, augmented,
/// suspended, sixth.
const SHAPES: [(u8, u8, Option<u8>); 11] = [
    (4, 7, None),
    (3, 7, None),
    (4, 7, Some(10)),
    (4, 7, Some(11)),
    (3, 7, Some(10)),
    (3, 6, None),
    (3, 6, Some(10)),
    (3, 6, Some(9)),
    (4, 8, None),
    (5, 7, None),
    (4, 7, Some(9)),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn chroma(classes: &[usize]) -> Chroma {
        std::array::from_fn(|class| classes.iter().filter(|other| **other == class).count() as f32)
    }

    #[test]
    fn symbols_are_those_of_lead_sheets() {
        let symbol = |chord, bass| ChordChange { tick: 0, chord, bass }.symbol();
        assert_eq!(symbol(Some(Chord::major(0)), 4), "C/E");
        assert_eq!(symbol(Some(Chord { seventh: Some(10), ..Chord::minor(9) }), 9), "Am7");
        assert_eq!(symbol(Some(Chord { root: 11, third: 3, fifth: 6, seventh: Some(10) }), 11), "Bm7♭5");
        assert_eq!(symbol(None, 0), "N.C.");
    }

    fn change(tick: Tick, root: u8) -> ChordChange {
        ChordChange { tick, chord: Some(Chord::major(root)), bass: root }
    }

    #[test]
    fn chords_from_outside_are_sorted_in_range_and_not_too_many() {
        let wild = Chord { root: 255, third: 254, fifth: 253, seventh: Some(252) };
        let wild = ChordChange { tick: Tick::MAX, chord: Some(wild), bass: 251 };
        let chords = sanitised(vec![wild, change(480, 5), change(0, 0), change(480, 7)]);
        let tamed = Chord { root: 3, third: 2, fifth: 1, seventh: Some(0) };
        let tamed = ChordChange { tick: MAX_TICK, chord: Some(tamed), bass: 11 };
        assert_eq!(chords, [change(0, 0), change(480, 7), tamed]);
        let many = (0..=MAX_CHANGES as Tick).map(|tick| change(tick, 0)).collect();
        assert_eq!(sanitised(many).len(), MAX_CHANGES);
    }

    #[test]
    fn only_the_chords_within_a_range_are_replaced() {
        let old = [change(0, 0), change(480, 5), change(960, 7), change(1920, 0)];
        let new = [change(0, 9), change(720, 2), change(1440, 4), change(1920, 11)];
        // from the middle of F to the middle of G
        let expected = [change(0, 0), change(480, 5), change(600, 9), change(720, 2), change(1200, 7), change(1920, 0)];
        assert_eq!(spliced(&old, &new, &(600..1200)), expected);
        // to a tick where a chord begins, and to the end
        let to_change = [change(0, 0), change(480, 9), change(720, 2), change(960, 7), change(1920, 0)];
        assert_eq!(spliced(&old, &new, &(480..960)), to_change);
        assert_eq!(spliced(&old, &new, &(0..MAX_TICK)), new);
        assert_eq!(spliced(&old, &old, &(600..1200)), old);
        // where nothing is known there is no chord
        let silent = |tick| ChordChange { tick, chord: None, bass: 0 };
        let without = [change(0, 0), change(480, 5), silent(600), change(1200, 7), change(1920, 0)];
        assert_eq!(spliced(&old, &[], &(600..1200)), without);
        assert_eq!(spliced(&[], &new, &(600..1200)), [change(600, 9), change(720, 2), silent(1200)]);
        assert_eq!(spliced(&[], &[], &(600..1200)), []);
    }

    #[test]
    fn triads_of_the_keys() {
        let of = |key, degree| Chord::on_degree(key, degree).triad();
        assert_eq!(of(Key::C_MAJOR, 0), [0, 4, 7]);
        assert_eq!(of(Key::C_MAJOR, 4), [7, 11, 2]);
        assert_eq!(of(Key::C_MAJOR, 6), [11, 2, 5]);
        let a_minor = Key { tonic: 9, mode: Mode::Minor };
        assert_eq!(of(a_minor, 4), [4, 8, 11]);
        assert_eq!(of(a_minor, 2), [0, 4, 7]);
        let dominant = Chord::on_degree(Key::C_MAJOR, 4).with_seventh_of(Key::C_MAJOR, 4);
        assert_eq!(dominant.classes().collect::<Vec<_>>(), [7, 11, 2, 5]);
        assert!(dominant.contains(65) && !dominant.contains(60));
        assert_eq!(Chord::minor(9).transposed(5), Chord::minor(2));
        assert_eq!(Chord::major(0).transposed(-1), Chord::major(11));
    }

    #[test]
    fn triads_are_found_and_a_lone_note_is_a_root() {
        let find = |classes: &[usize]| ChordFinder::TRIADS.find(&chroma(classes), &[0.0; 12]);
        assert_eq!(find(&[7, 11, 2]), Some(Chord::major(7)));
        assert_eq!(find(&[9, 0, 4, 9]), Some(Chord::minor(9)));
        assert_eq!(find(&[5]), Some(Chord::major(5)));
        assert_eq!(find(&[]), None);
    }

    #[test]
    fn chords_of_lead_sheets_are_found_by_their_bass() {
        let find = |classes: &[usize]| ChordFinder::LEAD_SHEET.find(&chroma(classes), &chroma(&classes[..1]));
        let named = |chord: Option<Chord>| chord.map(|chord| (chord.root, chord.third, chord.fifth, chord.seventh));
        assert_eq!(named(find(&[2, 5, 9, 0])), Some((2, 3, 7, Some(10))));
        assert_eq!(named(find(&[5, 9, 0, 2])), Some((5, 4, 7, Some(9)))); // the same notes over F: a sixth
        assert_eq!(named(find(&[7, 0, 2])), Some((7, 5, 7, None)));
    }
}
