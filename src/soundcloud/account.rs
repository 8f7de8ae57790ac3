//! An account that is signed in, and its tokens.

use std::fmt;

use oauth2::RefreshToken;
use ureq::Agent;

use super::api::Profile;
use super::sign_in::{client, refusal};
use super::tokens::{Tokens, secret_name, tokens_name};
use super::{PublishError, Secrets, SoundCloudSettings, api, http};

/// An account that is signed in.
pub struct Account<'a> {
    settings: &'a SoundCloudSettings,
    secrets: &'a dyn Secrets,
    /// Makes the requests.
    pub(super) agent: Agent,
    tokens: Tokens,
}

impl fmt::Debug for Account<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Account")
    }
}

impl<'a> Account<'a> {
    /// The account whose tokens are kept.
    ///
    /// # Errors
    /// There is none, or the keyring refuses.
    pub fn open(settings: &'a SoundCloudSettings, secrets: &'a dyn Secrets) -> Result<Self, PublishError> {
        if settings.client_id.trim().is_empty() {
            return Err(PublishError::NoClientId);
        }
        let tokens = Tokens::load(settings, secrets)?;
        Ok(Self { settings, secrets, agent: http::agent(), tokens })
    }

    /// Signs in with the client's secret, for apps that have one, and keeps it if that went well. An empty one leaves
    /// the one that is kept.
    ///
    /// # Errors
    /// The keyring refuses, or what `sign_in` says.
    pub fn with_client_secret<T>(
        settings: &SoundCloudSettings,
        secrets: &dyn Secrets,
        secret: &str,
        sign_in: impl FnOnce() -> Result<T, PublishError>,
    ) -> Result<T, PublishError> {
        if secret.trim().is_empty() {
            return sign_in();
        }
        let name = secret_name(settings);
        let before = secrets.get(&name)?;
        secrets.set(&name, secret.trim())?;
        let signed_in = sign_in();
        if signed_in.is_err() {
            before.map_or_else(|| secrets.delete(&name), |before| secrets.set(&name, &before))?;
        }
        signed_in
    }

    /// Forgets the account: tokens and the client's secret.
    ///
    /// # Errors
    /// The keyring refuses.
    pub fn disconnect(settings: &SoundCloudSettings, secrets: &dyn Secrets) -> Result<(), PublishError> {
        secrets.delete(&tokens_name(settings))?;
        secrets.delete(&secret_name(settings))
    }

    /// Who it is.
    ///
    /// # Errors
    /// See [`PublishError`].
    pub fn profile(&mut self) -> Result<Profile, PublishError> {
        api::profile(self.get("me")?, self.secrets.last())
    }

    /// The ids of the tracks there are, the newest first.
    pub(super) fn tracks(&mut self) -> Result<Vec<api::KnownTrack>, PublishError> {
        api::tracks(self.get("me/tracks?limit=50")?)
    }

    /// The address of something below the API's.
    pub(super) fn url(&self, path: &str) -> Result<String, PublishError> {
        Ok(self.settings.api_url(path)?.into())
    }

    /// What stands in the header of each request. A token that ends soon is refreshed first.
    pub(super) fn authorization(&mut self) -> Result<String, PublishError> {
        if self.tokens.ends_soon() {
            self.refresh()?;
        }
        Ok(format!("OAuth {}", self.tokens.access))
    }

    /// Asks for something; once more with a new token where the old one is refused.
    fn get(&mut self, path: &str) -> Result<http::Answer, PublishError> {
        let url = self.url(path)?;
        for is_last in [false, true] {
            let authorization = self.authorization()?;
            let answer = self.agent.get(&url).header("Authorization", authorization).call();
            let answer = answer.and_then(http::read).map_err(|_| PublishError::Connection)?;
            if answer.status != 401 || is_last {
                return Ok(answer);
            }
            self.refresh()?;
        }
        Err(PublishError::Unexpected) // not reached: the last round returns
    }

    /// Gets new tokens. A refresh token serves once, so the new ones are kept before they are used.
    pub(super) fn refresh(&mut self) -> Result<(), PublishError> {
        let kept = Tokens::load(self.settings, self.secrets)?;
        if kept != self.tokens && !kept.ends_soon() {
            self.tokens = kept; // another window was faster
            return Ok(());
        }
        let Some(refresh) = kept.refresh.clone() else { return Err(PublishError::SignedOut) };
        let agent = self.agent.clone();
        let response = client(self.settings, self.secrets)?
            .exchange_refresh_token(&RefreshToken::new(refresh))
            .request(&|request| http::token_request(&agent, request));
        let response = match response.map_err(refusal) {
            Ok(response) => response,
            Err(PublishError::Denied(_)) => {
                let now_kept = Tokens::load(self.settings, self.secrets)?;
                if now_kept == kept {
                    return Err(PublishError::SignedOut);
                }
                self.tokens = now_kept;
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let mut tokens = Tokens::from_response(&response);
        if tokens.refresh.is_none() {
            tokens.refresh = kept.refresh;
        }
        tokens.keep(self.settings, self.secrets)?;
        self.tokens = tokens;
        Ok(())
    }
}
