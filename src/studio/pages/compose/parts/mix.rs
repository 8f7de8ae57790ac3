//! The mix of a part on its card: volume, pan, and what is sent to reverb and chorus. A turn is one undo step.

use eframe::egui::{Align2, EventFilter, Key, Response, Sense, Slider, Stroke, Ui, WidgetInfo, vec2};

use super::super::midi_learn_menu::midi_learn_menu;
use crate::{
    music::Part,
    studio::{
        context::Context,
        services::midi_learn::Turned,
        theme::{self, Theme},
        widgets::{self, part_title},
    },
};

/// Draws the controls, from right to left.
pub fn ui(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let title = part_title(part);
    let control = |response: &Response, label, turned, before: u8, now: u8, set: fn(&mut Part, u8)| {
        midi_learn_menu(context, response, turned);
        context.edit_by_control(response, label, before != now, move |score| {
            if let Some(part) = score.part_mut(index) {
                set(part, now);
            }
        });
    };
    let (response, chorus) = send_knob(ui, "C", &format!("Chorus of {title}"), part.chorus, 0);
    control(&response, "Chorus", Turned::PartChorus, part.chorus, chorus, |part, value| part.chorus = value);
    let (response, reverb) = send_knob(ui, "R", &format!("Reverb of {title}"), part.reverb, 40);
    control(&response, "Reverb", Turned::PartReverb, part.reverb, reverb, |part, value| part.reverb = value);
    let (response, pan) = pan_knob(ui, &title, part.pan);
    control(&response, "Pan", Turned::PartPan, part.pan, pan, |part, value| part.pan = value);
    let mut volume = part.volume;
    let response = widgets::slider(ui, Slider::new(&mut volume, 0..=127).show_value(false), 48.0)
        .accessible_name(format!("Volume of {title}"))
        .on_hover_text(format!("Volume {:.0} %", f32::from(volume) / 1.27));
    control(&response, "Volume", Turned::PartVolume, part.volume, volume, |part, value| part.volume = value);
}

fn pan_knob(ui: &mut Ui, title: &str, value: u8) -> (Response, u8) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click_and_drag());
    let pan_text = match i32::from(value) - 64 {
        0 => "centre".to_owned(),
        left @ ..0 => format!("{:.0} % left", -left as f32 / 0.64),
        right => format!("{:.0} % right", right as f32 / 0.63),
    };
    response.widget_info(|| WidgetInfo::slider(true, f64::from(value), format!("Pan of {title}")));
    let center = rect.center();
    ui.painter().circle(center, 8.5, theme.sunken, Stroke::new(1.0, theme.border_strong));
    let angle = (f32::from(value) - 64.0) / 64.0 * 2.3;
    let tip = center + vec2(angle.sin(), -angle.cos()) * 7.0;
    ui.painter().line_segment(
        [center + (tip - center) * 0.25, tip],
        Stroke::new(2.0, if value == 64 { theme.text_muted } else { theme.accent }),
    );
    widgets::focus_ring(ui, &response, rect);
    let pan = turned(ui, &response, value, 64);
    (response.on_hover_text(format!("Pan: {pan_text}; drag, or double-click for the centre")), pan)
}

/// A knob with its letter, and a ring that fills with how much is sent. What it is turned to comes back.
fn send_knob(ui: &mut Ui, letter: &str, name: &str, value: u8, usual: u8) -> (Response, u8) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(value), name));
    let center = rect.center();
    let ring = |share: f32| {
        let steps = (share * 24.0).ceil() as u16;
        (0..=steps)
            .map(|step| {
                let angle = (f32::from(step) / f32::from(steps.max(1)) * share - 0.5) * 4.6;
                center + vec2(angle.sin(), -angle.cos()) * 8.5
            })
            .collect::<Vec<_>>()
    };
    let share = f32::from(value) / 127.0;
    ui.painter().line(ring(1.0), Stroke::new(2.0, theme.border_strong));
    if value > 0 {
        ui.painter().line(ring(share), Stroke::new(2.5, theme.accent));
    }
    let color = if value > 0 { theme.text } else { theme.text_muted };
    ui.painter().text(center, Align2::CENTER_CENTER, letter, theme::bold(10.0), color);
    widgets::focus_ring(ui, &response, rect);
    let value_now = turned(ui, &response, value, usual);
    let hover = format!("{name}: {:.0} %; drag, or double-click to reset", share * 100.0);
    (response.on_hover_text(hover), value_now)
}

/// How much an arrow key turns a knob.
const KEY_STEP: u8 = 4;

/// What a knob is turned to: by dragging, by a double click to the usual, or by the arrows while it has the focus.
fn turned(ui: &Ui, response: &Response, value: u8, usual: u8) -> u8 {
    if response.double_clicked() {
        return usual;
    }
    if response.dragged() {
        let delta = response.drag_delta();
        return (f32::from(value) + delta.x - delta.y).clamp(0.0, 127.0).round() as u8;
    }
    if !response.has_focus() {
        return value;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    ui.input(|input| {
        let pressed = |one, other| input.num_presses(one) + input.num_presses(other);
        let up = pressed(Key::ArrowUp, Key::ArrowRight).min(127) as u8;
        let down = pressed(Key::ArrowDown, Key::ArrowLeft).min(127) as u8;
        let raised = value.saturating_add(up.saturating_mul(KEY_STEP)).min(127);
        raised.saturating_sub(down.saturating_mul(KEY_STEP))
    })
}
