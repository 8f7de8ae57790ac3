//! The right panel: which model writes, how boldly, the one button, and the takes to choose from.

mod model;
mod settings;
mod takes;
mod write;

use eframe::egui::{AtomExt as _, Button, Frame, Margin, Panel, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};

use crate::{
    plural::counted,
    studio::{
        context::Context,
        theme::{self, Icon, Theme, size, space},
        widgets,
    },
};

/// How high the panel must be, in points, for the takes to have a room of their own; in a lower one all of it scrolls.
const ROOM_FOR_TAKES: f32 = 440.0;

/// How high it must be for the one button to stay in sight while the rest scrolls.
const ROOM_FOR_BUTTON: f32 = 200.0;

/// How high it must be for the settings to stay open above some takes.
const ROOM_FOR_SETTINGS: f32 = 980.0;

/// How high it must be for the parts to be chosen above some takes.
const ROOM_FOR_PARTS: f32 = 680.0;

/// What the panel is set to.
#[derive(Clone, Copy, Debug)]
pub struct GenerateSettings {
    /// The same seed gives the same notes.
    pub seed: u64,
    /// Whether each composition draws a new seed.
    pub new_seed: bool,
    /// Whether the settings are open, where the user said so; else they fold only to make room for takes.
    pub unfolded: Option<bool>,
}

impl Default for GenerateSettings {
    fn default() -> Self {
        Self { seed: 1, new_seed: true, unfolded: None }
    }
}

/// Draws the panel.
pub fn ui(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    widgets::section(ui, "Generate", |_| {});
    let has_takes = !context.document.takes.all().is_empty();
    let height = ui.available_height();
    let folds = has_takes && height < ROOM_FOR_SETTINGS;
    let is_open = settings.unfolded.unwrap_or(!folds);
    let is_low = folds && height < ROOM_FOR_PARTS;
    let keeps = has_takes && height >= ROOM_FOR_TAKES;
    if keeps {
        // keeping a take is what all of this is for, and must never be out of sight
        Panel::bottom("keep take")
            .frame(Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO }))
            .resizable(false)
            .show(ui, |ui| takes::keep(context, ui));
    }
    if height < ROOM_FOR_TAKES || (folds && is_open) {
        let is_pinned = height >= ROOM_FOR_BUTTON;
        if is_pinned {
            // the line of the panel below keeps off the buttons
            let bottom = if keeps { 8 } else { 0 };
            Panel::bottom("write")
                .frame(Frame::new().inner_margin(Margin { top: 8, right: 8, bottom, ..Margin::ZERO }))
                .resizable(false)
                .show(ui, |ui| write::ui(context, ui));
        }
        widgets::scroll(ui, ScrollArea::vertical().id_salt("generate").auto_shrink([false, false]), |ui| {
            what_is_written(settings, (is_open, is_low), context, ui);
            if !is_pinned {
                write::ui(context, ui);
            }
            takes::discarded(context, ui);
            if has_takes {
                ui.add_space(space::XS);
                if height < ROOM_FOR_TAKES {
                    takes::keep(context, ui);
                }
                takes::head(context, ui);
                takes::list(context, ui);
            }
        });
        return;
    }
    what_is_written(settings, (is_open, is_low), context, ui);
    write::ui(context, ui);
    takes::discarded(context, ui);
    if has_takes {
        ui.add_space(space::XS);
        takes::head(context, ui);
        takes::scrolling(context, ui);
    }
}

/// The model and its settings; what is changed rarely folds away where takes need the room.
fn what_is_written(
    settings: &mut GenerateSettings,
    (is_open, is_low): (bool, bool),
    context: &Context<'_>,
    ui: &mut Ui,
) {
    model::ui(context, ui);
    if !is_low {
        model::parts_to_write(context, ui);
    }
    fold(settings, (is_open, is_low), context, ui);
    if is_low && is_open {
        model::parts_to_write(context, ui);
        ui.add_space(space::S);
    }
    if is_open {
        settings::ui(settings, context, ui);
    }
    ui.add_space(if is_open { space::S } else { space::XS });
}

/// The line that folds the settings, and says the most of them while they are folded; where the panel is low, the parts
/// are among them.
fn fold(settings: &mut GenerateSettings, (is_open, is_low): (bool, bool), context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let preferences = context.preferences();
    let icon = if is_open { Icon::ChevronDown } else { Icon::ChevronRight };
    let mut summary = String::new();
    if !is_open {
        let takes = counted(preferences.takes as usize, "take");
        summary = format!("{takes} · surprise {:.0}%", preferences.surprise * 100.0);
        if let Some(parts) = model::parts_written(context).filter(|_| is_low) {
            summary = format!("{parts} · {summary}");
        }
        if !settings.new_seed {
            summary = format!("{summary} · seed {}", settings.seed);
        }
    }
    let words = RichText::new("Settings").color(theme.text_muted);
    let told = RichText::new(&summary).size(size::CAPTION).color(theme.text_faint).atom_shrink(true);
    let button = Button::new((theme::icon_sized(icon, 14.0).color(theme.text_muted), words, told));
    let button = button.frame(false).truncate();
    let response = ui.add(button.min_size(vec2(0.0, space::CONTROL)));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_open, "Settings"));
    widgets::focus_ring(ui, &response, response.rect.expand2(vec2(4.0, 0.0)));
    let about = "How boldly and how densely parts are written, how many takes, and from which seed";
    let hover = if summary.is_empty() { about.to_owned() } else { format!("{summary}\n{about}") };
    if response.on_hover_text(hover).clicked() {
        settings.unfolded = Some(!is_open);
    }
}
