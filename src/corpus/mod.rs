//! What networks learn from and measures compare with: folders of MIDI files, or music made by rule, as pieces on the
//! sixteenth grid.
//!
//! Knows files, metres and roles; must not know tensors, training or the window.

pub mod arrange;
pub mod builtin;
mod cache;
mod corrections;
mod dataset;
pub mod drumming;
pub mod hands;
mod part_names;
mod pieces;
mod planes;
mod read;
pub mod roles;
mod sections;
mod split;
mod survey;
#[cfg(test)]
mod testing;
mod theory;
mod whole;
mod windows;

use std::path::Path;

pub use corrections::{ALL_FILES, CORRECTIONS_FILE, Corrections};
pub use dataset::{Dataset, DatasetError, FoundRole, LeftOut, Piece, Played, ReadOptions, Split, taken_evenly};
pub use part_names::usual_name;
pub use planes::{GridNote, Planes, bits, classes};
pub use read::read_folder;
pub use split::decide as decide_split;
pub use survey::{Survey, SurveyedFile, UsedFile};
pub use whole::{WholeScore, whole_score};
pub use windows::{Window, WindowShape, iterations_per_epoch};

/// Reads what `--data` names: a folder of MIDI files, or `builtin:STYLE`.
///
/// # Errors
/// As [`read_folder`], or no built-in corpus of that name exists.
pub fn read(
    data: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(usize, usize),
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Dataset, DatasetError> {
    match data.strip_prefix("builtin:") {
        Some(style) => builtin::read(style, options, progress, cancel),
        None => read_folder(Path::new(data), options, progress, cancel),
    }
}
