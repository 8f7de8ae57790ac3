//! The master's controls, in the transport and in the mixer: its fader, its level, the limiter's lamp.

use eframe::egui::{Align2, Response, Role, Sense, Slider, Ui, Vec2, WidgetInfo, vec2};

use super::{
    midi_learn_menu::midi_learn_menu,
    parts::mix::{self, Fader},
};
use crate::studio::{
    context::Context,
    services::midi_learn::Turned,
    theme::{self, Theme, radius},
    widgets,
};

/// The master's volume that changes nothing.
pub const UNCHANGED: u8 = 127;

/// How large the limiter's lamp is, in points.
pub const LAMP: Vec2 = vec2(46.0, 16.0);

/// The master's fader.
pub fn volume(context: &Context<'_>, ui: &mut Ui, fader: Fader) -> Response {
    let now = context.document.score().volume;
    let mut volume = now;
    let (slider, length) = fader.slider(Slider::new(&mut volume, 0..=127).step_by(1.0));
    let hover = match now {
        0 => "Master volume: silent".to_owned(),
        _ => {
            format!("Master volume: {}; a double click resets it to 0 dB", mix::decibels(mix::gain_db(now, UNCHANGED)))
        }
    };
    let response = widgets::slider(ui, slider, length).accessible_name("Master volume").on_hover_text(hover);
    midi_learn_menu(context, &response, Turned::Volume);
    if widgets::is_double_clicked(ui, &response) {
        volume = UNCHANGED;
    }
    context.edit_by_control(&response, "Master volume", volume != now, move |score| score.volume = volume);
    response
}

/// The number of the master's fader.
pub fn gain(context: &Context<'_>, ui: &mut Ui) {
    let now = context.document.score().volume;
    let (response, volume) = mix::gain_field("Master volume in decibels", now, UNCHANGED, ui);
    context.edit_by_control(&response, "Master volume", volume != now, move |score| score.volume = volume);
}

/// The master's level.
pub fn level(context: &Context<'_>, ui: &mut Ui, size: Vec2) -> Response {
    widgets::level_meter(ui, "Master level", context.services.sound.peaks().master, size)
}

/// How much the limiter turns the sound down just now, in decibels; 0 where it does nothing.
pub fn limited_db(context: &Context<'_>) -> f32 {
    let gain = context.services.sound.peaks().limiter_gain;
    if gain > 0.0 && gain < 0.99 { -20.0 * gain.log10() } else { 0.0 }
}

/// The lamp that says whether the limiter turns the sound down; what it says while that is idle is given.
pub fn limiter(context: &Context<'_>, idle: &str, ui: &mut Ui) {
    let limited_db = limited_db(context);
    let theme = Theme::of(ui);
    let (lamp, response) = ui.allocate_exact_size(LAMP, Sense::hover());
    let active = limited_db > 0.0;
    response.widget_info(|| WidgetInfo::selected(Role::Label, true, active, "Limiter"));
    if active {
        ui.painter().rect_filled(lamp, theme::corners(radius::S), theme.warning);
    }
    let color = if active { theme.on(theme.warning) } else { theme.text_faint };
    let words = if active { "Limiter" } else { idle };
    ui.painter().text(lamp.center(), Align2::CENTER_CENTER, words, theme::bold(10.0), color);
    response.on_hover_text(if active {
        format!("The limiter turns the sound down by {limited_db:.1} dB: it would be too loud")
    } else {
        "Limiter idle: nothing would clip".to_owned()
    });
}
