//! `cantus publish`: a composition to SoundCloud.

use std::path::PathBuf;

use super::interrupts::Interrupts;
use super::{files, output, sound_output};
use crate::library::{paths, settings};
use crate::soundcloud::{
    self, Account, Cancel, Licence, PublishError, Secrets, SoundCloudSettings, Stage, SystemSecrets, Track,
};

/// Arguments of `cantus publish`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The MIDI file or project
    #[arg(value_name = "FILE", required_unless_present_any = ["account", "disconnect"])]
    input: Option<PathBuf>,
    /// The track's title [default: the composition's]
    #[arg(long)]
    title: Option<String>,
    /// A text about it
    #[arg(long, default_value = "")]
    description: String,
    /// Its genre
    #[arg(long, default_value = "")]
    genre: String,
    /// Tags, separated by commas
    #[arg(long, default_value = "")]
    tags: String,
    /// Under which terms it may be used
    #[arg(long, value_name = "LICENCE", default_value = "all-rights-reserved",
        value_parser = ["all-rights-reserved", "cc-by", "cc-by-nc", "cc-by-sa", "no-rights-reserved"])]
    licence: String,
    /// Only for people who have the link (the default)
    #[arg(long, conflicts_with = "public")]
    private: bool,
    /// For everybody
    #[arg(long)]
    public: bool,
    /// The SoundFont to play with
    #[arg(long, value_name = "FILE")]
    soundfont: Option<PathBuf>,
    /// The client id of your SoundCloud app, kept in the settings
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Only say who is connected, and how much may be uploaded
    #[arg(long, conflicts_with_all = ["input", "disconnect"])]
    account: bool,
    /// Forget the account
    #[arg(long, conflicts_with = "input")]
    disconnect: bool,
    /// Print one JSON object on standard output
    #[arg(long)]
    json: bool,
}

/// The settings that the window has, too.
#[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct Settings {
    soundcloud: SoundCloudSettings,
}

/// Runs `cantus publish`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let file = paths::settings_file()?;
    let (mut known, _) = settings::load::<Settings>(&file)?;
    if let Some(id) = &arguments.client_id {
        known.soundcloud.client_id.clone_from(id);
        settings::save(&file, &known)?;
    }
    let secrets = SystemSecrets::default();
    if arguments.disconnect {
        Account::disconnect(&known.soundcloud, &secrets)?;
        return output::print("Disconnected\n");
    }
    let Some(input) = &arguments.input else {
        let profile = connected(&known.soundcloud, &secrets)?.profile()?;
        if arguments.json {
            return output::print_json(&serde_json::json!({
                "name": profile.name, "seconds_left": profile.seconds_left,
            }));
        }
        return output::print(&format!("{}: {}\n", profile.name, profile.upload_time_left()));
    };
    let interrupts = Interrupts::watch()?;
    let cancel = Cancel::default();
    let watched = cancel.clone();
    std::thread::Builder::new().name("interrupts".into()).spawn(move || {
        while !interrupts.any() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        watched.cancel();
    })?;
    let score = files::read_any(input)?;
    let licence = Licence::ALL.into_iter().map(|(licence, _)| licence);
    let track = Track {
        title: arguments.title.clone().unwrap_or_else(|| score.title.clone()),
        description: arguments.description.clone(),
        genre: arguments.genre.clone(),
        tags: arguments.tags.clone(),
        licence: licence.into_iter().find(|licence| licence.key() == arguments.licence).unwrap_or_default(),
        public: arguments.public,
    };
    let font = sound_output::choose_soundfont(arguments.soundfont.as_deref())?;
    let mut account = account(&known.soundcloud, &secrets, &cancel)?;
    let bar = output::progress_bar("Publishing, in percent:");
    bar.set_length(100);
    let published = soundcloud::publish(&mut account, &score, &font, &track, &cancel, &|stage| {
        bar.set_position(match stage {
            Stage::Rendering(share) => (share * 50.0) as u64,
            Stage::Sending(share) => 50 + (share * 50.0) as u64,
            Stage::Waiting => 100,
        });
    })?;
    bar.finish_and_clear();
    if arguments.json {
        return output::print_json(&serde_json::json!({ "link": published.link, "public": track.public }));
    }
    output::print(&format!("{}\n", published.link))
}

/// The account that is connected; nobody is asked.
fn connected<'a>(settings: &'a SoundCloudSettings, secrets: &'a dyn Secrets) -> anyhow::Result<Account<'a>> {
    match Account::open(settings, secrets) {
        Err(PublishError::NotConnected | PublishError::NoClientId) => {
            anyhow::bail!("nobody is connected to SoundCloud; `cantus publish FILE` asks you to connect")
        }
        other => Ok(other?),
    }
}

/// The account, signed in by the browser first where nobody is.
fn account<'a>(
    settings: &'a SoundCloudSettings,
    secrets: &'a dyn Secrets,
    cancel: &Cancel,
) -> anyhow::Result<Account<'a>> {
    match Account::open(settings, secrets) {
        Err(PublishError::NotConnected) => {}
        Err(PublishError::NoClientId) => anyhow::bail!(
            "give the client id of your SoundCloud app with --client-id; its redirect address must be {}",
            settings.redirect_address()
        ),
        other => return Ok(other?),
    }
    soundcloud::sign_in(settings, secrets, &show_sign_in, cancel)?;
    Ok(Account::open(settings, secrets)?)
}

/// Shows the sign-in in the browser, and says where it is: without a browser, it can still be opened by hand.
fn show_sign_in(address: &str) -> bool {
    output::tell(&[format!("your browser opens to connect Cantus to SoundCloud; if it doesn't, open {address}")]);
    if !soundcloud::open_in_browser(address) {
        output::tell(&["no web browser could be opened; open that address by hand on this computer"]);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soundcloud::MemorySecrets;

    #[test]
    fn who_is_connected_is_only_said() {
        let secrets = MemorySecrets::default();
        for client_id in ["", "my app"] {
            let settings = SoundCloudSettings { client_id: client_id.into(), ..SoundCloudSettings::default() };
            let error = connected(&settings, &secrets).unwrap_err().to_string();
            assert!(error.starts_with("nobody is connected to SoundCloud"), "{error}");
        }
    }
}
