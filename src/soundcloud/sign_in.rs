//! Signing in: the system's browser asks the user, and brings a code back.

use std::time::Duration;

use oauth2::basic::{BasicClient, BasicErrorResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, RedirectUrl, RequestTokenError, TokenUrl,
};

use super::cancel::Cancel;
use super::loopback::Loopback;
use super::tokens::{Tokens, secret_name};
use super::{PublishError, Secrets, SoundCloudSettings, api, http};
use crate::system_open;

/// How long the user has in the browser.
const PATIENCE: Duration = Duration::from_mins(5);

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// SoundCloud as the OAuth crate knows it.
pub(super) fn client(settings: &SoundCloudSettings, secrets: &dyn Secrets) -> Result<Client, PublishError> {
    let id = settings.client_id.trim();
    if id.is_empty() {
        return Err(PublishError::NoClientId);
    }
    let redirect = RedirectUrl::new(settings.redirect_address()).map_err(|_| PublishError::BadAddress)?;
    let client = BasicClient::new(ClientId::new(id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(settings.sign_in_url("authorize")?))
        .set_token_uri(TokenUrl::from_url(settings.sign_in_url("oauth/token")?))
        .set_redirect_uri(redirect)
        .set_auth_type(AuthType::RequestBody);
    Ok(match secrets.get(&secret_name(settings))? {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret)),
        None => client,
    })
}

/// Lets the user sign in by a browser, and keeps the tokens. `open` shows an address in the browser.
///
/// # Errors
/// See [`PublishError`].
pub fn sign_in(
    settings: &SoundCloudSettings,
    secrets: &dyn Secrets,
    open: &dyn Fn(&str) -> bool,
    cancel: &Cancel,
) -> Result<(), PublishError> {
    let client = client(settings, secrets)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = client.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge).url();
    let loopback = Loopback::listen(settings.port)?; // before the browser could answer
    if !open(url.as_str()) {
        return Err(PublishError::NoBrowser);
    }
    let code = loopback.wait(state.secret(), PATIENCE, cancel)?;
    let agent = http::agent();
    let tokens = client
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(verifier)
        .request(&|request| http::token_request(&agent, request))
        .map_err(refusal)?;
    Tokens::from_response(&tokens).keep(settings, secrets)
}

/// What a refused token request means; never what it was about.
pub(super) fn refusal(error: RequestTokenError<PublishError, BasicErrorResponse>) -> PublishError {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(answer) => PublishError::Denied(api::shortened(answer.error().as_ref())),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => PublishError::Unexpected,
    }
}

/// Shows an address in the system's browser; says whether there is one.
pub fn open_in_browser(address: &str) -> bool {
    system_open::open(address)
}
