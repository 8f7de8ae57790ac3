//! The mix of a part, on its card, its lane and its strip of the mixer: volume, pan, and what is sent to reverb and
//! chorus. A turn is one undo step.

use eframe::egui::{
    Align2, Color32, EventFilter, Key, Response, Sense, Slider, Stroke, TextStyle, Ui, Vec2, WidgetInfo, vec2,
};

use super::super::midi_learn_menu::midi_learn_menu;
use crate::{
    music::Part,
    plural::with_minus,
    studio::{
        context::Context,
        services::midi_learn::Turned,
        theme::{self, Theme},
        widgets::{self, part_title},
    },
};

/// Draws how loud a part is now.
pub fn level(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui, size: Vec2) {
    let peaks = context.services.sound.peaks().parts.get(index).copied().unwrap_or_default();
    widgets::level_meter(ui, &format!("Level of {}", part_title(part)), peaks, size);
}

/// How a fader lies, and how long it is, in points.
#[derive(Clone, Copy, Debug)]
pub enum Fader {
    /// From left to right.
    Level(f32),
    /// From below upwards.
    Upright(f32),
}

impl Fader {
    /// A slider that lies so, and its length in points.
    pub fn slider(self, slider: Slider<'_>) -> (Slider<'_>, f32) {
        match self {
            Self::Level(length) => (slider.show_value(false), length),
            Self::Upright(length) => (slider.show_value(false).vertical(), length),
        }
    }
}

/// The volume of a part that changes nothing, as General MIDI has it.
pub const UNCHANGED: u8 = 100;

/// What a fader adds, in decibels; minus infinity at 0. One value of it changes nothing.
pub fn gain_db(volume: u8, unchanged: u8) -> f32 {
    40.0 * (f32::from(volume) / f32::from(unchanged)).log10()
}

/// So few decibels are silence where they are typed.
const SILENT_DB: f64 = -90.0;

/// The number of a fader, in decibels, to be typed or dragged; what it was made comes back.
pub fn gain_field(name: &str, volume: u8, unchanged: u8, ui: &mut Ui) -> (Response, u8) {
    let mut gain = f64::from(gain_db(volume, unchanged)).max(SILENT_DB);
    let before = gain;
    let response = ui
        .scope(|ui| {
            let style = ui.style_mut();
            style.drag_value_text_style = TextStyle::Small;
            style.spacing.interact_size = vec2(GAIN.x, GAIN.y);
            style.spacing.button_padding = vec2(2.0, 0.0);
            style.visuals.widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
            let field = widgets::number_field(&mut gain)
                .range(SILENT_DB..=f64::from(gain_db(127, unchanged)))
                .speed(0.1)
                .custom_formatter(|gain, _| decibels(if gain > SILENT_DB { gain as f32 } else { f32::NEG_INFINITY }))
                .custom_parser(decibels_typed);
            ui.add(field)
        })
        .inner
        .accessible_name(name)
        .on_hover_text("Click to type the volume in decibels");
    let turned = (f64::from(unchanged) * 10.0_f64.powf(gain / 40.0)).round().clamp(0.0, 127.0) as u8;
    (response, if gain == before { volume } else { turned })
}

/// How large the number of a fader is, in points.
pub const GAIN: Vec2 = vec2(64.0, 18.0);

/// Reads decibels as people type them, such as `-6`, `+1.5 dB` or `-inf`.
fn decibels_typed(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(['d', 'D', 'b', 'B']).trim_end().replace('−', "-").replace(',', ".");
    let gain: f64 = text.replace('∞', "inf").parse().ok()?;
    (!gain.is_nan()).then_some(gain.max(SILENT_DB))
}

/// The number of a part's fader.
pub fn gain(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let name = format!("Volume of {} in decibels", part_title(part));
    let (response, volume) = gain_field(&name, part.volume, UNCHANGED, ui);
    let set = |part: &mut Part, value| part.volume = value;
    control(&response, "Volume", Turned::PartVolume, (index, part.volume, volume), context, set);
}

/// Decibels for people, with their sign.
pub fn decibels(gain: f32) -> String {
    // no "-0.0"
    match format!("{gain:+.1}").as_str() {
        "+0.0" | "-0.0" => "0.0 dB".to_owned(),
        "-inf" => "−∞ dB".to_owned(),
        gain => format!("{} dB", with_minus(gain)),
    }
}

