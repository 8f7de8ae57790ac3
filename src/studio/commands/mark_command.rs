//! What can be done with sections, chords, keys, tempi and time signatures, where the playhead is.

use crate::music::edit::MarkKind;

/// What is done with a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkCommand {
    /// A new one is typed.
    Add,
    /// The one in force is typed anew.
    Change,
    /// The one in force is taken out.
    Delete,
}

impl MarkCommand {
    /// All.
    pub const ALL: [Self; 3] = [Self::Add, Self::Change, Self::Delete];

    /// What it is called, also as a step of undo.
    pub const fn title(self, kind: MarkKind) -> &'static str {
        match (self, kind) {
            (Self::Add, MarkKind::Section) => "Add section",
            (Self::Add, MarkKind::Chord) => "Add chord",
            (Self::Add, MarkKind::Key) => "Add key change",
            (Self::Add, MarkKind::Tempo) => "Add tempo change",
            (Self::Add, MarkKind::Metre) => "Add time signature",
            (Self::Change, MarkKind::Section) => "Rename section",
            (Self::Change, MarkKind::Chord) => "Change chord",
            (Self::Change, MarkKind::Key) => "Change key",
            (Self::Change, MarkKind::Tempo) => "Change tempo",
            (Self::Change, MarkKind::Metre) => "Change time signature",
            (Self::Delete, MarkKind::Section) => "Delete section",
            (Self::Delete, MarkKind::Chord) => "Delete chord",
            (Self::Delete, MarkKind::Key) => "Delete key change",
            (Self::Delete, MarkKind::Tempo) => "Delete tempo change",
            (Self::Delete, MarkKind::Metre) => "Delete time signature",
        }
    }
}
