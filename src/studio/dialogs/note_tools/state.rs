//! What is done to notes with settings: quantise, humanise, transpose, stretch; and the tool that is open.
//!
//! The edits themselves are [`crate::music::edit`]'s.

use eframe::egui::Pos2;

use crate::{
    music::{
        Key, Score, Tick,
        edit::{self, Selection},
        quantise::{Humanise, Quantise},
    },
    studio::services::preferences::Preferences,
};

/// What is done, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoteTool {
    /// To the lines of a grid.
    Quantise(Quantise),
    /// Off the lines again, a little.
    Humanise(Humanise),
    /// Up or down.
    Transpose {
        /// Semitones, or steps of the scale.
        by: i32,
        /// Whether steps of the scale are meant.
        in_scale: bool,
    },
    /// To another length.
    Stretch {
        /// The length it had, in ticks.
        from: Tick,
        /// The length it gets, in ticks.
        to: Tick,
    },
}

impl NoteTool {
    /// As it was last used.
    pub const fn quantise(preferences: &Preferences) -> Self {
        Self::Quantise(preferences.quantise)
    }

    /// As it was last used.
    pub const fn humanise(preferences: &Preferences) -> Self {
        Self::Humanise(preferences.humanise)
    }

    /// By nothing yet.
    pub const fn transpose() -> Self {
        Self::Transpose { by: 0, in_scale: false }
    }

    /// The head of its window.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Quantise(_) => "Quantise",
            Self::Humanise(_) => "Humanise",
            Self::Transpose { .. } => "Transpose",
            Self::Stretch { .. } => "Stretch to length",
        }
    }

    /// What undo will say.
    pub fn label(&self) -> String {
        match self {
            Self::Quantise(quantise) => format!("Quantise to {}", quantise.step.name()),
            Self::Humanise(_) => "Humanise".to_owned(),
            Self::Transpose { by, in_scale: false } => format!("Transpose by {by:+} semitones"),
            Self::Transpose { by, in_scale: true } => format!("Transpose by {by:+} scale steps"),
            Self::Stretch { .. } => "Stretch".to_owned(),
        }
    }

    /// The score with the chosen notes changed (all of the part where none is chosen), and those notes as they came to
    /// lie; `None` where they would leave the range.
    pub fn apply(
        &self,
        score: &Score,
        part: usize,
        chosen: &Selection,
        key: Option<Key>,
    ) -> Option<(Score, Selection)> {
        let mut score = score.clone();
        let metre = score.metre.clone();
        let part = score.part_mut(part)?;
        let all = Selection::all(part);
        let chosen = if chosen.is_empty() { &all } else { chosen };
        let selection = match self {
            Self::Quantise(quantise) => edit::quantise(part, chosen, quantise, &metre),
            Self::Humanise(humanise) => edit::humanise(part, chosen, humanise),
            Self::Transpose { by: 0, .. } => chosen.clone(),
            Self::Transpose { by, in_scale: false } => edit::transpose(part, chosen, *by)?,
            Self::Transpose { by, in_scale: true } => edit::transpose_in_scale(part, chosen, key?, *by)?,
            Self::Stretch { to, .. } => edit::stretch(part, chosen, *to)?,
        };
        Some((score, selection))
    }
}

/// A tool whose window is open.
#[derive(Debug)]
pub struct OpenTool {
    /// What is chosen.
    pub tool: NoteTool,
    /// What the preview shows.
    pub shown: Option<NoteTool>,
    /// Whether the notes would leave the range.
    pub refused: bool,
    /// The part it changes.
    pub part: usize,
    /// The score's revision that it was opened on.
    pub revision: u64,
    /// The notes it changes; all of the part where none is selected.
    pub selection: Selection,
    /// The corner of the roll that its window begins in.
    pub corner: Pos2,
}
