//! The line at the bottom: what the pointer is over, and how sound, keyboards and engine are.

use eframe::egui::{Align, Button, Label, Layout, ProgressBar, RichText, Sense, Ui, vec2};

use super::words::lower_first;
pub use super::words::{sentence, shortened};
use crate::engine_client::run_folder::RunState;
use crate::plural::counted;
use crate::sound::OutputState;
use crate::studio::{
    actions::{ExportAction, TrainAction},
    commands::Command,
    context::Context,
    page::Page,
    services::{
        engine::{EngineState, ready_words},
        sound::FontState,
    },
    theme::{self, Icon, Theme, size},
    widgets::{self, IconButton},
};

/// Its height, in points.
pub const HEIGHT: f32 = 28.0;

/// Draws the line.
pub fn status_bar(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.horizontal_centered(|ui| {
        if let Some(export) = &context.services.exports.running {
            // beside the music, never over it
            ui.label(RichText::new("Exporting audio").size(size::CAPTION).color(theme.text_muted));
            ui.add(ProgressBar::new(export.share()).desired_width(160.0).desired_height(6.0).fill(theme.accent));
            if IconButton::new(Icon::X, "Cancel audio export").sized(22.0, 13.0).show(ui).clicked() {
                context.ask(ExportAction::Cancel);
            }
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
            context.services.toasts.show_in_status_bar(ui, &|answer| context.answer(answer));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            if let Some(trouble) = &context.services.session.trouble {
                item(ui, Icon::TriangleAlert, "Not saved", theme.error, trouble);
            }
            training_state(context, ui);
            engine_state(context, ui);
            keyboard_state(context, ui);
            output_state(context, ui);
            silent_parts(context, ui);
            if context.services.exports.running.is_none() {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if !context.services.toasts.show_in_status_bar(ui, &|answer| context.answer(answer)) {
                        let hint = RichText::new(hint(context)).size(size::CAPTION).color(theme.text_faint);
                        ui.add(Label::new(hint).truncate());
                    }
                });
            }
        });
    });
}

fn hint(context: &Context<'_>) -> String {
    let undone = context.document.undone.as_ref();
    let undone = undone.and_then(|undone| undone.said(context.document.history.revision()));
    if let Some((text, left)) = context.services.midi_learn.pickup.said().or(undone) {
        context.services.ctx.request_repaint_after(left);
        return text.to_owned();
    }
    if context.document.step_entry.is_some() {
        let length = context.services.preferences.roll.grid.name();
        return format!(
            "Step entry: each step is {length} (the grid); play a note or chord, → is a rest, Backspace takes back \
             (Ctrl+Shift+K ends it)"
        );
    }
    if context.is_on(Command::ComputerKeys) {
        return "Computer keyboard plays notes; letter shortcuts are off (Ctrl+K)".into();
    }
    if context.document.recording.as_ref().is_some_and(crate::studio::document::recording::Recording::is_waiting) {
        return "Waiting for your first note to start recording".into();
    }
    if context.document.recording.is_some() {
        return "Recording: play on a keyboard, the piano below or the computer keyboard; R or Space ends it".into();
    }
    match context.page {
        Page::Compose if let Some(take) = context.document.takes.heard() => {
            let state = if context.services.is_playing() { "Listening to" } else { "Space plays" };
            format!("{state} take {}: Ctrl+Enter keeps it, [ and ] change takes", take.number)
        }
        Page::Compose => "Space plays · G generates · R records · 2 draws · Ctrl+P finds every command".into(),
        _ => "Ctrl+1 goes back to the Compose page".into(),
    }
}

fn item(ui: &mut Ui, icon: Icon, text: &str, color: eframe::egui::Color32, hover: &str) {
    // right to left, as the line is: the word, then the icon before it
    let shown = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let words = RichText::new(text).size(size::CAPTION).color(Theme::of(ui).text_muted);
        let label = ui.add(Label::new(words).sense(Sense::focusable_noninteractive()));
        ui.label(theme::icon_sized(icon, 13.0).color(color));
        label
    });
    if shown.inner.has_focus() {
        shown.inner.show_tooltip_text(hover); // what the pointer reads, the keyboard reads
    }
    widgets::focus_ring(ui, &shown.inner, shown.response.rect.expand2(vec2(4.0, 1.0)));
    shown.response.on_hover_text(hover);
}

