//! The table of commands itself, in the order of the menus.

use std::sync::LazyLock;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::{Command, Entry, Menu};
use crate::studio::{pages::compose::roll::RollCommand, theme::Icon};

pub(super) const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

pub(super) const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

fn entry(command: Command, title: &'static str, icon: Icon, menu: Menu, keys: &[KeyboardShortcut]) -> Entry {
    Entry { command, title, icon, keys: keys.to_vec(), menu, begins_group: false }
}

fn group(mut first: Entry) -> Entry {
    first.begins_group = true;
    first
}

/// The table, in the order of the menus.
pub fn table() -> &'static [Entry] {
    &TABLE
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut table = studio_commands();
    let after_redo = table.iter().position(|entry| entry.command == Command::Redo).map_or(0, |index| index + 1);
    table.splice(after_redo..after_redo, RollCommand::ALL.into_iter().map(roll_entry));
    table
});

fn roll_entry(command: RollCommand) -> Entry {
    use RollCommand as C;
    let (icon, menu) = match command {
        C::SelectAll => (Icon::BoxSelect, Menu::Edit),
        C::SelectNone => (Icon::X, Menu::Edit),
        C::SelectNext | C::ExtendNext => (Icon::ChevronRight, Menu::Edit),
        C::SelectPrevious | C::ExtendPrevious => (Icon::ChevronLeft, Menu::Edit),
        C::Delete => (Icon::Trash2, Menu::Edit),
        C::Cut => (Icon::Scissors, Menu::Edit),
        C::Copy => (Icon::Copy, Menu::Edit),
        C::Paste => (Icon::ClipboardPaste, Menu::Edit),
        C::Duplicate => (Icon::CopyPlus, Menu::Edit),
        C::MoveLeft => (Icon::ArrowLeft, Menu::Notes),
        C::MoveRight => (Icon::ArrowRight, Menu::Notes),
        C::MoveUp | C::ScaleStepUp => (Icon::ArrowUp, Menu::Notes),
        C::MoveDown | C::ScaleStepDown => (Icon::ArrowDown, Menu::Notes),
        C::OctaveUp => (Icon::ArrowUpToLine, Menu::Notes),
        C::OctaveDown => (Icon::ArrowDownToLine, Menu::Notes),
        C::Longer | C::StartLater => (Icon::ArrowRightToLine, Menu::Notes),
        C::Shorter | C::StartEarlier => (Icon::ArrowLeftToLine, Menu::Notes),
        C::Louder => (Icon::Volume2, Menu::Notes),
        C::Softer => (Icon::Volume1, Menu::Notes),
        C::AddNote => (Icon::Plus, Menu::Notes),
        C::Split => (Icon::Split, Menu::Notes),
        C::Join => (Icon::Merge, Menu::Notes),
        C::SplitAtPointer => (Icon::Slice, Menu::Notes),
        C::Legato => (Icon::Link2, Menu::Notes),
        C::Reverse => (Icon::FlipHorizontal2, Menu::Notes),
        C::SnapToScale => (Icon::ListMusic, Menu::Notes),
        C::LoopSelection => (Icon::Repeat1, Menu::Transport),
        C::ZoomToFit => (Icon::Maximize2, Menu::View),
        C::ZoomIn | C::HigherRows => (Icon::ZoomIn, Menu::View),
        C::ZoomOut | C::LowerRows => (Icon::ZoomOut, Menu::View),
        C::ScrollUp => (Icon::ArrowUp, Menu::View),
        C::ScrollDown => (Icon::ArrowDown, Menu::View),
        C::ScrollLeft => (Icon::ArrowLeft, Menu::View),
        C::ScrollRight => (Icon::ArrowRight, Menu::View),
        C::ToggleVelocityLane => (Icon::ChartColumn, Menu::View),
        C::NextLane => (Icon::ChevronDown, Menu::View),
        C::PreviousLane => (Icon::ChevronUp, Menu::View),
        C::LaneUp => (Icon::ArrowUp, Menu::Edit),
        C::LaneDown => (Icon::ArrowDown, Menu::Edit),
        C::ClearLane => (Icon::Eraser, Menu::Edit),
    };
    Entry {
        command: Command::Roll(command),
        title: command.title(),
        icon,
        keys: command.shortcut().into_iter().chain(command.other_shortcut()).collect(),
        menu,
        begins_group: matches!(command, C::Cut | C::SelectAll | C::Split | C::LaneUp),
    }
}

