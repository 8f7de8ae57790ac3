//! Settings: what is heard and through what, what is played on, how it looks.

mod midi_learn;
mod output;

use eframe::egui::{ComboBox, RichText, Slider, Ui};

use crate::studio::{
    actions::EngineAction,
    commands::Command,
    context::Context,
    services::{
        engine::{EngineState, cores, ready_words},
        preferences::{Preferences, ThemeChoice},
        sound::FontState,
    },
    theme::{self, Icon, Theme, size, space},
    widgets::{
        self,
        form::{group, note, row},
    },
    words::{sentence, shortened},
};

/// Letters of a device's name that fit into a choice.
const NAME: usize = 38;

/// Draws the page.
pub fn ui(context: &Context<'_>, ui: &mut Ui) {
    widgets::scrolling_page(ui, "settings", |ui| {
        ui.label(theme::strong("Settings", size::DISPLAY));
        ui.add_space(space::L);
        let mut preferences = context.preferences().clone();
        group(ui, Icon::Speaker, "Sound", |ui| sound(context, ui, &mut preferences));
        group(ui, Icon::KeyboardMusic, "Keyboards and recording", |ui| keyboards(context, ui, &mut preferences));
        group(ui, Icon::Cpu, "Engine", |ui| engine(context, ui, &mut preferences));
        group(ui, Icon::Palette, "Appearance", |ui| appearance(ui, &mut preferences));
        if preferences != *context.preferences() {
            context.change_preferences(|now| *now = preferences);
        }
    });
}

fn sound(context: &Context<'_>, ui: &mut Ui, preferences: &mut Preferences) {
    let theme = Theme::of(ui);
    row(ui, "SoundFont", "The instruments you hear", |ui| {
        let shown = match &context.services.sound.font_state {
            FontState::Loading => "Loading…",
            FontState::Loaded(name) => name,
            FontState::None(_) => "None",
        };
        ui.label(shortened(shown, NAME));
        if widgets::text_button(ui, Icon::Music, "Choose a SoundFont…", None).clicked() {
            context.ask(Command::ChooseSoundFont);
        }
    });
    if let FontState::None(reason) = &context.services.sound.font_state {
        note(ui, theme.warning, &format!("There is no sound: {reason}. Everything else works"));
    }
    output::rows(context, ui, preferences);
    row(ui, "Metronome", "How loud the click is", |ui| {
        widgets::slider(ui, Slider::new(&mut preferences.metronome_volume, 0.0..=1.0).show_value(false), 160.0)
            .accessible_name("Metronome volume");
        ui.label(RichText::new(format!("{:.0}%", preferences.metronome_volume * 100.0)).color(theme.text_muted));
    });
}

/// A choice of one device by name, or of none, which is called `otherwise`.
fn device_choice<'a>(
    ui: &mut Ui,
    name: &str,
    chosen: &mut Option<String>,
    otherwise: &str,
    devices: impl Iterator<Item = &'a str>,
) {
    let shown = shortened(chosen.as_deref().unwrap_or(otherwise), NAME);
    let choice = ComboBox::from_id_salt(name).width(280.0).selected_text(shown).show_ui(ui, |ui| {
        widgets::list_value(ui, chosen, None, otherwise);
        for device in devices {
            widgets::list_value(ui, chosen, Some(device.to_owned()), device);
        }
    });
    choice.response.accessible_name(name);
}

fn keyboards(context: &Context<'_>, ui: &mut Ui, preferences: &mut Preferences) {
    let theme = Theme::of(ui);
    let status = context.services.keyboards.status();
    row(ui, "MIDI input", "Keyboards connect automatically, even when plugged in later", |ui| {
        let names = status.inputs.iter().map(|input| &*input.name);
        device_choice(ui, "MIDI input", &mut preferences.midi_input, "All keyboards", names);
    });
    for input in &status.inputs {
        let known = input.profile.map_or(String::new(), |profile| format!(", recognised as {}", profile.name));
        if input.is_connected {
            note(ui, theme.success, &format!("{} is connected{known}", input.name));
        } else {
            note(ui, theme.text_faint, &format!("{} is available, but not connected", input.name));
        }
    }
    if let Some(reason) = &status.unavailable {
        note(ui, theme.warning, &sentence(reason));
    } else if status.inputs.is_empty() {
        note(ui, theme.text_faint, "No MIDI keyboard is plugged in");
    }
    row(
        ui,
        "Recording offset",
        "Subtracted from every recorded note; the output's latency is compensated already",
        |ui| {
            ui.add(
                widgets::number_field(&mut preferences.recording_offset_ms)
                    .range(-500.0..=500.0)
                    .speed(0.5)
                    .max_decimals(1)
                    .suffix(" ms"),
            )
            .accessible_name("Recording offset");
        },
    );
    midi_learn::rows(context, ui, &mut preferences.assignments);
    row(ui, "Count-in", "Bars counted before recording", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (bars, title) in [(0, "None"), (1, "1 bar"), (2, "2 bars")] {
            widgets::choice(ui, &mut preferences.count_in_bars, bars, title, None);
        }
    });
}

fn engine(context: &Context<'_>, ui: &mut Ui, preferences: &mut Preferences) {
    let theme = Theme::of(ui);
    let state = &context.services.engine.state;
    match state {
        EngineState::Off => note(ui, theme.text_faint, "The engine is not running"),
        EngineState::Starting => note(ui, theme.text_faint, "The engine is starting"),
        EngineState::Ready { devices, .. } => {
            note(ui, theme.success, &ready_words(devices));
        }
        EngineState::Failed(reason) => note(ui, theme.warning, reason),
    }
    if matches!(state, EngineState::Failed(_) | EngineState::Off)
        && widgets::text_button(ui, Icon::RotateCcw, "Start the engine again", None).clicked()
    {
        context.ask(EngineAction::Start);
    }
    let about = "For composing and training. Trainings that are running keep theirs";
    row(ui, "Processor threads", about, |ui| {
        let words =
            |threads: Option<u16>| threads.map_or_else(|| "Automatic".to_owned(), |threads| threads.to_string());
        let shown = words(preferences.threads);
        let choice = ComboBox::from_id_salt("threads").width(120.0).selected_text(shown).show_ui(ui, |ui| {
            let numbers = (1..=u16::try_from(cores()).unwrap_or(u16::MAX)).map(Some);
            for threads in [None].into_iter().chain(numbers) {
                widgets::list_value(ui, &mut preferences.threads, threads, words(threads));
            }
        });
        choice.response.accessible_name("Processor threads");
    });
    if preferences.threads.is_none() {
        note(ui, theme.text_faint, "Automatic keeps one core free for the sound");
    }
}

fn appearance(ui: &mut Ui, preferences: &mut Preferences) {
    row(ui, "Theme", "", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (choice, title) in ThemeChoice::ALL {
            widgets::choice(ui, &mut preferences.theme, choice, title, None);
        }
    });
    row(ui, "Size", "The size of everything in the window; Ctrl+plus and Ctrl+minus", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for scale in [0.8_f32, 1.0, 1.25, 1.5, 1.75, 2.0] {
            let chosen = (preferences.scale - scale).abs() < 0.01;
            if ui.add(widgets::choice_button(chosen, format!("{:.0}%", scale * 100.0))).clicked() {
                preferences.scale = scale;
            }
        }
    });
}