fn output_state(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    match (context.services.sound.output(), &context.services.sound.font_state) {
        (OutputState::Opening, _) => {
            item(ui, Icon::Speaker, "Opening the sound output", theme.text_faint, "The sound output is being opened");
        }
        (OutputState::NoDevice { reason }, _) => item(
            ui,
            Icon::VolumeX,
            "No sound output",
            theme.warning,
            &format!("{}. You can still edit, generate and export", sentence(&reason)),
        ),
        (OutputState::Running { device, latency_ms, instead, .. }, FontState::Loaded(font)) => {
            let faults = context.services.sound.faults();
            let gaps = match faults.overruns() {
                0 => String::new(),
                1 => " · 1 gap".to_owned(),
                gaps => format!(" · {gaps} gaps"),
            };
            let wrong = context.services.sound.fault_words().to_lowercase();
            let instead = instead.map_or(String::new(), |reason| format!("\n{}", sentence(&reason)));
            item(
                ui,
                Icon::Speaker,
                &format!("{} · {latency_ms:.0} ms{gaps}", shortened(font, 24)),
                if instead.is_empty() { theme.success } else { theme.warning },
                &format!(
                    "{font} on {device}, {latency_ms:.1} ms from key to sound\n\
                     Glitches: {wrong} · priority {}{instead}",
                    context.services.sound.priority()
                ),
            );
        }
        (OutputState::Running { .. }, FontState::Loading) => {
            item(ui, Icon::Hourglass, "Loading the SoundFont", theme.text_faint, "The SoundFont is being read");
        }
        (OutputState::Running { .. }, FontState::None(reason)) => item(
            ui,
            Icon::VolumeX,
            "No SoundFont",
            theme.warning,
            &format!("There is no sound: {reason}. Choose one in Settings"),
        ),
    }
}

/// The parts that cannot be heard, where there are some.
fn silent_parts(context: &Context<'_>, ui: &mut Ui) {
    let (sound, score) = (&context.services.sound, context.document.score());
    let silent = sound.unheard(score);
    if !silent.is_empty() {
        let mut whys: Vec<String> = silent.iter().take(12).map(|index| sound.why_unheard(score, *index)).collect();
        if silent.len() > whys.len() {
            whys.push("…".to_owned());
        }
        let text = format!("{} silent", counted(silent.len(), "part"));
        item(ui, Icon::VolumeX, &text, Theme::of(ui).warning, &whys.join("\n"));
    }
}

fn keyboard_state(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let status = context.services.keyboards.status();
    let connected: Vec<&str> =
        status.inputs.iter().filter(|input| input.is_connected).map(|input| &*input.name).collect();
    match (&status.unavailable, connected.as_slice()) {
        (_, [name]) => {
            item(ui, Icon::KeyboardMusic, &shortened(name, 24), theme.success, &format!("{name} is connected"));
        }
        (_, [_, ..]) => item(
            ui,
            Icon::KeyboardMusic,
            &format!("{} keyboards", connected.len()),
            theme.success,
            &connected.join(", "),
        ),
        (Some(reason), []) => item(
            ui,
            Icon::KeyboardMusic,
            "No MIDI",
            theme.text_faint,
            &format!("{}. The piano below and the computer keyboard (Ctrl+K) play too", sentence(reason)),
        ),
        (None, []) => item(
            ui,
            Icon::KeyboardMusic,
            "No keyboard",
            theme.text_faint,
            "Plug in a MIDI keyboard and it connects by itself; \
                 the piano below and the computer keyboard (Ctrl+K) play too",
        ),
    }
}

/// The trainings under way, and the way to them.
fn training_state(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let training = &context.services.training;
    let Some(run) = training.under_way().next() else { return };
    let text = match training.running() {
        1 => format!("{}: {} of {}", shortened(&run.name(), 20), run.status.iteration, run.total()),
        more => counted(more, "training"),
    };
    let icon = if run.status.state == RunState::Paused { Icon::Pause } else { Icon::Activity };
    let words = RichText::new(&text).size(size::CAPTION).color(theme.text_muted);
    let button = Button::new((theme::icon_sized(icon, 13.0).color(theme.success), words)).frame_when_inactive(false);
    let lines = training.under_way().map(|run| {
        let asked = training.asked(&run.folder).state(run);
        let words = asked.or_else(|| run.doing().map(lower_first)).unwrap_or_else(|| {
            let state = if run.status.state == RunState::Paused { "paused" } else { "learning" };
            format!("{state}, {} of {}", run.status.iteration, run.total())
        });
        format!("{}: {words}", run.name())
    });
    let hover = lines.chain(["Click to see it on the Train page".to_owned()]).collect::<Vec<_>>().join("\n");
    if ui.add(button).accessible_name(format!("Training {text}")).on_hover_text(hover).clicked() {
        context.ask(Command::Show(Page::Train));
        context.ask(TrainAction::Select(Some(run.folder.clone())));
    }
}

fn engine_state(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    match &context.services.engine.state {
        EngineState::Off => {}
        EngineState::Starting => {
            item(ui, Icon::Hourglass, "Engine starting", theme.text_faint, "The generation engine is loading");
        }
        EngineState::Ready { devices, .. } => item(
            ui,
            Icon::Cpu,
            devices.first().map_or("Engine ready", String::as_str),
            theme.success,
            &ready_words(devices),
        ),
        EngineState::Failed(reason) => item(ui, Icon::Cpu, "Engine not running", theme.warning, reason),
    }
}
