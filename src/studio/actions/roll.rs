//! What the roll asks for.

use std::{ops::Range, sync::Arc};

use crate::music::{
    Pitch, Score, Tick, Velocity,
    edit::{Clipboard, CopiedBars, TimeChange},
};

/// What the roll asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum RollAction {
    /// Show and play this score while a gesture lasts: [`crate::music::history::History::preview`].
    Preview(Arc<Score>),
    /// The gesture is done: one step of undo.
    Commit {
        /// What undo will say.
        label: String,
        /// The score from now on.
        score: Arc<Score>,
    },
    /// What was committed just now took the place of something: what it was, for the user to read.
    Replaced(String),
    /// The time of the whole composition changes: one step of undo.
    ChangeTime {
        /// What undo will say.
        label: String,
        /// How.
        change: TimeChange,
    },
    /// The gesture was given up: [`crate::music::history::History::cancel`].
    CancelGesture,
    /// The playhead goes there.
    Seek(Tick),
    /// The loop is here, and on.
    SetLoop(Range<Tick>),
    /// The loop goes on or off.
    ToggleLoop,
    /// Only this much of the take just recorded is kept.
    TrimTake(Range<Tick>),
    /// Let a note of the edited part be heard, or end it.
    Audition {
        /// Its key.
        pitch: Pitch,
        /// How hard it is struck.
        velocity: Velocity,
        /// Whether it begins; else it ends.
        on: bool,
    },
    /// These notes were copied: they belong on the system's clipboard, too.
    Copied(Clipboard),
    /// These bars were copied: the same.
    CopiedBars(CopiedBars),
    /// The part at this place is edited from now on.
    EditPart(usize),
    /// The chords and sections of the take are wanted in place of the user's.
    UseTakeOutline,
    /// Have the chords that the notes spell in place of those that are there.
    DetectChords,
    /// Bars are selected in the arrangement: notes are not any more.
    BarsSelected,
}

impl RollAction {
    /// A change of the score as one step of undo.
    pub fn changed(label: impl Into<String>, score: &Score, change: impl FnOnce(&mut Score)) -> Self {
        let mut score = score.clone();
        change(&mut score);
        Self::Commit { label: label.into(), score: score.into() }
    }
}
