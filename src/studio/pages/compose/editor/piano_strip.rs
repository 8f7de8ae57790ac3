//! The on-screen piano and the line of controls above it.

use eframe::egui::{ComboBox, Frame, Label, Margin, Panel, RichText, Ui};

use super::{super::piano::PianoInput, Editor, PitchSet};
use crate::{
    music::quantise::GridStep,
    studio::{
        commands::{
            Command,
            buttons::{command_button, command_icon},
        },
        context::Context,
        theme::{Icon, Theme, size, space},
        widgets::{self, IconButton},
    },
};

/// How high the line above the keys is, in points.
pub const TOOLS_HEIGHT: f32 = 32.0;

/// Draws it; these keys are lit.
pub fn ui(editor: &mut Editor, lit: PitchSet, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    Panel::top("piano tools").frame(Frame::new().inner_margin(Margin::symmetric(8, 0))).exact_size(TOOLS_HEIGHT).show(
        ui,
        |ui| {
            ui.horizontal_centered(|ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                let on = editor.computer_keys.enabled;
                let button = IconButton::new(Icon::Keyboard, "Computer keyboard").on(on);
                command_button(context, ui, Command::ComputerKeys, button);
                let steps = IconButton::new(Icon::Footprints, "Step entry").on(context.is_on(Command::StepEntry));
                command_button(context, ui, Command::StepEntry, steps);
                if let Some(entry) = &context.document.step_entry {
                    step_length(entry.length, context, ui);
                }
                let (text, color) = if on {
                    command_icon(context, ui, Command::KeysOctaveDown);
                    let octave = format!("octave {}", editor.computer_keys.octave());
                    ui.label(RichText::new(octave).size(size::CAPTION).color(theme.text_muted));
                    command_icon(context, ui, Command::KeysOctaveUp);
                    ("Computer keyboard plays notes; letter shortcuts are off, except R (record)", theme.accent)
                } else {
                    ("Click the keys, plug in a MIDI keyboard, or play on the computer keyboard", theme.text_faint)
                };
                ui.add(Label::new(RichText::new(text).size(size::CAPTION).color(color)).truncate());
            });
        },
    );
    let events = if ui.available_height() < 20.0 {
        editor.piano.release().into_iter().collect() // there is no room for keys
    } else {
        let color = context.document.chosen_part().map_or(theme.accent, |part| theme.part(part.color));
        let computer_keys = Some(&editor.computer_keys).filter(|keys| keys.enabled);
        editor.piano.show(ui, &PianoInput { lit, color, computer_keys })
    };
    editor.play(events, context.actions());
}

/// How long each step of step entry is.
fn step_length(shown: GridStep, context: &Context<'_>, ui: &mut Ui) {
    ui.spacing_mut().interact_size.y = 24.0;
    let mut length = shown;
    let response = ComboBox::from_id_salt("step length").width(92.0).selected_text(shown.name()).show_ui(ui, |ui| {
        for other in GridStep::ALL {
            widgets::list_value(ui, &mut length, other, other.name());
        }
    });
    response
        .response
        .accessible_name("Step length")
        .on_hover_text("How long each step of step entry is; 1 to 6 on the keyboard are whole notes to thirty-seconds");
    if length != shown {
        context.ask(Command::StepLength(length));
    }
}
