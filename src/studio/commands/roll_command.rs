//! What can be asked of the roll by a key or a menu entry. The table of commands has their titles and keys; the roll
//! itself carries them out.

/// A command of the roll.
#[allow(missing_docs, reason = "the table says what each does")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RollCommand {
    SelectAll,
    /// Where a gesture is under way, it is cancelled instead.
    SelectNone,
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
        match self {
            Self::Delete
            | Self::Cut
            | Self::Paste
            | Self::Duplicate
            | Self::MoveLeft
            | Self::MoveRight
            | Self::MoveUp
            | Self::MoveDown
            | Self::OctaveUp
            | Self::OctaveDown
            | Self::ScaleStepUp
            | Self::ScaleStepDown
            | Self::Longer
            | Self::Shorter
            | Self::StartEarlier
            | Self::StartLater
            | Self::Louder
            | Self::Softer
            | Self::AddNote
            | Self::Split
            | Self::SplitAtPointer
            | Self::Join
            | Self::Legato
            | Self::Reverse
            | Self::SnapToScale
            | Self::LaneUp
            | Self::LaneDown
            | Self::ClearLane => RollCommandKind::Edit,
            Self::SelectAll
            | Self::SelectNone
            | Self::SelectNext
            | Self::SelectPrevious
            | Self::ExtendNext
            | Self::ExtendPrevious
            | Self::Copy
            | Self::LoopSelection => RollCommandKind::Selection,
            Self::ZoomToFit
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::HigherRows
            | Self::LowerRows
            | Self::ScrollUp
            | Self::ScrollDown
            | Self::ScrollLeft
            | Self::ScrollRight
            | Self::ToggleVelocityLane
            | Self::NextLane
            | Self::PreviousLane => RollCommandKind::View,
        }
    }
}
