//! The card of a part: name, solo, mute and lock, instrument, mix, level.

use eframe::egui::{
    Align, Align2, Button, Color32, CornerRadius, Layout, Margin, Popup, Rect, Response, RichText, Role as UiRole,
    Sense, SetOpenCommand, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{
    LeftPanel,
    instruments::instrument_button,
    mix,
    rename::{self, Renaming},
};
use crate::{
    music::{Part, Role},
    studio::{
        actions::ComposeAction,
        commands::{Command, buttons::menu_item},
        context::Context,
        theme::{self, Icon, PART_COLORS, Theme, radius, size, space},
        widgets::{self, IconButton, part_icon, part_title},
        words::sentence,
    },
};

/// Draws the card of the part at `index`.
pub fn ui(panel: &mut LeftPanel, index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let chosen = context.document.part == index;
    let color = theme.part(part.color);
    let audible = context.document.score().is_audible(index);
    let title = part_title(part);
    let frame = widgets::card(ui, false)
        .fill(if chosen { theme.raised_hover } else { theme.raised })
        .inner_margin(Margin { left: 14, right: 8, top: 6, bottom: 8 });
    let shown = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, 2.0);
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let icon_color = if audible { color } else { theme.text_faint };
            ui.label(theme::icon_sized(part_icon(part), 15.0).color(icon_color));
            name(panel, index, part, context, ui);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 1.0;
                solo(index, part, context, ui);
                mute(index, part, context, ui);
                lock(index, part, context, ui);
            });
        });
        ui.horizontal(|ui| {
            instrument_button(&mut panel.instrument_search, index, part, context, ui);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                // from left to right, as in the mixer
                ui.allocate_ui_with_layout(mix::KNOBS, Layout::left_to_right(Align::Center), |ui| {
                    mix::knobs(index, part, context, ui);
                });
            });
        });
        let length = ui.available_width();
        mix::volume(index, part, context, ui, mix::Fader::Level(length));
        mix::level(index, part, context, ui, vec2(ui.available_width(), 7.0));
    });
    let rect = shown.response.rect;
    let stripe = Rect::from_min_max(rect.min, pos2(rect.left() + 4.0, rect.bottom()));
    let corners = CornerRadius { nw: radius::L, sw: radius::L, ne: 0, se: 0 };
    ui.painter().rect_filled(stripe, corners, if audible { color } else { theme.border_strong });
    if chosen {
        let outline = Stroke::new(1.0, Theme::mix(theme.raised, color, 0.7));
        ui.painter().rect_stroke(rect, theme::corners(radius::L), outline, StrokeKind::Inside);
    }
    let handle = Rect::from_min_max(rect.min, pos2(rect.left() + 30.0, rect.bottom()));
    let click = ui.interact(handle, ui.scope_id().with("choose"), Sense::click());
    click.widget_info(|| WidgetInfo::selected(UiRole::Button, true, chosen, format!("Part {title}")));
    if click.clicked() || (shown.response.contains_pointer() && ui.input(|input| input.pointer.primary_pressed())) {
        context.ask(ComposeAction::ChoosePart(index));
    }
    // a right click anywhere on the card, but on controls that have a menu of their own
    let card = ui.interact(rect, ui.scope_id().with("menu"), Sense::hover());
    let is_asked = card.contains_pointer() && ui.input(|input| input.pointer.secondary_clicked());
    let popup = if is_asked && !Popup::is_any_open(ui.ctx()) {
        Popup::menu(&click).open_memory(SetOpenCommand::Bool(true)).at_pointer_fixed()
    } else {
        Popup::context_menu(&click)
    };
    popup.show(|ui| menu(index, part, context, ui));
}

/// The name, which a double click lets be typed.
fn name(panel: &mut LeftPanel, index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let width = (ui.available_width() - 92.0).max(40.0);
    if rename::field(&mut panel.renaming, index, part, width, context, ui) {
        return;
    }
    let theme = Theme::of(ui);
    let is_chosen = context.document.part == index;
    let title = part_title(part);
    let (place, response) = ui.allocate_exact_size(vec2(width, space::CONTROL), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(UiRole::Label, true, format!("Name of part {}", index + 1)));
    let font = if is_chosen { theme::bold(size::BODY) } else { theme::regular(size::BODY) };
    let galley = widgets::cut(ui.painter(), &title, font, theme.text, width);
    ui.painter().galley(Align2::LEFT_CENTER.align_size_within_rect(galley.size(), place).min, galley, theme.text);
    if response.double_clicked() {
        panel.renaming = Some(Renaming::of(index, part));
    }
    response.on_hover_text(format!("{title}\n{HOW_TO_RENAME}"));
}

/// How a part gets another name.
pub const HOW_TO_RENAME: &str = "Double-click or press F2 to rename it";

/// The switch that lets only this part be heard.
pub fn solo(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let name = format!("Solo {}", part_title(part));
    let color = Theme::of(ui).warning;
    if letter_switch(ui, "S", &name, part.soloed, color, "Solo: hear only this part (S)").clicked() {
        context.ask(ComposeAction::ChoosePart(index));
        context.edit_part(index, "Solo", |part| part.soloed = !part.soloed);
    }
}

/// The switch that silences this part.
pub fn mute(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let name = format!("Mute {}", part_title(part));
    let color = Theme::of(ui).error;
    if letter_switch(ui, "M", &name, part.muted, color, "Mute: silence this part (M)").clicked() {
        context.ask(ComposeAction::ChoosePart(index));
        context.edit_part(index, "Mute", |part| part.muted = !part.muted);
    }
}

