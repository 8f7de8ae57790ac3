//! Small widgets that every page uses, so that the same thing looks the same everywhere.
//!
//! They know the theme and nothing of the studio's state.

mod choices;
mod deleted;
mod focus;
pub mod form;
mod help;
mod line;
mod meter;
mod page;
mod parts;
mod scroll;
pub mod small_roll;

pub use self::{help::help, page::scrolling_page};

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Button, Color32, DragValue, Event, FontId, Frame, Galley, Layout, Margin, Painter, PointerButton,
    Rect, Response, RichText, Role, ScrollArea, Sense, Slider, Stroke, StrokeKind, TextEdit, Ui, Vec2, WidgetInfo,
    emath::Numeric,
    pos2,
    text::{CCursor, CCursorRange, LayoutJob, TextWrapping},
    text_edit::TextEditState,
    vec2,
};

pub use self::{
    choices::{NAMES, begin_at, choice, choice_button, list_item, list_value, named_row},
    deleted::{Notice, deleted_notice},
    focus::{
        control_has_keys, controls_without_keys, entered, escape_pressed, given_up, leave_keys_to_commands,
        take_keys_from_controls,
    },
    line::paint_line,
    meter::level_meter,
    parts::{instrument_name, part_icon, part_title},
    scroll::{scroll, scroll_rows},
};
use super::theme::{self, Icon, Theme, radius, size, space};

/// A square button that shows an icon; its name is for screen readers, tests and the tooltip.
#[derive(Debug)]
pub struct IconButton<'a> {
    icon: Icon,
    name: &'a str,
    hover: Option<String>,
    why_not: Option<String>,
    side: f32,
    icon_size: f32,
    tint: Option<Color32>,
    on: Option<bool>,
    framed: bool,
    word: Option<&'a str>,
}

impl<'a> IconButton<'a> {
    /// An icon button of the usual size, without a frame at rest.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self {
            icon,
            name,
            hover: None,
            why_not: None,
            side: space::CONTROL,
            icon_size: size::ICON,
            tint: None,
            on: None,
            framed: false,
            word: None,
        }
    }

    /// What the tooltip says instead of the name.
    pub fn hover(mut self, text: impl Into<String>) -> Self {
        self.hover = Some(text.into());
        self
    }

    /// Why it cannot be pressed, if it cannot.
    pub fn why_not(mut self, reason: Option<String>) -> Self {
        self.why_not = reason;
        self
    }

    /// Its side and its icon's size, in points.
    pub fn sized(mut self, side: f32, icon_size: f32) -> Self {
        self.side = side;
        self.icon_size = icon_size;
        self
    }

    /// The icon's colour, where on.
    pub fn tint(mut self, color: Color32) -> Self {
        self.tint = Some(color);
        self
    }

    /// Makes it a switch.
    pub fn on(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }

    /// Gives it a ground at rest.
    pub fn framed(mut self) -> Self {
        self.framed = true;
        self
    }

    /// Writes a word beside the icon.
    pub fn with_word(mut self, word: &'a str) -> Self {
        self.word = Some(word);
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let theme = Theme::of(ui);
        let enabled = self.why_not.is_none();
        let word = self
            .word
            .map(|word| ui.painter().layout_no_wrap(word.to_owned(), theme::regular(size::BODY), Color32::PLACEHOLDER));
        let side = vec2(self.side + word.as_ref().map_or(0.0, |word| word.size().x + space::S), self.side);
        let on = self.on.unwrap_or(false);
        let response = ui
            .add_enabled_ui(enabled, |ui| {
                let (rect, response) = ui.allocate_exact_size(side, Sense::click());
                let (icon, name, switch) = (self.icon, self.name, self.on);
                response.widget_info(|| match switch {
                    Some(on) => WidgetInfo::selected(Role::Button, enabled, on, name),
                    None => WidgetInfo::labeled(Role::Button, enabled, name),
                });
                if ui.is_rect_visible(rect) {
                    let tint = self.tint.unwrap_or(theme.accent);
                    let ground = if response.is_pointer_button_down_on() {
                        Some(theme.raised_active)
                    } else if response.hovered() && enabled {
                        Some(theme.raised_hover)
                    } else if on {
                        Some(theme.tint(tint))
                    } else if self.framed {
                        Some(theme.raised)
                    } else {
                        None
                    };
                    if let Some(ground) = ground {
                        ui.painter().rect_filled(rect, theme::corners(radius::M), ground);
                    }
                    focus_ring(ui, &response, rect);
                    let color = if on || (self.tint.is_some() && self.on.is_none()) {
                        tint
                    } else if response.hovered() {
                        theme.text
                    } else {
                        theme.text_muted
                    };
                    paint_icon(ui, rect.with_max_x(rect.left() + self.side), icon, self.icon_size, color);
                    if let Some(word) = word {
                        let at = pos2(rect.left() + self.side, rect.center().y - word.size().y / 2.0);
                        ui.painter().galley(at, word, color);
                    }
                }
                response
            })
            .inner;
        match self.why_not {
            Some(reason) => response.on_disabled_hover_text(reason),
            None => response.on_hover_text(self.hover.unwrap_or_else(|| self.name.to_owned())),
        }
    }
}

