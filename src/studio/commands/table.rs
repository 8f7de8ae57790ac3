//! The table of commands itself, in the order of the menus.

use std::sync::LazyLock;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::{BarsCommand as Bars, Command, Entry, MarkCommand, Menu, RollCommand as Roll, Way, synonyms::also_called};
use crate::{
    music::{edit::MarkKind, quantise::GridStep},
    studio::{
        page::{ComposeView, Page},
        theme::Icon,
    },
};

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

const fn alt_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

fn entry(command: impl Into<Command>, title: &'static str, icon: Icon, menu: Menu, keys: &[KeyboardShortcut]) -> Entry {
    let command = command.into();
    let page = match menu {
        Menu::File | Menu::Help => None,
        Menu::Edit | Menu::Notes | Menu::Part | Menu::Transport | Menu::Generate | Menu::View => Some(Page::Compose),
    };
    Entry {
        command,
        title,
        also: also_called(command),
        icon,
        keys: keys.to_vec(),
        menu,
        begins_group: false,
        page,
        submenu: None,
    }
}

fn within(submenu: &'static str, entry: Entry) -> Entry {
    Entry { submenu: Some(submenu), ..entry }
}

fn everywhere(entry: Entry) -> Entry {
    Entry { page: None, ..entry }
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
    rows()
        .into_iter()
        .chain(step_lengths())
        .chain(ways())
        .chain(marks())
        .chain(views())
        .chain(focus())
        .chain(pages())
        .collect()
});

/// How long the steps of step entry can be, from long to short, and the keys that make them so while it is on.
pub(super) const STEP_LENGTHS: [(GridStep, &str, Option<Key>); 14] = [
    (GridStep::Whole, "Step length 1/1 (key 1)", Some(Key::Num1)),
    (GridStep::Half, "Step length 1/2 (key 2)", Some(Key::Num2)),
    (GridStep::DottedQuarter, "Step length 1/4 dotted", None),
    (GridStep::HalfTriplet, "Step length 1/2 triplet", None),
    (GridStep::Quarter, "Step length 1/4 (key 3)", Some(Key::Num3)),
    (GridStep::DottedEighth, "Step length 1/8 dotted", None),
    (GridStep::QuarterTriplet, "Step length 1/4 triplet", None),
    (GridStep::Eighth, "Step length 1/8 (key 4)", Some(Key::Num4)),
    (GridStep::DottedSixteenth, "Step length 1/16 dotted", None),
    (GridStep::EighthTriplet, "Step length 1/8 triplet", None),
    (GridStep::Sixteenth, "Step length 1/16 (key 5)", Some(Key::Num5)),
    (GridStep::SixteenthTriplet, "Step length 1/16 triplet", None),
    (GridStep::ThirtySecond, "Step length 1/32 (key 6)", Some(Key::Num6)),
    (GridStep::ThirtySecondTriplet, "Step length 1/32 triplet", None),
];

fn step_lengths() -> impl Iterator<Item = Entry> {
    STEP_LENGTHS.into_iter().map(|(length, title, _)| {
        within("Step length", entry(Command::StepLength(length), title, Icon::Footprints, Menu::Notes, &[]))
    })
}

/// The commands that move and extend the selection of bars.
fn ways() -> impl Iterator<Item = Entry> {
    let row = |command, title, icon, arrow| within("Bars", entry(command, title, icon, Menu::Edit, &[arrow]));
    [
        row(Bars::Select(Way::Earlier), "Select previous bar", Icon::ArrowLeft, key(Key::ArrowLeft)),
        row(Bars::Select(Way::Later), "Select next bar", Icon::ArrowRight, key(Key::ArrowRight)),
        row(Bars::Select(Way::Up), "Select in part above", Icon::ArrowUp, key(Key::ArrowUp)),
        row(Bars::Select(Way::Down), "Select in part below", Icon::ArrowDown, key(Key::ArrowDown)),
        row(Bars::Extend(Way::Earlier), "Extend selection a bar back", Icon::ArrowLeftToLine, shift(Key::ArrowLeft)),
        row(Bars::Extend(Way::Later), "Extend selection a bar on", Icon::ArrowRightToLine, shift(Key::ArrowRight)),
        row(Bars::Extend(Way::Up), "Extend selection a part up", Icon::ArrowUpToLine, shift(Key::ArrowUp)),
        row(Bars::Extend(Way::Down), "Extend selection a part down", Icon::ArrowDownToLine, shift(Key::ArrowDown)),
    ]
    .into_iter()
}

