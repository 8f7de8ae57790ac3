//! What the roll does on a key or a menu entry: each command with its title and its key. [`crate::studio::pages::compose::roll::apply`] carries it out.

use eframe::egui::{Key as KeyboardKey, KeyboardShortcut, Modifiers};

/// A command of the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RollCommand {
    /// Selects every note of the part.
    SelectAll,
    /// Selects nothing; gives a gesture up first.
    SelectNone,
    /// Selects the next note alone.
    SelectNext,
    /// Selects the note before alone.
    SelectPrevious,
    /// Selects the next note, too.
    ExtendNext,
    /// Selects the note before, too.
    ExtendPrevious,
    /// Deletes what is selected.
    Delete,
    /// Copies what is selected and deletes it.
    Cut,
    /// Copies what is selected.
    Copy,
    /// Puts what was copied at the playhead.
    Paste,
    /// Copies what is selected to right behind itself.
    Duplicate,
    /// Moves what is selected a grid step to the left.
    MoveLeft,
    /// Moves what is selected a grid step to the right.
    MoveRight,
    /// Moves what is selected up a semitone.
    MoveUp,
    /// Moves what is selected down a semitone.
    MoveDown,
    /// Moves what is selected up an octave.
    OctaveUp,
    /// Moves what is selected down an octave.
    OctaveDown,
    /// Moves what is selected up a step of the key's scale.
    ScaleStepUp,
    /// Moves what is selected down a step of the key's scale.
    ScaleStepDown,
    /// Makes what is selected a grid step longer.
    Longer,
    /// Makes what is selected a grid step shorter.
    Shorter,
    /// Lets what is selected begin a grid step earlier; the ends stay.
    StartEarlier,
    /// Lets what is selected begin a grid step later; the ends stay.
    StartLater,
    /// Strikes what is selected harder.
    Louder,
    /// Strikes what is selected softer.
    Softer,
    /// Adds a note at the playhead, of the pitch selected or in the middle of the view.
    AddNote,
    /// Cuts what is selected in two at the playhead.
    Split,
    /// Cuts the note under the pointer, or what is selected, in two at the pointer.
    SplitAtPointer,
    /// Makes one note of all those selected of a pitch.
    Join,
    /// Holds each selected note until the next begins.
    Legato,
    /// Plays what is selected backwards.
    Reverse,
    /// Moves what is selected into the key's scale.
    SnapToScale,
    /// Sets the loop around what is selected.
    LoopSelection,
    /// Shows all of what is selected, or of the part.
    ZoomToFit,
    /// Zooms in on time.
    ZoomIn,
    /// Zooms out of time.
    ZoomOut,
    /// Makes the rows higher.
    HigherRows,
    /// Makes the rows lower, so that more of them are seen.
    LowerRows,
    /// Shows what is an octave higher.
    ScrollUp,
    /// Shows what is an octave lower.
    ScrollDown,
    /// Shows what is half a window earlier.
    ScrollLeft,
    /// Shows what is half a window later.
    ScrollRight,
    /// Shows or hides the velocity lane.
    ToggleVelocityLane,
    /// Shows the next lane: velocities, wheels, pedals.
    NextLane,
    /// Shows the lane before.
    PreviousLane,
    /// Raises the shown controller at the playhead.
    LaneUp,
    /// Lowers the shown controller at the playhead.
    LaneDown,
    /// Takes the shown controller out, within the selection or everywhere.
    ClearLane,
}

