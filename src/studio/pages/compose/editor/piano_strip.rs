//! The on-screen piano and the computer's keys: shown, played, heard and recorded.

use eframe::egui::{Frame, Label, Margin, RichText, Ui};

use crate::{
    clock,
    music::Stamped,
    studio::{
        commands::Command,
        pages::compose::piano::{PianoEvent, PianoInput},
        state::Studio,
        theme::{Icon, Theme, size, space},
        widgets::IconButton,
    },
};

/// How high the line above the keys is, in points.
pub(in crate::studio) const TOOLS_HEIGHT: f32 = 32.0;

impl Studio {
    pub(in crate::studio) fn piano(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        eframe::egui::Panel::top("piano tools")
            .frame(Frame::new().inner_margin(Margin::symmetric(8, 0)))
            .exact_size(TOOLS_HEIGHT)
            .show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    let on = self.pages.compose.editor.keys.enabled;
                    self.command_with(
                        ui,
                        Command::ComputerKeys,
                        IconButton::new(Icon::Keyboard, "Computer keys").on(on),
                    );
                    if on {
                        self.command_icon(ui, Command::KeysOctaveDown);
                        ui.label(
                            RichText::new(format!("octave {}", self.pages.compose.editor.keys.octave()))
                                .size(size::CAPTION)
                                .color(theme.text_muted),
                        );
                        self.command_icon(ui, Command::KeysOctaveUp);
                        let text = "The letters play; shortcuts of one letter rest";
                        ui.add(Label::new(RichText::new(text).size(size::CAPTION).color(theme.accent)).truncate());
                    } else {
                        let text = "Click the keys, plug in a keyboard, or play with the computer's keys";
                        ui.add(Label::new(RichText::new(text).size(size::CAPTION).color(theme.text_faint)).truncate());
                    }
                });
            });
        if ui.available_height() < 20.0 {
            let released = self.pages.compose.editor.piano.release();
            self.take_piano(released.into_iter().collect());
            return; // there is no room for keys
        }
        let color = self.score().parts.get(self.document.part).map_or(theme.accent, |part| theme.part(part.color));
        let lit = self.shown().lit;
        let keys = self.pages.compose.editor.keys.clone();
        let input = PianoInput { lit, color, computer_keys: keys.enabled.then_some(&keys) };
        let events = self.pages.compose.editor.piano.show(ui, &input);
        self.take_piano(events);
    }

    fn take_piano(&mut self, events: Vec<PianoEvent>) {
        for PianoEvent { pitch, velocity, on } in events {
            if on {
                self.pages.compose.editor.played.insert(pitch);
                self.play_key([0x90, pitch.get(), velocity.get()]);
            } else {
                self.pages.compose.editor.played.remove(pitch);
                self.play_key([0x80, pitch.get(), 64]);
            }
        }
    }

    /// Lets the computer's keys play. Before anything else reads the keys.
    pub(in crate::studio) fn take_computer_keys(&mut self, ctx: &eframe::egui::Context) {
        if self.dialogs.open.is_some() {
            self.release_keys();
            return;
        }
        let events = self.pages.compose.editor.keys.update(ctx);
        self.take_piano(events);
    }

    /// Lets go of every key of the on-screen piano and the computer's.
    pub(in crate::studio) fn release_keys(&mut self) {
        let mut events = self.pages.compose.editor.keys.release_all();
        events.extend(self.pages.compose.editor.piano.release());
        self.take_piano(events);
    }

    /// A note of the on-screen piano or the computer's keys: heard, and recorded.
    pub(in crate::studio) fn play_key(&mut self, message: [u8; 3]) {
        self.services.sound.live(message);
        self.record(Stamped { stamp_micros: clock::now_micros(), message });
    }
}
