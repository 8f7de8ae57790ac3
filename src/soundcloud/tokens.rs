//! Tokens, and how they are kept.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2::TokenResponse as _;
use oauth2::basic::BasicTokenResponse;
use serde::{Deserialize, Serialize};

use super::{PublishError, Secrets, SoundCloudSettings};

/// A token that ends sooner is refreshed before it is used: an upload takes a while.
const MARGIN_SECONDS: u64 = 300;
/// What a token lasts where nothing is said.
const USUAL_LIFE: Duration = Duration::from_mins(55);

/// What the keyring calls the tokens of an app.
pub(super) fn tokens_name(settings: &SoundCloudSettings) -> String {
    format!("tokens of {}", settings.client_id.trim())
}

/// What the keyring calls the secret of an app.
pub(super) fn secret_name(settings: &SoundCloudSettings) -> String {
    format!("secret of {}", settings.client_id.trim())
}

/// An access token, and the refresh token that brings the next one, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    /// What stands in each request.
    pub access: String,
    /// What brings the next ones, once.
    pub refresh: Option<String>,
    /// In seconds since 1970.
    ends: u64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tokens")
    }
}

impl Tokens {
    /// Those of an answer.
    pub fn from_response(response: &BasicTokenResponse) -> Self {
        let life = response.expires_in().unwrap_or(USUAL_LIFE);
        Self {
            access: response.access_token().secret().clone(),
            refresh: response.refresh_token().map(|token| token.secret().clone()),
            ends: now().saturating_add(life.as_secs()),
        }
    }

    /// Keeps them; they are safe when this returns.
    pub fn keep(&self, settings: &SoundCloudSettings, secrets: &dyn Secrets) -> Result<(), PublishError> {
        let text = serde_json::to_string(self).map_err(|_| PublishError::Unexpected)?;
        secrets.set(&tokens_name(settings), &text)
    }

    /// Those that are kept.
    pub fn load(settings: &SoundCloudSettings, secrets: &dyn Secrets) -> Result<Self, PublishError> {
        let text = secrets.get(&tokens_name(settings))?.ok_or(PublishError::NotConnected)?;
        serde_json::from_str(&text).map_err(|_| PublishError::NotConnected)
    }

    /// Whether they are to be refreshed before they are used.
    pub fn ends_soon(&self) -> bool {
        self.ends < now().saturating_add(MARGIN_SECONDS)
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
