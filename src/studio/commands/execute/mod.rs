//! The one place where commands are carried out, and the one that says why a command cannot be given now.

mod playhead;

use std::{sync::Arc, time::Instant};

use eframe::egui::ViewportCommand;

use crate::music::{Part, Score, TempoMap};
use crate::studio::{
    commands::Command,
    dialogs::Dialog,
    document::takes,
    pages::compose::side_panels::Side,
    services::{engine::EngineState, exports::Kind, files::Purpose, preferences::ThemeChoice},
    state::{Page, Studio},
};

impl Studio {
    /// Why a command cannot be given now; `None` where it can.
    pub fn why_not(&self, command: Command) -> Option<String> {
        let says = |wrong: bool, reason: &str| wrong.then(|| reason.to_owned());
        let score = self.score();
        let part = score.parts.get(self.part);
        match command {
            Command::Undo => says(
                self.history.undo_label().is_none() && self.generate.audition.is_none() && self.recording.is_none(),
                "There is nothing to undo",
            ),
            Command::Redo => says(self.history.redo_label().is_none(), "There is nothing to redo"),
            Command::ExportMidi | Command::ExportSomeMidi | Command::ExportAudio
                if score.parts.iter().all(|part| part.notes.is_empty()) =>
            {
                Some("There are no notes to export yet".into())
            }
            Command::ExportAudio if self.exports.running.is_some() => Some("Audio is being written already".into()),
            Command::ExportAudio => says(self.sound.font.is_none(), "Audio needs a SoundFont: choose one in Settings"),
            Command::RemovePart | Command::MutePart | Command::SoloPart => says(part.is_none(), "No part is chosen"),
            Command::LockPart => match part {
                None => Some("No part is chosen".into()),
                Some(_) if score.melody == Some(self.part) => Some("The melody always stays as it is".into()),
                Some(_) => None,
            },
            Command::KeepRecent if self.recording.is_some() => Some("It is being recorded already".into()),
            Command::KeepRecent => says(
                self.recent.is_empty(crate::clock::now_micros()) || score.parts.is_empty(),
                "Nothing was played in the last five minutes",
            ),
            Command::NextRecordedTake | Command::TrimBefore | Command::TrimAfter => self.why_not_takes(command),
            Command::NewScore | Command::ImportMidi | Command::ImportIntoPresent | Command::OpenProject => {
                says(self.recording.is_some(), "Stop recording first")
            }
            Command::SaveProject => says(score.parts.is_empty(), "There is nothing to save yet: add a part first"),
            Command::MakeAgain => self.why_not_engine(),
            Command::Generate => self.why_not_generate(),
            Command::VaryBars => self.why_not_vary(),
            Command::CancelGenerate => says(self.generate.running.is_none(), "No composition is under way"),
            Command::NextTake | Command::PreviousTake | Command::DropTakes => {
                says(self.generate.results.is_empty(), "There are no takes yet: generate a composition first")
            }
            Command::KeepTake => says(self.generate.audition.is_none(), "No take is being listened to"),
            Command::KeysOctaveDown | Command::KeysOctaveUp => {
                says(!self.roll.computer_keys(), "The computer's keys do not play: switch them on with Ctrl+K")
            }
            _ => self.why_not_edit(command),
        }
    }

    /// Carries out what was asked for, each when those before it are done, or says why not.
    pub fn execute_queue(&mut self) {
        if !self.queue.is_empty() {
            self.end_turn();
        }
        for command in std::mem::take(&mut self.queue) {
            if self.note_tool_meets(command) || self.file_window_meets(command) {
                continue;
            }
            match self.why_not(command) {
                None => self.execute(command),
                Some(reason)
                    if matches!(command, Command::Undo | Command::Redo | Command::Generate | Command::Record) =>
                {
                    self.toasts.add(crate::studio::toasts::Tone::Plain, reason);
                }
                Some(_) => {}
            }
        }
    }

