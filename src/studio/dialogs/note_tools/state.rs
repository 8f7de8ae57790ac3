//! What is done to notes with settings: quantise, humanise, transpose, stretch; and the tool that is open.
//!
//! The edits themselves are [`crate::music::edit`]'s.

use eframe::egui::Pos2;

use crate::{
    music::{
        Key, Score, Tick,
        edit::{self, ChosenNotes, Selection},
        quantise::{Humanise, Quantise},
    },
    plural::with_minus,
    studio::{document::Document, services::preferences::Preferences},
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
            Self::Transpose { by, in_scale: false } => with_minus(format_args!("Transpose by {by:+} semitones")),
            Self::Transpose { by, in_scale: true } => with_minus(format_args!("Transpose by {by:+} scale steps")),
            Self::Stretch { .. } => "Stretch".to_owned(),
        }
    }

    /// The score with the chosen notes changed, and those notes as they came to lie; `None` where they would leave the
    /// range.
    pub fn apply(&self, score: &Score, chosen: &ChosenNotes, key: Option<Key>) -> Option<(Score, ChosenNotes)> {
        let mut changed = score.clone();
        let pitched = || chosen.clone().pitched(score);
        let edited = match *self {
            Self::Quantise(quantise) => {
                chosen.edit(&mut changed, |part, notes| Some(edit::quantise(part, notes, &quantise, &score.metre)))
            }
            Self::Humanise(mut humanise) => chosen.edit(&mut changed, |part, notes| {
                let edited = edit::humanise(part, notes, &humanise);
                humanise.seed = humanise.seed.wrapping_add(1); // no two parts are moved alike
                Some(edited)
            }),
            Self::Transpose { by: 0, .. } => Some(chosen.clone()),
            Self::Transpose { by, in_scale: false } => {
                pitched().edit(&mut changed, |part, notes| edit::transpose(part, notes, by))
            }
            Self::Transpose { by, in_scale: true } => {
                pitched().edit(&mut changed, |part, notes| edit::transpose_in_scale(part, notes, key?, by))
            }
            Self::Stretch { to, .. } => {
                let span = chosen.span()?;
                chosen.edit(&mut changed, |part, notes| edit::stretch(part, notes, &span, to))
            }
        };
        Some((changed, edited?))
    }
}

impl OpenTool {
    /// The key of the notes that it changes.
    pub fn key(&self, document: &Document) -> Option<Key> {
        document.key_at(self.chosen.span().map_or(0, |span| span.start))
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
    /// The notes it changes.
    pub chosen: ChosenNotes,
    /// What its window calls them.
    pub called: String,
    /// The notes of the part that were selected.
    pub selection: Selection,
    /// The corner of the notes that its window begins in.
    pub corner: Pos2,
    /// Whether its first number is to have the keys, which it takes once.
    pub wants_keys: bool,
}
