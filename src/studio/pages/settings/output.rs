//! Settings of the sound output: which, how large its buffers, how late it sounds and how often it failed.

use eframe::egui::{RichText, Ui};

use super::device_choice;
use crate::{
    sound::{BUFFER_SIZES, Faults, OutputState},
    studio::{
        actions::SoundAction,
        context::Context,
        services::preferences::Preferences,
        theme::{Icon, Theme},
        widgets::{
            self,
            form::{note, row},
        },
        words::sentence,
    },
};

/// Output, buffer, and what became of them.
pub fn rows(context: &Context<'_>, ui: &mut Ui, preferences: &mut Preferences) {
    row(ui, "Output", "Where the sound goes", |ui| {
        let outputs = context.services.sound.outputs.iter().map(String::as_str);
        device_choice(ui, "Sound output", &mut preferences.output_device, "System default", outputs);
    });
    notes(context, ui);
    row(ui, "Buffer", "Smaller responds faster; larger is safer against crackling", |ui| {
        buffer_choice(context, ui, preferences);
    });
    row(ui, "Glitches", "How often the sound dropped out, or notes came late", |ui| fault_count(context, ui));
}

fn notes(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    match context.services.sound.output() {
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
            let how = if output_latency_is_measured { "measured by the device" } else { "estimated as two buffers" };
            note(
                ui,
                theme.success,
                &format!(
                    "{device}, {khz:.1} kHz, {latency_ms:.1} ms from key to sound, of which {output_latency_ms:.1} ms \
                     in the output ({how})"
                ),
            );
            note(ui, theme.text_faint, &format!("Priority of the audio thread: {}", context.services.sound.priority()));
        }
        OutputState::NoDevice { reason } => {
            let reason = sentence(&reason);
            note(
                ui,
                theme.warning,
                &format!(
                    "{reason}. Editing, generating and exporting work without it; sound starts by itself when there \
                     is an output"
                ),
            );
        }
        OutputState::Opening => note(ui, theme.text_faint, "The output is being opened"),
    }
}

fn buffer_choice(context: &Context<'_>, ui: &mut Ui, preferences: &mut Preferences) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let sound = &context.services.sound;
    let device = match sound.output() {
        OutputState::Running { device, .. } => Some(device),
        OutputState::Opening | OutputState::NoDevice { .. } => None,
    };
    let known = device.as_ref().and_then(|device| preferences.measured_buffers.get(device));
    let automatic = known.map_or("Automatic".to_owned(), |frames| format!("Automatic ({frames})"));
    widgets::list_value(ui, &mut preferences.buffer_frames, None, automatic)
        .on_hover_text("The smallest that runs without gaps, tested in silence while nothing plays");
    for frames in BUFFER_SIZES {
        widgets::list_value(ui, &mut preferences.buffer_frames, Some(frames), frames.to_string());
    }
    ui.label(RichText::new("frames").color(Theme::of(ui).text_muted));
    ui.add_space(10.0);
    let why_not = if device.is_none() {
        Some("There is no output to measure")
    } else if preferences.buffer_frames.is_some() {
        Some("Choose “Automatic” first")
    } else if sound.position().playing {
        Some("Stop the music first: measuring takes a second or two of silence")
    } else {
        None
    };
    let button = widgets::text_button(ui, Icon::RotateCcw, "Measure again", why_not.map(str::to_owned));
    if button.on_hover_text("A second or two of silence at each size, the smallest first").clicked() {
        context.ask(SoundAction::Measure);
    }
}

fn fault_count(context: &Context<'_>, ui: &mut Ui) {
    let sound = &context.services.sound;
    ui.label(RichText::new(sound.fault_words()).color(Theme::of(ui).text_muted));
    ui.add_space(10.0);
    let why_not = (sound.faults() == Faults::default()).then(|| "There is nothing to reset".to_owned());
    if widgets::text_button(ui, Icon::X, "Reset", why_not).clicked() {
        context.ask(SoundAction::ForgetFaults);
    }
}
