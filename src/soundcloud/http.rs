//! Requests and their answers.

use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};
use ureq::Agent;

use super::PublishError;

/// Longer answers are not read.
const MOST_BYTES: u64 = 1 << 20;

/// Makes requests. Follows no redirect, so that a token goes to the one address it is meant for.
pub(super) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("Cantus/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(Duration::from_secs(20)))
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_recv_response(Some(Duration::from_mins(3))) // what was sent is looked through there
        .timeout_recv_body(Some(Duration::from_mins(1)))
        .build()
        .into()
}

/// An answer.
pub(super) struct Answer {
    /// Such as 200.
    pub status: u16,
    /// When to come again, if the answer says so.
    pub retry_after: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Reads an answer whole.
pub(super) fn read(response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = response.into_body().into_with_config().limit(MOST_BYTES).read_to_vec()?;
    Ok(Answer { status, retry_after, body })
}

/// Makes the requests of the OAuth crate.
pub(super) fn token_request(agent: &Agent, request: HttpRequest) -> Result<HttpResponse, PublishError> {
    let answer = agent.run(request).and_then(read).map_err(|_| PublishError::Connection)?;
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = oauth2::http::StatusCode::from_u16(answer.status).map_err(|_| PublishError::Unexpected)?;
    Ok(response)
}
