//! The line at the bottom: what the pointer is over, and how sound, keyboards and engine are.

use eframe::egui::{Align, Button, Color32, Label, Layout, ProgressBar, RichText, Sense, Ui, vec2};

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

/// Between what it says, in points.
const GAP: f32 = 16.0;
/// Between a word and its icon, and how large the icon is, in points.
const BESIDE_ICON: f32 = 5.0;
const ICON: f32 = 13.0;

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
            ui.spacing_mut().item_spacing.x = GAP;
            if let Some(trouble) = &context.services.session.trouble {
                let hover = trouble.clone();
                show(ui, &Item::new(Icon::TriangleAlert, "Not saved", theme.error, hover));
            }
            training_state(context, ui);
            // the least important first: where there is no room for all, they go whole, unless something is wrong
            let states = [
                engine_state(context, theme),
                Some(keyboard_state(context, theme)),
                Some(output_state(context, theme)),
                silent_parts(context, theme),
            ];
            let mut items: Vec<Item> = states.into_iter().flatten().collect();
            let hint = hint(context);
            let beside = if context.services.exports.running.is_some() {
                0.0
            } else {
                let messages = context.services.toasts.width_in_status_bar(ui.ctx());
                messages.unwrap_or_else(|| hint.first().map_or(0.0, |first| text_width(ui, first)))
            };
            let room = ui.available_width() - beside;
            while items.iter().map(|item| item.width(ui) + GAP).sum::<f32>() > room {
                let Some(least) = items.iter().position(|item| !item.is_wrong(theme)) else { break };
                items.remove(least);
            }
            for item in &items {
                show(ui, item);
            }
            if context.services.exports.running.is_none() {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if !context.services.toasts.show_in_status_bar(ui, &|answer| context.answer(answer)) {
                        let hint = fitting(&hint, ui.available_width(), |text| text_width(ui, text));
                        let hint = RichText::new(hint).size(size::CAPTION).color(theme.text_faint);
                        ui.add(Label::new(hint).truncate());
                    }
                });
            }
        });
    });
}

/// As much of a hint as has room, in whole pieces, of which the first is the most important.
fn fitting(pieces: &[String], room: f32, width: impl Fn(&str) -> f32) -> String {
    let whole = (1..=pieces.len()).rev().map(|count| pieces[..count].join(" · "));
    let mut fits = whole.filter(|text| width(text) <= room);
    fits.next().or_else(|| pieces.first().cloned()).unwrap_or_default()
}

fn text_width(ui: &Ui, text: &str) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), theme::regular(size::CAPTION), Color32::PLACEHOLDER).size().x
}

/// What helps now, in pieces, the most important first.
fn hint(context: &Context<'_>) -> Vec<String> {
    let undone = context.document.undone.as_ref();
    let undone = undone.and_then(|undone| undone.said(context.document.history.revision()));
    if let Some((text, left)) = context.services.midi_learn.pickup.said().or(undone) {
        context.services.ctx.request_repaint_after(left);
        return vec![text.to_owned()];
    }
    let pieces = |pieces: &[&str]| pieces.iter().map(|piece| (*piece).to_owned()).collect();
    if let Some(entry) = &context.document.step_entry {
        let length = format!("Step entry: each step is {}", entry.length.name());
        return pieces(&[
            &length,
            "play a note or chord",
            "→ is a rest",
            "Backspace takes back",
            "1 to 6 change the length",
            "Ctrl+Shift+K ends it",
        ]);
    }
    if context.is_on(Command::ComputerKeys) {
        return pieces(&["Computer keyboard plays notes", "letter shortcuts are off (Ctrl+K)"]);
    }
    if context.document.recording.as_ref().is_some_and(crate::studio::document::recording::Recording::is_waiting) {
        return pieces(&["Waiting for your first note to start recording"]);
    }
    if context.document.recording.is_some() {
        return pieces(&[
            "Recording: R or Space ends it",
            "play on a keyboard, the piano below or the computer keyboard",
        ]);
    }
    match context.page {
        Page::Compose if let Some(take) = context.document.takes.heard() => {
            let state = if context.services.is_playing() { "Listening to" } else { "Space plays" };
            pieces(&[&format!("{state} take {}", take.number), "Ctrl+Enter keeps it", "[ and ] change takes"])
        }
        Page::Compose => pieces(&["Space plays", "G generates", "R records", "2 draws", "Ctrl+P finds every command"]),
        _ => pieces(&["Ctrl+1 goes back to the Compose page"]),
    }
}

/// What is said of something at the right, with a picture.
struct Item {
    icon: Icon,
    text: String,
    color: Color32,
    hover: String,
}

impl Item {
    fn new(icon: Icon, text: impl Into<String>, color: Color32, hover: impl Into<String>) -> Self {
        Self { icon, text: text.into(), color, hover: hover.into() }
    }

    /// How wide it is, in points.
    fn width(&self, ui: &Ui) -> f32 {
        text_width(ui, &self.text) + BESIDE_ICON + ICON
    }

    /// Whether it says that something is wrong.
    fn is_wrong(&self, theme: &Theme) -> bool {
        self.color == theme.warning || self.color == theme.error
    }
}

