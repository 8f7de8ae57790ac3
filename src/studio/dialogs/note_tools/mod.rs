//! What is done to notes with settings: quantise, humanise, transpose, stretch. A small window beside the music shows
//! and plays the result while it is chosen; nothing is changed until it is applied, as one undo step.
//!
//! The edits themselves are [`crate::music::edit`]'s.

mod window;

use std::sync::Arc;

use crate::music::{
    Key, Score, Tick,
    edit::{self, Selection},
    quantise::{Humanise, Quantise},
};
use crate::studio::{
    commands::{Command, RollCommand, RollCommandKind},
    services::preferences::Preferences,
    state::Studio,
    toasts::Tone,
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

    const fn title(&self) -> &'static str {
        match self {
            Self::Quantise(_) => "Quantise",
            Self::Humanise(_) => "Humanise",
            Self::Transpose { .. } => "Transpose",
            Self::Stretch { .. } => "Stretch to a length",
        }
    }

    /// What undo will say.
    fn label(&self) -> String {
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
    fn apply(&self, score: &Score, part: usize, chosen: &Selection, key: Option<Key>) -> Option<(Score, Selection)> {
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
    tool: NoteTool,
    /// What the preview shows.
    shown: Option<NoteTool>,
    /// Whether the notes would leave the range.
    refused: bool,
    part: usize,
    revision: u64,
    selection: Selection,
}

impl OpenTool {
    /// What is chosen.
    pub const fn tool(&self) -> &NoteTool {
        &self.tool
    }
}

impl Studio {
    pub(in crate::studio) fn why_not_note_tools(&self) -> Option<String> {
        if self.document.recording.is_some() {
            return Some("Stop recording first".to_owned());
        }
        let empty = self.score().parts.get(self.document.part).is_none_or(|part| part.notes.is_empty());
        empty.then(|| "The part has no notes".to_owned())
    }

    /// Opens the window of a tool.
    pub(in crate::studio) fn open_note_tool(&mut self, tool: NoteTool) {
        self.keep_audition();
        self.dialogs.note_tool = Some(OpenTool {
            tool,
            shown: None,
            refused: false,
            part: self.document.part,
            revision: self.document.history.revision(),
            selection: self.pages.compose.editor.roll.selection().clone(),
        });
        self.preview_note_tool();
    }

    /// Opens the window that stretches, on what is selected as long as it is.
    pub(in crate::studio) fn open_stretch(&mut self) {
        self.keep_audition();
        let Some(part) = self.document.history.committed().parts.get(self.document.part) else {
            return;
        };
        let selection = self.pages.compose.editor.roll.selection();
        let span = selection.span().or_else(|| Selection::all(part).span());
        if let Some(span) = span {
            let from = span.end - span.start;
            self.open_note_tool(NoteTool::Stretch { from, to: from });
        }
    }

    /// Quantises with the settings used last, at once.
    pub(in crate::studio) fn quantise_as_last(&mut self) {
        self.open_note_tool(NoteTool::quantise(&self.services.preferences));
        self.apply_note_tool();
    }

    /// Shows and plays what the open tool would do.
    fn preview_note_tool(&mut self) {
        let key = self.document.key();
        let Some(open) = &mut self.dialogs.note_tool else { return };
        if open.shown == Some(open.tool) {
            return;
        }
        open.shown = Some(open.tool);
        let edited = open.tool.apply(self.document.history.committed(), open.part, &open.selection, key);
        open.refused = edited.is_none();
        if let Some((score, selection)) = edited {
            let none_chosen = open.selection.is_empty();
            self.document.history.preview(Arc::new(score));
            self.pages.compose.editor.roll.select(if none_chosen { Selection::none() } else { selection });
        } else {
            self.pages.compose.editor.roll.select(open.selection.clone());
            self.document.history.cancel();
        }
    }

    /// Makes what the open tool does one undo step, remembers how, and closes its window.
    pub(in crate::studio) fn apply_note_tool(&mut self) {
        self.preview_note_tool();
        let Some(open) = self.dialogs.note_tool.take() else { return };
        let selection = self.pages.compose.editor.roll.selection().clone();
        let changed = self.document.history.commit_preview(open.tool.label());
        self.pages.compose.editor.roll.select(selection);
        match open.tool {
            NoteTool::Quantise(quantise) => self.change_preferences(|preferences| preferences.quantise = quantise),
            NoteTool::Humanise(humanise) => self.change_preferences(|preferences| preferences.humanise = humanise),
            NoteTool::Transpose { .. } | NoteTool::Stretch { .. } => {}
        }
        if !changed && matches!(open.tool, NoteTool::Quantise(_)) {
            self.services.toasts.add(Tone::Plain, "The notes are on the grid already");
        }
    }

    /// Closes the window of the open tool; all is as before.
    pub(in crate::studio) fn cancel_note_tool(&mut self) {
        if let Some(open) = self.dialogs.note_tool.take()
            && open.revision == self.document.history.revision()
        {
            self.document.history.cancel();
            self.pages.compose.editor.roll.select(open.selection);
        }
    }

    /// Before a command is carried out: whatever touches the score meets it without the preview. Tells whether the
    /// command meant the tool itself.
    pub(in crate::studio) fn note_tool_meets(&mut self, command: Command) -> bool {
        if self.dialogs.note_tool.is_none() || is_beside(command) {
            return false;
        }
        self.cancel_note_tool();
        command == Command::Roll(RollCommand::SelectNone)
    }
}

/// Whether a command leaves the score alone, so that a preview may stay while it is carried out.
const fn is_beside(command: Command) -> bool {
    matches!(
        command,
        Command::PlayPause
            | Command::Stop
            | Command::ToStart
            | Command::ToggleLoop
            | Command::ToggleMetronome
            | Command::Panic
            | Command::Follow
            | Command::ToggleGhosts
            | Command::ToggleScaleRows
            | Command::ToggleTheme
            | Command::ScaleUp
            | Command::ScaleDown
            | Command::ScaleReset
            | Command::ToEnd
            | Command::BarBack
            | Command::BarForward
            | Command::StepBack
            | Command::StepForward
    ) || matches!(command, Command::Roll(command) if matches!(command.kind(), RollCommandKind::View))
}
