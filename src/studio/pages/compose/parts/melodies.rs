//! The prepared melodies to begin with.

use eframe::egui::{Align2, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::{
    music::melodies,
    studio::{
        actions::ComposeAction,
        context::Context,
        theme::{self, Icon, Theme, radius, size},
        widgets,
    },
};

/// How high a row is with the gap below it, in points.
pub const ROW: f32 = 31.0;
const GAP: f32 = 1.0;

/// Draws the list; `chosen` was taken last.
pub fn list(chosen: Option<usize>, context: &Context<'_>, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = GAP;
    for (index, melody) in melodies::all().iter().enumerate() {
        let is_chosen = chosen == Some(index) && context.document.score().title == melody.name;
        if row(ui, melody.name, melody.origin, is_chosen).clicked() {
            context.ask(ComposeAction::OpenMelody(index));
        }
    }
}

fn row(ui: &mut Ui, name: &str, origin: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - GAP), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("Melody {name}")));
    if chosen || response.hovered() {
        let ground = if chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(radius::M), ground);
    }
    widgets::focus_ring(ui, &response, rect);
    let color = if chosen { theme.accent } else { theme.text_faint };
    let icon = Rect::from_center_size(rect.left_center() + vec2(14.0, 0.0), vec2(14.0, 14.0));
    widgets::paint_icon(ui, icon, Icon::Music, 14.0, color);
    let line = Rect::from_min_max(rect.min + vec2(28.0, 0.0), rect.max - vec2(6.0, 0.0));
    widgets::paint_line(ui, line, Align2::LEFT_CENTER, name, theme::regular(size::BODY), theme.text);
    response.on_hover_text(format!("{name}\n{origin}"))
}
