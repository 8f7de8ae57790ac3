//! The sound output: started, listened to, and what is said of it.

use std::sync::Arc;

use crate::{
    library::paths,
    sound::{Loading, OutputEvent, Player, SoundFont, Wake, find_soundfonts, output_devices},
    studio::{
        actions::{SoundAction, SoundFontAction},
        services::Services,
        toasts::Tone,
    },
};

/// Carries out what is asked for around the sound.
pub fn execute(action: SoundAction, services: &mut Services) {
    let sound = &mut services.sound;
    match action {
        SoundAction::Outputs(outputs) => sound.outputs = outputs,
        SoundAction::Font(font) => sound.take_font(font),
        SoundAction::Measure => sound.with_player(Player::measure_output),
        SoundAction::ForgetFaults => sound.with_player(Player::reset_faults),
    }
}

/// Starts the player, and looks for SoundFonts and outputs beside the window.
pub fn start(services: &mut Services) {
    let ctx = services.ctx.clone();
    let wake = Wake(Arc::new(move || ctx.request_repaint()));
    let preferences = &services.preferences;
    if !services.sound.start(wake, preferences.output_device.clone(), preferences.buffer()) {
        return;
    }
    let chosen = preferences.soundfont.clone();
    services.jobs.spawn("looking for sound", move |poster| {
        let own = paths::soundfonts_folder().ok();
        poster.ask(SoundFontAction::Found(find_soundfonts(own.as_deref())));
        poster.ask(SoundAction::Outputs(output_devices()));
        let cache = paths::decoded_soundfonts_folder().ok();
        let font = SoundFont::best(chosen.as_deref(), own.as_deref(), &Loading::cached(cache.as_deref()));
        poster.ask(SoundAction::Font(font));
    });
}

/// Says what became of the output.
pub fn poll(services: &mut Services) {
    for event in services.sound.output_events() {
        match event {
            OutputEvent::Lost { device, instead: Some(other) } => {
                services.say(
                    Tone::Warning,
                    format!("{device} was disconnected; sound plays through {other} until it is back"),
                );
            }
            OutputEvent::Lost { device, instead: None } => services.say(
                Tone::Warning,
                format!("{device} was disconnected; sound comes back when it does, and everything else works"),
            ),
            OutputEvent::Back { device } => services.tell(format!("Sound is back, on {device}")),
            OutputEvent::Measured { device, buffer_frames } => {
                services.tell(format!("{device} runs without gaps at {buffer_frames} frames"));
                services.change_preferences(|preferences| {
                    preferences.measured_buffers.insert(device, buffer_frames);
                });
            }
        }
    }
}
