//! The buttons and menu items that commands make: title, key and reason from the table.

use eframe::egui::{Button, Response, Ui};

use super::{Command, Entry};
use crate::studio::{
    context::Context,
    theme::{self, Icon},
    widgets::{self, IconButton},
};

/// An icon button that gives a command, with its title, key and reason.
pub fn command_icon(context: &Context<'_>, ui: &mut Ui, command: Command) -> Response {
    command_icon_as(context, ui, command, command.entry().icon)
}

/// The same with another icon.
pub fn command_icon_as(context: &Context<'_>, ui: &mut Ui, command: Command, icon: Icon) -> Response {
    command_button(context, ui, command, IconButton::new(icon, command.entry().title))
}

/// The same with a button made elsewhere.
pub fn command_button(context: &Context<'_>, ui: &mut Ui, command: Command, button: IconButton<'_>) -> Response {
    let key = command.entry().key_text();
    let title = context.commands.title(command);
    let hover = if key.is_empty() { title } else { format!("{title} ({key})") };
    let response = button.hover(hover).why_not(context.why_not(command)).show(ui);
    if response.clicked() {
        context.ask(command);
    }
    response
}

/// An item of a menu with its icon and keys; disabled it says why. Whether it was clicked.
pub fn menu_item(entry: &Entry, title: &str, is_on: bool, why_not: Option<String>, ui: &mut Ui) -> bool {
    let keys = entry.key_text();
    let button = widgets::with_keys(Button::new((theme::icon_sized(entry.icon, 14.0), title)), &keys);
    widgets::menu_item(ui, button.selected(is_on), title, why_not)
}
