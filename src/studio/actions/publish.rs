//! What is asked for around publishing.

use crate::soundcloud::{Profile, Published, SoundCloudSettings, Track};

/// What is asked for around publishing.
#[derive(Debug)]
pub enum PublishAction {
    /// Connect an account of this app, whose secret is given where it has one.
    Connect {
        /// The app, as the user typed it.
        settings: SoundCloudSettings,
        /// The app's secret; empty without one.
        secret: Secret,
    },
    /// Do not wait for the browser any more.
    CancelConnect,
    /// Who is connected, nobody, or why that is not known.
    AccountFound(Result<Option<Profile>, String>),
    /// Forget the account.
    Disconnect,
    /// Publish the composition.
    Publish(Track),
    /// Publish nothing after all.
    Cancel,
    /// It was published.
    Published {
        /// Where it is.
        published: Published,
        /// How much may be uploaded now, if that is known.
        profile: Option<Profile>,
    },
    /// It was not, and why; no reason where that was wanted.
    Failed(Option<String>),
    /// Show a page in the browser.
    Open(String),
}

/// A text that is never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}
