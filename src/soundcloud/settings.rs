//! What the user sets once, and what belongs to a track.

use oauth2::url::{Host, Url};
use serde::{Deserialize, Serialize};

use super::PublishError;

/// How an app is registered.
pub const REGISTER_PAGE: &str = "https://developers.soundcloud.com/docs/api/register-app";
/// Where people upload by hand.
pub const UPLOAD_PAGE: &str = "https://soundcloud.com/upload";

/// Kept among the user's settings; the client's secret, if there is one, is in the keyring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SoundCloudSettings {
    /// The client id of the user's own app; empty without one.
    pub client_id: String,
    /// The port of the redirect address that is registered with the app.
    pub port: u16,
    /// Where people sign in and tokens come from.
    pub sign_in_address: String,
    /// Where the API is.
    pub api_address: String,
}

impl Default for SoundCloudSettings {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            port: 8765,
            sign_in_address: "https://secure.soundcloud.com".into(),
            api_address: "https://api.soundcloud.com".into(),
        }
    }
}

impl SoundCloudSettings {
    /// The redirect address to register with the app.
    pub fn redirect_address(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// An address below the one where people sign in.
    pub(super) fn sign_in_url(&self, path: &str) -> Result<Url, PublishError> {
        below(&self.sign_in_address, path)
    }

    /// An address of the API.
    pub(super) fn api_url(&self, path: &str) -> Result<Url, PublishError> {
        below(&self.api_address, path)
    }
}

/// Tokens go over https only, but for servers on this very computer.
fn below(base: &str, path: &str) -> Result<Url, PublishError> {
    let url = Url::parse(&format!("{}/{path}", base.trim_end_matches('/'))).map_err(|_| PublishError::BadAddress)?;
    let is_here = matches!(url.host(), Some(Host::Ipv4(address)) if address.is_loopback());
    if url.scheme() == "https" || (url.scheme() == "http" && is_here) { Ok(url) } else { Err(PublishError::BadAddress) }
}

/// Under which terms a track may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Licence {
    /// The author keeps all rights.
    #[default]
    AllRightsReserved,
    /// Attribution.
    By,
    /// Attribution, not for commerce.
    ByNc,
    /// Attribution, changes under the same terms.
    BySa,
    /// Given to everybody.
    Cc0,
}

impl Licence {
    /// All of them, with their names for people.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::AllRightsReserved, "All rights reserved"),
        (Self::By, "CC BY"),
        (Self::ByNc, "CC BY-NC"),
        (Self::BySa, "CC BY-SA"),
        (Self::Cc0, "CC0 (no rights reserved)"),
    ];

    /// As the API has it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::AllRightsReserved => "all-rights-reserved",
            Self::By => "cc-by",
            Self::ByNc => "cc-by-nc",
            Self::BySa => "cc-by-sa",
            Self::Cc0 => "no-rights-reserved",
        }
    }
}

/// What is said about a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Its title; must not be empty.
    pub title: String,
    /// A text about it.
    pub description: String,
    /// One genre.
    pub genre: String,
    /// Separated by commas.
    pub tags: String,
    /// Its terms.
    pub licence: Licence,
    /// Whether everybody may hear it; else only those who have the link.
    pub public: bool,
}

impl Track {
    /// The tags as the API wants them: separated by spaces, in quotes where a tag has some.
    pub(super) fn tag_list(&self) -> String {
        let tags = self.tags.split(',').map(|tag| tag.trim().replace('"', ""));
        let quoted = tags
            .filter(|tag| !tag.is_empty())
            .map(|tag| if tag.contains(char::is_whitespace) { format!("\"{tag}\"") } else { tag });
        quoted.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_several_words_are_quoted() {
        let track = Track { tags: "piano, film music ,, \"odd\"".into(), ..Track::default() };
        assert_eq!(track.tag_list(), "piano \"film music\" odd");
    }

    #[test]
    fn tokens_go_nowhere_in_the_clear() {
        for (base, fine) in [
            ("https://api.soundcloud.com/", true),
            ("http://127.0.0.1:80", true),
            ("http://api.soundcloud.com", false),
            ("http://127.0.0.1.example.org", false),
            ("file:///etc", false),
            ("nothing", false),
        ] {
            assert_eq!(below(base, "me").is_ok(), fine, "{base}");
        }
    }
}
