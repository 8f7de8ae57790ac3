//! From keys pressed to commands asked for: who hears a key, and in what order.

use eframe::egui::{Context, Event, Key, KeyboardShortcut, Popup};

use super::{
    Command, Entry, Menu, RollCommand,
    table::{STEP_LENGTHS, table},
};
use crate::{
    music::{
        clipboard::{self, Copied},
        quantise::GridStep,
    },
    studio::{
        actions::Action, dialogs::Dialogs, page::Page, pages::compose::editor::Editor, services::Services,
        toasts::Tone, widgets,
    },
};

/// What decides who hears a key.
#[derive(Clone, Copy)]
struct Listeners {
    /// A text field has the focus.
    typing: bool,
    /// Something is open over the window: it closes by Esc, and moves by the arrows, before anything else does.
    popup: bool,
    /// A control uses Enter and the arrows itself.
    control: bool,
    /// A gesture is given up by Esc first.
    gesture: bool,
    /// Enter is somebody's: it says yes to a window that asks, or opens the part whose lane has the focus.
    entered: bool,
    /// The arrows are for bars in the arrangement, not for notes.
    bars: bool,
    /// The computer keyboard is a piano.
    piano: bool,
    /// The page that is shown: keys for another one are not heard.
    page: Page,
    /// Notes go in step by step, rests and ways back too.
    steps: bool,
    /// Music plays, which some keys stop from everywhere.
    playing: bool,
}

impl Listeners {
    /// Whether arrow and Backspace are step entry's: nobody else wants them.
    const fn enters_steps(self) -> bool {
        self.steps && !(self.typing || self.control || self.gesture || self.entered)
    }
}

/// Asks for the commands whose keys were pressed on a page; `steps` says whether step entry is on. Call before anything
/// is drawn.
pub fn take(ctx: &Context, page: Page, steps: bool, editor: &mut Editor, dialogs: &mut Dialogs, services: &Services) {
    let popup = Popup::is_any_open(ctx);
    let on_lane = page == Page::Compose && editor.lane_has_focus();
    let mut listeners = Listeners {
        typing: ctx.text_edit_focused(),
        popup,
        control: popup || (widgets::control_has_keys(ctx) && !on_lane),
        gesture: editor.is_busy(),
        entered: on_lane || dialogs.window_asks(),
        bars: page == Page::Compose && editor.arrows_are_for_bars(),
        piano: editor.computer_keys.enabled && page == Page::Compose,
        page,
        steps: steps && page == Page::Compose && !services.is_playing(),
        playing: services.is_playing(),
    };
    let mut given = Vec::new();
    let mut pasted = None;
    // in the order they were pressed: several may come within one slow frame, and the later mean what the earlier did
    ctx.input_mut(|input| {
        input.events.retain(|event| {
            let Some((command, repeat)) = command_of(event, listeners) else { return true };
            if let Event::Paste(text) = event {
                pasted = Some(text.clone());
            }
            listeners.piano ^= command == Command::ComputerKeys && !repeat;
            // a held key moves notes on and on, but does not start and stop and start
            let is_repeated = match command {
                Command::Bars(command) => command.is_by_arrow(),
                Command::Roll(_) | Command::Undo | Command::Redo => true,
                _ => false,
            };
            if !repeat || is_repeated {
                given.push(command);
            }
            false
        });
    });
    if dialogs.open.is_some() {
        // Esc closes what lies over the window, and nothing below it hears keys
        if given.contains(&Command::Roll(RollCommand::SelectNone)) {
            dialogs.open = None;
        }
        return;
    }
    match pasted.map(|text| clipboard::from_text(&text)) {
        Some(Some(Copied::Notes(notes))) => {
            editor.roll.set_clipboard(notes);
            editor.arrangement.set_clipboard(None);
        }
        Some(Some(Copied::Bars(bars))) => editor.arrangement.set_clipboard(Some(bars)),
        Some(None) => {
            given.retain(|command| *command != Command::Roll(RollCommand::Paste));
            services.ask(Action::Say(Tone::Plain, "There are no notes or bars on the clipboard".into()));
        }
        None => {}
    }
    for command in given {
        services.ask(editor.meant_by_key(command));
    }
}

