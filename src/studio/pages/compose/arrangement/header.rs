//! The header of a lane: the part's name, mute and solo, and where there is room its lock, volume and level.

use eframe::egui::{Align, Align2, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::super::parts::{Renaming, card, mix, rename};
use crate::studio::{
    actions::ComposeAction,
    context::Context,
    theme::{self, Theme, size, space},
    widgets::{self, part_icon, part_title},
};

/// How high a lane must be for two rows of controls, in points.
const TWO_ROWS_FROM: f32 = 48.0;
/// How wide a header must be for the lock beside mute and solo, and for the volume beside the level, in points.
const WIDE_FROM: f32 = 150.0;
/// How much of a header's width the volume has; the level has the rest.
const VOLUME_SHARE: f32 = 0.6;

/// Draws the header of the part at `index`, of which only `clip` is in sight.
pub fn ui(renaming: &mut Option<Renaming>, index: usize, place: Rect, clip: Rect, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let Some(part) = context.document.score().parts.get(index) else { return };
    let is_chosen = context.document.part == index;
    let is_audible = context.document.score().is_audible(index);
    let color = if is_audible { theme.part(part.color) } else { theme.border_strong };
    let title = part_title(part);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("lane header", index)));
    ui.set_clip_rect(clip.intersect(ui.clip_rect()));

    let click = ui.interact(place.intersect(clip), ui.scope_id().with("choose"), Sense::CLICK);
    click.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, format!("Header of {title}")));
    card::choose_by(&click, index, part, context);

    let painter = ui.painter();
    painter.rect_filled(place, 0.0, if is_chosen { theme.raised_hover } else { theme.surface });
    painter.hline(place.x_range(), place.bottom() - 0.5, theme.hairline());
    painter.rect_filled(Rect::from_min_max(place.min, pos2(place.left() + 4.0, place.bottom() - 1.0)), 0.0, color);
    painter.vline(place.right() - 0.5, place.y_range(), theme.hairline());

    let inside = Rect::from_min_max(place.min + vec2(10.0, 2.0), place.max - vec2(6.0, 4.0));
    let two_rows = place.height() >= TWO_ROWS_FROM;
    let (top, row_height) =
        if two_rows { (inside.center().y - 21.0, 22.0) } else { (place.top(), place.height() - 1.0) };
    let row = Rect::from_min_size(pos2(inside.left(), top), vec2(inside.width(), row_height));
    let mut first = ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::right_to_left(Align::Center)));
    first.spacing_mut().item_spacing.x = 1.0;
    card::solo(index, part, context, &mut first);
    card::mute(index, part, context, &mut first);
    if place.width() >= WIDE_FROM {
        card::lock(index, part, context, &mut first);
    }
    let icon_place = Rect::from_min_size(row.left_top(), vec2(18.0, row.height()));
    widgets::paint_icon(&ui, icon_place, part_icon(part), 14.0, color);
    let name = Rect::from_min_max(
        pos2(icon_place.right() + space::XS, row.top()),
        pos2(first.min_rect().left(), row.bottom()),
    );
    let is_typed = {
        let over = name.with_max_x(inside.right());
        let mut field = ui.new_child(UiBuilder::new().max_rect(over).layout(Layout::left_to_right(Align::Center)));
        rename::field(renaming, index, part, over.width() - 8.0, context, &mut field)
    };
    if !is_typed {
        let response = ui.interact(name.intersect(clip), ui.scope_id().with("name"), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Name in the lane: {title}")));
        let font = if is_chosen { theme::bold(size::BODY) } else { theme::regular(size::BODY) };
        let text = if is_audible { theme.text } else { theme.text_faint };
        let galley = widgets::cut(ui.painter(), &title, font, text, name.width() - 4.0);
        let at = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), name).min;
        ui.painter().galley(at, galley, text);
        if response.double_clicked() {
            *renaming = Some(Renaming::of(index, part));
        } else if response.clicked() {
            context.ask(ComposeAction::ChoosePart(index));
        }
        response.context_menu(|ui| card::menu(index, part, context, ui));
        response.on_hover_text(format!("{title}\n{}", card::HOW_TO_RENAME));
    }
    if two_rows {
        let row = Rect::from_min_size(row.left_bottom() + vec2(0.0, 2.0), vec2(inside.width(), 18.0));
        let mut second = ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::right_to_left(Align::Center)));
        second.spacing_mut().item_spacing.x = space::S;
        if place.width() >= WIDE_FROM {
            let length = inside.width() * VOLUME_SHARE;
            mix::volume(index, part, context, &mut second, mix::Fader::Level(length));
        }
        let room = second.available_width();
        mix::level(index, part, context, &mut second, vec2(room, 7.0));
    }
}
