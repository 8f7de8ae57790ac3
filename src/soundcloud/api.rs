//! What the API's answers mean.

use serde::Deserialize;
use serde_json::Value;

use super::PublishError;
use super::http::Answer;
use crate::one_line::one_line;
use crate::plural::counted;

/// The longest text of theirs that is shown.
const SHOWN: usize = 160;

/// Who is signed in, and how much may be uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The user's name there.
    pub name: String,
    /// Seconds that may still be uploaded; without a limit where there is none.
    pub seconds_left: Option<u64>,
    /// Whether they are still signed in when the program starts again.
    pub is_remembered: bool,
}

impl Profile {
    /// How much may still be uploaded, as people read it.
    pub fn upload_time_left(&self) -> String {
        match self.seconds_left {
            None => "no upload limit".to_owned(),
            Some(seconds) => format!("{} of upload time left", counted((seconds / 60) as usize, "minute")),
        }
    }
}

/// A track that is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct KnownTrack {
    /// Its id, a number or a text.
    #[serde(default)]
    id: Value,
    #[serde(default)]
    urn: Value,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its page.
    #[serde(default)]
    pub permalink_url: String,
}

impl KnownTrack {
    /// Whether it is the same track.
    pub fn is(&self, other: &Self) -> bool {
        (&self.id, &self.urn) == (&other.id, &other.urn)
    }
}

/// A text of theirs, cut and without what a line cannot hold.
pub(super) fn shortened(text: &str) -> String {
    one_line(text, SHOWN)
}

pub(super) fn profile(answer: Answer, is_remembered: bool) -> Result<Profile, PublishError> {
    let me = json(&succeeded(answer)?)?;
    let name = me["username"].as_str().ok_or(PublishError::Unexpected)?;
    let quota = &me["quota"];
    let seconds_left = match quota["unlimited_upload_quota"].as_bool() {
        Some(true) | None => None,
        Some(false) => quota["upload_seconds_left"].as_f64().map(|seconds| seconds.max(0.0) as u64),
    };
    Ok(Profile { name: shortened(name), seconds_left, is_remembered })
}

pub(super) fn tracks(answer: Answer) -> Result<Vec<KnownTrack>, PublishError> {
    let list = json(&succeeded(answer)?)?;
    let list = if list.is_array() { list } else { list["collection"].clone() };
    serde_json::from_value(list).map_err(|_| PublishError::Unexpected)
}

/// The track that was made.
pub(super) fn uploaded(answer: Answer) -> Result<KnownTrack, PublishError> {
    serde_json::from_slice(&succeeded(answer)?.body).map_err(|_| PublishError::Unexpected)
}

fn json(answer: &Answer) -> Result<Value, PublishError> {
    serde_json::from_slice(&answer.body).map_err(|_| PublishError::Unexpected)
}

/// The answer, if it says yes; else what it says.
fn succeeded(answer: Answer) -> Result<Answer, PublishError> {
    match answer.status {
        200..=299 => Ok(answer),
        401 if answer.body.is_empty() => Err(PublishError::NotAllowed),
        401 => Err(PublishError::SignedOut),
        403 => Err(PublishError::NotAllowed),
        429 => Err(PublishError::TooMany(reset_time(&answer))),
        400..=499 => Err(PublishError::Refused(complaint(&answer.body))),
        status => Err(PublishError::Server(status)),
    }
}

/// What they complain about.
fn complaint(body: &[u8]) -> String {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let texts = said["errors"].as_array().into_iter().flatten();
    let texts: Vec<&str> = texts.filter_map(|error| error["error_message"].as_str().or(error.as_str())).collect();
    let text = match (texts.is_empty(), said["message"].as_str()) {
        (false, _) => texts.join("; "),
        (true, Some(message)) if !message.is_empty() => message.to_owned(),
        (true, _) => "it gave no reason".to_owned(),
    };
    shortened(&text)
}

/// When they take requests again, as they say it.
fn reset_time(answer: &Answer) -> Option<String> {
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let errors = said["errors"].as_array().into_iter().flatten();
    let mut times = errors.filter_map(|error| error["meta"]["reset_time"].as_str());
    let time = times.next().or(said["reset_time"].as_str()).map(shortened);
    time.or_else(|| answer.retry_after.as_ref().map(|seconds| format!("{} seconds from now", shortened(seconds))))
}
