//! What the tools for notes do: they preview on the score, and change it as one undo step.

use std::sync::Arc;

use crate::{
    music::edit::Selection,
    studio::{
        actions::NoteToolAction,
        commands::{Command, RollCommand, RollCommandKind},
        dialogs::note_tools::state::{NoteTool, OpenTool},
        document::Document,
        pages::compose::roll::Roll,
        services::Services,
        toasts::Tone,
    },
};

/// Carries out what a tool's window asks for.
pub fn execute(
    action: NoteToolAction,
    document: &mut Document,
    services: &mut Services,
    tool: &mut Option<OpenTool>,
    roll: &mut Roll,
) {
    match action {
        NoteToolAction::Preview => preview(document, tool, roll),
        NoteToolAction::Apply => apply(document, services, tool, roll),
        NoteToolAction::Cancel => cancel(document, tool, roll),
    }
}

/// Why no tool can be used now; `None` where one can.
pub fn why_not(document: &Document) -> Option<String> {
    if document.recording.is_some() {
        return Some("Stop recording first".to_owned());
    }
    let empty = document.chosen_part().is_none_or(|part| part.notes.is_empty());
    empty.then(|| "The part has no notes".to_owned())
}

/// Opens the window of a tool.
pub fn open(tool: NoteTool, document: &mut Document, open: &mut Option<OpenTool>, roll: &mut Roll) {
    *open = Some(OpenTool {
        tool,
        shown: None,
        refused: false,
        part: document.part,
        revision: document.history.revision(),
        selection: roll.selection().clone(),
        corner: roll.coordinates().area().right_top(),
    });
    preview(document, open, roll);
}

/// Opens the window that stretches, on what is selected as long as it is.
pub fn open_stretch(document: &mut Document, tool: &mut Option<OpenTool>, roll: &mut Roll) {
    let Some(part) = document.chosen_part() else { return };
    if let Some(span) = roll.selection().span().or_else(|| Selection::all(part).span()) {
        let from = span.end - span.start;
        open(NoteTool::Stretch { from, to: from }, document, tool, roll);
    }
}

fn preview(document: &mut Document, tool: &mut Option<OpenTool>, roll: &mut Roll) {
    let Some(open) = tool else { return };
    if open.shown == Some(open.tool) {
        return;
    }
    open.shown = Some(open.tool);
    let edited = open.tool.apply(&document.base(), open.part, &open.selection, document.key());
    open.refused = edited.is_none();
    if let Some((score, selection)) = edited {
        document.history.preview(Arc::new(score));
        roll.select(if open.selection.is_empty() { Selection::none() } else { selection });
    } else {
        roll.select(open.selection.clone());
        document.cancel_preview();
    }
}

/// Makes what the open tool does one undo step, remembers how, and closes its window.
fn apply(document: &mut Document, services: &mut Services, tool: &mut Option<OpenTool>, roll: &mut Roll) {
    preview(document, tool, roll);
    let Some(open) = tool.take() else { return };
    let selection = roll.selection().clone();
    let changed = document.commit_preview(open.tool.label());
    roll.select(selection);
    match open.tool {
        NoteTool::Quantise(quantise) => {
            services.change_preferences(|preferences| preferences.quantise = quantise);
            if !changed {
                services.say(Tone::Plain, "The notes are on the grid already");
            }
        }
        NoteTool::Humanise(humanise) => services.change_preferences(|preferences| preferences.humanise = humanise),
        NoteTool::Transpose { .. } | NoteTool::Stretch { .. } => {}
    }
}

/// Closes the window of the open tool; all is as before.
pub fn cancel(document: &mut Document, tool: &mut Option<OpenTool>, roll: &mut Roll) {
    if let Some(open) = tool.take()
        && open.revision == document.history.revision()
    {
        document.cancel_preview();
        roll.select(open.selection);
    }
}

/// Before a command is carried out: whatever touches the score meets it without the preview. Tells whether the command
/// meant the tool itself.
pub fn meets(command: Command, document: &mut Document, tool: &mut Option<OpenTool>, roll: &mut Roll) -> bool {
    if tool.is_none() || is_beside(command) {
        return false;
    }
    cancel(document, tool, roll);
    command == Command::Roll(RollCommand::SelectNone)
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
            | Command::ToggleLyrics
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
