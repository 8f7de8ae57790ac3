//! What can be asked of the roll by a key or a menu entry. The table of commands has their titles and keys; the roll
//! itself carries them out.

/// A command of the roll.
#[allow(missing_docs, reason = "the table says what each does")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RollCommand {
    SelectAll,
    /// Where a gesture is under way, it is cancelled instead.
    SelectNone,
    /// All notes of the pitches that are selected.
    SelectSamePitch,
    SelectNext,
    SelectPrevious,
    ExtendNext,
    ExtendPrevious,
    Delete,
    Cut,
    Copy,
    Paste,
    Duplicate,
    MoveLeft,
    MoveRight,
    MoveUp,
    MoveDown,
    OctaveUp,
    OctaveDown,
    ScaleStepUp,
    ScaleStepDown,
    ToPreviousPart,
    ToNextPart,
    Longer,
    Shorter,
    StartEarlier,
    StartLater,
    Louder,
    Softer,
    AddNote,
    Split,
    SplitAtPointer,
    Join,
    Legato,
    Reverse,
    SnapToScale,
    LoopSelection,
    ZoomToFit,
    FitPart,
    FitAll,
    ZoomIn,
    ZoomOut,
    HigherRows,
    LowerRows,
    ScrollUp,
    ScrollDown,
    ScrollLeft,
    ScrollRight,
    ToggleVelocityLane,
    NextLane,
    PreviousLane,
    LaneUp,
    LaneDown,
    ClearLane,
}

/// What a command of the roll can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollCommandKind {
    /// The score.
    Edit,
    /// What is selected, copied or looped.
    Selection,
    /// What is seen.
    View,
}

impl RollCommand {
    /// What it can change.
    pub const fn kind(self) -> RollCommandKind {
        #[allow(clippy::enum_glob_use, reason = "every command is named here")]
        use RollCommand::*;

        match self {
            Delete | Cut | Paste | Duplicate | MoveLeft | MoveRight | MoveUp | MoveDown | OctaveUp | OctaveDown
            | ScaleStepUp | ScaleStepDown | ToPreviousPart | ToNextPart | Longer | Shorter | StartEarlier
            | StartLater | Louder | Softer | AddNote | Split | SplitAtPointer | Join | Legato | Reverse
            | SnapToScale | LaneUp | LaneDown | ClearLane => RollCommandKind::Edit,
            SelectAll | SelectNone | SelectSamePitch | SelectNext | SelectPrevious | ExtendNext | ExtendPrevious
            | Copy | LoopSelection => RollCommandKind::Selection,
            ZoomToFit | FitPart | FitAll | ZoomIn | ZoomOut | HigherRows | LowerRows | ScrollUp | ScrollDown
            | ScrollLeft | ScrollRight | ToggleVelocityLane | NextLane | PreviousLane => RollCommandKind::View,
        }
    }
}
