//! Everything the studio can be told to do, in one table: title, icon, keys, and where it stands in the menus.
//!
//! Menus, palette, keyboard, buttons and the sheet of keys all read this table; whether a command can be given now,
//! and why not, is answered in one place (`availability`). Knows nothing of how a command is done.

mod availability;
mod bars_command;
pub mod buttons;
pub mod execute;
pub mod keys;
mod mark_command;
mod roll_command;
mod states;
mod synonyms;
mod table;

use eframe::egui::{Key, KeyboardShortcut};

pub use self::{
    bars_command::{BarsCommand, Way},
    mark_command::MarkCommand,
    roll_command::{RollCommand, RollCommandKind},
    states::CommandStates,
    table::table,
};
use super::{
    page::{ComposeView, Page},
    theme::Icon,
    words::lower_first,
};
use crate::music::{edit::MarkKind, quantise::GridStep};

/// Something the studio can be told to do.
#[allow(missing_docs, reason = "the table says what each does")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    NewScore,
    OpenProject,
    SaveProject,
    ImportMidi,
    ImportIntoPresent,
    RenameComposition,
    ExportMidi,
    ExportSomeMidi,
    ExportAudio,
    ExportSheet,
    ExportPage,
    Publish,
    Quit,
    Undo,
    Redo,
    /// What the roll does with its notes, selection and view.
    Roll(RollCommand),
    /// What is done with the bars that are selected in the arrangement.
    Bars(BarsCommand),
    /// What is done with sections, chords, tempi and time signatures.
    Mark(MarkCommand, MarkKind),
    Quantise,
    QuantiseWith,
    Humanise,
    Transpose,
    Stretch,
    ToolSelect,
    ToolDraw,
    ToolErase,
    DetectChords,
    AddPart,
    DuplicatePart,
    MovePartUp,
    MovePartDown,
    RenamePart,
    RemovePart,
    NextPart,
    PreviousPart,
    MutePart,
    SoloPart,
    LockPart,
    PlayPause,
    Stop,
    ToStart,
    ToEnd,
    BarBack,
    BarForward,
    StepBack,
    StepForward,
    Record,
    RecordReplaces,
    RecordWaits,
    KeepRecent,
    NextRecordedTake,
    TrimBefore,
    TrimAfter,
    ToggleLoop,
    LoopSection,
    TallerArrangement,
    LowerArrangement,
    ToggleMetronome,
    TapTempo,
    Panic,
    Generate,
    VaryBars,
    CancelGenerate,
    NextTake,
    PreviousTake,
    KeepTake,
    DropTakes,
    MakeAgain,
    UseTakeOutline,
    StepEntry,
    StepEntryRest,
    StepEntryTakeBack,
    StepLength(GridStep),
    ComputerKeys,
    KeysOctaveDown,
    KeysOctaveUp,
    Follow,
    ToggleTempoTrack,
    ToggleGhosts,
    ToggleLyrics,
    GridFiner,
    GridCoarser,
    ToggleSnap,
    ToggleTriplets,
    ToggleScaleRows,
    ToggleScaleSnap,
    ToggleTheme,
    ScaleUp,
    ScaleDown,
    ScaleReset,
    ToggleLeftPanel,
    ToggleRightPanel,
    Show(Page),
    View(ComposeView),
    OpenMenu(Menu),
    NextRegion,
    PreviousRegion,
    ChooseSoundFont,
    Palette,
    KeySheet,
    Welcome,
    About,
}

/// Where a command stands in the menus and on the sheet of keys.
#[allow(missing_docs, reason = "each says its title")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Menu {
    File,
    Edit,
    Notes,
    Part,
    Transport,
    Generate,
    View,
    Help,
}

impl Menu {
    /// All of them, from left to right.
    pub const ALL: [Self; 8] =
        [Self::File, Self::Edit, Self::Notes, Self::Part, Self::Transport, Self::Generate, Self::View, Self::Help];

    /// What the table of commands says of opening it, and the key that does so with Alt.
    pub const fn row(self) -> (&'static str, Key) {
        match self {
            Self::File => ("File menu", Key::F),
            Self::Edit => ("Edit menu", Key::E),
            Self::Notes => ("Notes menu", Key::N),
            Self::Part => ("Part menu", Key::P),
            Self::Transport => ("Transport menu", Key::T),
            Self::Generate => ("Generate menu", Key::G),
            Self::View => ("View menu", Key::V),
            Self::Help => ("Help menu", Key::H),
        }
    }

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Notes => "Notes",
            Self::Part => "Part",
            Self::Transport => "Transport",
            Self::Generate => "Generate",
            Self::View => "View",
            Self::Help => "Help",
        }
    }
}

/// What the table says of a command.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Sentence case; “…” where it opens a dialog.
    pub title: &'static str,
    /// What else people call it, to be found by.
    pub also: &'static str,
    /// Beside the title.
    pub icon: Icon,
    /// The keys that give it, the first one shown.
    pub keys: Vec<KeyboardShortcut>,
    /// Where it stands.
    pub menu: Menu,
    /// Whether a line is drawn above it in its menu.
    pub begins_group: bool,
    /// The page that shows what it changes, and on which alone its keys are heard; `None` where all do.
    pub page: Option<Page>,
    /// The submenu in which it stands, if it does.
    pub submenu: Option<&'static str>,
}