fn show(ui: &mut Ui, item: &Item) {
    // right to left, as the line is: the word, then the icon before it
    let shown = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = BESIDE_ICON;
        let words = RichText::new(&item.text).size(size::CAPTION).color(Theme::of(ui).text_muted);
        let label = ui.add(Label::new(words).sense(Sense::focusable_noninteractive()));
        ui.label(theme::icon_sized(item.icon, ICON).color(item.color));
        label
    });
    if shown.inner.has_focus() {
        shown.inner.show_tooltip_text(&item.hover); // what the pointer reads, the keyboard reads
    }
    widgets::focus_ring(ui, &shown.inner, shown.response.rect.expand2(vec2(4.0, 1.0)));
    shown.response.on_hover_text(&item.hover);
}

fn output_state(context: &Context<'_>, theme: &Theme) -> Item {
    match (context.services.sound.output(), &context.services.sound.font_state) {
        (OutputState::Opening, _) => {
            Item::new(Icon::Speaker, "Opening the sound output", theme.text_faint, "The sound output is being opened")
        }
        (OutputState::NoDevice { reason }, _) => {
            let hover = format!("{}. You can still edit, generate and export", sentence(&reason));
            Item::new(Icon::VolumeX, "No sound output", theme.warning, hover)
        }
        (OutputState::Running { device, latency_ms, instead, .. }, FontState::Loaded(font)) => {
            let faults = context.services.sound.faults();
            let gaps = match faults.overruns() {
                0 => String::new(),
                1 => " · 1 gap".to_owned(),
                gaps => format!(" · {gaps} gaps"),
            };
            let wrong = context.services.sound.fault_words().to_lowercase();
            let instead = instead.map_or(String::new(), |reason| format!("\n{}", sentence(&reason)));
            Item::new(
                Icon::Speaker,
                format!("{} · {latency_ms:.0} ms{gaps}", shortened(font, 24)),
                if instead.is_empty() { theme.success } else { theme.warning },
                format!(
                    "{font} on {device}, {latency_ms:.1} ms from key to sound\n\
                     Glitches: {wrong} · priority {}{instead}",
                    context.services.sound.priority()
                ),
            )
        }
        (OutputState::Running { .. }, FontState::Loading) => {
            Item::new(Icon::Hourglass, "Loading the SoundFont", theme.text_faint, "The SoundFont is being read")
        }
        (OutputState::Running { .. }, FontState::None(reason)) => {
            let hover = format!("There is no sound: {reason}. Choose one in Settings");
            Item::new(Icon::VolumeX, "No SoundFont", theme.warning, hover)
        }
    }
}

/// The parts that cannot be heard, where there are some.
fn silent_parts(context: &Context<'_>, theme: &Theme) -> Option<Item> {
    let (sound, score) = (&context.services.sound, context.document.score());
    let silent = sound.unheard(score);
    if silent.is_empty() {
        return None;
    }
    let mut whys: Vec<String> = silent.iter().take(12).map(|index| sound.why_unheard(score, *index)).collect();
    if silent.len() > whys.len() {
        whys.push("…".to_owned());
    }
    let text = format!("{} silent", counted(silent.len(), "part"));
    Some(Item::new(Icon::VolumeX, text, theme.warning, whys.join("\n")))
}

fn keyboard_state(context: &Context<'_>, theme: &Theme) -> Item {
    let status = context.services.keyboards.status();
    let connected: Vec<&str> =
        status.inputs.iter().filter(|input| input.is_connected).map(|input| &*input.name).collect();
    let item = |text: String, color, hover: String| Item::new(Icon::KeyboardMusic, text, color, hover);
    match (&status.unavailable, connected.as_slice()) {
        (_, [name]) => item(shortened(name, 24), theme.success, format!("{name} is connected")),
        (_, [_, ..]) => item(format!("{} keyboards", connected.len()), theme.success, connected.join(", ")),
        (Some(reason), []) => item(
            "No MIDI".to_owned(),
            theme.text_faint,
            format!("{}. The piano below and the computer keyboard (Ctrl+K) play too", sentence(reason)),
        ),
        (None, []) => item(
            "No keyboard".to_owned(),
            theme.text_faint,
            "Plug in a MIDI keyboard and it connects by itself; \
             the piano below and the computer keyboard (Ctrl+K) play too"
                .to_owned(),
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

fn engine_state(context: &Context<'_>, theme: &Theme) -> Option<Item> {
    match &context.services.engine.state {
        EngineState::Off => None,
        EngineState::Starting => {
            let hover = "The generation engine is loading";
            Some(Item::new(Icon::Hourglass, "Engine starting", theme.text_faint, hover))
        }
        EngineState::Ready { devices, .. } => {
            let text = devices.first().map_or("Engine ready", String::as_str);
            Some(Item::new(Icon::Cpu, text, theme.success, ready_words(devices)))
        }
        EngineState::Failed(reason) => Some(Item::new(Icon::Cpu, "Engine not running", theme.warning, reason.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_as_long_as_its_room_in_whole_pieces() {
        let pieces = ["Space plays", "G generates", "R records"].map(str::to_owned);
        let width = |text: &str| text.chars().count() as f32;
        let fits = |room| fitting(&pieces, room, width);
        assert_eq!(fits(100.0), "Space plays · G generates · R records");
        assert_eq!(fits(30.0), "Space plays · G generates");
        assert_eq!((fits(12.0).as_str(), fits(3.0).as_str()), ("Space plays", "Space plays"));
        assert_eq!(fitting(&[], 9.0, width), "");
    }
}