    fn execute(&mut self, command: Command) {
        match command {
            Command::NewScore => self.new_score(),
            Command::ImportMidi => self.ask(Purpose::Import),
            Command::ImportIntoPresent => self.ask(Purpose::ImportIntoPresent),
            Command::ExportMidi => self.ask(Purpose::ExportMidi),
            Command::ExportSomeMidi => self.open_exports(Kind::Midi),
            Command::ExportAudio => self.open_exports(Kind::Audio),
            Command::OpenProject => self.ask(Purpose::OpenProject),
            Command::SaveProject => self.ask(Purpose::SaveProject),
            Command::Quit => self.ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::Undo => {
                self.end_take();
                if self.generate.audition.is_some() {
                    self.drop_audition(); // nothing was changed yet, so that is all there is to take back
                } else {
                    self.history.undo();
                }
                self.part = self.part.min(self.score().parts.len().saturating_sub(1));
            }
            Command::Redo => {
                self.end_take();
                self.drop_audition();
                self.history.redo();
                self.part = self.part.min(self.score().parts.len().saturating_sub(1));
            }
            Command::AddPart => self.add_part(),
            Command::RemovePart => self.remove_part(self.part),
            Command::MutePart => self.change_part(self.part, "Mute", |part| part.muted = !part.muted),
            Command::SoloPart => self.change_part(self.part, "Solo", |part| part.soloed = !part.soloed),
            Command::LockPart => self.change_part(self.part, "Keep when generating", |part| part.locked = !part.locked),
            Command::PlayPause => self.play_or_pause(),
            Command::Stop => self.stop(),
            Command::ToStart
            | Command::ToEnd
            | Command::BarBack
            | Command::BarForward
            | Command::StepBack
            | Command::StepForward => {
                self.move_playhead(command);
            }
            Command::Record => {
                if self.recording.is_some() {
                    self.stop_recording();
                    self.sound.with_player(crate::sound::Player::pause);
                } else {
                    self.start_recording();
                }
            }
            Command::KeepRecent => self.keep_recent(),
            Command::RecordReplaces => {
                self.change_preferences(|preferences| preferences.record_replaces = !preferences.record_replaces);
            }
            Command::RecordWaits => {
                self.change_preferences(|preferences| preferences.record_waits = !preferences.record_waits)
            }
            Command::NextRecordedTake => self.next_recorded(),
            Command::TrimBefore => self.trim_at_playhead(true),
            Command::TrimAfter => self.trim_at_playhead(false),
            Command::ToggleLoop => {
                if self.transport.loop_range.is_none() {
                    self.transport.loop_range = Some(0..self.whole_bars());
                }
                self.transport.looping = !self.transport.looping;
            }
            Command::ToggleMetronome => {
                self.change_preferences(|preferences| preferences.metronome = !preferences.metronome)
            }
            Command::TapTempo => self.tap_tempo(),
            Command::Panic => {
                self.sound.with_player(crate::sound::Player::panic);
                self.release_keys();
            }
            Command::Generate => {
                self.open_panel(Side::Right); // the takes come there
                self.start_generating(None);
            }
            Command::VaryBars => {
                self.open_panel(Side::Right);
                self.start_generating(Some(self.bars_to_vary()));
            }
            Command::CancelGenerate => self.cancel_generating(),
            Command::NextTake => self.step_take(true),
            Command::PreviousTake => self.step_take(false),
            Command::KeepTake => {
                self.keep_audition();
                self.tell("Kept; the other takes stay in the list until you generate again");
            }
            Command::DropTakes => {
                self.drop_audition();
                self.generate.results.clear();
            }
            Command::MakeAgain => self.make_again(self.session.id_of(self.history.committed().id)),
            Command::ToggleTheme => {
                let dark = self.ctx.global_style().visuals.dark_mode;
                self.change_preferences(|preferences| {
                    preferences.theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                });
            }
            Command::ScaleUp => {
                self.change_preferences(|preferences| preferences.scale = (preferences.scale + 0.1).min(2.0))
            }
            Command::ScaleDown => {
                self.change_preferences(|preferences| preferences.scale = (preferences.scale - 0.1).max(0.75))
            }
            Command::ScaleReset => self.change_preferences(|preferences| preferences.scale = 1.0),
            Command::ToggleLeftPanel => self.toggle_panel(Side::Left),
            Command::ToggleRightPanel => self.toggle_panel(Side::Right),
            Command::ShowStudio => self.page = Page::Studio,
            Command::ShowTrain => self.page = Page::Train,
            Command::ShowModels => {
                self.page = Page::Models;
                self.find_models();
            }
            Command::ShowLibrary => self.show_library(),
            Command::ShowSettings => self.page = Page::Settings,
            Command::ChooseSoundFont => self.choose_soundfont(),
            Command::Palette => self.dialog = Some(Dialog::palette()),
            Command::KeySheet => self.dialog = Some(Dialog::KeySheet),
            _ => self.edit_command(command),
        }
    }

    /// Where the last bar of the music ends; at least one bar.
    pub fn whole_bars(&self) -> u32 {
        let score = self.score();
        let bar = score.metre.position(score.end().saturating_sub(1)).bar;
        score.metre.bar_start(bar + 1)
    }

