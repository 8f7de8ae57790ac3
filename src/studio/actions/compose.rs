//! What the compose page asks for.

use crate::music::{Note, Stamped};

/// What the compose page asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ComposeAction {
    /// Begin with a prepared melody, by its place in the list.
    OpenMelody(usize),
    /// Edit this part, and record into it.
    ChoosePart(usize),
    /// Edit this part, and select this note of it where the piano roll shows it.
    SelectNote {
        /// The part's place in the score.
        part: usize,
        /// One of its notes.
        note: Note,
    },
    /// Edit this part in the piano roll, which comes in sight.
    OpenPart(usize),
    /// A key of the on-screen piano or of the computer keyboard went down or up.
    PlayKey(Stamped),
    /// The pointer was pressed over the roll, which does not know of it yet.
    PressRoll,
}

/// What the first steps ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WelcomeAction {
    /// Open the prepared piece, and play it.
    HearPiece,
    /// Open a prepared melody, have the other parts written, and play them.
    Accompany,
    /// Put the steps away.
    Close,
}