/// Lays a line of text out, cut with an ellipsis where it is wider than that, in points.
pub fn cut(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(width);
    painter.layout_job(job)
}

/// Paints an icon in the middle of a rectangle.
pub fn paint_icon(ui: &Ui, rect: Rect, icon: Icon, points: f32, color: Color32) {
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, char::from(icon), theme::icons(points), color);
}

/// The outline that says where the keyboard is.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let theme = Theme::of(ui);
        ui.painter().rect_stroke(rect, theme::corners(radius::M), Stroke::new(1.5, theme.accent), StrokeKind::Inside);
    }
}

/// The height of [`primary_button`], in points.
pub const PRIMARY_BUTTON: f32 = 44.0;

/// The one button of a page that is the obvious next click.
pub fn primary_button(ui: &mut Ui, icon: Icon, text: &str, why_not: Option<String>) -> Response {
    let theme = Theme::of(ui);
    let enabled = why_not.is_none();
    let response = ui
        .add_enabled_ui(enabled, |ui| {
            let desired = vec2(ui.available_width(), PRIMARY_BUTTON);
            let (rect, response) = ui.allocate_exact_size(desired, Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
            if ui.is_rect_visible(rect) {
                let fill = if response.is_pointer_button_down_on() || response.hovered() {
                    theme.accent_hover
                } else {
                    theme.accent
                };
                ui.painter().rect_filled(rect, theme::corners(8), fill);
                let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::bold(size::SECTION), theme.on_accent);
                let icon_width = 26.0;
                let left = rect.center().x - 0.5 * (galley.size().x + icon_width);
                paint_icon(
                    ui,
                    Rect::from_center_size(eframe::egui::pos2(left + 9.0, rect.center().y), Vec2::splat(18.0)),
                    icon,
                    18.0,
                    theme.on_accent,
                );
                ui.painter().galley(
                    eframe::egui::pos2(left + icon_width, rect.center().y - galley.size().y / 2.0),
                    galley,
                    theme.on_accent,
                );
                if response.has_focus() {
                    ui.painter().rect_stroke(
                        rect.expand(2.0),
                        theme::corners(10),
                        Stroke::new(1.5, theme.text),
                        StrokeKind::Inside,
                    );
                }
            }
            response
        })
        .inner;
    match why_not {
        Some(reason) => response.on_disabled_hover_text(reason),
        None => response,
    }
}

/// A plain button with an icon and words.
pub fn text_button(ui: &mut Ui, icon: Icon, text: &str, why_not: Option<String>) -> Response {
    let response =
        ui.add_enabled(why_not.is_none(), Button::new((theme::icon_sized(icon, 14.0), text))).accessible_name(text);
    match why_not {
        Some(reason) => response.on_disabled_hover_text(reason),
        None => response,
    }
}

/// An item of a menu; disabled it says why. Whether it was chosen, which closes the menu.
pub fn menu_item(ui: &mut Ui, item: Button<'_>, name: &str, why_not: Option<String>) -> bool {
    let response = ui.add_enabled(why_not.is_none(), item).accessible_name(name);
    let is_chosen = response.clicked();
    if is_chosen {
        ui.close();
    }
    if let Some(reason) = why_not {
        response.on_disabled_hover_text(reason);
    }
    is_chosen
}

/// A row of a menu with its keys at the right end, and room behind them, which menus do not leave.
pub fn with_keys<'a>(row: Button<'a>, keys: &'a str) -> Button<'a> {
    if keys.is_empty() { row } else { row.shortcut_text((keys, "")) }
}

/// The head of a section, with room for small controls at its right.
pub fn section(ui: &mut Ui, title: &str, right: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(space::CONTROL);
        ui.label(theme::strong(title, size::SECTION));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            right(ui);
        });
    });
}

/// A label for a value, quieter than the value.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = Theme::of(ui).text_faint;
    ui.label(RichText::new(text).size(size::CAPTION).color(color))
}

/// A frame for a card; chosen ones stand out.
pub fn card(ui: &Ui, chosen: bool) -> Frame {
    let theme = Theme::of(ui);
    Frame::new()
        .fill(if chosen { theme.accent_soft } else { theme.raised })
        .stroke(Stroke::new(1.0, if chosen { theme.accent } else { Color32::TRANSPARENT }))
        .corner_radius(theme::corners(radius::L))
        .inner_margin(Margin::same(space::M as i8))
}

/// Lets tick boxes and radio buttons be seen on a card or in a window, on or off.
pub fn outline_ticks(ui: &mut Ui) {
    let theme = Theme::of(ui);
    let inactive = &mut ui.visuals_mut().widgets.inactive;
    inactive.bg_fill = theme.sunken;
    inactive.bg_stroke = Stroke::new(1.0, theme.outline);
}

/// A tick box that can be seen, on or off, among buttons.
pub fn tick(ui: &mut Ui, on: &mut bool, words: &str) -> Response {
    ui.scope(|ui| {
        outline_ticks(ui);
        ui.checkbox(on, words)
    })
    .inner
}

