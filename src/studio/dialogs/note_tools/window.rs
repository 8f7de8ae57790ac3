//! The small window of a tool: its settings, what they come to, apply or leave.

use eframe::egui::{Align, Align2, ComboBox, Context, DragValue, Frame, Layout, RichText, Slider, Ui, Window};

use crate::studio::dialogs::note_tools::NoteTool;
use crate::{
    music::{
        Key, TICKS_PER_QUARTER, Tick,
        edit::MAX_TICK,
        quantise::{GridStep, Humanise, Quantise},
    },
    studio::{
        state::Studio,
        theme::{self, Icon, Theme, size, space},
        widgets,
    },
};

/// The width of the settings, in points.
const WIDTH: f32 = 340.0;

impl Studio {
    /// Draws the open tool's window, if one is open.
    pub(in crate::studio) fn show_note_tool(&mut self, ctx: &Context) {
        let Some(open) = &self.dialogs.note_tool else { return };
        if open.part != self.document.part
            || open.revision != self.document.history.revision()
            || self.document.recording.is_some()
        {
            self.cancel_note_tool(); // another part or score is shown by now
            return;
        }
        let (mut tool, refused, count) = (open.tool, open.refused, open.selection.len());
        let key = self.document.key();
        let area = self.pages.compose.editor.roll.coordinates().area();
        let style = ctx.global_style();
        let mut decision = None;
        let entered = widgets::entered(ctx);
        Window::new(tool.title())
            .id(eframe::egui::Id::unique("note tool"))
            .title_bar(false)
            .auto_sized()
            .pivot(Align2::RIGHT_TOP)
            .default_pos(area.right_top() + eframe::egui::vec2(-space::L, space::L))
            .frame(Frame::popup(&style).inner_margin(space::L))
            .show(ctx, |ui| {
                ui.set_width(WIDTH);
                let what = if count == 0 {
                    "all notes of the part".to_owned()
                } else {
                    crate::plural::counted(count, "selected note")
                };
                ui.label(theme::strong(tool.title(), size::TITLE));
                widgets::caption(ui, format!("Changes {what}; seen and heard at once"));
                ui.add_space(space::S);
                match &mut tool {
                    NoteTool::Quantise(quantise) => quantise_settings(ui, quantise),
                    NoteTool::Humanise(humanise) => humanise_settings(ui, humanise),
                    NoteTool::Transpose { by, in_scale } => transpose_settings(ui, by, in_scale, key),
                    NoteTool::Stretch { from, to } => stretch_settings(ui, *from, to),
                }
                if refused {
                    let text = "A note would leave the range, so nothing moves";
                    ui.label(RichText::new(text).size(size::CAPTION).color(Theme::of(ui).warning));
                }
                ui.add_space(space::S);
                decision = decide(ui, refused, entered);
            });
        if let Some(open) = &mut self.dialogs.note_tool {
            open.tool = tool;
        }
        self.preview_note_tool();
        match decision {
            Some(true) => self.apply_note_tool(),
            Some(false) => self.cancel_note_tool(),
            None => {}
        }
    }
}

/// Apply (or Enter), or cancel.
fn decide(ui: &mut Ui, refused: bool, entered: bool) -> Option<bool> {
    let mut decision = None;
    let row = eframe::egui::vec2(WIDTH, space::CONTROL);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        let why_not = refused.then(|| "A note would leave the range".to_owned());
        let apply = widgets::text_button(ui, Icon::Check, "Apply", why_not);
        if apply.clicked() || (entered && !refused) {
            decision = Some(true);
        }
        if ui.button("Cancel").clicked() {
            decision = Some(false);
        }
    });
    decision
}

fn setting(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(space::CONTROL);
        let (rect, _) = ui.allocate_exact_size(eframe::egui::vec2(84.0, space::CONTROL), eframe::egui::Sense::hover());
        let color = Theme::of(ui).text_muted;
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, name, theme::regular(size::BODY), color);
        add(ui);
    });
}

