//! Why a command cannot be given now, and which switches are on.

use super::{
    Command, RollCommand,
    execute::{generate, note_tools, recording},
};
use crate::music::edit::MarkKind;
use crate::studio::{
    page::{ComposeView, Page},
    pages::compose::{
        Side,
        roll::{RollInput, Tool},
    },
    state::Studio,
};

/// Why a command cannot be given now; `None` where it can.
pub fn why_not(studio: &Studio, command: Command) -> Option<String> {
    #[allow(clippy::enum_glob_use, reason = "every command is named here")]
    use Command::*;

    let says = |wrong: bool, reason: &str| wrong.then(|| reason.to_owned());
    let score = studio.score();
    let part = score.parts.get(studio.document.part);
    let key = || studio.document.key_at(studio.services.playhead());
    match command {
        Undo => says(
            studio.document.history.undo_label().is_none()
                && studio.document.takes.audition.is_none()
                && studio.document.recording.is_none(),
            "There is nothing to undo",
        ),
        Redo => says(studio.document.history.redo_label().is_none(), "There is nothing to redo"),
        ExportMidi | ExportSomeMidi | ExportAudio | ExportSheet | ExportPage | Publish
            if score.parts.iter().all(|part| part.notes.is_empty()) =>
        {
            Some("There are no notes to export yet".into())
        }
        ExportAudio | ExportPage if studio.services.exports.running.is_some() => {
            Some("Audio is being exported already".into())
        }
        ExportAudio | ExportPage | Publish => {
            says(studio.services.sound.font.is_none(), "Audio needs a SoundFont: choose one in Settings")
        }
        DetectChords => {
            let is_silent = score.parts.iter().all(|part| part.is_drum || part.notes.is_empty());
            says(is_silent, "There are no notes with chords in them yet")
        }
        MovePartUp | MovePartDown => {
            let document = &studio.document;
            document.why_not_move_part(document.part, command == MovePartUp).map(str::to_owned)
        }
        RenamePart | DuplicatePart | RemovePart | MutePart | SoloPart => says(part.is_none(), "No part is chosen"),
        LockPart => match part {
            None => Some("No part is chosen".into()),
            Some(_) if score.melody == Some(studio.document.part) => Some("The melody always stays as it is".into()),
            Some(_) => None,
        },
        KeepRecent if studio.document.recording.is_some() => Some("It is being recorded already".into()),
        KeepRecent => says(
            studio.document.recent.is_empty(crate::clock::now_micros()) || score.parts.is_empty(),
            "Nothing was played in the last five minutes",
        ),
        NextRecordedTake => recording::why_not_takes(&studio.document, 2).map(str::to_owned),
        TrimBefore | TrimAfter => recording::why_not_takes(&studio.document, 1).map(str::to_owned),
        NewScore | ImportMidi | ImportIntoPresent | OpenProject => {
            says(studio.document.recording.is_some(), "Stop recording first")
        }
        SaveProject => says(score.parts.is_empty(), "There is nothing to save yet: add a part first"),
        MakeAgain if !studio.document.has_kept_take() => Some("No take was kept in this composition yet".into()),
        MakeAgain => studio.services.engine.why_not(),
        Generate => generate::why_not_all(&studio.document, &studio.services),
        VaryBars => generate::why_not_vary(&studio.document, &studio.services),
        CancelGenerate => says(studio.services.engine.running.is_none(), "No composition is under way"),
        DropTakes if studio.services.engine.running.is_some() => {
            Some("Takes are being written: cancel that first".into())
        }
        NextTake | PreviousTake | DropTakes => {
            says(studio.document.takes.all().is_empty(), "There are no takes yet: generate a composition first")
        }
        UseTakeOutline => studio.document.why_no_take_outline().map(str::to_owned),
        KeepTake => says(studio.document.takes.audition.is_none(), "Select a take first"),
        KeysOctaveDown | KeysOctaveUp => says(
            !studio.pages.compose.editor.computer_keys.enabled,
            "The computer keyboard plays no notes: switch it on with Ctrl+K",
        ),
        Bars(command) => studio.pages.compose.editor.why_not_bars(command, score).map(str::to_owned),
        Mark(command, kind) => {
            studio.pages.compose.editor.why_not_mark(command, kind, studio.services.playhead(), score)
        }
        LoopSection => {
            let start = MarkKind::Section.start_at(score, studio.services.playhead());
            says(start.is_none(), "There is no section at the playhead")
        }
        TallerArrangement | LowerArrangement => says(
            studio.pages.compose.editor.view != ComposeView::Both || studio.pages.compose.editor.too_low_for_both,
            "Arrangement and piano roll are not shown together: F6 shows both",
        ),
        ToggleTempoTrack => says(
            !studio.pages.compose.editor.view.shows_arrangement(),
            "The tempo track is above the arrangement: F5 shows it",
        ),
        ToggleLyrics => says(score.lyrics.is_empty(), "This composition has no lyrics"),
        Roll(command) => {
            // asked of every command in every frame, so without what only drawing and editing need
            let (document, editor) = (&studio.document, &studio.pages.compose.editor);
            let bars = editor.selected_bars();
            let input = RollInput { key: key(), bars, ..RollInput::new(score, document.part) };
            editor.why_not(command, &input).map(str::to_owned)
        }
        ToolSelect | ToolDraw | ToolErase => {
            says(!studio.pages.compose.editor.view.shows_roll(), "The tools are those of the piano roll: F7 shows it")
        }
        View(ComposeView::Both) => says(
            studio.pages.compose.editor.too_low_for_both,
            "The window is too low for both: make it larger, or show one of them",
        ),
        NextPart | PreviousPart => says(score.parts.len() < 2, "There is no other part"),
        ToggleTriplets => {
            says(studio.services.preferences.roll.grid.triplet().is_none(), "There are no triplets of whole notes")
        }
        StepEntry => says(studio.document.recording.is_some(), "Stop recording first"),
        StepEntryRest | StepEntryTakeBack | StepLength(_) => {
            says(studio.document.step_entry.is_none(), "Step entry is off: switch it on with Ctrl+Shift+K")
        }
        Quantise | QuantiseWith | Humanise | Transpose | Stretch => note_tools::why_not(studio),
        ToggleScaleSnap => says(key().is_none(), "No key is set, and the notes suggest none"),
        RenameComposition | ExportMidi | ExportSomeMidi | ExportSheet | About | Quit | AddPart | View(_)
        | PlayPause | Stop | ToStart | ToEnd | BarBack | BarForward | StepBack | StepForward | Record
        | RecordReplaces | RecordWaits | ToggleLoop | ToggleMetronome | TapTempo | Panic | ComputerKeys | Follow
        | ToggleGhosts | GridFiner | GridCoarser | ToggleSnap | ToggleScaleRows | ToggleTheme | ScaleUp | ScaleDown
        | ScaleReset | ToggleLeftPanel | ToggleRightPanel | Show(_) | OpenMenu(_) | NextRegion | PreviousRegion
        | ChooseSoundFont | Palette | KeySheet | Welcome => None,
    }
}

