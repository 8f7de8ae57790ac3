//! Settings of the sound output: which, how large its buffers, how late it sounds and how often it failed.

use eframe::egui::{ComboBox, RichText, Ui};

use crate::sound::{BUFFER_SIZES, Faults, OutputState};
use crate::studio::{
    pages::settings::{note, row},
    services::preferences::Preferences,
    state::Studio,
    status_bar::{sentence, shortened},
    theme::{Icon, Theme},
    widgets,
};

impl Studio {
    /// Output, buffer, and what became of them.
    pub(in crate::studio) fn output_settings(&mut self, ui: &mut Ui, preferences: &mut Preferences) {
        row(ui, "Output", "Where the sound goes", |ui| {
            let outputs = self.services.sound.outputs.clone();
            let shown = preferences.output_device.clone().unwrap_or_else(|| "The system's default".into());
            ComboBox::from_id_salt("output")
                .width(280.0)
                .selected_text(shortened(&shown, 38))
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut preferences.output_device, None, "The system's default");
                    for output in outputs {
                        ui.selectable_value(&mut preferences.output_device, Some(output.clone()), output);
                    }
                })
                .response
                .accessible_name("Sound output");
        });
        self.output_notes(ui);
        row(ui, "Buffer", "Smaller answers the keys sooner, larger never crackles", |ui| {
            self.buffer_choice(ui, preferences);
        });
        row(ui, "Gaps", "How often the sound came too late", |ui| self.fault_count(ui));
    }

    fn output_notes(&self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        match self.services.sound.output() {
            OutputState::Running {
                device,
                sample_rate_hz,
                latency_ms,
                output_latency_ms,
                output_latency_is_measured,
                instead,
                ..
            } => {
                if let Some(reason) = instead {
                    let reason = sentence(&reason);
                    note(ui, theme.warning, &format!("{reason}; the sound comes from {device} until then"));
                }
                let khz = f64::from(sample_rate_hz) / 1000.0;
                let how =
                    if output_latency_is_measured { "measured by the device" } else { "estimated as two buffers" };
                note(
                    ui,
                    theme.success,
                    &format!(
                        "{device}, {khz:.1} kHz, {latency_ms:.1} ms from key to sound, of it {output_latency_ms:.1} ms in the output ({how})"
                    ),
                );
                note(ui, theme.text_faint, &format!("Priority of the sound: {}", self.services.sound.priority()));
            }
            OutputState::NoDevice { reason } => {
                let reason = sentence(&reason);
                note(
                    ui,
                    theme.warning,
                    &format!(
                        "{reason}. Editing, generating and exporting work without; sound comes by itself when there is an output"
                    ),
                );
            }
            OutputState::Opening => note(ui, theme.text_faint, "The output is being opened"),
        }
    }

    fn buffer_choice(&self, ui: &mut Ui, preferences: &mut Preferences) {
        ui.spacing_mut().item_spacing.x = 2.0;
        let (running, device) = match self.services.sound.output() {
            OutputState::Running { device, buffer_frames, .. } => (Some(buffer_frames), Some(device)),
            OutputState::Opening | OutputState::NoDevice { .. } => (None, None),
        };
        let known = device.and_then(|device| preferences.measured_buffers.get(&device).copied());
        let automatic = known.map_or("Automatic".to_owned(), |frames| format!("Automatic ({frames})"));
        ui.selectable_value(&mut preferences.buffer_frames, None, automatic)
            .on_hover_text("The smallest that this output keeps up with, tried with silence when nothing plays");
        for frames in BUFFER_SIZES {
            ui.selectable_value(&mut preferences.buffer_frames, Some(frames), frames.to_string());
        }
        ui.label(RichText::new("frames").color(Theme::of(ui).text_muted));
        ui.add_space(10.0);
        let why_not = if running.is_none() {
            Some("There is no output to measure")
        } else if preferences.buffer_frames.is_some() {
            Some("Choose “Automatic” first")
        } else if self.services.sound.position().playing {
            Some("Stop the music first: the trial is a second or two of silence")
        } else {
            None
        };
        let button = widgets::text_button(ui, Icon::RotateCcw, "Measure again", why_not.map(str::to_owned));
        if button.on_hover_text("A second or two of silence at each size, the smallest first").clicked() {
            self.services.sound.with_player(crate::sound::Player::measure_output);
        }
    }

    fn fault_count(&self, ui: &mut Ui) {
        let faults = self.services.sound.faults();
        ui.label(RichText::new(words(faults)).color(Theme::of(ui).text_muted));
        ui.add_space(10.0);
        ui.add_enabled_ui(faults != Faults::default(), |ui| {
            let button = widgets::text_button(ui, Icon::X, "Count from zero", None);
            if button.on_disabled_hover_text("There is nothing to forget").clicked() {
                self.services.sound.with_player(crate::sound::Player::reset_faults);
            }
        });
    }
}

/// What went wrong, for people.
pub fn words(faults: Faults) -> String {
    let some = [
        (faults.dropouts, "dropout", "dropouts"),
        (faults.late_buffers, "buffer late", "buffers late"),
        (faults.late_notes, "note late", "notes late"),
        (faults.lost_notes, "note lost", "notes lost"),
    ];
    let told: Vec<String> = some
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    if told.is_empty() { "None".into() } else { told.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_in_words() {
        assert_eq!(words(Faults::default()), "None");
        let faults = Faults { dropouts: 1, late_notes: 2, ..Faults::default() };
        assert_eq!(words(faults), "1 dropout, 2 notes late");
    }
}