/// The submenu for sections and chords.
const CHORDS: &str = "Sections and chords";

/// The commands for sections, chords, keys, tempi and time signatures.
fn marks() -> impl Iterator<Item = Entry> {
    let of = |kind| MarkCommand::ALL.into_iter().map(move |command| mark(command, kind));
    let detect = entry(Command::DetectChords, "Detect chords from notes", Icon::ScanSearch, Menu::Edit, &[]);
    let detect = within(CHORDS, detect);
    MarkKind::ALL.into_iter().flat_map(move |kind| of(kind).chain((kind == MarkKind::Chord).then(|| detect.clone())))
}

fn mark(command: MarkCommand, kind: MarkKind) -> Entry {
    let (submenu, icon, letter) = match kind {
        MarkKind::Section => (CHORDS, Icon::Tag, Key::S),
        MarkKind::Chord => (CHORDS, Icon::Music, Key::C),
        MarkKind::Key => ("Key, tempo and time signature", Icon::KeyRound, Key::K),
        MarkKind::Tempo => ("Key, tempo and time signature", Icon::Gauge, Key::T),
        MarkKind::Metre => ("Key, tempo and time signature", Icon::Metronome, Key::M),
    };
    let (icon, keys) = match command {
        MarkCommand::Add => (icon, vec![alt_shift(letter)]),
        MarkCommand::Change => (Icon::Pencil, vec![]),
        MarkCommand::Delete => (Icon::Trash2, vec![]),
    };
    within(submenu, entry(Command::Mark(command, kind), command.title(kind), icon, Menu::Edit, &keys))
}

/// The commands that show the views of the Compose page.
fn views() -> impl Iterator<Item = Entry> {
    ComposeView::ALL.into_iter().map(|view| {
        let (title, icon, shortcut) = view.row();
        let row = within("Composition", entry(Command::View(view), title, icon, Menu::View, &[key(shortcut)]));
        if view == ComposeView::ALL[0] { group(row) } else { row }
    })
}

/// The commands that move the focus to another region or into a menu.
fn focus() -> impl Iterator<Item = Entry> {
    let to = |entry| everywhere(within("Move focus to", entry));
    let next = entry(Command::NextRegion, "Next panel", Icon::ArrowRight, Menu::View, &[ctrl(Key::Tab), ctrl(Key::F6)]);
    let back = [ctrl_shift(Key::Tab), ctrl_shift(Key::F6)];
    let previous = entry(Command::PreviousRegion, "Previous panel", Icon::ArrowLeft, Menu::View, &back);
    let menus = Menu::ALL.into_iter().map(move |menu| {
        let (title, letter) = menu.row();
        let first = if menu == Menu::ALL[0] { vec![alt(letter), key(Key::F10)] } else { vec![alt(letter)] };
        to(entry(Command::OpenMenu(menu), title, Icon::SquareMenu, Menu::View, &first))
    });
    [to(next), to(previous)].into_iter().chain(menus)
}

/// The commands that show the pages.
fn pages() -> impl Iterator<Item = Entry> {
    Page::ALL.into_iter().map(|page| {
        let (title, icon, key) = page.row();
        everywhere(within("Page", entry(Command::Show(page), title, icon, Menu::View, &[ctrl(key)])))
    })
}