impl RollCommand {
    /// All commands, in the order of menus.
    pub const ALL: [Self; 48] = [
        Self::Cut,
        Self::Copy,
        Self::Paste,
        Self::Duplicate,
        Self::Delete,
        Self::SelectAll,
        Self::SelectNone,
        Self::SelectNext,
        Self::SelectPrevious,
        Self::ExtendNext,
        Self::ExtendPrevious,
        Self::AddNote,
        Self::MoveLeft,
        Self::MoveRight,
        Self::MoveUp,
        Self::MoveDown,
        Self::OctaveUp,
        Self::OctaveDown,
        Self::ScaleStepUp,
        Self::ScaleStepDown,
        Self::Longer,
        Self::Shorter,
        Self::StartEarlier,
        Self::StartLater,
        Self::Louder,
        Self::Softer,
        Self::Split,
        Self::SplitAtPointer,
        Self::Join,
        Self::Legato,
        Self::Reverse,
        Self::SnapToScale,
        Self::LoopSelection,
        Self::ZoomToFit,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::HigherRows,
        Self::LowerRows,
        Self::ScrollUp,
        Self::ScrollDown,
        Self::ScrollLeft,
        Self::ScrollRight,
        Self::ToggleVelocityLane,
        Self::NextLane,
        Self::PreviousLane,
        Self::LaneUp,
        Self::LaneDown,
        Self::ClearLane,
    ];

