//! What the roll asks for, and its commands.

use std::sync::Arc;

use crate::{
    music::{
        clipboard,
        edit::{self, MarkKind, Selection},
    },
    plural::counted,
    studio::{
        actions::{RecordingAction, RollAction},
        commands::{BarsCommand, Command, MarkCommand, RollCommand, RollCommandKind},
        document::Document,
        pages::compose::{
            editor::{Editor, arrangement_input, roll_input},
            roll::RollInput,
        },
        services::Services,
        toasts::Tone,
    },
};

/// Carries out what the roll asks for.
pub fn execute(action: RollAction, document: &mut Document, services: &mut Services, editor: &mut Editor) {
    let transport = &mut document.transport;
    match action {
        RollAction::Preview(score) => document.history.preview(score),
        RollAction::Commit { label, score } => document.commit(label, score),
        RollAction::Replaced(what) => services.tell_undoable(what, document.history.undo_step()),
        RollAction::ChangeTime { label, change } => document.change_time(label, change),
        RollAction::CancelGesture => document.cancel_preview(),
        RollAction::Seek(tick) => services.sound.seek(tick),
        RollAction::SetLoop(range) => {
            transport.looping = !range.is_empty();
            transport.loop_range = Some(range).filter(|range| !range.is_empty());
        }
        RollAction::ToggleLoop => transport.looping = !transport.looping && transport.loop_range.is_some(),
        RollAction::TrimTake(span) => services.ask(RecordingAction::Trim(span)),
        RollAction::Audition { pitch, velocity, on } => {
            // heard, but not recorded
            if let Some(before) = editor.auditioned.take() {
                services.sound.live([0x80, before.get(), 64]);
            }
            if on {
                services.sound.live([0x90, pitch.get(), velocity.get()]);
                editor.auditioned = Some(pitch);
            }
        }
        RollAction::Copied(notes) => {
            editor.arrangement.set_clipboard(None);
            services.ctx.copy_text(clipboard::to_text(&notes));
        }
        RollAction::CopiedBars(bars) => services.ctx.copy_text(clipboard::bars_to_text(&bars)),
        RollAction::EditPart(part) => document.part = part,
        RollAction::UseTakeOutline => services.ask(Command::UseTakeOutline),
        RollAction::DetectChords => services.ask(Command::DetectChords),
        RollAction::BarsSelected => editor.roll.select(Selection::none()),
    }
}

/// Has the chords that the notes spell above them, and says what there is of them.
pub fn detect_chords(document: &mut Document, services: &mut Services) {
    let mut count = 0;
    document.edit("Detect chords", |score| count = edit::detect_chords(score));
    let found = counted(count, "chord");
    services.say(Tone::Plain, format!("{found} detected from the notes. Double-click one to correct it"));
}

/// Gives the arrangement a command for its bars.
pub fn give_bars(command: BarsCommand, document: &mut Document, services: &mut Services, editor: &mut Editor) {
    let input = arrangement_input(document, services, editor.roll.selection());
    let actions = editor.arrangement.apply_to_time(command, &input);
    for action in actions {
        execute(action, document, services, editor);
    }
}

/// Lets a section, a chord, a tempo or a time signature be typed or taken out where the playhead is.
pub fn give_mark(
    command: MarkCommand,
    kind: MarkKind,
    document: &mut Document,
    services: &mut Services,
    editor: &mut Editor,
) {
    let (score, playhead) = (Arc::clone(document.score()), services.playhead());
    let action = editor.marks(kind).and_then(|marks| marks.apply(command, kind, playhead, &score));
    editor.reveal_tick(playhead, false);
    if let Some(action) = action {
        execute(action, document, services, editor);
    }
}

/// Gives the roll a command, or the arrangement where that has what it is for.
pub fn give(command: RollCommand, document: &mut Document, services: &mut Services, editor: &mut Editor) {
    if command.kind() == RollCommandKind::View && editor.arrangement_has_view() {
        let input = arrangement_input(document, services, editor.roll.selection());
        editor.arrangement.apply(command, &input);
        return;
    }
    if editor.bars_hear(command) {
        let input = arrangement_input(document, services, editor.roll.selection());
        let actions = editor.arrangement.apply_to_bars(command, &input);
        for action in actions {
            execute(action, document, services, editor);
        }
        return;
    }
    let input = RollInput { bars: editor.selected_bars(), ..roll_input(document, services, editor.tool) };
    let actions = editor.roll.apply(command, &input);
    if actions.iter().any(|action| matches!(action, RollAction::Commit { .. })) {
        editor.arrangement.notes_edited();
    }
    for action in actions {
        execute(action, document, services, editor);
    }
}
