//! Why something was not published.

use crate::plural::counted;
use crate::sound::export::ExportError;

/// Why something was not published. No variant carries a token, a secret or a path of the user's.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It was cancelled.
    #[error("cancelled; nothing was published")]
    Cancelled,
    /// The user has no client id.
    #[error("enter the client id of your SoundCloud app first")]
    NoClientId,
    /// Nobody is signed in.
    #[error("connect to SoundCloud first")]
    NotConnected,
    /// A base address is neither https nor on this computer, or no address.
    #[error("SoundCloud's address in the settings must begin with https://")]
    BadAddress,
    /// The port of the redirect address is taken.
    #[error("port {0} is in use by another program; close it, or choose another port here and in your SoundCloud app")]
    PortBusy(u16),
    /// The system opened no browser.
    #[error("no web browser could be opened")]
    NoBrowser,
    /// The user did not answer in time.
    #[error("SoundCloud didn't answer in the browser within five minutes; try again")]
    TimedOut,
    /// An answer that belongs to another request.
    #[error("the browser's answer doesn't belong to this sign-in; try again")]
    WrongState,
    /// The user, or SoundCloud, said no.
    #[error("SoundCloud refused the sign-in: {0}")]
    Denied(String),
    /// The sign-in has run out or was revoked.
    #[error("your SoundCloud sign-in has ended; connect again")]
    SignedOut,
    /// 401 with nothing else said, though the token is new.
    #[error("SoundCloud doesn't let this account upload; has its e-mail address been confirmed?")]
    NotAllowed,
    /// More than the account's upload time.
    #[error("this account has {} of upload time left, and the piece lasts {needed}", counted(*left as usize, "minute"))]
    QuotaExceeded {
        /// Whole minutes left.
        left: u64,
        /// Whole minutes needed.
        needed: u64,
    },
    /// What was sent is not accepted.
    #[error("SoundCloud refused the track: {0}")]
    Refused(String),
    /// Too many requests.
    #[error("SoundCloud accepts no more uploads for now{}; nothing was published", until(.0.as_deref()))]
    TooMany(Option<String>),
    /// The connection failed, and certainly nothing was published.
    #[error("the connection to SoundCloud failed; nothing was published, so you can try again")]
    Connection,
    /// The connection failed, and nobody knows what became of the track.
    #[error("the connection failed after everything was sent; look at your tracks on SoundCloud before you try again")]
    Unknown,
    /// SoundCloud is out of order.
    #[error("SoundCloud had an error of its own (status {0}); nothing was published")]
    Server(u16),
    /// An answer that is not understood.
    #[error("SoundCloud's answer was not understood")]
    Unexpected,
    /// The system's keyring refuses.
    #[error("the system's keyring can't be used ({0})")]
    Keyring(String),
    /// The sound could not be rendered.
    #[error(transparent)]
    Render(#[from] ExportError),
    /// A temporary file failed.
    #[error("a temporary file can't be used ({0})")]
    File(#[from] std::io::Error),
}

fn until(reset: Option<&str>) -> String {
    reset.map(|time| format!(" (until {time})")).unwrap_or_default()
}