    /// Its title in menus and in the palette.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SelectAll => "Select all notes",
            Self::SelectNone => "Select nothing",
            Self::SelectNext => "Select next note",
            Self::SelectPrevious => "Select previous note",
            Self::ExtendNext => "Select next note, too",
            Self::ExtendPrevious => "Select previous note, too",
            Self::Delete => "Delete notes",
            Self::Cut => "Cut",
            Self::Copy => "Copy",
            Self::Paste => "Paste at playhead",
            Self::Duplicate => "Duplicate",
            Self::MoveLeft => "Move left",
            Self::MoveRight => "Move right",
            Self::MoveUp => "Move up a semitone",
            Self::MoveDown => "Move down a semitone",
            Self::OctaveUp => "Move up an octave",
            Self::OctaveDown => "Move down an octave",
            Self::ScaleStepUp => "Move up in scale",
            Self::ScaleStepDown => "Move down in scale",
            Self::Longer => "Make longer",
            Self::Shorter => "Make shorter",
            Self::StartEarlier => "Begin earlier",
            Self::StartLater => "Begin later",
            Self::Louder => "Louder",
            Self::Softer => "Softer",
            Self::AddNote => "Add note at playhead",
            Self::Split => "Split at playhead",
            Self::SplitAtPointer => "Split at pointer",
            Self::Join => "Join notes",
            Self::Legato => "Legato",
            Self::Reverse => "Reverse",
            Self::SnapToScale => "Move into the scale",
            Self::LoopSelection => "Loop selection",
            Self::ZoomToFit => "Zoom to selection",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::HigherRows => "Higher rows",
            Self::LowerRows => "Lower rows",
            Self::ScrollUp => "Scroll up an octave",
            Self::ScrollDown => "Scroll down an octave",
            Self::ScrollLeft => "Scroll left",
            Self::ScrollRight => "Scroll right",
            Self::ToggleVelocityLane => "Velocity lane",
            Self::NextLane => "Next lane",
            Self::PreviousLane => "Previous lane",
            Self::LaneUp => "Raise the lane at playhead",
            Self::LaneDown => "Lower the lane at playhead",
            Self::ClearLane => "Clear the lane",
        }
    }

    /// Its key. `SelectNext` and `SelectPrevious` take the arrows with Ctrl, so that Tab still leaves the roll.
    pub const fn shortcut(self) -> Option<KeyboardShortcut> {
        use KeyboardKey as K;
        const PLAIN: Modifiers = Modifiers::NONE;
        const SHIFT: Modifiers = Modifiers::SHIFT;
        const CTRL: Modifiers = Modifiers::COMMAND;
        const ALT: Modifiers = Modifiers::ALT;
        let (modifiers, key) = match self {
            Self::SelectAll => (CTRL, K::A),
            Self::SelectNone => (PLAIN, K::Escape),
            Self::SelectNext => (CTRL, K::ArrowRight),
            Self::SelectPrevious => (CTRL, K::ArrowLeft),
            Self::ExtendNext => (CTRL.plus(SHIFT), K::ArrowRight),
            Self::ExtendPrevious => (CTRL.plus(SHIFT), K::ArrowLeft),
            Self::Delete => (PLAIN, K::Delete),
            Self::Cut => (CTRL, K::X),
            Self::Copy => (CTRL, K::C),
            Self::Paste => (CTRL, K::V),
            Self::Duplicate => (CTRL, K::D),
            Self::MoveLeft => (PLAIN, K::ArrowLeft),
            Self::MoveRight => (PLAIN, K::ArrowRight),
            Self::MoveUp => (PLAIN, K::ArrowUp),
            Self::MoveDown => (PLAIN, K::ArrowDown),
            Self::OctaveUp => (SHIFT, K::ArrowUp),
            Self::OctaveDown => (SHIFT, K::ArrowDown),
            Self::ScaleStepUp => (ALT, K::ArrowUp),
            Self::ScaleStepDown => (ALT, K::ArrowDown),
            Self::Longer => (SHIFT, K::ArrowRight),
            Self::Shorter => (SHIFT, K::ArrowLeft),
            Self::StartEarlier => (ALT.plus(SHIFT), K::ArrowLeft),
            Self::StartLater => (ALT.plus(SHIFT), K::ArrowRight),
            Self::Louder => (CTRL, K::ArrowUp),
            Self::Softer => (CTRL, K::ArrowDown),
            Self::AddNote => (PLAIN, K::Insert),
            Self::Join => (CTRL, K::J),
            Self::LoopSelection => (PLAIN, K::L),
            Self::ZoomToFit => (PLAIN, K::Z),
            Self::ZoomIn => (PLAIN, K::Plus),
            Self::ZoomOut => (PLAIN, K::Minus),
            Self::HigherRows => (ALT, K::Plus),
            Self::LowerRows => (ALT, K::Minus),
            Self::ScrollUp => (PLAIN, K::PageUp),
            Self::ScrollDown => (PLAIN, K::PageDown),
            Self::ScrollLeft => (CTRL, K::PageUp),
            Self::ScrollRight => (CTRL, K::PageDown),
            Self::ToggleVelocityLane => (PLAIN, K::V),
            Self::NextLane => (SHIFT, K::V),
            Self::PreviousLane => (CTRL.plus(SHIFT), K::V),
            Self::LaneUp => (CTRL.plus(SHIFT), K::ArrowUp),
            Self::LaneDown => (CTRL.plus(SHIFT), K::ArrowDown),
            Self::ClearLane => (SHIFT, K::Delete),
            Self::Split => (CTRL, K::T),
            Self::SplitAtPointer => (CTRL.plus(SHIFT), K::T),
            Self::Legato => (SHIFT, K::L),
            Self::Reverse | Self::SnapToScale => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    /// A second key, where there is one by habit.
    pub const fn other_shortcut(self) -> Option<KeyboardShortcut> {
        match self {
            Self::Delete => Some(KeyboardShortcut::new(Modifiers::NONE, KeyboardKey::Backspace)),
            Self::ZoomIn => Some(KeyboardShortcut::new(Modifiers::NONE, KeyboardKey::Equals)),
            Self::HigherRows => Some(KeyboardShortcut::new(Modifiers::ALT, KeyboardKey::Equals)),
            _ => None,
        }
    }

    pub(in crate::studio) const fn needs_selection(self) -> bool {
        !matches!(
            self,
            Self::SelectAll
                | Self::SelectNone
                | Self::SelectNext
                | Self::SelectPrevious
                | Self::ExtendNext
                | Self::ExtendPrevious
                | Self::Paste
                | Self::AddNote
                | Self::SplitAtPointer
                | Self::LaneUp
                | Self::LaneDown
                | Self::ClearLane
        ) && !self.is_view()
    }

    /// Whether it may change the score; the others only select, copy or look elsewhere.
    pub const fn edits(self) -> bool {
        !matches!(
            self,
            Self::SelectAll
                | Self::SelectNone
                | Self::SelectNext
                | Self::SelectPrevious
                | Self::ExtendNext
                | Self::ExtendPrevious
                | Self::Copy
                | Self::LoopSelection
        ) && !self.is_view()
    }

    /// Whether it only changes what is seen.
    pub const fn is_view(self) -> bool {
        matches!(
            self,
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
                | Self::PreviousLane
        )
    }
}
