//! How parts are written: how boldly, how many takes, from which seed.

use eframe::egui::{Align, Align2, Layout, Response, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};

use super::GenerateSettings;
use crate::plural::counted;
use crate::studio::{
    context::Context,
    pages::compose::midi_learn_menu::midi_learn_menu,
    services::midi_learn::Turned,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

/// How many takes can be asked for.
const TAKES: std::ops::RangeInclusive<u32> = 1..=6;

/// Draws how parts are written.
pub fn ui(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let mut preferences = context.preferences().clone();
    ui.spacing_mut().item_spacing.y = space::XS;
    let surprise = widgets::labelled_slider(
        ui,
        "Surprise",
        &mut preferences.surprise,
        "likely",
        "bold",
        "Higher values make less likely choices",
    );
    midi_learn_menu(context, &surprise, Turned::Surprise);
    ui.add_space(space::XS);
    let density = widgets::labelled_slider(
        ui,
        "Density",
        &mut preferences.density,
        "sparse",
        "busy",
        "How many notes the parts have; 50% is what the model learned",
    );
    midi_learn_menu(context, &density, Turned::Density);
    ui.add_space(space::XS);
    ui.spacing_mut().interact_size.y = space::CONTROL;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Takes").color(theme.text_muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for takes in TAKES.rev() {
                if number_switch(ui, takes, takes == preferences.takes, &counted(takes as usize, "take")).clicked() {
                    preferences.takes = takes;
                }
            }
        });
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new("Intro bars").color(theme.text_muted))
            .on_hover_text("How many bars the band plays before the melody begins");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for bars in [4, 2, 0] {
                let name = if bars == 0 { "No intro".to_owned() } else { format!("Intro of {bars} bars") };
                if number_switch(ui, bars, bars == preferences.introduction, &name).clicked() {
                    preferences.introduction = bars;
                }
            }
        });
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new("Seed").color(theme.text_muted)).on_hover_text(SEED);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (icon, hover) = if settings.new_seed {
                (Icon::Dices, "Random: each composition gets a new seed; click to keep the one of the take you hear")
            } else {
                (Icon::Lock, "This seed is kept; click for a random one each time")
            };
            if IconButton::new(icon, "New seed each time").on(settings.new_seed).hover(hover).show(ui).clicked() {
                if settings.new_seed {
                    settings.seed = context.document.takes.seed_of_heard().unwrap_or(settings.seed);
                }
                settings.new_seed = !settings.new_seed;
            }
            seed_field(settings, ui);
        });
    });
    ui.horizontal(|ui| {
        widgets::tick(ui, &mut preferences.on_grid, "Quantise").on_hover_text(QUANTISED);
        widgets::tick(ui, &mut preferences.play_when_ready, "Play when ready")
            .on_hover_text("Plays the first take as soon as it is ready");
    });
    if preferences != context.services.preferences {
        context.change_preferences(move |now| {
            (now.surprise, now.density) = (preferences.surprise, preferences.density);
            (now.takes, now.on_grid) = (preferences.takes, preferences.on_grid);
            (now.introduction, now.play_when_ready) = (preferences.introduction, preferences.play_when_ready);
        });
    }
}

const SEED: &str = "A number that stands for all chance in a composition: with the same seed, model and settings, \
                    the same notes come again. Each take shows its own";

const QUANTISED: &str = "Every note exactly in time, on the grid, as a machine plays. Off, notes come a little early \
                         or late, as people play them";

/// The seed of the next composition: empty where it is a random one.
fn seed_field(settings: &mut GenerateSettings, ui: &mut Ui) {
    let mut text = if settings.new_seed { String::new() } else { settings.seed.to_string() };
    let field = TextEdit::singleline(&mut text).hint_text("random").desired_width(150.0).align(Align2::RIGHT_CENTER);
    let response = widgets::outlined_field(ui, field).accessible_name("Seed").on_hover_text(SEED);
    if response.changed() {
        match text.trim().parse() {
            Ok(seed) => (settings.seed, settings.new_seed) = (seed, false),
            Err(_) => settings.new_seed |= text.trim().is_empty(),
        }
    }
}

fn number_switch(ui: &mut Ui, number: u32, chosen: bool, name: &str) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    let ground = if chosen {
        theme.accent_soft
    } else if response.hovered() {
        theme.raised_hover
    } else {
        theme.raised
    };
    ui.painter().rect_filled(rect, theme::corners(radius::M), ground);
    widgets::focus_ring(ui, &response, rect);
    let color = if chosen { theme.accent } else { theme.text_muted };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, number, theme::bold(size::CAPTION), color);
    response
}
