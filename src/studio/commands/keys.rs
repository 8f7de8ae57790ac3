//! From keys pressed to commands given: who hears a key, and in what order.

use eframe::egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup};

use crate::music::clipboard;
use crate::studio::{
    commands::{Command, Entry, table},
    pages::compose::roll::RollCommand,
    state::Studio,
};

impl Studio {
    /// Gives the commands whose keys were pressed. Call before anything is drawn.
    pub(in crate::studio) fn take_keys(&mut self, ctx: &Context) {
        let typing = ctx.text_edit_focused();
        let gesture = self.pages.compose.editor.roll.is_busy();
        // what is open over the window closes by Esc, and moves by the arrows, before anything else does
        let popup = Popup::is_any_open(ctx);
        let focused = popup
            || (ctx.memory(|memory| memory.focused().is_some()) && !self.pages.compose.editor.roll.has_focus(ctx));
        let mut suspended = self.pages.compose.editor.computer_keys();
        let asked = self.asks();
        let mut given = Vec::new();
        let mut pasted = None;
        // In the order they were pressed: several may come within one slow frame, and the later mean what the earlier did.
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let command = match event {
                    Event::Key { key, pressed: true, repeat, modifiers: held, .. } => table()
                        .iter()
                        .flat_map(|entry| entry.keys.iter().map(|shortcut| (entry.command, *shortcut)))
                        .filter(|(_, shortcut)| {
                            shortcut.logical_key == *key && held.matches_logically(shortcut.modifiers)
                        })
                        .filter(|(_, shortcut)| !(gesture || popup) || shortcut.logical_key != Key::Escape) // the roll gives its gesture up first
                        // and Enter says yes to a window that asks
                        .filter(|(_, shortcut)| {
                            !asked || shortcut.logical_key != Key::Enter || shortcut.modifiers.any()
                        })
                        .filter(|(_, shortcut)| is_heard(*shortcut, typing, focused, suspended))
                        // the most modifiers win, so that Ctrl+Shift+Z is not taken for Ctrl+Z
                        .max_by_key(|(_, shortcut)| modifiers(*shortcut))
                        .map(|(command, _)| (command, *repeat)),
                    // the system's clipboard keys arrive as events of their own
                    Event::Copy if !typing => Some((Command::Roll(RollCommand::Copy), false)),
                    Event::Cut if !typing => Some((Command::Roll(RollCommand::Cut), false)),
                    Event::Paste(text) if !typing => {
                        pasted = Some(text.clone());
                        Some((Command::Roll(RollCommand::Paste), false))
                    }
                    _ => None,
                };
                let Some((command, repeat)) = command else { return true };
                suspended ^= command == Command::ComputerKeys && !repeat;
                // a held key moves notes on and on, but does not start and stop and start
                if !repeat || matches!(command, Command::Roll(_) | Command::Undo | Command::Redo) {
                    given.push(command);
                }
                false
            });
        });
        if self.dialogs.open.is_some() {
            // Esc closes what lies over the window, and nothing below it hears keys
            if given.contains(&Command::Roll(RollCommand::SelectNone)) {
                self.dialogs.open = None;
            }
            return;
        }
        match pasted.map(|text| clipboard::from_text(&text)) {
            Some(Some(notes)) => self.pages.compose.editor.roll.set_clipboard(notes),
            Some(None) => {
                given.retain(|command| *command != Command::Roll(RollCommand::Paste));
                self.services.toasts.add(crate::studio::toasts::Tone::Plain, "There are no notes on the clipboard");
            }
            None => {}
        }
        for command in given {
            self.push(command);
        }
    }

    /// Whether a window beside the roll asks something.
    fn asks(&self) -> bool {
        let import = self.dialogs.import.as_ref().is_some_and(crate::studio::dialogs::import::Import::is_shown);
        self.dialogs.note_tool.is_some() || import || self.services.exports.open.is_some()
    }

    /// Whether Enter was pressed and no control has it for itself: yes to the window that asks. Taken from whoever asks later.
    pub(in crate::studio) fn entered(&self, ctx: &Context) -> bool {
        let free = ctx.memory(|memory| memory.focused().is_none()) || self.pages.compose.editor.roll.has_focus(ctx);
        free && self.dialogs.open.is_none() && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter))
    }
}

fn modifiers(shortcut: KeyboardShortcut) -> u32 {
    let modifiers = shortcut.modifiers;
    u32::from(modifiers.shift) + u32::from(modifiers.command || modifiers.ctrl) + u32::from(modifiers.alt)
}

/// Whether a key reaches the commands, and not a text field, a focused control or the computer-key piano.
fn is_heard(shortcut: KeyboardShortcut, typing: bool, focused: bool, suspended: bool) -> bool {
    let with_ctrl = shortcut.modifiers.command || shortcut.modifiers.ctrl;
    let function_key = matches!(shortcut.logical_key, Key::F1 | Key::F3 | Key::Escape);
    if typing
        && !(function_key
            || (with_ctrl && !matches!(shortcut.logical_key, Key::A | Key::C | Key::V | Key::X | Key::Z | Key::Y)))
    {
        return false;
    }
    if suspended && Entry::is_plain_key(&shortcut) {
        return false;
    }
    // a focused control takes Enter and the arrows; everything else works on
    let of_control = matches!(
        shortcut.logical_key,
        Key::Enter | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight | Key::Home
    );
    !(focused && of_control && !with_ctrl)
}