/// A share as per cent.
fn share(ui: &mut Ui, name: &str, value: &mut f32, help: &str) {
    setting(ui, name, |ui| {
        let mut percent = (*value * 100.0).round();
        let slider = Slider::new(&mut percent, 0.0..=100.0).step_by(1.0).show_value(false);
        let changed = widgets::slider(ui, slider, 140.0).accessible_name(name).on_hover_text(help).changed();
        if changed {
            *value = percent / 100.0;
        }
        ui.label(format!("{percent:.0} %"));
    });
}

fn quantise_settings(ui: &mut Ui, quantise: &mut Quantise) {
    setting(ui, "Grid", |ui| {
        ComboBox::from_id_salt("quantise grid")
            .width(120.0)
            .selected_text(quantise.step.name())
            .show_ui(ui, |ui| {
                for step in GridStep::ALL {
                    ui.selectable_value(&mut quantise.step, step, step.name());
                }
            })
            .response
            .accessible_name("Quantise grid");
    });
    share(ui, "Strength", &mut quantise.strength, "How far notes go towards their line");
    share(ui, "Swing", &mut quantise.swing, "How late every second line is: 100 % is a triplet's feel");
    setting(ui, "Moves", |ui| {
        ui.checkbox(&mut quantise.starts, "Starts");
        ui.checkbox(&mut quantise.lengths, "Ends").on_hover_text("Notes end on lines, too, and last a step at least");
    });
}

fn humanise_settings(ui: &mut Ui, humanise: &mut Humanise) {
    setting(ui, "Timing", |ui| {
        let ticks = DragValue::new(&mut humanise.timing_ticks).range(0..=120).prefix("± ").suffix(" ticks");
        ui.add(ticks).on_hover_text("How far starts may stray; a sixteenth is 120 ticks").accessible_name("Timing");
    });
    setting(ui, "Velocity", |ui| {
        ui.add(DragValue::new(&mut humanise.velocity).range(0..=60).prefix("± "))
            .on_hover_text("How much harder or softer notes may be struck")
            .accessible_name("Velocity");
    });
    setting(ui, "Seed", |ui| {
        ui.add(DragValue::new(&mut humanise.seed).range(0..=9999))
            .on_hover_text("The same seed gives the same result")
            .accessible_name("Seed");
        if widgets::text_button(ui, Icon::Dices, "Another", None).clicked() {
            humanise.seed = (humanise.seed + 1) % 10_000;
        }
    });
}

fn transpose_settings(ui: &mut Ui, by: &mut i32, in_scale: &mut bool, key: Option<Key>) {
    setting(ui, "In", |ui| {
        ui.radio_value(in_scale, false, "Semitones");
        ui.add_enabled_ui(key.is_some(), |ui| {
            ui.radio_value(in_scale, true, "Scale steps")
                .on_disabled_hover_text("No key is set, and the notes suggest none");
        });
    });
    let octave = if *in_scale { 7 } else { 12 };
    setting(ui, "By", |ui| {
        ui.add(DragValue::new(by).range(-127..=127).speed(0.1)).accessible_name("By");
        for (name, change) in [("Octave down", -octave), ("Octave up", octave)] {
            if ui.button(name).clicked() {
                *by = (*by + change).clamp(-127, 127);
            }
        }
    });
}

fn stretch_settings(ui: &mut Ui, from: Tick, to: &mut Tick) {
    let quarter = f64::from(TICKS_PER_QUARTER);
    setting(ui, "Length", |ui| {
        let mut beats = f64::from(*to) / quarter;
        let field = DragValue::new(&mut beats)
            .range(1.0 / quarter..=f64::from(MAX_TICK) / quarter)
            .speed(0.05)
            .max_decimals(3)
            .suffix(" quarters");
        if ui.add(field).accessible_name("Length").changed() {
            *to = ((beats * quarter).round() as Tick).max(1);
        }
        widgets::caption(ui, format!("{:.0} % of before", f64::from(*to) / f64::from(from.max(1)) * 100.0));
    });
    setting(ui, "", |ui| {
        for (name, times, over) in [("Half", 1, 2), ("Two thirds", 2, 3), ("Reset", 0, 1), ("Double", 2, 1)] {
            if ui.button(name).clicked() {
                let length = if times == 0 { u64::from(from) } else { u64::from(*to) * times / over };
                *to = length.clamp(1, u64::from(MAX_TICK)) as Tick;
            }
        }
    });
}