fn studio_commands() -> Vec<Entry> {
    vec![
        entry(Command::NewScore, "New composition", Icon::FilePlus, Menu::File, &[ctrl(Key::N)]),
        entry(Command::OpenProject, "Open project…", Icon::FolderOpen, Menu::File, &[ctrl_shift(Key::O)]),
        entry(Command::SaveProject, "Save project as…", Icon::Save, Menu::File, &[ctrl(Key::S), ctrl_shift(Key::S)]),
        entry(Command::ImportMidi, "Import MIDI file…", Icon::FolderOpen, Menu::File, &[ctrl(Key::O)]),
        entry(Command::ImportIntoPresent, "Import into this composition…", Icon::FileInput, Menu::File, &[]),
        group(entry(Command::ExportMidi, "Export as MIDI…", Icon::FileMusic, Menu::File, &[ctrl(Key::E)])),
        entry(Command::ExportSomeMidi, "Export parts or the loop as MIDI…", Icon::ListMusic, Menu::File, &[]),
        entry(Command::ExportAudio, "Export as audio…", Icon::FileAudio, Menu::File, &[ctrl_shift(Key::E)]),
        group(entry(Command::Quit, "Quit", Icon::LogOut, Menu::File, &[ctrl(Key::Q)])),
        entry(Command::Undo, "Undo", Icon::Undo2, Menu::Edit, &[ctrl(Key::Z)]),
        entry(Command::Redo, "Redo", Icon::Redo2, Menu::Edit, &[ctrl_shift(Key::Z), ctrl(Key::Y)]),
        group(entry(Command::Quantise, "Quantise as last", Icon::Magnet, Menu::Notes, &[key(Key::Q)])),
        entry(Command::QuantiseWith, "Quantise…", Icon::Magnet, Menu::Notes, &[shift(Key::Q)]),
        entry(Command::Humanise, "Humanise…", Icon::Waves, Menu::Notes, &[shift(Key::H)]),
        entry(Command::Transpose, "Transpose…", Icon::MoveVertical, Menu::Notes, &[key(Key::T)]),
        entry(Command::Stretch, "Stretch to a length…", Icon::MoveHorizontal, Menu::Notes, &[shift(Key::T)]),
        group(entry(Command::ToolSelect, "Select tool", Icon::MousePointer2, Menu::Edit, &[key(Key::Num1)])),
        entry(Command::ToolDraw, "Pencil", Icon::Pencil, Menu::Edit, &[key(Key::Num2)]),
        entry(Command::ToolErase, "Eraser", Icon::Eraser, Menu::Edit, &[key(Key::Num3)]),
        entry(Command::AddPart, "Add a part", Icon::Plus, Menu::Part, &[]),
        entry(Command::RemovePart, "Remove the part", Icon::Trash2, Menu::Part, &[]),
        group(entry(Command::MutePart, "Mute the part", Icon::VolumeX, Menu::Part, &[key(Key::M)])),
        entry(Command::SoloPart, "Solo the part", Icon::Headphones, Menu::Part, &[key(Key::S)]),
        entry(Command::LockPart, "Keep the part when generating", Icon::Lock, Menu::Part, &[key(Key::K)]),
        entry(Command::PlayPause, "Play or pause", Icon::Play, Menu::Transport, &[key(Key::Space)]),
        entry(Command::Stop, "Stop", Icon::Square, Menu::Transport, &[shift(Key::Space)]),
        entry(Command::ToStart, "To the start", Icon::SkipBack, Menu::Transport, &[key(Key::Home), key(Key::Enter)]),
        entry(Command::ToEnd, "To the end", Icon::SkipForward, Menu::Transport, &[key(Key::End)]),
        entry(Command::BarBack, "Playhead a bar back", Icon::ChevronLeft, Menu::Transport, &[key(Key::Comma)]),
        entry(Command::BarForward, "Playhead a bar on", Icon::ChevronRight, Menu::Transport, &[key(Key::Period)]),
        entry(Command::StepBack, "Playhead a grid step back", Icon::ArrowLeft, Menu::Transport, &[alt(Key::ArrowLeft)]),
        entry(
            Command::StepForward,
            "Playhead a grid step on",
            Icon::ArrowRight,
            Menu::Transport,
            &[alt(Key::ArrowRight)],
        ),
        entry(Command::Record, "Record", Icon::Circle, Menu::Transport, &[key(Key::R)]),
        entry(Command::KeepRecent, "Keep what was just played", Icon::History, Menu::Transport, &[shift(Key::R)]),
        entry(Command::RecordReplaces, "Recording replaces what is there", Icon::Replace, Menu::Transport, &[]),
        entry(Command::RecordWaits, "Recording waits for the first key", Icon::Hourglass, Menu::Transport, &[]),
        entry(Command::NextRecordedTake, "Next recorded take", Icon::ListMusic, Menu::Transport, &[shift(Key::N)]),
        entry(
            Command::TrimBefore,
            "Trim the take before the playhead",
            Icon::ArrowRightToLine,
            Menu::Transport,
            &[shift(Key::OpenBracket)],
        ),
        entry(
            Command::TrimAfter,
            "Trim the take behind the playhead",
            Icon::ArrowLeftToLine,
            Menu::Transport,
            &[shift(Key::CloseBracket)],
        ),
        group(entry(Command::ToggleLoop, "Loop on or off", Icon::Repeat, Menu::Transport, &[ctrl(Key::L)])),
        entry(Command::ToggleMetronome, "Metronome on or off", Icon::Metronome, Menu::Transport, &[key(Key::C)]),
        entry(Command::TapTempo, "Tap the tempo", Icon::Hand, Menu::Transport, &[key(Key::B)]),
        group(entry(Command::Panic, "Panic: silence everything", Icon::OctagonX, Menu::Transport, &[key(Key::F3)])),
        entry(Command::Generate, "Generate composition", Icon::Sparkles, Menu::Generate, &[key(Key::G)]),
        entry(Command::VaryBars, "Vary the looped bars, or this one", Icon::Shuffle, Menu::Generate, &[shift(Key::G)]),
        entry(Command::CancelGenerate, "Cancel generating", Icon::X, Menu::Generate, &[]),
        group(entry(Command::NextTake, "Next take", Icon::ChevronDown, Menu::Generate, &[key(Key::CloseBracket)])),
        entry(Command::PreviousTake, "Previous take", Icon::ChevronUp, Menu::Generate, &[key(Key::OpenBracket)]),
        entry(Command::KeepTake, "Keep this take", Icon::Check, Menu::Generate, &[ctrl(Key::Enter)]),
        entry(Command::DropTakes, "Discard the takes", Icon::Trash2, Menu::Generate, &[]),
        entry(Command::MakeAgain, "Make the kept take again", Icon::RotateCcw, Menu::Generate, &[]),
        entry(Command::ComputerKeys, "Play with the computer's keys", Icon::Keyboard, Menu::View, &[ctrl(Key::K)]),
        entry(Command::KeysOctaveDown, "Computer keys an octave down", Icon::ChevronLeft, Menu::View, &[]),
        entry(Command::KeysOctaveUp, "Computer keys an octave up", Icon::ChevronRight, Menu::View, &[]),
        group(entry(Command::Follow, "Follow the playhead", Icon::ScanLine, Menu::View, &[key(Key::F)])),
        entry(Command::ToggleGhosts, "Other parts behind the notes", Icon::Layers, Menu::View, &[]),
        entry(Command::GridFiner, "Finer grid", Icon::ChevronDown, Menu::View, &[ctrl(Key::CloseBracket)]),
        entry(Command::GridCoarser, "Coarser grid", Icon::ChevronUp, Menu::View, &[ctrl(Key::OpenBracket)]),
        entry(Command::ToggleSnap, "Snap to the grid", Icon::Magnet, Menu::View, &[key(Key::J)]),
        entry(Command::ToggleScaleRows, "Rows of the scale", Icon::Rows3, Menu::View, &[]),
        entry(
            Command::ToggleScaleSnap,
            "Draw and drag within the scale",
            Icon::ListMusic,
            Menu::View,
            &[shift(Key::K)],
        ),
        group(entry(Command::ToggleTheme, "Dark or light", Icon::SunMoon, Menu::View, &[ctrl_shift(Key::L)])),
        entry(Command::ScaleUp, "Larger", Icon::ZoomIn, Menu::View, &[ctrl(Key::Plus), ctrl(Key::Equals)]),
        entry(Command::ScaleDown, "Smaller", Icon::ZoomOut, Menu::View, &[ctrl(Key::Minus)]),
        entry(Command::ScaleReset, "Normal size", Icon::Scan, Menu::View, &[ctrl(Key::Num0)]),
        group(entry(
            Command::ToggleLeftPanel,
            "Panel of melodies and parts",
            Icon::PanelLeft,
            Menu::View,
            &[alt(Key::Num1)],
        )),
        entry(Command::ToggleRightPanel, "Panel of generating", Icon::PanelRight, Menu::View, &[alt(Key::Num2)]),
        group(entry(Command::ShowStudio, "Studio", Icon::AudioLines, Menu::View, &[ctrl(Key::Num1)])),
        entry(Command::ShowTrain, "Train", Icon::ChartSpline, Menu::View, &[ctrl(Key::Num2)]),
        entry(Command::ShowModels, "Models", Icon::Brain, Menu::View, &[ctrl(Key::Num3)]),
        entry(Command::ChooseSoundFont, "Choose a SoundFont…", Icon::Music, Menu::Transport, &[]),
        entry(Command::ShowLibrary, "Library", Icon::LibraryBig, Menu::View, &[ctrl(Key::Num4)]),
        entry(Command::ShowSettings, "Settings", Icon::Settings, Menu::View, &[ctrl(Key::Comma)]),
        entry(Command::Palette, "All commands…", Icon::Command, Menu::Help, &[ctrl(Key::P)]),
        entry(
            Command::KeySheet,
            "Keys…",
            Icon::Keyboard,
            Menu::Help,
            &[key(Key::F1), key(Key::Questionmark), shift(Key::Questionmark)],
        ),
    ]
}