fn rows() -> Vec<Entry> {
    vec![
        entry(Command::NewScore, "New composition", Icon::FilePlus, Menu::File, &[ctrl(Key::N)]),
        entry(Command::OpenProject, "Open project…", Icon::FolderOpen, Menu::File, &[ctrl_shift(Key::O)]),
        entry(Command::SaveProject, "Save project as…", Icon::Save, Menu::File, &[ctrl(Key::S), ctrl_shift(Key::S)]),
        everywhere(entry(Command::RenameComposition, "Rename composition", Icon::Pencil, Menu::File, &[])),
        entry(Command::ImportMidi, "Import MIDI file…", Icon::FolderOpen, Menu::File, &[ctrl(Key::O)]),
        entry(Command::ImportIntoPresent, "Import into this composition…", Icon::FileInput, Menu::File, &[]),
        group(entry(Command::ExportMidi, "Export as MIDI…", Icon::FileMusic, Menu::File, &[ctrl(Key::E)])),
        entry(Command::ExportSomeMidi, "Export parts or bars as MIDI…", Icon::ListMusic, Menu::File, &[]),
        entry(Command::ExportAudio, "Export as audio…", Icon::FileAudio, Menu::File, &[ctrl_shift(Key::E)]),
        entry(Command::ExportSheet, "Export as sheet music (MusicXML)…", Icon::Music, Menu::File, &[]),
        entry(Command::ExportPage, "Export as web page…", Icon::Globe, Menu::File, &[]),
        group(entry(Command::Publish, "Publish to SoundCloud…", Icon::Share2, Menu::File, &[])),
        group(entry(Command::Quit, "Quit", Icon::LogOut, Menu::File, &[ctrl(Key::Q)])),
        entry(Command::Undo, "Undo", Icon::Undo2, Menu::Edit, &[ctrl(Key::Z)]),
        entry(Command::Redo, "Redo", Icon::Redo2, Menu::Edit, &[ctrl_shift(Key::Z), ctrl(Key::Y)]),
        group(entry(Roll::Cut, "Cut", Icon::Scissors, Menu::Edit, &[ctrl(Key::X)])),
        entry(Roll::Copy, "Copy", Icon::Copy, Menu::Edit, &[ctrl(Key::C)]),
        entry(Roll::Paste, "Paste at playhead", Icon::ClipboardPaste, Menu::Edit, &[ctrl(Key::V)]),
        entry(Roll::Duplicate, "Duplicate", Icon::CopyPlus, Menu::Edit, &[ctrl(Key::D)]),
        entry(Roll::Delete, "Delete", Icon::Trash2, Menu::Edit, &[key(Key::Delete), key(Key::Backspace)]),
        group(within(
            "Selection",
            entry(Roll::SelectAll, "Select all notes", Icon::BoxSelect, Menu::Edit, &[ctrl(Key::A)]),
        )),
        everywhere(within(
            "Selection",
            entry(Roll::SelectNone, "Deselect all", Icon::X, Menu::Edit, &[key(Key::Escape)]),
        )),
        within("Selection", entry(Roll::SelectSamePitch, "Select same pitch", Icon::Rows3, Menu::Edit, &[])),
        within(
            "Selection",
            entry(Roll::SelectNext, "Select next note", Icon::ChevronRight, Menu::Edit, &[ctrl(Key::ArrowRight)]),
        ),
        within(
            "Selection",
            entry(Roll::SelectPrevious, "Select previous note", Icon::ChevronLeft, Menu::Edit, &[ctrl(Key::ArrowLeft)]),
        ),
        within(
            "Selection",
            entry(
                Roll::ExtendNext,
                "Add next note to selection",
                Icon::ChevronRight,
                Menu::Edit,
                &[ctrl_shift(Key::ArrowRight)],
            ),
        ),
        within(
            "Selection",
            entry(
                Roll::ExtendPrevious,
                "Add previous note to selection",
                Icon::ChevronLeft,
                Menu::Edit,
                &[ctrl_shift(Key::ArrowLeft)],
            ),
        ),
        within("Bars", entry(Bars::SelectBar, "Select bar at playhead", Icon::BoxSelect, Menu::Edit, &[alt(Key::A)])),
        within(
            "Bars",
            entry(Bars::AllParts, "Select bars in all parts", Icon::Rows3, Menu::Edit, &[ctrl_shift(Key::A)]),
        ),
        within(
            "Bars",
            entry(Bars::InsertTime, "Insert time", Icon::BetweenVerticalStart, Menu::Edit, &[ctrl_shift(Key::I)]),
        ),
        within(
            "Bars",
            entry(Bars::DeleteTime, "Delete time", Icon::FoldHorizontal, Menu::Edit, &[ctrl_shift(Key::Delete)]),
        ),
        within("Bars", entry(Bars::DuplicateTime, "Duplicate time", Icon::CopyPlus, Menu::Edit, &[ctrl_shift(Key::D)])),
        entry(Roll::AddNote, "Add note at playhead", Icon::Plus, Menu::Notes, &[key(Key::Insert)]),
        within("Move", entry(Roll::MoveLeft, "Move left", Icon::ArrowLeft, Menu::Notes, &[key(Key::ArrowLeft)])),
        within("Move", entry(Roll::MoveRight, "Move right", Icon::ArrowRight, Menu::Notes, &[key(Key::ArrowRight)])),
        within("Move", entry(Roll::MoveUp, "Move up a semitone", Icon::ArrowUp, Menu::Notes, &[key(Key::ArrowUp)])),
        within(
            "Move",
            entry(Roll::MoveDown, "Move down a semitone", Icon::ArrowDown, Menu::Notes, &[key(Key::ArrowDown)]),
        ),
        within(
            "Move",
            entry(Roll::OctaveUp, "Move up an octave", Icon::ArrowUpToLine, Menu::Notes, &[shift(Key::ArrowUp)]),
        ),
        within(
            "Move",
            entry(
                Roll::OctaveDown,
                "Move down an octave",
                Icon::ArrowDownToLine,
                Menu::Notes,
                &[shift(Key::ArrowDown)],
            ),
        ),
        within("Move", entry(Roll::ScaleStepUp, "Move up in scale", Icon::ArrowUp, Menu::Notes, &[alt(Key::ArrowUp)])),
        within(
            "Move",
            entry(Roll::ScaleStepDown, "Move down in scale", Icon::ArrowDown, Menu::Notes, &[alt(Key::ArrowDown)]),
        ),
        within(
            "Move",
            entry(
                Roll::ToPreviousPart,
                "Move to previous part",
                Icon::ListEnd,
                Menu::Notes,
                &[alt_shift(Key::ArrowUp)],
            ),
        ),
        within(
            "Move",
            entry(Roll::ToNextPart, "Move to next part", Icon::ListStart, Menu::Notes, &[alt_shift(Key::ArrowDown)]),
        ),
        within(
            "Start and length",
            entry(Roll::Longer, "Make longer", Icon::ArrowRightToLine, Menu::Notes, &[shift(Key::ArrowRight)]),
        ),
        within(
            "Start and length",
            entry(Roll::Shorter, "Make shorter", Icon::ArrowLeftToLine, Menu::Notes, &[shift(Key::ArrowLeft)]),
        ),
        within(
            "Start and length",
            entry(
                Roll::StartEarlier,
                "Start earlier",
                Icon::ArrowLeftToLine,
                Menu::Notes,
                &[alt_shift(Key::ArrowLeft)],
            ),
        ),
        within(
            "Start and length",
            entry(Roll::StartLater, "Start later", Icon::ArrowRightToLine, Menu::Notes, &[alt_shift(Key::ArrowRight)]),
        ),
        entry(Roll::Louder, "Louder", Icon::Volume2, Menu::Notes, &[ctrl(Key::ArrowUp)]),
        entry(Roll::Softer, "Softer", Icon::Volume1, Menu::Notes, &[ctrl(Key::ArrowDown)]),
        group(entry(Roll::Split, "Split at playhead", Icon::Split, Menu::Notes, &[ctrl(Key::T)])),
        entry(Roll::SplitAtPointer, "Split at pointer", Icon::Slice, Menu::Notes, &[ctrl_shift(Key::T)]),
        entry(Roll::Join, "Join notes", Icon::Merge, Menu::Notes, &[ctrl(Key::J)]),
        entry(Roll::Legato, "Legato", Icon::Link2, Menu::Notes, &[shift(Key::L)]),
        entry(Roll::Reverse, "Reverse", Icon::FlipHorizontal2, Menu::Notes, &[]),
        entry(Roll::SnapToScale, "Move notes into scale", Icon::ListMusic, Menu::Notes, &[]),
        within(
            "Zoom and scroll",
            entry(Roll::ZoomToFit, "Zoom to selection", Icon::Maximize2, Menu::View, &[key(Key::Z)]),
        ),
        within("Zoom and scroll", entry(Roll::FitPart, "Fit part", Icon::Maximize, Menu::View, &[alt(Key::Z)])),
        within("Zoom and scroll", entry(Roll::FitAll, "Fit all parts", Icon::Expand, Menu::View, &[shift(Key::Z)])),
        within(
            "Zoom and scroll",
            entry(Roll::ZoomIn, "Zoom in", Icon::ZoomIn, Menu::View, &[key(Key::Plus), key(Key::Equals)]),
        ),
        within("Zoom and scroll", entry(Roll::ZoomOut, "Zoom out", Icon::ZoomOut, Menu::View, &[key(Key::Minus)])),
        within(
            "Zoom and scroll",
            entry(
                Roll::HigherRows,
                "Zoom in vertically",
                Icon::ZoomIn,
                Menu::View,
                &[alt(Key::Plus), alt(Key::Equals)],
            ),
        ),
        within(
            "Zoom and scroll",
            entry(Roll::LowerRows, "Zoom out vertically", Icon::ZoomOut, Menu::View, &[alt(Key::Minus)]),
        ),
        within(
            "Zoom and scroll",
            entry(Roll::ScrollUp, "Scroll up an octave", Icon::ArrowUp, Menu::View, &[key(Key::PageUp)]),
        ),
        within(
            "Zoom and scroll",
            entry(Roll::ScrollDown, "Scroll down an octave", Icon::ArrowDown, Menu::View, &[key(Key::PageDown)]),
        ),
        within(
            "Zoom and scroll",
            entry(Roll::ScrollLeft, "Scroll left", Icon::ArrowLeft, Menu::View, &[ctrl(Key::PageUp)]),
        ),
        within(
            "Zoom and scroll",
            entry(Roll::ScrollRight, "Scroll right", Icon::ArrowRight, Menu::View, &[ctrl(Key::PageDown)]),
        ),
        within(
            "Lanes",
            entry(Roll::ToggleVelocityLane, "Velocity lane", Icon::ChartColumn, Menu::View, &[key(Key::V)]),
        ),
        within("Lanes", entry(Roll::NextLane, "Next lane", Icon::ChevronDown, Menu::View, &[shift(Key::V)])),
        within("Lanes", entry(Roll::PreviousLane, "Previous lane", Icon::ChevronUp, Menu::View, &[ctrl_shift(Key::V)])),
        group(within(
            "Controller lane",
            entry(Roll::LaneUp, "Raise lane value at playhead", Icon::ArrowUp, Menu::Edit, &[ctrl_shift(Key::ArrowUp)]),
        )),
        within(
            "Controller lane",
            entry(
                Roll::LaneDown,
                "Lower lane value at playhead",
                Icon::ArrowDown,
                Menu::Edit,
                &[ctrl_shift(Key::ArrowDown)],
            ),
        ),
        within(
            "Controller lane",
            entry(Roll::ClearLane, "Clear lane", Icon::Eraser, Menu::Edit, &[shift(Key::Delete)]),
        ),
        group(entry(
            Command::Quantise,
            "Quantise with last settings",
            Icon::AlignHorizontalDistributeCenter,
            Menu::Notes,
            &[key(Key::Q)],
        )),
        entry(Command::QuantiseWith, "Quantise…", Icon::AlignHorizontalDistributeCenter, Menu::Notes, &[shift(Key::Q)]),
        entry(Command::Humanise, "Humanise…", Icon::Waves, Menu::Notes, &[shift(Key::H)]),
        entry(Command::Transpose, "Transpose…", Icon::MoveVertical, Menu::Notes, &[key(Key::T)]),
        entry(Command::Stretch, "Stretch to length…", Icon::MoveHorizontal, Menu::Notes, &[shift(Key::T)]),
        group(entry(Command::ToolSelect, "Select tool", Icon::MousePointer2, Menu::Edit, &[key(Key::Num1)])),
        entry(Command::ToolDraw, "Pencil", Icon::Pencil, Menu::Edit, &[key(Key::Num2)]),
        entry(Command::ToolErase, "Eraser", Icon::Eraser, Menu::Edit, &[key(Key::Num3)]),
        entry(Command::AddPart, "Add part", Icon::Plus, Menu::Part, &[]),
        entry(Command::RenamePart, "Rename part", Icon::Pencil, Menu::Part, &[key(Key::F2)]),
        entry(Command::DuplicatePart, "Duplicate part", Icon::Copy, Menu::Part, &[]),
        entry(Command::MovePartUp, "Move part up", Icon::ArrowUp, Menu::Part, &[alt_shift(Key::PageUp)]),
        entry(Command::MovePartDown, "Move part down", Icon::ArrowDown, Menu::Part, &[alt_shift(Key::PageDown)]),
        entry(Command::RemovePart, "Remove part", Icon::Trash2, Menu::Part, &[]),
        group(entry(Command::NextPart, "Next part", Icon::ChevronDown, Menu::Part, &[alt(Key::PageDown)])),
        entry(Command::PreviousPart, "Previous part", Icon::ChevronUp, Menu::Part, &[alt(Key::PageUp)]),
        group(entry(Command::MutePart, "Mute part", Icon::VolumeX, Menu::Part, &[key(Key::M)])),
        entry(Command::SoloPart, "Solo part", Icon::Headphones, Menu::Part, &[key(Key::S)]),
        entry(Command::LockPart, "Lock part when generating", Icon::Lock, Menu::Part, &[key(Key::K)]),
        entry(Command::PlayPause, "Play / pause", Icon::Play, Menu::Transport, &[key(Key::Space)]),
        entry(Command::Stop, "Stop", Icon::Square, Menu::Transport, &[shift(Key::Space)]),
        within(
            "Playhead",
            entry(Command::ToStart, "Go to start", Icon::SkipBack, Menu::Transport, &[key(Key::Home), key(Key::Enter)]),
        ),
        within("Playhead", entry(Command::ToEnd, "Go to end", Icon::SkipForward, Menu::Transport, &[key(Key::End)])),
        within(
            "Playhead",
            entry(Command::BarBack, "Previous bar", Icon::ChevronLeft, Menu::Transport, &[key(Key::Comma)]),
        ),
        within(
            "Playhead",
            entry(Command::BarForward, "Next bar", Icon::ChevronRight, Menu::Transport, &[key(Key::Period)]),
        ),
        within(
            "Playhead",
            entry(Command::StepBack, "Previous grid step", Icon::ArrowLeft, Menu::Transport, &[alt(Key::ArrowLeft)]),
        ),
        within(
            "Playhead",
            entry(Command::StepForward, "Next grid step", Icon::ArrowRight, Menu::Transport, &[alt(Key::ArrowRight)]),
        ),
        entry(Command::Record, "Record", Icon::Circle, Menu::Transport, &[key(Key::R)]),
        within(
            "Recording",
            entry(
                Command::KeepRecent,
                "Capture what you just played",
                Icon::History,
                Menu::Transport,
                &[shift(Key::R)],
            ),
        ),
        within(
            "Recording",
            entry(Command::RecordReplaces, "Replace when recording", Icon::Replace, Menu::Transport, &[]),
        ),
        within("Recording", entry(Command::RecordWaits, "Start on first note", Icon::Hourglass, Menu::Transport, &[])),
        within(
            "Recording",
            entry(Command::NextRecordedTake, "Next recorded take", Icon::ListMusic, Menu::Transport, &[shift(Key::N)]),
        ),
        within(
            "Recording",
            entry(
                Command::TrimBefore,
                "Trim take before playhead",
                Icon::ArrowRightToLine,
                Menu::Transport,
                &[shift(Key::OpenBracket)],
            ),
        ),
        within(
            "Recording",
            entry(
                Command::TrimAfter,
                "Trim take after playhead",
                Icon::ArrowLeftToLine,
                Menu::Transport,
                &[shift(Key::CloseBracket)],
            ),
        ),
        group(entry(Command::ToggleLoop, "Loop on / off", Icon::Repeat, Menu::Transport, &[ctrl(Key::L)])),
        entry(Command::LoopSection, "Loop this section", Icon::Repeat, Menu::Transport, &[alt(Key::L)]),
        entry(Roll::LoopSelection, "Loop selection", Icon::Repeat1, Menu::Transport, &[key(Key::L)]),
        entry(Command::ToggleMetronome, "Metronome on / off", Icon::Metronome, Menu::Transport, &[key(Key::C)]),
        entry(Command::TapTempo, "Tap tempo", Icon::Hand, Menu::Transport, &[key(Key::B)]),
        group(everywhere(entry(
            Command::Panic,
            "Panic: silence everything",
            Icon::OctagonX,
            Menu::Transport,
            &[key(Key::F3)],
        ))),
        entry(Command::Generate, "Generate composition", Icon::Sparkles, Menu::Generate, &[key(Key::G)]),
        entry(Command::VaryBars, "Regenerate loop / current bar", Icon::Shuffle, Menu::Generate, &[shift(Key::G)]),
        everywhere(entry(Command::CancelGenerate, "Cancel generating", Icon::X, Menu::Generate, &[])),
        group(entry(Command::NextTake, "Next take", Icon::ChevronDown, Menu::Generate, &[key(Key::CloseBracket)])),
        entry(Command::PreviousTake, "Previous take", Icon::ChevronUp, Menu::Generate, &[key(Key::OpenBracket)]),
        entry(Command::KeepTake, "Keep this take", Icon::Check, Menu::Generate, &[ctrl(Key::Enter)]),
        entry(Command::DropTakes, "Discard takes", Icon::Trash2, Menu::Generate, &[]),
        entry(Command::UseTakeOutline, "Use the take's chords and sections", Icon::Tag, Menu::Generate, &[]),
        everywhere(entry(Command::MakeAgain, "Recreate the kept take", Icon::Sparkles, Menu::Generate, &[])),
        within(
            "Step entry",
            entry(Command::StepEntry, "Step entry on / off", Icon::Footprints, Menu::Notes, &[ctrl_shift(Key::K)]),
        ),
        within("Step entry", entry(Command::StepEntryRest, "Step entry: rest", Icon::ArrowRight, Menu::Notes, &[])),
        within(
            "Step entry",
            entry(Command::StepEntryTakeBack, "Step entry: take back", Icon::ArrowLeft, Menu::Notes, &[]),
        ),
        within(
            "Computer keyboard",
            entry(
                Command::ComputerKeys,
                "Play with the computer keyboard",
                Icon::Keyboard,
                Menu::View,
                &[ctrl(Key::K)],
            ),
        ),
        within(
            "Computer keyboard",
            entry(Command::KeysOctaveDown, "Computer keyboard an octave down", Icon::ChevronLeft, Menu::View, &[]),
        ),
        within(
            "Computer keyboard",
            entry(Command::KeysOctaveUp, "Computer keyboard an octave up", Icon::ChevronRight, Menu::View, &[]),
        ),
        group(entry(Command::Follow, "Follow playhead", Icon::ScanLine, Menu::View, &[key(Key::F)])),
        entry(Command::ToggleTempoTrack, "Tempo track", Icon::Gauge, Menu::View, &[alt_shift(Key::G)]),
        within(
            "Composition",
            entry(Command::TallerArrangement, "Taller arrangement", Icon::ChevronsDown, Menu::View, &[]),
        ),
        within(
            "Composition",
            entry(Command::LowerArrangement, "Shorter arrangement", Icon::ChevronsUp, Menu::View, &[]),
        ),
        entry(Command::ToggleGhosts, "Show other parts", Icon::Layers, Menu::View, &[]),
        entry(Command::ToggleLyrics, "Show lyrics", Icon::Mic, Menu::View, &[]),
        within(
            "Grid and scale",
            entry(Command::GridFiner, "Finer grid", Icon::ChevronDown, Menu::View, &[ctrl(Key::CloseBracket)]),
        ),
        within(
            "Grid and scale",
            entry(Command::GridCoarser, "Coarser grid", Icon::ChevronUp, Menu::View, &[ctrl(Key::OpenBracket)]),
        ),
        within("Grid and scale", entry(Command::ToggleSnap, "Snap to grid", Icon::Magnet, Menu::View, &[key(Key::J)])),
        within(
            "Grid and scale",
            entry(Command::ToggleTriplets, "Triplet grid", Icon::Music3, Menu::View, &[shift(Key::J)]),
        ),
        within("Grid and scale", entry(Command::ToggleScaleRows, "Highlight scale", Icon::Rows3, Menu::View, &[])),
        within(
            "Grid and scale",
            entry(Command::ToggleScaleSnap, "Snap to scale", Icon::ListMusic, Menu::View, &[shift(Key::K)]),
        ),
        group(everywhere(entry(
            Command::ToggleTheme,
            "Switch dark / light theme",
            Icon::SunMoon,
            Menu::View,
            &[ctrl_shift(Key::L)],
        ))),
        everywhere(within(
            "Interface size",
            entry(
                Command::ScaleUp,
                "Larger interface",
                Icon::ZoomIn,
                Menu::View,
                &[ctrl(Key::Plus), ctrl(Key::Equals)],
            ),
        )),
        everywhere(within(
            "Interface size",
            entry(Command::ScaleDown, "Smaller interface", Icon::ZoomOut, Menu::View, &[ctrl(Key::Minus)]),
        )),
        everywhere(within(
            "Interface size",
            entry(Command::ScaleReset, "Normal interface size", Icon::Scan, Menu::View, &[ctrl(Key::Num0)]),
        )),
        group(entry(
            Command::ToggleLeftPanel,
            "Melodies and parts panel",
            Icon::PanelLeft,
            Menu::View,
            &[alt(Key::Num1)],
        )),
        entry(Command::ToggleRightPanel, "Generate panel", Icon::PanelRight, Menu::View, &[alt(Key::Num2)]),
        everywhere(entry(Command::ChooseSoundFont, "Choose a SoundFont…", Icon::Music, Menu::Transport, &[])),
        entry(Command::Palette, "All commands…", Icon::Command, Menu::Help, &[ctrl(Key::P)]),
        entry(
            Command::KeySheet,
            "Keyboard shortcuts…",
            Icon::Keyboard,
            Menu::Help,
            &[key(Key::F1), key(Key::Questionmark), shift(Key::Questionmark)],
        ),
        entry(Command::Welcome, "First steps", Icon::Footprints, Menu::Help, &[]),
        group(entry(Command::About, "About Cantus", Icon::Info, Menu::Help, &[])),
    ]
}
