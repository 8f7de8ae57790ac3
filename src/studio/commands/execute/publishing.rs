//! Publishing: connecting an account and uploading, both beside the window.

use std::{path::PathBuf, sync::Arc};

use crate::{
    sound::export::{self, Depth, ExportOptions, Format},
    soundcloud::{self, Account, Profile, PublishError, SoundCloudSettings, Track, UPLOAD_PAGE},
    studio::{
        actions::{Action, PublishAction, Secret},
        dialogs::publish::state::PublishWindow,
        document::Document,
        services::{
            Services,
            publishing::{AccountState, Sending},
        },
        state::Studio,
        toasts::Tone,
        words::sentence,
    },
};

/// Carries out what is asked for around publishing.
pub fn execute(action: PublishAction, studio: &mut Studio) {
    let Studio { document, services, .. } = studio;
    match action {
        PublishAction::Connect { settings, secret } => connect(settings, secret, services),
        PublishAction::CancelConnect => {
            if let AccountState::Connecting(cancel) = &services.publishing.account {
                cancel.cancel();
            }
        }
        PublishAction::AccountFound(found) => {
            let (account, failed) = match found {
                Ok(Some(profile)) => (AccountState::Connected(profile), None),
                Ok(None) => (AccountState::None, None),
                Err(reason) => (AccountState::None, Some(reason)),
            };
            (services.publishing.account, services.publishing.failed) = (account, failed);
        }
        PublishAction::Disconnect => disconnect(services),
        PublishAction::Publish(track) => publish(track, document, services),
        PublishAction::Cancel => {
            if let Some(running) = &services.publishing.running {
                running.cancel.cancel();
            }
        }
        PublishAction::Published { published, profile } => {
            services.publishing.running = None;
            services.publishing.done = Some(published);
            if let Some(profile) = profile {
                services.publishing.account = AccountState::Connected(profile);
            }
            services.tell("Published to SoundCloud");
        }
        PublishAction::Failed(reason) => {
            services.publishing.running = None;
            match reason {
                None => services.say(Tone::Plain, "Cancelled; nothing was published"),
                Some(reason) => {
                    services.publishing.failed = Some(reason.clone());
                    services.fail(reason);
                }
            }
        }
        PublishAction::Open(address) => open_page(address, services),
    }
}

/// Opens the window, and looks who is connected.
pub fn open(services: &mut Services, window: &mut PublishWindow) {
    (window.open, window.wants_keys) = (true, true);
    window.app = services.preferences.soundcloud.clone();
    let publishing = &mut services.publishing;
    (publishing.done, publishing.failed) = (None, None);
    if !matches!(publishing.account, AccountState::Unknown | AccountState::None) {
        return;
    }
    if window.app.client_id.is_empty() {
        publishing.account = AccountState::None;
        return;
    }
    publishing.account = AccountState::Looking;
    let (settings, secrets) = (window.app.clone(), Arc::clone(&publishing.secrets));
    services.jobs.spawn("looking for the account", move |poster| {
        let found = Account::open(&settings, &*secrets).and_then(|mut account| account.profile());
        poster.ask(PublishAction::AccountFound(match found {
            Ok(profile) => Ok(Some(profile)),
            Err(PublishError::NotConnected) => Ok(None),
            Err(error) => Err(sentence(&error.to_string())),
        }));
    });
}

fn connect(settings: SoundCloudSettings, secret: Secret, services: &mut Services) {
    if matches!(services.publishing.account, AccountState::Connecting(_)) {
        return;
    }
    let kept = settings.clone();
    services.change_preferences(|preferences| preferences.soundcloud = kept);
    let cancel = soundcloud::Cancel::default();
    let publishing = &mut services.publishing;
    publishing.account = AccountState::Connecting(cancel.clone());
    (publishing.done, publishing.failed) = (None, None);
    let (secrets, browser) = (Arc::clone(&publishing.secrets), Arc::clone(&publishing.browser));
    services.jobs.spawn("connecting to SoundCloud", move |poster| {
        let connect = || -> Result<Profile, PublishError> {
            soundcloud::sign_in(&settings, &*secrets, &*browser, &cancel)?;
            Account::open(&settings, &*secrets)?.profile()
        };
        let connected = Account::with_client_secret(&settings, &*secrets, &secret.0, connect);
        poster.ask(PublishAction::AccountFound(match connected {
            Ok(profile) => Ok(Some(profile)),
            Err(PublishError::Cancelled) => Ok(None),
            Err(error) => Err(sentence(&error.to_string())),
        }));
    });
}

fn disconnect(services: &mut Services) {
    services.publishing.account = AccountState::Looking;
    let (settings, secrets) = (services.preferences.soundcloud.clone(), Arc::clone(&services.publishing.secrets));
    services.jobs.spawn("disconnecting", move |poster| {
        let done = Account::disconnect(&settings, &*secrets);
        poster.ask(PublishAction::AccountFound(done.map(|()| None).map_err(|error| sentence(&error.to_string()))));
    });
}

fn publish(track: Track, document: &mut Document, services: &mut Services) {
    let Some(font) = services.sound.font.clone() else {
        return services.fail("Publishing needs a SoundFont: choose one in Settings");
    };
    if services.publishing.running.is_some() {
        return services.fail("A track is being published already");
    }
    let score = document.base();
    let running = Arc::new(Sending::default());
    let publishing = &mut services.publishing;
    (publishing.done, publishing.failed) = (None, None);
    publishing.running = Some(Arc::clone(&running));
    let (settings, secrets) = (services.preferences.soundcloud.clone(), Arc::clone(&publishing.secrets));
    services.jobs.spawn("publishing", move |poster| {
        // whatever happens in there, the window must not show it as running for ever
        let published = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut account = Account::open(&settings, &*secrets)?;
            let on = |stage| running.at(stage);
            let published = soundcloud::publish(&mut account, &score, &font, &track, &running.cancel, &on)?;
            Ok((published, account.profile().ok()))
        }));
        poster.ask(match published {
            Ok(Ok((published, profile))) => PublishAction::Published { published, profile },
            Ok(Err(PublishError::Cancelled)) => PublishAction::Failed(None),
            Ok(Err(error)) => PublishAction::Failed(Some(sentence(&error.to_string()))),
            Err(_) => {
                PublishAction::Failed(Some("Something went wrong; look at your tracks before you try again".into()))
            }
        });
    });
}

/// Writes the piece as FLAC, and then shows the page where it is uploaded by hand.
pub fn save_for_upload(path: PathBuf, document: &mut Document, services: &mut Services) {
    let options = ExportOptions::whole(Format::Flac(Depth::Bits16), 44_100);
    let browser = Arc::clone(&services.publishing.browser);
    super::exports::write_sound(document, services, move |score, font, on| {
        let exported = export::export(score, font, &path, &options, on)?;
        browser(UPLOAD_PAGE);
        Ok(exported)
    });
}

fn open_page(address: String, services: &Services) {
    let browser = Arc::clone(&services.publishing.browser);
    services.jobs.spawn("opening a page", move |poster| {
        if !browser(&address) {
            poster.ask(Action::Say(Tone::Plain, format!("No web browser could be opened; the page is {address}")));
        }
    });
}
