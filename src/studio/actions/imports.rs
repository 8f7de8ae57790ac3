//! What is asked for around imports.

use crate::studio::dialogs::import::file::ImportFile;

/// What is asked for around imports.
#[derive(Debug)]
pub enum ImportAction {
    /// A file was read, or refused.
    FileRead(ImportFile),
    /// Take what is chosen into the score.
    Finish,
    /// Leave everything as it was.
    Cancel,
}
