//! The one place where actions are carried out.

pub mod compose;
mod dialogs;
pub mod engine;
mod exports;
pub mod files;
pub mod generate;
mod imports;
pub mod keyboards;
pub mod library;
pub mod listening;
pub mod midi_learn;
pub mod models;
mod models_page;
pub mod note_tools;
mod playhead;
mod projects;
mod publishing;
pub mod recording;
mod report;
mod roll;
pub mod saving;
pub mod session;
pub mod sound;
mod soundfonts;
mod step_entry;
pub mod train;
pub mod transport;
mod undo;
mod welcome;

use std::{sync::Arc, time::Instant};

use eframe::egui::ViewportCommand;

use super::{Command, CommandStates, availability};
use crate::{
    music::{Score, edit::MarkKind},
    studio::{
        actions::{Action, FileAction, LibraryAction, NoteToolAction, RecordingAction, RollAction, SoundFontAction},
        dialogs::{Dialog, export::state::ExportKind, note_tools::state::NoteTool},
        page::Page,
        pages::compose::{
            Side,
            roll::{Tool, span},
        },
        regions,
        services::{
            files::Purpose,
            preferences::{RollChoices, ThemeChoice},
        },
        state::Studio,
        toasts::Tone,
    },
};

impl Studio {
    /// Why a command cannot be given now; `None` where it can.
    pub fn why_not(&self, command: Command) -> Option<String> {
        availability::why_not(self, command)
    }

    /// The state of every command as it is now.
    pub(in crate::studio) fn command_states(&self) -> CommandStates {
        let history = &self.document.history;
        CommandStates::new(
            |command| {
                let is_playing = self.services.is_playing() || self.document.recording.is_some();
                let elsewhere = command.entry().why_not_on(self.page, is_playing);
                elsewhere.or_else(|| availability::why_not(self, command))
            },
            |command| availability::is_on(self, command),
            history.undo_label(),
            history.redo_label(),
        )
    }

    /// Carries out what was asked for, and what that asks for in turn.
    pub fn execute_actions(&mut self) {
        loop {
            let actions = self.services.actions.take();
            if actions.is_empty() {
                return;
            }
            for action in actions {
                self.execute(action);
            }
            self.services.ctx.request_repaint();
        }
    }

    /// Carries out one action.
    pub(in crate::studio) fn execute(&mut self, action: Action) {
        match action {
            Action::Command(command) => self.give(command),
            Action::ChangePreferences(change) => self.services.change_preferences(change),
            Action::Edit { label, change } => self.document.edit(label, change),
            Action::Preview(change) => self.document.preview(change),
            Action::CommitPreview(label) => {
                self.document.commit_preview(label);
            }
            Action::Say(tone, text) => self.services.say(tone, text),
            Action::CloseMessage(id) => self.services.toasts.close(id),
            Action::Generate(action) => {
                generate::execute(action, &mut self.document, &mut self.services, &mut self.pages.compose.generate);
            }
            Action::Engine(action) => engine::execute(action, self),
            Action::MidiLearn(action) => midi_learn::execute(action, &mut self.services),
            Action::File(action) => files::execute(action, self),
            Action::Recording(action) => recording::execute(action, &mut self.document),
            Action::Session(action) => session::execute(action, self),
            Action::Library(action) => library::execute(action, self),
            Action::Compose(action) => compose::execute(action, self),
            Action::Welcome(action) => welcome::execute(action, self),
            Action::Roll(action) => {
                let Self { document, services, dialogs, pages, .. } = self;
                if matches!(action, RollAction::BarsSelected) {
                    note_tools::cancel(document, &mut dialogs.note_tool, &mut pages.compose.editor);
                }
                roll::execute(action, document, services, &mut pages.compose.editor);
            }
            Action::Train(action) => train::execute(action, &mut self.services, &mut self.pages.train),
            Action::Models(action) => {
                let Self { document, services, pages, page, .. } = self;
                models_page::execute(action, document, services, &mut pages.models, *page);
            }
            Action::SoundFont(action) => soundfonts::execute(action, &mut self.services, &mut self.dialogs),
            Action::Sound(action) => sound::execute(action, &mut self.services),
            Action::Listen(action) => listening::execute(action, &self.document, &mut self.services, self.page),
            Action::Export(action) => exports::execute(action, &mut self.services),
            Action::Publish(action) => publishing::execute(action, self),
            Action::Import(action) => imports::execute(action, self),
            Action::NoteTool(action) => {
                let Self { document, services, dialogs, pages, .. } = self;
                note_tools::execute(action, document, services, &mut dialogs.note_tool, &mut pages.compose.editor);
            }
        }
    }

