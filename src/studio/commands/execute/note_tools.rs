//! What the tools for notes do: they preview on the score, and change it as one undo step.

use std::sync::Arc;

use crate::{
    music::{
        Part,
        edit::{ChosenNotes, Selection},
    },
    plural::counted,
    studio::{
        actions::NoteToolAction,
        commands::{Command, RollCommand, RollCommandKind},
        dialogs::note_tools::state::{NoteTool, OpenTool},
        document::Document,
        pages::compose::{editor::Editor, roll::NO_NOTES_IN_BARS},
        services::Services,
        state::Studio,
        toasts::Tone,
    },
};

/// Carries out what a tool's window asks for.
pub fn execute(
    action: NoteToolAction,
    document: &mut Document,
    services: &mut Services,
    tool: &mut Option<OpenTool>,
    editor: &mut Editor,
) {
    match action {
        NoteToolAction::Preview => preview(document, tool, editor),
        NoteToolAction::Apply => apply(document, services, tool, editor),
        NoteToolAction::Cancel => cancel(document, tool, editor),
    }
}

/// Why no tool can be used now; `None` where one can.
pub fn why_not(studio: &Studio) -> Option<String> {
    let document = &studio.document;
    if document.recording.is_some() {
        return Some("Stop recording first".to_owned());
    }
    let has_notes = |part: &Arc<Part>| !part.notes.is_empty();
    match studio.pages.compose.editor.selected_bars() {
        None => (!document.chosen_part().is_some_and(has_notes)).then(|| "The part has no notes".to_owned()),
        Some(bars) => ChosenNotes::of_bars(document.score(), &bars).is_empty().then(|| NO_NOTES_IN_BARS.to_owned()),
    }
}

/// The notes that a tool is for, and what its window calls them: those of the bars that are selected, else those that
/// are selected themselves, else all of the part.
fn chosen(document: &Document, editor: &Editor) -> (ChosenNotes, String) {
    let selection = editor.roll.selection();
    if let Some(bars) = editor.selected_bars() {
        let chosen = ChosenNotes::of_bars(&document.base(), &bars);
        let called = format!("{} in the selected bars", counted(chosen.len(), "note"));
        (chosen, called)
    } else if selection.is_empty() {
        let all = document.chosen_part().map_or_else(Selection::none, |part| Selection::all(part));
        (ChosenNotes::of_part(document.part, all), "all notes of the part".to_owned())
    } else {
        (ChosenNotes::of_part(document.part, selection.clone()), counted(selection.len(), "selected note"))
    }
}

/// Opens the window of a tool.
pub fn open(tool: NoteTool, document: &mut Document, open: &mut Option<OpenTool>, editor: &mut Editor) {
    let (chosen, called) = chosen(document, editor);
    *open = Some(OpenTool {
        tool,
        shown: None,
        refused: false,
        part: document.part,
        revision: document.history.revision(),
        chosen,
        called,
        selection: editor.roll.selection().clone(),
        corner: editor.notes_area().right_top(),
        wants_keys: true,
    });
    preview(document, open, editor);
}

/// Opens the window that stretches, on what is chosen as long as it is.
pub fn open_stretch(document: &mut Document, tool: &mut Option<OpenTool>, editor: &mut Editor) {
    if let Some(span) = chosen(document, editor).0.span() {
        let from = span.end - span.start;
        open(NoteTool::Stretch { from, to: from }, document, tool, editor);
    }
}

fn preview(document: &mut Document, tool: &mut Option<OpenTool>, editor: &mut Editor) {
    let Some(open) = tool else { return };
    if open.shown == Some(open.tool) {
        return;
    }
    open.shown = Some(open.tool);
    let edited = open.tool.apply(&document.base(), &open.chosen, open.key(document));
    open.refused = edited.is_none();
    if let Some((score, edited)) = edited {
        document.history.preview(Arc::new(score));
        if !open.selection.is_empty() {
            editor.roll.select(edited.in_part(open.part));
        }
    } else {
        editor.roll.select(open.selection.clone());
        document.cancel_preview();
    }
}

/// Makes what the open tool does one undo step, remembers how, and closes its window.
fn apply(document: &mut Document, services: &mut Services, tool: &mut Option<OpenTool>, editor: &mut Editor) {
    preview(document, tool, editor);
    let Some(open) = tool.take() else { return };
    let selection = editor.roll.selection().clone();
    let changed = document.commit_preview(open.tool.label());
    editor.roll.select(selection);
    editor.arrangement.notes_edited();
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
pub fn cancel(document: &mut Document, tool: &mut Option<OpenTool>, editor: &mut Editor) {
    if let Some(open) = tool.take()
        && open.revision == document.history.revision()
    {
        document.cancel_preview();
        editor.roll.select(open.selection);
    }
}

/// Before a command is carried out: whatever touches the score meets it without the preview. Tells whether the command
/// meant the tool itself.
pub fn meets(command: Command, document: &mut Document, tool: &mut Option<OpenTool>, editor: &mut Editor) -> bool {
    if tool.is_none() || is_beside(command) {
        return false;
    }
    cancel(document, tool, editor);
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