impl Entry {
    /// What it does by itself, where its title says that only within its submenu.
    pub fn full_title(&self) -> String {
        match (self.submenu, self.command) {
            (Some(submenu), Command::NextRegion | Command::PreviousRegion) => {
                format!("{submenu} {}", lower_first(self.title))
            }
            (Some(submenu), Command::OpenMenu(_)) => format!("{submenu} {}", self.title),
            (Some(submenu), Command::Show(_)) => format!("{submenu}: {}", self.title),
            _ => self.title.to_owned(),
        }
    }
}

impl From<RollCommand> for Command {
    fn from(command: RollCommand) -> Self {
        Self::Roll(command)
    }
}

impl From<BarsCommand> for Command {
    fn from(command: BarsCommand) -> Self {
        Self::Bars(command)
    }
}

impl Command {
    /// What the table says of it.
    pub fn entry(self) -> &'static Entry {
        table().iter().find(|entry| entry.command == self).expect("a test finds every command in the table")
    }
}

/// The keys as people read them, such as `Ctrl+Shift+Z`.
pub fn key_text(shortcut: &KeyboardShortcut) -> String {
    let mut text = String::new();
    let modifiers = shortcut.modifiers;
    if modifiers.command || modifiers.ctrl {
        text.push_str("Ctrl+");
    }
    if modifiers.shift && shortcut.logical_key != Key::Questionmark {
        text.push_str("Shift+");
    }
    if modifiers.alt {
        text.push_str("Alt+");
    }
    text.push_str(match shortcut.logical_key {
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::Escape => "Esc",
        Key::Delete => "Del",
        Key::PageUp => "PgUp",
        Key::PageDown => "PgDn",
        Key::Comma => ",",
        Key::Period => ".",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Questionmark => "?",
        other => other.symbol_or_name(),
    });
    text
}

impl Entry {
    /// Why it cannot be given on this page; `None` where it can. What plays can be stopped from everywhere.
    pub fn why_not_on(&self, page: Page, is_playing: bool) -> Option<String> {
        let stops = is_playing && matches!(self.command, Command::PlayPause | Command::Stop | Command::Record);
        let own = self.page.filter(|own| *own != page && !stops)?.row();
        Some(format!("This is for the {} page (Ctrl+{})", own.0, own.2.name()))
    }

    /// Whether it is given by an arrow that moves the selection of bars, and notes where there is none.
    pub const fn is_by_arrow_for_bars(&self) -> bool {
        matches!(self.command, Command::Bars(command) if command.is_by_arrow())
    }

    /// The first of its keys as people read it, or nothing.
    pub fn key_text(&self) -> String {
        self.keys.first().map(key_text).unwrap_or_default()
    }

    /// Whether one of its keys is a letter or digit alone, which the computer-key piano takes for itself.
    pub fn is_plain_key(shortcut: &KeyboardShortcut) -> bool {
        let name = shortcut.logical_key.name();
        let is_character = name.chars().count() == 1
            || matches!(
                shortcut.logical_key,
                Key::Comma
                    | Key::Period
                    | Key::Semicolon
                    | Key::Quote
                    | Key::Slash
                    | Key::OpenBracket
                    | Key::CloseBracket
            );
        is_character && !shortcut.modifiers.command && !shortcut.modifiers.ctrl && !shortcut.modifiers.alt
    }
}

#[cfg(test)]
mod tests {
    use super::{
        table::{ctrl, key},
        *,
    };

    #[test]
    fn every_command_stands_once_and_no_two_share_keys() {
        for (index, entry) in table().iter().enumerate() {
            assert!(!entry.title.is_empty() && !entry.title.ends_with('.'), "{}", entry.title);
            assert_eq!(entry.command.entry().title, entry.title);
            for other in &table()[..index] {
                assert_ne!(entry.command, other.command, "{}", entry.title);
                // arrows are for bars or for notes
                let is_alone = entry.is_by_arrow_for_bars() == other.is_by_arrow_for_bars();
                for shortcut in entry.keys.iter().filter(|_| is_alone) {
                    assert!(
                        !other.keys.contains(shortcut),
                        "{} and {} share {}",
                        entry.title,
                        other.title,
                        key_text(shortcut)
                    );
                }
            }
        }
    }

    #[test]
    fn keys_read_as_people_expect() {
        assert_eq!(Command::Redo.entry().key_text(), "Ctrl+Shift+Z");
        assert_eq!(Command::PlayPause.entry().key_text(), "Space");
        assert_eq!(Command::Roll(RollCommand::MoveUp).entry().key_text(), "↑");
        assert_eq!(Command::GridFiner.entry().key_text(), "Ctrl+]");
        assert_eq!(Command::BarBack.entry().key_text(), ",");
        assert!(Entry::is_plain_key(&key(Key::Q)));
        assert!(!Entry::is_plain_key(&ctrl(Key::Q)));
        assert!(!Entry::is_plain_key(&key(Key::Space)));
    }
}
