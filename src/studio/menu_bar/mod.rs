//! The top line with the menus, the rail of pages, and the buttons that commands make.

mod keys;

use eframe::egui::{
    Align, Align2, Color32, Frame, Layout, Margin, Response, RichText, Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};

use self::keys::MenuKeys;
use crate::studio::{
    actions::FileAction,
    commands::{
        Command, Entry, Menu,
        buttons::{command_button, command_icon, command_icon_as, menu_item},
        table,
    },
    context::Context,
    page::Page,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

/// What the line keeps from frame to frame.
#[derive(Debug, Default)]
pub struct TopLine {
    /// The composition's name while it is typed.
    title: Option<String>,
    /// Whether the name's field gets the keys.
    renames: bool,
    keys: MenuKeys,
}

impl TopLine {
    /// Opens a menu by keyboard, or closes it.
    pub(super) const fn open(&mut self, menu: Menu) {
        self.keys.ask(menu);
    }

    /// Lets the composition's name be typed.
    pub(super) const fn rename(&mut self) {
        self.renames = true;
    }
}

/// Draws the line with the menus.
pub fn menu_bar(line: &mut TopLine, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.horizontal_centered(|ui| {
        ui.label(theme::icon_sized(Icon::AudioWaveform, 20.0).color(theme.accent));
        ui.label(theme::strong("Cantus", 15.0));
        ui.add_space(space::S);
        // a menu bar takes all the room it is given
        ui.allocate_ui_with_layout(vec2(396.0, 28.0), Layout::left_to_right(Align::Center), |ui| {
            line.keys.show(ui, |ui, menu| menu_entries(context, ui, menu));
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if context.page == Page::Compose {
                for command in [Command::ToggleRightPanel, Command::ToggleLeftPanel] {
                    let entry = command.entry();
                    let button = IconButton::new(entry.icon, entry.title).on(context.is_on(command));
                    command_button(context, ui, command, button);
                }
                ui.add_space(space::S);
            }
            let icon = if theme.dark { Icon::Sun } else { Icon::Moon };
            command_icon_as(context, ui, Command::ToggleTheme, icon);
            // in a narrow window the menus have them
            for command in [Command::KeySheet, Command::Palette] {
                if ui.available_width() >= space::CONTROL {
                    command_icon(context, ui, command);
                }
            }
            ui.add_space(space::S);
            if ui.available_width() >= 80.0 {
                title_field(line, context, ui);
            }
        });
    });
}

/// The composition's name, to be changed on the spot.
fn title_field(line: &mut TopLine, context: &Context<'_>, ui: &mut Ui) {
    let mut title = line.title.clone().unwrap_or_else(|| context.document.history.committed().title.clone());
    let whole = format!("{title}\nClick to rename the composition");
    let edit = eframe::egui::TextEdit::singleline(&mut title)
        .hint_text("Untitled composition")
        .align(Align2::LEFT_CENTER)
        .desired_width(ui.available_width().min(240.0))
        .min_size(vec2(0.0, space::CONTROL))
        .frame(
            Frame::new()
                .stroke((1.0, Theme::of(ui).outline))
                .corner_radius(theme::corners(radius::M))
                .inner_margin(Margin::symmetric(8, 0)),
        );
    let response = ui.add(edit).accessible_name("Title of the composition").on_hover_text(whole);
    if std::mem::take(&mut line.renames) {
        widgets::type_over(ui, &response, &title);
    }
    if response.changed() {
        line.title = Some(title);
    }
    if response.lost_focus()
        && let Some(title) = line.title.take().filter(|_| !widgets::given_up(ui))
    {
        context.edit("Rename the composition", |score| score.title = title);
    }
}

/// Draws the entries of a menu; says whether the focus is on one that opens a submenu with something to choose.
fn menu_entries(context: &Context<'_>, ui: &mut Ui, menu: Menu) -> bool {
    let mut on_submenu = false;
    let entries: Vec<&Entry> = table().iter().filter(|entry| entry.menu == menu).collect();
    for (index, entry) in entries.iter().enumerate() {
        let is_first = |name| entries[..index].iter().all(|before| before.submenu != Some(name));
        if entry.begins_group {
            ui.separator();
        }
        match entry.submenu {
            None => menu_entry(context, ui, entry),
            Some(name) if is_first(name) => {
                let of_submenu = || entries.iter().filter(|entry| entry.submenu == Some(name));
                let can_be_entered = of_submenu().any(|entry| context.why_not(entry.command).is_none());
                let title = RichText::new(name);
                let title = if can_be_entered { title } else { title.color(Theme::of(ui).text_faint) };
                // as far from the left as what has an icon
                let no_icon = theme::icon_sized(Icon::Dot, 14.0).color(Color32::TRANSPARENT);
                let submenu = ui.menu_button((no_icon, title), |ui| {
                    ui.set_min_width(240.0);
                    of_submenu().for_each(|entry| menu_entry(context, ui, entry));
                });
                on_submenu |= submenu.response.accessible_name(name).has_focus() && can_be_entered;
            }
            Some(_) => {}
        }
        if entry.command == Command::ImportMidi {
            on_submenu |= recent_files_menu(context, ui).has_focus();
        }
    }
    on_submenu
}

fn menu_entry(context: &Context<'_>, ui: &mut Ui, entry: &Entry) {
    let why_not = context.why_not(entry.command);
    let title = context.commands.title(entry.command);
    if menu_item(entry, &title, context.is_on(entry.command), why_not, ui) {
        context.ask(entry.command);
    }
}

/// The files opened and written lately.
fn recent_files_menu(context: &Context<'_>, ui: &mut Ui) -> Response {
    let recent = context.preferences().recent_files.clone();
    let why_not = match context.why_not(Command::ImportMidi) {
        None if recent.is_empty() => Some("No recent files".to_owned()),
        why_not => why_not,
    };
    let name = (theme::icon_sized(Icon::History, 14.0), "Open recent");
    let menu = ui.add_enabled_ui(why_not.is_none(), |ui| {
        ui.menu_button(name, |ui| {
            ui.set_min_width(260.0);
            for path in recent {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let button = ui.button(crate::studio::status_bar::shortened(&name, 44));
                if button.on_hover_text(path.display().to_string()).clicked() {
                    context.ask(FileAction::Import(vec![path]));
                    ui.close();
                }
            }
        })
    });
    match why_not {
        Some(reason) => menu.inner.response.on_disabled_hover_text(reason),
        None => menu.inner.response,
    }
}

/// Draws the rail of pages.
pub fn rail(context: &Context<'_>, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = space::XS;
    for page in Page::ALL {
        let entry = Command::Show(page).entry();
        if rail_button(ui, entry.icon, entry.title, context.page == page)
            .on_hover_text(format!("{} ({})", entry.title, entry.key_text()))
            .clicked()
        {
            context.ask(Command::Show(page));
        }
    }
}

fn rail_button(ui: &mut Ui, icon: Icon, name: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(56.0, 52.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("{name} page")));
    let ground = if chosen {
        Some(theme.accent_soft)
    } else if response.hovered() {
        Some(theme.raised)
    } else {
        None
    };
    if let Some(ground) = ground {
        ui.painter().rect_filled(rect, theme::corners(radius::L), ground);
    }
    widgets::focus_ring(ui, &response, rect);
    let color = match (chosen, theme.dark) {
        (true, true) => theme.accent_hover,
        (true, false) => theme.accent,
        (false, _) => theme.text_muted,
    };
    let icon_rect = eframe::egui::Rect::from_center_size(rect.center() - Vec2::new(0.0, 8.0), Vec2::splat(20.0));
    widgets::paint_icon(ui, icon_rect, icon, 20.0, color);
    ui.painter().text(
        rect.center() + Vec2::new(0.0, 14.0),
        Align2::CENTER_CENTER,
        name,
        theme::regular(size::CAPTION),
        color,
    );
    response
}
