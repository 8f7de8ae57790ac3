//! Why a command cannot be given now, and which switches are on.

use super::{
    Command, RollCommand,
    execute::{generate, note_tools, recording},
};
use crate::studio::{
    pages::compose::{
        Side,
        roll::{RollInput, Tool},
    },
    state::Studio,
};

/// Why a command cannot be given now; `None` where it can.
pub fn why_not(studio: &Studio, command: Command) -> Option<String> {
    let says = |wrong: bool, reason: &str| wrong.then(|| reason.to_owned());
    let score = studio.score();
    let part = score.parts.get(studio.document.part);
    match command {
        Command::Undo => says(
            studio.document.history.undo_label().is_none()
                && studio.document.takes.audition.is_none()
                && studio.document.recording.is_none(),
            "There is nothing to undo",
        ),
        Command::Redo => says(studio.document.history.redo_label().is_none(), "There is nothing to redo"),
        Command::ExportMidi | Command::ExportSomeMidi | Command::ExportAudio
            if score.parts.iter().all(|part| part.notes.is_empty()) =>
        {
            Some("There are no notes to export yet".into())
        }
        Command::ExportAudio if studio.services.exports.running.is_some() => {
            Some("Audio is being exported already".into())
        }
        Command::ExportAudio => {
            says(studio.services.sound.font.is_none(), "Audio needs a SoundFont: choose one in Settings")
        }
        Command::RemovePart | Command::MutePart | Command::SoloPart => says(part.is_none(), "No part is chosen"),
        Command::LockPart => match part {
            None => Some("No part is chosen".into()),
            Some(_) if score.melody == Some(studio.document.part) => Some("The melody always stays as it is".into()),
            Some(_) => None,
        },
        Command::KeepRecent if studio.document.recording.is_some() => Some("It is being recorded already".into()),
        Command::KeepRecent => says(
            studio.document.recent.is_empty(crate::clock::now_micros()) || score.parts.is_empty(),
            "Nothing was played in the last five minutes",
        ),
        Command::NextRecordedTake => recording::why_not_takes(&studio.document, 2).map(str::to_owned),
        Command::TrimBefore | Command::TrimAfter => recording::why_not_takes(&studio.document, 1).map(str::to_owned),
        Command::NewScore | Command::ImportMidi | Command::ImportIntoPresent | Command::OpenProject => {
            says(studio.document.recording.is_some(), "Stop recording first")
        }
        Command::SaveProject => says(score.parts.is_empty(), "There is nothing to save yet: add a part first"),
        Command::MakeAgain => studio.services.engine.why_not(),
        Command::Generate => generate::why_not(&studio.document, &studio.services),
        Command::VaryBars => generate::why_not_vary(&studio.document, &studio.services),
        Command::CancelGenerate => says(studio.services.engine.running.is_none(), "No composition is under way"),
        Command::NextTake | Command::PreviousTake | Command::DropTakes => {
            says(studio.document.takes.results.is_empty(), "There are no takes yet: generate a composition first")
        }
        Command::KeepTake => says(studio.document.takes.audition.is_none(), "No take is being listened to"),
        Command::KeysOctaveDown | Command::KeysOctaveUp => says(
            !studio.pages.compose.editor.computer_keys.enabled,
            "The computer keyboard plays no notes: switch it on with Ctrl+K",
        ),
        Command::Roll(command) => {
            // asked of every command in every frame, so without what only drawing and editing need
            let document = &studio.document;
            let input = RollInput { key: document.key(), ..RollInput::new(score, document.part) };
            studio.pages.compose.editor.roll.disabled_reason(command, &input).map(str::to_owned)
        }
        Command::Quantise | Command::QuantiseWith | Command::Humanise | Command::Transpose | Command::Stretch => {
            note_tools::why_not(&studio.document)
        }
        Command::ToggleScaleSnap if studio.document.key().is_none() => {
            Some("No key is set, and the notes suggest none".into())
        }
        _ => None,
    }
}

/// Whether a command that switches something has it switched on.
pub fn is_on(studio: &Studio, command: Command) -> bool {
    match command {
        Command::RecordReplaces => studio.services.preferences.record_replaces,
        Command::RecordWaits => studio.services.preferences.record_waits,
        Command::Record => studio.document.recording.is_some(),
        Command::ToggleLoop => studio.document.transport.looping,
        Command::ToggleMetronome => studio.services.preferences.metronome,
        Command::Follow => studio.services.preferences.roll.follow,
        Command::ToggleSnap => studio.services.preferences.roll.snaps,
        Command::ToggleGhosts => studio.services.preferences.roll.ghosts,
        Command::ToggleScaleRows => studio.services.preferences.roll.scale_rows,
        Command::ToggleScaleSnap => studio.services.preferences.roll.scale_snap,
        Command::ToggleLeftPanel => shows_panel(studio, Side::Left),
        Command::ToggleRightPanel => shows_panel(studio, Side::Right),
        Command::ComputerKeys => studio.pages.compose.editor.computer_keys.enabled,
        Command::Roll(RollCommand::ToggleVelocityLane) => studio.pages.compose.editor.roll.shows_velocity_lane(),
        Command::ToolSelect => studio.pages.compose.editor.tool == Tool::Select,
        Command::ToolDraw => studio.pages.compose.editor.tool == Tool::Pencil,
        Command::ToolErase => studio.pages.compose.editor.tool == Tool::Erase,
        _ => false,
    }
}

fn shows_panel(studio: &Studio, side: Side) -> bool {
    let width = studio.services.ctx.content_rect().width();
    studio.pages.compose.shows_panel(side, &studio.services.preferences, width)
}