    /// Gives a command, or says why not where people would wonder.
    fn give(&mut self, command: Command) {
        midi_learn::end_turn(&mut self.document, &mut self.services);
        let Self { document, services, dialogs, pages, page, .. } = self;
        if note_tools::meets(command, document, &mut dialogs.note_tool, &mut pages.compose.editor)
            || dialogs::meets(command, document, services, dialogs, *page)
        {
            return;
        }
        match self.why_not(command) {
            None => self.command(command),
            Some(reason) => match command {
                Command::Undo
                | Command::Redo
                | Command::Generate
                | Command::Record
                | Command::Quantise
                | Command::QuantiseWith
                | Command::Humanise
                | Command::Transpose
                | Command::Stretch
                | Command::UseTakeOutline => self.services.say(Tone::Plain, reason),
                // that there is nothing further that way is seen
                Command::Bars(command) if !command.is_by_arrow() => self.services.say(Tone::Plain, reason),
                _ => {}
            },
        }
    }

    fn command(&mut self, command: Command) {
        #[allow(clippy::enum_glob_use, reason = "every command is named here")]
        use Command::*;

        let Self { document, services, dialogs, pages, .. } = self;
        match command {
            NewScore => self.new_score(),
            RenameComposition => self.top_line.rename(),
            ImportMidi => self.execute(FileAction::Ask(Purpose::Import).into()),
            ImportIntoPresent => self.execute(FileAction::Ask(Purpose::ImportIntoPresent).into()),
            ExportMidi => self.execute(FileAction::Ask(Purpose::ExportMidi).into()),
            ExportSomeMidi => exports::open_midi(&mut dialogs.export, document, &pages.compose.editor, services),
            ExportAudio => exports::open(ExportKind::Audio, &mut dialogs.export, services),
            ExportSheet => self.execute(FileAction::Ask(Purpose::ExportSheet).into()),
            ExportPage => exports::open(ExportKind::Page, &mut dialogs.export, services),
            Publish => publishing::open(services, &mut dialogs.publish),
            About => dialogs.open = Some(Dialog::About(report::make(services))),
            OpenProject => self.execute(FileAction::Ask(Purpose::OpenProject).into()),
            SaveProject => self.execute(FileAction::Ask(Purpose::SaveProject).into()),
            Quit => services.ctx.send_viewport_cmd(ViewportCommand::Close),
            Undo => {
                recording::stop(document, services);
                if document.takes.audition.is_some() {
                    document.drop_audition(); // nothing was changed yet, so that is all there is to take back
                } else {
                    undo::undo(document, services);
                }
                document.clamp_part();
                pages.compose.editor.roll.forget_what_is_gone(document.chosen_part());
                pages.compose.editor.arrangement.undone();
            }
            Redo => {
                recording::stop(document, services);
                document.drop_audition();
                undo::redo(document, services);
                document.clamp_part();
                pages.compose.editor.roll.forget_what_is_gone(document.chosen_part());
                pages.compose.editor.arrangement.deselect();
            }
            AddPart => document.add_part(),
            RenamePart => compose::rename_part(document, services, &mut pages.compose),
            DuplicatePart => document.duplicate_part(document.part),
            MovePartUp => document.move_part(document.part, true),
            MovePartDown => document.move_part(document.part, false),
            RemovePart => document.remove_part(document.part),
            DetectChords => roll::detect_chords(document, services),
            NextPart => document.part = (document.part + 1) % document.score().parts.len().max(1),
            PreviousPart => {
                let count = document.score().parts.len().max(1);
                document.part = (document.part + count - 1) % count;
            }
            MutePart => document.edit_part(document.part, "Mute", |part| part.muted = !part.muted),
            SoloPart => document.edit_part(document.part, "Solo", |part| part.soloed = !part.soloed),
            LockPart => document.edit_part(document.part, "Lock when generating", |part| part.locked = !part.locked),
            PlayPause => transport::play_or_pause(self),
            Stop => transport::stop(self),
            ToStart => pages.compose.editor.reveal_tick(playhead::to_start(document, services), false),
            ToEnd => pages.compose.editor.reveal_tick(playhead::to_end(document, services), true),
            BarBack => playhead::by_bar(false, document, services),
            BarForward => playhead::by_bar(true, document, services),
            StepBack => playhead::by_step(false, document, services),
            StepForward => playhead::by_step(true, document, services),
            Record => {
                if document.recording.is_some() {
                    recording::stop(document, services);
                    services.sound.with_player(crate::sound::Player::pause);
                } else {
                    note_tools::cancel(document, &mut dialogs.note_tool, &mut pages.compose.editor);
                    recording::start(document, services);
                }
            }
            KeepRecent => recording::capture(document, services),
            RecordReplaces => {
                services.change_preferences(|preferences| preferences.record_replaces = !preferences.record_replaces);
            }
            RecordWaits => {
                services.change_preferences(|preferences| preferences.record_waits = !preferences.record_waits);
            }
            NextRecordedTake => recording::execute(RecordingAction::ChooseNext, document),
            TrimBefore => recording::execute(RecordingAction::TrimBefore(services.playhead()), document),
            TrimAfter => recording::execute(RecordingAction::TrimAfter(services.playhead()), document),
            ToggleLoop => {
                if document.transport.loop_range.is_none() {
                    document.transport.loop_range = Some(0..transport::whole_bars(document));
                }
                document.transport.looping = !document.transport.looping;
            }
            LoopSection => {
                let playhead = services.playhead();
                if let Some(start) = MarkKind::Section.start_at(document.score(), playhead) {
                    let end = transport::whole_bars(document);
                    document.transport.loop_range = Some(span(MarkKind::Section, document.score(), start, end));
                    document.transport.looping = true;
                }
            }
            TallerArrangement => pages.compose.editor.resize_arrangement(1.0),
            LowerArrangement => pages.compose.editor.resize_arrangement(-1.0),
            ToggleMetronome => {
                services.change_preferences(|preferences| preferences.metronome = !preferences.metronome);
            }
            TapTempo => {
                if let Some(qpm) = document.transport.tap(Instant::now()) {
                    document.set_tempo(services.playhead(), qpm);
                }
            }
            Panic => {
                services.sound.with_player(crate::sound::Player::panic);
                pages.compose.editor.release_keys(&services.actions);
            }
            Generate => {
                compose::open_panel(Side::Right, services, &mut pages.compose); // the takes come there
                generate::start(document, services, &mut pages.compose.generate, None);
            }
            VaryBars => {
                compose::open_panel(Side::Right, services, &mut pages.compose);
                let bars = document.bars_to_regenerate(services.playhead());
                generate::start(document, services, &mut pages.compose.generate, Some(bars));
            }
            CancelGenerate => services.engine.cancel(),
            NextTake => generate::step_take(document, true),
            PreviousTake => generate::step_take(document, false),
            KeepTake => {
                document.keep_audition();
                let others = document.takes.all().len() > 1;
                services.tell_of_composition(if others {
                    "Take kept. The other takes stay in the list"
                } else {
                    "Take kept"
                });
            }
            DropTakes => {
                document.drop_audition();
                document.takes.discard();
            }
            UseTakeOutline => document.use_take_outline(),
            MakeAgain => {
                let id = services.session.id_of(document.history.committed().id);
                self.execute(LibraryAction::MakeAgain(id).into());
            }
            ToggleTheme => {
                let dark = services.ctx.global_style().visuals.dark_mode;
                services.change_preferences(|preferences| {
                    preferences.theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                });
            }
            ScaleUp => {
                services.change_preferences(|preferences| preferences.scale = (preferences.scale + 0.1).min(2.0));
            }
            ScaleDown => {
                services.change_preferences(|preferences| preferences.scale = (preferences.scale - 0.1).max(0.75));
            }
            ScaleReset => services.change_preferences(|preferences| preferences.scale = 1.0),
            ToggleLeftPanel => compose::toggle_panel(Side::Left, services, &mut pages.compose),
            ToggleRightPanel => compose::toggle_panel(Side::Right, services, &mut pages.compose),
            View(view) => {
                self.page = Page::Compose;
                compose::show_view(view, document, services, &mut pages.compose.editor);
            }
            Show(page) => {
                if page != Page::Compose {
                    services.toasts.withdraw_of_composition();
                }
                self.page = page;
                if page == Page::Models {
                    services.models.sort_anew();
                    pages.models.deleted = None;
                    models::find(services);
                } else if page == Page::Library {
                    pages.library.filter.deleted = false; // the way to it leads out of its bin
                    pages.library.bin_from = None;
                    library::show(&mut pages.library, services);
                }
            }
            OpenMenu(menu) => self.top_line.open(menu),
            NextRegion => regions::step(&services.ctx, true),
            PreviousRegion => regions::step(&services.ctx, false),
            ChooseSoundFont => self.execute(SoundFontAction::Choose.into()),
            Palette => dialogs.open = Some(Dialog::palette()),
            Welcome => {
                self.page = Page::Compose;
                pages.compose.welcome.open();
            }
            KeySheet => dialogs.open = Some(Dialog::KeySheet { search: String::new() }),
            Bars(command) => roll::give_bars(command, document, services, &mut pages.compose.editor),
            Mark(command, kind) => roll::give_mark(command, kind, document, services, &mut pages.compose.editor),
            Roll(command) => roll::give(command, document, services, &mut pages.compose.editor),
            ToolSelect => pages.compose.editor.tool = Tool::Select,
            ToolDraw => pages.compose.editor.tool = Tool::Pencil,
            ToolErase => pages.compose.editor.tool = Tool::Erase,
            ComputerKeys => {
                let editor = &mut pages.compose.editor;
                editor.computer_keys.enabled = !editor.computer_keys.enabled;
                if !editor.computer_keys.enabled {
                    editor.release_keys(&services.actions);
                }
            }
            KeysOctaveDown => pages.compose.editor.computer_keys.shift_octave(-1),
            KeysOctaveUp => pages.compose.editor.computer_keys.shift_octave(1),
            Quantise => {
                self.open_note_tool(NoteTool::quantise(&self.services.preferences));
                self.execute(NoteToolAction::Apply.into());
            }
            QuantiseWith => self.open_note_tool(NoteTool::quantise(&self.services.preferences)),
            Humanise => self.open_note_tool(NoteTool::humanise(&self.services.preferences)),
            Transpose => self.open_note_tool(NoteTool::transpose()),
            Stretch => note_tools::open_stretch(document, &mut dialogs.note_tool, &mut pages.compose.editor),
            GridFiner => self.change_roll(|roll| roll.step_grid(true)),
            GridCoarser => self.change_roll(|roll| roll.step_grid(false)),
            ToggleTriplets => self.change_roll(RollChoices::toggle_triplets),
            StepEntry => step_entry::toggle(document, services, &mut pages.compose.editor),
            StepEntryRest => step_entry::rest(document, services),
            StepEntryTakeBack => step_entry::take_back(document, services),
            StepLength(length) => step_entry::set_length(document, length),
            ToggleSnap => self.change_roll(|roll| roll.snaps = !roll.snaps),
            Follow => self.change_roll(|roll| roll.follow = !roll.follow),
            ToggleTempoTrack => {
                let score = Arc::clone(self.document.score());
                self.change_roll(|roll| roll.toggle_tempo(&score));
            }
            ToggleGhosts => self.change_roll(|roll| roll.ghosts = !roll.ghosts),
            ToggleLyrics => self.change_roll(|roll| roll.lyrics = !roll.lyrics),
            ToggleScaleRows => self.change_roll(|roll| roll.scale_rows = !roll.scale_rows),
            ToggleScaleSnap => self.change_roll(|roll| roll.scale_snap = !roll.scale_snap),
        }
    }

    /// Changes how the roll is looked at, and keeps it.
    fn change_roll(&mut self, change: impl FnOnce(&mut RollChoices)) {
        self.services.change_preferences(|preferences| change(&mut preferences.roll));
    }

    fn open_note_tool(&mut self, tool: NoteTool) {
        let editor = &mut self.pages.compose.editor;
        note_tools::open(tool, &mut self.document, &mut self.dialogs.note_tool, editor);
    }

    fn new_score(&mut self) {
        self.begin_new();
        self.page = Page::Compose;
    }

    /// Works on a new composition from now on, whatever page is shown.
    fn begin_new(&mut self) {
        transport::leave_composition(&mut self.document, &mut self.services, &mut self.pages.compose);
        let session = &mut self.services.session;
        self.document.begin_empty(|score: Score| session.begin(score));
    }
}