/// The part's fader.
pub fn volume(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui, fader: Fader) -> Response {
    let mut volume = part.volume;
    let (slider, length) = fader.slider(Slider::new(&mut volume, 0..=127));
    // a key goes as fine as there are values
    let response = widgets::slider(ui, slider.step_by(1.0), length)
        .accessible_name(format!("Volume of {}", part_title(part)))
        .on_hover_text(format!(
            "Volume: {}; arrow keys fine-tune it, a double click resets it to 0 dB",
            decibels(gain_db(part.volume, UNCHANGED))
        ));
    if widgets::is_double_clicked(ui, &response) {
        volume = UNCHANGED;
    }
    let set = |part: &mut Part, value| part.volume = value;
    control(&response, "Volume", Turned::PartVolume, (index, part.volume, volume), context, set);
    response
}

/// How much room the knobs take, in points.
pub const KNOBS: Vec2 = vec2(3.0 * KNOB + 2.0 * BETWEEN_KNOBS, KNOB);
const KNOB: f32 = 22.0;
const BETWEEN_KNOBS: f32 = 2.0;
/// How large the word in a knob is, in points: it stays within the ring.
const SEND_WORD: f32 = 10.0;

/// The part's place between left and right, and what of it is sent to chorus and reverb.
pub fn knobs(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.x = BETWEEN_KNOBS;
    pan(index, part, context, ui);
    sends(index, part, context, ui);
}

fn pan(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let (response, pan) = pan_knob(ui, &part_title(part), part.pan);
    let set = |part: &mut Part, value| part.pan = value;
    control(&response, "Pan", Turned::PartPan, (index, part.pan, pan), context, set);
}

fn sends(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let title = part_title(part);
    let (response, chorus) = send_knob(ui, "Ch", &format!("Chorus of {title}"), part.chorus, 0);
    let set = |part: &mut Part, value| part.chorus = value;
    control(&response, "Chorus", Turned::PartChorus, (index, part.chorus, chorus), context, set);
    let (response, reverb) = send_knob(ui, "Rv", &format!("Reverb of {title}"), part.reverb, 40);
    let set = |part: &mut Part, value| part.reverb = value;
    control(&response, "Reverb", Turned::PartReverb, (index, part.reverb, reverb), context, set);
}

/// Takes what a control of the part at an index was turned to, from one value to another.
fn control(
    response: &Response,
    label: &'static str,
    turned: Turned,
    (index, before, now): (usize, u8, u8),
    context: &Context<'_>,
    set: fn(&mut Part, u8),
) {
    midi_learn_menu(context, response, turned);
    context.edit_by_control(response, label, before != now, move |score| {
        if let Some(part) = score.part_mut(index) {
            set(part, now);
        }
    });
}

fn pan_knob(ui: &mut Ui, title: &str, value: u8) -> (Response, u8) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(KNOB), Sense::click_and_drag());
    let pan_text = match i32::from(value) - 64 {
        0 => "centre".to_owned(),
        left @ ..0 => format!("{:.0}% left", -left as f32 / 0.64),
        right => format!("{:.0}% right", right as f32 / 0.63),
    };
    response.widget_info(|| WidgetInfo::slider(true, f64::from(value), format!("Pan of {title}")));
    let center = rect.center();
    ui.painter().circle(center, 8.5, theme.sunken, Stroke::new(1.0, theme.outline));
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

/// A knob with its word in short, and a ring that fills with how much is sent. What it is turned to comes back.
fn send_knob(ui: &mut Ui, word: &str, name: &str, value: u8, usual: u8) -> (Response, u8) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(KNOB), Sense::click_and_drag());
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
    ui.painter().line(ring(1.0), Stroke::new(2.0, theme.outline));
    if value > 0 {
        ui.painter().line(ring(share), Stroke::new(2.5, theme.accent));
    }
    let color = if value > 0 { theme.text } else { theme.text_muted };
    ui.painter().text(center, Align2::CENTER_CENTER, word, theme::bold(SEND_WORD), color);
    widgets::focus_ring(ui, &response, rect);
    let value_now = turned(ui, &response, value, usual);
    let hover = format!("{name}: {:.0}%; drag, or double-click to reset", share * 100.0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_have_signs() {
        let texts = [100, 127, 50, 0].map(|volume| decibels(gain_db(volume, UNCHANGED)));
        assert_eq!(texts, ["0.0 dB", "+4.2 dB", "−12.0 dB", "−∞ dB"]);
        let typed = ["-6", "+1.5 dB", "−∞ dB", "-0,5db"].map(decibels_typed);
        assert_eq!(typed, [Some(-6.0), Some(1.5), Some(SILENT_DB), Some(-0.5)]);
        assert_eq!(decibels_typed("loud"), None);
        assert_eq!([-0.04, 0.04].map(decibels), ["0.0 dB"; 2]);
    }
}
