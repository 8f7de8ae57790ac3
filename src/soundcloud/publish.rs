//! Renders a score and sends it.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::cancel::Cancel;
use super::multipart::Form;
use super::{Account, PublishError, Track, api, artwork, http};
use crate::music::Score;
use crate::sound::SoundFont;
use crate::sound::export::{self, Depth, ExportError, ExportOptions, Exported, Format};

/// The longest piece that is taken.
const MOST_SECONDS: f64 = 24.0 * 3600.0;
const SAMPLE_RATE_HZ: u32 = 44_100;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Rendering, and the share that is done, 0 to 1.
    Rendering(f32),
    /// Sending, and the share that is sent.
    Sending(f32),
    /// All is sent; the answer is waited for.
    Waiting,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The track's page.
    pub link: String,
}

/// Renders a score as FLAC and publishes it.
///
/// A track is sent a second time only where the first was certainly not taken: the token had run out. Where the
/// connection breaks, the account's tracks tell whether it was taken.
///
/// # Errors
/// See [`PublishError`]; where it does not say otherwise, nothing was published.
pub fn publish(
    account: &mut Account<'_>,
    score: &Score,
    font: &SoundFont,
    track: &Track,
    cancel: &Cancel,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<Published, PublishError> {
    let seconds = score.tempo.seconds_from_tick(score.end());
    if track.title.trim().is_empty() {
        return Err(PublishError::Refused("give the track a title".into()));
    }
    if seconds > MOST_SECONDS {
        return Err(PublishError::Refused("it is longer than 24 hours".into()));
    }
    let left = account.profile()?.seconds_left;
    if let Some(left) = left.filter(|&left| (left as f64) < seconds) {
        return Err(PublishError::QuotaExceeded { left: left / 60, needed: (seconds / 60.0).ceil() as u64 });
    }
    let before = account.tracks()?;
    let folder = tempfile::Builder::new().prefix(".cantus-").tempdir()?;
    let sound = folder.path().join("track.flac");
    let options = ExportOptions::whole(Format::Flac(Depth::Bits16), SAMPLE_RATE_HZ);
    render(score, font, &sound, &options, cancel, progress)?;
    let cover = artwork::draw(score);
    for is_last in [false, true] {
        let authorization = account.authorization()?;
        match send(account, &authorization, track, &sound, &cover, cancel, progress)? {
            Sent::Answered(answer) if answer.status == 401 && !is_last => account.refresh()?,
            Sent::Answered(answer) => return Ok(Published { link: api::uploaded(answer)?.permalink_url }),
            Sent::Broken { whole: false } => return Err(PublishError::Connection),
            Sent::Broken { whole: true } => return find(account, track, &before),
        }
    }
    Err(PublishError::Unexpected) // not reached: the last round returns
}

fn render(
    score: &Score,
    font: &SoundFont,
    path: &std::path::Path,
    options: &ExportOptions,
    cancel: &Cancel,
    progress: &dyn Fn(Stage),
) -> Result<Exported, PublishError> {
    let rendered = export::export(score, font, path, options, &mut |share| {
        progress(Stage::Rendering(share));
        if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    rendered.map_err(|error| match error {
        ExportError::Cancelled => PublishError::Cancelled,
        other => PublishError::Render(other),
    })
}

/// What became of a form that was sent.
enum Sent {
    /// There is an answer.
    Answered(http::Answer),
    /// The connection broke, after all or only a part of it was sent.
    Broken { whole: bool },
}

fn send(
    account: &Account<'_>,
    authorization: &str,
    track: &Track,
    sound: &std::path::Path,
    cover: &[u8],
    cancel: &Cancel,
    progress: &dyn Fn(Stage),
) -> Result<Sent, PublishError> {
    let mut form = Form::new();
    form.field("track[title]", track.title.trim());
    form.field("track[sharing]", if track.public { "public" } else { "private" });
    form.field("track[description]", track.description.trim());
    form.field("track[genre]", track.genre.trim());
    form.field("track[tag_list]", &track.tag_list());
    form.field("track[license]", track.licence.key());
    form.field("track[downloadable]", "false");
    form.bytes("track[artwork_data]", "artwork.png", "image/png", cover);
    form.file("track[asset_data]", "track.flac", "audio/flac", sound)?;
    let content_type = form.content_type();
    let (length, body) = form.finish();
    let sent = Arc::new(AtomicU64::new(0));
    let mut body = Watched { body, sent: Arc::clone(&sent), length, cancel, progress };
    let answer = account
        .agent
        .post(account.url("tracks")?)
        .header("Authorization", authorization)
        .header("Content-Type", content_type)
        .header("Content-Length", length.to_string())
        .send(ureq::SendBody::from_reader(&mut body));
    let whole = sent.load(Ordering::Relaxed) >= length;
    match answer.and_then(http::read) {
        Ok(answer) => Ok(Sent::Answered(answer)),
        Err(_) if cancel.is_cancelled() && !whole => Err(PublishError::Cancelled),
        Err(_) => Ok(Sent::Broken { whole }),
    }
}

/// Looks whether a track was taken though its answer got lost.
fn find(account: &mut Account<'_>, track: &Track, before: &[api::KnownTrack]) -> Result<Published, PublishError> {
    let now = account.tracks().map_err(|_| PublishError::Unknown)?;
    let is_new = |found: &&api::KnownTrack| !before.iter().any(|known| known.is(found));
    match now.iter().filter(is_new).find(|found| found.title == track.title.trim()) {
        Some(found) => Ok(Published { link: found.permalink_url.clone() }),
        None => Err(PublishError::Unknown), // it may still be looked through there
    }
}

/// A body that says how far it is, and ends early where it is cancelled.
struct Watched<'a, R> {
    body: R,
    sent: Arc<AtomicU64>,
    length: u64,
    cancel: &'a Cancel,
    progress: &'a dyn Fn(Stage),
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        let read = self.body.read(into)?;
        let sent = self.sent.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        (self.progress)(if sent >= self.length {
            Stage::Waiting
        } else {
            Stage::Sending(sent as f32 / self.length.max(1) as f32)
        });
        Ok(read)
    }
}
