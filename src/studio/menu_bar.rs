//! The top line with the menus, the rail of pages, and the buttons that commands make.

use eframe::egui::{
    Align, Align2, Button, Layout, MenuBar, Response, RichText, Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};

use crate::studio::{
    commands::{Command, Menu, table},
    pages::compose::side_panels::Side,
    state::{Page, Studio},
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

impl Studio {
    pub(in crate::studio) fn menu_bar(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal_centered(|ui| {
            ui.label(theme::icon_sized(Icon::AudioWaveform, 20.0).color(theme.accent));
            ui.label(theme::strong("Cantus", 15.0));
            ui.add_space(space::S);
            // a menu bar takes all the room it is given
            ui.allocate_ui_with_layout(vec2(396.0, 28.0), Layout::left_to_right(Align::Center), |ui| {
                MenuBar::new().ui(ui, |ui| {
                    for menu in Menu::ALL {
                        ui.menu_button(RichText::new(menu.title()).color(theme.text_muted), |ui| {
                            ui.set_min_width(260.0);
                            self.menu(ui, menu);
                        });
                    }
                });
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                if self.page == Page::Studio {
                    for (command, side) in
                        [(Command::ToggleRightPanel, Side::Right), (Command::ToggleLeftPanel, Side::Left)]
                    {
                        let entry = command.entry();
                        let button = IconButton::new(entry.icon, entry.title).on(self.shows_panel(side));
                        self.command_with(ui, command, button);
                    }
                    ui.add_space(space::S);
                }
                let icon = if theme.dark { Icon::Sun } else { Icon::Moon };
                self.command_icon_as(ui, Command::ToggleTheme, icon);
                // in a narrow window the menus have them
                for command in [Command::KeySheet, Command::Palette] {
                    if ui.available_width() >= space::CONTROL {
                        self.command_icon(ui, command);
                    }
                }
                ui.add_space(space::S);
                if ui.available_width() >= 80.0 {
                    self.title(ui);
                }
            });
        });
    }

    /// The composition's name, to be changed on the spot.
    fn title(&mut self, ui: &mut Ui) {
        let mut title = self.left.title.clone().unwrap_or_else(|| self.history.committed().title.clone());
        let edit = eframe::egui::TextEdit::singleline(&mut title)
            .hint_text("Untitled composition")
            .desired_width(ui.available_width().min(240.0))
            .min_size(vec2(0.0, space::CONTROL))
            .align(Align2::RIGHT_CENTER)
            .frame(eframe::egui::Frame::NONE);
        let response = ui.add(edit).accessible_name("Title of the composition");
        if response.changed() {
            self.left.title = Some(title);
        }
        if response.lost_focus()
            && let Some(title) = self.left.title.take()
        {
            self.keep_audition();
            self.history.edit("Rename the composition", |score| score.title = title);
        }
    }

    fn menu(&mut self, ui: &mut Ui, menu: Menu) {
        for entry in table().iter().filter(|entry| entry.menu == menu) {
            if entry.begins_group {
                ui.separator();
            }
            let why_not = self.why_not(entry.command);
            let title = self.menu_title(entry.command, entry.title);
            let button = Button::new((theme::icon_sized(entry.icon, 14.0), title.clone()))
                .shortcut_text(entry.key_text())
                .selected(self.is_on(entry.command));
            let response = ui.add_enabled(why_not.is_none(), button).accessible_name(title);
            if response.clicked() {
                self.push(entry.command);
                ui.close();
            }
            if let Some(reason) = why_not {
                response.on_disabled_hover_text(reason);
            }
            if entry.command == Command::ImportMidi {
                self.recent_files_menu(ui);
            }
        }
    }

    /// The files opened and written lately.
    fn recent_files_menu(&mut self, ui: &mut Ui) {
        let recent = self.preferences.recent_files.clone();
        let why_not = match self.why_not(Command::ImportMidi) {
            None if recent.is_empty() => Some("No file was opened or written yet".to_owned()),
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
                        self.import(vec![path]);
                        ui.close();
                    }
                }
            })
        });
        if let Some(reason) = why_not {
            menu.inner.response.on_disabled_hover_text(reason);
        }
    }

    /// Undo and redo say what they take back.
    fn menu_title(&self, command: Command, title: &str) -> String {
        let what = match command {
            Command::Undo => self.history.undo_label(),
            Command::Redo => self.history.redo_label(),
            _ => None,
        };
        match what {
            Some(what) => format!("{title}: {}", what.to_lowercase()),
            None => title.to_owned(),
        }
    }

    pub(in crate::studio) fn rail(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.y = space::XS;
        for page in Page::ALL {
            let entry = page.command().entry();
            if rail_button(ui, entry.icon, entry.title, self.page == page)
                .on_hover_text(format!("{} ({})", entry.title, entry.key_text()))
                .clicked()
            {
                self.push(page.command());
            }
        }
    }

    /// An icon button that gives a command, with its title, key and reason.
    pub(in crate::studio) fn command_icon(&mut self, ui: &mut Ui, command: Command) -> Response {
        self.command_icon_as(ui, command, command.entry().icon)
    }

    /// The same with another icon.
    pub(in crate::studio) fn command_icon_as(&mut self, ui: &mut Ui, command: Command, icon: Icon) -> Response {
        let button = IconButton::new(icon, command.entry().title);
        self.command_with(ui, command, button)
    }

    /// The same with a button made elsewhere.
    pub(in crate::studio) fn command_with(
        &mut self,
        ui: &mut Ui,
        command: Command,
        button: IconButton<'_>,
    ) -> Response {
        let entry = command.entry();
        let key = entry.key_text();
        let title = self.menu_title(command, entry.title);
        let hover = if key.is_empty() { title } else { format!("{title} ({key})") };
        let response = button.hover(hover).why_not(self.why_not(command)).show(ui);
        if response.clicked() {
            self.push(command);
        }
        response
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
