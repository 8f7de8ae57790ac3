//! What the roll shows and goes by in a frame.

use std::{ops::Range, sync::Arc};

use super::marks::MarksShown;
use crate::music::{Key, Note, Pitch, Score, Tick, edit::Bars};
use crate::studio::document::snap::Snap;

/// What the pointer does on the roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Selects, moves, resizes; a double click adds a note.
    #[default]
    Select,
    /// Draws notes; on a note it moves and resizes.
    Pencil,
    /// Erases every note it passes.
    Erase,
}

/// A set of pitches, such as those that sound. A bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PitchSet(pub u128);

impl PitchSet {
    /// Whether a pitch is among them.
    pub const fn contains(self, pitch: Pitch) -> bool {
        self.0 >> pitch.get() & 1 == 1
    }

    /// Adds a pitch.
    pub const fn insert(&mut self, pitch: Pitch) {
        self.0 |= 1 << pitch.get();
    }

    /// Takes a pitch out.
    pub const fn remove(&mut self, pitch: Pitch) {
        self.0 &= !(1 << pitch.get());
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl FromIterator<Pitch> for PitchSet {
    fn from_iter<I: IntoIterator<Item = Pitch>>(pitches: I) -> Self {
        let mut set = Self::default();
        pitches.into_iter().for_each(|pitch| set.insert(pitch));
        set
    }
}

/// What the roll shows and goes by; made anew for each frame.
#[derive(Clone, Debug)]
pub struct RollInput<'a> {
    /// The score: [`crate::music::history::History::score`].
    pub score: &'a Arc<Score>,
    /// [`crate::music::history::History::revision`]: a gesture on another score than this one's is given up.
    pub revision: u64,
    /// Which part is edited.
    pub part: usize,
    /// The bars that are selected in the arrangement: then edits are for the notes in them.
    pub bars: Option<Bars>,
    /// Where the playhead is, with its fraction.
    pub playhead_tick: f64,
    /// Whether it moves.
    pub playing: bool,
    /// Whether the view goes with it.
    pub follow: bool,
    /// The loop's span, if one was ever set.
    pub loop_range: Option<Range<Tick>>,
    /// Whether it is on.
    pub loop_on: bool,
    /// The grid that gestures snap to.
    pub snap: Snap,
    /// What the pointer does.
    pub tool: Tool,
    /// The key, if one is set or found; without one, rows are as the piano's keys.
    pub key: Option<Key>,
    /// Whether the key's rows stand out.
    pub scale_rows: bool,
    /// Whether notes are drawn and dragged within the key's scale.
    pub scale_snap: bool,
    /// Keys to light: held on a keyboard, or sounding in this part.
    pub lit_keys: PitchSet,
    /// Notes of a recording under way, those still held grown up to now.
    pub recording: Vec<Note>,
    /// What is kept of the take just recorded: handles to trim it.
    pub trim: Option<Range<Tick>>,
    /// Whether other parts are seen behind.
    pub ghosts: bool,
    /// Whether the lyrics are seen below the part that sings them.
    pub lyrics: bool,
    /// Which marks stand above the notes.
    pub marks: MarksShown,
}

impl<'a> RollInput<'a> {
    /// A stopped score at its start, everything else as usual.
    pub const fn new(score: &'a Arc<Score>, part: usize) -> Self {
        Self {
            score,
            revision: 0,
            part,
            bars: None,
            playhead_tick: 0.0,
            playing: false,
            follow: true,
            loop_range: None,
            loop_on: false,
            snap: Snap::SIXTEENTH,
            tool: Tool::Select,
            key: None,
            scale_rows: true,
            scale_snap: false,
            lit_keys: PitchSet(0),
            recording: Vec::new(),
            trim: None,
            ghosts: true,
            lyrics: true,
            marks: MarksShown::All,
        }
    }

    /// Whether the edited part is a drum kit, whose rows are drums with names.
    pub fn is_kit(&self) -> bool {
        self.score.parts.get(self.part).is_some_and(|part| part.is_drum)
    }
}
