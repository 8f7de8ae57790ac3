//! The mixer: a strip for each part with fader, pan, sends and level, and the master's strip with the limiter's lamp.

use std::sync::Arc;

use eframe::egui::{
    self, Align, Align2, CentralPanel, Color32, Frame, Galley, Label, Layout, Margin, Panel, Rect, RichText, Role,
    ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, text::LayoutJob, vec2,
};

use super::{
    master,
    parts::{
        card,
        mix::{self, Fader},
    },
};
use crate::{
    music::Part,
    plural::with_minus,
    studio::{
        commands::{Command, buttons::command_icon},
        context::Context,
        theme::{self, Theme, radius, size, space},
        widgets::{self, instrument_name, part_icon, part_title},
    },
};

/// How wide a strip is, in points.
const STRIP_WIDTH: f32 = 94.0;
/// What lies between a strip's edges and what is in it, in points.
const MARGINS: Vec2 = vec2(4.0, 8.0);
/// The room between strips, in points.
const GAP: f32 = 6.0;
/// How wide a level beside a fader is, in points.
const LEVEL_WIDTH: f32 = 13.0;
/// How wide the marks beside a fader are, in points.
const MARKS_WIDTH: f32 = 24.0;
/// What is marked beside a fader, in decibels.
const MARKS_DB: [i8; 6] = [4, 0, -6, -12, -24, -48];
/// The shortest fader, in points.
const SHORTEST: f32 = 40.0;
/// What a strip needs below its fader: the gain, mute, solo and lock. In points.
const BELOW_FADER: f32 = 56.0;

/// Draws the mixer.
pub fn ui(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let frame = || Frame::new().fill(theme.background).inner_margin(Margin::same(space::S as i8));
    Panel::right("master strip")
        .frame(frame())
        .exact_size(STRIP_WIDTH + 2.0 * space::S)
        .resizable(false)
        .show(ui, |ui| master_strip(context, ui));
    CentralPanel::default().frame(frame()).show(ui, |ui| {
        let parts = &context.document.score().parts;
        if parts.is_empty() {
            widgets::empty_state(
                ui,
                theme::Icon::SlidersVertical,
                "No part yet",
                "Each part gets a channel strip here",
            );
            ui.vertical_centered(|ui| command_icon(context, ui, Command::AddPart));
            return;
        }
        widgets::scroll(ui, ScrollArea::horizontal().auto_shrink([false, false]), |ui| {
            let height = ui.available_height();
            let heads = Heads::of(parts, ui);
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = GAP / 2.0; // beside a strip's place, and beside what is in it
                for (index, part) in parts.iter().enumerate() {
                    let (place, _) = ui.allocate_exact_size(vec2(STRIP_WIDTH, height), Sense::hover());
                    if ui.is_rect_visible(place) {
                        ui.push_id(("strip", index), |ui| part_strip(index, part, place, heads, context, ui));
                    }
                }
            });
        });
    });
}

/// How many lines the names and the instruments at the strips' heads have: all as many, so that faders stand side by
/// side.
#[derive(Clone, Copy)]
struct Heads {
    titles: usize,
    instruments: usize,
}

impl Heads {
    fn of(parts: &[Arc<Part>], ui: &Ui) -> Self {
        let most = |text: &dyn Fn(&Part) -> String, points| {
            let lines = |part: &Arc<Part>| lines(ui, &text(part), points, Color32::PLACEHOLDER).rows.len();
            parts.iter().map(lines).max().unwrap_or(1)
        };
        let instruments = most(&|part| instrument_name(part).to_owned(), size::CAPTION);
        Self { titles: most(&|part| part_title(part), size::BODY), instruments }
    }
}

/// A text in the middle of a strip, in two lines where it is too wide for one, and cut where it is too wide for those.
fn lines(ui: &Ui, text: &str, points: f32, color: Color32) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), theme::regular(points), color, STRIP_WIDTH - 2.0 * MARGINS.x);
    job.wrap.max_rows = 2;
    job.halign = Align::Center;
    ui.painter().layout_job(job)
}

/// Draws such a text, with room for so many lines.
fn head(ui: &mut Ui, text: &str, points: f32, color: Color32, most: usize) {
    let galley = lines(ui, text, points, color);
    let height = galley.size().y / galley.rows.len() as f32 * most as f32;
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let is_cut = galley.elided;
    ui.painter().galley(place.center_top(), galley, color);
    if is_cut {
        response.on_hover_text(text);
    }
}

