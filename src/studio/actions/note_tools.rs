//! What is asked for around the tools for notes.

/// What the window of a tool asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteToolAction {
    /// Show and play what the tool would do as it is set now.
    Preview,
    /// Make that one undo step, and close the window.
    Apply,
    /// Close the window; all is as before.
    Cancel,
}
