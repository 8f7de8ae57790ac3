//! The small window of a tool: its settings, what they come to, apply or cancel.

use eframe::egui::{self, Align, Align2, ComboBox, Frame, Id, Layout, RichText, Slider, Ui, Window, vec2};

use super::state::{NoteTool, OpenTool};
use crate::{
    music::{
        Key, TICKS_PER_QUARTER, Tick,
        edit::MAX_TICK,
        quantise::{GridStep, Humanise, Quantise},
    },
    studio::{
        actions::NoteToolAction,
        context::Context,
        theme::{self, Icon, Theme, size, space},
        widgets::{self, named_row},
    },
};

/// The width of the settings, in points.
const WIDTH: f32 = 352.0;

/// Draws the open tool's window, if one is open.
pub fn show(open: &mut Option<OpenTool>, context: &Context<'_>, ctx: &egui::Context) {
    let Some(open) = open else { return };
    let document = context.document;
    if open.part != document.part || open.revision != document.history.revision() || document.recording.is_some() {
        context.ask(NoteToolAction::Cancel); // another part or score is shown by now
        return;
    }
    Window::new(open.tool.title())
        .id(Id::unique("note tool"))
        .title_bar(false)
        .auto_sized()
        .pivot(Align2::RIGHT_TOP)
        .default_pos(open.corner + vec2(-space::L, space::L))
        .frame(Frame::popup(&ctx.global_style()).inner_margin(space::L))
        .show(ctx, |ui| {
            ui.set_width(WIDTH);
            ui.label(theme::strong(open.tool.title(), size::TITLE));
            widgets::caption(ui, format!("Changes {}; you see and hear the result at once", open.called));
            ui.add_space(space::S);
            let key = open.key(document);
            let wants_keys = &mut open.wants_keys;
            match &mut open.tool {
                NoteTool::Quantise(quantise) => quantise_settings(ui, quantise),
                NoteTool::Humanise(humanise) => humanise_settings(ui, humanise, wants_keys),
                NoteTool::Transpose { by, in_scale } => {
                    transpose_settings(ui, by, in_scale, key, wants_keys);
                }
                NoteTool::Stretch { from, to } => stretch_settings(ui, *from, to, wants_keys),
            }
            if open.refused {
                let text = "A note would leave the MIDI range";
                ui.label(RichText::new(text).size(size::CAPTION).color(Theme::of(ui).warning));
            }
            ui.add_space(space::S);
            ui.allocate_ui_with_layout(vec2(WIDTH, space::CONTROL), Layout::right_to_left(Align::Center), |ui| {
                answer(open, context, ui);
            });
        });
}

fn answer(open: &OpenTool, context: &Context<'_>, ui: &mut Ui) {
    if open.shown != Some(open.tool) {
        context.ask(NoteToolAction::Preview);
    }
    let why_not = open.refused.then(|| "A note would leave the range".to_owned());
    let entered = widgets::entered(ui) && why_not.is_none();
    if widgets::text_button(ui, Icon::Check, "Apply", why_not).clicked() || entered {
        context.ask(NoteToolAction::Apply);
    }
    if ui.button("Cancel").clicked() {
        context.ask(NoteToolAction::Cancel);
    }
}

/// A share as per cent.
fn share(ui: &mut Ui, name: &str, value: &mut f32, help: &str) {
    named_row(ui, name, |ui| {
        let mut percent = (*value * 100.0).round();
        let slider = Slider::new(&mut percent, 0.0..=100.0).step_by(1.0).show_value(false);
        let changed = widgets::slider(ui, slider, 140.0).accessible_name(name).on_hover_text(help).changed();
        if changed {
            *value = percent / 100.0;
        }
        ui.label(format!("{percent:.0}%"));
    });
}