    fn play_or_pause(&mut self) {
        if self.recording.is_some() {
            self.stop_recording();
            self.sound.with_player(crate::sound::Player::pause);
            return;
        }
        let score = Arc::clone(self.score());
        self.sound.keep_up(&score);
        let position = self.sound.position();
        if position.playing {
            self.sound.with_player(crate::sound::Player::pause);
        } else {
            if !self.transport.looping && position.tick >= f64::from(score.end()) && score.end() > 0 {
                self.sound.seek(0);
            }
            self.sound.with_player(|player| {
                player.set_stop_at_end(score.end() > 0);
                player.play();
            });
        }
    }

    fn stop(&mut self) {
        self.end_take();
        self.sound.with_player(crate::sound::Player::stop);
    }

    fn end_take(&mut self) {
        if self.recording.is_some() {
            self.stop_recording();
        }
    }

    fn step_take(&mut self, forward: bool) {
        let count = self.generate.results.len();
        let next = match (self.generate.audition, forward) {
            (Some(take), true) => (take + 1) % count.max(1),
            (Some(take), false) => (take + count).saturating_sub(1) % count.max(1),
            (None, true) => 0,
            (None, false) => count.saturating_sub(1),
        };
        self.audition(Some(next));
    }

    fn new_score(&mut self) {
        self.stop();
        self.drop_audition();
        self.generate.results.clear();
        let mut melody = Part::new("Melody", 0);
        melody.role = crate::music::Role::Melody;
        let score = Score {
            title: "New composition".into(),
            tempo: TempoMap::constant(100.0),
            parts: vec![Arc::new(melody)],
            melody: Some(0),
            ..Score::default()
        };
        let score = self.session.begin(score);
        self.history.commit("New composition", score);
        self.part = 0;
        self.transport.loop_range = None;
        self.transport.looping = false;
    }

    fn add_part(&mut self) {
        self.keep_audition();
        let mut part = Part::new(format!("Part {}", self.score().parts.len() + 1), 0);
        part.color = takes::free_color(&self.score().parts);
        self.history.edit("Add a part", |score| {
            score.parts.push(Arc::new(part));
            if score.melody.is_none() {
                score.melody = Some(score.parts.len() - 1);
            }
        });
        self.part = self.score().parts.len() - 1;
    }

    /// Takes a part out of the score.
    pub(in crate::studio) fn remove_part(&mut self, index: usize) {
        self.keep_audition();
        self.history.edit("Remove the part", |score| {
            if index < score.parts.len() {
                score.parts.remove(index);
                score.melody = match score.melody {
                    Some(melody) if melody == index => None,
                    Some(melody) if melody > index => Some(melody - 1),
                    same => same,
                };
            }
        });
        self.part = self.part.min(self.score().parts.len().saturating_sub(1));
    }

    /// Changes a part as one undo step.
    pub(in crate::studio) fn change_part(&mut self, index: usize, label: &str, change: impl FnOnce(&mut Part)) {
        self.keep_audition();
        self.history.edit(label, |score| {
            if let Some(part) = score.part_mut(index) {
                change(part);
            }
        });
    }

    fn tap_tempo(&mut self) {
        let now = Instant::now();
        let taps = &mut self.transport.taps;
        if taps.last().is_some_and(|last| now.duration_since(*last).as_secs_f64() > 2.0) {
            taps.clear();
        }
        taps.push(now);
        if taps.len() > 8 {
            taps.remove(0);
        }
        if taps.len() >= 3 {
            let seconds = now.duration_since(taps[0]).as_secs_f64() / (taps.len() - 1) as f64;
            self.set_tempo((60.0 / seconds).round());
        }
    }

    /// Plays at this tempo from the change of tempo on that the playhead is behind, as one undo step.
    pub(in crate::studio) fn set_tempo(&mut self, qpm: f64) {
        self.preview_tempo(qpm);
        self.history.commit_preview("Tempo");
    }

    /// The same while it is dragged.
    pub(in crate::studio) fn preview_tempo(&mut self, qpm: f64) {
        self.keep_audition();
        let mut score = Score::clone(self.history.committed());
        score.tempo = score.tempo.with_qpm_at(self.playhead(), qpm.clamp(20.0, 300.0));
        self.history.preview(score);
    }

    /// What starts once the settings are known.
    pub(in crate::studio) fn after_settings(&mut self) {
        let preferences = self.preferences.clone();
        self.sound.start(
            &self.jobs,
            preferences.soundfont.clone(),
            preferences.output_device.clone(),
            preferences.buffer(),
        );
        self.start_keyboards();
        self.find_models();
        if self.generate.engine == EngineState::Off {
            self.start_engine();
        }
        let files = std::mem::take(&mut self.pending_files);
        self.take_files(files);
        #[cfg(unix)]
        self.receive_files();
    }
}