fn part_strip(index: usize, part: &Part, place: Rect, heads: Heads, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let is_chosen = context.document.part == index;
    let is_audible = context.document.score().is_audible(index);
    let color = if is_audible { theme.part(part.color) } else { theme.border_strong };
    let title = part_title(part);
    let click = ui.interact(place, ui.scope_id().with("choose"), Sense::click());
    click.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, format!("Strip of {title}")));
    card::choose_by(&click, index, part, context);

    ground(ui, place, is_chosen);
    let stripe = Rect::from_min_max(place.min, pos2(place.right(), place.top() + 4.0));
    ui.painter().rect_filled(stripe, theme::corners(2), color);
    widgets::focus_ring(ui, &click, place);
    let mut ui = inside(ui, place);
    ui.vertical_centered(|ui| {
        ui.label(theme::icon_sized(part_icon(part), size::ICON_LARGE).color(color));
        head(ui, &title, size::BODY, if is_audible { theme.text } else { theme.text_faint }, heads.titles);
        head(ui, instrument_name(part), size::CAPTION, theme.text_faint, heads.instruments);
    });
    centred(&mut ui, mix::KNOBS.x, |ui| mix::knobs(index, part, context, ui));
    fader_and_level(&mut ui, |ui, length| {
        let fader = mix::volume(index, part, context, ui, Fader::Upright(length));
        decibel_marks(ui, fader.rect, mix::UNCHANGED);
        mix::level(index, part, context, ui, vec2(LEVEL_WIDTH, length));
    });
    centred(&mut ui, mix::GAIN.x, |ui| mix::gain(index, part, context, ui));
    centred(&mut ui, 76.0, |ui| {
        card::mute(index, part, context, ui);
        card::solo(index, part, context, ui);
        card::lock(index, part, context, ui);
    });
}

fn master_strip(context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let place = ui.max_rect();
    ground(ui, place, false);
    let mut ui = inside(ui, place);
    ui.vertical_centered(|ui| {
        ui.label(theme::icon_sized(theme::Icon::Speaker, size::ICON_LARGE).color(theme.text_muted));
        line(ui, "Master", size::BODY, theme.text);
        line(ui, "All parts", size::CAPTION, theme.text_faint);
    });
    centred(&mut ui, master::LAMP.x, |ui| master::limiter(context, "Limiter", ui));
    let limited_db = master::limited_db(context);
    let limited = if limited_db > 0.0 { mix::decibels(-limited_db) } else { "idle".to_owned() };
    ui.vertical_centered(|ui| line(ui, &limited, size::CAPTION, theme.text_faint));
    fader_and_level(&mut ui, |ui, length| {
        let fader = master::volume(context, ui, Fader::Upright(length));
        decibel_marks(ui, fader.rect, master::UNCHANGED);
        master::level(context, ui, vec2(LEVEL_WIDTH, length));
    });
    centred(&mut ui, mix::GAIN.x, |ui| master::gain(context, ui));
}

/// The ground of a strip.
fn ground(ui: &Ui, place: Rect, is_chosen: bool) {
    let theme = Theme::of(ui);
    let (fill, outline) =
        if is_chosen { (theme.raised_hover, theme.border_strong) } else { (theme.surface, theme.border) };
    ui.painter().rect(place, theme::corners(radius::M), fill, Stroke::new(1.0, outline), StrokeKind::Inside);
}

/// The inside of a strip, from above downwards.
fn inside(ui: &mut Ui, place: Rect) -> Ui {
    let room = place.shrink2(MARGINS);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::top_down(Align::Min)));
    ui.set_clip_rect(place.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing.y = 3.0;
    ui
}

/// A line of text, cut where it is too wide.
fn line(ui: &mut Ui, text: &str, points: f32, color: Color32) {
    ui.add(Label::new(RichText::new(text).size(points).color(color)).truncate().selectable(false));
}

/// Controls side by side, of that width together, in the middle.
fn centred(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.add_space(((ui.available_width() - width) / 2.0).max(0.0));
        add(ui);
    });
}

/// A fader with its level, as long as there is room.
fn fader_and_level(ui: &mut Ui, add: impl FnOnce(&mut Ui, f32)) {
    let length = (ui.available_height() - BELOW_FADER).max(SHORTEST);
    centred(ui, MARKS_WIDTH + LEVEL_WIDTH + 22.0, |ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.add_space(MARKS_WIDTH - space::XS);
        add(ui, length);
    });
}

/// Lines with their decibels at the left of a fader; this value of it changes nothing.
fn decibel_marks(ui: &Ui, fader: Rect, unchanged: u8) {
    let theme = Theme::of(ui);
    let end = fader.width() / 2.5; // the middle of egui's round handle at the end of its way
    let mut above = f32::NEG_INFINITY;
    for decibels in MARKS_DB {
        let value = f32::from(unchanged) * 10.0_f32.powf(f32::from(decibels) / 40.0);
        let y = egui::remap(value, 0.0..=127.0, fader.bottom() - end..=fader.top() + end);
        if value > 127.0 || y - above < 11.0 {
            continue; // it does not go so far up, or is too low for all
        }
        above = y;
        let color = if decibels == 0 { theme.text_muted } else { theme.text_faint };
        ui.painter().hline(fader.left() - 5.0..=fader.left() - 1.0, y, Stroke::new(1.0, color));
        let at = pos2(fader.left() - 7.0, y);
        ui.painter().text(at, Align2::RIGHT_CENTER, signed(decibels), theme::regular(9.0), color);
    }
}

/// A mark's number as mixers have it.
fn signed(decibels: i8) -> String {
    if decibels == 0 { "0".to_owned() } else { with_minus(format_args!("{decibels:+}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_signs() {
        assert_eq!(MARKS_DB.map(signed), ["+4", "0", "−6", "−12", "−24", "−48"]);
    }
}