/// How long a key makes the steps of step entry: from whole notes on 1 to thirty-seconds on 6.
fn step_length(key: Key) -> Option<GridStep> {
    STEP_LENGTHS.iter().find(|(_, _, of_key)| *of_key == Some(key)).map(|(length, ..)| *length)
}

/// The command that an event gives, and whether a held key repeats it.
fn command_of(event: &Event, listeners: Listeners) -> Option<(Command, bool)> {
    match event {
        Event::Key { key, pressed: true, repeat, modifiers, .. }
            if listeners.enters_steps() && modifiers.is_none() && matches!(key, Key::ArrowRight | Key::Backspace) =>
        {
            let rests = *key == Key::ArrowRight;
            Some((if rests { Command::StepEntryRest } else { Command::StepEntryTakeBack }, *repeat))
        }
        Event::Key { key, pressed: true, repeat, modifiers, .. }
            if listeners.enters_steps() && modifiers.is_none() && step_length(*key).is_some() =>
        {
            step_length(*key).map(|length| (Command::StepLength(length), *repeat))
        }
        // that is the key for menus where a keyboard has none
        Event::Key { key: Key::F10, modifiers: held, .. } if held.shift_only() => None,
        Event::Key { key, pressed: true, repeat, modifiers: held, .. } => table()
            .iter()
            .filter(|entry| entry.why_not_on(listeners.page, listeners.playing).is_none())
            .filter(|entry| listeners.bars || !entry.is_by_arrow_for_bars())
            .flat_map(|entry| entry.keys.iter().map(move |shortcut| (entry, shortcut)))
            .filter(|(_, shortcut)| shortcut.logical_key == *key && held.matches_logically(shortcut.modifiers))
            .filter(|(_, shortcut)| is_heard(**shortcut, listeners))
            // the most modifiers win, so that Ctrl+Shift+Z is not taken for Ctrl+Z
            .max_by_key(|(entry, shortcut)| (modifiers(**shortcut), entry.is_by_arrow_for_bars()))
            .map(|(entry, _)| (entry.command, *repeat)),
        // the system's clipboard keys arrive as events of their own
        _ if listeners.typing || listeners.page != Page::Compose => None,
        Event::Copy => Some((RollCommand::Copy.into(), false)),
        Event::Cut => Some((RollCommand::Cut.into(), false)),
        Event::Paste(_) => Some((RollCommand::Paste.into(), false)),
        _ => None,
    }
}

fn modifiers(shortcut: KeyboardShortcut) -> u32 {
    let modifiers = shortcut.modifiers;
    u32::from(modifiers.shift) + u32::from(modifiers.command || modifiers.ctrl) + u32::from(modifiers.alt)
}

/// Whether a key reaches the commands, and nobody who hears it first.
fn is_heard(shortcut: KeyboardShortcut, listeners: Listeners) -> bool {
    let with_ctrl = shortcut.modifiers.command || shortcut.modifiers.ctrl;
    let key = shortcut.logical_key;
    if listeners.popup && (Entry::is_plain_key(&shortcut) || key == Key::Space) {
        return false; // the open menu hears it
    }
    if (listeners.gesture || listeners.popup) && key == Key::Escape {
        return false;
    }
    if listeners.entered && key == Key::Enter && !shortcut.modifiers.any() {
        return false;
    }
    if listeners.typing {
        let works_on = matches!(key, Key::F1 | Key::F3 | Key::F10 | Key::Escape);
        let of_text = matches!(key, Key::A | Key::C | Key::V | Key::X | Key::Z | Key::Y);
        let opens_menu = shortcut.modifiers.alt && Menu::ALL.iter().any(|menu| menu.row().1 == key);
        if !(works_on || opens_menu || (with_ctrl && !of_text)) {
            return false;
        }
    }
    // no key of the piano is R, which records always
    if listeners.piano && Entry::is_plain_key(&shortcut) && key != Key::R {
        return false;
    }
    let of_control =
        matches!(key, Key::Enter | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight | Key::Home);
    !(listeners.control && of_control) || with_ctrl || shortcut.modifiers.alt
}
