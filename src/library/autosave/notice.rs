//! What autosave tells the window.

use crate::library::store::Composition;

/// What the window should show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Saving fails; the work is kept in memory and tried again. Sent once for each kind of trouble.
    Trouble(String),
    /// What could not be saved is saved now.
    SavedAgain,
    /// Something to know, such as what was recovered.
    Info(String),
    /// Another window changed a composition; this window's work on it is a composition of its own from now on.
    Copied {
        /// What it was.
        id: u64,
        /// What it is.
        copy: u64,
        /// What it is called.
        title: String,
    },
    /// A composition that is new in the library has the title of another one there, and got a number.
    Numbered {
        /// Which.
        id: u64,
        /// The title that was taken.
        title: String,
        /// The one that it has now.
        numbered: String,
    },
}

/// What a window finds when it opens.
#[derive(Debug, Default)]
pub struct Start {
    /// What it worked on last, if anything.
    pub restored: Option<Restored>,
    /// Whether another window was open already.
    pub is_second: bool,
    /// What should be shown.
    pub notices: Vec<Notice>,
}

/// What a window worked on last.
#[derive(Debug)]
pub struct Restored {
    /// The composition.
    pub composition: Composition,
    /// Playhead, loop and such, in the window's own words.
    pub state: String,
    /// Whether the window was closed; else it was killed.
    pub ended: bool,
}
