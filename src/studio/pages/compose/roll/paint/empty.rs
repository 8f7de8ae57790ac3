//! What an empty roll says: how notes come into it.

use eframe::egui::{Align2, Rect, Vec2, vec2};

use super::Canvas;
use crate::studio::theme::{self, Icon, radius, size, space};

/// Paints it in the middle of the notes, if there is room: a title, and lines that say what to do.
pub fn paint(canvas: &Canvas<'_>, title: &str, lines: &[(Icon, &str)]) {
    let theme = canvas.theme;
    let text = |text: &str, points: f32| {
        canvas.painter.layout_no_wrap(text.to_owned(), theme::regular(points), theme.text_muted)
    };
    let title = canvas.painter.layout_no_wrap(title.to_owned(), theme::bold(size::SECTION), theme.text);
    let lines: Vec<_> = lines.iter().map(|&(icon, line)| (icon, text(line, size::BODY))).collect();
    let (icon_width, row) = (24.0, 22.0);
    let width = lines.iter().map(|(_, galley)| galley.size().x + icon_width).fold(title.size().x, f32::max);
    let inside = vec2(width, title.size().y + space::S + row * lines.len() as f32);
    let area = canvas.coordinates.area();
    let card = Rect::from_center_size(area.center(), inside + Vec2::splat(2.0 * space::L));
    if !area.shrink(space::XS).contains_rect(card) {
        return;
    }
    let card = canvas.crisp_rect(card);
    // other parts may lie behind it
    canvas.painter.rect_filled(card, theme::corners(radius::L), theme.surface.gamma_multiply(0.85));
    let mut at = card.min + Vec2::splat(space::L);
    let below_title = title.size().y + space::S;
    canvas.painter.galley(at, title, theme.text);
    at.y += below_title;
    for (icon, galley) in lines {
        let middle = at.y + row / 2.0;
        canvas.painter.text(
            eframe::egui::pos2(at.x, middle),
            Align2::LEFT_CENTER,
            char::from(icon),
            theme::icons(size::BODY),
            theme.accent,
        );
        let left_top = eframe::egui::pos2(at.x + icon_width, middle - galley.size().y / 2.0);
        canvas.painter.galley(left_top, galley, theme.text_muted);
        at.y += row;
    }
}