/// The switch that keeps this part as it is when others are generated; the melody has its star there.
pub fn lock(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let title = part_title(part);
    let small = |icon, name| IconButton::new(icon, name).sized(24.0, 14.0);
    if context.document.score().melody == Some(index) {
        let name = format!("{title} is the melody");
        small(Icon::Star, &name)
            .tint(theme.part(part.color))
            .on(true)
            .hover("The melody: Generate never changes it")
            .show(ui);
    } else {
        let icon = if part.locked { Icon::Lock } else { Icon::LockOpen };
        let name = format!("Lock {title} when generating");
        if small(icon, &name)
            .on(part.locked)
            .hover(match (part.locked, part.role) {
                (true, _) => "Locked: Generate leaves this part unchanged (K)",
                (false, Role::Other) => {
                    "Your own part: Generate leaves it unchanged unless you give it a role (right-click)"
                }
                (false, _) => "Generate replaces this part; click to lock it (K)",
            })
            .show(ui)
            .clicked()
        {
            context.edit_part(index, "Lock when generating", |part| part.locked = !part.locked);
        }
    }
}

/// Has a click on what stands for a part choose it, a double click open it, and another one bring its menu.
pub fn choose_by(click: &Response, index: usize, part: &Part, context: &Context<'_>) {
    if click.double_clicked() {
        context.ask(ComposeAction::OpenPart(index));
    } else if click.clicked() {
        context.ask(ComposeAction::ChoosePart(index));
    }
    click.context_menu(|ui| menu(index, part, context, ui));
}

/// What can be done with a part.
pub fn menu(index: usize, part: &Part, context: &Context<'_>, ui: &mut Ui) {
    let is_melody = context.document.score().melody == Some(index);
    let rename = Command::RenamePart.entry();
    if menu_item(rename, rename.title, false, None, ui) {
        context.ask(ComposeAction::ChoosePart(index));
        context.ask(rename.command);
    }
    ui.separator();
    if ui.add(Button::selectable(is_melody, "Melody")).clicked() {
        context.edit("Make it the melody", move |score| score.melody = Some(index));
        ui.close();
    }
    if !is_melody {
        let role = if part.role == Role::Other { "none" } else { part.role.name() };
        ui.menu_button(format!("Role: {role}"), |ui| {
            for role in [Role::Bass, Role::Drums, Role::Chords, Role::Pad, Role::Guitar, Role::Alto, Role::Tenor] {
                if ui.selectable_label(part.role == role, sentence(role.name())).clicked() {
                    context.edit_part(index, "Role of the part", move |part| part.role = role);
                }
            }
            if ui.selectable_label(part.role == Role::Other, "None: Generate leaves it unchanged").clicked() {
                context.edit_part(index, "Role of the part", |part| part.role = Role::Other);
            }
        });
    }
    for (title, key, on, label, switch) in [
        ("Mute", "M", part.muted, "Mute", (|part| part.muted = !part.muted) as fn(&mut Part)),
        ("Solo", "S", part.soloed, "Solo", |part| part.soloed = !part.soloed),
        ("Lock when generating", "K", part.locked, "Lock when generating", |part| part.locked = !part.locked),
    ] {
        if ui.add(widgets::with_keys(Button::selectable(on, title), key)).accessible_name(title).clicked() {
            context.edit_part(index, label, switch);
            ui.close();
        }
    }
    ui.label(RichText::new("Colour").color(Theme::of(ui).text_muted));
    ui.horizontal(|ui| {
        for color in 0..PART_COLORS as u8 {
            let fill = Theme::of(ui).part(color);
            let (rect, response) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::click());
            response.widget_info(|| {
                WidgetInfo::selected(UiRole::RadioButton, true, part.color == color, format!("Colour {}", color + 1))
            });
            ui.painter().rect_filled(rect.shrink(2.0), theme::corners(radius::S), fill);
            if part.color == color {
                widgets::paint_icon(ui, rect, Icon::Check, 13.0, Theme::of(ui).on(fill));
            }
            if response.clicked() {
                context.edit_part(index, "Colour", move |part| part.color = color);
                ui.close();
            }
        }
    });
    ui.separator();
    let why_not_move = |is_up| context.document.why_not_move_part(index, is_up);
    for (command, why_not) in [
        (Command::DuplicatePart, None),
        (Command::MovePartUp, why_not_move(true)),
        (Command::MovePartDown, why_not_move(false)),
        (Command::RemovePart, None),
    ] {
        let entry = command.entry();
        if menu_item(entry, entry.title, false, why_not.map(str::to_owned), ui) {
            context.ask(ComposeAction::ChoosePart(index));
            context.ask(command);
        }
    }
}

/// A switch that is a letter, as mixers have them.
fn letter_switch(ui: &mut Ui, letter: &str, name: &str, on: bool, color: Color32, hover: &str) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(UiRole::Button, true, on, name));
    let face = rect.shrink(2.0);
    if on {
        ui.painter().rect_filled(face, theme::corners(4), color);
    } else if response.hovered() {
        ui.painter().rect_filled(face, theme::corners(4), theme.raised_active);
    } else {
        ui.painter().rect_stroke(face, theme::corners(4), Stroke::new(1.0, theme.border_strong), StrokeKind::Inside);
    }
    widgets::focus_ring(ui, &response, rect);
    let text = if on { theme.on(color) } else { theme.text_muted };
    ui.painter().text(face.center(), Align2::CENTER_CENTER, letter, theme::bold(size::CAPTION), text);
    response.on_hover_text(hover)
}
