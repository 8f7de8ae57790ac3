//! Settings: what is heard and through what, what is played on, how it looks.

mod midi_learn;
pub mod output;

use eframe::egui::{ComboBox, DragValue, RichText, Slider, Ui};

pub use crate::studio::widgets::form::{group, note, row};
use crate::studio::{
    services::{
        engine::EngineState,
        preferences::{Preferences, ThemeChoice},
        sound::FontState,
    },
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

impl Studio {
    pub(in crate::studio) fn settings_page(&mut self, ui: &mut Ui) {
        ui.label(theme::strong("Settings", size::DISPLAY));
        ui.add_space(space::L);
        let mut preferences = self.services.preferences.clone();
        group(ui, Icon::Speaker, "Sound", |ui| self.sound_settings(ui, &mut preferences));
        group(ui, Icon::KeyboardMusic, "Keyboards and recording", |ui| {
            self.keyboard_settings(ui, &mut preferences);
        });
        group(ui, Icon::Cpu, "Engine", |ui| self.engine_settings(ui));
        group(ui, Icon::Palette, "Looks", |ui| look_settings(ui, &mut preferences));
        if preferences != self.services.preferences {
            let output_changed = preferences.output_device != self.services.preferences.output_device
                || preferences.buffer_frames != self.services.preferences.buffer_frames;
            let input_changed = preferences.midi_input != self.services.preferences.midi_input;
            self.change_preferences(|now| *now = preferences);
            if output_changed {
                self.services
                    .sound
                    .set_output(self.services.preferences.output_device.clone(), self.services.preferences.buffer());
            }
            if input_changed {
                self.services.keyboards.choose(self.services.preferences.midi_input.as_deref());
            }
        }
    }

    fn sound_settings(&mut self, ui: &mut Ui, preferences: &mut Preferences) {
        let theme = Theme::of(ui);
        row(ui, "SoundFont", "The instruments that are heard", |ui| {
            let shown = match &self.services.sound.font_state {
                FontState::Loading => "Loading…".to_owned(),
                FontState::Loaded(name) => name.clone(),
                FontState::None(_) => "None".to_owned(),
            };
            ui.label(crate::studio::status_bar::shortened(&shown, 38));
            if widgets::text_button(ui, Icon::Music, "Choose a SoundFont…", None).clicked() {
                self.push(crate::studio::commands::Command::ChooseSoundFont);
            }
        });
        if let FontState::None(reason) = &self.services.sound.font_state {
            note(ui, theme.warning, &format!("There is no sound: {reason}. Everything else works"));
        }
        self.output_settings(ui, preferences);
        row(ui, "Metronome", "How loud the click is", |ui| {
            widgets::slider(ui, Slider::new(&mut preferences.metronome_volume, 0.0..=1.0).show_value(false), 160.0)
                .accessible_name("Metronome volume");
            ui.label(RichText::new(format!("{:.0} %", preferences.metronome_volume * 100.0)).color(theme.text_muted));
        });
    }

    fn keyboard_settings(&mut self, ui: &mut Ui, preferences: &mut Preferences) {
        let theme = Theme::of(ui);
        let status = self.services.keyboards.status();
        row(ui, "MIDI input", "Keyboards connect by themselves, also when they are plugged in later", |ui| {
            let shown = preferences.midi_input.clone().unwrap_or_else(|| "Every keyboard".into());
            ComboBox::from_id_salt("midi input")
                .width(280.0)
                .selected_text(crate::studio::status_bar::shortened(&shown, 38))
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut preferences.midi_input, None, "Every keyboard");
                    for input in &status.inputs {
                        ui.selectable_value(&mut preferences.midi_input, Some(input.name.to_string()), &*input.name);
                    }
                })
                .response
                .accessible_name("MIDI input");
        });
        for input in &status.inputs {
            let known = input.profile.map_or(String::new(), |profile| format!(", known as {}", profile.name));
            if input.is_connected {
                note(ui, theme.success, &format!("{} is connected{known}", input.name));
            } else {
                note(ui, theme.text_faint, &format!("{} is there, not connected", input.name));
            }
        }
        if let Some(reason) = &status.unavailable {
            note(ui, theme.warning, &crate::studio::status_bar::sentence(reason));
        } else if status.inputs.is_empty() {
            note(ui, theme.text_faint, "No MIDI keyboard is plugged in");
        }
        row(ui, "Recording offset", "Taken off every recorded note; the output's latency is known", |ui| {
            ui.add(
                DragValue::new(&mut preferences.recording_offset_ms)
                    .range(-500.0..=500.0)
                    .speed(0.5)
                    .max_decimals(1)
                    .suffix(" ms"),
            )
            .accessible_name("Recording offset");
        });
        self.learn_settings(ui, preferences);
        row(ui, "Count-in", "Bars counted before recording", |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (bars, title) in [(0, "None"), (1, "1 bar"), (2, "2 bars")] {
                ui.selectable_value(&mut preferences.count_in_bars, bars, title);
            }
        });
    }

    fn engine_settings(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let (color, text) = match &self.services.engine.state {
            EngineState::Off => (theme.text_faint, "The engine is not running".to_owned()),
            EngineState::Starting => (theme.text_faint, "The engine is starting".to_owned()),
            EngineState::Ready { devices } => (theme.success, format!("The engine is ready on {}", devices.join(", "))),
            EngineState::Failed(reason) => (theme.warning, reason.clone()),
        };
        note(ui, color, &text);
        if matches!(self.services.engine.state, EngineState::Failed(_) | EngineState::Off)
            && widgets::text_button(ui, Icon::RotateCcw, "Start the engine again", None).clicked()
        {
            self.start_engine();
        }
    }
}

fn look_settings(ui: &mut Ui, preferences: &mut Preferences) {
    let theme = Theme::of(ui);
    row(ui, "Theme", "", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (choice, title) in ThemeChoice::ALL {
            ui.selectable_value(&mut preferences.theme, choice, title);
        }
    });
    row(ui, "Size", "How large everything is; Ctrl+plus and Ctrl+minus", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for scale in [0.8_f32, 1.0, 1.25, 1.5, 1.75, 2.0] {
            if ui
                .selectable_label((preferences.scale - scale).abs() < 0.01, format!("{:.0} %", scale * 100.0))
                .clicked()
            {
                preferences.scale = scale;
            }
        }
        ui.label(RichText::new("").color(theme.text_muted));
    });
}
