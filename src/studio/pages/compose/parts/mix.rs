//! The mix of a part on its card: volume, pan, and what is sent to reverb and chorus. A turn is one undo step.

use eframe::egui::{Align2, EventFilter, Key, Response, Sense, Ui, WidgetInfo, vec2};

use crate::music::Part;
use crate::studio::{
    pages::compose::parts::part_title,
    services::midi_learn::Turned,
    state::Studio,
    theme::{self, Theme},
    widgets,
};

impl Studio {
    pub(in crate::studio) fn volume_slider(&mut self, ui: &mut Ui, index: usize, part: &Part) {
        let mut volume = part.volume;
        let response = widgets::slider(ui, eframe::egui::Slider::new(&mut volume, 0..=127).show_value(false), 48.0)
            .accessible_name(format!("Volume of {}", part_title(part, index)))
            .on_hover_text(format!("Volume {:.0} %", f32::from(volume) / 1.27));
        self.learn_menu(&response, Turned::PartVolume);
        self.mix_drag(&response, index, "Volume", volume != part.volume, |part| part.volume = volume);
    }

    pub(in crate::studio) fn pan_knob(&mut self, ui: &mut Ui, index: usize, part: &Part) {
        let theme = Theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::click_and_drag());
        let title = part_title(part, index);
        let pan_text = match i32::from(part.pan) - 64 {
            0 => "middle".to_owned(),
            left @ ..0 => format!("{:.0} % left", -left as f32 / 0.64),
            right => format!("{:.0} % right", right as f32 / 0.63),
        };
        response.widget_info(|| WidgetInfo::slider(true, f64::from(part.pan), format!("Pan of {title}")));
        let center = rect.center();
        ui.painter().circle(center, 8.5, theme.sunken, eframe::egui::Stroke::new(1.0, theme.border_strong));
        let angle = (f32::from(part.pan) - 64.0) / 64.0 * 2.3;
        let tip = center + vec2(angle.sin(), -angle.cos()) * 7.0;
        ui.painter().line_segment(
            [center + (tip - center) * 0.25, tip],
            eframe::egui::Stroke::new(2.0, if part.pan == 64 { theme.text_muted } else { theme.accent }),
        );
        widgets::focus_ring(ui, &response, rect);
        let pan = turned(ui, &response, part.pan, 64);
        let response = response.on_hover_text(format!("Pan: {pan_text}; drag, double click for the middle"));
        let changed = pan != part.pan;
        self.learn_menu(&response, Turned::PartPan);
        if response.double_clicked() && changed {
            self.change_part(index, "Pan", |part| part.pan = pan);
        } else {
            self.mix_drag(&response, index, "Pan", changed, |part| part.pan = pan);
        }
    }

    pub(in crate::studio) fn reverb_knob(&mut self, ui: &mut Ui, index: usize, part: &Part) {
        let (response, reverb) = send_knob(ui, "R", &format!("Reverb of {}", part_title(part, index)), part.reverb, 40);
        self.learn_menu(&response, Turned::PartReverb);
        self.mix_drag(&response, index, "Reverb", reverb != part.reverb, |part| part.reverb = reverb);
    }

    pub(in crate::studio) fn chorus_knob(&mut self, ui: &mut Ui, index: usize, part: &Part) {
        let (response, chorus) = send_knob(ui, "C", &format!("Chorus of {}", part_title(part, index)), part.chorus, 0);
        self.learn_menu(&response, Turned::PartChorus);
        self.mix_drag(&response, index, "Chorus", chorus != part.chorus, |part| part.chorus = chorus);
    }

    /// A drag of a mix control previews while it lasts and is one undo step.
    fn mix_drag(
        &mut self,
        response: &Response,
        index: usize,
        label: &str,
        changed: bool,
        change: impl FnOnce(&mut Part),
    ) {
        if changed {
            self.keep_audition();
            let mut score = crate::music::Score::clone(self.score());
            if let Some(part) = score.part_mut(index) {
                change(part);
            }
            if response.dragged() {
                self.document.history.preview(score);
            } else {
                self.document.history.commit(label, score);
            }
        }
        if response.drag_stopped() {
            self.document.history.commit_preview(label);
        }
    }
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
    ui.painter().line(ring(1.0), eframe::egui::Stroke::new(2.0, theme.border_strong));
    if value > 0 {
        ui.painter().line(ring(share), eframe::egui::Stroke::new(2.5, theme.accent));
    }
    let color = if value > 0 { theme.text } else { theme.text_muted };
    ui.painter().text(center, Align2::CENTER_CENTER, letter, theme::bold(10.0), color);
    widgets::focus_ring(ui, &response, rect);
    let value_now = turned(ui, &response, value, usual);
    let hover = format!("{name}: {:.0} %; drag, double click for the usual", share * 100.0);
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
