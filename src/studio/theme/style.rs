//! egui's own style, made of the tokens.

use eframe::egui::{
    Color32, CursorIcon, Margin, Stroke, Style, TextStyle, Vec2, Visuals, emath,
    style::{HandleShape, NumberFormatter, ScrollStyle, Selection, WidgetVisuals, Widgets},
};

use crate::plural::with_minus;

use super::{Theme, bold, corners, radius, regular, size, space};

/// The style of one theme.
pub(super) fn style(theme: &Theme) -> Style {
    let mut style = Style { visuals: visuals(theme), animation_time: 0.12, ..Style::default() };
    style.number_formatter =
        NumberFormatter::new(|value, decimals| with_minus(emath::format_with_decimals_in_range(value, decimals)));
    style.text_styles = [
        (TextStyle::Small, regular(size::CAPTION)),
        (TextStyle::Body, regular(size::BODY)),
        (TextStyle::Button, regular(size::BODY)),
        (TextStyle::Heading, bold(size::TITLE)),
        (TextStyle::Monospace, eframe::egui::FontId::new(size::BODY - 1.0, eframe::egui::FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(space::S, space::S);
    spacing.button_padding = Vec2::new(10.0, 4.0);
    spacing.interact_size = Vec2::new(space::CONTROL, space::CONTROL);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(6);
    spacing.menu_width = 280.0;
    spacing.slider_rail_height = 4.0;
    spacing.slider_width = 120.0;
    spacing.combo_height = 360.0;
    spacing.default_area_size.y = 1200.0; // what opens is as high as it needs
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 8.0;
    spacing.icon_spacing = 8.0;
    spacing.tooltip_width = 320.0;
    spacing.scroll = ScrollStyle {
        floating: true,
        bar_width: 8.0,
        floating_width: 4.0,
        floating_allocated_width: 8.0, // nothing lies under the bar
        dormant_handle_opacity: 0.3,   // quiet, but there: a list that goes on is seen to
        ..ScrollStyle::floating()
    };
    style
}

fn visuals(theme: &Theme) -> Visuals {
    let mut visuals = if theme.dark { Visuals::dark() } else { Visuals::light() };
    visuals.widgets = Widgets {
        noninteractive: widget(theme.surface, theme.border, theme.text),
        inactive: widget(theme.raised, Color32::TRANSPARENT, theme.text),
        hovered: widget(theme.raised_hover, Color32::TRANSPARENT, theme.text),
        active: widget(theme.raised_active, theme.accent, theme.text),
        open: widget(theme.raised_hover, Color32::TRANSPARENT, theme.text),
    };
    visuals.selection = Selection {
        bg_fill: theme.accent_soft,
        stroke: Stroke::new(1.0, if theme.dark { theme.accent_hover } else { theme.accent }),
    };
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(theme.text_muted);
    visuals.hyperlink_color = theme.accent;
    visuals.faint_bg_color = theme.raised;
    visuals.extreme_bg_color = theme.sunken;
    visuals.text_edit_bg_color = Some(theme.sunken);
    visuals.code_bg_color = theme.raised;
    visuals.warn_fg_color = theme.warning;
    visuals.error_fg_color = theme.error;
    visuals.window_corner_radius = corners(radius::L);
    visuals.menu_corner_radius = corners(radius::L);
    visuals.window_fill = theme.overlay;
    visuals.window_stroke = Stroke::new(1.0, theme.border);
    visuals.window_shadow = theme.floating_shadow();
    visuals.popup_shadow = theme.floating_shadow();
    visuals.panel_fill = theme.surface;
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
    visuals.interact_cursor = None::<CursorIcon>;
    visuals.disabled_alpha = 0.45;
    visuals
}

fn widget(fill: Color32, outline: Color32, text: Color32) -> WidgetVisuals {
    WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, outline),
        corner_radius: corners(radius::M),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    }
}
