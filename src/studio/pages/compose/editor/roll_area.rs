//! The roll in the window: what it is shown with, and what is done of what it asks.

use std::sync::Arc;

use eframe::egui::Ui;

use crate::{
    music::{Key, Note, Pitch, Score, Velocity, clipboard},
    studio::{
        pages::compose::roll::{Keys, Roll, RollAction, RollInput, Tool},
        state::Studio,
    },
};

/// What the roll goes by in a frame, with what it borrows.
pub(in crate::studio) struct Shown {
    score: Arc<Score>,
    recording: Vec<Note>,
    playhead_tick: f64,
    playing: bool,
    key: Option<Key>,
    pub(in crate::studio) lit: Keys,
}

impl Studio {
    pub(in crate::studio) fn roll(&mut self, ui: &mut Ui) {
        if std::mem::take(&mut self.pages.compose.editor.show_all) {
            self.pages.compose.editor.roll.show_from_start();
        }
        // a click into the roll while a take is heard means that take
        let pressed = ui.input(|input| input.pointer.any_pressed()) && ui.ui_contains_pointer();
        if pressed {
            self.cancel_note_tool();
        }
        if pressed && self.pages.compose.editor.tool != Tool::Select && self.document.takes.audition.is_some() {
            self.keep_audition();
        }
        let actions = self.with_roll(|roll, input| roll.show(ui, input));
        self.take_roll_actions(actions);
    }

    /// Lends the roll and what it goes by.
    pub(in crate::studio) fn with_roll<R>(&mut self, act: impl FnOnce(&mut Roll, &RollInput<'_>) -> R) -> R {
        let shown = self.shown();
        let mut roll = std::mem::take(&mut self.pages.compose.editor.roll);
        let result = act(&mut roll, &self.roll_input(&shown));
        self.pages.compose.editor.roll = roll;
        result
    }

    pub(in crate::studio) fn shown(&mut self) -> Shown {
        let key = self.found_key();
        let position = self.services.sound.position();
        let score = Arc::clone(self.document.history.score());
        let mut lit: Keys =
            (0..128_u8).filter(|&pitch| self.services.keyboards.is_held(pitch)).filter_map(Pitch::new).collect();
        lit = lit.with(self.pages.compose.editor.played);
        if position.playing
            && let Some(part) = score.parts.get(self.document.part)
        {
            let tick = position.tick.max(0.0) as u32;
            let first = part.notes.partition_point(|note| note.start + 480 * 16 < tick);
            part.notes[first..]
                .iter()
                .take_while(|note| note.start <= tick)
                .filter(|note| note.end() > tick)
                .for_each(|note| lit.insert(note.pitch));
        }
        Shown {
            score,
            recording: self
                .document
                .recording
                .as_ref()
                .map_or_else(Vec::new, |recording| recording.notes(position.tick)),
            playhead_tick: position.tick,
            playing: position.playing,
            key,
            lit,
        }
    }

    fn roll_input<'a>(&self, shown: &'a Shown) -> RollInput<'a> {
        let choices = &self.services.preferences.roll;
        RollInput {
            revision: self.document.history.revision(),
            playhead_tick: shown.playhead_tick,
            playing: shown.playing,
            follow: choices.follow,
            loop_range: self.document.transport.loop_range.clone(),
            loop_on: self.document.transport.looping,
            snap: choices.snap(),
            tool: self.pages.compose.editor.tool,
            key: shown.key,
            scale_rows: choices.scale_rows,
            scale_snap: choices.scale_snap,
            lit_keys: shown.lit,
            recording: &shown.recording,
            trim: self.document.recorded_takes.trim(),
            ghosts: choices.ghosts,
            ..RollInput::new(&shown.score, self.document.part)
        }
    }

    pub(in crate::studio) fn take_roll_actions(&mut self, actions: Vec<RollAction>) {
        for action in actions {
            match action {
                RollAction::Preview(score) => {
                    self.document.takes.audition = None;
                    self.document.history.preview(score);
                }
                RollAction::Commit { label, score } => {
                    self.document.takes.audition = None;
                    self.document.history.commit(label, score);
                }
                RollAction::CancelGesture => {
                    self.document.history.cancel();
                }
                RollAction::Seek(tick) => self.services.sound.seek(tick),
                RollAction::SetLoop(range) => {
                    self.document.transport.looping = !range.is_empty();
                    self.document.transport.loop_range = Some(range).filter(|range| !range.is_empty());
                }
                RollAction::ToggleLoop => {
                    self.document.transport.looping =
                        !self.document.transport.looping && self.document.transport.loop_range.is_some()
                }
                RollAction::TrimTake(span) => self.trim_take(span),
                RollAction::Audition { pitch, velocity, on } => self.audition_note(pitch, velocity, on),
                RollAction::Copied(clipboard) => self.services.ctx.copy_text(clipboard::to_text(&clipboard)),
                RollAction::SelectionChanged => {}
            }
        }
    }

    /// Lets a note of the edited part be heard, without recording it.
    fn audition_note(&mut self, pitch: Pitch, velocity: Velocity, on: bool) {
        if let Some(sounding) = self.pages.compose.editor.sounding.take() {
            self.services.sound.live([0x80, sounding.get(), 64]);
        }
        if on {
            self.services.sound.live([0x90, pitch.get(), velocity.get()]);
            self.pages.compose.editor.sounding = Some(pitch);
        }
    }
}
