//! Draws the window that publishes a composition. It never stops the music.

use eframe::egui::{self, Align, Layout, ProgressBar, RichText, Role, Spinner, TextEdit, Ui, WidgetInfo, vec2};

use super::state::PublishWindow;
use crate::{
    soundcloud::{Licence, Profile, REGISTER_PAGE, Stage},
    studio::{
        actions::{FileAction, PublishAction, Secret},
        context::Context,
        dialogs::{export, modal},
        services::{
            files::Purpose,
            publishing::{AccountState, Sending},
        },
        theme::{self, Icon, Theme, size, space},
        widgets::{self, IconButton, choice, named_row},
    },
};

/// The width of what is chosen, in points.
const WIDTH: f32 = 460.0;

/// Draws the window, if it is open.
pub fn show(window: &mut PublishWindow, context: &Context<'_>, ctx: &egui::Context) {
    let is_connected = matches!(context.services.publishing.account, AccountState::Connected(_));
    if !window.open || is_connected {
        window.secret = Secret::default();
    }
    if !window.open {
        return;
    }
    modal::floating(ctx, "Publish to SoundCloud", WIDTH, |ui| {
        ui.horizontal(|ui| {
            ui.label(theme::strong("Publish to SoundCloud", size::TITLE));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if IconButton::new(Icon::X, "Close publishing").show(ui).clicked() {
                    window.open = false;
                }
            });
        });
        ui.add_space(space::S);
        window.turn_to(context.document.history.committed());
        let publishing = &context.services.publishing;
        match &publishing.account {
            AccountState::Unknown | AccountState::Looking => waiting(ui, "Looking for your account…"),
            AccountState::None => connect(window, context, ui),
            AccountState::Connecting(_) => {
                waiting(ui, "Allow access in your browser");
                if ui.button("Cancel").clicked() {
                    context.ask(PublishAction::CancelConnect);
                }
            }
            AccountState::Connected(profile) => publish(window, profile, context, ui),
        }
        if let Some(reason) = &publishing.failed {
            ui.add_space(space::S);
            ui.label(RichText::new(reason).color(Theme::of(ui).error));
        }
        if let Some(done) = &publishing.done {
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(Icon::CircleCheck, size::ICON).color(Theme::of(ui).success));
                ui.label("Published");
                if ui.link(&done.link).on_hover_text("Opens in your browser").clicked() {
                    context.ask(PublishAction::Open(done.link.clone()));
                }
                if IconButton::new(Icon::Copy, "Copy the link").show(ui).clicked() {
                    ui.ctx().copy_text(done.link.clone());
                }
            });
        }
    });
}

fn waiting(ui: &mut Ui, text: &str) {
    ui.horizontal(|ui| {
        ui.add(Spinner::new());
        ui.label(text);
    });
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
}

fn field(ui: &mut Ui, name: &str, hint: &str, text: &mut String) {
    field_with_keys(ui, name, hint, text, &mut false);
}

/// A field that has the keys if they are wanted.
fn field_with_keys(ui: &mut Ui, name: &str, hint: &str, text: &mut String, wants_keys: &mut bool) {
    named_row(ui, name, |ui| {
        let edit = TextEdit::singleline(text).hint_text(hint).desired_width(f32::INFINITY).char_limit(2000);
        let response = widgets::text_field(ui, edit).accessible_name(name);
        if std::mem::take(wants_keys) {
            response.request_focus();
        }
    });
}

/// For those whom nobody has connected yet.
fn connect(window: &mut PublishWindow, context: &Context<'_>, ui: &mut Ui) {
    ui.label(
        "Cantus uploads through a SoundCloud app of your own. Register one with this redirect address, and \
         enter its client id here:",
    );
    ui.horizontal(|ui| {
        let address = window.app.redirect_address();
        ui.label(RichText::new(&address).monospace());
        if IconButton::new(Icon::Copy, "Copy the redirect address").show(ui).clicked() {
            ui.ctx().copy_text(address);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.link("How to register an app").on_hover_text("Opens in your browser").clicked() {
                context.ask(PublishAction::Open(REGISTER_PAGE.to_owned()));
            }
        });
    });
    ui.add_space(space::S);
    let PublishWindow { app, wants_keys, .. } = window;
    field_with_keys(ui, "Client id", "from your app's page", &mut app.client_id, wants_keys);
    named_row(ui, "Client secret", |ui| {
        let edit = TextEdit::singleline(&mut window.secret.0).password(true).hint_text("if your app has one");
        widgets::text_field(ui, edit.desired_width(f32::INFINITY))
            .accessible_name("Client secret")
            .on_hover_text("Leave it empty to use the one that you connected with before");
    });
    named_row(ui, "Port", |ui| {
        ui.add(widgets::number_field(&mut window.app.port).range(1024..=65535)).accessible_name("Port");
        widgets::caption(ui, "part of the redirect address");
    });
    ui.add_space(space::M);
    let why_not = window.app.client_id.trim().is_empty().then(|| "Enter a client id first".to_owned());
    let entered = widgets::entered(ui) && why_not.is_none();
    if widgets::primary_button(ui, Icon::Link2, "Connect…", why_not).clicked() || entered {
        window.wants_keys = true;
        let (settings, secret) = (window.app.clone(), window.secret.clone());
        context.ask(PublishAction::Connect { settings, secret });
    }
    ui.add_space(space::M);
    widgets::caption(ui, "Without an app, you can upload by hand:");
    let why_not = save_why_not(context);
    if widgets::text_button(ui, Icon::Save, "Save and open SoundCloud's upload page…", why_not).clicked() {
        context.ask(FileAction::Ask(Purpose::SaveForUpload));
    }
}