/// A line to type in whose outline can be seen on any ground.
pub fn text_field(ui: &mut Ui, field: TextEdit<'_>) -> Response {
    outlined_field(ui, field.align(Align2::LEFT_CENTER))
}

/// The same with the field's own alignment, such as one of several lines, which begin at the top.
pub fn outlined_field(ui: &mut Ui, field: TextEdit<'_>) -> Response {
    let theme = Theme::of(ui);
    ui.scope(|ui| {
        // within what opens like a menu, too
        ui.spacing_mut().button_padding.x = ui.ctx().global_style().spacing.button_padding.x;
        let widgets = &mut ui.visuals_mut().widgets;
        for (state, color) in [(&mut widgets.inactive, theme.outline), (&mut widgets.hovered, theme.text_muted)] {
            state.bg_stroke = Stroke::new(1.0, color);
        }
        ui.add(field)
    })
    .inner
}

/// A small coloured word, such as a state.
pub fn badge(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::regular(size::CAPTION), color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(14.0, 4.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().rect_filled(rect, theme::corners(radius::M), theme.tint(color));
    ui.painter().galley(rect.min + vec2(7.0, 2.0), galley, color);
    response
}

/// A page or panel that has nothing to show yet: says what is missing and what to do.
pub fn empty_state(ui: &mut Ui, icon: Icon, title: &str, text: &str) {
    let theme = Theme::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space(space::L);
        ui.label(theme::icon_sized(icon, 28.0).color(theme.text_faint));
        ui.label(theme::strong(title, size::BODY));
        ui.label(RichText::new(text).color(theme.text_muted));
        ui.add_space(space::L);
    });
}

/// A number to drag or to type. What is typed counts once it is whole, by Enter or by leaving the field: as one change.
#[allow(clippy::disallowed_methods, reason = "the one place that makes them")]
pub fn number_field<T: Numeric>(value: &mut T) -> DragValue<'_> {
    DragValue::new(value).update_while_editing(false)
}

/// Gives a text field the keys, with all that is in it selected, so that one can type at once.
pub fn type_over(ui: &Ui, field: &Response, text: &str) {
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    let mut state = TextEditState::load(ui.ctx(), field.id).unwrap_or_default();
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), field.id);
    field.request_focus();
}

/// A number field that takes the keys once, with its number selected, so that one can type at once.
pub fn first_number(ui: &mut Ui, field: DragValue<'_>, wants_keys: &mut bool) -> Response {
    // not while its window is only measured, or the letter that opened it is still to be typed
    let is_typed = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Text(_))));
    if *wants_keys && (is_typed || !ui.is_enabled() || !ui.is_visible()) {
        ui.ctx().request_repaint();
    } else if std::mem::take(wants_keys) {
        // before it is there: it selects its number where it finds itself with the keys
        let id = ui.next_auto_id();
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    ui.add(field)
}

/// The list of what a search finds, so high in points: as high with one hit as with many, so that nothing jumps.
pub fn list_area(height: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false)
}

/// A slider as slim as the rest.
pub fn slider(ui: &mut Ui, slider: Slider<'_>, width: f32) -> Response {
    let theme = Theme::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = width;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.spacing_mut().slider_rail_height = 4.0;
        let visuals = ui.visuals_mut();
        visuals.selection.bg_fill = theme.accent;
        for (state, ring) in [
            (&mut visuals.widgets.inactive, theme.text_muted),
            (&mut visuals.widgets.hovered, theme.text),
            (&mut visuals.widgets.active, theme.accent),
        ] {
            state.bg_fill = theme.raised_active;
            state.fg_stroke = Stroke::new(1.5, ring);
        }
        ui.add(slider)
    })
    .inner
}

/// Whether a slider is double-clicked: egui knows only drags of it.
pub fn is_double_clicked(ui: &Ui, slider: &Response) -> bool {
    slider.contains_pointer() && ui.input(|input| input.pointer.button_double_clicked(PointerButton::Primary))
}

/// A slider from one word to another, under its name and value.
pub fn labelled_slider(ui: &mut Ui, name: &str, value: &mut f32, low: &str, high: &str, help: &str) -> Response {
    let theme = Theme::of(ui);
    ui.spacing_mut().interact_size.y = 20.0;
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).color(theme.text_muted));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(format!("{:.0}%", *value * 100.0)).color(theme.text));
        });
    });
    let width = ui.available_width();
    ui.horizontal(|ui| {
        let words = 44.0;
        let word = |ui: &mut Ui, text: &str, align: Align2| {
            let (rect, _) = ui.allocate_exact_size(vec2(words - space::S, 18.0), Sense::hover());
            ui.painter().text(align.pos_in_rect(&rect), align, text, theme::regular(size::CAPTION), theme.text_faint);
        };
        word(ui, low, Align2::LEFT_CENTER);
        let response = slider(ui, Slider::new(value, 0.0..=1.0).show_value(false), width - 2.0 * words)
            .accessible_name(name)
            .on_hover_text(help);
        word(ui, high, Align2::RIGHT_CENTER);
        response
    })
    .inner
}
