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
pub mod recording;
mod roll;
pub mod session;
pub mod sound;
mod soundfonts;
pub mod train;
pub mod transport;

use std::time::Instant;

use eframe::egui::ViewportCommand;

use super::{Command, CommandStates, availability};
use crate::{
    music::Score,
    studio::{
        actions::{Action, FileAction, LibraryAction, NoteToolAction, RecordingAction, SoundFontAction},
        dialogs::{Dialog, export::state::ExportKind, note_tools::state::NoteTool},
        page::Page,
        pages::compose::{Side, roll::Tool},
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
            |command| availability::why_not(self, command),
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
                self.document.history.commit_preview(label);
            }
            Action::Say(tone, text) => self.services.say(tone, text),
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
            Action::Roll(action) => {
                roll::execute(action, &mut self.document, &mut self.services, &mut self.pages.compose.editor);
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
            Action::Import(action) => imports::execute(action, self),
            Action::NoteTool(action) => {
                let Self { document, services, dialogs, pages, .. } = self;
                let roll = &mut pages.compose.editor.roll;
                note_tools::execute(action, document, services, &mut dialogs.note_tool, roll);
            }
        }
    }

    /// Gives a command, or says why not where people would wonder.
    fn give(&mut self, command: Command) {
        midi_learn::end_turn(&mut self.document, &mut self.services);
        let Self { document, services, dialogs, pages, page, .. } = self;
        if note_tools::meets(command, document, &mut dialogs.note_tool, &mut pages.compose.editor.roll)
            || dialogs::meets(command, document, services, dialogs, *page)
        {
            return;
        }
        match self.why_not(command) {
            None => self.command(command),
            Some(reason) if matches!(command, Command::Undo | Command::Redo | Command::Generate | Command::Record) => {
                self.services.say(Tone::Plain, reason);
            }
            Some(_) => {}
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::NewScore => self.new_score(),
            Command::ImportMidi => self.execute(FileAction::Ask(Purpose::Import).into()),
            Command::ImportIntoPresent => self.execute(FileAction::Ask(Purpose::ImportIntoPresent).into()),
            Command::ExportMidi => self.execute(FileAction::Ask(Purpose::ExportMidi).into()),
            Command::ExportSomeMidi => exports::open(ExportKind::Midi, &mut self.dialogs.export, &mut self.services),
            Command::ExportAudio => exports::open(ExportKind::Audio, &mut self.dialogs.export, &mut self.services),
            Command::OpenProject => self.execute(FileAction::Ask(Purpose::OpenProject).into()),
            Command::SaveProject => self.execute(FileAction::Ask(Purpose::SaveProject).into()),
            Command::Quit => self.services.ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::Undo => {
                recording::stop(&mut self.document, &mut self.services);
                if self.document.takes.audition.is_some() {
                    self.document.drop_audition(); // nothing was changed yet, so that is all there is to take back
                } else {
                    self.document.history.undo();
                }
                self.document.clamp_part();
            }
            Command::Redo => {
                recording::stop(&mut self.document, &mut self.services);
                self.document.drop_audition();
                self.document.history.redo();
                self.document.clamp_part();
            }
            Command::AddPart => self.document.add_part(),
            Command::RemovePart => self.document.remove_part(self.document.part),
            Command::MutePart => self.document.edit_part(self.document.part, "Mute", |part| part.muted = !part.muted),
            Command::SoloPart => self.document.edit_part(self.document.part, "Solo", |part| part.soloed = !part.soloed),
            Command::LockPart => {
                self.document.edit_part(self.document.part, "Lock when generating", |part| part.locked = !part.locked);
            }
            Command::PlayPause => transport::play_or_pause(self),
            Command::Stop => transport::stop(self),
            Command::ToStart => playhead::to_start(&self.document, &mut self.services),
            Command::ToEnd => playhead::to_end(&self.document, &mut self.services),
            Command::BarBack => playhead::by_bar(false, &self.document, &mut self.services),
            Command::BarForward => playhead::by_bar(true, &self.document, &mut self.services),
            Command::StepBack => playhead::by_step(false, &self.document, &mut self.services),
            Command::StepForward => playhead::by_step(true, &self.document, &mut self.services),
            Command::Record => {
                if self.document.recording.is_some() {
                    recording::stop(&mut self.document, &mut self.services);
                    self.services.sound.with_player(crate::sound::Player::pause);
                } else {
                    let roll = &mut self.pages.compose.editor.roll;
                    note_tools::cancel(&mut self.document, &mut self.dialogs.note_tool, roll);
                    recording::start(&mut self.document, &mut self.services);
                }
            }
            Command::KeepRecent => recording::capture(&mut self.document, &mut self.services),
            Command::RecordReplaces => {
                self.services
                    .change_preferences(|preferences| preferences.record_replaces = !preferences.record_replaces);
            }
            Command::RecordWaits => {
                self.services.change_preferences(|preferences| preferences.record_waits = !preferences.record_waits);
            }
            Command::NextRecordedTake => recording::execute(RecordingAction::ChooseNext, &mut self.document),
            Command::TrimBefore => {
                recording::execute(RecordingAction::TrimBefore(self.services.playhead()), &mut self.document);
            }
            Command::TrimAfter => {
                recording::execute(RecordingAction::TrimAfter(self.services.playhead()), &mut self.document);
            }
            Command::ToggleLoop => {
                if self.document.transport.loop_range.is_none() {
                    self.document.transport.loop_range = Some(0..transport::whole_bars(&self.document));
                }
                self.document.transport.looping = !self.document.transport.looping;
            }
            Command::ToggleMetronome => {
                self.services.change_preferences(|preferences| preferences.metronome = !preferences.metronome);
            }
            Command::TapTempo => {
                if let Some(qpm) = self.document.transport.tap(Instant::now()) {
                    self.document.set_tempo(self.services.playhead(), qpm);
                }
            }
            Command::Panic => {
                self.services.sound.with_player(crate::sound::Player::panic);
                self.pages.compose.editor.release_keys(&self.services.actions);
            }
            Command::Generate => {
                compose::open_panel(Side::Right, &mut self.services, &mut self.pages.compose); // the takes come there
                generate::start(&mut self.document, &mut self.services, &mut self.pages.compose.generate, None);
            }
            Command::VaryBars => {
                compose::open_panel(Side::Right, &mut self.services, &mut self.pages.compose);
                let bars = generate::bars_to_vary(&self.document, &self.services);
                generate::start(&mut self.document, &mut self.services, &mut self.pages.compose.generate, Some(bars));
            }
            Command::CancelGenerate => self.services.engine.cancel(),
            Command::NextTake => generate::step_take(&mut self.document, true),
            Command::PreviousTake => generate::step_take(&mut self.document, false),
            Command::KeepTake => {
                self.document.keep_audition();
                self.services.tell("Kept; the other takes stay in the list until you generate again");
            }
            Command::DropTakes => {
                self.document.drop_audition();
                self.document.takes.results.clear();
            }
            Command::MakeAgain => {
                let id = self.services.session.id_of(self.document.history.committed().id);
                self.execute(LibraryAction::MakeAgain(id).into());
            }
            Command::ToggleTheme => {
                let dark = self.services.ctx.global_style().visuals.dark_mode;
                self.services.change_preferences(|preferences| {
                    preferences.theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                });
            }
            Command::ScaleUp => {
                self.services.change_preferences(|preferences| preferences.scale = (preferences.scale + 0.1).min(2.0));
            }
            Command::ScaleDown => {
                self.services.change_preferences(|preferences| preferences.scale = (preferences.scale - 0.1).max(0.75));
            }
            Command::ScaleReset => self.services.change_preferences(|preferences| preferences.scale = 1.0),
            Command::ToggleLeftPanel => {
                compose::toggle_panel(Side::Left, &mut self.services, &mut self.pages.compose);
            }
            Command::ToggleRightPanel => {
                compose::toggle_panel(Side::Right, &mut self.services, &mut self.pages.compose);
            }
            Command::Show(page) => {
                self.page = page;
                if page == Page::Models {
                    models::find(&self.services);
                } else if page == Page::Library {
                    library::show(&mut self.pages.library, &self.services);
                }
            }
            Command::ChooseSoundFont => self.execute(SoundFontAction::Choose.into()),
            Command::Palette => self.dialogs.open = Some(Dialog::palette()),
            Command::KeySheet => self.dialogs.open = Some(Dialog::KeySheet),
            Command::Roll(command) => {
                roll::give(command, &mut self.document, &mut self.services, &mut self.pages.compose.editor);
            }
            Command::ToolSelect => self.pages.compose.editor.tool = Tool::Select,
            Command::ToolDraw => self.pages.compose.editor.tool = Tool::Pencil,
            Command::ToolErase => self.pages.compose.editor.tool = Tool::Erase,
            Command::ComputerKeys => {
                let editor = &mut self.pages.compose.editor;
                editor.computer_keys.enabled = !editor.computer_keys.enabled;
                if !editor.computer_keys.enabled {
                    editor.release_keys(&self.services.actions);
                }
            }
            Command::KeysOctaveDown => self.pages.compose.editor.computer_keys.shift_octave(-1),
            Command::KeysOctaveUp => self.pages.compose.editor.computer_keys.shift_octave(1),
            Command::Quantise => {
                self.open_note_tool(NoteTool::quantise(&self.services.preferences));
                self.execute(NoteToolAction::Apply.into());
            }
            Command::QuantiseWith => self.open_note_tool(NoteTool::quantise(&self.services.preferences)),
            Command::Humanise => self.open_note_tool(NoteTool::humanise(&self.services.preferences)),
            Command::Transpose => self.open_note_tool(NoteTool::transpose()),
            Command::Stretch => {
                let roll = &mut self.pages.compose.editor.roll;
                note_tools::open_stretch(&mut self.document, &mut self.dialogs.note_tool, roll);
            }
            Command::GridFiner => self.change_roll(|roll| roll.step_grid(true)),
            Command::GridCoarser => self.change_roll(|roll| roll.step_grid(false)),
            Command::ToggleSnap => self.change_roll(|roll| roll.snaps = !roll.snaps),
            Command::Follow => self.change_roll(|roll| roll.follow = !roll.follow),
            Command::ToggleGhosts => self.change_roll(|roll| roll.ghosts = !roll.ghosts),
            Command::ToggleScaleRows => self.change_roll(|roll| roll.scale_rows = !roll.scale_rows),
            Command::ToggleScaleSnap => self.change_roll(|roll| roll.scale_snap = !roll.scale_snap),
        }
    }

    /// Changes how the roll is looked at, and keeps it.
    fn change_roll(&mut self, change: impl FnOnce(&mut RollChoices)) {
        self.services.change_preferences(|preferences| change(&mut preferences.roll));
    }

    fn open_note_tool(&mut self, tool: NoteTool) {
        let roll = &mut self.pages.compose.editor.roll;
        note_tools::open(tool, &mut self.document, &mut self.dialogs.note_tool, roll);
    }

    fn new_score(&mut self) {
        transport::stop(self);
        let session = &mut self.services.session;
        self.document.begin_empty(|score: Score| session.begin(score));
    }
}