fn quantise_settings(ui: &mut Ui, quantise: &mut Quantise) {
    named_row(ui, "Grid", |ui| {
        ComboBox::from_id_salt("quantise grid")
            .width(120.0)
            .selected_text(quantise.step.name())
            .show_ui(ui, |ui| {
                for step in GridStep::ALL {
                    widgets::list_value(ui, &mut quantise.step, step, step.name());
                }
            })
            .response
            .accessible_name("Quantise grid");
    });
    share(ui, "Strength", &mut quantise.strength, "How far notes move towards the grid");
    share(ui, "Swing", &mut quantise.swing, "How late every second grid line is; 100% is a triplet feel");
    named_row(ui, "Moves", |ui| {
        widgets::tick(ui, &mut quantise.starts, "Starts");
        widgets::tick(ui, &mut quantise.lengths, "Ends")
            .on_hover_text("Note ends snap to the grid, too; each note lasts at least one step");
    });
}

fn humanise_settings(ui: &mut Ui, humanise: &mut Humanise, wants_keys: &mut bool) {
    named_row(ui, "Timing", |ui| {
        let ticks = widgets::number_field(&mut humanise.timing_ticks).range(0..=120).prefix("± ").suffix(" ticks");
        widgets::first_number(ui, ticks, wants_keys)
            .on_hover_text("Maximum timing change; a sixteenth is 120 ticks")
            .accessible_name("Timing");
    });
    named_row(ui, "Velocity", |ui| {
        ui.add(widgets::number_field(&mut humanise.velocity).range(0..=60).prefix("± "))
            .on_hover_text("Maximum velocity change")
            .accessible_name("Velocity");
    });
    named_row(ui, "Seed", |ui| {
        ui.add(widgets::number_field(&mut humanise.seed).range(0..=9999))
            .on_hover_text("A number that stands for all chance here: the same seed gives the same result again")
            .accessible_name("Seed");
        if widgets::text_button(ui, Icon::Dices, "New seed", None).clicked() {
            humanise.seed = (humanise.seed + 1) % 10_000;
        }
    });
}

fn transpose_settings(ui: &mut Ui, by: &mut i32, in_scale: &mut bool, key: Option<Key>, wants_keys: &mut bool) {
    named_row(ui, "In", |ui| {
        widgets::outline_ticks(ui);
        ui.radio_value(in_scale, false, "Semitones");
        ui.add_enabled_ui(key.is_some(), |ui| {
            ui.radio_value(in_scale, true, "Scale steps")
                .on_disabled_hover_text("No key is set, and the notes suggest none");
        });
    });
    let octave = if *in_scale { 7 } else { 12 };
    named_row(ui, "By", |ui| {
        let field = widgets::number_field(by).range(-127..=127).speed(0.1);
        widgets::first_number(ui, field, wants_keys).accessible_name("By");
        for (name, change) in [("Octave down", -octave), ("Octave up", octave)] {
            if ui.button(name).clicked() {
                *by = (*by + change).clamp(-127, 127);
            }
        }
    });
}

fn stretch_settings(ui: &mut Ui, from: Tick, to: &mut Tick, wants_keys: &mut bool) {
    let quarter = f64::from(TICKS_PER_QUARTER);
    named_row(ui, "Length", |ui| {
        let mut beats = f64::from(*to) / quarter;
        let field = widgets::number_field(&mut beats)
            .range(1.0 / quarter..=f64::from(MAX_TICK) / quarter)
            .speed(0.05)
            .max_decimals(3)
            .suffix(" quarters");
        if widgets::first_number(ui, field, wants_keys).accessible_name("Length").changed() {
            *to = ((beats * quarter).round() as Tick).max(1);
        }
        widgets::caption(ui, format!("{:.0}% of the original", f64::from(*to) / f64::from(from.max(1)) * 100.0));
    });
    named_row(ui, "", |ui| {
        for (name, times, over) in [("Half", 1, 2), ("Two thirds", 2, 3), ("Reset", 0, 1), ("Double", 2, 1)] {
            if ui.button(name).clicked() {
                let length = if times == 0 { u64::from(from) } else { u64::from(*to) * times / over };
                *to = length.clamp(1, u64::from(MAX_TICK)) as Tick;
            }
        }
    });
}