fn save_why_not(context: &Context<'_>) -> Option<String> {
    context.services.exports.running.is_some().then(|| "Audio is being exported already".to_owned())
}

/// For those who are connected.
fn publish(window: &mut PublishWindow, profile: &Profile, context: &Context<'_>, ui: &mut Ui) {
    let running = context.services.publishing.running.as_deref();
    ui.horizontal(|ui| {
        widgets::caption(ui, format!("Connected as {} · {}", profile.name, profile.upload_time_left()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let why_not = running.map(|_| "A track is being published".to_owned());
            if widgets::text_button(ui, Icon::LogOut, "Disconnect", why_not).clicked() {
                context.ask(PublishAction::Disconnect);
            }
        });
    });
    if !profile.is_remembered {
        widgets::caption(ui, "You stay connected until you quit Cantus, as this system has no keyring");
    }
    ui.add_space(space::S);
    ui.add_enabled_ui(running.is_none(), |ui| track(window, ui))
        .response
        .on_disabled_hover_text("The track is being published; cancel it to change this");
    ui.add_space(space::M);
    if let Some(running) = running {
        return progress(running, context, ui);
    }
    if let Some(warning) = export::silenced(context) {
        ui.label(RichText::new(warning).color(Theme::of(ui).warning));
    }
    let why_not = if window.track.title.trim().is_empty() {
        Some("Give the track a title first".to_owned())
    } else {
        context.why_not(crate::studio::commands::Command::Publish)
    };
    let verb = if window.track.public { "Publish" } else { "Publish privately" };
    if widgets::primary_button(ui, Icon::Share2, verb, why_not).clicked() {
        context.ask(PublishAction::Publish(window.track.clone()));
    }
}

fn track(window: &mut PublishWindow, ui: &mut Ui) {
    let PublishWindow { track, wants_keys, .. } = window;
    field_with_keys(ui, "Title", "", &mut track.title, wants_keys);
    named_row(ui, "Description", |ui| {
        let edit = TextEdit::multiline(&mut track.description).desired_rows(3).char_limit(4000);
        widgets::outlined_field(ui, edit.desired_width(f32::INFINITY)).accessible_name("Description");
    });
    field(ui, "Genre", "", &mut track.genre);
    field(ui, "Tags", "separated by commas", &mut track.tags);
    named_row(ui, "Licence", |ui| {
        let name = |licence: Licence| Licence::ALL.iter().find(|(other, _)| *other == licence).map_or("", |row| row.1);
        egui::ComboBox::from_id_salt("licence").selected_text(name(track.licence)).show_ui(ui, |ui| {
            for (licence, name) in Licence::ALL {
                widgets::list_value(ui, &mut track.licence, licence, name);
            }
        });
    });
    named_row(ui, "Who can listen", |ui| {
        choice(ui, &mut track.public, false, "Anyone with the link", None);
        choice(ui, &mut track.public, true, "Everybody", None);
    });
}

fn progress(running: &Sending, context: &Context<'_>, ui: &mut Ui) {
    let (share, text) = match running.stage() {
        Stage::Rendering(share) => (share * 0.5, format!("Rendering, {:.0}%", share * 100.0)),
        Stage::Sending(share) => (0.5 + share * 0.5, format!("Sending, {:.0}%", share * 100.0)),
        Stage::Waiting => (1.0, "Waiting for SoundCloud".to_owned()),
    };
    let place = vec2(ui.available_width(), widgets::PRIMARY_BUTTON); // so that nothing moves
    ui.allocate_ui_with_layout(place, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_size(place);
        let why_not = (running.stage() == Stage::Waiting).then_some("Everything has been uploaded already");
        let button = ui.add_enabled(why_not.is_none(), egui::Button::new("Cancel"));
        if button.on_disabled_hover_text(why_not.unwrap_or_default()).clicked() {
            context.ask(PublishAction::Cancel);
        }
        let bar = ProgressBar::new(share).desired_width(ui.available_width()).text(text);
        ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Publishing"));
    });
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
}