/// Whether a command that switches something has it switched on.
pub fn is_on(studio: &Studio, command: Command) -> bool {
    #[allow(clippy::enum_glob_use, reason = "every command is named here")]
    use Command::*;

    match command {
        RecordReplaces => studio.services.preferences.record_replaces,
        RecordWaits => studio.services.preferences.record_waits,
        Record => studio.document.recording.is_some(),
        ToggleLoop => studio.document.transport.looping,
        ToggleMetronome => studio.services.preferences.metronome,
        Follow => studio.services.preferences.roll.follow,
        ToggleSnap => studio.services.preferences.roll.snaps,
        ToggleTriplets => studio.services.preferences.roll.grid.is_triplet(),
        StepEntry => studio.document.step_entry.is_some(),
        StepLength(length) => studio.document.step_entry.as_ref().is_some_and(|entry| entry.length == length),
        ToggleTempoTrack => studio.services.preferences.roll.shows_tempo(studio.score()),
        ToggleGhosts => studio.services.preferences.roll.ghosts,
        ToggleLyrics => studio.services.preferences.roll.lyrics,
        ToggleScaleRows => studio.services.preferences.roll.scale_rows,
        ToggleScaleSnap => studio.services.preferences.roll.scale_snap,
        ToggleLeftPanel => shows_panel(studio, Side::Left),
        ToggleRightPanel => shows_panel(studio, Side::Right),
        ComputerKeys => studio.pages.compose.editor.computer_keys.enabled,
        Roll(command) => {
            command == RollCommand::ToggleVelocityLane && studio.pages.compose.editor.roll.shows_velocity_lane()
        }
        View(view) => studio.pages.compose.editor.view == view,
        ToolSelect => studio.pages.compose.editor.tool == Tool::Select,
        ToolDraw => studio.pages.compose.editor.tool == Tool::Pencil,
        ToolErase => studio.pages.compose.editor.tool == Tool::Erase,
        NewScore | OpenProject | SaveProject | RenameComposition | ImportMidi | ImportIntoPresent | ExportMidi
        | ExportSomeMidi | ExportAudio | ExportSheet | ExportPage | Publish | About | Quit | Undo | Redo | Quantise
        | QuantiseWith | Humanise | Transpose | Stretch | DetectChords | AddPart | RenamePart | DuplicatePart
        | MovePartUp | MovePartDown | RemovePart | NextPart | PreviousPart | MutePart | SoloPart | LockPart
        | PlayPause | Stop | ToStart | ToEnd | BarBack | BarForward | StepBack | StepForward | KeepRecent
        | NextRecordedTake | TrimBefore | TrimAfter | TapTempo | Panic | Bars(_) | Mark(..) | Generate
        | LoopSection | TallerArrangement | LowerArrangement | VaryBars | CancelGenerate | NextTake | PreviousTake
        | KeepTake | DropTakes | MakeAgain | UseTakeOutline | StepEntryRest | StepEntryTakeBack | KeysOctaveDown
        | KeysOctaveUp | GridFiner | GridCoarser | ToggleTheme | ScaleUp | ScaleDown | ScaleReset | Show(_)
        | OpenMenu(_) | NextRegion | PreviousRegion | ChooseSoundFont | Palette | KeySheet => false,
        Welcome => studio.page == Page::Compose && studio.pages.compose.welcome.is_open,
    }
}

fn shows_panel(studio: &Studio, side: Side) -> bool {
    let width = studio.services.ctx.content_rect().width();
    studio.pages.compose.shows_panel(side, &studio.services.preferences, width)
}
